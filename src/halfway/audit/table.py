"""Rules T: who is in the room, who is not, and who holds which office."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halfway.audit.rules import Change, Hit, Question, Rule, Severity, graded, listed
from halfway.space.arrays import Linkage, Utilities
from halfway.space.optima import lexicographic_best

ADVERSE = 50.0
"""From this percentage of what it could lose, a representative's ideal makes it an adversary of the represented."""


def owner_not_signatory(question: Question) -> Iterator[Hit]:
    """T101."""
    changes = question.changes
    by_owner: dict[str, list[Change]] = {}
    for change in changes:
        owners = question.owners(change.issue)
        for owner in owners:
            if not question.signs(owner):
                by_owner.setdefault(owner, []).append(change)
    for owner, theirs in by_owner.items():
        what = listed(list(dict.fromkeys(question.says(c.issue, c.option) for c in theirs)))
        issues = len({c.issue for c in theirs})
        share = 100 * issues / len({c.issue for c in changes})
        yield Hit(
            theirs[0].path,
            f"the plan disposes of what is {question.title(owner)}'s without its signature: {what} "
            f"({share:.0f} percent of the issues that it changes)",
            float(issues),
            "issues",
            remedy=f"seat {question.title(owner)} as a party, or leave its affairs out",
        )


def spoken_for_by_adversary(question: Question) -> Iterator[Hit]:
    """T102."""
    for actor, seat in question.case.seats(question.plan).items():
        if seat.represented_by is None:
            continue
        mandate = seat.mandate or "given"
        lost = _lost_at_ideal_of(question, actor, seat.represented_by)
        adverse = lost is not None and lost >= ADVERSE
        if mandate != "imposed" and not adverse:
            continue
        severity: Severity = "error" if mandate == "imposed" else "warning"
        figure = 0.0 if lost is None else lost
        stake = (
            "the two cannot be compared: interests are given as ranks only"
            if lost is None
            else f"at the best outcome for its representative it would lose {lost:.0f} percent of all that it could lose"
        )
        yield Hit(
            question.seat_path(actor),
            f"{question.title(actor)} is spoken for by {question.title(seat.represented_by)} by a mandate that is {mandate}; "
            f"{stake}",
            figure,
            "percent of what it could lose",
            severity,
        )


def _lost_at_ideal_of(question: Question, actor: str, speaker: str) -> float | None:
    space = question.space
    if {actor, speaker} & set(space.ordinal):
        return None
    a, r = space.actor(actor), space.actor(speaker)
    worst = _least(question, a)
    span = float(question.ideal[a, a]) - worst
    return 100 * float(question.ideal[a, a] - question.ideal[a, r]) / span if span > 1e-9 else None


def _least(question: Question, a: int) -> float:
    """Return the least that any feasible package is worth to an actor, in points."""
    u = question.space.utilities
    negated = Utilities(
        tuple(np.asarray(-t, dtype=np.int64) for t in u.tables),
        tuple(Linkage(x.issues, -x.points) for x in u.linkages),
        u.unit,
        u.exact,
    )
    best = lexicographic_best(negated, question.space.bounds, (a,))
    assert best is not None  # some package is feasible: the ideals exist
    return -best.values[0] * float(u.unit[a])


def absent_implementer(question: Question) -> Iterator[Hit]:
    """T103."""
    by_setter: dict[str, list[Change]] = {}
    for change in question.changes:
        for setter in question.setters(change.issue):
            if setter not in question.consenting:
                by_setter.setdefault(setter, []).append(change)
    seats = question.case.seats(question.plan)
    for setter, theirs in by_setter.items():
        what = listed(list(dict.fromkeys(question.says(c.issue, c.option) for c in theirs)))
        issues = len({c.issue for c in theirs})
        present = seats[setter].seat == "observer"
        yield Hit(
            theirs[0].path,
            f"the plan needs {question.title(setter)} to act, who "
            f"{'only observes' if present else 'is not in the room'}: {what}",
            float(issues),
            "issues",
            "warning" if present else "error",
            f"seat {question.title(setter)} as a party, or plan without its help",
        )


def spoiler_outside(question: Question) -> Iterator[Hit]:
    """T104."""
    space, values = question.space, question.values
    for a, name in enumerate(space.actors):
        if name in question.consenting or name in space.ordinal:
            continue
        restored = float(question.today[a] - values.long_run[a])
        own_move = _best_own_move(question, a, name)
        gain = max(restored, own_move)
        power = float(question.case.actors[name].strength) / 100
        figure = power * gain
        if figure < 3:
            continue
        how = "by wrecking it" if restored >= own_move else "by going its own way"
        yield Hit(
            question.seat_path(name),
            f"{question.title(name)} is outside and would gain {gain:.1f} points {how}, with a capability of "
            f"{100 * power:.0f} of 100 ({figure:.1f} points weighted)",
            figure,
            "points, weighted by capability",
            graded(figure, 3, 10),
        )


def _best_own_move(question: Question, a: int, name: str) -> float:
    """Return the most an actor gains over the plan's long run by changing issues that it sets alone, one at a time."""
    space, values = question.space, question.values
    best = 0.0
    for i, key in enumerate(space.issues):
        issue = question.case.issues[key]
        if issue.set_by != (name,):
            continue
        for option, label in enumerate(space.options[i]):
            moved = values.packages.copy()
            open_to = [issue.may_follow(space.options[i][int(o)], label) for o in values.packages[:, i]]
            moved[open_to, i] = option
            gain = space.values(moved)[a] @ values.shares - space.values(values.packages)[a] @ values.shares
            best = max(best, float(gain))
    return best


def conflicted_office(question: Question) -> Iterator[Hit]:
    """T105."""
    sides = question.case.pair(question.plan) or ()
    bound = {question.group_of(o.by) for o in question.plan.obligations}
    bound |= {s for change in question.changes for s in question.setters(change.issue)}
    for role, holders in question.plan.roles.held().items():
        for holder in holders:
            actor = question.group_of(holder)
            if role in ("chair", "mediator"):
                conflict = actor in sides
                why = "is one of the two sides"
            elif role in ("verifier", "guarantor"):
                conflict = actor in bound
                why = "is bound by what it would have to " + ("verify" if role == "verifier" else "answer for")
            else:
                continue
            if not conflict:
                continue
            stake = 0.0
            if actor in question.space.actors and actor not in question.space.ordinal:
                a = question.space.actor(actor)
                stake = float(np.abs(question.values.long_run[a] - question.today[a]))
            yield Hit(
                (*question.path, "roles", role),
                f"{question.title(holder)} is {role} and {why}; the plan moves {stake:.1f} points for it",
                stake,
                "points",
                "error" if role in ("verifier", "guarantor") else graded(stake, 0, 10),
            )


RULES = (
    Rule(
        "T101",
        "owner not a signatory",
        "error",
        "What concerns people and is decided without them is neither owed nor kept by them.",
        "seat the owner as a party, or leave its affairs out",
        owner_not_signatory,
        ordinal=True,
    ),
    Rule(
        "T102",
        "spoken for by an adversary",
        "warning",
        "Consent given by someone with opposed interests binds no one; where the mandate is imposed it is no consent at all.",
        "let them choose who speaks for them, or seat them",
        spoken_for_by_adversary,
        ordinal=True,
    ),
    Rule(
        "T103",
        "absent implementer",
        "error",
        "Seats move consent, not control: whoever implements an issue goes on doing so, signed or not.",
        "seat the implementer, or plan without its help",
        absent_implementer,
        ordinal=True,
    ),
    Rule(
        "T104",
        "spoiler outside the room",
        "warning",
        "Those who lose by a peace and can break it do so (Stedman 1997; capability and opportunity: Greenhill and Major 2007).",
        "bring them in, compensate them, or take away the means",
        spoiler_outside,
    ),
    Rule(
        "T105",
        "conflicted office",
        "warning",
        "A mediator is believed only when it has no reason to mislead (Kydd 2003); who guarantees or verifies its own "
        "performance guarantees nothing.",
        "give the office to someone whom the outcome does not concern",
        conflicted_office,
        ordinal=True,
    ),
)
