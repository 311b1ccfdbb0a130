"""The plans of the case compared."""

from __future__ import annotations

from halfway.brief.contents import Block, Figure, Grid, Listing, Paragraph, Section, Swatches
from halfway.brief.material import Material
from halfway.brief.numbers import plain, signed, whole
from halfway.case.case import spoken
from halfway.charts.chart import colours
from halfway.charts.plans import plans_chart
from halfway.result import Table
from halfway.words.shares import percent


def plans(material: Material) -> Section:
    """Return what each plan brings each actor, how far the sides move under each, and what cannot be undone."""
    result = material.comparison
    rows = [
        (
            plan.title,
            material.actor(side.mover),
            material.actor(side.towards),
            plain(side.level),
            signed(side.movement),
            "—"
            if side.leaving_one_out is None
            else f"{whole(side.leaving_one_out[0])} to {whole(side.leaving_one_out[1])}",
            "—" if side.joint_gain_share is None else f"{percent(side.joint_gain_share)}",
        )
        for plan in result.plans
        for side in plan.sides
    ]
    table = Table(
        "sides",
        (
            "Plan",
            "Side",
            "Towards",
            "Level (percent)",
            "Movement (points)",
            "Level, leaving one option out",
            "Share of joint gain",
        ),
        tuple(rows),
    )
    lasting = [
        f"{plan.title}: "
        + (
            "; ".join(f"{material.issue(n.issue)}: {material.issue(n.issue, n.option)}" for n in plan.irreversible)
            or "nothing that cannot be taken back"
        )
        for plan in result.plans
    ]
    names = {material.actor(a): c for a, c in colours(material.case).items()}
    blocks: list[Block] = [
        Paragraph(
            f"Long-run utility when everyone keeps the plan, on each actor's own scale from 0 to 100. Intervals hold 90 percent "
            f"of {material.draws:,} draws of the uncertain numbers; every plan sees the same draws."
        ),
        Swatches(names),
        Figure(plans_chart(result), plans_chart(result, narrow=True)),
        Paragraph("How far each side moves under each plan:"),
        Grid(table),
        Paragraph("What cannot be taken back:"),
        Listing(tuple(lasting)),
    ]
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
    if by_type:
        types = Table("types", ("Plan", "Actor", "If it is", "Prior", "Utility"), tuple(by_type))
        blocks += [Paragraph("What the plans are worth to an actor that may be of several types:"), Grid(types)]
    return Section("plans", "The plans compared", tuple(blocks))
