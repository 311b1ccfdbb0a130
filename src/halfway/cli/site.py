"""Verb `halfway site`: an archive of cases as a folder of static pages."""

from __future__ import annotations

import os
from contextlib import ExitStack

import click

from halfway.cli.common import end_with_parent, json_option, print_json, working


@click.command()
@click.argument("folder", metavar="DIR")
@click.option("--tag", "tags", metavar="T", multiple=True, help="Only cases of the catalogue with this tag.")
@click.option("--case", "cases", metavar="FILE", multiple=True, help="A case file of your own.")
@click.option("--base", default="", metavar="URL", help="The address at which the archive is to be.")
@click.option("--feed", is_flag=True, help="Also write Atom feeds, of all cases and of each tag. Needs --base.")
@click.option("--zenodo", is_flag=True, help="Also write .zenodo.json.")
@click.option("--workers", type=click.IntRange(1, 64), metavar="N", help="Processes. Default: one a processor.")
@json_option
def command(
    folder: str,
    tags: tuple[str, ...],
    cases: tuple[str, ...],
    base: str,
    feed: bool,
    zenodo: bool,
    workers: int | None,
    as_json: bool,
) -> int:
    """Write an archive of cases to DIR: an index with search, a page for each tag, and for each case the front page of its brief.

    It can be opened from the disk, or put on any web server. What has not changed since it was last written is not worked out
    again.
    """
    from halfway.record import plain
    from halfway.site.run import site

    number = workers or os.cpu_count() or 1
    with ExitStack() as stack, working(f"Writing {folder}") as progress:
        executor = None
        if number > 1:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            pool = ProcessPoolExecutor(number, mp_context=get_context("spawn"), initializer=end_with_parent)
            executor = stack.enter_context(pool)
        done = site(
            folder, tags=tags, cases=cases, base=base, feed=feed, zenodo=zenodo, executor=executor, progress=progress
        )
    if as_json:
        print_json(plain(done))
    else:
        click.echo(f"{len(done.cases)} cases and {len(done.tags)} tags on {done.pages} pages: {folder}/index.html")
    return 0
