"""Who would have to sign: those asked for, or those who set or own what is at stake."""

from __future__ import annotations

from collections.abc import Sequence

from halfway.case.case import Case
from halfway.errors import unknown

NATURAL = "natural"


def natural_parties(case: Case) -> tuple[str, ...]:
    """Return the actors that set or own an issue, in the case's order; facilitators and guarantors do not sign."""
    owners = {group_of(case, name) for issue in case.issues.values() for name in issue.owner}
    setters = {group_of(case, name) for issue in case.issues.values() for name in issue.set_by}
    return tuple(a for a in case.actors if a in owners | setters)


def group_of(case: Case, name: str) -> str:
    """Return the actor that a name belongs to: itself, or the group of which it is a member."""
    for actor, declared in case.actors.items():
        if name in declared.members:
            return actor
    return name


def named_parties(case: Case, asked: Sequence[str]) -> tuple[str, ...]:
    """Return the parties that were asked for, in the case's order.

    Raises
    ------
    Refusal
        Where there is no such actor.
    """
    if tuple(asked) == (NATURAL,):
        return natural_parties(case)
    for name in asked:
        if name not in case.actors:
            raise unknown("actor", name, tuple(case.actors), where="to sign", remedy="name actors of the case")
    return tuple(a for a in case.actors if a in asked)
