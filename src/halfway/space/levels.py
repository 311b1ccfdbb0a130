"""Concession levels and movements, under the central numbers and under every draw of the uncertain ones.

``L(a → b, x) = 100 (u_a(x_a*) − u_a(x)) / (u_a(x_a*) − u_a(x_b*))`` percent: 0 at a's own ideal, 100 at b's. The
movement of a plan is its level less that of the status quo. Levels are linear in utility, so that an average over
packages has the level of its average utility.
"""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from halfway.errors import Problem, Refusal
from halfway.space.arrays import BoolArray, FloatArray, Mask, all_packages, holds
from halfway.space.compile import Space
from halfway.space.draws import Draws
from halfway.space.optima import ideal_matrix

SAME = 1e-9
"""Drawn utilities closer than this, in points, count as equal."""

LARGEST_BLOCK = 300_000
"""The most combinations of tied issues that are weighed under every draw."""

_CELLS = 4_000_000


def ideals(space: Space) -> FloatArray:
    """Return ``u_a(x_b*)`` in points, shape ``(actor a, actor b)``, at the central numbers.

    ``x_b*`` is the best feasible package for b and, among those, the best for a.
    """
    return np.asarray(ideal_matrix(space.utilities, space.bounds) * space.utilities.unit[:, None], dtype=np.float64)


def level(ideal: FloatArray, utility: FloatArray) -> FloatArray:
    """Return concession levels in percent.

    Parameters
    ----------
    ideal : ndarray, shape (..., actor a, actor b)
        ``u_a(x_b*)``.
    utility : ndarray, shape (..., actor)
        What each actor gets.

    Returns
    -------
    ndarray, shape (..., actor a, actor b)
        ``L(a → b)``; nan where both ideals are worth the same to a, so that there is no way to go.
    """
    own = np.diagonal(ideal, axis1=-2, axis2=-1)
    gone = np.broadcast_to((own - utility)[..., :, None], np.broadcast_shapes(ideal.shape, (*utility.shape, 1)))
    way = np.broadcast_to(own[..., :, None] - ideal, gone.shape)
    defined = np.abs(way) > SAME
    return np.where(defined, 100 * gone / np.where(defined, way, 1.0), np.nan)


def _components(space: Space, masks: list[Mask]) -> list[list[int]]:
    """Group issues that conditions tie together."""
    group = list(range(len(space.issues)))

    def root(i: int) -> int:
        while group[i] != i:
            i = group[i]
        return i

    for mask in masks:
        for i in mask.issues[1:]:
            group[root(i)] = root(mask.issues[0])
    members: dict[int, list[int]] = {}
    for i in range(len(space.issues)):
        members.setdefault(root(i), []).append(i)
    return list(members.values())


def drawn_ideals(space: Space, draws: Draws, actors: list[int] | None = None) -> FloatArray:
    """Return ``u_a(x_b*)`` under every draw, shape ``(draw, actor a, actor b)``, nan for actors not asked for.

    Issues that no linkage or constraint ties are decided one by one; tied ones are weighed together.

    Raises
    ------
    Refusal
        Where so many issues are tied that weighing them under every draw would not fit.
    """
    who = list(range(len(space.actors))) if actors is None else actors
    tied = [*space.bounds.allowed, *(mask for _, mask, _ in draws.linkages)]
    out = np.full((draws.count, len(space.actors), len(space.actors)), np.nan)
    for a in who:
        for b in who:
            out[:, a, b] = 0.0
    for component in _components(space, tied):
        _add_component(space, draws, component, who, out)
    return out


def _add_component(space: Space, draws: Draws, component: list[int], who: list[int], out: FloatArray) -> None:
    sizes = tuple(space.sizes[i] for i in component)
    if prod(sizes) > LARGEST_BLOCK:
        raise Refusal(
            [
                Problem(
                    "R020",
                    "concession levels cannot be drawn for this case",
                    f"{len(component)} issues are tied by linkages and constraints, {prod(sizes):,} combinations",
                    "split a condition that names many issues",
                    space.case.place("issues"),
                )
            ]
        )
    local = all_packages(sizes)
    packages = np.zeros((local.shape[0], len(space.issues)), dtype=np.int64)
    packages[:, component] = local
    inside = set(component)
    feasible: BoolArray = np.ones(len(packages), dtype=np.bool_)
    for mask in space.bounds.allowed:
        if mask.issues and set(mask.issues) <= inside:
            feasible &= holds(mask, packages)
    packages = packages[feasible]
    step = max(1, _CELLS // (len(packages) * len(space.actors) + 1))
    for start in range(0, draws.count, step):
        rows = slice(start, min(start + step, draws.count))
        values = _part_values(draws, packages, component, rows)
        for b in who:
            best = values[:, b, :].max(axis=1, keepdims=True)
            among = values[:, b, :] >= best - SAME
            for a in who:
                out[rows, a, b] += np.where(among, values[:, a, :], -np.inf).max(axis=1)


def _part_values(draws: Draws, packages: NDArray[np.int64], component: list[int], rows: slice) -> FloatArray:
    """Return what part of a package, the issues of one component, contributes, shape ``(draw, actor, part)``."""
    first = draws.tables[component[0]][rows]
    total = np.zeros((first.shape[0], first.shape[1], packages.shape[0]))
    for i in component:
        total += draws.tables[i][rows][:, :, packages[:, i]]
    inside = set(component)
    for actor, mask, points in draws.linkages:
        if mask.issues and set(mask.issues) <= inside:
            true = mask.table[tuple(packages[:, i] for i in mask.issues)]
            total[:, actor, :] += points[rows][:, None] * true
        elif not mask.issues and component[0] == 0 and bool(mask.table):
            total[:, actor, :] += points[rows][:, None]
    return total
