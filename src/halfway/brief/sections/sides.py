"""How far each side moves, and whether the plan serves those it names, with the intervals and the picture."""

from __future__ import annotations

from collections.abc import Sequence

from halfway.brief.contents import Block, Figure, Paragraph, Section
from halfway.brief.material import Material
from halfway.brief.numbers import signed, spread, within
from halfway.case.conditions import All, Condition
from halfway.case.truth import holds
from halfway.charts.movement import movement_chart
from halfway.explore.comparison import SideOutcome
from halfway.words.conditions import say
from halfway.words.shares import percent

STRAYED = 0.1
"""From this share of the long run on, it is said that a plan's rules lead elsewhere than its clock."""


def sides(material: Material, faults: Sequence[str]) -> Section:
    """Return the section on the two sides: sentences with their intervals, and the picture.

    Parameters
    ----------
    material : Material
    faults : sequence of str
        What is to be said of conduct and of the audit.
    """
    blocks: list[Block] = [
        Paragraph(_served(material), "lead"),
        *(Paragraph(_side(material, side), "lead") for side in material.outcome.sides),
    ]
    said = (_set_off(material), _joint_gain(material), _what_must_hold(material))
    blocks.extend(Paragraph(text) for text in said if text)
    wide = movement_chart(material.comparison, material.name)
    if wide is not None:
        blocks.append(Figure(wide, movement_chart(material.comparison, material.name, narrow=True)))
    blocks.extend(Paragraph(text) for text in faults)
    return Section("sides", "How far each side goes, and whom the plan serves", tuple(blocks))


def _served(material: Material) -> str:
    aims = material.plan.aims
    if not aims:
        return "**The plan names no one whom it is meant to serve.**"
    parts = []
    for aim in aims:
        for name in aim.for_:
            if name not in material.outcome.actors:
                continue
            gain = material.outcome.actors[name].over_status_quo
            better = material.outcome.actors[name].better_than_status_quo
            if gain is None or better is None:
                continue
            direction = "above" if gain.centre >= 0 else "below"
            parts.append(
                (
                    gain.centre > 1e-9,
                    f"it is meant to serve {material.actor(name)}, which would end **{abs(gain.centre):.0f} points "
                    f"{direction} today** on a scale of 100 ({within(gain, sign=True)}), and better off than "
                    f"today in {percent(better)} of the draws",
                )
            )
        if aim.must is not None:
            met = [share > 0.999 for _, share in _musts(material, aim.must)]
            if len(met) == 1:
                told = f"what must hold for them in the long run **would{'' if met[0] else ' not'}**"
            else:
                count = "none" if not any(met) else "all" if all(met) else f"only {sum(met)}"
                told = f"of the {len(met)} things that must hold for them in the long run, **{count} would**"
            parts.append((all(met), told))
    if not parts:
        return "**Whether the plan serves those it names cannot be said**: what they want is not part of the case."
    verdict = (
        "If everyone keeps it, the plan serves those it names"
        if all(ok for ok, _ in parts)
        else "Even if everyone keeps it, the plan does not serve those it names"
        if not any(ok for ok, _ in parts)
        else "Even if everyone keeps it, the plan serves those it names only in part"
    )
    return f"**{verdict}.** " + "; ".join(_capital(text) if i == 0 else text for i, (_, text) in enumerate(parts)) + "."


def _musts(material: Material, must: Condition) -> list[tuple[Condition, float]]:
    """Take what must hold apart, with the share of time in the long run for which each part holds."""
    parts = must.parts if isinstance(must, All) else (must,)
    return [(part, sum(s for package, s in material.outcome.packages if holds(part, package))) for part in parts]


def _what_must_hold(material: Material) -> str:
    told = [
        f"{say(material.case, part)} ({percent(share)} of the time)"
        for aim in material.plan.aims
        if aim.must is not None
        for part, share in _musts(material, aim.must)
    ]
    return f"What must hold for those it names: {'; '.join(told)}." if told else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _side(material: Material, side: SideOutcome) -> str:
    mover, towards = material.actor(side.mover), material.actor(side.towards)
    if side.level is None:
        return f"**How far {mover} goes cannot be measured**: its own ideal and that of {towards} are worth the same to it."
    reached = (
        f"**{mover} goes {side.level.centre:.0f} percent of the way** from its own ideal to that of {towards} "
        f"({within(side.level)})"
    )
    if side.movement is None or side.status_quo_level is None:
        return f"{reached}; today's level is not stated."
    moved = side.movement.centre
    if abs(moved) < 0.5:
        return f"{reached}, as it does today: **it does not move** ({spread(side.movement, sign=True)} points)."
    where = "towards the other side" if moved > 0 else "back towards its own ideal"
    return (
        f"{reached}; today it stands at {side.status_quo_level:.0f} percent, so the plan moves it "
        f"**{abs(moved):.0f} points {where}** ({spread(side.movement, sign=True)})."
    )


def _set_off(material: Material) -> str:
    """Say where its rules carry a kept plan in the long run, if that is not where its clock leads."""
    path, case = material.path, material.case
    strayed = {p: share for p, share in path.long_run_phases().items() if p not in material.plan.course}
    total = sum(strayed.values())
    if total < STRAYED:
        return ""
    by_then = path.phases_over_time(case.horizon)[-1]
    there = sum(float(by_then[path.phases.index(p)]) for p in strayed)
    named = " or ".join(f"'{case.title_of('plans', material.name, p)}'" for p, share in strayed.items() if share > 0.01)
    worth = " and ".join(
        f"{material.outcome.actors[s.mover].discounted:.0f} to {material.actor(s.mover)}"
        for s in material.outcome.sides
    )
    return (
        f"**Its own rules carry the plan off its course.** Though everyone keeps it, what is seen sets them off now and then: it "
        f"spends {percent(total)} of the long run, of which the figures above speak, in {named}; "
        f"after {case.horizon} {case.period}s it is there with a probability of "
        f"{percent(there)}."
        + (f" Averaged from the start, as each side discounts, it is worth {worth}, in points." if worth else "")
    )


def _joint_gain(material: Material) -> str:
    sides = material.outcome.sides
    if not sides:
        return ""
    gains = [
        (material.actor(s.mover), material.outcome.actors[s.mover].over_status_quo, s.joint_gain_share) for s in sides
    ]
    if any(g is None for _, g, _ in gains):
        return ""
    told = " and ".join(f"{name} {signed(g)}" for name, g, _ in gains if g is not None)
    shares = [share for _, _, share in gains]
    if all(s is not None for s in shares):
        split = " and ".join(f"{name} {percent(share or 0.0)}" for name, _, share in gains)
        return f"Against today, in utility points: {told}. Of the joint gain, {split}."
    return f"Against today, in utility points: {told}. There is no joint gain to share: not both sides gain."


def found(material: Material) -> str:
    """Say how much the audit finds."""
    findings = material.findings.of(material.name)
    counts = {s: sum(f.severity == s for f in findings) for s in ("error", "warning", "note")}
    if not findings:
        return "The audit finds nothing wrong with the plan on its face."
    told = ", ".join(f"{n} {s}{'s' if n != 1 else ''}" for s, n in counts.items() if n)
    worst = list(dict.fromkeys(f.name for f in findings if f.severity == "error"))[:6]
    tail = f" Gravest: {', '.join(worst)}." if worst else ""
    return f"The audit finds **{told}**.{tail}"
