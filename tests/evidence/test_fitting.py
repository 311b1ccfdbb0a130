"""The procedure on made-up plans: it finds skill that is there, is quiet where there is none, and ships only as it may."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from halfway.errors import InputError, Refusal
from halfway.evidence.coded import Coded, CodedActor, read_coded
from halfway.evidence.fitted_link import FittedLink, anchored, read_link, shipped_link
from halfway.evidence.fitting import beats_base_rate, choose, quiet_on_permuted, resampled_coefficients

SCRIPT = Path(__file__).parents[2] / "scripts" / "fit_chance.py"


def made_up(slope: float, seed: int, plans: int = 28, actors: int = 3) -> Coded:
    """Plans whose actors fail by a logit on log(1 + temptation) with this slope, half of them in all."""
    rng = np.random.default_rng(seed)
    rows = []
    for p in range(plans):
        for a in range(actors):
            t = float(rng.choice([0.0, rng.gamma(1.0, 10.0)]))
            chance = 1 / (1 + np.exp(-slope * (np.log1p(t) - 1.0)))
            vague = float(rng.integers(0, 5)) / 4
            rows.append(
                CodedActor(f"plan {p}", f"actor {a}", t, min(100.0, t * 2), vague, bool(rng.random() < chance), 1 + a)
            )
    return Coded(tuple(rows))


def test_skill_that_is_there_is_found() -> None:
    found = choose(made_up(1.8, 3), draws=2_000)
    assert found.beats_base_rate
    assert found.link.name in ("points", "points-vague", "quantal")
    assert found.line.gain.point > 0.05
    assert found.line.concordance.point > 0.7
    assert found.line.brier.point < next(r for r in found.lines if r.link == "base-rate").brier.point
    assert {r.link for r in found.lines if r.role == "rival"} == {"base-rate", "vague", "promises"}
    again = choose(made_up(1.8, 3), draws=2_000)
    assert (found.lines, found.plans, found.chances.tolist()) == (again.lines, again.plans, again.chances.tolist())
    assert beats_base_rate(made_up(1.8, 3), made_up(1.8, 3).failed)


def test_the_truth_scores_no_worse_than_what_was_fitted() -> None:
    coded = made_up(1.8, 11, plans=150)
    found = choose(coded, draws=500)
    t = np.array([r.temptation for r in coded.rows])
    truth = 1 / (1 + np.exp(-1.8 * (np.log1p(t) - 1.0)))
    from halfway.evidence.scoring import log_losses

    best = float(log_losses(truth, coded.failed).mean())
    assert best - 0.01 <= found.line.log_loss.point <= best + 0.05


def test_the_procedure_is_quiet_on_permuted_outcomes() -> None:
    # The bound is that of CONDUCT: 90 of 100. Fewer runs here; the script does all of them.
    assert quiet_on_permuted(made_up(1.8, 3), runs=20, draws=400) >= 18


def test_no_skill_is_not_found() -> None:
    sets = [made_up(0.0, seed) for seed in range(12)]
    quiet = sum(not beats_base_rate(coded, coded.failed, draws=400) for coded in sets)
    assert quiet >= 10


def test_one_outcome_or_few_plans_are_refused() -> None:
    with pytest.raises(Refusal, match="R072"):
        choose(made_up(1.0, 1, plans=5))
    coded = made_up(1.0, 1)
    with pytest.raises(Refusal, match="R072"):
        choose(coded, np.zeros(len(coded.rows)))


def _fitted(coded: Coded, **changes: object) -> FittedLink:
    found = choose(coded, draws=500)
    data = {
        "link": found.link.name,
        "coefficients": dict(
            zip(found.link.parameters, found.link.fit(found.link.predictors(coded.rows), coded.failed), strict=True)
        ),
        "resampled": resampled_coefficients(found.link, coded, draws=40).tolist(),
        "plans": len(set(coded.plans)),
        "actors": len(coded.rows),
        "base_rate": float(coded.failed.mean()),
        "log_score_gain": {"point": 0.2, "low": 0.1, "high": 0.3},
        "permutation_runs": 100,
        "permutation_quiet": 95,
        "anchor": {"name": "full agreements", "failure_rate": 0.25, "source": "made up"},
        "support": [0.0, max(r.temptation for r in coded.rows)],
        "coded": [
            {"plan": r.plan, "actor": r.actor, "score": 0.1 * k % 1, "failed": r.failed}
            for k, r in enumerate(coded.rows)
        ],
        "rows_sha256": coded.digest,
        "seed": 1,
        "version": "test",
        **changes,
    }
    return FittedLink.model_validate(data)


ACTOR = CodedActor("new", "north", 4.0, 8.0, 0.5, False)


def test_a_chance_is_given_only_where_it_may() -> None:
    coded = made_up(1.8, 3)
    link = _fitted(coded)
    found = link.chance(ACTOR)
    assert found is not None
    point, low, high = found
    assert 0 < low <= point <= high < 1
    # Half of the coded set failed, a quarter of the population: the chance is lower than the score.
    assert point < link.score(ACTOR)
    assert link.chance(CodedActor("new", "north", 1e6, 8.0, 0.5, False)) is None
    for change, why in (
        ({"log_score_gain": {"point": 0.2, "low": -0.01, "high": 0.3}}, "not measurably better"),
        ({"permutation_quiet": 89}, "89 of 100"),
        ({"anchor": None}, "population"),
    ):
        withheld = _fitted(coded, **change)
        assert withheld.chance(ACTOR) is None
        assert why in str(withheld.withheld)
        assert withheld.rank(ACTOR) == link.rank(ACTOR)


def test_a_rank_counts_those_below() -> None:
    coded = made_up(1.8, 3)
    link = _fitted(coded)
    below_kept, kept, below_failed, failed = link.rank(ACTOR)
    own = link.score(ACTOR)
    assert below_kept == sum(c.score < own for c in link.coded if not c.failed)
    assert (kept, failed) == (int((coded.failed == 0).sum()), int(coded.failed.sum()))
    assert 0 <= below_failed <= failed


def test_anchoring_moves_the_mean_odds_and_nothing_where_rates_agree() -> None:
    assert anchored(0.3, 0.5, 0.5) == pytest.approx(0.3)
    assert anchored(0.5, 0.5, 0.2) == pytest.approx(0.2)
    # King and Zeng's correction takes ln[(1 − τ)/τ · ȳ/(1 − ȳ)] off the intercept.
    z, tau, share = 0.7, 0.1, 0.4
    z_moved = z - np.log((1 - tau) / tau * share / (1 - share))
    assert anchored(1 / (1 + np.exp(-z)), share, tau) == pytest.approx(1 / (1 + np.exp(-z_moved)))


def test_the_shipped_link_refuses_where_there_is_none() -> None:
    path = Path(sys.modules["halfway.evidence.fitted_link"].__file__ or "").parent / "data" / "fitted_link.json"
    if path.exists():
        assert shipped_link().actors > 0
        return
    with pytest.raises(Refusal, match="R071"):
        shipped_link()


def test_every_fault_of_a_link_file_is_named(tmp_path: Path) -> None:
    good = json.loads(_fitted(made_up(1.8, 3)).model_dump_json())
    path = tmp_path / "link.json"
    path.write_text(json.dumps({**good, "link": "tea-leaves"}))
    with pytest.raises(InputError, match="tea-leaves"):
        read_link(path)
    path.write_text(json.dumps({**good, "plans": 0, "seed": "x"}))
    with pytest.raises(InputError) as caught:
        read_link(path)
    assert len(caught.value.problems) == 2
    path.write_text(json.dumps(good))
    assert read_link(path) == _fitted(made_up(1.8, 3))
    with pytest.raises(InputError, match="F654"):
        read_link(tmp_path / "none.json")


def _write(path: Path, coded: Coded) -> Path:
    lines = ["plan,actor,temptation,percent_of_stake,vague,outcome,promises"]
    for r in coded.rows:
        outcome = "failed" if r.failed else "kept"
        lines.append(f"{r.plan},{r.actor},{r.temptation!r},{r.percent_of_stake!r},{r.vague},{outcome},{r.promises}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_rows_are_read_as_written(tmp_path: Path) -> None:
    coded = made_up(1.0, 2)
    read = read_coded(_write(tmp_path / "rows.csv", coded))
    assert read == coded
    assert read.digest == Coded(coded.rows[::-1]).digest


def test_every_bad_cell_is_named_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    head = "plan,actor,temptation,percent_of_stake,vague,outcome\n"
    path.write_text(head + "p,a,1,2,0.5,kept\np,b,-1,2,1.5,late\np,a,1,2,0.5,kept\np,c,1,2,,failed\n")
    with pytest.raises(InputError) as caught:
        read_coded(path)
    assert [(p.code, p.place.line) for p in caught.value.problems if p.place] == [
        ("F652", 3), ("F652", 3), ("F652", 3), ("F653", 4), ("F652", 5),
    ]  # fmt: skip
    path.write_text("plan,actor\n")
    with pytest.raises(InputError, match="F651"):
        read_coded(path)
    path.write_bytes("plan,actor\nKöln,a\n".encode("latin-1"))
    with pytest.raises(InputError, match="F650"):
        read_coded(path)


def test_the_script_fits_writes_and_says_what_it_found(tmp_path: Path) -> None:
    rows = _write(tmp_path / "rows.csv", made_up(1.8, 3))
    out = tmp_path / "link.json"
    done = subprocess.run(
        [
            sys.executable, str(SCRIPT), str(rows), "--runs", "3", "-o", str(out),
            "--anchor", "a population", "--failure-rate", "0.25", "--anchor-source", "made up",
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    link = read_link(out)
    assert link.plans == 28
    assert link.actors == 84
    assert link.permutation_runs == 3
    assert "no number of runs below 100 lets a probability ship" in done.stdout
    assert link.withheld is not None
    again = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path / "none.csv")], capture_output=True, text=True, check=False
    )
    assert again.returncode == 2
    assert "F650" in again.stderr
    assert "Traceback" not in again.stderr
