"""Verb `halfway brief`: the answer as one HTML file."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

import click

from halfway.cli.common import case_argument, json_option, load_case, plan_option, print_json, seed_option


@click.command()
@case_argument
@plan_option
@click.option("-o", "--output", metavar="FILE.html", help="Where to write it. Default: NAME.html in this folder.")
@click.option("--open", "open_it", is_flag=True, help="Open it in the browser.")
@json_option
@seed_option
def command(case: str, plan: str | None, output: str | None, open_it: bool, as_json: bool, seed: int) -> int:
    """Write the brief on one plan: one self-contained HTML file, readable on a telephone and in print."""
    import os

    from halfway.brief.output import check_output, write
    from halfway.cli.common import second_process, working

    loaded = load_case(case)
    name, _ = loaded.plan(plan)
    target = Path(output or f"{loaded.name}.html")
    check_output(target)
    # Two processes share the cores: threads of the linear algebra, on matrices this small, stand in their way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with working(f"Writing the brief on {loaded.title or loaded.name}") as progress, second_process() as executor:
        # It loads what it needs while this one does.
        if executor is not None:
            executor.submit(_ready)
        from halfway.brief.build import build
        from halfway.brief.render import render

        text = render(page := build(loaded, plan=name, seed=seed, executor=executor, progress=progress))
    write(text, target)
    from halfway.brief.contents import Listing, Paragraph

    said: list[str] = []
    for block in page.answer:
        if isinstance(block, Paragraph):
            said.append(block.text.replace("**", ""))
        elif isinstance(block, Listing):
            said += [f"{n}. {item}" if block.ordered else item for n, item in enumerate(block.items, start=1)]
    size = len(text.encode())
    if as_json:
        print_json({"file": str(target), "bytes": size, "plan": name, "answer": said, "case_hash": loaded.content_hash})
    else:
        for sentence in said:
            click.echo(fill(sentence, 100) + "\n")
        click.echo(f"The brief on plan '{name}' is in {target} ({size / 1000:.0f} kB).")
    if open_it:
        click.launch(str(target))
    return 0


def _ready() -> None:
    """Load what the other process needs."""
    import halfway.brief.build  # noqa: F401
