"""Rules I: how far can the inputs be trusted?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from halfway.audit.rules import Hit, Question, Rule, graded
from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.case.truth import holds

FLIPS = 0.10
"""A verdict that turns in at least this share of draws is not settled."""

APART = 30.0
"""Experts whose values lie at least so many points apart disagree."""


def single_type(question: Question) -> Iterator[Hit]:
    """I501."""
    relied: dict[str, int] = {}
    for obligation in question.plan.obligations:
        relied[question.group_of(obligation.by)] = relied.get(question.group_of(obligation.by), 0) + 1
    for change in question.changes:
        for setter in question.setters(change.issue):
            relied[setter] = relied.get(setter, 0) + 1
    for name, times in relied.items():
        if name in question.case.actors and not question.case.actors[name].types:
            yield Hit(
                ("actors", name),
                f"the plan relies on {question.title(name)} in {times} place{'s' if times != 1 else ''}, and it is modelled as "
                "one fixed character",
                float(times),
                "obligations and changes relied on",
            )


def estimates(noun: Any, path: Path) -> Iterator[tuple[Path, Estimate]]:
    """Go through every estimate below a noun, with its path."""
    if isinstance(noun, Estimate):
        yield path, noun
    elif isinstance(noun, dict):
        for key, value in noun.items():
            yield from estimates(value, (*path, key))
    elif isinstance(noun, tuple):
        for i, value in enumerate(noun):
            yield from estimates(value, (*path, i))
    elif hasattr(type(noun), "model_fields"):
        for name, info in type(noun).model_fields.items():
            yield from estimates(getattr(noun, name), (*path, info.alias or name))


def unsourced(question: Question) -> Iterator[Hit]:
    """I502."""
    for name, actor in question.case.actors.items():
        bare, count = 0, 0
        for path, _ in estimates(actor, ("actors", name)):
            count += 1
            bare += not _has_reason(actor, path[2:])
        if bare:
            yield Hit(
                ("actors", name),
                f"{bare} of {count} numbers of {question.title(name)} come without a note or a source",
                100 * bare / count,
                "percent of its numbers",
                graded(100 * bare / count, 50, 200),
            )


def _has_reason(noun: Any, path: Path) -> bool:
    """Tell whether an estimate, or something around it other than the actor as a whole, says why."""
    here = noun
    for depth, step in enumerate(path):
        if depth and (getattr(here, "note", None) or getattr(here, "source", None)):
            return True
        if isinstance(here, dict | tuple):
            here = here[step]  # type: ignore[index]
        else:
            fields = {info.alias or n: n for n, info in type(here).model_fields.items()}
            here = getattr(here, fields[str(step)])
    return bool(getattr(here, "note", None) or getattr(here, "source", None))


def interested_author(question: Question) -> Iterator[Hit]:
    """I503."""
    whose = [(("authors",), question.case.authors), ((*question.path, "authors"), question.plan.authors)]
    for base, authors in whose:
        for i, author in enumerate(authors):
            for j, disclosure in enumerate(author.disclosures):
                actor = question.group_of(disclosure.actor)
                gain = 0.0
                if actor in question.space.actors and actor not in question.space.ordinal:
                    a = question.space.actor(actor)
                    gain = float(question.values.long_run[a] - question.today[a])
                path: Path = (*base, i, "disclosures", j)
                yield Hit(
                    path,
                    f"{author.name} has an interest in {question.title(disclosure.actor)} ({disclosure.interest}), which the "
                    f"plan moves by {gain:+.1f} points",
                    gain,
                    "points for the actor concerned",
                )


def contradicted_claim(question: Question) -> Iterator[Hit]:
    """I504."""
    for i, name in enumerate(question.plan.claims):
        claim = question.case.claims[name]
        tested = [x for x in claim.instances if holds(claim.when, x.facts)]
        against = [x for x in tested if not holds(claim.then, x.facts)]
        if against:
            first = against[0]
            path: Path = (*question.path, "claims", i)
            stands = path if path in question.case.places.values else ("claims", name)
            yield Hit(
                stands,
                f"the claim that {_lower(claim.claim)} is contradicted by {len(against)} of the {len(tested)} instances it "
                f"speaks of, such as {first.what} ({first.date})",
                float(len(against)),
                "instances against",
                "error" if 2 * len(against) >= len(tested) else "warning",
            )


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def flips(question: Question) -> Iterator[Hit]:
    """I505."""
    space = question.space
    beneficiaries = {n for aim in question.plan.aims for n in aim.for_}
    for name in space.actors:
        if name in space.ordinal:
            continue
        a = space.actor(name)
        if name in beneficiaries and space.status_quo is not None:
            yield from _flip(
                question, name, question.values.long_run[a] - question.today[a],
                question.drawn[:, a] - question.drawn_today[:, a], "the status quo",
            )  # fmt: skip
        if name in question.case.signatories(question.plan):
            yield from _flip(
                question, name, question.values.long_run[a] - space.walk_away[a],
                question.drawn[:, a] - question.draws.walk_away[:, a], "its walk-away",
            )  # fmt: skip


def _flip(question: Question, name: str, centre: float, drawn: np.ndarray, against: str) -> Iterator[Hit]:
    better = centre >= -1e-9
    share = float((drawn < -1e-9).mean() if better else (drawn >= -1e-9).mean())
    if share >= FLIPS:
        yield Hit(
            ("actors", name),
            f"that the plan leaves {question.title(name)} {'no worse' if better else 'worse'} off than {against} turns in "
            f"{share:.0%} of draws",
            100 * share,
            "percent of draws",
            graded(100 * share, 25, 200),
        )


def experts_disagree(question: Question) -> Iterator[Hit]:
    """I506."""
    for path, estimate in estimates(question.case, ()):
        if estimate.kind != "experts" or len(estimate.experts) < 2:
            continue
        centres = [float(e.mean) for _, e in estimate.experts]
        scale = 100.0 if estimate.high <= 1 else 1.0
        apart = scale * (max(centres) - min(centres))
        if apart >= APART:
            yield Hit(
                path,
                f"{len(centres)} experts give values {apart:.0f} points apart here",
                apart,
                "points between experts",
            )


RULES = (
    Rule(
        "I501",
        "single type",
        "warning",
        "A plan that works for one character of an adversary may fail for another; that is what trial and verification are for.",
        "add 'types' with priors for this actor",
        single_type,
        ordinal=True,
    ),
    Rule(
        "I502",
        "unsourced estimate",
        "note",
        "A figure is believed when one can see where it came from.",
        "add 'note' and, where there is one, 'source'",
        unsourced,
        ordinal=True,
    ),
    Rule(
        "I503",
        "author's interest",
        "note",
        "Readers weigh advice by what binds the adviser.",
        "disclose it where the plan is shown, or have someone else check the numbers",
        interested_author,
        ordinal=True,
    ),
    Rule(
        "I504",
        "claim contradicted by its own instances",
        "warning",
        "A general claim falls with one instance against it; a plan that leans on it falls too.",
        "drop the claim, or say under which further condition it holds",
        contradicted_claim,
        ordinal=True,
    ),
    Rule(
        "I505",
        "verdict flips inside the stated uncertainty",
        "note",
        "A verdict that turns within the error of its own inputs is not one.",
        "narrow the estimate that it hangs on, or present it as open",
        flips,
    ),
    Rule(
        "I506",
        "experts disagree",
        "note",
        "Disagreement among those who know is information, not noise to average away.",
        "show the verdict under each expert's own numbers",
        experts_disagree,
        ordinal=True,
    ),
)
