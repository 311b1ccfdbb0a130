"""The best improvement where nothing makes a plan hold: one change after another, each with what it buys.

What a plan lacks is counted in points, each actor on its own scale: what signatories fall short of their walk-aways, what
those whom the plan is for end below today, and the largest temptation to break it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from halfway.case.case import Case
from halfway.case.plans import Plan, Repair
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.play.participation import consent
from halfway.conduct.repair.changes import Change, Source, change_sets, clashes_of, count_sets
from halfway.conduct.verdicts.temptation import averaged, kernel
from halfway.errors import InputError, Problem, Refusal
from halfway.progress import Progress
from halfway.record import HIDDEN
from halfway.space.compiled import CompiledCase
from halfway.space.plan.compile_rules import compile_rules
from halfway.tolerances import GAIN

Free: TypeAlias = Literal["issues", "seats", "order"]
"""Kinds of change that may be tried though nobody declared them."""

FREE: tuple[Free, ...] = ("issues", "seats", "order")


@dataclass(frozen=True)
class Lacks:
    """What a plan lacks, in points.

    Attributes
    ----------
    signing : mapping from actor to float
        By how much the kept plan leaves a signatory below its walk-away.
    serving : mapping from actor to float
        By how much it leaves those whom it is for below today.
    temptation : mapping from actor to float
        What breaking it would gain, averaged over types.
    """

    signing: Mapping[str, float]
    serving: Mapping[str, float]
    temptation: Mapping[str, float]

    @property
    def worst(self) -> float:
        """The largest temptation."""
        return max(self.temptation.values(), default=0.0)

    @property
    def total(self) -> float:
        """All that signatories and those served are short of, and the largest temptation."""
        return sum(self.signing.values()) + sum(self.serving.values()) + self.worst


@dataclass(frozen=True)
class Improved:
    """A set of changes and what the plan lacks with them.

    Attributes
    ----------
    changes : tuple of str
    cost : float
    lacks : Lacks
    """

    changes: tuple[str, ...]
    cost: float
    lacks: Lacks


@dataclass(frozen=True)
class Improvement:
    """How far changes improve a plan.

    Attributes
    ----------
    path : tuple of Improved
        The plan as it is, then cumulative changes: each step adds the one after which the plan lacks least.
    best : Improved
        Of all that were judged.
    pareto : tuple of Improved
        Sets that no other beats in both cost and largest temptation, the cheapest first.
    judged : int
        Sets judged.
    exact : bool
        Whether all sets were; else `best` and `pareto` are of those judged.
    unsound : tuple of str
        Changes that make no plan.
    """

    path: tuple[Improved, ...]
    best: Improved
    pareto: tuple[Improved, ...]
    judged: int
    exact: bool
    unsound: tuple[str, ...] = ()
    _case: Case | None = field(default=None, repr=False, compare=False, metadata=HIDDEN)


def improvement(
    compiled: CompiledCase, name: str, *, free: Sequence[Free] = (), most: int = 24, watch: Progress | None = None
) -> Improvement:
    """Look for the best improvement.

    Parameters
    ----------
    compiled : CompiledCase
    name : str
        The plan.
    free : sequence of str
        Kinds of change tried beside the declared ones, each at a cost of 1: leaving an issue as it is today, seating an
        owner or an implementer, delaying a change by one phase.
    most : int
        The most sets judged. Where there are no more sets than that, all are.
    watch : callable, optional
    """
    case = freed(compiled, name, free)
    looked = _Looked(compiled, case, name, most, watch)
    plan = case.plans[name]
    exact = count_sets(plan) <= most
    path = [looked.at(())]
    if path[0] is None:
        raise Refusal([Problem("R063", f"nothing can be said of what '{name}' lacks", looked.why or "it is no plan",
                               "see `halfway conduct`", case.place("plans", name))])  # fmt: skip
    numbers: tuple[int, ...] = ()
    clashes = clashes_of(plan)
    while looked.room:
        found: list[tuple[float, float, tuple[int, ...]]] = []
        for i in range(len(plan.repairs)):
            if i in numbers or clashes[i].intersection((i, *numbers)):
                continue
            more = tuple(sorted((*numbers, i)))
            one = looked.at(more)
            if one is not None:
                found.append((one.lacks.total, one.cost, more))
        if not found or min(found)[0] >= looked.known[numbers].lacks.total - GAIN:  # type: ignore[union-attr]
            break
        numbers = min(found)[2]
        path.append(looked.known[numbers])
    if exact:
        for change in change_sets(plan):
            looked.at(change.numbers, anyway=True)
    judged = [one for one in looked.known.values() if one is not None]
    ordered = sorted(judged, key=lambda o: (o.cost, o.lacks.worst))
    pareto: list[Improved] = []
    for one in ordered:
        if not pareto or one.lacks.worst < pareto[-1].lacks.worst - GAIN:
            pareto.append(one)
    return Improvement(
        path=tuple(p for p in path if p is not None),
        best=min(judged, key=lambda o: (round(o.lacks.total, 9), o.cost)),
        pareto=tuple(pareto),
        judged=len(judged),
        exact=exact,
        unsound=tuple(plan.repairs[n[0]].name for n, one in looked.known.items() if one is None and len(n) == 1),
        _case=case,
    )


class _Looked:
    """Sets of changes, each judged once."""

    def __init__(self, compiled: CompiledCase, case: Case, name: str, most: int, watch: Progress | None) -> None:
        self.compiled, self.case, self.name, self.most = compiled, case, name, most
        self.source = Source(case, name)
        self.watch = watch or (lambda *_: None)
        self.known: dict[tuple[int, ...], Improved | None] = {}
        self.why: str | None = None

    @property
    def room(self) -> bool:
        return len(self.known) < self.most

    def at(self, numbers: tuple[int, ...], *, anyway: bool = False) -> Improved | None:
        if numbers in self.known or not (self.room or anyway):
            return self.known.get(numbers)
        self.watch("improvements tried", len(self.known), self.most)
        repairs = self.case.plans[self.name].repairs
        change = Change(
            numbers, tuple(repairs[i].name for i in numbers), float(sum(float(repairs[i].cost) for i in numbers))
        )
        try:
            found = lacks(studied(self.compiled, self.source.case_with(numbers), self.name))
        except (InputError, Refusal) as error:
            self.why = str(error)
            self.known[numbers] = None
            return None
        self.known[numbers] = Improved(change.names, change.cost, found)
        return self.known[numbers]


def studied(compiled: CompiledCase, case: Case, name: str) -> Study:
    """Compile one plan of a case that differs from the compiled one in that plan only."""
    space, plan = compiled.space(), case.plans[name]
    return Study(case, name, plan, space, compile_rules(space, plan), compiled)


def lacks(whole: Study) -> Lacks:
    """Return what a plan lacks."""
    made, space = kernel(whole), whole.space
    asked = consent(whole)
    signing = {
        a: own["walk_away"] - own["keep"]
        for a, own in asked.items()
        if "represented_by" not in own and own["keep"] < own["walk_away"] - GAIN
    }
    serving: dict[str, float] = {}
    if space.status_quo is not None:
        today = space.values(space.status_quo)[:, 0]
        for a in dict.fromkeys(a for aim in whole.plan.aims for a in aim.for_ if a in space.actors):
            lost = float(today[space.actor(a)] - whole.kept_value(whole.kept, a)[0])
            if lost > GAIN:
                serving[a] = lost
    tempted = {}
    for n in made.breakers:
        points = {k: made.tempted(n, k).temptation.points for k in made.kinds(n)}
        tempted[n] = float(averaged(made.courses(n), points))
    return Lacks(signing, serving, tempted)


def freed(compiled: CompiledCase, name: str, free: Sequence[Free]) -> Case:
    """Return the case with changes added to those that the plan declares."""
    case = compiled.case
    plan = case.plans[name]
    more = [r for kind in dict.fromkeys(free) for r in _FREED[kind](case, plan)]
    if not more:
        return case
    changed = plan.model_copy(update={"repairs": (*plan.repairs, *more)})
    return case.model_copy(update={"plans": {**case.plans, name: changed}})


def _issues(case: Case, plan: Plan) -> Iterator[Repair]:
    """Leave an issue as it is today, in every phase and obligation that names it."""
    if case.status_quo is None:
        return
    for issue, today in case.status_quo.items():
        places = {
            f"phases.{p}.package.{issue}": today
            for p, phase in plan.phases.items()
            if phase.package.get(issue, today) != today
        }
        places |= {
            f"obligations.{n}.does.{issue}": today
            for n, o in enumerate(plan.obligations)
            if o.does.get(issue, today) != today
        }
        if places:
            yield Repair(name=f"Leave as it is today: {case.title_of('issues', issue)}", cost="1", change=places)


def _seats(case: Case, plan: Plan) -> Iterator[Repair]:
    """Seat an actor that owns or sets something and is no party."""
    concerned = {a for i in case.issues.values() for a in (*i.owner, *i.set_by)}
    for actor, seat in case.seats(plan).items():
        if seat.seat != "party" and actor in concerned:
            yield Repair(name=f"Seat {case.title_of('actors', actor)}", cost="1", change={f"seats.{actor}": "party"})


def _order(case: Case, plan: Plan) -> Iterator[Repair]:
    """Make a change one phase later."""
    course = plan.course
    now = dict(case.status_quo or {})
    for phase, following in itertools.pairwise(course):
        for issue, option in plan.phases[phase].package.items():
            before = now.get(issue)
            if before is None or option == before:
                continue
            places = {f"phases.{phase}.package.{issue}": before}
            places[f"phases.{following}.package.{issue}"] = plan.phases[following].package.get(issue, option)
            title = case.title_of("issues", issue)
            yield Repair(
                name=f"Later, from {case.title_of('plans', _name_of(case, plan), following)}: {title}",
                cost="1",
                change=places,
            )
        now |= plan.phases[phase].package


def _name_of(case: Case, plan: Plan) -> str:
    return next(n for n, p in case.plans.items() if p is plan)


_FREED = {"issues": _issues, "seats": _seats, "order": _order}
