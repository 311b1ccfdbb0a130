"""Whether the plan holds month after month: who would break it, when, why it pays, and what would change that."""

from __future__ import annotations

from halfway.brief.contents import Block, Figure, Grid, Listing, Paragraph, Section
from halfway.brief.material import Material
from halfway.brief.numbers import whole
from halfway.case.time import periods_between
from halfway.charts.beliefs import beliefs, credibility
from halfway.charts.conduct import exposure
from halfway.charts.region import NOTHING, in_words, patience_and_detection
from halfway.conduct.result import ActorConduct, TypeConduct
from halfway.conduct.thresholds import thresholds
from halfway.errors import Refusal
from halfway.result import Table
from halfway.words.calendars import narrated, type_title, unnoticed, who_is
from halfway.words.front_page import inside, points_short
from halfway.words.grades import answer, patience_in_words, unrestrained
from halfway.words.shares import percent

MOST_TOLD = 4
"""Actors whose calendar is shown to a minister, and turns of a calendar for an analyst; the command shows all."""

Breaking = list[tuple[ActorConduct, str, TypeConduct]]


def holding(material: Material) -> Section:
    """Return who would break the plan, when and why; for analysts also what would make the two sides keep it."""
    key, title = "holding", "Would it hold, month after month"
    try:
        result = material.conduct
    except Refusal as refusal:
        reason = "; ".join(f"{p.what}: {p.why}" for p in refusal.problems)
        return Section(key, title, (Paragraph(f"Not answered: {reason}."),))
    sides = material.case.pair(material.plan) or ()
    everyone = [(a, kind, t) for a in result.actors.values() for kind, t in a.types.items()]
    everyone.sort(key=lambda x: (x[0].name not in sides, -_temptation(x[2])))
    breaking = [x for x in everyone if _temptation(x[2]) > result.verdict.trifling]
    blocks: list[Block] = [*(Paragraph(x) for x in _verdict(material)), *_values(material, everyone)]
    blocks += [b for one in breaking[: MOST_TOLD if not material.detailed else None] for b in _calendar(material, *one)]
    if material.detailed:
        blocks += _thresholds(material, [x for x in breaking if x[0].name in sides])
    blocks += [*_consent(material), *_exposed(material)]
    if material.detailed:
        blocks += _trust(material)
    return Section(key, title, tuple(blocks))


def _temptation(one: TypeConduct) -> float:
    return 0.0 if one.judged is None else one.judged.temptation.points


def _values(material: Material, everyone: Breaking) -> list[Block]:
    judged = [x for x in everyone if x[2].judged is not None]
    shown = everyone if material.detailed else judged
    if not shown:
        return []
    rows = [
        (
            material.actor(a.name) + _as(material, a.name, kind),
            _seat(material, a.name),
            whole(t.keep),
            *_tempted(material, t),
        )
        for a, kind, t in shown
    ]
    columns = ("Actor", "Seat", "The kept plan is worth", "Temptation", "Of its stake", "From")
    caption = (
        "Discounted points, the others keeping the plan. Temptation: the best course less the best way of keeping, where that "
        "is most; stake: what the plan's issues can bring the actor at best less at worst."
    )
    return [Grid(Table("conduct", columns, tuple(rows)), caption=caption)]


def _tempted(material: Material, one: TypeConduct) -> tuple[str, str, str]:
    """Return an actor's temptation, its share of the stake, and from when; dashes for those who cannot break the plan."""
    if one.judged is None:
        return "—", "—", "—"
    found, share = one.judged.temptation, one.judged.percent
    if found.period is None:
        return "none", "—", "—"
    size = points_short(found.points).removesuffix(" points") if found.points >= 0.05 else "under 0.1"
    return size, "—" if share is None else f"{share:.0f}%", f"{material.conduct.period} {found.period}"


def _calendar(material: Material, actor: ActorConduct, kind: str, one: TypeConduct) -> list[Block]:
    turns = narrated(material.case, material.name, actor.name, one.calendar)
    most = MOST_TOLD if material.detailed else 1
    pays = sorted(((v, k) for k, v in one.pays.items() if v < -0.5), key=lambda x: x[0])[:3]
    cost = "; ".join(f"{material.inside(k)} {whole(v, sign=True)}" for v, k in pays)
    who = f"**{material.actor(actor.name)}{_as(material, actor.name, kind)}**"
    lead = f"{who} would gain {points_short(one.exploitability)} by its best course"
    more = len(turns) - most
    rest = (f"{more} more turn{'s' if more != 1 else ''} follow{'' if more != 1 else 's'}.",) if more > 0 else ()
    return [
        Paragraph(f"{lead}{f'; who pays: {cost}' if cost else ''}."),
        Listing((*turns[:most], *(rest if material.detailed else ()))),
    ]


def _thresholds(material: Material, breaking: Breaking) -> list[Block]:
    """Say what would make the two sides keep: two pictures over patience and detection, and a table."""
    if not breaking:
        return []
    case, plan = material.case, material.kernel
    rows = []
    for actor, kind, _ in breaking:
        name, of = actor.name, kind or None
        patient = thresholds.patience(plan, name, of)
        harsher = thresholds.penalty(plan, name, of)
        seen = thresholds.detection(plan, name, of)
        dearer = thresholds.breach_cost(plan, name, of)
        yearly = periods_between("year", case.period)
        rows.append(
            (
                who_is(case, name, of),
                "none is enough" if patient.at is None else patience_in_words(patient.at, yearly, case.period),
                "no phase punishes"
                if harsher is None
                else "none is enough"
                if harsher.at is None
                else f"{harsher.at:+.1f} points a {case.period}",
                "none is enough" if seen.at is None else f"{percent(seen.at)} of the stated",
                "none is enough" if dearer.at is None else f"{dearer.at:.1f} points a {case.period}",
            )
        )
    blocks: list[Block] = [
        Paragraph(
            "**What would make the two sides keep it.** The least patience (what a point a year from now counts today), what a "
            "penal phase would have to take from the actor beyond what it does, the least detection, and what breaking would "
            "have to cost it by itself; each alone, all else as stated. It counts as kept where the temptation is trifling."
        ),
        Grid(
            Table(
                "thresholds",
                ("Actor", "Patience", "Further penalty", "Detection", "Further cost of breaking"),
                tuple(rows),
            )
        ),
    ]
    shown: list[str] = []
    for actor, kind, one in sorted(breaking, key=lambda x: -x[2].prior * _temptation(x[2])):
        if actor.name not in shown:
            shown.append(actor.name)
            chart = patience_and_detection(case, plan, actor.name, kind or None)
            why = " No rule of the plan notices what it does." if unnoticed(one.calendar) else ""
            kept = {said == NOTHING for *_, said in chart.table.rows}
            # A picture of one colour says no more than its sentence.
            blocks += [Figure(chart)] if len(kept) > 1 else []
            blocks.append(Paragraph(in_words(case, chart, actor.name, kind or None) + why))
    return blocks


def _consent(material: Material) -> list[Block]:
    said = []
    for name, found in material.conduct.consent.items():
        who = material.actor(name)
        own = f"{found['keep']:.0f} points against {found['walk_away']:.0f} without an agreement"
        if "represented_by" not in found:
            if not found["accepts"]:
                does = "ratify" if "ratifies_later" in found else "sign for"
                said.append(f"{who} would {does} less than it has by walking away: {own}.")
            continue
        speaker, theirs = material.inside(found["represented_by"]), found["representative"]
        verdict = "both would agree" if found["accepts"] else "neither would agree"
        if found["accepts"] != theirs["accepts"]:
            verdict = "agrees for them to what they would refuse" if theirs["accepts"] else "refuses for them"
            verdict = f"{speaker} {verdict}"
        said.append(f"{who}, spoken for by {speaker}: {verdict}; by their own interests {own}.")
    return [Paragraph("**Who would agree to the kept plan.**"), Listing(tuple(said))] if said else []


def _exposed(material: Material) -> list[Block]:
    result = material.conduct
    if result.exposure is None:
        return []
    worst = [
        (e.worst[1], e.worst[0], a, len(e.balance)) for a, e in result.exposure.items() if a in material.main_actors
    ]
    if not worst:
        return []
    most, when, who, last = max(worst)
    if most <= 0:
        return [Paragraph("While everyone keeps the plan, nobody named here ever gives more than it receives.")]
    grows = ", and this goes on growing" if when == last else ""
    chart = exposure(material.case, result, material.main_actors) if material.detailed else None
    return [
        Paragraph(
            f"**Most exposed** while everyone keeps the plan is {material.inside(who)}: by {result.period} {when} it has given "
            f"{most / when:.0f} points a {result.period} more than it has received, on average{grows}."
        ),
        *([Figure(chart)] if chart is not None else []),
    ]


def _trust(material: Material) -> list[Block]:
    blocks: list[Block] = []
    try:
        chart = beliefs(material.case, material.believed)
    except Refusal:
        chart = None
    record = credibility(material.case, material.conduct.credibility)
    if chart is not None or record is not None:
        blocks.append(Paragraph("**Whom to believe.** " + _shows(material)))
    return [*blocks, *(Figure(c) for c in (chart, record) if c is not None)]


def _shows(material: Material) -> str:
    """Say whether the plan's signals tell the types of an actor apart."""
    said = []
    for one in material.believed:
        moved = [float(one.mean[i, -1, i] - one.priors[i]) for i in range(len(one.kinds))]
        who = material.actor(one.actor)
        if max(moved) < 0.05:
            said.append(f"nothing that the plan shows distinguishes the types of {inside(who)}")
        elif min(float(one.mean[i, -1, i]) for i in range(len(one.kinds))) > 0.9:
            first = next(
                t for t in range(one.mean.shape[1]) if min(one.mean[i, t, i] for i in range(len(one.kinds))) > 0.9
            )
            said.append(
                f"what {inside(who)} does shows within {first} {material.case.period}{'s' if first != 1 else ''} which type it is"
            )
        else:
            said.append(f"what {inside(who)} does shows only in part which type it is")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if text else "The record of promises:"


def _seat(material: Material, actor: str) -> str:
    seat = material.case.seats(material.plan)[actor]
    return f"spoken for by {material.inside(seat.represented_by)}" if seat.represented_by else str(seat.seat)


def _as(material: Material, actor: str, kind: str) -> str:
    if not kind:
        return ""
    prior = float(material.case.actors[actor].types[kind].prior)
    return f" ({type_title(material.case, actor, kind)}, {percent(prior)})"


def _verdict(material: Material) -> tuple[str, ...]:
    result = material.conduct
    data = result.to_dict()
    said = answer(material.case, material.name, data)
    restrained = unrestrained(material.case, data["actors"], result.verdict.trifling)
    return (f"**{said[0]}**", *said[1:], *restrained)
