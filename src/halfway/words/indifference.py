"""What is said beside every answer of actors that a case leaves partly without interests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from halfway.case.case import Case

NAMED = 4
"""The most actors that are named beside an answer; `check` and the brief's annex name all."""


def taken_as_indifferent(case: Case, found: Mapping[str, Sequence[str]], most: int | None = NAMED) -> str:
    """Say whose interests an answer takes for none, and on which issues; nothing where all of them are stated.

    Parameters
    ----------
    case : Case
    found : mapping
        By actor, the issues on which the case does not say what it wants.
    most : int, optional
        The most actors named. Default: 4; None for all.
    """
    if not found:
        return ""
    actors = list(found)[:most]
    said = [
        f"{case.title_of('actors', a)} ({', '.join(case.title_of('issues', i) for i in found[a])})"
        if most is None or len(found[a]) <= NAMED
        else f"{case.title_of('actors', a)} ({len(found[a])} issues)"
        for a in actors
    ]
    more = len(found) - len(actors)
    listed = "; ".join(said) + (f"; and {more} more, which 'halfway check' lists" if more else "")
    return f"Counted as indifferent, because the case does not say what they want: {listed}."


def counted_as_indifferent(found: Mapping[str, Sequence[str]]) -> str:
    """Say in a clause how many actors an answer takes as indifferent to something; nothing where none."""
    if not found:
        return ""
    number = len(found)
    who = "one actor counts" if number == 1 else f"{number} actors count"
    return f"{who} as indifferent where the case is silent"
