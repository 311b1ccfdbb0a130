"""Case → graph model: states, powers to move, and ordinal preferences, whatever form they are stated in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from halfway.case.case import Case
from halfway.errors import Problem, Refusal, unknown
from halfway.space.graph.arrays import MILD, STRONG, UNKNOWN, GraphModel, Level, RankArray, refuse_if_too_large
from halfway.space.graph.orders import (
    MOST_SORTED,
    SAME_DIGITS,
    Orders,
    as_ranks,
    dense,
    kept_to,
    known_ranks,
    spread,
    values_in_draw,
)
from halfway.space.utilities.draws import Draws
from halfway.space.utilities.preferences import constraint_masks
from halfway.space.utilities.space import status_quo_of


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
    order : Orders
        Reads orders of states, for the pictures that actors have of one another.
    """

    case: Case
    actors: tuple[str, ...]
    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    model: GraphModel
    unknown: tuple[str, ...]
    graded: tuple[str, ...]
    order: Orders

    def views(self) -> Iterator[tuple[str, RankArray]]:
        """Yield, for each actor that sees another's preferences differently, everybody's ranks as that actor sees them.

        Of shape ``(actor, state)`` like the model's own, coalesced states with their last member's rank.
        """
        own = self.model.moves.stands_for
        for viewer in self.actors:
            seen = [(k, a) for k, a in enumerate(self.actors) if viewer in self.case.actors[a].as_seen_by]
            if not seen:
                continue
            ranks = self.model.ranks.copy()
            for k, a in seen:
                picture = self.case.actors[a].as_seen_by[viewer].over(self.case.actors[a])
                levels = self.order.levels(picture, ("actors", a, "as_seen_by", viewer))
                known = known_ranks(levels, self.model.product)
                ranks[k] = dense(known) if ranks.dtype == np.int32 else known
            yield viewer, ranks[:, np.where(own < 0, 0, own)]

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
        for key in package:
            if key not in self.issues:
                raise unknown("issue", key, self.issues, where="in this case")
        chosen = []
        for key, names in zip(self.issues, self.options, strict=True):
            option = package.get(key, names[0] if len(names) == 1 else None)
            if option is None:
                raise _no_state(f"issue '{key}' is left open", "a state has an option for every issue")
            if option not in names:
                raise unknown("option", option, names, where=f"of issue '{key}' here")
            chosen.append(names.index(option))
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
        # Without preferences; one zero stands for all, since it would fill as much memory as the preferences do.
        ranks=np.broadcast_to(np.int32(0), (len(actors), feasible.size)),
        coalescing=tuple(ends),
    )
    order = Orders(case, kept, blank, bool(fix))
    levels = []
    ranks: RankArray = np.empty(
        (len(actors), feasible.size), dtype=np.int64 if feasible.size > MOST_SORTED else np.int32
    )
    for i, a in enumerate(actors):
        own = order.levels(case.actors[a], ("actors", a))
        ranks[i] = known_ranks(own, feasible.size)
        # Plain ranks say it all; keeping both would double the memory of a large space.
        levels.append(own if len(own) > 1 or any(x.kind != MILD for x in own) else ())
    plain = not any(levels)
    if not plain:
        levels = [own or (Level(MILD, ranks[i]),) for i, own in enumerate(levels)]
    return GraphSpace(
        case=case,
        actors=actors,
        issues=issues,
        options=tuple(
            tuple(list(case.issues[key].options)[o] for o in options) for key, options in zip(issues, kept, strict=True)
        ),
        model=replace(blank, ranks=ranks, levels=() if plain else tuple(levels)),
        unknown=tuple(a for a, own in zip(actors, levels, strict=True) if any(x.kind == UNKNOWN for x in own)),
        graded=tuple(a for a, own in zip(actors, levels, strict=True) if any(x.kind == STRONG for x in own)),
        order=order,
    )


def in_32_bits(space: GraphSpace) -> GraphSpace:
    """Return the space with dense ranks, as the kernels that judge every state take them."""
    ranks = space.model.ranks
    if ranks.dtype == np.int32:
        return space

    return replace(
        space,
        model=replace(space.model, ranks=np.stack([dense(row) for row in ranks]).astype(np.int32)),
    )


def drawn_ranks(space: GraphSpace, drawn: Draws) -> Iterator[RankArray]:
    """Yield everybody's ranks, shape ``(actor, state)``, for draws of the uncertain interests.

    Rankings and statements carry no uncertainty and stay as they are.

    Parameters
    ----------
    space : GraphSpace
    drawn : Draws
    """
    case, model = space.case, space.model
    kept = _kept_of(space)
    wants = drawn.wants
    own = model.moves.stands_for
    for d in range(drawn.count):
        ranks = model.settled_ranks.copy()
        for a, key in enumerate(space.actors):
            if case.actors[key].interests or case.actors[key].linkages:
                values = np.round(values_in_draw(wants[a], kept, d), SAME_DIGITS)
                parts = [*kept_to(wants[a], kept), values]
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


def _kept(case: Case, fix: Mapping[str, str]) -> tuple[tuple[int, ...], ...]:
    for key, option in fix.items():
        if key not in case.issues:
            raise unknown("issue", key, case.issues, where="in this case")
        if option not in case.issues[key].options:
            raise unknown("option", option, case.issues[key].options, where=f"of issue '{key}'")
    return tuple(
        (list(issue.options).index(fix[key]),) if key in fix else tuple(range(len(issue.options)))
        for key, issue in case.issues.items()
    )


def _kept_of(space: GraphSpace) -> tuple[tuple[int, ...], ...]:
    return tuple(
        tuple(list(space.case.issues[key].options).index(o) for o in options)
        for key, options in zip(space.issues, space.options, strict=True)
    )
