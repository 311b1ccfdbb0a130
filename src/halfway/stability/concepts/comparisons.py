"""How an actor compares two states: much worse to much better, or unknown; plain ranks are one case of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from halfway.jit import compiled
from halfway.space.arrays import BoolArray, IntArray
from halfway.space.graph.arrays import MILD
from halfway.stability.graph.moves import Graph

# How one state compares with another in an actor's eyes, as an index into tables of bools.
MUCH_WORSE, WORSE, EQUAL, BETTER, MUCH_BETTER, UNKNOWN_WAY = range(6)
GOOD = np.asarray([False, False, False, True, True, False])
GOOD_OR_UNKNOWN = np.asarray([False, False, False, True, True, True])
BAD = np.asarray([True, True, True, False, False, False])
BAD_OR_UNKNOWN = np.asarray([True, True, True, False, False, True])
MUCH_WORSE_ONLY = np.asarray([True, False, False, False, False, False])


class Views(NamedTuple):
    """Everybody's comparisons, and which of them count, for compiled code.

    Attributes
    ----------
    kinds, classes : ndarray
        See `Preferences`.
    leave, sanction, answer : ndarray of bool, shape (comparison,)
        Comparisons (new state with old) that tempt all who would leave, that deter at least one of them, and for which
        others answer.
    """

    kinds: IntArray
    classes: NDArray[np.int32]
    leave: BoolArray
    sanction: BoolArray
    answer: BoolArray


@dataclass(frozen=True)
class Preferences:
    """Every actor's comparison of states, level by level.

    Attributes
    ----------
    kinds : ndarray of int64, shape (actor, level)
        Zero after an actor's last level.
    classes : ndarray of int32, shape (actor, level, state)
    """

    kinds: IntArray
    classes: NDArray[np.int32]


def preferences_of(graph: Graph, ranks: NDArray[np.int32] | None = None) -> Preferences:
    """Collect the comparisons over the states that count; plain ranks make one level.

    Parameters
    ----------
    graph : Graph
    ranks : ndarray of int32, shape (actor, state), optional
        Plain ranks to use instead of the model's preferences.
    """
    model = graph.model
    levels = () if ranks is not None else model.levels
    plain = graph.ranks if ranks is None else ranks
    depth = max((len(x) for x in levels), default=1) or 1
    kinds = np.zeros((model.actors, depth), dtype=np.int64)
    classes = np.zeros((model.actors, depth, graph.states.size), dtype=np.int32)
    for a in range(model.actors):
        own = levels[a] if levels else ()
        if not own:
            kinds[a, 0] = MILD
            classes[a, 0] = plain[a]
        for k, level in enumerate(own):
            kinds[a, k] = level.kind
            classes[a, k] = level.classes[graph.states]
    return Preferences(kinds, classes)


@compiled
def compare(kinds: NDArray[np.int64], classes: NDArray[np.int32], actor: int, one: int, other: int) -> int:
    """Return how state ``one`` compares with state ``other`` for an actor (`MUCH_WORSE` … `UNKNOWN_WAY`)."""
    for k in range(kinds.shape[1]):
        difference = np.int64(classes[actor, k, one]) - np.int64(classes[actor, k, other])
        if difference == 0:
            continue
        if kinds[actor, k] == 3:
            return 5
        step = 1 if kinds[actor, k] == 1 else 2
        return 2 + step if difference > 0 else 2 - step
    return 2


@compiled
def all_in(
    views: Views,
    actors: BoolArray,
    one: int,
    other: int,
    wanted: BoolArray,
) -> bool:
    """Return whether all of some actors compare two states in one of the wanted ways."""
    fits = True
    for a in range(actors.size):
        if actors[a] and not wanted[compare(views.kinds, views.classes, a, one, other)]:
            fits = False
            break
    return fits


@compiled
def any_in(
    views: Views,
    actors: BoolArray,
    one: int,
    other: int,
    wanted: BoolArray,
) -> bool:
    """Return whether any of some actors compares two states in one of the wanted ways."""
    fits = False
    for a in range(actors.size):
        if actors[a] and wanted[compare(views.kinds, views.classes, a, one, other)]:
            fits = True
            break
    return fits
