"""How `halfway settle --ladder` prints the concession ladder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from halfway.cli.common import console, prose, saving, table
from halfway.cli.output import Output, deliver, written
from halfway.words.front_page import signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from halfway.case.case import Case
    from halfway.settle.ladder import LadderResult


def climb(case: Case, ladder: str, rungs: str | None, plan: str | None, parties: Sequence[str], output: Output) -> int:
    """Answer `--ladder A[,B]`, with the picture where -o names one."""
    import click

    from halfway.settle.ladder import RUNGS
    from halfway.settle.ladder import ladder as run

    sides = [s.strip() for s in ladder.split(",") if s.strip()]
    if not 1 <= len(sides) <= 2:
        raise click.BadParameter(f"'{ladder}' is not A or A,B", param_hint="'--ladder'")
    try:
        asked = RUNGS if rungs is None else tuple(float(r.strip().rstrip("%")) for r in rungs.split(","))
    except ValueError:
        raise click.BadParameter(f"'{rungs}' is not a list of percentages", param_hint="'--rungs'") from None
    result = run(case, sides[0], sides[1] if len(sides) > 1 else None, plan, parties=parties, rungs=asked)
    if output.path is not None and not output.holds_data:
        from halfway.charts.chart import standing_alone
        from halfway.charts.ladder import ladder_chart
        from halfway.result import write_safely

        with saving(output.path, output.force):
            if Path(output.path).suffix.lower() != ".svg":
                raise ValueError("end the name in .svg, .csv, .parquet, .dta or .json")
            write_safely(output.path, standing_alone(ladder_chart(result)))
        written(output.path)
    deliver(output, result, lambda: show(case, result))
    return 0


def show(case: Case, result: LadderResult) -> None:
    """Print a ladder for people."""
    out = console()
    side, other = (case.title_of("actors", a) for a in (result.side, result.towards))
    out.print(f"How far {_inside(side)} could go towards {_inside(other)}: {case.title or case.name}", style="bold")
    sign = ", ".join(case.title_of("actors", a) for a in result.signatories)
    prose(out, f"Who would sign: {sign}.")
    owners = {a for names in result.owners.values() for a in names}
    percents = [f"{r.percent:g}%" for r in result.rungs]
    over = result.status_quo if result.status_quo is not None else result.walk_away
    title = (
        f"Best package for {_inside(side)} where {_inside(other)} gets at least so much of its way: points over "
        + ("today" if result.status_quo is not None else "no deal")
    )
    prose(out, title, style="bold")
    rows = table("actor", *percents)
    for actor in result.walk_away:
        mark = ("●" if actor in result.signatories else "○" if actor in owners else " ") + "\u00a0"
        cells = [
            signed(r.best.utilities[actor] - over[actor]) + ("✗" if actor in r.best.refused_by else "")
            for r in result.rungs
        ]
        rows.add_row(mark + case.title_of("actors", actor), *cells)
    acceptable = [str(r.acceptable) if r.acceptable.exact else f"≤{r.acceptable.high}" for r in result.rungs]
    rows.add_row("\u00a0\u00a0packages all accept", *acceptable)
    out.print(rows)
    out.print("● signs; ○ outside the room, owner of what is at stake; ✗ would not sign this package.", style="dim")
    for sentence in sentences(case, result):
        prose(out, sentence)
    p = result.provenance
    exact = "exact" if result.exact else "approximate: see epsilon in --json"
    out.print(f"Case {p.case} {p.case_hash[:12]}, Halfway {p.version}; {p.method}, {exact}.", style="dim")


def sentences(case: Case, result: LadderResult) -> list[str]:
    """Say which rung is the first and which the last, and whose limit is where."""
    from halfway.words.ladder import first_and_last, limits, paying

    names = {a: case.title_of("actors", a) for a in case.actors}
    out = [*first_and_last(names[result.side], names[result.towards], result.first, result.last)]
    for rung in result.rungs:
        paid = result.paid(rung)
        if paid is not None:
            out.append(paying(rung.percent, [(names[a], x) for a, x in paid.items()]))
    out.append(limits(names[result.towards], [(names[a], x) for a, x in result.limits.items() if a != result.towards]))
    return out


def _inside(name: str) -> str:
    from halfway.words.front_page import inside

    return inside(name)
