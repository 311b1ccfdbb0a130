"""Verb `halfway seal`: write a dated record of a forecast."""

from __future__ import annotations

from pathlib import Path

import click

from halfway.cli.common import case_argument, json_option, load_case, print_json, seed_option


@click.command()
@case_argument
@click.option("--issue", metavar="NAME", help="One ordered issue. Default: all.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Default: NAME-DATE.forecast.json here.")
@seed_option
@json_option
def command(case: str, issue: str | None, output: Path | None, seed: int, as_json: bool) -> int:
    """Seal a forecast: a dated record with hashes of case, version and distribution."""
    from halfway.forecast.sealed.seal import seal

    path, record = seal(load_case(case), output, issue, seed)
    if as_json:
        print_json({"file": str(path), **record})
    else:
        titles = ", ".join(f["title"] for f in record["forecasts"])
        click.echo(f"{path}: sealed on {record['date']}: {titles}")
        click.echo(f"Seal: {record['seal']}")
        click.echo("Publish the seal, or lodge it with someone, to prove the date to others.")
    return 0
