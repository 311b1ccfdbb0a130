"""Pictures of conduct draw, with tables that hold the figures shown."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

from halfway.case.catalog import load
from halfway.charts import conduct as charts
from halfway.charts.beliefs import beliefs, credibility
from halfway.charts.chart import lean, standing_alone
from halfway.charts.diagram import diagram
from halfway.charts.region import in_words, patience_and_detection
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.play.survival import survival
from halfway.conduct.run import conduct
from halfway.conduct.verdicts.temptation import kernel
from tests.conduct.cases import GRIM, dilemma


@pytest.fixture(scope="module")
def result():
    return conduct(dilemma(GRIM, patience=0.4, noise=0.05), runs=200, with_thresholds=False)


@pytest.fixture(scope="module")
def relief():
    return conduct(load("eu-belarus-2016"), "standing-suspension", runs=100, draws=1, with_thresholds=False)


def shown(chart):
    """The data rows of a chart."""
    return chart.spec["data"]["values"]


def test_fans_show_the_quantiles_of_play_with_today_and_the_walk_away(result):
    case = dilemma(GRIM, patience=0.4, noise=0.05)
    chart = charts.fans(case, result.play)
    ElementTree.fromstring(chart.svg())
    rows = [r for r in shown(chart) if r.get("a") == "Row" and "p50" in r]
    for r in rows:
        t = min(r["x"] - 1, result.play.periods - 1)
        assert [r[q] for q in ("p05", "p25", "p50", "p75", "p95")] == pytest.approx(
            list(result.play.quantiles[:, t, 0]), abs=1e-4
        )
    lines = {(r["is"], r["y"]) for r in shown(chart) if r.get("a") == "Row" and "is" in r}
    # Mutual defection is today's state, and the walk-away where none is stated.
    assert lines == {("today", 10.0), ("walk", 10.0)}
    narrow = charts.fans(case, result.play, narrow=True)
    assert narrow.table == chart.table
    assert charts.fans(case, result.play, ["row"]).table.rows[0][0] == "Row"


def test_exposure_shows_the_balances_where_their_slope_changes(relief):
    case = load("eu-belarus-2016")
    chart = charts.exposure(case, relief)
    ElementTree.fromstring(chart.svg())
    balance = np.concatenate([[0], relief.exposure["eu"].balance])
    points = sorted((r["x"], r["y"]) for r in shown(chart) if r["a"] == "European Union" and "end" not in r)
    assert len(points) < len(balance)
    drawn = np.interp(np.arange(len(balance)), *zip(*points, strict=True))
    assert drawn == pytest.approx(balance, abs=0.01 * np.ptp(balance))
    worst = relief.exposure["minsk"].worst
    row = next(r for r in chart.table.rows if r[0] == case.title_of("actors", "minsk"))
    assert row[1] == (f"month {worst[0]}" if worst[1] > 0 else "never")


def test_survival_draws_coinciding_curves_once_and_every_curve_by_its_turns():
    case = load("eu-belarus-2016")
    found = [survival(study(case, p)) for p in case.plans]
    chart = charts.survival(case, found, "relief-as-given")
    ElementTree.fromstring(chart.svg())
    rows = [r for r in shown(chart) if "end" not in r]
    # Both plans are broken in the first month by someone, and by Minsk at different times.
    assert {r["line"] for r in rows if r["panel"] == charts.NOBODY} == {"1, 2"}
    mine = {r["x"]: r["y"] for r in rows if r["panel"].startswith("Government of Belarus") and r["line"] == "2"}
    alone = found[1].alone["minsk"]
    assert mine == {x: pytest.approx(100 * alone[x], abs=1e-3) for x in mine}
    assert set(np.flatnonzero(np.diff(alone)) + 1) <= set(mine)
    for row, one in zip(chart.table.rows, found, strict=True):
        assert row[1] == f"{one.kept[12]:.0%}"
        assert row[-2] == f"month {one.median}"
        assert f"European Union {one.first['eu'].sum():.0%}" in row[-1]
    # A plan keeps its number where another is left out.
    alone = charts.survival(case, found[1:], "standing-suspension")
    assert alone.table.rows[0][0].startswith("2 ")
    assert {r["line"] for r in shown(alone)} == {"2"}


def test_the_region_is_that_of_the_threshold():
    case = dilemma(GRIM, patience=0.9)
    chart = patience_and_detection(case, kernel(study(case)), "row")
    full = {row[2] for row in chart.table.rows if row[1] == "100"}
    # Half a point's worth after one month is 0.5 ** 12 a year: every yearly factor shown is more patient than that.
    assert full == {"nothing: it keeps"}
    none = {row[2] for row in chart.table.rows if row[1] == "0"}
    assert "nothing: it keeps" not in none
    assert "keeps whatever its patience; no degree of patience" in in_words(case, chart, "row")
    assert "less than 25 percent" in in_words(case, chart, "row")
    stated = [(r["patience"], r["detection"]) for r in shown(chart) if r["stated"]]
    assert stated == [(f"{0.9**12:.2f}", "100")]
    ElementTree.fromstring(chart.svg())


def test_beliefs_and_the_record_are_drawn_from_their_figures(relief):
    case = load("eu-belarus-2016")
    believed = relief.beliefs["minsk"]
    chart = beliefs(case, [believed])
    ElementTree.fromstring(chart.svg())
    assert [row[-1] for row in chart.table.rows] == [f"{believed.mean[i, -1, i]:.0%}" for i in range(2)]
    assert beliefs(case, []) is None
    record = credibility(case, relief.credibility, most=2)
    ElementTree.fromstring(record.svg())
    assert len(shown(record)) == 2
    assert len(record.table.rows) == len(relief.credibility)
    assert {row[5] for row in record.table.rows} == {f"{c.mean:.0%}" for c in relief.credibility}
    assert credibility(case, ()) is None


def test_the_diagram_tells_the_kept_course_from_what_only_breaches_reach(relief):
    case = load("eu-belarus-2016")
    chart = diagram(case, "standing-suspension", relief.automaton)
    ElementTree.fromstring(chart.svg())
    kept = {(e["from"], e["to"]) for e in relief.automaton["edges"] if e["kept"]}
    assert kept == {("release", "suspension"), ("suspension", "exchange")}
    assert [row[0] for row in chart.table.rows] == list(range(1, len(relief.automaton["edges"]) + 1))
    assert "every rule can fire" in chart.caption
    assert diagram(case, "standing-suspension", relief.automaton, narrow=True).table == chart.table


def test_unreachable_phases_and_rules_that_cannot_fire_are_marked_and_said():
    plan = {
        "phases": {
            "trust": {
                "package": {"row_act": "c", "column_act": "c"},
                "on": [{"when": {"all": [{"row_act": "d"}, {"not": {"row_act": "d"}}]}, "go": "never"}],
            },
            "never": {"package": {"row_act": "d"}},
        }
    }
    case = dilemma(plan)
    automaton = conduct(case, runs=0, with_thresholds=False).automaton
    chart = diagram(case, "plan", automaton)
    ElementTree.fromstring(chart.svg())
    assert "nothing leads to 'Never'" in chart.caption
    assert "rules that cannot fire: 1" in chart.caption
    assert chart.table.rows[0][-1] == "none: it cannot fire"


def test_a_drawing_keeps_what_is_seen_and_loses_what_is_not():
    drawn = (
        '<svg class="marks" width="10.123456"><path aria-label="x: 1" role="graphics-symbol" d="M1.23456,-2.0000001e-7"/>'
        '<text font-size="11.5px">1.23456 is a figure</text>'
        '<path class="foreground" aria-hidden="true" d="" display="none"/></svg>'
    )
    expected = '<svg width="10.12"><path d="M1.23,0"/><text font-size="11.5px">1.23456 is a figure</text></svg>'
    assert lean(drawn) == expected


def test_a_picture_that_stands_alone_has_its_title(relief):
    chart = charts.exposure(load("eu-belarus-2016"), relief)
    assert chart.title in standing_alone(chart)
    assert chart.title not in chart.svg()
