"""Issues of numbers in Genius, and the tables of KTAB and DEU."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.errors import InputError, Refusal
from halfway.formats.files import read, write
from halfway.formats.genius_numbers import Evaluator, Numbers
from tests.formats.inputs import DEU, KTAB, lay
from tests.formats.test_each_format import refuse, worth

REAL_DOMAIN = """<negotiation_template><utility_space number_of_issues="1"><objective index="0" name="root">
<issue index="1" name="price" type="real" vtype="real"><range lowerbound="0" upperbound="10"/></issue>
<issue index="2" name="weeks" type="integer" vtype="integer" lowerbound="1" upperbound="201"/>
</objective></utility_space></negotiation_template>"""
REAL_PROFILE = """<utility_space><objective index="0" name="root">
<issue index="1" name="price" type="real" vtype="real"><range lowerbound="0" upperbound="10"/>
{price}</issue>
<issue index="2" name="weeks" type="integer" vtype="integer" lowerbound="1" upperbound="201">
<evaluator ftype="linear" offset="0" slope="0.005"/></issue>
<weight index="1" value="0.75"/><weight index="2" value="0.25"/></objective></utility_space>"""
LINEAR = '<evaluator ftype="linear" parameter0="1" parameter1="-0.1"/>'
TRIANGLE = '<evaluator ftype="triangular" parameter0="0" parameter1="10" parameter2="4"/>'
FILES = {
    "domain.xml": REAL_DOMAIN,
    "a.xml": REAL_PROFILE.format(price=LINEAR),
    "b.xml": REAL_PROFILE.format(price=TRIANGLE),
}


def test_real_and_long_integer_issues_are_thinned_only_on_request_and_the_loss_is_said(tmp_path: Path) -> None:
    folder = lay(tmp_path, FILES)
    (problem,) = refuse(folder, "F116 the issue is of type 'real'")
    assert "--steps" in problem.remedy
    assert str(problem.place).endswith("domain.xml:2:1")
    imported = read(folder, steps=3)
    assert [list(i.options) for i in imported.case.issues.values()] == [["0", "5", "10"], ["1", "101", "201"]]
    # a: 75 · (1, 1/2, 0) + 25 · (0, 1/2, 1); b: the triangle has its top at 4 and is worth 5/6 at 5.
    assert worth(imported.case)[0] == [75, 87.5, 100, 37.5, 50, 62.5, 0, 12.5, 25]
    assert worth(imported.case)[1][3] == pytest.approx(62.5)
    price, weeks = (line for line in imported.lost if "stand for all" in line)
    # The top, at 4 and worth 75, is lost: 5, the nearest kept, is worth 62.5; but 2.5, as near to 0, is worth 46.9 more.
    assert "issue 'price' has every number from 0 to 10" in price
    assert "46.9 points more or less than the nearest kept, to b" in price
    assert "issue 'weeks' has every whole number from 1 to 201" in weeks
    assert "6.25 points" in weeks


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (LINEAR, '<evaluator ftype="faratin" parameter0="1"/>', "F117 the evaluator is of type 'faratin'"),
        (LINEAR, '<evaluator ftype="linear" parameter0="x" parameter1="1"/>', "F118 'x' is not a number"),
        (LINEAR, '<evaluator ftype="linear" parameter1="1"/>', "F118 <evaluator> has no 'parameter0'"),
        (LINEAR, TRIANGLE.replace('"4"', '"11"'), "F117 the triangle from 0 to 10 has its top at 11"),
        (LINEAR, "", "F117 value '0' has no evaluation"),
    ],
)
def test_evaluators_that_cannot_be_read(tmp_path: Path, old: str, new: str, said: str) -> None:
    refuse(lay(tmp_path, FILES | {"a.xml": FILES["a.xml"].replace(old, new)}), said, steps=3)


def test_steps_out_of_reason(tmp_path: Path) -> None:
    for steps in (1, 1001):
        refuse(lay(tmp_path, FILES), "F108", steps=steps)
    back = FILES | {"domain.xml": REAL_DOMAIN.replace('lowerbound="0"', 'lowerbound="12"')}
    refuse(lay(tmp_path, back), "F115 the real issue runs from 12 to 10", steps=3)


POINTS = st.fractions(-3, 3, max_denominator=12)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.tuples(POINTS, POINTS), min_size=1, max_size=3, unique_by=lambda c: c[0]).map(sorted),
    st.integers(2, 5),
    st.booleans(),
)
def test_what_is_lost_by_thinning_is_what_a_fine_search_finds(
    corners: list[tuple[Fraction, Fraction]], steps: int, whole: bool
) -> None:
    low, high = Fraction(-4), Fraction(8)
    spaced = [low + (high - low) * Fraction(k, steps - 1) for k in range(steps)]
    numbers = Numbers(low, high, whole, tuple(Fraction(round(v)) for v in spaced) if whole else tuple(spaced))
    line = Evaluator(tuple(corners))
    said = float(line.lost_between(numbers))
    kept = np.array([float(v) for v in numbers.kept])
    looked_at = np.arange(-4, 9) if whole else np.linspace(-4, 8, 12 * 40 + 1)
    x, y = np.array([[float(v) for v in corner] for corner in corners]).T
    worth_of = lambda v: np.clip(np.interp(v, x, y), 0, 1)  # noqa: E731
    distance = np.abs(looked_at[:, None] - kept)
    nearest = np.isclose(distance, distance.min(axis=1, keepdims=True))
    gaps = np.where(nearest, np.abs(worth_of(looked_at)[:, None] - worth_of(kept)), 0)
    assert gaps.max() <= said + 1e-9
    if whole:
        assert gaps.max() == pytest.approx(said, abs=1e-9)
    else:
        # Slopes are at most 6 · 12 · 12 on this grid; the search looks every 1/40.
        steepest = max((abs((b[1] - a[1]) / (b[0] - a[0])) for a, b in pairwise(corners)), default=0)
        assert said <= gaps.max() + float(steepest) / 40 + 1e-9


# --- KTAB ---


def test_ktab_scenarios_become_positions(tmp_path: Path) -> None:
    imported = read(lay(tmp_path, {"scenario.csv": KTAB}))
    case = imported.case
    assert (case.name, case.title, case.abstract) == ("dam", "dam", "Two neighbours, one river")
    assert list(case.actors) == ["Upstream", "Downstream", "Bank"]
    assert case.actors["Upstream"].description == "Fills, fast"
    assert [a.capability.mean for a in case.actors.values() if a.capability] == [90, Fraction("40.5"), 10]
    assert list(case.issues) == ["Filling", "Money"]
    money = case.actors["Bank"].interests["Money"]
    assert (money.position.mean, money.salience.mean) == (50, Fraction(1, 2))  # type: ignore[union-attr]


def test_ktab_there_and_back(tmp_path: Path) -> None:
    case = read(lay(tmp_path, {"scenario.csv": KTAB})).case
    lost = write(case, tmp_path / "back.csv", "ktab")
    again = read(tmp_path / "back.csv").case
    assert again.actors == case.actors
    assert {k: i.scale for k, i in again.issues.items()} == {k: i.scale for k, i in case.issues.items()}
    assert not any("salience" in line or "stretched" in line for line in lost)


def test_ktab_says_what_it_changes(tmp_path: Path) -> None:
    strong = read(lay(tmp_path, {"s.csv": KTAB.replace("90,0,60", "180,0,60")}))
    assert [a.capability.mean for a in strong.case.actors.values() if a.capability][:2] == [100, Fraction("22.5")]
    assert any("the strongest, who has 180" in line for line in strong.lost)
    table = (
        "actor,capability,issue,position,salience,from,to\na,50,x,6,90,4,8\nb,20,x,4,80,,\na,,y,10,60,,\nb,,y,20,5,,\n"
    )
    case = read(lay(tmp_path, {"t.csv": table})).case
    lost = write(case, tmp_path / "k.csv", "ktab")
    assert any("multiplied by 0.6667" in line for line in lost)
    assert any("stretched to 0–100" in line for line in lost)
    again = read(tmp_path / "k.csv").case
    assert [i.position.mean for i in again.actors["a"].interests.values() if i.position] == [50, 10]


def test_ktab_does_not_write_a_case_without_capabilities(tmp_path: Path) -> None:
    table = "actor,issue,position,salience\na,x,6,90\nb,x,4,80\n"
    with pytest.raises(Refusal, match="a has no capability; b has no capability"):
        write(read(lay(tmp_path, {"t.csv": table})).case, tmp_path / "k.csv", "ktab")
    assert not (tmp_path / "k.csv").exists()


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        (",3,2,", ",4,2,", "1", "F161 the first line says 4 actors"),
        (",3,2,", ",3,1,", "1", "F161 the first line says 1 dimensions"),
        (",3,2,", ",three,2,", "1", "F161 'three' is no number of actors"),
        ("Actor,Desc", "Actor,Desk", "2", "F161 the second line holds no headings"),
        (",90,0,", ",much,0,", "3", "F162 the power, 'much', is not a number"),
        (",90,0,", ",-1,0,", "3", "F162 the power, '-1', is out of range"),
        (",100,80,", ",101,80,", "4", "F162 the position on Filling, '101', is out of range"),
        (",100,80,", ",,80,", "4", "F162 the position on Filling"),
        (",80,90,20,", ",81,90,20,", "4", "F162 the saliences of 'Downstream' come to 101"),
        ("Downstream,", "Upstream,", "4", "F163 'Upstream' has a second row"),
        ("Money", "Filling", "2", "F160 column 'filling' stands twice"),
    ],
)
def test_ktab_refuses_what_does_not_add_up(tmp_path: Path, old: str, new: str, where: str, said: str) -> None:
    assert old in KTAB
    (problem, *_) = refuse(lay(tmp_path, {"s.csv": KTAB.replace(old, new, 1)}), said, format="ktab")
    assert str(problem.place).startswith(f"{tmp_path}/s.csv:{where}")


def test_every_wrong_line_of_a_scenario_at_once(tmp_path: Path) -> None:
    text = KTAB.replace(",90,0,", ",much,0,").replace(",50,5,", ",150,5,").replace(",3,2,", ",5,2,")
    with pytest.raises(InputError) as caught:
        read(lay(tmp_path, {"s.csv": text}))
    assert len(caught.value.problems) == 3


# --- DEU ---


def test_deu_a_case_is_a_proposal(tmp_path: Path) -> None:
    table = lay(tmp_path, {"deu.csv": DEU})
    (problem,) = refuse(table, "F166 the table has 2 proposals")
    assert "--domain" in problem.remedy
    refuse(table, "F166 there is no proposal 'd3'", domain="d3")
    imported = read(table, domain="d1")
    case = imported.case
    assert case.title == "fish (d1)"
    assert {k: a.name for k, a in case.actors.items()} == {
        "com": "European Commission",
        "ep": "European Parliament",
        "fr": "France",
        "de": "Germany",
    }
    first, second = case.issues.values()
    assert (first.voting_rule, second.voting_rule) == ("qualified_majority", "unanimity")
    assert first.agenda_setter == "com"
    assert (first.outcome.mean, first.reference_point.mean) == (70, 0)  # type: ignore[union-attr]
    assert "d1i2" not in case.actors["ep"].interests, "a point is a missing number"
    assert any("1 other proposals" in line for line in imported.lost)
    assert any("capabilities are not in this table" in line for line in imported.lost)
    assert read(table, domain="d2").case.issues.keys() == {"d2i1"}


@pytest.mark.parametrize(
    ("old", "new", "where", "said"),
    [
        ("100,80,0,", "100,8O,0,", "2", "F162 pep '8O' is not a number"),
        ("100,80,0,", "100,180,0,", "2", "F162 pep 180 is out of range"),
        ("d1i2", "d1i1", "3", "F163 issue 'd1i1' has a second line"),
        ("prnr,", "proposal,", "1", "F161 the table has no column prnr"),
    ],
)
def test_deu_refuses_wrong_cells(tmp_path: Path, old: str, new: str, where: str, said: str) -> None:
    (problem, *_) = refuse(lay(tmp_path, {"d.csv": DEU.replace(old, new, 1)}), said, format="deu", domain="d1")
    assert str(problem.place).startswith(f"{tmp_path}/d.csv:{where}")


def test_deu_is_not_written(tmp_path: Path) -> None:
    case = read(lay(tmp_path, {"deu.csv": DEU}), domain="d2").case
    with pytest.raises(Refusal, match="--to positions"):
        write(case, tmp_path / "out.csv", "deu")
    write(case, tmp_path / "out.csv")
    assert read(tmp_path / "out.csv").case.issues.keys() == {"d2i1"}
