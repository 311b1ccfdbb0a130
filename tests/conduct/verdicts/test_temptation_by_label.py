"""Temptation, keeping, harm and stake against a slow twin that works by labels, on random cases."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfway.case.reader import build
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.thresholds.curves import Asked, over_cost, over_detection, over_patience
from halfway.conduct.verdicts.draw_shares import central, numbers_of, verdicts
from halfway.conduct.verdicts.temptation import kernel
from halfway.errors import Refusal
from halfway.space.utilities.sobol import SobolDraws
from halfway.testing import cases
from tests.conduct.reference_temptation import Slow
from tests.space.plan.test_automaton import plans

MOST = 120
"""The most states that the slow twin goes through."""

RANDOM = cases(
    plans=1, phases=3, actors=(2, 3), issues=(1, 3), options=(2, 3), signals=True, transitions=True, linkages=True,
    constraints=True, types=True, seats=True, transfers=True, breach_costs=True,
)  # fmt: skip

NOUNS = st.sampled_from(
    [
        ("costs",),
        ("any_can",),
        ("when",),
        ("reactions",),
        ("events",),
        ("successors",),
        ("patience",),
        ("costs", "successors", "patience"),
        ("costs", "any_can", "when", "reactions", "events"),
    ]
).flatmap(lambda nouns: plans(nouns=nouns))


@given(case=RANDOM)
@settings(max_examples=300, deadline=None)
def test_temptation_is_what_the_definition_says(case):
    _agrees(case)


@given(case=NOUNS)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_temptation_with_what_no_text_says(case):
    _agrees(case)


def _agrees(case):
    name = next(iter(case.plans))
    slow = Slow(case, name, material=10.0)
    try:
        fast = kernel(study(case, name), material=10.0)
        answers = {(a, k): fast.tempted(a, k) for a in fast.breakers for k in fast.whole.kinds(a)}
    except Refusal:
        # A patience of 1 has no discounted average.
        return
    assert set(fast.breakers) == set(slow.breakers())
    assert slow.bound == {fast.whole.space.issues[i] for i in fast.bound}
    for (actor, kind), found in answers.items():
        wanted = slow.temptation(actor, kind, most=MOST)
        if wanted is None:
            continue
        assert found.stake == pytest.approx(slow.stake(actor, kind), abs=1e-6)
        assert found.free_gain == pytest.approx(wanted["all"] - wanted["bare"], abs=1e-6)
        if wanted["unclear"]:
            # Several equally good ways of keeping lead to different states.
            continue
        for moment, key in ((found.temptation, "temptation"), (found.material, "material")):
            assert moment.points == pytest.approx(wanted[key], abs=1e-6)
            if wanted[key] > 1e-6:
                assert moment.period == wanted[f"{key}_first"]
                assert moment.acts


@given(case=NOUNS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_draws_and_curves_count_what_no_text_says_as_the_centre_does(case):
    plan = kernel(study(case, next(iter(case.plans))), material=10.0)
    drawn = SobolDraws(case, 2, 1)
    for name in plan.breakers:
        for kind in plan.kinds(name):
            found = plan.tempted(name, kind)
            both = [found.temptation.points, found.material.points]
            # Nothing is uncertain: every draw is the centre.
            for numbers in (central(plan, name, kind), numbers_of(plan, name, kind, drawn, None)):
                for row in verdicts(plan, name, kind, numbers):
                    assert row.tolist() == pytest.approx(both, abs=1e-6)
            asked = Asked(plan, name, kind)
            stated = np.array([asked.discount])
            for curve, at in ((over_patience, stated), (over_detection, [1.0]), (over_cost, [0.0])):
                assert curve(asked)(np.array(at)) == pytest.approx([both[0]], abs=1e-6)


def test_what_a_types_own_linkage_ties_is_chosen_together():
    """Departing on y brings 1 and loses the linkage's 1; taken apart, y alone would seem to bring 1."""
    nothing = {"weight": 0, "values": {"a": 0, "b": 0}}
    whole = study(
        build(
            {
                "name": "own",
                "issues": {i: {"options": ["a", "b"], "set_by": "north", "owner": "north"} for i in ("x", "y")},
                "actors": {
                    "north": {
                        "interests": {"x": nothing, "y": nothing},
                        "types": {
                            "plain": {"prior": 0},
                            "tied": {
                                "prior": 1,
                                "interests": {"x": nothing, "y": {"weight": 1, "values": {"a": 0, "b": 1}}},
                                "linkages": [{"when": {"x": "a", "y": "a"}, "points": 1}],
                            },
                        },
                    },
                    "south": {"interests": {"x": nothing, "y": nothing}},
                },
                "status_quo": {"x": "a", "y": "a"},
                "plans": {"p": {"phases": {"now": {"package": {"x": "a", "y": "a"}}}}},
            }
        )
    )
    assert whole.gap("north", "tied") == pytest.approx(0, abs=1e-9)
    found = kernel(whole).tempted("north", "tied")
    assert (found.temptation.points, found.free_gain) == (0, 0)
