"""What an actor wants: interests by issue, rankings, statements, linkages, red lines and the walk-away."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from halfway.case.conditions import PackageCondition
from halfway.case.estimates import Points, Probability, ScalePoint, Score, Weight
from halfway.case.nouns import Label, Names, Noun, Shareable, Sourced, complaint, shorthand


class Interest(Shareable):
    """How much one issue matters to an actor, and what each option is worth to it.

    One of three forms: `values`, `ranks`, or `position` on an ordered issue; none where `weight: 0` says that the issue
    does not matter.
    """

    weight: Weight | None = Field(
        None, description="How much the issue matters beside the others; weights are normalised to sum to 1. Default 1."
    )
    swing: Score | None = Field(
        None,
        description="In place of a weight: 0–100 for the swing from the worst to the best option, 100 for the largest.",
    )
    salience: Score | None = Field(
        None, description="In place of a weight, with `position`: how much the issue matters, 0–100."
    )
    values: dict[Label, Score] | None = Field(None, description="What each option is worth, 0–100.")
    ranks: tuple[Names, ...] | None = Field(
        None, description="Options from best to worst, equals in a list; values fall from 100 to 0 in equal steps."
    )
    position: ScalePoint | None = Field(
        None, description="The most preferred point on the issue's scale; the value falls with the distance from it."
    )
    loss: Literal["linear", "quadratic"] = Field("linear", description="How the value falls with distance.")

    @model_validator(mode="after")
    def _one_form(self) -> Interest:
        forms = [name for name in ("values", "ranks", "position") if getattr(self, name) is not None]
        if len(forms) != 1 and not (not forms and self.indifferent):
            what = "no form" if not forms else "two forms: " + " and ".join(forms)
            raise complaint(
                "S240",
                f"the interest has {what}",
                "it is told by values, by ranks or by a position",
                "give exactly one of values, ranks, position, or 'weight: 0' where the issue does not matter",
            )
        sizes = [name for name in ("weight", "swing", "salience") if getattr(self, name) is not None]
        if len(sizes) > 1:
            raise complaint(
                "S241",
                f"the interest has both {' and '.join(sizes)}",
                "they say the same thing in different ways",
                "keep one of weight, swing, salience",
            )
        return self

    @property
    def indifferent(self) -> bool:
        """Whether it states that the issue does not matter."""
        return self.size is not None and self.size.certain and self.size.mean == 0

    @property
    def size(self) -> Weight | None:
        """The weight in whichever form it was given; None for the default of 1."""
        return next((s for s in (self.weight, self.swing, self.salience) if s is not None), None)


def _interest(raw: Any) -> Any:
    return {"ranks": raw} if isinstance(raw, list) else raw


class Linkage(Shareable):
    """Points added when a condition over several issues holds."""

    when: PackageCondition = Field(description="The condition.")
    points: Points = Field(description="Utility points gained (or lost) when it holds, on the 0–100 scale.")
    probability: Probability | None = Field(
        None, description="Where the return is only hoped for: how probable it is. Default 1."
    )
    name: str | None = Field(None, description="What the linkage is called in the brief.")


class RedLine(Shareable):
    """A condition that the actor never accepts."""

    when: PackageCondition = Field(description="What must not be.")
    name: str | None = Field(None, description="What the red line is called in the brief.")


class Contest(Sourced):
    """A walk-away that is a fight: its prize, its cost, and the chance of winning."""

    opponents: Names = Field(description="Actors fought against.")
    prize: dict[Label, Label] = Field(description="Options in force after a victory; the rest as in the status quo.")
    loss: dict[Label, Label] = Field(
        default_factory=dict, description="Options in force after a defeat; default: the status quo."
    )
    cost: Points = Field(description="Utility points that fighting costs whoever wins.")
    win_probability: Probability | None = Field(
        None, description="Default: own capability over the sum of all capabilities in the contest."
    )


class WalkAway(Shareable):
    """What an actor has when there is no agreement: a number, the status quo, or a contest."""

    utility: Points | None = Field(None, description="A number of utility points.")
    status_quo: bool | None = Field(None, description="What the status quo is worth.")
    contest: Contest | None = Field(None, description="The value of a fight.")

    @model_validator(mode="after")
    def _one_form(self) -> WalkAway:
        if sum((self.utility is not None, bool(self.status_quo), self.contest is not None)) != 1:
            raise complaint(
                "S242",
                "the walk-away is not told in one way",
                "it is a number, the status quo or a contest",
                "give exactly one of utility, status_quo: yes, contest",
            )
        return self


def _walk_away(raw: Any) -> Any:
    if isinstance(raw, str) and raw.strip().replace("-", " ").replace("_", " ") == "status quo":
        return {"status_quo": True}
    if isinstance(raw, dict) and not {"value", "experts"} & set(raw):
        return raw
    return raw if isinstance(raw, WalkAway) else {"utility": raw}


WalkAwayText = Annotated[WalkAway, shorthand(_walk_away)]


class Statement(Sourced):
    """A preference statement: states in which `prefer` holds are preferred to those in which it does not.

    Statements are listed from the most to the least important.
    """

    prefer: PackageCondition = Field(description="What is preferred.")
    if_: PackageCondition | None = Field(None, alias="if", description="It counts only where this holds.")
    iff: PackageCondition | None = Field(None, description="Preferred if and only if this holds.")
    strength: Literal["strong", "weak", "unknown"] = Field("weak", description="How strongly.")


class Preferences(Noun):
    """What is wanted. Actors, their types, ratifying bodies and pictures that others have of them all carry these."""

    interests: dict[Label, Annotated[Interest, shorthand(_interest)]] = Field(
        default_factory=dict,
        description="By issue. An issue that does not matter has `weight: 0`; one that is not named counts as such, and "
        "`check` says so where the actor decides it or a plan changes it.",
    )
    normalise: bool = Field(True, description="Whether weights are scaled to sum to 1; `no` for imported profiles.")
    lexicographic: Names = Field(
        (), description="Issues that come before all others, in this order, whatever the weights say."
    )
    linkages: tuple[Linkage, ...] = Field((), description="Points that depend on several issues together.")
    red_lines: tuple[RedLine, ...] = Field((), description="What is never accepted.")
    walk_away: WalkAwayText | None = Field(
        None,
        description="What there is without an agreement. Default: the status quo, or 0 points where none is stated.",
    )
    ranking: tuple[Any, ...] | None = Field(
        None,
        description="In place of interests: all states from best to worst, each as {issue: option} or as its number; "
        "equals in a list. Only ordinal analyses answer.",
    )
    statements: tuple[Statement, ...] = Field(
        (),
        description="In place of interests: preference statements, most important first. Only ordinal analyses answer.",
    )

    @model_serializer(mode="wrap")
    def _as_stated(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what is unsaid: a type, a body or a picture takes that from the actor, and a default would not."""
        unsaid = Preferences.model_fields.keys() - self.model_fields_set
        return {key: value for key, value in handler(self).items() if key not in unsaid}

    @property
    def ordinal_only(self) -> bool:
        """Whether there is an order but no cardinal utility."""
        return not self.interests and (self.ranking is not None or bool(self.statements))

    def over(self, base: Preferences) -> Preferences:
        """Return these preferences with what they leave unsaid filled in from `base`."""
        given = self.model_fields_set
        merged: dict[str, Any] = {}
        for name in Preferences.model_fields:
            own = getattr(self, name)
            merged[name] = own if name in given else getattr(base, name)
        if not ({"ranking", "statements"} & given):
            merged["interests"] = {**base.interests, **self.interests}
        return Preferences.model_construct(_fields_set=set(merged), **merged)
