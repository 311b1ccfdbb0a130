"""Verb `halfway brief`: the answer as one HTML file."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import click

from halfway.cli.common import (
    case_argument,
    force_option,
    json_option,
    language_option,
    load_case,
    plan_option,
    print_json,
    seed_option,
    working,
)

if TYPE_CHECKING:
    from halfway.brief.material import Audience


@click.command()
@case_argument
@plan_option
@click.option("-o", "--output", metavar="FILE.html", help="Where to write it. Default: NAME.html in this folder.")
@click.option(
    "--to",
    "audience",
    type=click.Choice(["minister", "analyst", "class"]),
    default="minister",
    show_default=True,
    help="For whom: the same facts, with another annex.",
)
@click.option("--full", is_flag=True, help="Open the annex, and print it too.")
@click.option(
    "--pdf", is_flag=True, help="Also print it as a PDF beside it, where a browser such as Chromium is there."
)
@click.option("--docx", is_flag=True, help="Also write the front page as a Word document beside it (extra [docx]).")
@click.option(
    "--since",
    metavar="OTHER.json",
    type=click.Path(dir_okay=False),
    help="Say what has changed since an earlier brief: what it printed with --json.",
)
@click.option("--open", "open_it", is_flag=True, help="Open it in the browser.")
@language_option
@force_option
@json_option
@seed_option
def command(
    case: str,
    plan: str | None,
    output: str | None,
    audience: Audience,
    full: bool,
    pdf: bool,
    docx: bool,
    since: str | None,
    open_it: bool,
    force: bool,
    as_json: bool,
    seed: int,
) -> int:
    """Write the brief: one HTML file of two pages and a folded annex, readable on a telephone and in print.

    Of a case without plans it shows the conflict: its states, and which of them are stable.
    """
    from halfway.brief.output import check_output, write
    from halfway.result import keep_existing

    loaded = load_case(case)
    if plan is not None or loaded.plans:
        plan, _ = loaded.plan(plan)
    target = Path(output or f"{loaded.name}.html")
    check_output(target)
    printed = target.with_suffix(".pdf")
    if pdf:
        # Before the work, not after it.
        keep_existing(printed, force)
    worded = target.with_suffix(".docx")
    if docx:
        keep_existing(worded, force)
    earlier = None
    if since is not None:
        from halfway.brief.facts import read_earlier

        earlier = read_earlier(since)
    with working(f"Writing the brief on {loaded.title or loaded.name}") as progress:
        from halfway.brief.build import build
        from halfway.brief.render import render

        page = build(loaded, plan=plan, seed=seed, audience=audience, full=full, earlier=earlier, progress=progress)
        text = render(page)
    write(text, target)
    if pdf:
        from halfway.brief.pdf import print_pdf

        print_pdf(target, printed, force=force)
    if docx:
        from halfway.brief.word import write_word

        write_word(page, worded, note=f"The whole brief: {target.name}; case {loaded.content_hash[:12]}", force=force)
    size = len(text.encode())
    if as_json:
        print_json(
            {
                "file": str(target),
                "pdf": str(printed) if pdf else None,
                "docx": str(worded) if docx else None,
                "bytes": size,
                "plan": plan,
                "answer": page.lines(),
                "facts": page.facts,
                "case_hash": loaded.content_hash,
            }
        )
    else:
        for sentence in page.lines():
            click.echo(fill(sentence, 100) + "\n")
        beside = (f", and printed in {printed}" if pdf else "") + (f"; its front page is in {worded}" if docx else "")
        what = "The brief" if plan is None else f"The brief on plan '{plan}'"
        click.echo(f"{what} is in {target} ({size / 1000:.0f} kB){beside}.")
    if open_it:
        click.launch(str(target))
    return 0
