"""The serialiser: what goes out is what the fields say, and the schema says the same."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Literal, NamedTuple

import jsonschema
import numpy as np
import pytest

import halfway as hw
from halfway.record import HIDDEN, json_schema, plain, shown, shown_as


class Pair(NamedTuple):
    low: int
    high: int


@dataclass(frozen=True)
class Inner:
    at: float


@dataclass(frozen=True)
class Outer:
    """A record.

    Attributes
    ----------
    name, title : str
        What it is called.
    """

    name: str
    title: str | None
    kept: int = field(metadata=HIDDEN)
    renamed: tuple[float, ...] = field(metadata=shown_as("numbers"))
    inner: Inner = field(metadata=shown_as(flat=True))
    rows: Mapping[str, tuple[Inner, ...]]
    pair: Pair
    maybe: tuple[int, ...] = field(metadata=shown_as(unless_empty=True))
    grade: Literal["a", "b"] = "a"

    @property
    @shown("double", after="title")
    def twice(self) -> int:
        """Twice what is kept."""
        return 2 * self.kept


def one(maybe=()):
    return Outer("x", None, 3, (1.5, math.nan), Inner(2.0), {"r": (Inner(1.0),)}, Pair(1, 2), maybe)


def test_fields_go_out_as_they_say():
    assert list(plain(one()).items()) == [
        ("name", "x"),
        ("title", None),
        ("double", 6),
        ("numbers", [1.5, None]),
        ("at", 2.0),
        ("rows", {"r": [{"at": 1.0}]}),
        ("pair", {"low": 1, "high": 2}),
        ("grade", "a"),
    ]
    assert plain(one((7,)))["maybe"] == [7]


def test_values_of_other_kinds():
    given = (np.float64(1.5), np.arange(2), np.bool_(True), Fraction(1, 4), date(2020, 1, 2), Path("a"), {"b", "a"})
    assert plain(given) == [1.5, [0, 1], True, 0.25, "2020-01-02", "a", ["a", "b"]]
    assert plain({1: np.inf}) == {"1": None}
    with pytest.raises(TypeError, match="no JSON form for complex"):
        plain(1j)


def test_the_schema_fits_what_goes_out_and_nothing_else():
    schema = json_schema(Outer)
    assert schema["properties"]["name"]["description"] == "What it is called."
    assert schema["properties"]["double"] == {"type": "integer", "description": "Twice what is kept."}
    validator = jsonschema.Draft202012Validator(schema)
    for record in (one(), one((1,))):
        validator.validate(plain(record))
    wrong = {**plain(one()), "double": "six"}
    assert [e.json_path for e in validator.iter_errors(wrong)] == ["$.double"]
    assert list(validator.iter_errors({**plain(one()), "more": 1}))
    assert list(validator.iter_errors({k: v for k, v in plain(one()).items() if k != "at"}))


@pytest.mark.parametrize("name", sorted(hw.results()))
def test_every_result_has_a_schema_of_its_own(name):
    schema = hw.schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["provenance" if "provenance" in schema["properties"] else "case_hash"]


@pytest.mark.parametrize("name", ["settle", "stability", "conduct", "forecast", "audit", "compare", "talks", "repair"])
@pytest.mark.parametrize("case", ["eu-belarus-2016", "prisoners-dilemma-repeated"])
def test_what_goes_out_fits_its_schema(name, case):
    options = {
        "conduct": {"runs": 20, "draws": 2},
        "talks": {"runs": 3},
        "repair": {"most": 4},
        "compare": {"draws": 20},
    }
    try:
        result = getattr(hw, name)(case, **options.get(name, {}))
    except hw.Refusal:
        # There is nothing to forecast, or no interests to value plans by.
        assert name in ("forecast", "compare", "talks", "repair", "settle", "conduct")
        return
    data = json.loads(result.to_json(), parse_constant=lambda text: pytest.fail(f"{text} is no JSON"))
    jsonschema.Draft202012Validator(hw.schema(name)).validate(data)
