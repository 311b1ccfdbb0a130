"""What is not certain is never written as certain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfway.words.shares import percent


@pytest.mark.parametrize(
    ("share", "digits", "said"),
    [
        (0.0, 0, "0%"),
        (1.0, 0, "100%"),
        (0.9996, 0, "over 99%"),
        (0.0004, 0, "under 1%"),
        (0.37, 0, "37%"),
        (0.9996, 1, "over 99.9%"),
        (0.9994, 1, "99.9%"),
        (0.0004, 1, "under 0.1%"),
        (1 - 1e-15, 0, "100%"),
    ],
)
def test_by_hand(share, digits, said):
    assert percent(share, digits) == said


@given(st.floats(0, 1), st.integers(0, 3))
def test_all_and_nothing_are_kept_for_what_is_certain(share, digits):
    said = percent(share, digits)
    if 1e-9 < share < 1 - 1e-9:
        assert said not in (f"{0:.{digits}f}%", f"{100:.{digits}f}%")
