"""Whether conditions hold, for one package at a time and by label."""

from __future__ import annotations

from collections.abc import Mapping

from halfway.case.case import Case
from halfway.case.conditions import All, AnyOf, Condition, Is, Not


def holds(condition: Condition, facts: Mapping[str, str]) -> bool:
    """Tell whether a condition holds for a mapping from issues to options.

    Raises
    ------
    TypeError
        For the parts that only triggers have.
    """
    if isinstance(condition, Is):
        return facts.get(condition.issue) in condition.options
    if isinstance(condition, All):
        return all(holds(part, facts) for part in condition.parts)
    if isinstance(condition, AnyOf):
        return any(holds(part, facts) for part in condition.parts)
    if isinstance(condition, Not):
        return not holds(condition.part, facts)
    raise TypeError(f"{type(condition).__name__} reads signals, not a package")


def violated(case: Case, package: Mapping[str, str]) -> list[int]:
    """Return the numbers of the constraints that a package violates."""
    found = []
    for i, constraint in enumerate(case.constraints):
        if constraint.when is not None and not holds(constraint.when, package):
            continue
        if constraint.forbid is not None and holds(constraint.forbid, package):
            found.append(i)
        if constraint.require is not None and not holds(constraint.require, package):
            found.append(i)
    return found
