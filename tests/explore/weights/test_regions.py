"""Regions of weights against draws, by hand, and summing to the whole."""

from __future__ import annotations

import numpy as np
import pytest

from halfway.explore.weights.regions import best_regions


def test_two_issues_by_hand():
    # x is worth 100 w, y is worth 50: x is best from w = 1/2 on.
    x, y = best_regions({"x": [100, 0], "y": [50, 50]}, ("first", "second"))
    assert (x.share, y.share) == (pytest.approx(0.5), pytest.approx(0.5))
    assert x.ranges["first"] == pytest.approx((0.5, 1.0))
    assert y.ranges["first"] == pytest.approx((0.0, 0.5))


def test_a_constant_moves_the_border():
    x, y = best_regions({"x": [100, 0], "y": [50, 50]}, ("first", "second"), {"y": 20.0})
    assert x.ranges["first"] == pytest.approx((0.7, 1.0))
    assert y.share == pytest.approx(0.7)


def test_shares_sum_to_one_and_agree_with_draws():
    rng = np.random.default_rng(20200809)
    for _ in range(40):
        count, plans = int(rng.integers(2, 7)), int(rng.integers(2, 6))
        table = rng.integers(0, 101, size=(plans, count)).astype(float)
        found = best_regions({str(k): row.tolist() for k, row in enumerate(table)}, [f"i{j}" for j in range(count)])
        assert sum(r.share for r in found) == pytest.approx(1, abs=1e-9)
        weights = rng.dirichlet(np.ones(count), size=4_000)
        best = (weights @ table.T).argmax(axis=1)
        for region in found:
            drawn = np.isin(best, [int(p) for p in region.plans])
            assert drawn.mean() == pytest.approx(region.share, abs=0.04)
            if drawn.any():
                for j in range(count):
                    low, high = region.ranges[f"i{j}"]
                    assert low - 1e-7 <= weights[drawn, j].min()
                    assert weights[drawn, j].max() <= high + 1e-7
            if region.centre:
                centre = np.array([region.centre[f"i{j}"] for j in range(count)])
                assert centre.sum() == pytest.approx(1)
                own = table[int(region.plans[0])] @ centre
                assert own >= (table @ centre).max() - 1e-7


def test_a_dominated_plan_is_best_nowhere():
    good, bad = best_regions({"good": [60, 60, 60], "bad": [50, 40, 60 - 1]}, ("a", "b", "c"))
    assert bad.nowhere
    assert bad.share == 0.0
    assert good.share == pytest.approx(1.0)


def test_a_plan_that_only_ties_has_a_range_and_no_share():
    both, middle, other = best_regions({"x": [100, 0], "m": [50, 50], "y": [0, 100]}, ("a", "b"))
    assert middle.share == 0.0
    assert middle.ranges["a"] == pytest.approx((0.5, 0.5))
    assert both.share == other.share == pytest.approx(0.5)


def test_plans_alike_share_one_region():
    (found,) = best_regions({"x": [10, 20], "y": [10, 20]}, ("a", "b"))
    assert found.plans == ("x", "y")
    assert found.share == pytest.approx(1.0)


def test_beyond_eight_issues_ranges_stay_and_shares_are_not_guessed():
    rng = np.random.default_rng(1)
    found = best_regions({k: rng.integers(0, 101, 9).tolist() for k in "xy"}, [f"i{j}" for j in range(9)])
    assert all(r.share is None for r in found)
    assert all(r.ranges for r in found)
