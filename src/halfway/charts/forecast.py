"""Where talks would land: the distribution with its atoms, who stands where, and how well such forecasts have done."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from halfway.charts.chart import INK, QUIET, WALK_AWAY, Chart, colours_of, values
from halfway.forecast.result import ForecastResult, IssueForecast
from halfway.forecast.scoring.scores import COVERAGES
from halfway.forecast.scoring.validate import ValidationResult
from halfway.result import Table
from halfway.words.shares import percent

BARS = 20
LEAST = 0.0005
_MAIN = "#0072B2"
_PLAN = "#D55E00"


def forecast_chart(result: ForecastResult, issue: str, *, narrow: bool = False) -> Chart:
    """Draw one issue's distribution: bars for what is spread out, stems for atoms, a tick for every actor.

    Parameters
    ----------
    result : ForecastResult
    issue : str
    narrow : bool
        For a telephone.
    """
    f = result.issue(issue)
    unit = f.unit or "points of the scale"
    width = 250 if narrow else 520
    x = {"type": "quantitative", "scale": {"domain": [f.low, f.high], "nice": False, "zero": False, "padding": 10}}
    highest = max([b["p"] for b in _bars(f)] + [p for _, p in f.atoms])
    y = {"type": "quantitative", "axis": {"title": "probability", "format": "%", "tickCount": 4},
         "scale": {"domain": [0, 1.08 * highest], "nice": False}}  # fmt: skip
    atoms = [{"at": at, "p": p, "zero": 0.0} for at, p in f.atoms if p >= LEAST]
    layers: list[dict[str, Any]] = [
        {"data": values(_bars(f)), "mark": {"type": "rect", "color": _MAIN, "opacity": 0.3},
         "encoding": {"x": {**x, "field": "from", "axis": None}, "x2": {"field": "to"}, "y": {**y, "field": "p"},
                      "y2": {"datum": 0}}},
        {"data": values(atoms), "mark": {"type": "rule", "color": _MAIN, "strokeWidth": 3},
         "encoding": {"x": {**x, "field": "at"}, "y": {**y, "field": "zero"}, "y2": {"field": "p"}}},
        {"data": values(atoms), "mark": {"type": "point", "filled": True, "size": 70, "color": _MAIN, "opacity": 1},
         "encoding": {"x": {**x, "field": "at"}, "y": {**y, "field": "p"}}},
        *_lines(f, x),
    ]  # fmt: skip
    if not math.isfinite(f.reference):
        layers.append(
            {"data": {"values": [{"note": "no reference point known"}]},
             "mark": {"type": "text", "align": "left", "color": QUIET, "fontSize": 11, "dy": -6},
             "encoding": {"x": {"value": 0}, "y": {"value": 0}, "text": {"field": "note"}}}
        )  # fmt: skip
    palette = colours_of(result.names)
    stands: list[dict[str, Any]] = [
        {"actor": result.names[v.actor], "at": v.position, "weight": 100 * v.per_unit, "key": v.actor}
        for v in sorted(f.levers, key=lambda v: (v.position, -v.per_unit))
    ]
    names = [str(s["actor"]) for s in stands]
    actor_axis = {"title": None, "labelLimit": 110 if narrow else 230, "domain": False, "ticks": False}
    lower = {
        "width": width,
        "height": {"step": 17},
        "data": values(stands),
        "layer": [
            {"mark": {"type": "tick", "thickness": 3, "height": 14},
             "encoding": {"x": {**x, "field": "at", "axis": {"title": unit, "tickCount": 5}},
                          "y": {"field": "actor", "type": "nominal", "sort": names, "axis": actor_axis},
                          "color": {"field": "actor", "type": "nominal", "legend": None,
                                    "scale": {"domain": names, "range": [palette[s["key"]] for s in stands]}}}},
            {"mark": {"type": "text", "align": "left", "dx": 8, "fontSize": 10, "color": QUIET},
             "transform": [{"filter": f"datum.at <= {0.5 * (f.low + f.high)}"}],
             "encoding": _weight(x, names)},
            {"mark": {"type": "text", "align": "right", "dx": -8, "fontSize": 10, "color": QUIET},
             "transform": [{"filter": f"datum.at > {0.5 * (f.low + f.high)}"}],
             "encoding": _weight(x, names)},
        ],
    }  # fmt: skip
    upper = {"width": width, "height": 150 if narrow else 200, "layer": layers}
    spec = {"vconcat": [upper, lower], "bounds": "flush", "spacing": 14}
    rows = [
        *((f"at {_n(at)}", f"{percent(p, 1)}") for at, p in f.atoms if p >= LEAST),
        *((f"between {_n(b['from'])} and {_n(b['to'])}", f"{percent(b['p'], 1)}") for b in _bars(f) if b["p"] >= LEAST),
    ]
    line = f.models[0]
    title = f"Where talks on “{f.title}” would land without a plan"
    low, high = next((a, b) for level, a, b in f.intervals if level == COVERAGES[1])
    told = f"forecast {_n(f.point)} {unit}, 80 percent between {_n(low)} and {_n(high)}"
    return Chart(
        f"forecast-{f.issue}{'-narrow' if narrow else ''}",
        title,
        f"Stems: probability of landing exactly there; bars: of landing within that twentieth of the scale. Ticks: where "
        f"each actor stands, with its share of the weight in percent. Forecasts like the {_n(f.point)} {unit} here have been "
        f"off by {_n(line.error)} on average on {line.scored_on} real decisions, put on this scale.",
        spec,
        Table("forecast", (f"Landing ({unit})", "Probability"), tuple(rows)),
        f"{title}: {told}.",
    )


def _n(value: float) -> str:
    return f"{value:.3g}"


def _weight(x: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {
        "x": {**x, "field": "at"},
        "y": {"field": "actor", "type": "nominal", "sort": names},
        "text": {"field": "weight", "type": "quantitative", "format": ".0f"},
    }


def _bars(f: IssueForecast) -> list[dict[str, float]]:
    """Gather what is spread out, and atoms too small to draw, into twentieths of the scale."""
    d = f.distribution
    borders = np.linspace(0.0, 100.0, BARS + 1)
    reached = np.zeros(BARS + 1)
    if d.spread.size:
        reached = np.interp(borders, d.edges, np.concatenate([[0.0], np.cumsum(d.spread)]))
    shares = np.diff(reached)
    return [
        {"from": f.to_scale(float(a)), "to": f.to_scale(float(b)), "p": float(p)}
        for a, b, p in zip(borders[:-1], borders[1:], shares, strict=True)
    ]


def _lines(f: IssueForecast, x: dict[str, Any]) -> list[dict[str, Any]]:
    """Draw the forecast, the reference point, the plan and the decision as labelled lines, labels on rows of their own."""
    marks = [("forecast", f.point, _MAIN, [1, 0])]
    if math.isfinite(f.reference):
        name = "reference point" if f.reference_from == "stated" else "status quo (reference point)"
        marks.append((name, f.reference, INK, [5, 3]))
    if f.plan is not None:
        marks.append((f"plan {f.plan.plan}", f.plan.point, _PLAN, [1, 0]))
    if math.isfinite(f.outcome):
        marks.append(("decided", f.outcome, WALK_AWAY, [2, 2]))
    layers: list[dict[str, Any]] = []
    for row, (name, at, colour, dash) in enumerate(marks):
        right = at > 0.5 * (f.low + f.high)
        data = {"values": [{"at": at, "name": f"{name} {_n(at)}"}]}
        layers += [
            {"data": data, "mark": {"type": "rule", "color": colour, "strokeDash": dash, "strokeWidth": 1.5},
             "encoding": {"x": {**x, "field": "at"}}},
            {"data": data, "mark": {"type": "text", "align": "right" if right else "left", "dx": -5 if right else 5,
                                    "color": colour, "fontSize": 11, "fontWeight": "bold"},
             "encoding": {"x": {**x, "field": "at"}, "y": {"value": 8 + 14 * row}, "text": {"field": "name"}}},
        ]  # fmt: skip
    return layers


def reliability_chart(result: ValidationResult, model: str, *, narrow: bool = False) -> Chart:
    """Draw how evenly outcomes fall over the tenths of a model's forecasts, with the band that sampling allows.

    Parameters
    ----------
    result : ValidationResult
    model : str
    narrow : bool
        For a telephone.
    """
    line = result.line(model)
    c = line.calibration
    rows = [
        {"from": k / 10, "to": (k + 1) / 10, "share": float(c.shares[k]), "low": max(float(c.low[k]), 0.0),
         "high": float(c.high[k])}
        for k in range(10)
    ]  # fmt: skip
    x = {"type": "quantitative", "scale": {"domain": [0, 1]},
         "axis": {"title": "where the outcome fell in the forecast", "format": "%", "tickCount": 5}}  # fmt: skip
    y = {"type": "quantitative", "axis": {"title": "share of outcomes", "format": "%", "tickCount": 4}}
    spec = {
        "width": 280 if narrow else 460,
        "height": 180,
        "data": values(rows),
        "layer": [
            {"mark": {"type": "bar", "color": QUIET, "opacity": 0.25},
             "encoding": {"x": {**x, "field": "from"}, "x2": {"field": "to"}, "y": {**y, "field": "low"},
                          "y2": {"field": "high"}}},
            {"mark": {"type": "rule", "color": _MAIN, "strokeWidth": 3},
             "encoding": {"x": {**x, "field": "from"}, "x2": {"field": "to"}, "y": {**y, "field": "share"}}},
        ],
    }  # fmt: skip
    covered = ", ".join(
        f"{level:.0%} hold {percent(share)}" for level, share in zip(COVERAGES, c.coverage, strict=True)
    )
    title = f"Calibration of {line.label[0].lower() + line.label[1:]}"
    return Chart(
        f"reliability-{model}{'-narrow' if narrow else ''}",
        title,
        f"Lines: share of {line.issues} outcomes in each tenth of the forecast, drawn at random within atoms; one in ten is "
        "calibrated. Grey: what sampling by proposal allows, 95 percent.",
        spec,
        Table(
            "reliability",
            ("Tenth of the forecast", "Share of outcomes", "Band from", "to"),
            tuple(
                (k + 1, f"{percent(r['share'], 1)}", f"{percent(r['low'], 1)}", f"{percent(r['high'], 1)}")
                for k, r in enumerate(rows)
            ),
        ),
        f"{title}: of the central intervals, {covered}.",
    )
