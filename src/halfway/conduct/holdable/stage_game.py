"""The stage game: what an actor can be held down to, and where play falls back without a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from halfway.space.arrays import BoolArray, Bounds, FloatArray, IntArray, Utilities, holds
from halfway.tolerances import of_points


@dataclass(frozen=True)
class Term:
    """Points that some issues bring.

    Attributes
    ----------
    issues : tuple of int
    table : ndarray of float, one axis an issue
    """

    issues: tuple[int, ...]
    table: FloatArray


@dataclass(frozen=True)
class Stage:
    """The stage game of a case, apart from any plan.

    Lags are left out: an undo that takes time counts as done, in departures and in punishments alike.

    Attributes
    ----------
    utilities : Utilities
        In points.
    bounds : Bounds
    setters : tuple of tuple of int
        For each issue.
    reach : tuple of ndarray of bool, shape (option, option)
        For each issue: which options can ever follow which.
    status_quo : ndarray of int, shape (issue,)
    breach : tuple of ndarray of float, shape (option, option)
        ``breach[i][x, d]``: the chance that a breach is seen on issue i while d is in force and x is agreed.
    observed : tuple of ndarray of float, shape (option, signal)
        For each issue, the chance of each signal while an option is in force.
    direct : tuple of ndarray of bool, shape (option, option)
        For each issue: which options can follow which in one step. What takes several is no departure of one period.
    """

    utilities: Utilities
    bounds: Bounds
    setters: tuple[tuple[int, ...], ...]
    reach: tuple[BoolArray, ...]
    status_quo: IntArray
    breach: tuple[FloatArray, ...]
    observed: tuple[FloatArray, ...]
    direct: tuple[BoolArray, ...]

    @cached_property
    def _terms(self) -> tuple[tuple[Term, ...], ...]:
        out = []
        for a in range(self.utilities.actors):
            single = [np.array(t[a], dtype=np.float64) for t in self.utilities.tables]
            ties: list[Term] = []
            constant = 0.0
            for link in self.utilities.linkages:
                own = np.asarray(link.points[a], dtype=np.float64)
                if not own.any():
                    continue
                if not link.issues:
                    constant += float(own)
                elif len(link.issues) == 1:
                    single[link.issues[0]] += own
                else:
                    ties.append(Term(link.issues, own))
            fixed = [Term((), np.array(constant))] if constant else []
            out.append((*(Term((i,), t) for i, t in enumerate(single)), *ties, *fixed))
        return tuple(out)

    def terms(self, actor: int) -> tuple[Term, ...]:
        """Return an actor's points as a sum: every issue by itself, then what issues bring together."""
        return self._terms[actor]

    def tolerance(self, actor: int) -> float:
        """Return by how many points one thing must beat another for an actor, to be more than rounding."""
        return of_points(sum(float(np.abs(term.table).max(initial=0.0)) for term in self.terms(actor)))

    def points(self, actor: int, packages: IntArray) -> FloatArray:
        """Return one actor's points, shape ``(package,)``."""
        total = np.zeros(len(packages))
        for term in self.terms(actor):
            total += term.table[tuple(packages[:, i] for i in term.issues)]
        return total

    def feasible(self, packages: IntArray) -> BoolArray:
        """Return which packages the constraints allow, shape ``(package,)``."""
        ok = np.ones(len(packages), dtype=np.bool_)
        for mask in self.bounds.allowed:
            ok &= holds(mask, packages)
        return ok


def components(count: int, ties: Iterable[Sequence[int]]) -> list[tuple[int, ...]]:
    """Divide issues into those that ties connect, each ascending, in the order of their first."""
    group = list(range(count))
    for tie in ties:
        joined = {group[i] for i in tie}
        if joined:
            group = [min(joined) if g in joined else g for g in group]
    return [tuple(i for i in range(count) if group[i] == g) for g in sorted(set(group))]


def merged(terms: Sequence[Term], sizes: tuple[int, ...], most: int) -> tuple[Term, ...]:
    """Add terms up to fewer, larger ones, of at most so many entries each where no single one is larger."""
    out: list[Term] = []
    for term in sorted(terms, key=lambda t: (-len(t.issues), t.issues)):
        for k, other in enumerate(out):
            issues = tuple(sorted({*term.issues, *other.issues}))
            if prod(sizes[i] for i in issues) <= max(most, other.table.size):
                out[k] = Term(issues, _over(term, issues, sizes) + _over(other, issues, sizes))
                break
        else:
            issues = tuple(sorted(set(term.issues)))
            out.append(Term(issues, _over(term, issues, sizes)))
    return tuple(out)


def _over(term: Term, issues: tuple[int, ...], sizes: tuple[int, ...]) -> FloatArray:
    shape = [1] * len(issues)
    for axis, i in enumerate(term.issues):
        shape[issues.index(i)] = term.table.shape[axis]
    return np.broadcast_to(term.table.reshape(shape), [sizes[i] for i in issues])
