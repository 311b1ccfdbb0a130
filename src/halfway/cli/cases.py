"""Verb `halfway cases`: what is in the catalogue."""

from __future__ import annotations

import click

from halfway.cli.common import console, heading, json_option, print_json
from halfway.record import plain


@click.command()
@click.option("--tag", metavar="TAG", help="Only cases filed under this tag.")
@click.option("--search", metavar="WORDS", help="Only cases whose name, title, abstract or tags contain all words.")
@json_option
def command(tag: str | None, search: str | None, as_json: bool) -> int:
    """List and search the catalogue of published and historical cases."""
    from halfway.case.catalog import entries

    found = entries(tag, search)
    if as_json:
        print_json(plain(found))
        return 0
    if not found:
        click.echo("no case matches; `halfway cases` lists all")
        return 0
    out = console()
    for entry in found:
        out.print(heading(entry.name, f"  {entry.title}"))
        if entry.abstract:
            out.print(f"    {' '.join(entry.abstract.split())}")
        details = [f"collection: {entry.collection}"]
        if entry.tags:
            details.append(f"tags: {', '.join(entry.tags)}")
        if entry.plans:
            details.append(f"plans: {', '.join(entry.plans)}")
        out.print(f"    {'; '.join(details)}", style="dim")
    return 0
