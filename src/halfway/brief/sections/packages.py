"""What could be agreed at all: counts, frontier, solutions, and what exclusion costs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from halfway.brief.contents import Block, Figure, Grid, Listing, Paragraph, Section
from halfway.brief.material import Material
from halfway.brief.numbers import whole
from halfway.charts.packages import CELLS, Mark, PackageSpace, packages_chart
from halfway.explore.agreement_cells import cells_of, cells_of_points
from halfway.explore.agreements import Agreements
from halfway.result import Table
from halfway.seeds import generator
from halfway.settle.result import SettleResult
from halfway.space.arrays import IntArray, all_packages, holds
from halfway.words.agreements import obstacles, own_words

NAMES = {
    "nash": "Nash",
    "kalai_smorodinsky": "Kalai–Smorodinsky",
    "egalitarian": "Egalitarian",
    "utilitarian": "Utilitarian",
}
"""The solutions as the field calls them."""

MOST_LISTED = 150_000
SAMPLED = 40_000

MOST_SHOWN = 6
"""Of the best packages, at most this many are shown."""


def packages(material: Material) -> Section:
    """Return what the signatories could agree on, on one picture with the plans."""
    result = material.settled
    names = [material.inside(a) for a in result.signatories]
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
    found = material.agreements
    if found is not None:
        blocks += _holding(material, found)
    figure = _picture(material, result, found)
    if figure is not None:
        blocks.append(figure)
    if found is not None and found.best and material.detailed:
        blocks += _best(material, found)
    if result.solutions:
        blocks.append(Grid(_solutions(material, result), caption="What the bargaining solutions are worth, in points"))
        nash = result.solutions.get("nash")
        if nash is not None and not material.detailed:
            blocks.append(Paragraph(_nash(material, nash.package)))
        if material.detailed:
            blocks.append(Grid(_contents(material, result), folded="The packages that the solutions choose"))
    exclusion = result.price_of_exclusion
    if exclusion is not None and exclusion.seated:
        blocks += _exclusion(material, result)
    return Section("packages", "What could be agreed", tuple(blocks))


def _nash(material: Material, package: Mapping[str, str]) -> str:
    """Say what the Nash package changes against today."""
    today = material.case.status_quo or {}
    changed = [f"{material.issue(i)}: {material.issue(i, o)}" for i, o in package.items() if today.get(i) != o]
    return f"The Nash package changes today's state in this: {'; '.join(changed) or 'nothing'}."


def _solutions(material: Material, result: SettleResult) -> Table:
    actors = list(result.walk_away) if material.detailed else [a for a in material.main_actors if a in result.walk_away]
    rows = [
        (NAMES[name], *(f"{chosen.utilities[a]:.0f}" for a in actors), str(chosen.ties))
        for name, chosen in result.solutions.items()
    ]
    plan = (
        "This plan",
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
    seated = ", ".join(material.inside(a) for a in exclusion.seated)
    at_stake = f"{exclusion.acceptable} packages would be acceptable to all"
    said = f"**The price of exclusion.** Were {seated} at the table too, {at_stake}."
    if not exclusion.solutions or not material.detailed:
        listed = Listing(exclusion.obstacles) if exclusion.obstacles and not exclusion.solutions else None
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


def _holding(material: Material, found: Agreements) -> list[Block]:
    """Say how many acceptable packages could be made to hold, what stands in the way, and where the plan's own stands."""
    title = material.outcome.title
    if not found.acceptable:
        return []
    said = (
        f"To sign is one thing, to keep another: **{_number(found.can_be_held)} of the {_number(found.acceptable)} acceptable "
        f"packages could be made to hold** if any breach that shows ended the agreement for good; {_number(found.not_ruled_out)} "
        "are not ruled out under the hardest punishment there could be."
    )
    if not found.exact:
        said += f" The last two figures are estimates from a sample; their standard error is {found.error:,.0f}."
    blocks: list[Block] = [Paragraph(said), Paragraph(f"{own_words(found, f'“{title}”, in the long run,')}")]
    if not material.detailed:
        return blocks
    blocks += [Paragraph(sentence) for sentence in obstacles(material.case, found)]
    sets, own = found.sets, {True: "yes", False: "no"}
    whole_space = found.packages / max(int(sets.feasible.sum()), 1)
    rows = [
        ("Allowed by the constraints", _number(found.packages), "yes"),
        ("Acceptable to every signatory", _number(found.acceptable), own[found.plan_acceptable]),
        ("Not ruled out", _number(float(sets.not_ruled_out.sum()) * whole_space), own[found.plan_not_ruled_out]),
        ("Can be held", _number(float(sets.can_be_held.sum()) * whole_space), own[found.plan_can_be_held]),
        (
            "Acceptable and not ruled out",
            _number(found.not_ruled_out),
            own[found.plan_acceptable and found.plan_not_ruled_out],
        ),
        (
            "Acceptable and can be held",
            _number(found.can_be_held),
            own[found.plan_acceptable and found.plan_can_be_held],
        ),
    ]
    blocks.append(Grid(Table("agreements", ("Packages", "How many", f"{title}, in the long run"), tuple(rows))))
    return blocks


def _number(count: float) -> str:
    return "none" if not count else f"{count:,.0f}"


def _best(material: Material, found: Agreements) -> list[Block]:
    """List the best packages that are acceptable and could hold: what each is worth, and what it says."""
    held = "could be made to hold" if found.best_of == "can_be_held" else "are not ruled out"
    shown = found.best[:MOST_SHOWN]
    count = (
        f"All {found.frontier}" if 1 < found.frontier == len(shown)
        else "It" if found.frontier == 1 else f"The {len(shown)} that leave the worst-off signatory most"
    )  # fmt: skip
    said = (
        f"**{found.frontier:,} of the acceptable packages that {held} {'is' if found.frontier == 1 else 'are'} the best**: no "
        f"other of them is better for one signatory and no worse for the rest. {count} in utility points (packages of the same "
        "worth to all signatories are listed once):"
    )
    letters = [chr(ord("A") + k) for k in range(len(shown))]
    actors = list(shown[0]["utilities"])
    worth = [(letter, *(f"{p['utilities'][a]:.0f}" for a in actors)) for letter, p in zip(letters, shown, strict=True)]
    columns = (
        "Package",
        *(material.actor(a) + ("" if a in found.signatories else " (not signing)") for a in actors),
    )
    rows = [
        (
            material.issue(issue),
            material.issue(issue, found.plan_package[issue]),
            *(material.issue(issue, p["package"][issue]) for p in shown),
        )
        for issue in material.space.issues
    ]
    return [
        Paragraph(said),
        Grid(Table("best", columns, tuple(worth))),
        Grid(
            Table("best-contents", ("Issue", "This plan in the long run", *letters), tuple(rows)),
            folded="What the best packages say",
        ),
    ]


def _picture(material: Material, result: SettleResult, found: Agreements | None) -> Figure | None:
    pair = material.case.pair(material.plan)
    if pair is None:
        return None
    space = material.space
    rows = [space.actor(a) for a in pair]
    if found is None:
        cloud, described = _cloud(material)
        cells = cells_of_points(space.values(cloud)[rows].T, CELLS)
    else:
        cells = cells_of(space, found, (rows[0], rows[1]), CELLS)
        described = "all packages" if found.exact else "a random sample of packages"
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
    best = [] if found is None else [[p["utilities"][a] for a in pair] for p in found.best[:MOST_SHOWN]]
    shown = PackageSpace(
        sides=(material.actor(pair[0]), material.actor(pair[1])),
        cells=cells,
        cells_are=described,
        judged=found is not None,
        frontier=frontier,
        frontier_is="the frontier of the signatories among acceptable packages" if len(frontier) else "none",
        best=np.array(best).reshape(-1, 2),
        best_are=""
        if found is None or not best
        else "the best that are acceptable and "
        + ("can be held" if found.best_of == "can_be_held" else "are not ruled out")
        + (", as listed below" if len(best) == found.frontier else f", {len(best)} of {found.frontier:,}"),
        status_quo=today,
        walk_away=(float(space.walk_away[rows[0]]), float(space.walk_away[rows[1]])),
        marks=marks,
    )
    return Figure(packages_chart(shown), packages_chart(shown, narrow=True))


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
