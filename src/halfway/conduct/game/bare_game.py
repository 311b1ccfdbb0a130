"""The game that kernels solve: states, moves, chances and points, and nothing else.

States that differ only in their clocks share a *situation*: the same moves with the same chances of the same
outcomes, which lead to states of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
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
        Chances of the states that follow each move; the state itself is always written out.
    points : ndarray of float, shape (row, actor)
    entries : tuple of ndarray of int, shape (entry,)
        Rows and columns of `chain` and where the chance of each stands in the tables of chances, laid end to end
        situation by situation; several entries may share a row and column.
    """

    first: IntArray
    state: IntArray
    chain: Any
    points: FloatArray
    entries: tuple[IntArray, IntArray, IntArray]

    @cached_property
    def slots(self) -> IntArray:
        """For each entry, its place in the data of `chain`, shape ``(entry,)``."""
        rows, columns, _ = self.entries
        _, slots = np.unique(rows * self.chain.shape[1] + columns, return_inverse=True)
        return np.asarray(slots).ravel()

    def with_chances(self, chances: FloatArray) -> Flat:
        """Return the same moves with other chances, given as tables laid end to end."""
        from scipy import sparse

        weights = np.append(chances, 0.0)[self.entries[2]]
        data = np.bincount(self.slots, weights=weights, minlength=len(self.chain.data))
        chain = sparse.csr_array((data, self.chain.indices, self.chain.indptr), shape=self.chain.shape)
        return replace(self, chain=chain)


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

    def moves(self, actor: int | None) -> list[Moves]:
        """Return one actor's moves in each situation; of nobody's, only keeping."""
        kept = [Moves(s.chances[None, :], s.points[None, :]) for s in self.situations]
        return [k if actor is None else s.moves.get(actor, k) for s, k in zip(self.situations, kept, strict=True)]

    def _flatten(self, actor: int | None) -> Flat:
        from scipy import sparse

        moves = self.moves(actor)
        count = np.array([len(m.points) for m in moves])
        outcomes = np.array([m.chances.shape[1] for m in moves])
        members = np.array([len(s.states) for s in self.situations])
        # Each state: its situation, and where its row of what follows begins.
        of, row = np.zeros(self.states, dtype=np.int64), np.zeros(self.states, dtype=np.int64)
        states = np.concatenate([s.states for s in self.situations])
        of[states] = np.repeat(np.arange(len(moves)), members)
        row[states] = _starts(np.repeat(outcomes, members))
        follow = np.concatenate([s.follow.ravel() for s in self.situations])
        first = np.concatenate([[0], np.cumsum(count[of])])
        state = np.repeat(np.arange(self.states), count[of])
        # What is possible in each situation: its place in the tables, the move, the outcome.
        tables = np.concatenate([m.chances.ravel() for m in moves])
        place = np.flatnonzero(tables)
        situation = np.repeat(np.arange(len(moves)), count * outcomes)[place]
        inside = place - _starts(count * outcomes)[situation]
        move, outcome = inside // outcomes[situation], inside % outcomes[situation]
        possible = np.bincount(situation, minlength=len(moves))
        # The same for each state.
        who = np.repeat(np.arange(self.states), possible[of])
        entry = np.arange(len(who)) + np.repeat(_starts(possible)[of] - _starts(possible[of]), possible[of])
        rows = np.concatenate([first[who] + move[entry], np.arange(len(state))])
        columns = np.concatenate([follow[row[who] + outcome[entry]], state])
        source = np.concatenate([place[entry], np.full(len(state), len(tables))])
        chain = sparse.csr_array((np.append(tables, 0.0)[source], (rows, columns)), shape=(len(state), self.states))
        chain.sum_duplicates()
        points = np.concatenate([m.points for m in moves])
        at = np.repeat(_starts(count)[of] - first[:-1], count[of]) + np.arange(len(state))
        return Flat(first, state, chain, points[at], (rows, columns, source))

    def with_chances(self, actor: int, chances: FloatArray) -> Game:
        """Return the game in which one actor's moves have other chances, given as tables laid end to end."""
        game = replace(self)
        game._flats[actor] = self.flat(actor).with_chances(chances)
        return game

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


def _starts(lengths: IntArray) -> IntArray:
    """Where each of several stretches begins when they are laid end to end."""
    return np.cumsum(lengths) - lengths
