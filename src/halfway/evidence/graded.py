"""What became of past plans by the grade they got: how far a grade could be trusted so far."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class GradeRecord:
    """Past plans with a grade, and what became of them.

    Attributes
    ----------
    grade : int
        From 1 (holds by itself) to 5 (would not be kept).
    plans : int
        That got it.
    held, held_in_part, failed : int
        Of these.
    graded : int
        Plans measured, whatever their grade.
    """

    grade: int
    plans: int
    held: int
    held_in_part: int
    failed: int
    graded: int


@cache
def _graded() -> tuple[tuple[int, str], ...]:
    place = files("halfway.evidence") / "data" / "graded_plans.csv"
    with place.open(encoding="utf-8") as stream:
        return tuple((int(row["grade"]), row["outcome"]) for row in csv.DictReader(stream))


def record_of(grade: int) -> GradeRecord:
    """Return what became of the past plans that got a grade, as measured once by ``docs/history.py``.

    Parameters
    ----------
    grade : int
        From 1 to 5.
    """
    own = [outcome for g, outcome in _graded() if g == grade]
    return GradeRecord(
        grade, len(own), own.count("held"), own.count("held in part"), own.count("failed"), len(_graded())
    )
