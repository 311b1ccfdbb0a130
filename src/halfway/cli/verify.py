"""Verb `halfway verify`: is a sealed forecast whole, and does it come out again."""

from __future__ import annotations

from pathlib import Path

import click

from halfway.cli.common import json_option, print_json


@click.command()
@click.argument("record", type=click.Path(path_type=Path))
@click.option("--case", metavar="CASE", help="The case. Default: the one of that name in the catalogue.")
@json_option
def command(record: Path, case: str | None, as_json: bool) -> int:
    """Recompute a sealed forecast and its hashes. Exit status 1 where it is not confirmed."""
    from halfway.forecast.sealed.grading import verify

    result = verify(record, case)
    if as_json:
        print_json(result.to_dict())
    else:
        click.echo(f"{record}: sealed on {result.date}, {'confirmed' if result.confirmed else 'NOT confirmed'}")
        for note in result.notes:
            click.echo(f"  {note[:1].upper()}{note[1:]}.")
    return 0 if result.confirmed else 1
