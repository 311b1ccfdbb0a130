"""Arrays say what the file says: utilities, conditions, walk-aways, package by package and by label."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from halfway.case.reader import build
from halfway.errors import Refusal
from halfway.space.arrays import all_packages, holds
from halfway.space.utilities.preferences import mask_of
from halfway.space.utilities.space import compile_space
from halfway.testing import Wanted, case_data
from tests.space import by_label

CARDINAL = Wanted(
    decimals=True, linkages=True, constraints=True, red_lines=True, walk_aways=True, types=True, awkward_names=True
)
MANY = settings(max_examples=200, deadline=None)


def with_normalise(draw, data):
    """Let some actors keep their weights as they are."""
    for actor in data["actors"].values():
        if draw(st.booleans()):
            actor["normalise"] = draw(st.sampled_from(("yes", "no")))
    return data


def labelled(space):
    return [space.labels(p) for p in all_packages(space.sizes)]


def scale_of(space, actor):
    return round(1 / float(space.utilities.unit[actor]))


@MANY
@given(st.data(), case_data(CARDINAL))
def test_every_package_is_worth_what_the_file_says(source, data):
    data = with_normalise(source.draw, data)
    space = compile_space(build(data))
    packages = all_packages(space.sizes)
    scaled, points = space.utilities.of(packages), space.values(packages)
    for a, actor in enumerate(space.actors):
        for x, package in enumerate(labelled(space)):
            worth = by_label.utility(data, actor, package)
            assert points[a, x] == pytest.approx(float(worth), abs=1e-7)
            if space.utilities.exact:
                assert Fraction(int(scaled[a, x]), scale_of(space, a)) == worth


@MANY
@given(case_data(CARDINAL))
def test_types_are_laid_over_their_actor(data):
    case = build(data)
    for actor, declared in case.actors.items():
        for kind in declared.types:
            space = compile_space(case, {actor: kind})
            values = space.values(all_packages(space.sizes))[space.actor(actor)]
            worth = [float(by_label.utility(data, actor, p, kind=kind)) for p in labelled(space)]
            assert values == pytest.approx(worth, abs=1e-7)


@MANY
@given(case_data(CARDINAL, lexicographic=True))
def test_integers_order_packages_as_exact_fractions_do(data):
    space = compile_space(build(data))
    assume(space.utilities.exact)
    scaled = space.utilities.of(all_packages(space.sizes))
    for a, actor in enumerate(space.actors):
        keys = [by_label.lexicographic_key(data, actor, p) for p in labelled(space)]
        for x, y in combinations(range(len(keys)), 2):
            assert (scaled[a, x] > scaled[a, y]) == (keys[x] > keys[y])
            assert (scaled[a, x] == scaled[a, y]) == (keys[x] == keys[y])


def test_no_linkage_outweighs_an_issue_that_comes_first():
    data = two_issues()
    data["actors"]["a"] |= {
        "interests": {
            "peace": {"weight": 30, "values": {"no": 0, "half": 40, "yes": 100}},
            "trade": {"weight": 60, "values": {"no": 0, "yes": 100}},
        },
        "lexicographic": ["peace"],
        "linkages": [{"when": {"peace": "no", "trade": "yes"}, "points": 60}],
    }
    space = compile_space(build(data))
    values = {tuple(space.labels(p).values()): space.values(p)[0, 0] for p in all_packages(space.sizes)}
    assert values["half", "no"] > values["no", "yes"] > values["no", "no"]
    assert values["yes", "yes"] == pytest.approx(100)


@MANY
@given(case_data(CARDINAL))
def test_conditions_hold_where_the_file_says(data):
    space = compile_space(build(data))
    packages = all_packages(space.sizes)
    allowed = np.all([holds(m, packages) for m in space.bounds.allowed] or [np.ones(len(packages), bool)], axis=0)
    assert allowed.tolist() == [by_label.feasible(data, p) for p in labelled(space)]
    for a, actor in enumerate(space.actors):
        lines = [holds(m, packages) for m in space.bounds.red_lines[a]]
        crossed = np.any(lines or [np.zeros(len(packages), bool)], axis=0)
        assert crossed.tolist() == [by_label.crosses_red_line(data, actor, p) for p in labelled(space)]


@MANY
@given(case_data(CARDINAL))
def test_a_package_passes_the_threshold_where_it_is_no_worse_than_the_walk_away(data):
    space = compile_space(build(data))
    scaled = space.utilities.of(all_packages(space.sizes))
    for a, actor in enumerate(space.actors):
        least = by_label.walk_away(data, actor)
        assert space.walk_away[a] == pytest.approx(float(least))
        for x, package in enumerate(labelled(space)):
            worth = by_label.utility(data, actor, package)
            if space.utilities.exact or abs(worth - least) > Fraction(1, 10**8) or worth == least:
                assert (scaled[a, x] >= space.threshold[a]) == (worth >= least)


def test_the_status_quo_is_acceptable_to_those_who_have_it_as_their_walk_away_whatever_the_rounding():
    data = two_issues()
    data["actors"]["a"]["interests"] = {
        "peace": {"weight": "0.123456789", "values": {"no": "33.333333", "half": 1, "yes": 0}},
        "trade": {"weight": "0.987654321", "values": {"no": "66.6666667", "yes": 0}},
    }
    space = compile_space(build(data))
    assert not space.utilities.exact
    assert space.utilities.of(space.status_quo[None, :])[0, 0] >= space.threshold[0]
    just_worse = space.package({"peace": "half"}, space.status_quo)
    assert space.utilities.of(just_worse[None, :])[0, 0] < space.threshold[0]


def test_huge_numbers_neither_overflow_nor_lose_the_order():
    data = two_issues()
    data["actors"]["a"] |= {
        "normalise": "no",
        "interests": {
            "peace": {"weight": "1e12", "values": {"no": 0, "half": "50.0000001", "yes": 100}},
            "trade": {"weight": 1, "values": {"no": 0, "yes": 100}},
        },
        "walk_away": "1e12",
    }
    data["actors"]["b"] = {"interests": {"trade": {"values": {"no": 0, "yes": 100}}}, "walk_away": "-1e12"}
    space = compile_space(build(data))
    order = np.argsort(space.utilities.of(all_packages(space.sizes))[0], kind="stable")
    peace = [space.labels(all_packages(space.sizes)[x])["peace"] for x in order]
    assert peace == ["no", "no", "half", "half", "yes", "yes"]
    assert (space.utilities.of(all_packages(space.sizes))[1] >= space.threshold[1]).all()


def test_options_in_equal_steps_keep_a_position_exact():
    data = two_issues()
    data["issues"]["peace"] = {
        "options": ["none", "little", "much", "full"], "scale": {"from": 0, "to": 1}, "set_by": "a", "owner": "b",
    }  # fmt: skip
    data["status_quo"] = {"peace": "none", "trade": "no"}
    for actor in data["actors"].values():
        actor["interests"] = {"peace": {"position": 1}}
    space = compile_space(build(data))
    assert space.utilities.exact
    assert space.utilities.of(space.package({"peace": "little"}, space.status_quo)[None, :])[0, 0] * 3 == (
        scale_of(space, 0) * 100
    )


def test_no_contest_is_decided_by_powers_that_are_all_nought():
    data = two_issues()
    for actor in data["actors"].values():
        actor["capability"] = 0
    data["actors"]["a"]["walk_away"] = {"contest": {"opponents": "b", "prize": {"peace": "yes"}, "cost": 5}}
    space = compile_space(build(data))
    won = space.values(space.package({"peace": "yes"}, space.status_quo))[0, 0]
    assert space.walk_away[0] == pytest.approx((won + space.values(space.status_quo)[0, 0]) / 2 - 5)


def test_a_condition_over_too_many_issues_is_refused():
    issues = {f"i{k}": {"options": ["x", "y", "z"], "set_by": "a", "owner": "a"} for k in range(16)}
    data = {"name": "wide", "actors": {"a": {"interests": {"i0": ["x", "y", "z"]}}}, "issues": issues}
    case = build(data | {"constraints": [{"forbid": dict.fromkeys(issues, "x")}]})
    with pytest.raises(Refusal, match="R021"):
        mask_of(case, case.constraints[0].forbid)


def two_issues():
    """A small case in which `a` and `b` want one thing each."""
    return {
        "name": "two",
        "issues": {
            "peace": {"options": ["no", "half", "yes"], "set_by": "a", "owner": "b"},
            "trade": {"options": ["no", "yes"], "set_by": "b", "owner": "a"},
        },
        "actors": {
            "a": {"interests": {"peace": {"values": {"no": 0, "half": 50, "yes": 100}}}},
            "b": {"interests": {"trade": {"values": {"no": 0, "yes": 100}}}},
        },
        "status_quo": {"peace": "no", "trade": "no"},
    }
