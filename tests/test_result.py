"""What leaves for other programs: every name once, texts that run nowhere, and files that are there whole or not at all."""

import csv
import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.errors import isolated
from halfway.result import Table, no_formula, stata_names, write_safely

NAMES = st.lists(st.text("abAB_ -1äд'", max_size=40), min_size=1, max_size=6)


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


@settings(max_examples=300, deadline=None)
@given(NAMES)
def test_names_are_unique_and_such_as_stata_accepts(labels):
    names = stata_names(labels)
    assert len(set(names)) == len(labels)
    assert all(1 <= len(n) <= 32 and not n[0].isdigit() and all(c == "_" or c.isalnum() for c in n) for n in names)
    columns = Table("t", tuple(labels), ()).columns
    assert len({c.casefold() for c in columns}) == len(labels)
    assert all(column.startswith(label or "column") for column, label in zip(columns, labels, strict=True))


@settings(max_examples=25, deadline=None)
@given(NAMES, st.sampled_from([("x", 1.5, None, True, "y" * 2100, "да"), ("", -1, 0.5, None, "=1", "z")]))
def test_every_table_is_written_in_every_format(tmp_path_factory, labels, cells):
    folder = tmp_path_factory.mktemp("tables")
    table = Table("t", tuple(labels), (cells[: len(labels)],) * 2)
    table.to_csv(folder / "t.csv")
    table.to_parquet(folder / "t.parquet")
    table.to_stata(folder / "t.dta")
    assert [p.name for p in sorted(folder.iterdir())] == ["t.csv", "t.dta", "t.parquet"]
    assert len(read_csv(folder / "t.csv")) == 3
    assert tuple(pd.read_stata(folder / "t.dta").columns) == stata_names(table.columns)
    with pd.io.stata.StataReader(folder / "t.dta") as reader:
        wanted = [c if len(c) <= 80 else c[:79] + "…" for c in table.columns]
        assert list(reader.variable_labels().values()) == wanted


def test_an_issue_of_the_name_of_a_column_has_a_column_of_its_own(tmp_path):
    table = Table("states", ("state", "state", "State", "state_2", "in", "вода"), ((1, "a", "b", "c", "d", "да"),))
    assert table.columns == ("state", "state_3", "State_4", "state_2", "in", "вода")
    table.to_stata(tmp_path / "t.dta")
    assert list(pd.read_stata(tmp_path / "t.dta").columns) == ["state", "state_3", "State_4", "state_2", "v_in", "вода"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("\uff1d1", "'\uff1d1"),
        ("-40", "-40"),
        ("-1.5e-3", "-1.5e-3"),
        ("at -40", "at -40"),
        ("", ""),
    ],
)
def test_no_text_is_a_formula(text, written, tmp_path):
    assert no_formula(text) == written
    Table("t", (text or "x", "n"), ((text, -2.5),)).to_csv(tmp_path / "t.csv")
    head, row = read_csv(tmp_path / "t.csv")
    assert (head[0], row) == (written or "x", [written, "-2.5"])


def test_names_leave_without_the_marks_that_isolate_them(tmp_path):
    name = "\u062e\u0637\u0629"
    table = Table("t", (isolated(name),), ((isolated(name),),))
    table.to_csv(tmp_path / "t.csv")
    assert read_csv(tmp_path / "t.csv") == [[name], [name]]
    assert table.to_pandas().to_numpy().tolist() == [[name]]


def test_a_file_is_there_whole_or_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    write_safely(path, "old")
    monkeypatch.setattr(Path, "write_bytes", lambda self, data: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OSError, match="No space left") as caught:
        write_safely(path, "new")
    assert caught.value.filename == str(path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_new_file_never_takes_the_place_of_another(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    write_safely(path, "first", new=True)
    for linked in (True, False):
        if not linked:
            monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(PermissionError(1, "no links here")))
        with pytest.raises(FileExistsError) as caught:
            write_safely(path, "second", new=True)
        assert caught.value.filename == str(path)
        write_safely(tmp_path / f"{linked}.txt", "third", new=True)
    assert path.read_text() == "first"
    assert sorted(os.listdir(tmp_path)) == ["False.txt", "True.txt", "a.txt"]
