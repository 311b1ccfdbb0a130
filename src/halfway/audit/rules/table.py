"""Rules T: who is in the room, who is not, and who holds which office."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halfway.audit.finding import Hit, Severity
from halfway.audit.question import NOTICED, Change, Question
from halfway.audit.rule import Rule, Threshold
from halfway.case.conditions import Is, atoms
from halfway.space.arrays import Linkage, Utilities
from halfway.space.arrays import holds as mask_holds
from halfway.space.packages.optima import lexicographic_best
from halfway.words.conditions import listed


def owner_not_signatory(question: Question, rule: Rule) -> Iterator[Hit]:
    """T101."""
    changes = question.intended
    by_owner: dict[str, list[Change]] = {}
    for change in changes:
        for owner in question.owners(change.issue):
            if not question.agrees(owner, change):
                by_owner.setdefault(owner, []).append(change)
    for owner, theirs in by_owner.items():
        issues = len({c.issue for c in theirs})
        share = 100 * issues / len({c.issue for c in changes})
        severity, stake = _at_stake(question, owner, theirs)
        yield Hit(
            theirs[0].path,
            f"the plan disposes of what belongs to {question.title(owner)}, without its signature: "
            f"{question.all_say(theirs)} ({share:.0f} percent of the issues that it changes{stake})",
            float(issues),
            "issues",
            severity,
            f"seat {question.title(owner)} as a party, or leave its affairs out",
            question.seat(owner),
        )


def _at_stake(question: Question, owner: str, theirs: list[Change]) -> tuple[Severity, str]:
    """Say what an owner gains or loses by what is disposed of, and how grave it is."""
    actor = question.group_of(owner)
    # A contested mandate is less than consent and more than none.
    spoken_for = question.case.seats(question.plan)[actor].mandate == "contested"
    if not question.cardinal(actor):
        return "warning" if spoken_for else "error", ""
    assert question.space.status_quo is not None  # without one there are no changes
    package = question.space.status_quo.copy()
    for change in theirs:
        package[change.issue] = change.option
    a = question.space.actor(actor)
    gain = float(question.space.values(package)[a, 0] - question.today[a])
    if gain < -NOTICED:
        return "warning" if spoken_for else "error", f"; {question.title(actor)} loses {-gain:.1f} points by it"
    if all(aimed_at(question, owner, c) for c in theirs):
        return "note", f"; {question.title(actor)} gains {gain:.1f} points by it, and all of it is a declared aim"
    return "warning", f"; {question.title(actor)} gains {gain:.1f} points by it" if gain > NOTICED else ""


def aimed_at(question: Question, owner: str, change: Change) -> bool:
    """Tell whether an option is among those that must hold for its owner by the plan's own aims."""
    issue, option = question.space.issues[change.issue], question.space.options[change.issue][change.option]
    return any(
        isinstance(atom, Is) and atom.issue == issue and option in atom.options
        for aim in question.plan.aims
        if aim.must is not None and owner in aim.for_
        for atom in atoms(aim.must)
    )


def spoken_for_by_adversary(question: Question, rule: Rule) -> Iterator[Hit]:
    """T102."""
    for actor, seat in question.case.seats(question.plan).items():
        if seat.represented_by is None:
            continue
        mandate = seat.mandate or "given"
        lost = _lost_at_ideal_of(question, actor, seat.represented_by)
        if mandate != "imposed" and (lost is None or lost < rule.at("adverse")):
            continue
        stake = (
            _incomparable(question, actor, seat.represented_by)
            if lost is None
            else f"at the best outcome for its representative it would lose {lost:.0f} percent of all that it could lose"
        )
        yield Hit(
            question.seat_path(actor),
            f"{question.title(actor)}: spoken for by {question.title(seat.represented_by)} by a mandate that is {mandate}; "
            f"{stake}",
            0.0 if lost is None else lost,
            "percent of what it could lose",
            "error" if mandate == "imposed" else "note" if mandate == "given" else "warning",
        )


def _incomparable(question: Question, *actors: str) -> str:
    ranked = [question.title(a) for a in actors if a in question.space.ordinal]
    silent = [question.title(a) for a in actors if a not in question.space.ordinal and not question.cardinal(a)]
    if ranked:
        return f"how far their interests are opposed is not known, because {listed(ranked)} only ranks outcomes"
    if silent:
        return f"how far their interests are opposed is not known, because the case gives {listed(silent)} no interests"
    return (
        "how far their interests are opposed is not known, because to the represented all outcomes are worth the same"
    )


def _lost_at_ideal_of(question: Question, actor: str, speaker: str) -> float | None:
    if not (question.cardinal(actor) and question.cardinal(speaker)):
        return None
    a, r = question.space.actor(actor), question.space.actor(speaker)
    span = float(question.ideal[a, a]) - _least(question, a)
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


def absent_implementer(question: Question, rule: Rule) -> Iterator[Hit]:
    """T103."""
    by_setter: dict[str, list[Change]] = {}
    for change in question.changes:
        for setter in question.setters(change.issue):
            if not question.agrees(setter, change):
                by_setter.setdefault(setter, []).append(change)
    seats = question.case.seats(question.plan)
    for setter, theirs in by_setter.items():
        seat = seats[setter]
        severity: Severity = "error"
        if seat.seat == "observer":
            place, severity = "only observes and undertakes none of it", "warning"
        elif seat.represented_by is not None:
            place = f"is spoken for by {question.title(seat.represented_by)} by a mandate that is {seat.mandate}"
            severity = "error" if seat.mandate == "imposed" else "warning"
        else:
            place = "is not in the room"
        if not any(c.intended for c in theirs):
            place, severity = f"{place} (as an answer to a breach or a false alarm)", "note"
        yield Hit(
            theirs[0].path,
            f"the plan needs {question.title(setter)} to act, who {place}: {question.all_say(theirs)}",
            float(len({c.issue for c in theirs})),
            "issues",
            severity,
            f"seat {question.title(setter)} as a party, or plan without its help",
            question.seat(setter),
        )


def spoiler_outside(question: Question, rule: Rule) -> Iterator[Hit]:
    """T104."""
    space, values = question.space, question.values
    for a, name in enumerate(space.actors):
        if name in question.consenting or question.present(name) or not question.cardinal(name):
            continue
        restored = float(question.today[a] - values.long_run[a])
        own_move = 0.0
        if space.status_quo is not None:
            # What it could have had today already is no reason to turn on this plan.
            own_move = _best_own_move(question, a, name, values.packages, values.shares) - _best_own_move(
                question, a, name, space.status_quo[None, :], np.ones(1)
            )
        gain = max(restored, own_move)
        power = float(question.case.actors[name].strength) / 100
        figure = power * gain
        if figure < rule.at("note"):
            continue
        how = "by wrecking it" if restored >= own_move else "by going its own way"
        lever = _has_lever(question, name)
        yield Hit(
            question.seat_path(name),
            f"{question.title(name)} is outside and would gain {gain:.1f} points {how}, with a capability of "
            f"{100 * power:.0f} of 100 ({figure:.1f} points weighted)"
            f"{'' if lever else '; nothing that the plan rests on is in its hands'}",
            figure,
            "points, weighted by capability",
            rule.graded(figure, most="error" if lever else "warning"),
            about=question.seat(name),
        )


def _has_lever(question: Question, name: str) -> bool:
    """Tell whether an actor implements something alone, or has a hand in what the plan changes."""
    changed = {c.issue for c in question.changes}
    setters = [question.setters(i) for i in range(len(question.space.issues))]
    return any(s == (name,) or (name in s and i in changed) for i, s in enumerate(setters))


def _best_own_move(question: Question, a: int, name: str, packages: np.ndarray, shares: np.ndarray) -> float:
    """Return the most an actor gains over packages by changing one issue that it sets alone, as moves allow."""
    space, best = question.space, 0.0
    before = space.values(packages)[a] @ shares
    for i, key in enumerate(space.issues):
        issue = question.case.issues[key]
        if issue.set_by != (name,):
            continue
        for option, label in enumerate(space.options[i]):
            moved = packages.copy()
            open_to = np.array([issue.may_follow(space.options[i][int(o)], label) for o in packages[:, i]], dtype=bool)
            moved[open_to, i] = option
            feasible = np.ones(len(moved), dtype=bool)
            for mask in space.bounds.allowed:
                feasible &= mask_holds(mask, moved)
            moved[~feasible] = packages[~feasible]
            best = max(best, float(space.values(moved)[a] @ shares - before))
    return best


def conflicted_office(question: Question, rule: Rule) -> Iterator[Hit]:
    """T105."""
    sides = question.case.pair(question.plan) or ()
    for role, holders in question.plan.roles.held().items():
        groups = list(dict.fromkeys(question.group_of(h) for h in holders))
        for holder in holders:
            actor = question.group_of(holder)
            if role in ("chair", "mediator"):
                conflict = actor in sides
                others = [g for g in groups if g not in sides]
                why = "is one of the two sides"
            elif role in ("verifier", "guarantor"):
                conflict, why = _answers_for_itself(question, actor, role, sides)
                others = [g for g in groups if g != actor]
            else:
                continue
            if not conflict:
                continue
            stake = 0.0
            if question.cardinal(actor):
                a = question.space.actor(actor)
                stake = float(np.abs(question.values.long_run[a] - question.today[a]))
            beside = f"; beside it: {listed([question.title(g) for g in others])}" if others else ""
            yield Hit(
                (*question.path, "roles", role),
                f"{question.title(holder)} is {role} and {why}; the plan moves {stake:.1f} points for it{beside}",
                stake,
                "points",
                "warning" if others else "error" if role in ("verifier", "guarantor") else rule.graded(stake),
            )


def _answers_for_itself(question: Question, actor: str, role: str, sides: tuple[str, ...]) -> tuple[bool, str]:
    """Tell whether a verifier or guarantor would have to answer for its own promises, and say why."""
    verb = "verify" if role == "verifier" else "answer for"
    own, all_covered = 0, 0
    for obligation in question.plan.obligations:
        named = obligation.verified_by if role == "verifier" else obligation.guaranteed_by
        if actor in {question.group_of(n) for n in named}:
            all_covered += 1
            own += actor in question.performers(obligation)
    if own and 2 * own >= all_covered:
        return True, f"would {verb} its own performance in {own} of the {all_covered} promises it is named for"
    performs = any(actor in question.performers(o) for o in question.plan.obligations) or any(
        actor in question.setters(c.issue) for c in question.intended
    )
    if actor in sides and performs:
        return True, f"is one of the two sides whose performance it would have to {verb}"
    return False, ""


RULES = (
    Rule(
        code="T101",
        name="owner not a signatory",
        title="The plan disposes of what belongs to someone who does not sign",
        family="table",
        severity="error",
        figure="issues",
        reason="What concerns people and is decided without them is neither owed nor kept by them; agreements that shut "
        "out those concerned are less likely to last (Nilsson 2012).",
        references=("Nilsson 2012",),
        remedy="seat the owner as a party, or leave its affairs out",
        per_future=True,
        when="The plan changes an issue whose owner is not a party, not spoken for by a mandate it gave, and does not "
        "undertake the step itself. An error where the owner loses by it, or where that is not known; a warning "
        "where it does not lose, or its mandate is contested; a note where it gains and all of it is a declared "
        "aim of the plan for it. Fires on structure alone.",
        check=owner_not_signatory,
        ordinal=True,
    ),
    Rule(
        code="T102",
        name="spoken for by an adversary",
        title="An actor is spoken for by an adversary",
        family="table",
        severity="warning",
        figure="percent of what it could lose",
        reason="Consent given by someone with opposed interests binds no one; where the mandate is imposed it is no "
        "consent at all (on agents who misrepresent their principals: Mnookin and Susskind 1999).",
        references=("Mnookin and Susskind 1999",),
        remedy="let them choose who speaks for them, or seat them",
        thresholds=(Threshold("adverse", 50, "percent of what it could lose"),),
        per_future=True,
        when="An actor is represented by a mandate that is imposed (an error, on structure alone), or by someone at "
        "whose best outcome it would lose at least {adverse} percent of all that it could lose: a warning where "
        "the mandate is contested, a note where it was given.",
        check=spoken_for_by_adversary,
        ordinal=True,
    ),
    Rule(
        code="T103",
        name="absent implementer",
        title="The plan needs someone who is not in the room",
        family="table",
        severity="error",
        figure="issues",
        reason="Seats move consent, not control: whoever implements an issue goes on doing so, signed or not.",
        references=(),
        remedy="seat the implementer, or plan without its help",
        when="The plan needs someone to act who neither signs nor, present as an observer, undertakes the step. An "
        "error; a warning for an observer or where the mandate of its representative is contested; a note where "
        "it would only answer an alarm. Rests on the plan's structure alone.",
        check=absent_implementer,
        ordinal=True,
    ),
    Rule(
        code="T104",
        name="spoiler outside the room",
        title="Someone outside the room gains by wrecking the plan",
        family="table",
        severity="warning",
        figure="points, weighted by capability",
        reason="Those who lose by a peace and can break it do so (Stedman 1997; capability and opportunity: Greenhill "
        "and Major 2007).",
        references=(
            "Stedman 1997",
            "Greenhill and Major 2007",
        ),
        remedy="bring them in, compensate them, or take away the means",
        thresholds=(
            Threshold("note", 1, "points"),
            Threshold("warning", 3, "points"),
            Threshold("error", 10, "points"),
        ),
        per_future=True,
        when="Someone who neither signs nor holds an office or obligation would gain by bringing back the status quo, "
        "or by a move of its own that pays more than it would today; the gain is weighted by capability. A note "
        "from {note} point, a warning from {warning}, an error from {error} where it implements something alone "
        "or has a hand in what the plan changes.",
        check=spoiler_outside,
    ),
    Rule(
        code="T105",
        name="conflicted office",
        title="An office is held by someone who would judge its own conduct",
        family="table",
        severity="warning",
        figure="points that the plan moves for it",
        reason="Who sets the agenda of its own dispute goes far to decide it (Romer and Rosenthal 1978), and who "
        "verifies or guarantees its own performance guarantees nothing. Bias alone is no fault: a mediator may be "
        "the more believed for it (Kydd 2003).",
        references=(
            "Romer and Rosenthal 1978",
            "Kydd 2003",
        ),
        remedy="give the office to someone whose own performance is not at issue",
        thresholds=(
            Threshold("warning", 0, "points"),
            Threshold("error", 10, "points"),
        ),
        per_future=True,
        when="The chair or mediator is one of the two sides; or a verifier or guarantor is named for its own promises, "
        "in at least half of those it is named for, or is one of the two sides. An error for a verifier or "
        "guarantor alone in the office, and for a chair whom the plan moves {error} points or more; a warning "
        "where someone apart from it shares the office.",
        check=conflicted_office,
        ordinal=True,
    ),
)
