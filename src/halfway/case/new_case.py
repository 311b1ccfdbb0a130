"""A small commented case to start from."""

from __future__ import annotations

import json
import re
from pathlib import Path

from halfway.case.case import NAME, spoken
from halfway.case.reader import load_text
from halfway.case.schema import json_schema
from halfway.errors import InputError, Place, Problem
from halfway.result import write_safely

SCHEMA_FILE = "halfway-case.schema.json"
"""What the first line of a new case names; it stands beside the case, so that editors need no network."""

_TEMPLATE = Path(__file__).with_name("new_case.yaml")
_FULL = Path(__file__).with_name("new_case_full.yaml")


def text_of(name: str, full: bool = False) -> str:
    """Return the text of a new case, small or with everything that a case can say.

    Raises
    ------
    InputError
        Where a case cannot be called so.
    """
    if not re.fullmatch(NAME, name):
        raise InputError(
            [
                Problem(
                    "S207",
                    f"'{name}' cannot be a name",
                    "names have small letters, digits and hyphens",
                    "write it like 'minsk-2015'",
                )
            ]
        )
    template = (_FULL if full else _TEMPLATE).read_text(encoding="utf-8")
    return template.replace("my-dispute", name).replace("My dispute", spoken(name))


def write_new(path: Path, text: str) -> None:
    """Write a file that does not exist yet.

    Raises
    ------
    InputError
        Where it does, or where it cannot be written.
    """
    try:
        write_safely(path, text, new=True)
    except FileExistsError as error:
        raise InputError(
            [
                Problem(
                    "F003",
                    f"{path} is there already",
                    "nothing is ever overwritten",
                    "give another name, or another file with -o",
                    Place(str(path)),
                )
            ]
        ) from error
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        raise InputError(
            [Problem("F005", f"cannot write {path}", reason, "check the path", Place(str(path)))]
        ) from error


def write_new_case(text: str, path: Path) -> tuple[Path, ...]:
    """Write a new case, and beside it the schema by which editors complete and check; return what was written.

    Raises
    ------
    InputError
        Where the case is there already or cannot be written, or its name makes a text that cannot be read.
    """
    load_text(text, str(path))  # a name such as `null` would make a file that cannot be read
    write_new(path, text)
    schema = path.with_name(SCHEMA_FILE)
    if schema.exists():
        return (path,)
    write_new(schema, json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n")
    return path, schema
