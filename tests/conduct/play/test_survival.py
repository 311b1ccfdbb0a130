"""How long a plan goes unbroken: by hand, against the joint chain followed branch by branch, and against play."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings

from halfway.case.reader import build
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.play.run import cast, play, profiles
from halfway.conduct.play.survival import survival
from halfway.errors import Refusal
from halfway.testing import Wanted, cases
from tests.conduct.cases import GRIM, dilemma

COOPERATE = {"phases": {"for_good": {"package": {"row_act": "c", "column_act": "c"}}}}
TRIAL = {
    "phases": {
        "trial": {"package": {"row_act": "c", "column_act": "c"}, "lasts": "3 months", "then": "settled"},
        "settled": {"package": {"row_act": "c", "column_act": "c"}},
    }
}


def test_a_plan_that_holds_is_never_broken_although_alarms_are_false():
    found = survival(study(dilemma(GRIM, patience=0.9, noise=0.01)))
    assert (found.kept == 1).all()
    assert found.median is None
    assert found.alone == {}
    assert found.first == {}


def test_impatient_sides_break_it_at_once_both_of_them():
    found = survival(study(dilemma(GRIM, patience=0.4)), 5)
    assert found.kept.tolist() == [1, 0, 0, 0, 0, 0]
    assert found.median == 1
    assert {a: f.tolist() for a, f in found.first.items()} == {"row": [1, 0, 0, 0, 0], "column": [1, 0, 0, 0, 0]}


def test_types_are_weighed_by_their_priors():
    types = {"keeper": {"prior": 0.7, "strategy": "always_keep"}, "breaker": {"prior": 0.3, "strategy": "always_break"}}
    found = survival(study(dilemma(COOPERATE, patience=0.9, types=types)), 4)
    assert found.kept == pytest.approx([1, *[0.7 * 0.7] * 4])
    assert found.alone["row"] == pytest.approx([1, *[0.7] * 4])
    assert found.first["column"].tolist() == pytest.approx([0.3, 0, 0, 0])


def test_who_waits_out_a_trial_breaks_in_the_month_after_it():
    types = {"waiter": {"prior": 1.0, "strategy": "wait_out"}}
    found = survival(study(dilemma(TRIAL, patience=0.9, types=types)), 6)
    assert found.kept.tolist() == [1, 1, 1, 1, 0, 0, 0]
    assert (found.median, found.after(3), found.after(4), found.after(7)) == (4, 1, 0, None)


def test_a_grim_side_breaks_after_the_first_false_alarm():
    # Grim in a plan without a rule: each month the other's act is taken for a breach with probability 0.1, or its own is.
    types = {"grim": {"prior": 1.0, "strategy": "grim"}}
    found = survival(study(dilemma(COOPERATE, patience=0.9, noise=0.1, types=types)), 5)
    assert found.alone["row"] == pytest.approx([1, *(0.9**t for t in range(5))])
    assert found.kept == pytest.approx([1, *(0.81**t for t in range(5))])


def test_it_agrees_with_play_over_draws_within_the_errors():
    whole = study(dilemma(GRIM, patience="0.5 ± 0.2", noise=0.05))
    found = survival(whole, 12, draws=20, seed=3)
    played = play(whole, 4_000, 3, periods=12, draws=20)
    # The draws are the same, and runs are shared out evenly among them: what is left is rounding.
    assert np.abs(found.kept - played.survival).max() < 1e-9
    assert found.draws == 20
    assert found.error[-1] > 0


SMALL = Wanted(types=True, signals=True, transitions=True, plans=1, phases=3, issues=(1, 2), actors=(2, 2))


@settings(max_examples=300, deadline=None)
@given(cases(SMALL))
def test_it_is_what_the_joint_chain_says_followed_branch_by_branch(case):
    try:
        whole = study(case, next(iter(case.plans)))
        found = survival(whole, 8)
    except Refusal:
        assume(False)
    assert found.kept == pytest.approx(slowly(whole, 8), abs=1e-9)
    for shares in found.first.values():
        assert (shares >= 0).all()
        assert shares.sum() <= 1 - found.kept[-1] + 1e-9
    if len(found.alone) == 1:
        assert next(iter(found.alone.values())) == pytest.approx(found.kept, abs=1e-9)


def slowly(whole, periods):
    """Lay everyone's conduct together, breaches and what follows them included; count what has never departed."""
    players = cast(whole, {})
    kept = np.zeros(periods + 1)
    for chance, kinds in profiles(whole):
        chain = players.chain(kinds, 0.0)
        chances = chain.chances()
        now = {0: 1.0}
        kept[0] += chance
        for t in range(periods):
            then: dict[int, float] = {}
            for node, p in now.items():
                for branch in range(int(chain.first[node]), int(chain.first[node + 1])):
                    if not chain.departs[branch]:
                        follow = int(chain.follow[branch])
                        then[follow] = then.get(follow, 0.0) + p * float(chances[branch])
            now = then
            kept[t + 1] += chance * sum(now.values())
    return kept


def test_a_departure_that_can_as_well_wait_waits():
    """An undo of a month leaves the old option in force for one more: only in the second month does keeping cost anything."""
    whole = study(
        build(
            {
                "name": "lag",
                "actors": {"a": {"patience": 0.9, "interests": {"x": {"values": {"o": 100, "p": 0}}}}},
                "issues": {"x": {"options": {"o": {"undo": "1 month"}, "p": {}}, "set_by": "a", "owner": "a"}},
                "status_quo": {"x": "o"},
                "plans": {"plan": {"phases": {"on": {"package": {"x": "p"}}}}},
            }
        )
    )
    assert survival(whole, 4).kept.tolist() == [1, 1, 0, 0, 0]
    assert play(whole, 10, 1, periods=4).survival.tolist() == [1, 1, 0, 0, 0]
    assert whole.gap("a") == pytest.approx(90)
