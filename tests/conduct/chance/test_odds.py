"""Chances, ranks and survival are what the fitted link lets be said and no more; a utility moved a little moves them a little."""

from __future__ import annotations

import dataclasses
import sys

import numpy as np
import pytest

from halfway.case.case import Case
from halfway.case.reader import load_text
from halfway.conduct.chance.odds import Chance, odds, survival
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.run import conduct
from halfway.conduct.verdicts.grades import ActorVerdict, judge
from halfway.conduct.verdicts.temptation import kernel
from halfway.errors import Problem, Refusal
from halfway.evidence.coded import Coded, CodedActor
from halfway.evidence.fitted_link import FittedLink
from halfway.evidence.links import LINKS
from halfway.words.chances import odds_in_words, one, short

CASE = """
halfway: 2
name: dam
period: PERIOD
actors:
  north:
    walk_away: 10
    patience: 0.9
    interests: {water: {weight: 60, values: {more: 0, same: GAIN}}, money: {weight: 40, values: {paid: 100, unpaid: 0}}}
  south:
    walk_away: 10
    patience: 0.9
    interests: {water: {weight: 60, values: {more: 100, same: 0}}, money: {weight: 40, values: {paid: 60, unpaid: 100}}}
issues:
  water: {options: [same, more], set_by: north, owner: north}
  money: {options: [unpaid, paid], set_by: south, owner: south}
status_quo: {water: same, money: unpaid}
plans:
  swap:
    phases: {swap: {package: {water: more, money: paid}}}
    obligations:
      - {by: north, to: south, act: more water, does: {water: more}, precision: exact}
      - {by: south, to: north, act: money, does: {money: paid}, precision: exact}
"""


def case_with(gain: float = 30.0, period: str = "month") -> Case:
    return load_text(CASE.replace("GAIN", repr(gain)).replace("PERIOD", period))


def link(**changes: object) -> FittedLink:
    rng = np.random.default_rng(5)
    rows = []
    for p in range(30):
        for a in "ab":
            t = float(rng.choice([0.0, rng.gamma(1.0, 15.0)]))
            failed = bool(rng.random() < 1 / (1 + np.exp(-1.5 * (np.log1p(t) - 1.2))))
            rows.append(CodedActor(f"plan {p}", a, t, 2 * t, 0.5, failed, 2))
    coded, family = Coded(tuple(rows)), LINKS["points"]
    x = family.predictors(coded.rows)
    fitted = family.fit(x, coded.failed)
    scores = family.predict(fitted, x)
    data = {
        "link": "points",
        "coefficients": dict(zip(family.parameters, fitted.tolist(), strict=True)),
        "resampled": [(fitted + d).tolist() for d in rng.normal(0, 0.2, (40, 2))],
        "plans": 30,
        "actors": 60,
        "base_rate": float(coded.failed.mean()),
        "log_score_gain": {"point": 0.2, "low": 0.1, "high": 0.3},
        "permutation_runs": 100,
        "permutation_quiet": 96,
        "anchor": {"name": "a population", "failure_rate": 0.3, "source": "made up"},
        "support": [0.0, max(r.temptation for r in rows)],
        "coded": [
            {"plan": r.plan, "actor": r.actor, "score": float(s), "failed": r.failed}
            for r, s in zip(rows, scores, strict=True)
        ],
        "rows_sha256": coded.digest,
        "seed": 1,
        "version": "test",
    }
    return FittedLink.model_validate({**data, **changes})


def verdicts(case: Case) -> dict[str, ActorVerdict]:
    return dict(judge(kernel(study(case, "swap")), 1, draws=0, restraint=False).actors)


def asked(case: Case, name: str = "north", fitted: FittedLink | None = None):
    return odds(name, verdicts(case)[name], case.plans["swap"], case.period, fitted or link())


def test_a_link_that_may_give_a_chance_with_interval_skill_and_survival():
    found = asked(case_with())
    assert found.chance is not None
    low, high = found.chance.interval
    assert 0 < low <= found.chance.five_years <= high < 1
    assert "60 actors of 30 plans" in found.chance.basis
    assert "+0.200 [+0.100, +0.300]" in found.chance.basis
    assert "a population" in found.chance.basis
    assert found.survival is not None
    # Five years from the first tempted month, which is the first here, add up to the chance.
    assert found.survival.months[-1] == 60
    assert found.survival.share[-1] == pytest.approx(1 - found.chance.five_years)
    assert found.survival.share[0] == 1.0
    assert all(a >= b for a, b in zip(found.survival.share, found.survival.share[1:], strict=False))
    assert found.survival.low[-1] <= found.survival.share[-1] <= found.survival.high[-1]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"anchor": None}, "no population"),
        ({"log_score_gain": {"point": 0.1, "low": -0.1, "high": 0.3}}, "not measurably better"),
        ({"permutation_quiet": 80}, "80 of 100"),
    ],
)
def test_a_link_that_may_not_gives_a_rank_with_the_reason(change, why):
    found = asked(case_with(), fitted=link(**change))
    assert (found.chance, found.survival) == (None, None)
    assert why in str(found.no_chance)
    rank = found.rank
    assert rank is not None
    own = link().score(CodedActor("", "", verdicts(case_with())["north"].points, 0.0, 0.0, False, 1))
    assert rank.above_kept == sum(c.score < own for c in link().coded if not c.failed)
    said = one("North", dataclasses.asdict(found))[0]
    assert f"above {rank.above_kept} of the {rank.kept} actors that kept" in said
    assert "no chance" in said
    assert short("North", dataclasses.asdict(found)).startswith("No chance, only a rank")


def test_outside_what_was_coded_there_are_no_odds():
    found = asked(case_with(), fitted=link(support=[0.0, 1.0]))
    assert (found.chance, found.rank, found.survival) == (None, None, None)
    assert "outside what was coded, 0.0 to 1.0" in str(found.no_chance)
    assert one("North", dataclasses.asdict(found))[0].startswith("No odds for North: a temptation of")


def test_who_owes_nothing_or_cannot_break_has_no_odds():
    case = case_with()
    free = case.with_("plans.swap.obligations", [])
    assert "owes no promise" in str(
        odds("north", verdicts(case)["north"], free.plans["swap"], "month", link()).no_chance
    )
    assert "cannot break" in str(odds("north", None, case.plans["swap"], "month", link()).no_chance)


def test_a_utility_moved_by_two_thousandths_moves_a_chance_by_less_than_a_hundredth():
    for gain in (0.0, 0.4, 0.499, 1.0, 6.0, 30.0):
        a, b = asked(case_with(gain)).chance, asked(case_with(gain + 0.002)).chance
        assert a is not None
        assert b is not None
        assert abs(a.five_years - b.five_years) < 0.01
        assert np.abs(np.subtract(a.interval, b.interval)).max() < 0.01


def test_nothing_happens_before_the_first_tempted_month():
    late = survival(Chance(0.6, (0.4, 0.8), ""), 13)
    assert late.share[:3] == (1.0, 1.0, 1.0)
    assert late.share[3] == pytest.approx((1 - 0.6) ** (6 / 60))


def test_a_longer_period_is_counted_in_months():
    found = asked(case_with(period="year"))
    assert found.survival is not None
    assert found.survival.share[1] < 1.0


def test_conduct_carries_what_the_shipped_link_says(monkeypatch):
    monkeypatch.setattr(sys.modules["halfway.conduct.chance.odds"], "shipped_link", link)
    case = case_with()
    data = conduct(case, "swap", runs=0, with_thresholds=False, with_alternatives=False).to_dict()
    north = data["actors"]["north"]
    assert set(north["chance"]) == {"five_years", "interval", "basis"}
    assert set(north["survival"]) == {"months", "share", "low", "high"}
    assert north["no_chance"] is None
    assert "within five years" in odds_in_words(case, data["actors"])[0]

    def none() -> FittedLink:
        raise Refusal([Problem("R071", "x", "y", "z")])

    monkeypatch.setattr(sys.modules["halfway.conduct.chance.odds"], "shipped_link", none)
    data = conduct(case, "swap", runs=0, with_thresholds=False, with_alternatives=False).to_dict()
    assert data["actors"]["north"]["chance"] is None
    assert "no link" in data["actors"]["north"]["no_chance"]
