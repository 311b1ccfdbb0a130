"""A Halfway case in YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from halfway.case.case import Case
from halfway.case.reader import load_file, load_text
from halfway.errors import InputError, Place, Problem
from halfway.formats.format import Format, Imported, Source
from halfway.reading.text import STANDARD_INPUT
from halfway.result import write_safely

_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def _recognises(path: Path) -> int:
    return int(path.is_file() and path.suffix.lower() in FORMAT.endings)


def _read(source: Source) -> Imported:
    if source.encoding is None and str(source.path) != STANDARD_INPUT:
        return Imported(load_file(source.path), ())
    return Imported(load_text(source.text(), source.shown), ())


def _write(case: Case, path: Path) -> tuple[str, ...]:
    data = case.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    text = yaml.dump(data, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=110)
    try:
        load_text(text, str(path))
    except InputError as error:
        # Never leave a file behind that `check` would not accept.
        problems = [
            Problem("F131", f"the case cannot be written: {p.what}", p.why, p.remedy, Place(str(path)))
            for p in error.problems
        ]
        raise InputError(dict.fromkeys(problems)) from error
    write_safely(path, text)
    return ("comments and the layout of the file are not kept",) if case.places.file != "<case>" else ()


FORMAT = Format(
    title="a Halfway case",
    form="`.yaml`, `.yml`",
    reads="all of it",
    writes="all but comments and layout",
    recognises=_recognises,
    read=_read,
    write=_write,
    endings=(".yaml", ".yml"),
)
