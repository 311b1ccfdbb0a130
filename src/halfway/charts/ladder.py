"""The concession ladder drawn: what the side keeps as the other gets more of its way, and what it costs everyone."""

from __future__ import annotations

from typing import Any

from halfway.charts.chart import INK, QUIET, WALK_AWAY, Chart, colours_of, values
from halfway.result import Table
from halfway.settle.ladder import LadderResult

MOST_LINES = 8
"""Actors drawn: the two sides, the others who would sign, then those to whom the rungs make most difference."""


def ladder_chart(result: LadderResult, *, narrow: bool = False) -> Chart:
    """Draw gains over today (over no deal where the case states no today) at each rung, and where all would sign."""
    base = result.status_quo if result.status_quo is not None else result.walk_away
    spread = {
        a: max(r.best.utilities[a] for r in result.rungs) - min(r.best.utilities[a] for r in result.rungs)
        for a in result.walk_away
    }
    others = sorted(
        (a for a in spread if a not in (result.side, result.towards)),
        key=lambda a: (a not in result.signatories, -spread[a]),
    )
    shown = [result.side, result.towards, *(a for a in others[: MOST_LINES - 2] if spread[a] > 0.5)]
    palette = colours_of(result.names)
    rows: list[dict[str, Any]] = [
        {"percent": r.percent, "actor": result.names[a], "gain": r.best.utilities[a] - base[a],
         "refused": a in r.best.refused_by}
        for a in shown for r in result.rungs
    ]  # fmt: skip
    low = min(r.percent for r in result.rungs)
    high = max(r.percent for r in result.rungs)
    marks = [x for x in (result.first, result.last) if x is not None]
    low, high = min([low, *marks]), max([high, *marks])
    over = "today" if result.status_quo is not None else "no deal"
    side, other = result.names[result.side], result.names[result.towards]
    x = {"type": "quantitative", "scale": {"domain": [low, high], "nice": False},
         "axis": {"title": f"percent of its way that {_inside(other)} gets, at least", "tickCount": 6,
                  "grid": False}}  # fmt: skip
    y = {"type": "quantitative", "axis": {"title": f"points over {over}", "tickCount": 6}}
    colour = {"field": "actor", "type": "nominal",
              "scale": {"domain": [result.names[a] for a in shown], "range": [palette[a] for a in shown]},
              "legend": {"title": None, "orient": "bottom" if narrow else "right", "columns": 1, "labelLimit": 240}}  # fmt: skip
    layers: list[dict[str, Any]] = []
    if result.last is not None:
        start = low if result.first is None else result.first
        layers += [
            {"data": values([{"from": min(start, result.last), "to": result.last}]),
             "mark": {"type": "rect", "color": "#a9d3f0", "opacity": 0.45},
             "encoding": {"x": {**x, "field": "from"}, "x2": {"field": "to"}}},
            {"data": values([{"at": result.last, "said": "last that all would sign"}]),
             "mark": {"type": "text", "align": "left", "dx": 4, "dy": 10, "fontSize": 11, "color": QUIET},
             "encoding": {"x": {**x, "field": "at"}, "y": {"value": 0}, "text": {"field": "said"}}},
        ]  # fmt: skip
    at = {"x": {**x, "field": "percent"}, "y": {**y, "field": "gain"}}
    layers += [
        {"data": values([{"zero": 0}]), "mark": {"type": "rule", "color": INK},
         "encoding": {"y": {**y, "field": "zero"}}},
        {"data": values(rows), "mark": {"type": "line", "strokeWidth": 2}, "encoding": {**at, "color": colour}},
        {"data": values(rows), "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
         "encoding": {**at, "color": colour}},
        {"data": values([r for r in rows if r["refused"]]),
         "mark": {"type": "point", "shape": "cross", "filled": True, "size": 110, "opacity": 1, "color": WALK_AWAY},
         "encoding": at},
    ]  # fmt: skip
    spec = {"width": 290 if narrow else 520, "height": 320, "layer": layers}
    table = Table(
        "ladder",
        (f"{other} gets at least", *(result.names[a] for a in shown), "Packages all accept"),
        tuple(
            (f"{r.percent:g}%", *(f"{r.best.utilities[a] - base[a]:+.0f}".replace("-", "−") for a in shown),
             str(r.acceptable))
            for r in result.rungs
        ),
    )  # fmt: skip
    return Chart(
        "ladder-narrow" if narrow else "ladder",
        f"What each rung towards {_inside(other)} costs, and whom",
        f"Each rung is the best package for {_inside(side)} that gives {_inside(other)} at least so much of its way. "
        "Red crosses: would not sign it. Shaded: from the first package of the ladder that all would sign to the last "
        "package of any kind that they would.",
        spec,
        table,
        _finding(result),
    )


def _finding(result: LadderResult) -> str:
    from halfway.words.ladder import first_and_last

    return " ".join(first_and_last(result.names[result.side], result.names[result.towards], result.first, result.last))


def _inside(name: str) -> str:
    from halfway.words.front_page import inside

    return inside(name)
