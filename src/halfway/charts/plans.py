"""Plans compared: what each actor gets under each plan, with intervals, the status quo and the walk-away."""

from __future__ import annotations

from typing import Any

from halfway.charts.chart import INK, WALK_AWAY, Chart, colours_of, values, wrapped
from halfway.explore.comparison import CompareResult
from halfway.result import Table
from halfway.words.shares import percent


def plans_chart(result: CompareResult, *, narrow: bool = False) -> Chart:
    """Draw one band per actor with a numbered line for each plan; `narrow` fits a telephone."""
    palette = colours_of(result.names)
    shown = [a for a in result.walk_away if any(_matters(result, a))]
    labels = {a: "|".join(wrapped(result.names[a], 15 if narrow else 24)) for a in shown}
    rows: list[dict[str, Any]] = []
    for actor in shown:
        for number, plan in enumerate(result.plans, start=1):
            outcome = plan.actors[actor]
            rows.append(
                {
                    "actor": labels[actor],
                    "plan": str(number),
                    "utility": outcome.utility.centre,
                    "low": outcome.utility.low,
                    "high": outcome.utility.high,
                }
            )
    lines = [
        {
            "actor": labels[a],
            "today": None if result.status_quo is None else result.status_quo[a],
            "walk": result.walk_away[a],
        }
        for a in shown
    ]
    numbers = [r[k] for r in rows for k in ("low", "high")]
    numbers += [r[k] for r in lines for k in ("walk", "today") if r[k] is not None]
    x = {"type": "quantitative", "axis": {"title": "utility points", "tickCount": 5, "grid": True, "orient": "top"},
         "scale": {"domain": [min([0.0, *numbers]), max([100.0, *numbers])]}}  # fmt: skip
    names = [labels[a] for a in shown]
    y = {"field": "actor", "type": "nominal", "sort": names, "scale": {"paddingInner": 0.3},
         "axis": {"title": None, "domain": False, "ticks": False, "labelFontWeight": "bold",
                  "labelExpr": "split(datum.label, '|')", "labelLimit": 130 if narrow else 220}}  # fmt: skip
    offset = {"field": "plan", "type": "nominal", "sort": [str(i + 1) for i in range(len(result.plans))]}
    colour = {"field": "actor", "type": "nominal", "legend": None,
              "scale": {"domain": names, "range": [palette[a] for a in shown]}}  # fmt: skip
    band = {**y, "bandPosition": 0}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "rule", "strokeWidth": 6, "opacity": 0.3},
         "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y, "yOffset": offset, "color": colour}},
        {"mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
         "encoding": {"x": {**x, "field": "utility"}, "y": y, "yOffset": offset, "color": colour}},
        {"mark": {"type": "text", "align": "left", "dx": 7, "fontSize": 11, "color": INK},
         "encoding": {"x": {**x, "field": "high"}, "y": y, "yOffset": offset, "text": {"field": "plan"}}},
        {"data": values(lines), "mark": {"type": "rule", "color": WALK_AWAY, "strokeDash": [4, 3], "strokeWidth": 2},
         "encoding": {"x": {**x, "field": "walk"}, "y": band, "y2": {"field": "actor", "bandPosition": 1}}},
    ]  # fmt: skip
    if result.status_quo is not None:
        line = {"data": values(lines), "mark": {"type": "rule", "color": INK, "strokeWidth": 2},
                "encoding": {"x": {**x, "field": "today"}, "y": band, "y2": {"field": "actor", "bandPosition": 1}}}  # fmt: skip
        layers.insert(3, line)
    height = 18 * max(len(result.plans), 2) + 14
    spec = {"data": values(rows), "width": 220 if narrow else 560, "height": height * len(shown), "layer": layers}
    key = "; ".join(f"{i} {p.title}" for i, p in enumerate(result.plans, start=1))
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
                else f"{percent(plan.actors[a].better_than_status_quo or 0.0)} of draws",
            )
            for plan in result.plans
            for a in shown
        ),
    )
    return Chart(
        "plans-narrow" if narrow else "plans",
        "What each actor gets under each plan",
        f"{key}. Dots: long-run utility (0–100 on each actor's own scale) when everyone keeps the plan; bands: 90 percent "
        "intervals over the uncertain numbers, the same draws for all plans. Black line: today. Red dashed line: what "
        "the actor has without an agreement.",
        spec,
        table,
        "Utilities of every actor under every plan; the table below holds the numbers.",
    )


def _matters(result: CompareResult, actor: str) -> list[bool]:
    return [abs(p.actors[actor].utility.centre) > 1e-9 or abs(result.walk_away[actor]) > 1e-9 for p in result.plans]


def _signed(interval: Any) -> str:
    return "—" if interval is None else f"{interval.centre:+.0f} ({interval.low:+.0f} to {interval.high:+.0f})"
