"""Case → workbook: a sheet a noun, with drop-downs and the reference's words beside the cells."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from halfway._version import __version__
from halfway.case.case import Case
from halfway.errors import InputError, Place, Problem
from halfway.formats.workbook.cells import LONGEST, hidden_escape, written
from halfway.formats.workbook.layout import (
    CASE_SHEET,
    GUIDE_SHEET,
    KEY,
    NUMBER,
    OF,
    VALUE,
    Column,
    Sheet,
    columns_of,
    sheets,
)
from halfway.formats.workbook.package import repacked
from halfway.formats.workbook.rows import Row, taken_apart

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

START_WITH = frozenset(
    ("actors", "issues", "options", "interests", "values", "status_quo", "plans", "phases", "package", "obligations")
)
"""Sheets that are there though the case has nothing for them: what every case needs sooner or later."""
SPARE_ROWS = 200
"""Rows below the last one that have drop-downs, too."""
_LONGEST_PROMPT = 250
_WIDE, _NARROW, _MIDDLE = 60, 14, 24
_GUIDE = (
    "A Halfway case as a workbook. Each sheet is a kind of thing; each row is one of them.",
    "part of: the thing that a row belongs to, by its path, such as actors.moscow or plans.trial.phases.first.",
    "key: its name there, as other sheets refer to it. no: its number there, counted from 0.",
    "Numbers are written as in a case file: 30, 30 ± 8, 20..40, 60%.",
    "A list or a mapping stands in brackets, as in a case file: [moscow, minsk]; {crimea: russian}.",
    "~ means that nothing is said on purpose. A text in double quotes is taken as it stands.",
    "More sheets may be added under the names in the reference (File formats, Workbooks).",
    "Sheets whose name begins with _ are yours: they are not read, and not kept.",
    "Formulas are refused: paste their values. Select a cell of a heading to see what the column means.",
    "Back to YAML: halfway convert THIS.xlsx case.yaml",
)


def workbook_of(case: Case) -> bytes:
    """Return a case as the bytes of a workbook; the same case gives the same bytes.

    Raises
    ------
    InputError
        Where a text is longer than a cell can be.
    """
    out = io.BytesIO()
    filled(case).save(out)
    return repacked(out.getvalue())


Grid = list[list[str | int | float | None]]
"""What the cells of a sheet hold, a list a row, headings first."""


def grids(case: Case) -> dict[str, Grid]:
    """Return what stands in the cells of each sheet.

    Raises
    ------
    InputError
        Where a cell cannot hold it.
    """
    taken = taken_apart(case.model_dump(mode="json", by_alias=True, exclude_unset=True))
    known = tuple(columns_of(Case))
    names = _headings(known, [taken.case])
    meaning = {column.name: column.description for column in known}
    page: Grid = [[KEY, VALUE, "meaning"]]
    for name in names:
        value = _held(taken.case[name], CASE_SHEET, len(page) + 1, 2) if name in taken.case else None
        page.append([name, value, meaning.get(name)])
    out = {CASE_SHEET: page}
    for name, sheet in sheets().items():
        rows = taken.rows.get(name, [])
        if rows or name in START_WITH:
            out[name] = _grid(sheet, rows)
    return out


def _headings(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the headings that a sheet gets: every plain field, of nouns within only what is used; notes last."""
    used = dict.fromkeys(name for row in rows for name in row)
    names = [c.name for c in columns if c.name in used or not (c.whole or "." in c.name)]
    names += [name for name in used if name not in {c.name for c in columns}]
    return sorted(names, key=lambda name: name in ("note", "source"))


def _grid(sheet: Sheet, rows: list[Row]) -> Grid:
    names = [VALUE] if sheet.plain else _headings(sheet.columns, [row.cells for row in rows])
    index = KEY if sheet.kind == "map" else NUMBER
    first = [OF, index] if sheet.nested else [index]
    page: Grid = [[*first, *names]]
    for number, row in enumerate(rows, start=2):
        key = _held(row.key, sheet.name, number, len(first), name=sheet.kind == "map")
        of = [_held(row.of, sheet.name, number, 1, name=True) if row.of else None] if sheet.nested else []
        cells = [
            _held(row.cells[name], sheet.name, number, column) if name in row.cells else None
            for column, name in enumerate(names, start=len(first) + 1)
        ]
        page.append([*of, key, *cells])
    return page


def _held(value: Any, sheet: str, row: int, column: int, *, name: bool = False) -> str | int | float:
    held = written(value, name=name)
    if isinstance(held, str):
        if len(held) > LONGEST:
            _refuse(sheet, row, column, f"the text has {len(held):,} characters", f"a cell holds {LONGEST:,}")
        if hidden_escape(held):
            what = f"'{held[:40]}' has a code such as _x0041_"
            _refuse(sheet, row, column, what, "Excel reads it as another letter")
    return held


def filled(case: Case) -> Workbook:
    """Return a case as a workbook in memory."""
    from openpyxl import Workbook

    pages = grids(case)
    book = Workbook()
    # A workbook begins with a sheet of its own.
    book.remove(book.worksheets[0])
    _guide(book, case)
    for name, page in pages.items():
        if name == CASE_SHEET:
            _case_sheet(book, page)
        else:
            _sheet(book, sheets()[name], page)
    book.active = 1
    book.properties.creator = f"Halfway {__version__}"
    book.properties.title = case.title or case.name
    return book


def _guide(book: Workbook, case: Case) -> None:
    from openpyxl.styles import Alignment, Font

    page = book.create_sheet(GUIDE_SHEET)
    page.column_dimensions["A"].width = 100
    for number, line in enumerate((case.title or case.name, *_GUIDE), start=1):
        cell = _put(page, number, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if number == 1:
            cell.font = Font(bold=True, size=14)


def _case_sheet(book: Workbook, grid: Grid) -> None:
    from openpyxl.styles import Alignment, Font

    page = book.create_sheet(CASE_SHEET)
    known = {column.name: column for column in columns_of(Case)}
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top", horizontal="left")
    grey = Font(italic=True, color="666666")
    for letter, width in (("A", _MIDDLE), ("B", _WIDE), ("C", _WIDE)):
        page.column_dimensions[letter].width = width
    for number, row in enumerate(grid, start=1):
        for column, held in enumerate(row, start=1):
            cell = _put(page, number, column, held)
            if number == 1:
                cell.font = bold
            elif column > 1:
                cell.alignment = wrapped
                if column == 3:
                    cell.font = grey
        if row[0] in known:
            _choices(page, f"B{number}", known[str(row[0])].choices, "")
    page.freeze_panes = "B2"


def _sheet(book: Workbook, sheet: Sheet, grid: Grid) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    page = book.create_sheet(sheet.name)
    known = {column.name: column for column in sheet.columns}
    bold, shade = Font(bold=True), PatternFill("solid", fgColor="E8EEF4")
    wrapped = Alignment(wrap_text=True, vertical="top")
    index = 2 if sheet.nested else 1
    for column, held in enumerate(grid[0], start=1):
        name = str(held)
        cell = _put(page, 1, column, name)
        cell.font, cell.fill = bold, shade
        letter = get_column_letter(column)
        long = name.rsplit(".", 1)[-1] in _LONG
        page.column_dimensions[letter].width = _WIDE if long else _MIDDLE if column <= index or sheet.plain else _NARROW
        about = known[name].description if name in known else _MEANING.get(name, sheet.description)
        if name in known:
            _choices(page, f"{letter}2:{letter}{len(grid) + SPARE_ROWS}", known[name].choices, about)
        _note(page, f"{letter}1", about)
    for number, row in enumerate(grid[1:], start=2):
        for column, held in enumerate(row, start=1):
            if held is None:
                continue
            cell = _put(page, number, column, held)
            if column == index and sheet.kind == "map":
                # A name typed over this one stays a name, even where it looks like a number or a day.
                cell.number_format = "@"
            if isinstance(held, str) and len(held) > 40:
                cell.alignment = wrapped
    page.freeze_panes = page.cell(2, index + 1)
    page.auto_filter.ref = f"A1:{get_column_letter(len(grid[0]))}{max(len(grid), 2)}"


_LONG = ("note", "description", "abstract", "act", "what", "when")
_MEANING = {
    OF: "The thing that this row belongs to, by its path, such as actors.moscow. Empty: the case itself.",
    KEY: "The name by which this row is known there.",
    NUMBER: "The number of this row there, counted from 0.",
}


def _put(page: Worksheet, row: int, column: int, held: str | int | float | None) -> Cell:
    """Fill a cell; a text never becomes a formula."""
    cell = cast("Cell", page.cell(row, column))
    cell.value = held
    if isinstance(held, str):
        # openpyxl takes a text that begins with = for a formula.
        cell.data_type = "s"
        if held[:1] in "=+-@":
            cell.quotePrefix = True
    return cell


def _refuse(sheet: str, row: int, column: int, what: str, why: str) -> None:
    place = Place("<case>", row, column, sheet)
    what = f"the case cannot be written as a workbook: {what}"
    raise InputError([Problem("F208", what, why, "write it as YAML", place)])


def _choices(page: Worksheet, where: str, choices: tuple[str, ...], about: str) -> None:
    """Give cells a drop-down; what else the format allows there may still be typed."""
    from openpyxl.worksheet.datavalidation import DataValidation

    if not choices:
        return
    validation = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True, errorStyle="warning")
    validation.error = "The format knows no other word here."[:_LONGEST_PROMPT]
    if about:
        validation.prompt = about[:_LONGEST_PROMPT]
        validation.showInputMessage = True
    page.add_data_validation(validation)
    validation.add(where)


def _note(page: Worksheet, where: str, about: str) -> None:
    """Let a heading say what its column means when it is selected."""
    from openpyxl.worksheet.datavalidation import DataValidation

    if not about:
        return
    validation = DataValidation(allow_blank=True)
    validation.prompt = about[:_LONGEST_PROMPT]
    validation.showInputMessage = True
    page.add_data_validation(validation)
    validation.add(where)
