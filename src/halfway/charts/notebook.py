"""How results draw themselves in notebooks: their picture where they have one, and their main table."""

from __future__ import annotations

from functools import singledispatch
from html import escape
from typing import Any

from halfway.explore.comparison import CompareResult
from halfway.forecast.models.by_name import OURS
from halfway.forecast.result import ForecastResult
from halfway.forecast.scoring.validate import ValidationResult
from halfway.result import Result
from halfway.settle.ladder import LadderResult
from halfway.settle.result import SettleResult

MOST_ROWS = 40


def as_html(result: Result) -> str:
    """Return the HTML that a notebook shows for a result."""
    parts = [picture(result)]
    table = next(iter(result.tables().values()))
    head = "".join(f"<th>{escape(str(c))}</th>" for c in table.columns)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(_shown(v))}</td>" for v in row) + "</tr>" for row in table.rows[:MOST_ROWS]
    )
    more = f"<p>… {len(table.rows) - MOST_ROWS} more rows</p>" if len(table.rows) > MOST_ROWS else ""
    provenance = result.provenance
    note = f"{provenance.case} ({provenance.case_hash[:12]}), {provenance.method}, Halfway {provenance.version}"
    parts.append(
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}<p><small>{escape(note)}</small></p>"
    )
    return "".join(parts)


def _shown(value: Any) -> str:
    if value is None:
        return "—"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


@singledispatch
def picture(result: Result) -> str:
    """Return the picture of a result as SVG in HTML; empty where it has none. Each kind of result registers its own."""
    return ""


@picture.register
def _(result: CompareResult) -> str:
    from halfway.charts.movement import movement_chart

    drawn = [(p.title, movement_chart(result, p.name)) for p in result.plans]
    return "".join(f"<h4>{escape(title)}</h4>{chart.svg()}" for title, chart in drawn if chart is not None)


@picture.register
def _(result: SettleResult) -> str:
    from halfway.charts.packages import frontier_chart

    return frontier_chart(result).svg() if len(result.signatories) > 1 else ""


@picture.register
def _(result: LadderResult) -> str:
    from halfway.charts.ladder import ladder_chart

    return ladder_chart(result).svg()


@picture.register
def _(result: ForecastResult) -> str:
    from halfway.charts.forecast import forecast_chart

    return "".join(forecast_chart(result, f.issue).svg() for f in result.issues)


@picture.register
def _(result: ValidationResult) -> str:
    from halfway.charts.forecast import reliability_chart

    return reliability_chart(result, OURS).svg()
