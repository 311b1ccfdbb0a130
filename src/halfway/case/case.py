"""The Case: one dispute, everything that any analysis computes from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cached_property
from typing import Any

from pydantic import Field, PrivateAttr

from halfway.case.actors import Actor
from halfway.case.changing import replaced
from halfway.case.conditions import WORDS, Path
from halfway.case.events import MOST_REACTIONS, Event, Reaction
from halfway.case.interests import Preferences
from halfway.case.issues import Constraint, Issue
from halfway.case.nouns import Label, Names, Noun, Sourced
from halfway.case.places import Places
from halfway.case.plain import composed
from halfway.case.plans import Author, Plan, Seat
from halfway.case.record import Claim, ObligationInForce, Record
from halfway.case.time import DateText, Period
from halfway.errors import Place, Problem, Refusal, isolated, unknown

FORMAT = 2
"""The version of the file format that this code writes. Version 2 adds what no text says: costs of breaking, reactions,
events, what is seen under a condition, and what debtors are able to do."""

NAME = r"^[a-z0-9][a-z0-9-]*$"
"""What a case can be called."""


class Source(Noun):
    """Something published that bears a figure or a statement out."""

    title: str = Field(description="The title.")
    author: str | None = Field(None, description="Who wrote it.")
    publisher: str | None = Field(None, description="Journal, press or body.")
    date: DateText | None = Field(None, description="When it was published.")
    url: str | None = Field(None, description="Where it can be read.")
    note: str | None = Field(None, description="What it is good for.")


class Expert(Noun):
    """A real respondent whose own numbers a panel carries."""

    name: str = Field(description="The name.")
    affiliation: str | None = Field(None, description="The institution.")
    note: str | None = Field(None, description="When and how the numbers were asked for.")
    party: Label | None = Field(
        None, description="The actor for which it speaks, where parties dispute a fact: each one's figures stand apart."
    )
    seen_by: Names | None = Field(
        None, description="Who may see its figures in a role sheet. Default: the actor for which it speaks."
    )


class Expected(Sourced):
    """A published answer to this case, for checking the tool against it."""

    analysis: Label = Field(description="The verb that answers: settle, stability, conduct, forecast, audit.")
    about: Label = Field(description="What is answered, such as `nash`.")
    answer: Any = Field(description="The published answer.")
    tolerance: float = Field(0.0, description="How far off a number may be.")


class Case(Sourced):
    """One dispute: actors, issues, what each side wants, what was promised before, and plans to test."""

    halfway: int = Field(
        1,
        ge=1,
        le=FORMAT,
        description=f"Version of this file format: {FORMAT} today; older files are read, too.",
    )
    name: Label = Field(description="A short name, used in commands and addresses.", pattern=NAME)
    title: str | None = Field(None, description="What the case is called. Default: its name.")
    abstract: str | None = Field(None, description="What it is about, in a paragraph.")
    tags: Names = Field((), description="Words to file it under.")
    date: DateText | None = Field(None, description="The day from which it is seen.")
    period: Period = Field("month", description="The step of time in which plans are played.")
    horizon: int = Field(120, ge=1, le=10_000, description="For how many periods futures are drawn.")
    material: float = Field(
        5.0,
        ge=0,
        le=100,
        description="The least harm to others, in utility points, at which a breach matters. It changes no keeping.",
    )
    trifling: float = Field(
        0.5, ge=0, le=100, description="The gain, in points of the discounted average, up to which nobody is tempted."
    )
    authors: tuple[Author, ...] = Field((), description="Who wrote the case, with disclosures.")
    sources: dict[Label, Source] = Field(default_factory=dict, description="Published material, by key.")
    experts: dict[Label, Expert] = Field(default_factory=dict, description="Respondents of a panel, by key.")
    actors: dict[Label, Actor] = Field(description="Who is involved, in the room or not.", min_length=1)
    issues: dict[Label, Issue] = Field(description="What is at stake.", min_length=1)
    constraints: tuple[Constraint, ...] = Field((), description="Combinations that cannot occur.")
    obligations_in_force: dict[Label, ObligationInForce] = Field(
        default_factory=dict, description="Treaties and principles that a package may conflict with."
    )
    status_quo: dict[Label, Label] | None = Field(
        None, description="Today's option for every issue. Default: none stated; movements are then not computed."
    )
    reactions: tuple[Reaction, ...] = Field(
        (),
        description="What actors would do about a breach though no text says so.",
        max_length=MOST_REACTIONS,
    )
    events: dict[Label, Event] = Field(
        default_factory=dict, description="What may happen whatever anybody does: a drought, a coup, an election lost."
    )
    record: Record = Field(default_factory=Record, description="Promises kept and broken, policies tried.")
    claims: dict[Label, Claim] = Field(default_factory=dict, description="General claims that plans lean on.")
    plans: dict[Label, Plan] = Field(default_factory=dict, description="Proposals to test.")
    expected: tuple[Expected, ...] = Field((), description="Published answers.")
    not_modelled: tuple[str, ...] = Field((), description="What the author knows to be left out, a sentence each.")

    _places: Places = PrivateAttr(default_factory=Places)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over the content, in the file's order but whatever its layout and comments."""
        data = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        # A file that is brought up to date says the same as before.
        data.pop("halfway", None)
        cancelled = self._cancelled()
        if cancelled:
            data["cancelled"] = cancelled
        return hashlib.sha256(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()

    def _cancelled(self) -> list[str]:
        """Name what types, bodies and pictures set back to a default: that is not the same as leaving it out."""
        own_fields = Preferences.model_fields
        return [
            f"{actor}.{kind}.{name}.{field}"
            for actor, details in self.actors.items()
            for kind in ("types", "ratifies", "as_seen_by")
            for name, own in getattr(details, kind).items()
            for field in sorted(own.model_fields_set & set(own_fields))
            if getattr(own, field) == own_fields[field].get_default(call_default_factory=True)
        ]

    def with_(self, path: str, value: Any) -> Case:
        """Return the case with one value changed, checked as a file would be; the case itself stays as it is.

        >>> case.with_("plans.trial.phases.trial.lasts", "24 months")  # doctest: +SKIP

        Parameters
        ----------
        path : str
            Keys from the top, joined by dots, as the file has them; entries of lists by number from 0. A key that holds
            a dot stands in double quotes.
        value : Any
            As the file would have it: a text, a number, a mapping or a list.

        Raises
        ------
        UnknownName
            Where nothing stands, or may stand, at the path.
        InputError
            Where the changed case is not sound.
        """
        data = self.model_dump(mode="json", by_alias=True, exclude_unset=True)
        known = frozenset(info.alias or name for name, info in type(self).model_fields.items())
        return _BUILDERS[0](replaced(data, path, value, known), self._places)

    def __repr__(self) -> str:
        """Return what it is called, how large it is, and its hash; everything is in `model_dump`."""
        title = (self.title or self.name)[:200]
        return (
            f"<Case {self.name} '{title}': {len(self.actors)} actors, {len(self.issues)} issues, "
            f"{len(self.plans)} plans; {self.content_hash[:12]}>"
        )

    __str__ = __repr__

    @property
    def places(self) -> Places:
        """Where everything stands in the file."""
        return self._places

    def place(self, *path: str | int) -> Place:
        """Return where something stands, or the nearest thing around it."""
        return self._places.of(path)

    def title_of(self, *path: str) -> str:
        """Return what a noun is called in texts for people.

        Parameters
        ----------
        *path : str
            ``("actors", a)``, ``("actors", a, body at home)``,
            ``("issues", i)``, ``("issues", i, o)``, ``("events", e)``, ``("plans", p)`` or
            ``("plans", p, phase)``.
        """
        kind, key, *rest = path
        if kind == "events":
            return isolated(self.events[key].title or spoken(key))
        if kind == "actors":
            if rest:
                return isolated(self.actors[key].ratifies[rest[0]].title or spoken(rest[0]))
            return isolated(self.actors[key].name or spoken(key))
        if kind == "issues":
            issue = self.issues[key]
            # An option without a title is shown as it is written: a hyphen may be a minus.
            return isolated((issue.options[rest[0]].title or rest[0]) if rest else (issue.title or spoken(key)))
        plan = self.plans[key]
        return isolated((plan.phases[rest[0]].title or spoken(rest[0])) if rest else (plan.title or spoken(key)))

    def plan(self, name: str | None) -> tuple[str, Plan]:
        """Return a plan by name, or the first one.

        Raises
        ------
        Refusal
            Where there is no such plan, or none at all.
        """
        if not self.plans:
            raise Refusal(
                [
                    Problem(
                        "R001",
                        "the case has no plan",
                        "this question is about one",
                        "add one below 'plans'",
                        self.place(),
                    )
                ]
            )
        if name is None:
            return next(iter(self.plans.items()))
        name = composed(name)
        if name not in self.plans:
            raise unknown("plan", name, self.plans, where="in this case")
        return name, self.plans[name]

    def seats(self, plan: Plan | None, phase: str | None = None) -> dict[str, Seat]:
        """Return the seat of every actor under a plan, in a phase where it changes; everyone's a party's by default."""
        stated = dict(plan.seats) if plan else {}
        if plan and phase is not None and plan.phases[phase].seats:
            stated.update(plan.phases[phase].seats or {})
        default = Seat(seat="absent" if stated else "party")
        return {actor: stated.get(actor, default) for actor in self.actors}

    def signatories(self, plan: Plan | None) -> tuple[str, ...]:
        """Return the actors that are parties, in the case's order."""
        return tuple(a for a, seat in self.seats(plan).items() if seat.seat == "party")

    def pair(self, plan: Plan | None) -> tuple[str, str] | None:
        """Return the two sides of the headline: as the plan says, else the first two parties."""
        if plan and plan.between:
            return plan.between
        parties = self.signatories(plan)
        return (parties[0], parties[1]) if len(parties) > 1 else None


_BUILDERS: list[Callable[[Any, Places], Case]] = []
"""What makes a case of plain data: the reader, which is above this file, says so when it is loaded."""


def built_by(build: Callable[[Any, Places], Case]) -> None:
    """Say how `Case.with_` makes the changed case of plain data."""
    _BUILDERS[:] = [build]


def spoken(key: str) -> str:
    """Turn a key into words for people."""
    words = key.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


RESERVED = WORDS
__all__ = ["RESERVED", "Case", "Expected", "Expert", "Path", "Source", "spoken"]
