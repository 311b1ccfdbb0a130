"""Scores against hand-made and simulated predictions whose right answers are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from halfway.evidence import logit
from halfway.evidence.coded import Coded, CodedActor
from halfway.evidence.fitting import left_out_chances
from halfway.evidence.links import LINKS, fit_quantal, hazard, quantal_chance
from halfway.evidence.scoring import brier_scores, by_plan, concordance_within, log_losses, mean


def test_scores_by_hand() -> None:
    chances, failed = np.array([0.8, 0.5, 0.1]), np.array([1.0, 0.0, 0.0])
    assert log_losses(chances, failed) == pytest.approx([-np.log(0.8), np.log(2), -np.log(0.9)])
    assert brier_scores(chances, failed) == pytest.approx([0.04, 0.25, 0.01])
    found = by_plan(chances, failed, ["a", "b", "a"])
    assert [(s.plan, s.actors, s.failed) for s in found] == [("a", 2, 1), ("b", 1, 0)]
    assert found[0].brier == pytest.approx(0.025)
    assert np.isfinite(log_losses(np.array([0.0, 1.0]), np.array([1.0, 0.0]))).all()


def _auc(chances: np.ndarray, failed: np.ndarray) -> float:
    gaps = chances[failed > 0][:, None] - chances[failed == 0][None, :]
    return float(((gaps > 0) + 0.5 * (gaps == 0)).mean())


def test_a_constant_is_not_one_half_when_left_out_plans_are_pooled_but_is_within_plans() -> None:
    # Plans in which most failed and plans in which most kept: the base rate of the others is always on the wrong side.
    shares = [0, 1, 1, 3, 3, 4, 0, 4]
    rows = tuple(
        CodedActor(f"plan {p}", f"actor {a}", 0.0, 0.0, 0.0, a < share)
        for p, share in enumerate(shares)
        for a in range(4)
    )
    coded = Coded(rows)
    constant = left_out_chances(LINKS["base-rate"], coded, coded.failed)
    assert _auc(constant, coded.failed) < 0.1
    within = concordance_within(constant, coded.failed, coded.plans)
    assert within.point == 0.5
    assert (within.low, within.high, within.plans) == (0.5, 0.5, 4)
    # And a perfect order within plans is 1, whatever the levels of the plans.
    perfect = np.array([float(r.failed) + 100 * int(r.plan[-1]) for r in rows])
    assert concordance_within(perfect, coded.failed, coded.plans).point == 1.0
    assert concordance_within(-perfect, coded.failed, coded.plans).point == 0.0


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_concordance_is_what_its_definition_says(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(4, 30))
    plans = [f"p{k}" for k in rng.integers(0, 5, n)]
    chances, failed = rng.integers(0, 4, n) / 4, (rng.random(n) < 0.5).astype(float)
    points = pairs = 0.0
    for i in range(n):
        for j in range(n):
            if plans[i] == plans[j] and failed[i] == 1 and failed[j] == 0:
                pairs += 1
                points += 1.0 if chances[i] > chances[j] else 0.5 if chances[i] == chances[j] else 0.0
    found = concordance_within(chances, failed, plans, draws=100)
    if pairs:
        assert found.point == pytest.approx(points / pairs)
    else:
        assert np.isnan(found.point)


def test_the_interval_of_a_mean_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    covered = 0
    for k in range(200):
        levels = rng.normal(size=30)
        values = np.repeat(levels, 3) + rng.normal(size=90)
        found = mean(values, [f"p{i // 3}" for i in range(90)], "coverage", seed=k, draws=600)
        covered += found.low <= 0 <= found.high
    # 95 percent is meant; the percentile interval of 30 plans is a little short.
    assert 178 <= covered <= 198


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_logit_is_the_maximum_that_a_general_optimiser_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(5, 60)), int(rng.integers(1, 4))
    x = rng.normal(size=(n, k)) * rng.choice([0.1, 1, 5])
    y = (rng.random(n) < logit.logistic(x[:, 0])).astype(float)
    if y.min() == y.max():
        y[0] = 1 - y[0]

    def loss(b: np.ndarray) -> float:
        z = b[0] + x @ b[1:]
        return float((np.logaddexp(0, z) - y * z).sum() + 0.5 * (b[1:] ** 2).sum())

    found = logit.fit(x, y)
    slow = minimize(loss, np.zeros(k + 1), method="BFGS")
    assert loss(found) <= slow.fun + 1e-6
    assert logit.predict(found, x).sum() == pytest.approx(y.sum(), abs=1e-6)


def test_a_separating_predictor_keeps_a_finite_slope_and_one_outcome_a_finite_intercept() -> None:
    x = np.array([[0.0], [0.0], [9.0], [9.0]])
    assert np.isfinite(logit.fit(x, np.array([0.0, 0.0, 1.0, 1.0]))).all()
    assert 0.5 < logit.predict(logit.fit(x, np.ones(4)), x).min() < 1


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_quantal_response_is_fitted_to_the_maximum(seed: int) -> None:
    from halfway.evidence.links import QUANTAL_CENTRE, QUANTAL_WIDTH

    rng = np.random.default_rng(seed)
    x = rng.gamma(1.0, 8.0, size=(40, 1))
    y = (rng.random(40) < quantal_chance(np.array([-0.5, 6.0, -3.5]), x)).astype(float)
    found = fit_quantal(x, y)

    def loss(c: np.ndarray) -> float:
        p = np.clip(quantal_chance(c, x), 1e-12, 1 - 1e-12)
        likelihood = (y * np.log(p) + (1 - y) * np.log1p(-p)).sum()
        return float(-likelihood + 0.5 * (((c - QUANTAL_CENTRE) / QUANTAL_WIDTH) ** 2).sum())

    slow = minimize(loss, found, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 4000})
    assert loss(found) <= slow.fun + 1e-3


def test_the_quantal_response_rises_with_temptation_and_keeps_within_0_and_1() -> None:
    x = np.linspace(0, 1e6, 50)[:, None]
    p = quantal_chance(np.array([0.0, 5.0, -4.0]), x)
    assert (np.diff(p) >= 0).all()
    assert 0 <= p.min() <= p.max() <= 1
    # An actor sure to break when it reconsiders, once in 50 months: 1 − exp(−60 / 50).
    assert quantal_chance(np.array([0.0, 0.0, np.log(0.02)]), np.array([[1e3]]))[0] == pytest.approx(1 - np.exp(-1.2))


def test_a_hazard_adds_up_to_the_chance() -> None:
    for chance in (0.0, 0.03, 0.5, 0.999):
        assert 1 - (1 - hazard(chance)) ** 60 == pytest.approx(chance)
