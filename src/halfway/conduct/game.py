"""The game that kernels solve: states, moves, chances and points, and nothing else.

States that differ only in their clocks share a *situation*: the same moves with the same chances of the same
outcomes, which lead to states of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from halfway.space.arrays import BoolArray, FloatArray, IntArray


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
        from scipy import sparse

        rows, columns, data = [], [], []
        points = np.zeros((self.actors, self.states))
        for s in self.situations:
            moves = None if actor is None else s.moves.get(actor)
            if moves is None:
                chances = np.broadcast_to(s.chances, s.follow.shape)
                points[:, s.states] = s.points[:, None]
            else:
                chosen = policy[s.states]
                chances = moves.chances[chosen]
                points[:, s.states] = moves.points[chosen].T
            live = chances > 0
            rows.append(np.broadcast_to(s.states[:, None], s.follow.shape)[live])
            columns.append(s.follow[live])
            data.append(chances[live])
        chain = sparse.csr_array(
            (np.concatenate(data), (np.concatenate(rows), np.concatenate(columns))), shape=(self.states, self.states)
        )
        return chain, points

    def reachable(self, actor: int | None = None, policy: IntArray | None = None) -> BoolArray:
        """Return which states can be reached from the start under a policy, shape ``(state,)``.

        Without a policy the actor's moves are all taken to be possible.
        """
        links: list[set[int]] = [set() for _ in range(self.states)]
        for s in self.situations:
            moves = None if actor is None else s.moves.get(actor)
            for k, state in enumerate(s.states):
                if moves is None:
                    chances = s.chances
                else:
                    chances = moves.chances.max(axis=0) if policy is None else moves.chances[policy[state]]
                live = chances > 0
                links[state].update(int(x) for x in s.follow[k][live])
        found = np.zeros(self.states, dtype=np.bool_)
        found[self.start] = True
        queue = [self.start]
        while queue:
            for state in links[queue.pop()]:
                if not found[state]:
                    found[state] = True
                    queue.append(state)
        return found
