"""Each verdict with the states and moves that make it so, and its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from halfway.errors import Refusal
from halfway.stability.concepts.definitions import Concept
from halfway.stability.graph.walk import Step, Walk
from halfway.words import stability as words
from halfway.words.conditions import listed


@dataclass(frozen=True)
class Names:
    """How actors are called in sentences; states go by their numbers from 1."""

    actors: tuple[str, ...]

    def mover(self, who: Sequence[int]) -> str:
        """Return one or several actors as a phrase."""
        return listed([self.actors[a] for a in who])


@dataclass(frozen=True)
class Explanation:
    """Why a state is or is not stable for an actor or a coalition.

    Attributes
    ----------
    actors : tuple of int
    concept : str
    state : int
        Numbered from 0 among the states that count, like all states here.
    stable : bool or None
        None where the answers to a departure lead too far to be followed to their end.
    leaving : tuple of (mover, from, to)
        The departure that the sentence speaks of: one that nothing deters, or one that is answered; empty if none.
    answer : tuple of (mover, from, to)
        How the others answer it.
    departures : int
        How many states it would rather be in and can reach.
    text : str
    """

    actors: tuple[int, ...]
    concept: str
    state: int
    stable: bool | None
    leaving: tuple[Step, ...]
    answer: tuple[Step, ...]
    departures: int
    text: str


def departures(walk: Walk, actors: tuple[int, ...], state: int) -> dict[int, tuple[Step, ...]]:
    """Return the states that all of some actors prefer and can reach, best first, each with how."""
    single = len(actors) == 1
    u = walk.ranks
    leaves = {
        t: steps
        for t, steps in walk.sequences(state, walk.within(actors), longest=1 if single else None)
        if all(u[a, t] > u[a, state] for a in actors)
    }
    return {t: leaves[t] for t in sorted(leaves, key=lambda t: (*(-int(u[a, t]) for a in actors), t))}


def deterrent(
    walk: Walk, concept: Concept, actors: tuple[int, ...], state: int, s1: int
) -> tuple[int, tuple[Step, ...]] | None:
    """Return where others can lead a departure to, and how, so that one of the departed regrets it; None if nowhere."""
    depth = 1 if len(actors) == 1 else None
    own, u = walk.within(actors), walk.ranks

    def minds(t: int) -> bool:
        return any(u[a, t] <= u[a, state] for a in actors)

    def minds_for_good(t: int) -> bool:
        return minds(t) and all(minds(x) for x, _ in walk.sequences(t, own, longest=depth))

    if not concept.answered:
        return None
    if concept.answers == "at_once":
        return walk.first_that(walk.together(actors, state, s1), lambda t: t != s1 and minds(t))
    answers = walk.sequences(s1, walk.without(actors), improving=concept.answers == "improving")
    return walk.first_that(answers, minds_for_good if concept.lasting else minds)


def explain(
    walk: Walk, names: Names, concept: Concept, actors: tuple[int, ...], state: int, known: bool | None = None
) -> Explanation:
    """Judge one state by itself and say why.

    Parameters
    ----------
    walk : Walk
    names : Names
    concept : Concept
    actors : tuple of int
        One actor, or the members of a coalition.
    state : int
        Numbered from 0 among the states that count.
    known : bool, optional
        The verdict where it is known already; otherwise one that cannot be traced to its end stays open.
    """
    single = len(actors) == 1
    leaves = departures(walk, actors, state)
    order = list(leaves)
    who = words.Mover(names.mover(actors), several=not single)
    here = state + 1

    def make(stable: bool | None, leaving: tuple[Step, ...], answer: tuple[Step, ...], text: str) -> Explanation:
        return Explanation(actors, concept.key, state, stable, leaving, answer, len(order), text)

    if not order:
        own = walk.within(actors)
        reachable = any(True for _ in walk.sequences(state, own, longest=1 if single else None))
        return make(True, (), (), words.stays(who, here, reachable))
    answers = []
    for s1 in order:
        way = words.way((leaves[s1][0][1], *(t for _, _, t in leaves[s1])))
        try:
            answer = deterrent(walk, concept, actors, state, s1)
        except Refusal:
            return make(known, leaves[s1], (), words.undecided(who, way, here, known))
        if answer is None:
            return make(False, leaves[s1], (), words.unanswered(who, way, concept.answers, concept.lasting))
        answers.append(answer)
    s1, (end, steps) = order[0], answers[0]
    replies = [
        words.Reply(names.mover(walk.model.movers[m]), len(walk.model.movers[m]) > 1, before + 1, after + 1)
        for m, before, after in steps
    ]
    way = words.way((leaves[s1][0][1], *(t for _, _, t in leaves[s1])))
    text = words.answered(who, way, concept.answers, concept.lasting, replies, end + 1, here, len(order) - 1)
    return make(True, leaves[s1], steps, text)
