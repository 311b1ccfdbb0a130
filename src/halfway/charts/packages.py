"""The space of packages, seen by the two sides of the headline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from halfway.charts.chart import INK, WALK_AWAY, Chart, values, wrapped
from halfway.explore.agreement_cells import Cells, cells_of_points
from halfway.result import Table
from halfway.settle.result import SettleResult
from halfway.space.arrays import FloatArray

CELLS = 44

KIND_WORDS = {
    "other": ("ruled out and not acceptable", "#e3e7ec"),
    "holdable": ("not ruled out, but not acceptable", "#a9d3f0"),
    "acceptable": ("acceptable, but ruled out", "#e69f00"),
    "both": ("acceptable and not ruled out", "#2f86c6"),
    "held": ("acceptable and can be held", "#0a3157"),
}
"""What the legend says of a cell by the last kind of package in it, and its colour: the bluer and darker, the surer a
package holds; orange, which no form of colour-blindness takes for blue, what would not be kept."""


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
    cells : Cells
        Packages that the constraints leave, or a sample of them.
    cells_are : str
        What they are, in words.
    judged : bool
        Whether the kinds of the cells are known; else a cell says only that there are packages.
    frontier : ndarray, shape (point, 2)
    frontier_is : str
    best : ndarray, shape (point, 2)
        The best of the packages that are acceptable and could hold.
    best_are : str
        What they are, in words; empty where there are none.
    status_quo : (float, float) or None
    walk_away : (float, float)
    marks : sequence of Mark
    """

    sides: tuple[str, str]
    cells: Cells
    cells_are: str
    judged: bool
    frontier: FloatArray
    frontier_is: str
    best: FloatArray
    best_are: str
    status_quo: tuple[float, float] | None
    walk_away: tuple[float, float]
    marks: Sequence[Mark]


def packages_chart(shown: PackageSpace, *, narrow: bool = False) -> Chart:
    """Draw what is acceptable and what could hold, frontiers, status quo and walk-away lines, plans and solutions."""
    edges = shown.cells.x, shown.cells.y
    points = np.array([[m.x, m.y] for m in shown.marks] + [shown.walk_away])
    low = [min(float(e[0]), float(points[:, k].min()), 0.0) for k, e in enumerate(edges)]
    high = [max(float(e[-1]), float(points[:, k].max()), 100.0) for k, e in enumerate(edges)]

    def axis(which: int) -> dict[str, Any]:
        return {
            "type": "quantitative",
            "scale": {"domain": [low[which], high[which]], "nice": False},
            "axis": {"title": f"{shown.sides[which]} (utility points)", "grid": False, "tickCount": 5},
        }

    x, y = axis(0), axis(1)
    size = (272, 290) if narrow else (560, 420)
    drawn = _labelled(_united(shown.marks), size, low, high)
    lines = [_lines("walk-away", shown.walk_away)]
    if shown.status_quo is not None:
        # Where both are the same a person should read one label, not two on top of each other.
        same = abs(shown.status_quo[1] - shown.walk_away[1]) < 2.5
        lines[0]["said"] = "today and walk-away" if same else "walk-away"
        lines.append({**_lines("today", shown.status_quo), "said": "" if same else "today"})
    style = {"walk-away": (WALK_AWAY, [5, 4]), "today": (INK, [1, 0])}
    runs = _runs(shown.cells)
    present = [k for k in KIND_WORDS if any(r["kind"] == k for r in runs)] if shown.judged else []
    colour: dict[str, Any] = {"value": KIND_WORDS["other"][1]}
    if present:
        colour = {
            "field": "said", "type": "nominal",
            "scale": {"domain": [KIND_WORDS[k][0] for k in present], "range": [KIND_WORDS[k][1] for k in present]},
            "legend": {"title": None, "orient": "top", "columns": 1 if narrow else 2, "symbolType": "square",
                       "symbolStrokeWidth": 0, "symbolSize": 160},
        }  # fmt: skip
    layers: list[dict[str, Any]] = [
        {"data": values(runs), "mark": {"type": "rect", "aria": False},
         "encoding": {"x": {**x, "field": "x0"}, "x2": {"field": "x1"}, "y": {**y, "field": "y0"}, "y2": {"field": "y1"},
                      "color": colour}},
        {"data": values([{"x": float(p[0]), "y": float(p[1])} for p in shown.frontier]),
         "mark": {"type": "point", "filled": True, "size": 14, "color": INK, "opacity": 1, "aria": False},
         "encoding": {"x": {**x, "field": "x"}, "y": {**y, "field": "y"}}},
        {"data": values([{"x": float(p[0]), "y": float(p[1])} for p in shown.best]),
         "mark": {"type": "point", "filled": True, "size": 60, "shape": "square", "color": "white", "stroke": INK,
                  "strokeWidth": 1.5, "opacity": 1, "aria": False},
         "encoding": {"x": {**x, "field": "x"}, "y": {**y, "field": "y"}}},
    ]  # fmt: skip
    for line in lines:
        ink, dash = style[line["name"]]
        mark = {"type": "rule", "color": ink, "strokeDash": dash, "strokeWidth": 1.5}
        at = {"values": [line]}
        layers += [
            {"data": at, "mark": mark, "encoding": {"x": {**x, "field": "x"}}},
            {"data": at, "mark": mark, "encoding": {"y": {**y, "field": "y"}}},
            {"data": at, "mark": {"type": "text", "align": "left", "dx": 4, "dy": -5, "color": ink, "fontSize": 11},
             "encoding": {"x": {"value": 0}, "y": {**y, "field": "y"}, "text": {"field": "said"}}},
        ]  # fmt: skip
    shape = {"field": "kind", "type": "nominal",
             "legend": {"title": None, "orient": "bottom" if narrow else "top", "symbolFillColor": INK, "symbolSize": 120},
             "scale": {"domain": ["plan", "solution"], "range": ["circle", "diamond"]}}  # fmt: skip
    at_mark = {"x": {**x, "field": "x"}, "y": {**y, "field": "y"}}
    layers.append(
        {"data": values(drawn), "mark": {"type": "point", "filled": True, "opacity": 1, "color": INK, "size": 130,
                                         "stroke": "white", "strokeWidth": 1.5},
         "encoding": {**at_mark, "shape": shape}}
    )  # fmt: skip
    for mark in drawn:
        text = {"type": "text", "align": mark["align"], "dx": mark["dx"], "dy": mark["dy"], "fontSize": 11, "color": INK,
                "fontWeight": "bold", "lineHeight": LINE}  # fmt: skip
        said = {"text": {"value": mark["label"]}}
        # A white rim keeps a name legible on dark cells.
        rim = {**text, "color": "white", "stroke": "white", "strokeWidth": 3, "aria": False}
        layers += [{"data": values([mark]), "mark": m, "encoding": {**at_mark, **said}} for m in (rim, text)]
    spec = {"width": size[0], "height": size[1], "layer": layers,
            "resolve": {"legend": {"color": "independent", "shape": "independent"}}}  # fmt: skip
    table = Table(
        "space",
        ("Point", "What it is", shown.sides[0], shown.sides[1]),
        (
            *((m.label, m.kind, f"{m.x:.0f}", f"{m.y:.0f}") for m in shown.marks),
            *((("Today", "status quo", *(f"{v:.0f}" for v in shown.status_quo)),) if shown.status_quo else ()),
            ("Walk-away", "what each has without an agreement", *(f"{v:.0f}" for v in shown.walk_away)),
        ),
    )
    return Chart(
        "space-narrow" if narrow else "space",
        f"What each package is worth to {shown.sides[0]} and to {shown.sides[1]}",
        _caption(shown),
        spec,
        table,
        _finding(shown),
    )


def _caption(shown: PackageSpace) -> str:
    said = f"Shaded: {shown.cells_are}"
    said += (
        ". The colour of a cell is that of its best package in the order of the legend: a darker blue hides lighter ones. "
        if shown.judged
        else ". "
    )
    said += f"Small dots: {shown.frontier_is}. "
    if shown.best_are:
        said += f"White squares: {shown.best_are}. "
    said += "Circles are plans, diamonds bargaining solutions. "
    return said + "Black lines: today. Red dashed lines: walk-aways."


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
            cells=cells_of_points(points, CELLS),
            cells_are="the frontier",
            judged=False,
            frontier=points,
            frontier_is="the frontier of the signatories among acceptable packages",
            best=np.zeros((0, 2)),
            best_are="",
            status_quo=None,
            walk_away=(result.walk_away[first], result.walk_away[second]),
            marks=solutions,
        )
    )


def _runs(cells: Cells) -> list[dict[str, Any]]:
    """Return cells with packages by the last kind in them; neighbours of one kind are drawn in one piece."""
    kind = np.full((len(cells.x) - 1, len(cells.y) - 1), -1, dtype=np.int64)
    names = list(cells.counts)
    for k, name in enumerate(names):
        kind[cells.counts[name] > 0] = k
    out: list[dict[str, Any]] = []
    below: dict[tuple[int, int, int], dict[str, Any]] = {}
    for j in range(kind.shape[1]):
        i, row = 0, {}
        while i < kind.shape[0]:
            end = i + 1
            while end < kind.shape[0] and kind[end, j] == kind[i, j]:
                end += 1
            run = i, end, int(kind[i, j])
            if run in below:
                row[run] = below[run]
                row[run]["y1"] = float(cells.y[j + 1])
            elif run[2] >= 0:
                name = names[run[2]]
                row[run] = {
                    "kind": name,
                    "said": KIND_WORDS[name][0],
                    "x0": float(cells.x[i]),
                    "x1": float(cells.x[end]),
                    "y0": float(cells.y[j]),
                    "y1": float(cells.y[j + 1]),
                }
                out.append(row[run])
            i = end
        below = row
    return out


LINE = 12
LONGEST = 26
"""Letters of a line of a label."""


def _united(marks: Sequence[Mark]) -> list[dict[str, Any]]:
    """Unite marks of one kind that would hide one another under the names of all."""
    out: list[dict[str, Any]] = []
    for mark in marks:
        for other in out:
            if other["kind"] == mark.kind and max(abs(other["x"] - mark.x), abs(other["y"] - mark.y)) < 0.5:
                other["names"].append(mark.label)
                break
        else:
            out.append({"kind": mark.kind, "x": mark.x, "y": mark.y, "names": [mark.label]})
    return out


def _labelled(
    marks: Sequence[dict[str, Any]], size: tuple[int, int], low: Sequence[float], high: Sequence[float]
) -> list[dict[str, Any]]:
    """Place the names beside their marks, inside the picture and off one another's letters as far as there is room."""
    places = [
        (size[0] * (m["x"] - low[0]) / (high[0] - low[0]), size[1] * (1 - (m["y"] - low[1]) / (high[1] - low[1])))
        for m in marks
    ]
    taken: list[tuple[float, ...]] = [(x - 7.0, y - 7.0, x + 7.0, y + 7.0) for x, y in places]
    out = []
    for mark, (x, y) in zip(marks, places, strict=True):
        lines = wrapped(", ".join(mark["names"]), LONGEST if size[0] > 400 else 18)
        width, height = 6.3 * max(map(len, lines)), LINE * len(lines)
        tried: list[tuple[float, int, str, int, tuple[float, ...]]] = []
        for down in (0, -16, 16, -30, 30, -44, 44):
            for align, left in (("left", x + 10), ("right", x - 10 - width), ("center", x - width / 2)):
                if align == "center" and abs(down) < 16:
                    continue
                top = y + down - height / 2
                box = (left, top, left + width, top + height)
                outside = (
                    max(0.0, -box[0]) + max(0.0, box[2] - size[0]) + max(0.0, -box[1]) + max(0.0, box[3] - size[1])
                )
                hidden = sum(_overlap(box, other) for other in taken)
                tried.append((hidden + 200 * outside + abs(down) / 10, len(tried), align, down, box))
        _, _, align, down, place = min(tried)
        taken.append(place)
        dx = 10 if align == "left" else -10 if align == "right" else 0
        dy = down - height / 2 + LINE * 0.75
        out.append(
            {"kind": mark["kind"], "x": mark["x"], "y": mark["y"], "label": lines, "align": align, "dx": dx, "dy": dy}
        )
    return out


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def _finding(shown: PackageSpace) -> str:
    """Say which plans leave both sides at least what they have without a deal."""
    plans = [m for m in shown.marks if m.kind == "plan"]
    good = [m.label for m in plans if m.x >= shown.walk_away[0] - 1e-9 and m.y >= shown.walk_away[1] - 1e-9]
    who = f"both {shown.sides[0]} and {shown.sides[1]}"
    if not plans:
        return f"What packages are worth to {who}, with the bargaining solutions marked."
    if not good:
        return f"None of the plans leaves {who} as well off as without a deal."
    return f"As well off as without a deal leave {who}: {', '.join(good)}."


def _lines(name: str, at: tuple[float, float]) -> dict[str, Any]:
    return {"name": name, "said": name, "x": at[0], "y": at[1]}
