"""The distribution and its scores against plain integration and sampling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.forecast.own.distribution import Distribution
from halfway.forecast.scoring.measured import LEVELS, Measured
from halfway.forecast.scoring.scores import calibration, difference, resampled_means, score

CASES = settings(max_examples=300, deadline=None)


@st.composite
def distributions(draw) -> Distribution:
    points = np.array(sorted(draw(st.sets(st.integers(0, 20).map(lambda k: 5.0 * k), max_size=5))))
    edges = np.array(sorted(draw(st.sets(st.integers(0, 100).map(float), min_size=2, max_size=6))))
    weights = np.array(draw(st.lists(st.integers(1, 9), min_size=len(points), max_size=len(points))), dtype=float)
    even = np.array(draw(st.lists(st.integers(0, 9), min_size=len(edges) - 1, max_size=len(edges) - 1)), dtype=float)
    if draw(st.booleans()) and len(points):
        return Distribution(points, weights / weights.sum())
    even[0] += 1
    total = weights.sum() + even.sum()
    return Distribution(points, weights / total, edges, even / total)


def plain_cdf(d: Distribution, value: float | np.ndarray) -> np.ndarray:
    mass = sum((m * (x <= np.asarray(value)) for x, m in zip(d.points, d.masses, strict=True)), np.zeros(()))
    for a, b, p in zip(d.edges[:-1], d.edges[1:], d.spread, strict=True):
        mass = mass + p * np.clip((np.asarray(value) - a) / (b - a), 0.0, 1.0)
    return mass


@CASES
@given(distributions(), st.integers(-4, 208).map(lambda k: k / 2))
def test_cumulative_probabilities(d: Distribution, value: float) -> None:
    below, at = d.cdf(value)
    assert at == pytest.approx(plain_cdf(d, value), abs=1e-9)
    assert below == pytest.approx(plain_cdf(d, value - 1e-7), abs=1e-6)


@CASES
@given(distributions(), st.integers(0, 200).map(lambda k: k / 2))
def test_crps_is_the_integral_it_says(d: Distribution, outcome: float) -> None:
    grid = np.arange(0, 100, 0.05) + 0.025
    plain = ((plain_cdf(d, grid) - (grid >= outcome)) ** 2).sum() * 0.05
    assert d.crps(outcome) == pytest.approx(plain, abs=0.06)


@CASES
@given(st.lists(st.integers(0, 100).map(float), min_size=1, max_size=30), st.integers(0, 100).map(float))
def test_crps_of_samples_is_the_mean_distance_less_half_the_spread(values: list[float], outcome: float) -> None:
    sample = np.array(values)
    plain = np.abs(sample - outcome).mean() - 0.5 * np.abs(sample[:, None] - sample[None]).mean()
    assert Distribution.of_samples(sample).crps(outcome) == pytest.approx(plain, abs=1e-9)


@CASES
@given(distributions(), st.floats(0.001, 0.999))
def test_a_quantile_is_the_least_value_that_reaches_the_level(d: Distribution, level: float) -> None:
    q = d.quantile(level)
    assert plain_cdf(d, q) >= level - 1e-9
    assert plain_cdf(d, q - 1e-4) <= level + 1e-9 + 1e-3
    if q > 1e-3 and d.points.size and q in d.points:
        assert plain_cdf(d, q - 1e-9) <= level + 1e-6


@CASES
@given(distributions())
def test_the_mean_is_the_integral_of_what_exceeds(d: Distribution) -> None:
    grid = np.arange(0, 100, 0.05) + 0.025
    assert d.mean == pytest.approx((1 - plain_cdf(d, grid)).sum() * 0.05, abs=0.06)


@CASES
@given(st.lists(distributions(), min_size=1, max_size=5), st.integers(0, 100).map(float))
def test_a_mixture_averages_cumulative_probabilities(parts: list[Distribution], value: float) -> None:
    mixed = Distribution.mixture(parts)
    assert mixed.cdf(value)[1] == pytest.approx(np.mean([plain_cdf(p, value) for p in parts]), abs=1e-9)


def test_atoms_that_only_draws_put_there_become_cells() -> None:
    rng = np.random.default_rng(0)
    parts = [Distribution(np.array([20.0, 40 + rng.random()]), np.array([0.25, 0.75])) for _ in range(100)]
    mixed = Distribution.mixture(parts)
    assert mixed.points.tolist() == [20.0]
    assert mixed.masses.tolist() == [0.25]
    assert mixed.cdf(41)[1] - mixed.cdf(40)[0] == pytest.approx(0.75)


def test_a_calibrated_forecaster_passes_and_an_overconfident_one_does_not() -> None:
    rng = np.random.default_rng(5)
    honest = Distribution(np.array([0.0, 50, 100]), np.array([0.2, 0.5, 0.3]))
    outcomes = rng.choice(honest.points, 600, p=honest.masses)
    groups = np.arange(600) // 3
    good = score(np.full(600, 50.0), [honest] * 600, outcomes, rng.random(600))
    assert calibration(good.pit, groups, rng).p_value > 0.05
    assert calibration(good.pit, groups, rng).coverage == pytest.approx([0.5, 0.8, 0.95], abs=0.05)
    bold = Distribution(np.array([0.0, 50, 100]), np.array([0.05, 0.9, 0.05]))
    bad = score(np.full(600, 50.0), [bold] * 600, outcomes, rng.random(600))
    assert calibration(bad.pit, groups, rng).p_value < 0.01
    assert good.crps.mean() < bad.crps.mean()
    assert good.log.mean() < bad.log.mean()


def test_resampling_draws_whole_groups() -> None:
    values = np.array([0.0, 0.0, 0.0, 9.0])
    groups = np.array([4, 4, 4, 7])
    means = resampled_means(values, groups, 500, np.random.default_rng(1))
    assert set(np.round(means, 9)) == {0.0, 2.25, 9.0}


def test_a_difference_reads_only_issues_that_both_answered() -> None:
    ours, theirs = np.array([1.0, 2.0, 3.0]), np.array([2.0, np.nan, 5.0])
    gap = difference(ours, theirs, np.array([0, 1, 2]), np.random.default_rng(0))
    assert gap.issues == 2
    assert gap.mean == -1.5
    assert gap.low <= gap.mean <= gap.high


def test_no_forecast_has_no_score() -> None:
    s = score(np.array([np.nan]), [None], np.array([5.0]), np.array([0.5]))
    assert np.isnan([s.absolute[0], s.crps[0], s.log[0], s.pit[0]]).all()


@CASES
@given(st.lists(st.integers(-100, 100), min_size=len(LEVELS), max_size=len(LEVELS)), st.integers(0, 100))
def test_errors_around_a_point_keep_all_mass_on_the_scale(errors: list[int], point: int) -> None:
    line = Measured(10, 1.0, 1.0, LEVELS, np.array(sorted(errors), dtype=float))
    d = line.around(float(point))
    assert d.masses.sum() + d.spread.sum() == pytest.approx(1.0)
    assert d.cdf(-1e-9) == (0.0, 0.0)
    assert d.cdf(100.0)[1] == pytest.approx(1.0)
    middle = float(np.clip(point + sorted(errors)[5], 0, 100))
    assert d.cdf(middle)[0] - 1e-9 <= 0.5 <= d.cdf(middle)[1] + 1e-9
