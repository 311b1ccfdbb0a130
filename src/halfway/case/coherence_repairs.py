"""Checks of the changes that a plan declares: each names a place of the plan, and what it puts there can be read."""

from __future__ import annotations

import copy
from typing import Any

from pydantic import BaseModel, ValidationError

from halfway.case.checker import Checker
from halfway.case.coherence_plans import check_plan
from halfway.case.conditions import Path
from halfway.case.declared import step_into
from halfway.case.plans import Plan, Repair
from halfway.errors import suggestion


class _OfRepair(Checker):
    """Complains of names only, at the place of the repair that brings them in."""

    def __init__(self, checker: Checker, repair: Repair, path: Path) -> None:
        super().__init__(checker.case, checker.problems)
        self.repair, self.path, self.said = repair, path, set[str]()

    def complain(self, code: str, what: str, why: str, remedy: str, path: Path, *, value: bool = True) -> None:
        """Add a problem of a name at the change that is nearest to it."""
        if not code.startswith("N3") or what in self.said:
            return
        self.said.add(what)
        steps = ".".join(str(step) for step in path[2:])
        nearest = [
            place for place in self.repair.change if steps.startswith(str(place)) or str(place).startswith(steps)
        ]
        at = (*self.path, "change", *nearest[:1])
        self.problems.add(code, what, why, remedy, self.case.places.value_of(at))


def check_repairs(checker: Checker, name: str, plan: Plan) -> None:
    """Check every declared change of a plan, each by itself."""
    data = plan.model_dump(mode="json", by_alias=True, exclude_unset=True)
    data.pop("repairs", None)
    for i, repair in enumerate(plan.repairs):
        path: Path = ("plans", name, "repairs", i)
        changed = copy.deepcopy(data)
        placed = True
        for place, content in repair.change.items():
            # Each is tried, so that every typo is found at once.
            placed &= _put(checker, changed, str(place), content, (*path, "change", place))
        if not placed:
            continue
        try:
            made = Plan.model_validate(changed)
        except ValidationError as error:
            _complain(checker, repair, path, error)
            continue
        own = _OfRepair(checker, repair, path)
        check_plan(own, name, made)


def _put(checker: Checker, plan: Any, place: str, content: Any, path: Path) -> bool:
    """Make one change in a plan's data; where the place is not in the plan, complain."""
    here: Any = plan
    declared: Any = Plan
    steps = place.split(".")
    for depth, step in enumerate(steps):
        last = depth + 1 == len(steps)
        if isinstance(here, list):
            known = [str(i) for i in range(len(here))]
            found = step in known
        elif isinstance(here, dict):
            noun = isinstance(declared, type) and issubclass(declared, BaseModel)
            known = _keys(declared) if noun else list(here)
            # A part that the plan leaves to its default may be named, and a new entry may be put in as a whole.
            found = step in known or (not noun and last)
        else:
            known, found = [], False
        if not found:
            checker.complain(
                "N310",
                f"'{step}' in '{place}' is not in plan '{path[1]}'",
                suggestion(step, known),
                "name a place as in phases.trial.lasts or phases.trial.on.0.go",
                path,
                value=False,
            )
            return False
        key: Any = int(step) if isinstance(here, list) else step
        if last:
            here[key] = copy.deepcopy(content)
        else:
            here = here[key] if isinstance(here, list) else here.setdefault(key, {})
            declared = step_into(declared, key)
    return True


def _keys(noun: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in noun.model_fields.items()]


def _complain(checker: Checker, repair: Repair, path: Path, error: ValidationError) -> None:
    for detail in error.errors(include_url=False):
        context = detail.get("ctx") or {}
        steps = ".".join(str(step) for step in detail["loc"] if step != "[key]")
        nearest = [place for place in repair.change if steps.startswith(str(place)) or str(place).startswith(steps)]
        checker.complain(
            "S280",
            f"the change '{repair.name}' makes no plan",
            str(context.get("what") or f"{steps}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"),
            str(context.get("remedy") or "correct what it puts there"),
            (*path, "change", *nearest[:1]),
        )
