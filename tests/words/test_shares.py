"""Shares in words: rounded as usual, and certain only where they are."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfway.words.shares import percent


@pytest.mark.parametrize(
    ("share", "places", "said"),
    [
        (1, 0, "100%"),
        (0, 0, "0%"),
        (0.9996, 0, "over 99%"),
        (0.9996, 1, "over 99.9%"),
        (0.9994, 1, "99.9%"),
        (0.004, 0, "under 1%"),
        (0.0004, 1, "under 0.1%"),
        (0.006, 0, "1%"),
        (0.62, 0, "62%"),
        (0.625, 1, "62.5%"),
        (math.nan, 0, "–"),
    ],
)
def test_by_hand(share, places, said):
    assert percent(share, places) == said


@given(st.floats(0, 1), st.integers(0, 2))
def test_nothing_is_made_certain(share, places):
    said = percent(share, places)
    assert (float(said.rstrip("%")) in (0, 100) if said[0].isdigit() else False) == (share in (0, 1))
    number = float(said.removeprefix("over ").removeprefix("under ").rstrip("%"))
    assert abs(number - 100 * share) <= 10.0**-places
