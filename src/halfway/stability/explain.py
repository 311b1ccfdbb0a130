"""Each verdict in a sentence, with the states and moves that make it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from halfway.errors import Refusal
from halfway.stability.graph.walk import Step, Walk
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

    def as_dict(self, walk: Walk, keys: Sequence[str]) -> dict[str, Any]:
        """Return plain data; actors by key, states from 1."""

        def steps(trail: tuple[Step, ...]) -> list[dict[str, Any]]:
            return [{"by": [keys[a] for a in walk.model.movers[m]], "from": s + 1, "to": t + 1} for m, s, t in trail]

        return {
            "actors": [keys[a] for a in self.actors],
            "concept": self.concept,
            "state": self.state + 1,
            "stable": self.stable,
            "leaving": steps(self.leaving),
            "answer": steps(self.answer),
            "departures": self.departures,
            "text": self.text,
        }


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
    walk: Walk, concept: str, actors: tuple[int, ...], state: int, s1: int
) -> tuple[int, tuple[Step, ...]] | None:
    """Return where others can lead a departure to, and how, so that one of the departed regrets it; None if nowhere."""
    depth = 1 if len(actors) == 1 else None
    own, u = walk.within(actors), walk.ranks

    def minds(t: int) -> bool:
        return any(u[a, t] <= u[a, state] for a in actors)

    def minds_for_good(t: int) -> bool:
        return minds(t) and all(minds(x) for x, _ in walk.sequences(t, own, longest=depth))

    if concept == "nash":
        return None
    if concept == "sim":
        return walk.first_that(walk.together(actors, state, s1), lambda t: t != s1 and minds(t))
    answers = walk.sequences(s1, walk.without(actors), improving=concept == "seq")
    return walk.first_that(answers, minds_for_good if concept == "smr" else minds)


def explain(
    walk: Walk, names: Names, concept: str, actors: tuple[int, ...], state: int, known: bool | None = None
) -> Explanation:
    """Judge one state anew and say why.

    Parameters
    ----------
    walk : Walk
    names : Names
    concept : str
        ``nash``, ``gmr``, ``smr``, ``seq`` or ``sim``.
    actors : tuple of int
        One actor, or the members of a coalition.
    state : int
        Numbered from 0 among the states that count.
    known : bool, optional
        The verdict where it is known already; otherwise one that cannot be traced to its end stays open.
    """
    single = len(actors) == 1
    own = walk.within(actors)
    depth = 1 if single else None
    leaves = departures(walk, actors, state)
    order = list(leaves)
    who = names.mover(actors)
    it = "it" if single else "them"
    here = state + 1

    def make(stable: bool | None, leaving: tuple[Step, ...], answer: tuple[Step, ...], text: str) -> Explanation:
        return Explanation(actors, concept, state, stable, leaving, answer, len(order), text)

    if not order:
        reachable = any(True for _ in walk.sequences(state, own, longest=depth))
        what = "has no move" if single else "have no sequence of moves"
        reason = " that it prefers" if single else " that leaves all of them better off"
        text = f"{who} {what} from {here}{reason if reachable else ''}."
        return make(True, (), (), text)
    answers = []
    for s1 in order:
        try:
            answer = deterrent(walk, concept, actors, state, s1)
        except Refusal:
            text = f"{who} could move {_way(leaves[s1])}, and what could follow leads too far to be traced"
            settled = (
                "" if known is None else f"; the verdict is that {here} is {'' if known else 'not '}stable for {it}"
            )
            return make(known, leaves[s1], (), f"{text}{settled}.")
        if answer is None:
            return make(False, leaves[s1], (), f"{who} would move {_way(leaves[s1])}, {_unanswered(concept, it)}.")
        answers.append(answer)
    s1, (end, steps) = order[0], answers[0]
    others = f"; {len(order) - 1} other departures are answered too" if len(order) > 2 else ""
    if len(order) == 2:
        others = "; the other departure is answered too"
    could = f"{who} could move {_way(leaves[s1])}, but"
    if concept == "sim":
        text = f"{could} if {_told(walk, names, steps, 'moves', 'move')} at the same time, all end up in {end + 1}"
    else:
        then = "would then move" if concept == "seq" else "can then move"
        text = f"{could} {_told(walk, names, steps, then, then)}"
    verdict = f", and {who} likes {end + 1} no better than {here}"
    if not single:
        verdict = f", and not all of {who} like {end + 1} better than {here}"
    if concept == "smr":
        verdict += f", with no way out for {it}"
    return make(True, leaves[s1], steps, text + verdict + others + ".")


def _way(steps: tuple[Step, ...]) -> str:
    return "→".join(str(s + 1) for s in (steps[0][1], *(t for _, _, t in steps)))


def _told(walk: Walk, names: Names, steps: tuple[Step, ...], one: str, several: str) -> str:
    parts = []
    for m, before, after in steps:
        who = walk.model.movers[m]
        parts.append(f"{names.mover(who)} {one if len(who) == 1 else several} {before + 1}→{after + 1}")
    return listed(parts)


def _unanswered(concept: str, it: str) -> str:
    if concept == "nash":
        return f"which {'it prefers' if it == 'it' else 'all of them prefer'}"
    if concept == "sim":
        return f"and no moves that others might make at the same time make {it} regret that"
    if concept == "seq":
        return f"and nobody who would gain by answering makes {it} regret that"
    if concept == "smr":
        return f"and nobody can make {it} regret that for good"
    return f"and nobody can make {it} regret that"
