"""Pictures of a plan over time: how long it goes unbroken, what it brings whom, and who is exposed when."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from typing import Any

import numpy as np

from halfway.case.case import Case
from halfway.charts.chart import INK, QUIET, WALK_AWAY, Chart, colours, values, wrapped
from halfway.conduct.play.run import Played
from halfway.conduct.play.survival import Survival
from halfway.conduct.result import ConductResult
from halfway.result import Table
from halfway.space.arrays import FloatArray
from halfway.space.compiled import CompiledCase, compile_case
from halfway.words.shares import percent

DASHES = ([1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4], [12, 4])
"""How the lines of rival plans are told apart without colour."""

NOBODY = "Nobody breaks it"


def survival(case: Case, found: Sequence[Survival], stressed: str, *, narrow: bool = False) -> Chart:
    """Draw how long plans go unbroken: by anyone, and by each actor whom breaking one of them pays.

    Curves that coincide are drawn once, under the numbers of all their plans.

    Parameters
    ----------
    case : Case
    found : sequence of Survival
        Of plans of one case, which go by their numbers in it.
    stressed : str
        The plan whose curve is stressed.
    narrow : bool
        For a telephone.
    """
    actors = [a for a in case.actors if any(a in s.alone for s in found)]
    ones = np.ones_like(found[0].kept)
    panels = {NOBODY: [s.kept for s in found]}
    for a in actors:
        panels[f"{case.title_of('actors', a)} keeps it"] = [s.alone.get(a, ones) for s in found]
    own = [s.plan for s in found].index(stressed)
    number = [list(case.plans).index(s.plan) + 1 for s in found]
    rows: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    for panel, curves in panels.items():
        groups = _coinciding(curves)
        ends = _apart([100 * float(curves[g[0]][-1]) for g in groups], 13)
        for group, end in zip(groups, ends, strict=True):
            line = {"panel": panel, "line": ", ".join(str(number[k]) for k in group), "ours": own in group,
                    "dash": DASHES[0] if own in group else DASHES[group[0] % len(DASHES)]}  # fmt: skip
            rows += [{**line, "x": t, "y": 100 * float(curves[group[0]][t])} for t in _turns(curves[group[0]][:, None])]
            labels.append({**line, "x": len(ones) - 1, "y": end})
    titles = [case.title_of("plans", s.plan) for s in found]
    x = {"field": "x", "type": "quantitative", "title": f"{case.period}s", "scale": {"domain": [0, len(ones) - 1], "nice": False},
         "axis": {"grid": False, "tickCount": 5}}  # fmt: skip
    y = {"field": "y", "type": "quantitative", "title": "percent of futures", "scale": {"domain": [0, 100]},
         "axis": {"tickCount": 3}}  # fmt: skip
    line_of = {"type": "line", "interpolate": "step-after", "clip": False}
    dashes = {r["line"]: r["dash"] for r in rows}
    lines = sorted(dashes)
    dash = {"field": "line", "type": "nominal", "legend": None,
            "scale": {"domain": lines, "range": [dashes[n] for n in lines]}}  # fmt: skip
    spec: dict[str, Any] = {
        "data": values([{k: v for k, v in r.items() if k != "dash"} for r in (*rows, *({**e, "end": 1} for e in labels))]),
        "facet": {"field": "panel", "type": "nominal", "title": None, "sort": list(panels)},
        "columns": 1 if narrow else 2,
        "spacing": 24,
        "spec": {
            "width": 240 if narrow else 235,
            "height": 82,
            "layer": [
                {"transform": [{"filter": "!datum.end && !datum.ours"}],
                 "mark": {**line_of, "color": QUIET, "strokeWidth": 1.6},
                 "encoding": {"x": x, "y": y, "strokeDash": dash}},
                {"transform": [{"filter": "!datum.end && datum.ours"}],
                 "mark": {**line_of, "color": INK, "strokeWidth": 3}, "encoding": {"x": x, "y": y, "detail": {"field": "line"}}},
                {"transform": [{"filter": "datum.end"}],
                 "mark": {"type": "text", "align": "left", "dx": 6, "fontSize": 11, "fontWeight": "bold"},
                 "encoding": {"x": x, "y": y, "text": {"field": "line"},
                              "color": {"condition": {"test": "datum.ours", "value": INK}, "value": "#5a6675"}}},
            ],
        },
    }  # fmt: skip
    marks = [n for n in (12, 36, 60, 120) if n < len(ones)] or [len(ones) - 1]
    key = "; ".join(f"{k} {t}" for k, t in zip(number, titles, strict=True))
    told = "; ".join(
        f"{t}: {percent(s.kept[-1])} at the end" + (f", half broken by {case.period} {s.median}" if s.median else "")
        for t, s in zip(titles, found, strict=True)
    )
    drawn = found[0].draws
    return Chart(
        "survival-narrow" if narrow else "survival",
        "How long each plan goes unbroken",
        f"{key}. Thick: {titles[own]}. The share of futures in which nobody has broken the plan so far, then the same for each "
        "actor while all others keep it; every actor does what pays its type. Worked out exactly over types and signals, "
        + (
            "every estimate at its centre."
            if drawn == 1
            else f"averaged over {drawn} draws of the uncertain numbers, the same for all plans."
        ),
        spec,
        Table(
            "survival",
            ("Plan", *(f"Unbroken after {n} {case.period}s" for n in marks), "First breach in half the futures by",
             "Who is among the first to break it, in how many futures"),
            tuple(
                (f"{k} {title}", *(f"{percent(s.kept[n])}" for n in marks),
                 "never" if s.median is None else f"{case.period} {s.median}", breakers(case, s))
                for k, title, s in zip(number, titles, found, strict=True)
            ),
        ),
        f"Share of futures in which nobody has broken the plan, over time. {told}.",
    )  # fmt: skip


def breakers(case: Case, found: Survival) -> str:
    """Say who breaks a plan first how often, the likeliest first."""
    shares = sorted(((float(f.sum()), a) for a, f in found.first.items()), reverse=True)
    return ", ".join(f"{case.title_of('actors', a)} {percent(s)}" for s, a in shares if s > 5e-4) or "nobody"


def fans(
    case: Case | CompiledCase, played: Played, actors: Sequence[str] | None = None, *, narrow: bool = False
) -> Chart:
    """Draw each actor's points over time: the median, where half and nine tenths of the futures lie, today, walk-away.

    Parameters
    ----------
    case : Case
    played : Played
    actors : sequence of str, optional
        Default: all.
    narrow : bool
        For a telephone.
    """
    shown = [a for a in played.actors if actors is None or a in actors]
    compiled = compile_case(case)
    case, space = compiled.case, compiled.space()
    today = None if space.status_quo is None else space.values(space.status_quo)[:, 0]
    names = {a: case.title_of("actors", a) for a in shown}
    rows: list[dict[str, Any]] = []
    table: list[tuple[Any, ...]] = []
    for k, a in enumerate(played.actors):
        if a not in shown:
            continue
        fan = played.quantiles[:, :, k].T
        for t in (*_turns(fan), played.periods):
            p05, p25, p50, p75, p95 = (float(v) for v in fan[min(t, played.periods - 1)])
            rows.append({"a": names[a], "x": t + 1, "p05": p05, "p25": p25, "p50": p50, "p75": p75, "p95": p95})
        table += [
            (names[a], t + 1, *(f"{v:.1f}" for v in (float(played.means[t, k]), *fan[t])))
            for t in sorted({*range(0, played.periods, 12), *_turns(fan)[:4], played.periods - 1})
        ]
    lines: list[dict[str, Any]] = []
    for k, a in enumerate(played.actors):
        if a in shown:
            walk = float(space.walk_away[k])
            now = None if today is None else float(today[k])
            same = now is not None and abs(now - walk) < 1
            lines.append({"a": names[a], "y": walk, "said": "today, walk-away" if same else "walk-away", "is": "walk"})
            if now is not None:
                lines.append({"a": names[a], "y": now, "said": "" if same else "today", "is": "today"})
    everything = [v for r in rows for v in (r["p05"], r["p95"])] + [line["y"] for line in lines]
    low, high = 10 * np.floor(min(everything) / 10), 10 * np.ceil(max(everything) / 10)
    for line in lines:
        line["at"] = line["y"]
    for _, pair in groupby(lines, key=lambda line: line["a"]):
        told = [line for line in pair if line["said"]]
        for line, at in zip(told, _apart([line["y"] for line in told], 0.11 * (high - low)), strict=True):
            line["at"] = at
    palette = colours(case)
    x = {"field": "x", "type": "quantitative", "title": case.period, "axis": {"grid": False, "tickCount": 5},
         "scale": {"domain": [1, played.periods + 1], "nice": False}}  # fmt: skip
    y = {"type": "quantitative", "title": "points", "axis": {"tickCount": 3},
         "scale": {"domain": [low, high], "nice": False, "zero": False}}  # fmt: skip
    colour = {"field": "a", "type": "nominal", "legend": None,
              "scale": {"domain": list(names.values()), "range": [palette[a] for a in shown]}}  # fmt: skip
    fan_rows = [{"transform": [{"filter": "datum.p50 != null"}],
                 "mark": {"type": "area", "interpolate": "step-after", "opacity": o},
                 "encoding": {"x": x, "y": {**y, "field": low}, "y2": {"field": high}, "color": colour}}
                for o, low, high in ((0.2, "p05", "p95"), (0.35, "p25", "p75"))]  # fmt: skip
    spec: dict[str, Any] = {
        "data": values([*rows, *lines]),
        "facet": {"field": "a", "type": "nominal", "title": None, "sort": list(names.values())},
        "columns": 1 if narrow else 2,
        "spacing": 22,
        "spec": {
            "width": 225,
            "height": 100,
            "layer": [
                *fan_rows,
                {"transform": [{"filter": "datum.p50 != null"}],
                 "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2.5},
                 "encoding": {"x": x, "y": {**y, "field": "p50"}, "color": colour}},
                *({"transform": [{"filter": f"datum.is == '{which}'"}],
                   "mark": {"type": "rule", "color": ink, "strokeDash": dash, "strokeWidth": 1.5},
                   "encoding": {"y": {**y, "field": "y"}}}
                  for which, ink, dash in (("today", INK, [1, 0]), ("walk", WALK_AWAY, [5, 4]))),
                {"transform": [{"filter": "datum.said"}],
                 "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 10},
                 "encoding": {"x": {"value": 225}, "y": {**y, "field": "at"}, "text": {"field": "said"},
                              "color": {"condition": {"test": "datum.is == 'walk'", "value": WALK_AWAY}, "value": INK}}},
            ],
        },
    }  # fmt: skip
    columns = (
        "Actor",
        case.period.capitalize(),
        "Mean",
        *(f"{q} percent" for q in (5, 25)),
        "Median",
        "75 percent",
        "95 percent",
    )
    ends = "; ".join(f"{names[a]} {played.averages[k]:.1f}" for k, a in enumerate(played.actors) if a in shown)
    drawn = "every estimate at its centre" if played.draws == 1 else f"{played.draws} draws of the uncertain numbers"
    return Chart(
        "fans-narrow" if narrow else "fans",
        f"What the plan brings whom, {case.period} by {case.period}, when everyone does what pays",
        f"Utility points of each {case.period} in {played.runs:,} futures ({drawn}, seed {played.seed}): line: the median; "
        "bands: the middle half and the middle nine tenths. Black line: today. Red dashed line: the walk-away.",
        spec,
        Table("fans", columns, tuple(table)),
        f"Points over time by actor. Discounted averages: {ends}.",
    )  # fmt: skip


def exposure(case: Case, result: ConductResult, actors: Sequence[str] | None = None) -> Chart | None:
    """Draw what each actor has given less what it has received; None where the case states no status quo."""
    if result.exposure is None:
        return None
    shown = [a for a in result.exposure if actors is None or a in actors]
    palette = colours(case)
    names = {a: case.title_of("actors", a) for a in shown}
    rows: list[dict[str, Any]] = []
    ends: list[tuple[str, int, float]] = []
    for a in shown:
        balance = np.concatenate([[0.0], result.exposure[a].balance])
        rows += [{"a": names[a], "x": t, "y": float(balance[t])} for t in _bends(balance)]
        ends.append((names[a], len(balance) - 1, float(balance[-1])))
    low, high = (f(r["y"] for r in rows) for f in (min, max))
    height = 230
    gap = 15 * max(high - low, 1e-9) / height
    for (name, at, _), place in zip(ends, _apart([e[2] for e in ends], gap), strict=True):
        line, *more = wrapped(name, 22)
        rows.append({"a": name, "x": at, "y": place, "end": 1, "said": f"{line}…" if more else line})
    x = {"field": "x", "type": "quantitative", "title": case.period, "axis": {"grid": False},
         "scale": {"domain": [0, len(balance) - 1], "nice": False}}  # fmt: skip
    y = {"field": "y", "type": "quantitative", "title": f"given less received, point-{case.period}s"}
    colour = {"field": "a", "type": "nominal", "legend": None,
              "scale": {"domain": list(names.values()), "range": [palette[a] for a in shown]}}  # fmt: skip
    spec: dict[str, Any] = {
        "width": 230,
        "height": height,
        "data": values(rows),
        "layer": [
            {"mark": {"type": "rule", "color": INK}, "encoding": {"y": {"datum": 0}}},
            {"transform": [{"filter": "!datum.end"}], "mark": {"type": "line", "strokeWidth": 2},
             "encoding": {"x": x, "y": y, "color": colour}},
            {"transform": [{"filter": "datum.end"}],
             "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 11},
             "encoding": {"x": x, "y": y, "color": colour, "text": {"field": "said"}}},
        ],
    }  # fmt: skip
    table = []
    for a in shown:
        e = result.exposure[a]
        marks = [n for n in (3, 6, 12, 36, 60, 120) if n <= len(e.balance)]
        table.append(
            (names[a], f"{case.period} {e.worst[0]}" if e.worst[1] > 0 else "never", f"{e.worst[1]:+.0f}",
             "; ".join(f"{n}: {e.balance[n - 1]:+.0f}" for n in marks))
        )  # fmt: skip
    told = "; ".join(f"{name} {when} ({most})" for name, when, most, _ in table)
    return Chart(
        "exposure",
        "Who is exposed when, while everyone keeps the plan",
        "Above the black line an actor has given more than it has received, in its own points against today, summed up from "
        "the start: what it would have lost to a breach by the others.",
        spec,
        Table("exposure", ("Actor", "Most exposed in", f"By point-{case.period}s", f"Balance, by {case.period}"),
              tuple(table)),
        f"Given less received over time. Worst moments: {told}.",
    )  # fmt: skip


def _coinciding(curves: Sequence[FloatArray]) -> list[list[int]]:
    """Put curves that no eye could tell apart into groups."""
    groups: list[list[int]] = []
    for k, curve in enumerate(curves):
        for group in groups:
            if np.abs(curves[group[0]] - curve).max() < 0.005:
                group.append(k)
                break
        else:
            groups.append([k])
    return groups


def _apart(heights: Sequence[float], gap: float) -> list[float]:
    """Move labels up until no two are closer than a gap."""
    order = np.argsort(heights, kind="stable")
    out = list(map(float, heights))
    for below, above in pairwise(order):
        out[above] = max(out[above], out[below] + gap)
    return out


def _turns(curves: FloatArray) -> list[int]:
    """Return the rows at which any of some step curves takes a new value, and the last; shape of `curves` (time, curve)."""
    changed = np.flatnonzero(np.abs(np.diff(curves, axis=0)).max(axis=1) > 1e-4) + 1
    return sorted({0, *(int(t) for t in changed), len(curves) - 1})


def _bends(line: FloatArray) -> list[int]:
    """Return the points that a line through them needs: the ends, and where its slope changes."""
    bent = np.flatnonzero(np.abs(np.diff(line, 2)) > 1e-3 * max(float(np.ptp(line)), 1e-9)) + 1
    return sorted({0, *(int(t) for t in bent), len(line) - 1})
