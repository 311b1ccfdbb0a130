"""CSV of positions and saliences, the table that bargaining forecasts start from.

Columns: ``actor, capability, issue, position, salience`` and, optionally, ``from, to, unit, reference, outcome``. Empty
cells, ``NA`` and a lone point are missing numbers.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from halfway.case.case import Case
from halfway.formats.format import Format, Imported, Source, peek
from halfway.formats.position_rows import OF_ISSUES, PositionRow, TableProblems, case_of_rows, shown_value
from halfway.formats.profiles import lost_of_case
from halfway.reading.numbers import brief, exact
from halfway.reading.schema import one_line
from halfway.reading.table import Rows, read_table
from halfway.result import no_formula, write_safely

NEEDED = ("actor", "issue", "position", "salience")
OPTIONAL = ("capability", "from", "to", "unit", "reference", "outcome")
BLANK = (".", "NA", "N/A", "-", "NAN")
PERCENT = ("%", "percent", "per cent")
_COMMA = re.compile(r"[-+\u2212]?\d+,\d+%?", re.ASCII)


NUMBERS = ("capability", "position", "salience", "from", "to", "reference", "outcome")
SHARES = ("capability", "salience")
"""Columns that run from 0 to 100, so that 60% is 60."""


def _recognises(path: Path) -> int:
    if not path.is_file():
        return 0
    if path.suffix.lower() not in (*FORMAT.endings, ".tsv"):
        return 0
    header = peek(path).split("\n", 1)[0].lower()
    return 2 if "actor" in header and "issue" in header else 1


def read_positions(source: Source) -> Imported:
    """Read a table of positions, with commas, semicolons or tabs between its cells.

    Each issue becomes an ordered one whose options are the positions taken, the ends of its scale and the reference
    point. Empty positions are skipped.

    Raises
    ------
    InputError
        With every wrong row.
    """
    problems = TableProblems(source.shown)
    table = read_table(source.text(), source.shown, problems, (*NEEDED, *OPTIONAL))
    missing = [c for c in NEEDED if c not in table.header]
    if missing:
        problems.at(
            "F161",
            f"the table has no column {', '.join(missing)}",
            f"it needs {', '.join(NEEDED)}",
            "add a header row with these names",
            1,
        )
        problems.raise_if_any()
    if not table.cells and not problems.problems:
        problems.at("F161", "the table has no rows", "nothing can be read", "check the file", 1)
        problems.raise_if_any()
    lost = [f"column '{c}' is not used" for c in table.header if c and c not in (*NEEDED, *OPTIONAL)]
    commas = _decimal_commas(table)
    if commas:
        lost.append("commas in numbers are read as decimal points")
    rows = [_row(table, cells, line, commas, problems) for cells, line in zip(table.cells, table.lines, strict=True)]
    _expect_single(rows, problems)
    problems.raise_if_any()
    return case_of_rows(source.title, rows, lost, problems)


def _decimal_commas(table: Rows) -> bool:
    """Tell whether numbers are written with decimal commas: never where commas stand between the cells."""
    columns = [table.column(c) for c in NUMBERS if c in table.header]
    return table.separator != "," and any(_COMMA.fullmatch(row[c]) for row in table.cells for c in columns)


def _row(table: Rows, cells: tuple[str, ...], line: int, commas: bool, problems: TableProblems) -> PositionRow:
    def cell(column: str) -> str:
        number = table.column(column)
        return _as_meant(one_line(cells[number])) if number >= 0 else ""

    found: dict[str, Fraction] = {}
    for column in NUMBERS:
        text = cell(column)
        if not text or text.upper() in BLANK:
            continue
        try:
            found[column] = _number(text, column, cell("unit"), commas)
        except ValueError as error:
            what = f"{column} {brief(text)} is not a number that can be read"
            problems.at("F162", what, str(error), "correct it", line)
            continue
        if column in SHARES and not 0 <= found[column] <= 100:
            problems.at("F162", f"{column} {text} is out of range", "it runs from 0 to 100", "rescale it", line)
    for column in ("actor", "issue"):
        if not cell(column):
            problems.at("F162", f"the {column} is empty", "a row needs a name", "fill it in", line)
    if ("from" in found) != ("to" in found):
        problems.at("F164", "only one end of the scale is given", "a scale has two", "fill in 'from' and 'to'", line)
    elif "from" in found and found["from"] >= found["to"]:
        what = f"the scale runs from {cell('from')} to {cell('to')}"
        problems.at("F164", what, "its first end is the lower one", "put them in order", line)
    return PositionRow(line, cell("actor"), cell("issue"), cell("unit"), found)


def _as_meant(text: str) -> str:
    """Return a text without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    return text[1:] if text.startswith("'") and no_formula(text[1:]) == text else text


def _number(text: str, column: str, unit: str, commas: bool) -> Fraction:
    if text.endswith("%"):
        if column not in SHARES and unit.lower() not in PERCENT:
            raise ValueError("the unit of the scale is not percent")
        text = text[:-1].rstrip()
    if commas and "," in text:
        if "." in text:
            raise ValueError("it has a point and a comma; write thousands without a sign")
        text = text.replace(",", ".")
    elif commas and "." in text:
        raise ValueError("other numbers of the table have decimal commas")
    elif "," in text:
        raise ValueError("a comma may stand for thousands or for decimals; write 1000 or 1.5")
    return exact(text)


def _expect_single(rows: Sequence[PositionRow], problems: TableProblems) -> None:
    """Complain of what is said twice: a pair of actor and issue, a scale, a reference point, a capability."""
    pairs: dict[tuple[str, str], int] = {}
    facts: dict[tuple[str, str], tuple[Fraction | str, int]] = {}
    for row in rows:
        before = pairs.setdefault((row.actor, row.issue), row.line)
        if before != row.line:
            what = f"{brief(row.actor)[1:-1]} has a second row for {brief(row.issue)[1:-1]}"
            problems.at("F163", what, f"the first is in line {before}", "keep one", row.line)
        said: list[tuple[str, str, Fraction | str]] = [
            (row.issue, column, row.numbers[column]) for column in OF_ISSUES if column in row.numbers
        ]
        if row.unit:
            said.append((row.issue, "unit", row.unit))
        if "capability" in row.numbers:
            said.append((row.actor, "capability", row.numbers["capability"]))
        for name, column, value in said:
            first_value, line = facts.setdefault((name, column), (value, row.line))
            if first_value != value:
                what = f"{brief(name)[1:-1]} has a second {column}, {shown_value(value)}"
                why = f"line {line} says {shown_value(first_value)}, and only one could count"
                problems.at("F165", what, why, "say it once, or the same in every row", row.line)


def write_positions(case: Case, path: Path) -> tuple[str, ...]:
    """Write the positions of all actors; return what is lost."""
    lost = lost_of_case(case)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["actor", "capability", "issue", "position", "salience", "from", "to", "unit", "reference", "outcome"]
    )
    others = 0
    for actor, details in case.actors.items():
        capability = "" if details.capability is None else details.capability.notation()
        for key, interest in details.interests.items():
            issue = case.issues[key]
            if interest.position is None or issue.scale is None:
                others += 1
                continue
            size = interest.size
            writer.writerow(
                [
                    no_formula(actor),
                    capability,
                    no_formula(key),
                    _centre(interest.position.mean),
                    "" if size is None else _centre(size.mean),
                    _centre(Fraction(str(issue.scale.from_))),
                    _centre(Fraction(str(issue.scale.to))),
                    no_formula(issue.scale.unit),
                    "" if issue.reference_point is None else _centre(issue.reference_point.mean),
                    "" if issue.outcome is None else _centre(issue.outcome.mean),
                ]
            )
    if others:
        lost.append(f"{others} interests are told by values or ranks, not by a position on a scale: left out")
    write_safely(path, text.getvalue())
    return tuple(lost)


def _centre(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else repr(float(value))


FORMAT = Format(
    title="a table of positions and saliences",
    form="`.csv` (commas, semicolons or tabs)",
    reads="actor, capability, issue, position, salience, scale, reference point, outcome",
    writes="interests stated by a position on a scale",
    recognises=_recognises,
    read=read_positions,
    write=write_positions,
    endings=(".csv",),
)
