"""Durations, dates and rates, as typed: ``12 months``, ``2 years``, ``2020-08-09``, ``0.9 per year``."""

from __future__ import annotations

import datetime
import math
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from halfway.case.estimates import decimal, read_number
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
# Months have 28 to 31 days: 31 days are a month, 90 to 92 are three, 184 are six.
_UNEVEN_DAYS = Fraction(3, 2)
_DURATION = re.compile(r"^(\S+?)\s*(?:(day|week|month|quarter|year|period)s?)?$")


@dataclass(frozen=True)
class Duration:
    """A length of time in its own unit; ``period`` means the case's own period."""

    number: Fraction
    unit: str

    unstated: bool = field(default=False, compare=False)
    """Whether no unit was typed, so that the number counts periods."""

    @classmethod
    def of(cls, number: int, unit: str) -> Duration:
        """Make a length of time of a whole number of units."""
        return cls(Fraction(number), unit)

    def periods(self, period: str) -> int:
        """Return the number of whole periods that it takes: rounded up, save for days that only the calendar adds."""
        exact = self.exact_periods(period)
        # A day alone is no slip of the calendar: whatever takes time takes a period.
        return max(math.ceil(exact - self._uneven(period)), 1 if exact > 0 else 0)

    def exact_periods(self, period: str) -> Fraction:
        """Return how many periods it takes, before any rounding."""
        return self.number if self.unit in ("period", period) else self.number * _MONTHS[self.unit] / _MONTHS[period]

    def divides(self, period: str) -> bool:
        """Tell whether it is a number of whole periods, as near as the calendar is even."""
        exact = self.exact_periods(period)
        return exact == 0 or (exact >= 1 and abs(exact - round(exact)) <= self._uneven(period))

    def _uneven(self, period: str) -> Fraction:
        """Return what a number of days may be off a number of months, quarters or years that it is meant to be."""
        counted = self.unit == "day" and period in ("month", "quarter", "year")
        return _UNEVEN_DAYS * _MONTHS["day"] / _MONTHS[period] if counted else Fraction(0)

    def __str__(self) -> str:
        number = decimal(self.number)
        return f"{number} {self.unit}" + ("" if self.number == 1 else "s")


def periods_between(unit: str, period: str) -> float:
    """Return how many periods one unit of time has."""
    return 1.0 if unit == "period" else float(_MONTHS[unit] / _MONTHS[period])


def read_duration(raw: Any) -> Duration:
    """Read a length of time.

    Raises
    ------
    ValueError
        Where it is none.
    """
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
            return Duration(number, match[2] or "period", unstated=match[2] is None)
    raise ValueError(raw)


def _read(raw: Any) -> Duration:
    try:
        return read_duration(raw)
    except ValueError as error:
        raise complaint(
            "S230", f"'{str(raw)[:60]}' is not a length of time", "its unit or number is not known", "write '12 months'"
        ) from error


DurationText: TypeAlias = Annotated[
    Duration,
    PlainValidator(_read),
    PlainSerializer(str),
    WithJsonSchema(
        {
            "type": ["string", "number"],
            "description": "A length of time: 12 months, 90 days, 2 years. A number alone counts periods of the case; "
            "what is no whole number of periods is rounded up to one. `check` says so of both.",
        }
    ),
]

_DATE = re.compile(r"^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$")
_DATED = re.compile(r"^\d{4}-")
_FIRST_YEAR = 1000


def _date(raw: Any) -> str:
    text = raw.isoformat() if isinstance(raw, datetime.date) else str(raw).strip()
    match = _DATE.match(text)
    if match:
        try:
            datetime.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
            return text
        except ValueError:
            pass
    raise complaint("S260", f"'{text[:60]}' is not a date", "no such day", "write 2020-08-09, 2020-08 or 2020")


DateText: TypeAlias = Annotated[
    str, PlainValidator(_date), PlainSerializer(str), WithJsonSchema({"type": ["string", "integer"]})
]


def _moment(raw: Any) -> Duration | str:
    if isinstance(raw, Duration):
        return raw
    text = raw.isoformat() if isinstance(raw, datetime.date) else str(raw).strip()
    if isinstance(raw, datetime.date) or _DATED.match(text):
        return _date(raw)
    if text.isdecimal() and int(text) >= _FIRST_YEAR:
        raise complaint(
            "S261",
            f"'{text[:60]}' can be a year or a number of periods",
            "both a date and a length of time can stand here",
            f"write '{text[:10]}-12-31' for the year's end, or '{text[:10]} months'",
        )
    return _read(raw)


MomentText: TypeAlias = Annotated[
    Duration | str,
    PlainValidator(_moment),
    PlainSerializer(str),
    WithJsonSchema(
        {
            "type": ["string", "number"],
            "description": "A length of time or a date: 12 months, 2016-11-08, 2016-11.",
        }
    ),
]
"""A length of time from a start that the key names, or a date."""


def first_day(date: str) -> datetime.date:
    """Return the first day that a date as typed covers."""
    year, month, day = (*(int(part) for part in date.split("-")), 1, 1)[:3]
    return datetime.date(year, month, day)


def periods_from(start: str, date: str, period: Period) -> int:
    """Return how many whole periods lie between two dates, rounded up; negative where the second comes first."""
    days = (first_day(date) - first_day(start)).days
    return math.ceil(days / float(_MONTHS[period] / _MONTHS["day"]))


_PER = re.compile(r"^(.*\S)\s+per\s+(day|week|month|quarter|year|period)$")


def split_per(raw: Any) -> Any:
    """Take ``0.9 per year``, or any estimate, for the mapping with `value` and `per` that it stands for."""
    if isinstance(raw, str) and (match := _PER.match(raw.strip())):
        return {"value": match[1], "per": match[2]}
    if isinstance(raw, dict) and ("per" in raw or "experts" not in raw):
        return raw
    return {"value": raw}
