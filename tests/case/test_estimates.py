"""Estimates: the centre is the mean of what is drawn, numbers are kept as typed, notation comes back."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from halfway.case.estimates import Estimate, exact, parse_estimate, read_number

# The shift that truncation makes is rounded to 1/10,000.
ROUNDING = 0.5e-4 + 1e-9
WHOLE = st.integers(0, 100)


def numerical_mean(estimate: Estimate) -> float:
    """Integrate the density that the notation stands for, without the formulas under test."""
    p, low, high = [float(x) for x in estimate.parameters], estimate.low, estimate.high
    if estimate.kind == "normal":
        density, ends = stats.norm(p[0], p[1]).pdf, (max(low, p[0] - 12 * p[1]), min(high, p[0] + 12 * p[1]))
    elif estimate.kind == "uniform":
        density, ends = stats.uniform(p[0], p[1] - p[0]).pdf, (p[0], p[1])
    elif estimate.kind == "triangular":
        density, ends = stats.triang((p[1] - p[0]) / (p[2] - p[0]), p[0], p[2] - p[0]).pdf, (p[0], p[2])
    else:
        density, ends = stats.beta(p[0], p[1], low, high - low).pdf, (low, high)
    inner = [x for x in (p[0], p[1], (ends[0] + ends[1]) / 2) if ends[0] < x < ends[1]]
    mass = integrate.quad(density, *ends, points=inner, limit=200)[0]
    return integrate.quad(lambda x: x * density(x), *ends, points=inner, limit=200)[0] / mass


@settings(max_examples=100, deadline=None)
@given(WHOLE, st.integers(1, 60), st.sampled_from([(0, 100), (0, math.inf), (-math.inf, math.inf)]))
def test_mean_of_a_truncated_normal(centre, spread, bounds):
    estimate = parse_estimate(f"{centre} ± {spread}", *bounds)
    assert float(estimate.mean) == pytest.approx(numerical_mean(estimate), abs=ROUNDING)
    assert (estimate.mean * 10_000).denominator == 1


@pytest.mark.parametrize("text", ["0.9 ± 0.05", "1 ± 0.5", "0 ± 0.001", "0.5 ± 3"])
def test_mean_of_a_probability(text):
    estimate = parse_estimate(text, 0, 1)
    assert float(estimate.mean) == pytest.approx(numerical_mean(estimate), abs=ROUNDING)


@settings(max_examples=100, deadline=None)
@given(st.lists(WHOLE, min_size=3, max_size=3, unique=True).map(sorted))
def test_means_of_uniform_and_triangular(numbers):
    a, b, c = numbers
    for text in (f"{a}..{c}", f"triangular({a}, {b}, {c})"):
        estimate = parse_estimate(text, 0, 100)
        assert float(estimate.mean) == pytest.approx(numerical_mean(estimate), abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 20), st.integers(1, 20), st.sampled_from([(0, 1), (0, 100)]))
def test_mean_of_beta(a, b, bounds):
    estimate = parse_estimate(f"beta({a}, {b})", *bounds)
    assert float(estimate.mean) == pytest.approx(numerical_mean(estimate), rel=1e-7)


def test_the_mean_moves_inwards_at_a_bound_only():
    assert parse_estimate("50 ± 30", 0, 100).mean == 50
    assert parse_estimate("60 ± 10", -math.inf, math.inf).mean == 60
    assert 90 < parse_estimate("100 ± 10", 0, 100).mean < 100
    assert float(parse_estimate("100 ± 10", 0, 100).mean) == pytest.approx(
        100 - 10 * math.sqrt(2 / math.pi), abs=ROUNDING
    )
    # A centre on the bound of a half-line: the mean of a half-normal.
    assert float(parse_estimate("0 ± 1", 0, math.inf).mean) == pytest.approx(math.sqrt(2 / math.pi), abs=ROUNDING)


def test_a_panel_is_centred_on_its_experts_and_not_averaged_away():
    panel = parse_estimate({"experts": {"ann": 20, "bob": "50..70", "eve": "beta(1, 1)"}}, 0, 100)
    assert panel.mean == Fraction(20 + 60 + 50, 3)
    assert [name for name, _ in panel.experts] == ["ann", "bob", "eve"]
    assert not panel.certain
    assert panel.experts[1][1].kind == "uniform"


def test_what_is_certain():
    assert parse_estimate("60", 0, 100).certain
    assert parse_estimate("60 ± 0", 0, 100).certain
    assert not parse_estimate("60 ± 1", 0, 100).certain
    assert exact(0.1).mean == Fraction(1, 10)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.1", Fraction(1, 10)),
        ("33.333333333333333333", Fraction(33333333333333333333, 10**18)),
        ("7%", Fraction(7, 100)),
    ],
)
def test_numbers_are_kept_exactly(text, number):
    assert parse_estimate(text, 0, 100).mean == number
    assert read_number(text) == number


def test_a_third_of_a_tenth_three_times_is_a_tenth():
    third = parse_estimate("triangular(0.1, 0.1, 0.1)", 0, 1)
    assert third.mean == Fraction(1, 10)


@pytest.mark.parametrize(
    "text", ["", "abc", "1e31", "1e-31", "1" * 41, "--1", "1..2", "1 000", "½", "1/3", "0x10", "nan", "inf", "1e"]
)
def test_what_is_no_number(text):
    with pytest.raises(ValueError, match="^" + text.replace(".", r"\.")[:5]):
        read_number(text)


DECIMALS = st.decimals(0, 100, places=3).map(lambda d: format(d, "f"))


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        DECIMALS,
        st.tuples(DECIMALS, DECIMALS).map(lambda p: f"{p[0]} ± {p[1]}"),
        st.tuples(DECIMALS, DECIMALS).map(lambda p: "..".join(sorted(p, key=float))),
        st.lists(DECIMALS, min_size=3, max_size=3).map(lambda p: f"triangular({', '.join(sorted(p, key=float))})"),
        st.tuples(st.integers(1, 9), st.integers(1, 9)).map(lambda p: f"beta({p[0]}, {p[1]})"),
    )
)
def test_notation_comes_back(text):
    estimate = parse_estimate(text, 0, 100)
    assert parse_estimate(estimate.notation(), 0, 100) == estimate


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ("60+/-10", "60 ± 10"),
        ("60 +- 10", "60 ± 10"),
        ("50 .. 70", "50..70"),
        ("triangular( 40,60 , 90 )", "triangular(40, 60, 90)"),
        ("1e1", "10"),
        ("2.50", "2.5"),
        (".5", "0.5"),
        ("1e-3", "0.001"),
        ("12.345678901234567890123", "12.345678901234567890123"),
    ],
)
def test_spellings_of_the_same(text, notation):
    assert parse_estimate(text, 0, 100).notation() == notation


def test_negative_points_keep_their_sign():
    estimate = parse_estimate("-0.05 ± 2.5", -math.inf, math.inf)
    assert estimate.notation() == "-0.05 ± 2.5"
    assert parse_estimate("-10..-5", -math.inf, math.inf).mean == Fraction(-15, 2)


def test_note_and_source_stay_with_the_number():
    estimate = parse_estimate({"value": "60 ± 10", "note": "a guess", "source": "x"}, 0, 100)
    assert (estimate.note, estimate.source) == ("a guess", ("x",))
    assert parse_estimate({"value": 1, "source": ["x", "y"]}, 0, 100).source == ("x", "y")
