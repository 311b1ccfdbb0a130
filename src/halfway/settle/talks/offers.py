"""Alternating offers between parties that concede by published rules.

The protocol is the stacked alternating offers protocol (Aydoğan, Festen, Hindriks, Jonker 2017): parties speak in turn;
whoever speaks accepts the offer on the table or makes another; an offer that all others accept is the agreement.

A party offers a package worth at least its *target* and accepts one worth at least its next target (Baarslag,
Hindriks, Jonker 2014, "AC-next"). Targets by time are those of Faratin, Sierra, Jennings (1998):
``target(t) = d + (best − d) (1 − t^(1/e))`` with t from 0 to 1 at the deadline and d the walk-away: Boulware e = 0.2,
linear e = 1, Conceder e = 5. Reciprocal tit-for-tat (their behaviour-dependent tactics, absolute form) lowers its
target by as much as each other's best offer so far is worth more to it than that other's first, on average over the
others; it never moves first, and two who only reciprocate hardly move at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from halfway.space.arrays import BoolArray, FloatArray, IntArray

EXPONENTS = {"boulware": 0.2, "linear": 1.0, "conceder": 5.0}
RECIPROCAL = "tit_for_tat"
STRATEGIES = (*EXPONENTS, RECIPROCAL)
"""Names of the strategies."""

BAND = 2.0
"""Among packages up to so many points above its target a party offers any."""


@dataclass(frozen=True)
class Talk:
    """How one run of talks ended.

    Attributes
    ----------
    agreed : int
        Position of the agreed package among those that can be offered; −1 when talks failed.
    rounds : int
        Rounds begun.
    broke_down : bool
        Whether they failed by breakdown rather than at the deadline.
    """

    agreed: int
    rounds: int
    broke_down: bool


class _Party:
    """One speaker: what it may offer, its target, and what it has been offered."""

    def __init__(self, utility: FloatArray, allowed: BoolArray, walk_away: float, strategy: str) -> None:
        self.utility = utility
        self.allowed = allowed
        self.walk_away = walk_away
        self.strategy = strategy
        offerable = np.flatnonzero(allowed & (utility >= walk_away - 1e-9))
        self.order: IntArray = offerable[np.argsort(utility[offerable], kind="stable")]
        self.sorted = utility[self.order]
        self.best = float(self.sorted[-1]) if self.order.size else walk_away
        self.first_heard: dict[int, float] = {}
        self.best_heard: dict[int, float] = {}

    def target(self, time: float) -> float:
        """Return the least utility it asks for at a time from 0 to 1."""
        if self.strategy == RECIPROCAL:
            moved = [self.best_heard[n] - first for n, first in self.first_heard.items()]
            return max(self.best - sum(moved) / max(len(moved), 1), self.walk_away)
        conceded = float(time ** (1.0 / EXPONENTS[self.strategy]))
        return self.walk_away + (self.best - self.walk_away) * (1.0 - conceded)

    def hear(self, speaker: int, offer: int) -> None:
        """Note what an offer of another party is worth."""
        worth = float(self.utility[offer])
        self.first_heard.setdefault(speaker, worth)
        self.best_heard[speaker] = max(worth, self.best_heard.get(speaker, worth))

    def accepts(self, offer: int, time: float) -> bool:
        """Say whether an offer meets the target."""
        return bool(self.allowed[offer]) and float(self.utility[offer]) >= self.target(time) - 1e-9

    def offer(self, time: float, rng: np.random.Generator) -> int:
        """Choose a package at or just above the target; −1 where there is none to offer at all."""
        if not self.order.size:
            return -1
        target = self.target(time)
        low = min(int(np.searchsorted(self.sorted, target - 1e-9)), self.order.size - 1)
        high = int(np.searchsorted(self.sorted, max(target, float(self.sorted[low])) + BAND, side="right"))
        return int(self.order[int(rng.integers(low, max(high, low + 1)))])


def one_talk(
    utilities: FloatArray,
    allowed: BoolArray,
    walk_away: Sequence[float],
    strategies: Sequence[str],
    deadline: int,
    breakdown: float,
    rng: np.random.Generator,
) -> Talk:
    """Play talks once, the parties speaking in an order drawn at random.

    Parameters
    ----------
    utilities : ndarray, shape (party, package)
        In points.
    allowed : ndarray of bool, shape (party, package)
        False where a package crosses a red line of the party.
    walk_away : sequence of float
        In points.
    strategies : sequence of str
        One of `STRATEGIES` for each party.
    deadline : int
        Rounds; in each, every party speaks once.
    breakdown : float
        Probability that talks break down after a round.
    rng : Generator
    """
    parties = [_Party(utilities[n], allowed[n], float(walk_away[n]), strategies[n]) for n in range(utilities.shape[0])]
    order = [int(n) for n in rng.permutation(len(parties))]
    on_table, willing = -1, 0
    for number in range(deadline):
        time = number / (deadline - 1) if deadline > 1 else 1.0
        for n in order:
            party = parties[n]
            if on_table >= 0 and party.accepts(on_table, time):
                willing += 1
            else:
                on_table, willing = party.offer(time, rng), 1
                if on_table >= 0:
                    for m, other in enumerate(parties):
                        if m != n:
                            other.hear(n, on_table)
            if on_table >= 0 and willing == len(parties):
                return Talk(on_table, number + 1, False)
        if breakdown > 0 and rng.random() < breakdown:
            return Talk(-1, number + 1, True)
    return Talk(-1, deadline, False)
