"""Draws: the right distributions, named streams, experts that stay themselves."""

import copy
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.case.estimates import parse_estimate
from halfway.case.reader import build
from halfway.space.arrays import all_packages
from halfway.space.utilities.draws import draw, sample
from halfway.space.utilities.space import compile_space
from halfway.testing import Wanted, case_data
from tests.space import by_label
from tests.space.utilities.test_utilities import two_issues

COUNT = 20_000


def notations(low, high):
    inside = st.integers(low, high)
    return st.one_of(
        st.tuples(inside, st.integers(1, 60)).map(lambda p: f"{p[0]} ± {p[1]}"),
        st.tuples(inside, inside).map(lambda p: f"{min(p)}..{max(p)}"),
        st.lists(inside, min_size=3, max_size=3).map(lambda p: "triangular({}, {}, {})".format(*sorted(p))),
        st.tuples(st.integers(1, 9), st.integers(1, 9)).map(lambda p: f"beta({p[0]}, {p[1]})"),
    )


@settings(max_examples=150, deadline=None)
@given(notations(0, 100), st.integers(0, 2**32))
def test_draws_keep_their_bounds_and_their_centre(notation, seed):
    estimate = parse_estimate(notation, 0, 100)
    drawn = sample(estimate, np.random.default_rng(seed), COUNT)
    assert drawn.shape == (COUNT,)
    assert drawn.min() >= 0
    assert drawn.max() <= 100
    error = drawn.std() / math.sqrt(COUNT)
    # Five standard errors: one test in two million would fail by chance.
    assert abs(drawn.mean() - float(estimate.mean)) <= 5 * error + 1e-3


@pytest.mark.parametrize("notation", ["5 ± 30", "95 ± 30", "0 ± 5", "100 ± 400", "50 ± 0.001"])
def test_the_centre_of_a_truncated_normal_is_its_mean_after_truncation(notation):
    estimate = parse_estimate(notation, 0, 100)
    drawn = sample(estimate, np.random.default_rng(3), 400_000)
    assert float(estimate.mean) == pytest.approx(drawn.mean(), abs=5 * drawn.std() / math.sqrt(400_000) + 1e-4)


def test_a_normal_without_bounds_on_one_side():
    estimate = parse_estimate("1 ± 2", 0, math.inf)
    drawn = sample(estimate, np.random.default_rng(5), 400_000)
    assert drawn.min() >= 0
    assert float(estimate.mean) == pytest.approx(drawn.mean(), abs=0.01)


UNCERTAIN = Wanted(uncertain=True, linkages=True, walk_aways=True, decimals=True)


@settings(max_examples=120, deadline=None)
@given(case_data(UNCERTAIN), st.integers(0, 1000))
def test_each_draw_is_the_case_with_that_draws_numbers(data, seed):
    case = build(data)
    space, drawn = compile_space(case), draw(case, 3, seed)
    packages = all_packages(space.sizes)
    values = drawn.values(packages)
    for d in range(3):

        def number(raw, path, low=-math.inf, high=math.inf, d=d):
            read = drawn.read(parse_estimate(raw, low, high, "points" if high == 100 else "hundredths"), path)
            return float(read[d]) if isinstance(read, np.ndarray) else read

        for a, actor in enumerate(space.actors):
            for x, package in enumerate(packages):
                worth = by_label.utility(data, actor, space.labels(package), number)
                assert values[d, a, x] == pytest.approx(float(worth), abs=1e-7)
            least = by_label.walk_away(data, actor, number)
            assert drawn.walk_away[d, a] == pytest.approx(float(least), abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(case_data(UNCERTAIN))
def test_the_same_seed_gives_the_same_numbers_and_another_seed_others(data):
    case = build(data)
    packages = all_packages(compile_space(case).sizes)
    once, again = draw(case, 50, 11).values(packages), draw(case, 50, 11).values(packages)
    assert np.array_equal(once, again)
    assert np.array_equal(once[:, :, 0], draw(case, 50, 11).values(packages[:1])[:, :, 0])


def test_the_first_draws_stay_the_first_when_more_are_asked_for():
    estimate = parse_estimate("50 ± 10", 0, 100)
    short, long = (sample(estimate, np.random.default_rng(1), n) for n in (10, 20))
    assert np.array_equal(short, long[:10])


def test_another_estimate_leaves_the_other_draws_as_they_were():
    data = two_issues()
    data["actors"]["b"]["interests"]["trade"] = {"weight": "3 ± 1", "values": {"no": "10 ± 5", "yes": 100}}
    more = copy.deepcopy(data)
    more["actors"]["a"]["interests"]["peace"]["values"]["half"] = "50 ± 10"
    more["actors"]["b"]["interests"]["peace"] = {"weight": "0", "values": {"no": 0, "half": "5 ± 1", "yes": 9}}
    packages = all_packages((3, 2))
    before, after = draw(build(data), 40, 5).values(packages), draw(build(more), 40, 5).values(packages)
    assert before[:, 1] == pytest.approx(after[:, 1])
    assert not np.array_equal(before[:, 0], after[:, 0])
    assert not np.array_equal(draw(build(data), 40, 6).values(packages)[:, 1], before[:, 1])


def with_panels():
    data = two_issues()
    data["experts"] = {"x": {"name": "X"}, "y": {"name": "Y"}, "z": {"name": "Z"}}
    data["actors"]["a"]["interests"]["peace"]["values"] = {
        "no": {"experts": {"x": 1, "y": 2, "z": 3}}, "half": {"experts": {"z": 30, "x": 10, "y": 20}}, "yes": 100,
    }  # fmt: skip
    data["actors"]["b"]["interests"]["trade"]["values"] = {"no": {"experts": {"y": 2, "z": 3}}, "yes": 100}
    data["actors"]["b"]["walk_away"] = {"experts": {"x": "1..1.5", "y": 2, "z": 3}}
    return data


def test_a_draw_takes_one_experts_numbers_everywhere():
    drawn = draw(build(with_panels()), 600, 2)
    no, half = (drawn.tables[0][:, 0, o] for o in (0, 1))
    assert np.array_equal(half, 10 * no)
    assert np.array_equal(no, drawn.expert + 1)
    assert np.array_equal(np.floor(drawn.walk_away[:, 1]), drawn.expert + 1)
    assert np.bincount(drawn.expert, minlength=3).min() > 150
    said = drawn.tables[1][:, 1, 0]
    assert np.array_equal(said[drawn.expert > 0], drawn.expert[drawn.expert > 0] + 1)
    # Who said nothing is replaced by one of those who did, now one and now the other.
    assert set(said[drawn.expert == 0]) == {2.0, 3.0}


def test_the_centre_of_a_panel_is_the_mean_of_its_experts():
    space = compile_space(build(with_panels()))
    assert space.values(space.status_quo)[0, 0] == pytest.approx(2)
    assert space.walk_away[1] == pytest.approx((1.25 + 2 + 3) / 3)


def test_types_share_the_draws_of_what_they_leave_unsaid():
    data = two_issues()
    data["actors"]["a"]["interests"]["peace"]["values"]["half"] = "50 ± 10"
    data["actors"]["a"]["types"] = {
        "mild": {"prior": 0.5},
        "hard": {"prior": 0.5, "interests": {"trade": {"weight": 1, "values": {"no": 100, "yes": 0}}}},
    }
    case = build(data)
    plain, mild, hard = (draw(case, 30, 1, t).tables[0][:, 0, 1] for t in (None, {"a": "mild"}, {"a": "hard"}))
    assert np.array_equal(plain, mild)
    assert hard == pytest.approx(plain / 2)


def test_certain_numbers_are_the_same_in_every_draw():
    case = build(two_issues())
    space = compile_space(case)
    packages = all_packages(space.sizes)
    assert draw(case, 5, 1).values(packages) == pytest.approx(np.stack([space.values(packages)] * 5))


def test_where_an_uncertain_option_lies_is_drawn_once_for_all():
    data = two_issues()
    data["issues"]["peace"]["scale"] = {"from": 0, "to": 100}
    data["issues"]["peace"]["options"] = {"no": {"at": 0}, "half": {"at": "20..80"}, "yes": {"at": 100}}
    for actor in data["actors"].values():
        actor["interests"] = {"peace": {"position": 0}}
    drawn = draw(build(data), 20, 1).tables[0]
    assert np.array_equal(drawn[:, 0], drawn[:, 1])
    assert drawn[:, 0, 1].std() > 5
