"""Ranges of weights: against exact rational arithmetic on a fine grid, and where a scan would pass an exception by."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.settle.solutions.crossings import Rivals, stays_between

GRID = 499
"""A prime: lines with small whole coefficients do not meet exactly on the grid."""
BESIDE = Fraction(1, 10**6)


def leximin_worse(own, rival):
    return sorted(rival) > sorted(own)


def better(name, rival, own, ideal):
    """Say by definition, in rational numbers, whether one package's gains are better than another's."""
    if min(rival) < 0:
        return False
    if name == "utilitarian":
        return sum(rival) > sum(own)
    if name == "egalitarian":
        return leximin_worse(own, rival)
    if name == "nash":
        counts = sum(g > 0 for g in rival), sum(g > 0 for g in own)
        products = [np.prod([Fraction(g) for g in gains if g > 0] or [Fraction(1)]) for gains in (rival, own)]
        return counts[0] > counts[1] or (counts[0] == counts[1] and products[0] > products[1])
    counted = [p for p, most in enumerate(ideal) if most > 0]
    return leximin_worse([own[p] / ideal[p] for p in counted], [rival[p] / ideal[p] for p in counted])


def chosen(name, start, slope, others, own, at):
    """Say whether no rival is better at a weight, and the package acceptable: the definition, package by package."""
    gains = [[s + m * at, *map(Fraction, c)] for s, m, c in zip(start, slope, others, strict=True)]
    if min(gains[own]) < 0:
        return False
    acceptable = [g for g in gains if min(g) >= 0]
    ideal = [max(g[p] for g in acceptable) for p in range(len(gains[0]))]
    return not any(better(name, rival, gains[own], ideal) for rival in gains)


@st.composite
def packages(draw):
    count, parties = draw(st.integers(1, 7)), draw(st.integers(1, 3))
    whole = st.integers(-30, 60)
    start = draw(st.lists(whole, min_size=count, max_size=count))
    slope = draw(st.lists(st.integers(-70, 70), min_size=count, max_size=count))
    gain = st.integers(0, 25)
    others = draw(st.lists(st.lists(gain, min_size=parties, max_size=parties), min_size=count, max_size=count))
    return start, slope, others, Fraction(draw(st.integers(1, GRID - 1)), GRID)


NAMES = ("kalai_smorodinsky", "egalitarian", "utilitarian", "nash")


@settings(max_examples=400, deadline=None)
@given(packages(), st.sampled_from(NAMES), st.sampled_from([1.0, np.inf]))
def test_a_package_stays_chosen_exactly_within_its_range(drawn, name, top):
    start, slope, others, weight = drawn
    own = next((k for k in range(len(start)) if chosen(name, start, slope, others, k, weight)), None)
    if own is None:
        return
    rivals = Rivals(np.array(start, float), np.array(slope, float), np.array(others, float))
    low, high = stays_between(name, rivals, own, 0, float(weight), top, [1.0] * (1 + len(others[0])))
    assert 0 <= low <= float(weight) <= high <= top
    span = 1 if top == 1.0 else 3
    for n in range(1, GRID * span, 2 * span):
        at = Fraction(n, GRID)
        if low + BESIDE < at < high - BESIDE:
            assert chosen(name, start, slope, others, own, at), (at, low, high)
    if low > 0:
        assert not chosen(name, start, slope, others, own, Fraction(low) - BESIDE)
    if high < top:
        assert not chosen(name, start, slope, others, own, Fraction(high) + BESIDE)


def test_an_exception_narrower_than_any_scan_would_see():
    """By hand: from 0.5 on one other's ideal gain is 80, from 0.501 on the second other's is 160.

    Ratios of the first package: before (1, 10/24, 1), between (1, 1/8, 1), after (1, 1/8, 1/8). Of the second: (1, 1, 8/20),
    (1, 24/80, 8/20), (1, 24/80, 8/160). So the first is chosen before and after, and the second between.
    """
    start, slope = [50, 50, -5, Fraction("-5.01")], [0, 0, 10, 10]
    others = [[10, 20], [24, 8], [80, 0], [0, 160]]
    for at, first in ((Fraction("0.4999"), True), (Fraction("0.5005"), False), (Fraction("0.5011"), True)):
        assert chosen("kalai_smorodinsky", start, slope, others, 0, at) is first
    rivals = Rivals(np.array(start, float), np.array(slope, float), np.array(others, float))

    def found(own, weight):
        return stays_between("kalai_smorodinsky", rivals, own, 0, weight, 1.0, [1.0] * 3)

    assert found(0, 0.25) == (0.0, pytest.approx(0.5, abs=1e-9))
    assert found(1, 0.5005) == (pytest.approx(0.5, abs=1e-9), pytest.approx(0.501, abs=1e-9))
    assert found(0, 0.75) == (pytest.approx(0.501, abs=1e-9), 1.0)
