"""Verb `halfway convert`: from one file format to another, saying what is lost."""

from __future__ import annotations

import click

from halfway.cli.common import force_option, json_option, keep_existing, print_json


@click.command()
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option("--from", "source_format", metavar="FORMAT", help="Format of IN. Default: what it looks like.")
@click.option("--to", "target_format", metavar="FORMAT", help="Format of OUT. Default: what its ending says.")
@force_option
@json_option
def command(
    source: str, target: str, source_format: str | None, target_format: str | None, force: bool, as_json: bool
) -> int:
    """Convert a case: formats are case, genius, geniusweb, negmas, positions, gmcr and gambit.

    IN and OUT are files, or folders for genius, geniusweb and negmas. IN may also be the name of a catalogue case.
    """
    from pathlib import Path

    from halfway.case.catalog import load, paths
    from halfway.formats.files import read, write
    from halfway.formats.profiles import Imported

    keep_existing(target, force)
    catalogued = source_format is None and not Path(source).exists() and source in paths()
    imported = Imported(load(source), ()) if catalogued else read(source, source_format)
    lost = write(imported.case, target, target_format)
    if as_json:
        case = imported.case
        print_json(
            {"case": case.name, "written": target, "lost_reading": list(imported.lost), "lost_writing": list(lost)}
        )
        return 0
    click.echo(f"{target}: {len(imported.case.actors)} actors, {len(imported.case.issues)} issues")
    for line in imported.lost:
        click.echo(f"  reading: {line}")
    for line in lost:
        click.echo(f"  writing: {line}")
    return 0
