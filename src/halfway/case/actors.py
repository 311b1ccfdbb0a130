"""Actors: who they are, what they can do, how patient they are, and who else they might be."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from halfway.case.estimates import Amount, Estimate, Probability, Score, to_sum
from halfway.case.interests import Preferences
from halfway.case.nouns import Label, Names, Shareable, shorthand
from halfway.case.time import DurationText, periods_between, split_per

Mandate = Literal["given", "contested", "imposed"]
Spoiler = Literal["limited", "greedy", "total"]

MOST_ONCE = 3
"""How many costs that are charged once an actor, or a type of it, can have: each doubles the states of a plan."""

STRATEGIES = (
    "always_keep",
    "always_break",
    "best_response",
    "grim",
    "tit_for_tat",
    "tit_for_two_tats",
    "generous_tit_for_tat",
    "contrite_tit_for_tat",
    "win_stay_lose_shift",
    "salami_slicing",
    "wait_out",
)
"""Names of the published strategies that a type may follow; `halfway.conduct.play.strategies` plays them."""


class Patience(Shareable):
    """A discount factor: what a point in the next period, or year, is worth today."""

    value: Probability = Field(description="Between 0 (only today counts) and 1.")
    per: Literal["period", "day", "week", "month", "quarter", "year"] = Field(
        "period", description="The time over which it discounts. Default: the case's period."
    )

    def factor(self, period: str, value: float | None = None) -> float:
        """Return the discount factor for one period of the case.

        Parameters
        ----------
        period : str
            The case's period.
        value : float, optional
            A drawn value in place of the centre.
        """
        number = float(self.value) if value is None else value
        return float(number ** (1.0 / periods_between(self.per, period)))


def _patience(raw: Any) -> Any:
    return raw if isinstance(raw, Patience) else split_per(raw)


PatienceText = Annotated[Patience, shorthand(_patience)]


class BreachCost(Shareable):
    """What breaking costs the one who breaks: at home, in reputation, by outside pressure (Fearon 1994)."""

    points: Amount = Field(description="Utility points: the most that it takes from the breaker in a period.")
    per: Literal["period", "once"] = Field(
        "period", description="Whether it is charged in each period of breaking, or in the first one only."
    )
    when: Literal["any", "public"] = Field(
        "any",
        description="Whether every breach is charged, or only what is seen: the points then count with the probability "
        "that a signal marked as a breach is shown.",
    )
    of: Names = Field(
        (),
        description="Issues, or kinds of promise (then the options that obligations of the kind name). Default: every "
        "issue that the actor sets and the plan binds.",
    )


class ActorType(Preferences, Shareable):
    """Another character that an actor may have; what it leaves unsaid is as the actor says."""

    prior: Probability = Field(description="How probable it is that the actor is of this type.")
    title: str | None = Field(None, description="What it is called in the brief. Default: its key.")
    patience: PatienceText | None = Field(None, description="Default: as the actor's.")
    strategy: Label | None = Field(
        None, description="A fixed way of playing, by the name of a published strategy. Default: it does what pays."
    )
    breach_costs: tuple[BreachCost, ...] | None = Field(
        None, description="What breaking costs it. In place of the actor's list; default: as the actor's."
    )
    spoiler: Spoiler | None = Field(None, description="What kind of spoiler it is. Default: as the actor's.")


class RatifyingBody(Preferences, Shareable):
    """A body at home that must approve: a parliament, a court, a referendum, an armed wing."""

    title: str | None = Field(None, description="What it is called in the brief. Default: its key.")
    threshold: Score | None = Field(
        None,
        description="It approves packages worth at least so much to it (to the actor, where it has no interests of its "
        "own). Default: its walk-away.",
    )
    by: DurationText | None = Field(None, description="By when it must have approved.")
    turnover: Probability | None = Field(
        None, description="The probability per period that it changes hands before performance. Default 0."
    )


class Actor(Preferences, Shareable):
    """Someone who wants something, whether in the room or not."""

    name: str | None = Field(None, description="What it is called in the brief. Default: its key.")
    description: str | None = Field(None, description="Who this is, in a sentence.")
    members: dict[Label, Actor] = Field(
        default_factory=dict, description="For a group: its members, each an actor that can stand alone when opened up."
    )
    capability: Score | None = Field(None, description="Power to prevail, 0–100. Default 50.")
    patience: PatienceText | None = Field(None, description="Discount factor. Default: 0.9 per year.")
    types: dict[Label, ActorType] = Field(
        default_factory=dict, description="Who it may be instead, with prior probabilities that sum to 1."
    )
    ratifies: dict[Label, RatifyingBody] = Field(
        default_factory=dict, description="Bodies that must approve what this actor signs."
    )
    mandate: Mandate | None = Field(
        None, description="Whether its claim to speak for its people is given, contested or imposed. Default: given."
    )
    as_seen_by: dict[Label, Preferences] = Field(
        default_factory=dict,
        description="Another actor's picture of these interests, or the `mediator`'s; what it leaves out is seen rightly.",
    )
    speaks_for: Names = Field((), description="People or institutions on whose behalf it acts, in words.")
    breach_costs: tuple[BreachCost, ...] = Field(
        (), description=f"What breaking costs it, beyond what the text says; at most {MOST_ONCE} of them once."
    )
    spoiler: Spoiler | None = Field(
        None,
        description="What kind of spoiler it is thought to be (Stedman 1997): one with limited goals, a greedy one whose "
        "goals grow with its chances, or a total one that no agreement satisfies. Default: not said.",
    )

    @field_validator("types")
    @classmethod
    def _rounded(cls, types: dict[str, ActorType]) -> dict[str, ActorType]:
        stated = {name: kind.prior for name, kind in types.items()}
        return {
            name: types[name] if prior is stated[name] else types[name].model_copy(update={"prior": prior})
            for name, prior in to_sum(stated, 1).items()
        }

    @property
    def discounting(self) -> Patience:
        """The actor's patience, or the default of 0.9 per year."""
        return self.patience or Patience(value="0.9", per="year")

    @property
    def strength(self) -> Estimate:
        """The actor's capability, or the default of 50."""
        from halfway.case.estimates import exact

        return self.capability or exact(50)
