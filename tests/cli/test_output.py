"""Every verb hands over its answer in the same ways: to a file, as a table, as JSON; and says so beside the answer."""

from __future__ import annotations

import csv
import io
import json

import pytest

from halfway.cli.main import VERBS, main

CASE = "eu-belarus-2016"
ANSWERS = {
    "settle": ([CASE], "frontier"),
    "talks": ([CASE, "--runs", "3"], "sessions"),
    "tournament": ([CASE, "--strategies", "grim,always_break"], "invasions"),
    "stability": ([CASE, "--draws", "0"], "departures"),
    "conduct": ([CASE, "--runs", "0"], "calendar"),
    "repair": ([CASE, "--most", "2"], "tried"),
    "propose": ([CASE, "--most", "3", "--aims", "1"], "rivals"),
    "forecast": (["emission-standards"], "levers"),
    "audit": ([CASE], "findings"),
    "compare": ([CASE, "--draws", "20"], "sides"),
    "text": (["camp-david-1978"], "drafts"),
    "cases": (["--search", "belarus"], "cases"),
}
TAKES_A_CASE = [v for v in ANSWERS if v != "cases"] + ["check", "seal", "brief", "sheet"]


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as caught:
        main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return caught.value.code, out, err


@pytest.mark.parametrize("verb", list(ANSWERS))
def test_a_table_goes_to_a_file_or_alone_to_standard_output(verb, capsys, tmp_path):
    arguments, table = ANSWERS[verb]
    status, printed, err = run(capsys, verb, *arguments, "--table", table)
    assert status in (0, 1)
    rows = list(csv.reader(io.StringIO(printed)))
    assert len({len(row) for row in rows}) == 1
    path = tmp_path / "there.csv"
    status, shown, err = run(capsys, verb, *arguments, "--table", table, "-o", path)
    assert f"written: {path}" in err
    assert "written:" not in shown
    assert list(csv.reader(io.StringIO(path.read_text("utf-8-sig")))) == rows
    status, _, err = run(capsys, verb, *arguments, "-o", path)
    assert status == 2
    assert "F003" in err
    status, _, err = run(capsys, verb, *arguments, "-o", tmp_path / "new.csv", "--table", "nonsense")
    assert status == 2
    assert "R002 no table 'nonsense'" in err
    assert not (tmp_path / "new.csv").exists()


def test_everything_goes_to_a_json_file_and_nothing_but_json_to_standard_output(capsys, tmp_path):
    path = tmp_path / "there.json"
    _, printed, err = run(capsys, "compare", CASE, "--draws", "20", "--json", "-o", path)
    assert json.loads(printed) == json.loads(path.read_text())
    assert err == f"written: {path}\n"


def test_an_ending_that_names_no_format_is_refused_before_the_work(capsys, tmp_path):
    status, out, err = run(capsys, "settle", CASE, "-o", tmp_path / "x.doc")
    assert (status, out) == (2, "")
    assert "F005" in err


@pytest.mark.parametrize("verb", TAKES_A_CASE)
def test_every_verb_about_a_case_can_change_a_value_and_open_a_group(verb):
    import importlib

    command = importlib.import_module(f"halfway.cli.{VERBS[verb][0]}").command
    spelled = {name for option in command.params for name in option.opts}
    assert {"--set", "--members"} <= spelled


def test_a_value_is_changed_for_one_run(capsys):
    _, plain, _ = run(capsys, "check", CASE, "--json")
    _, changed, _ = run(capsys, "check", CASE, "--json", "--set", "horizon=24")
    assert json.loads(plain)["hash"] != json.loads(changed)["hash"]
    _, same, _ = run(capsys, "check", CASE, "--json", "--set", "horizon=60")
    assert json.loads(plain)["hash"] == json.loads(same)["hash"]
    status, _, err = run(capsys, "check", CASE, "--set", "horizonn=24")
    assert status == 2
    assert "R002 no key 'horizonn' at the top of a case; did you mean 'horizon'?" in err
    status, _, err = run(capsys, "check", CASE, "--set", "status_quo={sanctions: lifted")
    assert status == 2
    assert "--set" in err


@pytest.mark.parametrize(
    ("arguments", "old", "new"),
    [
        (("compare", "dayton-1995", "--draws", "5", "--open", "croatia"), "--open GROUP", "--members GROUP"),
        (("compare", CASE, "--draws", "5", "--save", "FILE"), "--save", "-o"),
        (("stability", CASE, "--draws", "0", "--states"), "--states", "--list-states"),
        (("stability", CASE, "--draws", "0", "--save", "FILE"), "--save", "-o"),
    ],
)
def test_old_spellings_work_and_say_the_new_one(arguments, old, new, capsys, tmp_path):
    path = tmp_path / "x.csv"
    status, out, err = run(capsys, *(str(path) if a == "FILE" else a for a in arguments))
    assert status == 0
    assert out
    assert f"{old} is now spelled {new}; the old spelling will go" in err
    assert path.exists() == ("FILE" in arguments)


def test_a_schema_for_every_verb_with_a_result(capsys):
    status, out, _ = run(capsys, "schema", "--result", "settle")
    assert status == 0
    assert json.loads(out)["title"] == "SettleResult"
    assert run(capsys, "schema", "--result", "nonsense")[0] == 2
