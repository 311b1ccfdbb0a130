"""The verb conduct: text by titles, pictures with their tables, nothing lost."""

from __future__ import annotations

import csv
from xml.etree import ElementTree

import pytest

from halfway.audit.run import audit
from halfway.case.catalog import load
from halfway.cli.main import main
from halfway.conduct.run import conduct
from halfway.space.compiled import compile_case

ASKED = ["conduct", "eu-belarus-2016", "--plan", "standing-suspension", "--runs", "40", "--draws", "2"]


def run(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    return stopped.value.code, capsys.readouterr()


def test_actors_types_phases_and_options_go_by_their_titles(capsys):
    status, said = run(ASKED, capsys)
    assert status == 1
    assert "Government of Belarus (Fears for his office)" in said.out
    assert "'Rights and reforms for lending; the suspension stands'" in said.out
    for key in ("exchange", "threatened", "standing-suspension", "no trigger is more likely"):
        assert key not in said.out
    assert max(len(line.rstrip()) for line in said.out.splitlines()) <= 130


def test_pictures_are_written_with_their_tables_and_never_over_others(tmp_path, capsys):
    folder = tmp_path / "new" / "pictures"
    status, said = run([*ASKED, "--pictures", str(folder)], capsys)
    assert status == 1
    assert f"pictures with their tables are in {folder}" in said.err
    names = {p.name for p in folder.iterdir()}
    for name in (
        "survival",
        "fans",
        "exposure",
        "region-minsk-threatened",
        "beliefs",
        "credibility",
        "diagram",
    ):
        assert {f"{name}.svg", f"{name}.csv"} <= names
        assert name in said.err
    assert len(names) % 2 == 0
    assert all(name.endswith((".svg", ".csv")) for name in names)
    for path in folder.glob("*.svg"):
        ElementTree.fromstring(path.read_text(encoding="utf-8"))
    with (folder / "survival.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert [row[0] for row in rows[1:]] == [
        f"{k} {p.title}" for k, p in enumerate(load("eu-belarus-2016").plans.values(), 1)
    ]
    before = (folder / "fans.svg").read_bytes()
    status, said = run([*ASKED, "--seed", "1", "--pictures", str(folder)], capsys)
    assert status == 2
    assert "is there already" in said.err
    assert (folder / "fans.svg").read_bytes() == before
    status, said = run([*ASKED, "--seed", "1", "--force", "--json", "--pictures", str(folder)], capsys)
    assert status == 1
    assert "pictures with their tables" in said.err
    assert said.out.startswith("{")
    assert (folder / "fans.svg").read_bytes() != before


def test_a_file_in_the_place_of_the_folder_is_said(tmp_path, capsys):
    taken = tmp_path / "thesis"
    taken.write_text("four years of work")
    status, said = run([*ASKED, "--force", "--pictures", str(taken)], capsys)
    assert status == 2
    assert "cannot write into" in said.err
    assert taken.read_text() == "four years of work"


def test_a_compiled_case_gives_the_same_result_whatever_was_asked_before():
    case = load("eu-belarus-2016")
    one = conduct(case, "relief-as-given", runs=0, with_thresholds=False)
    findings = audit(case, plan="relief-as-given").findings
    compiled = compile_case(case)
    for _ in range(2):
        assert conduct(compiled, "relief-as-given", runs=0, with_thresholds=False).to_dict() == one.to_dict()
        assert audit(compiled, plan="relief-as-given").findings == findings
