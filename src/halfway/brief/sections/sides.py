"""How far each side moves, and whether the plan serves those it names, with the intervals and the picture."""

from __future__ import annotations

from halfway.brief.contents import Block, Figure, Paragraph, Section
from halfway.brief.material import Material
from halfway.brief.numbers import signed, within
from halfway.case.conditions import All, Condition
from halfway.case.truth import holds
from halfway.charts.movement import movement_chart
from halfway.explore.comparison import SideOutcome
from halfway.words.conditions import say
from halfway.words.front_page import inside, points_short
from halfway.words.shares import percent

STRAYED = 0.1
"""From this share of the long run on, it is said that a plan's rules lead elsewhere than its clock."""


def sides(material: Material) -> Section:
    """Return the section on the two sides: sentences with their intervals, and the picture."""
    said = [_served(material), *(_side(material, side) for side in material.outcome.sides)]
    said += [_set_off(material), _joint_gain(material), _what_must_hold(material)]
    blocks: list[Block] = [Paragraph(text) for text in said if text]
    wide = movement_chart(material.comparison, material.name)
    if wide is not None:
        blocks.append(Figure(wide, movement_chart(material.comparison, material.name, narrow=True)))
    return Section("sides", "How far each side goes, and whom the plan serves", tuple(blocks))


def _served(material: Material) -> str:
    aims = material.plan.aims
    if not aims:
        return "**The plan names no one whom it is meant to serve.**"
    serves: list[bool] = []
    said: list[str] = []
    for aim in aims:
        for name in aim.for_:
            found = material.outcome.actors.get(name)
            if found is None or found.over_status_quo is None or found.better_than_status_quo is None:
                continue
            gain = found.over_status_quo
            serves.append(gain.centre > 1e-9)
            end = (
                "where it is today"
                if abs(gain.centre) < 0.05
                else f"**{points_short(abs(gain.centre))} {'better' if gain.centre > 0 else 'worse'} off** than today"
            )
            said.append(
                f"The plan is meant to serve {material.inside(name)}, which would end up {end} "
                f"({within(gain, sign=True)}; better off in {percent(found.better_than_status_quo)} of draws)."
            )
        if aim.must is not None:
            met = [share > 0.999 for _, share in _musts(material, aim.must)]
            serves.append(all(met))
            count = "none" if not any(met) else "all" if all(met) else f"{sum(met)}"
            said.append(f"Of the {len(met)} things that must hold for them in the long run, {count} would."
                        if len(met) > 1 else f"What must hold for them would{'' if met[0] else ' not'}.")  # fmt: skip
    if not said:
        return "**Whether the plan serves those it names cannot be said**: what they want is not part of the case."
    verdict = (
        "If everyone keeps it, the plan serves those it names."
        if all(serves)
        else "Even if everyone keeps it, the plan does not serve those it names."
        if not any(serves)
        else "Even if everyone keeps it, the plan serves those it names only in part."
    )
    return f"**{verdict}** {' '.join(said)}"


def _musts(material: Material, must: Condition) -> list[tuple[Condition, float]]:
    """Take what must hold apart, with the share of time in the long run for which each part holds."""
    parts = must.parts if isinstance(must, All) else (must,)
    return [(part, sum(s for package, s in material.outcome.packages if holds(part, package))) for part in parts]


def _what_must_hold(material: Material) -> str:
    parts = [
        f"{say(material.case, part)} ({'yes' if share > 0.999 else 'no' if share < 0.001 else percent(share) + ' of the time'})"
        for aim in material.plan.aims
        if aim.must is not None
        for part, share in _musts(material, aim.must)
    ]
    return f"What must hold for those it names: {'; '.join(parts)}." if parts else ""


def _side(material: Material, side: SideOutcome) -> str:
    mover, towards = material.actor(side.mover), material.actor(side.towards)
    if side.level is None:
        return (
            f"**How far {inside(mover)} goes cannot be measured**: its own ideal and that of {inside(towards)} are worth the "
            "same to it."
        )
    reached = (
        f"**{mover} goes {side.level.centre:.0f} percent of the way** from its own ideal to that of {inside(towards)} "
        f"({within(side.level)})"
    )
    if side.movement is None or side.status_quo_level is None:
        return f"{reached}; today's level is not stated."
    today, moved = side.status_quo_level, side.movement.centre
    if not 0 <= today <= 100:
        # Where today is worse for both than the other side's ideal, a distance moved means nothing.
        gain = material.outcome.actors[side.mover].over_status_quo
        change = "" if gain is None else f", and it ends {_off(gain.centre)} than today"
        return f"{reached}. Today is worse for it than the other side's ideal{change}."
    if abs(moved) < 0.5:
        return f"{reached}, as today: **it does not move**."
    where = f"towards {inside(towards)}" if moved > 0 else "back towards its own ideal"
    return f"{reached}; today it stands at {today:.0f}, so the plan moves it **{abs(moved):.0f} points {where}**."


def _off(gain: float) -> str:
    return f"{points_short(abs(gain))} {'better' if gain > 0 else 'worse'} off"


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
        f"{material.outcome.actors[s.mover].discounted:.0f} to {material.inside(s.mover)}"
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
    gains = [(material.inside(s.mover), material.outcome.actors[s.mover].over_status_quo) for s in sides]
    if not gains or any(g is None for _, g in gains):
        return ""
    each = " and ".join(f"{name} {signed(g)}" for name, g in gains)
    if all(s.joint_gain_share is not None for s in sides):
        split = " and ".join(f"{material.inside(s.mover)} {percent(s.joint_gain_share or 0.0)}" for s in sides)
        return f"Gains over today, in points: {each}. Shares of the joint gain: {split}."
    return f"Gains over today, in points: {each}. There is no joint gain to share: not both sides gain."
