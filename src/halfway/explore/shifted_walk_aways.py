"""Facts on the ground: what actors have without an agreement once a phase has changed them."""

from __future__ import annotations

from halfway.space.compiled import CompiledCase
from halfway.space.utilities.groups import wants_of
from halfway.space.utilities.preferences import mean_of, walk_away_value
from halfway.space.utilities.space import preferences_of, status_quo_of


def shifted_walk_aways(compiled: CompiledCase, plan: str, phase: str) -> dict[str, float]:
    """Return the walk-aways, in points, of the actors whose position without an agreement a phase changes.

    A new status quo counts for everyone whose walk-away rests on it, a new walk-away for the actor that it is stated for.
    """
    case = compiled.case
    shifts = case.plans[plan].phases[phase].shifts
    anchor = status_quo_of(case)
    if shifts is None or anchor is None:
        return {}
    after = anchor.copy()
    for issue, option in shifts.status_quo.items():
        after[list(case.issues).index(issue)] = list(case.issues[issue].options).index(option)
    package = tuple(int(x) for x in after)
    space, out = compiled.space(), {}
    for actor, declared in case.actors.items():
        stated = shifts.walk_away.get(actor)
        if stated is None and (declared.members and not declared.interests):
            continue
        preferences = preferences_of(case, actor)
        wants = wants_of(case, actor, preferences, mean_of)
        walk = stated if stated is not None else preferences.walk_away
        found = float(walk_away_value(case, actor, wants, walk, package, mean_of, ("actors", actor, "walk_away")))
        if abs(found - float(space.walk_away[space.actor(actor)])) > 1e-9:
            out[actor] = found
    return out
