"""Verb `halfway serve`: the web app, on this computer alone."""

from __future__ import annotations

import click

from halfway.cli.common import load_case


@click.command()
@click.argument("case", required=False)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes any that is free."
)
@click.option("--open", "open_it", is_flag=True, help="Open it in the browser.")
def command(case: str | None, port: int, open_it: bool) -> int:
    """Show cases and their answers in the browser.

    The pages are served to this computer alone and ask nothing of any other. CASE is open from the start; others are opened on
    the first page. Needs the extra halfway[web]. Ctrl-C ends it.
    """
    from halfway.errors import Problem, Refusal

    loaded = None if case is None else load_case(case)
    try:
        from halfway.web.serve import address_of, bound, serve
    except ModuleNotFoundError as missing:
        if missing.name not in ("starlette", "uvicorn"):
            raise
        remedy = "install it with: pip install 'halfway[web]'"
        raise Refusal([Problem("W002", "the web app is not installed", f"{missing.name} is missing", remedy)]) from None
    taken = bound(port)
    where = address_of(taken)
    click.echo(f"Halfway is at {where} (Ctrl-C ends it)")
    if open_it:
        import webbrowser

        webbrowser.open(where)
    serve(taken, loaded)
    return 0
