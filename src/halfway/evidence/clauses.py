"""Whether clauses of a peace agreement improve the prediction that it stays quiet: measured, so that nothing is claimed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from halfway.evidence import logit
from halfway.evidence.agreements import Agreement, Scope, agreements
from halfway.evidence.resampled import DRAWS
from halfway.evidence.scoring import Estimate, FloatArray, log_losses, ratio
from halfway.seeds import DEFAULT_SEED

Feature: TypeAlias = Literal["full", "partial", "all_sign", "power_sharing", "monitoring", "third_party"]

SHAPE: tuple[Feature, ...] = ("full", "partial", "all_sign")
CLAUSES: tuple[Feature, ...] = ("power_sharing", "monitoring", "third_party")


@dataclass(frozen=True)
class Skill:
    """How much better one set of features predicts than another, conflict by conflict left out.

    Attributes
    ----------
    scope : str or None
        Which agreements; None: all.
    against, added : tuple of str
        The features of the reference, and those added to it.
    skill : Estimate
        One less the ratio of log losses; 0.1 is ten percent better. `plans` counts linked conflicts.
    agreements : int
    """

    scope: Scope | None
    against: tuple[str, ...]
    added: tuple[str, ...]
    skill: Estimate
    agreements: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


def skill(
    scope: Scope | None,
    against: tuple[Feature, ...],
    added: tuple[Feature, ...],
    seed: int = DEFAULT_SEED,
    draws: int = DRAWS,
) -> Skill:
    """Measure what features add to the prediction of five quiet years.

    Each linked conflict is predicted by a logistic regression (standard normal prior on slopes) on all others; log losses
    of the agreements are added up and linked conflicts resampled.
    """
    used = [a for a in agreements() if a.quiet is not None and scope in (None, a.scope)]
    quiet = np.array([bool(a.quiet) for a in used], dtype=np.float64)
    linked = np.array([a.linked for a in used])
    reference = log_losses(left_out(_features(used, against), quiet, linked), quiet)
    losses = log_losses(left_out(_features(used, against + added), quiet, linked), quiet)
    labels = [str(c) for c in linked]
    names = ("clauses", scope or "any", *against, "+", *added)
    worse = ratio(losses, reference, labels, *names, seed=seed, draws=draws)
    return Skill(
        scope, against, added, Estimate(1 - worse.point, 1 - worse.high, 1 - worse.low, worse.plans), len(used)
    )


def left_out(predictors: FloatArray, hits: FloatArray, clusters: np.ndarray[Any, Any]) -> FloatArray:
    """Return for every case the probability by a fit on the other clusters, shape (case,)."""
    found = np.empty(len(hits))
    for cluster in np.unique(clusters):
        inside = clusters == cluster
        found[inside] = logit.predict(logit.fit(predictors[~inside], hits[~inside]), predictors[inside])
    return found


def _features(used: list[Agreement], names: tuple[Feature, ...]) -> FloatArray:
    return np.array([[_feature(a, name) for name in names] for a in used], dtype=np.float64).reshape(
        len(used), len(names)
    )


def _feature(a: Agreement, name: Feature) -> float:
    if name in ("full", "partial"):
        return float(a.scope == name)
    return float(getattr(a, name))
