"""Published and hand-computed answers."""

from __future__ import annotations

import numpy as np
import pytest

from halfway.conduct.game.compiled_plan import study
from halfway.conduct.holdable.judge import digits_of, holding
from halfway.conduct.holdable.punishment import hardest
from halfway.conduct.holdable.stage_game import Stage
from halfway.conduct.run import conduct
from halfway.conduct.thresholds import thresholds
from halfway.conduct.verdicts.enforcement import enforcement, renegotiation
from halfway.conduct.verdicts.temptation import kernel
from halfway.space.arrays import Bounds, Linkage, Utilities
from tests.conduct.cases import GRIM, TIT_FOR_TAT, P, R, S, T, dilemma

# Grim trigger: J. W. Friedman, A non-cooperative equilibrium for supergames, Review of Economic Studies 38 (1971).
# Tit-for-tat: R. Axelrod, The Evolution of Cooperation (1984), theorem 2.
GRIM_NEEDS = (T - R) / (T - P)
TIT_FOR_TAT_NEEDS = max((T - R) / (T - P), (T - R) / (R - S))


@pytest.mark.parametrize(("points"), [(T, R, P, S), (60.0, 40.0, 30.0, 10.0), (100.0, 55.0, 20.0, 0.0)])
def test_grim_trigger_needs_the_published_patience(points):
    t, r, p, _ = points
    found = thresholds.patience(kernel(study(dilemma(GRIM, points=points))), "row", above=0.0)
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
    found = thresholds.patience(kernel(study(dilemma(TIT_FOR_TAT))), "row", above=0.0)
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


# D. Abreu and Y. Sannikov, An algorithm for two-player repeated games with perfect monitoring, Theoretical Economics 9
# (2014), their example of three actions a side, with the payoffs as QuantEcon and the R package abSan both reprint it.
ABREU_SANNIKOV = np.array(
    [
        [(16.0, 9.0), (3.0, 13.0), (0.0, 3.0)],
        [(21.0, 1.0), (10.0, 4.0), (-1.0, 0.0)],
        [(9.0, 0.0), (5.0, -4.0), (-5.0, -15.0)],
    ]
)


def three_by_three():
    """The game as a stage: each side sets one issue, seen without error; the one equilibrium is in the middle."""
    ties = Linkage((0, 1), ABREU_SANNIKOV.transpose(2, 0, 1))
    free = np.ones((3, 3), dtype=bool)
    return Stage(
        Utilities((np.zeros((2, 3)), np.zeros((2, 3))), (ties,), np.ones(2), exact=False), Bounds((), ((), ())),
        ((0,), (1,)), (free, free), np.array([1, 1]), (1 - np.eye(3), 1 - np.eye(3)),
        (np.eye(3), np.eye(3)), (free, free),
    )  # fmt: skip


def pure_minmax(payoffs):
    """Each player's minmax value in pure strategies, by its definition: min over the others of max over its own
    (D. Fudenberg and E. Maskin, Econometrica 54, 1986).
    """
    return np.array([payoffs[..., i].max(axis=i).min() for i in range(payoffs.shape[-1])])


def test_minmax_of_a_published_three_by_three_game():
    """Minmax is 0 for both: the third action holds the other side down to max(0, −1, −5) and to max(0, −4, −15).

    QuantEcon's tests start the authors' algorithm from this same pair of threats.
    """
    assert pure_minmax(ABREU_SANNIKOV).tolist() == [0.0, 0.0]
    for side in (0, 1):
        assert sum(float(t.table) for t in hardest(three_by_three(), side).terms) == 0.0


@pytest.mark.parametrize(
    ("patience", "not_ruled_out", "can_be_held"),
    [(0.3, {(1, 1)}, {(1, 1)}), (0.4, {(0, 0), (1, 1)}, {(1, 1)}), (0.5, {(0, 0), (1, 1)}, {(0, 0), (1, 1)})],
)
def test_what_can_hold_in_the_published_game_by_hand(patience, not_ruled_out, can_be_held):
    """(16, 9) against its temptations 21 and 13: with minmax 0 it takes δ ≥ 5/21 and δ ≥ 4/13; with the equilibrium's
    (10, 4), δ ≥ 5/11 and δ ≥ 4/9. Every other package but the equilibrium falls short of one side's temptation.
    """
    found = holding(three_by_three(), np.full(2, patience), np.array([1, 1]))
    for judged, expected in ((found.not_ruled_out, not_ruled_out), (found.can_be_held, can_be_held)):
        assert {tuple(p) for p in digits_of(np.flatnonzero(judged.holds), (3, 3)).tolist()} == expected


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
