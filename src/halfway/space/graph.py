"""Case → graph model: states, powers to move, and ordinal preferences, whatever form they are stated in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halfway.case.case import Case
from halfway.case.conditions import All, AnyOf, Condition, Not
from halfway.case.interests import Preferences, Statement
from halfway.errors import InputError, Place, Problem, Refusal, suggestion
from halfway.space.arrays import BoolArray, FloatArray, Mask
from halfway.space.compile import status_quo_of
from halfway.space.draws import Draws, draw
from halfway.space.graph_arrays import MILD, STRONG, UNKNOWN, GraphModel, Level, RankArray, refuse_if_too_large
from halfway.space.preferences import Number, Wants, constraint_masks, mask_of, mean_of, read_wants

_KINDS = {"weak": MILD, "strong": STRONG, "unknown": UNKNOWN}
_HIGHEST_RANK = 2**31 - 1
SAME_DIGITS = 9
"""Utilities that agree to so many decimals of a point count as ties where they are not exact numbers."""


@dataclass(frozen=True)
class GraphSpace:
    """A case in graph form, with the names of everything.

    Attributes
    ----------
    case : Case
    actors, issues : tuple of str
    options : tuple of tuple of str
        Options of each issue that are looked at: all, or the one it is fixed at.
    model : GraphModel
    unknown : tuple of str
        Actors with preferences that nobody knows.
    graded : tuple of str
        Actors with strong preferences beside weak ones.
    views : mapping of str to ndarray of int32, shape (actor, state)
        For each actor that sees another's preferences differently: everybody's ranks as that actor sees them.
    """

    case: Case
    actors: tuple[str, ...]
    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    model: GraphModel
    unknown: tuple[str, ...]
    graded: tuple[str, ...]
    views: Mapping[str, RankArray]

    @cached_property
    def coalescing(self) -> tuple[tuple[int, frozenset[int]], ...]:
        """Issues with the options after which the others no longer matter."""
        return tuple((issue, frozenset(options)) for issue, options in self.model.coalescing)

    def labels(self, number: int) -> dict[str, str | None]:
        """Return a state's options by name; None for issues that no longer matter there.

        Parameters
        ----------
        number : int
            From 1 among the states that count.
        """
        options = self.model.options(int(self.model.states[number - 1]))
        ended = next((i for i, ends in self.coalescing if options[i] in ends), None)
        return {
            key: names[options[i]] if ended is None or i == ended else None
            for i, (key, names) in enumerate(zip(self.issues, self.options, strict=True))
        }

    def number(self, index: int) -> int:
        """Return the number from 1 of the state that a combination counts as; 0 where it cannot occur."""
        own = int(self.model.moves.stands_for[index]) if index >= 0 else -1
        return int(np.searchsorted(self.model.states, own)) + 1 if own >= 0 else 0

    def find(self, package: Mapping[str, str]) -> int:
        """Return the number from 1 of a state given by the options of all issues (fixed ones may be left out).

        Raises
        ------
        Refusal
            For a combination that cannot occur, or one outside what is looked at.
        """
        chosen = []
        for key, names in zip(self.issues, self.options, strict=True):
            option = package.get(key, names[0] if len(names) == 1 else None)
            if option is None:
                raise _no_state(f"issue '{key}' is left open", "a state has an option for every issue")
            if option not in names:
                raise _no_state(f"issue '{key}' has no option '{option}' here", suggestion(option, names))
            chosen.append(names.index(option))
        for key in package:
            if key not in self.issues:
                raise _no_state(f"no issue '{key}' in this case", suggestion(key, self.issues))
        raw = int(np.dot(self.model.moves.strides, np.asarray(chosen, dtype=np.int64)))
        number = self.number(raw)
        if not number:
            raise _no_state("this combination of options cannot occur", "a constraint of the case forbids it")
        return number


def _no_state(what: str, why: str) -> Refusal:
    return Refusal([Problem("N410", what, why, "name a state that the case allows")])


def graph_space(case: Case, fix: Mapping[str, str] | None = None) -> GraphSpace:
    """Turn a case into a graph model, every estimate at its centre.

    Preferences come from interests (by utility, exact where the numbers are), a ranking of states, or preference
    statements compared one after the other, however many there are. A state that crosses an actor's red line ranks
    below every state that does not. Someone without any stated preference is indifferent.

    Parameters
    ----------
    case : Case
    fix : mapping, optional
        Issues to be held at one option.

    Raises
    ------
    Refusal
        When the states are too many, or a fixed option is unknown.
    InputError
        When a ranking does not name every state once.
    """
    kept = _kept(case, fix or {})
    sizes = tuple(len(k) for k in kept)
    refuse_if_too_large(sizes)
    actors, issues = tuple(case.actors), tuple(case.issues)
    feasible = np.ones(int(np.prod(sizes)), dtype=np.bool_)
    for mask in constraint_masks(case):
        feasible &= spread(mask, kept)
    if not feasible.any():
        raise Refusal(
            [
                Problem(
                    "N411",
                    "no state is left",
                    "the constraints and the fixed options forbid every combination",
                    "loosen a constraint, or fix other options",
                    case.place("constraints"),
                )
            ]
        )
    today = status_quo_of(case)
    quo = tuple(
        -1 if today is None or int(today[i]) not in kept[i] else kept[i].index(int(today[i]))
        for i in range(len(issues))
    )
    transitions = []
    for key, options in zip(issues, kept, strict=True):
        issue = case.issues[key]
        names = [list(issue.options)[o] for o in options]
        transitions.append(np.array([[issue.may_follow(a, b) for b in names] for a in names], dtype=np.bool_))
    ends = []
    for i, key in enumerate(issues):
        names = list(case.issues[key].options)
        stops = tuple(
            kept[i].index(names.index(o)) for o in case.issues[key].coalesce_when if names.index(o) in kept[i]
        )
        if stops:
            ends.append((i, stops))
    blank = GraphModel(
        sizes=sizes,
        feasible=feasible,
        setters=tuple(tuple(actors.index(a) for a in case.issues[key].set_by) for key in issues),
        transitions=tuple(transitions),
        status_quo=quo,
        ranks=np.zeros((len(actors), feasible.size), dtype=np.int32),
        coalescing=tuple(ends),
    )
    order = _Orders(case, kept, blank, bool(fix))
    levels = tuple(order.levels(case.actors[a], ("actors", a)) for a in actors)
    ranks = np.stack([_known(own, feasible.size) for own in levels])
    views = {}
    for viewer in actors:
        seen = [(k, a) for k, a in enumerate(actors) if viewer in case.actors[a].as_seen_by]
        if not seen:
            continue
        own = ranks.copy()
        for k, a in seen:
            picture = case.actors[a].as_seen_by[viewer].over(case.actors[a])
            parts = order.levels(picture, ("actors", a, "as_seen_by", viewer))
            own[k] = _known(parts, feasible.size)
        views[viewer] = own[:, np.where(blank.moves.stands_for < 0, 0, blank.moves.stands_for)]
    plain = all(len(own) <= 1 and all(x.kind == MILD for x in own) for own in levels)
    return GraphSpace(
        case=case,
        actors=actors,
        issues=issues,
        options=tuple(
            tuple(list(case.issues[key].options)[o] for o in options) for key, options in zip(issues, kept, strict=True)
        ),
        model=replace(blank, ranks=ranks, levels=() if plain else levels),
        unknown=tuple(a for a, own in zip(actors, levels, strict=True) if any(x.kind == UNKNOWN for x in own)),
        graded=tuple(a for a, own in zip(actors, levels, strict=True) if any(x.kind == STRONG for x in own)),
        views=views,
    )


def drawn_ranks(space: GraphSpace, count: int, seed: int) -> Iterator[RankArray]:
    """Yield everybody's ranks, shape ``(actor, state)``, for draws of the uncertain interests.

    Rankings and statements carry no uncertainty and stay as they are.

    Parameters
    ----------
    space : GraphSpace
    count : int
    seed : int
    """
    case, model = space.case, space.model
    kept = _kept_of(space)
    drawn: Draws = draw(case, count, seed)
    wants = drawn.wants
    own = model.moves.stands_for
    for d in range(count):
        ranks = model.settled_ranks.copy()
        for a, key in enumerate(space.actors):
            if case.actors[key].interests or case.actors[key].linkages:
                values = np.round(_values(wants[a], kept, d), SAME_DIGITS)
                parts = [*_limits(wants[a], kept), values]
                ranks[a] = as_ranks(parts, model.product)[np.where(own < 0, 0, own)]
        yield ranks


def uncertain(case: Case) -> bool:
    """Return whether some interest of the case is given with uncertainty."""
    from halfway.case.estimates import Estimate

    def within(raw: Any) -> bool:
        if isinstance(raw, Estimate):
            return not raw.certain
        if isinstance(raw, Mapping):
            return any(within(x) for x in raw.values())
        if isinstance(raw, list | tuple):
            return any(within(x) for x in raw)
        return hasattr(raw, "model_fields_set") and any(within(getattr(raw, n)) for n in raw.model_fields_set)

    return any(within(x) for actor in case.actors.values() for x in (actor.interests, actor.linkages))


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


def _kept(case: Case, fix: Mapping[str, str]) -> tuple[tuple[int, ...], ...]:
    for key, option in fix.items():
        if key not in case.issues:
            raise _no_state(f"no issue '{key}' in this case", suggestion(key, list(case.issues)))
        if option not in case.issues[key].options:
            raise _no_state(
                f"issue '{key}' has no option '{option}'", suggestion(option, list(case.issues[key].options))
            )
    return tuple(
        (list(issue.options).index(fix[key]),) if key in fix else tuple(range(len(issue.options)))
        for key, issue in case.issues.items()
    )


def _kept_of(space: GraphSpace) -> tuple[tuple[int, ...], ...]:
    return tuple(
        tuple(list(space.case.issues[key].options).index(o) for o in options)
        for key, options in zip(space.issues, space.options, strict=True)
    )


def as_ranks(parts: Sequence[NDArray[Any]], states: int) -> RankArray:
    """Return one rank for a comparison by several keys, the first deciding first; higher is better.

    Ranks are refined key by key and made dense again before they could overflow, so any number of keys will do. They
    need not be consecutive.

    Parameters
    ----------
    parts : sequence of ndarray, shape (state,)
    states : int
    """
    ranks, highest = np.zeros(states, dtype=np.int64), 0
    for part in parts:
        classes = part.astype(np.int64) if part.dtype == np.bool_ else _dense(part)
        width = int(classes.max(initial=0)) + 1
        ranks, highest = ranks * width + classes, (highest + 1) * width - 1
        if highest > _HIGHEST_RANK:
            ranks = _dense(ranks)
            highest = int(ranks.max(initial=0))
    return ranks.astype(np.int32)


def _known(levels: Sequence[Level], states: int) -> RankArray:
    """Return plain ranks from the levels at which preferences are known."""
    parts = [x.classes for x in levels if x.kind != UNKNOWN]
    return parts[0] if len(parts) == 1 else as_ranks(parts, states)


def _dense(part: NDArray[Any]) -> NDArray[np.int64]:
    if not part.size or part.min() == part.max():
        return np.zeros(part.size, dtype=np.int64)
    return np.unique(part, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _values(wants: Wants, kept: Sequence[Sequence[int]], draw_number: int) -> FloatArray:
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
        return np.round(_values(wants, kept, 0), SAME_DIGITS)
    total = np.zeros(int(np.prod([len(k) for k in kept])), dtype=np.int64)
    for i, table in enumerate(wants.tables):
        total += _spread(np.array([int(x * unit) for x in table], dtype=np.int64), (i,), kept)
    for mask, points in wants.linkages:
        total += spread(mask, kept) * int(points * unit)
    return total


def _limits(wants: Wants, kept: Sequence[Sequence[int]]) -> list[BoolArray]:
    crossed = [spread(mask, kept) for mask in wants.red_lines]
    return [~np.logical_or.reduce(crossed)] if crossed else []


class _Orders:
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
        parts: list[NDArray[Any]] = list(_limits(numbers, self.kept))
        order = list(self.case.issues)
        for key in wants.lexicographic:
            # Issues that come first are compared by the option's own value, whatever their weight.
            if key in wants.interests:
                values = self._option_values(wants, key, path)
                parts.append(_spread(values, (order.index(key),), self.kept))
        parts.append(_exact_values(numbers, self.kept))
        return (Level(MILD, as_ranks(parts, self.model.product)),)

    def _option_values(self, wants: Preferences, key: str, path: tuple[str, ...]) -> NDArray[Any]:
        from halfway.space.preferences import option_values

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
                        "N415",
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
