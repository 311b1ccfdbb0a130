"""Verb `halfway grade`: how good was a sealed forecast."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from halfway.cli.common import CASE_FILE, console, heading, prose
from halfway.cli.output import Output, deliver, output_options
from halfway.words.shares import percent

if TYPE_CHECKING:
    from halfway.forecast.sealed.grading import Grade


@click.command()
@click.argument("record", type=click.Path(path_type=Path))
@click.option("--outcome", type=float, required=True, help="What was decided, in the scale's own unit.")
@click.option("--issue", metavar="NAME", help="Needed where the record holds several.")
@output_options()
def command(record: Path, outcome: float, issue: str | None, output: Output) -> int:
    """Score a sealed forecast against what was decided. A record that was changed after it was sealed is not graded."""
    click.get_current_context().meta[CASE_FILE] = str(record)
    from halfway.forecast.sealed.grading import grade

    g = grade(record, outcome, issue)
    deliver(output, g, lambda: _show(g))
    return 0


def _show(g: Grade) -> None:
    from halfway.cli.forecast import number

    unit = f" {g.unit}" if g.unit else ""
    out = console()
    out.print(heading(g.title, f": forecast {number(g.median)}{unit} on {g.date}, decided {number(g.outcome)}{unit}"))
    prose(out, f"Off by {number(g.error)}{unit}.", indent="  ")
    crps = f"Score of the whole distribution (CRPS, smaller is better): {number(g.crps)}{unit}; "
    prose(out, crps + f"the same forecaster's average on real decisions is {number(g.usual_crps)}{unit}.", indent="  ")
    prose(out, f"Log score {g.log_score:.2f} nats (smaller is better).", indent="  ")
    chances = (
        f"The forecast gave {percent(g.below)} to less than was decided, and {percent(g.at_most)} to at most that."
    )
    prose(out, chances, indent="  ")
    held = "; ".join(f"{level} interval {'held' if yes else 'did not hold'} it" for level, yes in g.inside.items())
    prose(out, f"{held}.", indent="  ")
