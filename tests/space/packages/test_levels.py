"""Concession levels and movements against the definition, package by package."""

import numpy as np
import pytest
from hypothesis import assume, given, settings

from halfway.case.reader import build
from halfway.errors import Refusal
from halfway.space.arrays import all_packages, holds
from halfway.space.packages.levels import drawn_ideals, ideals, level
from halfway.space.plan.outcomes import Known, drawn_levels, leave_one_out, levels_of
from halfway.space.utilities.draws import draw
from halfway.space.utilities.space import compile_space
from halfway.testing import Wanted, case_data
from tests.space import by_label
from tests.space.utilities.test_utilities import two_issues

SETTING = Wanted(decimals=True, linkages=True, constraints=True, options=(2, 3))


def slow_level(values, a, b, utility):
    """``L(a → b)`` in percent over a list of packages' values by actor; None where there is no way to go."""
    own = max(v[a] for v in values)
    best_for_b = max(v[b] for v in values)
    there = max(v[a] for v in values if abs(v[b] - best_for_b) < 1e-9)
    return None if abs(own - there) < 1e-9 else 100 * (own - utility) / (own - there)


def possible(data):
    return [p for p in by_label.packages(data) if by_label.feasible(data, p)]


@settings(max_examples=150, deadline=None)
@given(case_data(SETTING))
def test_levels_and_movements_follow_their_definition(data):
    space = compile_space(build(data))
    assume(space.utilities.exact)
    actors = list(data["actors"])
    values = [{a: by_label.utility(data, a, p) for a in actors} for p in possible(data)]
    today = {a: by_label.utility(data, a, data["status_quo"]) for a in actors}
    for package in possible(data)[:4]:
        reached = levels_of(space, space.values(space.package(package))[:, 0])
        for i, a in enumerate(actors):
            for j, b in enumerate(actors):
                want = slow_level(values, a, b, by_label.utility(data, a, package))
                before = slow_level(values, a, b, today[a])
                if want is None:
                    assert np.isnan(reached.level[i, j])
                    assert np.isnan(reached.movement[i, j])
                else:
                    assert reached.level[i, j] == pytest.approx(float(want), abs=1e-5)
                    assert reached.movement[i, j] == pytest.approx(float(want - before), abs=1e-5)


@settings(max_examples=100, deadline=None)
@given(case_data(SETTING, uncertain=True))
def test_levels_of_draws_follow_the_definition_draw_by_draw(data):
    space = compile_space(build(data))
    drawn = draw(space.case, 4, 7)
    packages = all_packages(space.sizes)
    packages = packages[np.all([holds(m, packages) for m in space.bounds.allowed] or [[True] * len(packages)], axis=0)]
    worth = drawn.values(packages)
    reached = drawn_levels(space, worth[:, :, 0], drawn)
    for d in range(4):
        values = [dict(enumerate(worth[d, :, x])) for x in range(len(packages))]
        for a in range(len(space.actors)):
            for b in range(len(space.actors)):
                want = slow_level(values, a, b, worth[d, a, 0])
                if want is None:
                    assert np.isnan(reached.level[d, a, b])
                else:
                    assert reached.level[d, a, b] == pytest.approx(want, rel=1e-6, abs=1e-5)


@settings(max_examples=100, deadline=None)
@given(case_data(SETTING, options=(3, 4)))
def test_leaving_one_option_out_at_a_time(data):
    space = compile_space(build(data))
    assume(space.utilities.exact)
    a, b = list(data["actors"])[:2]
    keep = np.vstack([space.status_quo, space.package(possible(data)[-1])])
    utility = space.values(keep[1])[:, 0]
    found = []
    for issue in data["issues"]:
        if len(by_label.options(data, issue)) < 3:
            continue
        for option in by_label.options(data, issue):
            if option in (space.labels(p)[issue] for p in keep):
                continue
            left = [p for p in possible(data) if p[issue] != option]
            values = [{x: by_label.utility(data, x, p) for x in (a, b)} for p in left]
            worth = by_label.utility(data, a, space.labels(keep[1]))
            found.append(slow_level(values, a, b, worth))
    found = [float(x) for x in found if x is not None]
    known = Known()
    for _ in range(2):
        low, high = leave_one_out(space, 0, 1, utility, keep, known)
        if found:
            assert (low, high) == pytest.approx((min(found), max(found)), abs=1e-5)
        else:
            assert np.isnan(low)
            assert np.isnan(high)


def test_a_level_is_undefined_where_both_ideals_are_worth_the_same():
    data = two_issues()
    data["actors"]["b"]["interests"] = {"trade": {"values": {"no": 0, "yes": 100}}}
    space = compile_space(build(data))
    # Each wants its own issue and does not mind the other's: there is no way to go.
    assert np.isnan(levels_of(space, space.values(space.status_quo)[:, 0]).level).all()


def test_levels_run_from_one_ideal_to_the_other_and_beyond():
    ideal = np.array([[90.0, 40.0], [20.0, 80.0]])
    assert level(ideal, np.array([90.0, 80.0]))[[0, 1], [1, 0]].tolist() == [0, 0]
    assert level(ideal, np.array([40.0, 20.0]))[[0, 1], [1, 0]].tolist() == [100, 100]
    assert level(ideal, np.array([15.0, 5.0]))[[0, 1], [1, 0]].tolist() == [150, 125]


def test_asking_for_some_pairs_changes_nothing_for_them():
    data = two_issues()
    data["actors"]["a"]["interests"]["trade"] = {"values": {"no": "10 ± 5", "yes": 0}}
    space = compile_space(build(data))
    drawn = draw(space.case, 3, 1)
    whole, some = drawn_ideals(space, drawn), drawn_ideals(space, drawn, [(0, 1)])
    assert np.array_equal(whole, some, equal_nan=True)


def test_a_case_without_any_possible_package_is_refused():
    data = two_issues()
    del data["status_quo"]
    data["constraints"] = [{"forbid": {"peace": ["no", "half", "yes"]}}]
    with pytest.raises(Refusal, match="R022"):
        ideals(compile_space(build(data)))
