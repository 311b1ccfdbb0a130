"""Pictures of a plan played out: survival, points over time, who is exposed when, and where patience and detection suffice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from halfway.case.case import Case
from halfway.charts.chart import QUIET, Chart, colours, values
from halfway.conduct.result import ConductResult
from halfway.conduct.study import Study
from halfway.conduct.thresholds import region
from halfway.result import Table

GRID = 13
"""Points on each side of the picture over patience and detection."""


def survival(case: Case, results: Sequence[ConductResult]) -> Chart | None:
    """Draw the share of futures in which nobody has broken the plan yet, one line a plan; None where none was played.

    Parameters
    ----------
    case : Case
    results : sequence of ConductResult
        Plans of one case, played with the same seed.
    """
    rows = []
    for result in results:
        played = result.play
        if played is None:
            continue
        title = case.title_of("plans", result.plan)
        error = np.sqrt(played.survival * (1 - played.survival) / played.runs)
        for t, (share, e) in enumerate(zip(played.survival, error, strict=True)):
            rows.append(
                {"plan": title, "period": t, "share": 100 * float(share), "low": 100 * float(max(share - 2 * e, 0)),
                 "high": 100 * float(min(share + 2 * e, 1))}
            )  # fmt: skip
    if not rows:
        return None
    x = {"field": "period", "type": "quantitative", "title": f"{case.period}s kept so far"}
    y = {"title": "futures without a breach, percent", "scale": {"domain": [0, 100]}, "type": "quantitative"}
    spec: dict[str, Any] = {
        "width": 560,
        "height": 260,
        "data": values(rows),
        "encoding": {"x": x, "color": {"field": "plan", "type": "nominal", "title": None}},
        "layer": [
            {"mark": {"type": "area", "interpolate": "step-after", "opacity": 0.2},
             "encoding": {"y": {**y, "field": "low"}, "y2": {"field": "high"}}},
            {"mark": {"type": "line", "interpolate": "step-after"}, "encoding": {"y": {**y, "field": "share"}}},
        ],
    }  # fmt: skip
    ends = {r["plan"]: r["share"] for r in rows}
    told = "; ".join(f"{plan}: {share:.0f} percent at the end" for plan, share in ends.items())
    first = next(r.play for r in results if r.play is not None)
    return Chart(
        "survival",
        "How long nobody breaks the plan",
        f"{first.runs:,} futures a plan with the same luck, seed {first.seed}; every actor does what pays its type. Bands: "
        "two standard errors.",
        spec,
        _table("survival", ("plan", "period", "share", "low", "high"), rows),
        f"Share of futures without a breach over time. {told}.",
    )


def fans(case: Case, result: ConductResult, actors: Sequence[str] | None = None) -> Chart | None:
    """Draw each actor's points over time: the median, and where half and nine tenths of the futures lie."""
    played = result.play
    if played is None:
        return None
    shown = [a for a in played.actors if actors is None or a in actors]
    rows = [
        {
            "actor": case.title_of("actors", a),
            "period": t + 1,
            "mean": float(played.means[t, k]),
            **{name: float(played.quantiles[q, t, k]) for q, name in enumerate(("p05", "p25", "p50", "p75", "p95"))},
        }
        for k, a in enumerate(played.actors)
        if a in shown
        for t in range(played.periods)
    ]
    y = {"type": "quantitative", "title": "points"}
    spec: dict[str, Any] = {
        "data": values(rows),
        "facet": {"field": "actor", "type": "nominal", "title": None, "sort": [case.title_of("actors", a) for a in shown]},
        "columns": 2,
        "spec": {
            "width": 260,
            "height": 130,
            "encoding": {"x": {"field": "period", "type": "quantitative", "title": case.period}},
            "layer": [
                {"mark": {"type": "area", "opacity": 0.18, "color": "#0072B2"},
                 "encoding": {"y": {**y, "field": "p05"}, "y2": {"field": "p95"}}},
                {"mark": {"type": "area", "opacity": 0.3, "color": "#0072B2"},
                 "encoding": {"y": {**y, "field": "p25"}, "y2": {"field": "p75"}}},
                {"mark": {"type": "line", "color": "#0072B2"}, "encoding": {"y": {**y, "field": "p50"}}},
                {"mark": {"type": "line", "color": QUIET, "strokeDash": [4, 3]}, "encoding": {"y": {**y, "field": "mean"}}},
            ],
        },
    }  # fmt: skip
    ends = "; ".join(
        f"{case.title_of('actors', a)} {played.averages[k]:.1f}" for k, a in enumerate(played.actors) if a in shown
    )
    return Chart(
        "fans",
        "What the plan brings each actor over time",
        f"Points of each {case.period} in {played.runs:,} futures: median, the middle half and the middle nine tenths; "
        "dashed: the mean.",
        spec,
        _table("fans", ("actor", "period", "mean", "p05", "p25", "p50", "p75", "p95"), rows),
        f"Points over time by actor. Discounted averages: {ends}.",
    )


def exposure(case: Case, result: ConductResult, actors: Sequence[str] | None = None) -> Chart | None:
    """Draw what each actor has given less what it has received; None where the case states no status quo."""
    if result.exposure is None:
        return None
    shown = [a for a in result.exposure if actors is None or a in actors]
    colour = colours(case)
    rows = [
        {"actor": case.title_of("actors", a), "period": t + 1, "balance": float(b)}
        for a in shown
        for t, b in enumerate(result.exposure[a].balance)
    ]
    spec: dict[str, Any] = {
        "width": 560,
        "height": 240,
        "data": values(rows),
        "mark": "line",
        "encoding": {
            "x": {"field": "period", "type": "quantitative", "title": case.period},
            "y": {"field": "balance", "type": "quantitative", "title": f"given less received, point-{case.period}s"},
            "color": {
                "field": "actor",
                "type": "nominal",
                "title": None,
                "scale": {
                    "domain": [case.title_of("actors", a) for a in shown],
                    "range": [colour[a] for a in shown],
                },
            },
        },
    }
    worst = "; ".join(
        f"{case.title_of('actors', a)} in {case.period} {e.worst[0]} ({e.worst[1]:+.0f})"
        for a, e in result.exposure.items()
        if a in shown
    )
    return Chart(
        "exposure",
        "Who is exposed when, while everyone keeps the plan",
        "Above zero an actor has given more than it has received, in its own points against the status quo, summed up from "
        "the start. The highest point is where it has most to fear from a breach.",
        spec,
        _table("exposure", ("actor", "period", "balance"), rows),
        f"Given less received over time. Worst moments: {worst}.",
    )


def patience_and_detection(case: Case, whole: Study, actor: str, kind: str | None = None) -> Chart:
    """Draw what breaking pays an actor, over its patience and the share of the stated detection."""
    per_year = np.linspace(0.3, 0.99, GRID)
    from halfway.case.time import periods_between

    factors = per_year ** (1 / periods_between("year", case.period))
    shares = np.linspace(0, 1, GRID)
    gaps = region(whole, actor, factors, shares, kind)
    rows = [
        {"patience": float(per_year[j]), "detection": 100 * float(shares[i]), "gain": float(gaps[i, j]),
         "keeps": "keeps" if gaps[i, j] == 0 else "breaks"}
        for i in range(GRID)
        for j in range(GRID)
    ]  # fmt: skip
    who = case.title_of("actors", actor) + (f" as {kind}" if kind else "")
    kept = sum(r["keeps"] == "keeps" for r in rows)
    spec: dict[str, Any] = {
        "width": 320,
        "height": 320,
        "data": values(rows),
        "layer": [
            {
                "mark": "rect",
                "encoding": {
                    "x": {"field": "patience", "type": "ordinal", "title": "discount factor per year",
                          "axis": {"format": ".2f", "labelAngle": 0, "labelOverlap": True}},
                    "y": {"field": "detection", "type": "ordinal", "title": "detection, percent of the stated one",
                          "sort": "descending", "axis": {"format": ".0f", "labelOverlap": True}},
                    "color": {"field": "gain", "type": "quantitative", "title": "breaking pays, points",
                              "scale": {"scheme": "oranges", "domainMin": 0}},
                },
            },
            {
                "transform": [{"filter": "datum.keeps == 'keeps'"}],
                "mark": {"type": "point", "shape": "circle", "filled": True, "color": "#009E73", "size": 30},
                "encoding": {"x": {"field": "patience", "type": "ordinal"},
                             "y": {"field": "detection", "type": "ordinal", "sort": "descending"}},
            },
        ],
    }  # fmt: skip
    return Chart(
        f"region-{actor}" + (f"-{kind}" if kind else ""),
        f"Where {who} keeps the plan",
        "A dot: keeping is its best response. Darker: breaking pays more. Detection mixes each option's signals with those "
        "of the prescribed one.",
        spec,
        _table("region", ("patience", "detection", "gain", "keeps"), rows),
        f"{who} keeps the plan at {kept} of {len(rows)} points of patience and detection.",
    )


def _table(name: str, columns: tuple[str, ...], rows: Sequence[dict[str, Any]]) -> Table:
    return Table(name, columns, tuple(tuple(row[c] for c in columns) for row in rows))
