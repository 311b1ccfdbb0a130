"""Moves worked out one state at a time: for explanations and pictures, however many states there are."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from halfway.errors import Problem, Refusal
from halfway.space.graph.arrays import GraphModel, RankArray
from halfway.stability.graph.moves import successors, width_of

Step = tuple[int, int, int]
"""Mover, state before, state after; states are numbered from 0 among those that count."""

FURTHEST = 20_000
"""Most positions looked at when a chain of answers is searched for, unless said otherwise."""

_REMEMBERED = 100_000
"""From how many states at most the moves are remembered."""


class Walk:
    """One-step moves from a state, found when asked for.

    Parameters
    ----------
    model : GraphModel
    ranks : ndarray of int32, shape (actor, state), optional
        Preferences to walk by, over the states that count; default the model's own.
    furthest : int
        Most positions looked at when a chain of answers is searched for.
    """

    def __init__(self, model: GraphModel, ranks: RankArray | None = None, furthest: int = FURTHEST) -> None:
        self.model = model
        self.furthest = furthest
        self.states = model.states
        self.ranks = self._own_ranks() if ranks is None else ranks
        self._buffers = [np.empty(width_of(model, m), dtype=np.int64) for m in range(len(model.movers))]
        self._reached: dict[tuple[int, int], tuple[int, ...]] = {}

    def _own_ranks(self) -> RankArray:
        ranks = self.model.settled_ranks
        # Where every combination counts, a copy of all preferences would only fill memory.
        return ranks if self.states.size == ranks.shape[1] else ranks[:, self.states]

    def number(self, index: int) -> int:
        """Return the number, among the states that count, of the state that a combination counts as; -1 for none."""
        own = int(self.model.moves.stands_for[index]) if index >= 0 else -1
        return int(np.searchsorted(self.states, own)) if own >= 0 else -1

    def reach(self, mover: int, state: int) -> tuple[int, ...]:
        """Return the states that a mover can take a state to, in order."""
        # A dictionary, not a cache around the method: that would tie the walk, and all preferences, to itself.
        key = (mover, state)
        if key not in self._reached:
            if len(self._reached) >= _REMEMBERED:
                self._reached.clear()
            self._reached[key] = self._reach(mover, state)
        return self._reached[key]

    def _reach(self, mover: int, state: int) -> tuple[int, ...]:
        found = {t for member in self._members(state) for _, t in self._from(mover, member)}
        return tuple(sorted(found - {state}))

    def _members(self, state: int) -> list[int]:
        """Return the combinations that a state stands for: itself, or all that were coalesced."""
        moves, raw = self.model.moves, int(self.states[state])
        group = int(moves.group[raw])
        if group < 0:
            return [raw]
        return [int(x) for x in moves.group_members[moves.group_start[group] : moves.group_start[group + 1]]]

    def _from(self, mover: int, combination: int) -> list[tuple[int, int]]:
        """Return what a mover makes of one combination: other combinations, each with the state that it counts as."""
        moves, buffer = self.model.moves, self._buffers[mover]
        filled = successors(combination, mover, moves, buffer)
        made = buffer[1:filled]
        own = moves.stands_for[made]
        numbers = np.searchsorted(self.states, own[own >= 0])
        return list(zip(made[own >= 0].tolist(), numbers.tolist(), strict=True))

    def improves(self, mover: int, before: int, after: int) -> bool:
        """Return whether a move is an improvement for everyone who makes it."""
        return all(self.ranks[a, after] > self.ranks[a, before] for a in self.model.movers[mover])

    def within(self, actors: tuple[int, ...]) -> list[int]:
        """Return the movers made up of these actors only."""
        return [m for m, who in enumerate(self.model.movers) if set(who) <= set(actors)]

    def without(self, actors: tuple[int, ...]) -> list[int]:
        """Return the movers with none of these actors in them."""
        return [m for m, who in enumerate(self.model.movers) if not set(who) & set(actors)]

    def sequences(
        self, source: int, movers: list[int], improving: bool = False, longest: int | None = None
    ) -> Iterator[tuple[int, tuple[Step, ...]]]:
        """Yield states that legal sequences of moves lead to, nearest first, each with a shortest sequence.

        Parameters
        ----------
        source : int
        movers : list of int
        improving : bool
            Whether every step must be an improvement for those who make it.
        longest : int, optional
            Most moves of a sequence.

        Raises
        ------
        Refusal
            When the sequences lead too far to be followed one state at a time.
        """
        parent: dict[tuple[int, int], tuple[int, int] | None] = {}
        todo: deque[tuple[int, int, int]] = deque([(-1, source, 0)])
        yielded: set[int] = set()
        while todo:
            last, here, steps = todo.popleft()
            if longest is not None and steps >= longest:
                continue
            for m in movers:
                if last >= 0 and not self.model.moves.apart[last, m]:
                    continue
                for t in self.reach(m, here):
                    if (m, t) in parent or (improving and not self.improves(m, here, t)):
                        continue
                    if len(parent) >= self.furthest:
                        raise _too_far(source, self.furthest)
                    parent[m, t] = (last, here) if last >= 0 else None
                    todo.append((m, t, steps + 1))
                    if t not in yielded:
                        yielded.add(t)
                        yield t, _trail(parent, source, m, t)

    def together(self, focal: tuple[int, ...], state: int, s1: int) -> Iterator[tuple[int, tuple[Step, ...]]]:
        """Yield where others' own improvements from a state lead when made at the same time as a move to ``s1``.

        A coalesced state is any of the combinations that it stands for.
        """
        model, others, tried = self.model, self.without(focal), 0
        for x in self._members(state):
            before = model.options(x)
            gains = [[(y, t) for y, t in self._from(m, x) if t != state and self.improves(m, state, t)] for m in others]
            for chosen in product(*([None, *own] for own in gains)):
                acting = [(m, *answer) for m, answer in zip(others, chosen, strict=True) if answer]
                if not acting or any(
                    not model.moves.apart[m, k] for i, (m, *_) in enumerate(acting) for k, *_ in acting[:i]
                ):
                    continue
                changes: dict[int, int] = {}
                for _, y, _ in acting:
                    changes |= {
                        i: after
                        for i, (old, after) in enumerate(zip(before, model.options(y), strict=True))
                        if old != after
                    }
                for x1 in self._members(s1):
                    tried += 1
                    if tried > 5 * self.furthest:
                        raise _too_far(state, self.furthest)
                    end = model.index([changes.get(i, option) for i, option in enumerate(model.options(x1))])
                    if end >= 0:
                        yield self.number(end), tuple((m, state, t) for m, _, t in acting)

    def first_that(
        self, found: Iterator[tuple[int, tuple[Step, ...]]], wanted: Callable[[int], bool]
    ) -> tuple[int, tuple[Step, ...]] | None:
        """Return the first of some states that a condition holds for, with how it is reached."""
        return next(((t, steps) for t, steps in found if wanted(t)), None)


def _too_far(source: int, furthest: int) -> Refusal:
    return Refusal(
        [
            Problem(
                "N404",
                f"sequences of moves from state {source + 1} lead to more than {furthest:,} positions",
                "they are traced one by one to tell how a move is answered",
                "fix some issues at one option, or read the verdicts, which need no tracing",
            )
        ]
    )


def _trail(
    parent: dict[tuple[int, int], tuple[int, int] | None], source: int, mover: int, state: int
) -> tuple[Step, ...]:
    steps: list[Step] = []
    at: tuple[int, int] | None = (mover, state)
    while at is not None:
        before = parent[at]
        steps.append((at[0], source if before is None else before[1], at[1]))
        at = before
    return tuple(reversed(steps))
