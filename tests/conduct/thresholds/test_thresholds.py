"""Thresholds against all stationary policies, and games changed in place against games compiled anew, on random plans."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from halfway.case.reader import build as build_case
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.game.payoffs import price
from halfway.conduct.game.solver import TOLERANCE, best_response
from halfway.conduct.thresholds import thresholds
from halfway.conduct.thresholds.detection import Noticed
from halfway.space.plan.automaton_build import build
from halfway.space.plan.compile_rules import compile_rules
from halfway.space.plan.rules import Rules
from tests.conduct.reference import Naive, value
from tests.space.plan.test_automaton import ACTORS, _settings, plans

SEEN = 1e-6
"""Gains beyond rounding, for comparisons across two programs."""


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


class AllPolicies:
    """What every stationary policy of an actor is worth, by writing each out."""

    def __init__(self, case, actor):
        self.naive = Naive(case, "plan")
        moves = self.naive.table(actor, most=12)
        assume(moves is not None)
        for here in moves:
            seen = []
            for move in here:
                if not any(np.allclose(move[0], m[0]) and move[1] == m[1] for m in seen):
                    seen.append(move)
            here[:] = seen
        assume(np.prod([len(here) for here in moves], dtype=float) <= 400)
        self.moves, self.number = moves, self.naive.space.actor(actor)
        self.policies = list(product(*(range(len(here)) for here in moves)))

    def gains(self, discount):
        """Gains over keeping from the start; the first policy keeps."""
        worth = [value(self.moves, self.number, policy, discount)[0] for policy in self.policies]
        return np.array(worth) - worth[0]

    def shares(self, inside, discount):
        """Discounted shares of time in the states of some phases, a policy each."""
        order = self.order()
        paying = [[(np.where(np.arange(len(points)) == self.number, float(state[0] in inside), 0.0), chances)
                   for points, chances in here] for state, here in zip(order, self.moves, strict=True)]  # fmt: skip
        return np.array([value(paying, self.number, policy, discount)[0] for policy in self.policies])

    def order(self):
        """The states in the order of the table."""
        naive, actor = self.naive, list(ACTORS)[self.number]
        order, known = [naive.start()], {naive.start()}
        for state in order:
            for picked in naive.picks(state, actor):
                for following in naive.step(state, picked)[1]:
                    if following not in known:
                        known.add(following)
                        order.append(following)
        return order


@_settings(200)
@given(st.one_of(bargains(), plans(simple=True)), st.sampled_from(ACTORS))
def test_penalties_are_those_under_which_no_stationary_policy_gains(case, actor):
    whole = study(case, "plan")
    found = thresholds.penalty(whole, actor)
    penal = {whole.rules.phase_names[p] for p in thresholds.sticks(whole)}
    if not penal:
        assert found is None
        return
    every = AllPolicies(case, actor)
    discount = whole.patience(actor)
    gains, shares = every.gains(discount), every.shares(penal, discount)
    more = shares - shares[0]
    low, high = -100.0, 100.0
    for gain, slope in zip(gains, more, strict=True):
        # A gain of g shrinks by so much a point: it is gone from g / slope on.
        if slope > 1e-9:
            low = max(low, gain / slope)
        elif slope < -1e-9:
            high = min(high, gain / slope)
        elif gain > SEEN:
            low, high = 1.0, 0.0
        # Where a penalty is hardly ever paid, rounding decides.
        assume(abs(slope) > 1e-4 or abs(slope) < 1e-9)
    assume(abs(low - high) > 1e-4)
    if low > high:
        assert found.keeps == ()
        assert found.at is None
    else:
        assert found.exact
        assert found.keeps == (pytest.approx((low, high), abs=1e-4),)
        assert found.at == found.keeps[0][0]
        assert (found.bracket is None) == (found.at == -100.0)


@_settings(150)
@given(st.one_of(bargains(), plans(simple=True)), st.sampled_from(ACTORS))
def test_patience_is_where_some_stationary_policy_begins_to_gain(case, actor):
    whole = study(case, "plan")
    every = AllPolicies(case, actor)
    found = thresholds.patience(whole, actor)
    grid = [0.0, *(1 - np.exp(-np.linspace(0.1, 7.0, 16))), 0.9999]
    for x in grid:
        most = every.gains(float(x)).max()
        # Gains that are neither none nor beyond rounding are left out.
        if most < TOLERANCE / 10 or most > SEEN:
            assert any(a <= x <= b for a, b in found.keeps) == (most < SEEN), x
    if found.bracket is not None and found.keeps:
        outside, inside = found.bracket
        assert every.gains(outside).max() > TOLERANCE / 2
        assert every.gains(inside).max() < TOLERANCE * 2
        # Only where gains hardly change with patience may rounding keep the ends apart.
        assert found.exact == (inside - outside <= 2e-9)
        assert found.exact or every.gains(outside).max() < SEEN


@_settings(150)
@given(plans(), st.sampled_from(ACTORS), st.sampled_from([0.0, 0.3, 0.5, 0.8, 1.0]))
def test_a_game_under_less_detection_is_the_one_compiled_for_it(case, actor, share):
    whole = study(case, "plan")
    number, discount = whole.space.actor(actor), whole.patience(actor)
    game = Noticed(whole, actor, None, None).game(share)
    anew = compile_rules(whole.space, whole.plan, detection=share)
    fresh = price(build(anew, (number,)), whole.utilities()).game
    own, other = best_response(game, number, discount), best_response(fresh, number, discount)
    assert own.kept[0] == pytest.approx(other.kept[0], abs=1e-9)
    assert own.values[0] == pytest.approx(other.values[0], abs=1e-7)


@_settings(100)
@given(st.one_of(bargains(), plans()), st.sampled_from(ACTORS))
def test_detection_is_where_keeping_stops_paying(case, actor):
    whole = study(case, "plan")
    found = thresholds.detection(whole, actor)

    def gap(share):
        number = whole.space.actor(actor)
        rules = compile_rules(whole.space, whole.plan, detection=share)
        answer = best_response(price(build(rules, (number,)), whole.utilities()).game, number, whole.patience(actor))
        return answer.values[0] - answer.kept[0]

    for share in (0.0, 1.0):
        if not TOLERANCE / 10 < gap(share) < SEEN:
            assert any(a <= share <= b for a, b in found.keeps) == (gap(share) < SEEN)
    if found.bracket is not None and found.keeps:
        outside, inside = found.bracket
        assert gap(outside) > TOLERANCE / 2
        assert gap(inside) < TOLERANCE * 2
        assert found.exact == (inside - outside <= 2e-9)
        assert found.exact or gap(outside) < SEEN


@_settings(100)
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


@_settings(100)
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


@_settings(60)
@given(st.one_of(bargains(), plans()), st.sampled_from(ACTORS))
def test_the_region_is_the_gap_of_each_of_its_points(case, actor):
    whole = study(case, "plan")
    number = whole.space.actor(actor)
    patiences, detections = np.array([0.2, 0.6, 0.9]), np.array([0.0, 0.4, 1.0])
    found = thresholds.region(whole, actor, patiences, detections)
    for row, share in enumerate(detections):
        game = price(build(compile_rules(whole.space, whole.plan, detection=share), (number,)), whole.utilities()).game
        for column, discount in enumerate(patiences):
            answer = best_response(game, number, discount)
            assert found[row, column] == pytest.approx(answer.values[0] - answer.kept[0], abs=1e-7)
