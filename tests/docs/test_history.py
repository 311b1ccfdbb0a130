"""The measuring of history on made-up plans with known answers; the page follows from what was measured."""

from __future__ import annotations

import dataclasses
import json
from datetime import date

import numpy as np
import pytest
from docs.history import GRADES, MEASURED, PAGE, ROWS, asked, grades, measure, measure_all, rows_from, written
from docs.history_figures import agreeing, auc, auc_resampled, calibration, ended_chances, matched, on_civil_wars
from docs.history_page import amended, page
from docs.history_rows import Row, as_csv, broken, coded, last_day, outcome_of
from docs.history_rows import plans as historical

from halfway.case.catalog import what_became
from halfway.case.outcomes import Filed
from halfway.case.plans import PlanObligation
from halfway.evidence.agreements import agreements
from halfway.evidence.coded import read_coded
from halfway.evidence.fitting import choose
from halfway.evidence.graded import record_of

AGAIN = "run `python docs/history.py --page --only-write`"


def owed(outcome: str | None, until: str | None = None) -> PlanObligation:
    return PlanObligation.model_validate({"by": ["a"], "act": "x", "outcome": outcome, "until": until})


def row(case: str, actor: str, temptation: float, outcome: str, **more: object) -> Row:
    made = Row(case, "plan", actor, actor.title(), temptation, 2 * temptation, 0.5, outcome, outcome, 2, 5, 3, "x: y")
    return dataclasses.replace(made, **more)


def made_up(skill: bool, plans: int = 30, seed: int = 4) -> list[Row]:
    rng = np.random.default_rng(seed)
    rows = []
    for p in range(plans):
        for a in "abc":
            t = float(rng.choice([0.0, rng.gamma(1.0, 12.0)]))
            chance = 1 / (1 + np.exp(-2.0 * (np.log1p(t) - 1.0))) if skill else 0.5
            rows.append(
                row(f"plan-{p}", a, t, "failed" if rng.random() < chance else "kept", vague=float(rng.random()))
            )
    return rows


SIGNED = date(1990, 6, 1)


@pytest.mark.parametrize(
    ("given", "normal", "strict"),
    [
        ([owed("kept")], "kept", "kept"),
        ([owed("kept"), owed("failed")], "failed", "failed"),
        ([owed("kept", "1995-05-31")], "failed", "failed"),
        ([owed("kept", "1995-06-03")], "kept", "kept"),
        ([owed("kept", "1994")], "failed", "failed"),
        ([owed("kept", "1995-05")], "failed", "failed"),
        ([owed("late")], "kept", "failed"),
        ([owed("partly", "1991")], "kept", "failed"),
        ([owed("released", "1991")], "kept", "kept"),
        ([owed("disputed"), owed("not_due"), owed(None)], "open", "open"),
        ([owed("disputed"), owed("kept")], "kept", "kept"),
    ],
)
def test_outcomes_are_those_fixed_beforehand(given, normal, strict):
    assert outcome_of(given, SIGNED) == normal
    assert outcome_of(given, SIGNED, strict=True) == strict


def test_a_month_or_a_year_ends_with_its_last_day():
    assert [last_day(t) for t in ("1991", "1992-02", "1992-02-03")] == [
        date(1991, 12, 31),
        date(1992, 2, 29),
        date(1992, 2, 3),
    ]
    assert broken(owed("kept", "1999"), None)


def test_the_share_of_pairs_by_hand():
    scores, failed = np.array([3.0, 1.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0, 0.0])
    assert auc(scores, failed) == (1 + 1 + 0.5 + 1) / 4
    assert np.isnan(auc(scores, np.ones(4)))
    found = auc_resampled(scores, failed, ["p", "q", "r", "s"])
    assert found.low <= found.point <= found.high


def test_skill_that_is_there_is_found_and_what_is_not_is_not():
    there = choose(coded(made_up(True)))
    assert there.beats_base_rate
    assert not choose(coded(made_up(False))).beats_base_rate
    # What a well-chosen link says comes about as often as it says.
    failed, plans = coded(made_up(True)).failed, [r.key for r in made_up(True)]
    bins = calibration(there.chances, failed, plans)
    assert sum(b.actors for b in bins) == len(plans)
    assert all(b.failed.low - 0.15 <= b.mean <= b.failed.high + 0.15 for b in bins)
    assert [b.mean for b in bins] == sorted(b.mean for b in bins)


def test_equal_chances_stay_in_one_bin():
    bins = calibration(np.full(8, 0.5), np.array([0.0, 1.0] * 4), list("aabbccdd"))
    assert [(b.actors, b.mean, b.failed.point) for b in bins] == [(8, 0.5, 0.5)]


def test_ucdp_predicts_an_agreement_without_its_own_conflict():
    known = [a for a in agreements() if a.stood is not None]
    one = next(a for a in known if a.scope == "full" and a.all_sign)
    given = ended_chances([one.number], clauses=False)[0]
    like = [a for a in known if a.scope == "full" and a.all_sign and a.linked != one.linked]
    assert given == pytest.approx(np.mean([not a.stood for a in like]), abs=0.12)
    rows = [
        row("x", "a", 9.0, "failed"),
        row("x", "b", 0.0, "kept"),
        row("y", "a", 0.0, "kept"),
        row("z", "a", 1.0, "kept"),
    ]
    plans, rivals = on_civil_wars(
        rows, np.array([0.9, 0.1, 0.1, 0.5]), np.full(4, 0.5), {"x": one.number, "y": known[0].number}
    )
    assert plans == 2
    assert [r.gain.point > 0 for r in rivals][:2] == [False, True]
    assert rivals[0].log_loss.point == pytest.approx(np.log(2))


def test_two_codings_by_hand():
    first = [
        row("p", "a", 10.0, "failed"),
        row("p", "b", 0.0, "kept"),
        row("p", "c", 4.0, "kept"),
        row("q", "d", 1.0, "failed"),
    ]
    second = [
        row("p", "a", 8.0, "failed"),
        row("p", "b", 2.0, "kept"),
        row("p", "c", 1.0, "failed"),
        row("p", "e", 1.0, "kept"),
    ]
    pairs = matched(first, second)
    assert [p.actor for p in pairs] == ["a", "b", "c"]
    found = agreeing(pairs)
    assert (found.actors, found.outcomes, found.tempted) == (3, 2, 2)
    # Observed 2/3; by chance 1/3 · 2/3 + 2/3 · 1/3 = 4/9.
    assert found.kappa == pytest.approx((2 / 3 - 4 / 9) / (1 - 4 / 9))
    assert found.order == pytest.approx(2 / 3)
    assert found.typical == 2.0


def test_the_page_is_written_of_made_up_plans_misses_first():
    rows = made_up(True, plans=8)
    measured = {r.key: {"hash": "0" * 64, "version": "0", "would_sign": []} for r in rows}
    measured["gone/plan"] = {"hash": "1" * 64, "version": "0", "refused": "too large"}
    filed = {r.case: Filed(kind="peace", region="Asia", plan="plan", outcome="held", lesson="x") for r in rows}
    again = [dataclasses.replace(r, temptation=r.temptation + 1) for r in rows[:3]]
    text = page(rows, again, measured, filed, {"plan-1", "plan-2"}, None)
    assert text.index("## What disagrees") < text.index("## Does temptation tell")
    assert "gone/plan: too large." in text
    assert "3 actors of 1 plans" in text
    assert "nan" not in text
    fell = [r for r in rows if r.outcome == "failed" and r.temptation <= 0.5]
    assert f"Failed, and nothing tempted them ({len(fell)})" in text


def test_rows_are_read_back_as_they_were_written(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text(as_csv([*made_up(True), row("open", "a", 1.0, "open")]), "utf-8")
    again = read_coded(path)
    assert len(again.rows) == 90
    assert again.failed.tolist() == coded(made_up(True)).failed.tolist()


def test_a_plan_that_takes_too_long_is_listed_with_its_reason():
    path = next(p for c, _, p in historical() if c.name == "eu-belarus-2016")
    assert measure(path, "relief-as-given", 0.01) == {"refused": "it took more than 0 seconds"}


def test_what_has_figures_is_not_measured_again(monkeypatch):
    def never(*_):
        raise AssertionError

    monkeypatch.setattr("docs.history.measure", never)
    known = {k: {"actors": {}, "hash": c.content_hash, "version": "0"} for k, (c, _, _) in asked().items()}
    assert measure_all(1.0, dict(known)) == known


def test_of_an_amended_case_both_results_stand(monkeypatch):
    key, (case, _, path) = next(iter(asked().items()))
    now = {"actors": {"a": {"points": 4.0}, "b": {"points": 1.0}}, "grade": 5}
    monkeypatch.setattr("docs.history.asked", lambda: {key: (case, "plan", path)})
    monkeypatch.setattr("docs.history.measure", lambda *_: dict(now))
    monkeypatch.setattr("docs.history.write_safely", lambda *_: None)
    before = {"actors": {"a": {"points": 9.0}, "b": {"points": 1.0}}, "grade": None, "hash": "older", "version": "0"}
    found = measure_all(1.0, {key: before})
    assert found[key]["before"] == before
    text = "\n".join(amended([], found))
    assert f"| {key} | a | 9.0 | 4.0 | – | 5 |" in text
    assert f"| {key} | b |" not in text
    # What ended early is measured to its end, and is no amendment.
    early = {**now, "incomplete": "it ended early", "hash": case.content_hash, "version": "0"}
    assert "before" not in measure_all(1.0, {key: early})[key]
    assert amended([], {key: early}) == []


@pytest.mark.skipif(not MEASURED.exists(), reason="the plans have not been measured")
def test_the_page_and_the_rows_follow_from_what_was_measured():
    first, _ = rows_from(json.loads(MEASURED.read_text("utf-8")))
    assert ROWS.read_text("utf-8") == as_csv(first), AGAIN
    assert PAGE.read_text("utf-8") == written(), AGAIN


@pytest.mark.skipif(not MEASURED.exists(), reason="the plans have not been measured")
def test_the_shipped_grades_are_those_measured():
    measured = json.loads(MEASURED.read_text("utf-8"))
    assert GRADES.read_text("utf-8") == grades(measured, what_became()), AGAIN
    counted = [record_of(g) for g in range(1, 6)]
    assert sum(r.plans for r in counted) == counted[0].graded == GRADES.read_text("utf-8").count("\n") - 1
    for r in counted:
        assert r.plans == r.held + r.held_in_part + r.failed


@pytest.mark.skipif(not MEASURED.exists(), reason="the plans have not been measured")
def test_what_was_measured_is_of_the_cases_as_they_stand():
    measured = json.loads(MEASURED.read_text("utf-8"))
    assert {k: v["hash"] for k, v in measured.items()} == {k: c.content_hash for k, (c, _, _) in asked().items()}
