"""Verb `halfway verify`: is a sealed forecast whole, and does it come out again."""

from __future__ import annotations

from pathlib import Path

import click

from halfway.cli.common import CASE_FILE
from halfway.cli.output import Output, deliver, output_options


@click.command()
@click.argument("record", type=click.Path(path_type=Path))
@click.option("--case", metavar="CASE", help="The case. Default: the one of that name in the catalogue.")
@output_options()
def command(record: Path, case: str | None, output: Output) -> int:
    """Recompute a sealed forecast and its hashes. Exit status 1 where it is not confirmed."""
    click.get_current_context().meta[CASE_FILE] = str(record)
    from halfway.forecast.sealed.grading import verify

    result = verify(record, case)

    def show() -> None:
        click.echo(f"{record}: sealed on {result.date}, {'confirmed' if result.confirmed else 'NOT confirmed'}")
        for note in result.notes:
            click.echo(f"  {note[:1].upper()}{note[1:]}.")

    deliver(output, result, show)
    return 0 if result.confirmed else 1
