"""Who is in the room, who is not, and what each of them has to do with it."""

from __future__ import annotations

from halfway.brief.contents import Grid, Paragraph, Section
from halfway.brief.material import Material
from halfway.brief.numbers import signed
from halfway.result import Table


def room(material: Material) -> Section:
    """Return the table of seats, offices, what each sets and owns, and what each gets."""
    case, plan = material.case, material.plan
    seats = case.seats(plan)
    offices: dict[str, list[str]] = {}
    for role, holders in plan.roles.held().items():
        for holder in holders:
            offices.setdefault(_group(material, holder), []).append(role)
    rows = []
    for actor, seat in seats.items():
        if seat.represented_by:
            said = f"spoken for by {material.inside(seat.represented_by)}"
            said += f" (mandate {seat.mandate})" if seat.mandate and seat.mandate != "given" else ""
        else:
            said = str(seat.seat)
        gain = material.outcome.actors[actor].over_status_quo
        rows.append(
            (
                material.actor(actor),
                said,
                ", ".join(offices.get(actor, [])) or "—",
                ", ".join(material.issue(k) for k, i in case.issues.items() if actor in i.set_by) or "—",
                ", ".join(material.issue(k) for k, i in case.issues.items() if actor in _groups(material, i.owner))
                or "—",
                signed(gain),
            )
        )
    order = {"party": 0, "observer": 2, "absent": 3}
    rows.sort(key=lambda r: order.get(r[1], 1))
    inside = sum(s.seat == "party" for s in seats.values())
    table = Table("room", ("Actor", "Seat", "Office", "Implements", "Owns", "Gain over today, points"), tuple(rows))
    text = (
        f"{inside} of {len(seats)} actors sign. Seats move consent, not control: whoever implements an issue goes on doing so, "
        "seated or not."
    )
    return Section("room", "Who is in the room", (Paragraph(text), Grid(table)))


def _group(material: Material, name: str) -> str:
    for group, actor in material.case.actors.items():
        if name in actor.members:
            return group
    return name


def _groups(material: Material, names: tuple[str, ...]) -> set[str]:
    return {_group(material, n) for n in names}
