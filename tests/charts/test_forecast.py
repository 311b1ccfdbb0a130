"""The pictures of a forecast hold the numbers of the forecast."""

from __future__ import annotations

from pathlib import Path

import pytest

import halfway as hw
from halfway.brief.build import build
from halfway.brief.contents import Listing
from halfway.case.catalog import load
from halfway.charts.forecast import forecast_chart, reliability_chart
from halfway.forecast.run import forecast
from halfway.forecast.scoring.validate import validate_deu3
from tests.forecast.cases import write_case, write_deu3


def _texts(chart) -> list[str]:
    layers = chart.spec["vconcat"][0]["layer"]
    return [str(v) for layer in layers for row in layer["data"]["values"] for v in row.values() if isinstance(v, str)]


@pytest.mark.parametrize("narrow", [False, True])
def test_the_reference_point_is_always_spoken_of(tmp_path: Path, narrow: bool) -> None:
    result = forecast(write_case(tmp_path))
    for f, said in zip(result.issues, ("status quo (reference point) 4", "reference point 0"), strict=True):
        chart = forecast_chart(result, f.issue, narrow=narrow)
        assert said in _texts(chart)
        assert chart.svg().startswith("<svg")
        assert str(f.models[0].scored_on) in chart.caption
    without = forecast_chart(forecast("emission-standards"), "delay", narrow=narrow)
    assert "no reference point known" in _texts(without)


def test_stems_and_bars_hold_all_probability(tmp_path: Path) -> None:
    result = forecast(write_case(tmp_path))
    for f in result.issues:
        layers = forecast_chart(result, f.issue).spec["vconcat"][0]["layer"]
        drawn = sum(row["p"] for layer in layers[:2] for row in layer["data"]["values"])
        assert drawn == pytest.approx(1.0, abs=2e-3)


def test_every_actor_with_a_position_has_its_tick(tmp_path: Path) -> None:
    rows = forecast_chart(forecast(write_case(tmp_path)), "delay").spec["vconcat"][1]["data"]["values"]
    assert [(r["actor"], r["at"]) for r in rows] == [("North", 4.0), ("East", 8.5), ("South", 10.0)]


def test_a_notebook_shows_the_pictures(tmp_path: Path) -> None:
    shown = hw.forecast(write_case(tmp_path))._repr_html_()
    assert shown.count("<svg") == 2
    assert "compromise" in shown


def test_reliability(tmp_path: Path) -> None:
    result = validate_deu3(write_deu3(tmp_path / "some.csv", 60), "refit", ["mean"])
    chart = reliability_chart(result, "halfway")
    assert sum(r["share"] for r in chart.spec["data"]["values"]) == pytest.approx(1.0, abs=1e-3)
    assert chart.svg().startswith("<svg")


def test_the_brief_says_how_far_the_plan_is_from_the_forecast(tmp_path: Path) -> None:
    case = load(write_case(tmp_path))
    sections = {s.key: s for s in build(case, draws=20).sections}
    text = " ".join(item for b in sections["forecast"].blocks if isinstance(b, Listing) for item in b.items)
    money = forecast(case, "money").issues[0]
    assert "The plan stands at 20 millions" in text
    assert money.plan is not None
    assert f"{1 - money.plan.below:.0%}" in text


def test_a_brief_without_ordered_issues_has_no_forecast() -> None:
    assert "forecast" not in {s.key for s in build(load("prisoners-dilemma-repeated"), draws=20).sections}
