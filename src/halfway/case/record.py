"""The past: promises and whether they were kept, policies and how they ended, claims and their instances."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from halfway.case.conditions import PackageCondition
from halfway.case.estimates import Probability
from halfway.case.nouns import Label, Names, Noun, Shareable, Sourced, Texts
from halfway.case.time import DateText


class Promise(Shareable):
    """A dated promise and what became of it."""

    by: Label = Field(description="The actor that promised.")
    to: Names = Field((), description="Those to whom, also such as are no actors of the case.")
    kind: Label = Field(description="What kind of promise, in a word that plans use too, such as `ceasefire`.")
    made: DateText = Field(description="When.")
    what: str = Field(description="What was promised, in a sentence.")
    outcome: Literal["kept", "broken", "partly", "disputed"] = Field(description="What became of it.")
    until: DateText | None = Field(None, description="When it was broken, or until when it was observed.")


class PastPolicy(Sourced):
    """A policy that was tried before."""

    policy: Label = Field(description="The policy, in a word that plans use too.")
    date: DateText = Field(description="When.")
    what: str = Field(description="What was done.")
    outcome: Literal["held", "failed", "mixed"] = Field(description="How it ended.")


class Record(Noun):
    """Promises kept and broken, with the rule by which the list was drawn up."""

    rule: str | None = Field(None, description="How the list was drawn up: what counts, from when to when.")
    promises: tuple[Promise, ...] = Field((), description="The promises.")
    policies: tuple[PastPolicy, ...] = Field((), description="Policies tried before.")
    base_rates: dict[Label, Probability] = Field(
        default_factory=dict, description="For a kind of promise: how often such promises are kept in general."
    )


class Instance(Sourced):
    """A dated instance that a claim can be held against."""

    what: str = Field(description="The instance in a few words.")
    date: DateText = Field(description="When.")
    facts: dict[Label, Label] = Field(description="The facts that the claim speaks of.")


class Claim(Sourced):
    """A general claim that the plan leans on: wherever `when` holds, `then` holds."""

    claim: str = Field(description="The claim in a sentence.")
    by: Texts = Field((), description="Whose claim it is.")
    when: PackageCondition = Field(description="The premise, over the facts of an instance.")
    then: PackageCondition = Field(description="What the claim says follows.")
    instances: tuple[Instance, ...] = Field((), description="Dated instances, for and against.")


class ObligationInForce(Sourced):
    """A treaty or principle that a package may conflict with."""

    title: str = Field(description="What it is called.")
    date: DateText | None = Field(None, description="When it was agreed.")
    parties: Names = Field((), description="Actors bound by it.")
    protects: Names = Field((), description="Actors in whose favour it is.")
    conflicts_with: PackageCondition = Field(description="Packages that it rules out.")
