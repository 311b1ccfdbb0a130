"""Verdicts of the graph model in sentences; states go by what changes there, or by their numbers from 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from halfway.words.conditions import listed


@dataclass(frozen=True)
class Mover:
    """One actor or a coalition, as sentences name it."""

    name: str
    several: bool

    @property
    def it(self) -> str:
        """The pronoun."""
        return "them" if self.several else "it"


@dataclass(frozen=True)
class Reply:
    """One move of an answer."""

    name: str
    several: bool
    by: str


@dataclass(frozen=True)
class Places:
    """How a sentence names the state that it is about, and where an answer ends.

    Attributes
    ----------
    start, here, end : str
        As in "no move from 1", "no better than 1" and "likes 6"; without numbers "here", "this" and "that".
    numbered : bool
    """

    start: str
    here: str
    end: str
    numbered: bool


def places(here: int, end: int, numbered: bool) -> Places:
    """Name states that are given from 0."""
    return (
        Places(str(here + 1), str(here + 1), str(end + 1), True) if numbered else Places("here", "this", "that", False)
    )


def way(states: Sequence[int]) -> str:
    """Name a sequence of states, given from 0."""
    return "→".join(str(s + 1) for s in states)


def by_changes(changes: Sequence[str]) -> str:
    """Name a sequence of moves by what each changes."""
    return f"to {', then '.join(changes)}"


def stays(who: Mover, at: Places, reachable: bool) -> str:
    """Say that nobody would leave a state."""
    what = "have no sequence of moves" if who.several else "has no move"
    reason = " that leaves all of them better off" if who.several else " that it prefers"
    return f"{who.name} {what} from {at.start}{reason if reachable else ''}."


def undecided(who: Mover, by: str, at: Places, known: bool | None) -> str:
    """Say that the answers to a departure cannot be traced to their end."""
    settled = (
        "" if known is None else f"; the verdict is that {at.here} is {'' if known else 'not '}stable for {who.it}"
    )
    return f"{who.name} could move {by}, and what could follow leads too far to be traced{settled}."


def unanswered(who: Mover, by: str, answers: str, lasting: bool) -> str:
    """Say that a departure pays and nothing deters it."""
    if answers == "none":
        why = "which all of them prefer" if who.several else "which it prefers"
    elif answers == "at_once":
        why = f"and no moves that others might make at the same time make {who.it} regret that"
    else:
        who_would = "nobody who would gain by answering makes" if answers == "improving" else "nobody can make"
        why = f"and {who_would} {who.it} regret that{' for good' if lasting else ''}"
    return f"{who.name} would move {by}, {why}."


def answered(
    who: Mover, by: str, answers: str, lasting: bool, replies: Sequence[Reply], at: Places, others: int
) -> str:
    """Say how the best departure is answered; `others` counts the further departures, answered too."""
    could = f"{who.name} could move {by}, but"
    if answers == "at_once":
        text = f"{could} if {_moves(replies, 'moves', 'move')} at the same time"
        text += f", all end up in {at.end}" if at.numbered else ", all end up elsewhere"
    else:
        then = "would then move" if answers == "improving" else "can then move"
        text = f"{could} {_moves(replies, then, then)}"
    if who.several:
        text += f", and not all of {who.name} like {at.end} better than {at.here}"
    else:
        text += f", and {who.name} likes {at.end} no better than {at.here}"
    if lasting:
        text += f", with no way out for {who.it}"
    if others == 1:
        text += "; the other departure is answered too"
    elif others > 1:
        text += f"; {others} other departures are answered too"
    return text + "."


def _moves(replies: Sequence[Reply], one: str, several: str) -> str:
    return listed([f"{r.name} {several if r.several else one} {r.by}" for r in replies])
