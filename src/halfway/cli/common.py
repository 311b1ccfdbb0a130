"""What the verbs share: their arguments and options, and how they print."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from halfway.errors import bare
from halfway.progress import Progress, silent
from halfway.seeds import DEFAULT_SEED

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from halfway.case.case import Case
    from halfway.errors import Problem

F = TypeVar("F", bound=Callable[..., Any])


CASE_FILE = "halfway.case_file"
"""Under this key the context of a command knows the case in hand, so that a refusal without a place names at least it."""


LOADED_CASE = "halfway.loaded_case"
"""Under this key the context of a command keeps the case as it was last loaded, for its titles."""


_CHANGES = "halfway.changes"
"""Where the changes asked for on the command line wait until the case is loaded."""


def case_argument(function: F) -> F:
    """Add the argument CASE, and what may be changed about the case: --set and --members."""
    return _changing(click.argument("case", metavar="CASE", shell_complete=_known_cases)(function))


def optional_case_argument(function: F) -> F:
    """Add the argument CASE where the verb can do something without one."""
    return _changing(click.argument("case", metavar="CASE", required=False, shell_complete=_known_cases)(function))


def _known_cases(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer to the shell the names of the catalogue that begin so, and leave files to the shell."""
    from click.shell_completion import CompletionItem

    from halfway.case.catalog import paths

    names = [CompletionItem(name) for name in paths() if name.startswith(incomplete)]
    return [*names, CompletionItem(incomplete, type="file")]


def _plans(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer to the shell the plans of the case that the line names; none where it cannot be read."""
    from click.shell_completion import CompletionItem

    from halfway.case.catalog import load
    from halfway.errors import HalfwayError

    # An option that still lacks its value keeps click from reading the line: what stands there is in `args` then.
    case = context.params.get("case") or next((word for word in context.args if not word.startswith("-")), None)
    if not isinstance(case, str) or case == "-":
        return []
    try:
        plans = load(case).plans
    except HalfwayError:
        return []
    return [CompletionItem(name, help=plan.title or "") for name, plan in plans.items() if name.startswith(incomplete)]


def _changing(function: F) -> F:
    def remember(context: click.Context, option: click.Parameter, values: tuple[Any, ...]) -> None:
        context.meta.setdefault(_CHANGES, {})[str(option.name)] = values

    for option in (
        click.option(
            "--members",
            metavar="GROUP",
            multiple=True,
            expose_value=False,
            callback=remember,
            help="Let the members of a group act for themselves.",
        ),
        click.option(
            "--set",
            "changed",
            metavar="PATH=VALUE",
            multiple=True,
            expose_value=False,
            callback=remember,
            help="Change a value of the case for this run, such as plans.trial.phases.trial.lasts=24 months.",
        ),
    ):
        function = option(function)
    return function


def json_option(function: F) -> F:
    """Add the option --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")(function)


def language_option(function: F) -> F:
    """Add the option --language; it holds for this call of the command."""

    def speak(context: click.Context, option: click.Parameter, value: str) -> None:
        if value != "en":
            from halfway.words.language import speaking

            context.with_resource(speaking(value))

    return click.option(
        "--language",
        type=click.Choice(["en", "fr"]),
        default="en",
        callback=speak,
        expose_value=False,
        help="English, or French as far as it is translated yet.",
    )(function)


def plan_option(function: F) -> F:
    """Add the option --plan."""
    return click.option(
        "--plan", metavar="NAME", help="The plan. Default: the first of the case.", shell_complete=_plans
    )(function)


def seed_option(function: F) -> F:
    """Add the option --seed."""
    return click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=DEFAULT_SEED,
        show_default=True,
        help="Root of the random streams.",
    )(function)


def asked_members() -> tuple[str, ...]:
    """Return the groups that --members names."""
    context = click.get_current_context(silent=True)
    return () if context is None else tuple(context.meta.get(_CHANGES, {}).get("members", ()))


def load_case(case: str, *, with_members: bool = True) -> Case:
    """Load the case that the user named, with what --set and --members change about it.

    Parameters
    ----------
    case : str
    with_members : bool
        Whether groups are opened up here; else the verb does it.
    """
    from halfway.case.groups import opened

    if case.lower().endswith(".xlsx"):
        from halfway.formats.files import load_case as load
    else:
        from halfway.case.catalog import load

    context = click.get_current_context(silent=True)
    asked: dict[str, Any] = {} if context is None else context.meta.get(_CHANGES, {})
    loaded = load(case)
    if context is not None:
        context.meta[CASE_FILE] = loaded.places.file
    for text in asked.get("changed", ()):
        loaded = loaded.with_(*_change(text))
    for group in asked_members() if with_members else ():
        loaded = opened(loaded, group)
    if context is not None:
        context.meta[LOADED_CASE] = loaded
    return loaded


def _change(text: str) -> tuple[str, Any]:
    """Read PATH=VALUE; a value in brackets is a list or a mapping, as in a case file."""
    from halfway.case.yaml_text import read_yaml
    from halfway.errors import Collector

    path, value = pair(text, "PATH", "VALUE")
    if not value.startswith(("{", "[")):
        return path, value
    problems = Collector()
    data, _ = read_yaml(value, "--set", problems)
    problems.raise_if_any()
    return path, data


def force_option(function: F) -> F:
    """Add the option --force."""
    return click.option("--force", is_flag=True, help="Write over what is there already.")(function)


def memory_option(function: F) -> F:
    """Add the option --memory: how much a question may take; it holds for this call of the command."""

    def allow(context: click.Context, option: click.Parameter, value: str | None) -> None:
        if value is None:
            return
        from halfway.limits import allow_memory, read_size

        try:
            allow_memory(read_size(value))
        except ValueError:
            raise click.BadParameter(f"'{value}' is not a size such as 4GB", context, option) from None

    return click.option(
        "--memory",
        metavar="SIZE",
        callback=allow,
        expose_value=False,
        help="Most memory that draws may take, such as 4GB.  [default: 2GB]",
    )(function)


@contextmanager
def saving(path: str | Path, force: bool) -> Iterator[None]:
    """Guard the writing of a result: nothing is lost, and what goes wrong is said as of any other input.

    Raises
    ------
    InputError
        Where something is there already, the place or the ending will not do, or a package is missing.
    """
    from halfway.errors import InputError, Place, Problem
    from halfway.result import keep_existing

    keep_existing(path, force)
    place = Place(str(path))
    try:
        yield
    except (ValueError, OSError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        problem = Problem("F005", f"cannot write {path}", why, "choose another place or ending", place)
        raise InputError([problem]) from error
    except ImportError as error:
        what = f"{path} needs the package '{error.name}'"
        raise InputError(
            [Problem("F006", what, "it is not installed", "install it, or write .csv or .parquet", place)]
        ) from error


def pair(text: str, left: str, right: str) -> tuple[str, str]:
    """Split KEY=VALUE at its first equals sign; spaces around either part do not count.

    Parameters
    ----------
    text : str
    left, right : str
        What the two are called in the message, such as ACTOR and NUMBER.

    Raises
    ------
    click.BadParameter
        Where a part is missing.
    """
    key, _, value = (part.strip() for part in text.partition("="))
    if not key or not value:
        raise click.BadParameter(f"'{text}' is not {left}={right}")
    return key, value


def pairs_option(
    name: str, parameter: str, left: str, right: str, read: Callable[[str], Any] = str, **settings: Any
) -> Callable[[F], F]:
    """Add an option that may be repeated and holds KEY=VALUE; the verb is given one mapping.

    Parameters
    ----------
    name, parameter : str
        The option as it is typed, and the verb's argument.
    left, right : str
        What the two are called in help and messages, such as ACTOR and NUMBER.
    read : callable
        Makes the value of its text; a `ValueError` is a complaint about the command line.
    """

    def gather(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for text in values:
            key, value = pair(text, left, right)
            if key in found:
                raise click.BadParameter(f"'{key}' is given twice", context, option)
            try:
                found[key] = read(value)
            except ValueError:
                raise click.BadParameter(f"'{text}' is not {left}={right}", context, option) from None
        return found

    return click.option(name, parameter, metavar=f"{left}={right}", multiple=True, callback=gather, **settings)


def print_json(data: Any) -> None:
    """Print plain data as JSON, in signs that the output can hold."""
    narrow = (sys.stdout.encoding or "utf-8").lower().replace("-", "") != "utf8"
    # A file for programs has names as they are, without the marks that isolate them in a text.
    text = bare(json.dumps(data, ensure_ascii=False, indent=2))
    click.echo("".join(c if c.isascii() else json.dumps(c)[1:-1] for c in text) if narrow else text)


def print_errors(problems: Iterable[Problem], **beside: Any) -> None:
    """Print problems as JSON, in the shape that is the same for every verb, with what else the verb says."""
    print_json({**beside, "errors": [problem.as_dict() for problem in problems]})


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

        def render_str(self, text: str, **options: Any) -> Text:
            """Make a text of what is printed, with one sign for minus."""
            return super().render_str(minus(text), **options)

    terminal = sys.stdout.isatty()
    return Patient(width=None if terminal else 120, highlight=False, soft_wrap=not terminal, markup=False, emoji=False)


WIDEST = 100
"""Prose is wrapped here even where the terminal is wider: longer lines are hard to read."""


_MINUS = re.compile(r"(?<![\w.)\]-])-(?=\.?\d)")


def minus(text: str) -> str:
    """Return a text in which negative numbers have the sign for minus, not a hyphen."""
    return _MINUS.sub("−", text)


def table(*columns: str, title: str | None = None, right: bool = True) -> Table:
    """Return a plain table: headings in bold, columns two places apart, figures to the right.

    Parameters
    ----------
    *columns : str
        Headings; the first column holds names, the others figures.
    title : str, optional
    right : bool
        Whether all columns but the first stand to the right.
    """
    from rich.table import Table

    out = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        out.add_column(column, justify="right" if right and number else "left", overflow="fold")
    return out


def prose(out: Console, text: str, indent: str = "", style: str | None = None) -> None:
    """Print a paragraph, wrapped to the terminal; lines after the first stand two places further in."""
    from textwrap import fill

    hanging = indent + ("  " if indent else "")
    width = max(min(out.width, WIDEST), 40)
    out.print(fill(minus(text), width, initial_indent=indent, subsequent_indent=hanging), style=style)


def heading(bold: str, rest: str = "") -> Text:
    """Return a line that starts in bold."""
    from rich.text import Text

    return Text.assemble((minus(bold), "bold"), minus(rest))


def end_with_parent() -> None:
    """End in silence when the user interrupts, and when the process that this one works for is gone."""
    import signal
    from multiprocessing import parent_process

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


@contextmanager
def working(what: str) -> Iterator[Progress]:
    """Show how far work has come, on a terminal only and only where it takes over two seconds.

    What it gives is the callback that long work tells its stages to.
    """
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    progress = Bar(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    task = progress.add_task(what, total=None)

    def tell(stage: str, done: int, total: int | None) -> None:
        described = f"{what}: {stage}"
        if progress.tasks[0].description != described:
            progress.reset(task, total=total, description=described)
        progress.update(task, completed=done)

    timer = threading.Timer(2.0, progress.start)
    timer.daemon = True
    timer.start()
    try:
        yield tell
    finally:
        timer.cancel()
        if progress.live.is_started:
            progress.stop()
