"""The game that kernels solve: states, moves, chances and points, and nothing else.

States that differ only in their clocks share a *situation*: the same moves with the same chances of the same
outcomes, which lead to states of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from halfway.space.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class Moves:
    """What one actor can do in a situation while the others keep; move 0 keeps too.

    Attributes
    ----------
    chances : ndarray of float, shape (move, outcome)
    points : ndarray of float, shape (move, actor)
        Utility points of the period, for everyone.
    """

    chances: FloatArray
    points: FloatArray


@dataclass(frozen=True)
class Situation:
    """States with the same moves.

    Attributes
    ----------
    states : ndarray of int, shape (state,)
    follow : ndarray of int, shape (state, outcome)
        The state that follows each outcome.
    chances : ndarray of float, shape (outcome,)
        When everyone keeps.
    points : ndarray of float, shape (actor,)
        When everyone keeps.
    moves : mapping from actor to Moves
        Actors that are not named only keep.
    """

    states: IntArray
    follow: IntArray
    chances: FloatArray
    points: FloatArray
    moves: dict[int, Moves]


@dataclass(frozen=True)
class Flat:
    """One actor's moves in all states, row by row.

    Attributes
    ----------
    first : ndarray of int, shape (state + 1,)
        Where the moves of each state begin; the first of them keeps.
    state : ndarray of int, shape (row,)
    chain : sparse array, shape (row, state)
        Chances of the states that follow each move.
    points : ndarray of float, shape (row, actor)
    """

    first: IntArray
    state: IntArray
    chain: Any
    points: FloatArray


@dataclass(frozen=True)
class Game:
    """A finite game of one plan, played from a start state for ever.

    Attributes
    ----------
    states, actors, start : int
    situations : tuple of Situation
        Every state belongs to exactly one.
    """

    states: int
    actors: int
    start: int
    situations: tuple[Situation, ...]

    @cached_property
    def _flats(self) -> dict[int | None, Flat]:
        return {}

    def flat(self, actor: int | None) -> Flat:
        """Return one actor's moves in all states; of nobody's, only keeping."""
        if actor not in self._flats:
            self._flats[actor] = self._flatten(actor)
        return self._flats[actor]

    def _flatten(self, actor: int | None) -> Flat:
        from scipy import sparse

        kept = [Moves(s.chances[None, :], s.points[None, :]) for s in self.situations]
        moves = [k if actor is None else s.moves.get(actor, k) for s, k in zip(self.situations, kept, strict=True)]
        count = np.zeros(self.states + 1, dtype=np.int64)
        for s, m in zip(self.situations, moves, strict=True):
            count[s.states + 1] = len(m.points)
        first = np.cumsum(count)
        points = np.zeros((int(first[-1]), self.actors))
        rows, columns, data = [], [], []
        for s, m in zip(self.situations, moves, strict=True):
            size = len(m.points)
            at = (first[s.states][:, None] + np.arange(size)).ravel()
            points[at] = np.tile(m.points, (len(s.states), 1))
            move, outcome = np.nonzero(m.chances)
            rows.append((first[s.states][:, None] + move).ravel())
            columns.append(s.follow[:, outcome].ravel())
            data.append(np.tile(m.chances[move, outcome], len(s.states)))
        chain = sparse.csr_array(
            (np.concatenate(data), (np.concatenate(rows), np.concatenate(columns))),
            shape=(len(points), self.states),
        )
        return Flat(first, np.repeat(np.arange(self.states), np.diff(first)), chain, points)

    @property
    def kept(self) -> tuple[Any, FloatArray]:
        """The chain and the points, shape ``(actor, state)``, when everyone keeps."""
        return self.played(None, np.zeros(self.states, dtype=np.int64))

    def played(self, actor: int | None, policy: IntArray) -> tuple[Any, FloatArray]:
        """Return the chain (sparse, from row to column) and points, shape ``(actor, state)``, under a policy.

        Parameters
        ----------
        actor : int or None
            Whose policy; all others keep.
        policy : ndarray of int, shape (state,)
            The move in each state.
        """
        flat = self.flat(actor)
        rows = flat.first[:-1] + policy
        return flat.chain[rows], flat.points[rows].T
