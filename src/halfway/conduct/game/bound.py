"""What a plan binds, whom, and to whose benefit: bound issues, those who can break it, those whom a breach must spare."""

from __future__ import annotations

from collections.abc import Iterable

from halfway.case.case import Case
from halfway.case.plans import Plan
from halfway.space.plan.signals import issues_read
from halfway.space.utilities.space import Space


def limits(case: Case) -> tuple[float, float]:
    """Return the least material harm, in points of a period, and the largest trifling gain, of the discounted average."""
    return float(case.material), float(case.trifling)


def bound_issues(space: Space, plan: Plan) -> frozenset[int]:
    """Return the issues that a plan binds: those that a phase or an obligation names, and those that a trigger reads.

    An issue bound anywhere is bound in every phase, where standstill is prescribed if nothing else is.
    """
    named = {i for phase in plan.phases.values() for i in phase.package}
    named |= {i for o in plan.obligations for i in o.does}
    read = {i for phase in plan.phases.values() for i in issues_read(space, phase)}
    return frozenset({space.issues.index(i) for i in named if i in space.issues} | read)


def breakers(case: Case, plan: Plan) -> tuple[str, ...]:
    """Return the actors that can break a plan: signatories, and others who accepted an obligation."""
    signed = set(case.signatories(plan))
    signed |= {a for o in plan.obligations for a in named(o.by)}
    return tuple(a for a in case.actors if a in signed)


def protected(case: Case, plan: Plan, actor: str) -> tuple[str, ...]:
    """Return those whom an actor's conduct must cost nothing if it is to keep the plan.

    They are the other signatories, those to whom it owes an obligation and those whom the plan is for.
    """
    others = set(case.signatories(plan))
    others |= {a for o in plan.obligations if actor in named(o.by) for a in o.to}
    others |= {a for aim in plan.aims for a in aim.for_}
    return tuple(a for a in case.actors if a in others and a != actor)


def named(who: str | Iterable[str]) -> tuple[str, ...]:
    """Return one name or several as several."""
    return (who,) if isinstance(who, str) else tuple(who)
