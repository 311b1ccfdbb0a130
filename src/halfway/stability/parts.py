"""The parts of a stability result: coalitions, pictures of the game, single states looked at, robustness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from halfway.space.arrays import BoolArray, FloatArray
from halfway.stability.explain import Explanation
from halfway.stability.graph.walk import Step

Verdict = Mapping[str, BoolArray]
"""By concept, shape ``(actor, state)`` over the states that count."""


@dataclass(frozen=True)
class Coalition:
    """Verdicts on several actors acting together, beside (never in place of) their individual ones.

    Attributes
    ----------
    members : tuple of int
    stable : mapping of str to ndarray of bool, shape (state,)
        By concept.
    escapes : tuple of Explanation
        For each equilibrium of individuals that the coalition would leave: how, and why nothing deters it.
    """

    members: tuple[int, ...]
    stable: Mapping[str, BoolArray]
    escapes: tuple[Explanation, ...]


@dataclass(frozen=True)
class Picture:
    """The game as one actor sees it.

    Attributes
    ----------
    viewer : int
    stable : mapping of str to ndarray of bool, shape (actor, state)
        Everybody's verdicts in that actor's picture.
    """

    viewer: int
    stable: Verdict


@dataclass(frozen=True)
class Departure:
    """One move that an actor would rather make, and what the others could answer.

    Attributes
    ----------
    by : int
    to : int
        State from 0 among those that count.
    credible, possible : tuple of (mover, from, to)
        Answers that leave the actor no better off: by moves that those who make them gain from, and, where there are
        no such, by any moves. Empty where there is none, or none near enough to be found.
    """

    by: int
    to: int
    credible: tuple[Step, ...]
    possible: tuple[Step, ...]


@dataclass(frozen=True)
class Look:
    """One state looked at closely.

    Attributes
    ----------
    state : int
        From 0 among those that count.
    why : tuple of str
        What the state is: the status quo, a phase of a plan, or asked for.
    departures : tuple of Departure
        The best few of each actor.
    more : int
        How many departures are not listed.
    explanations : tuple of Explanation
        One for each actor and concept.
    """

    state: int
    why: tuple[str, ...]
    departures: tuple[Departure, ...]
    more: int
    explanations: tuple[Explanation, ...]


@dataclass(frozen=True)
class Robustness:
    """In what share of draws of the uncertain interests each verdict holds.

    Attributes
    ----------
    draws : int
    share : mapping of str to ndarray of float, shape (actor, state)
        By concept. The standard error of a share p is ``sqrt(p (1 - p) / draws)``.
    equilibrium : mapping of str to ndarray of float, shape (state,)
        Share of draws in which the state is stable for everybody.
    """

    draws: int
    share: Mapping[str, FloatArray]
    equilibrium: Mapping[str, FloatArray]
