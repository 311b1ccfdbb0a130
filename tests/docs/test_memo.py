"""The page on the memo has the figures that the commands give."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import halfway as hw
from halfway.explore.while_talks_last import while_talks_last

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "memo.md"
FIVE = ("moscow", "west", "minsk", "opposition", "kyiv")


@pytest.fixture(scope="module")
def compiled():
    return hw.compile("belarus-2020")


def row(number):
    """Return the figure of a row."""
    text = PAGE.read_text("utf-8")
    line = next(x for x in text.split("\n") if x.startswith(f"| {number} |"))
    return line.split(" | ")[3]


def numbers(number):
    return [float(x.replace(",", "")) for x in re.findall(r"\d[\d,]*(?:\.\d+)?", row(number))]


def test_there_are_sixteen_rows():
    found = re.findall(r"^\| (\d+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert found == [str(k) for k in range(1, 17)]


def test_row_2(compiled):
    (found,) = while_talks_last(compiled, "memo", FIVE)
    told = [found.before["minsk"], found.after["minsk"], found.before["opposition"], found.after["opposition"]]
    assert numbers(2)[:4] == pytest.approx(told, abs=0.05)
    assert numbers(2)[4:6] == [found.acceptable_before.high, found.acceptable_after.high]


@pytest.mark.parametrize(
    ("number", "issue", "option", "told"),
    [
        (5, "talks_format", "at_the_table", (("moscow", -3.6), ("minsk", -2.4), ("opposition", 4.7))),
        (5, "talks_format", "moscow_only", (("west", -3.5),)),
        (6, "kyiv_talks", "direct", (("kyiv", -7.5), ("west", -2.9), ("moscow", 5.6), ("donbas-authorities", 44.0))),
        (8, "crimea", "recognised", (("kyiv", -23.8), ("west", -15.3), ("moscow", 13.0))),
        (
            9,
            "alignment",
            "fixed_from_outside",
            (("belarusians", -9.0), ("minsk", -7.2), ("west", -5.7), ("moscow", 9.2)),
        ),
        (11, "alaska", "condominium", (("west", -7.6), ("moscow", 2.1))),
    ],
)
def test_rows_of_one_issue(compiled, number, issue, option, told):
    move = next(m for m in hw.one_issue(compiled, issue).moves if m.option == option)
    for actor, points in told:
        assert move.change[actor] == pytest.approx(points, abs=0.05), actor
        assert abs(points) in numbers(number)


def test_row_13(compiled):
    found = hw.ladder(compiled, "west", "moscow", parties=FIVE, rungs=(50, 80, 100))
    assert (round(found.first), round(found.last)) == (27, 45)
    paid = [{a: round(x) for a, x in found.paid(r).items()} for r in found.rungs]
    assert paid[0] == {"minsk": 19, "kyiv": 8}
    assert (paid[1]["kyiv"], paid[1]["minsk"], paid[1]["west"]) == (51, 22, 20)
    assert (paid[2]["kyiv"], paid[2]["west"]) == (73, 52)
    assert set(numbers(13)) == {27, 45, 19, 8, 80, 51, 22, 20, 73, 52}


def test_rows_1_and_15_and_what_could_be_signed(compiled):
    found = hw.settle(compiled, "memo")
    assert numbers(1)[:2] == [found.acceptable.high, found.price_of_exclusion.acceptable.high]
    values = compiled.values("memo").long_run
    space = compiled.space()
    a = space.actor("belarusians")
    assert values[a] - space.values(space.status_quo)[a, 0] == pytest.approx(-6.6, abs=0.05)
    text = " ".join(PAGE.read_text("utf-8").split())
    five = hw.settle(compiled, parties=FIVE)
    assert f"{five.acceptable} packages are acceptable to Moscow" in text
