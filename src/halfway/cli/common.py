"""What the verbs share: their arguments and options, and how they print."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from halfway.seeds import DEFAULT_SEED

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from halfway.case.case import Case

F = TypeVar("F", bound=Callable[..., Any])


def case_argument(function: F) -> F:
    """Add the argument CASE."""
    return click.argument("case", metavar="CASE")(function)


def json_option(function: F) -> F:
    """Add the option --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")(function)


def plan_option(function: F) -> F:
    """Add the option --plan."""
    return click.option("--plan", metavar="NAME", help="The plan. Default: the first of the case.")(function)


def seed_option(function: F) -> F:
    """Add the option --seed."""
    return click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=DEFAULT_SEED,
        show_default=True,
        help="Root of the random streams.",
    )(function)


def load_case(case: str) -> Case:
    """Load the case that the user named."""
    from halfway.case.catalog import load

    return load(case)


def force_option(function: F) -> F:
    """Add the option --force."""
    return click.option("--force", is_flag=True, help="Write over what is there already.")(function)


def keep_existing(path: str | Path, force: bool) -> None:
    """Refuse to write over a file, or into a folder that holds anything, unless the user said so.

    Raises
    ------
    InputError
    """
    from halfway.errors import InputError, Place, Problem

    target = Path(path)
    occupied = target.exists() and (not target.is_dir() or any(target.iterdir()))
    if occupied and not force:
        raise InputError(
            [
                Problem(
                    "F003",
                    f"{path} is there already",
                    "it would be lost",
                    "name another, or add --force",
                    Place(str(path)),
                )
            ]
        )


def print_json(data: Any) -> None:
    """Print plain data as JSON."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def console() -> Console:
    """Return a console that colours only a terminal and wraps only there.

    It prints text as it stands: titles from a case may have brackets and colons, which rich would take for markup.
    """
    from rich.console import Console

    class Patient(Console):
        """A console whose reader may leave early (head, less): nothing is wrong then."""

        def on_broken_pipe(self) -> None:
            # What is still buffered would fail again when the interpreter closes the stream.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise SystemExit(0)

    terminal = sys.stdout.isatty()
    return Patient(width=None if terminal else 120, highlight=False, soft_wrap=not terminal, markup=False, emoji=False)


def heading(bold: str, rest: str = "") -> Text:
    """Return a line that starts in bold."""
    from rich.text import Text

    return Text.assemble((bold, "bold"), rest)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show that work is going on, on a terminal only and only where it takes over two seconds."""
    if not sys.stderr.isatty():
        yield
        return
    import threading

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    progress = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=Console(stderr=True), transient=True
    )
    progress.add_task(what, total=None)
    timer = threading.Timer(2.0, progress.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if progress.live.is_started:
            progress.stop()
