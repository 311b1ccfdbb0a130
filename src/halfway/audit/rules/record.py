"""Rules R: what the record says of promises and policies of this kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from halfway.audit.finding import Hit
from halfway.audit.question import Question
from halfway.audit.rule import Rule, Threshold
from halfway.case.plans import PlanObligation
from halfway.words.shares import percent

if TYPE_CHECKING:
    from halfway.conduct.verdicts.credibility import Credibility


def _words(kind: str) -> str:
    return kind.replace("_", " ").replace("-", " ")


def _promised(question: Question) -> Iterator[tuple[int, PlanObligation, str]]:
    """Go through the obligations, once for each of those who promise."""
    for i, obligation in enumerate(question.plan.obligations):
        for debtor in obligation.by:
            yield i, obligation, debtor


def seldom_kept(question: Question, rule: Rule) -> Iterator[Hit]:
    """R401."""
    from halfway.conduct.verdicts.credibility import credibility

    for i, obligation, debtor in _promised(question):
        if obligation.kind is None:
            continue
        actor = question.group_of(debtor)
        whole = credibility(question.case, actor, obligation.kind)
        if not whole.promises:
            continue
        found = [credibility(question.case, actor, obligation.kind, to) for to in obligation.to] or [whole]
        # A promise to several is as good as the record towards the one of them that has fared worst.
        least = min(found, key=lambda c: c.mean)
        if least.mean < rule.at("kept"):
            usual = f"{percent(least.base_rate)} is usual" + (
                "" if least.comparable else " for alliances, the nearest counted"
            )
            tally = _tally(question, least, whole, _words(obligation.kind))
            yield Hit(
                (*question.path, "obligations", i),
                f"{question.title(debtor)} has kept {tally}; the chance that it keeps this one is {percent(least.mean)} "
                f"(90 percent interval {percent(least.low)} to {percent(least.high)}), where {usual}",
                100 * (1 - least.mean),
                "percent not kept",
                "error" if least.high < rule.at("kept") else "warning",
            )


def _tally(question: Question, least: Credibility, whole: Credibility, kind: str) -> str:
    if least.addressee is None or not least.promises:
        return f"{whole.kept:g} of {whole.promises:g} promises of the kind '{kind}' on record"
    own = f"{least.kept:g} of {least.promises:g} promises of the kind '{kind}' on record to {question.title(least.addressee)}"
    return own if least.promises == whole.promises else f"{own} and {whole.kept:g} of {whole.promises:g} to anyone"


def no_record(question: Question, rule: Rule) -> Iterator[Hit]:
    """R402."""
    from halfway.conduct.verdicts.credibility import credibility

    for i, obligation, debtor in _promised(question):
        found = credibility(question.case, question.group_of(debtor), obligation.kind)
        if not found.promises:
            kind = f" of the kind '{_words(obligation.kind)}'" if obligation.kind else ""
            yield Hit(
                (*question.path, "obligations", i),
                f"the case has no record of promises{kind} by {question.title(debtor)}",
                0.0,
                "promises on record",
            )


def failed_before(question: Question, rule: Rule) -> Iterator[Hit]:
    """R403."""
    for i, policy in enumerate(question.plan.policies):
        tried = [p for p in question.case.record.policies if p.policy == policy]
        failed = [p for p in tried if p.outcome == "failed"]
        held = [p for p in tried if p.outcome == "held"]
        if failed and len(failed) >= len(held):
            dates = ", ".join(p.date for p in failed)
            yield Hit(
                (*question.path, "policies", i),
                f"'{policy}' has been tried {_times(len(tried))} before, failed {_times(len(failed))} ({dates}) and held "
                f"{_times(len(held))}; the plan follows it unchanged",
                float(len(failed)),
                "failures",
            )


def _times(number: int) -> str:
    return "once" if number == 1 else "never" if not number else f"{number} times"


RULES = (
    Rule(
        code="R401",
        name="promise of a kind seldom kept",
        title="A promise is of a kind that its author seldom kept",
        family="record",
        severity="warning",
        figure="percent not kept",
        reason="Past conduct in like matters is the best evidence there is, if not good evidence (Crescenzi 2018; "
        "against: Press 2005).",
        references=(
            "Crescenzi 2018",
            "Press 2005",
        ),
        remedy="ask for performance first, or for a guarantor who loses by the breach",
        thresholds=(Threshold("kept", 0.5, "probability"),),
        when="The posterior mean that its author keeps a promise of this kind to one of those to whom it is made is "
        "below {kept}, with at least one of the kind on record. The record is read by actor, kind and addressee, "
        "each shrunk to the one above with the weight of ten promises, and the actor to the base rate of promises "
        "in general. An error where the 90 percent interval lies below {kept}.",
        check=seldom_kept,
        ordinal=True,
    ),
    Rule(
        code="R402",
        name="no record for a promise relied on",
        title="Nothing on record speaks for a promise",
        family="record",
        severity="note",
        figure="promises on record",
        reason="Where nothing is known, the figure rests on the prior alone.",
        references=(),
        remedy="look the record up, or say why it does not bear",
        when="An obligation has no promise of its kind by its author on record. A note.",
        check=no_record,
        ordinal=True,
    ),
    Rule(
        code="R403",
        name="unchanged policy that failed before",
        title="The plan repeats a policy that failed before",
        family="record",
        severity="warning",
        figure="failures",
        reason="Lessons of failed policies are seldom drawn (May 1973); a plan that repeats one should say what is "
        "different.",
        references=("May 1973",),
        remedy="say what is different this time, or change it",
        thresholds=(
            Threshold("warning", 1, "failures"),
            Threshold("error", 3, "failures"),
        ),
        when="A policy that the plan follows failed on record at least as often as it held. A warning, an error from "
        "{error} failures.",
        check=failed_before,
        ordinal=True,
    ),
)
