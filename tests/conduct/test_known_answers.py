"""Published and hand-computed answers."""

from __future__ import annotations

import numpy as np
import pytest

from halfway.conduct import thresholds
from halfway.conduct.run import conduct
from halfway.conduct.stage import pure_minmax
from halfway.conduct.study import study
from halfway.conduct.verdicts import enforcement, renegotiation
from tests.conduct.cases import GRIM, TIT_FOR_TAT, P, R, S, T, dilemma

# Grim trigger: J. W. Friedman, A non-cooperative equilibrium for supergames, Review of Economic Studies 38 (1971).
# Tit-for-tat: R. Axelrod, The Evolution of Cooperation (1984), theorem 2.
GRIM_NEEDS = (T - R) / (T - P)
TIT_FOR_TAT_NEEDS = max((T - R) / (T - P), (T - R) / (R - S))


@pytest.mark.parametrize(("points"), [(T, R, P, S), (60.0, 40.0, 30.0, 10.0), (100.0, 55.0, 20.0, 0.0)])
def test_grim_trigger_needs_the_published_patience(points):
    t, r, p, _ = points
    found = thresholds.patience(study(dilemma(GRIM, points=points)), "row", precision=1e-9)
    assert found.bracket is not None
    assert found.bracket[0] <= (t - r) / (t - p) + 1e-8
    assert found.at == pytest.approx((t - r) / (t - p), abs=1e-7)


def test_grim_trigger_holds_in_every_state_but_is_renegotiated():
    whole = study(dilemma(GRIM, patience=GRIM_NEEDS + 0.01))
    assert whole.gap("row") == 0
    assert enforcement(whole).holds is True
    flagged = renegotiation(whole)
    assert [(f.phase, f.rather) for f in flagged] == [("war", "trust")]
    assert flagged[0].gains["row"] == pytest.approx(R - P)
    assert study(dilemma(GRIM, patience=GRIM_NEEDS - 0.01)).gap("row") > 0


@pytest.mark.parametrize("patience", [TIT_FOR_TAT_NEEDS + 0.001, 0.8, 0.95])
def test_tit_for_tat_is_incentive_compatible_but_not_self_enforcing(patience):
    whole = study(dilemma(TIT_FOR_TAT, patience=patience))
    assert whole.gap("row") == 0
    assert whole.gap("column") == 0
    found = enforcement(whole)
    assert found.holds is False
    # Off the path: punishing for ever in turns is worse than letting the breach pass.
    assert found.temptations[0].phase != "cc"


def test_tit_for_tat_needs_the_published_patience():
    found = thresholds.patience(study(dilemma(TIT_FOR_TAT)), "row", precision=1e-9)
    assert found.at == pytest.approx(TIT_FOR_TAT_NEEDS, abs=1e-7)
    assert study(dilemma(TIT_FOR_TAT, patience=TIT_FOR_TAT_NEEDS - 0.001)).gap("row") > 0


def test_imperfect_monitoring_by_hand():
    """Grim trigger on noisy signals.

    Either signal errs with probability e. With q = 1 − (1−e)² a kept period ends in war, with d = 1 − e(1−e) one in
    which row defects: its signal shows (1−e) or, failing that, the other's errs. By hand, with w = P:
    V = [(1−δ)R + δqw] / (1−δ+δq) and breaking for ever from the start is D = [(1−δ)T + δdw] / (1−δ+δd).
    """
    e, delta = 0.1, 0.8
    q, d = 1 - (1 - e) ** 2, 1 - e * (1 - e)
    keep = ((1 - delta) * R + delta * q * P) / (1 - delta + delta * q)
    breaking = ((1 - delta) * T + delta * d * P) / (1 - delta + delta * d)
    whole = study(dilemma(GRIM, patience=delta, noise=e))
    found = whole.responses("row")[0]
    assert found.kept[0] == pytest.approx(keep, abs=1e-12)
    assert found.values[0] == pytest.approx(max(keep, breaking), abs=1e-12)


def test_potentially_self_enforcing_packages_of_the_dilemma():
    """Mutual cooperation holds from (T−R)/(T−P) on; one-sided cooperation never does; mutual defection always does."""
    for patience, counted in ((GRIM_NEEDS + 0.01, 2), (GRIM_NEEDS - 0.01, 1)):
        found = conduct(dilemma(GRIM, patience=patience), runs=0, with_thresholds=False).holdable
        assert found is not None
        assert found.exact
        assert found.not_ruled_out == counted
        assert found.can_be_held == counted


def test_minmax_of_a_published_three_by_three_game():
    """The game with a punishment worse than its equilibrium, A, B, C for each side.

    D. Abreu, On the theory of infinitely repeated games with discounting, Econometrica 56 (1988), uses three-action
    games of this kind: (A,A) is the dilemma's cooperation, (B,B) its equilibrium and C hurts everyone. Each side's
    pure minmax is its best reply to C, here 1 by hand: max over own rows of column C is max(0, 1, −1).
    """
    row = np.array([[4.0, 0.0, 0.0], [5.0, 2.0, 1.0], [0.0, 0.0, -1.0]])
    game = np.stack([row, row.T], axis=-1)
    assert pure_minmax(game).tolist() == [1.0, 1.0]


def test_minmax_of_matching_pennies_in_pure_strategies():
    """M. J. Osborne and A. Rubinstein, A Course in Game Theory (1994), section 8.5: the pure minmax is 1."""
    row = np.array([[1.0, -1.0], [-1.0, 1.0]])
    assert pure_minmax(np.stack([row, -row], axis=-1)).tolist() == [1.0, 1.0]


def test_calendar_and_json_of_a_plan_that_is_broken():
    found = conduct(dilemma(GRIM, patience=0.4), runs=200)
    row = found.to_dict()["actors"]["row"]
    assert row["first_breach"] == 1
    assert row["calendar"][0]["conduct"] == "breaks"
    assert row["calendar"][0]["picks"] == {"row_act": "d"}
    assert row["calendar"][0]["gain"] == pytest.approx(T - R)
    assert row["calendar"][-1]["last"] is None
    assert row["pays"]["column"] < 0
    assert row["best_response"] == pytest.approx(0.6 * T + 0.4 * P)
    assert row["exploitability"] == pytest.approx(0.6 * T + 0.4 * P - R)
    assert not found.incentive_compatible
    assert found.play is not None
    assert found.play.survival[1] == 0


def test_a_trial_is_waited_out_and_only_a_long_one_deters():
    """Relief becomes permanent after n periods, and only a breach during the trial ends it: the breach waits."""

    def plan(months):
        return {
            "phases": {
                "trial": {
                    "package": {"row_act": "c", "column_act": "c"},
                    "lasts": f"{months} months",
                    "then": "for_good",
                    "on": [{"when": {"row_act": "d"}, "go": "war"}],
                },
                "for_good": {"package": {"row_act": "c", "column_act": "c"}},
                "war": {"package": {"row_act": "d", "column_act": "d"}},
            }
        }

    found = conduct(dilemma(plan(3), patience=0.9), runs=0)
    row = found.actors["row"].types[""]
    assert row.first_breach == 4
    assert [e["conduct"] for e in row.calendar] == ["keeps", "breaks"]
    assert row.calendar[0]["last"] == 3
    assert row.exploitability == pytest.approx(0.9**3 * (T - R))
    assert found.actors["column"].types[""].first_breach == 1
    assert row.thresholds["trial"]["keeps"] == []
