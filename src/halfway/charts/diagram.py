"""The compiled plan as a diagram: phases as boxes, laid out by their distance from the start, and rules as arrows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from halfway.case.case import Case
from halfway.charts.chart import INK, QUIET, Chart, values, wrapped
from halfway.result import Table
from halfway.space.arrays import BoolArray, FloatArray
from halfway.words.conditions import say
from halfway.words.shares import percent

ROW, HEIGHT = 104.0, 46.0
"""Pixels from one row of boxes to the next, and a box's height."""

SAMPLES = 33


@dataclass(frozen=True)
class _Box:
    x: float
    y: float
    width: float

    def holds(self, points: FloatArray) -> BoolArray:
        """Tell which points, shape ``(point, 2)``, lie in the box."""
        inside: BoolArray = (np.abs(points[:, 0] - self.x) <= self.width / 2) & (
            np.abs(points[:, 1] - self.y) <= HEIGHT / 2
        )
        return inside


def diagram(case: Case, plan: str, automaton: Mapping[str, Any], *, narrow: bool = False) -> Chart:
    """Draw a plan's phases and the ways between them.

    Parameters
    ----------
    case : Case
    plan : str
    automaton : mapping
        As `halfway.conduct.game.diagram.described` returns it.
    narrow : bool
        For a telephone.

    Notes
    -----
    Solid: what a kept plan passes through, false alarms included. Dashed: what only breaches reach. Dotted: what nothing
    leads to, and rules that cannot fire.
    """
    titles = {p["phase"]: p["title"] for p in automaton["phases"]}
    kept = {p["phase"]: p["reached_when_kept"] for p in automaton["phases"]}
    dead_phases = set(automaton["unreachable"])
    rules = _rules(case, plan, automaton)
    width = 330.0 if narrow else 560.0
    boxes, height = _laid(automaton, width, 3 if narrow else 4)
    font = 10 if narrow else 11.5
    shapes, texts = [], []
    for phase, box in boxes.items():
        style = "nothing" if phase in dead_phases else "kept" if kept[phase] else "breach"
        shapes.append({"x": box.x - box.width / 2, "x2": box.x + box.width / 2, "y": box.y - HEIGHT / 2, "y2": box.y + HEIGHT / 2,
                       "s": style})  # fmt: skip
        lines = wrapped(titles[phase], max(int(box.width / (font * 0.53)), 8))[:3]
        for k, line in enumerate(lines):
            at = box.y + (k - (len(lines) - 1) / 2) * (font + 2)
            texts.append({"x": box.x, "y": at, "t": line, "s": style})
    start = boxes[automaton["start"]]
    texts.append({"x": start.x, "y": start.y - HEIGHT / 2 - 9, "t": "start", "s": "start"})
    points: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    numbers: list[dict[str, Any]] = []
    joined = sorted(rules, key=lambda r: (r["from"], r["to"], _style(r), r["number"]))
    for n, ((a, b, style), same) in enumerate(groupby(joined, key=lambda r: (r["from"], r["to"], _style(r)))):
        way = _way(boxes[a], boxes[b], style)
        points += [{"x": float(x), "y": float(y), "n": n, "k": k, "s": style} for k, (x, y) in enumerate(way)]
        dx, dy = way[-1] - way[-2]
        heads.append(
            {
                "x": float(way[-1, 0]),
                "y": float(way[-1, 1]),
                "d": float(np.degrees(np.arctan2(dy, dx)) + 90),
                "s": style,
            }
        )
        place = _free(way, [(m["x"], m["y"]) for m in numbers], list(boxes.values()))
        numbers.append(
            {"x": float(place[0]), "y": float(place[1]), "t": ", ".join(str(r["number"]) for r in same), "s": style}
        )
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [0, width], "nice": False}}
    y = {
        "field": "y",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, height], "nice": False, "reverse": True},
    }
    ink = {"field": "s", "type": "nominal", "legend": None,
           "scale": {"domain": ["kept", "breach", "nothing", "start"], "range": [INK, INK, QUIET, QUIET]}}  # fmt: skip
    dash = {"field": "s", "type": "nominal", "legend": None,
            "scale": {"domain": ["kept", "breach", "nothing"], "range": [[1, 0], [5, 3], [1, 4]]}}  # fmt: skip
    box_of = {"type": "rect", "fill": "white", "cornerRadius": 5, "strokeWidth": 1.6}
    text = {"type": "text", "fontSize": font, "baseline": "middle"}
    spec: dict[str, Any] = {
        "width": width,
        "height": height,
        "layer": [
            {"data": values(points), "mark": {"type": "line", "strokeWidth": 1.4},
             "encoding": {"x": x, "y": y, "detail": {"field": "n"}, "order": {"field": "k"}, "color": ink, "strokeDash": dash}},
            {"data": values(heads), "mark": {"type": "point", "shape": "triangle", "filled": True, "size": 60, "opacity": 1},
             "encoding": {"x": x, "y": y, "angle": {"field": "d", "type": "quantitative", "scale": None}, "color": ink}},
            *({"data": values([r for r in shapes if r["s"] == style]),
               "mark": {**box_of, "stroke": stroke, "strokeDash": dots},
               "encoding": {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}}}
              for style, stroke, dots in (("kept", INK, [1, 0]), ("breach", INK, [5, 3]), ("nothing", QUIET, [1, 4]))),
            {"data": values(texts), "mark": text, "encoding": {"x": x, "y": y, "text": {"field": "t"}, "color": ink}},
            {"data": values(numbers), "mark": {**text, "stroke": "white", "strokeWidth": 4, "fontWeight": "bold"},
             "encoding": {"x": x, "y": y, "text": {"field": "t"}}},
            {"data": values(numbers), "mark": {**text, "fontWeight": "bold"},
             "encoding": {"x": x, "y": y, "text": {"field": "t"}, "color": ink}},
        ],
    }  # fmt: skip
    dead = [r for r in rules if not r["fires"]]
    said = [f"{len(titles)} phases and {len(rules)} ways between them"]
    if dead_phases:
        said.append("nothing leads to " + ", ".join(f"'{titles[p]}'" for p in titles if p in dead_phases))
    if dead:
        said.append("rules that cannot fire: " + ", ".join(str(r["number"]) for r in dead))
    elif any(r["kind"] == "trigger" for r in rules):
        said.append("every rule can fire")
    told = "; ".join(said)
    return Chart(
        "diagram-narrow" if narrow else "diagram",
        "The plan as a diagram",
        f"{told}. Solid: what a kept plan passes through, false alarms included; dashed: what only a breach leads to; dotted: "
        "what nothing leads to, or a rule that cannot fire. The numbers on the arrows are those of the table.",
        spec,
        Table(
            "diagram",
            ("No.", "In phase", "When", "Then", f"Chance that it decides a {case.period}"),
            tuple((r["number"], titles[r["from"]], r["when"], titles[r["to"]], r["chance"]) for r in rules),
        ),
        f"{told}, from '{titles[automaton['start']]}' on.",
    )


def _free(way: FloatArray, taken: list[tuple[float, float]], boxes: list[_Box]) -> FloatArray:
    """Return the point of a way, near its middle if possible, where a number hides no other and no box."""
    found, most = way[len(way) // 2], -1.0
    for share in (0.45, 0.35, 0.55, 0.25, 0.65, 0.15, 0.75):
        at = way[int(len(way) * share)]
        inside = any(bool(box.holds(at[None, :])[0]) for box in boxes)
        clear = min((float(np.hypot(*(at - other))) for other in taken), default=np.inf) * (0.1 if inside else 1.0)
        if clear > 24:
            return np.asarray(at)
        if clear > most:
            found, most = at, clear
    return np.asarray(found)


def _rules(case: Case, plan: str, automaton: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the edges numbered in file order, each with what leads along it in words."""
    triggers = {(t["phase"], t["number"]): t for t in automaton["triggers"]}
    lasts = {p["phase"]: p["lasts"] for p in automaton["phases"]}
    out = []
    seen: dict[str, int] = {}
    for number, edge in enumerate(automaton["edges"], start=1):
        rule = {
            "number": number,
            "from": edge["from"],
            "to": edge["to"],
            "kind": edge["kind"],
            "kept": edge["kept"],
            "fires": True,
        }
        if edge["kind"] == "trigger":
            k = seen[edge["from"]] = seen.get(edge["from"], -1) + 1
            found = triggers[(edge["from"], k)]
            declared = case.plans[plan].phases[edge["from"]].on[k]
            rule["when"] = declared.name or say(case, declared.when)
            rule["fires"] = found["can_fire"]
            by = (
                ""
                if found["by"] is None or found["most_chance"] <= found["kept_chance"]
                else f" ({case.title_of('actors', found['by'])})"
            )
            rule["chance"] = (
                f"{percent(found['kept_chance'])} kept, at most {percent(found['most_chance'])}{by}"
                if found["can_fire"]
                else "none: it cannot fire"
            )
        else:
            n = lasts[edge["from"]]
            rule["when"] = f"after {n} {case.period}{'s' if n != 1 else ''}" + (
                ", as a reset" if edge["kind"] == "reset" else ""
            )
            rule["chance"] = "when time runs out"
        out.append(rule)
    return out


def _style(rule: Mapping[str, Any]) -> str:
    return "nothing" if not rule["fires"] else "kept" if rule["kept"] else "breach"


def _laid(automaton: Mapping[str, Any], width: float, most: int) -> tuple[dict[str, _Box], float]:
    """Place phases in rows by how many steps they are from the start; unreachable ones come last."""
    layer = {automaton["start"]: 0}
    queue = [automaton["start"]]
    for phase in queue:
        # What follows when time runs out stands first, so that the plan's own course runs down the left.
        for edge in sorted((e for e in automaton["edges"] if e["from"] == phase), key=lambda e: e["kind"] == "trigger"):
            if edge["to"] not in layer:
                layer[edge["to"]] = layer[phase] + 1
                queue.append(edge["to"])
    last = max(layer.values()) + 1
    rows: list[list[str]] = []
    order = [*queue, *(p["phase"] for p in automaton["phases"] if p["phase"] not in layer)]
    for _, group in groupby(order, key=lambda p: layer.get(p, last)):
        members = list(group)
        rows += [members[k : k + most] for k in range(0, len(members), most)]
    boxes = {}
    for r, members in enumerate(rows):
        pitch = width / len(members)
        for k, phase in enumerate(members):
            boxes[phase] = _Box(pitch * (k + 0.5), 20 + HEIGHT / 2 + r * ROW, min(150.0, pitch - 24))
    return boxes, 20 + HEIGHT + (len(rows) - 1) * ROW + 22


def _way(a: _Box, b: _Box, style: str) -> FloatArray:
    """Return the visible part of a curve from one box to another, shape ``(point, 2)``; a loop where both are one."""
    start, end = np.array([a.x, a.y]), np.array([b.x, b.y])
    if a is b:
        angle = np.linspace(np.pi * 0.95, -np.pi * 0.45, SAMPLES)
        ring = np.stack([a.x + a.width / 2 + 9 * np.cos(angle) - 4, a.y + HEIGHT / 2 + 9 * np.sin(angle)], axis=1)
        return np.asarray(ring[~a.holds(ring)])
    along = end - start
    length = float(np.hypot(*along))
    normal = np.array([along[1], -along[0]]) / length
    # Ways there and back, and of another kind between the same boxes, bend apart.
    bend = 0.12 * length + 8 + (10 if style == "breach" else 0)
    if abs(along[1]) < 1 and abs(along[0]) > a.width + b.width:
        bend = HEIGHT + 0.12 * length
    middle = (start + end) / 2 + normal * bend
    t = np.linspace(0, 1, SAMPLES)[:, None]
    curve = (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end
    seen = curve[~(a.holds(curve) | b.holds(curve))]
    return np.asarray(seen if len(seen) > 2 else curve[SAMPLES // 3 : -SAMPLES // 3])
