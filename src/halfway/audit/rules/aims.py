"""Rules A: does the plan serve those it names, within what binds its authors?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halfway.audit.compiled_plan import compelled
from halfway.audit.finding import Hit, Severity
from halfway.audit.question import Change, Question
from halfway.audit.rule import Rule, Threshold
from halfway.case.conditions import Condition, Is, Path, atoms
from halfway.case.record import ObligationInForce
from halfway.case.truth import holds
from halfway.words.conditions import listed
from halfway.words.shares import percent


def beneficiary_worse_off(question: Question, rule: Rule) -> Iterator[Hit]:
    """A601."""
    space = question.space
    today, kept = (
        compelled(question) if any(aim.for_ for aim in question.plan.aims) else (question.today, question.today)
    )
    for i, aim in enumerate(question.plan.aims):
        path = (*question.path, "aims", i)
        for name in aim.for_:
            if not question.cardinal(name):
                continue
            a = space.actor(name)
            loss = float(today[a] - kept[a])
            if loss <= 1e-6:
                continue
            share = float((question.drawn[:, a] < question.drawn_today[:, a] - 1e-9).mean())
            yield Hit(
                path,
                f"{question.title(name)}, named as served by the plan, would end {loss:.1f} points below "
                f"{question.baseline} (worse off in {percent(share)} of draws)",
                loss,
                "points",
                rule.graded(loss, most="error" if 100 * share >= rule.at("certain") else "warning"),
                about=_what_costs_most(question, name),
            )
        if aim.must is not None:
            missed = 100 * _share_without(question, aim.must)
            if missed > rule.at("slips"):
                yield Hit(
                    path,
                    f"what must hold for {listed([question.title(n) for n in aim.for_])} does not hold "
                    f"{missed:.0f} percent of the time in the long run, even when everyone keeps the plan",
                    missed,
                    "percent of the time",
                    rule.graded(missed, "missed_"),
                )


def _what_costs_most(question: Question, name: str) -> Path | None:
    """Return the line of the change that alone costs an actor most, if one does."""
    worst = min(question.intended, key=lambda c: question.worth_to(c, name), default=None)
    return None if worst is None or question.worth_to(worst, name) >= 0 else worst.path


def _share_without(question: Question, condition: Condition) -> float:
    """Return the share of time in the long run for which a condition does not hold while everyone keeps the plan."""
    values = question.values
    return sum(
        float(share)
        for package, share in zip(values.packages, values.shares, strict=True)
        if not holds(condition, question.space.labels(package))
    )


def conflicts_with_obligation(question: Question, rule: Rule) -> Iterator[Hit]:
    """A602."""
    space = question.space
    if space.status_quo is None:
        return
    for treaty in question.case.obligations_in_force.values():
        if holds(treaty.conflicts_with, space.labels(space.status_quo)):
            continue
        for path, phase, changes, phases in _conflicts(question, treaty):
            what = question.all_say(changes) if changes else f"phase '{question.phase_title(phase)}'"
            severity, who = _who_is_bound(question, treaty, changes)
            yield Hit(
                path,
                f"the plan conflicts with {treaty.title} from phase '{question.phase_title(phase)}' ({what}){who}",
                float(phases),
                "phases in conflict",
                severity,
            )


def _conflicts(question: Question, treaty: ObligationInForce) -> Iterator[tuple[Path, str, list[Change], int]]:
    """Go through what brings a conflict about: each change that does so alone, else the first package that does."""
    space, path = question.space, question.values.path
    named = {a.issue for a in atoms(treaty.conflicts_with) if isinstance(a, Is)}
    alone = [
        c
        for c in question.changes
        if space.issues[c.issue] in named and holds(treaty.conflicts_with, space.labels(question.alone(c)))
    ]
    phase_of = [path.phases[int(k)] for k in path.phase_of]
    explained = {(c.issue, c.option) for c in alone}
    told: set[int] = set()
    for change in alone:
        if change.issue in told:
            continue
        told.add(change.issue)
        same = [c for c in alone if c.issue == change.issue]
        options = {c.option for c in same}
        phases = {p for p, x in zip(phase_of, path.in_force, strict=True) if int(x[change.issue]) in options}
        yield change.path, change.phase, same, len(phases)
    conflicting = [
        (p, x)
        for p, x in zip(phase_of, path.in_force, strict=True)
        if not any((i, int(o)) in explained for i, o in enumerate(x)) and holds(treaty.conflicts_with, space.labels(x))
    ]
    if conflicting:
        phase, package = conflicting[0]
        line = question.line_of(treaty.conflicts_with, package, phase)
        together = [c for c in question.changes if space.issues[c.issue] in named and int(package[c.issue]) == c.option]
        yield line, phase, together, len({p for p, _ in conflicting})


def _who_is_bound(question: Question, treaty: ObligationInForce, changes: list[Change]) -> tuple[Severity, str]:
    """Weigh a conflict by who is bound and whether those it protects agree, and say so."""
    bound = [p for p in treaty.parties if question.group_of(p) in question.consenting]
    acting = {s for c in changes for s in question.setters(c.issue)}
    made_to = [p for p in treaty.parties if question.group_of(p) in acting and p not in bound]
    protected = treaty.protects or treaty.parties
    left_out = [p for p in protected if not _agrees(question, p, changes)]
    told = []
    if bound:
        told.append(f"it binds {listed([question.title(p) for p in bound])}, who would sign")
    if made_to:
        told.append(f"it binds {listed([question.title(p) for p in made_to])}, who would have to act")
    if protected and not left_out:
        told.append("those it protects would sign, and could release them from it")
        return "note", "; " + "; ".join(told)
    if left_out:
        told.append(f"it protects {listed([question.title(p) for p in left_out])}, who would not sign")
    return ("error" if bound or made_to else "warning"), ("; " + "; ".join(told) if told else "")


def _agrees(question: Question, actor: str, changes: list[Change]) -> bool:
    return question.group_of(actor) in question.consenting or (
        bool(changes) and all(question.agrees(actor, c) for c in changes)
    )


def no_bottom_line(question: Question, rule: Rule) -> Iterator[Hit]:
    """A603."""
    plan = question.plan
    pair = question.case.pair(plan)
    proposer = question.group_of(plan.proposer) if plan.proposer else (pair[0] if pair else None)
    line = plan.bottom_line
    if line is not None:
        if len(question.signatories) < 2:
            return  # it says what an agreement would have to hold, and none is offered
        whose = question.group_of(line.by) if line.by else proposer
        if line.must is not None and (missed := 100 * _share_without(question, line.must)) > rule.at("slips"):
            yield Hit(
                (*question.path, "bottom_line"),
                f"what the plan calls its bottom line does not hold {missed:.0f} percent of the time in the long run, even "
                "when everyone keeps it",
                missed,
                "percent of the time",
                rule.graded(missed, "missed_"),
                "change the plan until it meets its own bottom line, or state the true one",
            )
        if line.utility is not None and whose is not None and question.cardinal(whose):
            short = float(line.utility) - float(question.values.long_run[question.space.actor(whose)])
            if short > 1e-6:
                yield Hit(
                    (*question.path, "bottom_line"),
                    f"the plan brings {question.title(whose)} {short:.1f} points less than it calls its bottom line",
                    short,
                    "points",
                    rule.graded(short, "short_"),
                    "change the plan until it meets its own bottom line, or state the true one",
                )
        return
    reached = float("nan")
    if pair is not None and proposer in pair and question.cardinal(proposer):
        other = pair[1] if proposer != pair[1] else pair[0]
        if question.cardinal(other):
            reached = float(question.levels.level[question.space.actor(proposer), question.space.actor(other)])
    if np.isnan(reached):
        yield Hit(question.path, "the plan states no minimum that its proposer would accept", 0.0, "bottom lines")
        return
    assert proposer is not None  # a level was computed for it
    yield Hit(
        question.path,
        f"the plan states no minimum that {question.title(proposer)} would accept; it goes {reached:.0f} percent of the way "
        "and nothing in it says where it would stop",
        reached,
        "percent of the way",
        "error" if reached >= rule.at("goes_far") else "warning",
    )


RULES = (
    Rule(
        code="A601",
        name="declared beneficiary worse off",
        title="Someone named as served by the plan ends worse off",
        family="aims",
        severity="error",
        figure="points below today, or percent of the time",
        reason="A plan is judged first by what it does for those in whose name it is made.",
        references=(),
        remedy="change what they lose by, or stop saying that it is for them",
        thresholds=(
            Threshold("warning", 1, "points"),
            Threshold("error", 5, "points"),
            Threshold("certain", 80, "percent of draws"),
            Threshold("slips", 5, "percent of the time"),
            Threshold("missed_warning", 10, "percent of the time"),
            Threshold("missed_error", 50, "percent of the time"),
        ),
        per_future=True,
        when="An actor named in `aims` ends below the status quo in the long run, what `reactions` do about either counted "
        "(a warning from {warning} point, an "
        "error from {error} where it shows in {certain} percent of draws), or what `must` hold for it fails more "
        "than {slips} percent of the time while everyone keeps the plan (a warning from {missed_warning} percent, "
        "an error from {missed_error}).",
        check=beneficiary_worse_off,
        ordinal=True,
    ),
    Rule(
        code="A602",
        name="conflicts with an obligation in force",
        title="The plan conflicts with an obligation in force",
        family="aims",
        severity="error",
        figure="phases in conflict",
        reason="A signatory bound by a treaty cannot deliver what the treaty rules out, and the promise it makes here is "
        "worth as much as the one it breaks (Vienna Convention on the Law of Treaties 1969, article 26). Some "
        "parties to a treaty cannot settle among themselves what it owes to the others (articles 34 and 41).",
        references=("Vienna Convention on the Law of Treaties 1969",),
        remedy="drop what conflicts, or change the obligation first, with those it protects",
        when="A package in force while everyone keeps the plan is one that an obligation in force rules out, and the "
        "status quo is not. An error where someone bound by it signs or has to act, a warning where no one bound "
        "does, a note where all whom it protects sign. Rests on the plan's structure alone.",
        check=conflicts_with_obligation,
        ordinal=True,
    ),
    Rule(
        code="A603",
        name="no bottom line",
        title="The plan states no bottom line",
        family="aims",
        severity="warning",
        figure="percent of the way that its proposer goes",
        reason="Who does not know the least that they would accept cannot tell a bad agreement from none (Raiffa 1982).",
        references=("Raiffa 1982",),
        remedy="state 'bottom_line' in points or as what must be part of any outcome",
        thresholds=(
            Threshold("goes_far", 75, "percent of the way"),
            Threshold("slips", 5, "percent of the time"),
            Threshold("missed_warning", 10, "percent of the time"),
            Threshold("missed_error", 50, "percent of the time"),
            Threshold("short_warning", 1, "points"),
            Threshold("short_error", 5, "points"),
        ),
        per_future=True,
        when="The plan states no `bottom_line`: a warning, an error where its proposer goes {goes_far} percent of the "
        "way or more. Also where it states one and does not meet it: a note, a warning from {short_warning} point "
        "or {missed_warning} percent of the time, an error from {short_error} points or {missed_error} percent; "
        "less than {slips} percent of the time does not count.",
        check=no_bottom_line,
        ordinal=True,
    ),
)
