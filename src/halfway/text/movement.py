"""Draft against draft: what changed where, who gave and who gained by it, and what is open now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from halfway.case.plans import Plan
from halfway.space.compiled import CompiledCase
from halfway.space.plan.prescribed import resolve_packages


@dataclass(frozen=True)
class Moved:
    """One issue of one phase that differs between two drafts.

    Attributes
    ----------
    phase, issue, before, after : str
    points : mapping from actor to float
        What the change is worth to each actor on this issue alone, in utility points a period; negative: it gave.
    """

    phase: str
    issue: str
    before: str
    after: str
    points: Mapping[str, float]


@dataclass(frozen=True)
class Movement:
    """What changed from one draft to another.

    Attributes
    ----------
    before, after : str
        The two plans.
    changes : tuple of Moved
        In phases that both have, inherited options counted.
    points : mapping from actor to float
        The whole package at the end of the plan's course, after less before, linkages included.
    opened, closed : tuple of (phase, issue)
        Brackets that are new, and brackets that are gone.
    phases_added, phases_removed : tuple of str
    rules_changed : bool
        Whether rules, lengths, undertakings, payments or seats differ.
    """

    before: str
    after: str
    changes: tuple[Moved, ...]
    points: Mapping[str, float]
    opened: tuple[tuple[str, str], ...]
    closed: tuple[tuple[str, str], ...]
    phases_added: tuple[str, ...]
    phases_removed: tuple[str, ...]
    rules_changed: bool

    @property
    def gave(self) -> Mapping[str, float]:
        """Return by actor the points that it gave over all changes, a period of each phase counted once."""
        actors = {a for change in self.changes for a in change.points}
        return {a: -sum(min(c.points[a], 0.0) for c in self.changes) for a in sorted(actors)}


def movement(compiled: CompiledCase, before: str, after: str) -> Movement:
    """Compare two drafts of a case."""
    case, space = compiled.case, compiled.space()
    space.require_cardinal("who moved between two drafts")
    old, new = case.plans[before], case.plans[after]
    packages = {
        name: dict(zip(p.phases, resolve_packages(space, p), strict=True)) for name, p in ((before, old), (after, new))
    }
    changes = []
    for phase in (p for p in old.phases if p in new.phases):
        was, is_ = packages[before][phase], packages[after][phase]
        for i in np.flatnonzero(was != is_):
            table = space.points.tables[i]
            changes.append(
                Moved(
                    phase,
                    space.issues[i],
                    space.options[i][was[i]],
                    space.options[i][is_[i]],
                    {a: float(table[row, is_[i]] - table[row, was[i]]) for row, a in enumerate(space.actors)},
                )
            )
    end = space.values(packages[after][new.course[-1]])[:, 0] - space.values(packages[before][old.course[-1]])[:, 0]
    was_open, is_open = _open(old), _open(new)
    return Movement(
        before,
        after,
        tuple(changes),
        dict(zip(space.actors, end.tolist(), strict=True)),
        opened=tuple(x for x in is_open if x not in was_open),
        closed=tuple(x for x in was_open if x not in is_open),
        phases_added=tuple(p for p in new.phases if p not in old.phases),
        phases_removed=tuple(p for p in old.phases if p not in new.phases),
        rules_changed=_rules(old) != _rules(new),
    )


def _open(plan: Plan) -> tuple[tuple[str, str], ...]:
    return () if plan.draft is None else tuple((b.phase, b.issue) for b in plan.draft.open)


def _rules(plan: Plan) -> object:
    return (
        plan.start, plan.seats, plan.obligations, plan.transfers,
        {k: (p.lasts, p.then, p.on, p.resets, p.shifts, p.seats) for k, p in plan.phases.items()},
    )  # fmt: skip
