"""Exchange of voting positions across issues at equal gain (Stokman and Van Oosten 1994)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from halfway.forecast.disputes import Dispute
from halfway.forecast.models.answers import NOBODY, Answer, Move, Round
from halfway.space.arrays import FloatArray

LEAST_SALIENCE = 0.01
"""Salience below which an actor's rate of exchange would have no bound."""
_SMALL = 1e-10


@dataclass(frozen=True)
class Deal:
    """One exchange: `first` supplies issue `q` to win `p`; `second` supplies `p` to win `q`."""

    gain: float
    first: int
    second: int
    p: int
    q: int
    first_to: float
    second_to: float


class Table:
    """The state of a round: what each actor would vote on each issue, and where each issue would be decided."""

    def __init__(self, disputes: Sequence[Dispute]) -> None:
        actors, issues = disputes[0].positions.shape[0], len(disputes)
        self.x = np.full((actors, issues), np.nan)
        self.s = np.zeros((actors, issues))
        self.c = np.zeros((actors, issues))
        for d, dispute in enumerate(disputes):
            self.x[dispute.present, d] = dispute.x
            self.s[dispute.present, d] = np.maximum(dispute.s, LEAST_SALIENCE)
            self.c[dispute.present, d] = dispute.c
        self.y = self.x.copy()
        self.weight = self.c * self.s
        self.total = np.maximum(self.weight.sum(axis=0), 1e-300)
        self.direction = np.zeros((actors, issues), dtype=np.int64)

    def outcomes(self) -> FloatArray:
        """Return where each issue would be decided, the compromise mean of what is voted."""
        return np.asarray((self.weight * np.nan_to_num(self.y)).sum(axis=0) / self.total)

    def deal(self, i: int, j: int, p: int, q: int, outcome: FloatArray) -> Deal | None:
        """Work out the exchange in which j supplies p to i and i supplies q to j; None where there is none."""
        s, x, y = self.s, self.x, self.y
        rate = (s[i, p] + s[j, p]) / (s[i, q] + s[j, q])
        shift_p = abs(x[i, p] - y[j, p]) * self.weight[j, p] / self.total[p]
        shift_q = shift_p * rate
        if shift_q * self.total[q] / self.weight[i, q] > abs(x[j, q] - y[i, q]):
            shift_q = abs(x[j, q] - y[i, q]) * self.weight[i, q] / self.total[q]
            shift_p = shift_q / rate
        # Nobody pays for a decision that passes beyond what it wants.
        if shift_p > abs(x[i, p] - outcome[p]):
            shift_p = abs(x[i, p] - outcome[p])
            shift_q = shift_p * rate
        if shift_q > abs(x[j, q] - outcome[q]):
            shift_q = abs(x[j, q] - outcome[q])
            shift_p = shift_q / rate
        gain = shift_p * s[i, p] - shift_q * s[i, q]
        if gain <= _SMALL or shift_p <= _SMALL or shift_q <= _SMALL:
            return None
        toward_p = 1 if x[i, p] > y[j, p] else -1
        toward_q = 1 if x[j, q] > y[i, q] else -1
        second_to = y[j, p] + toward_p * shift_p * self.total[p] / self.weight[j, p]
        first_to = y[i, q] + toward_q * shift_q * self.total[q] / self.weight[i, q]
        inside = -_SMALL <= second_to <= 100 + _SMALL and -_SMALL <= first_to <= 100 + _SMALL
        if not inside or self.direction[j, p] == -toward_p or self.direction[i, q] == -toward_q:
            return None
        return Deal(gain, i, j, p, q, first_to, second_to)


def exchange(disputes: Sequence[Dispute]) -> list[Answer]:
    """Let actors trade support across the issues of one proposal; forecast the compromise mean of the votes then.

    The exchange that gains its two partners most is carried out first, the rest are worked out anew, until none is
    left.

    Parameters
    ----------
    disputes : sequence of Dispute
        Issues decided together, with the same actors in the same order. With one there is nothing to trade, and the
        answer is the compromise mean.
    """
    if not disputes:
        return []
    table = Table(disputes)
    outcome = table.outcomes()
    made: list[list[Move]] = [[] for _ in disputes]
    pairs = _candidates(table, outcome)
    deals = {key: deal for key in pairs if (deal := table.deal(*key, outcome)) is not None}
    while deals:
        key, best = max(deals.items(), key=lambda item: (item[1].gain, [-k for k in item[0]]))
        for actor, issue, to, other in (
            (best.first, best.q, best.first_to, best.second),
            (best.second, best.p, best.second_to, best.first),
        ):
            start = float(table.y[actor, issue])
            table.direction[actor, issue] = 1 if to > start else -1
            table.y[actor, issue] = to
            why = "shifts its vote in exchange for support on another issue"
            made[issue].append(Move(actor, start, float(to), other, why))
        outcome = table.outcomes()
        del deals[key]
        touched = {best.p, best.q}
        for other_key in list(deals):
            if touched & {other_key[2], other_key[3]}:
                again = table.deal(*other_key, outcome)
                if again is None:
                    del deals[other_key]
                else:
                    deals[other_key] = again
    answers = []
    for d, dispute in enumerate(disputes):
        if not dispute.x.size:
            answers.append(NOBODY)
            continue
        note = "" if len(disputes) > 1 else "one issue only: nothing to exchange"
        point = float(np.clip(outcome[d], 0.0, 100.0))
        answers.append(Answer(point, note, (Round(table.y[:, d].copy(), point, tuple(made[d])),)))
    return answers


def _candidates(table: Table, outcome: FloatArray) -> list[tuple[int, int, int, int]]:
    """List (demander of p, demander of q, p, q) for all pairs on opposite sides of both outcomes."""
    found = []
    left = table.x <= outcome[None]
    here = np.isfinite(table.x) & (table.c > 0)
    for p, q in combinations(range(table.x.shape[1]), 2):
        both = np.flatnonzero(here[:, p] & here[:, q])
        for a, b in combinations(both.tolist(), 2):
            if left[a, p] == left[b, p] or left[a, q] == left[b, q]:
                continue
            ratio_a, ratio_b = table.s[a, p] / table.s[a, q], table.s[b, p] / table.s[b, q]
            if ratio_a > ratio_b:
                found.append((a, b, p, q))
            elif ratio_b > ratio_a:
                found.append((b, a, p, q))
    return found
