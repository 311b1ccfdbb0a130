"""Estimates: the centre is the mean of what is drawn, numbers are kept as typed, notation comes back."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError
from scipy import integrate, stats

from halfway.case.estimates import Estimate, exact, parse_estimate, read_number, to_sum
from halfway.case.reader import load_text
from halfway.errors import InputError
from tests.case.broken import BASE

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
    ],
)
def test_numbers_are_kept_exactly(text, number):
    assert parse_estimate(text, 0, 100).mean == number
    assert read_number(text) == number


def test_a_third_of_a_tenth_three_times_is_a_tenth():
    third = parse_estimate("triangular(0.1, 0.1, 0.1)", 0, 1)
    assert third.mean == Fraction(1, 10)


@pytest.mark.parametrize(
    "text", ["", "abc", "1e31", "1e-31", "1" * 41, "--1", "1..2", "1 000", "½", "1/0", "7%", "0x10", "nan", "inf", "1e"]
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


@pytest.mark.parametrize(
    ("percent", "text", "centre"),
    [
        ("points", "60%", 60),
        ("points", "60 %", 60),
        ("points", "50% ± 10%", 50),
        ("points", "50%..70%", 60),
        ("points", "triangular(40%, 60%, 80%)", 60),
        ("hundredths", "60%", Fraction(3, 5)),
        ("hundredths", "50%..70%", Fraction(3, 5)),
        ("hundredths", "0.6", Fraction(3, 5)),
    ],
)
def test_a_percent_sign_is_read_by_what_the_quantity_is(percent, text, centre):
    high = 100 if percent == "points" else 1
    assert parse_estimate(text, 0, high, percent).mean == centre


def test_a_percent_of_what_would_have_to_be_guessed_is_refused():
    for text in ("60%", "60% ± 10%", "beta(80%, 20%)"):
        with pytest.raises(PydanticCustomError) as caught:
            parse_estimate(text, 0, 100)
        assert caught.value.type == "S213"
    for text in ("60 ± 10%", "60% ± 10", "50..70%", {"experts": {"a": "60%", "b": "60"}}):
        with pytest.raises(PydanticCustomError) as caught:
            parse_estimate(text, 0, 100, "points")
        assert caught.value.type == "S213"


def test_all_weights_in_percent_weigh_as_their_numbers_do():
    numbers = ("60", "25", "15")
    plain = [parse_estimate(n, 0, math.inf, "hundredths").mean for n in numbers]
    shares = [parse_estimate(f"{n}%", 0, math.inf, "hundredths").mean for n in numbers]
    assert [w / sum(plain) for w in plain] == shares


@pytest.mark.parametrize(
    ("text", "number"),
    [("\u221220", -20), ("1/3", Fraction(1, 3)), ("\u22121/3", Fraction(-1, 3)), ("1e\u22122", Fraction(1, 100))],
)
def test_minus_signs_and_fractions(text, number):
    assert read_number(text) == number
    assert parse_estimate(text, -100, 100).notation() == parse_estimate(str(number), -100, 100).notation()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=12), st.integers(2, 5), st.sampled_from([1, 100]))
def test_what_was_rounded_sums_to_its_total(sizes, places, total):
    true = {str(i): Fraction(n * total, sum(sizes)) for i, n in enumerate(sizes)}
    typed = {name: exact(round(part, places)) for name, part in true.items()}
    mended = to_sum(typed, total)
    off = abs(sum(float(e) for e in typed.values()) - total)
    if any(part.parameters[0].denominator == 1 for part in typed.values()) or off > total / 100:
        return
    assert sum(part.mean for part in mended.values()) == total
    for name, part in mended.items():
        assert abs(part.mean - true[name]) <= Fraction(total, 50)


def test_what_rounding_does_not_explain_stays():
    for parts in (("0.5", "0.4"), ("0.5", "0.49"), ("0.3", "0.3", "0.3"), ("0.33 ± 0.1", "0.33", "0.33")):
        typed = {str(i): parse_estimate(text, 0, 1) for i, text in enumerate(parts)}
        assert to_sum(typed, 1) == typed
    thirds = to_sum({name: parse_estimate("0.333", 0, 1) for name in "abc"}, 1)
    assert {e.notation() for e in thirds.values()} == {"1/3"}
    assert to_sum({}, 1) == {}


def test_three_of_a_third_sum_to_one_in_a_case():
    thirds = "{a: {prior: 0.333}, b: {prior: 0.333}, c: {prior: 33.3%}}"
    rows = "[{when: {border: open}, x: 0.166, y: 0.166, z: 0.667}, {x: 1}]"
    seen = f"observed: {{open: {{x: 0.333, y: 0.333, z: 0.333}}, shut: {rows}}}"
    text = BASE.replace("  south:\n", f"  south:\n    types: {thirds}\n")
    case = load_text(text.replace("    owner: north\n", f"    owner: north\n    {seen}\n"))
    assert {kind.prior.mean for kind in case.actors["south"].types.values()} == {Fraction(1, 3)}
    assert {p.mean for p in case.issues["border"].signals_of("open").values()} == {Fraction(1, 3)}
    assert load_text(case.model_dump_json(by_alias=True)).content_hash == case.content_hash
    with pytest.raises(InputError, match="V401"):
        load_text(text.replace("33.3%", "31%"))
