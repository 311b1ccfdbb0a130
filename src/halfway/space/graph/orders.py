"""Orders of states for the graph model, from whichever form an actor's preferences are stated in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halfway.case.case import Case
from halfway.case.conditions import All, AnyOf, Condition, Not
from halfway.case.interests import Preferences, Statement
from halfway.errors import InputError, Place, Problem, Refusal
from halfway.space.arrays import BoolArray, FloatArray, Mask
from halfway.space.graph.arrays import MILD, STRONG, UNKNOWN, GraphModel, Level, RankArray
from halfway.space.utilities.numbers import Number
from halfway.space.utilities.preferences import Wants, mask_of, mean_of, read_wants

_KINDS = {"weak": MILD, "strong": STRONG, "unknown": UNKNOWN}
_HIGHEST_RANK = 2**31 - 1
_HIGHEST_OF_MANY = 2**62
MOST_SORTED = 600_000
"""Up to so many states ranks are made dense, 32 bits each."""
SAME_DIGITS = 9
"""Utilities that agree to so many decimals of a point count as ties where they are not exact numbers."""


def spread(mask: Mask, kept: Sequence[Sequence[int]]) -> BoolArray:
    """Evaluate a condition at every state, shape ``(state,)``, first issue fastest."""
    return np.asarray(_spread(mask.table, mask.issues, kept), dtype=np.bool_)


def _spread(table: NDArray[Any], issues: Sequence[int], kept: Sequence[Sequence[int]]) -> NDArray[Any]:
    # Axes in the table follow the issues; in the flat order the first issue runs fastest, so it comes last.
    for axis, issue in enumerate(issues):
        table = np.take(table, np.asarray(kept[issue]), axis=axis)
    shape = [1] * len(kept)
    for issue in issues:
        shape[len(kept) - 1 - issue] = len(kept[issue])
    full = tuple(len(k) for k in reversed(kept))
    return np.broadcast_to(np.transpose(table).reshape(shape), full).reshape(-1)


def as_ranks(parts: Sequence[NDArray[Any]], states: int) -> RankArray:
    """Return one rank for a comparison by several keys, the first deciding first; higher is better.

    Ranks are refined key by key and made dense again before they could overflow, so any number of keys will do. They
    need not be consecutive: over very many states integers that order them right are left as they are, in 64 bits,
    since only states that are looked at are compared there and sorting them all would take longer than the answer.

    Parameters
    ----------
    parts : sequence of ndarray, shape (state,)
    states : int
    """
    many = states > MOST_SORTED
    ranks, highest = np.zeros(states, dtype=np.int64), 0
    for part in parts:
        classes = _ordered(part) if many or part.dtype == np.bool_ else dense(part)
        width = int(classes.max(initial=0)) + 1
        if (highest + 1) * width > _HIGHEST_OF_MANY:
            ranks, classes = dense(ranks), dense(classes)
            highest, width = int(ranks.max(initial=0)), int(classes.max(initial=0)) + 1
        ranks, highest = ranks * width + classes, (highest + 1) * width - 1
        if highest > _HIGHEST_RANK and not many:
            ranks = dense(ranks)
            highest = int(ranks.max(initial=0))
    return ranks if many else ranks.astype(np.int32)


def _ordered(part: NDArray[Any]) -> NDArray[np.int64]:
    """Return integers from zero in the order of a key: the key itself where it holds integers."""
    if part.dtype == np.bool_:
        return part.astype(np.int64)
    if np.issubdtype(part.dtype, np.integer) and part.size:
        return np.asarray(part - part.min(), dtype=np.int64)
    return dense(part)


def known_ranks(levels: Sequence[Level], states: int) -> RankArray:
    """Return plain ranks from the levels at which preferences are known."""
    parts = [x.classes for x in levels if x.kind != UNKNOWN]
    return parts[0] if len(parts) == 1 else as_ranks(parts, states)


def dense(part: NDArray[Any]) -> NDArray[np.int64]:
    """Return consecutive ranks from zero in the order of a key, equal for ties."""
    if not part.size or part.min() == part.max():
        return np.zeros(part.size, dtype=np.int64)
    return np.unique(part, return_inverse=True)[1].reshape(-1).astype(np.int64)


def values_in_draw(wants: Wants, kept: Sequence[Sequence[int]], draw_number: int) -> FloatArray:
    """Return utilities of all states in one draw, in points, shape ``(state,)``."""

    def one(number: Number) -> float:
        array = np.asarray(number, dtype=np.float64)
        return float(array[draw_number] if array.ndim else array)

    total = np.zeros(int(np.prod([len(k) for k in kept])))
    for i, table in enumerate(wants.tables):
        total += _spread(np.array([one(x) for x in table]), (i,), kept)
    for mask, points in wants.linkages:
        total += spread(mask, kept) * one(points)
    return total


def _exact_values(wants: Wants, kept: Sequence[Sequence[int]]) -> NDArray[Any]:
    """Return utilities as integers in a common unit, or rounded where the unit would be too fine."""
    numbers = [Fraction(x) for table in wants.tables for x in table] + [Fraction(x) for _, x in wants.linkages]
    unit, largest = 1, Fraction(1)
    for number in numbers:
        unit = lcm(unit, number.denominator)
        if unit > 2**60:
            break
    largest = sum((max(abs(Fraction(x)) for x in table) for table in wants.tables), Fraction(1))
    largest += sum((abs(Fraction(x)) for _, x in wants.linkages), Fraction(0))
    if unit * largest >= 2**62:
        return np.round(values_in_draw(wants, kept, 0), SAME_DIGITS)
    total = np.zeros(int(np.prod([len(k) for k in kept])), dtype=np.int64)
    for i, table in enumerate(wants.tables):
        total += _spread(np.array([int(x * unit) for x in table], dtype=np.int64), (i,), kept)
    for mask, points in wants.linkages:
        total += spread(mask, kept) * int(points * unit)
    return total


def kept_to(wants: Wants, kept: Sequence[Sequence[int]]) -> list[BoolArray]:
    """Return where no red line is crossed, as the one key that comes first; nothing where there are no red lines."""
    crossed = [spread(mask, kept) for mask in wants.red_lines]
    return [~np.logical_or.reduce(crossed)] if crossed else []


class Orders:
    """Reads orders of states, each form in its way."""

    def __init__(self, case: Case, kept: tuple[tuple[int, ...], ...], model: GraphModel, fixed: bool) -> None:
        self.case, self.kept, self.model, self.fixed = case, kept, model, fixed

    def levels(self, wants: Preferences, path: tuple[str, ...]) -> tuple[Level, ...]:
        """Return the comparison of states, one level where there is one kind of preference only."""
        if wants.ranking is not None and not wants.interests:
            return (Level(MILD, self._ranking(wants.ranking, path)),)
        if wants.statements and not wants.interests:
            return self._statements(wants.statements, wants, path)
        numbers = read_wants(self.case, wants.model_copy(update={"lexicographic": ()}), mean_of, path)
        parts: list[NDArray[Any]] = list(kept_to(numbers, self.kept))
        order = list(self.case.issues)
        for key in wants.lexicographic:
            # Issues that come first are compared by the option's own value, whatever their weight.
            if key in wants.interests:
                values = self._option_places(wants, key, path)
                parts.append(_spread(values, (order.index(key),), self.kept))
        parts.append(_exact_values(numbers, self.kept))
        return (Level(MILD, as_ranks(parts, self.model.product)),)

    def _option_places(self, wants: Preferences, key: str, path: tuple[str, ...]) -> NDArray[Any]:
        from halfway.space.utilities.preferences import option_values

        values = option_values(self.case.issues[key], wants.interests[key], mean_of, (*path, "interests", key))
        places = {v: k for k, v in enumerate(sorted({Fraction(v) for v in values}))}
        return np.array([places[Fraction(v)] for v in values], dtype=np.int64)

    def _statements(
        self, statements: Sequence[Statement], wants: Preferences, path: tuple[str, ...]
    ) -> tuple[Level, ...]:
        parts: list[tuple[int, NDArray[Any]]] = []
        crossed = [spread(mask_of(self.case, line.when), self.kept) for line in wants.red_lines]
        if crossed:
            parts.append((MILD, ~np.logical_or.reduce(crossed)))
        parts += [(_KINDS[s.strength], spread(mask_of(self.case, meaning(s)), self.kept)) for s in statements]
        # Neighbours of one kind are compared alike, so they make one level.
        levels: list[tuple[int, list[NDArray[Any]]]] = []
        for kind, part in parts:
            if levels and levels[-1][0] == kind:
                levels[-1][1].append(part)
            else:
                levels.append((kind, [part]))
        own = np.where(self.model.moves.stands_for < 0, 0, self.model.moves.stands_for)
        return tuple(Level(kind, as_ranks(group, self.model.product)[own]) for kind, group in levels)

    def _ranking(self, ranking: Sequence[Any], path: tuple[str, ...]) -> RankArray:
        model = self.model
        states = model.states
        place = np.full(states.size, -1, dtype=np.int64)
        problems: list[Problem] = []
        for position, entry in enumerate(ranking):
            where = self.case.place(*path, "ranking", position)
            for one in entry if isinstance(entry, list | tuple) else [entry]:
                numbers = self._named(one, where, problems)
                taken = [k for k in numbers if place[k] >= 0]
                if taken:
                    shown = ", ".join(str(k + 1) for k in taken[:6])
                    problems.append(
                        Problem(
                            "N412",
                            f"the ranking names state {shown} twice",
                            "a state has one place from best to worst",
                            "strike one of them",
                            where,
                        )
                    )
                place[numbers] = position
        left = np.flatnonzero(place < 0)
        if left.size and not problems:
            shown = ", ".join(str(k + 1) for k in left[:12]) + (" …" if left.size > 12 else "")
            problems.append(
                Problem(
                    "N413",
                    f"the ranking leaves out {left.size} of {states.size} states: {shown}",
                    "every state that can occur has its place from best to worst",
                    "add them (`halfway stability --states` lists all states with their numbers)",
                    self.case.place(*path, "ranking"),
                )
            )
        if problems:
            raise InputError(problems)
        ranks = np.zeros(model.product, dtype=np.int32)
        ranks[states] = len(ranking) - place
        own = np.where(model.moves.stands_for < 0, 0, model.moves.stands_for)
        return ranks[own]

    def _named(self, one: Any, where: Place, problems: list[Problem]) -> list[int]:
        model = self.model
        if not isinstance(one, Mapping):
            number = int(str(one))
            if self.fixed:
                raise Refusal(
                    [
                        Problem(
                            "N414",
                            "issues cannot be fixed while a ranking goes by numbers",
                            "with fewer states the numbers would mean others",
                            "write the ranking with {issue: option}",
                            where,
                        )
                    ]
                )
            if not 1 <= number <= model.states.size:
                problems.append(
                    Problem(
                        "N421",
                        f"there is no state {number}",
                        f"the case has {model.states.size} states",
                        "correct it",
                        where,
                    )
                )
                return []
            return [number - 1]
        wanted = np.ones(model.product, dtype=np.bool_)
        order = list(self.case.issues)
        for key, option in one.items():
            issue = order.index(str(key))
            true = np.array([o == str(option) for o in self.case.issues[order[issue]].options], dtype=np.bool_)
            wanted &= _spread(true, (issue,), self.kept)
        own = model.moves.stands_for[wanted & (model.moves.stands_for >= 0)]
        numbers = np.unique(np.searchsorted(model.states, own)).tolist()
        if not numbers and not self.fixed:
            problems.append(
                Problem(
                    "N416",
                    "the ranking names a state that cannot occur",
                    "a constraint forbids it",
                    "strike it",
                    where,
                )
            )
        return [int(k) for k in numbers]


def meaning(statement: Statement) -> Condition:
    """Return the condition that a preference statement prefers.

    ``P if Q`` prefers states where Q fails or P holds; ``P iff Q`` those where both hold or neither does. Source: Peng,
    Hipel and others' option prioritisation, as in Fang, Hipel, Kilgour and Peng (2003), *IEEE Trans. SMC* C 33, 42-55.
    """
    wanted: Condition = statement.prefer
    if statement.iff is not None:
        both = All((wanted, statement.iff))
        wanted = AnyOf((both, All((Not(wanted), Not(statement.iff)))))
    if statement.if_ is not None:
        wanted = AnyOf((Not(statement.if_), wanted))
    return wanted
