"""Means and medians: what a forecast must beat."""

from __future__ import annotations

import numpy as np

from halfway.forecast.disputes import Dispute
from halfway.forecast.models.answers import NOBODY, Answer
from halfway.space.arrays import FloatArray


def mean(dispute: Dispute) -> Answer:
    """Return the plain mean of the positions."""
    return Answer(float(dispute.x.mean())) if dispute.x.size else NOBODY


def compromise(dispute: Dispute) -> Answer:
    """Return the mean of the positions weighted by capability × salience (Van den Bos 1991)."""
    return Answer(float(dispute.w @ dispute.x)) if dispute.x.size else NOBODY


def median(dispute: Dispute) -> Answer:
    """Return the median position; the lower one of two."""
    return Answer(weighted_median(dispute.x, np.ones_like(dispute.x))) if dispute.x.size else NOBODY


def median_by_weight(dispute: Dispute) -> Answer:
    """Return the Condorcet winner among the positions under votes weighted by capability × salience (Black 1958)."""
    return Answer(weighted_median(dispute.x, dispute.w)) if dispute.x.size else NOBODY


def weighted_median(positions: FloatArray, weights: FloatArray) -> float:
    """Return the first position, from below, at which half of the weight is reached.

    With linear losses this is the position that no other held position beats in a weighted vote.

    Parameters
    ----------
    positions, weights : ndarray, shape (actor,)
        Weights 0 or greater, not all 0.
    """
    order = np.argsort(positions, kind="stable")
    reached = np.cumsum(weights[order])
    # Weights are products of decimals: an exact half must not be missed by the last bit.
    at = int(np.searchsorted(reached, 0.5 * reached[-1] - 1e-12 * reached[-1]))
    return float(positions[order[at]])


def levers(dispute: Dispute) -> tuple[FloatArray, FloatArray]:
    """Return how the compromise mean answers to each actor, exactly.

    Returns
    -------
    by_position : ndarray, shape (actor,)
        Points the forecast moves for one point of the actor's position: its share of the weight.
    by_weight : ndarray, shape (actor,)
        Points the forecast moves if the actor left: ``-w (x - O) / (1 - w)``; NaN for the only one with weight.
    """
    actors = dispute.positions.shape[0]
    by_position, by_weight = np.zeros(actors), np.zeros(actors)
    if dispute.x.size:
        outcome = float(dispute.w @ dispute.x)
        by_position[dispute.present] = dispute.w
        rest = 1.0 - dispute.w
        gone = np.where(rest > 1e-12, -dispute.w * (dispute.x - outcome) / np.where(rest > 1e-12, rest, 1.0), np.nan)
        by_weight[dispute.present] = gone
    return by_position, by_weight
