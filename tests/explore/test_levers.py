"""Levers: break-evens put back into the file, variance shares with a known answer, turns of the grade checked."""

from __future__ import annotations

import numpy as np
import pytest

from halfway.case.catalog import load
from halfway.case.reader import build
from halfway.explore.break_evens import ChangedDraws, break_evens, margins
from halfway.explore.levers import turns, variance_shares
from halfway.space.compiled import compile_case
from tests.explore.futures.test_design import case_of


def put(data: dict, path: str, value: float) -> None:
    steps = path.split("/")
    here = data
    for step in steps[:-1]:
        here = here[int(step)] if isinstance(here, list) else here[step]
    last = steps[-1]
    old = here[last]
    here[last] = {**old, "value": value} if isinstance(old, dict) and "value" in old else value


def test_break_evens_typed_into_the_file_leave_no_margin():
    case = case_of(weight="2")
    compiled = compile_case(case)
    found = break_evens(compiled, "swap", "north")
    assert found
    for one in found:
        data = case.model_dump(mode="json", exclude_unset=True)
        target = one.input.removesuffix("/utility")
        put(data, target, repr(round(one.at, 10)))
        typed = compile_case(build(data))
        a = typed.space().actor("north")
        margin = typed.values("swap").long_run[a] - typed.space().walk_away[a]
        assert margin == pytest.approx(0, abs=1e-4), one.input
    inputs = {b.input for b in found}
    # The plan is worth 58 to north and it asks for 30: no payment of zero or more and no weight make it refuse.
    assert inputs == {"actors/north/walk_away/utility", "actors/north/interests/money/values/some"}


def test_a_break_even_by_hand():
    # North: (2 * give + 1 * 100) / 3 + 5 against a walk-away of 30: give = 30 leaves 53.3 + 5; at 30 it breaks even
    # when 53.33 + amount = 30, which no amount of zero or more does, and when the walk-away is 58.33.
    found = {b.input: b.at for b in break_evens(compile_case(case_of()), "swap", "north")}
    assert found["actors/north/walk_away/utility"] == pytest.approx((2 * 30 + 100) / 3 + 5)


def test_variance_shares_of_a_sum_are_shares_of_variance():
    data = case_of().model_dump(mode="json", exclude_unset=True)
    compiled = compile_case(build(data))
    found = {v.input: v for v in variance_shares(compiled, "swap", "north", samples=1024, seed=3)}
    # Margin = 2/3 give + 100/3 + amount - walk-away: independent terms, so first and total indices are both
    # variances over their sum. give is uniform 20..40, amount 5 +- 1, the walk-away 30 +- 5.
    variances = {
        "actors/north/interests/land/values/give": (2 / 3) ** 2 * 20**2 / 12,
        "plans/swap/transfers/0/amount": 1.0,
        "actors/north/walk_away/utility": 25.0,
    }
    for name, variance in variances.items():
        share = variance / sum(variances.values())
        assert found[name].first == pytest.approx(share, abs=0.02), name
        assert found[name].total == pytest.approx(share, abs=0.02), name
        assert found[name].total_low - 0.02 <= share <= found[name].total_high + 0.02
    assert "actors/north/patience/value" not in found
    assert sum(v.first for v in found.values()) == pytest.approx(1, abs=0.05)


@pytest.mark.peer("SALib")
def test_variance_shares_equal_those_of_salib():
    from SALib.analyze import sobol as analyse
    from SALib.sample import sobol as sampling

    from halfway.explore.futures.design import FutureDraws, dimensions

    compiled = compile_case(case_of(weight="2 ± 0.5"))
    names = [d.name for d in dimensions(compiled)]
    problem = {"num_vars": len(names), "names": names, "bounds": [[0, 1]] * len(names)}
    points = sampling.sample(problem, 2048, calc_second_order=False, seed=1)
    drawn = FutureDraws(
        compiled.case, len(points), 1, {}, {n: np.clip(points[:, i], 1e-9, 1 - 1e-9) for i, n in enumerate(names)}
    )
    theirs = analyse.analyze(problem, margins(compiled, "swap", drawn)[:, 0], calc_second_order=False, seed=1)
    ours = {v.input: v for v in variance_shares(compiled, "swap", "north", samples=2048, seed=1)}
    for i, name in enumerate(names):
        if name in ours:
            assert ours[name].total == pytest.approx(theirs["ST"][i], abs=0.03)
            assert ours[name].first == pytest.approx(theirs["S1"][i], abs=0.03)


def test_margins_at_the_centre_are_those_of_the_case():
    compiled = compile_case(load("eu-belarus-2016"))
    plan = next(iter(compiled.case.plans))
    found = margins(compiled, plan, ChangedDraws(compiled.case, 1, 0, {}, {}))[0]
    assert found == pytest.approx(compiled.values(plan).long_run - compiled.space().walk_away, abs=1e-9)


def test_turns_are_confirmed_by_the_file_with_that_number():
    from halfway.conduct.run import conduct

    data = {
        "name": "edge",
        "trifling": 0.5,
        "actors": {
            "a": {"patience": 0.9, "interests": {"x": {"values": {"keep": 50, "break": "50.4 ± 3"}}}},
            "b": {"patience": 0.9, "interests": {"x": {"values": {"keep": 100, "break": 0}}}},
        },
        "issues": {"x": {"options": ["keep", "break"], "set_by": "a", "owner": "b"}},
        "status_quo": {"x": "break"},
        "plans": {"deal": {"seats": {"a": "party", "b": "party"}, "phases": {"one": {"package": {"x": "keep"}}}}},
    }
    found = turns(compile_case(build(data)), "deal")
    assert [(t.input, t.grade, t.centre_grade) for t in found] == [("actors/a/interests/x/values/break", 5, 2)]
    data["actors"]["a"]["interests"]["x"]["values"]["break"] = repr(found[0].value)
    judged = conduct(build(data), "deal", runs=0, draws=1)
    assert judged.to_dict()["actors"]["a"]["temptation"]["points"] > 0.5
