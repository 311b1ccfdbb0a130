"""Where an elicitation stands: what the answers so far say about values and weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from halfway.case.case import Case
from halfway.elicit.answers import Accept, Answer, First, Order, Prefer, Swing, Worth
from halfway.elicit.polytope import Polytope, clash
from halfway.space.arrays import FloatArray

SAME = 2.0
"""Points within which two packages that are called equally good may differ."""
GRAIN = 0.5
"""Swing points: a single number is read as everything that rounds to it."""


@dataclass(frozen=True)
class Standing:
    """What one actor has answered about one case.

    Attributes
    ----------
    case : Case
    actor : str
    answers : tuple of Answer
        In the order in which they were given; of two on one thing the later counts.
    """

    case: Case
    actor: str
    answers: tuple[Answer, ...] = ()

    @property
    def issues(self) -> tuple[str, ...]:
        """The issues, in the order of the case and of the weights."""
        return tuple(self.case.issues)

    @cached_property
    def orders(self) -> dict[str, tuple[str, ...]]:
        """The options of each issue that was answered, best first."""
        return {a.issue: a.options for a in self.answers if isinstance(a, Order)}

    @cached_property
    def placed(self) -> dict[tuple[str, str], float]:
        """What middle options were said to be worth."""
        return {(a.issue, a.option): a.points for a in self.answers if isinstance(a, Worth)}

    @cached_property
    def values(self) -> dict[str, dict[str, float]]:
        """What each option is worth, 0–100, on the issues whose options are all placed; never against their order."""
        found = {}
        for issue, order in self.orders.items():
            if all((issue, o) in self.placed for o in order[1:-1]):
                points = [100.0, *(self.placed[issue, o] for o in order[1:-1]), 0.0][: len(order)]
                found[issue] = dict(zip(order, points, strict=True))
        return found

    @cached_property
    def misplaced(self) -> list[tuple[str, str, str]]:
        """Issues with two options whose points contradict their order: (issue, better, worse)."""
        return [
            (issue, better, worse)
            for issue, values in self.values.items()
            for better, worse in pairwise(self.orders[issue])
            if values[better] < values[worse]
        ]

    @cached_property
    def ranked(self) -> tuple[str, ...]:
        """The issues in the order in which they would be moved, as far as that was answered."""
        found = tuple(dict.fromkeys(a.issue for a in self.answers if isinstance(a, First)))
        rest = [i for i in self.issues if i not in found]
        return (*found, *rest) if found and len(rest) == 1 else found

    @cached_property
    def swings(self) -> dict[str, tuple[float, float]]:
        """The range of swing points that was given for an issue."""
        return {a.issue: (a.low, a.high) for a in self.answers if isinstance(a, Swing)}

    def points(self, package: Mapping[str, str]) -> FloatArray | None:
        """Return what a package is worth on each issue, 0–100; None before all options are placed. Shape (issue,)."""
        if len(self.values) < len(self.issues):
            return None
        return np.array([self.values[i][package[i]] for i in self.issues])

    @cached_property
    def said(self) -> list[tuple[tuple[int, ...], FloatArray]]:
        """What the answers say about the weights: which answers say it, and its rows, shape (row, issue)."""
        out: list[tuple[tuple[int, ...], FloatArray]] = []
        place = {issue: k for k, issue in enumerate(self.issues)}
        eye = np.eye(len(place))
        before: list[int] = []
        last: dict[tuple[object, ...], int] = {
            (a.kind, getattr(a, "issue", k) if not isinstance(a, Order | Worth) else k): k
            for k, a in enumerate(self.answers)
        }
        current = set(last.values())
        judged: list[tuple[int, bool, FloatArray]] = []
        for k, answer in enumerate(self.answers):
            if isinstance(answer, First):
                own = place[answer.issue]
                if own not in before:
                    before.append(own)
                    later = [j for j in range(len(place)) if j not in before]
                    out.append(((k,), np.array([eye[j] - eye[own] for j in later]).reshape(-1, len(place))))
            elif isinstance(answer, Swing) and k in current and self.ranked:
                low, high = answer.low, answer.high
                if high - low < 2 * GRAIN:
                    low, high = max(0.0, low - GRAIN), min(100.0, high + GRAIN)
                own, top = eye[place[answer.issue]], eye[place[self.ranked[0]]]
                out.append(((k,), np.array([low / 100 * top - own, own - high / 100 * top])))
            elif isinstance(answer, Accept) and (worth := self.points(answer.package)) is not None:
                for j, signed, other in judged:
                    if signed != answer.signed:
                        better, worse = (worth, other) if answer.signed else (other, worth)
                        out.append(((j, k), (worse - better)[None, :]))
                judged.append((k, answer.signed, worth))
            elif isinstance(answer, Prefer):
                first, second = self.points(answer.first), self.points(answer.second)
                if first is None or second is None:
                    continue
                gap = first - second
                rows = {"first": [-gap], "second": [gap], "same": [gap - SAME, -gap - SAME]}[answer.better]
                out.append(((k,), np.array(rows)))
        return out

    @cached_property
    def polytope(self) -> Polytope:
        """The weights that agree with all answers."""
        rows = [r for _, r in self.said if len(r)]
        return Polytope(len(self.issues), np.vstack(rows) if rows else np.zeros((0, len(self.issues))))

    @cached_property
    def clashing(self) -> tuple[int, ...]:
        """The answers of which no weights agree with all, none of them idle; empty where there is no contradiction."""
        if self.polytope.inside is not None:
            return ()
        found = clash(len(self.issues), [rows for _, rows in self.said])
        return tuple(sorted({k for n in found for k in self.said[n][0]}))

    def and_(self, answers: Sequence[Answer]) -> Standing:
        """Return where it stands after further answers."""
        return Standing(self.case, self.actor, (*self.answers, *answers))

    def without(self, answers: Sequence[int]) -> Standing:
        """Return where it stands when some answers are taken back, by number."""
        kept = tuple(a for k, a in enumerate(self.answers) if k not in set(answers))
        return Standing(self.case, self.actor, kept)
