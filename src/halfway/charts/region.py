"""The picture over patience and detection: where keeping a plan is an actor's best response, and what breaking pays elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np

from halfway.case.case import Case
from halfway.case.time import periods_between
from halfway.charts.chart import INK, Chart, values
from halfway.conduct.thresholds.thresholds import region
from halfway.conduct.verdicts.temptation import Kernel
from halfway.result import Table
from halfway.words.calendars import who_is

PATIENCES = (0.3, 0.5, 0.7, 0.8, 0.9, 0.97)
"""Discount factors per year, beside the case's own."""

DETECTIONS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the stated detection."""

NOTHING = "nothing: it keeps"


def patience_and_detection(case: Case, plan: Kernel, actor: str, kind: str | None = None) -> Chart:
    """Draw what breaking pays an actor, over its patience and the share of the stated detection.

    Parameters
    ----------
    case : Case
    plan : Kernel
    actor : str
    kind : str, optional
        One of its types.
    """
    periods = periods_between("year", case.period)
    stated = round(plan.whole.patience(actor, kind) ** periods, 4)
    per_year = np.array(sorted({*(p for p in PATIENCES if abs(p - stated) > 0.015), stated}))
    gains = region(plan, actor, per_year ** (1 / periods), np.array(DETECTIONS), kind)
    rows = [
        {"patience": f"{p:.2f}", "detection": f"{100 * d:.0f}", "gain": float(gains[i, j]),
         "said": "keeps" if gains[i, j] == 0 else f"{gains[i, j]:.1f}", "stated": bool(p == stated and d == 1.0)}
        for i, d in enumerate(DETECTIONS)
        for j, p in enumerate(per_year)
    ]  # fmt: skip
    who = who_is(case, actor, kind)
    x = {
        "field": "patience",
        "type": "ordinal",
        "axis": {"labelAngle": 0, "title": "patience: what a point a year from now counts today"},
    }
    y = {"field": "detection", "type": "ordinal", "sort": [f"{100 * d:.0f}" for d in DETECTIONS[::-1]],
         "axis": {"title": "detection, percent of the stated one"}}  # fmt: skip
    dark = float(gains.max()) * 0.6
    spec: dict[str, Any] = {
        "width": {"step": 42},
        "height": {"step": 32},
        "data": values(rows),
        "encoding": {"x": x, "y": y},
        "layer": [
            {"transform": [{"filter": "datum.gain > 0"}], "mark": {"type": "rect", "stroke": "white"},
             "encoding": {"color": {"field": "gain", "type": "quantitative", "legend": None,
                                    "scale": {"range": ["#fdebd8", "#c65102"], "domain": [0, max(float(gains.max()), 1e-6)]}}}},
            {"transform": [{"filter": "datum.gain == 0"}], "mark": {"type": "rect", "stroke": "white", "color": "#bfe3d6"}},
            {"transform": [{"filter": "datum.stated"}],
             "mark": {"type": "rect", "filled": False, "stroke": INK, "strokeWidth": 3}},
            {"mark": {"type": "text", "fontSize": 11},
             "encoding": {"text": {"field": "said"},
                          "color": {"condition": {"test": f"datum.gain > {dark}", "value": "white"}, "value": INK}}},
        ],
    }  # fmt: skip
    kept = sum(r["said"] == "keeps" for r in rows)
    name = f"region-{actor}" + (f"-{kind}" if kind else "")
    return Chart(
        name,
        f"Where {who} keeps the plan",
        "In each cell, what breaking pays in discounted points, the others keeping; green: keeping is best. Framed: the case as "
        "stated. Detection mixes each option's signals with those of the prescribed one: at 0 nothing is ever seen.",
        spec,
        Table(
            "region",
            ("Patience, a year", "Detection, percent", "Breaking pays, points"),
            tuple((r["patience"], r["detection"], r["said"] if r["gain"] else NOTHING) for r in rows),
        ),
        f"{who} keeps the plan in {kept} of {len(rows)} cells of patience and detection.",
    )


def in_words(case: Case, chart: Chart, actor: str, kind: str | None = None) -> str:
    """Say what the picture shows: whether patience or detection could make the actor keep."""
    who = who_is(case, actor, kind)
    kept = [(float(p), int(d)) for p, d, said in chart.table.rows if said == NOTHING]
    if not kept:
        return (
            f"At none of these degrees of patience and detection does **{who}** keep: neither more regard for the future nor "
            "all the detection that the case states is enough."
        )
    if len(kept) == len(chart.table.rows):
        return f"**{who}** keeps at every one of these degrees of patience and detection."
    full = sorted(p for p, d in kept if d == 100)
    if not full:
        return f"**{who}** keeps only where less is detected than stated: false alarms punish those who keep."
    degrees = sorted({float(p) for p, _, _ in chart.table.rows})
    tried = [p for p in degrees if full[0] <= p <= full[-1]]
    if len(tried) > len(full):
        patient = f"with a patience of {', '.join(f'{p:.2f}' for p in full)} a year and not between"
    elif full[-1] == degrees[-1]:
        patient = "whatever its patience" if full[0] == degrees[0] else f"from a patience of {full[0]:.2f} a year on"
    else:
        patient = f"with a patience of {full[0]:.2f} to {full[-1]:.2f} a year"
    least = min(d for _, d in kept)
    after = (
        f"no degree of patience makes it keep with less than {least} percent of that"
        if least
        else "with patience enough it keeps even where nothing is detected"
    )
    return f"As detection is stated, **{who}** keeps {patient}; {after}."
