"""The verb `explore`: stores, shards and merging from the command line, files written, refusals in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from halfway.cli.main import main

CASE = "eu-belarus-2016"


@pytest.fixture
def run(capsys):
    def call(*args: str) -> tuple[int, str, str]:
        try:
            status = main(["explore", *args])
        except SystemExit as end:
            status = end.code
        out = capsys.readouterr()
        return int(status or 0), out.out, out.err

    return call


def test_shards_merged_are_the_run(run, tmp_path: Path):
    for i in (1, 2):
        status, out, _ = run(CASE, "--futures", "64", "--store", str(tmp_path / f"s{i}"), "--shard", f"{i}/2")
        assert status == 0
        assert "shard" in out
    status, out, _ = run(
        CASE, "--futures", "64", "--store", str(tmp_path / "all"), "--json",
        "--merge", str(tmp_path / "s1"), "--merge", str(tmp_path / "s2"),
    )  # fmt: skip
    merged = json.loads(out)
    assert (status, merged["computed"]) == (0, 0)
    assert json.loads(run(CASE, "--futures", "64", "--json")[1])["digest"] == merged["digest"]


def test_tables_are_written_and_nothing_is_overwritten(run, tmp_path: Path):
    target = tmp_path / "boxes.csv"
    status, out, _ = run(CASE, "--futures", "64", "-o", str(target), "--table", "futures")
    assert status == 0
    assert target.read_text("utf-8-sig").startswith("future,plan,success,utility_eu")
    assert str(target) in out
    before = target.read_bytes()
    status, _, err = run(CASE, "--futures", "64", "-o", str(target))
    assert status == 2
    assert len(err.splitlines()) == 1
    assert target.read_bytes() == before


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("--shard", "1/2"), "R624"),
        (("--shard", "3/2", "--store", "S"), "R625"),
        (("--on", "patiense"), "R620"),
        (("--success", "sighned"), "R621"),
        (("--plan", "nope"), "R"),
    ],
)
def test_refusals_are_one_line(run, tmp_path: Path, args, code):
    args = tuple(str(tmp_path / a) if a == "S" else a for a in args)
    status, out, err = run(CASE, "--futures", "32", *args)
    assert (status, out) == (2, "")
    assert code in err
    assert len(err.splitlines()) == 1


def test_the_answer_in_words(run):
    status, out, _ = run(CASE, "--futures", "64")
    assert status == 0
    assert "64 futures" in out
    assert "best in" in out


def test_help_is_a_screen():
    from halfway.cli.explore import command

    assert CliRunner().invoke(command, ["--help"]).exit_code == 0
