"""Rules on the plan as conduct judges it: would they sign, what it restrains, where it ends by itself, who bluffs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from halfway.audit.compiled_plan import studied
from halfway.audit.finding import Hit
from halfway.audit.question import Question
from halfway.audit.rule import Rule, Threshold
from halfway.case.case import spoken
from halfway.case.conditions import Path
from halfway.errors import Refusal
from halfway.words.conditions import listed
from halfway.words.shares import percent

if TYPE_CHECKING:
    from halfway.conduct.verdicts.reactions import Bluff
    from halfway.conduct.verdicts.temptation import Kernel


def short_of_walk_away(question: Question) -> dict[str, float]:
    """Return the signatories whom the kept plan leaves below their walk-away at signing, and by how many points.

    The kept plan counts by its discounted average from the start, as it does for `halfway conduct`.
    """
    from halfway.conduct.play.participation import consent

    space = question.space
    whole = studied(question)
    if whole is not None:
        found = {n: own["walk_away"] - own["keep"] for n, own in consent(whole).items() if "represented_by" not in own}
    else:
        found = {
            name: float(space.walk_away[space.actor(name)] - question.values.discounted[space.actor(name)])
            for name in question.signatories
            if name in space.actors
        }
    return {n: float(short) for n, short in found.items() if question.cardinal(n) and short > 1e-6}


def would_not_sign(question: Question, rule: Rule) -> Iterator[Hit]:
    """T106."""
    short = short_of_walk_away(question)
    if not short:
        return
    worst = max(short, key=lambda n: short[n])
    a = question.space.actor(worst)
    drawn = question.drawn[:, a] < question.draws.walk_away[:, a] - 1e-9
    sure = 100 * float(drawn.mean()) >= rule.at("certain")
    seats = question.case.seats(question.plan)
    told = listed(
        [
            f"{question.title(n)} ({points:.1f} points below its walk-away{', and is to ratify later' if later else ''})"
            for n, points in short.items()
            for later in (seats[n].inclusion == "later_ratification",)
        ]
    )
    yield Hit(
        question.seat_path(worst),
        f"by these numbers {told} would not sign; what else is said of the plan holds if they did",
        short[worst],
        "points",
        rule.graded(short[worst], most="error" if sure else "warning"),
        about=question.seat(worst),
        actor=worst,
    )


def no_restraint(question: Question, rule: Rule) -> Iterator[Hit]:
    """E210."""
    from halfway.conduct.verdicts.grades import today
    from halfway.conduct.verdicts.temptation import compiled_kernel

    if studied(question) is None:
        return
    try:
        plan = compiled_kernel(question.ground.compiled, question.name)
        under = {n: _tempted(plan, n) for n in plan.breakers}
        if max(under.values(), default=0.0) <= plan.trifling or (before := today(plan)) is None:
            return
        without: dict[str, float] = {}
        for name in under:
            without[name] = _tempted(before, name)
            if without[name] - under[name] > rule.at("least"):
                return
    except Refusal:
        return
    who = max(under, key=lambda n: under[n])
    yield Hit(
        question.path,
        f"the plan buys no restraint: nobody bound by it is tempted less than if today were prescribed for good; "
        f"{question.title(who)} is tempted by {under[who]:.1f} points, and by {without[who]:.1f} without it",
        under[who] - without[who],
        "points of temptation more than without a plan",
    )


def _tempted(kernel: Kernel, name: str) -> float:
    return sum(p * kernel.moments(name, k)[0].points for k, p in kernel.kinds(name).items())


def ends_in_penalty(question: Question, rule: Rule) -> Iterator[Hit]:
    """C316."""
    from halfway.conduct.thresholds.thresholds import sticks

    whole = studied(question)
    if whole is None:
        return
    # Where signals as they most probably come lead to a phase, it belongs to the plan's own course and punishes nobody.
    penal = {p for p in sticks(whole) if whole.rules.phase_names[p] not in question.course}
    if not penal:
        return
    states = whole.kept.automaton.states
    inside = np.array([s.phase in penal for s in states])
    share = float(whole.long_run[inside].sum())
    if 100 * share < rule.at("note"):
        return
    chain, _ = whole.kept.game.kept
    now = np.zeros(len(states))
    now[0] = 1.0
    for _ in range(question.case.horizon):
        now = chain.T @ now
    where = max(penal, key=lambda p: float(whole.long_run[[s.phase == p for s in states]].sum()))
    name = whole.rules.phase_names[where]
    yield Hit(
        (*question.path, "phases", name),
        f"though everyone keeps it, the plan ends in its own penalty ('{question.phase_title(name)}'): false alarms put it "
        f"there {percent(share)} of the time in the long run, and with probability {percent(float(now[inside].sum()))} "
        f"by {question.case.period} {question.case.horizon}",
        100 * share,
        "percent of the time",
    )


def bluff(question: Question, rule: Rule) -> Iterator[Hit]:
    """C317."""
    from halfway.conduct.verdicts.reactions import bluffs

    whole = studied(question) if question.case.reactions else None
    if whole is None:
        return
    try:
        found = bluffs(whole)
    except Refusal:
        return
    worst: dict[int, Bluff] = {}
    for one in found:
        if one.reaction not in worst or one.loss > worst[one.reaction].loss:
            worst[one.reaction] = one
    for number, one in worst.items():
        if one.loss <= rule.at("least"):
            continue
        types = question.case.actors[one.actor].types
        who = question.title(one.actor)
        if one.kind is not None:
            who += f" (as '{types[one.kind].title or spoken(one.kind)}')"
        declared = question.case.reactions[number]
        called = f"'{declared.name}'" if declared.name else "its reaction"
        about: Path = (*question.path, "phases", one.phase)
        yield Hit(
            ("reactions", number),
            f"{who} would not gain by carrying out {called}: in '{question.phase_title(one.phase)}' it does "
            f"{one.loss:.1f} points better not to, and those it is meant for can work that out",
            one.loss,
            "points",
            about=about,
            actor=one.actor,
        )


RULES = (
    Rule(
        code="T106",
        name="would not sign",
        title="Someone who is to sign would be better off not to",
        family="table",
        severity="error",
        figure="points below its walk-away",
        reason="Whether a plan would be kept is a question only once it is signed, and nobody signs what is worth less than no "
        "agreement (participation constraints: Fisher and Ury 1981; Putnam 1988).",
        references=("Fisher and Ury 1981", "Putnam 1988"),
        remedy="give it more, or check its walk-away",
        thresholds=(
            Threshold("warning", 1, "points"),
            Threshold("error", 5, "points"),
            Threshold("certain", 80, "percent of draws"),
        ),
        per_future=True,
        when="The kept plan's discounted average is below a signatory's walk-away; said once for all signatories, and no "
        "breach. A "
        "note, a warning from {warning} point, an error from {error} where it shows in {certain} percent of draws.",
        check=would_not_sign,
    ),
    Rule(
        code="E210",
        name="no restraint",
        title="The plan buys no restraint",
        family="exchange",
        severity="warning",
        figure="points of temptation more than without a plan",
        reason="A plan is worth its cost by what it keeps people from doing; one that leaves them as tempted as they are "
        "today pays for "
        "words (Downs, Rocke and Barsoom 1996 on agreements that ask for what would be done anyway).",
        references=("Downs, Rocke and Barsoom 1996",),
        remedy="make something that they want hang on what they do",
        thresholds=(Threshold("least", 0.01, "points"),),
        per_future=True,
        when="Somebody bound by the plan is tempted by more than the case calls trifling, and nobody bound by it is tempted "
        "less, by "
        "{least} points at least, than if today were prescribed for good on the same issues. A warning.",
        check=no_restraint,
    ),
    Rule(
        code="C316",
        name="kept and still punished",
        title="A kept plan ends in its own penalty",
        family="commitment",
        severity="warning",
        figure="percent of the time in the penalty while everyone keeps",
        reason="Where signals err, punishment comes though no one cheats, and a penalty without a way back is where every "
        "path ends "
        "(Green and Porter 1984; on leaving room for error: Downs and Rocke 1995).",
        references=("Green and Porter 1984", "Downs and Rocke 1995"),
        remedy="let the penalty end, allow more resets, or answer only what errors seldom show",
        thresholds=(Threshold("note", 10, "percent of the time"), Threshold("warning", 50, "percent of the time")),
        per_future=True,
        when="While everyone keeps the plan it is in a penal phase for at least {note} percent of the time in the long run. "
        "A note, a "
        "warning from {warning} percent.",
        check=ends_in_penalty,
    ),
    Rule(
        code="C317",
        name="bluff",
        title="A threat does not pay the one who would carry it out",
        family="commitment",
        severity="warning",
        figure="points of the discounted average",
        reason="What no text orders is done only where it pays the one who does it; otherwise it is a bluff (Schelling 1960; "
        "Levin 2003 "
        "on contracts that no court enforces).",
        references=("Schelling 1960", "Levin 2003"),
        remedy="drop the reaction, make it cheaper to carry out, or say what ties the one who would react to it",
        thresholds=(Threshold("least", 0.01, "points"), Threshold("warning", 0.5, "points")),
        per_future=True,
        when="In some state that conduct can reach, one of the case's `reactions` costs the one who would react more than "
        "not reacting "
        "for a period, by more than {least} points. A note, a warning from {warning} points.",
        check=bluff,
    ),
)
