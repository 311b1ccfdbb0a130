"""A case as a workbook: nothing is lost either way, and what is wrong is said at its sheet and cell."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from types import SimpleNamespace

import pytest

from halfway.api import load as load_any
from halfway.case.case import Case
from halfway.case.catalog import load, paths
from halfway.case.reader import build, load_text
from halfway.errors import Collector, InputError
from halfway.formats.files import read, write
from halfway.formats.workbook.layout import KEY, NUMBER, OF, sheets
from halfway.formats.workbook.package import expect_sound
from halfway.formats.workbook.reader import plain_data, put_together
from halfway.formats.workbook.writer import filled, grids, workbook_of

openpyxl = pytest.importorskip("openpyxl")

SMALL = """
halfway: 2
name: small
title: "=SUM(1,2) is a title"
tags: [one, "two, too"]
note: "[not a list"
actors:
  north: {interests: {tax: {weight: 60, values: {"0.50": 100, "12:30": 0 ± 2, "no": 50}}}, walk_away: 20}
  south.east:
    interests: {tax: {weight: 1/3, values: {"0.50": 0, "12:30": 100, "no": 12.5}}}
    types:
      calm: {prior: 60%, interests: {}}
      loud: {prior: 40%, red_lines: [{when: {tax: "no"}}]}
issues:
  tax: {options: ["0.50", "12:30", "no"], set_by: [north], owner: [north]}
plans:
  trial:
    phases:
      first: {package: {tax: "12:30"}, lasts: 3 months, then: second}
      second: {package: {tax: "no"}}
    obligations:
      - {by: north, act: "{curly} and \\"quoted\\"", does: {tax: "no"}}
      - {by: south.east, act: '"quoted"'}
"""


class Grids(dict):
    """Cells as openpyxl would give them, without a file."""

    @property
    def sheetnames(self):
        return list(self)

    def __getitem__(self, name):
        return SimpleNamespace(iter_rows=lambda: self._rows(self.get(name)))

    @staticmethod
    def _rows(grid):
        for row, held in enumerate(grid, start=1):
            yield [
                SimpleNamespace(value=value, row=row, column=column, data_type="s", number_format="General")
                for column, value in enumerate(held, start=1)
            ]


def back(case: Case) -> Case:
    problems = Collector()
    data, places = plain_data(workbook_of(case), "x.xlsx", problems)
    return build(data, places, problems)


def edited(case: Case, **cells: object) -> bytes:
    """Return a workbook with some cells changed, named like ``actors__B2``."""
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(case)))
    for name, value in cells.items():
        sheet, cell = name.rsplit("__", 1)
        book[sheet][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def problems_of(raw: bytes) -> list[str]:
    problems = Collector()
    with pytest.raises(InputError) as caught:
        build(*plain_data(raw, "x.xlsx", problems), problems)
    return [str(problem) for problem in caught.value.problems]


def test_headings_of_our_own_are_no_fields():
    for sheet in sheets().values():
        assert not {OF, KEY, NUMBER} & {column.name for column in sheet.columns}
        assert len(sheet.name) <= 31


@pytest.mark.parametrize("name", list(paths()))
def test_catalogue_comes_back(name):
    case = load(name)
    problems = Collector()
    # Cells alone: what the file around them does is tried below.
    data, places = put_together(Grids(grids(case)), "x.xlsx", problems)
    assert build(data, places, problems).content_hash == case.content_hash


@pytest.mark.parametrize("name", ["elmira", "eu-belarus-2016"])
def test_file_comes_back_and_is_the_same_each_time(name, tmp_path):
    case = load(name)
    write(case, tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx").case.content_hash == case.content_hash
    assert load_any(tmp_path / "a.xlsx").content_hash == case.content_hash
    assert workbook_of(case) == (tmp_path / "a.xlsx").read_bytes()


def test_what_is_hard_to_type_comes_back():
    case = load_text(SMALL)
    again = back(case)
    assert again.content_hash == case.content_hash
    assert again.title == case.title
    assert again.plans["trial"].obligations[0].act == '{curly} and "quoted"'
    # A type whose interests are set back to none is not one that says nothing.
    assert set(again.actors["south.east"].types["calm"].model_fields_set) == {"prior", "interests"}


def test_drop_downs_are_the_words_of_the_format():
    page = filled(load("eu-belarus-2016"))["obligations"]
    lists = [v for v in page.data_validations.dataValidation if v.type == "list"]
    assert any(v.formula1.startswith('"kept,late,partly') for v in lists)


def test_problems_are_at_their_cells():
    case = load("elmira")
    said = problems_of(edited(case, status_quo__C2="nowhere", issues__B1="titel", case__B3="Elmira!"))
    assert any(s.startswith("x.xlsx:issues!B1: F205 no column 'titel' is known here; did you mean") for s in said)
    assert any(s.startswith("x.xlsx:status_quo!C2: N3") for s in said)
    assert any(s.startswith("x.xlsx:case!B3: S2") for s in said)


def test_a_row_of_nobody_is_an_error_at_its_path():
    case = load("eu-belarus-2016")
    said = problems_of(edited(case, interests__A2="actors.europe"))
    assert any(s.startswith("x.xlsx:interests!A2: F207 'actors.europe' leads nowhere") for s in said)


@pytest.mark.parametrize(
    ("value", "code"),
    [("=1+1", "F206"), ("#REF!", "F206"), ("[a, b", None), ("{a: }]}", "F209")],
)
def test_cells_that_hold_no_value(value, code):
    raw = edited(load("elmira"), case__B4=value)
    if code is None:
        problems = Collector()
        assert build(*plain_data(raw, "x", problems), problems).title == value
    else:
        assert any(s.startswith(f"x.xlsx:case!B4: {code}") for s in problems_of(raw))


def test_sheets_stand_in_any_order_and_private_ones_are_left_alone():
    case = load("eu-belarus-2016")
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(case)))
    book.create_sheet("_mine")["A1"] = "=NOW()"
    book.move_sheet("actors", offset=15)
    problems = Collector()
    assert build(*put_together(book, "x", problems), problems).content_hash == case.content_hash
    book.create_sheet("obligation")["A1"] = "act"
    with pytest.raises(InputError, match=r"x:obligation!A1: F204 .* did you mean 'obligations'"):
        build(*put_together(book, "x", problems := Collector()), problems)


def test_percent_and_day_and_truth_as_a_spreadsheet_has_them():
    import datetime

    book = filled(load("eu-belarus-2016"))
    page = book["obligations"]
    columns = {cell.value: cell.column for cell in page[1]}
    cell = page.cell(2, columns["can"])
    cell.value, cell.number_format = 0.6, "0%"
    rows = {row[0].value: row[1] for row in book["case"].iter_rows()}
    rows["date"].value = datetime.datetime(2015, 10, 13)
    data, _ = put_together(book, "x", problems := Collector())
    assert not problems.problems
    assert data["plans"][next(iter(data["plans"]))]["obligations"][0]["can"] == "60%"
    assert data["date"] == "2015-10-13"


def archive(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr({"types": "[Content_Types].xml", "book": "xl/workbook.xml"}.get(name, name), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"PK nonsense", "F201"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "F201"),
        (archive(types=b"<a/>"), "F201"),
        (archive(types=b"<a/>", book=b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'), "F203"),
        (archive(types=b"<a/>", book="<a/>".encode("utf-16")), "F203"),
        (archive(types=b"<a/>", book=b"0" * 61_000_000), "F202"),
    ],
    ids=["nonsense", "old", "no parts", "entities", "utf-16", "bomb"],
)
def test_hostile_packages_are_refused_before_they_are_unpacked(raw, code, tmp_path):
    (tmp_path / "x.xlsx").write_bytes(raw)
    with pytest.raises(InputError, match=code):
        read(tmp_path / "x.xlsx")


@pytest.mark.parametrize("cell", ["A60000", "XFD3"])
def test_a_cell_far_out_is_refused_and_not_lost(cell):
    raw = edited(load("elmira"), **{f"actors__{cell}": "far"})
    assert any("F202" in s for s in problems_of(raw))


def test_check_reads_a_workbook(tmp_path):
    from click.testing import CliRunner

    from halfway.cli.main import root

    write(load("elmira"), tmp_path / "e.xlsx")
    done = CliRunner().invoke(root, ["check", str(tmp_path / "e.xlsx")], standalone_mode=False)
    assert "e.xlsx: sound" in done.output


def test_saved_by_libreoffice_it_says_the_same(tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed here")
    case = load("elmira")
    (tmp_path / "e.xlsx").write_bytes(edited(case, case__B4="Edited"))
    command = [office, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", str(tmp_path / "out"), str(tmp_path / "e.xlsx")], check=True, timeout=100)
    again = read(tmp_path / "out" / "e.xlsx").case
    assert again.title == "Edited"
    assert again.model_copy(update={"title": case.title}).content_hash == case.content_hash


def test_sound_package_is_sound():
    expect_sound(workbook_of(load("elmira")), "x")
