"""What is said about each point on which talks might land: the features of Halfway's own distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfway.forecast.disputes import Dispute
from halfway.space.arrays import BoolArray, FloatArray

SALIENCE_POWER = 2.0
"""Salience enters squared: what an actor loses is felt, and fought over, more than in proportion."""
CAPABILITY_POWER = 0.5
"""Capability enters by its square root, as in Penrose's law."""
LEAST_SALIENCE = 0.01
_FLOOR = 0.05

FEATURES: dict[str, str] = {
    "low_end": "the point is 0",
    "high_end": "the point is 100",
    "middle": "the point is 50",
    "ten": "the point is a multiple of ten",
    "five": "the point is a multiple of five",
    "held": "some actor holds the point",
    "chamber": "the second chamber holds the point",
    "reference": "the point is the reference point",
    "from_reference": "distance from the reference point, negative, in units of 50",
    "setter_alone": "the agenda setter holds the point and no second chamber must consent",
    "nearness": "mean distance of the actors from the point by influence, negative, in units of 25",
    "depth": "log of the lesser of the influence on either side of the point, plus 0.05",
    "most_salient": "share of the influence of the most salient actors (of those with any) that is at the point",
}
"""Names and meanings, in the order of the coefficients. Influence is √capability × salience², normalised."""


@dataclass(frozen=True)
class Landscape:
    """The points of one dispute and what is said about each.

    Attributes
    ----------
    points : ndarray, shape (point,)
        Whole numbers from 0 to 100, all positions held, and the reference point.
    marked : ndarray of bool, shape (point,)
        Points that are atoms in any case: positions held, both ends, the reference point.
    values : ndarray, shape (point, feature)
        In the order of `FEATURES`.
    """

    points: FloatArray
    marked: BoolArray
    values: FloatArray


def influence(dispute: Dispute) -> FloatArray:
    """Return ``√c s²`` of those present, shape ``(present,)``, summing to 1."""
    raw = dispute.c**CAPABILITY_POWER * np.maximum(dispute.s, LEAST_SALIENCE) ** SALIENCE_POWER
    return np.asarray(raw / raw.sum())


def landscape(dispute: Dispute) -> Landscape:
    """Work out the features of every point of a dispute with at least one position."""
    x = dispute.x
    reference = round(dispute.reference, 9) if dispute.has_reference else None
    special = np.concatenate([x, [0.0, 100.0], [] if reference is None else [reference]])
    points = np.unique(np.concatenate([np.arange(101.0), special]))
    marked = np.zeros(points.shape[0], dtype=np.bool_)
    marked[np.searchsorted(points, special)] = True
    w = influence(dispute)
    distance = np.abs(x[:, None] - points[None])
    at = distance == 0.0
    share_below = w @ (x[:, None] <= points[None])
    share_above = w @ (x[:, None] >= points[None])
    # An actor without any capability is not heard, however much it cares.
    foremost = dispute.s >= dispute.s[w > 0].max()
    foremost_weight = np.where(foremost, w, 0.0)
    nothing = np.zeros(points.shape[0])
    setter = dispute.position_of(dispute.setter)
    columns = {
        "low_end": points == 0.0,
        "high_end": points == 100.0,
        "middle": points == 50.0,
        "ten": points % 10.0 == 0.0,
        "five": points % 5.0 == 0.0,
        "held": at.any(axis=0),
        "chamber": points == dispute.position_of(dispute.chamber),
        "reference": nothing if reference is None else points == reference,
        "from_reference": nothing if reference is None else -np.abs(points - reference) / 50.0,
        "setter_alone": nothing if dispute.chamber_consents else points == setter,
        "nearness": -(w @ distance) / 25.0,
        "depth": np.log(np.minimum(share_below, share_above) + _FLOOR),
        "most_salient": foremost_weight @ at / foremost_weight.sum(),
    }
    values = np.stack([np.asarray(columns[name], dtype=np.float64) for name in FEATURES], axis=1)
    return Landscape(points, marked, values)
