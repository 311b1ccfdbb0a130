"""Repair: the least-cost set of declared changes that makes a plan hold, found by trying them in order of cost."""

from __future__ import annotations

import copy
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from halfway.case.case import Case
from halfway.case.plans import Plan
from halfway.case.reader import load_text
from halfway.conduct.study import Study, study
from halfway.conduct.verdicts import enforcement
from halfway.errors import InputError, Problem, Refusal
from halfway.result import Provenance, Result, Table

MOST_TRIED = 512
"""The most sets of changes that are tried."""


@dataclass(frozen=True)
class Tried:
    """One set of changes and what it brings.

    Attributes
    ----------
    changes : tuple of str
        Names; empty for the plan as it is.
    cost : float
    sound : bool
        Whether the changed plan is a plan at all.
    exploitability : mapping from actor to float
        By whom it can still be exploited, averaged over types.
    incentive_compatible : bool
    self_enforcing : bool or None
    reason : str or None
        Why nothing can be said of it.
    """

    changes: tuple[str, ...]
    cost: float
    sound: bool
    exploitability: dict[str, float]
    incentive_compatible: bool
    self_enforcing: bool | None
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {**self.__dict__, "changes": list(self.changes)}


@dataclass(frozen=True)
class RepairResult(Result):
    """What was tried, and what makes the plan hold.

    Attributes
    ----------
    plan : str
    found : Tried or None
        The cheapest set of changes under which the plan is self-enforcing.
    nearest : Tried
        The set under which actors gain least by breaking, all together, of those tried.
    tried : tuple of Tried
        In the order of cost.
    exhaustive : bool
        Whether all sets were tried, or all that are no dearer than the one found.
    yaml : str or None
        The case with the plan as `found` (else as `nearest`) has it.
    provenance : Provenance
    """

    plan: str
    found: Tried | None
    nearest: Tried
    tried: tuple[Tried, ...]
    exhaustive: bool
    yaml: str | None
    provenance: Provenance

    def to_dict(self) -> dict[str, Any]:
        """Return the documented JSON form as plain data."""
        return {
            "plan": self.plan,
            "found": None if self.found is None else self.found.as_dict(),
            "nearest": self.nearest.as_dict(),
            "tried": [t.as_dict() for t in self.tried],
            "exhaustive": self.exhaustive,
            "yaml": self.yaml,
            "provenance": self.provenance.as_dict(),
        }

    def tables(self) -> dict[str, Table]:
        """Return what was tried."""
        rows = tuple(
            (", ".join(t.changes), t.cost, t.sound, sum(t.exploitability.values()), t.incentive_compatible,
             t.self_enforcing) for t in self.tried
        )  # fmt: skip
        columns = ("changes", "cost", "sound", "exploitability", "incentive_compatible", "self_enforcing")
        return {"tried": Table("tried", columns, rows)}


def repair(case: Case, plan: str | None = None, *, most: int = MOST_TRIED) -> RepairResult:
    """Find the cheapest declared changes under which a plan is self-enforcing.

    Every set of the plan's declared `repairs` is a candidate, save those that change one place in two ways. They are
    tried in order of cost; the answer is exact over them.

    Parameters
    ----------
    case : Case
    plan : str, optional
    most : int
        The most sets tried.

    Raises
    ------
    Refusal
        Where there is no such plan.
    """
    name, chosen = case.plan(plan)
    text = source_text(case)
    tried: list[Tried] = []
    found: Tried | None = None
    texts: dict[tuple[str, ...], str] = {}
    candidates = list(_candidates(chosen))
    for cost, numbers in candidates[:most]:
        names = tuple(chosen.repairs[i].name for i in numbers)
        texts[names] = edited(text, name, numbers) if numbers else text
        one = _try(case, texts[names], name, names, cost, bool(numbers))
        tried.append(one)
        if one.self_enforcing:
            found = one
            break
    sound = [t for t in tried if t.sound]
    nearest = found or min(sound, key=lambda t: (sum(t.exploitability.values()), t.cost))
    return RepairResult(
        plan=name,
        found=found,
        nearest=nearest,
        tried=tuple(tried),
        exhaustive=found is not None or len(candidates) <= most,
        yaml=texts[nearest.changes] if nearest.changes else None,
        provenance=Provenance(case.name, case.content_hash, "repair", {"plan": name, "most": most}),
    )


def _candidates(plan: Plan) -> Iterator[tuple[float, tuple[int, ...]]]:
    found = []
    for size in range(len(plan.repairs) + 1):
        for numbers in combinations(range(len(plan.repairs)), size):
            places = [place for i in numbers for place in plan.repairs[i].change]
            if any(a != b and _inside(a, b) for a in places for b in places) or len(set(places)) < len(places):
                continue
            found.append((float(sum(float(plan.repairs[i].cost) for i in numbers)), numbers))
    return iter(sorted(found, key=lambda c: (c[0], len(c[1]), c[1])))


def _inside(place: str, other: str) -> bool:
    return place.startswith(other + ".")


def _try(case: Case, text: str, plan: str, names: tuple[str, ...], cost: float, changed: bool) -> Tried:
    try:
        one = study(load_text(text, case.places.file) if changed else case, plan)
        gaps = exploitability(one)
        verdict = enforcement(one)
    except InputError as error:
        return Tried(names, cost, False, {}, False, None, str(error))
    except Refusal as refusal:
        return Tried(names, cost, False, {}, False, None, str(refusal))
    return Tried(names, cost, True, gaps, not gaps, verdict.holds, verdict.reason)


def exploitability(one: Study) -> dict[str, float]:
    """Return by whom a plan can be exploited, averaged over the types that do what pays."""
    out = {}
    for a in one.everyone:
        name = one.space.actors[a]
        gap = sum(
            prior * one.gap(name, kind)
            for kind, prior in one.kinds(name).items()
            if prior > 0 and not one.fixed_strategy(name, kind)
        )
        if gap > 0:
            out[name] = gap
    return out


def source_text(case: Case) -> str:
    """Return the text of a case: its file's, comments and all, or its content written out."""
    path = Path(case.places.file)
    if path.is_file():
        return path.read_text(encoding="utf-8-sig")
    yaml = _yaml()
    out = io.StringIO()
    yaml.dump(case.model_dump(mode="json", by_alias=True, exclude_defaults=True), out)
    return out.getvalue()


def edited(text: str, plan: str, numbers: tuple[int, ...]) -> str:
    """Return the text of a case with some of a plan's declared changes made; comments stay where they are.

    Raises
    ------
    Refusal
        Where a change names a place that is not in the plan.
    """
    yaml = _yaml()
    data = yaml.load(text)
    target = data["plans"][plan]
    for number in numbers:
        for place, content in target["repairs"][number]["change"].items():
            _set(target, str(place), copy.deepcopy(content))
    # What has been changed is no longer on offer.
    for number in sorted(numbers, reverse=True):
        del target["repairs"][number]
    if not target["repairs"]:
        del target["repairs"]
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _yaml() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    return yaml


def _set(target: Any, place: str, content: Any) -> None:
    steps = place.split(".")
    here = target
    for depth, step in enumerate(steps):
        last = depth + 1 == len(steps)
        if isinstance(here, list):
            if not step.isdigit() or int(step) >= len(here):
                raise _nowhere(place, step)
            key: Any = int(step)
        else:
            key = step
            if step not in here and not last:
                # An empty mapping stands for a part that the plan leaves to its default.
                here[step] = {}
        if last:
            here[key] = content
        else:
            here = here[key]
            if not isinstance(here, dict | list):
                raise _nowhere(place, step)


def _nowhere(place: str, step: str) -> Refusal:
    return Refusal(
        [
            Problem(
                "R039",
                f"a repair changes '{place}', which is not in the plan",
                f"'{step}' leads nowhere",
                "name a place as in phases.trial.lasts or phases.trial.on.0.go",
            )
        ]
    )
