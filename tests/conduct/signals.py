"""What the public may see and which conditions it meets, from the text: the slow twin of the tables of rules."""

from __future__ import annotations

from dataclasses import dataclass

from halfway.case.conditions import All, AnyOf, FallsBy, Is, Not
from halfway.space.plan.signals import gravity_of


@dataclass(frozen=True)
class Shown:
    """One thing that the public may see on an issue; gravity 0 where it is no breach."""

    signal: str
    probability: float
    gravity: float


def shown_on(space, issue, option, prescribed):
    """What may be seen on an issue while an option is in force, against what the phase prescribes."""
    declared = space.case.issues[space.issues[issue]]
    return [
        Shown(signal, float(probability), gravity_of(space, issue, signal, prescribed))
        for signal, probability in declared.signals_of(space.options[issue][option]).items()
        if float(probability) > 0
    ]


def matches(condition, seen, before, setters):
    """Whether a condition matches what is seen, given the gravities shown before and at whose door signals are laid."""
    if isinstance(condition, Is):
        return condition.issue in seen and seen[condition.issue].signal in condition.options
    if isinstance(condition, Not):
        return not matches(condition.part, seen, before, setters)
    if isinstance(condition, All):
        return all(matches(part, seen, before, setters) for part in condition.parts)
    if isinstance(condition, AnyOf):
        return any(matches(part, seen, before, setters) for part in condition.parts)
    if isinstance(condition, FallsBy):
        now = seen[condition.issue].gravity if condition.issue in seen else 0.0
        return before.get(condition.issue, 0.0) - now >= condition.points
    return any(
        shown.gravity >= condition.gravity and shown.gravity > 0
        for issue, shown in seen.items()
        if condition.issue in (None, issue) and (condition.by is None or condition.by in setters[issue])
    )
