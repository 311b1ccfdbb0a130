"""Whether the plan holds month after month: who would break it, when, why it pays, and what would change that."""

from __future__ import annotations

from halfway.brief.contents import Block, Figure, Grid, Listing, Paragraph, Section
from halfway.brief.material import Material
from halfway.brief.numbers import whole
from halfway.case.time import periods_between
from halfway.charts.beliefs import beliefs, credibility
from halfway.charts.conduct import exposure
from halfway.charts.region import in_words, patience_and_detection
from halfway.conduct.result import ActorConduct, TypeConduct
from halfway.conduct.thresholds import thresholds
from halfway.errors import Refusal
from halfway.result import Table
from halfway.words.calendars import narrated, type_title, unnoticed, who_is
from halfway.words.grades import answer, patience_in_words, unrestrained
from halfway.words.shares import percent

MOST_TOLD = 4
"""Turns of a calendar that are told; the command shows all."""

Breaking = list[tuple[ActorConduct, str, TypeConduct]]


def holding(material: Material) -> tuple[str, Section]:
    """Return a sentence for the first screen, and the section."""
    key, title = "holding", "Does it hold, month after month"
    try:
        result = material.conduct
    except Refusal as refusal:
        reason = "; ".join(f"{p.what}: {p.why}" for p in refusal.problems)
        return "", Section(key, title, (Paragraph(f"Not answered: {reason}."),))
    sides = material.case.pair(material.plan) or ()
    everyone = [(a, kind, t) for a in result.actors.values() for kind, t in a.types.items()]
    everyone.sort(key=lambda x: (x[0].name not in sides, -_temptation(x[2])))
    breaking = [x for x in everyone if _temptation(x[2]) > result.verdict.trifling]
    blocks: list[Block] = [*(Paragraph(x) for x in _verdict(material)), *_values(material, everyone)]
    blocks += [b for one in breaking for b in _calendar(material, *one)]
    blocks += _thresholds(material, [x for x in breaking if x[0].name in sides])
    blocks += [*_consent(material), *_exposed(material), *_trust(material)]
    return _headline(material), Section(key, title, tuple(blocks))


def _temptation(one: TypeConduct) -> float:
    return 0.0 if one.judged is None else one.judged.temptation.points


def _values(material: Material, everyone: Breaking) -> list[Block]:
    rows = [
        (
            material.actor(a.name) + _as(material, a.name, kind),
            _seat(material, a.name),
            f"{t.keep:.1f}",
            *_tempted(material, t),
            f"{t.exploitability:.1f}" if t.exploitability > 0 else "nothing",
        )
        for a, kind, t in everyone
    ]
    columns = ("Actor", "Seat", "The letter is worth", "Temptation", "Of its stake", "From", "Gain over the letter")
    return [
        Paragraph(
            "Each actor against the others following the letter of the plan, in discounted utility points; exact, by policy "
            "iteration on the plan compiled to its automaton. Temptation: its best course less its best way of keeping, where "
            "that is most; of its stake: in percent of what the plan's issues can bring it at best less at worst."
        ),
        Grid(Table("conduct", columns, tuple(rows))),
    ]


def _tempted(material: Material, one: TypeConduct) -> tuple[str, str, str]:
    """Return an actor's temptation, its share of the stake, and from when; dashes for those who cannot break the plan."""
    if one.judged is None:
        return "—", "—", "—"
    found, share = one.judged.temptation, one.judged.percent
    if found.period is None:
        return "none", "—", "—"
    size = f"{found.points:.1f}" if found.points >= 0.05 else "under 0.1"
    return size, "—" if share is None else f"{share:.0f}%", f"{material.conduct.period} {found.period}"


def _calendar(material: Material, actor: ActorConduct, kind: str, one: TypeConduct) -> list[Block]:
    told = narrated(material.case, material.name, actor.name, one.calendar)
    pays = sorted(((v, k) for k, v in one.pays.items() if v < -0.5), key=lambda x: x[0])[:3]
    cost = "; ".join(f"{material.actor(k)} {whole(v, sign=True)}" for v, k in pays)
    who = f"**{material.actor(actor.name)}{_as(material, actor.name, kind)}**"
    lead = f"{who} would gain {one.exploitability:.1f} points over the letter of the plan"
    more = len(told) - MOST_TOLD
    turns = (f"{more} more turn{'s' if more != 1 else ''} follow{'' if more != 1 else 's'}.",) if more > 0 else ()
    return [
        Paragraph(f"{lead}{f', paid for by: {cost} points' if cost else ''}."),
        Listing((*told[:MOST_TOLD], *turns)),
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
            blocks += [Figure(chart), Paragraph(in_words(case, chart, actor.name, kind or None) + why)]
    return blocks


def _consent(material: Material) -> list[Block]:
    said = []
    for name, found in material.conduct.consent.items():
        who, own = (
            material.actor(name),
            f"{found['keep']:.0f} points against {found['walk_away']:.0f} without an agreement",
        )
        if "represented_by" not in found:
            if not found["accepts"]:
                does = "ratify" if "ratifies_later" in found else "sign for"
                said.append(f"{who} would {does} less than it has by walking away: {own}.")
            continue
        speaker, theirs = material.actor(found["represented_by"]), found["representative"]
        verdicts = "both would agree" if found["accepts"] and theirs["accepts"] else "neither would agree"
        if found["accepts"] != theirs["accepts"]:
            verdicts = (
                f"{speaker} agrees for them to what they would refuse"
                if theirs["accepts"]
                else f"{speaker} refuses for them"
            )
        said.append(f"{who}, spoken for by {speaker}: {verdicts}; by their own interests {own}.")
    if not said:
        return []
    return [Paragraph("**Who would consent to the kept plan.**"), Listing(tuple(said))]


def _exposed(material: Material) -> list[Block]:
    result = material.conduct
    chart = exposure(material.case, result, material.main_actors)
    if chart is None or result.exposure is None:
        return []
    worst = [
        (e.worst[1], e.worst[0], a, len(e.balance)) for a, e in result.exposure.items() if a in material.main_actors
    ]
    most, when, who, last = max(worst)
    if most <= 0:
        return [Paragraph("While everyone keeps the plan, nobody named here ever gives more than it receives.")]
    grows = ", and it goes on growing" if when == last else ""
    return [
        Paragraph(
            f"**{material.actor(who)}** is exposed most while everyone keeps: by {result.period} {when} it has given {most:,.0f} "
            f"point-{result.period}s more than it has received{grows}."
        ),
        Figure(chart),
    ]


def _trust(material: Material) -> list[Block]:
    blocks: list[Block] = []
    try:
        chart = beliefs(material.case, material.believed)
    except Refusal:
        chart = None
    record = credibility(material.case, material.conduct.credibility)
    if chart is not None or record is not None:
        blocks.append(Paragraph("**Whom to believe.** " + _tells(material)))
    return [*blocks, *(Figure(c) for c in (chart, record) if c is not None)]


def _tells(material: Material) -> str:
    """Say whether the plan's signals tell the types of an actor apart."""
    said = []
    for one in material.believed:
        moved = [float(one.mean[i, -1, i] - one.priors[i]) for i in range(len(one.kinds))]
        who = material.actor(one.actor)
        if max(moved) < 0.05:
            said.append(f"nothing that the plan shows tells which {who} it deals with")
        elif min(float(one.mean[i, -1, i]) for i in range(len(one.kinds))) > 0.9:
            first = next(
                t for t in range(one.mean.shape[1]) if min(one.mean[i, t, i] for i in range(len(one.kinds))) > 0.9
            )
            said.append(
                f"what {who} does shows within {first} {material.case.period}{'s' if first != 1 else ''} which it is"
            )
        else:
            said.append(f"what {who} does shows only in part which it is")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if text else "The record of promises:"


def _seat(material: Material, actor: str) -> str:
    seat = material.case.seats(material.plan)[actor]
    return f"spoken for by {material.actor(seat.represented_by)}" if seat.represented_by else str(seat.seat)


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
    strict = {
        None: "Whether a single departure pays in some state could not be decided.",
        True: "No single departure from its letter pays in any state that conduct can reach.",
        False: "In some state that conduct can reach, a single departure from its letter pays somebody.",
    }[result.enforcement.holds]
    return (f"**{said[0]}**", *said[1:], *restrained, strict)


def _headline(material: Material) -> str:
    result = material.conduct
    return f"**{answer(material.case, material.name, result.to_dict())[0]}**"
