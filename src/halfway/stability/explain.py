"""Each verdict with the states and moves that make it so, and its sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from halfway.errors import Refusal
from halfway.space.graph.model import GraphSpace
from halfway.stability.concepts.definitions import Concept
from halfway.stability.graph.walk import Step, Walk
from halfway.words import stability as words
from halfway.words.conditions import listed


@dataclass(frozen=True)
class Names:
    """How actors are called in sentences, and what a move from one state to another changes.

    Attributes
    ----------
    actors : tuple of str
    change : callable, optional
        What a move does, from states numbered from 0. Without it states go by their numbers from 1.
    """

    actors: tuple[str, ...]
    change: Callable[[int, int], str] | None = None

    def steps(self, steps: Sequence[Step]) -> str:
        """Return moves as a phrase."""
        if self.change is None:
            return words.way((steps[0][1], *(t for _, _, t in steps)))
        return words.by_changes([self.change(s, t) for _, s, t in steps])

    def mover(self, who: Sequence[int]) -> str:
        """Return one or several actors as a phrase."""
        return listed([self.actors[a] for a in who])


def names_of(space: GraphSpace) -> Names:
    """Return the titles of a case's actors, and moves named by the options that they bring about."""
    case = space.case

    def change(before: int, after: int) -> str:
        old, new = space.labels(before + 1), space.labels(after + 1)
        parts = [
            f"{case.title_of('issues', i)}: '{case.title_of('issues', i, o)}'"
            for i, o in new.items()
            if o is not None and o != old[i]
        ]
        return " with ".join(parts) if parts else f"state {after + 1}"

    return Names(tuple(case.title_of("actors", a) for a in space.actors), change)


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
    numbered = names.change is None

    def make(stable: bool | None, leaving: tuple[Step, ...], answer: tuple[Step, ...], text: str) -> Explanation:
        return Explanation(actors, concept.key, state, stable, leaving, answer, len(order), text)

    if not order:
        own = walk.within(actors)
        reachable = any(True for _ in walk.sequences(state, own, longest=1 if single else None))
        return make(True, (), (), words.stays(who, words.places(state, state, numbered), reachable))
    answers = []
    for s1 in order:
        way = names.steps(leaves[s1])
        try:
            answer = deterrent(walk, concept, actors, state, s1)
        except Refusal:
            return make(known, leaves[s1], (), words.undecided(who, way, words.places(state, state, numbered), known))
        if answer is None:
            return make(False, leaves[s1], (), words.unanswered(who, way, concept.answers, concept.lasting))
        answers.append(answer)
    s1, (end, steps) = order[0], answers[0]
    replies = [
        words.Reply(names.mover(walk.model.movers[step[0]]), len(walk.model.movers[step[0]]) > 1, names.steps([step]))
        for step in steps
    ]
    way = names.steps(leaves[s1])
    at = words.places(state, end, numbered)
    text = words.answered(who, way, concept.answers, concept.lasting, replies, at, len(order) - 1)
    return make(True, leaves[s1], steps, text)
