"""Coded plans of the past, one row an actor: what tempted it, how precise its promises were, and what became of them."""

from __future__ import annotations

import csv
import hashlib
import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from halfway.errors import InputError, Place, Problem
from halfway.evidence.scoring import FloatArray

COLUMNS = ("plan", "actor", "temptation", "percent_of_stake", "vague", "outcome")
OPTIONAL = ("promises",)
OUTCOMES = {"failed": 1.0, "kept": 0.0}


@dataclass(frozen=True)
class CodedActor:
    """One actor of one plan.

    Attributes
    ----------
    plan, actor : str
    temptation : float
        Points, zero or greater.
    percent_of_stake : float
        The same in percent of the actor's stake.
    vague : float
        Share of its promises that are vague, 0–1.
    failed : bool
        It failed a commitment, or kept it for a time and broke it, within five years.
    promises : int or None
        How many it made.
    """

    plan: str
    actor: str
    temptation: float
    percent_of_stake: float
    vague: float
    failed: bool
    promises: int | None = None


@dataclass(frozen=True)
class Coded:
    """A coded set.

    Attributes
    ----------
    rows : tuple of CodedActor
    digest : str
        SHA-256 over the rows, whatever their order and layout.
    """

    rows: tuple[CodedActor, ...]

    @property
    def digest(self) -> str:
        """What identifies the set."""
        lines = sorted(repr(row) for row in self.rows)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @property
    def plans(self) -> tuple[str, ...]:
        """The plan of every row."""
        return tuple(row.plan for row in self.rows)

    @property
    def failed(self) -> FloatArray:
        """1 where an actor failed, shape (actor,)."""
        return np.array([row.failed for row in self.rows], dtype=np.float64)


def read_coded(path: str | Path) -> Coded:
    """Read rows from a CSV file with a header: plan, actor, temptation, percent_of_stake, vague, outcome[, promises].

    Raises
    ------
    InputError
        With every bad cell at its line.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(
            [_problem("F650", f"the coded rows '{path}' cannot be read", str(error.strerror), "give a CSV file")]
        ) from error
    except UnicodeDecodeError as error:
        why = f"byte {error.start + 1} is not UTF-8"
        raise InputError(
            [_problem("F650", f"the coded rows '{path}' cannot be read", why, "save it as UTF-8")]
        ) from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
    if missing:
        why = f"the header has no {', '.join(missing)}"
        remedy = f"name the columns {', '.join(COLUMNS)}"
        raise InputError([_problem("F651", "the coded rows lack columns", why, remedy, Place(str(path)))])
    rows: list[CodedActor] = []
    problems: list[Problem] = []
    seen: set[tuple[str, str]] = set()
    for row in reader:
        place = Place(str(path), reader.line_num)
        found = [p for p in (_cell(name, row.get(name), place) for name in (*COLUMNS, *OPTIONAL)) if p is not None]
        key = (row["plan"] or "", row["actor"] or "")
        if not found and key in seen:
            why = "each actor of a plan has one row"
            found = [_problem("F653", f"'{key[1]}' of '{key[0]}' has two rows", why, "remove one", place)]
        seen.add(key)
        problems += found
        if not found:
            count = row.get("promises")
            temptation, percent, vague = (float(row[name]) for name in ("temptation", "percent_of_stake", "vague"))
            failed = row["outcome"] == "failed"
            rows.append(CodedActor(*key, temptation, percent, vague, failed, int(count) if count else None))
    if problems:
        raise InputError(problems)
    return Coded(tuple(rows))


def _cell(name: str, text: str | None, place: Place) -> Problem | None:
    if name in OPTIONAL and not text:
        return None
    remedy = {
        "plan": "name it",
        "actor": "name it",
        "vague": "give a share from 0 to 1",
        "outcome": "write failed or kept; leave out rows that are disputed or not due",
        "promises": "give a whole number from 1",
    }.get(name, "give a number from 0")
    if _valid(name, text or ""):
        return None
    return _problem("F652", f"'{name}' is '{(text or '')[:40]}'", "no value that this column can hold", remedy, place)


def _valid(name: str, text: str) -> bool:
    if name in ("plan", "actor"):
        return bool(text.strip())
    if name == "outcome":
        return text in OUTCOMES
    if name == "promises":
        return text.isdecimal() and int(text) >= 1
    try:
        value = float(text)
    except ValueError:
        return False
    return math.isfinite(value) and 0 <= value <= (1 if name == "vague" else math.inf)


def _problem(code: str, what: str, why: str, remedy: str, place: Place | None = None) -> Problem:
    return Problem(code, what, why, remedy, place)
