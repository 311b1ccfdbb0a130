"""From a case to a forecast, sealed, verified and graded, in Python and on the command line."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import numpy as np
import pytest

from halfway.case.catalog import load
from halfway.cli.main import main
from halfway.errors import InputError, Refusal
from halfway.forecast.run import forecast
from halfway.forecast.sealed.grading import grade, verify
from halfway.forecast.sealed.seal import seal
from halfway.space.positions import ordered_issue, ordered_issues
from halfway.space.utilities.draws import draw
from tests.forecast.cases import CASE, emission_standards, write_case


def test_positions_of_a_case(tmp_path: Path) -> None:
    case = load(write_case(tmp_path))
    assert ordered_issues(case) == ("delay", "money")
    delay = ordered_issue(case, "delay")
    assert delay.positions[0, :3].tolist() == [4.0, 10.0, 8.5]
    assert np.isnan(delay.positions[0, 3])
    assert delay.saliences[0, :3].tolist() == [80.0, 50.0, 75.0]
    assert delay.capabilities[0].tolist() == [60.0, 30.0, 50.0, 50.0]
    assert (delay.reference, delay.reference_from) == (4.0, "status quo")
    assert (delay.quota, delay.setter, delay.outcome) == (0.65, 0, 7.0)
    assert delay.read_off == (2,)
    money = ordered_issue(case, "money")
    assert (money.reference, money.reference_from, money.setter, money.quota) == (0.0, "stated", -1, 1.0)


def test_the_textbook_case_carries_its_published_answers() -> None:
    case = load("emission-standards")
    result = forecast(case)
    (delay,) = result.issues
    by_name = {m.model: m for m in delay.models}
    rounds = {m.model: m.rounds for m in forecast(case, model="challenge-global").issues[0].models}
    for expected in case.expected:
        found = rounds[expected.about] if isinstance(expected.answer, list) else by_name[expected.about].point
        answer = [float(x) for x in expected.answer] if isinstance(expected.answer, list) else float(expected.answer)
        assert found == pytest.approx(answer, abs=max(expected.tolerance, 1e-9))
    arrays = ordered_issue(case, "delay")
    assert (arrays.positions[0] - 4) / 6 * 100 == pytest.approx(emission_standards().positions)


def test_every_answer_has_its_error_beside_it(tmp_path: Path) -> None:
    result = forecast(write_case(tmp_path))
    for f in result.issues:
        for m in f.models:
            assert m.error > 0
            assert m.scored_on > 100
            assert np.isfinite(m.point) or m.note
    money = result.issue("money")
    assert money.models[0].model == "halfway"
    assert money.models[0].error == pytest.approx(0.5 * 20.231, rel=1e-6)
    assert sum(p for _, p in money.options) == pytest.approx(1.0)
    assert sum(p for _, p in money.atoms) + sum(s.probability for s in money.stretches) == pytest.approx(1.0)


def test_levers_come_in_the_unit_of_the_scale(tmp_path: Path) -> None:
    (delay,) = forecast(write_case(tmp_path), issue="delay").issues
    weights = {"north": 60 * 0.8, "south": 30 * 0.5, "east": 50 * 0.75}
    total = sum(weights.values())
    at = {"north": 4.0, "south": 10.0, "east": 8.5}
    mean = sum(weights[a] * at[a] for a in at) / total
    for lever in delay.levers:
        w = weights[lever.actor] / total
        assert lever.per_unit == pytest.approx(w)
        assert lever.if_gone == pytest.approx(-w * (at[lever.actor] - mean) / (1 - w), abs=1e-6)
    assert [v.actor for v in delay.levers] == ["north", "east", "south"]


def test_the_plan_is_measured_against_the_forecast(tmp_path: Path) -> None:
    (money,) = forecast(write_case(tmp_path), issue="money").issues
    assert money.plan is not None
    assert (money.plan.plan, money.plan.point) == ("deal", 20.0)
    assert money.plan.from_median == pytest.approx(20.0 - money.median)
    assert 0 <= money.plan.below <= money.plan.at_most <= 1


def test_uncertain_numbers_widen_the_forecast_and_keep_their_seed(tmp_path: Path) -> None:
    text = CASE.replace("{position: 4, salience: 80}", "{position: 5..9, salience: 60..90}")
    case = load(write_case(tmp_path, text))
    one = forecast(case, issue="delay", draws=60, seed=1)
    assert one.provenance.seed == 1
    assert any("60 draws" in note for note in one.issues[0].notes)
    assert one.to_json() == forecast(case, issue="delay", draws=60, seed=1).to_json()
    assert one.to_json() != forecast(case, issue="delay", draws=60, seed=2).to_json()
    drawn = ordered_issue(case, "delay", draw(case, 60, 1))
    assert np.ptp(drawn.positions[:, 0]) > 0
    assert np.ptp(drawn.positions[:, 1]) == 0
    assert forecast(write_case(tmp_path)).provenance.seed is None


def test_median_or_mean_as_asked(tmp_path: Path) -> None:
    path = write_case(tmp_path)
    (a,), (b,) = forecast(path, "money").issues, forecast(path, "money", point="mean").issues
    assert a.point == a.median == b.median
    assert b.point == b.mean == a.mean


def test_a_model_asked_for_shows_its_rounds(tmp_path: Path) -> None:
    result = forecast(write_case(tmp_path), model="exchange")
    moved = [s for f in result.issues for m in f.models for s in m.steps]
    assert all(m.model == "exchange" for f in result.issues for m in f.models)
    assert {s.actor for s in moved} <= {"north", "south", "east"}
    assert len(result.tables()["moves"].rows) == len(moved)
    json.loads(result.to_json())


def test_questions_that_cannot_be_answered_are_refused(tmp_path: Path) -> None:
    path = write_case(tmp_path)
    with pytest.raises(Refusal, match="has no scale"):
        forecast(path, issue="flag")
    with pytest.raises(Refusal, match="did you mean 'money'"):
        forecast(path, issue="mony")
    with pytest.raises(InputError, match="no model"):
        forecast(path, model="oracle")
    bare = "halfway: 1\nname: bare\nissues: {q: {options: [a, b], set_by: x, owner: x}}\nactors: {x: {}}\n"
    with pytest.raises(Refusal, match="none of this case has a scale"):
        forecast(write_case(tmp_path, bare))


def test_a_sealed_forecast_is_confirmed_until_it_is_touched(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    path, record = seal(case, tmp_path / "r.json", today=datetime.date(2026, 1, 2))
    assert record["date"] == "2026-01-02"
    assert verify(path, case).confirmed
    unknown = verify(path)
    assert unknown.intact
    assert unknown.reproduced is None
    with pytest.raises(Refusal, match="never overwritten"):
        seal(case, path)
    case.write_text(CASE.replace("salience: 90", "salience: 20"), encoding="utf-8")
    changed = verify(path, case)
    assert changed.intact
    assert changed.case_unchanged is False
    assert not changed.confirmed
    case.write_text(CASE, encoding="utf-8")
    for key, value in (("date", "2020-01-01"), ("version", "9.9"), ("seed", 5)):
        forged = {**record, key: value}
        path.write_text(json.dumps(forged), encoding="utf-8")
        assert not verify(path, case).intact
        with pytest.raises(InputError, match=r"F623.*changed after it was sealed"):
            grade(path, 7, "delay")


def test_grading(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    path, _ = seal(case, tmp_path / "r.json")
    with pytest.raises(InputError, match="which issue"):
        grade(path, 7)
    good = grade(path, 7, "delay")
    (f,) = forecast(case, "delay").issues
    assert good.error == pytest.approx(abs(f.median - 7))
    assert good.crps == pytest.approx(f.distribution.crps(50.0) * 0.06, abs=1e-9)
    assert set(good.inside) == {"50%", "80%", "95%"}
    with pytest.raises(InputError, match="off the scale"):
        grade(path, 70, "delay")
    with pytest.raises(InputError, match="no issue"):
        grade(path, 7, "delays")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "halfway forecast record 1"}', "\x00"])
def test_what_is_no_record_is_said_to_be_none(tmp_path: Path, content: str) -> None:
    path = tmp_path / "r.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"not a record|F622 'date' is missing in the file"):
        verify(path)
    with pytest.raises(InputError, match="cannot read"):
        grade(tmp_path / "none.json", 1.0)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as done:
        main(arguments)
    return int(done.value.code or 0)


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case, record = str(write_case(tmp_path)), str(tmp_path / "r.json")
    assert run("forecast", case) == 0
    assert "The plan “Deal” stands at" in capsys.readouterr().out
    assert run("forecast", case, "--issue", "money", "--model", "compromise", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert [m["model"] for m in data["issues"][0]["models"]] == ["compromise"]
    assert run("seal", case, "-o", record) == 0
    assert run("verify", record, "--case", case) == 0
    assert "confirmed" in capsys.readouterr().out
    assert run("grade", record, "--issue", "delay", "--outcome", "7", "--json") == 0
    assert json.loads(capsys.readouterr().out)["issue"] == "delay"
    text = Path(record).read_text().replace('"median": ', '"median": 1')
    Path(record).write_text(text)
    assert run("verify", record, "--case", case) == 1
    assert run("grade", record, "--issue", "delay", "--outcome", "7") == 2
    assert run("forecast", case, "--issue", "flag") == 2
    (tmp_path / "taken").write_text("mine")
    assert run("seal", case, "-o", str(tmp_path / "taken" / "where.json")) == 2
    assert (tmp_path / "taken").read_text() == "mine"
    capsys.readouterr()


def test_validation_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.forecast.cases import write_deu3

    path = str(write_deu3(tmp_path / "some.csv", 40))
    assert run("validate", "deu3", "--data", path, "--mode", "refit", "--models", "mean") == 0
    shown = capsys.readouterr().out
    assert "compromise" in shown
    assert "Refit: no test of the forecast as shipped" in shown
    assert run("validate", "deu3", "--data", path, "--mode", "held-out", "--models", "mean") == 0
    assert "Held-out test of the forecast as shipped" in capsys.readouterr().out
    assert run("validate", "deu3", "--data", path) == 2
    assert "--mode" in capsys.readouterr().err
    assert run("validate", "deu3", "--data", path, "--mode", "refit", "--models", "median", "--json") == 0
    assert {m["model"] for m in json.loads(capsys.readouterr().out)["models"]} == {"halfway", "compromise", "median"}
    assert run("validate", "deu3", "--mode", "refit", "--data", str(tmp_path / "none.csv")) == 2
