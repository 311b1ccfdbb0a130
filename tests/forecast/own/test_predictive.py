"""Halfway's own distribution: what it must not depend on, and that it is learned by the likelihood it states."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfway.forecast.disputes import Dispute
from halfway.forecast.own.features import FEATURES, influence, landscape
from halfway.forecast.own.learn import PENALTY, fit, fit_grounds
from halfway.forecast.own.predictive import Parameters, answer, distribution, masses, shipped
from tests.forecast.cases import disputes

CASES = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@CASES
@given(disputes())
def test_it_is_a_distribution_on_the_scale(dispute: Dispute) -> None:
    d = distribution(dispute)
    assert d.masses.sum() + d.spread.sum() == pytest.approx(1.0)
    assert (d.masses >= 0).all()
    assert (d.spread >= 0).all()
    assert d.cdf(100.0)[1] == pytest.approx(1.0)
    assert d.cdf(0.0)[0] == 0.0
    assert np.isfinite(dispute.x).all()
    assert all(d.probability(x) > 0 for x in dispute.x)


@CASES
@given(disputes(), st.randoms(use_true_random=False))
def test_the_order_of_actors_does_not_matter(dispute: Dispute, random) -> None:
    order = list(range(len(dispute.positions)))
    random.shuffle(order)
    place = {old: new for new, old in enumerate(order)}
    shuffled = replace(
        dispute,
        positions=dispute.positions[order],
        saliences=dispute.saliences[order],
        capabilities=dispute.capabilities[order],
        setter=place.get(dispute.setter, -1),
        chamber=place.get(dispute.chamber, -1),
    )
    one, two = distribution(dispute), distribution(shuffled)
    assert one.points.tolist() == two.points.tolist()
    assert one.masses == pytest.approx(two.masses, abs=1e-9)
    assert one.spread == pytest.approx(two.spread, abs=1e-9)


@CASES
@given(disputes())
def test_on_a_stretched_scale_neither_end_is_special(dispute: Dispute) -> None:
    plain = replace(dispute, whole_numbers=False)
    turned_round = replace(plain, positions=100.0 - plain.positions, reference=100.0 - plain.reference)
    one, two = distribution(plain), distribution(turned_round)
    assert two.points == pytest.approx(100 - one.points[::-1])
    assert two.masses == pytest.approx(one.masses[::-1], abs=1e-9)
    assert two.spread == pytest.approx(one.spread[::-1], abs=1e-9)


@CASES
@given(disputes(), st.sampled_from([0.1, 7.0]))
def test_the_unit_of_capability_does_not_matter(dispute: Dispute, factor: float) -> None:
    scaled = replace(dispute, capabilities=dispute.capabilities * factor)
    assert distribution(scaled).masses == pytest.approx(distribution(dispute).masses, abs=1e-9)


@CASES
@given(disputes(most=6))
def test_features_mean_what_they_say(dispute: Dispute) -> None:
    if not dispute.x.size:
        return
    ground = landscape(dispute)
    w = influence(dispute)
    names = list(FEATURES)
    assert w.sum() == pytest.approx(1.0)
    foremost = max(s for s, v in zip(dispute.s, w, strict=True) if v > 0)
    for point, row in zip(ground.points, ground.values, strict=True):
        said = dict(zip(names, row, strict=True))
        below = sum(v for x, v in zip(dispute.x, w, strict=True) if x <= point)
        above = sum(v for x, v in zip(dispute.x, w, strict=True) if x >= point)
        top = [(x, v) for x, v, s in zip(dispute.x, w, dispute.s, strict=True) if s >= foremost]
        assert said["held"] == (point in dispute.x)
        assert said["nearness"] == pytest.approx(-sum(w * np.abs(dispute.x - point)) / 25)
        assert said["depth"] == pytest.approx(np.log(min(below, above) + 0.05))
        assert said["most_salient"] == pytest.approx(sum(v for x, v in top if x == point) / sum(v for _, v in top))
        assert said["reference"] == (point == dispute.reference)
        expected = -abs(point - dispute.reference) / 50 if dispute.has_reference else 0.0
        assert said["from_reference"] == pytest.approx(expected)
        own = point == dispute.position_of(dispute.setter) and not dispute.chamber_consents
        assert said["setter_alone"] == own


def _some(seed: int = 0, count: int = 40) -> tuple[list[Dispute], np.ndarray]:
    rng = np.random.default_rng(seed)
    made = []
    outcomes = []
    for _ in range(count):
        positions = rng.choice([0.0, 25, 50, 80, 100], 6)
        made.append(Dispute(positions, rng.uniform(10, 100, 6), rng.uniform(1, 9, 6), 0.0, whole_numbers=True))
        outcomes.append(positions[0] if rng.random() < 0.7 else float(rng.integers(0, 101)))
    return made, np.array(outcomes)


def test_the_fit_is_the_maximum_of_the_stated_likelihood() -> None:
    made, outcomes = _some()
    grounds = [landscape(d) for d in made]

    def objective(b: np.ndarray) -> float:
        total = -0.5 * PENALTY * float(b @ b)
        for ground, outcome in zip(grounds, outcomes, strict=True):
            p = masses(ground.values, b)
            total += float(np.log(p[np.flatnonzero(ground.points == outcome)[0]]))
        return total

    best = fit_grounds(grounds, outcomes)
    top = objective(best)
    rng = np.random.default_rng(1)
    for _ in range(50):
        assert objective(best + rng.normal(0, 0.05, best.size)) < top
    step = 1e-4
    slopes = [(objective(best + step * e) - objective(best - step * e)) / (2 * step) for e in np.eye(best.size)]
    assert np.abs(slopes).max() < 1e-2


def test_learning_finds_that_outcomes_lie_on_positions() -> None:
    made, outcomes = _some(count=80)
    learned = fit(made, outcomes)
    assert learned.as_dict()["coefficients"]["held"] > 0.5
    fresh, theirs = _some(seed=9)
    before = Parameters(np.zeros(len(FEATURES)), {})
    mean = [
        np.mean([distribution(d, p).crps(y) for d, y in zip(fresh, theirs, strict=True)]) for p in (learned, before)
    ]
    assert mean[0] < mean[1]


def test_parameters_survive_their_own_text() -> None:
    again = Parameters.from_dict(shipped().as_dict())
    assert again.coefficients == pytest.approx(shipped().coefficients, abs=1e-6)
    assert again.about["issues"] == shipped().about["issues"]


def test_without_any_position_it_knows_nothing() -> None:
    nobody = Dispute(np.array([np.nan]), np.array([50.0]), np.array([1.0]))
    d = distribution(nobody)
    assert d.median == pytest.approx(50.0)
    assert d.interval(0.8) == pytest.approx((10.0, 90.0))
    assert not answer(nobody).given


def test_more_agreement_is_more_certainty() -> None:
    split = Dispute(np.array([0.0, 0, 100, 100]), np.full(4, 50.0), np.ones(4))
    agreed = Dispute(np.array([40.0, 40, 40, 40]), np.full(4, 50.0), np.ones(4))

    def width(d: Dispute) -> float:
        low, high = distribution(d).interval(0.8)
        return high - low

    assert width(agreed) < width(split)
