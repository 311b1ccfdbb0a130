"""Workbook → plain data of a case, with the cell of every part."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from halfway.case.case import Case
from halfway.case.changing import steps_of
from halfway.case.declared import bare, step_into
from halfway.case.places import Places
from halfway.case.plain import composed
from halfway.errors import Collector, InputError, Place, Problem, suggestion
from halfway.formats.workbook.cells import Unreadable, read
from halfway.formats.workbook.layout import (
    CASE_SHEET,
    GUIDE_SHEET,
    KEY,
    NUMBER,
    OF,
    PRIVATE,
    VALUE,
    Sheet,
    columns_of,
    container,
    fields_of,
    is_noun,
    sheets,
)
from halfway.formats.workbook.package import expect_sound

if TYPE_CHECKING:
    from openpyxl.cell.read_only import ReadOnlyCell
    from openpyxl.workbook import Workbook

MOST_ROWS, MOST_COLUMNS = 50_000, 400
MOST_CELLS = 400_000
MOST_LOOKED_AT = 20_000_000
"""Cells with nothing in them count here, too: a sheet may be formatted as far as it goes."""
MOST_PROBLEMS = 200
Path = tuple[str | int, ...]
_ERRORS = "e"
_FORMULA = "f"
_UNFORESEEN = (SyntaxError, LookupError, ValueError, TypeError, AttributeError, zipfile.BadZipFile, OverflowError)
"""What openpyxl raises for parts that are not as the standard has them; broken XML is a `SyntaxError`."""


@dataclass
class _Line:
    """One row as read: where it belongs, and what each of its cells says."""

    sheet: Sheet
    number: int
    of: Path
    of_place: Place
    key: str | int
    key_place: Place
    cells: dict[str, tuple[Any, Place]] = field(default_factory=dict)


def plain_data(raw: bytes, shown: str, problems: Collector) -> tuple[dict[str, Any], Places]:
    """Read the bytes of a workbook.

    Parameters
    ----------
    raw : bytes
    shown : str
        The file's name, for messages.
    problems : Collector
        Receives what is wrong, each at its sheet and cell.

    Returns
    -------
    data : dict
        As a case file has it.
    places : Places

    Raises
    ------
    InputError
        Where the file is no workbook, or too large.
    """
    expect_sound(raw, shown)
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # What openpyxl leaves out (pictures, extensions of drop-downs) is nothing that a case has.
            warnings.simplefilter("ignore")
            # Formulas are read as formulas, so that they can be refused; links to other files are not followed.
            book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
            try:
                return put_together(book, shown, problems)
            finally:
                book.close()
    except _UNFORESEEN as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())[:120]
        problem = Problem("F201", "the workbook cannot be opened", why, "save it as .xlsx again", Place(shown))
        raise InputError([problem]) from error


def put_together(book: Workbook, shown: str, problems: Collector) -> tuple[dict[str, Any], Places]:
    """Read an opened workbook; see `plain_data`."""
    return _Reading(shown, problems).book(book)


class _Reading:
    """One pass over a workbook."""

    def __init__(self, shown: str, problems: Collector) -> None:
        self.shown = shown
        self.problems = problems
        self.places = Places(shown)
        self.data: dict[str, Any] = {}
        self.cells = self.looked_at = 0
        # A list's entries by the numbers that its rows carry.
        self.numbers: dict[Path, dict[int, int]] = {}

    def wrong(self, code: str, what: str, why: str, remedy: str, place: Place) -> None:
        if len(self.problems.problems) < MOST_PROBLEMS:
            self.problems.add(code, what, why, remedy, place)

    def book(self, book: Workbook) -> tuple[dict[str, Any], Places]:
        known = sheets()
        first = Place(self.shown, 1, 1, CASE_SHEET)
        self.places.values[()] = first
        lines: list[_Line] = []
        if CASE_SHEET not in book.sheetnames:
            why = "it says at least the name of the case"
            self.wrong("F204", f"there is no sheet '{CASE_SHEET}'", why, "add it, with columns key and value", first)
        for name in book.sheetnames:
            page = book[name]
            if name == GUIDE_SHEET or name.startswith(PRIVATE):
                continue
            if name == CASE_SHEET:
                self._case(page)
            elif name in known:
                lines += self._lines(page, known[name])
            elif any(True for _ in self._rows(page, name)):
                why = suggestion(name, [CASE_SHEET, *known])
                remedy = "rename it, or let its name begin with _ where it is only for you"
                self.wrong("F204", f"the sheet '{name}' is not known", why, remedy, Place(self.shown, 1, 1, name))
        # What belongs to another row comes after it, in whatever order the sheets stand.
        for line in sorted(lines, key=lambda line: len(line.of)):
            self._put(line)
        return self.data, self.places

    def _rows(self, page: Any, name: str) -> Iterator[tuple[int, list[tuple[int, Any, ReadOnlyCell]]]]:
        """Go through the rows that hold anything; each cell with its column and what it says."""
        if hasattr(page, "reset_dimensions"):
            # What a sheet says of its own size may be wrong, and cells beyond it would be lost without a word.
            page.reset_dimensions()
        for row in page.iter_rows() if hasattr(page, "iter_rows") else ():
            self.looked_at += len(row)
            filled = [cell for cell in row if cell.value is not None]
            self.cells += len(filled)
            if self.looked_at > MOST_LOOKED_AT or (filled and self._too_far(filled[-1])):
                place = Place(self.shown, filled[-1].row, filled[-1].column, name) if filled else Place(self.shown)
                why = f"up to {MOST_ROWS:,} rows, {MOST_COLUMNS} columns and {MOST_CELLS:,} cells are read"
                self.problems.add("F202", "the workbook has too many cells", why, "remove what is no case", place)
                raise InputError(self.problems.problems)
            if not filled:
                continue
            found = []
            for cell in filled:
                place = Place(self.shown, cell.row, cell.column, name)
                value = self._value(cell, place)
                if value is not _LEFT_OUT:
                    found.append((cell.column, value, cell))
            if found:
                yield filled[0].row, found

    def _too_far(self, cell: Any) -> bool:
        return bool(cell.row > MOST_ROWS or cell.column > MOST_COLUMNS or self.cells > MOST_CELLS)

    def _value(self, cell: Any, place: Place) -> Any:
        if cell.data_type == _FORMULA:
            self.wrong(
                "F206",
                "the cell holds a formula",
                "a case holds values, and what it was computed from may change",
                "copy the cell and paste its value",
                place,
            )
            return _LEFT_OUT
        if cell.data_type == _ERRORS:
            self.wrong("F206", f"the cell holds the error {cell.value}", "its formula failed", "write the value", place)
            return _LEFT_OUT
        if isinstance(cell.value, str) and not cell.value.strip():
            return _LEFT_OUT
        try:
            return read(cell.value, cell.number_format or "General")
        except Unreadable as error:
            self.wrong("F209", error.what, error.why, error.remedy, place)
            return _LEFT_OUT

    def _case(self, page: Any) -> None:
        names = [column.name for column in columns_of(Case)] + _containers(Case)
        seen: dict[str, int] = {}
        for number, row in self._rows(page, CASE_SHEET):
            found = {column: value for column, value, _ in row}
            key, place = found.get(1), Place(self.shown, number, 1, CASE_SHEET)
            if number == 1 and key == KEY:
                continue
            if 2 not in found:
                continue
            if not isinstance(key, str):
                self.wrong(
                    "F205", "a value stands without a key", "nobody could say what it is", "fill in column A", place
                )
                continue
            if key in seen:
                self.wrong("F205", f"'{key}' stands twice", f"the first is in row {seen[key]}", "keep one", place)
                continue
            seen[key] = number
            if "." not in key or key in names:
                self._set(self.data, (), key.split("."), found[2], place, Place(self.shown, number, 2, CASE_SHEET))
            else:
                self.wrong(
                    "F205", f"'{key}' is not a key of a case", suggestion(key, names), "rename or remove it", place
                )

    def _lines(self, page: Any, sheet: Sheet) -> list[_Line]:
        rows = self._rows(page, sheet.name)
        first = next(rows, None)
        if first is None:
            return []
        header = self._header(first, sheet)
        known = {column for column, _, _ in first[1]}
        index = KEY if sheet.kind == "map" else NUMBER
        out: list[_Line] = []
        unnamed: set[int] = set()
        for number, row in rows:
            found = {
                header[column]: (value, Place(self.shown, number, column, sheet.name))
                for column, value, _ in row
                if column in header
            }
            for column, _, _ in row:
                if column not in header and column not in known and column not in unnamed:
                    unnamed.add(column)
                    place = Place(self.shown, 1, column, sheet.name)
                    self.wrong(
                        "F205", "a column has no heading", f"row {number} holds something in it", "name it", place
                    )
            if not found:
                continue
            line = self._line(sheet, number, found, index, out)
            if line is not None:
                out.append(line)
        return out

    def _header(self, first: tuple[int, list[tuple[int, Any, Any]]], sheet: Sheet) -> dict[int, str]:
        number, row = first
        index = KEY if sheet.kind == "map" else NUMBER
        allowed = [*([OF] if sheet.nested else []), index]
        allowed += [VALUE] if sheet.plain else [c.name for c in sheet.columns] + _containers_of(sheet)
        header: dict[int, str] = {}
        for column, value, _ in row:
            place = Place(self.shown, number, column, sheet.name)
            name = str(value)
            if name not in allowed:
                self.wrong(
                    "F205", f"no column '{name}' is known here", suggestion(name, allowed), "rename or remove it", place
                )
            elif name in header.values():
                self.wrong("F205", f"the column '{name}' stands twice", "only one could count", "remove one", place)
            else:
                header[column] = name
        return header

    def _line(
        self, sheet: Sheet, number: int, found: dict[str, tuple[Any, Place]], index: str, before: list[_Line]
    ) -> _Line | None:
        here = Place(self.shown, number, 1, sheet.name)
        of: Path = ()
        of_text, of_place = found.pop(OF, (None, here))
        if of_text is not None:
            try:
                of = tuple(composed(step) for step in steps_of(str(of_text)))
            except InputError as error:
                problem = error.problems[0]
                self.wrong("F207", problem.what, problem.why, "write it like actors.moscow", of_place)
                return None
        key, key_place = found.pop(index, (None, here))
        if sheet.kind == "list":
            if key is None:
                same = [line for line in before if line.of == of]
                key = 1 + max((int(line.key) for line in same), default=-1)
            elif not (isinstance(key, str) and key.isdigit() and key.isascii() and len(key) < 7):
                self.wrong(
                    "F207", f"'{key}' is not a number of a row", "rows count from 0", "write 0, 1, 2 …", key_place
                )
                return None
            key = int(key)
        elif not isinstance(key, str):
            self.wrong(
                "F207",
                "the row has no key",
                f"{sheet.name} are known by name",
                f"fill in the column '{KEY}'",
                key_place,
            )
            return None
        else:
            key = composed(key)
        return _Line(sheet, number, of, of_place, key, key_place, found)

    def _put(self, line: _Line) -> None:
        """Put one row where it belongs."""
        owner, path, declared = self._owner(line)
        if owner is None:
            return
        name = line.sheet.name
        entry = None
        if is_noun(declared):
            entry = container(declared, name)
        if entry is None:
            shown = ".".join(str(step) for step in line.of) or "the case"
            self.wrong(
                "F207", f"{shown} has no {name}", "the format knows none there", "correct the path", line.of_place
            )
            return
        kind, inner = entry
        inside: Path = (*path, name)
        store = owner.setdefault(name, {} if kind == "map" else [])
        if not isinstance(store, dict if kind == "map" else list):
            why = f"another cell says what the {name} are"
            self.wrong("F207", f"the {name} are given twice", why, "keep the rows or the cell", line.key_place)
            return
        key: str | int = line.key
        if isinstance(store, list):
            numbers = self.numbers.setdefault(inside, {})
            if line.key in numbers:
                self.wrong(
                    "F207",
                    f"the number {line.key} stands twice",
                    "it identifies a row of the list",
                    "renumber",
                    line.key_place,
                )
                return
            numbers[int(line.key)] = key = len(store)
        elif key in store:
            self.wrong(
                "F207",
                f"a row for '{key}' stands twice",
                "the key identifies a row",
                "rename or remove one",
                line.key_place,
            )
            return
        here = (*inside, key)
        self.places.keys.setdefault(inside, line.of_place)
        self.places.keys[here] = line.key_place
        value: Any = {}
        if not is_noun(inner):
            value, place = line.cells.get(VALUE, (None, line.key_place))
            self._locate(value, here, place)
        if isinstance(store, list):
            store.append(value)
        else:
            store[str(key)] = value
        if is_noun(inner):
            for heading, (held, place) in line.cells.items():
                self._set(value, here, heading.split("."), held, place, place)

    def _owner(self, line: _Line) -> tuple[Any, Path, Any]:
        """Find what a row belongs to; nouns on the way that nothing else speaks of begin here."""
        here: Any = self.data
        declared: Any = Case
        path: Path = ()
        for step in map(str, line.of):
            inner = step_type(declared, step)
            found: str | int = step
            if isinstance(here, list):
                found = self.numbers.get(path, {}).get(int(step), -1) if step.isdigit() and len(step) < 7 else -1
                known = [str(n) for n in self.numbers.get(path, {})]
                there = found != -1
            else:
                there = isinstance(here, dict) and step in here
                known = list(here) if isinstance(here, dict) else []
                if not there and is_noun(inner) and is_noun(declared) and isinstance(here, dict):
                    here[step] = {}
                    self.places.keys.setdefault((*path, step), line.of_place)
                    there = True
            if not there:
                shown = ".".join(str(s) for s in line.of)
                what = f"'{shown}' leads nowhere: there is no '{step}'"
                self.wrong(
                    "F207", what, suggestion(str(step), known), "correct the path, or add the row", line.of_place
                )
                return None, path, None
            path = (*path, found)
            here = here[found]
            declared = inner
        if not isinstance(here, dict):
            what = f"'{'.'.join(map(str, line.of))}' is no thing that rows belong to"
            self.wrong("F207", what, "it is a value or a list", "correct the path", line.of_place)
            return None, path, None
        return here, path, declared

    def _set(
        self, data: dict[str, Any], path: Path, steps: list[str], value: Any, key_place: Place, place: Place
    ) -> None:
        """Set a field by its dotted name."""
        here = data
        for step in steps[:-1]:
            path = (*path, step)
            self.places.keys.setdefault(path, key_place)
            inner = here.setdefault(step, {})
            if not isinstance(inner, dict):
                self.wrong("F207", f"'{step}' is given twice", "another cell says all of it", "keep one of them", place)
                return
            here = inner
        last = steps[-1]
        path = (*path, last)
        if last in here:
            self.wrong("F207", f"'{last}' is given twice", "other cells say parts of it", "keep one of them", place)
            return
        here[last] = value
        self.places.keys[path] = key_place
        self._locate(value, path, place)

    def _locate(self, value: Any, path: Path, place: Place) -> None:
        self.places.values[path] = place
        if isinstance(value, dict):
            for key, part in value.items():
                self._locate(part, (*path, key), place)
        elif isinstance(value, list):
            for i, part in enumerate(value):
                self._locate(part, (*path, i), place)


_LEFT_OUT: Any = object()


def step_type(declared: Any, step: str | int) -> Any:
    """Return the declared type at a step, with collections kept as they are."""
    return step_into(declared, step)


def _containers(noun: type[BaseModel]) -> list[str]:
    return [key for key, info in fields_of(noun) if container(noun, key) is not None]


def _containers_of(sheet: Sheet) -> list[str]:
    """Return what the nouns of a sheet hold as rows of other sheets; a cell may say that there are none."""
    names: dict[str, None] = {}

    def visit(noun: Any, prefix: str, depth: int) -> None:
        if not is_noun(noun) or depth > 3:
            return
        for key, info in fields_of(noun):
            if container(noun, key) is not None:
                names.setdefault(prefix + key)
            elif is_noun(bare(info.annotation)):
                visit(bare(info.annotation), f"{prefix}{key}.", depth + 1)

    for noun in _nouns_of(sheet.name):
        visit(noun, "", 0)
    return list(names)


def _nouns_of(name: str) -> list[type[BaseModel]]:
    found: list[type[BaseModel]] = []
    seen: set[type[BaseModel]] = set()

    def visit(noun: type[BaseModel]) -> None:
        if noun in seen:
            return
        seen.add(noun)
        for key, info in fields_of(noun):
            entry = container(noun, key)
            inner = entry[1] if entry else bare(info.annotation)
            if not is_noun(inner):
                continue
            if entry and key == name:
                found.append(inner)
            visit(inner)

    visit(Case)
    return found
