"""Rules I: how far can the inputs be trusted?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import BaseModel

from halfway.audit.finding import Hit
from halfway.audit.question import Question
from halfway.audit.rule import Rule, Threshold
from halfway.audit.rules import standing
from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.case.nouns import parts_of
from halfway.case.truth import holds
from halfway.space.arrays import FloatArray
from halfway.words.shares import percent


def single_type(question: Question, rule: Rule) -> Iterator[Hit]:
    """I501."""
    relied: dict[str, set[str]] = {}
    for i, obligation in enumerate(question.plan.obligations):
        steps = set(obligation.does) or {f"obligation {i}"}
        for performer in question.performers(obligation):
            relied.setdefault(performer, set()).update(steps)
    for change in question.changes:
        for setter in question.setters(change.issue):
            relied.setdefault(setter, set()).add(question.space.issues[change.issue])
    total = len({step for steps in relied.values() for step in steps})
    for name, steps in relied.items():
        if name in question.case.actors and not question.case.actors[name].types:
            yield Hit(
                ("actors", name),
                f"the plan relies on {question.title(name)} for {len(steps)} of its {total} steps, and it is modelled as one "
                "fixed character",
                float(len(steps)),
                "steps relied on",
                "warning" if 100 * len(steps) >= rule.at("share") * total else "note",
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
    elif isinstance(noun, BaseModel):
        for name, value in parts_of(noun):
            yield from estimates(value, (*path, name))


def unsourced(question: Question, rule: Rule) -> Iterator[Hit]:
    """I502."""
    for name, actor in question.case.actors.items():
        yield from _bare(rule, actor, ("actors", name), question.title(name))
    for name, issue in question.case.issues.items():
        yield from _bare(rule, issue, ("issues", name), question.case.title_of("issues", name), root=True)
    yield from _bare(rule, question.plan, question.path, question.case.title_of("plans", question.name))


def _bare(rule: Rule, noun: Any, base: Path, title: str, *, root: bool = False) -> Iterator[Hit]:
    found = [
        (path, _has_reason(noun, path[len(base) :], root))
        for path, estimate in estimates(noun, base)
        # That a signal is sure to be seen, or never, is a definition.
        if not (root and estimate.certain and estimate.mean in (0, 1))
    ]
    bare = [path for path, reason in found if not reason]
    if bare:
        share = 100 * len(bare) / len(found)
        yield Hit(
            bare[0],
            f"{len(bare)} of {len(found)} estimates for {title} {'has' if len(bare) == 1 else 'have'} no note or source; "
            "the first is here",
            share,
            "percent of its numbers",
            "warning" if share >= rule.at("half") and len(bare) > rule.at("few") else "note",
        )


def _has_reason(noun: Any, path: Path, root: bool) -> bool:
    """Tell whether an estimate, or something around it, says why; the noun as a whole counts only if asked to."""
    here = noun
    for depth, step in enumerate(path):
        if (depth or root) and (getattr(here, "note", None) or getattr(here, "source", None)):
            return True
        parts = dict(parts_of(here)) if isinstance(here, BaseModel) else here
        here = parts[step]
    return bool(getattr(here, "note", None) or getattr(here, "source", None))


def interested_author(question: Question, rule: Rule) -> Iterator[Hit]:
    """I503."""
    whose = [(("authors",), question.case.authors), ((*question.path, "authors"), question.plan.authors)]
    for base, authors in whose:
        for i, author in enumerate(authors):
            for j, disclosure in enumerate(author.disclosures):
                actor = question.group_of(disclosure.actor)
                gain = 0.0
                moved = "of whom the case gives no utilities"
                if question.cardinal(actor):
                    a = question.space.actor(actor)
                    gain = float(question.values.long_run[a] - question.today[a])
                    moved = f"whom the plan moves by {gain:+.1f} points"
                path: Path = (*base, i, "disclosures", j)
                yield Hit(
                    path,
                    f"{author.name} has an interest in {question.title(disclosure.actor)} ({disclosure.interest.rstrip('.')}), "
                    f"{moved}",
                    gain,
                    "points for the actor concerned",
                )


def contradicted_claim(question: Question, rule: Rule) -> Iterator[Hit]:
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
                "error" if 100 * len(against) >= rule.at("half") * len(tested) else "warning",
            )


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def flips(question: Question, rule: Rule) -> Iterator[Hit]:
    """I505."""
    space, told = question.space, set()
    for i, aim in enumerate(question.plan.aims):
        for name in aim.for_:
            if question.cardinal(name) and space.status_quo is not None and name not in told:
                told.add(name)
                a = space.actor(name)
                yield from _flip(
                    question,
                    rule,
                    (*question.path, "aims", i),
                    name,
                    float(question.values.long_run[a] - question.today[a]),
                    question.drawn[:, a] - question.drawn_today[:, a],
                    "the status quo",
                )
    for name in question.signatories:
        if not question.cardinal(name):
            continue
        a = space.actor(name)
        if name in told and np.array_equal(question.draws.walk_away[:, a], question.drawn_today[:, a]):
            continue  # its walk-away is the status quo, of which it was said already
        yield from _flip(
            question,
            rule,
            question.seat_path(name),
            name,
            float(question.values.long_run[a] - space.walk_away[a]),
            question.drawn[:, a] - question.draws.walk_away[:, a],
            "its walk-away",
        )


def _flip(
    question: Question, rule: Rule, path: Path, name: str, centre: float, drawn: FloatArray, against: str
) -> Iterator[Hit]:
    better = centre >= -1e-6
    share = float((drawn < -1e-6).mean() if better else (drawn >= -1e-6).mean())
    if 100 * share >= rule.at("turns"):
        yield Hit(
            path,
            f"that the plan leaves {question.title(name)} {'no worse' if better else 'worse'} off than {against} turns in "
            f"{percent(share)} of draws",
            100 * share,
            "percent of draws",
            about=("actors", name),
        )


def experts_disagree(question: Question, rule: Rule) -> Iterator[Hit]:
    """I506."""
    for path, estimate in estimates(question.case, ()):
        if estimate.kind != "experts" or len(estimate.experts) < 2:
            continue
        centres = [float(e.mean) for _, e in estimate.experts]
        # Probabilities count in percent, so that one measure serves for all.
        scale = 100.0 if estimate.high <= 1 else 1.0
        apart = scale * (max(centres) - min(centres))
        if apart >= rule.at("apart"):
            yield Hit(
                path,
                f"{len(centres)} experts give values {apart:.0f} points apart here",
                apart,
                "points between experts",
            )


RULES = (
    Rule(
        code="I501",
        name="single type",
        title="An actor relied on is modelled as a single character",
        family="inputs",
        severity="warning",
        figure="steps relied on",
        reason="A plan that works for one character of an adversary may fail for another; that is what trial and "
        "verification are for (on judging intentions: Jervis 1976).",
        references=("Jervis 1976",),
        remedy="add 'types' with priors for this actor",
        thresholds=(Threshold("share", 25, "percent of steps"),),
        when="An actor that promises something, or implements what the plan changes, has no `types`. A warning where "
        "{share} percent or more of the plan's steps rest on it, else a note. Rests on the plan's structure "
        "alone.",
        check=single_type,
        ordinal=True,
    ),
    Rule(
        code="I502",
        name="unsourced estimate",
        title="Numbers stand without a note or a source",
        family="inputs",
        severity="note",
        figure="percent of its numbers",
        reason="A figure is believed when one can see where it came from.",
        references=(),
        remedy="add 'note' and, where there is one, 'source'",
        thresholds=(
            Threshold("half", 50, "percent of its numbers"),
            Threshold("few", 3, "numbers"),
        ),
        when="Numbers of an actor, of an issue or of the plan stand without a note or a source of their own. A note, a "
        "warning where that is so for {half} percent of them and more than {few}.",
        check=unsourced,
        ordinal=True,
        idle=True,
    ),
    Rule(
        code="I503",
        name="author's interest",
        title="An author has an interest in an actor of the case",
        family="inputs",
        severity="note",
        figure="points for the actor concerned",
        reason="Readers weigh advice by what binds the adviser.",
        references=(),
        remedy="disclose it where the plan is shown, or have someone else check the numbers",
        when="An author of the case or the plan discloses an interest in an actor of the case. Rests on the file "
        "alone.",
        check=interested_author,
        ordinal=True,
        idle=True,
    ),
    Rule(
        code="I504",
        name="claim contradicted by its own instances",
        title="A claim is contradicted by its own instances",
        family="inputs",
        severity="warning",
        figure="instances against",
        reason="A general claim falls with one instance against it; a plan that leans on it falls too (Popper 1959).",
        references=("Popper 1959",),
        remedy="drop the claim, or say under which further condition it holds",
        thresholds=(Threshold("half", 50, "percent of the instances that meet its premise"),),
        when="The plan leans on a claim, and some of the claim's own instances meet its premise but not its "
        "conclusion. A warning, an error from {half} percent of those that meet the premise. Rests on the file "
        "alone.",
        check=contradicted_claim,
        ordinal=True,
        idle=True,
    ),
    Rule(
        code="I505",
        name="verdict flips inside the stated uncertainty",
        title="A verdict turns within the stated uncertainty",
        family="inputs",
        severity="note",
        figure="percent of draws",
        reason="A verdict that turns within the error of its own inputs is not one.",
        references=(),
        remedy="narrow the estimate that it hangs on, or present it as open",
        thresholds=(
            Threshold("turns", 10, "percent of draws"),
            Threshold("warning", 25, "percent of draws"),
        ),
        per_future=True,
        when="That a beneficiary is better or worse off than today, or a signatory than its walk-away, turns in at "
        "least {turns} percent of draws. A warning from {warning} percent.",
        check=flips,
    ),
    Rule(
        code="I506",
        name="experts disagree",
        title="Experts disagree",
        family="inputs",
        severity="note",
        figure="points between experts",
        reason="Disagreement among those who know is information, not noise to average away (Morgan 2014).",
        references=("Morgan 2014",),
        remedy="show the verdict under each expert's own numbers",
        thresholds=(Threshold("apart", 30, "points"),),
        when="The central values of a panel lie at least {apart} points apart ({apart} percent for a probability).",
        check=experts_disagree,
        ordinal=True,
        idle=True,
    ),
    standing.RULE,
)
