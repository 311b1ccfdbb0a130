"""Issues: questions with options, who answers them, whose they are, and what can be seen of the answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)
from pydantic.functional_validators import WrapValidator

from halfway.case.conditions import PackageCondition
from halfway.case.estimates import Estimate, Probability, ScalePoint, Score, read_number, to_sum
from halfway.case.nouns import Label, Names, Noun, Sourced, complaint, label_of, shorthand, within
from halfway.case.time import DurationText


class Option(Sourced):
    """One answer to an issue's question."""

    title: str | None = Field(None, description="What it is called in the brief. Default: its key.")
    at: ScalePoint | None = Field(None, description="Its point on the issue's scale. Default: equal steps.")
    shares: dict[Label, Score] | None = Field(
        None, description="For a divisible issue: the percentage of it that each actor gets."
    )
    reversible: bool | None = Field(None, description="`no`: once in force it stays. Default: as the issue says.")
    undo: DurationText | None = Field(None, description="How long leaving it takes. Default: as the issue says.")
    provision: Names = Field((), description="What kind of provision it is, in words that base rates use too.")

    @field_validator("shares")
    @classmethod
    def _rounded(cls, shares: dict[str, Estimate] | None) -> dict[str, Estimate] | None:
        return None if shares is None else to_sum(shares, 100)


def _option(raw: Any) -> Any:
    if raw is None:
        # Mostly the second half of a title: {lifted: Lifted, for good} is read as two options.
        raise complaint(
            "S254",
            "an option has nothing after its name",
            "in a mapping of options each has a title or details, and a title with a comma needs quotes",
            "write its title, in quotes where it has a comma, or list the options without titles as [a, b]",
        )
    return {"title": raw} if isinstance(raw, str) else raw


def _options(raw: Any) -> Any:
    if isinstance(raw, list):
        for number, item in enumerate(raw):
            if item is None or isinstance(item, dict | list):
                what = "an option is empty, or the word null" if item is None else "an option is not a name"
                how = "name it, in quotes where its name is null" if item is None else "write a mapping instead"
                raise within(complaint("S250", what, "a list of options holds names", how), number)
        names = [str(label_of(item)) for item in raw]
        if len(set(names)) != len(names):
            twice = next(n for n in names if names.count(n) > 1)
            raise complaint("S255", f"option '{twice}' is listed twice", "options are told apart by name", "rename one")
        return {name: {} for name in names}
    return raw


def _end(raw: Any) -> Any:
    """Read an end of a scale as numbers are read everywhere; what is none is left for the schema to refuse."""
    try:
        return float(read_number(raw)) if isinstance(raw, str) else raw
    except ValueError:
        return raw


End = Annotated[float, BeforeValidator(_end)]


class Scale(Noun):
    """The scale of an ordered issue."""

    from_: End = Field(alias="from", description="Where the scale begins.")
    to: End = Field(description="Where it ends.")
    unit: str = Field("", description="What is counted.")

    @model_validator(mode="after")
    def _has_length(self) -> Scale:
        if self.from_ == self.to:
            raise complaint("S251", "the scale has no length", "it ends where it begins", "let 'from' and 'to' differ")
        return self


class Signal(Sourced):
    """A public sign of what is in force."""

    breach: bool | None = Field(
        None,
        description="Whether it counts as a breach. Default: yes where it has a gravity; no where another signal of the "
        "issue says `breach` or has a gravity; else as its loss to others says, as if it were not declared.",
    )
    gravity: Score | None = Field(
        None,
        description="How grave, in utility points. Default: the largest loss to any other actor against what "
        "was prescribed.",
    )
    title: str | None = Field(None, description="What it is called in the brief. Default: its key.")


def _signal(raw: Any) -> Any:
    if isinstance(raw, str):
        return {"title": raw}
    return {} if raw is None else raw


class ObservedRow(Noun):
    """The probability of each signal, by its name, while `when` holds."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Probability]

    when: PackageCondition | None = Field(
        None, description="Holds of the options in force in the same period. The last row has none."
    )

    @model_validator(mode="after")
    def _rounded(self) -> ObservedRow:
        self.__pydantic_extra__.update(to_sum(self.__pydantic_extra__, 1))
        return self

    @property
    def signals(self) -> dict[str, Probability]:
        """The probability of each signal."""
        return dict(self.__pydantic_extra__)


def _observed(raw: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """Read rows, or a single mapping from signals to probabilities."""
    if isinstance(raw, dict) and raw.get("when") is not None:
        raise complaint(
            "S257",
            "a single row stands under a condition",
            "what is seen where it does not hold would be unknown",
            "write a list of rows, the last one without 'when'",
        )
    if isinstance(raw, dict):
        for name in raw:
            label_of(name)
        return ObservedRow.model_validate({str(name): value for name, value in raw.items()})
    if isinstance(raw, list | tuple) and not raw:
        raise complaint("S257", "there is no row", "an option in force shows something", "add a row of signals")
    if isinstance(raw, list | tuple):
        # Without the union, whose errors would name the form beside the place.
        return TypeAdapter(tuple[ObservedRow, ...]).validate_python(raw)
    return ObservedRow.model_validate(raw)


Observed: TypeAlias = Annotated[ObservedRow | tuple[ObservedRow, ...], WrapValidator(_observed)]
"""What is seen of an option: a mapping from signals to probabilities, or rows of them of which the first that holds counts."""


def _seen_as_it_is(option: str) -> ObservedRow:
    """Return the row of an option that is seen for what it is, even of one that is called `when`."""
    row = ObservedRow.model_validate({"seen": 1})
    object.__setattr__(row, "__pydantic_extra__", {option: row.signals["seen"]})
    return row


def rows_in(observed: Observed) -> tuple[ObservedRow, ...]:
    """Return the rows of what is seen of an option; the last one has no condition."""
    return (observed,) if isinstance(observed, ObservedRow) else observed


class Issue(Sourced):
    """A question with two or more options."""

    title: str | None = Field(None, description="What it is called in the brief. Default: its key.")
    question: str | None = Field(None, description="The question in a sentence.")
    options: Annotated[dict[Label, Annotated[Option, shorthand(_option)]], shorthand(_options)] = Field(
        description="A list of names, or a mapping from names to titles or details. Two or more, in order.",
        min_length=2,
    )
    set_by: Names = Field(description="Who implements it; several must act together.", min_length=1)
    owner: Names = Field(description="Whose asset or fate it is: always stated, never assumed.", min_length=1)
    transitions: dict[Label, Names] | None = Field(
        None,
        description="From each option, the options that can follow it. Default: every option can follow every other.",
    )
    reversible: bool = Field(True, description="`no`: only options listed later can follow.")
    undo: DurationText | None = Field(None, description="How long it takes to go back to an option listed earlier.")
    scale: Scale | None = Field(None, description="For an ordered issue.")
    shares: Names = Field((), description="For a divisible issue: the actors among whom it is divided.")
    signals: dict[Label, Annotated[Signal, shorthand(_signal)]] = Field(
        default_factory=dict, description="What the public can see, with which signals are breaches and how grave."
    )
    observed: dict[Label, Observed] = Field(
        default_factory=dict,
        description="For an option in force, the probability of each signal; or a list of such rows with `when`, of "
        "which the first that holds counts. Default: every option is seen as itself.",
    )
    any_can: Names = Field(
        (),
        description="For a joint issue: options that any one of those who set it can bring about, such as delay. Where "
        "they disagree, the one that is picked and stands first here is in force, and the status quo if none is.",
    )
    coalesce_when: Names = Field((), description="Options after which the other issues no longer matter.")
    humanitarian: bool = Field(False, description="Whether it is relief that is given unconditionally on purpose.")
    tags: Names = Field((), description="Words to group issues by.")
    reference_point: ScalePoint | None = Field(
        None, description="For forecasts: the point on the scale that holds when nothing is decided."
    )
    voting_rule: Literal["unanimity", "qualified_majority", "majority"] | None = Field(
        None, description="For forecasts: how the decision is taken."
    )
    agenda_setter: Label | None = Field(None, description="For forecasts: the actor that proposes.")
    outcome: ScalePoint | None = Field(None, description="For forecasts of the past: the point that was decided.")

    @model_validator(mode="after")
    def _one_way_of_saying(self) -> Issue:
        if self.transitions is not None and not self.reversible:
            raise complaint(
                "S252",
                "the issue has both 'transitions' and 'reversible: no'",
                "they say the same thing in different ways",
                "keep one of them",
            )
        return self

    def is_breach(self, signal: str) -> bool | None:
        """Tell whether a signal is declared to be a breach; None where nothing is declared of breaches on the issue.

        A title declares nothing: it must not change what a plan's rules read.
        """
        own = self.signals.get(signal)
        if own is None:
            return None
        if own.breach is not None:
            return own.breach
        if own.gravity is not None:
            return True
        return False if any(s.breach is not None or s.gravity is not None for s in self.signals.values()) else None

    def may_follow(self, current: str, following: str) -> bool:
        """Tell whether `following` can come directly after `current`; staying is always possible."""
        if current == following:
            return True
        if self.options[current].reversible is False:
            return False
        if self.transitions is not None:
            return following in self.transitions.get(current, ())
        names = list(self.options)
        return self.reversible or names.index(following) > names.index(current)

    def lag(self, current: str, following: str, period: str) -> int:
        """Return for how many further periods `current` stays in force once `following` is chosen."""
        own = self.options[current].undo
        if own is not None and current != following:
            return own.periods(period)
        names = list(self.options)
        if self.undo is not None and names.index(following) < names.index(current):
            return self.undo.periods(period)
        return 0

    def point(self, option: str) -> float:
        """Return an option's point on the scale; options without one are spread in equal steps.

        Raises
        ------
        ValueError
            Where the issue has no scale.
        """
        if self.scale is None:
            raise ValueError("the issue has no scale")
        at = self.options[option].at
        if at is not None:
            return float(at)
        names = list(self.options)
        return self.scale.from_ + (self.scale.to - self.scale.from_) * names.index(option) / (len(names) - 1)

    def rows_of(self, option: str) -> tuple[ObservedRow, ...]:
        """Return the rows of what is seen while `option` is in force; the last one has no condition."""
        return rows_in(self.observed.get(option) or _seen_as_it_is(option))

    def signals_of(self, option: str) -> dict[str, Probability]:
        """Return the probability of each public signal while `option` is in force and no row's condition holds."""
        return self.rows_of(option)[-1].signals


class Constraint(Sourced):
    """A combination that cannot occur, or one that must."""

    forbid: PackageCondition | None = Field(None, description="What cannot be.")
    require: PackageCondition | None = Field(None, description="What must be.")
    when: PackageCondition | None = Field(None, description="The constraint counts only where this holds.")
    name: str | None = Field(None, description="What it is called in messages.")

    @model_validator(mode="after")
    def _one_form(self) -> Constraint:
        if (self.forbid is None) == (self.require is None):
            raise complaint(
                "S253",
                "the constraint needs exactly one of 'forbid' and 'require'",
                "both or neither is given",
                "write {forbid: {issue: option}}",
            )
        return self
