"""Fitting Halfway's own distribution: penalised maximum likelihood over the points of each dispute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from halfway.forecast.disputes import Dispute
from halfway.forecast.own.features import Landscape, landscape
from halfway.forecast.own.predictive import Parameters
from halfway.space.arrays import FloatArray, IntArray

PENALTY = 1.0
"""Each coefficient has a standard normal prior: the likelihood is penalised by half the sum of squares."""


def fit(disputes: Sequence[Dispute], outcomes: FloatArray, about: dict[str, Any] | None = None) -> Parameters:
    """Maximise ``Σ_n log p_n(outcome_n) − ½ Σ β²`` with ``p_n(x) ∝ exp(β · features_n(x))``.

    The function is strictly concave, so there is one maximum and every run finds it.

    Parameters
    ----------
    disputes : sequence of Dispute
        Each with at least one position.
    outcomes : ndarray, shape (dispute,)
        0–100; taken to the nearest point of the dispute.
    about : dict, optional
        Provenance to carry along.
    """
    grounds = [landscape(dispute) for dispute in disputes]
    return Parameters(fit_grounds(grounds, outcomes), about or {})


def fit_grounds(grounds: Sequence[Landscape], outcomes: FloatArray) -> FloatArray:
    """Return the coefficients, shape ``(feature,)``, from features already worked out."""
    from scipy.optimize import minimize

    values, real, chosen = _stack(grounds, outcomes)
    rows = np.arange(len(grounds))
    observed = values[rows, chosen].sum(axis=0)

    def loss(b: FloatArray) -> tuple[float, FloatArray]:
        score = np.where(real, values @ b, -np.inf)
        top = score.max(axis=1, keepdims=True)
        weight = np.exp(score - top)
        total = weight.sum(axis=1, keepdims=True)
        p = weight / total
        likelihood = (score[rows, chosen] - top[:, 0] - np.log(total[:, 0])).sum()
        expected = np.einsum("nk,nkf->f", p, values)
        return float(-likelihood + 0.5 * PENALTY * (b @ b)), -(observed - expected) + PENALTY * b

    start = np.zeros(values.shape[2])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 1000, "ftol": 1e-12, "gtol": 1e-7})
    return np.asarray(found.x, dtype=np.float64)


def _stack(grounds: Sequence[Landscape], outcomes: FloatArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """Pad the disputes to one length; padding has no weight."""
    longest = max(g.points.shape[0] for g in grounds)
    values = np.zeros((len(grounds), longest, grounds[0].values.shape[1]))
    real = np.zeros((len(grounds), longest), dtype=np.bool_)
    chosen = np.zeros(len(grounds), dtype=np.int64)
    for n, ground in enumerate(grounds):
        size = ground.points.shape[0]
        values[n, :size] = ground.values
        real[n, :size] = True
        chosen[n] = int(np.argmin(np.abs(ground.points - outcomes[n])))
    return values, np.asarray(real), chosen
