"""The comparison of plans: its figures, its tables in other programs' formats, its command."""

import csv
import json
import math
import subprocess
import sys

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from halfway.case.catalog import load
from halfway.case.reader import build
from halfway.cli.main import main
from halfway.errors import Refusal
from halfway.explore.compare import compare
from halfway.result import Table
from halfway.space.plan.outcomes import drawn_values, plan_values
from halfway.space.utilities.draws import draw
from halfway.space.utilities.space import compile_space
from halfway.testing import Wanted, case_data
from tests.space import by_label
from tests.space.packages.test_levels import possible, slow_level
from tests.space.utilities.test_utilities import two_issues

PLANS = Wanted(
    plans=2, phases=2, linkages=True, constraints=True, walk_aways=True, types=True, seats=True, transfers=True,
    uncertain=True,
)  # fmt: skip
CASE = "eu-belarus-2016"


@pytest.fixture(scope="module")
def result():
    return compare(load(CASE), draws=200, seed=1)


@settings(max_examples=100, deadline=None)
@given(case_data(PLANS))
def test_intervals_are_percentiles_of_the_plans_draws(data):
    case = build(data)
    space, drawn = compile_space(case), draw(case, 40, 3)
    found = compare(case, draws=40, seed=3)
    for name, plan in case.plans.items():
        values = plan_values(space, name, plan)
        utility = drawn_values(space, plan, values, drawn)
        today = drawn.values(space.status_quo[None, :])[:, :, 0]
        for a, actor in enumerate(space.actors):
            outcome = found[name].actors[actor]
            assert outcome.utility.centre == pytest.approx(values.long_run[a])
            assert outcome.utility.low == pytest.approx(np.percentile(utility[:, a], 5))
            assert outcome.utility.high == pytest.approx(np.percentile(utility[:, a], 95))
            gain = utility[:, a] - today[:, a]
            assert outcome.over_status_quo.high == pytest.approx(np.percentile(gain, 95), abs=1e-9)
            assert outcome.better_than_status_quo == np.mean(gain > 1e-9)
            margin = utility[:, a] - drawn.walk_away[:, a]
            assert outcome.no_worse_than_walk_away == np.mean(margin >= -1e-9)


@settings(max_examples=60, deadline=None)
@given(case_data(PLANS, uncertain=False, transfers=False, phases=1))
def test_sides_move_as_the_definition_says(data):
    case = build(data)
    found = compare(case, draws=2)
    values = [{a: by_label.utility(data, a, p) for a in data["actors"]} for p in possible(data)]
    for name, plan in data["plans"].items():
        package = by_label.prescribed(data, plan)["f0"]
        for side in found[name].sides:
            a, b = side.mover, side.towards
            level = slow_level(values, a, b, by_label.utility(data, a, package))
            before = slow_level(values, a, b, by_label.utility(data, a, data["status_quo"]))
            if level is None:
                assert side.level is None
                assert side.movement is None
                continue
            assert side.level.centre == pytest.approx(float(level), abs=1e-5)
            assert side.movement.centre == pytest.approx(float(level - before), abs=1e-5)
            assert side.status_quo_level == pytest.approx(float(before), abs=1e-5)
            gains = [
                float(by_label.utility(data, x, package) - by_label.utility(data, x, data["status_quo"]))
                for x in (a, b)
            ]
            if min(gains) >= 0 and sum(gains) > 1e-6:
                assert side.joint_gain_share == pytest.approx(gains[0] / sum(gains), abs=1e-4)
            elif min(gains) < -1e-6:
                assert side.joint_gain_share is None


def test_the_same_seed_gives_the_same_result(result):
    assert compare(load(CASE), draws=200, seed=1).to_json() == result.to_json()
    assert compare(load(CASE), draws=200, seed=2).to_json() != result.to_json()


def test_a_case_that_only_ranks_is_refused():
    data = two_issues()
    data["actors"]["b"] = {"statements": [{"prefer": {"trade": "yes"}}]}
    data["plans"] = {"p": {"phases": {"only": {"package": {"trade": "yes"}}}}}
    with pytest.raises(Refusal, match="R010"):
        compare(build(data))


def test_without_a_status_quo_there_are_no_movements():
    data = two_issues()
    del data["status_quo"]
    data["plans"] = {"p": {"phases": {"only": {"package": {"trade": "yes", "peace": "no"}}}}}
    data["actors"]["a"]["interests"]["trade"] = {"values": {"no": 100, "yes": 0}}
    found = compare(build(data), draws=3)
    side = found["p"].sides[0]
    assert side.level is not None
    assert side.movement is None
    assert found["p"].actors["a"].over_status_quo is None
    assert found.tables()["sides"].rows[0][6:9] == (None, None, None)


# Exports.


def same(left, right):
    if left is None or right is None:
        return left is None and right is None
    if isinstance(left, float):
        return math.isclose(left, right, rel_tol=1e-15, abs_tol=1e-15)
    return left == right


@pytest.mark.parametrize("name", ["actors", "sides", "concessions", "types", "packages", "irreversible"])
def test_parquet_keeps_numbers_numbers_and_names_names(result, tmp_path, name):
    table = result.tables()[name]
    result.save(tmp_path / "t.parquet", name)
    back = duckdb.sql(f"SELECT * FROM '{tmp_path / 't.parquet'}'")
    assert tuple(back.columns) == table.columns
    rows = back.fetchall()
    assert len(rows) == len(table.rows)
    assert all(same(a, b) for row, other in zip(table.rows, rows, strict=True) for a, b in zip(row, other, strict=True))


@pytest.mark.parametrize("name", ["actors", "sides", "concessions", "packages"])
def test_csv_opens_with_the_mark_that_excel_looks_for_and_keeps_every_digit(result, tmp_path, name):
    table = result.tables()[name]
    result.save(tmp_path / "t.csv", name)
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbf" + table.columns[0].encode())
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert tuple(header) == table.columns
    for row, text in zip(table.rows, rows, strict=True):
        assert all(cell == "" if v is None else type(v)(cell) == v for v, cell in zip(row, text, strict=True))


def test_stata_and_pandas(result, tmp_path):
    result.save(tmp_path / "t.dta", "sides")
    stata, frame = pd.read_stata(tmp_path / "t.dta"), result.to_pandas("sides")
    assert list(stata.columns) == list(frame.columns)
    assert stata["level"].tolist() == frame["level"].tolist()
    assert stata["mover"].tolist() == frame["mover"].tolist()


AWKWARD = Table(
    "awkward",
    ("name", "option", "nothing", "sure", "count", "mixed", "an odd [label], é"),
    (
        ("1", "no", None, True, 3, 1, "2020-08-09"),
        ("2", "12:30", None, None, None, 2.5, None),
        ('a, "b"\nc', "yes", None, False, 2**40, float("nan"), "é"),
    ),
)


def test_names_that_look_like_something_else_survive_parquet(tmp_path):
    AWKWARD.to_parquet(tmp_path / "t.parquet")
    back = duckdb.sql(f"SELECT * FROM '{tmp_path / 't.parquet'}'")
    assert [str(t) for t in back.types] == ["VARCHAR", "VARCHAR", "DOUBLE", "BOOLEAN", "BIGINT", "DOUBLE", "VARCHAR"]
    rows = back.fetchall()
    assert rows[:2] == [AWKWARD.rows[0], AWKWARD.rows[1]]
    assert rows[2][0] == 'a, "b"\nc'
    assert math.isnan(rows[2][5])


def test_names_that_look_like_something_else_survive_stata(tmp_path):
    AWKWARD.to_stata(tmp_path / "t.dta")
    back = pd.read_stata(tmp_path / "t.dta")
    assert list(back.columns) == ["name", "option", "nothing", "sure", "count", "mixed", "an_odd__label___é"]
    assert back["option"].tolist() == ["no", "12:30", "yes"]
    assert back["sure"].tolist()[::2] == [1.0, 0.0]
    assert back["nothing"].isna().all()
    assert back["an_odd__label___é"].tolist() == ["2020-08-09", "", "é"]


def test_empty_tables_can_be_written(tmp_path):
    empty = Table("empty", ("a", "b"), ())
    empty.to_parquet(tmp_path / "t.parquet")
    empty.to_csv(tmp_path / "t.csv")
    assert duckdb.sql(f"SELECT * FROM '{tmp_path / 't.parquet'}'").fetchall() == []
    assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig") == "a,b\n"


# The command.


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as stopped:
        main(["compare", *map(str, arguments)])
    printed = capsys.readouterr()
    return stopped.value.code, printed.out, printed.err


def test_the_command_says_who_gets_what(capsys):
    status, out, _ = run(capsys, CASE, "--draws", 50)
    assert status == 0
    assert "European Union goes 53% [" in out
    assert "Keep it suspended, renew it, and be able to resume (standing-suspension)" in out
    assert "50 draws, seed 20200809" in out


def test_the_command_in_json(capsys):
    status, out, _ = run(capsys, CASE, "--draws", 50, "--seed", 9, "--plan", "relief-as-given", "--json")
    assert status == 0
    found = json.loads(out)
    assert list(found["plans"]) == ["relief-as-given"]
    assert found["provenance"]["seed"] == 9
    assert found["provenance"]["parameters"]["draws"] == 50
    plan = found["plans"]["relief-as-given"]
    assert set(plan["actors"]["minsk"]["by_type"]) == {"secure", "threatened"}
    assert plan["sides"][0]["movement"]["centre"] == plan["movement"]["eu"]["minsk"]


def test_the_command_saves(capsys, tmp_path):
    status, _, err = run(capsys, CASE, "--draws", 20, "-o", tmp_path / "a.csv", "--table", "sides")
    assert status == 0
    assert err == f"written: {tmp_path / 'a.csv'}\n"
    assert (tmp_path / "a.csv").read_text(encoding="utf-8-sig").startswith("plan,mover,towards,level")
    status, out, _ = run(capsys, CASE, "--draws", 20, "--json", "-o", tmp_path / "a.json")
    assert json.loads(out) == json.loads((tmp_path / "a.json").read_text())


def test_bad_input_is_told_in_a_line(capsys, tmp_path):
    for arguments, code in (
        ((CASE, "-o", tmp_path / "a.xls"), "F005"),
        ((CASE, "--plan", "reliefs"), "R002"),
        ((CASE, "--members", "minsk"), "R004"),
        (("elmira",), "R001"),
    ):
        status, out, error = run(capsys, *arguments, "--draws", 5)
        assert status == 2
        assert code in error
        assert not out
    assert run(capsys, CASE, "--draws", 0)[0] == 2


def test_a_group_is_opened_for_the_comparison(capsys):
    status, out, _ = run(capsys, "dayton-1995", "--members", "croatia", "--draws", 20, "--json")
    assert status == 0
    found = json.loads(out)
    assert {"zagreb", "herzeg_bosna"} <= set(found["walk_away"])
    assert found["provenance"]["parameters"]["opened"] == ["croatia"]


def test_loading_the_command_loads_nothing_heavy():
    heavy = ("pandas", "numba", "duckdb", "jinja2", "numpy")
    code = f"import sys, halfway.cli.compare; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_break_evens_are_those_of_the_signatories_own_numbers():
    from halfway.explore.break_evens import break_evens
    from halfway.space.compiled import compile_case
    from tests.explore.futures.test_design import case_of

    case = case_of()
    found = compare(case, graded=False, draws=10)["swap"].actors
    every = {b.input: b for b in break_evens(compile_case(case), "swap", "north")}
    uncertain = {n: b for n, b in every.items() if b.within is not None}
    assert {b.input: b for b in found["north"].break_evens} == uncertain
    assert uncertain
    table = compare(case, graded=False, draws=10).tables()["break_evens"]
    assert [r[:3] for r in table.rows] == [("swap", a, b.input) for a, o in found.items() for b in o.break_evens]
