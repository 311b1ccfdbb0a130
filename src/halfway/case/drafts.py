"""Drafts of the single negotiating text: their number, what is still open in them, and what each party remarks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from halfway.case.nouns import Label, Names, Noun, Shareable, shorthand
from halfway.case.time import DateText


class Bracket(Shareable):
    """A place of the text that is still open, written in square brackets: the options that are wanted, and by whom."""

    phase: Label = Field(description="The phase.")
    issue: Label = Field(description="The issue.")
    options: Annotated[dict[Label, Names], shorthand(lambda raw: _wanted(raw))] = Field(
        description="The options in brackets, each with the actors that want it; or a list of options. The one that the "
        "phase's package names is the working text.",
        min_length=2,
    )


def _wanted(raw: object) -> object:
    return {str(option): () for option in raw} if isinstance(raw, list) else raw


class Remark(Shareable):
    """What a party says about a draft; it reaches the mediator and nobody else, unless it is said otherwise."""

    by: Label = Field(description="Who remarks.")
    text: str = Field(description="The remark.")
    phase: Label | None = Field(None, description="The phase that it is about. Default: the draft.")
    issue: Label | None = Field(None, description="The issue that it is about.")


class Draft(Noun):
    """A draft of the single negotiating text (Fisher 1978): the plan is what it would put in force."""

    number: int = Field(ge=1, le=10_000, description="Which draft it is, from 1.")
    date: DateText | None = Field(None, description="When it was handed to the parties.")
    after: Label | None = Field(None, description="The plan that it revises. Default: the draft of the number before.")
    open: tuple[Bracket, ...] = Field((), description="Places that are still open.")
    remarks: tuple[Remark, ...] = Field((), description="What the parties remarked on it, each kept apart.")
