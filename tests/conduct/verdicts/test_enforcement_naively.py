"""Self-enforcement against naive play of everyone's conduct together, what no text says included."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from halfway.conduct.game.compiled_plan import study
from halfway.conduct.verdicts.enforcement import enforcement
from tests.conduct.reference import Naive, jointly, worst_gain
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
