"""Verb `halfway grade`: how good was a sealed forecast."""

from __future__ import annotations

from pathlib import Path

import click

from halfway.cli.common import json_option, print_json


@click.command()
@click.argument("record", type=click.Path(path_type=Path))
@click.option("--outcome", type=float, required=True, help="What was decided, in the scale's own unit.")
@click.option("--issue", metavar="NAME", help="Needed where the record holds several.")
@json_option
def command(record: Path, outcome: float, issue: str | None, as_json: bool) -> int:
    """Score a sealed forecast against what was decided. Exit status 1 where the record was tampered with."""
    from halfway.forecast.seal import grade

    g = grade(record, outcome, issue)
    if as_json:
        print_json(g.to_dict())
    else:
        unit = f" {g.unit}" if g.unit else ""
        click.echo(f"{g.issue}: forecast {g.median:.4g}{unit} on {g.date}, decided {g.outcome:.4g}{unit}")
        click.echo(f"  error {g.error:.4g}{unit}, CRPS {g.crps:.4g}{unit} (on average {g.usual_crps:.4g})")
        click.echo(
            f"  log score {g.log_score:.2f}; less than this was given {g.below:.0%}, at most this {g.at_most:.0%}"
        )
        held = ", ".join(f"{level} {'yes' if yes else 'no'}" for level, yes in g.inside.items())
        click.echo(f"  inside the interval: {held}")
        if not g.intact:
            click.echo("  the record was changed after it was sealed: this grade counts for nothing")
    return 0 if g.intact else 1
