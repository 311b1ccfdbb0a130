"""What each party thinks the others would accept, beside what they would (hypergames; Bennett 1977)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from halfway.case.case import Case
from halfway.case.pictures import as_seen_by, pictured_by, viewers
from halfway.settle.packages.counting import count_acceptable
from halfway.settle.result import Believed, Number, SettlePicture
from halfway.space.arrays import IntArray, holds
from halfway.space.utilities.space import Space, compile_space

Solve = Callable[[Space, list[int]], IntArray | None]
"""Finds the Nash package of some actors of a space."""


def pictures(case: Case, actual: Space, signatories: Sequence[str], solve: Solve) -> tuple[SettlePicture, ...]:
    """Return the talks as each actor sees them that has a picture of a signatory of its own.

    Parameters
    ----------
    case : Case
    actual : Space
        The case as it is.
    signatories : sequence of str
    solve : callable
    """
    return tuple(
        _picture(case, actual, viewer, seen, signatories, solve)
        for viewer in viewers(case)
        if (seen := [a for a in pictured_by(case, viewer) if a in signatories])
    )


def _picture(
    case: Case, actual: Space, viewer: str, seen: Sequence[str], signatories: Sequence[str], solve: Solve
) -> SettlePicture:
    game = as_seen_by(case, viewer)
    # Both characters of an actor stand in one space, so that what both accept can be counted.
    both = case.model_copy(update={"actors": {**case.actors, **{f"{a}/{viewer}": game.actors[a] for a in seen}}})
    space = compile_space(both)

    def count(*actors: str) -> Number:
        rows = [space.actor(a) for a in actors]
        found = count_acceptable(space.utilities, space.bounds, rows, space.threshold[rows])
        return Number(found.low, found.high)

    believed = tuple(
        Believed(
            actor=a,
            walk_away=float(actual.walk_away[actual.actor(a)]),
            walk_away_believed=float(space.walk_away[space.actor(f"{a}/{viewer}")]),
            accepts=count(a),
            accepts_believed=count(f"{a}/{viewer}"),
            accepts_both=count(a, f"{a}/{viewer}"),
        )
        for a in seen
    )
    as_believed = [f"{a}/{viewer}" if a in seen else a for a in signatories]
    rows = [space.actor(a) for a in as_believed]
    package = solve(space, rows)
    return SettlePicture(
        viewer=viewer,
        believed=believed,
        acceptable=count(*as_believed),
        nash=None if package is None else space.labels(package),
        utilities={}
        if package is None
        else dict(zip(signatories, np.asarray(space.values(package))[rows, 0].tolist(), strict=True)),
        refused_by=() if package is None else tuple(a for a in signatories if not accepts(actual, a, package)),
    )


def accepts(space: Space, actor: str, package: IntArray) -> bool:
    """Tell whether an actor would sign a package: its walk-away or more, and no red line crossed."""
    row = space.actor(actor)
    if int(np.asarray(space.utilities.of(package[None, :]))[row, 0]) < int(space.threshold[row]):
        return False
    return not any(bool(holds(mask, package[None, :])[0]) for mask in space.bounds.red_lines[row])
