"""The changes that a plan declares: which sets of them are possible, and the plan and the text with some of them made."""

from __future__ import annotations

import copy
import heapq
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from halfway.case.case import Case
from halfway.case.plans import Plan
from halfway.case.reader import load_text, with_plan
from halfway.case.yaml_text import read_yaml
from halfway.errors import Collector, Problem, Refusal


@dataclass(frozen=True)
class Change:
    """A set of declared changes.

    Attributes
    ----------
    numbers : tuple of int
        Of the plan's `repairs`; empty for the plan as it is.
    names : tuple of str
    cost : float
        Their costs added up.
    """

    numbers: tuple[int, ...]
    names: tuple[str, ...]
    cost: float


def change_sets(plan: Plan) -> Iterator[Change]:
    """Yield every set of declared changes save those that change one place in two ways; the cheapest first."""
    clashes = clashes_of(plan)
    costs = [float(repair.cost) for repair in plan.repairs]
    # A set costs no less than any part of it, so what comes out of the heap is in order.
    heap: list[tuple[float, int, tuple[int, ...]]] = [(0.0, 0, ())]
    while heap:
        cost, size, numbers = heapq.heappop(heap)
        yield Change(numbers, tuple(plan.repairs[i].name for i in numbers), cost)
        for i in range(numbers[-1] + 1 if numbers else 0, len(costs)):
            if not clashes[i].intersection((i, *numbers)):
                heapq.heappush(heap, (float(sum(costs[j] for j in (*numbers, i))), size + 1, (*numbers, i)))


def count_sets(plan: Plan) -> int:
    """Return how many sets `change_sets` yields."""
    clashes = clashes_of(plan)

    def count(open_to: frozenset[int]) -> int:
        tied = [i for i in open_to if clashes[i] & open_to]
        if not tied:
            return 1 << len(open_to)
        one = max(tied, key=lambda i: (len(clashes[i] & open_to), -i))
        without = count(open_to - {one})
        return without if one in clashes[one] else without + count(open_to - {one} - clashes[one])

    return count(frozenset(range(len(plan.repairs))))


def clashes_of(plan: Plan) -> list[frozenset[int]]:
    """Return, for each declared change, those that it cannot stand beside: itself where it contradicts itself."""
    places = [tuple(str(place) for place in repair.change) for repair in plan.repairs]
    return [
        frozenset(
            j
            for j, other in enumerate(places)
            if any(_inside(a, b) or _inside(b, a) or (a == b and i != j) for a in own for b in other)
        )
        for i, own in enumerate(places)
    ]


def _inside(place: str, other: str) -> bool:
    return place.startswith(other + ".")


@dataclass(frozen=True)
class Edit:
    """One place of a plan that a change touches.

    Attributes
    ----------
    name : str
        Of the change.
    cost : float
    place : str
        As in ``phases.trial.lasts``.
    before, after : str
        What stands there, on one line; empty where nothing does.
    """

    name: str
    cost: float
    place: str
    before: str
    after: str


@dataclass(frozen=True)
class Source:
    """A case with a plan, as a text in which changes can be made.

    Attributes
    ----------
    case : Case
    name : str
        The plan.
    """

    case: Case
    name: str

    @cached_property
    def text(self) -> str:
        """The text of the case: its file's, comments and all, or its content written out."""
        path = Path(self.case.places.file)
        if path.is_file():
            text = path.read_text(encoding="utf-8-sig")
            if _plan_in(text, self.name) == self.case.plans[self.name]:
                return text
        out = io.StringIO()
        _yaml().dump(self.case.model_dump(mode="json", by_alias=True, exclude_defaults=True), out)
        return out.getvalue()

    @cached_property
    def data(self) -> Any:
        """The plan as plain data."""
        return _data_of(self.text, self.name)

    def changed(self, numbers: Iterable[int], more: Any = None) -> Any:
        """Return the plan as plain data with some of its declared changes made.

        Parameters
        ----------
        numbers : iterable of int
        more : list of mapping, optional
            Transfers added to it.

        Raises
        ------
        Refusal
            Where a change names a place that is not in the plan.
        """
        plan = copy.deepcopy(self.data)
        _make(plan, tuple(numbers), more)
        return plan

    def edits(self, numbers: Iterable[int]) -> tuple[Edit, ...]:
        """Return what some of the plan's declared changes do, place by place."""
        repairs = self.case.plans[self.name].repairs
        return tuple(
            Edit(repairs[i].name, float(repairs[i].cost), str(place), _line(_at(self.data, str(place))), _line(content))
            for i in numbers
            for place, content in self.data["repairs"][i]["change"].items()
        )

    def case_with(self, numbers: Iterable[int], more: Any = None) -> Case:
        """Return the case with some of the plan's declared changes made.

        Raises
        ------
        InputError
            Where the changed plan is no plan, with what is wrong.
        Refusal
            Where a change names a place that is not in the plan.
        """
        numbers = tuple(numbers)
        if not numbers and not more:
            return self.case
        return with_plan(self.case, self.name, self.changed(numbers, more))

    def edited(self, numbers: Iterable[int], more: Any = None) -> str:
        """Return the text with some of the plan's declared changes made; comments stay where they are.

        Raises
        ------
        Refusal
            Where a change names a place that is not in the plan.
        """
        numbers = tuple(numbers)
        if not numbers and not more:
            return self.text
        yaml = _yaml()
        data = yaml.load(self.text)
        _make(data["plans"][self.name], numbers, more)
        out = io.StringIO()
        yaml.dump(data, out)
        text = out.getvalue()
        # The verdicts are on the plain data; the text must say the same.
        if load_text(text, self.case.places.file).plans[self.name] != self.case_with(numbers, more).plans[self.name]:
            raise AssertionError("the edited text reads as another plan than the one judged")
        return text


def _at(plan: Any, place: str) -> Any:
    """Return what stands at a place of a plan, None where nothing does."""
    for step in place.split("."):
        if isinstance(plan, list):
            plan = plan[int(step)] if step.isdigit() and int(step) < len(plan) else None
        else:
            plan = plan.get(step) if isinstance(plan, dict) else None
    return plan


def _line(content: Any) -> str:
    if content is None or isinstance(content, str):
        return content or ""
    if isinstance(content, dict):
        return "{" + ", ".join(f"{key}: {_line(value)}" for key, value in content.items()) + "}"
    if isinstance(content, list):
        return "[" + ", ".join(_line(part) for part in content) + "]"
    return str(content)


def _data_of(text: str, name: str) -> Any:
    data, _ = read_yaml(text, "", Collector())
    plans = data.get("plans") if isinstance(data, dict) else None
    return plans.get(name) if isinstance(plans, dict) else None


def _plan_in(text: str, name: str) -> Plan | None:
    """Return a plan as a text has it; None where it has none that can be read."""
    try:
        return Plan.model_validate(_data_of(text, name))
    except ValidationError:
        return None


def _make(plan: Any, numbers: tuple[int, ...], more: Any) -> None:
    for number in numbers:
        for place, content in plan["repairs"][number]["change"].items():
            _set(plan, str(place), copy.deepcopy(content))
    # What has been changed is no longer on offer.
    for number in sorted(numbers, reverse=True):
        del plan["repairs"][number]
    if numbers and not plan["repairs"]:
        del plan["repairs"]
    if more:
        plan.setdefault("transfers", []).extend(copy.deepcopy(more))


def _yaml() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    return yaml


def _steps(plan: Any, place: str) -> Iterator[tuple[Any, Any, bool]]:
    steps = place.split(".")
    here = plan
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
        yield here, key, last
        if not last:
            here = here[key]
            if not isinstance(here, dict | list):
                raise _nowhere(place, step)


def _set(plan: Any, place: str, content: Any) -> None:
    for here, key, last in _steps(plan, place):
        if last:
            here[key] = content


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
