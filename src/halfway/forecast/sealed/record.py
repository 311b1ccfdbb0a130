"""The sealed record: its schema, its hashes, and what makes one sound."""

from __future__ import annotations

import datetime
import hashlib
import json
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BeforeValidator, ConfigDict, Field, PrivateAttr, field_validator, model_validator
from pydantic_core import PydanticCustomError

from halfway.errors import InputError, Place, Problem
from halfway.forecast.own.distribution import Distribution
from halfway.reading.fence import fence
from halfway.reading.json_text import place_in, read_json
from halfway.reading.numbers import plain
from halfway.reading.schema import Foreign, fit
from halfway.reading.text import decode, read_bytes

FORMAT = "halfway forecast record 1"
SAME = 1e-9
"""How far masses that are rounded to 12 digits may be from summing to one."""

NEAR = 1e-6
"""How far stated figures may be from those of their distribution, on a scale of 100."""


def canonical(data: Any) -> str:
    """Write plain data in the one way that is hashed: keys sorted, no spaces, floats to 12 significant digits."""
    return json.dumps(rounded(data), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def rounded(data: Any) -> Any:
    """Return plain data with its floats to 12 significant digits: the last bits of a sum differ between processors."""
    if isinstance(data, float):
        return float(f"{data:.12g}") + 0.0
    if isinstance(data, dict):
        return {k: rounded(v) for k, v in data.items()}
    if isinstance(data, list | tuple):
        return [rounded(v) for v in data]
    return data


def digest(data: Any) -> str:
    """Return the SHA-256 of plain data in canonical form."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


def _unsound(what: str, why: str) -> PydanticCustomError:
    return PydanticCustomError("unsound", "{what}", {"what": what, "why": why})


def _mass(raw: Any) -> Any:
    if isinstance(raw, int | float) and not isinstance(raw, bool) and raw < 0:
        raise _unsound(f"a probability is {raw:g}", "it is zero or more")
    return raw


Mass = Annotated[float, BeforeValidator(_mass)]
Point = Annotated[float, Field(ge=0, le=100)]
Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Sealed(Foreign):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class SealedForecast(_Sealed):
    """The sealed distribution of one issue, on a scale from 0 to 100."""

    issue: str
    title: str
    unit: str
    scale: Annotated[list[float], Field(min_length=2, max_length=2)]
    median: float
    mean: float
    points: list[Point]
    masses: list[Mass]
    edges: list[Point]
    spread: list[Mass]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.scale[0] >= self.scale[1]:
            raise _unsound("the scale has no length", "its first end is the lower one")
        if len(self.points) != len(self.masses):
            raise _unsound(f"{len(self.points)} points have {len(self.masses)} masses", "each has one")
        if len(self.edges) != (len(self.spread) + 1 if self.spread else 0):
            raise _unsound(f"{len(self.edges)} edges hold {len(self.spread)} stretches", "each lies between two")
        for name, row in (("points", self.points), ("edges", self.edges)):
            if any(b <= a for a, b in pairwise(row)):
                raise _unsound(f"the {name} do not ascend", "each is greater than the one before")
        total = sum(self.masses) + sum(self.spread)
        if abs(total - 1) > SAME:
            raise _unsound(f"all probabilities together are {total:g}", "they are 1")
        return self

    @property
    def distribution(self) -> Distribution:
        """The distribution as arrays."""
        return Distribution(*(np.array(row, dtype=np.float64) for row in self._rows()))

    def _rows(self) -> tuple[list[float], ...]:
        return self.points, self.masses, self.edges, self.spread


class Record(_Sealed):
    """A sealed record.

    Attributes
    ----------
    date : str
        Of sealing, as the machine said.
    case, case_hash, version : str
    seed : int
    issue : str or None
        The one that was asked for, if it was one.
    forecasts : list of SealedForecast
    distribution_hash, seal : str
    """

    format: Literal["halfway forecast record 1"]
    date: str
    case: str
    case_hash: Hash
    version: str
    seed: Annotated[int, Field(ge=0)]
    issue: str | None = None
    forecasts: Annotated[list[SealedForecast], Field(min_length=1)]
    distribution_hash: Hash
    seal: Hash
    _body: dict[str, Any] = PrivateAttr(default_factory=dict)

    @field_validator("date")
    @classmethod
    def _a_day(cls, raw: str) -> str:
        try:
            datetime.date.fromisoformat(raw)
        except ValueError:
            raise _unsound(f"'{raw[:40]}' is not a date", "it is written YYYY-MM-DD") from None
        return raw

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [f.issue for f in self.forecasts]
        twice = next((n for k, n in enumerate(names) if n in names[:k]), None)
        if twice is not None:
            raise _unsound(f"issue '{twice[:60]}' is forecast twice", "only one could be graded")
        return self

    @property
    def intact(self) -> bool:
        """Whether the content still has the hashes that it was sealed with."""
        body = {k: v for k, v in self._body.items() if k != "seal"}
        return digest(body) == self.seal and digest(self._body["forecasts"]) == self.distribution_hash


def expect_own_figures(record: Record, shown: str) -> None:
    """Refuse a record whose stated figures are not those of its distributions: one of the two was made up.

    Raises
    ------
    InputError
        With every such figure.
    """
    problems = []

    def wrong(f: SealedForecast, what: str) -> None:
        why = f"the distribution of '{f.issue}' has another"
        problems.append(Problem("F622", what, why, "give the file as `halfway seal` wrote it", Place(shown)))

    for f in record.forecasts:
        own = f.distribution
        low, high = f.scale
        mean, median = (100 * (x - low) / (high - low) for x in (f.mean, f.median))
        if abs(own.mean - mean) > NEAR:
            wrong(f, f"the mean is stated as {f.mean:g}")
        if own.cdf(median - NEAR)[1] > 0.5 + NEAR or own.cdf(median + NEAR)[1] < 0.5 - NEAR:
            wrong(f, f"the median is stated as {f.median:g}")
    if problems:
        raise InputError(problems)


def read_record(path: str | Path) -> Record:
    """Read a record and check that it is sound in itself, whether or not it is as it was sealed.

    Raises
    ------
    InputError
        Where it is not a record, or holds a distribution that is none.
    """
    shown = str(path)
    with fence(shown):
        text = decode(read_bytes(Path(path)), shown)
        try:
            data = read_json(text, shown, plain)
        except InputError as error:
            raise InputError(
                [
                    Problem("F621", f"'{path}' is not a record", f"{p.what}: {p.why}", "give a record", p.place)
                    for p in error.problems
                ]
            ) from error
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            what, why = f"'{path}' is not a record of this format", f"a record says 'format': '{FORMAT}'"
            raise InputError([Problem("F621", what, why, "give a file that `halfway seal` wrote", Place(shown))])
        record = fit(
            Record, data, lambda steps: place_in(text, steps, shown), "F622", "give the file as `halfway seal` wrote it"
        )
    record._body.update(data)
    return record
