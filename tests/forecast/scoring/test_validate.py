"""The reader, the treaties, the folds, and the claims made on the development data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from halfway.errors import InputError, Refusal
from halfway.forecast.models.by_name import MODELS, OURS
from halfway.forecast.models.central import compromise
from halfway.forecast.models.treaties import BEFORE_NICE, LISBON, NICE, treaty
from halfway.forecast.own.distribution import Distribution
from halfway.forecast.own.learn import fit
from halfway.forecast.own.predictive import shipped
from halfway.forecast.scoring import deu3
from halfway.forecast.scoring.folds import answers, fold_of_each, implied, ours, points_of
from halfway.forecast.scoring.measured import held_out, measured, residuals
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
    result = validate_deu3(write_deu3(tmp_path / "some.csv", 60), "refit", seed=4)
    assert {line.model for line in result.lines} == {OURS, *MODELS}
    assert [line.crps for line in result.lines] == sorted(line.crps for line in result.lines)
    data = result.to_dict()
    assert data["issues"] == 56
    assert data["folds"] == 10
    assert len(result.tables()["scores"].columns) == len(result.tables()["scores"].rows[0])
    few = validate_deu3(tmp_path / "some.csv", "refit", ["median"], seed=4)
    assert {line.model for line in few.lines} == {OURS, "compromise", "median"}
    assert plain(few.line("median")) == plain(result.line("median"))


def test_a_model_that_never_answers_is_named_and_not_scored(tmp_path: Path) -> None:
    path = write_deu3(tmp_path / "some.csv", 40)
    rows = [line.split(",") for line in path.read_text().splitlines()]
    at = rows[0].index("rp")
    path.write_text(
        "\n".join(",".join(c if i != at or n == 0 else "" for i, c in enumerate(r)) for n, r in enumerate(rows))
    )
    result = validate_deu3(path, "refit", ["nash", "procedural", "mean"])
    assert result.silent == ("nash", "procedural")
    assert result.unseen == 12
    assert "NaN" not in result.to_json()


def test_held_out_proposals_are_scored_without_learning_anything_from_them(tmp_path: Path) -> None:
    path = write_deu3(tmp_path / "some.csv", 40)
    result = validate_deu3(path, "held-out", ["mean"])
    assert (result.mode, result.proposals, result.folds) == ("held-out", 12, 0)
    assert "nothing is learned from this file" in result.fitted_on
    # By hand: each point with the errors that the mean made on the development data.
    issues = deu3.read(path).scored()
    points = points_of(answers(MODELS["mean"], issues))
    own = [Distribution.of_samples(np.clip(p + residuals()["mean"], 0, 100)) for p in points]
    crps = [d.crps(y) for d, y in zip(own, issues.outcomes, strict=True)]
    assert result.line("mean").crps == pytest.approx(np.mean(crps))
    # An outcome that changes moves the score of its own issue alone: no model has learned from it.
    changed = issues.outcomes.copy()
    changed[0] = 100 - changed[0]
    text = path.read_text().splitlines()
    cells = text[1].split(",")
    at = text[0].split(",").index("out")
    moved = next(i for i, line in enumerate(text[1:], 1) if line.split(",")[at])
    cells = text[moved].split(",")
    cells[at] = f"{changed[0]:g}"
    text[moved] = ",".join(cells)
    path.write_text("\n".join(text) + "\n")
    again = validate_deu3(path, "held-out", ["mean"])
    step = (own[0].crps(changed[0]) - own[0].crps(issues.outcomes[0])) / len(own)
    assert again.line("mean").crps - result.line("mean").crps == pytest.approx(step)


def test_a_refit_says_that_it_is_no_test(tmp_path: Path) -> None:
    result = validate_deu3(write_deu3(tmp_path / "some.csv", 40), "refit", ["mean"])
    assert (result.mode, result.folds) == ("refit", 10)
    assert "what is shipped is not tested" in result.fitted_on
    assert result.provenance.parameters["mode"] == "refit"


def test_the_held_out_row_stands_first_and_contradicts_nothing() -> None:
    first, pooled = held_out()
    assert first.proposals == 40
    assert first.mae is not None
    assert first.compromise_mae is not None
    assert first.mae - first.compromise_mae == pytest.approx(first.mae_difference[0], abs=0.011)
    assert first.crps is not None
    assert first.compromise_crps is not None
    assert 100 * (first.crps / first.compromise_crps - 1) == pytest.approx(first.crps_percent[0], abs=0.1)
    for row in (first, pooled):
        for mean, low, high in (row.mae_difference, row.crps_percent):
            assert low < mean < high
    # 137 are these 40 and the development proposals.
    assert pooled.proposals == first.proposals + len(shipped().about["proposals"])


def test_the_shipped_residuals_sum_up_to_the_shipped_errors() -> None:
    for name, errors in residuals().items():
        assert np.abs(errors).mean() == pytest.approx(measured()[name].mae, abs=0.01)
        assert errors.shape == (measured()[name].issues,)
        assert (np.diff(errors) >= 0).all()
    assert set(residuals()) == set(MODELS)


def test_too_few_proposals_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="proposals that can be scored"):
        validate_deu3(write_deu3(tmp_path / "few.csv", 12, proposals=3), "refit")


@needs_deu3
def test_shipped_parameters_come_from_the_development_data() -> None:
    issues = deu3.read(DEU3).scored()
    again = fit(issues.disputes, issues.outcomes)
    assert again.coefficients == pytest.approx(shipped().coefficients, abs=2e-4)
    assert shipped().about["issues"] == len(issues.names)
    with pytest.raises(Refusal, match="or refit"):
        validate_deu3(DEU3, "held-out", ["mean"])


@needs_deu3
def test_the_compromise_mean_scores_as_in_the_literature() -> None:
    issues = deu3.read(DEU3).scored()
    errors = [abs(compromise(d).point - y) for d, y in zip(issues.disputes, issues.outcomes, strict=True)]
    assert np.mean(errors) == pytest.approx(22.92, abs=0.01)


@needs_deu3
def test_out_of_fold_we_beat_the_compromise_mean_and_every_peer() -> None:
    result = validate_deu3(DEU3, "refit")
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
