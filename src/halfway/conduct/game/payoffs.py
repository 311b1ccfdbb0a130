"""An automaton with points laid on it: the game that the kernels solve."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from halfway.conduct.game.bare_game import Game, Moves, Situation
from halfway.space.arrays import BoolArray, FloatArray, IntArray, Utilities
from halfway.space.plan.automaton import Automaton, MoveSet, Shape
from halfway.space.plan.machines import World
from halfway.space.plan.rules import Rules

_SAME = 1e-9


Due: TypeAlias = tuple[tuple[float, tuple[int, ...] | None], ...]
"""Costs of breaking that are charged: points, and the issues of which a breach must be seen; None if it need not be."""


@dataclass(frozen=True)
class Chosen:
    """What the moves of a priced situation are.

    Attributes
    ----------
    picks : tuple of dict
        For each move, the picks that depart from keeping, issue to option.
    packages : ndarray of int, shape (move, issue)
        What each move puts in force.
    group : ndarray of int, shape (move,)
        Which moves of the `MoveSet` each is the best of.
    idle : ndarray of bool, shape (move,)
        Whether it is no more than not to react: as the phase prescribes where a reaction runs, as asked otherwise.
        Nobody has promised to react, so that this breaks nothing.
    rows : ndarray of int, shape (move,)
        Which row of the `MoveSet` each is.
    """

    picks: tuple[dict[int, int], ...]
    packages: IntArray
    group: IntArray
    idle: BoolArray
    rows: IntArray


@dataclass(frozen=True)
class Priced:
    """A game with what its moves mean.

    Attributes
    ----------
    automaton : Automaton
    game : Game
    chosen : list of dict
        For each situation: actor to `Chosen`.
    charged : callable or None
        What one actor is charged in a situation for a row of its `MoveSet`.
    """

    automaton: Automaton
    game: Game
    chosen: list[dict[int, Chosen]]
    charged: Callable[[int, int], Due] | None = None

    def due(self, actor: int, state: int, move: int) -> Due:
        """Return what an actor is charged for a move in a state, beyond what the utilities say."""
        number = int(self.automaton.situation_of[state])
        found = self.chosen[number].get(actor)
        if self.charged is None or found is None or not move:
            return ()
        return self.charged(number, int(found.rows[move]))

    def idle(self, actor: int) -> BoolArray | None:
        """Tell of an actor's moves whether each is no more than not to react, shape ``(row,)``; None where none is."""
        if not any(found[actor].idle.any() for found in self.chosen if actor in found):
            return None
        each = [found[actor].idle if actor in found else np.zeros(1, np.bool_) for found in self.chosen]
        return np.concatenate([each[n] for n in self.automaton.situation_of])

    def move(self, actor: int, state: int, move: int) -> tuple[dict[int, int], IntArray]:
        """Return the departing picks and the package in force of one move in one state."""
        number = int(self.automaton.situation_of[state])
        found = self.chosen[number].get(actor)
        if found is None:
            return {}, self.automaton.packages[number]
        return found.picks[move], found.packages[move]


@dataclass(frozen=True)
class Acting:
    """One type of an actor, which acts for it only while no event puts another in its place.

    Attributes
    ----------
    actor : int
    kind : str
    first : bool
        Whether it can be there from the start.
    """

    actor: int
    kind: str
    first: bool

    def acts(self, rules: Rules, world: World) -> bool:
        """Tell whether it is this type that acts for the actor."""
        found = rules.acting(world).get(self.actor)
        return self.first if found is None else found == self.kind


def price(
    automaton: Automaton,
    utilities: Utilities,
    acting: Acting | None = None,
    costs: tuple[int, Mapping[Shape, FloatArray]] | None = None,
) -> Priced:
    """Lay points on an automaton; of moves that look and lead alike only the best for the mover is kept.

    Parameters
    ----------
    automaton : Automaton
    utilities : Utilities
        In points.
    acting : Acting, optional
        The type as which one actor moves; where events put another type in its place, all that is left to it is to
        watch others keep the plan.
    costs : (int, mapping from Shape to ndarray of float of shape (move,)), optional
        One actor, and what each of its moves costs it beyond what the utilities say.
    """
    shapes = [s.shape for s in automaton.situations]
    # What a situation is worth is worked out once for all automata it stands in.
    known: dict[Shape, tuple[FloatArray, dict[int, Moves], dict[int, Chosen]]] = {}
    if costs is None:
        known = automaton.rules.memo.setdefault(("worth", id(utilities), acting), (utilities, {}))[1]
    new = [shape for shape in shapes if shape not in known]
    if new:
        packages = [p for shape in new for p in (shape.package[None, :], *(m.packages for m in shape.moves.values()))]
        values = np.asarray(utilities.of(np.concatenate(packages)), dtype=np.float64) * utilities.unit[:, None]
        each = iter(np.split(values, np.cumsum([len(p) for p in packages])[:-1], axis=1))
        for shape in new:
            transfers = np.array(automaton.rules.phases[shape.position[0]].transfers)
            kept = next(each)[:, 0] + transfers
            moves: dict[int, Moves] = {}
            meant: dict[int, Chosen] = {}
            for actor, options in shape.moves.items():
                idle = not_reacting(automaton.rules, shape, actor)
                values_of = next(each)
                if costs is not None and actor == costs[0]:
                    values_of[actor] -= costs[1][shape]
                moves[actor], meant[actor] = _choose(options, actor, values_of, utilities, transfers, idle)
                mine = acting if acting is not None and actor == acting.actor else None
                if mine is not None and not mine.acts(automaton.rules, shape.position[4]):
                    moves[actor], meant[actor] = _kept(moves[actor], meant[actor])
            known[shape] = (kept, moves, meant)
    situations, chosen = [], []
    for s in automaton.situations:
        kept, moves, meant = known[s.shape]
        situations.append(Situation(s.states, s.follow, s.chances, kept, moves))
        chosen.append(meant)
    game = Game(len(automaton.situation_of), automaton.rules.actors, 0, tuple(situations))
    return Priced(automaton, game, chosen)


def not_reacting(rules: Rules, shape: Shape, actor: int) -> frozenset[int]:
    """Return the moves of an actor that are no more than not to react to something: rows of its `MoveSet`."""
    if not rules.reactions or actor not in shape.moves:
        return frozenset()
    does = unreacted(rules, shape, actor)
    options = shape.moves[actor]
    held = [k for k, i in enumerate(options.issues) if i not in does]
    able = [(k, i) for k, i in enumerate(options.issues) if i in does]
    out = set()
    for row, picked in enumerate(options.picks):
        if not row or (picked[held] != options.picks[0][held]).any():
            continue
        if all(picked[k] in (options.picks[0][k], does[i]) for k, i in able):
            out.add(row)
    return frozenset(out)


def unreacted(rules: Rules, shape: Shape, actor: int) -> dict[int, int]:
    """Return what a phase prescribes on the issues on which a reaction of an actor runs, issue to option."""
    if not rules.reactions:
        return {}
    package = rules.phases[shape.position[0]].package
    running = [rules.reactions[k] for k in rules.on(shape.position[4]) if k < len(rules.reactions)]
    return {i: package[i] for one in running if one.by == actor for i, _ in one.does}


def _kept(moves: Moves, chosen: Chosen) -> tuple[Moves, Chosen]:
    """Leave nothing but keeping."""
    return (
        Moves(moves.chances[:1], moves.points[:1]),
        replace(
            chosen,
            picks=chosen.picks[:1],
            packages=chosen.packages[:1],
            group=chosen.group[:1],
            idle=chosen.idle[:1],
            rows=chosen.rows[:1],
        ),
    )


def _choose(
    options: MoveSet,
    actor: int,
    values: FloatArray,
    utilities: Utilities,
    transfers: FloatArray,
    idle: frozenset[int] = frozenset(),
) -> tuple[Moves, Chosen]:
    own = values[actor]
    bonus = 0.0
    swaps: list[tuple[int, int, int]] = []
    for issue, open_options in options.free:
        worth = utilities.tables[issue][actor, open_options] * utilities.unit[actor]
        best = int(worth.argmax())
        if worth[best] > worth[0] + _SAME:
            bonus += float(worth[best] - worth[0])
            swaps.append((issue, int(open_options[best]), int(open_options[0])))
    # Moves come with the fewest departures first; a later one must be better to take its place.
    order = np.lexsort((-np.round(own, 9), options.group))
    tops = order[np.searchsorted(options.group[order], np.arange(len(options.chances)))].tolist()
    home = int(options.group[0])
    rows = [0]
    for g, top in enumerate(tops):
        if g != home or own[top] + bonus > own[0] + _SAME:
            rows.append(top)
    best = len(rows)
    rows += sorted(idle)
    points = values[:, rows].T + transfers
    packages = options.packages[rows]
    picks, kept = [], options.picks[0].tolist()
    for k, picked in enumerate(options.picks[rows].tolist()):
        departs = {issue: p for issue, p, q in zip(options.issues, picked, kept, strict=True) if p != q}
        if 0 < k < best:
            for issue, new, old in swaps:
                packages[k, issue] = new
                points[k] += (utilities.tables[issue][:, new] - utilities.tables[issue][:, old]) * utilities.unit
                departs[issue] = new
        picks.append(departs)
    group = options.group[rows]
    idle_ones = np.arange(len(rows)) >= best
    meant = Chosen(tuple(picks), packages, group, idle_ones, np.array(rows, dtype=np.int64))
    return Moves(options.chances[group], points), meant
