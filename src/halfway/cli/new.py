"""Verb `halfway new`: a small commented case to start from."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("name", metavar="NAME")
@click.option("-o", "--output", metavar="FILE", help="Where to write it. Default: NAME.yaml.")
@click.option("--full", is_flag=True, help="Write everything that a case can say, to keep what you need.")
def command(name: str, output: str | None, full: bool) -> int:
    """Write a small commented case called NAME to start from; nothing is ever overwritten."""
    from halfway.case.new_case import text_of, write_new_case

    path = Path(output if output is not None else f"{name}.yaml")
    written = write_new_case(text_of(name, full), path)
    click.echo(f"wrote {path}")
    for schema in written[1:]:
        click.echo(f"wrote {schema}, by which editors complete and check the case")
    click.echo(f"next: put your dispute in place of the invented one, then run: halfway check {path}")
    return 0
