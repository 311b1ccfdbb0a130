"""Inverse analysis: which rankings of an actor would make a state stable, as constraints rather than as a list.

For a state ``s`` every condition of every concept is made of comparisons "``s`` is at least as good as ``x``". What
must hold is a conjunction, over the moves away from ``s``, of choices between sets of such comparisons; the smallest
sets that satisfy it are found first.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from fractions import Fraction
from math import factorial

import numpy as np

from halfway.stability.concepts.definitions import Concept
from halfway.stability.graph.walk import Walk

MAX_STEPS = 50_000
MAX_LISTED = 200
MAX_COUNTED = 20
"""Most states that matter for which the satisfying rankings are counted (two to that power sets are looked at)."""


@dataclass(frozen=True)
class Requirement:
    """What an actor's ranking must satisfy for a state to be stable.

    Attributes
    ----------
    state : int
    actor : int
    concept : Concept
    choices : tuple of tuple of frozenset of int
        One entry for each move that must be deterred: sets of states, of which one whole set must be no better than
        ``state``.
    minimal : tuple of frozenset of int
        Smallest sets of states that must be no better than ``state``, fewest states first.
    complete : bool
        Whether every minimal set is listed.
    share : Fraction or None
        Share of all strict rankings under which the state is stable; None where too many states matter to count.
    """

    state: int
    actor: int
    concept: Concept
    choices: tuple[tuple[frozenset[int], ...], ...]
    minimal: tuple[frozenset[int], ...]
    complete: bool
    share: Fraction | None

    def rankings(self, states: int) -> int | None:
        """Return how many strict rankings of so many states make this one stable."""
        return None if self.share is None else int(self.share * factorial(states))


def requirement(walk: Walk, concept: Concept, actor: int, state: int) -> Requirement:
    """Work out what an actor's ranking must satisfy, the other actors' preferences being as they are.

    Source of the question: Kinsara, Kilgour and Hipel (2015), "Inverse approach to the graph model for conflict
    resolution", *IEEE Transactions on Systems, Man, and Cybernetics: Systems* 45; the answer as constraints is our own.
    """
    choices = []
    others = walk.without((actor,))
    for s1 in walk.reach(actor, state):
        sets = {frozenset({s1})}
        if concept.answers == "at_once":
            sets |= {frozenset({t}) for t, _ in walk.together((actor,), state, s1)}
        elif concept.answered:
            for s2, _ in walk.sequences(s1, others, improving=concept.answers == "improving"):
                need = {s2}
                if concept.lasting:
                    need |= set(walk.reach(actor, s2))
                sets.add(frozenset(need - {state}))
        if frozenset() in sets:
            # Others can bring the state itself back: deterred whatever the ranking.
            continue
        choices.append(tuple(sorted(_smallest(sets), key=lambda x: (len(x), sorted(x)))))
    minimal, complete = _solve(choices)
    return Requirement(state, actor, concept, tuple(choices), minimal, complete, _share(choices))


def _smallest(sets: set[frozenset[int]]) -> list[frozenset[int]]:
    kept: list[frozenset[int]] = []
    for one in sorted(sets, key=len):
        if not any(other <= one for other in kept):
            kept.append(one)
    return kept


def _solve(choices: list[tuple[frozenset[int], ...]]) -> tuple[tuple[frozenset[int], ...], bool]:
    # Best first by size: whatever comes out satisfying and holds no earlier answer is minimal.
    count = 0
    heap: list[tuple[int, tuple[int, ...], int, frozenset[int]]] = [(0, (), 0, frozenset())]
    met = {frozenset[int]()}
    answers: list[frozenset[int]] = []
    steps = 0
    while heap:
        _, _, _, chosen = heapq.heappop(heap)
        if any(answer <= chosen for answer in answers):
            continue
        steps += 1
        if steps > MAX_STEPS or len(answers) >= MAX_LISTED:
            return tuple(answers), False
        open_ = [c for c in choices if not any(option <= chosen for option in c)]
        if not open_:
            answers.append(chosen)
            continue
        for option in min(open_, key=len):
            more = chosen | option
            if more not in met:
                met.add(more)
                count += 1
                heapq.heappush(heap, (len(more), tuple(sorted(more)), count, more))
    return tuple(answers), True


def _share(choices: list[tuple[frozenset[int], ...]]) -> Fraction | None:
    atoms = sorted({x for c in choices for option in c for x in option})
    if len(atoms) > MAX_COUNTED:
        return None
    place = {x: k for k, x in enumerate(atoms)}
    sets = np.arange(1 << len(atoms), dtype=np.int64)
    good = np.ones(sets.size, dtype=np.bool_)
    for choice in choices:
        one = np.zeros(sets.size, dtype=np.bool_)
        for option in choice:
            mask = sum(1 << place[x] for x in option)
            one |= (sets & mask) == mask
        good &= one
    sizes = np.bitwise_count(sets[good])
    k = len(atoms)
    # In a random strict ranking of s and k others, each set of j states below s has j! (k - j)! of (k + 1)! orders.
    total = Fraction(0)
    for j, many in enumerate(np.bincount(sizes, minlength=k + 1)):
        total += int(many) * Fraction(factorial(j) * factorial(k - j), factorial(k + 1))
    return total
