"""Conditions, and lists of names, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from halfway.case.case import Case
from halfway.case.conditions import All, AnyOf, AtLeast, Condition, FallsBy, Is, Not
from halfway.errors import isolated


def say(case: Case, condition: Condition) -> str:
    """Say a condition in words that need no knowledge of the file."""
    if isinstance(condition, Is) and condition.issue in case.events:
        in_force = "yes" in condition.options
        always = {"yes", "no"} <= set(condition.options)
        state = "in force or not" if always else "in force" if in_force else "not in force"
        return f"{case.title_of('events', condition.issue)}: {state}"
    if isinstance(condition, Is):
        shown = [_answer(case, condition.issue, option) for option in condition.options]
        return f"{case.title_of('issues', condition.issue)}: {' or '.join(shown)}"
    if isinstance(condition, Not):
        if isinstance(condition.part, Is) and condition.part.issue not in case.events:
            shown = [_answer(case, condition.part.issue, option) for option in condition.part.options]
            return f"{case.title_of('issues', condition.part.issue)}: anything but {' or '.join(shown)}"
        return f"not ({say(case, condition.part)})"
    if isinstance(condition, All | AnyOf):
        joint = "; and " if isinstance(condition, All) else "; or "
        return joint.join(_inner(case, part) for part in condition.parts)
    if isinstance(condition, AtLeast):
        where = f" on {case.title_of('issues', condition.issue)}" if condition.issue else ""
        whose = f" by {case.title_of('actors', condition.by)}" if condition.by else ""
        return f"a breach{where}{whose} of at least {condition.gravity:g} points"
    assert isinstance(condition, FallsBy)
    return f"the breach on {case.title_of('issues', condition.issue)} falls by at least {condition.points:g} points"


def _inner(case: Case, part: Condition) -> str:
    said = say(case, part)
    return f"({said})" if isinstance(part, All | AnyOf) and len(part.parts) > 1 else said


def _answer(case: Case, issue: str, option: str) -> str:
    """Name an option or a signal of an issue."""
    declared = case.issues[issue]
    if option in declared.options:
        return case.title_of("issues", issue, option)
    signal = declared.signals.get(option)
    return isolated((signal.title if signal else None) or option)


def listed(names: Sequence[str], between: str = ", ") -> str:
    """Join names as a person would; pass a semicolon where names hold commas."""
    if len(names) == 1:
        return names[0]
    return between.join(names[:-1]) + (" and " if between == ", " else "; and ") + names[-1]
