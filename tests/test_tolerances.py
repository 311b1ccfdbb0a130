"""What counts as nothing, whatever the unit."""

from __future__ import annotations

import pytest

from halfway.tolerances import GAIN, SCALE, of_points, only_rounding


@pytest.mark.parametrize("unit", [1e-9, 1.0, 1e9])
def test_tolerances_follow_the_unit(unit):
    assert of_points(SCALE * unit) == pytest.approx(GAIN * unit)
    assert only_rounding(40 * unit, 40 * unit * (1 + 1e-15), scale=unit)
    assert not only_rounding(40 * unit, 40 * unit * (1 + 1e-9), scale=unit)


def test_a_number_from_larger_ones_carries_their_rounding():
    assert only_rounding(-2.1e-14, 0.0)
    assert not only_rounding(0.0, 1e-6)
