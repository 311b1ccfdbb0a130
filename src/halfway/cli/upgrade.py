"""Verb `halfway upgrade`: bring an older case file up to the current version of the format."""

from __future__ import annotations

from pathlib import Path

import click

from halfway.cli.common import force_option, json_option, print_json, saving


@click.command()
@click.argument("case", metavar="CASE")
@click.option("-o", "--output", metavar="FILE", help="Where to write it. Default: standard output.")
@force_option
@json_option
def command(case: str, output: str | None, force: bool, as_json: bool) -> int:
    """Bring an older case file up to the current version of the format.

    Comments, layout and meaning stay as they are; what changes is listed on standard error. To replace the file itself, name it
    with -o and add --force.
    """
    from halfway.api import upgrade
    from halfway.case.catalog import paths
    from halfway.result import write_safely

    path = Path(case) if Path(case).exists() else paths().get(case, Path(case))
    done = upgrade(path)
    if output is not None:
        with saving(output, force):
            write_safely(output, done.text)
    if as_json:
        print_json({"changes": list(done.changes), "text": done.text})
        return 0
    for change in done.changes:
        click.echo(change, err=True)
    if not done.changes:
        click.echo(f"{path}: up to date", err=True)
    if output is None:
        click.echo(done.text, nl=False)
    return 0
