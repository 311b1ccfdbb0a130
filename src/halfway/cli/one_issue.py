"""How `halfway settle --issue` prints what one issue costs and buys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from halfway.cli.common import console, prose, table
from halfway.cli.output import Output, deliver
from halfway.words.shares import percent

if TYPE_CHECKING:
    from halfway.case.case import Case
    from halfway.settle.one_issue import OneIssueResult


def weigh(case: Case, issue: str, output: Output) -> int:
    """Answer `--issue NAME`."""
    from halfway.settle.one_issue import one_issue

    if output.path is not None and not output.holds_data:
        raise click.UsageError("name a .csv, .parquet, .dta or .json file: one issue has no picture")
    result = one_issue(case, issue)
    deliver(output, result, lambda: show(case, result))
    return 0


def show(case: Case, result: OneIssueResult) -> None:
    """Print what one issue costs and buys."""
    out = console()
    title, today = case.title_of("issues", result.issue), case.title_of("issues", result.issue, result.today)
    out.print(f"{title}: {today} today", style="bold")
    names = [case.title_of("issues", result.issue, m.option) for m in result.moves]
    rows = table("points against today", *names, title="All else as it is")
    for actor in result.moves[0].change if result.moves else ():
        cells = [f"{m.change[actor]:+.1f}" + ("✗" if actor in m.crosses else "") for m in result.moves]
        rows.add_row(case.title_of("actors", actor), *cells)
    out.print(rows)
    if any(m.crosses for m in result.moves):
        out.print("✗ crosses a red line that today does not.", style="dim")
    for move, name in zip(result.moves, names, strict=True):
        if not move.allowed:
            prose(out, f"{name}: the constraints do not allow it while all else is as it is.")
        for hoped in move.hoped_for:
            actor = case.title_of("actors", hoped.actor)
            known = (
                f"{name}: {actor} hopes for a return ({hoped.name}) with a probability of {percent(hoped.probability)}"
            )
            if hoped.break_even is None:
                prose(out, f"{known}; not even a certain return would make up for it.")
            else:
                prose(out, f"{known}; it breaks even from {percent(hoped.break_even)} on.")
