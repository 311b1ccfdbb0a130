"""The arrays that kernels take: packages as option numbers, utilities as tables, conditions as masks.

Nothing here knows a label. Axes are always in the case's own order of actors, issues and options.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

IntArray: TypeAlias = NDArray[np.int64]
FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Mask:
    """A condition as a table over the few issues it reads.

    Attributes
    ----------
    issues : tuple of int
        Ascending positions of the issues read; empty for a condition that is always the same.
    table : ndarray of bool
        Shape ``(option of issues[0], option of issues[1], …)``; True where the condition holds.
    """

    issues: tuple[int, ...]
    table: BoolArray


@dataclass(frozen=True)
class Linkage:
    """Points that depend on several issues together.

    Attributes
    ----------
    issues : tuple of int
        Ascending positions of the issues read.
    points : ndarray
        Shape ``(actor, option of issues[0], …)``.
    """

    issues: tuple[int, ...]
    points: IntArray | FloatArray


@dataclass(frozen=True)
class Utilities:
    """Utilities of every actor as a sum of tables.

    ``u[a](x) = Σ_i tables[i][a, x_i] + Σ_l linkages[l].points[a, x_(issues of l)]``

    Attributes
    ----------
    tables : tuple of ndarray
        One per issue, shape ``(actor, option)``. 64-bit integers in the scaled form, utility points (0–100) else.
    linkages : tuple of Linkage
        Same number type as the tables.
    unit : ndarray of float
        Shape ``(actor,)``: utility points per count; ones where the tables already hold points.
    exact : bool
        Scaled form: whether the integers carry the declared numbers without rounding. False for the float form.
    """

    tables: tuple[IntArray, ...] | tuple[FloatArray, ...]
    linkages: tuple[Linkage, ...]
    unit: FloatArray
    exact: bool

    @property
    def actors(self) -> int:
        """Number of actors."""
        return int(self.unit.shape[0])

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of options of each issue."""
        return tuple(int(t.shape[1]) for t in self.tables)

    def folded(self) -> Utilities:
        """Return the same utilities with the linkages of single issues written into the tables."""
        single = [x for x in self.linkages if len(x.issues) == 1]
        if not single:
            return self
        tables: list[Any] = [t.copy() for t in self.tables]
        for linkage in single:
            tables[linkage.issues[0]] += linkage.points
        return replace(self, tables=tuple(tables), linkages=tuple(x for x in self.linkages if len(x.issues) != 1))

    def of(self, packages: NDArray[np.integer]) -> NDArray[np.float64] | IntArray:
        """Evaluate packages.

        Parameters
        ----------
        packages : ndarray of int, shape (package, issue)
            Option numbers.

        Returns
        -------
        ndarray, shape (actor, package)
            In the units of the tables.
        """
        dtype = self.tables[0].dtype if self.tables else np.float64
        total = np.zeros((self.actors, packages.shape[0]), dtype=dtype)
        for i, table in enumerate(self.tables):
            total += table[:, packages[:, i]]
        for linkage in self.linkages:
            index: tuple[Any, ...] = (slice(None), *(packages[:, i] for i in linkage.issues))
            # Points that read no issue come without a package axis.
            total += linkage.points[index].reshape(self.actors, -1)
        return total


@dataclass(frozen=True)
class Bounds:
    """What limits the packages: constraints for all, red lines for each actor.

    Attributes
    ----------
    allowed : tuple of Mask
        A package is feasible when every mask is True.
    red_lines : tuple of tuple of Mask
        One tuple per actor; a package crosses a line of an actor when one of its masks is True.
    """

    allowed: tuple[Mask, ...]
    red_lines: tuple[tuple[Mask, ...], ...]


def holds(mask: Mask, packages: NDArray[np.integer]) -> BoolArray:
    """Return for each package, shape ``(package,)``, whether a condition holds.

    Parameters
    ----------
    mask : Mask
    packages : ndarray of int, shape (package, issue)
    """
    if not mask.issues:
        return np.full(packages.shape[0], bool(mask.table), dtype=np.bool_)
    return np.asarray(mask.table[tuple(packages[:, i] for i in mask.issues)], dtype=np.bool_)


def all_packages(sizes: tuple[int, ...]) -> IntArray:
    """List the whole product of options, shape ``(package, issue)``, first issue fastest.

    Only for products small enough to hold: analyses that must scale never call this.
    """
    count = int(np.prod(sizes, dtype=object)) if sizes else 1
    index = np.arange(count, dtype=np.int64)
    out = np.empty((count, len(sizes)), dtype=np.int64)
    for i, size in enumerate(sizes):
        out[:, i] = index % size
        index //= size
    return out
