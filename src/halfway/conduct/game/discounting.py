"""How an actor values later periods, where events change its patience.

With a discount factor ``δ(s)`` from state ``s`` to the next, the discounted sum of points is ``W = u + δ(s) E W``. What a
steady point is worth, ``D = 1 + δ(s) E D``, does not depend on conduct, because events do not. The discounted average
is ``V = W / D``, so that a steady stream is worth what it brings:

    V(s) = u(s) / D(s) + Σ δ(s) D(s') / D(s) P(s, s') V(s')

The weights sum to one. Scaled to one discount factor, the largest weight of the future, kernels solve it as they solve
any other; with one ``δ`` throughout, ``D = 1 / (1 − δ)`` and nothing changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from halfway.conduct.game.bare_game import Flat, Game
from halfway.conduct.game.solver import discounted
from halfway.errors import Problem, Refusal
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.plan.automaton import Automaton
from halfway.space.plan.machines import turned
from halfway.space.plan.rules import Rules

MOST_TOGETHER = 20_000
"""The most ways in which the events that change one actor's patience may stand together."""


@dataclass(frozen=True)
class Discounting:
    """One actor's discounting in the states of one automaton.

    Attributes
    ----------
    discount : float
        The discount factor of the scaled problem.
    steady : ndarray of float, shape (state,), or None
        What a point in every period from a state on is worth, undiscounted points taken together: `D`. None where
        patience never changes.
    factor : ndarray of float, shape (state,), or None
        From each state to the next.
    """

    discount: float
    steady: FloatArray | None = None
    factor: FloatArray | None = None

    def points(self, points: FloatArray, state: IntArray | None = None) -> FloatArray:
        """Scale points of a period, shape ``(…, row)``, given the state of each row (default: each its own)."""
        if self.steady is None:
            return points
        steady = self.steady if state is None else self.steady[state]
        return np.asarray(points / (steady * (1 - self.discount)))

    def weights(self, chain: Any, state: IntArray | None = None) -> FloatArray:
        """Return the data of a chain, rows to states, scaled to what later states weigh."""
        if self.steady is None or self.factor is None:
            return np.asarray(chain.data)
        rows = np.repeat(np.arange(chain.shape[0]), np.diff(chain.indptr))
        at = rows if state is None else state[rows]
        scale = self.factor[at] * self.steady[chain.indices] / (self.steady[at] * self.discount)
        return np.asarray(chain.data * scale)

    def chain(self, chain: Any, state: IntArray | None = None) -> Any:
        """Scale a chain to what later states weigh."""
        if self.steady is None:
            return chain
        from scipy import sparse

        return sparse.csr_array((self.weights(chain, state), chain.indices, chain.indptr), shape=chain.shape)

    def values(self, chain: Any, points: FloatArray) -> FloatArray:
        """Return the discounted averages of a course from each state, shape ``(…, state)``."""
        if self.steady is None:
            return discounted(chain, points, self.discount)
        from scipy import sparse

        return discounted(self.chain(sparse.csr_array(chain)), self.points(points), self.discount)

    def game(self, game: Game, actor: int) -> Game:
        """Return the game scaled to one actor's discounting, for questions about that actor."""
        if self.steady is None:
            return game
        scaled = replace(game)
        for mover in (None, actor):
            scaled._flats[mover] = self._flat(game.flat(mover))
        return scaled

    def _flat(self, flat: Flat) -> Flat:
        return replace(flat, chain=self.chain(flat.chain, flat.state), points=self.points(flat.points.T, flat.state).T)


def discounting(automaton: Automaton, base: float, changes: Sequence[tuple[int, float]]) -> Discounting:
    """Work out an actor's discounting in an automaton.

    Parameters
    ----------
    automaton : Automaton
    base : float
        Its discount factor of one period while no event changes it.
    changes : sequence of (int, float)
        Machines of events with the factor while each is in force; of several the first counts.
    """
    if not changes:
        return Discounting(base)
    rules = automaton.rules
    ways, steady, factor = _steady(rules, base, changes)
    if not factor.any():
        return Discounting(0.0)
    place = {way: k for k, way in enumerate(ways)}
    own = [place[tuple(position[4][m] for m, _ in changes)] for position in automaton.positions]
    at = np.array(own, dtype=np.int64)[automaton.clocks[0]]
    return Discounting(float(1 - 1 / steady.max()), steady[at], factor[at])


def _steady(
    rules: Rules, base: float, changes: Sequence[tuple[int, float]]
) -> tuple[list[tuple[int, ...]], FloatArray, FloatArray]:
    """Return how the events may stand together, what a steady point is then worth, and the factor to the next period."""
    machines = [rules.machines[m] for m, _ in changes]
    size = int(np.prod([len(m.on) for m in machines]))
    if size > MOST_TOGETHER:
        raise Refusal(
            [
                Problem(
                    "R033",
                    "the plan's automaton is too large",
                    f"events that change one actor's patience can stand in {size:,} ways together, of which "
                    f"{MOST_TOGETHER:,} are worked out at most",
                    "let them come with a chance in each period, and last a mean time or for good",
                )
            ]
        )
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    ways = list(product(*(range(len(m.on)) for m in machines)))
    place = {way: k for k, way in enumerate(ways)}
    factor = np.array(
        [next((f for (_, f), m, s in zip(changes, machines, way, strict=True) if m.on[s]), base) for way in ways]
    )
    rows, columns, chances = [], [], []
    for way in ways:
        for chance, after in turned(machines, way, [False] * len(machines)):
            rows.append(place[way])
            columns.append(place[after])
            chances.append(chance * factor[place[way]])
    chain = sparse.csr_array((chances, (rows, columns)), shape=(len(ways), len(ways)))
    system = sparse.csc_array(sparse.eye_array(len(ways)) - chain)
    return ways, np.atleast_1d(np.asarray(spsolve(system, np.ones(len(ways))), dtype=np.float64)), factor
