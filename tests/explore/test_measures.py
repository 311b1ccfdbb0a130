"""Measures of robustness on a table of three plans, two futures and two actors, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from halfway.explore.measures import measures, quantile, regret, satisficing

# (plan, future, actor)
TABLE = np.array(
    [
        [[60.0, 10.0], [20.0, 50.0]],
        [[50.0, 30.0], [40.0, 20.0]],
        [[45.0, 5.0], [30.0, 10.0]],
    ]
)
PLANS, ACTORS = ("firm", "steps", "worse"), ("north", "south")


def test_regret_by_hand():
    assert regret(TABLE).tolist() == [
        [[0.0, 20.0], [20.0, 0.0]],
        [[10.0, 0.0], [0.0, 30.0]],
        [[15.0, 25.0], [10.0, 40.0]],
    ]


def test_measures_by_hand():
    found = measures(TABLE, PLANS, ACTORS)
    firm, steps, worse = (found[p]["north"] for p in PLANS)
    assert (firm.maximum_regret, firm.mean_regret, firm.worst_decile, firm.mean) == (20.0, 10.0, 20.0, 40.0)
    assert (steps.maximum_regret, steps.mean_regret, steps.best_share) == (10.0, 5.0, 0.5)
    assert worse.best_nowhere
    assert not firm.best_nowhere
    assert found["steps"]["south"].maximum_regret == 30.0


def test_a_dominated_plan_changes_no_regret():
    with_it, without = measures(TABLE, PLANS, ACTORS), measures(TABLE[:2], PLANS[:2], ACTORS)
    for plan in PLANS[:2]:
        for actor in ACTORS:
            assert with_it[plan][actor] == without[plan][actor]


def test_sampling_weights_weigh_futures():
    found = measures(TABLE, PLANS, ACTORS, weights=np.array([3.0, 1.0]))
    assert found["firm"]["north"].mean == pytest.approx(50.0)
    assert found["firm"]["north"].mean_regret == pytest.approx(5.0)
    assert satisficing({"firm": np.array([True, False])}, np.array([3.0, 1.0])) == {"firm": 0.75}


def test_the_worst_decile_takes_part_of_the_future_on_its_border():
    values = np.arange(15.0).reshape(1, 15, 1)
    # A tenth of 15 futures is the worst and half of the next: (0 + 1 / 2) / 1.5.
    assert measures(values, ("p",), ("a",))["p"]["a"].worst_decile == pytest.approx(1 / 3)


def test_quantiles_are_reached_values():
    values, share = np.array([3.0, 1.0, 2.0, 4.0]), np.full(4, 0.25)
    assert [quantile(values, share, q) for q in (0.25, 0.5, 0.75, 1.0)] == [1.0, 2.0, 3.0, 4.0]
