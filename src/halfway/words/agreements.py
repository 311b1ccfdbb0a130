"""Where acceptable and holdable meet, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from halfway.case.case import Case


class Counted(Protocol):
    """What is said of packages that could hold; see `halfway.conduct.holdable.result.Holdable`."""

    @property
    def exact(self) -> bool: ...
    @property
    def error(self) -> float: ...
    @property
    def can_be_held(self) -> float: ...
    @property
    def not_ruled_out(self) -> float: ...
    @property
    def plan_can_be_held(self) -> bool: ...
    @property
    def plan_not_ruled_out(self) -> bool: ...
    @property
    def one_package(self) -> bool: ...
    @property
    def distance(self) -> int | None: ...
    @property
    def distance_held(self) -> int | None: ...


class Meeting(Protocol):
    """What is said of packages that are also acceptable; see `halfway.explore.agreements.Agreements`."""

    @property
    def exact(self) -> bool: ...
    @property
    def error(self) -> float: ...
    @property
    def acceptable(self) -> float: ...
    @property
    def can_be_held(self) -> float: ...
    @property
    def not_ruled_out(self) -> float: ...
    @property
    def frontier(self) -> int: ...
    @property
    def best_of(self) -> str: ...
    @property
    def plan_acceptable(self) -> bool: ...
    @property
    def plan_can_be_held(self) -> bool: ...
    @property
    def plan_not_ruled_out(self) -> bool: ...
    @property
    def one_package(self) -> bool: ...
    @property
    def distance(self) -> int | None: ...
    @property
    def in_the_way(self) -> Mapping[str, tuple[int, int]]: ...


NO_BOUND = "No bound on the plan itself: not one package, but several in turn."


def in_words(case: Case, held: Counted, found: Meeting | None) -> tuple[str, ...]:
    """Say in sentences what could hold, what is acceptable besides, and where the plan's own package stands.

    Parameters
    ----------
    case : Case
    held : Holdable
    found : Agreements or None
        For the plan's signatories.
    """
    sampled = "" if held.exact else f" (estimates from a sample; standard error {held.error:.3g})"
    out = [
        f"If agreed for good, {held.can_be_held:,.0f} of the packages that the constraints allow can be held, and "
        f"{held.not_ruled_out:,.0f} are not ruled out{sampled}, in pure strategies. {_standing(held)}"
    ]
    if found is None:
        return tuple(out)
    sampled = "" if found.exact else f" (estimates from a sample; standard error {found.error:.3g})"
    out.append(
        f"Acceptable to every signatory: {found.acceptable:,.0f}. Of these {found.can_be_held:,.0f} can be held and "
        f"{found.not_ruled_out:,.0f} are not ruled out{sampled}. {own_words(found)}"
    )
    if found.frontier:
        kind = "that can be held" if found.best_of == "can_be_held" else "that are not ruled out"
        out.append(
            f"Of the acceptable packages {kind}, {found.frontier:,} "
            f"{'is' if found.frontier == 1 else 'are'} such that no other is better for all signatories."
        )
    out += obstacles(case, found)
    return tuple(out)


def _standing(held: Counted) -> str:
    if held.plan_can_be_held:
        return "The plan's own package can be held."
    if not held.one_package:
        return NO_BOUND
    said = "is not ruled out but cannot be shown to be held" if held.plan_not_ruled_out else "is ruled out"
    near = held.distance_held if held.distance_held is not None else held.distance
    what = "can be held" if held.distance_held is not None else "is not ruled out"
    if near is None or (held.plan_not_ruled_out and held.distance_held is None):
        return f"The plan's own package {said}."
    return f"The plan's own package {said}; the nearest that {what} differs from it on {_issues(near)}."


def _issues(count: int) -> str:
    return f"{count} issue{'' if count == 1 else 's'}"


def own_words(found: Meeting, subject: str = "The plan's own package") -> str:
    """Say whether the plan's own package is among those that are acceptable and could hold."""
    held = found.best_of == "can_be_held"
    wanted = "can be held" if held else "not ruled out"
    if found.plan_acceptable and (found.plan_can_be_held if held else found.plan_not_ruled_out):
        return f"{subject} is among those that are acceptable and {wanted}."
    if not found.one_package and found.plan_acceptable:
        return NO_BOUND
    faults = [] if found.plan_acceptable else ["not every signatory would accept it"]
    if not found.one_package:
        faults.append("whether it could hold is left open, since the kept plan is not one package")
    elif not found.plan_not_ruled_out:
        faults.append("no punishment would keep every actor to it")
    elif not found.plan_can_be_held:
        faults.append("the end of the agreement is not enough of a threat to keep every actor to it")
    near = "" if found.distance is None else f" The nearest that is differs from it on {_issues(found.distance)}."
    return f"{subject} is not among those that are acceptable and {wanted}: {', and '.join(faults)}.{near}"


def obstacles(case: Case, found: Meeting) -> tuple[str, ...]:
    """Say whose temptations rule out acceptable packages, the one that alone rules out most first."""
    rows = sorted(found.in_the_way.items(), key=lambda item: (-item[1][0], -item[1][1]))
    if not rows:
        return ()
    said = [
        f"{case.title_of('actors', a)} ({every:,}" + ("" if alone == every else f", {alone:,} of them alone") + ")"
        if alone
        else f"{case.title_of('actors', a)} ({every:,}, none of them alone)"
        for a, (alone, every) in rows
    ]
    return (
        f"What rules out the other {found.acceptable - found.not_ruled_out:,.0f} acceptable packages: whatever the "
        f"punishment, breaking them would pay {'; '.join(said)}.",
    )
