"""Parts of a stability result as they go out: actors by key, states by number from 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from halfway.record import shown_as


@dataclass(frozen=True)
class LabelledIssue:
    """An issue with its options and who sets it."""

    issue: str
    options: tuple[str, ...]
    set_by: tuple[str, ...]


@dataclass(frozen=True)
class StateRow:
    """A state.

    Attributes
    ----------
    state : int
        Its number, from 1.
    options : mapping from issue to str or None
        None where the issue no longer matters.
    ranks : mapping from actor to int
        1 is best.
    equilibrium : tuple of str
        The concepts under which it is stable for every actor.
    """

    state: int
    options: Mapping[str, str | None]
    ranks: Mapping[str, int]
    equilibrium: tuple[str, ...]


@dataclass(frozen=True)
class LabelledStep:
    """One move: by one actor, or by several together."""

    by: tuple[str, ...]
    before: int = field(metadata=shown_as("from"))
    after: int = field(metadata=shown_as("to"))


@dataclass(frozen=True)
class LabelledExplanation:
    """Why a state is, or is not, stable for some actors."""

    actors: tuple[str, ...]
    concept: str
    state: int
    stable: bool | None
    leaving: tuple[LabelledStep, ...]
    answer: tuple[LabelledStep, ...]
    departures: int
    text: str


@dataclass(frozen=True)
class LabelledVerdicts:
    """Stable states by concept: for every actor at once, and for each."""

    equilibria: Mapping[str, list[int]]
    verdicts: Mapping[str, Mapping[str, list[int]]]


@dataclass(frozen=True)
class StronglyStable(LabelledVerdicts):
    """The same where the answer leaves the mover much worse off, for actors whose preferences are graded."""

    actors: tuple[str, ...]


@dataclass(frozen=True)
class UnknownPreferences:
    """Verdicts under the four extensions to unknown preferences, and the actors whose preferences are unknown."""

    actors: tuple[str, ...]
    extensions: Mapping[str, LabelledVerdicts]


@dataclass(frozen=True)
class Misperception:
    """The game as actors see it.

    Attributes
    ----------
    pictures : mapping from actor to LabelledVerdicts
    hypergame_equilibria : mapping from concept to list of int
        States that every actor finds stable in its own picture.
    """

    pictures: Mapping[str, LabelledVerdicts]
    hypergame_equilibria: Mapping[str, list[int]]


@dataclass(frozen=True)
class LabelledCoalition:
    """Verdicts on several actors acting together."""

    members: tuple[str, ...]
    stable: Mapping[str, list[int]]
    escapes: tuple[LabelledExplanation, ...]


@dataclass(frozen=True)
class LimitedMove:
    """Stable states for one horizon: for every actor at once, and for each."""

    equilibria: list[int]
    verdicts: Mapping[str, list[int]]


@dataclass(frozen=True)
class LabelledRoute:
    """A shortest way to a state."""

    to: int
    improvements_only: bool
    steps: tuple[LabelledStep, ...]
    shortest_ways: int


@dataclass(frozen=True)
class LabelledRoutes:
    """Shortest ways from a state to the equilibria."""

    start: int = field(metadata=shown_as("from"))
    ways: tuple[LabelledRoute, ...]


@dataclass(frozen=True)
class LabelledDeparture:
    """One move that an actor would rather make, and what the others could answer."""

    by: str
    to: int
    options: Mapping[str, str | None]
    credible_answer: tuple[LabelledStep, ...]
    possible_answer: tuple[LabelledStep, ...]


@dataclass(frozen=True)
class LabelledLook:
    """One state looked at closely."""

    state: int
    options: Mapping[str, str | None]
    why: tuple[str, ...]
    stable_for: Mapping[str, list[str]]
    undecided_for: Mapping[str, list[str]]
    departures: tuple[LabelledDeparture, ...]
    more_departures: int
    explanations: tuple[LabelledExplanation, ...]


@dataclass(frozen=True)
class LabelledRequirement:
    """What rankings of an actor would make a state stable.

    Attributes
    ----------
    state : int
    actor, concept : str
    at_least_as_good_as_one_whole_set : list of list of int
        The state must be no better than every state of one of these sets.
    sets : int
    complete : bool
        Whether all smallest sets are listed.
    changes_needed : int
        Fewest states whose order would have to change.
    share_of_rankings : float or None
        Of all strict rankings, how many would do.
    rankings : str or None
        Their number.
    """

    state: int
    actor: str
    concept: str
    at_least_as_good_as_one_whole_set: list[list[int]]
    sets: int
    complete: bool
    changes_needed: int
    share_of_rankings: float | None
    rankings: str | None


class Share(NamedTuple):
    """A share of draws with its standard error."""

    share: float
    standard_error: float


@dataclass(frozen=True)
class RobustState:
    """In what share of draws a state is stable, by concept: for every actor at once, and for each."""

    state: int
    equilibrium: Mapping[str, Share]
    stable_for: Mapping[str, Mapping[str, Share]]


@dataclass(frozen=True)
class LabelledRobustness:
    """Shares of draws of the uncertain interests."""

    draws: int
    states: tuple[RobustState, ...]
