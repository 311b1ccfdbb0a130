"""The space of packages, seen by the two sides of the headline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from halfway.charts.chart import INK, WALK_AWAY, Chart, values
from halfway.result import Table
from halfway.settle.result import SettleResult
from halfway.space.arrays import FloatArray

CELLS = 44


@dataclass(frozen=True)
class Mark:
    """A labelled point: a plan, or a bargaining solution."""

    label: str
    kind: str
    x: float
    y: float


@dataclass(frozen=True)
class PackageSpace:
    """What the picture shows, in utility points of the two sides.

    Attributes
    ----------
    sides : (str, str)
        Names on the two axes.
    cloud : ndarray, shape (package, 2)
        Packages that the constraints leave, or a sample of them.
    cloud_is : str
        What the cloud is, in words.
    frontier : ndarray, shape (point, 2)
    frontier_is : str
    status_quo : (float, float) or None
    walk_away : (float, float)
    marks : sequence of Mark
    """

    sides: tuple[str, str]
    cloud: FloatArray
    cloud_is: str
    frontier: FloatArray
    frontier_is: str
    status_quo: tuple[float, float] | None
    walk_away: tuple[float, float]
    marks: Sequence[Mark]


def packages_chart(shown: PackageSpace, *, narrow: bool = False) -> Chart:
    """Draw the cloud of packages, the frontier, the status quo and walk-away lines, plans and solutions."""
    cells = _cells(shown.cloud)
    everything = np.vstack([shown.cloud, np.array([[m.x, m.y] for m in shown.marks]).reshape(-1, 2), [shown.walk_away]])
    low, high = np.minimum(everything.min(axis=0), 0), np.maximum(everything.max(axis=0), 100)

    def axis(which: int) -> dict[str, Any]:
        return {
            "type": "quantitative",
            "scale": {"domain": [float(low[which]), float(high[which])], "nice": False},
            "axis": {"title": f"{shown.sides[which]} (utility points)", "grid": False, "tickCount": 5},
        }

    x, y = axis(0), axis(1)
    numbered = [
        {"n": str(i + 1), "label": m.label, "kind": m.kind, "x": m.x, "y": m.y} for i, m in enumerate(shown.marks)
    ]
    lines = [_lines("walk-away", shown.walk_away)]
    if shown.status_quo is not None:
        # Where both are the same a person should read one label, not two on top of each other.
        same = abs(shown.status_quo[1] - shown.walk_away[1]) < 2.5
        lines[0]["said"] = "today and walk-away" if same else "walk-away"
        lines.append({**_lines("today", shown.status_quo), "said": "" if same else "today"})
    style = {"walk-away": (WALK_AWAY, [5, 4]), "today": (INK, [1, 0])}
    layers: list[dict[str, Any]] = [
        {"data": values(cells), "mark": {"type": "rect", "color": "#9fb3c8"},
         "encoding": {"x": {**x, "field": "x0"}, "x2": {"field": "x1"}, "y": {**y, "field": "y0"}, "y2": {"field": "y1"},
                      "opacity": {"field": "ink", "type": "quantitative", "legend": None,
                                  "scale": {"domain": [0, 1], "range": [0.15, 0.95]}}}},
        {"data": values([{"x": float(p[0]), "y": float(p[1])} for p in shown.frontier]),
         "mark": {"type": "point", "filled": True, "size": 18, "color": "#2f4b66", "opacity": 0.9},
         "encoding": {"x": {**x, "field": "x"}, "y": {**y, "field": "y"}}},
    ]  # fmt: skip
    for line in lines:
        colour, dash = style[line["name"]]
        mark = {"type": "rule", "color": colour, "strokeDash": dash, "strokeWidth": 1.5}
        at = {"values": [line]}
        layers += [
            {"data": at, "mark": mark, "encoding": {"x": {**x, "field": "x"}}},
            {"data": at, "mark": mark, "encoding": {"y": {**y, "field": "y"}}},
            {"data": at, "mark": {"type": "text", "align": "left", "dx": 4, "dy": -5, "color": colour, "fontSize": 11},
             "encoding": {"x": {"value": 0}, "y": {**y, "field": "y"}, "text": {"field": "said"}}},
        ]  # fmt: skip
    shape = {"field": "kind", "type": "nominal", "legend": {"title": None, "orient": "top", "symbolFillColor": INK},
             "scale": {"domain": ["plan", "solution"], "range": ["circle", "diamond"]}}  # fmt: skip
    layers += [
        {"data": values(numbered), "mark": {"type": "point", "filled": True, "size": 300, "opacity": 1, "color": INK,
                                            "stroke": "white", "strokeWidth": 1.5},
         "encoding": {"x": {**x, "field": "x"}, "y": {**y, "field": "y"}, "shape": shape}},
        {"data": values(numbered), "mark": {"type": "text", "color": "white", "fontSize": 11, "fontWeight": "bold"},
         "encoding": {"x": {**x, "field": "x"}, "y": {**y, "field": "y"}, "text": {"field": "n"}}},
    ]  # fmt: skip
    spec = {"width": 290 if narrow else 560, "height": 290 if narrow else 420, "layer": layers}
    table = Table(
        "space",
        ("No.", "Point", "What it is", shown.sides[0], shown.sides[1]),
        (
            *((r["n"], r["label"], r["kind"], f"{r['x']:.1f}", f"{r['y']:.1f}") for r in numbered),
            *((("", "Today", "status quo", *(f"{v:.1f}" for v in shown.status_quo)),) if shown.status_quo else ()),
            ("", "Walk-away", "what each has without an agreement", *(f"{v:.1f}" for v in shown.walk_away)),
        ),
    )
    return Chart(
        "space-narrow" if narrow else "space",
        f"What each package is worth to {shown.sides[0]} and to {shown.sides[1]}",
        f"Shaded: {shown.cloud_is}, darker where there are more. Small dots: {shown.frontier_is}. Circles are plans, diamonds "
        "bargaining solutions; the numbers are those of the table. Black lines: today. Red dashed lines: walk-aways.",
        spec,
        table,
        "The space of packages in the utilities of both sides, with plans, solutions, status quo and walk-aways marked.",
    )


def frontier_chart(result: SettleResult) -> Chart:
    """Draw what `settle` found as its first two signatories see it: frontier, solutions, walk-aways."""
    first, second = result.signatories[:2]
    points = np.array([[p.utilities[first], p.utilities[second]] for p in result.frontier.points]).reshape(-1, 2)
    solutions = [
        Mark(name, "solution", c.utilities[first], c.utilities[second]) for name, c in result.solutions.items()
    ]
    return packages_chart(
        PackageSpace(
            sides=(first, second),
            cloud=points,
            cloud_is="the frontier",
            frontier=points,
            frontier_is="the frontier of the signatories among acceptable packages",
            status_quo=None,
            walk_away=(result.walk_away[first], result.walk_away[second]),
            marks=solutions,
        )
    )


def _cells(cloud: FloatArray) -> list[dict[str, Any]]:
    """Count packages in the cells of a grid, so that a million of them make a small picture."""
    if not len(cloud):
        return []
    counts, xs, ys = np.histogram2d(cloud[:, 0], cloud[:, 1], bins=CELLS)
    top = np.log1p(counts.max())
    return [
        {
            "x0": float(xs[i]),
            "x1": float(xs[i + 1]),
            "y0": float(ys[j]),
            "y1": float(ys[j + 1]),
            "ink": float(np.log1p(counts[i, j]) / top),
        }
        for i, j in zip(*np.nonzero(counts), strict=True)
    ]


def _lines(name: str, at: tuple[float, float]) -> dict[str, Any]:
    return {"name": name, "said": name, "x": at[0], "y": at[1]}
