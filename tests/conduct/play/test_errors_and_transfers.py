"""Every figure of play carries its error; transfers are paid as drawn, in their phases; priors are those asked for."""

from __future__ import annotations

import numpy as np
import pytest

from halfway.case.record import Promise, Record
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.play.histograms import _mean
from halfway.conduct.play.plain_player import play_one
from halfway.conduct.play.run import _weights, cast, play, points_of, profiles, run_key
from halfway.conduct.play.strategies import strategy
from halfway.conduct.run import conduct
from halfway.record import plain
from halfway.space.utilities.draws import draw
from tests.conduct.cases import dilemma

KEPT = {"row": "always_keep", "column": "always_keep"}
TRIED_AGAIN = {
    "seats": {"row": "party", "column": "absent"},
    "phases": {
        "trial": {
            "package": {"row_act": "c", "column_act": "c"},
            "lasts": "2 months",
            "then": "trial",
            "resets": {"max": 3},
            "on": [{"when": {"row_act": "d"}, "go": "over"}],
        },
        "over": {"package": {"row_act": "d", "column_act": "d"}},
    },
}


def test_errors_are_those_of_independent_runs():
    whole = study(dilemma(TRIED_AGAIN, noise=0.2, patience=0.9))
    runs, periods, seed = 400, 15, 4
    found = play(whole, runs, seed, periods=periods, strategies=KEPT)
    players = cast(whole, {a: strategy(s) for a, s in KEPT.items()})
    (_, of), *_ = profiles(whole)
    chain = players.chain(of, 0.0)
    points, weights = points_of(whole, chain, of), _weights(whole, of, periods)
    slow = [play_one(chain, run_key(seed), r, points, weights) for r in range(runs)]
    averages = np.array([one.averages for one in slow])
    resets = np.array([one.resets for one in slow])
    assert np.allclose(found.errors, averages.std(axis=0, ddof=1) / np.sqrt(runs))
    assert len(found.resets) == 4
    for k in range(4):
        group = averages[resets == k]
        assert len(group) > 10
        assert np.allclose(found.by_resets[k], group.mean(axis=0))
        assert np.allclose(found.by_resets_errors[k], group.std(axis=0, ddof=1) / np.sqrt(len(group)))
    lost = np.array([points[list(one.rows), 1].mean() for one in slow]) - 10.0
    assert found.losses["column"] == pytest.approx(lost.mean())
    assert found.losses_errors["column"] == pytest.approx(lost.std(ddof=1) / np.sqrt(runs))
    told = plain(found)
    assert told["losses_error"]["column"] == found.losses_errors["column"]
    assert told["resets"][1]["error"]["row"] == found.by_resets_errors[1, 0]


def test_with_several_draws_the_error_is_between_draws():
    rng = np.random.default_rng(3)
    # Draws of equal size: the error of the mean of the draws' means.
    means = rng.normal(size=12)
    sizes = np.full(12, 50)
    mean, error = _mean(sizes, (means * 50)[:, None], np.array([np.nan]))
    assert mean[0] == pytest.approx(means.mean())
    assert error[0] == pytest.approx(means.std(ddof=1) / np.sqrt(12))
    # Of unequal size: the spread of estimates over many repetitions.
    estimates, errors = [], []
    for _ in range(3000):
        sizes = rng.integers(5, 40, 20)
        level = rng.normal(size=20)
        sums = np.array([n * m + rng.normal(scale=0.5 * np.sqrt(n)) for n, m in zip(sizes, level, strict=True)])
        one, its = _mean(sizes, sums[:, None], np.zeros(1))
        estimates.append(one[0])
        errors.append(its[0])
    assert np.mean(errors) == pytest.approx(np.std(estimates), rel=0.06)


def test_an_uncertain_number_is_part_of_the_error():
    # Kept for good, nothing else is left to chance: each draw's average is what its numbers say.
    whole = study(dilemma({"phases": {"on": {"package": {"row_act": "c", "column_act": "c"}}}, **paid("0..20")}))
    found = play(whole, 3_000, 2, periods=5, draws=10, strategies=KEPT)
    amounts = draw(whole.case, 10, 2).read(whole.plan.transfers[0].amount, PATH)
    assert found.averages[1] == pytest.approx(30 + np.mean(amounts))
    assert found.errors[1] == pytest.approx(np.std(amounts, ddof=1) / np.sqrt(10))


PATH = ("plans", "plan", "transfers", 0, "amount")


def paid(amount, **more):
    return {"transfers": [{"from": "row", "to": "column", "amount": amount, **more}]}


def test_transfers_are_paid_in_their_phases_as_drawn():
    plan = {
        "phases": {
            "begun": {"package": {"row_act": "c", "column_act": "c"}, "lasts": "3 months", "then": "done"},
            "done": {"package": {"row_act": "c", "column_act": "c"}},
        },
        **paid("5..15", cost="2 ± 0.5", phases=["begun"]),
    }
    whole = study(dilemma(plan))
    runs, draws, seed = 1_000, 4, 6
    found = play(whole, runs, seed, periods=6, draws=draws, strategies=KEPT)
    transfer, drawn = whole.plan.transfers[0], draw(whole.case, draws, seed)
    amounts = drawn.read(transfer.amount, PATH)
    costs = drawn.read(transfer.cost, (*PATH[:-1], "cost"))
    assert len(set(amounts)) == draws
    assert found.means[:, 1] == pytest.approx([30 + amounts.mean()] * 3 + [30] * 3)
    assert found.means[:, 0] == pytest.approx([30 - costs.mean()] * 3 + [30] * 3)
    # A draw is a quarter of the runs, so that quantiles are points of single draws.
    assert found.quantiles[:, 0, 1] == pytest.approx(30 + np.sort(amounts)[[0, 0, 1, 2, 3]])


TYPES = {"keeper": {"prior": 0.6, "strategy": "always_keep"}, "breaker": {"prior": 0.4, "strategy": "always_break"}}


def test_the_record_sets_the_priors_where_it_is_asked_to():
    promises = [
        Promise(by="row", to=("column",), kind="pledge", outcome=o, made="2001", what="…")
        for o in ("kept", "kept", "kept", "broken")
    ]
    case = dilemma({"phases": {"on": {"package": {"row_act": "c", "column_act": "c"}}}}, types=TYPES)
    case = case.model_copy(update={"record": Record(promises=promises)})
    runs = 20_000
    asked = {"with_thresholds": False, "with_alternatives": False}
    stated, record = (conduct(case, None, runs, 3, priors=p, **asked) for p in ("stated", "record"))
    # By hand: a base rate of 202 in 362 worth ten promises, three of four kept.
    keeps = (10 * 202 / 362 + 3) / (10 + 4)
    assert record.priors["row"]["from_record"] == pytest.approx({"keeper": keeps, "breaker": 1 - keeps})
    assert (stated.priors["row"]["used"], record.priors["row"]["used"]) == ("stated", "record")
    assert record.priors["column"]["used"] == "stated"
    assert record.priors["column"]["from_record"] is None
    assert "no promise of its own is on record; the stated priors stand" in record.refused["priors"]
    assert "priors" not in stated.refused
    for result, chance in ((stated, 0.6), (record, keeps)):
        assert result.actors["row"].types["keeper"].prior == pytest.approx(chance)
        assert result.beliefs["row"].priors[0] == pytest.approx(chance)
        assert result.beliefs["row"].mean[0, 0, 0] == pytest.approx(chance)
        survives = chance * 0.6
        assert abs(result.play.survival[1] - survives) < 4.5 * np.sqrt(survives * (1 - survives) / runs)
        # The best response of a type does not depend on how likely it is.
        assert (
            result.actors["row"].types["breaker"].exploitability == stated.actors["row"].types["breaker"].exploitability
        )
    assert [r.provenance.parameters["priors"] for r in (stated, record)] == ["stated", "record"]
