"""Durations and discounting, as typed: ``12 months``, ``2 years``, ``0.9 per year``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from halfway.case.estimates import read_number
from halfway.case.nouns import complaint

Period: TypeAlias = Literal["day", "week", "month", "quarter", "year"]

# Months are the common measure; a day is a year's 365.25th.
_MONTHS = {
    "day": Fraction(12, 1) / Fraction(36525, 100),
    "week": 7 * Fraction(12, 1) / Fraction(36525, 100),
    "month": Fraction(1),
    "quarter": Fraction(3),
    "year": Fraction(12),
}
_DURATION = re.compile(r"^(\S+?)\s*(?:(day|week|month|quarter|year|period)s?)?$")


@dataclass(frozen=True)
class Duration:
    """A length of time in its own unit; ``period`` means the case's own period."""

    number: Fraction
    unit: str

    def periods(self, period: str) -> int:
        """Return the number of whole periods that it takes, rounded up."""
        if self.unit in ("period", period):
            return math.ceil(self.number)
        return math.ceil(self.number * _MONTHS[self.unit] / _MONTHS[period])

    def __str__(self) -> str:
        number = str(self.number) if self.number.denominator == 1 else f"{float(self.number):g}"
        return f"{number} {self.unit}" + ("" if self.number == 1 else "s")


def periods_between(unit: str, period: str) -> float:
    """Return how many periods one unit of time has."""
    return 1.0 if unit == "period" else float(_MONTHS[unit] / _MONTHS[period])


def _read(raw: Any) -> Duration:
    if isinstance(raw, Duration):
        return raw
    typed = isinstance(raw, str | int | float) and not isinstance(raw, bool)
    match = _DURATION.match(str(raw).strip()) if typed else None
    if match:
        try:
            number = read_number(match[1])
        except ValueError:
            number = Fraction(-1)
        if 0 <= number <= 100_000:
            return Duration(number, match[2] or "period")
    raise complaint(
        "S230", f"'{str(raw)[:60]}' is not a length of time", "its unit or number is not known", "write '12 months'"
    )


DurationText: TypeAlias = Annotated[
    Duration,
    PlainValidator(_read),
    PlainSerializer(str),
    WithJsonSchema({"type": ["string", "number"], "description": "A length of time: 12 months, 90 days, 2 years."}),
]
