"""Verb `halfway convert`: from one file format to another, saying what is lost."""

from __future__ import annotations

import pkgutil

import click

from halfway.cli.common import force_option, json_option, print_json
from halfway.formats import known

LISTED = ", ".join(sorted(module.name for module in pkgutil.iter_modules(known.__path__)))
"""Every known format, found without reading any of them."""


@click.command()
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option("--from", "source_format", metavar="FORMAT", help=f"Format of IN: {LISTED}. Default: what it looks like.")
@click.option("--to", "target_format", metavar="FORMAT", help="Format of OUT. Default: what its ending says.")
@click.option(
    "--domain", metavar="FILE", help="Domain file, where the folder IN holds several; proposal, where a table does."
)
@click.option(
    "--profiles", metavar="FILE,FILE", help="Profiles to read, in this order. Default: all that fit the domain."
)
@click.option(
    "--steps",
    type=click.IntRange(2, 1000),
    metavar="N",
    help="Let N values, evenly spaced, stand for all of an issue of numbers (Genius).",
)
@click.option("--encoding", metavar="NAME", help="Encoding of IN, where it is not UTF-8 and does not say what it is.")
@force_option
@json_option
def command(
    source: str,
    target: str,
    source_format: str | None,
    target_format: str | None,
    domain: str | None,
    profiles: str | None,
    steps: int | None,
    encoding: str | None,
    force: bool,
    as_json: bool,
) -> int:
    """Convert a case from one file format to another.

    IN and OUT are files, or folders for formats of several files; IN may also be the name of a catalogue case, or -
    for standard input with --from.
    """
    from halfway.formats.files import convert

    chosen = [part.strip() for part in (profiles or "").split(",") if part.strip()]
    done = convert(
        source,
        target,
        source_format=source_format,
        target_format=target_format,
        encoding=encoding,
        domain=domain,
        profiles=chosen,
        steps=steps,
        force=force,
    )
    if as_json:
        print_json(
            {
                "case": done.case.name,
                "written": done.written,
                "lost_reading": list(done.lost_reading),
                "lost_writing": list(done.lost_writing),
            }
        )
        return 0
    click.echo(f"{done.written}: {len(done.case.actors)} actors, {len(done.case.issues)} issues")
    for line in done.lost_reading:
        click.echo(f"  reading: {line}")
    for line in done.lost_writing:
        click.echo(f"  writing: {line}")
    return 0
