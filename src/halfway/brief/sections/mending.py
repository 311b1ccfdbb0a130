"""What would make the plan hold: the declared changes that do, or the nearest and what is still missing."""

from __future__ import annotations

from halfway.brief.contents import Block, Grid, Paragraph, Section
from halfway.brief.material import Material
from halfway.conduct.repair.run import RepairResult, repair
from halfway.conduct.repair.shortfall import Missing
from halfway.errors import Refusal
from halfway.result import Table
from halfway.words.repairs import act, enough, points, rules_lacking, who

SETS = 32
"""Sets of declared changes that are tried for the page; the command tries all."""

ROOM = 2_000
"""Sets are weighed against one another while the situations of all actors' conduct together are at most this many."""


def mending(material: Material) -> tuple[Section, ...]:
    """Return the section; none where the plan holds by itself already, or its conduct is not computed."""
    key, title = "mending", "What would make it hold"
    try:
        if material.conduct.verdict.by_itself:
            return ()
        states = sum(material.conduct.automaton["states_by_actor"].values())
        result = repair(
            material.compiled, material.name, most=SETS, weighed=max(1, min(SETS, ROOM // max(states, 1))), text=False
        )
    except Refusal as refusal:
        reason = "; ".join(f"{p.what}: {p.why}" for p in refusal.problems)
        return (Section(key, title, (Paragraph(f"Not answered: {reason}."),)),)
    blocks = [*_found(material, result)] if result.found is not None else [*_lacking(material, result)]
    blocks.append(Paragraph("Exact over the changes that the plan declares; others were not tried."))
    return (Section(key, title, tuple(blocks)),)


def _reach(result: RepairResult) -> str:
    if result.sets == 1:
        return "The plan declares no changes that could be tried."
    which = (
        f"any of the {result.sets:,} sets"
        if result.exhaustive
        else f"any of the {len(result.tried):,} cheapest of {result.sets:,} sets"
    )
    return f"The plan is not self-enforcing under {which} of the changes that it declares."


def _found(material: Material, result: RepairResult) -> list[Block]:
    assert result.found is not None
    names = "; ".join(result.found.changes)
    cheaper = len(result.tried) - 1
    said = (
        f"the cheapest set that is enough: all {cheaper:,} cheaper ones leave some departure that pays"
        if cheaper
        else ""
    )
    if result.undecided:
        said += f"; {result.undecided:,} of them were not decided"
    return [
        Paragraph(f"**With these changes it holds**, at a cost of {result.found.cost:g}: {names}. It is {said}."),
        _edits(result),
    ]


def _edits(result: RepairResult) -> Grid:
    rows = tuple((e.name, f"{e.cost:g}", e.place, e.before or "nothing", e.after) for e in result.edits)
    return Grid(
        Table("edits", ("Change", "Cost", "Place in the plan", "Before", "After"), rows), numeric=frozenset({1})
    )


def _lacking(material: Material, result: RepairResult) -> list[Block]:
    case, near = material.case, result.nearest
    blocks: list[Block] = [Paragraph(f"**{_reach(result)}**")]
    if near.changes:
        gains = "; ".join(f"{material.actor(a)} {x:.1f}" for a, x in near.exploitability.items())
        blocks += [
            Paragraph(
                f"Of the {result.weighed:,} cheapest sets, breaking pays all actors together least with "
                f"{'; '.join(near.changes)} (cost {near.cost:g}): {gains or 'nothing'} points from the start."
            ),
            _edits(result),
        ]
    if not result.missing:
        return blocks
    with_them = "With these changes" if near.changes else "As the plan stands"
    if material.detailed:
        rows = tuple(_row(material, one) for one in result.missing)
        columns = ("Actor", "Tempted most", "Breaking pays", "Comes about")
        blocks += [
            Paragraph(
                f"{with_them}, these would still gain by departing for one period in some state they can bring about:"
            ),
            Grid(Table("tempted", columns, rows), numeric=frozenset({2})),
        ]
        lines = [
            (who(case, one.actor, one.kind), line[:1].upper() + line[1:])
            for one in result.missing
            for line in (*enough(case, material.name, one), *rules_lacking(case, material.name, one.answers))
        ]
        blocks.append(Grid(Table("lacking", ("Actor", "What would be enough, and what would not"), tuple(lines)),
                           folded="What would leave each nothing to gain, and what would not"))  # fmt: skip
    else:
        left = "; ".join(who(case, x.actor, x.kind) for x in result.missing)
        blocks.append(Paragraph(f"{with_them}, a departure would still pay: {left}."))
    paid = _paid(material, result)
    return [*blocks, Paragraph(paid)] if paid else blocks


def _row(material: Material, one: Missing) -> tuple[str, str, str, str]:
    worst = one.temptations[0]
    phase = material.case.title_of("plans", material.name, worst.phase)
    comes = "while all keep" if worst.phase in one.on_path else "after a breach only"
    return who(material.case, one.actor, one.kind), f"{phase}: {act(material.case, worst)}", points(worst.gain), comes


def _paid(material: Material, result: RepairResult) -> str:
    paid = result.compensation
    if paid is None:
        return ""
    if not paid.transfers:
        names = ", ".join(material.actor(a) for a in paid.blocked_by)
        return f"**No transfers would make it hold for all**: {paid.reason}{f' ({names})' if names else ''}."
    lines = "; ".join(
        f"{material.actor(t['from'])} to {material.actor(t['to'])} {t['amount']:.2f} points a {material.case.period} in "
        f"'{material.case.title_of('plans', material.name, t['phases'][0])}'"
        for t in paid.transfers
    )
    return f"**These transfers would make it hold for all**, by the same verdict: {lines}."
