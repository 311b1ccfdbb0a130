"""What a change to a case or a plan does, in English: before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from halfway.words.front_page import counted

LEAST = 0.05
"""Points below which a figure counts as the same."""


class Worth(Protocol):
    """What a plan is worth to one actor, in points."""

    @property
    def plan(self) -> float: ...
    @property
    def no_agreement(self) -> float: ...
    @property
    def signs(self) -> bool | None: ...


def before_after(names: Mapping[str, str], before: Mapping[str, Worth], after: Mapping[str, Worth]) -> Iterator[str]:
    """Say whom a change touches, the greatest changes first.

    Parameters
    ----------
    names : mapping from actor to str
        What each is called.
    before, after : mapping from actor to Worth
    """

    def moved(actor: str) -> float:
        one, other = before[actor], after[actor]
        return max(abs(one.plan - other.plan), abs(one.no_agreement - other.no_agreement))

    touched = [a for a in after if a in before and (moved(a) >= LEAST or before[a].signs != after[a].signs)]
    if not touched:
        yield "Nobody gains or loses by it."
    for actor in sorted(touched, key=lambda a: -moved(a)):
        one, other = before[actor], after[actor]
        said = f"{names[actor]}: the plan is worth {other.plan:.1f} points, before {one.plan:.1f}"
        if abs(one.no_agreement - other.no_agreement) >= LEAST:
            said += f"; no agreement {other.no_agreement:.1f}, before {one.no_agreement:.1f}"
        said += "."
        if other.signs is not None and one.signs != other.signs:
            said += f" It would now {'sign' if other.signs else 'refuse'}."
        elif other.signs is not None:
            margin = other.plan - other.no_agreement
            where = "above" if margin >= 0 else "below"
            said += f" It would {'sign' if other.signs else 'refuse'} as before, {abs(margin):.1f} points {where} no agreement."
        yield said


def steps(done: int, undone: int) -> str:
    """Say how many changes were made, and how many were taken back."""
    said = counted(done, "change")
    return f"{said} made" + (f", {undone} taken back" if undone else "")
