"""Where talks would land without the plan, and how far the plan is from there."""

from __future__ import annotations

import math

from halfway.brief.contents import Block, Figure, Grid, Listing, Paragraph, Section
from halfway.brief.material import Material
from halfway.charts.forecast import forecast_chart
from halfway.errors import Refusal
from halfway.forecast.result import IssueForecast
from halfway.forecast.run import forecast
from halfway.result import Table
from halfway.words.forecasts import skill
from halfway.words.shares import percent


def landing(material: Material) -> tuple[Section, ...]:
    """Return the forecast of every ordered issue beside the plan; nothing where no issue can be forecast."""
    try:
        result = forecast(material.compiled, plan=material.name, seed=material.seed)
    except Refusal:
        # A case without ordered issues has nothing to forecast, which is no fault of its brief.
        return ()
    blocks: list[Block] = [
        Paragraph(
            "Where the actors' positions, saliences and capabilities would lead talks without the plan. "
            f"{' '.join(skill(result.held_out))} Nothing of the kind has been measured for other disputes."
        )
    ]
    if not material.detailed:
        blocks.append(Listing(tuple(_sentence(material, f) for f in result.issues)))
        return (Section("forecast", "Where talks would land without the plan", tuple(blocks)),)
    for f in result.issues:
        blocks.append(Paragraph(_sentence(material, f)))
        blocks.append(Figure(forecast_chart(result, f.issue), forecast_chart(result, f.issue, narrow=True)))
        blocks.append(Grid(_models(f), folded="The models side by side, each with its measured error"))
        if f.notes:
            blocks.append(Listing(f.notes))
    return (Section("forecast", "Where talks would land without the plan", tuple(blocks)),)


def _sentence(material: Material, f: IssueForecast) -> str:
    unit = f" {f.unit}" if f.unit else ""
    low, high = next((a, b) for level, a, b in f.intervals if level == 0.8)
    text = (
        f"**{f.title}**: talks would land at **{_n(f.point)}{unit}**, with 80 percent between {_n(low)} and {_n(high)}, "
        f"on a scale from {_n(f.low)} to {_n(f.high)}."
    )
    if f.plan is None:
        return text
    if abs(f.plan.from_median) < 1e-9:
        return f"{text} The plan stands there too."
    side, beyond = ("above", 1 - f.plan.below) if f.plan.from_median > 0 else ("below", f.plan.at_most)
    return (
        f"{text} The plan stands at {_n(f.plan.point)}{unit}, {_n(abs(f.plan.from_median))} {side} that; talks would "
        f"go as far or farther with a probability of {percent(beyond)}."
    )


def _n(value: float) -> str:
    return f"{value:.3g}"


def _models(f: IssueForecast) -> Table:
    rows = tuple(
        (m.label, _n(m.point), f"± {_n(m.error)}", f"{_n(m.interval[0])} to {_n(m.interval[1])}", m.note)
        if math.isfinite(m.point)
        else (m.label, "—", f"± {_n(m.error)}", "—", m.note)
        for m in f.models
    )
    return Table("models", ("Model", "Forecast", "Error on real decisions", "80 percent", "Note"), rows)
