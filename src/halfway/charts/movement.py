"""The headline picture: how far each side goes towards the other, from today to the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from halfway.charts.chart import INK, QUIET, WALK_AWAY, Chart, colours_of, values
from halfway.explore.comparison import CompareResult, SideOutcome
from halfway.result import Table

ROW_HEIGHT = 84


def movement_chart(result: CompareResult, plan: str, *, narrow: bool = False) -> Chart | None:
    """Draw the two sides of one plan on a scale from the own ideal (0) to the other side's (100).

    Parameters
    ----------
    result : CompareResult
    plan : str
    narrow : bool
        For a telephone: names above the lines instead of beside them.

    Returns
    -------
    Chart or None
        ``None`` where the plan has no pair, or no side's way can be measured.
    """
    sides = [s for s in result[plan].sides if s.level is not None]
    if not sides:
        return None
    palette = colours_of(result.names)
    rows = [_row(result.names, s) for s in sides]
    table = Table(
        "movement",
        ("Side", "Towards", "Today (percent of the way)", "Under the plan", "90 percent interval", "Movement (points)",
         "Its interval", "Walk-away at"),
        tuple(_table_row(result.names, s) for s in result[plan].sides),
    )  # fmt: skip
    low = min([0.0, *(r[k] for r in rows for k in ("today", "low", "plan") if r[k] is not None)])
    high = max([100.0, *(r[k] for r in rows for k in ("today", "high", "plan") if r[k] is not None)])
    x = {"type": "quantitative", "scale": {"domain": [low - 4, high + 4], "nice": False, "zero": False},
         "axis": {"title": ["percent of the way from the own ideal (0)", "to the other side's ideal (100)"] if narrow
                  else "percent of the way from the own ideal (0) to the other side's ideal (100)",
                  "grid": True, "tickCount": 6}}  # fmt: skip
    beside = {"title": None, "domain": False, "ticks": False, "labelExpr": "split(datum.label, '|')",
              "labelFontWeight": "bold", "labelFontSize": 13}  # fmt: skip
    y = {"field": "side", "type": "nominal", "sort": None, "axis": None if narrow else beside}
    colour = {"field": "mover", "type": "nominal", "legend": None,
              "scale": {"domain": [r["mover"] for r in rows], "range": [palette[s.mover] for s in sides]}}  # fmt: skip
    has_today = any(r["today"] is not None for r in rows)
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "rule", "stroke": QUIET, "strokeDash": [2, 3]}, "data": {"values": [{"at": 0}, {"at": 100}]},
         "encoding": {"x": {**x, "field": "at"}}},
        {"mark": {"type": "bar", "height": 16, "opacity": 0.25, "cornerRadius": 3},
         "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y, "color": colour}},
    ]  # fmt: skip
    if has_today:
        layers += [
            {"mark": {"type": "rule", "strokeWidth": 5, "strokeCap": "round"},
             "encoding": {"x": {**x, "field": "today"}, "x2": {"field": "plan"}, "y": y, "color": colour}},
            {"mark": {"type": "tick", "thickness": 3, "height": 34, "color": INK},
             "encoding": {"x": {**x, "field": "today"}, "y": y}},
            {"mark": {"type": "text", "dy": -26, "fontSize": 11, "color": INK},
             "encoding": {"x": {**x, "field": "today"}, "y": y, "text": {"value": "today"}}},
        ]  # fmt: skip
    layers += [
        {"mark": {"type": "tick", "thickness": 3, "height": 34, "color": WALK_AWAY},
         "transform": [{"filter": f"datum.walk != null && datum.walk >= {low - 4} && datum.walk <= {high + 4}"}],
         "encoding": {"x": {**x, "field": "walk"}, "y": y}},
        {"mark": {"type": "text", "dy": 27, "fontSize": 11, "color": WALK_AWAY},
         "transform": [{"filter": f"datum.walk != null && datum.walk >= {low - 4} && datum.walk <= {high + 4}"}],
         "encoding": {"x": {**x, "field": "walk"}, "y": y, "text": {"value": "walk-away"}}},
        {"mark": {"type": "point", "filled": True, "size": 220, "opacity": 1},
         "encoding": {"x": {**x, "field": "plan"}, "y": y, "color": colour}},
        {"mark": {"type": "text", "dy": -26, "fontSize": 13, "fontWeight": "bold"},
         "encoding": {"x": {**x, "field": "plan"}, "y": y, "text": {"field": "shown"}, "color": colour}},
    ]  # fmt: skip
    if narrow:
        name = {"mark": {"type": "text", "align": "left", "dy": -50, "fontSize": 13, "fontWeight": "bold"},
                "encoding": {"x": {"value": 0}, "y": y, "text": {"field": "named"}, "color": colour}}  # fmt: skip
        layers.append(name)
    spec = {
        "data": values(rows),
        "width": 300 if narrow else 540,
        "height": {"step": 120 if narrow else ROW_HEIGHT},
        "layer": layers,
    }
    title = "How far each side goes towards the other"
    told = "; ".join(f"{r['mover']} goes {r['plan']:.0f} percent of the way to {r['towards']}" for r in rows)
    return Chart(
        f"movement-{plan}{'-narrow' if narrow else ''}",
        title,
        "The dot is where the plan leaves each side in the long run, the band its 90 percent interval over the uncertain "
        "numbers; the black tick is today, the red tick the point at which the side does better without an agreement.",
        spec,
        table,
        f"{title}: {told}.",
    )


def _row(names: Mapping[str, str], side: SideOutcome) -> dict[str, Any]:
    assert side.level is not None  # filtered by the caller
    mover, towards = names[side.mover], names[side.towards]
    return {
        "side": f"{mover}|→ {towards}",
        "mover": mover,
        "towards": towards,
        "named": f"{mover} → {towards}",
        "plan": side.level.centre,
        "low": side.level.low,
        "high": side.level.high,
        "today": side.status_quo_level,
        "walk": side.walk_away_level,
        "shown": f"{side.level.centre:.0f}%",
    }


def _table_row(names: Mapping[str, str], side: SideOutcome) -> tuple[Any, ...]:
    mover, towards = names[side.mover], names[side.towards]
    if side.level is None:
        return mover, towards, *(["both ideals are worth the same"] + ["—"] * 5)
    moved = side.movement
    return (
        mover,
        towards,
        "not stated" if side.status_quo_level is None else f"{side.status_quo_level:.0f}",
        f"{side.level.centre:.0f}",
        f"{side.level.low:.0f} to {side.level.high:.0f}",
        "—" if moved is None else f"{moved.centre:+.0f}",
        "—" if moved is None else f"{moved.low:+.0f} to {moved.high:+.0f}",
        "—" if side.walk_away_level is None else f"{side.walk_away_level:.0f}",
    )
