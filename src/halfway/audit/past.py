"""The record of each rule on the plans of the past: hits, false alarms, and what is known of the share to be expected.

The file beside this one is written by `docs/audit_record.py`; how it is counted, and which severity follows, is on the
page that the same script writes.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from halfway.audit.finding import Severity

FEW = 5
"""Fewer judged warnings and errors say nothing of a rule."""

SURE = 0.75
"""A rule keeps its errors where they were right at least this often."""

FEW_ERRORS = 3
"""Fewer judged errors do not show that they are right so often."""


@dataclass(frozen=True)
class Record:
    """What became of what a rule spoke of.

    Attributes
    ----------
    code : str
    hits, false_alarms : int
        Warnings and errors, by the rule's own thresholds.
    error_hits, false_errors : int
        Errors alone.
    note_hits, false_notes : int
        Notes.
    base_rate : float
        The share of failures among what it was judged on; 0 where nothing was.
    """

    code: str
    hits: int
    false_alarms: int
    error_hits: int
    false_errors: int
    note_hits: int
    false_notes: int
    base_rate: float

    @property
    def judged(self) -> int:
        """Warnings and errors that were judged."""
        return self.hits + self.false_alarms

    @property
    def most(self) -> Severity:
        """The gravest severity that the record leaves the rule."""
        if self.judged < FEW:
            return "error"
        if self.hits / self.judged <= self.base_rate:
            return "note"
        errors = self.error_hits + self.false_errors
        if self.false_errors and (errors < FEW_ERRORS or self.error_hits / errors < SURE):
            return "warning"
        return "error"

    def said(self) -> str:
        """Say it, and what follows from it, in a sentence or two."""
        if not self.judged and not self.note_hits + self.false_notes:
            return "on the plans of the past it never fired"
        if not self.judged:
            return f"on the plans of the past only notes: {_counted(self.note_hits, self.false_notes)}"
        told = f"on the plans of the past {_counted(self.hits, self.false_alarms)} among warnings and errors"
        if self.error_hits + self.false_errors:
            told += f", of errors {_counted(self.error_hits, self.false_errors)}"
        told += f"; {100 * self.base_rate:.0f} percent hits would be chance"
        if self.judged < FEW:
            return f"{told}; too few to tell"
        follows = {"note": "so its findings are notes", "warning": "so they are warnings at most", "error": ""}[
            self.most
        ]
        return f"{told}; {follows}" if follows else told


def _counted(hits: int, false: int) -> str:
    return f"{hits} hit{'s' if hits != 1 else ''} to {false} false alarm{'s' if false != 1 else ''}"


@cache
def past_records() -> dict[str, Record]:
    """Return the record of every rule that was ever judged, by code."""
    text = files("halfway.audit").joinpath("record.csv").read_text("utf-8")
    return {
        row["code"]: Record(
            code=row["code"],
            hits=int(row["hits"]),
            false_alarms=int(row["false_alarms"]),
            error_hits=int(row["error_hits"]),
            false_errors=int(row["false_errors"]),
            note_hits=int(row["note_hits"]),
            false_notes=int(row["false_notes"]),
            base_rate=float(row["base_rate"]),
        )
        for row in csv.DictReader(text.splitlines())
    }


def said_of(code: str) -> str:
    """Say the record of a rule."""
    found = past_records().get(code)
    if found is not None:
        return found.said()
    if code.startswith("I"):
        return "not held against the past: it speaks of the numbers"
    return "on the plans of the past it never fired"
