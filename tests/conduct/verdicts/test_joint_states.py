"""What joint conduct reaches: reopening, the worst state, and gains that are only rounding."""

from __future__ import annotations

import pytest
from hypothesis import assume, given

from halfway.conduct.game.compiled_plan import at_least, study
from halfway.conduct.verdicts.enforcement import enforcement, renegotiation
from halfway.space.plan.automaton_build import build
from tests.conduct.cases import dilemma
from tests.space.plan.test_automaton import _settings, plans

# Only when both defect at once does the plan end in mutual defection for good; either alone is punished for a while.
JOINT_WAR = {
    "start": "t",
    "phases": {
        "t": {
            "package": {"row_act": "c", "column_act": "c"},
            "on": [
                {"when": {"all": [{"row_act": "d"}, {"column_act": "d"}]}, "go": "war"},
                {"when": {"row_act": "d"}, "go": "pr"},
                {"when": {"column_act": "d"}, "go": "pc"},
            ],
        },
        "pr": {"package": {"row_act": "c", "column_act": "d"}, "lasts": 2, "then": "t"},
        "pc": {"package": {"row_act": "d", "column_act": "c"}, "lasts": 2, "then": "t"},
        "war": {"package": {"row_act": "d", "column_act": "d"}},
    },
}


def test_a_phase_that_only_joint_breaches_lead_to_is_reopened():
    found = {(r.phase, r.rather): r.gains for r in renegotiation(study(dilemma(JOINT_WAR)))}
    # War is worth 10 points to each for good, cooperation 30.
    assert found["war", "t"] == {"row": pytest.approx(20.0), "column": pytest.approx(20.0)}


def test_rounding_tempts_nobody_however_patient_and_short_the_periods():
    """At 0.999 a year in days a gain of one period counts by less than three millionths."""
    plan = {
        "phases": {
            "t": {
                "package": {"row_act": "c", "column_act": "c"},
                "on": [{"when": {"any": [{"row_act": "d"}, {"column_act": "d"}]}, "go": "w"}],
            },
            "w": {"package": {"row_act": "d", "column_act": "d"}, "lasts": 3, "then": "t"},
        }
    }
    whole = study(dilemma(plan, patience=0.999 ** (1 / 365.25), noise=0.05))
    assert enforcement(whole).temptations == ()
    assert whole.gap("row") == 0.0


@_settings(40)
@given(plans())
def test_the_bound_on_joint_states_is_a_bound(case):
    """Issues that nothing reads go their own way: what they multiply is never more than what is reached together."""
    whole = study(case, "plan")
    read = {i for p in whole.rules.phases for i in p.read} | {i for m in whole.rules.allowed for i in m.issues}
    aside = [i for i in whole.rules.sticky if i not in read and len(whole.rules.setters[i]) == 1]
    free = frozenset(i for a in whole.everyone for i in whole.rules.sets(a)) - set(aside)
    assume(not whole.rules.machines)
    together = build(whole.rules, whole.everyone)
    bound = at_least(build(whole.rules, whole.everyone, free=free), aside)
    assert bound <= len(together.situation_of)
