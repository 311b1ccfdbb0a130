"""A package that some parties would all exchange theirs for, if there is one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from halfway.settle.solutions.from_programs import solutions_by_program
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.utilities.space import Space


def better_for_all(space: Space, parties: Sequence[int], utility: FloatArray) -> IntArray | None:
    """Return the package of greatest sum among those that leave no party worse off, if it brings more.

    Parameters
    ----------
    space : Space
    parties : sequence of int
    utility : ndarray, shape (actor,)
        What each has now, in points.

    Returns
    -------
    ndarray of int, shape (issue,), or None
        ``None`` when what they have cannot be improved upon for one without loss to another.
    """
    # A hair below, so that rounding does not rule out what they have now.
    floor = [int(np.ceil(float(utility[a]) / float(space.utilities.unit[a]) - 1e-6)) for a in parties]
    found = solutions_by_program(space.utilities, space.bounds, parties, floor, names=("utilitarian",))
    if "utilitarian" not in found:
        return None
    package = found["utilitarian"].package
    gain = space.values(package)[:, 0] - utility
    return package if float(gain[list(parties)].sum()) > 1e-6 else None
