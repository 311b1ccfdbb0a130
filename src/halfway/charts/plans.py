"""Plans compared: what each actor gets under each plan, with intervals, the status quo and the walk-away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from halfway.charts.chart import INK, WALK_AWAY, Chart, colours_of, values
from halfway.explore.comparison import CompareResult, Interval
from halfway.result import Table


def plans_chart(result: CompareResult, actors: Sequence[str] = (), *, narrow: bool = False) -> Chart:
    """Draw a panel for each actor with a line for each plan, by name.

    Parameters
    ----------
    result : CompareResult
    actors : sequence of str
        Whom to show. Default: all to whom any plan or no agreement is worth something.
    narrow : bool
        For a telephone.
    """
    palette = colours_of(result.names)
    shown = [a for a in actors or result.walk_away if any(_matters(result, a))]
    known = {
        p.name: p.title if len(p.title) <= LONGEST else f"{p.title[: LONGEST - 1].rstrip()}…" for p in result.plans
    }
    titles = [known[p.name] for p in result.plans]
    if len(set(titles)) < len(titles):
        # Titles that begin alike differ by their number.
        titles = [f"{number}. {title}" for number, title in enumerate(titles, start=1)]
    rows: list[dict[str, Any]] = [
        {
            "actor": result.names[actor],
            "plan": title,
            "utility": plan.actors[actor].utility.centre,
            "low": plan.actors[actor].utility.low,
            "high": plan.actors[actor].utility.high,
            "today": None if result.status_quo is None else result.status_quo[actor],
            "walk": result.walk_away[actor],
        }
        for actor in shown
        for plan, title in zip(result.plans, titles, strict=True)
    ]
    numbers = [r[k] for r in rows for k in ("low", "high", "walk", "today") if r[k] is not None]
    x = {"type": "quantitative", "title": "points" if narrow else "points, 0–100 on each actor's own scale",
         "axis": {"tickCount": 5, "grid": True}, "scale": {"domain": [min([0.0, *numbers]), max([100.0, *numbers])]}}  # fmt: skip
    y = {"field": "plan", "type": "nominal", "sort": titles, "axis": {"title": None, "domain": False, "ticks": False,
         "labelLimit": 150 if narrow else 260}}  # fmt: skip
    colour = {"field": "actor", "type": "nominal", "legend": None,
              "scale": {"domain": [result.names[a] for a in shown], "range": [palette[a] for a in shown]}}  # fmt: skip
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "tick", "thickness": 3, "height": 17, "color": INK},
         "transform": [{"filter": "datum.today != null"}], "encoding": {"x": {**x, "field": "today"}, "y": y}},
        # A triangle, not a line: where both are the same, both are seen.
        {"mark": {"type": "point", "shape": "triangle-up", "filled": True, "size": 55, "opacity": 1, "color": WALK_AWAY,
                  "yOffset": 6},
         "encoding": {"x": {**x, "field": "walk"}, "y": y}},
        {"mark": {"type": "rule", "strokeWidth": 6, "opacity": 0.35},
         "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y, "color": colour}},
        {"mark": {"type": "point", "filled": True, "size": 85, "opacity": 1, "stroke": "white", "strokeWidth": 1},
         "encoding": {"x": {**x, "field": "utility"}, "y": y, "color": colour}},
    ]  # fmt: skip
    spec = {
        "data": values(rows),
        "facet": {"row": {"field": "actor", "type": "nominal", "title": None, "sort": [result.names[a] for a in shown],
                          "header": {"labelOrient": "top", "labelAnchor": "start", "labelAngle": 0, "labelPadding": 2,
                                     "labelFontSize": 13, "labelLimit": 190 if narrow else 500}}},
        "spacing": 8,
        "resolve": {"axis": {"x": "shared"}},
        "spec": {"width": 185 if narrow else 520, "height": {"step": 20}, "layer": layers},
    }  # fmt: skip
    table = Table(
        "plans",
        ("Plan", *(result.names[a] for a in shown)),
        (
            *((p.title, *(_cell(p.actors[a].utility) for a in shown)) for p in result.plans),
            *(() if result.status_quo is None else (("Today", *(f"{result.status_quo[a]:.0f}" for a in shown)),)),
            ("Without a deal", *(f"{result.walk_away[a]:.0f}" for a in shown)),
        ),
    )
    return Chart(
        "plans-narrow" if narrow else "plans",
        "What each actor gets under each plan",
        "Dot: the plan when everyone keeps it; band: 90 percent of draws. Black tick: today. Red triangle: without a deal.",
        spec,
        table,
        _finding(result, shown),
    )


LONGEST = 40
"""Letters of a plan's title in the picture."""


def _cell(interval: Interval) -> str:
    if interval.high - interval.low < 0.5:
        return f"{interval.centre:.0f}"
    return f"{interval.centre:.0f} ({interval.low:.0f} to {interval.high:.0f})"


def _finding(result: CompareResult, shown: Sequence[str]) -> str:
    """Say which plan each actor does best under."""
    best = {a: max(result.plans, key=lambda p: p.actors[a].utility.centre) for a in shown}
    said = "; ".join(f"{result.names[a]} under {p.title} ({p.actors[a].utility.centre:.0f})" for a, p in best.items())
    return f"Each does best: {said}."


def _matters(result: CompareResult, actor: str) -> list[bool]:
    return [abs(p.actors[actor].utility.centre) > 1e-9 or abs(result.walk_away[actor]) > 1e-9 for p in result.plans]
