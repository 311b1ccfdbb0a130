"""Moves worked out one state at a time: for explanations and pictures, however many states there are."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import product

import numpy as np

from halfway.errors import Problem, Refusal
from halfway.space.graph.arrays import GraphModel, RankArray
from halfway.stability.graph.moves import successors, width_of

Step = tuple[int, int, int]
"""Mover, state before, state after; states are numbered from 0 among those that count."""

FURTHEST = 20_000
"""Most positions looked at when a chain of answers is searched for, unless said otherwise."""


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
        self.ranks = model.settled_ranks[:, self.states] if ranks is None else ranks
        self._buffers = [np.empty(width_of(model, m), dtype=np.int64) for m in range(len(model.movers))]
        self.reach = lru_cache(maxsize=100_000)(self._reach)

    def number(self, index: int) -> int:
        """Return the number, among the states that count, of the state that a combination counts as; -1 for none."""
        own = int(self.model.moves.stands_for[index]) if index >= 0 else -1
        return int(np.searchsorted(self.states, own)) if own >= 0 else -1

    def _reach(self, mover: int, state: int) -> tuple[int, ...]:
        moves, buffer = self.model.moves, self._buffers[mover]
        raw = int(self.states[state])
        group = int(moves.group[raw])
        alike = moves.group_members[moves.group_start[group] : moves.group_start[group + 1]] if group >= 0 else (raw,)
        found: set[int] = set()
        for member in alike:
            filled = successors(int(member), mover, moves, buffer)
            own = moves.stands_for[buffer[1:filled]]
            found |= set(np.searchsorted(self.states, own[own >= 0]).tolist())
        return tuple(sorted(found - {state}))

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
        """Yield where others' own improvements from a state lead when made at the same time as a move to ``s1``."""
        model = self.model
        others = self.without(focal)
        gains = {m: [t for t in self.reach(m, state) if self.improves(m, state, t)] for m in others}
        before = model.options(int(self.states[state]))
        for tried, chosen in enumerate(product(*([-1, *gains[m]] for m in others))):
            if tried > 5 * self.furthest:
                raise _too_far(state, self.furthest)
            acting = [(m, t) for m, t in zip(others, chosen, strict=True) if t >= 0]
            if not acting or any(not model.moves.apart[m, k] for i, (m, _) in enumerate(acting) for k, _ in acting[:i]):
                continue
            options = list(model.options(int(self.states[s1])))
            for m, t in acting:
                aim = model.options(int(self.states[t]))
                for issue in model.moves.issues[m]:
                    if issue >= 0 and aim[issue] != before[issue]:
                        options[issue] = aim[issue]
            end = model.index(options)
            if end >= 0:
                yield self.number(end), tuple((m, state, t) for m, t in acting)

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
