"""Data that does not come from a file: whatever stands in it, a case or an InputError comes out."""

import datetime
import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.case.reader import build, load_text
from halfway.errors import InputError, Refusal
from halfway.testing import EVERYTHING, case_data
from tests.case.broken import BASE, PHASES

INTRUDERS = st.sampled_from(
    (
        *(None, True, False, 0, -1, 10**30, 1.5, math.nan, math.inf, "", "x", [], {}, [[]], {"a": 1}, {"when": {}}),
        *(
            b"x",
            datetime.date(2020, 8, 9),
            Fraction(1, 3),
            Decimal("1.5"),
            {1: 2},
            [None],
            (1, 2),
            {"experts": {"e": None}},
            {3},
        ),
    )
)


def base(**changes):
    import yaml

    return yaml.load(BASE, Loader=yaml.BaseLoader) | changes


def codes(data):
    with pytest.raises(InputError) as caught:
        build(data)
    return [p.code for p in caught.value.problems]


def spots(data, path=()):
    """List every place of nested data as (container, key)."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in list(items):
        yield data, key
        yield from spots(value)


@settings(max_examples=200, deadline=None)
@given(case_data(EVERYTHING), st.data())
def test_a_wrong_part_anywhere(data, draw):
    places = list(spots(data))
    for _ in range(draw.draw(st.integers(1, 2))):
        container, key = places[draw.draw(st.integers(0, len(places) - 1))]
        container[key] = draw.draw(INTRUDERS)
    try:
        build(data)
    except InputError as error:
        assert all(p.what and p.why and p.remedy for p in error.problems)  # noqa: PT017 (either way is fine)


@pytest.mark.parametrize("data", [None, [], "text", 3, [{}], True])
def test_what_is_no_mapping(data):
    assert codes(data) == ["S205"]


def test_truth_values_are_no_names():
    # A file can hold the word yes; only data made elsewhere can hold the truth value.
    data = base(status_quo={"border": True})
    assert codes(data) == ["S206"]
    with pytest.raises(InputError, match="quote it: 'yes'"):
        build(data)


def test_conditions_do_not_nest_without_end():
    condition = {"border": "open"}
    for _ in range(70):
        condition = {"not": condition}
    assert codes(base(constraints=[{"forbid": condition}])) == ["S221"]


def test_data_that_contains_itself():
    member = {}
    member["members"] = {"m": member}
    data = base()
    data["actors"]["north"]["members"] = {"m": member}
    assert codes(data) == ["Y105"]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_without_end(number):
    data = base()
    data["actors"]["north"]["interests"]["border"]["weight"] = number
    assert codes(data) == ["S210"]
    data = base()
    data["issues"]["border"]["scale"] = {"from": 0, "to": number}
    assert codes(data) == ["S204"]


def test_numbers_of_python_are_read_exactly():
    data = base()
    data["actors"]["north"]["interests"]["border"]["weight"] = 0.1
    assert build(data).actors["north"].interests["border"].weight.mean == Fraction(1, 10)


def test_refusals_name_what_there_is():
    with pytest.raises(Refusal, match=r"R002 no plan 'openin' in this case; did you mean 'opening'\?"):
        load_text(BASE).plan("openin")
    without = load_text(BASE.replace("plans:\n  opening:\n    phases:\n" + PHASES, ""))
    with pytest.raises(Refusal, match="R001 the case has no plan"):
        without.plan(None)
