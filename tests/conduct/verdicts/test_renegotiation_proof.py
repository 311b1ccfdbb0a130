"""Renegotiation-proofness on the published examples of the repeated dilemma, and against a pairwise comparison."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given

from halfway.conduct.game.compiled_plan import study
from halfway.conduct.verdicts.enforcement import enforcement
from halfway.conduct.verdicts.renegotiation_proof import renegotiation_proof
from tests.conduct.cases import GRIM, P, R, dilemma
from tests.conduct.reference import Naive, jointly
from tests.conduct.verdicts.test_renegotiation import kept_values
from tests.space.plan.test_automaton import ACTORS, _settings, plans

BOTH, ROW, COLUMN = ({"all": [{"row_act": "d"}, {"column_act": "d"}]}, {"row_act": "d"}, {"column_act": "d"})
# E. van Damme, Renegotiation-proof equilibria in repeated prisoners' dilemma, 1989: whoever defects alone cooperates for a
# period while the other defects, and starts again if it does not; defecting together is let pass.
PENANCE = {
    "start": "trust",
    "phases": {
        "trust": {
            "package": {"row_act": "c", "column_act": "c"},
            "on": [{"when": BOTH, "go": "trust"}, {"when": ROW, "go": "row"}, {"when": COLUMN, "go": "column"}],
        },
        "row": {
            "package": {"row_act": "c", "column_act": "d"},
            "on": [{"when": {"all": [ROW, {"column_act": "d"}]}, "go": "row"}],
            "lasts": 1,
            "then": "trust",
        },
        "column": {
            "package": {"row_act": "d", "column_act": "c"},
            "on": [{"when": {"all": [COLUMN, {"row_act": "d"}]}, "go": "column"}],
            "lasts": 1,
            "then": "trust",
        },
    },
}
ALWAYS_DEFECT = {"phases": {"war": {"package": {"row_act": "d", "column_act": "d"}}}}


def test_grim_trigger_is_not_renegotiation_proof():
    """J. Farrell and E. Maskin, 1989, section 1: after a breach both prefer to begin again."""
    found = renegotiation_proof(study(dilemma(GRIM, patience=0.9)))
    assert (found.weak, found.strong) == (False, False)
    assert (found.ranked.phase, found.ranked.rather) == ("war", "trust")
    assert list(found.ranked.gains.values()) == pytest.approx([R - P] * 2)


def test_penance_is_weakly_and_strongly_renegotiation_proof():
    """Who has defected is punished by what the other gains from, and nothing feasible is better for both."""
    found = renegotiation_proof(study(dilemma(PENANCE, patience=0.9)))
    assert (found.weak, found.strong) == (True, True)
    # Too impatient to do penance.
    assert renegotiation_proof(study(dilemma(PENANCE, patience=0.1))).weak is False


def test_mutual_defection_is_weakly_but_not_strongly_so():
    """One continuation cannot be ranked against itself (Bernheim and Ray 1989); penance is better for both."""
    war, penance = (study(dilemma(plan, patience=0.9)) for plan in (ALWAYS_DEFECT, PENANCE))
    alone = renegotiation_proof(war)
    assert (alone.weak, alone.strong) == (True, None)
    beside = renegotiation_proof(war, [penance])
    assert (beside.weak, beside.strong) == (True, False)
    assert beside.dominated_by == penance.name


@_settings(40)
@given(plans())
def test_no_two_continuations_are_ranked_by_a_naive_comparison(case):
    naive = Naive(case, "plan")
    states = jointly(naive, 60)
    assume(states is not None)
    whole = study(case, "plan")
    found = renegotiation_proof(whole)
    if enforcement(whole).holds is not True:
        assert found.weak is not True
        return
    worth = kept_values(naive, states, [whole.patience(a) for a in ACTORS])
    # With the same options in force, undone and brought about by events; the rest is the plan's own memory.
    fixed = {s: (s[2], s[3], s[7]) for s in states}
    ranked = [
        min(b - a for a, b in zip(worth[s], worth[t], strict=True))
        for s in states
        for t in states
        if fixed[s] == fixed[t]
    ]
    assert found.weak == (max(ranked) <= 1e-6)
    assert np.isfinite(found.states)
