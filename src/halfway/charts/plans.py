"""Plans compared: what each actor gets under each plan, with intervals, the status quo and the walk-away."""

from __future__ import annotations

from typing import Any

from halfway.charts.chart import INK, WALK_AWAY, Chart, colours_of, values
from halfway.explore.comparison import CompareResult
from halfway.result import Table


def plans_chart(result: CompareResult, *, narrow: bool = False) -> Chart:
    """Draw one panel per actor and one row per plan; `narrow` stacks the panels for a telephone."""
    palette = colours_of(result.names)
    shown = [a for a in result.walk_away if any(_matters(result, a))]
    rows: list[dict[str, Any]] = []
    for actor in shown:
        for plan in result.plans:
            outcome = plan.actors[actor]
            rows.append(
                {
                    "actor": result.names[actor],
                    "plan": plan.title,
                    "utility": outcome.utility.centre,
                    "low": outcome.utility.low,
                    "high": outcome.utility.high,
                    "today": None if result.status_quo is None else result.status_quo[actor],
                    "walk": result.walk_away[actor],
                }
            )
    numbers = [r[k] for r in rows for k in ("low", "high", "walk", "today") if r[k] is not None]
    x = {"type": "quantitative", "axis": {"title": "utility points", "tickCount": 4, "grid": True},
         "scale": {"domain": [min([0.0, *numbers]), max([100.0, *numbers])]}}  # fmt: skip
    y = {"field": "plan", "type": "nominal", "sort": None,
         "axis": {"title": None, "domain": False, "ticks": False, "labelLimit": 130 if narrow else 210}}  # fmt: skip
    colour = {"field": "actor", "type": "nominal", "legend": None,
              "scale": {"domain": [result.names[a] for a in shown], "range": [palette[a] for a in shown]}}  # fmt: skip
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "rule", "color": WALK_AWAY, "strokeDash": [4, 3], "strokeWidth": 1.5},
         "encoding": {"x": {**x, "aggregate": "max", "field": "walk"}}},
        {"mark": {"type": "rule", "strokeWidth": 6, "opacity": 0.3},
         "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y, "color": colour}},
        {"mark": {"type": "point", "filled": True, "size": 90, "opacity": 1},
         "encoding": {"x": {**x, "field": "utility"}, "y": y, "color": colour}},
    ]  # fmt: skip
    if result.status_quo is not None:
        layers.insert(0, {"mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
                          "encoding": {"x": {**x, "aggregate": "max", "field": "today"}}})  # fmt: skip
    spec = {
        "data": values(rows),
        "facet": {"field": "actor", "type": "nominal", "sort": [result.names[a] for a in shown],
                  "header": {"title": None, "labelAnchor": "start"}},
        "columns": 1 if narrow else 2,
        "spec": {"width": 190 if narrow else 240, "height": {"step": 24}, "layer": layers},
        "resolve": {"axis": {"x": "independent"}},
    }  # fmt: skip
    table = Table(
        "plans",
        (
            "Plan",
            "Actor",
            "Utility",
            "90 percent interval",
            "Against today",
            "Against walk-away",
            "Better than today in",
        ),
        tuple(
            (
                plan.title,
                result.names[a],
                f"{plan.actors[a].utility.centre:.0f}",
                f"{plan.actors[a].utility.low:.0f} to {plan.actors[a].utility.high:.0f}",
                _signed(plan.actors[a].over_status_quo),
                _signed(plan.actors[a].over_walk_away),
                "—"
                if plan.actors[a].better_than_status_quo is None
                else f"{plan.actors[a].better_than_status_quo:.0%} of draws",
            )
            for plan in result.plans
            for a in shown
        ),
    )
    return Chart(
        "plans-narrow" if narrow else "plans",
        "What each actor gets under each plan",
        "Dots: long-run utility (0–100 on each actor's own scale) when everyone keeps the plan; bands: 90 percent intervals "
        "over the uncertain numbers, the same draws for all plans. Black line: today. Red dashed line: what the actor has "
        "without an agreement.",
        spec,
        table,
        "Utilities of every actor under every plan; the table below holds the numbers.",
    )


def _matters(result: CompareResult, actor: str) -> list[bool]:
    return [abs(p.actors[actor].utility.centre) > 1e-9 or abs(result.walk_away[actor]) > 1e-9 for p in result.plans]


def _signed(interval: Any) -> str:
    return "—" if interval is None else f"{interval.centre:+.0f} ({interval.low:+.0f} to {interval.high:+.0f})"
