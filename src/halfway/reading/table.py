"""Tables of text: comma, semicolon or tab, told from the header or by ``sep=``; every row with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from halfway.errors import Collector, InputError, Place
from halfway.reading.text import UNPRINTABLE

SEPARATORS = (",", ";", "\t", "|")
MOST_ROWS = 200_000
LONGEST_CELL = 10_000
MOST_WRONG = 50
"""Rows whose length or cells are complained of one by one."""


@dataclass(frozen=True)
class Rows:
    """A table as text.

    Attributes
    ----------
    header : tuple of str
        Names of columns, without spaces around them and in small letters.
    cells : tuple of tuple of str
        Rows that hold anything, each as long as the header.
    lines : tuple of int
        The line on which each row begins.
    separator : str
    """

    header: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    separator: str

    def column(self, name: str) -> int:
        """Return a column's number, -1 where there is none."""
        return self.header.index(name) if name in self.header else -1


def read_table(text: str, shown: str, problems: Collector, needed: Sequence[str] = ()) -> Rows:
    """Read a table.

    Parameters
    ----------
    text : str
    shown : str
        The file's name, for messages.
    problems : Collector
        Receives rows that are not sound; they are left out.
    needed : sequence of str
        Columns by which the header is told.

    Raises
    ------
    InputError
        Where there is no telling rows and cells at all.
    """
    separator, skipped = _separator(text, needed)
    body = text[skipped:]
    first = 1 + text.count("\n", 0, skipped)

    def wrong(what: str, why: str, remedy: str, line: int, column: int = 1) -> None:
        problems.add("F160", what, why, remedy, Place(shown, line, column))

    if found := UNPRINTABLE.search(body):
        line = body.count("\n", 0, found.start()) + first
        wrong(
            f"the character U+{ord(found[0]):04X} cannot be read", "a text has no control characters", "remove it", line
        )
        raise InputError(problems.problems)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    begins = 1
    try:
        for read in reader:
            row = tuple(cell.strip() for cell in read)
            line, begins = begins + first - 1, reader.line_num + 1
            if any(row):
                rows.append(row)
                lines.append(line)
            if len(rows) > MOST_ROWS:
                wrong("the table is too long", f"{MOST_ROWS:,} rows are read", "leave rows out", line)
                break
    except csv.Error as error:
        reason = str(error)
        if "unexpected end" in reason:
            reason = "a quotation mark is opened in this row and never closed"
        wrong("the table cannot be read", reason, "check the quotation marks of this row", begins + first - 1)
        raise InputError(problems.problems) from error
    header = tuple(name.lower() for name in rows[0]) if rows else ()
    for number, name in enumerate(header):
        if name and name in header[:number]:
            wrong(f"column '{name[:60]}' stands twice", "only one could count", "rename or remove one", lines[0])
            raise InputError(problems.problems)
    cells: list[tuple[str, ...]] = []
    begun: list[int] = []
    wrong_rows = 0
    for row, line in zip(rows[1:], lines[1:], strict=True):
        long = next((n for n, cell in enumerate(row) if len(cell) > LONGEST_CELL), None)
        short = len(row) < len(header) or any(row[len(header) :])
        if long is None and not short:
            cells.append(row[: len(header)])
            begun.append(line)
            continue
        wrong_rows += 1
        if wrong_rows > MOST_WRONG:
            continue
        if long is not None:
            wrong(f"cell {long + 1} is too long", f"a cell has up to {LONGEST_CELL:,} characters", "shorten it", line)
        else:
            wrong(
                f"the row has {len(row)} cells, not {len(header)}",
                "cells are told apart by their column",
                "mend the row; empty cells keep their separators",
                line,
            )
    if wrong_rows > MOST_WRONG:
        more = f"{wrong_rows - MOST_WRONG:,} more rows are no rows of this table"
        wrong(more, "their cells do not match the columns either", "mend the first ones", lines[-1])
    return Rows(header, tuple(cells), tuple(begun), separator)


def _separator(text: str, needed: Sequence[str]) -> tuple[str, int]:
    """Return the separator, and how much of the text stands before the header."""
    head = text[:LONGEST_CELL].split("\n", 1)[0].strip("\r")
    if head.lower().startswith("sep=") and len(head) in (4, 5):
        return (head[4:] or "\t"), len(text.split("\n", 1)[0]) + 1

    def fit(separator: str) -> tuple[int, int]:
        names = [name.strip().strip('"').lower() for name in head.split(separator)]
        return sum(name in needed for name in names), len(names)

    return max(SEPARATORS, key=fit), 0
