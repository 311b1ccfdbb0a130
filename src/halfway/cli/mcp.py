"""Verb `halfway mcp`: a server for an AI assistant, on standard input and output."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
def command() -> int:
    """Let an AI assistant write, check and test cases in this folder.

    An assistant's program starts this as a server of the Model Context Protocol and speaks to it by standard input and output.
    It reads and writes inside the folder that it was started in, never over your files, and uses no network. Numbers
    that it writes say `by: assistant` until you have reviewed them. Needs the extra halfway[mcp].
    """
    from halfway.errors import Problem, Refusal

    try:
        from halfway.mcp.server import serve
    except ModuleNotFoundError as missing:
        if (missing.name or "").split(".")[0] != "mcp":
            raise
        remedy = "install it with: pip install 'halfway[mcp]'"
        raise Refusal([Problem("M001", "the server is not installed", f"{missing.name} is missing", remedy)]) from None
    serve(Path.cwd())
    return 0
