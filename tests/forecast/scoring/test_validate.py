"""The reader, the treaties, the folds, and the claims made on the development data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from halfway.errors import InputError, Refusal
from halfway.forecast.models.by_name import MODELS, OURS
from halfway.forecast.models.central import compromise
from halfway.forecast.models.treaties import BEFORE_NICE, LISBON, NICE, treaty
from halfway.forecast.own.learn import fit
from halfway.forecast.own.predictive import shipped
from halfway.forecast.scoring import deu3
from halfway.forecast.scoring.folds import fold_of_each, implied, ours
from halfway.forecast.scoring.measured import measured
from halfway.forecast.scoring.validate import validate_deu3
from halfway.record import plain
from tests.forecast.cases import DEU3, needs_deu3, write_deu3


def test_council_votes_add_up_to_the_treaties() -> None:
    assert sum(BEFORE_NICE.values()) == 87
    assert sum(v for k, v in NICE.items() if k != "cr") == 345
    assert sum(NICE.values()) == 352
    assert len(LISBON) == 28
    assert set(LISBON) == set(deu3.STATES)
    assert [treaty(y) for y in (1996, 2002, 2003, 2011, 2012, 2018)] == [
        "before-nice", "before-nice", "nice", "nice", "lisbon", "lisbon",
    ]  # fmt: skip


def test_reading_a_file(tmp_path: Path) -> None:
    read = deu3.read(write_deu3(tmp_path / "some.csv", 34))
    assert len(read.names) == 34
    assert np.isnan(read.outcomes).sum() == 2
    assert len(read.scored().names) == 32
    first = read.disputes[0]
    assert first.chamber_consents
    assert first.quota == 1.0
    assert not first.has_reference
    assert read.disputes[1].quota == pytest.approx(62 / 87)
    assert not read.disputes[1].chamber_consents
    assert first.capabilities[0] == first.capabilities[2:].max()
    assert first.votes[0] == 0


def test_every_bad_cell_is_named_with_its_line(tmp_path: Path) -> None:
    path = write_deu3(tmp_path / "some.csv", 6)
    lines = path.read_text().splitlines()
    lines[2] = lines[2].rsplit(",", 1)[0] + ",140"
    lines[4] = lines[4].rsplit(",", 1)[0] + ",many"
    lines[5] += ",1"
    path.write_text("\n".join(lines))
    with pytest.raises(InputError) as caught:
        deu3.read(path)
    found = [(p.code, p.place.line) for p in caught.value.problems if p.place]
    assert found == [("F613", 3), ("F613", 5), ("F160", 6)]


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="lacks"):
        deu3.read(path)
    with pytest.raises(InputError, match="cannot read"):
        deu3.read(tmp_path / "missing.csv")


def test_folds_keep_proposals_together() -> None:
    groups = np.repeat(np.arange(23), 3)
    folds = fold_of_each(groups, seed=1)
    assert len(set(folds)) == 10
    for g in range(23):
        assert len(set(folds[groups == g])) == 1
    assert np.array_equal(folds, fold_of_each(groups, seed=1))
    assert not np.array_equal(folds, fold_of_each(groups, seed=2))


def test_a_peer_never_sees_the_errors_of_its_own_fold() -> None:
    points, outcomes = np.array([10.0, 20, 30]), np.array([15.0, 40, 90])
    forecasts = implied(points, outcomes, np.array([0, 0, 1]))
    assert forecasts[0] is not None
    assert forecasts[0].points.tolist() == [70.0]
    assert forecasts[2] is not None
    assert forecasts[2].points.tolist() == [35.0, 50.0]


def test_our_fold_never_sees_its_own_outcomes(tmp_path: Path) -> None:
    issues = deu3.read(write_deu3(tmp_path / "some.csv", 40)).scored()
    folds = fold_of_each(issues.groups, seed=1)
    before = ours(issues, folds)
    changed = issues.outcomes.copy()
    mine = folds == folds[0]
    changed[mine] = 100 - changed[mine]
    after = ours(deu3.Issues(issues.names, issues.proposals, issues.disputes, changed), folds)
    for i in np.flatnonzero(mine):
        assert after[i].masses == pytest.approx(before[i].masses)
    assert any(not np.allclose(after[i].masses, before[i].masses) for i in np.flatnonzero(~mine))


def test_the_table_has_all_models_and_plain_data(tmp_path: Path) -> None:
    result = validate_deu3(write_deu3(tmp_path / "some.csv", 60), seed=4)
    assert {line.model for line in result.lines} == {OURS, *MODELS}
    assert [line.crps for line in result.lines] == sorted(line.crps for line in result.lines)
    data = result.to_dict()
    assert data["issues"] == 56
    assert data["folds"] == 10
    assert len(result.tables()["scores"].columns) == len(result.tables()["scores"].rows[0])
    few = validate_deu3(tmp_path / "some.csv", ["median"], seed=4)
    assert {line.model for line in few.lines} == {OURS, "compromise", "median"}
    assert plain(few.line("median")) == plain(result.line("median"))


def test_a_model_that_never_answers_is_named_and_not_scored(tmp_path: Path) -> None:
    path = write_deu3(tmp_path / "some.csv", 40)
    rows = [line.split(",") for line in path.read_text().splitlines()]
    at = rows[0].index("rp")
    path.write_text(
        "\n".join(",".join(c if i != at or n == 0 else "" for i, c in enumerate(r)) for n, r in enumerate(rows))
    )
    result = validate_deu3(path, ["nash", "procedural", "mean"])
    assert result.silent == ("nash", "procedural")
    assert result.unseen == 12
    assert "NaN" not in result.to_json()


def test_unseen_proposals_are_scored_with_the_shipped_parameters(tmp_path: Path) -> None:
    result = validate_deu3(write_deu3(tmp_path / "some.csv", 40), ["mean"], use_shipped=True)
    assert result.proposals == 12
    assert "shipped" in result.fitted_on


def test_too_few_proposals_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="proposals that can be scored"):
        validate_deu3(write_deu3(tmp_path / "few.csv", 12, proposals=3))


@needs_deu3
def test_shipped_parameters_come_from_the_development_data() -> None:
    issues = deu3.read(DEU3).scored()
    again = fit(issues.disputes, issues.outcomes)
    assert again.coefficients == pytest.approx(shipped().coefficients, abs=2e-4)
    assert shipped().about["issues"] == len(issues.names)
    with pytest.raises(Refusal, match="drop --shipped"):
        validate_deu3(DEU3, ["mean"], use_shipped=True)


@needs_deu3
def test_the_compromise_mean_scores_as_in_the_literature() -> None:
    issues = deu3.read(DEU3).scored()
    errors = [abs(compromise(d).point - y) for d, y in zip(issues.disputes, issues.outcomes, strict=True)]
    assert np.mean(errors) == pytest.approx(22.92, abs=0.01)


@needs_deu3
def test_out_of_fold_we_beat_the_compromise_mean_and_every_peer() -> None:
    result = validate_deu3(DEU3)
    own = result.line(OURS)
    assert own.mae_against_baseline.high < 0
    for line in result.lines:
        if line.model != OURS:
            assert line.relative < -5, line.model
            assert line.crps_of_ours.high < 0, line.model
    c = own.calibration
    assert c.p_value > 0.05
    assert c.coverage_low[1] <= 0.8 <= c.coverage_high[1]
    shipped_line = measured()[OURS]
    assert shipped_line.mae == pytest.approx(own.mae, abs=1e-3)
    assert shipped_line.crps == pytest.approx(own.crps, abs=1e-3)
