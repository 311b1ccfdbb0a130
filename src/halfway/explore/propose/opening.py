"""Phases of a plan of the case that are kept: the new plan opens with them as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from halfway.case.case import Case
from halfway.case.plans import Plan
from halfway.errors import Problem, Refusal, unknown


def opening_phases(case: Case, plan: Plan | None, name: str | None, keep: Sequence[str]) -> dict[str, Any]:
    """Return the kept phases as a case file has them; the last of those that follow by the clock leads to the first step.

    Parameters
    ----------
    case : Case
    plan : Plan or None
    name : str or None
        Of that plan.
    keep : sequence of str
        Phases; those of the plan's course must be its first ones.

    Raises
    ------
    UnknownName
        Where the plan has no such phase.
    Refusal
        Where a kept phase leads to one that is not kept, or lasts for good.
    """
    if not keep:
        return {}
    if plan is None:
        raise unknown("phase", keep[0], ())
    for phase in keep:
        if phase not in plan.phases:
            raise unknown("phase", phase, tuple(plan.phases), where=f"of plan '{name}'")
    course = plan.course
    kept = [p for p in course if p in keep]
    if not kept or kept != list(course[: len(kept)]):
        raise _not_kept(case, name, next(iter(keep)), "the plan does not open with it", "keep the phases before it too")
    last = kept[-1]
    if plan.phases[last].lasts is None:
        raise _not_kept(
            case, name, last, "it lasts for good, so that nothing can follow", "keep the phases before it only"
        )
    out: dict[str, Any] = {}
    for phase in [*kept, *(p for p in plan.phases if p in keep and p not in kept)]:
        data = plan.phases[phase].model_dump(mode="json", by_alias=True, exclude_defaults=True)
        if phase == last:
            data["then"] = "step-1"
        led = {data.get("then"), *(rule["go"] for rule in data.get("on", ()))} - {None, "step-1"}
        if missing := sorted(str(p) for p in led if p not in keep):
            raise _not_kept(
                case, name, phase, f"it leads to '{missing[0]}', which is not kept", f"keep '{missing[0]}' too"
            )
        out[phase] = data
    return out


def _not_kept(case: Case, plan: str | None, phase: str, why: str, remedy: str) -> Refusal:
    place = case.place("plans", str(plan), "phases", phase)
    return Refusal([Problem("R062", f"phase '{phase}' cannot be kept", why, remedy, place)])
