"""How long the plans go unbroken, and what the plan brings whom when everyone does what pays."""

from __future__ import annotations

from collections.abc import Sequence

from halfway.brief.contents import Block, Figure, Grid, Paragraph, Section
from halfway.brief.material import Material
from halfway.brief.numbers import signed_points
from halfway.charts.conduct import breakers, fans
from halfway.charts.conduct import survival as survival_chart
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.play.run import Played
from halfway.conduct.play.survival import Survival, survival
from halfway.errors import Refusal
from halfway.result import Table
from halfway.words.conditions import listed
from halfway.words.shares import percent


def futures(material: Material) -> Section:
    """Return how long the plans go unbroken; for analysts also the plan played out: welfare, resets, losses."""
    case = material.case
    found = [s for p in case.plans if (s := _survival(material, p)) is not None]
    blocks: list[Block] = []
    left_out = [p for p in case.plans if p not in {s.plan for s in found}]
    if any(s.plan == material.name for s in found):
        blocks += [Paragraph(_lasting(material, found)), Grid(_unbroken(material, found), caption=_meant(material))]
        if material.detailed:
            wide, narrow = (survival_chart(case, found, material.name, narrow=n) for n in (False, True))
            blocks.append(Figure(wide, narrow, unfolded=True))
    if left_out:
        titles = listed([f"'{case.title_of('plans', p)}'" for p in left_out])
        blocks.append(Paragraph(f"Left out, because their conduct is too large to compile: {titles}."))
    return Section("futures", "How long it would last", (*blocks, *(_play(material) if material.detailed else ())))


def _survival(material: Material, plan: str) -> Survival | None:
    """Return how long a plan goes unbroken; None where its conduct is too large to compile."""
    try:
        return survival(study(material.compiled, plan))
    except Refusal:
        return None


def _unbroken(material: Material, found: Sequence[Survival]) -> Table:
    period = material.case.period
    last = len(found[0].kept) - 1
    early = min(12, last)
    rows = [
        (
            material.case.title_of("plans", s.plan),
            f"{period} {s.median}" if s.median else "not within the horizon",
            percent(float(s.kept[early])),
            percent(float(s.kept[-1])),
        )
        for s in found
    ]
    columns = (
        "Plan",
        "Broken in half of futures by",
        f"Unbroken after {early} {period}s",
        f"Unbroken after {last} {period}s",
    )
    return Table("unbroken", columns, tuple(rows))


def _play(material: Material) -> list[Block]:
    try:
        played = material.played
    except Refusal as refusal:
        return [
            Paragraph(f"The plan could not be played: {'; '.join(f'{p.what}: {p.why}' for p in refusal.problems)}.")
        ]
    chart, narrow = (fans(material.compiled, played, material.main_actors, narrow=n) for n in (False, True))
    return [
        Paragraph(_played(material, played)),
        Figure(chart, narrow),
        *_losses(material, played),
        *_resets(material, played),
    ]


def _meant(material: Material) -> str:
    asks_nothing = [
        f"'{material.case.title_of('plans', name)}'"
        for name, plan in material.case.plans.items()
        if material.case.status_quo
        and all(
            material.case.status_quo.get(i) == o for phase in plan.phases.values() for i, o in phase.package.items()
        )
    ]
    text = (
        "A breach is any departure by any actor from what the plan lays down for it, seen or not, every actor doing what pays "
        "its type."
    )
    if asks_nothing:
        text += (
            f" {listed(asks_nothing)} lay{'s' if len(asks_nothing) == 1 else ''} down nothing but today's state: it counts as "
            "broken when someone acts."
        )
    return text


def _lasting(material: Material, found: Sequence[Survival]) -> str:
    case = material.case
    ours = next(s for s in found if s.plan == material.name)
    period = case.period
    title = case.title_of("plans", ours.plan)
    if ours.median is None:
        text = f"{title} is unbroken after {len(ours.kept) - 1} {period}s in {percent(ours.kept[-1])} of futures."
    else:
        year = ours.after(min(12, len(ours.kept) - 1))
        text = (
            f"{title} is broken by {period} {ours.median} in at least half of the futures, and unbroken after "
            f"{min(12, len(ours.kept) - 1)} {period}s in {percent(year or 0.0)}. "
            f"Among the first to break it: {breakers(case, ours)}."
        )
    spans = [(float(s.kept[1:].sum()), s) for s in found]
    most, longest = max(spans, key=lambda x: x[0])
    if len(found) > 1:
        named = "this plan" if longest is ours else f"'{case.title_of('plans', longest.plan)}'"
        text += f" Longest unbroken is {named}: {most:.1f} of {len(ours.kept) - 1} {period}s on average before the first breach."
    return text


def _played(material: Material, played: Played) -> str:
    drawn = (
        "every uncertain number at its centre"
        if played.draws == 1
        else f"{played.draws} draws of the uncertain numbers, which is few: the bands show types and signals more than them"
    )
    text = (
        f"What comes after a breach was played out: {played.runs:,} futures over {played.periods} {material.case.period}s, every "
        f"actor doing what pays its type ({drawn})."
    )
    withdrew = played.withdrew
    gone = {a: float(h.sum()) / played.runs for a, h in withdrew.items()}
    names = listed([f"{material.inside(a)} in {percent(x)}" for a, x in gone.items() if x > 5e-4] or [""])
    return text + (f" Bodies at home take out of the plan: {names} of the futures." if names else "")


def _losses(material: Material, played: Played) -> list[Block]:
    if not played.losses:
        return []
    errors = played.losses_errors
    rows = [
        (
            material.actor(a),
            signed_points(x) + (f" ± {errors[a]:.1f}" if a in errors else ""),
            f"{played.averages[played.actors.index(a)]:.1f} ± {played.errors[played.actors.index(a)]:.1f}",
        )
        for a, x in sorted(played.losses.items(), key=lambda item: item[1])
    ]
    period = material.case.period
    return [
        Paragraph(
            f"**Who is not in the room.** What these futures bring them against today, in points a {period} over the whole time, "
            "and the discounted average; ± one standard error."
        ),
        Grid(Table("losses", ("Actor", f"Against today, points a {period}", "Discounted average"), tuple(rows))),
    ]


def _resets(material: Material, played: Played) -> list[Block]:
    if not any(phase.resets is not None for phase in material.plan.phases.values()):
        return []
    used = [k for k, share in enumerate(played.resets) if share > 0]
    if used == [0]:
        return [
            Paragraph("The plan offers to start again after a breach; in none of these futures does it come to that.")
        ]
    sides = material.case.pair(material.plan) or material.main_actors[:2]
    least = used[0]
    rows = []
    for k in used[:8]:
        costs = []
        for a in sides:
            n = played.actors.index(a)
            points = played.by_resets[k, n]
            costs.append(
                f"{points:.1f}" + (f" ({signed_points(points - played.by_resets[least, n])})" if k != least else "")
            )
        rows.append((str(k), f"{percent(played.resets[k])}", *costs))
    return [
        Paragraph(
            f"**Pressing reset.** How often the plan was started again, and what the sides then had on average (against {least} "
            f"reset{'s' if least != 1 else ''})."
        ),
        Grid(Table("resets", ("Resets", "Share of futures", *(material.actor(a) for a in sides)), tuple(rows))),
    ]
