"""A Halfway case as an Excel workbook, for those who work in spreadsheets."""

from __future__ import annotations

from pathlib import Path

from halfway.case.case import Case
from halfway.case.reader import build
from halfway.errors import Collector, InputError, Place, Problem
from halfway.formats.format import Format, Imported, Source
from halfway.reading.text import STANDARD_INPUT
from halfway.result import write_safely


def _recognises(path: Path) -> int:
    return 2 if path.is_file() and path.suffix.lower() in (*FORMAT.endings, ".xlsm", ".xls", ".ods") else 0


def _read(source: Source) -> Imported:
    from halfway.formats.workbook.reader import plain_data

    problems = Collector()
    data, places = plain_data(_bytes(source), source.shown, problems)
    if problems.problems and not data:
        problems.raise_if_any()
    case = build(data, places, problems)
    return Imported(case, ())


def _bytes(source: Source) -> bytes:
    from halfway.formats.workbook.package import LARGEST_FILE, too_large

    if str(source.path) == STANDARD_INPUT:
        import sys

        raw = sys.stdin.buffer.read(LARGEST_FILE + 1)
    else:
        try:
            with source.path.open("rb") as stream:
                raw = stream.read(LARGEST_FILE + 1)
        except OSError as error:
            reason = (error.strerror or "it cannot be opened").lower()
            problem = Problem("F001", f"cannot read {source.shown}", reason, "check the path", Place(source.shown))
            raise InputError([problem]) from error
    if len(raw) > LARGEST_FILE:
        raise too_large(source.shown)
    return raw


def _write(case: Case, path: Path) -> tuple[str, ...]:
    from halfway.formats.workbook.reader import plain_data
    from halfway.formats.workbook.writer import workbook_of

    raw = workbook_of(case)
    # Never leave a file behind that does not say the same.
    problems = Collector()
    data, places = plain_data(raw, str(path), problems)
    again = build(data, places, problems)
    if again.content_hash != case.content_hash:
        why = "a text or a number of it would come back changed"
        raise InputError(
            [Problem("F208", "the case cannot be written as a workbook", why, "write it as YAML", Place(str(path)))]
        )
    write_safely(path, raw)
    return ("comments and the layout of the file are not kept",) if case.places.file != "<case>" else ()


FORMAT = Format(
    title="a Halfway case as an Excel workbook",
    form="`.xlsx`",
    reads="all of it; formulas are refused",
    writes="all but comments and layout",
    recognises=_recognises,
    read=_read,
    write=_write,
    endings=(".xlsx",),
)
