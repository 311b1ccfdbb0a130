"""Checks of one plan: its seats, its phases, and that every phase can be reached and is told in one way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from halfway.case.case import Case
from halfway.case.checker import Checker
from halfway.case.coherence_interests import check_walk_away
from halfway.case.coherence_locks import check_locks
from halfway.case.conditions import Path
from halfway.case.plans import Phase, Plan, PlanObligation


def check_plan(checker: Checker, name: str, plan: Plan) -> None:
    """Check one plan."""
    path: Path = ("plans", name)
    _check_table(checker, plan, path)
    _check_phases(checker, plan, path)
    phases = list(plan.phases)
    for i, obligation in enumerate(plan.obligations):
        at: Path = (*path, "obligations", i)
        checker.all_known(obligation.by, checker.everyone, "actor", (*at, "by"))
        checker.all_known(obligation.answers_for, checker.everyone, "actor", (*at, "answers_for"))
        _check_performers(checker, obligation, at)
        checker.all_known(obligation.to, checker.everyone, "actor", (*at, "to"))
        checker.all_known(obligation.verified_by, checker.everyone, "actor", (*at, "verified_by"))
        checker.all_known(obligation.guaranteed_by, checker.everyone, "actor", (*at, "guaranteed_by"))
        checker.assignment(obligation.does, (*at, "does"))
        if obligation.phase is not None:
            checker.known(obligation.phase, phases, "phase", (*at, "phase"))
        if obligation.if_ is not None:
            checker.condition(obligation.if_, (*at, "if"))
    for i, transfer in enumerate(plan.transfers):
        at = (*path, "transfers", i)
        checker.known(transfer.from_, checker.actors, "actor", (*at, "from"))
        checker.known(transfer.to, checker.actors, "actor", (*at, "to"))
        checker.all_known(transfer.phases, phases, "phase", (*at, "phases"))
    checker.all_known(plan.claims, list(checker.case.claims), "claim", (*path, "claims"))


def _check_performers(checker: Checker, obligation: PlanObligation, path: Path) -> None:
    for actor in obligation.by:
        if actor in obligation.answers_for and obligation.answers_for == obligation.by:
            checker.complain(
                "V449",
                f"'{actor}' answers for itself",
                "who promises performs, if nothing else is said",
                "remove 'answers_for', or name who performs in its place",
                (*path, "answers_for"),
            )
            break
    for key in ("by", "answers_for"):
        names = getattr(obligation, key)
        for actor in sorted({a for a in names if names.count(a) > 1}):
            checker.complain("V449", f"'{actor}' stands twice in '{key}'", "it promises once", "keep one", (*path, key))


def _check_table(checker: Checker, plan: Plan, path: Path) -> None:
    for i, aim in enumerate(plan.aims):
        checker.all_known(aim.for_, checker.everyone, "actor", (*path, "aims", i, "for"))
        if aim.must is not None:
            checker.condition(aim.must, (*path, "aims", i, "must"))
    for i, side in enumerate(plan.between or ()):
        checker.known(side, checker.actors, "actor", (*path, "between", i))
    if plan.between and plan.between[0] == plan.between[1]:
        checker.complain(
            "V430",
            "the two sides of the headline are the same",
            "it compares two",
            "name two actors",
            (*path, "between"),
        )
    if plan.proposer is not None:
        checker.known(plan.proposer, checker.everyone, "actor", (*path, "proposer"))
    if plan.bottom_line is not None:
        if plan.bottom_line.by is not None:
            checker.known(plan.bottom_line.by, checker.everyone, "actor", (*path, "bottom_line", "by"))
        if plan.bottom_line.must is not None:
            checker.condition(plan.bottom_line.must, (*path, "bottom_line", "must"))
    _check_seats(checker, plan.seats, plan, (*path, "seats"))
    for role, holders in plan.roles.held().items():
        checker.all_known(holders, checker.everyone, "actor", (*path, "roles", role))
    for i, author in enumerate(plan.authors):
        for j, disclosure in enumerate(author.disclosures):
            checker.known(disclosure.actor, checker.everyone, "actor", (*path, "authors", i, "disclosures", j, "actor"))


def _check_seats(checker: Checker, seats: Mapping[str, object], plan: Plan, path: Path) -> None:
    merged = {**plan.seats, **seats}
    parties = [a for a, seat in merged.items() if getattr(seat, "seat", None) == "party"]
    for actor, seat in seats.items():
        checker.known(actor, checker.actors, "actor", (*path, actor))
        speaker = getattr(seat, "represented_by", None)
        if speaker is None:
            continue
        if checker.known(speaker, checker.actors, "actor", (*path, actor)) and speaker not in parties:
            checker.complain(
                "V431",
                f"'{actor}' is represented by '{speaker}', who is not a party",
                "only a party can speak for another",
                f"seat '{speaker}' as a party",
                (*path, actor),
            )
    if seats and not parties:
        checker.complain(
            "V432", "no one is a party", "a plan needs signatories", "seat at least one party", path, value=False
        )


def _check_phases(checker: Checker, plan: Plan, path: Path) -> None:
    phases = list(plan.phases)
    if plan.start is not None:
        checker.known(plan.start, phases, "phase", (*path, "start"))
    for key, phase in plan.phases.items():
        at: Path = (*path, "phases", key)
        checker.assignment(phase.package, (*at, "package"))
        for i, trigger in enumerate(phase.on):
            checker.condition(trigger.when, (*at, "on", i, "when"), signals=True)
            checker.known(trigger.go, phases, "phase", (*at, "on", i, "go"))
        if phase.then is not None:
            checker.known(phase.then, phases, "phase", (*at, "then"))
            if phase.lasts is None:
                checker.complain(
                    "V433",
                    f"phase '{key}' names what follows but not how long it lasts",
                    "without a length it lasts for good",
                    "add 'lasts: 12 months'",
                    (*at, "then"),
                )
        if phase.lasts is not None:
            if phase.lasts.periods(checker.case.period) < 1:
                checker.complain(
                    "V434",
                    f"phase '{key}' lasts for no time",
                    "a phase takes at least one period",
                    "lengthen it",
                    (*at, "lasts"),
                )
            if phase.then is None:
                checker.complain(
                    "V433",
                    f"phase '{key}' ends but nothing follows",
                    "the plan would have no package then",
                    "add 'then: PHASE'",
                    (*at, "lasts"),
                )
        if phase.resets is not None:
            if phase.then is None and phase.resets.terms is None:
                checker.complain(
                    "V435",
                    f"phase '{key}' has resets but leads nowhere",
                    "a reset starts a phase again",
                    "add 'then' or 'terms'",
                    (*at, "resets"),
                )
            if phase.resets.terms is not None:
                checker.known(phase.resets.terms, phases, "phase", (*at, "resets", "terms"))
        if phase.seats:
            _check_seats(checker, dict(phase.seats), plan, (*at, "seats"))
        if phase.shifts is not None:
            checker.assignment(phase.shifts.status_quo, (*at, "shifts", "status_quo"))
            for actor, walk_away in phase.shifts.walk_away.items():
                where = (*at, "shifts", "walk_away", actor)
                checker.known(actor, checker.actors, "actor", where)
                check_walk_away(checker, walk_away, where)
    if plan.first in plan.phases:
        _check_routes(checker, plan, path)


def successors(phase: Phase) -> list[str]:
    """Return the phases that can follow a phase, each once, triggers first."""
    follow = [trigger.go for trigger in phase.on]
    if phase.then is not None:
        follow.append(phase.then)
    if phase.resets is not None and phase.resets.terms is not None:
        follow.append(phase.resets.terms)
    return list(dict.fromkeys(follow))


Packages: TypeAlias = dict[str, dict[str, str | None]]


def packages_of(case: Case, plan: Plan) -> tuple[Packages, dict[str, list[str]]]:
    """Return the package of every phase that is reached, and where it depends on the way there.

    Returns
    -------
    packages : dict
        By phase, the option of every issue; None where neither the status quo nor the plan says it.
    differing : dict
        By phase, the issues that it inherits differently by different routes.
    """
    reached: Packages = {}
    differing: dict[str, list[str]] = {}
    start: dict[str, str | None] = {i: (case.status_quo or {}).get(i) for i in case.issues}
    queue = [(plan.first, start)]
    while queue:
        name, inherited = queue.pop(0)
        package = {**inherited, **plan.phases[name].package}
        if name in reached:
            otherwise = [i for i in case.issues if i in package and package[i] != reached[name].get(i)]
            if otherwise:
                differing.setdefault(name, otherwise)
            continue
        reached[name] = package
        queue.extend((n, package) for n in successors(plan.phases[name]) if n in plan.phases)
    return reached, differing


def _check_routes(checker: Checker, plan: Plan, path: Path) -> None:
    """Complain about phases that no route reaches, and about packages that depend on the route taken."""
    status_quo = checker.case.status_quo
    reached, differing = packages_of(checker.case, plan)
    for name, issues in differing.items():
        checker.complain(
            "V436",
            f"phase '{name}' inherits {', '.join(issues)} differently by different routes",
            "its package would depend on the way there",
            "name these options in its package",
            (*path, "phases", name),
            value=False,
        )
    check_locks(checker, plan, reached, path)
    for name in plan.phases:
        if name not in reached:
            checker.complain(
                "V437",
                f"phase '{name}' is never reached",
                "neither the start, 'then' nor a trigger leads to it",
                "lead to it or remove it",
                (*path, "phases", name),
                value=False,
            )
    if status_quo is None:
        lacking = [i for i, o in reached[plan.first].items() if o is None]
        if lacking:
            checker.complain(
                "V438",
                f"the plan's first phase says nothing of {', '.join(lacking)}",
                "without a status quo there is nothing to inherit",
                "state the status quo or name the options",
                (*path, "phases", plan.first),
                value=False,
            )
    else:
        _check_constraints(checker, reached, path)


def _check_constraints(checker: Checker, reached: dict[str, dict[str, str | None]], path: Path) -> None:
    from halfway.case.truth import violated

    if checker.problems.problems:
        return
    for name, package in reached.items():
        full = {i: o for i, o in package.items() if o is not None}
        for number in violated(checker.case, full):
            where = checker.case.place("constraints", number)
            checker.complain(
                "V439",
                f"the package of phase '{name}' is forbidden by a constraint",
                f"it stands at line {where.line}",
                "change the package or the constraint",
                (*path, "phases", name),
                value=False,
            )
