"""What one actor believes of the others: the case as it sees it (hypergames; Bennett 1977)."""

from __future__ import annotations

from halfway.case.case import Case
from halfway.case.interests import Preferences


def viewers(case: Case) -> tuple[str, ...]:
    """Return the actors that have a picture of another's interests, in the case's order."""
    return tuple(v for v in case.actors if any(v in actor.as_seen_by for a, actor in case.actors.items() if a != v))


def pictured_by(case: Case, viewer: str) -> tuple[str, ...]:
    """Return the actors of which a viewer has a picture of its own."""
    return tuple(a for a, actor in case.actors.items() if a != viewer and viewer in actor.as_seen_by)


def as_seen_by(case: Case, viewer: str) -> Case:
    """Return the game that a viewer believes it is in: its own interests as they are, the others' as it pictures them.

    What a picture leaves out is taken from the actor: it is seen rightly. Types and bodies at home stay as they are.
    """
    actors = dict(case.actors)
    for name in pictured_by(case, viewer):
        own = case.actors[name]
        seen = own.as_seen_by[viewer].over(own)
        actors[name] = own.model_copy(update={field: getattr(seen, field) for field in Preferences.model_fields})
    changed = case.model_copy(update={"actors": actors})
    # A copy carries what was worked out of the original.
    changed.__dict__.pop("content_hash", None)
    return changed
