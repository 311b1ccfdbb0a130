"""Lengths of time, discounting, and how options may follow each other."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfway.case.issues import Issue
from halfway.case.reader import load_text
from tests.case.broken import BASE


def duration(text: str, period: str = "month") -> int:
    case = load_text(BASE.replace("12 months", text) + f"period: {period}\n")
    return case.plans["opening"].phases["trial"].lasts.periods(period)


@pytest.mark.parametrize(
    ("text", "period", "periods"),
    [
        ("12 months", "month", 12),
        ("1 month", "month", 1),
        ("2 years", "month", 24),
        ("1 quarter", "month", 3),
        ("1.5 years", "month", 18),
        ("0.5 months", "month", 1),
        ("90 days", "month", 3),
        ("92 days", "month", 3),
        ("31 days", "month", 1),
        ("1 days", "month", 1),
        ("1 days", "year", 1),
        ("100 days", "month", 4),
        ("100 days", "quarter", 2),
        ("5", "month", 5),
        ("7 periods", "week", 7),
        ("4 weeks", "week", 4),
        ("1 month", "week", 5),
        ("1 year", "day", 366),
        ("1 year", "year", 1),
        ("13 months", "year", 2),
        ("6 months", "quarter", 2),
    ],
)
def test_whole_periods_rounded_up_save_for_the_unevenness_of_months(text, period, periods):
    assert duration(text, period) == periods


def test_lengths_are_written_back_as_typed():
    for text in ("12 months", "1 year", "90 days", "1.5 quarters"):
        case = load_text(BASE.replace("12 months", text))
        assert str(case.plans["opening"].phases["trial"].lasts) == text


def patience(text: str, period: str) -> float:
    case = load_text(BASE.replace("  south:\n", f"  south:\n    patience: {text}\n") + f"period: {period}\n")
    return case.actors["south"].discounting.factor(period)


@pytest.mark.parametrize(
    ("text", "period", "factor"),
    [
        ("0.9 per year", "year", 0.9),
        ("0.9 per year", "month", 0.9 ** (1 / 12)),
        ("0.9 per month", "year", 0.9**12),
        ("0.99", "month", 0.99),
        ("0.99", "year", 0.99),
        ("0.5 per quarter", "month", 0.5 ** (1 / 3)),
        ("0.99 per day", "week", 0.99**7),
        ("0 per year", "month", 0.0),
        ("1 per year", "month", 1.0),
        ("{value: 0.8..0.9, per: year, note: a guess}", "year", 0.85),
    ],
)
def test_discount_factors(text, period, factor):
    assert patience(text, period) == pytest.approx(factor, rel=1e-12)


@given(st.floats(0.01, 1), st.sampled_from(["day", "week", "month", "quarter", "year"]))
def test_a_year_of_months_discounts_as_a_year(value, unit):
    case = load_text(BASE.replace("  south:\n", f"  south:\n    patience: {value:.6f} per {unit}\n"))
    patient = case.actors["south"].discounting
    assert patient.factor("month") ** 12 == pytest.approx(patient.factor("year"), rel=1e-9)
    assert patient.factor("month", 0.5) ** 12 == pytest.approx(patient.factor("year", 0.5), rel=1e-9)


def test_the_default_is_nine_tenths_a_year():
    assert load_text(BASE).actors["north"].discounting.factor("year") == pytest.approx(0.9)
    assert load_text(BASE).actors["north"].strength.mean == 50


def issue(**changes) -> Issue:
    return Issue.model_validate({"options": ["a", "b", "c"], "set_by": "x", "owner": "x", **changes})


def moves(found: Issue) -> set[str]:
    names = list(found.options)
    assert all(found.may_follow(o, o) for o in names)
    return {f"{one}{other}" for one in names for other in names if one != other and found.may_follow(one, other)}


def test_by_default_every_option_can_follow_every_other():
    assert moves(issue()) == {"ab", "ac", "ba", "bc", "ca", "cb"}


def test_irreversible_issues_go_forward_only():
    assert moves(issue(reversible="no")) == {"ab", "ac", "bc"}


def test_an_irreversible_option_is_never_left():
    options = {"a": {}, "b": {"reversible": "no"}, "c": {}}
    assert moves(issue(options=options)) == {"ab", "ac", "ca", "cb"}


def test_listed_transitions_and_no_others():
    assert moves(issue(transitions={"a": "b", "b": ["a", "c"]})) == {"ab", "ba", "bc"}


def test_an_irreversible_option_outweighs_the_list():
    options = {"a": {}, "b": {"reversible": "no"}, "c": {}}
    assert moves(issue(options=options, transitions={"a": "b", "b": "c"})) == {"ab"}


def lags(found: Issue, period: str = "month") -> dict[str, int]:
    names = list(found.options)
    return {f"{o}{p}": lag for o in names for p in names if (lag := found.lag(o, p, period))}


def test_without_undo_nothing_lags():
    assert lags(issue()) == {}


def test_undo_slows_going_back_only():
    assert lags(issue(undo="6 months")) == {"ba": 6, "ca": 6, "cb": 6}
    assert lags(issue(undo="6 months"), "quarter") == {"ba": 2, "ca": 2, "cb": 2}


def test_undo_of_an_option_slows_every_way_out_of_it():
    options = {"a": {}, "b": {"undo": "2 months"}, "c": {}}
    assert lags(issue(options=options)) == {"ba": 2, "bc": 2}
    assert lags(issue(options=options, undo="1 year")) == {"ba": 2, "bc": 2, "ca": 12, "cb": 12}


def test_points_of_options_on_a_scale():
    spread = issue(scale={"from": 0, "to": 100})
    assert [spread.point(o) for o in spread.options] == [0, 50, 100]
    downwards = issue(scale={"from": 10, "to": 0})
    assert [downwards.point(o) for o in downwards.options] == [10, 5, 0]
    placed = issue(scale={"from": 0, "to": 100}, options={"a": {"at": 5}, "b": {}, "c": {"at": "80 ± 5"}})
    assert [placed.point(o) for o in placed.options] == [5, 50, 80]
    with pytest.raises(ValueError, match="no scale"):
        issue().point("a")


def test_what_is_not_observed_is_seen_as_itself():
    found = issue(observed={"a": {"clean": "0.9", "alarm": "10%"}})
    assert {s: p.mean for s, p in found.signals_of("a").items()} == {"clean": Fraction(9, 10), "alarm": Fraction(1, 10)}
    assert {s: p.mean for s, p in found.signals_of("b").items()} == {"b": 1}


def test_no_length_is_lost_in_rounding():
    # 365.25 days are a year, so ten years have ten years' worth of days and no period more.
    assert duration("3652.5 days", "year") == 10
    assert duration("3653 days", "year") == 10
    assert duration("3655 days", "year") == 11
    assert math.isclose(load_text(BASE).actors["north"].discounting.factor("day") ** 365.25, 0.9)
