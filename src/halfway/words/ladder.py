"""The concession ladder in words."""

from __future__ import annotations

from collections.abc import Sequence

from halfway.words.front_page import inside, joined, whole


def first_and_last(side: str, other: str, first: float | None, last: float | None) -> tuple[str, ...]:
    """Say from where to where the ladder is acceptable.

    Parameters
    ----------
    side, other : str
    first : float or None
        The least percent of its way that the other gets from a package that is best for the side and acceptable to all.
    last : float or None
        The most that any acceptable package gives it.
    """
    if last is None:
        return ("No package is acceptable to all who would sign, on any rung.",)
    begins = (
        f"No package that is best for {inside(side)} at its rung is acceptable to all; others on the way are."
        if first is None
        else f"The first package on the ladder that all would sign gives {inside(other)} {whole(first)} percent of its way."
    )
    if round(last) >= 100:
        return begins, f"There is something to sign up to the last rung, all of what {inside(other)} wants."
    return begins, (
        f"The last gives it {whole(last)} percent: beyond that nothing is acceptable to all who would sign, "
        "and the price is too high."
    )


def paying(percent: float, losers: Sequence[tuple[str, float]], most: int = 3) -> str:
    """Say who pays for a rung, against today, the largest losses first."""
    named = [(n, x) for n, x in losers if x >= 0.5]
    if not named:
        return f"At {percent:g} percent nobody is worse off than today."
    said = joined([f"{inside(n)} ({whole(x)})" for n, x in named[:most]])
    rest = len(named) - most
    more = f", and {rest} more" if rest > 0 else ""
    return f"At {percent:g} percent it is paid for by {said}{more}, in points against today."


def limits(other: str, found: Sequence[tuple[str, float | None]]) -> str:
    """Say how much of its way the other can get before each actor, nobody else asked, is worse off than without a deal."""
    below = sorted(((n, x) for n, x in found if x is not None and round(x) < 100), key=lambda e: e[1])
    never = [inside(n) for n, x in found if x is None]
    parts = []
    if below:
        parts.append(
            f"Even if nobody else is asked, {inside(other)} can get no more than this of its way before an actor is "
            f"worse off than without a deal: {', '.join(f'{inside(n)} {whole(x)} percent' for n, x in below)}."
        )
    else:
        parts.append(f"Nobody, asked alone, limits what {inside(other)} can get.")
    if never:
        parts.append(f"No package satisfies {joined(never)}.")
    return " ".join(parts)
