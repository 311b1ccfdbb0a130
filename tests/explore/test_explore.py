"""Exploring a case: one digest however it is computed, parts redone after a kill, and figures that follow the rows."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from halfway.case.catalog import load
from halfway.case.reader import build
from halfway.errors import Refusal
from halfway.explore.execution import run_missing
from halfway.explore.futures.design import dimensions, futures
from halfway.explore.futures.outcomes import plan_in_futures
from halfway.explore.run import begin, explore
from halfway.space.compiled import compile_case
from halfway.store.run_folder import merge
from tests.explore.futures.test_design import case_of

CASE = "eu-belarus-2016"


def small(compiled, folder: Path, futures_: int = 160, block: int = 16):
    """A run in many parts: the block that a case would choose holds all of them."""
    from dataclasses import replace

    from halfway.store.run_folder import open_run

    with_block = replace(
        begin(compiled, folder / "sized", (), futures_, ("interests", "walk_away"), 5, fresh=False).manifest
    )
    return open_run(folder / "run", replace(with_block, block=block), False)


@pytest.fixture(scope="module")
def compiled():
    return compile_case(load(CASE))


@pytest.fixture(scope="module")
def digest(compiled, tmp_path_factory):
    run = small(compiled, tmp_path_factory.mktemp("serial"))
    run_missing(run, compiled=compiled)
    return run.digest()


def test_a_pool_gives_the_same_digest(compiled, digest, tmp_path):
    run = small(compiled, tmp_path)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        done = run_missing(run, pool, workers=2)
    assert done.computed == len(run.manifest.keys)
    assert run.digest() == digest


def test_three_shards_merged_give_the_same_digest(compiled, digest, tmp_path):
    shards = [small(compiled, tmp_path / str(i)) for i in range(3)]
    for i, shard in enumerate(shards):
        run_missing(shard, shard=(i + 1, 3), compiled=compiled)
    into = small(compiled, tmp_path / "into")
    assert merge([s.path for s in shards], into) == len(into.manifest.keys)
    assert into.digest() == digest


def test_killed_at_any_moment_it_resumes_with_nothing_lost(compiled, digest, tmp_path):
    run = small(compiled, tmp_path)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from halfway.explore.execution import run_missing\n"
        "from halfway.store.run_folder import RunFolder, read_manifest\n"
        "path = Path(sys.argv[1])\n"
        "run_missing(RunFolder(path, read_manifest(path)))\n"
    )
    kills = 0
    for wait_for in (1, 6):
        child = subprocess.Popen([sys.executable, "-c", code, str(run.path)])
        deadline = time.monotonic() + 120
        while len(list(run.path.glob("part-*"))) < wait_for and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        if child.poll() is None:
            os.kill(child.pid, signal.SIGKILL)
            kills += 1
        child.wait()
    assert kills >= 1
    there = len(run.done())
    done = run_missing(run, compiled=compiled)
    assert done.computed == len(run.manifest.keys) - there
    assert run.digest() == digest


def test_a_finished_store_is_shown_without_computing(compiled, tmp_path):
    first = explore(compiled, futures=64, store=tmp_path)
    again = explore(compiled, futures=64, store=tmp_path)
    assert (first.computed > 0, again.computed) == (True, 0)
    assert first.to_json().replace(f'"computed": {first.computed}', "") == again.to_json().replace('"computed": 0', "")


def test_outcomes_at_a_point_are_those_of_the_case_with_that_point_typed_in():
    """Swapping numbers in a compiled plan is the same as writing them into the file."""
    from halfway.conduct.run import conduct

    case = case_of()
    compiled = compile_case(case)
    names = tuple(d.name for d in dimensions(compiled))
    found = plan_in_futures(compiled, "swap").columns(names, 3, range(8))
    drawn = futures(case, names, 3, range(8))
    for f in range(8):
        values = {
            n: float(drawn.read(e, tuple(n.split("/")))[f])
            for n, e in (
                ("actors/north/interests/land/values/keep", case.actors["north"].interests["land"].values["keep"]),
                ("actors/north/interests/land/values/give", case.actors["north"].interests["land"].values["give"]),
                ("actors/north/walk_away/utility", case.actors["north"].walk_away.utility),
                ("actors/north/patience/value", case.actors["north"].patience.value),
                ("plans/swap/transfers/0/amount", case.plans["swap"].transfers[0].amount),
            )
        }
        data = case.model_dump(mode="json", exclude_unset=True)
        north = data["actors"]["north"]
        north["interests"]["land"]["values"] = {
            "keep": repr(round(values["actors/north/interests/land/values/keep"], 9)),
            "give": repr(round(values["actors/north/interests/land/values/give"], 9)),
        }
        north["walk_away"] = repr(round(values["actors/north/walk_away/utility"], 9))
        north["patience"] = repr(round(values["actors/north/patience/value"], 9))
        data["plans"]["swap"]["transfers"][0]["amount"] = repr(round(values["plans/swap/transfers/0/amount"], 9))
        typed = compile_case(build(data))
        kept = typed.values("swap")
        for a, actor in enumerate(typed.space().actors):
            assert found[f"utility:{actor}"][f] == pytest.approx(kept.long_run[a], abs=1e-5)
            assert found[f"discounted:{actor}"][f] == pytest.approx(kept.discounted[a], abs=1e-5)
            margin = kept.long_run[a] - typed.space().walk_away[a]
            assert found[f"over_walk_away:{actor}"][f] == pytest.approx(margin, abs=1e-5)
        judged = conduct(typed, "swap", runs=0, draws=1)
        for actor in ("north", "south"):
            if f"temptation:{actor}" in found:
                exact = judged.to_dict()["actors"][actor]["temptation"]["points"]
                assert found[f"temptation:{actor}"][f] == pytest.approx(exact, abs=1e-5)


def test_measures_and_shares_follow_the_rows(compiled):
    result = explore(compiled, futures=64)
    names = list(result.plans)
    for plan, found in result.plans.items():
        assert found.success == pytest.approx(result.met[plan].mean())
        for a, actor in enumerate(result.actors):
            own = result.utility[names.index(plan), :, a]
            lost = result.utility[:, :, a].max(axis=0) - own
            assert found.measures[actor].maximum_regret == pytest.approx(lost.max())
            assert found.measures[actor].mean == pytest.approx(own.mean())
    for regions in result.weights.values():
        assert sum(r.share for r in regions) == pytest.approx(1, abs=1e-9)


def test_a_rule_of_success_of_ones_own(compiled):
    loose = explore(compiled, futures=64, success=["signed"])
    strict = explore(compiled, futures=64, success=["signed", "over_today:minsk >= 1000"])
    assert all(p.success == p.signed for p in loose.plans.values())
    assert all(p.success == 0 for p in strict.plans.values())
    with pytest.raises(Refusal, match="R621"):
        explore(compiled, futures=32, success=["over_today:minks > 1"])


@pytest.mark.parametrize(
    ("options", "code"),
    [({"futures": 0}, "R622"), ({"futures": 10**9}, "R622"), ({"on": ("payments",)}, "R623"), ({"on": ("x",)}, "R620")],
)
def test_refusals(compiled, options, code):
    with pytest.raises(Refusal, match=code):
        explore(compiled, **options)


def test_tables_open_elsewhere(compiled, tmp_path):
    result = explore(compiled, futures=32)
    tables = result.tables()
    assert list(tables) == ["measures", "futures", "boxes", "levers", "weights", "satisfied"]
    assert len(tables["futures"].rows) == 32 * len(result.plans)
    frame = tables["measures"].to_pandas()
    assert np.isfinite(frame["mean"]).all()


def test_levers_come_on_request_and_as_a_table():
    case = case_of()
    assert explore(case, futures=32).levers == {}
    found = explore(case, futures=32, with_levers=True)
    own = found.levers["swap"]
    assert {v.input for v in own.shares["north"]} == {
        "actors/north/interests/land/values/give", "plans/swap/transfers/0/amount", "actors/north/walk_away/utility",
    }  # fmt: skip
    rows = found.tables()["levers"].rows
    assert [r[2] for r in rows].count("share") == sum(len(s) for s in own.shares.values())
    assert [r[4] for r in rows if r[2] == "break_even"] == [b.at for e in own.break_evens.values() for b in e]


def test_plans_compare_by_the_order_of_weights_alone(compiled):
    found = explore(compiled, futures=32)
    first, second = found.plans
    for actor, pairs in found.ranked.items():
        assert list(pairs) == [f"{first}>{second}"]
        one = pairs[f"{first}>{second}"]
        lead = compiled.values(first).long_run - compiled.values(second).long_run
        a = compiled.space().actor(actor)
        # The actor's own weights are in that order, so its own lead lies between the extremes.
        assert one.low - 1e-9 <= lead[a] <= one.high + 1e-9
        assert 0 <= one.better <= 1
    assert "eu" in found.ranked
