"""Older case files brought up to the current version of the format, without touching anything else in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from halfway.case.case import FORMAT
from halfway.case.conditions import Path
from halfway.case.places import Places
from halfway.case.reader import load_text
from halfway.case.yaml_text import read_yaml
from halfway.errors import Collector, InputError, Place

_SCALAR = re.compile(r"(?P<quote>[\"']?)(?P<text>[0-9]+)(?P=quote)")
_NEXT_LINE = "\x85"
_BARE_YEAR = re.compile(r"[0-9]{4,}")


@dataclass(frozen=True)
class Upgraded:
    """A case file in the current version of the format.

    Attributes
    ----------
    text : str
        The file, with all of its comments and its layout.
    changes : tuple of str
        What was changed, each with its place in the old text; empty where it is up to date.
    """

    text: str
    changes: tuple[str, ...]


def upgraded(text: str, file: str = "<text>") -> Upgraded:
    """Bring the text of a case file up to the current version of the format.

    Version 2 states itself, and writes ``due: 1200 periods`` where version 1 let ``due: 1200`` stand, which can now be a
    year. What the case says stays the same, and so does its hash.

    Raises
    ------
    InputError
        With every problem of the file that bringing it up to date does not solve.
    """
    problems = Collector()
    data, places = read_yaml(text, file, problems)
    problems.raise_if_any()
    changes: list[tuple[Place, str]] = []
    if (at := text.find(_NEXT_LINE)) >= 0:
        above = text[:at].splitlines(keepends=True) or [""]
        changes.append((Place(file, len(above), len(above[-1]) + 1), "the line break U+0085 is written as usual"))
        # To YAML both are the same, but a terminal takes this one for a control character.
        text = text.replace(f"\r{_NEXT_LINE}", "\n\n").replace(_NEXT_LINE, "\n")
    lines = text.splitlines(keepends=True)
    mended: set[Place] = set()
    edits: list[tuple[Place, int, str]] = []
    if isinstance(data, dict):
        for path, number in _ambiguous(data):
            place = places.value_of(path)
            edits.append((place, _length(lines, place), f"{number} periods"))
            changes.append((place, f"'{number}' is written as '{number} periods'"))
            mended.add(place)
        edits += _version(data, places, lines, changes)
    _raise_others(text, file, mended)
    for place, length, new in sorted(edits, reverse=True, key=lambda edit: (edit[0].line, edit[0].column)):
        line = lines[place.line - 1]
        before = place.column - 1
        lines[place.line - 1] = line[:before] + new + line[before + length :]
    after = "".join(lines)
    load_text(after, file)
    return Upgraded(after, tuple(f"{place}: {said}" for place, said in sorted(changes)))


def _version(
    data: dict[str, Any], places: Places, lines: list[str], changes: list[tuple[Place, str]]
) -> Iterator[tuple[Place, int, str]]:
    """State the version, at the top of the file where it was not stated."""
    stated = data.get("halfway")
    if stated is not None:
        place = places.value_of(("halfway",))
        length = _length(lines, place)
        if length and int(str(stated)) < FORMAT:
            changes.append((place, f"'halfway: {stated}' is now 'halfway: {FORMAT}'"))
            yield place, length, str(FORMAT)
        return
    first = min((places.keys[(key,)] for key in data if (key,) in places.keys), default=None)
    if first is None:
        return
    # In a flow mapping, as JSON is one, keys stand beside each other.
    flow = bool(lines[first.line - 1][: first.column - 1].strip()) or _opened_before(lines, first)
    quoted = '"' if lines[first.line - 1][first.column - 1] == '"' else ""
    entry = f"{quoted}halfway{quoted}: {FORMAT}"
    changes.append((first, f"'halfway: {FORMAT}' is added"))
    end = "\r\n" if lines[first.line - 1].endswith("\r\n") else "\n"
    yield first, 0, f"{entry}, " if flow else f"{entry}{end}{' ' * (first.column - 1)}"


def _opened_before(lines: list[str], first: Place) -> bool:
    """Tell whether the mapping that the first key belongs to is in braces that an earlier line opens."""
    said = [line.strip() for line in lines[: first.line - 1]]
    return any(line.startswith("{") for line in said if line and not line.startswith("#"))


def _ambiguous(data: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    plans = data.get("plans")
    for name, plan in plans.items() if isinstance(plans, dict) else ():
        owed = plan.get("obligations") if isinstance(plan, dict) else None
        for i, obligation in enumerate(owed if isinstance(owed, list) else ()):
            due = obligation.get("due") if isinstance(obligation, dict) else None
            if isinstance(due, str) and _BARE_YEAR.fullmatch(due.strip()):
                yield ("plans", name, "obligations", i, "due"), due.strip()


def _length(lines: list[str], place: Place) -> int:
    """Return how many characters the number at a place takes, quotes included; 0 where none stands there."""
    match = _SCALAR.match(lines[place.line - 1], place.column - 1)
    return len(match[0]) if match else 0


def _raise_others(text: str, file: str, mended: set[Place]) -> None:
    """Raise every problem of the old text save those that are mended here."""
    try:
        load_text(text, file)
    except InputError as error:
        others = [p for p in error.problems if p.code != "S261" or p.place not in mended]
        if others:
            raise InputError(others) from error
