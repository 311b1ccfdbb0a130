"""What breaking costs in play: the planner departs where that pays after costs, and they count in everyone's futures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from scipy import sparse

from halfway.conduct.game.compiled_plan import study
from halfway.conduct.game.solver import discounted
from halfway.conduct.play.joint_chain import lay
from halfway.conduct.play.run import cast, play, points_of
from halfway.conduct.play.survival import survival
from tests.conduct.verdicts.test_beyond_the_text import audience
from tests.space.plan.test_automaton import ACTORS, _settings, plans


def per_period(case):
    return all(c.per == "period" for a in case.actors.values() for c in a.breach_costs)


@_settings(80)
@given(plans(nouns=("costs",)))
def test_one_actor_played_alone_gets_what_its_best_response_is_worth(case):
    assume(per_period(case))
    whole = study(case, "plan")
    everyone = cast(whole, {}, tremble=1e-9)
    for actor in ACTORS:
        number = whole.space.actor(actor)
        if not whole.gap(actor) or len(whole.games(actor)) > 1:
            continue
        chain = lay(everyone.rules, {number: everyone.player(number, None)})
        points = points_of(whole, chain, {})
        n = len(chain.states)
        transition, expected = np.zeros((n, n)), np.zeros(n)
        for node in range(n):
            for b in range(chain.first[node], chain.first[node + 1]):
                p = chain.chances()[b]
                transition[node, chain.follow[b]] += p
                expected[node] += p * points[chain.row[b], number]
        value = discounted(sparse.csr_array(transition), expected, whole.patience(actor))[0]
        assert value == pytest.approx(whole.responses(actor)[0].values[0], abs=1e-6)


@pytest.mark.parametrize(("points", "when", "worth"), [(10, "any", 20), (40, "any", 0), (10, "public", 24)])
def test_costs_are_taken_off_what_a_breach_brings(points, when, worth):
    """A breach brings 30 a month; at 40 it does not pay, and seen in 6 months of 10 a cost of 10 comes to 6."""
    whole = study(audience(0.9, {"points": points, "when": when}, signal=0.6))
    found = play(whole, 500, 1, periods=10)
    assert found.averages[whole.space.actor("a")] == pytest.approx(worth)
    assert survival(whole, 3).kept.tolist() == ([1, 1, 1, 1] if not worth else [1, 0, 0, 0])


def test_a_fixed_strategy_pays_for_its_breaches_too():
    whole = study(audience(0.9, {"points": 10}))
    found = play(whole, 200, 1, periods=10, strategies={"a": "always_break"})
    assert found.averages[whole.space.actor("a")] == pytest.approx(20)
