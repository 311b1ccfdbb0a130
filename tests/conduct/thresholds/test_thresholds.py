"""Thresholds against a slow twin that works by labels, and games changed in place against games compiled anew."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from halfway.case.reader import build as build_case
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.game.payoffs import price
from halfway.conduct.game.solver import best_response
from halfway.conduct.thresholds import thresholds
from halfway.conduct.thresholds.curves import Asked, over_cost, over_detection, over_length, over_patience, over_penalty
from halfway.conduct.verdicts.temptation import kernel
from halfway.space.plan.automaton_build import build
from halfway.space.plan.compile_rules import compile_rules
from halfway.space.plan.rules import Rules
from tests.conduct.cases import GRIM, dilemma
from tests.conduct.reference_temptation import Slow
from tests.space.plan.test_automaton import ACTORS, _settings, plans

SEEN = 1e-6
"""Temptations beyond rounding, for comparisons across two programs."""


@st.composite
def bargains(draw):
    """A plan that tempts: each side gains by a breach, is seen at it with some chance, and is paid back for a time."""
    locked = draw(st.booleans())
    issues, observed = {}, draw(st.sampled_from([(0.0, 0.0), (0.1, 0.3), (0.0, 0.5), (0.2, 0.0)]))
    alarm, miss = observed
    for i, who in (("x", "a"), ("y", "b")):
        issues[i] = {
            "options": ["give", "take"] if not locked else {"give": {}, "take": {"undo": "1 month"}},
            "set_by": who,
            "owner": who,
            "observed": {"give": {"fine": 1 - alarm, "bad": alarm}, "take": {"fine": miss, "bad": 1 - miss}},
            "signals": {"fine": {}, "bad": {"breach": True, "gravity": 10}},
        }
    tempted, hurt = draw(st.integers(5, 40)), draw(st.integers(20, 100))
    actors = {
        a: {
            "interests": {
                mine: {"weight": 1, "values": {"give": 0, "take": tempted + k}},
                theirs: {"weight": 1, "values": {"give": hurt, "take": 0}},
            },
            "patience": draw(st.sampled_from([0.3, 0.7, 0.95])),
        }
        for k, (a, mine, theirs) in enumerate((("a", "x", "y"), ("b", "y", "x")))
    }
    watched = draw(st.sampled_from([{"any": [{"x": "bad"}, {"y": "bad"}]}, {"x": "bad"}]))
    deal = {"package": {"x": "give", "y": "give"}, "on": [{"when": watched, "go": "stick"}]}
    stick = {"package": {"x": draw(st.sampled_from(["give", "take"])), "y": "take"}}
    if draw(st.booleans()):
        stick |= {"lasts": f"{draw(st.integers(1, 3))} months", "then": "deal"}
    phases = {"deal": deal, "stick": stick}
    if draw(st.booleans()):
        deal |= {"lasts": f"{draw(st.integers(1, 2))} months", "then": "rest"}
        phases["rest"] = {"package": {"x": "give", "y": "give"}}
    quo = {"x": "take", "y": "take"}
    return build_case({"name": "bargain", "actors": actors, "issues": issues, "status_quo": quo,
                       "plans": {"plan": {"phases": phases}}})  # fmt: skip


def slow_temptation(case, actor, **changes):
    """The temptation by the slow twin with something changed; None where it is too large or not clear."""
    slow = Slow(case, "plan")
    for name, value in changes.items():
        setattr(slow, name, value)
    found = slow.temptation(actor, None, most=60)
    return None if found is None or found["unclear"] else found["temptation"]


NOUNS = (("any_can",), ("when",), ("reactions",), ("events",), ("any_can", "when", "reactions", "events"))


def rich(simple=False):
    """Plans with what no text says."""
    return st.sampled_from(NOUNS).flatmap(lambda nouns: plans(simple=simple, nouns=nouns))


@_settings(60)
@given(st.one_of(bargains(), plans(simple=True), rich(simple=True)), st.sampled_from(ACTORS))
def test_temptation_over_patience_is_the_slow_twins(case, actor):
    plan = kernel(study(case, "plan"))
    assume(actor in plan.breakers)
    points = np.array([0.0, 0.4, 0.8, 0.95])
    found = over_patience(Asked(plan, actor, None))(points)
    for x, fast in zip(points, found, strict=True):
        wanted = slow_temptation(case, actor, discount=float(x))
        assume(wanted is not None)
        assert fast == pytest.approx(wanted, abs=SEEN)


@_settings(60)
@given(
    st.one_of(bargains(), plans(simple=True), rich(simple=True)),
    st.sampled_from(ACTORS),
    st.sampled_from([-30.0, 5.0, 40.0]),
)
def test_temptation_under_a_further_penalty_or_cost_is_the_slow_twins(case, actor, size):
    whole = study(case, "plan")
    plan = kernel(whole)
    assume(actor in plan.breakers)
    penal = thresholds.sticks(whole)
    names = {whole.rules.phase_names[p] for p in penal}
    wanted = slow_temptation(case, actor, penal=dict.fromkeys(names, size))
    assume(wanted is not None)
    asked = Asked(plan, actor, None)
    assert over_penalty(asked, penal)(np.array([size]))[0] == pytest.approx(wanted, abs=SEEN)
    wanted = slow_temptation(case, actor, cost=abs(size))
    assert over_cost(asked)(np.array([abs(size)]))[0] == pytest.approx(wanted, abs=SEEN)


@_settings(60)
@given(st.one_of(bargains(), plans(), rich()), st.sampled_from(ACTORS), st.sampled_from([0.3, 0.5, 0.8, 1.0]))
def test_temptation_under_less_detection_is_that_of_a_plan_compiled_for_it(case, actor, share):
    plan = kernel(study(case, "plan"))
    assume(actor in plan.breakers)
    fresh = kernel(study(case, "plan", detection=share))
    wanted = fresh.tempted(actor, None).temptation.points
    assert over_detection(Asked(plan, actor, None))(np.array([share]))[0] == pytest.approx(wanted, abs=SEEN)


@_settings(60)
@given(st.one_of(bargains(), plans(), rich()), st.sampled_from(ACTORS), st.integers(1, 5))
def test_temptation_under_another_length_is_that_of_a_plan_compiled_for_it(case, actor, length):
    whole = study(case, "plan")
    plan, phase = kernel(whole), thresholds.first_trial(whole)
    assume(phase is not None and actor in plan.breakers)
    wanted = slow_temptation(case, actor, lengths={whole.rules.phase_names[phase]: length})
    assume(wanted is not None)
    assert over_length(Asked(plan, actor, None), phase)(np.array([length]))[0] == pytest.approx(wanted, abs=SEEN)


@_settings(60)
@given(
    st.one_of(bargains(), plans(simple=True), rich(simple=True)),
    st.sampled_from(ACTORS),
    st.sampled_from([0.0, 0.5, 3.0]),
)
def test_thresholds_lie_where_the_temptation_crosses_the_limit(case, actor, above):
    plan = kernel(study(case, "plan"))
    assume(actor in plan.breakers)
    asked = Asked(plan, actor, None)
    searched = [
        (over_patience(asked), thresholds.patience(plan, actor, above=above)),
        (over_cost(asked), thresholds.breach_cost(plan, actor, above=above)),
        (over_detection(asked), thresholds.detection(plan, actor, above=above)),
    ]
    if thresholds.sticks(plan.whole):
        searched.append(
            (over_penalty(asked, thresholds.sticks(plan.whole)), thresholds.penalty(plan, actor, above=above))
        )
    for curve, found in searched:
        for low, high in found.keeps:
            inside = curve(np.linspace(low, high, 3))
            assert inside[0] <= above + SEEN
            assert inside[2] <= above + SEEN
        if found.keeps and found.bracket is not None:
            outside, inside = found.bracket
            assert curve(np.array([outside]))[0] > above
            assert curve(np.array([inside]))[0] <= above + SEEN
        if not found.keeps:
            assert found.at is None
            assert (curve(np.array([0.0, 0.5, 0.99])) > above).all()


def window():
    """By hand: grabbing pays below a patience of 0.2, investing above 0.4."""
    cells = [("keep", "mid", 50), ("grab", "mid", 60), ("invest", "mid", 44)]
    return build_case(
        {
            "name": "window",
            "actors": {
                "a": {
                    "patience": 0.3,
                    "interests": {"x": {"weight": 0, "values": {"keep": 0, "grab": 0, "invest": 0}}},
                    "linkages": [{"when": {"x": x, "y": y}, "points": p} for x, y, p in cells]
                    + [{"when": {"y": "bad"}, "points": 10}, {"when": {"y": "good"}, "points": 59}],
                },
                "b": {
                    "interests": {
                        "x": {"weight": 1, "values": {"keep": 60, "grab": 0, "invest": 0}},
                        "y": {"weight": 1, "values": {"mid": 50, "bad": 50, "good": 50}},
                    }
                },
            },
            "issues": {
                "x": {"options": ["keep", "grab", "invest"], "set_by": "a", "owner": "a"},
                "y": {"options": ["mid", "bad", "good"], "set_by": "b", "owner": "b"},
            },
            "status_quo": {"x": "keep", "y": "mid"},
            "plans": {
                "plan": {
                    "phases": {
                        "start": {
                            "package": {"x": "keep", "y": "mid"},
                            "on": [{"when": {"x": "grab"}, "go": "punished"}, {"when": {"x": "invest"}, "go": "rewarded"}],
                        },
                        "punished": {"package": {"x": "keep", "y": "bad"}},
                        "rewarded": {"package": {"x": "keep", "y": "good"}},
                    }
                }
            },
        }
    )  # fmt: skip


def test_a_window_of_patience_is_a_window():
    found = thresholds.patience(kernel(study(window())), "a", above=0.0)
    assert found.keeps == (pytest.approx((0.2, 0.4), abs=1e-8),)
    assert found.at == pytest.approx(0.2, abs=1e-8)


def test_a_threshold_close_to_one_is_found():
    plan = kernel(study(dilemma(GRIM, patience=0.99999, points=(50.0, 10.002, 10.0, 0.0))))
    found = thresholds.patience(plan, "row", above=0.0)
    assert found.at == pytest.approx(0.99995, abs=1e-8)
    # With what is trifling let pass: 39.998 − 40 p is no more than 0.5.
    assert thresholds.patience(plan, "row").at == pytest.approx(39.498 / 40, abs=1e-8)


def test_detection_is_searched_inside_its_range():
    """Grim trigger under noise: false alarms and misses are worked out by hand in the known answers."""
    e, delta = 0.05, 0.7
    plan = kernel(study(dilemma(GRIM, patience=delta, noise=e)))
    found = thresholds.detection(plan, "row", above=0.0)

    def breaking_pays(share):
        # The mixture makes the breach's row of signals that of keeping with the rest of the share.
        caught = share * (1 - e) + (1 - share) * e
        q, d = 1 - (1 - e) ** 2, 1 - (1 - caught) * (1 - e)
        keep = ((1 - delta) * 30 + delta * q * 10) / (1 - delta + delta * q)
        return ((1 - delta) * 50 + delta * d * 10) / (1 - delta + delta * d) - keep

    from scipy.optimize import brentq

    assert found.at == pytest.approx(brentq(breaking_pays, 0.01, 1.0), abs=2e-4)


def test_the_least_cost_of_breaking_by_hand():
    # Without patience a breach of the dilemma pays 20 points in its period; at 0.3, 20 − 40 × 0.3 discounted.
    plan = kernel(study(dilemma(GRIM, patience=0.0)))
    assert thresholds.breach_cost(plan, "row", above=0.0).at == pytest.approx(20.0, abs=1e-5)


@_settings(60)
@given(plans(), st.sampled_from(ACTORS), st.integers(1, 5))
def test_other_lengths_on_what_is_known_are_those_compiled_anew(case, actor, length):
    whole = study(case, "plan")
    phase = thresholds.first_trial(whole)
    assume(phase is not None)
    whole.responses(actor)
    number, discount = whole.space.actor(actor), whole.patience(actor)
    known = whole.changed(actor, None, None, lasts={phase: length}).game
    rules = compile_rules(whole.space, whole.plan).with_lengths({phase: length})
    assert isinstance(rules, Rules)
    assert rules.phases[phase].lasts == length
    fresh = price(build(rules, (number,)), whole.utilities()).game
    assert known.states == fresh.states
    assert (best_response(known, number, discount).values == best_response(fresh, number, discount).values).all()


@_settings(60)
@given(plans(), st.sampled_from(ACTORS), st.randoms(use_true_random=False))
def test_a_best_response_does_not_hang_on_where_the_search_starts(case, actor, chance):
    whole = study(case, "plan")
    number, discount = whole.space.actor(actor), whole.patience(actor)
    game = whole.games(actor)[0].game
    first = game.flat(number).first
    start = np.array([chance.randrange(int(n)) for n in np.diff(first)])
    own = best_response(game, number, discount)
    other = best_response(game, number, discount, start=start)
    assert own.values == pytest.approx(other.values, abs=1e-7)


@_settings(30)
@given(st.one_of(bargains(), plans()), st.sampled_from(ACTORS))
def test_the_region_is_the_temptation_at_each_of_its_points(case, actor):
    plan = kernel(study(case, "plan"))
    assume(actor in plan.breakers)
    patiences, detections = np.array([0.2, 0.6, 0.9]), np.array([0.4, 1.0])
    found = thresholds.region(plan, actor, patiences, detections)
    for row, share in enumerate(detections):
        fresh = kernel(study(case, "plan", detection=float(share)))
        wanted = over_patience(Asked(fresh, actor, None))(patiences)
        assert found[row] == pytest.approx(np.where(wanted > 0.5, wanted, 0.0), abs=SEEN)
