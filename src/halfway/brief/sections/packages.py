"""What could be agreed at all: counts, frontier, solutions, and what exclusion costs."""

from __future__ import annotations

import numpy as np

from halfway.brief.contents import Block, Figure, Grid, Listing, Paragraph, Section
from halfway.brief.material import Material
from halfway.brief.numbers import whole
from halfway.charts.packages import Mark, PackageSpace, packages_chart
from halfway.result import Table
from halfway.seeds import generator
from halfway.settle.result import SettleResult
from halfway.space.arrays import IntArray, all_packages, holds

NAMES = {
    "nash": "Nash",
    "kalai_smorodinsky": "Kalai–Smorodinsky",
    "egalitarian": "Egalitarian",
    "utilitarian": "Utilitarian",
}
"""The solutions as the field calls them."""

MOST_LISTED = 150_000
SAMPLED = 40_000


def packages(material: Material) -> Section:
    """Return what the signatories could agree on, on one picture with the plans."""
    result = material.settled
    names = [material.actor(a) for a in result.signatories]
    blocks: list[Block] = [
        Paragraph(
            f"The issues can be combined in **{result.packages:,} packages** that the constraints allow. "
            f"**{result.acceptable} of them are acceptable** to every signatory ({', '.join(names)}): no red line of theirs is "
            f"crossed and each gets at least what it has without an agreement. The frontier has {result.frontier.size:,} "
            f"point{'s' if result.frontier.size != 1 else ''}"
            + ("." if result.frontier.exact else ", an approximation with a stated bound.")
        )
    ]
    if result.obstacles:
        blocks += [Paragraph("Nothing is acceptable to all. What stands in the way:"), Listing(result.obstacles)]
    figure = _picture(material, result)
    if figure is not None:
        blocks.append(figure)
    if result.solutions:
        blocks += [Paragraph("The bargaining solutions, and what they are worth to everyone, in utility points:"),
                   Grid(_solutions(material, result))]  # fmt: skip
        blocks.append(Grid(_contents(material, result), folded="The packages that the solutions choose"))
    exclusion = result.price_of_exclusion
    if exclusion is not None and exclusion.seated:
        blocks += _exclusion(material, result)
    return Section("packages", "What could be agreed", tuple(blocks))


def _solutions(material: Material, result: SettleResult) -> Table:
    actors = list(result.walk_away)
    rows = [
        (NAMES[name], *(f"{chosen.utilities[a]:.0f}" for a in actors), str(chosen.ties))
        for name, chosen in result.solutions.items()
    ]
    plan = (
        f"This plan: {material.outcome.title}",
        *(f"{material.outcome.actors[a].utility.centre:.0f}" for a in actors),
        "—",
    )
    walk = ("Walk-away", *(f"{result.walk_away[a]:.0f}" for a in actors), "—")
    columns = (
        "Solution",
        *(material.actor(a) + ("" if a in result.signatories else " (not signing)") for a in actors),
        "Ties",
    )
    return Table("solutions", columns, (*rows, plan, walk))


def _contents(material: Material, result: SettleResult) -> Table:
    rows = []
    for i, issue in enumerate(material.space.issues):
        planned = ", ".join(dict.fromkeys(material.issue(issue, p[issue]) for p, _ in material.outcome.packages))
        today = (
            "—"
            if material.space.status_quo is None
            else material.issue(issue, material.space.options[i][int(material.space.status_quo[i])])
        )
        chosen = (material.issue(issue, c.package[issue]) for c in result.solutions.values())
        rows.append((material.issue(issue), today, planned, *chosen))
    return Table("contents", ("Issue", "Today", "This plan", *(NAMES[n] for n in result.solutions)), tuple(rows))


def _exclusion(material: Material, result: SettleResult) -> list[Block]:
    exclusion = result.price_of_exclusion
    assert exclusion is not None  # asked by the caller
    seated = ", ".join(material.actor(a) for a in exclusion.seated)
    at_stake = f"{exclusion.acceptable} packages would be acceptable to all"
    said = f"**The price of exclusion.** Were {seated} at the table too, {at_stake}."
    if not exclusion.solutions:
        listed = Listing(exclusion.obstacles) if exclusion.obstacles else None
        text = Paragraph(f"{said} What stands in the way:" if listed else said)
        return [text, listed] if listed else [text]
    rows = []
    for actor in result.walk_away:
        cells = [
            whole(exclusion.price[name][actor], sign=True) if name in exclusion.price else "—"
            for name in ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian")
        ]
        rows.append((material.actor(actor), "no" if actor in result.signatories else "yes", *cells))
    table = Table("exclusion", ("Actor", "Excluded", *NAMES.values()), tuple(rows))
    return [
        Paragraph(
            f"{said} What each actor loses (+) or gains (−) by the exclusion under each solution, in utility points:"
        ),
        Grid(table),
    ]


def _picture(material: Material, result: SettleResult) -> Figure | None:
    pair = material.case.pair(material.plan)
    if pair is None:
        return None
    space = material.space
    rows = [space.actor(a) for a in pair]
    cloud, described = _cloud(material)
    marks = [
        Mark(p.title, "plan", p.actors[pair[0]].utility.centre, p.actors[pair[1]].utility.centre)
        for p in material.comparison.plans
    ]
    marks += [
        Mark(NAMES[name], "solution", chosen.utilities[pair[0]], chosen.utilities[pair[1]])
        for name, chosen in result.solutions.items()
    ]
    today = None
    if space.status_quo is not None:
        worth = space.values(space.status_quo)[:, 0]
        today = (float(worth[rows[0]]), float(worth[rows[1]]))
    frontier = np.array([[p.utilities[pair[0]], p.utilities[pair[1]]] for p in result.frontier.points]).reshape(-1, 2)
    shown = PackageSpace(
        sides=(material.actor(pair[0]), material.actor(pair[1])),
        cloud=space.values(cloud)[rows].T,
        cloud_is=described,
        frontier=frontier,
        frontier_is="the frontier of the signatories among acceptable packages" if len(frontier) else "none",
        status_quo=today,
        walk_away=(float(space.walk_away[rows[0]]), float(space.walk_away[rows[1]])),
        marks=marks,
    )
    return Figure(packages_chart(shown), packages_chart(shown, narrow=True), unfolded=True)


def _cloud(material: Material) -> tuple[IntArray, str]:
    """Return all packages that the constraints leave where they are few, else a seeded sample of them."""
    space = material.space
    if space.size <= MOST_LISTED:
        listed = all_packages(space.sizes)
        described = "all packages"
    else:
        rng = generator(material.seed, "brief", "packages")
        listed = np.column_stack([rng.integers(0, n, SAMPLED) for n in space.sizes]).astype(np.int64)
        described = f"a random sample of {SAMPLED:,} packages, less those that a constraint forbids"
    allowed = np.ones(len(listed), dtype=np.bool_)
    for mask in space.bounds.allowed:
        allowed &= holds(mask, listed)
    return listed[allowed], described
