"""The graph for other programs: every move between states as CSV, JSON or GraphML."""

from __future__ import annotations

import json
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from halfway.record import plain
from halfway.result import Table, write_safely
from halfway.stability.graph.moves import write_out
from halfway.stability.result import StabilityResult


def moves_table(result: StabilityResult) -> Table:
    """Return every one-step move: who, from, to, and whether all who make it gain.

    Raises
    ------
    Refusal
        When the moves are too many to write out.
    """
    graph = write_out(result.space.model)
    rows = tuple((result.mover(m), s + 1, t + 1, int(graph.improves(m, s, t))) for m, s, t in graph.edges())
    return Table("moves", ("by", "from", "to", "improvement"), rows)


def save_moves(result: StabilityResult, path: str | Path) -> None:
    """Write the states and every move between them to a file whose ending names the format: csv, json or graphml.

    Raises
    ------
    Refusal
        When the moves are too many to write out.
    ValueError
        For another ending.
    """
    ending = Path(path).suffix.lower()
    if ending not in (".csv", ".json", ".graphml"):
        raise ValueError(f"cannot tell a format from {str(path)!r}; end the name in .csv, .json or .graphml")
    table = moves_table(result)
    if ending == ".csv":
        table.to_csv(path)
    elif ending == ".json":
        data = {
            "actors": list(result.actors),
            "states": plain(result.state_rows),
            "moves": [dict(zip(table.columns, row, strict=True)) for row in table.rows],
            "provenance": plain(result.provenance),
        }
        write_safely(path, json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    else:
        write_safely(path, _graphml(result, table))


def _graphml(result: StabilityResult, table: Table) -> str:
    issues, actors = result.space.issues, result.actors
    keys = [("node", f"option_{k}", issue, "string") for k, issue in enumerate(issues)]
    keys += [("node", f"rank_{k}", f"rank of {actor}", "int") for k, actor in enumerate(actors)]
    keys += [("node", "equilibrium", "equilibrium", "string"), ("edge", "by", "by", "string")]
    keys += [("edge", "improvement", "improvement", "boolean")]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">']
    lines += [
        f'  <key id={quoteattr(key)} for="{kind}" attr.name={quoteattr(name)} attr.type="{of}"/>'
        for kind, key, name, of in keys
    ]
    lines.append(f'  <graph id={quoteattr(result.space.case.name)} edgedefault="directed">')
    for row in result.state_rows:
        data = {f"option_{k}": row.options[issue] or "-" for k, issue in enumerate(issues)}
        data |= {f"rank_{k}": str(row.ranks[actor]) for k, actor in enumerate(actors)}
        data["equilibrium"] = " ".join(row.equilibrium)
        cells = "".join(f"<data key={quoteattr(key)}>{escape(value)}</data>" for key, value in data.items())
        lines.append(f'    <node id="s{row.state}">{cells}</node>')
    for number, (by, before, after, gain) in enumerate(table.rows):
        cells = f'<data key="by">{escape(by)}</data><data key="improvement">{"true" if gain else "false"}</data>'
        lines.append(f'    <edge id="m{number + 1}" source="s{before}" target="s{after}">{cells}</edge>')
    return "\n".join([*lines, "  </graph>", "</graphml>"]) + "\n"
