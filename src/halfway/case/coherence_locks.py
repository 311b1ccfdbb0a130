"""Checks that no phase prescribes what cannot come about any more: locks and transitions, along every route."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from halfway.case.case import Case
from halfway.case.conditions import Condition, Is, Path, atoms
from halfway.case.issues import Issue
from halfway.case.plans import Plan

if TYPE_CHECKING:
    from halfway.case.checker import Checker


@dataclass(frozen=True)
class Locked:
    """An option that a phase prescribes and that cannot follow what is in force on a way into the phase.

    Attributes
    ----------
    phase, issue, option : str
        What is prescribed.
    stays : str
        What stays in force.
    before : str or None
        The phase that the way leads from; None for today.
    always : bool
        Whether it is so on every way into the phase.
    """

    phase: str
    issue: str
    option: str
    stays: str
    before: str | None
    always: bool


def locked(case: Case, plan: Plan, packages: Mapping[str, Mapping[str, str | None]]) -> Iterator[Locked]:
    """Yield what phases prescribe in vain, once for each phase and issue.

    Parameters
    ----------
    case : Case
    plan : Plan
    packages : mapping
        For each phase that is reached, the option of every issue.
    """
    ways: dict[tuple[str, str], list[Locked | None]] = {}
    for before, name, condition in _edges(plan):
        if name not in packages or (before is not None and before not in packages):
            continue
        # Only what a phase says itself: what it takes over is in force already.
        for key, option in plan.phases[name].package.items():
            issue = case.issues.get(key)
            stays = (case.status_quo or {}).get(key) if before is None else packages[before].get(key)
            if issue is None or stays is None or not {option, stays} <= issue.options.keys():
                continue
            possible = any(issue.may_follow(now, option) for now in _in_force(issue, key, stays, condition))
            found = None if possible else Locked(name, key, option, stays, before, always=True)
            ways.setdefault((name, key), []).append(found)
    for several in ways.values():
        in_vain = [way for way in several if way is not None]
        if in_vain:
            yield replace(in_vain[0], always=len(in_vain) == len(several))


def check_locks(checker: Checker, plan: Plan, packages: Mapping[str, Mapping[str, str | None]], path: Path) -> None:
    """Complain about options that a phase prescribes and that no way into the phase can bring about."""
    for found in locked(checker.case, plan, packages):
        if found.always:
            since = "today" if found.before is None else f"in phase '{found.before}'"
            checker.complain(
                "V455",
                f"phase '{found.phase}' undoes what cannot be undone",
                f"'{found.stays}' is in force on '{found.issue}' {since}, and '{found.option}' cannot follow it",
                f"keep '{found.stays}', or let the issue allow the way back",
                (*path, "phases", found.phase, "package", found.issue),
            )


def _edges(plan: Plan) -> Iterator[tuple[str | None, str, Condition | None]]:
    """Yield every way from one phase (None: today) to the next, with the signals on which a rule leads there."""
    yield None, plan.first, None
    for name, phase in plan.phases.items():
        for trigger in phase.on:
            yield name, trigger.go, trigger.when
        if phase.then is not None:
            yield name, phase.then, None
        if phase.resets is not None and phase.resets.terms is not None:
            yield name, phase.resets.terms, None


def _in_force(issue: Issue, key: str, prescribed: str, condition: Condition | None) -> set[str]:
    """Return what may be in force of an issue when a phase begins: what was prescribed, or what its signals show."""
    read = [] if condition is None else [a for a in atoms(condition) if isinstance(a, Is) and a.issue == key]
    named = {option for atom in read for option in atom.options}
    shown = {
        option
        for option in issue.options
        if any(s in row.signals and float(row.signals[s]) > 0 for row in issue.rows_of(option) for s in named)
    }
    return {prescribed} | {option for option in shown if issue.may_follow(prescribed, option)}
