"""Boxes: a known one is found, and a box's figures are those of its definition."""

from __future__ import annotations

import numpy as np
import pytest

from halfway.explore.scenarios.limits import Inputs, Limit, inside
from halfway.explore.scenarios.prim import discover


def noisy_corner(seed: int, inputs: int = 20, futures: int = 10_000) -> tuple[Inputs, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.random((futures, inputs))
    wanted = (x[:, 0] > 0.6) & (x[:, 1] < 0.5)
    return Inputs(tuple(f"x{i}" for i in range(inputs)), x, {}), wanted ^ (rng.random(futures) < 0.05)


@pytest.mark.parametrize("seed", range(6))
def test_a_known_box_among_twenty_inputs_is_found_with_two(seed):
    inputs, wanted = noisy_corner(seed)
    found = discover(inputs, wanted, seed=seed, resamples=0)
    box = found.trajectory[found.chosen]
    assert set(box.limits) == {"x0", "x1"}
    # A wrong side that cuts off a twentieth is noise; the sides that matter are where they were put.
    assert box.limits["x0"].low == pytest.approx(0.6, abs=0.06)
    assert box.limits["x1"].high == pytest.approx(0.5, abs=0.06)
    assert box.density == pytest.approx(0.95, abs=0.03)
    assert box.coverage > 0.6


def test_the_inputs_that_matter_are_limited_again_on_other_halves():
    inputs, wanted = noisy_corner(1, futures=3_000)
    found = discover(inputs, wanted, seed=5, resamples=5)
    assert found.trajectory[found.chosen].reproduced == {"x0": 1.0, "x1": 1.0}


def test_where_nothing_matters_no_limit_is_significant():
    rng = np.random.default_rng(3)
    inputs = Inputs(("a", "b", "c"), rng.random((4_000, 3)), {})
    found = discover(inputs, rng.random(4_000) < 0.3, seed=1, resamples=0)
    if found.chosen is not None:
        box = found.trajectory[found.chosen]
        assert len(box.limits) <= 1
        assert box.density - found.base < 4 * box.density_error


def test_categories_are_kept_or_left_by_name():
    rng = np.random.default_rng(8)
    kind, x = rng.integers(0, 4, 4_000), rng.random(4_000)
    inputs = Inputs(("plan", "x"), np.stack([kind.astype(float), x], axis=1), {"plan": ("a", "b", "c", "d")})
    found = discover(inputs, np.isin(kind, (1, 2)) & (x > 0.3), seed=2, resamples=0)
    box = found.trajectory[found.chosen]
    assert box.limits["plan"].among == {1, 2}
    assert box.limits["x"].low == pytest.approx(0.3, abs=0.05)


def test_figures_are_those_of_the_half_that_was_not_peeled_on():
    inputs, wanted = noisy_corner(2, inputs=4, futures=2_000)
    found = discover(inputs, wanted, seed=4, resamples=0)
    from halfway.explore.scenarios.prim import _half

    judged = ~_half(2_000, 4, 0)
    for box in found.trajectory:
        held = inside(inputs, box.limits)[judged]
        test = wanted[judged]
        assert box.coverage == pytest.approx((held & test).sum() / test.sum())
        assert box.density == pytest.approx(test[held].mean())
        assert box.mass == pytest.approx(held.mean())


def test_a_limit_holds_at_its_ends():
    column = np.array([0.0, 1.0, 2.0, 3.0])
    assert Limit(1.0, 2.0).holds(column).tolist() == [False, True, True, False]
    assert Limit(among=frozenset({0, 3})).holds(column).tolist() == [True, False, False, True]


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_none_or_all_have_no_box(share):
    inputs, _ = noisy_corner(0, inputs=2, futures=100)
    found = discover(inputs, np.full(100, bool(share)), seed=1)
    assert (found.trajectory, found.chosen, found.base) == ((), None, share)
