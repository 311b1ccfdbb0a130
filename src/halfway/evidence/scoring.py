"""How predictions of who fails are scored: log score, Brier score, and concordance within plans, plans resampled.

Never by one area under the curve over all left-out plans: a base rate learned on the *other* plans is lower for a plan with
more failures, so that a constant scores far below one half there. Within a plan a constant scores one half, as it should.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from halfway.evidence.resampled import DRAWS, LEVEL, cluster_counts
from halfway.seeds import DEFAULT_SEED, generator

FloatArray: TypeAlias = npt.NDArray[np.float64]
LEAST = 1e-9
"""Probabilities are kept this far from 0 and 1, so that one certain mistake costs about 20.7 and not infinity."""


@dataclass(frozen=True)
class Estimate:
    """A figure with the central 95 percent over resampled plans.

    Attributes
    ----------
    point, low, high : float
        Low and high are NaN where fewer than two plans have anything to resample.
    plans : int
    """

    point: float
    low: float
    high: float
    plans: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class PlanScore:
    """The scores of one plan.

    Attributes
    ----------
    plan : str
    actors, failed : int
    log_loss, brier : float
        Means over its actors.
    """

    plan: str
    actors: int
    failed: int
    log_loss: float
    brier: float


def log_losses(chances: FloatArray, failed: FloatArray) -> FloatArray:
    """Return minus the natural logarithm of the probability given to what happened.

    Parameters
    ----------
    chances : ndarray, shape (actor,)
        Of failing.
    failed : ndarray of 0 and 1, shape (actor,)
    """
    p = np.clip(chances, LEAST, 1 - LEAST)
    return np.asarray(-np.where(failed > 0, np.log(p), np.log1p(-p)), dtype=np.float64)


def brier_scores(chances: FloatArray, failed: FloatArray) -> FloatArray:
    """Return squared errors (Brier 1950)."""
    return np.asarray((chances - failed) ** 2, dtype=np.float64)


def by_plan(chances: FloatArray, failed: FloatArray, plans: Sequence[str]) -> tuple[PlanScore, ...]:
    """Return the scores of every plan, in the order in which plans appear."""
    losses, squares = log_losses(chances, failed), brier_scores(chances, failed)
    labels = np.array(plans)
    return tuple(
        PlanScore(
            plan,
            int((labels == plan).sum()),
            int(failed[labels == plan].sum()),
            float(losses[labels == plan].mean()),
            float(squares[labels == plan].mean()),
        )
        for plan in dict.fromkeys(plans)
    )


def mean(
    values: FloatArray, plans: Sequence[str], *names: str, seed: int = DEFAULT_SEED, draws: int = DRAWS
) -> Estimate:
    """Return a mean over actors, plans resampled.

    A gain is the mean of losses of one prediction less those of another on the same actors.
    """
    return ratio(values, np.ones_like(values), plans, *names, seed=seed, draws=draws)


def ratio(
    above: FloatArray,
    below: FloatArray,
    plans: Sequence[str],
    *names: str,
    seed: int = DEFAULT_SEED,
    draws: int = DRAWS,
) -> Estimate:
    """Return a ratio of sums, plans resampled; draws in which nothing stands below are left out."""
    index, counts = cluster_counts(plans, draws, generator(seed, "evidence", "score", *names))
    tops, bottoms = np.bincount(index, above), np.bincount(index, below)
    point = float(tops.sum() / bottoms.sum()) if bottoms.sum() else float("nan")
    if (bottoms != 0).sum() < 2:
        return Estimate(point, float("nan"), float("nan"), int((bottoms != 0).sum()))
    sums = counts @ bottoms
    kept = sums != 0
    found = (counts @ tops)[kept] / sums[kept]
    low, high = np.quantile(found, [0.5 - LEVEL / 2, 0.5 + LEVEL / 2]).tolist()
    return Estimate(point, low, high, int((bottoms != 0).sum()))


def concordance_within(
    chances: FloatArray,
    failed: FloatArray,
    plans: Sequence[str],
    *names: str,
    seed: int = DEFAULT_SEED,
    draws: int = DRAWS,
) -> Estimate:
    """Return how often, of two actors of one plan, the one that failed was given the higher chance; ties count half.

    Plans in which all failed or none did have no such pair and say nothing.

    Returns
    -------
    Estimate
        NaN where no plan has a pair; `plans` counts those that do.
    """
    labels = np.array(plans)
    above, below = np.zeros(len(plans)), np.zeros(len(plans))
    for plan in dict.fromkeys(plans):
        inside = np.flatnonzero(labels == plan)
        fell, kept = chances[inside][failed[inside] > 0], chances[inside][failed[inside] == 0]
        gaps = fell[:, None] - kept[None, :]
        above[inside[0]] = (gaps > 0).sum() + 0.5 * (gaps == 0).sum()
        below[inside[0]] = gaps.size
    return ratio(above, below, plans, "concordance", *names, seed=seed, draws=draws)
