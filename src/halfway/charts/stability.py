"""Pictures of the graph model: who could leave a state and how others would answer, and the ways to equilibria.

Both are drawn alike: every line is one chain of moves that starts at the state on the left, an arrow a move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from halfway.charts.chart import INK, QUIET, Chart, colours, values
from halfway.result import Table
from halfway.stability.graph.walk import Step
from halfway.stability.parts import Look
from halfway.stability.result import StabilityResult

GAIN, FORCED = "gains by it", "could do it"
"""Kinds of moves: an improvement for those who make it, or one that is only possible."""


STABLE, OPEN = "#d3d8df", "#ffffff"


@dataclass(frozen=True)
class Hop:
    """One arrow.

    Attributes
    ----------
    row, column : int
        Its line from the top, and its place in the chain; the arrow ends in column ``column + 1``.
    by : str
        Who moves, as a phrase.
    before, after : int
        States numbered from 1.
    kind : str
        `GAIN` or `FORCED`.
    changes : str
        What the move changes, in words.
    """

    row: int
    column: int
    by: str
    before: int
    after: int
    kind: str
    changes: str


@dataclass(frozen=True)
class Chains:
    """Chart data: chains of moves from one state.

    Attributes
    ----------
    title : str
    source : int
        State numbered from 1.
    hops : tuple of Hop
    stable : frozenset of int
        States shown that are stable for every actor under ``concept``.
    concept : str
        Empty where not all states were judged.
    note : str
        How to read the picture.
    """

    title: str
    source: int
    hops: tuple[Hop, ...]
    stable: frozenset[int]
    concept: str
    note: str


def departures_from(result: StabilityResult, look: Look) -> Chains:
    """Lay out the departures from a state, each with the answer that deters it, if any."""
    chains = []
    for departure in look.departures:
        answer = departure.credible or departure.possible
        chains.append(((departure.by, look.state, departure.to), *answer))
    title = f"Who could leave state {look.state + 1} ({'; '.join(look.why)}), and who would answer"
    return _chains(result, title, look.state, chains, "A chain of a single move has no answer that deters it.")


def ways_to_equilibria(result: StabilityResult, improving: bool = True) -> Chains:
    """Lay out the shortest ways from the status quo (or where else paths start) to equilibria."""
    chains = [route.steps for own, route in result.routes if own is improving and route.steps]
    how = "by moves that those who make them gain from" if improving else "by any moves"
    return _chains(result, f"Ways from state {result.source + 1} to stable states, {how}", result.source, chains, "")


def _chains(result: StabilityResult, title: str, source: int, chains: Sequence[Sequence[Step]], note: str) -> Chains:
    concept = next((c for c in ("seq", "smr", "gmr", "nash") if c in result.stable), "")
    movers = result.space.model.movers
    hops = []
    for row, chain in enumerate(chains):
        for column, (m, before, after) in enumerate(chain):
            gains = result.walk.improves(m, before, after)
            by = result.names.mover(movers[m])
            said = changes(result, before + 1, after + 1)
            hops.append(Hop(row, column, by, before + 1, after + 1, GAIN if gains else FORCED, said))
    shown = {source + 1} | {h.after for h in hops}
    stable = {k for k in shown if concept and bool(result.stable[concept][:, k - 1].all())}
    return Chains(title, source + 1, tuple(hops), frozenset(stable), concept, note)


def changes(result: StabilityResult, before: int, after: int) -> str:
    """Say what differs between two states, numbered from 1, by the titles of issues and options."""
    case = result.space.case
    old, new = result.state(before), result.state(after)
    parts = []
    for issue, option in new.items():
        if option is not None and option != old[issue]:
            parts.append(f"{case.title_of('issues', issue)}: {case.title_of('issues', issue, option)}")
    return "; ".join(parts)


def around_chart(result: StabilityResult, look: Look) -> Chart | None:
    """Draw who could leave a state and how others would answer; None where nobody would leave."""
    chains = departures_from(result, look)
    return _chart(result, f"around-{look.state + 1}", chains) if chains.hops else None


def _chart(result: StabilityResult, name: str, chains: Chains) -> Chart:
    marks = [
        "Every line is a chain of moves from the state on the left; the numbers are states.",
        "A solid arrow is a move that those who make it gain from, a dashed one a move that they could make.",
    ]
    if chains.concept:
        marks.append(f"Grey states are stable for everybody ({chains.concept.upper()}).")
    if chains.note:
        marks.append(chains.note)
    rows = tuple(
        (h.row + 1, h.column + 1, h.by, h.before, h.after, h.changes, int(h.kind == GAIN)) for h in chains.hops
    )
    return Chart(
        name=name,
        title=chains.title,
        caption=" ".join(marks),
        spec=_spec(result, chains),
        table=Table(name, ("line", "step", "by", "from", "to", "changes", "gains"), rows),
        description=f"{chains.title}: {len({h.row for h in chains.hops})} chains of moves.",
    )


def _spec(result: StabilityResult, chains: Chains) -> dict[str, Any]:
    rows = max(h.row for h in chains.hops) + 1
    columns = max(h.column for h in chains.hops) + 1
    middle = (rows - 1) / 2
    arrows = [
        {
            "x": h.column + (0.12 if h.column else 0.2),
            "y": h.row,
            "x2": h.column + 0.87,
            "by": h.by,
            "kind": h.kind,
            "what": h.changes,
            "move": f"{h.before} → {h.after}",
        }
        for h in chains.hops
    ]
    labels = [{"x": h.column + 0.52, "y": h.row - 0.1, "by": h.by} for h in chains.hops]
    trunk = [{"x": 0.2, "y": 0.0, "x2": 0.2, "y2": rows - 1}, {"x": 0.0, "y": middle, "x2": 0.2, "y2": middle}]
    nodes = [{"x": 0, "y": middle, "state": str(chains.source), "stable": chains.source in chains.stable}]
    nodes += [
        {"x": h.column + 1, "y": h.row, "state": str(h.after), "stable": h.after in chains.stable} for h in chains.hops
    ]
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [-0.2, columns + 0.2]}}
    y = {"field": "y", "type": "quantitative", "axis": None, "scale": {"domain": [rows - 0.5, -0.5]}}
    end = {"x2": {"field": "x2"}}
    colour = {"field": "by", "type": "nominal", "legend": None, "scale": _scale(result, chains)}
    dash = {"field": "kind", "type": "nominal", "legend": None,
            "scale": {"domain": [GAIN, FORCED], "range": [[1, 0], [5, 4]]}}  # fmt: skip
    tooltip = [{"field": f, "title": t} for f, t in (("by", "who"), ("move", "states"), ("what", "changes"))]
    layers: list[dict[str, Any]] = [
        {"data": values(trunk), "mark": {"type": "rule", "strokeWidth": 2, "color": QUIET},
         "encoding": {"x": x, "y": y, **end, "y2": {"field": "y2"}}},
        {"data": values(arrows), "mark": {"type": "rule", "strokeWidth": 2},
         "encoding": {"x": x, "y": y, **end, "color": colour, "strokeDash": dash, "tooltip": tooltip}},
        {"data": values([{**a, "x": a["x2"]} for a in arrows]),
         "mark": {"type": "point", "shape": "triangle-right", "filled": True, "size": 70, "opacity": 1},
         "encoding": {"x": x, "y": y, "color": colour}},
        {"data": values(labels), "mark": {"type": "text", "fontSize": 11, "baseline": "bottom", "limit": 118},
         "encoding": {"x": x, "y": y, "text": {"field": "by"}, "color": colour}},
        {"data": values(nodes),
         "mark": {"type": "point", "filled": True, "size": 800, "stroke": INK, "strokeWidth": 1.5, "opacity": 1},
         "encoding": {"x": x, "y": y, "color": {"condition": {"test": "datum.stable", "value": STABLE}, "value": OPEN}}},
        {"data": values(nodes), "mark": {"type": "text", "fontSize": 11, "fontWeight": "bold", "color": INK},
         "encoding": {"x": x, "y": y, "text": {"field": "state"}}},
    ]  # fmt: skip
    return {"width": 150 * columns + 60, "height": 46 * rows + 10, "layer": layers}


def _scale(result: StabilityResult, chains: Chains) -> dict[str, list[str]]:
    # Actors keep their colour of the other pictures; those who act together are drawn in ink.
    own = {result.space.case.title_of("actors", a): c for a, c in colours(result.space.case).items()}
    movers = list(dict.fromkeys(h.by for h in chains.hops))
    return {"domain": movers, "range": [own.get(m, INK) for m in movers]}
