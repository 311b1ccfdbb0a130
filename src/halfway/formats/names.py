"""Names that other formats allow and a case does not: told apart, changed where they must be, and said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from halfway.case.conditions import WORDS
from halfway.reading.schema import one_line

_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_LONGEST_FILE_NAME = 80
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.ASCII)


def twice(names: Iterable[str]) -> str | None:
    """Return the first name that stands twice, whatever way its letters are composed."""
    seen: set[str] = set()
    for name in names:
        if one_line(name) in seen:
            return name
        seen.add(one_line(name))
    return None


def usable(names: Sequence[str], what: str, lost: list[str], words: Sequence[str] = WORDS) -> list[str]:
    """Return names that a case can use: what conditions use as words, and what is empty, gets another.

    Parameters
    ----------
    names : sequence of str
        All different but for empty ones.
    what : str
        What they name, such as "player".
    lost : list of str
        Receives what was changed.
    words : sequence of str
        What cannot be a name.
    """
    out: list[str] = []
    taken = {one_line(name) for name in names}
    for number, name in enumerate(names, start=1):
        new = one_line(name)
        if not new or new in words:
            new = f"{new or what} {number}"
            while new in taken:
                new += "'"
            taken.add(new)
            lost.append(
                f"{what} {number} has no name and is called '{new}'"
                if not name.strip()
                else f"{what} '{name}' is called '{new}': conditions use the word"
            )
        out.append(new)
    return out


def file_names(names: Iterable[str], ending: str, taken: Iterable[str], lost: list[str]) -> dict[str, str]:
    """Return a file name for each name, safe on every system and different from all others.

    Parameters
    ----------
    names : iterable of str
    ending : str
    taken : iterable of str
        File names that are in use already.
    lost : list of str
        Receives the names that could not be kept.
    """
    used = {name.lower() for name in taken}
    out = {}
    for name in names:
        stem = _UNSAFE.sub("-", name).strip(" .")
        while len(stem.encode()) > _LONGEST_FILE_NAME:
            stem = stem[:-1]
        if not stem or _RESERVED.fullmatch(stem):
            stem = f"party-{stem}".rstrip("-")
        file, number = stem + ending, 1
        while file.lower() in used:
            number += 1
            file = f"{stem}-{number}{ending}"
        used.add(file.lower())
        if file != name + ending:
            lost.append(f"{name} is written to {file}: a file cannot have that name here")
        out[name] = file
    return out
