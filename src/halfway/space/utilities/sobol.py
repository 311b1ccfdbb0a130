"""Draws spread evenly over all uncertain numbers together: a scrambled Sobol sequence, one dimension a number.

A few dozen such draws tell shares as well as several times as many independent ones (I. M. Sobol', On the distribution
of points in a cube and the approximate evaluation of integrals, USSR Computational Mathematics and Mathematical
Physics 7, 1967; A. B. Owen, Randomly permuted (t,m,s)-nets, 1995, for the scrambling).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from halfway.case.case import Case
from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.seeds import generator
from halfway.space.arrays import FloatArray

_FIRST = 64


@dataclass(frozen=True)
class SobolDraws:
    """A case's uncertain numbers, drawn together.

    A number gets its dimension when it is first read, so that the same questions in the same order get the same draws.

    Attributes
    ----------
    case : Case
    count : int
        How many draws; a power of two.
    seed : int
    fixed : mapping from path to float
        Numbers held at a value.
    """

    case: Case
    count: int
    seed: int
    fixed: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    _columns: dict[tuple[str, ...], FloatArray] = field(default_factory=dict)

    def read(self, estimate: Estimate, path: Path) -> Any:
        """Draw one estimate, shape ``(draw,)``; a number without uncertainty comes back as the number it is."""
        names = tuple(str(step) for step in path)
        if estimate.certain:
            return estimate.mean
        if names in self.fixed:
            # It keeps its dimension, so that all others are drawn as before.
            self._uniform(names)
            return self.fixed[names]
        if estimate.kind != "experts":
            return quantile(estimate, self._uniform(names))
        own = dict(estimate.experts)
        order = list(self.case.experts)
        table = np.stack(
            [
                np.broadcast_to(np.asarray(self.read(e, (*path, name)), dtype=float), self.count)
                for name, e in own.items()
            ]
        )
        column = {name: i for i, name in enumerate(own)}
        experts = max(len(order), 1)
        who = np.minimum((self._uniform(("experts",)) * experts).astype(np.int64), experts - 1)
        # An expert who said nothing here is replaced, in these draws, by one of those who did.
        stand_in = np.minimum((self._uniform((*names, "stand-in")) * len(own)).astype(np.int64), len(own) - 1)
        which = np.array([column.get(order[int(e)], -1) if order else -1 for e in who], dtype=np.int64)
        return table[np.where(which >= 0, which, stand_in), np.arange(self.count)]

    def _uniform(self, names: tuple[str, ...]) -> FloatArray:
        if names not in self._columns:
            self._columns[names] = sequence(len(self._columns), self.count, self.seed)
        return self._columns[names]


def sequence(dimension: int, count: int, seed: int) -> FloatArray:
    """Return one dimension of a scrambled Sobol sequence, shape ``(draw,)``, strictly between 0 and 1."""
    size = _FIRST
    while size <= dimension:
        size *= 2
    return np.asarray(_block(size, count, seed)[:, dimension])


@lru_cache(maxsize=8)
def _block(size: int, count: int, seed: int) -> FloatArray:
    """Return the first dimensions of the sequence; each is scrambled by itself, so that blocks may be mixed."""
    from scipy.stats import qmc

    points = qmc.Sobol(size, scramble=True, rng=generator(seed, "sobol", str(size))).random(count)
    return np.asarray(np.clip(points, 1e-12, 1 - 1e-12), dtype=np.float64)


def quantile(estimate: Estimate, share: FloatArray) -> FloatArray:
    """Return the values of an estimate below which given shares of its distribution lie, shape ``(share,)``."""
    from scipy.special import betaincinv, ndtr, ndtri

    p = [float(x) for x in estimate.parameters]
    if estimate.certain:
        return np.full(len(share), p[0])
    if estimate.kind == "uniform":
        return np.asarray(p[0] + share * (p[1] - p[0]))
    if estimate.kind == "triangular":
        low, top, high = p
        if low >= high:
            return np.full(len(share), low)
        turn = (top - low) / (high - low)
        with np.errstate(invalid="ignore"):
            up = low + np.sqrt(share * (high - low) * (top - low))
            down = high - np.sqrt((1 - share) * (high - low) * (high - top))
        return np.asarray(np.where(share < turn, up, down))
    if estimate.kind == "beta":
        return np.asarray(estimate.low + (estimate.high - estimate.low) * betaincinv(p[0], p[1], share))
    low, high = ndtr((estimate.low - p[0]) / p[1]), ndtr((estimate.high - p[0]) / p[1])
    return np.asarray(np.clip(p[0] + p[1] * ndtri(low + share * (high - low)), estimate.low, estimate.high))
