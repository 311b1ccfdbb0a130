"""A chance or a rank in words, never without the link's measured skill, and the reason where there is neither."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from halfway.case.case import Case
from halfway.words.shares import percent


def odds_in_words(case: Case, actors: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """Say what the fitted link says of the actor that is tempted most.

    Parameters
    ----------
    case : Case
    actors : mapping
        The JSON form of the actors of a result of `conduct`.

    Returns
    -------
    tuple of str
        Sentences; none where nobody can break the plan.
    """
    can = {n: a for n, a in actors.items() if a.get("temptation") is not None}
    if not can:
        return ()
    who = max(can, key=lambda n: can[n]["temptation"]["points"])
    return one(case.title_of("actors", who), can[who])


def one(name: str, actor: Mapping[str, Any]) -> tuple[str, ...]:
    """Say of one actor its chance or its rank, or why there is none."""
    chance, rank = actor.get("chance"), actor.get("rank")
    if chance is not None:
        low, high = chance["interval"]
        return (
            f"The chance that {name} breaks a promise within five years: {percent(chance['five_years'])} "
            f"[{percent(low)}, {percent(high)}] ({chance['basis']}).",
        )
    if rank is not None:
        return (
            f"Among coded plans of the past, {name} ranks above {rank['above_kept']} of the {rank['kept']} actors that kept and "
            f"{rank['above_failed']} of the {rank['failed']} that failed ({rank['basis']}). This is a rank and no chance: "
            f"{actor['no_chance']}.",
        )
    reason = actor.get("no_chance")
    return () if reason is None else (f"No odds for {name}: {reason.removeprefix('no odds: ')}.",)


def short(name: str, actor: Mapping[str, Any]) -> str:
    """Say the same where there is little room; the skill then stands where this leads to."""
    chance, rank = actor.get("chance"), actor.get("rank")
    if chance is not None:
        low, high = chance["interval"]
        interval = f"[{percent(low)}, {percent(high)}]"
        return f"Chance that {name} breaks a promise in five years: {percent(chance['five_years'])} {interval}."
    if rank is not None:
        return (
            f"No chance, only a rank: {name} stands above {rank['above_kept']} of {rank['kept']} past actors that kept and "
            f"{rank['above_failed']} of {rank['failed']} that failed."
        )
    return "" if actor.get("no_chance") is None else f"No odds for {name}."
