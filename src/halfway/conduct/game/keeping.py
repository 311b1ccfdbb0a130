"""Which of an actor's moves keep a plan and which break it, in every state, and how much each breach harms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, TypeAlias

import numpy as np

from halfway.conduct.game.bare_game import Flat, Game, Moves
from halfway.conduct.game.bare_game import Situation as Bare
from halfway.conduct.game.bound import limits, protected
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.game.payoffs import unreacted
from halfway.errors import Problem, Refusal
from halfway.space.arrays import BoolArray, FloatArray, IntArray, Utilities
from halfway.space.plan.automaton import Automaton, MoveSet, Shape
from halfway.space.plan.machines import World
from halfway.space.plan.situations import MOST_MOVES
from halfway.tolerances import GAIN, one_shot

Look: TypeAlias = tuple[int, tuple[float, ...], World, tuple[int, ...]]
"""A phase, the gravities last shown, and the options in force that the phase reads."""


@dataclass(frozen=True, eq=False)
class Laid:
    """What an actor can do in one situation, bound picks written out; row 0 follows the letter.

    Attributes
    ----------
    issues : tuple of int
        The issues on which rows differ.
    picks : ndarray of int, shape (row, issue of `issues`)
    packages : ndarray of int, shape (row, issue)
        In force under each row.
    group : ndarray of int, shape (row,)
        Rows of one group look and lead alike; row of `chances` of the `MoveSet`.
    companion : ndarray of int, shape (row,)
        The row with the same picks on bound issues and the prescribed ones on free issues; the row itself where the
        constraints do not allow that.
    prescribed : ndarray of bool, shape (row,)
        Whether the picks on bound issues are those prescribed.
    loose : tuple of (int, ndarray)
        Free issues that nothing ties to the rest, with the options open, the prescribed one first.
    """

    issues: tuple[int, ...]
    picks: IntArray
    packages: IntArray
    group: IntArray
    companion: IntArray
    prescribed: BoolArray
    loose: tuple[tuple[int, IntArray], ...]


def lay(shape: Shape, moves: MoveSet | None, bound: frozenset[int], unreacted: Mapping[int, int] | None = None) -> Laid:
    """Write out what an actor can do in a situation, one row for each combination of picks that matters together.

    Parameters
    ----------
    shape : Shape
    moves : MoveSet or None
        Of the actor; None where it only follows the letter.
    bound : frozenset of int
        Bound issues.
    unreacted : mapping from issue to option, optional
        What the phase prescribes where a reaction of the actor runs: not to react breaks nothing.
    """
    if moves is None:
        one = np.zeros(1, dtype=np.int64)
        return Laid((), np.zeros((1, 0), np.int64), shape.package[None, :], one, one, np.ones(1, np.bool_), ())
    held = [(i, options) for i, options in moves.free if i in bound]
    loose = tuple((i, options) for i, options in moves.free if i not in bound)
    rows, ways = len(moves.packages), prod(len(options) for _, options in held)
    if rows * ways > MOST_MOVES:
        raise Refusal(
            [
                Problem(
                    "R032",
                    "an actor has too many combinations of picks",
                    f"{rows * ways:,} in one period, of which {MOST_MOVES:,} are compared at most",
                    "let the plan name fewer issues, or split the actor",
                )
            ]
        )
    is_bound = np.array([i in bound for i in moves.issues], dtype=np.bool_)
    home = moves.picks[0]
    # The row with the same bound picks, all others as prescribed.
    wanted = np.where(is_bound[None, :], moves.picks, home[None, :])
    number = {pick.tobytes(): r for r, pick in enumerate(np.ascontiguousarray(moves.picks))}
    companion = np.array(
        [number.get(w.tobytes(), r) for r, w in enumerate(np.ascontiguousarray(wanted))], dtype=np.int64
    )
    instead = home.copy()
    for c, i in enumerate(moves.issues):
        instead[c] = (unreacted or {}).get(i, home[c])
    as_asked = (moves.picks == home) | (moves.picks == instead)
    as_written = as_asked[:, is_bound].all(axis=1)
    choice = np.array(list(product(*(options.tolist() for _, options in held))), dtype=np.int64).reshape(
        ways, len(held)
    )
    packages = np.repeat(moves.packages, ways, axis=0)
    if held:
        packages[:, [i for i, _ in held]] = np.tile(choice, (rows, 1))
    return Laid(
        (*moves.issues, *(i for i, _ in held)),
        np.concatenate([np.repeat(moves.picks, ways, axis=0), np.tile(choice, (rows, 1))], axis=1),
        packages,
        np.repeat(moves.group, ways),
        (companion[:, None] * ways + np.arange(ways)).ravel(),
        np.repeat(as_written, ways) & np.tile(np.arange(ways) == 0, rows),
        loose,
    )


@dataclass(frozen=True, eq=False)
class OwnMoves:
    """One actor's moves in all states, laid end to end, with which keep and which harm; no points.

    States of one situation in which the same moves keep share a *cell*. In a cell the rows of one group make a *slot*:
    they look and lead alike, so that only the best of those open counts.

    Attributes
    ----------
    actor : int
    automaton : Automaton
    laid : tuple of Laid
        For each situation.
    cell_of : ndarray of int, shape (state,)
    situation_of : ndarray of int, shape (cell,)
    slot_of_cell : ndarray of int, shape (cell + 1,)
        Where the slots of each cell begin.
    first_row : ndarray of int, shape (slot + 1,)
        Where the rows of each slot begin.
    rows : ndarray of int, shape (row,)
        Which row of its situation's `Laid` each is.
    packages : ndarray of int, shape (package, issue)
    package : ndarray of int, shape (row,)
    keeps, harms, bare : ndarray of bool, shape (row,)
        Whether it keeps; whether it keeps or does material harm; whether all free picks are as prescribed.
    phase : ndarray of int, shape (slot,)
    slot : ndarray of int, shape (move,)
        For each state in turn, its moves: one for each slot of its cell.
    rank : ndarray of int, shape (move,)
        0 as prescribed, 1 as prescribed on bound issues, 2 otherwise.
    flat : Flat
        The moves and where they lead.
    harm : ndarray of float, shape (row,)
        The largest loss to any other actor in the period, free picks as prescribed.
    spent : ndarray of int, shape (situation,), or None
        Where costs of breaking are charged once: which of them have been, as bits.
    hangs_on_later : bool
        Whether some move spares the others in its period, so that what follows decides whether it keeps.
    """

    actor: int
    automaton: Automaton
    laid: tuple[Laid, ...]
    cell_of: IntArray
    situation_of: IntArray
    slot_of_cell: IntArray
    first_row: IntArray
    rows: IntArray
    packages: IntArray
    package: IntArray
    keeps: BoolArray
    harms: BoolArray
    bare: BoolArray
    phase: IntArray
    slot: IntArray
    rank: IntArray
    flat: Flat
    harm: FloatArray
    hangs_on_later: bool
    spent: IntArray | None = None

    @cached_property
    def loose(self) -> tuple[tuple[tuple[int, IntArray], ...], ...]:
        """The free issues that can be chosen apart, for each cell."""
        return tuple(self.laid[n].loose for n in self.situation_of)

    @cached_property
    def looks(self) -> tuple[dict[Look, dict[tuple[int, tuple[float, ...], World], int]], IntArray, IntArray, int]:
        """What may be seen under each move.

        Returns
        -------
        looks : mapping from (phase, gravities, world, options shown) to mapping from (trigger, gravities, world) to int
            The number of each thing that may be seen.
        place : ndarray of int
            Places in the tables of chances, laid end to end situation by situation.
        source : ndarray of int
            The thing seen whose chance belongs there.
        size : int
            Of the tables.
        """
        looks: dict[Look, dict[tuple[int, tuple[float, ...], World], int]] = {}
        known, begin = 0, 0
        place: list[int] = []
        source: list[int] = []
        for s in self.automaton.situations:
            phase, _, _, gravities, world = s.shape.position
            moves = s.moves.get(self.actor)
            shown = (s.shape.shown,) if moves is None else moves.shown
            table = s.chances[None, :] if moves is None else moves.chances
            for g, options in enumerate(shown):
                look = looks.setdefault((phase, gravities, world, options), {})
                for o in np.flatnonzero(table[g]).tolist():
                    seen = (s.outcomes[o][0], s.outcomes[o][2], s.outcomes[o][3])
                    if seen not in look:
                        look[seen] = known
                        known += 1
                    place.append(begin + g * table.shape[1] + o)
                    source.append(look[seen])
            begin += table.size
        return looks, np.array(place, dtype=np.int64), np.array(source, dtype=np.int64), begin

    @property
    def states(self) -> int:
        """How many states there are."""
        return len(self.cell_of)


def own_moves(
    whole: Study, actor: int, automaton: Automaton, bound: frozenset[int], material: float | None = None
) -> OwnMoves:
    """Lay out one actor's moves and judge them at the centre of all numbers.

    A move keeps if its picks on bound issues are those prescribed or, taken together, cost none of those to be spared
    anything, in this period or, if all follow the letter from then on, later; see `halfway.conduct.game.bound`.

    Parameters
    ----------
    whole : Study
    actor : int
    automaton : Automaton
        States that the actor's conduct, and perhaps others', can reach.
    bound : frozenset of int
        Bound issues.
    material : float, optional
        The least harm, in points of a period, at which a breach is material. Default: as the case says.
    """
    least = limits(whole.case)[0] if material is None else material
    names = whole.space.actors
    spared = [whole.space.actor(a) for a in protected(whole.case, whole.plan, names[actor])]
    known: dict[tuple[Any, ...], Laid] = automaton.rules.memo.setdefault(("laid", actor, bound), {})
    laid = []
    for s in automaton.situations:
        moves = s.moves.get(actor)
        key = (s.shape,)
        if key not in known:
            known[key] = lay(s.shape, moves, bound, unreacted(automaton.rules, s.shape, actor))
        laid.append(known[key])
    game = Game(
        len(automaton.situation_of),
        1,
        0,
        tuple(
            Bare(
                s.states,
                s.follow,
                s.chances,
                np.zeros(1),
                {actor: Moves(s.moves[actor].chances, np.zeros((len(s.moves[actor].chances), 1)))}
                if actor in s.moves
                else {},
            )
            for s in automaton.situations
        ),
    )
    flat = game.flat(actor)
    counts = np.array([len(x.packages) for x in laid])
    begin = np.cumsum(counts) - counts
    packages, package = _distinct(np.concatenate([x.packages for x in laid]), whole.space.sizes)
    companion = np.concatenate([x.companion + b for x, b in zip(laid, begin, strict=True)])
    # What each row, free picks as prescribed, changes for everyone in the period.
    worth = mean_points(whole, packages)
    change = worth[:, package[companion]] - np.repeat(worth[:, package[begin]], counts, axis=1)
    others = [a for a in range(len(names)) if a != actor]
    harm = np.maximum(-change[others].min(axis=0), 0.0) if others else np.zeros(len(package))
    spares: BoolArray = np.full(len(package), bool(spared))
    for a in spared:
        spares &= change[a] >= -GAIN
    later = [letter_values(whole, a, automaton, flat) for a in spared]
    tolerance = [one_shot(float(whole.patiences[a])) for a in spared]

    cell_of = np.zeros(len(automaton.situation_of), dtype=np.int64)
    situation_of: list[int] = []
    parts: list[tuple[IntArray, BoolArray]] = []
    hangs_on_later = False
    for n, (s, x) in enumerate(zip(automaton.situations, laid, strict=True)):
        mine = slice(int(begin[n]), int(begin[n] + counts[n]))
        candidates = spares[mine] & ~x.prescribed
        order = np.argsort(x.group, kind="stable")
        if not candidates.any():
            cell_of[s.states] = len(situation_of)
            situation_of.append(n)
            parts.append((order, x.prescribed[order]))
            continue
        hangs_on_later = True
        chances = s.moves[actor].chances
        kept = np.ones((len(s.states), len(chances)), dtype=np.bool_)
        for value, least_loss in zip(later, tolerance, strict=True):
            after = value[s.follow] @ (chances - chances[x.group[0]]).T
            kept &= after >= -least_loss
        patterns, which = np.unique(kept, axis=0, return_inverse=True)
        which = np.asarray(which).ravel()
        for p, pattern in enumerate(patterns):
            cell_of[s.states[which == p]] = len(situation_of)
            situation_of.append(n)
            keeps = x.prescribed | (candidates & pattern[x.group[x.companion]])
            parts.append((order, keeps[order]))
    cells = np.array(situation_of, dtype=np.int64)
    groups = [len(automaton.situations[n].moves[actor].chances) if actor in automaton.situations[n].moves else 1
              for n in situation_of]  # fmt: skip
    slot_of_cell = np.concatenate([[0], np.cumsum(groups)]).astype(np.int64)
    lengths = np.concatenate(
        [np.bincount(laid[n].group, minlength=g) for n, g in zip(situation_of, groups, strict=True)]
    )
    rows = np.concatenate([order for order, _ in parts])
    at = np.concatenate([order + begin[n] for n, (order, _) in zip(situation_of, parts, strict=True)])
    keeps = np.concatenate([k for _, k in parts])
    bare = np.concatenate([_bare(laid[n], bound)[order] for n, (order, _) in zip(situation_of, parts, strict=True)])
    ranks = np.concatenate([_ranks(laid[n], g) for n, g in zip(situation_of, groups, strict=True)])
    inside = np.arange(len(flat.state)) - flat.first[flat.state]
    slot = slot_of_cell[cell_of[flat.state]] + inside
    return OwnMoves(
        actor=actor,
        automaton=automaton,
        laid=tuple(laid),
        cell_of=cell_of,
        situation_of=cells,
        slot_of_cell=slot_of_cell,
        first_row=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        rows=rows,
        packages=packages,
        package=package[at],
        keeps=keeps,
        harms=keeps | (harm[at] >= least - GAIN),
        bare=bare,
        phase=np.repeat(np.array([automaton.situations[n].phase for n in situation_of], dtype=np.int64), groups),
        slot=slot,
        rank=ranks[slot],
        flat=flat,
        harm=harm[at],
        hangs_on_later=hangs_on_later,
    )


def _distinct(packages: IntArray, sizes: tuple[int, ...]) -> tuple[IntArray, IntArray]:
    """Return the different packages, and which of them each is."""
    if prod(sizes) < 2**62:
        radix = np.array([prod(sizes[:i]) for i in range(len(sizes))], dtype=np.int64)
        _, first, which = np.unique(packages @ radix, return_index=True, return_inverse=True)
        return packages[first], np.asarray(which).ravel()
    found, which = np.unique(packages, axis=0, return_inverse=True)
    return found, np.asarray(which).ravel()


def _bare(x: Laid, bound: frozenset[int]) -> BoolArray:
    """Tell of each row whether its free picks are as prescribed."""
    free = np.array([i not in bound for i in x.issues], dtype=np.bool_)
    return np.asarray((x.picks[:, free] == x.picks[0, free]).all(axis=1))


def _ranks(x: Laid, groups: int) -> IntArray:
    """Return how plain each group is: as prescribed, as prescribed on bound issues, or otherwise."""
    ranks = np.full(groups, 2, dtype=np.int64)
    ranks[x.group[x.prescribed]] = 1
    ranks[x.group[0]] = 0
    return ranks


def mean_points(whole: Study, packages: IntArray) -> FloatArray:
    """Return every actor's utility in points, averaged over its types, shape ``(actor, package)``."""
    out = np.zeros((len(whole.space.actors), len(packages)))
    for a, name in enumerate(whole.space.actors):
        for kind, prior in whole.kinds(name).items():
            if prior > 0:
                out[a] += prior * points_of(whole.utilities(name, kind), a, packages)
    return out


def points_of(utilities: Utilities, actor: int, packages: IntArray) -> FloatArray:
    """Return one actor's utility in points, shape ``(package,)``."""
    total = np.zeros(len(packages))
    for i, table in enumerate(utilities.tables):
        total += table[actor, packages[:, i]]
    for link in utilities.linkages:
        table = link.points[actor]
        if table.any():
            total += table[tuple(packages[:, i] for i in link.issues)]
    return np.asarray(total * utilities.unit[actor])


def letter_values(whole: Study, actor: int, automaton: Automaton, flat: Flat) -> FloatArray:
    """Return what it is worth to an actor that all follow the letter, averaged over its types, shape ``(state,)``."""
    name = whole.space.actors[actor]
    chain = flat.chain[flat.first[:-1]]
    paid = np.array([automaton.rules.phases[s.phase].transfers[actor] for s in automaton.situations])
    out = np.zeros(len(automaton.situation_of))
    for kind, prior in whole.kinds(name).items():
        if prior > 0:
            points = points_of(whole.utilities(name, kind), actor, automaton.packages) + paid
            valued = whole.discounting(automaton, name, kind)
            out += prior * valued.values(chain, points[automaton.situation_of])
    return out
