"""What the public may see and which conditions it meets, from the text: the slow twin of the tables of rules."""

from __future__ import annotations

from dataclasses import dataclass

from halfway.case.conditions import All, AnyOf, FallsBy, Is, Not
from halfway.case.issues import rows_in
from halfway.case.truth import holds
from halfway.space.plan.signals import gravity_of


@dataclass(frozen=True)
class Shown:
    """One thing that the public may see on an issue; gravity 0 where it is no breach."""

    signal: str
    probability: float
    gravity: float


def shown_on(space, issue, option, prescribed, force=None, events=()):
    """What may be seen on an issue while an option is in force, against what the phase prescribes.

    `force` is everything in force, by label, and `events` those that are.
    """
    key = space.issues[issue]
    declared, name = space.case.issues[key], space.options[issue][option]
    changed = [
        space.case.events[e].changes.observed[key][name]
        for e in space.case.events
        if e in events and name in space.case.events[e].changes.observed.get(key, {})
    ]
    rows = rows_in(changed[0]) if changed else declared.rows_of(name)
    row = next(r for r in rows if r.when is None or holds(r.when, force))
    return [
        Shown(signal, float(probability), gravity_of(space, issue, signal, prescribed))
        for signal, probability in row.signals.items()
        if float(probability) > 0
    ]


def matches(condition, seen, before, setters, events=()):
    """Whether a condition matches what is seen, given the gravities shown before and at whose door signals are laid.

    `events` are those in force.
    """
    if isinstance(condition, Is) and condition.issue not in setters:
        return ("yes" if condition.issue in events else "no") in condition.options
    if isinstance(condition, Is):
        return condition.issue in seen and seen[condition.issue].signal in condition.options
    if isinstance(condition, Not):
        return not matches(condition.part, seen, before, setters, events)
    if isinstance(condition, All):
        return all(matches(part, seen, before, setters, events) for part in condition.parts)
    if isinstance(condition, AnyOf):
        return any(matches(part, seen, before, setters, events) for part in condition.parts)
    if isinstance(condition, FallsBy):
        now = seen[condition.issue].gravity if condition.issue in seen else 0.0
        return before.get(condition.issue, 0.0) - now >= condition.points
    return any(
        shown.gravity >= condition.gravity and shown.gravity > 0
        for issue, shown in seen.items()
        if condition.issue in (None, issue) and (condition.by is None or condition.by in setters[issue])
    )
