"""Single actors' verdicts on every state, at a cost that grows with the states and not with their square."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from halfway.jit import in_plain_python
from halfway.space.arrays import BoolArray
from halfway.space.graph.arrays import GraphModel, RankArray
from halfway.stability.concepts.definitions import STANDARD, Concept
from halfway.stability.concepts.worst_reply import Lines, best_within_reach, deal_into_lines, least, lines_of

THREADS = 2
T = TypeVar("T")


@dataclass(frozen=True)
class Verdicts:
    """Which states are stable for whom.

    Attributes
    ----------
    stable : dict of str to ndarray of bool, shape (actor, state)
        By concept; False wherever a state does not count.
    least : dict of str to ndarray of int32, shape (actor, state)
        The least that the others can bring about from a state in the focal actor's eyes (for ``smr`` after its own
        best next move), as a rank.
    """

    stable: dict[str, BoolArray]
    least: dict[str, RankArray]

    def equilibria(self, concept: str) -> NDArray[np.int64]:
        """Return the states that are stable for every actor, ascending."""
        return np.flatnonzero(self.stable[concept].all(axis=0)).astype(np.int64)


class Bench:
    """What the kernels need for one model, laid out once and used for any preferences over its states.

    Parameters
    ----------
    model : GraphModel
    """

    def __init__(self, model: GraphModel) -> None:
        self.model = model

    @cached_property
    def lines(self) -> Lines:
        """Lines of every mover."""
        return lines_of(self.model)

    def verdicts(
        self,
        ranks: RankArray | None = None,
        actors: Sequence[int] | None = None,
        concepts: Sequence[Concept] = STANDARD,
    ) -> Verdicts:
        """Return the verdicts of those concepts for which the least that others can bring about is enough.

        Parameters
        ----------
        ranks : ndarray of int32, shape (actor, state), optional
            Other preferences than the model's own; coalesced states must carry their last member's.
        actors : sequence of int, optional
            Focal actors; the others' rows stay False. Default all.
        concepts : sequence of Concept
        """
        concepts = [c for c in concepts if c.by_least_value]
        model, moves = self.model, self.model.moves
        u = model.settled_ranks if ranks is None else ranks
        focal = list(range(model.actors)) if actors is None else list(actors)
        ascending = in_threads(lambda a: np.argsort(u[a], kind="stable"), range(model.actors))
        dealt = np.zeros((len(model.movers), int(self.lines.start[0].max(initial=0))), dtype=np.int32)

        def deal(m: int) -> None:
            order = ascending[model.movers[m][0]]
            lines = self.lines.line[m].max() + 1
            dealt[m] = deal_into_lines(order, moves.feasible, self.lines.line[m], self.lines.start[m, : lines + 1])

        in_threads(deal, range(len(model.movers)))
        counts = moves.stands_for == np.arange(model.product, dtype=np.int32)

        def judge(task: tuple[Concept, int]) -> tuple[BoolArray, RankArray]:
            concept, i = task
            if not concept.answered:
                lowest = u[i]
            else:
                value, order = u[i], ascending[i]
                if concept.lasting:
                    value = best_within_reach(u[i], model, i)
                    order = np.argsort(value, kind="stable")
                lowest = least(
                    value,
                    order,
                    ~moves.members[:, i],
                    concept.answers == "improving",
                    u,
                    moves,
                    self.lines.line,
                    self.lines.start,
                    dealt,
                )
            # A move helps when it is better and stays better whatever is answered.
            gain = best_within_reach(np.minimum(u[i], lowest), model, i)
            return counts & (gain <= u[i]), lowest

        tasks = [(concept, i) for concept in concepts for i in focal]
        answers = dict(zip(tasks, in_threads(judge, tasks), strict=True))
        stable: dict[str, BoolArray] = {}
        lowest: dict[str, RankArray] = {}
        for concept in concepts:
            stable[concept.key] = np.zeros((model.actors, model.product), dtype=np.bool_)
            lowest[concept.key] = np.zeros((model.actors, model.product), dtype=np.int32)
            for i in focal:
                stable[concept.key][i], lowest[concept.key][i] = answers[concept, i]
        return Verdicts(stable, lowest)


S = TypeVar("S")


def in_threads(work: Callable[[S], T], items: Sequence[S]) -> list[T]:
    """Apply compiled work to items on both cores, in order."""
    if len(items) < 2 or in_plain_python():
        return [work(item) for item in items]
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, items))
