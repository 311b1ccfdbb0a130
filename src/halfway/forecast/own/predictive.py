"""Halfway's own forecast: a log-linear distribution over the points on which talks might land."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from halfway.forecast.disputes import Dispute
from halfway.forecast.models.answers import Answer
from halfway.forecast.own.distribution import Distribution
from halfway.forecast.own.features import FEATURES, Landscape, landscape
from halfway.space.arrays import FloatArray


@dataclass(frozen=True)
class Parameters:
    """Fitted coefficients and where they come from.

    Attributes
    ----------
    coefficients : ndarray, shape (feature,)
        In the order of `FEATURES`.
    about : dict
        Provenance: data, number of issues and proposals, likelihood, penalty.
    """

    coefficients: FloatArray
    about: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, as it is shipped."""
        named = {name: round(float(b), 6) for name, b in zip(FEATURES, self.coefficients, strict=True)}
        return {"about": self.about, "coefficients": named}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Parameters:
        """Read what `as_dict` wrote."""
        return cls(np.array([data["coefficients"][name] for name in FEATURES]), dict(data["about"]))


@cache
def shipped() -> Parameters:
    """Return the parameters that come with this version."""
    text = (files("halfway.forecast.own") / "parameters.json").read_text(encoding="utf-8")
    return Parameters.from_dict(json.loads(text))


def masses(values: FloatArray, coefficients: FloatArray) -> FloatArray:
    """Return ``p(x) ∝ exp(β · features(x))``, shape ``(point,)``."""
    score = values @ coefficients
    weight = np.exp(score - score.max())
    return np.asarray(weight / weight.sum())


def distribution(dispute: Dispute, parameters: Parameters | None = None) -> Distribution:
    """Return where Halfway thinks that talks land.

    On a scale of whole numbers laid by experts every whole number is an atom. On any other scale round numbers mean
    nothing and neither end is special beside the other: the two ends share one coefficient, and the mass off the marked
    points is evened out over stretches of ten.

    Parameters
    ----------
    dispute : Dispute
        With no position at all the answer is an even spread.
    parameters : Parameters, optional
        Default: those shipped.
    """
    fitted = parameters or shipped()
    if not dispute.x.size:
        return Distribution(np.zeros(0), np.zeros(0), np.array([0.0, 100.0]), np.ones(1))
    ground = landscape(dispute)
    if dispute.whole_numbers:
        return Distribution(ground.points, masses(ground.values, fitted.coefficients))
    return _without_round_numbers(ground, _symmetric(fitted).coefficients)


def _symmetric(parameters: Parameters) -> Parameters:
    names = list(FEATURES)
    low, high = names.index("low_end"), names.index("high_end")
    b = parameters.coefficients.copy()
    b[low] = b[high] = 0.5 * (b[low] + b[high])
    return replace(parameters, coefficients=b)


def _without_round_numbers(ground: Landscape, coefficients: FloatArray) -> Distribution:
    p = masses(ground.values, coefficients)
    points, atoms = ground.points[ground.marked], p[ground.marked]
    rest, where = p[~ground.marked], ground.points[~ground.marked]
    edges = np.linspace(0.0, 100.0, 11)
    # A multiple of ten belongs half to the stretch on either side.
    below = np.clip(np.ceil(where / 10.0).astype(np.int64) - 1, 0, 9)
    above = np.clip((where // 10.0).astype(np.int64), 0, 9)
    spread = np.asarray(0.5 * (np.bincount(below, rest, 10) + np.bincount(above, rest, 10)), dtype=np.float64)
    return Distribution(points, atoms, edges, spread)


def answer(dispute: Dispute, parameters: Parameters | None = None) -> Answer:
    """Return the median of the distribution as a point forecast."""
    if not dispute.x.size:
        return Answer(float("nan"), "no actor has a position")
    return Answer(distribution(dispute, parameters).median)
