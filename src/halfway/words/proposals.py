"""Proposals in words."""

from __future__ import annotations

from collections.abc import Sequence

from halfway.words.front_page import capital, inside, joined, points_short
from halfway.words.shares import percent

_GRADES = {
    "holds_by_itself": "It holds by itself.",
    "holds_as_long_as_it_is_kept": "It holds as long as it is kept.",
    "holds_but_for_small_breaches": "It holds but for small breaches.",
    "hangs_on": "Whether it would be kept hangs on one thing.",
    "would_not_be_kept": "It would not be kept.",
}


def what_is_acceptable(parties: Sequence[str], acceptable: str, ratified: str, own: str) -> str:
    """Say how many packages the parties accept, and how many pass at home and lie in their own power."""
    who = joined([inside(p) for p in parties])
    if acceptable == "0":
        return f"No package is acceptable to {who}."
    said = f"{capital(acceptable)} packages are acceptable to {who}"
    said += f"; {ratified} also to the bodies at home" if ratified != acceptable else ""
    said += f"; {own} of these change only what they set themselves" if own != ratified else ""
    return f"{said}."


def found_plan(grade: str, tempted: Sequence[tuple[str, float]], exposure: float) -> tuple[str, ...]:
    """Say whether a plan would be kept, whom breaking it tempts, and what the order of steps exposes anyone to."""
    named = [f"{inside(n)} {points_short(x)}" for n, x in sorted(tempted, key=lambda e: -e[1]) if x >= 0.05]
    said = f"{_GRADES[grade]} Everybody would sign it."
    said += f" Breaking it would gain {joined(named)}." if named else " Breaking it would gain nobody anything."
    exposed = (
        "No step leaves a party worse off than today."
        if exposure < 0.05
        else f"Its worst moment leaves a party {points_short(exposure)} worse off than today."
    )
    return said, exposed


def hinge(actor: str, kind: str | None, number: Sequence[str], share: float, with_it: float) -> str:
    """Say what a plan of the fourth grade hangs on.

    Parameters
    ----------
    actor : str
    kind : str or None
        The type of it that is not tempted.
    number : sequence of str
        Or the path of a number.
    share, with_it : float
        How often the actor is materially tempted, and how often once that is settled for the better.
    """
    often = f"{capital(inside(actor))} is materially tempted in {percent(share)} of the draws"
    if kind is not None:
        return f"{often}; if it is {inside(kind)}, in {percent(with_it)}."
    if number:
        return f"{often}; with {'.'.join(number)} at its better end, in {percent(with_it)}."
    return f"{often}."


def searched(aims: int, designs: int, judged: int, cut: int, refused: int, beside: int, left: int, gap: float) -> str:
    """Say what was searched, and how good the best of it is known to be."""
    looked = judged + cut + refused
    said = (
        f"Searched for {aims} package{'' if aims == 1 else 's'}: {looked} designs, {judged} judged in full, {cut} given up "
        f"because somebody was more tempted than under the best so far, {refused} that somebody would not sign."
    )
    if left:
        return (
            f"{said} {left} of the {designs} designs that answer everyone alike were not looked at: one of them could "
            f"tempt by up to {gap:.1f} points less."
        )
    more = f", and the best that changing one answer at a time leads to among {beside} more" if beside else ""
    return f"{said} It is the best of all {designs} designs that answer everyone alike{more}."
