"""What happens though no text says so: reactions of actors to what they see, and events of nature and politics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, PlainSerializer, PlainValidator, WithJsonSchema, model_validator

from halfway.case.actors import PatienceText
from halfway.case.conditions import SignalCondition
from halfway.case.estimates import Probability
from halfway.case.interests import WalkAwayText
from halfway.case.issues import Observed
from halfway.case.nouns import Label, Names, Noun, Shareable, Sourced, complaint, shorthand, within
from halfway.case.time import Duration, DurationText, MomentText, Period, periods_between, read_duration, split_per

MOST_REACTIONS = 4
"""How many reactions a case can have: each multiplies the states of a plan."""

EVENT_SIGNALS = ("yes", "no")
"""What a rule can ask of an event: whether it is in force."""


@dataclass(frozen=True)
class Lasting:
    """How long something goes on.

    Attributes
    ----------
    kind : {"while_seen", "fixed", "mean", "for_good"}
        As long as its signal is seen; a fixed time; a time drawn again each period, so that only its mean is known (a
        geometric distribution: it ends with the same probability in every period); or for ever.
    length : Duration or None
        The time, or the mean time.
    """

    kind: Literal["while_seen", "fixed", "mean", "for_good"]
    length: Duration | None = None

    def plain(self) -> Any:
        """Write it as a case file has it."""
        if self.kind == "mean":
            return {"mean": str(self.length)}
        return str(self.length) if self.kind == "fixed" else self.kind

    def __str__(self) -> str:
        return f"{self.length} on average" if self.kind == "mean" else str(self.plain()).replace("_", " ")


def _read_lasting(raw: Any, words: tuple[str, ...]) -> Lasting:
    if isinstance(raw, Lasting):
        return raw
    if isinstance(raw, dict):
        if set(raw) != {"mean"}:
            raise complaint("S231", "a mapping that is not {mean: …}", "only a mean needs one", f"write {_ways(words)}")
        try:
            return Lasting("mean", read_duration(raw["mean"]))
        except ValueError as error:
            raise within(_no_time(raw["mean"], words), "mean") from error
    word = str(raw).strip().replace(" ", "_").replace("-", "_")
    if word == "for_good":
        return Lasting("for_good")
    if word == "while_seen" and word in words:
        return Lasting("while_seen")
    try:
        return Lasting("fixed", read_duration(raw))
    except ValueError as error:
        raise _no_time(raw, words) from error


def _ways(words: tuple[str, ...]) -> str:
    return f"'6 months', {{mean: 6 months}}, {' or '.join(words)}"


def _no_time(raw: Any, words: tuple[str, ...]) -> Any:
    return complaint(
        "S231",
        f"'{str(raw)[:60]}' does not say how long it lasts",
        "no such time or word is known",
        f"write {_ways(words)}",
    )


def _lasting_schema(words: tuple[str, ...]) -> WithJsonSchema:
    return WithJsonSchema(
        {
            "description": f"A length of time, a mean or a word: 6 months, {{mean: 6 months}}, {', '.join(words)}.",
            "anyOf": [
                {"type": ["string", "number"]},
                {
                    "type": "object",
                    "properties": {"mean": {"type": ["string", "number"]}},
                    "required": ["mean"],
                    "additionalProperties": False,
                },
            ],
        }
    )


_REACTION_WORDS = ("while_seen", "for_good")
_EVENT_WORDS = ("for_good",)

ReactionLasting: TypeAlias = Annotated[
    Lasting,
    PlainValidator(lambda raw: _read_lasting(raw, _REACTION_WORDS)),
    PlainSerializer(Lasting.plain),
    _lasting_schema(_REACTION_WORDS),
]
EventLasting: TypeAlias = Annotated[
    Lasting,
    PlainValidator(lambda raw: _read_lasting(raw, _EVENT_WORDS)),
    PlainSerializer(Lasting.plain),
    _lasting_schema(_EVENT_WORDS),
]


class Reaction(Shareable):
    """What an actor would do about what it sees, though no text says so (Keohane 1984; Levin 2003).

    Not reacting breaks nothing. Whether reacting pays the one who would react is computed: a threat, or a bluff.
    """

    by: Label = Field(description="Who would react.")
    to: SignalCondition = Field(
        description="What it reacts to: signals, as in the rules of a phase. Rules of the plan are read first."
    )
    does: dict[Label, Label] = Field(
        description="The options that it picks, in place of what is prescribed to it. It sets these issues alone, or has "
        "the option in their `any_can`.",
        min_length=1,
    )
    after: DurationText = Field(
        Duration.of(0, "period"), description="How long it takes to react. Default: it acts in the next period."
    )
    lasts: ReactionLasting = Field(
        Lasting("while_seen"),
        description="How long it goes on: as long as the signal is seen, a time, {mean: a time}, or for_good.",
    )
    probability: Probability | None = Field(
        None, description="How probable it is that it reacts, drawn once whenever the signal comes up. Default 1."
    )
    announced: bool = Field(
        True, description="Whether it has said so. What is not announced stands in no other actor's role sheet."
    )
    name: str | None = Field(None, description="What the reaction is called in the brief.")


class Chance(Sourced):
    """How probable it is that an event begins, for each period or year in which it could."""

    value: Probability = Field(description="The probability.")
    per: Literal["period", "day", "week", "month", "quarter", "year"] = Field(
        "period", description="For what time it is meant. Default: the case's period."
    )

    def in_a_period(self, period: Period, value: float | None = None) -> float:
        """Return the probability for one period of the case.

        Parameters
        ----------
        period : str
            The case's period.
        value : float, optional
            A drawn value in place of the centre.
        """
        number = float(self.value) if value is None else value
        return float(1 - (1 - number) ** (1.0 / periods_between(self.per, period)))


def _chance(raw: Any) -> Any:
    return raw if isinstance(raw, Chance) else split_per(raw)


ChanceText = Annotated[Chance, shorthand(_chance)]


class Changes(Noun):
    """What is otherwise while an event is in force."""

    type: dict[Label, Label] = Field(
        default_factory=dict,
        description="Who acts for an actor: one of its types, a successor with other interests (Wolford 2007).",
    )
    walk_away: dict[Label, WalkAwayText] = Field(default_factory=dict, description="New walk-aways by actor.")
    status_quo: dict[Label, Label] = Field(default_factory=dict, description="New status quo options.")
    observed: dict[Label, dict[Label, Observed]] = Field(
        default_factory=dict, description="By issue and option, other probabilities of signals."
    )
    patience: dict[Label, PatienceText] = Field(default_factory=dict, description="Another patience by actor.")

    @model_validator(mode="after")
    def _says_something(self) -> Changes:
        if not any(getattr(self, name) for name in Changes.model_fields):
            raise complaint(
                "S281", "the event changes nothing", "its changes are empty", "name what it changes, such as 'type'"
            )
        return self


class Event(Sourced):
    """A move of nature or politics: a drought, a coup, an election lost.

    It is drawn at the end of a period and in force from the next, whatever anybody does.
    """

    title: str | None = Field(None, description="What it is called in the brief. Default: its key.")
    chance: ChanceText | None = Field(
        None, description="How probable it is in each period in which it is not in force: 0.01, 5% per year."
    )
    at: MomentText | None = Field(
        None,
        description="In place of a chance: when it is decided, as a length of time from the start of the plan, or a date.",
    )
    probability: Probability | None = Field(None, description="With `at`: how probable it is then. Default 1.")
    lasts: EventLasting = Field(description="How long it is in force: a time, {mean: a time}, or for_good.")
    once: bool = Field(False, description="Whether it can come only once.")
    hidden_from: Names = Field((), description="Actors that do not see it. Then no rule can ask for it.")
    changes: Changes = Field(description="What is otherwise while it is in force.")

    @model_validator(mode="after")
    def _comes_in_one_way(self) -> Event:
        if (self.chance is None) == (self.at is None):
            raise complaint(
                "S280",
                "the event needs exactly one of 'chance' and 'at'",
                "both or neither is given",
                "write 'chance: 5% per year', or 'at: 22 months' with 'probability'",
            )
        if self.probability is not None and self.at is None:
            raise complaint(
                "S280", "the event has 'probability' without 'at'", "its chance is already one", "remove 'probability'"
            )
        return self
