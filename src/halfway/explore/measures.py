"""How plans fare over many futures: regret and satisficing, several measures side by side and never one score.

The words are those of robust decision making (Lempert, Popper and Bankes 2003): a future is a point of the
uncertainties, a policy is a plan. Probabilities of futures are sampling weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from halfway.space.arrays import BoolArray, FloatArray

WORST = 0.1
"""The worst decile: the mean over this share of futures, those worst for the actor."""


@dataclass(frozen=True)
class Measures:
    """How one plan fares for one actor, in utility points of that actor.

    Attributes
    ----------
    maximum_regret, ninetieth_regret, mean_regret : float
        Regret in a future: what the best of the plans would bring the actor there, less what this one does.
    worst_decile : float
        Mean utility over the tenth of futures in which the plan serves the actor worst.
    mean : float
    best_share : float
        Share of futures in which no plan serves the actor better.
    """

    maximum_regret: float
    ninetieth_regret: float
    mean_regret: float
    worst_decile: float
    mean: float
    best_share: float

    @property
    def best_nowhere(self) -> bool:
        """Whether some other plan serves the actor better in every future."""
        return self.best_share == 0.0


def regret(utility: FloatArray) -> FloatArray:
    """Return regrets, shape ``(plan, future, actor)``, in points.

    Parameters
    ----------
    utility : ndarray of float, shape (plan, future, actor)
    """
    return np.asarray(utility.max(axis=0, keepdims=True) - utility)


def measures(
    utility: FloatArray, plans: Sequence[str], actors: Sequence[str], weights: FloatArray | None = None
) -> dict[str, dict[str, Measures]]:
    """Measure every plan for every actor.

    Parameters
    ----------
    utility : ndarray of float, shape (plan, future, actor)
    plans, actors : sequence of str
    weights : ndarray of float, shape (future,), optional
        Sampling weights; equal by default.

    Returns
    -------
    dict of plan to dict of actor to Measures
    """
    lost = regret(utility)
    share = np.full(utility.shape[1], 1 / utility.shape[1]) if weights is None else weights / weights.sum()
    best = lost <= 0.0
    return {
        plan: {
            actor: Measures(
                maximum_regret=float(lost[p, :, a].max()),
                ninetieth_regret=quantile(lost[p, :, a], share, 0.9),
                mean_regret=float(lost[p, :, a] @ share),
                worst_decile=_worst(utility[p, :, a], share),
                mean=float(utility[p, :, a] @ share),
                best_share=float(best[p, :, a] @ share),
            )
            for a, actor in enumerate(actors)
        }
        for p, plan in enumerate(plans)
    }


def quantile(values: FloatArray, share: FloatArray, at: float) -> float:
    """Return the least value that at least a share of the futures does not exceed."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(share[order])
    return float(values[order][min(int(np.searchsorted(reached, at - 1e-12)), values.size - 1)])


def _worst(values: FloatArray, share: FloatArray) -> float:
    order = np.argsort(values, kind="stable")
    before = np.concatenate([[0.0], np.cumsum(share[order])[:-1]])
    # The future on the border counts with the part of it that is needed to make up the share.
    counted = np.clip(WORST - before, 0.0, share[order])
    return float(values[order] @ counted / counted.sum())


def satisficing(success: Mapping[str, BoolArray], weights: FloatArray | None = None) -> dict[str, float]:
    """Return in what share of futures each plan meets a rule.

    Parameters
    ----------
    success : mapping from plan to ndarray of bool, shape (future,)
    weights : ndarray of float, shape (future,), optional
    """
    out = {}
    for plan, met in success.items():
        share = np.full(met.size, 1 / met.size) if weights is None else weights / weights.sum()
        out[plan] = float(met @ share)
    return out
