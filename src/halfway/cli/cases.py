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
@click.option("--held", is_flag=True, help="Only plans of the past that held.")
@click.option("--held-in-part", is_flag=True, help="Only plans of the past that held in part.")
@click.option("--failed", is_flag=True, help="Only plans of the past that failed.")
@click.option("--kind", metavar="KIND", help="Only bargains of this kind: peace, borders, arms, sanctions, water, ….")
@click.option("--region", metavar="REGION", help="Only cases of this part of the world.")
@output_options()
def command(
    tag: str | None,
    search: str | None,
    held: bool,
    held_in_part: bool,
    failed: bool,
    kind: str | None,
    region: str | None,
    output: Output,
) -> int:
    """List and search the catalogue of published and historical cases.

    Of several of --held, --held-in-part and --failed, a case has to match one.
    """
    from halfway.case.catalog import entries
    from halfway.case.outcomes import OUTCOMES

    asked = [o for o, wanted in zip(OUTCOMES, (held, held_in_part, failed), strict=True) if wanted]
    found = entries(tag, search, outcomes=asked, kind=kind, region=region)
    deliver_data(output, plain(found), lambda: {"cases": _table(found)}, lambda: _show(found))
    return 0


def _table(found: Sequence[Entry]) -> Table:
    from halfway.result import Table

    columns = ("name", "title", "collection", "date", "region", "kind", "outcome", "tags", "plans")
    rows = (
        (e.name, e.title, e.collection, e.date, e.region, ", ".join(e.kind), e.outcome, ", ".join(e.tags),
         ", ".join(e.plans))
        for e in found
    )  # fmt: skip
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
        if entry.lesson:
            out.print(f"    What the record teaches: {' '.join(entry.lesson.split())}")
        details = [f"collection: {entry.collection}"]
        if entry.outcome:
            details.append(f"outcome: {entry.outcome}")
        if entry.region:
            details.append(f"region: {entry.region}")
        if entry.kind:
            details.append(f"kind: {', '.join(entry.kind)}")
        if entry.tags:
            details.append(f"tags: {', '.join(entry.tags)}")
        if entry.plans:
            details.append(f"plans: {', '.join(entry.plans)}")
        out.print(f"    {'; '.join(details)}", style="dim")
