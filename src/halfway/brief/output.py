"""Where a brief is written, and what is not written over."""

from __future__ import annotations

import os
from pathlib import Path

from halfway.errors import InputError, Place, Problem
from halfway.result import write_safely

ENDINGS = (".html", ".htm", ".xhtml")
MARK = '<meta name="generator" content="Halfway'


def write(text: str, output: str | Path) -> None:
    """Write a brief to a file.

    Raises
    ------
    InputError
        Where it cannot be written.
    """
    try:
        write_safely(output, text)
    except OSError as error:
        why = (error.strerror or "it cannot be opened").lower()
        raise InputError(
            [Problem("F005", f"cannot write {output}", why, "choose another place", Place(str(output)))]
        ) from error


def check_output(output: str | Path) -> None:
    """Refuse to write over a file that is not a brief.

    Raises
    ------
    InputError
    """
    path = Path(output)
    if path.is_dir():
        raise InputError(
            [Problem("F010", f"{output} is a folder", "a brief is a file", "name a file", Place(str(output)))]
        )
    if path.suffix.lower() not in ENDINGS:
        raise InputError(
            [
                Problem(
                    "F019",
                    f"a brief is not written as {path.suffix or 'a file without an ending'}",
                    "it is one HTML file",
                    "end the name in .html, and add --pdf for a PDF",
                    Place(str(output)),
                )
            ]
        )
    # Folders that are missing are made when it is written; what can be no folder is said before the work begins.
    nearest = next(p for p in path.absolute().parents if p.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        why = "not a directory" if not nearest.is_dir() else "permission denied"
        raise InputError([Problem("F005", f"cannot write {output}", why, "choose another place", Place(str(output)))])
    if path.is_file() and MARK.encode() not in path.read_bytes()[:8000]:
        raise InputError(
            [
                Problem(
                    "F003",
                    f"{output} is there already",
                    "Halfway did not write it",
                    "choose another name, or move the file away",
                    Place(str(output)),
                )
            ]
        )
