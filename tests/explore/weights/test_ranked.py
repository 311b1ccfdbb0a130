"""Ranked weights against draws, by hand, and from corner to corner."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from halfway.explore.weights.ranked import compare_ranked, ranked_corners, share_at_most_zero


def test_by_hand():
    # Two issues: x leads on the first by 10, y on the second by 30. Corners (1, 0) and (1/2, 1/2): 10 and -10.
    found = compare_ranked([Fraction(40), Fraction(0)], [Fraction(30), Fraction(30)])
    assert (found.low, found.high, found.better) == (-10.0, 10.0, 0.5)
    assert (found.at_low, found.at_high) == ((0.5, 0.5), (1.0, 0.0))


def test_a_frustum_of_a_triangle_by_hand():
    # Values 2, -1, -1 at the corners of a triangle: above zero is the corner cut at 2/3 of both its sides, 4/9.
    assert share_at_most_zero([Fraction(2), Fraction(-1), Fraction(-1)]) == 1 - Fraction(4, 9)


def test_exact_shares_within_three_standard_errors_of_draws():
    rng = np.random.default_rng(20200809)
    beyond = 0
    for _ in range(1_000):
        corners = rng.integers(-50, 51, size=int(rng.integers(2, 9)))
        exact = float(share_at_most_zero([Fraction(int(x)) for x in corners]))
        drawn = rng.dirichlet(np.ones(corners.size), size=2_000) @ corners <= 0
        error = np.sqrt(max(exact * (1 - exact), 1e-12) / drawn.size)
        beyond += abs(drawn.mean() - exact) > 3 * error + 1e-9
    # Of 1,000 comparisons about 2.7 lie beyond three standard errors by chance alone.
    assert beyond <= 12


def test_bounds_under_ranked_weights_hold_for_every_draw_and_are_reached():
    rng = np.random.default_rng(4)
    for _ in range(100):
        count = int(rng.integers(1, 7))
        first, second = rng.integers(0, 101, size=(2, count))
        found = compare_ranked([Fraction(int(x)) for x in first], [Fraction(int(x)) for x in second])
        weights = -np.sort(-rng.dirichlet(np.ones(count), size=300), axis=1)
        differences = weights @ (first - second)
        assert found.low - 1e-9 <= differences.min()
        assert differences.max() <= found.high + 1e-9
        assert np.dot(found.at_low, first - second) == pytest.approx(found.low)
        assert np.dot(found.at_high, first - second) == pytest.approx(found.high)


def test_corners_are_ranked_and_sum_to_one():
    corners = ranked_corners(5)
    assert corners.sum(axis=1) == pytest.approx(1)
    assert (np.diff(corners, axis=1) <= 0).all()


def test_alike_is_not_better():
    assert compare_ranked([Fraction(5)], [Fraction(5)]).better == 0.0
    with pytest.raises(ValueError, match="each of one or more issues"):
        compare_ranked([], [])
