"""Self-enforcement against naive play of everyone's conduct together, what no text says included."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from halfway.conduct.game.compiled_plan import study
from halfway.conduct.game.solver import one_shot_gains
from halfway.conduct.verdicts.enforcement import enforcement
from tests.conduct.reference import Naive, jointly, worst_gain
from tests.conduct.reference_temptation import Slow
from tests.space.plan.test_automaton import ACTORS, _settings, plans

NOUNS = ((), ("any_can",), ("when",), ("reactions",), ("events",), ("any_can", "when", "reactions", "events"))


@_settings(300)
@given(st.sampled_from(NOUNS).flatmap(lambda nouns: plans(simple=True, nouns=nouns)))
def test_no_departure_pays_exactly_where_none_does_in_naive_play(case):
    # A constraint that ties the issues of several actors is looked at one actor at a time.
    assume(not case.constraints)
    naive = Naive(case, "plan")
    states = jointly(naive, most=120)
    assume(states is not None)
    whole = study(case, "plan")
    gains = [worst_gain(naive, a, whole.patience(a), states) for a in ACTORS]
    found = enforcement(whole)
    assert found.holds == (max(gains) <= 1e-9)
    if found.temptations:
        assert found.temptations[0].gain <= max(gains) + 1e-7


@_settings(60)
@given(plans(simple=True, nouns=("successors",)))
def test_successors_depart_exactly_where_they_do_in_naive_play(case):
    assume(not case.constraints)
    whole, gains = study(case, "plan"), []
    for actor, kind in (("a", "father"), ("a", "heir"), ("b", None)):
        naive = Naive(case, "plan", actor, kind)
        states = jointly(naive, most=120)
        assume(states is not None)
        gains.append(worst_gain(naive, actor, whole.patience(actor, kind), states))
    assert enforcement(whole).holds == (max(gains) <= 1e-9)


COSTS = st.sampled_from([("costs",), ("costs", "patience"), ("costs", "any_can", "when", "reactions", "events")])


@_settings(100)
@given(COSTS.flatmap(lambda nouns: plans(nouns=nouns)), st.sampled_from(ACTORS))
def test_what_a_departure_pays_less_what_it_costs_is_that_of_naive_play(case, actor):
    slow, whole = Slow(case, "plan"), study(case, "plan")
    states, number = slow.moves(actor, 40), whole.space.actor(actor)
    assume(states is not None and len(whole.games(actor)) == 1)
    (priced,) = whole.games(actor)
    game, discount = whole.valued(priced, actor)
    kept = whole.kept_value(priced, actor)
    gains, _ = one_shot_gains(game, number, discount, kept, priced.idle(number))
    assert gains.max() == pytest.approx(slow.worst_departure(actor, None, states), abs=1e-6)


@_settings(60)
@given(plans(simple=True, nouns=("costs",)))
def test_costs_deter_joint_conduct_exactly_where_they_do_in_naive_play(case):
    assume(not case.constraints and all(c.per == "period" for a in case.actors.values() for c in a.breach_costs))
    slow = Slow(case, "plan")
    states = {a: slow.jointly(a, 120) for a in ACTORS}
    assume(all(found is not None for found in states.values()))
    worst = max(slow.worst_departure(a, None, found, everywhere=True) for a, found in states.items())
    assert enforcement(study(case, "plan")).holds == (worst <= 1e-9)
