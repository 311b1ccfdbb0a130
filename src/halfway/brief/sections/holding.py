"""Whether the plan holds month after month: who would break it, when, and why it pays."""

from __future__ import annotations

from halfway.brief.contents import Block, Grid, Listing, Paragraph, Section
from halfway.brief.material import Material
from halfway.brief.numbers import whole
from halfway.case.case import spoken
from halfway.conduct.result import ActorConduct, TypeConduct
from halfway.errors import Refusal
from halfway.result import Table

MOST_TOLD = 3
"""Stretches of a calendar that are told; the command shows all."""


def holding(material: Material) -> tuple[str, Section]:
    """Return a sentence for the first screen, and the section."""
    key, title = "holding", "Does it hold, month after month"
    try:
        result = material.conduct
    except Refusal as refusal:
        reason = "; ".join(f"{p.what}: {p.why}" for p in refusal.problems)
        return "", Section(key, title, (Paragraph(f"Not answered: {reason}."),))
    breaking = [(a, kind, t) for a in result.actors.values() for kind, t in a.types.items() if t.exploitability > 0]
    blocks: list[Block] = [Paragraph(_verdict(material, breaking))]
    rows = [
        (
            material.actor(a.name) + _as(material, a.name, kind),
            _seat(material, a.name),
            f"{t.keep:.1f}",
            f"{t.best_response:.1f}",
            f"{t.exploitability:.1f}" if t.exploitability > 0 else "nothing",
            "—" if t.first_breach is None else f"{result.period} {t.first_breach}",
        )
        for a in result.actors.values()
        for kind, t in a.types.items()
    ]
    columns = ("Actor", "Seat", "Keeping is worth", "Best response is worth", "Breaking pays", "First breach")
    blocks += [
        Paragraph(
            "Each actor against the others keeping the plan, in discounted utility points from the start; exact, by policy "
            "iteration on the plan compiled to its automaton."
        ),
        Grid(Table("conduct", columns, tuple(rows))),
    ]
    for actor, kind, answer in breaking:
        told = [str(entry["words"]) for entry in answer.calendar[:MOST_TOLD]]
        pays = sorted(((v, k) for k, v in answer.pays.items() if v < -0.5), key=lambda x: x[0])[:3]
        cost = "; ".join(f"{material.actor(k)} {whole(v, sign=True)}" for v, k in pays)
        lead = f"**{material.actor(actor.name)}{_as(material, actor.name, kind)}** would gain {answer.exploitability:.1f} points"
        blocks += [Paragraph(f"{lead}{f', paid for by: {cost} points' if cost else ''}."), Listing(tuple(told))]
    command = f"halfway conduct {material.case.name} --plan {material.name}"
    blocks.append(
        Paragraph(
            f"Thresholds of patience, penalty and detection, played futures and the packages that could be held: {command}; "
            f"the least change that would make the plan hold: halfway repair {material.case.name} --plan {material.name}. "
            "No data set exists against which compliance with such plans could be scored."
        )
    )
    return _headline(material, breaking), Section(key, title, tuple(blocks))


def _seat(material: Material, actor: str) -> str:
    seat = material.case.seats(material.plan)[actor]
    return f"spoken for by {material.actor(seat.represented_by)}" if seat.represented_by else str(seat.seat)


def _as(material: Material, actor: str, kind: str) -> str:
    if not kind:
        return ""
    details = material.case.actors[actor].types[kind]
    return f" ({details.title or spoken(kind)}, {float(details.prior):.0%})"


def _verdict(material: Material, breaking: list[tuple[ActorConduct, str, TypeConduct]]) -> str:
    found = material.conduct.enforcement
    if not breaking:
        said = (
            "**The plan is incentive-compatible**: from the start no one gains by breaking it while the others keep it."
        )
    else:
        names = list(dict.fromkeys(material.actor(a.name) for a, _, _ in breaking))
        said = f"**The plan is not incentive-compatible**: breaking it pays {', '.join(names)}."
    if found.holds is None:
        return f"{said} Whether it is self-enforcing in every state could not be decided."
    return said + (
        " It is self-enforcing: no single deviation pays in any state that conduct can reach."
        if found.holds
        else " It is not self-enforcing: in some state that conduct can reach, a single deviation pays."
    )


def _headline(material: Material, breaking: list[tuple[ActorConduct, str, TypeConduct]]) -> str:
    if not breaking:
        return "**No one would gain by breaking the plan** while the others keep it."
    sides = material.case.pair(material.plan) or ()
    first = sorted(breaking, key=lambda x: (x[0].name not in sides, x[2].first_breach or 10**6, -x[2].exploitability))
    told = []
    for actor, kind, answer in first[:3]:
        when = "" if answer.first_breach is None else f" from {material.conduct.period} {answer.first_breach}"
        told.append(
            f"{material.actor(actor.name)}{_as(material, actor.name, kind)}{when}, +{answer.exploitability:.0f} points"
        )
    more = len(breaking) - len(told)
    return f"**It would not be kept.** Breaking it pays: {'; '.join(told)}" + (
        f"; and {more} more." if more > 0 else "."
    )
