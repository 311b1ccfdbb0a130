"""Plans: a table, a package for each phase, and the rules that lead from phase to phase."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, PlainSerializer, WithJsonSchema, model_validator

from halfway.case.actors import Mandate
from halfway.case.conditions import PackageCondition, SignalCondition
from halfway.case.drafts import Draft
from halfway.case.estimates import Amount, Points, Probability
from halfway.case.interests import WalkAwayText
from halfway.case.nouns import Label, Names, Noun, Shareable, Sourced, Texts, complaint, shorthand
from halfway.case.time import DateText, DurationText, MomentText


class Author(Noun):
    """Who wrote the case or the plan, and what else binds them."""

    name: str = Field(description="The name.")
    affiliations: Texts = Field((), description="Institutions.")
    disclosures: tuple[Disclosure, ...] = Field((), description="Interests in actors of the case.")


class Disclosure(Sourced):
    """An author's interest in an actor of the case."""

    actor: Label = Field(description="The actor.")
    interest: str = Field(description="The interest, in a sentence.")


class Aim(Sourced):
    """What the plan is said to be for."""

    for_: Names = Field(alias="for", description="The actors that it is meant to serve.", min_length=1)
    must: PackageCondition | None = Field(None, description="What must hold for them in the long run.")


class BottomLine(Shareable):
    """The least that the plan's proposer would accept."""

    by: Label | None = Field(None, description="Whose bottom line. Default: the plan's proposer.")
    utility: Points | None = Field(None, description="In utility points of that actor.")
    must: PackageCondition | None = Field(None, description="What must be part of any outcome.")

    @model_validator(mode="after")
    def _says_something(self) -> BottomLine:
        if self.utility is None and self.must is None:
            raise complaint("S270", "the bottom line says nothing", "it is empty", "give 'utility' or 'must'")
        return self


Inclusion = Literal["voice", "consultation", "later_ratification"]

SHORT_SEATS = {
    "observer with voice": {"seat": "observer", "inclusion": "voice"},
    "consulted": {"seat": "absent", "inclusion": "consultation"},
    "consultation": {"seat": "absent", "inclusion": "consultation"},
    "ratifies later": {"seat": "absent", "inclusion": "later_ratification"},
    "later ratification": {"seat": "absent", "inclusion": "later_ratification"},
}
"""Short spellings of seats beside the four."""


class Seat(Noun):
    """An actor's place: in the room, beside it, outside it, or spoken for."""

    seat: Literal["party", "observer", "absent"] | None = Field(None, description="The place.")
    represented_by: Label | None = Field(None, description="The party that speaks for it.")
    mandate: Mandate | None = Field(None, description="How the representative came by that. Default: given.")
    inclusion: Inclusion | None = Field(
        None,
        description="How someone who is no party is heard (Paffenholz 2014): an observer with a voice, consultation "
        "beside the talks, or ratification afterwards. Default: not at all.",
    )
    note: str | None = Field(None, description="Why it sits there, in a sentence or two.")
    source: Names = Field((), description="Keys of `sources` that bear this out.")

    @model_validator(mode="after")
    def _one_place(self) -> Seat:
        if (self.seat is None) == (self.represented_by is None):
            raise complaint(
                "S271",
                "the seat is not told in one way",
                "an actor is a party, an observer, absent or represented by another",
                "write party, observer, absent or {represented_by: actor}",
            )
        if self.inclusion is not None and (
            self.seat == "party" or (self.inclusion == "voice" and self.seat != "observer")
        ):
            who = "a party" if self.seat == "party" else "someone who is not in the room"
            raise complaint(
                "S274",
                f"{who} has the inclusion '{self.inclusion}'",
                "a party speaks and signs" if self.seat == "party" else "only an observer has a voice in the room",
                "write observer with voice, consulted, ratifies later, or leave 'inclusion' out",
            )
        return self


def _seat(raw: Any) -> Any:
    if isinstance(raw, str):
        text = raw.strip()
        words = text.replace("_", " ").replace("-", " ")
        if words in SHORT_SEATS:
            return dict(SHORT_SEATS[words])
        for start in ("represented by ", "represented_by "):
            if text.startswith(start):
                return {"represented_by": text[len(start) :].strip()}
        return {"seat": text}
    return raw


SeatText = Annotated[Seat, shorthand(_seat)]


class Roles(Noun):
    """Offices of the talks, each held by actors with interests of their own."""

    chair: Names = Field((), description="Who leads the talks.")
    mediator: Names = Field((), description="Who mediates.")
    guarantor: Names = Field((), description="Who answers for the others' performance.")
    verifier: Names = Field((), description="Who says whether it was performed.")
    funder: Names = Field((), description="Who pays.")

    def held(self) -> dict[str, tuple[str, ...]]:
        """Return the roles that someone holds."""
        return {role: getattr(self, role) for role in Roles.model_fields if getattr(self, role)}


class Trigger(Sourced):
    """A rule: when the public signals of a period match, the plan goes to another phase."""

    when: SignalCondition = Field(description="The signals: {issue: signal}, all, any, not, at_least, falls_by.")
    go: Label = Field(description="The phase that follows.")
    name: str | None = Field(None, description="What it is called in the brief.")


class Resets(Sourced):
    """How often the plan starts again from this phase, and on which terms."""

    max: int | None = Field(None, ge=0, le=1000, description="How often. Default: without limit.")
    terms: Label | None = Field(
        None,
        description="The phase that a reset opens with. Default: the same offer again (the phase named by `then`).",
    )


class Shifts(Noun):
    """Facts that change while a phase lasts: what later phases fall back to."""

    status_quo: dict[Label, Label] = Field(default_factory=dict, description="New status quo options.")
    walk_away: dict[Label, WalkAwayText] = Field(default_factory=dict, description="New walk-aways by actor.")


class Phase(Sourced):
    """What is in force for a time, and what follows."""

    title: str | None = Field(None, description="What it is called in the brief. Default: its key.")
    package: dict[Label, Label] = Field(
        default_factory=dict, description="The options that it changes; the rest is as in the phase before."
    )
    lasts: DurationText | None = Field(None, description="How long. Default: for good.")
    then: Label | None = Field(None, description="What follows when the time is up.")
    on: tuple[Trigger, ...] = Field(
        (), description="Rules, read in order before the time is up; the first match decides."
    )
    seats: dict[Label, SeatText] | None = Field(None, description="Seats that differ in this phase.")
    resets: Resets | None = Field(None, description="For a phase that leads back: how often, on which terms.")
    shifts: Shifts | None = Field(None, description="Facts on the ground that this phase creates.")


_NAME = {"type": ["string", "number", "boolean"]}

Debtors: TypeAlias = Annotated[
    Names,
    PlainSerializer(lambda names: names[0] if len(names) == 1 else list(names)),
    WithJsonSchema({"anyOf": [_NAME, {"type": "array", "items": _NAME, "minItems": 1}]}),
]
"""One actor or several; a single one is written as a name, as it always was."""


class PlanObligation(Shareable):
    """Something that an actor, or several together, undertake to do."""

    by: Debtors = Field(description="Who promises; several promise together.", min_length=1)
    answers_for: Names = Field(
        (),
        description="Who performs, where that is not the one who promises: Moscow promises what Minsk does. Who backs "
        "the promise stands in `guaranteed_by`.",
    )
    act: str = Field(description="What, in words.")
    to: Names = Field((), description="To whom.")
    does: dict[Label, Label] = Field(default_factory=dict, description="The options it amounts to.")
    kind: Label | None = Field(None, description="The kind of promise, as the record has it.")
    phase: Label | None = Field(None, description="The phase in which it falls due.")
    due: MomentText | None = Field(
        None, description="By when: a length of time from the start of that phase, or a date."
    )
    if_: PackageCondition | None = Field(None, alias="if", description="On what condition.")
    verified_by: Names = Field((), description="Who says whether it was done.")
    guaranteed_by: Names = Field((), description="Who answers for it.")
    precision: Literal["exact", "vague"] | None = Field(None, description="Whether it can be told if it was done.")
    can: Probability | None = Field(
        None,
        description="How probable it is that the one who performs is able to; it is drawn once, and not being able is no "
        "breach (Chayes and Chayes 1993). Default 1.",
    )
    provision: Names = Field((), description="What kind of provision it is, in words that base rates use too.")
    done: DateText | None = Field(None, description="For plans of the past: when it was performed.")
    outcome: Literal["kept", "late", "partly", "failed", "released", "disputed", "not_due"] | None = Field(
        None,
        description="For plans of the past: what became of it; `released`: its condition had lapsed because another "
        "broke first. Read by no analysis of the plan itself.",
    )
    until: DateText | None = Field(
        None, description="Until when that was so, where it changed: `kept` until then and broken after."
    )

    @model_validator(mode="after")
    def _until_what(self) -> PlanObligation:
        if self.until is not None and self.outcome in (None, "not_due"):
            raise complaint(
                "S272",
                "the obligation has 'until' but no outcome that could end",
                "the date says until when an outcome held",
                "add 'outcome: kept', or remove 'until'",
            )
        if self.done is not None and self.outcome in ("failed", "not_due"):
            raise complaint(
                "S273",
                f"the obligation has a date on which it was done and the outcome '{self.outcome}'",
                "what was done did not fail and was due",
                "correct 'outcome', or remove 'done'",
            )
        return self

    @property
    def performers(self) -> tuple[str, ...]:
        """Those who do what is promised."""
        return self.answers_for or self.by


class Transfer(Shareable):
    """A payment, while a phase is in force."""

    from_: Label = Field(alias="from", description="Who pays.")
    to: Label = Field(description="Who receives.")
    amount: Amount = Field(description="Utility points to the receiver, for each period in force.")
    cost: Amount | None = Field(None, description="Utility points to the payer. Default: the amount.")
    phases: Names = Field((), description="Phases in which it is paid. Default: all.")
    secret: bool = Field(False, description="Whether it is hidden.")


class Repair(Shareable):
    """A change that the plan's author would consider, with its cost."""

    name: str = Field(description="What it is called.")
    cost: Amount = Field(description="How costly the author finds it, in any one unit.")
    change: dict[Label, Any] = Field(
        description="Places in the plan and their new contents: {phases.trial.lasts: 24 months}.", min_length=1
    )


class Support(Sourced):
    """Someone whose support is invoked for the plan."""

    who: str = Field(description="Who.")
    endorsed: Literal["yes", "no", "unknown"] = Field(description="Whether they endorsed this plan.")


class ArmedConflict(Sourced):
    """The armed conflict that a plan is to end or to calm: what its record is compared by. No value is computed from it."""

    settles: Literal["full", "partial", "process"] = Field(
        description="Whether it settles all that is fought over, a part (a ceasefire, one of several issues), or only "
        "how to go on talking; as the UCDP Peace Agreement Dataset sorts agreements."
    )
    all_sign: bool | None = Field(
        None, description="Whether every party that fights signs. Default: not known; both kinds are then counted."
    )


class Plan(Shareable):
    """A proposal: who sits where, what changes phase by phase, and what happens when someone breaks it."""

    title: str | None = Field(None, description="What it is called in the brief. Default: its key.")
    abstract: str | None = Field(None, description="The plan in two or three sentences.")
    authors: tuple[Author, ...] = Field((), description="Who proposes it, with disclosures.")
    proposer: Label | None = Field(None, description="The actor on whose behalf it is proposed.")
    aims: tuple[Aim, ...] = Field((), description="Whom it is meant to serve, and what must hold for them.")
    between: tuple[Label, Label] | None = Field(
        None, description="The two sides of the headline. Default: the first two parties."
    )
    bottom_line: BottomLine | None = Field(None, description="The least its proposer would accept.")
    seats: dict[Label, SeatText] = Field(
        default_factory=dict,
        description="Who sits where; actors that are not named are absent. Default: everyone is a party.",
    )
    roles: Roles = Field(default_factory=Roles, description="Chair, mediator, guarantor, verifier, funder.")
    start: Label | None = Field(None, description="The first phase. Default: the first in the file.")
    phases: dict[Label, Phase] = Field(description="The phases.", min_length=1)
    obligations: tuple[PlanObligation, ...] = Field((), description="What is undertaken.")
    transfers: tuple[Transfer, ...] = Field((), description="Payments.")
    repairs: tuple[Repair, ...] = Field((), description="Changes that `repair` may try.")
    armed_conflict: ArmedConflict | None = Field(
        None,
        description="For a plan that is to end or calm an armed conflict: its shape, by which it is compared with "
        "agreements of the past. Default: it is compared with none.",
    )
    policies: Names = Field((), description="Policies of the record that this plan follows.")
    claims: Names = Field((), description="Claims of the case that this plan leans on.")
    support: tuple[Support, ...] = Field((), description="Whose support is invoked, and whether they gave it.")
    draft: Draft | None = Field(
        None, description="Where the plan is a draft of the single negotiating text: which one."
    )

    @property
    def first(self) -> str:
        """The phase in which the plan starts."""
        return self.start or next(iter(self.phases))

    @property
    def course(self) -> tuple[str, ...]:
        """The phases that the plan passes through by the clock alone, when no rule matches."""
        passed: list[str] = []
        following: str | None = self.first
        while following is not None and following not in passed:
            passed.append(following)
            following = self.phases[following].then
        return tuple(passed)


Author.model_rebuild()
