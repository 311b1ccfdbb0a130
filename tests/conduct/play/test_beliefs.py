"""Beliefs follow Bayes' rule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from halfway.case.actors import ActorType
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.play.beliefs import Hypothesis, beliefs, posterior
from halfway.conduct.play.strategies import KEEP
from halfway.space.plan.compile_rules import signals_of
from tests.conduct.cases import dilemma
from tests.conduct.reference import Naive
from tests.conduct.reference_play import NaivePlay, Undecided
from tests.space.plan.test_automaton import ACTORS, _settings, plans

COOPERATE = {"phases": {"for_good": {"package": {"row_act": "c", "column_act": "c"}}}}
TYPES = {"keeper": {"prior": 0.6, "strategy": "always_keep"}, "breaker": {"prior": 0.4, "strategy": "always_break"}}

PLAYED = ("always_keep", "always_break", "tit_for_tat", "grim", "generous_tit_for_tat", "win_stay_lose_shift")


def test_perfect_sight_tells_the_type_at_once():
    found = beliefs(study(dilemma(COOPERATE, types=TYPES)), "row", 3, 20, 1)
    assert found is not None
    assert found.mean[0, 0].tolist() == pytest.approx([0.6, 0.4])
    assert np.allclose(found.mean[0, 1:, 0], 1)
    assert np.allclose(found.mean[1, 1:, 1], 1)


def test_one_noisy_period_by_hand_and_martingale():
    e, runs = 0.2, 4000
    found = beliefs(study(dilemma(COOPERATE, noise=e, types=TYPES)), "row", 2, runs, 1)
    assert found is not None
    # Seen to keep: 0.6·0.8 / (0.6·0.8 + 0.4·0.2); seen to break: 0.6·0.2 / (0.6·0.2 + 0.4·0.8). A keeper is seen to
    # keep with probability 0.8.
    kept, broke = 0.48 / 0.56, 0.12 / 0.44
    spread = abs(kept - broke) * np.sqrt(e * (1 - e) / runs)
    assert found.mean[0, 1, 0] == pytest.approx(0.8 * kept + 0.2 * broke, abs=4.5 * spread)
    # Averaged over the true type by the prior, belief stays where it was.
    assert found.priors @ found.mean[:, 2, 0] == pytest.approx(0.6, abs=0.02)


def test_an_actor_without_types_has_none_to_guess():
    assert beliefs(study(dilemma(COOPERATE)), "row", 2, 10, 1) is None


def chances_of_histories(naive, actor, playing, periods):
    """The chance of every sequence of public signals when one actor plays so and all others keep, by enumeration."""
    paths = [(1.0, (), naive.start(), 0)]
    play = NaivePlay(naive, {(actor, None): playing}, [], {a: {None: 1.0} for a in naive.case.actors})
    for _ in range(periods):
        longer = []
        for p, history, state, memory in paths:
            for q, act in play.playing[actor, None].acts(memory, state[1] == 0):
                kept = dict(naive.packages[state[0]])
                picks = kept if act == KEEP else play.break_(state, actor, None)
                for r, seen, following in naive.outcomes(state, picks)[1]:
                    broke = play.breaches(state, seen)
                    learnt = play.playing[actor, None].learns(memory, bool(broke - {actor}), actor in broke)
                    signals = tuple(one.signal for one in seen.values())
                    longer.append((p * q * r, (*history, signals), following, learnt))
        paths = longer
    found = {}
    for p, history, _, _ in paths:
        found[history] = found.get(history, 0.0) + p
    return found


@_settings(150)
@given(
    plans(simple=True),
    st.sampled_from(ACTORS),
    st.lists(st.sampled_from(sorted(set(PLAYED))), min_size=2, max_size=3, unique=True),
)
def test_belief_is_bayes_rule_over_all_histories_of_three_periods(case, actor, names):
    priors = np.array([0.5, 0.3, 0.2][: len(names)])
    priors = priors / priors.sum()
    types = {
        f"type {k}": ActorType(prior=float(p), strategy=s) for k, (s, p) in enumerate(zip(names, priors, strict=True))
    }
    actors = {**case.actors, actor: case.actors[actor].model_copy(update={"types": types})}
    whole = study(case.model_copy(update={"actors": actors}), "plan")
    try:
        told = [chances_of_histories(Naive(case, "plan"), actor, s, 3) for s in names]
    except Undecided:
        assume(False)
    hypotheses = [Hypothesis(whole, actor, k) for k in types]
    signals = signals_of(whole.space)
    for history in set().union(*told):
        likely = np.array([t.get(history, 0.0) for t in told]) * priors
        if likely.sum() < 1e-12:
            continue
        shown = [tuple(signals[i].index(s) for i, s in enumerate(period)) for period in history]
        found = posterior(hypotheses, priors, shown)
        assert np.allclose(found[-1], likely / likely.sum(), atol=1e-9)
        assert np.allclose(found[0], priors)


def test_mean_belief_agrees_with_all_histories_within_its_error():
    # A generous type mixes: what it did last period is not known, only what was seen.
    types = {
        "generous": {"prior": 0.5, "strategy": "generous_tit_for_tat"},
        "grim": {"prior": 0.5, "strategy": "grim"},
    }
    case = dilemma(COOPERATE, noise=0.3, types=types)
    whole = study(case)
    found = beliefs(whole, "row", 3, 3000, 1)
    assert found is not None
    told = [chances_of_histories(Naive(case, "plan"), "row", t["strategy"], 3) for t in types.values()]
    for true in range(2):
        exact = sum(told[true][h] * told[0][h] / (told[0][h] + told[1][h]) for h in told[true])
        assert found.errors[true, 3, 0] > 0
        assert abs(found.mean[true, 3, 0] - exact) < 4.5 * found.errors[true, 3, 0]
        # The standard error is that of a mean of independent runs.
        square = sum(told[true][h] * (told[0][h] / (told[0][h] + told[1][h])) ** 2 for h in told[true])
        assert found.errors[true, 3, 0] == pytest.approx(np.sqrt((square - exact**2) / 3000), rel=0.1)


def test_a_mixing_type_by_hand():
    # After a breach by the other was seen, the generous type breaks with chance 2/3, the grim one for sure; both kept
    # before. Sight errs with chance 0.3, so the second period shows a breach with chance 2/3·0.7 + 1/3·0.3 = 17/30
    # against 0.7.
    types = {
        "generous": {"prior": 0.5, "strategy": "generous_tit_for_tat"},
        "grim": {"prior": 0.5, "strategy": "grim"},
    }
    whole = study(dilemma(COOPERATE, noise=0.3, types=types))
    hypotheses = [Hypothesis(whole, "row", k) for k in types]
    signals = signals_of(whole.space)
    kept, broke = signals[0].index("c"), signals[0].index("d")
    found = posterior(hypotheses, np.array([0.5, 0.5]), [(kept, signals[1].index("d")), (broke, signals[1].index("c"))])
    assert found[1].tolist() == pytest.approx([0.5, 0.5])
    assert found[2, 0] == pytest.approx((17 / 30) / (17 / 30 + 0.7))
