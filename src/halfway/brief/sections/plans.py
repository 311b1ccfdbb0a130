"""The plans of the case compared."""

from __future__ import annotations

from halfway.brief.contents import Block, Figure, Grid, Listing, Paragraph, Section
from halfway.brief.material import Material
from halfway.brief.numbers import plain, signed
from halfway.case.case import spoken
from halfway.charts.plans import plans_chart
from halfway.explore.comparison import SideOutcome
from halfway.result import Table
from halfway.words.shares import percent

MOST = 5
"""Actors in the picture."""


def plans(material: Material) -> Section:
    """Return what each plan brings each actor, how far the sides move under each, and what cannot be undone."""
    result = material.comparison
    lasting = [
        f"{plan.title}: "
        + (
            "; ".join(f"{material.issue(n.issue)}: {material.issue(n.issue, n.option)}" for n in plan.irreversible)
            or "nothing"
        )
        for plan in result.plans
    ]
    actors = material.main_actors[:MOST]
    blocks: list[Block] = [
        Paragraph(
            f"Long-run points when everyone keeps the plan, on each actor's own scale from 0 to 100. Intervals hold 90 percent "
            f"of {material.draws:,} draws of the uncertain numbers; every plan sees the same draws."
        ),
        Figure(plans_chart(result, actors), plans_chart(result, actors, narrow=True)),
    ]
    rows = tuple(
        (plan.title, *(cell for side in plan.sides for cell in (plain(side.level), _movement(side))))
        for plan in result.plans
        if plan.sides
    )
    pair = material.case.pair(material.plan)
    if pair is not None and len({len(r) for r in rows}) == 1:
        names = [material.actor(a) for a in pair]
        columns = ("Plan", *(c for n in names for c in (f"{n}: level, percent", f"{n}: moved from today")))
        same = [p for p in result.plans if p.sides and (p.sides[0].mover, p.sides[1].mover) == pair]
        if len(same) == len(rows):
            blocks.append(Grid(Table("sides", columns, rows), caption="How far the two sides go under each plan"))
    blocks += [Paragraph("What cannot be taken back:"), Listing(tuple(lasting))]
    by_type = [
        (
            plan.title,
            material.actor(a),
            material.case.actors[a].types[k].title or spoken(k),
            f"{percent(float(material.case.actors[a].types[k].prior))}",
            f"{v:.0f}",
        )
        for plan in result.plans
        for a, o in plan.actors.items()
        for k, v in o.by_type.items()
    ]
    if by_type and material.detailed:
        types = Table("types", ("Plan", "Actor", "If it is", "Prior", "Points"), tuple(by_type))
        blocks.append(Grid(types, folded="What the plans are worth to each type of an actor"))
    return Section("plans", "The plans compared", tuple(blocks))


def _movement(side: SideOutcome) -> str:
    today = side.status_quo_level
    return "—" if today is None or side.movement is None or not 0 <= today <= 100 else signed(side.movement)
