"""Packages compared in exact fractions, where whole numbers had to be rounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from halfway.settle.packages.frontier import Frontier
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.utilities.groups import walk_away_of, wants_of
from halfway.space.utilities.preferences import mean_of
from halfway.space.utilities.space import Space, preferences_of


def exact_worth(space: Space, parties: Sequence[int], packages: IntArray) -> list[tuple[Fraction, ...]]:
    """Return what packages are worth to some actors, in points and without any rounding, one tuple a package."""
    case = space.case
    wants = [wants_of(case, space.actors[a], preferences_of(case, space.actors[a]), mean_of) for a in parties]
    out = []
    for package in packages:
        row = []
        for w in wants:
            total = sum((Fraction(w.tables[i][int(o)]) for i, o in enumerate(package)), Fraction(0))
            for mask, points in w.linkages:
                if bool(mask.table[tuple(int(package[i]) for i in mask.issues)]):
                    total += Fraction(points)
            row.append(total)
        out.append(tuple(row))
    return out


def exact_walk_aways(space: Space, parties: Sequence[int]) -> tuple[Fraction, ...]:
    """Return what walking away is worth to some actors, in points and without any rounding."""
    case = space.case
    anchor = None if space.status_quo is None else tuple(int(x) for x in space.status_quo)
    found = []
    for a in parties:
        name = space.actors[a]
        details = preferences_of(case, name)
        wants = wants_of(case, name, details, mean_of)
        found.append(Fraction(walk_away_of(case, name, wants, details, anchor, mean_of)))
    return tuple(found)


def sharpened(space: Space, frontier: Frontier, unit: FloatArray) -> tuple[Frontier, IntArray]:
    """Compare the packages of a frontier in exact fractions, where whole numbers had to be rounded.

    Rounding makes a gain of nothing a tiny one, or a tiny loss: a solution that counts who gains, as Nash's does, would
    take it for a gain.

    Parameters
    ----------
    space : Space
    frontier : Frontier
    unit : ndarray of float, shape (party,)
        Utility points per count.

    Returns
    -------
    Frontier
        Only what is acceptable and undominated in fractions, each utility vector once. A gain is some counts where it is
        one, and no count where it is none.
    ndarray of int, shape (party,)
        The walk-aways in counts.
    """
    worth = exact_worth(space, frontier.parties, frontier.packages)
    least = exact_walk_aways(space, frontier.parties)
    scale = [1 / Fraction(float(u)) for u in unit]
    reached = [k for k, row in enumerate(worth) if all(x >= d for x, d in zip(row, least, strict=True))]
    kept = [reached[k] for k in undominated([worth[k] for k in reached])]
    floor = np.array([round(d * s) for d, s in zip(least, scale, strict=True)], dtype=np.int64)
    ties: dict[tuple[Fraction, ...], int] = {}
    for k in reached:
        ties[worth[k]] = ties.get(worth[k], 0) + int(frontier.ties[k])
    gains = [
        [max(round(g * s), 1) if (g := x - d) else 0 for x, d, s in zip(worth[k], least, scale, strict=True)]
        for k in kept
    ]
    vectors = floor + np.array(gains, dtype=np.int64).reshape(len(kept), len(frontier.parties))
    order = sorted(range(len(kept)), key=lambda n: tuple(-vectors[n]))
    found = replace(
        frontier,
        vectors=vectors[order],
        packages=frontier.packages[[kept[n] for n in order]],
        ties=np.array([ties[worth[kept[n]]] for n in order], dtype=frontier.ties.dtype),
    )
    return found, floor


def undominated(worth: Sequence[tuple[Fraction, ...]]) -> list[int]:
    """Return the positions of the vectors that no other dominates, the first of those that are equal."""
    if not worth:
        return []
    # Only the order of each party's values matters, and ranks compare as fast as machine numbers do.
    ranks = np.empty((len(worth), len(worth[0])), dtype=np.int64)
    for a in range(ranks.shape[1]):
        place = {value: n for n, value in enumerate(sorted({row[a] for row in worth}))}
        ranks[:, a] = [place[row[a]] for row in worth]
    # Sorted from the best for the first party down: only those before can dominate, or equal.
    order = np.lexsort((np.arange(len(worth)), *(-ranks[:, a] for a in reversed(range(ranks.shape[1])))))
    best, kept = np.empty_like(ranks), list[int]()
    for k in order.tolist():
        if not (best[: len(kept)] >= ranks[k]).all(axis=1).any():
            best[len(kept)] = ranks[k]
            kept.append(k)
    return sorted(kept)


def rounding(space: Space, party: int, unit: float) -> float:
    """Return by how many points two packages may compare wrongly for a party, its terms being rounded to counts."""
    terms = len(space.issues) + sum(bool(np.any(link.points[party])) for link in space.utilities.linkages)
    return terms * unit
