"""An automaton with points laid on it: the game that the kernels solve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfway.conduct.game import Game, Moves, Situation
from halfway.space.arrays import FloatArray, IntArray, Utilities
from halfway.space.automaton import Automaton, MoveSet

_SAME = 1e-9


@dataclass(frozen=True)
class Chosen:
    """What the moves of a priced situation are.

    Attributes
    ----------
    picks : tuple of dict
        For each move, the picks that depart from keeping, issue to option.
    packages : ndarray of int, shape (move, issue)
        What each move puts in force.
    """

    picks: tuple[dict[int, int], ...]
    packages: IntArray


@dataclass(frozen=True)
class Priced:
    """A game with what its moves mean.

    Attributes
    ----------
    automaton : Automaton
    game : Game
    chosen : list of dict
        For each situation: actor to `Chosen`.
    """

    automaton: Automaton
    game: Game
    chosen: list[dict[int, Chosen]]

    def move(self, actor: int, state: int, move: int) -> tuple[dict[int, int], IntArray]:
        """Return the departing picks and the package in force of one move in one state."""
        number = int(self.automaton.situation_of[state])
        found = self.chosen[number].get(actor)
        if found is None:
            return {}, self.automaton.packages[self.automaton.situations[number].row]
        return found.picks[move], found.packages[move]


def price(automaton: Automaton, utilities: Utilities) -> Priced:
    """Lay points on an automaton; of moves that look and lead alike only the best for the mover is kept.

    Parameters
    ----------
    automaton : Automaton
    utilities : Utilities
        In points.
    """
    values = np.asarray(utilities.of(automaton.packages), dtype=np.float64) * utilities.unit[:, None]
    situations, chosen = [], []
    for s in automaton.situations:
        transfers = np.array(automaton.rules.phases[s.phase].transfers)
        moves: dict[int, Moves] = {}
        meant: dict[int, Chosen] = {}
        for actor, options in s.moves.items():
            moves[actor], meant[actor] = _choose(automaton, options, actor, values, utilities, transfers)
        situations.append(
            Situation(
                np.array(s.states, dtype=np.int64),
                np.stack(s.follow),
                s.chances,
                values[:, s.row] + transfers,
                moves,
            )
        )
        chosen.append(meant)
    game = Game(len(automaton.states), automaton.rules.actors, 0, tuple(situations))
    return Priced(automaton, game, chosen)


def _choose(
    automaton: Automaton,
    options: MoveSet,
    actor: int,
    values: FloatArray,
    utilities: Utilities,
    transfers: FloatArray,
) -> tuple[Moves, Chosen]:
    own = values[actor, options.rows]
    bonus = 0.0
    swaps: list[tuple[int, int, int]] = []
    for issue, open_options in options.free:
        worth = utilities.tables[issue][actor, open_options] * utilities.unit[actor]
        best = int(worth.argmax())
        if worth[best] > worth[0] + _SAME:
            bonus += float(worth[best] - worth[0])
            swaps.append((issue, int(open_options[best]), int(open_options[0])))
    groups = options.chances.shape[0]
    # Moves come with the fewest departures first; a later one must be better to take its place.
    order = np.lexsort((np.arange(len(own)), -np.round(own, 9), options.group))
    tops = order[np.searchsorted(options.group[order], np.arange(groups))]
    home = int(options.group[0])
    rows = [0]
    for g in range(groups):
        top = int(tops[g])
        if g != home or own[top] + bonus > own[0] + _SAME:
            rows.append(top)
    chosen_rows = np.array(rows)
    points = values[:, options.rows[chosen_rows]].T + transfers
    packages = automaton.packages[options.rows[chosen_rows]].copy()
    picks = []
    for k, row in enumerate(rows):
        departs = {
            issue: int(p)
            for issue, p, q in zip(options.issues, options.picks[row], options.picks[0], strict=True)
            if p != q
        }
        if k:
            for issue, new, old in swaps:
                packages[k, issue] = new
                points[k] += (utilities.tables[issue][:, new] - utilities.tables[issue][:, old]) * utilities.unit
                departs[issue] = new
        picks.append(departs)
    return Moves(options.chances[options.group[chosen_rows]], points), Chosen(tuple(picks), packages)
