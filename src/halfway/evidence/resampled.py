"""Shares with intervals, resampled by cluster: what belongs together is drawn together."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from halfway.seeds import DEFAULT_SEED, generator

DRAWS = 10_000
LEVEL = 0.95


@dataclass(frozen=True)
class Share:
    """A share of cases, with what it rests on.

    Attributes
    ----------
    point : float
        0–1.
    low, high : float
        Ends of the central 95 percent.
    hits, cases, clusters : int
        Clusters are what was resampled.
    seed : int or None
        None where the interval is exact.
    """

    point: float
    low: float
    high: float
    hits: int
    cases: int
    clusters: int
    seed: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


def cluster_counts(clusters: Sequence[Hashable], draws: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """Draw clusters with replacement.

    Returns
    -------
    index : ndarray of int, shape (case,)
        The cluster of each case.
    counts : ndarray of int, shape (draw, cluster)
        How often each cluster was drawn; rows add up to the number of clusters.
    """
    named: dict[Hashable, int] = {}
    index = np.array([named.setdefault(c, len(named)) for c in clusters])
    return index, rng.multinomial(len(named), np.full(len(named), 1 / len(named)), size=draws)


def share(
    hits: Sequence[bool], clusters: Sequence[Hashable], *names: str, seed: int = DEFAULT_SEED, draws: int = DRAWS
) -> Share:
    """Return a share with a percentile interval over resampled clusters (Efron and Tibshirani 1993).

    Where all cases agree, resampling would give an interval of no width; then the exact interval of Clopper and Pearson
    for as many independent cases as there are clusters takes its place.

    Parameters
    ----------
    hits : sequence of bool, shape (case,)
    clusters : sequence, shape (case,)
        What each case belongs to.
    *names : str
        The path of the draw in the seed tree.
    seed, draws : int

    Raises
    ------
    ValueError
        Where there is no case.
    """
    if not hits:
        raise ValueError("no cases to take a share of")
    found = np.array(hits, dtype=np.float64)
    point = float(found.mean())
    if point in (0.0, 1.0):
        n = len(set(clusters))
        edge = (0.5 - LEVEL / 2) ** (1 / n)
        low, high = (0.0, 1 - edge) if point == 0.0 else (edge, 1.0)
        return Share(point, low, high, int(found.sum()), len(hits), n, None)
    index, counts = cluster_counts(clusters, draws, generator(seed, "evidence", *names))
    sizes = np.bincount(index).astype(np.float64)
    shares = (counts @ np.bincount(index, found)) / (counts @ sizes)
    low, high = np.quantile(shares, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2]).tolist()
    return Share(point, low, high, int(found.sum()), len(hits), sizes.shape[0], seed)


def exact_share(hits: int, cases: int) -> Share:
    """Return a share of independent cases with the exact interval of Clopper and Pearson (1934)."""
    from scipy.special import betaincinv

    tail = 0.5 - LEVEL / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, cases - hits + 1, tail))
    high = 1.0 if hits == cases else float(betaincinv(hits + 1, cases - hits, 1 - tail))
    return Share(hits / cases, low, high, hits, cases, cases, None)
