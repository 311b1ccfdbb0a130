"""Ways from a temptation to the chance that a promise fails, each with at most three parameters, and their rivals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from halfway.evidence import logit
from halfway.evidence.coded import CodedActor
from halfway.evidence.scoring import FloatArray

MONTHS = 60
"""Five years."""

Role: TypeAlias = Literal["candidate", "rival"]


@dataclass(frozen=True)
class Link:
    """A family of predictions.

    Attributes
    ----------
    name : str
    title : str
    role : str
        Candidates may ship; rivals are what they must beat.
    parameters : tuple of str
        Names of the coefficients.
    predictors : callable
        Rows to an array of shape (actor, predictor).
    fit : callable
        Predictors and outcomes to coefficients.
    predict : callable
        Coefficients and predictors to chances of failing within five years.
    needs_promises : bool
        Whether it reads how many promises an actor made.
    """

    name: str
    title: str
    role: Role
    parameters: tuple[str, ...]
    predictors: Callable[[Sequence[CodedActor]], FloatArray]
    fit: Callable[[FloatArray, FloatArray], FloatArray]
    predict: Callable[[FloatArray, FloatArray], FloatArray]
    needs_promises: bool = False


def _columns(*read: Callable[[CodedActor], float]) -> Callable[[Sequence[CodedActor]], FloatArray]:
    def predictors(rows: Sequence[CodedActor]) -> FloatArray:
        return np.array([[f(r) for f in read] for r in rows], dtype=np.float64).reshape(len(rows), len(read))

    return predictors


def _points(row: CodedActor) -> float:
    return float(np.log1p(row.temptation))


def _stake(row: CodedActor) -> float:
    return float(np.log1p(row.percent_of_stake))


def _vague(row: CodedActor) -> float:
    return row.vague


def _promises(row: CodedActor) -> float:
    return float(np.log(row.promises or 1))


def fit_base_rate(predictors: FloatArray, failed: FloatArray) -> FloatArray:
    """Return the log-odds of failing with half a case added to either side, so that it is finite."""
    hits, n = float(failed.sum()), len(failed)
    return np.array([np.log((hits + 0.5) / (n - hits + 0.5))])


def quantal_chance(coefficients: FloatArray, predictors: FloatArray) -> FloatArray:
    """Return the chance of breaking within five years by agent quantal response.

    An actor reconsiders at a Poisson rate and then breaks with the probability that a logit of what breaking pays net of
    its cost gives (McKelvey and Palfrey 1998; Signorino 1999): 1 − exp(−60 · rate · logistic(precision · (t − cost))).

    Parameters
    ----------
    coefficients : ndarray, shape (3,)
        Logarithm of the precision (per point), cost of breaking in points, logarithm of the rate per month.
    predictors : ndarray, shape (actor, 1)
        Temptation in points.
    """
    precision, cost, rate = np.exp(coefficients[0]), coefficients[1], np.exp(coefficients[2])
    breaks = logit.logistic(precision * (predictors[:, 0] - cost))
    return np.asarray(-np.expm1(-MONTHS * rate * breaks), dtype=np.float64)


QUANTAL_CENTRE = (np.log(0.3), 5.0, np.log(0.02))
QUANTAL_WIDTH = (1.0, 5.0, 1.0)
"""Normal priors: a precision of 0.3 per point give or take a factor of e, a cost of 5 ± 5 points, one occasion in 50 months."""


def fit_quantal(predictors: FloatArray, failed: FloatArray) -> FloatArray:
    """Return the coefficients of `quantal_chance` of greatest posterior density, by Fisher scoring from the prior's centre."""
    centre, width = np.array(QUANTAL_CENTRE), np.array(QUANTAL_WIDTH)
    x, z = predictors[:, 0], np.zeros(3)
    value = _quantal_loss(x, failed, centre, z)
    for _ in range(STEPS):
        c = centre + width * z
        precision, months = np.exp(c[0]), MONTHS * np.exp(c[2])
        s = logit.logistic(precision * (x - c[1]))
        exposure = np.maximum(months * s, TINY)
        inside = exposure * (1 - s)
        rises = np.column_stack([inside * precision * (x - c[1]), -inside * precision, exposure]) * width
        odds = 1 / np.expm1(exposure)
        slope = rises.T @ np.where(failed > 0, odds, -1.0) - z
        step = np.linalg.solve((rises * odds[:, None]).T @ rises + np.eye(3), slope)
        for _ in range(40):
            better = _quantal_loss(x, failed, centre, z + step)
            if better <= value + 1e-12:
                break
            step = step / 2
        else:
            break
        z, value = z + step, better
        if float(np.abs(step).max()) < CLOSE:
            break
    return np.asarray(centre + width * z, dtype=np.float64)


STEPS = 200
CLOSE = 1e-7
TINY = 1e-12


def _quantal_loss(x: FloatArray, failed: FloatArray, centre: FloatArray, z: FloatArray) -> float:
    c = centre + np.array(QUANTAL_WIDTH) * z
    exposure = np.maximum(MONTHS * np.exp(c[2]) * logit.logistic(np.exp(c[0]) * (x - c[1])), TINY)
    return float(np.where(failed > 0, -np.log(-np.expm1(-exposure)), exposure).sum() + 0.5 * z @ z)


def _logit(name: str, title: str, role: Role, labels: tuple[str, ...], *read: Callable[[CodedActor], float]) -> Link:
    parameters = ("intercept", *labels)
    return Link(name, title, role, parameters, _columns(*read), logit.fit, logit.predict, _promises in read)


BASE = Link(
    "base-rate",
    "the base rate",
    "rival",
    ("intercept",),
    _columns(),
    fit_base_rate,
    lambda c, x: logit.logistic(c[0] + np.zeros(len(x))),
)

LINKS: dict[str, Link] = {
    link.name: link
    for link in (
        _logit("points", "temptation in points", "candidate", ("log_points",), _points),
        _logit(
            "points-vague", "temptation in points, vagueness", "candidate", ("log_points", "vague"), _points, _vague
        ),
        _logit("stake", "temptation in percent of the stake", "candidate", ("log_percent",), _stake),
        _logit(
            "stake-vague",
            "temptation in percent of the stake, vagueness",
            "candidate",
            ("log_percent", "vague"),
            _stake,
            _vague,
        ),
        Link(
            "quantal",
            "agent quantal response",
            "candidate",
            ("log_precision", "cost", "log_rate"),
            _columns(lambda r: r.temptation),
            fit_quantal,
            quantal_chance,
        ),
        BASE,
        _logit("vague", "share of vague promises", "rival", ("vague",), _vague),
        _logit("promises", "number of promises", "rival", ("log_promises",), _promises),
    )
}
"""Chosen before any outcome was seen; the order breaks ties."""


def hazard(chance: float, months: int = MONTHS) -> float:
    """Return the constant probability per month that adds up to a chance over so many months."""
    return float(-np.expm1(np.log1p(-chance) / months))
