"""Verb `halfway cases`: what is in the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from halfway.cli.common import console, heading
from halfway.cli.output import Output, deliver_data, output_options
from halfway.record import plain

if TYPE_CHECKING:
    from halfway.case.catalog import Entry
    from halfway.result import Table


@click.command()
@click.option("--tag", metavar="TAG", help="Only cases filed under this tag.")
@click.option("--search", metavar="WORDS", help="Only cases whose name, title, abstract or tags contain all words.")
@output_options()
def command(tag: str | None, search: str | None, output: Output) -> int:
    """List and search the catalogue of published and historical cases."""
    from halfway.case.catalog import entries

    found = entries(tag, search)
    deliver_data(output, plain(found), lambda: {"cases": _table(found)}, lambda: _show(found))
    return 0


def _table(found: Sequence[Entry]) -> Table:
    from halfway.result import Table

    columns = ("name", "title", "collection", "date", "tags", "plans")
    rows = ((e.name, e.title, e.collection, e.date, ", ".join(e.tags), ", ".join(e.plans)) for e in found)
    return Table("cases", columns, tuple(rows))


def _show(found: Sequence[Entry]) -> None:
    if not found:
        click.echo("no case matches; `halfway cases` lists all")
        return
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
