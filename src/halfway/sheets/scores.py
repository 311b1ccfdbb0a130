"""What a view says in numbers: the role's own points, and a joint answer where the view holds everybody's interests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from halfway.case.case import Case
from halfway.case.interests import Interest
from halfway.case.notes import unstated
from halfway.case.pictures import as_seen_by
from halfway.errors import Refusal
from halfway.record import shown_as
from halfway.settle.packages.counting import count_acceptable, count_feasible
from halfway.settle.result import Number
from halfway.settle.run import settle
from halfway.sheets.view import View
from halfway.space.arrays import IntArray
from halfway.space.compiled import CompiledCase
from halfway.space.packages.blocks import TooWideError
from halfway.space.plan.prescribed import resolve_packages


def _number(number: Number | None) -> tuple[int, int] | None:
    return None if number is None else (number.low, number.high)


@dataclass(frozen=True)
class OwnScore:
    """A role's own points.

    Attributes
    ----------
    points : mapping
        Issue → option → points; a package is worth their sum, and what linkages add.
    walk_away : float
    today, best : float or None
        Of the status quo, where one is stated, and of the best package that can occur.
    plans : mapping
        Plan → phase → points of its package while everyone keeps to the plan.
    packages : int
        Packages that can occur.
    acceptable : Number or None
        How many of them the role itself could accept; None where the case is too large to count.
    """

    points: Mapping[str, Mapping[str, float]]
    walk_away: float
    today: float | None
    best: float
    plans: Mapping[str, Mapping[str, float]]
    packages: int
    acceptable: Number | None = field(metadata=shown_as(by=_number))


@dataclass(frozen=True)
class Joint:
    """What the signatories could agree on by the interests that the view holds.

    Attributes
    ----------
    pictured : tuple of str
        Signatories whose interests are the role's picture of them.
    plan : str or None
        Whose seats say who signs.
    signatories : tuple of str
    acceptable : Number
    nash : mapping or None
        The Nash package; None where nothing is acceptable to all.
    utilities : mapping
        What it is worth to each signatory, as the role sees them.
    """

    pictured: tuple[str, ...]
    plan: str | None
    signatories: tuple[str, ...]
    acceptable: Number = field(metadata=shown_as(by=_number))
    nash: Mapping[str, str] | None
    utilities: Mapping[str, float]


def own_score(view: View) -> OwnScore | str:
    """Return a role's own points, or why it has none."""
    case = view.case
    if not view.is_actor:
        return "The role is no actor of the case, so it has no points of its own."
    me = case.actors[view.role]
    if unstated(me):
        return "The case does not state your interests, so nothing here is in your points."
    compiled = CompiledCase(case)
    space = compiled.space()
    if view.role in space.ordinal:
        return "The case states an order of your preferences but no points; `halfway stability` works with orders."
    row = space.actor(view.role)
    package = {name: _course(compiled, name) for name in case.plans}
    try:
        found = count_acceptable(space.utilities, space.bounds, [row], space.threshold[[row]])
        acceptable = Number(found.low, found.high)
    except TooWideError:
        acceptable = None
    return OwnScore(
        points={
            issue: {o: float(space.points.tables[i][row, k]) for k, o in enumerate(space.options[i])}
            for i, issue in enumerate(space.issues)
        },
        walk_away=float(space.walk_away[row]),
        today=None if space.status_quo is None else float(space.values(space.status_quo)[row, 0]),
        best=float(compiled.ideals[row, row]),
        plans={
            name: {phase: float(space.values(p)[row, 0]) for phase, p in phases.items()}
            for name, phases in package.items()
        },
        packages=count_feasible(space.utilities, space.bounds),
        acceptable=acceptable,
    )


def _course(compiled: CompiledCase, name: str) -> dict[str, IntArray]:
    """Return the package of each phase, what it inherits filled in."""
    plan = compiled.case.plans[name]
    return dict(zip(plan.phases, resolve_packages(compiled.space(), plan), strict=True))


def missing_interests(view: View, plan: str | None) -> tuple[str, ...]:
    """Return the signatories of which the view does not hold an interest, or its absence, on every issue."""
    case = as_seen_by(view.case, view.role)
    chosen = None if plan is None else case.plans[plan]
    return tuple(
        a
        for a in case.signatories(chosen)
        if a != view.role and (case.actors[a].ordinal_only or set(case.actors[a].interests) != set(case.issues))
    )


def joint_answer(view: View, plan: str | None) -> Joint | str:
    """Return what could be agreed by the interests that the view holds, or why that is not asked."""
    case = view.case
    chosen = None if plan is None else case.plans[plan]
    signatories = case.signatories(chosen)
    if view.is_actor and (unstated(case.actors[view.role]) or case.actors[view.role].ordinal_only):
        return "No joint answer: it needs your own interests in points."
    missing = missing_interests(view, plan)
    if missing or not signatories:
        names = ", ".join(case.title_of("actors", a) for a in missing)
        who = "your picture" if view.is_actor else "what this role may see"
        return f"No joint answer: {who} does not state, for every issue, what these signatories want: {names}."
    seen = _without_gaps(as_seen_by(case, view.role))
    try:
        result = settle(seen, plan)
    except Refusal as refusal:
        return f"No joint answer: {refusal.problems[0].what}; {refusal.problems[0].why}."
    nash = result.solutions.get("nash")
    return Joint(
        pictured=tuple(a for a in signatories if a != view.role and view.role in case.actors[a].as_seen_by),
        plan=plan,
        signatories=signatories,
        acceptable=result.acceptable,
        nash=None if nash is None else nash.package,
        utilities={} if nash is None else {a: nash.utilities[a] for a in signatories},
    )


def _without_gaps(case: Case) -> Case:
    """Return the case with those outside the room, of whom nothing is known, wanting nothing; no answer here is theirs."""
    nothing = {next(iter(case.issues)): Interest.model_validate({"weight": 0})}
    actors = {
        name: actor.model_copy(update={"interests": nothing}) if unstated(actor) else actor
        for name, actor in case.actors.items()
    }
    # Bodies at home answer a question of their own.
    actors = {name: actor.model_copy(update={"ratifies": {}}) for name, actor in actors.items()}
    changed = case.model_copy(update={"actors": actors})
    changed.__dict__.pop("content_hash", None)
    return changed
