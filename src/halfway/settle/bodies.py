"""Bodies at home that must approve, put beside the actors so that what they accept can be counted."""

from __future__ import annotations

from collections.abc import Sequence

from halfway.case.actors import Actor
from halfway.case.case import Case
from halfway.case.interests import WalkAway


def bodies_of(case: Case, signatories: Sequence[str]) -> list[tuple[str, str]]:
    """Return the bodies that must approve what some actors sign, each with its actor."""
    return [(a, b) for a in signatories for b in case.actors[a].ratifies]


def named(actor: str, body: str) -> str:
    """Return what a body is called among the actors."""
    return f"{actor}/{body}"


def with_bodies(case: Case, signatories: Sequence[str]) -> Case:
    """Return a case in which these bodies are actors, each with the threshold from which it approves as its walk-away."""
    beside = {named(a, b): _as_actor(case, a, b) for a, b in bodies_of(case, signatories)}
    return case.model_copy(update={"actors": {**case.actors, **beside}})


def _as_actor(case: Case, actor: str, body: str) -> Actor:
    """Make a body an actor of its own, whose walk-away is the threshold from which it approves."""
    own = case.actors[actor].ratifies[body]
    wants = own.over(case.actors[actor])
    fields = {name: getattr(wants, name) for name in type(wants).model_fields if name in Actor.model_fields}
    if own.threshold is not None:
        fields["walk_away"] = WalkAway.model_construct(
            _fields_set={"utility"}, utility=own.threshold, status_quo=None, contest=None, note=None, source=()
        )
    return Actor(capability=case.actors[actor].capability).model_copy(update=fields)
