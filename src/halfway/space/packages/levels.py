"""Concession levels and movements, under the central numbers and under every draw of the uncertain ones.

``L(a → b, x) = 100 (u_a(x_a*) − u_a(x)) / (u_a(x_a*) − u_a(x_b*))`` percent: 0 at a's own ideal, 100 at b's. The
movement of a plan is its level less that of the status quo. Levels are linear in utility, so that an average over
packages has the level of its average utility.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

import numpy as np

from halfway.errors import Problem, Refusal
from halfway.space.arrays import BoolArray, FloatArray, Linkage, Mask, Utilities
from halfway.space.packages.blocks import Block, TooWideError, form_blocks
from halfway.space.packages.optima import ideal_matrix
from halfway.space.utilities.draws import Draws
from halfway.space.utilities.space import Space

SAME = 1e-9
"""Drawn utilities closer than this, in points, count as equal."""

LARGEST_BLOCK = 300_000
"""The most combinations of tied issues that are weighed under every draw."""

_CELLS = 4_000_000


def ideals(space: Space) -> FloatArray:
    """Return ``u_a(x_b*)`` in points, shape ``(actor a, actor b)``, at the central numbers.

    ``x_b*`` is the best feasible package for b and, among those, the best for a.

    Raises
    ------
    Refusal
        Where the constraints leave no package, or conditions tie too many issues at once.
    """
    try:
        scaled = ideal_matrix(space.utilities, space.bounds)
    except TooWideError as error:
        raise tied_too_widely(space, error) from error
    except ValueError as error:
        raise Refusal(
            [
                Problem(
                    "R022",
                    "no package of this case can occur",
                    "its constraints rule out every combination of options",
                    "drop or correct a constraint",
                    space.case.place("constraints"),
                )
            ]
        ) from error
    return np.asarray(scaled * space.utilities.unit[:, None], dtype=np.float64)


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


def tied_too_widely(space: Space, error: TooWideError) -> Refusal:
    """Say which issues are tied by too many conditions, and what to leave out."""
    case = space.case
    tied = [case.title_of("issues", space.issues[i]) for i in error.issues]
    named = ", ".join(tied[:5]) + (f" and {len(tied) - 5} more" if len(tied) > 5 else "")
    linkages = sum(len(a.linkages) for a in case.actors.values())
    size = f"{len(tied)} issues, {linkages} linkages, {len(case.constraints)} constraints"
    problem = Problem(
        "R052",
        f"conditions tie too many issues at once ({size})",
        f"{error.combinations:,} combinations and more of the options of {named} would have to be told apart",
        "drop linkages, red lines or constraints that tie issues together, or fix some of these issues at one option",
        case.place("issues"),
    )
    return Refusal([problem])


def drawn_ideals(space: Space, draws: Draws, pairs: Iterable[tuple[int, int]] | None = None) -> FloatArray:
    """Return ``u_a(x_b*)`` under every draw, shape ``(draw, actor a, actor b)``.

    Computed by variable elimination under all draws at once: an issue is decided as soon as no later condition reads
    it, so that the work grows with the widest set of issues that conditions tie, not with the number of packages.

    Parameters
    ----------
    space : Space
    draws : Draws
    pairs : iterable of (int, int), optional
        The pairs of actors asked for, in either order; the rest is nan. Default: all.

    Raises
    ------
    Refusal
        Where so many issues are tied that weighing them under every draw would not fit.
    """
    actors = range(len(space.actors))
    asked = {(a, b) for a in actors for b in actors} if pairs is None else {p for q in pairs for p in (q, q[::-1])}
    asked |= {(a, a) for pair in asked for a in pair}
    structure = Utilities(
        space.utilities.tables,
        tuple(_structural(len(space.actors), actor, mask) for actor, mask, _ in draws.linkages),
        space.utilities.unit,
        exact=False,
    )
    out = np.full((draws.count, len(space.actors), len(space.actors)), np.nan)
    for a, b in sorted(asked):
        rows = (a,) if a == b else (b, a)
        blocks = form_blocks(structure, space.bounds.allowed, rows)
        best = np.zeros((len(rows), draws.count))
        for actor, mask, points in draws.linkages:
            if not mask.issues and actor in rows and bool(mask.table):
                best[rows.index(actor)] += points
        for block in blocks.blocks:
            best += _swept(space, draws, block, rows)
        out[:, a, b] = best[-1]
    return out


def _structural(actors: int, actor: int, mask: Mask) -> Linkage:
    """Say which issues a linkage ties, whatever its points turn out to be."""
    table = np.zeros((actors, *mask.table.shape), dtype=np.int64)
    table[actor] = mask.table
    return Linkage(mask.issues, table)


def _swept(space: Space, draws: Draws, block: Block, rows: tuple[int, ...]) -> FloatArray:
    """Return what the lexicographically best part of a package is worth, shape ``(row, draw)``."""
    widest = max(prod(space.sizes[i] for i in (*step.before, step.issue)) for step in block.steps)
    if widest > LARGEST_BLOCK:
        raise Refusal(
            [
                Problem(
                    "R020",
                    "concession levels cannot be drawn for this case",
                    f"linkages and constraints tie issues in {widest:,} combinations",
                    "split a condition that names many issues",
                    space.case.place("issues"),
                )
            ]
        )
    chunk = max(1, _CELLS // (widest * len(rows)))
    parts = [
        _swept_rows(space, draws, block, rows, slice(start, min(start + chunk, draws.count)))
        for start in range(0, draws.count, chunk)
    ]
    return np.concatenate(parts, axis=1)


def _swept_rows(space: Space, draws: Draws, block: Block, rows: tuple[int, ...], part: slice) -> FloatArray:
    count = len(range(*part.indices(draws.count)))
    # Axes: row, draw, then one for each issue that a later condition still reads, in ascending order of issue.
    live: tuple[int, ...] = ()
    worth = np.zeros((len(rows), count))
    for step in block.steps:
        axes = tuple(sorted((*live, step.issue)))
        at = axes.index(step.issue)
        table = np.stack([draws.tables[step.issue][part, actor] for actor in rows])
        shape = [len(rows), count, *(space.sizes[i] if i == step.issue else 1 for i in axes)]
        worth = np.expand_dims(worth, 2 + at) + table.reshape(shape)
        for number in step.linkages:
            actor, mask, points = draws.linkages[number]
            if actor in rows:
                true = _spread(space, mask, axes)
                worth[rows.index(actor)] += points[part].reshape(count, *[1] * len(axes)) * true
        for mask in step.masks:
            worth = np.where(_spread(space, mask, axes), worth, -np.inf)
        gone = tuple(i for i in axes if i not in step.after)
        worth = _best_over(worth, axes, gone)
        live = tuple(i for i in axes if i in step.after)
    return worth


def _spread(space: Space, mask: Mask, axes: tuple[int, ...]) -> BoolArray:
    """Lay a condition's table out along the axes of a sweep."""
    return mask.table.reshape([space.sizes[i] if i in mask.issues else 1 for i in axes])


def _best_over(worth: FloatArray, axes: tuple[int, ...], gone: tuple[int, ...]) -> FloatArray:
    """Decide issues: the best for the first row and, among those, the best for the second."""
    if not gone:
        return worth
    where = tuple(1 + axes.index(i) for i in gone)
    first = worth[0]
    top = first.max(axis=where, keepdims=True)
    kept = [np.squeeze(top, axis=where)]
    if worth.shape[0] > 1:
        kept.append(np.where(first >= top - SAME, worth[1], -np.inf).max(axis=where))
    return np.stack(kept)
