"""How every verb hands over its answer: for people, as JSON, as one of its tables, into a file."""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from halfway.cli import common
from halfway.cli.common import LOADED_CASE, print_json, saving

if TYPE_CHECKING:
    from halfway.result import Result, Table

F = TypeVar("F", bound=Callable[..., Any])

DATA = (".json", ".csv", ".parquet", ".dta")
"""Endings of files that hold the JSON, or one table."""

_WIDEST = 120
"""Of a sentence below an answer, in characters."""


@dataclass(frozen=True)
class Output:
    """Where and how the user wants the answer.

    Attributes
    ----------
    path : str or None
        A file to write.
    table : str or None
        One of the answer's tables.
    force : bool
        Whether to write over what is there already.
    as_json : bool
    """

    path: str | None
    table: str | None
    force: bool
    as_json: bool

    @property
    def holds_data(self) -> bool:
        """Whether the file is one for data, by its ending."""
        return self.path is not None and Path(self.path).suffix.lower() in DATA


def output_options(main: str = "") -> Callable[[F], F]:
    """Add the options -o, --table, --force and --json; the verb is given them as one `Output` named ``output``.

    Parameters
    ----------
    main : str
        What else -o can write, such as "the case as YAML (.yaml)"; a file of any ending is then left to the verb.
    """

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def command(
            *arguments: Any, output: str | None, table: str | None, force: bool, as_json: bool, **options: Any
        ) -> Any:
            asked = Output(output, table, force, as_json)
            if output is not None:
                expect_ending(asked, main)
                from halfway.result import keep_existing

                # Before the work, not after it.
                keep_existing(output, force)
            return function(*arguments, output=asked, **options)

        what = f"{main}, or " if main else ""
        for option in (
            click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON."),
            click.option("--force", is_flag=True, help="Write over what is there already."),
            click.option(
                "--table",
                metavar="NAME",
                help="The table that -o writes; without -o, print it as CSV. Default: the first.",
            ),
            click.option(
                "-o",
                "--output",
                metavar="FILE",
                type=click.Path(dir_okay=False),
                help=f"Also write {what}a table (.csv, .parquet, .dta) or everything (.json).",
            ),
        ):
            command = option(command)
        return command  # type: ignore[return-value]

    return decorate


def expect_ending(output: Output, main: str = "") -> None:
    """Refuse a file whose ending names no format, before anything is computed; a verb that writes others judges it itself."""
    if main or output.holds_data:
        return
    from halfway.errors import InputError, Place, Problem

    why = "its ending names no format"
    remedy = "end the name in .csv, .parquet, .dta or .json"
    raise InputError([Problem("F005", f"cannot write {output.path}", why, remedy, Place(str(output.path)))])


def deliver(output: Output, result: Result, show: Callable[[], None], data: Mapping[str, Any] | None = None) -> None:
    """Hand over a result.

    Parameters
    ----------
    output : Output
    result : Result
    show : callable
        Prints it for people.
    data : mapping, optional
        The JSON form, where it has more than the result's own.
    """

    def all_said() -> None:
        show()
        say_what_is_assumed(result)

    deliver_data(output, result.to_dict() if data is None else data, result.tables, all_said)


def say_what_is_assumed(result: Result) -> None:
    """Say beside an answer for people which interests it takes for none, because the case does not state them."""
    found = result.provenance.taken_as_indifferent
    context = click.get_current_context(silent=True)
    case = context.meta.get(LOADED_CASE) if context is not None else None
    if not found or case is None or found.keys() - case.actors.keys():
        return
    from halfway.words.indifference import taken_as_indifferent

    console = common.console()
    console.print(textwrap.fill(taken_as_indifferent(case, found), min(console.width, _WIDEST)))


def deliver_data(
    output: Output, data: Any, tables: Callable[[], Mapping[str, Table]], show: Callable[[], None]
) -> None:
    """Hand over an answer that is plain data with tables; see `deliver`."""
    from halfway.result import save, table_named

    if output.holds_data:
        assert output.path is not None
        with saving(output.path, output.force):
            save(output.path, data, tables(), output.table)
    if output.as_json:
        print_json(data)
    elif output.table is not None and output.path is None:
        click.echo(table_named(tables(), output.table).as_csv(), nl=False)
    else:
        show()
    if output.holds_data:
        written(output.path)


def written(path: str | Path | None) -> None:
    """Say that a file was written, where it does not get among the answer."""
    click.echo(f"written: {path}", err=True)


def deprecated(old: str, new: str) -> None:
    """Say on standard error that a spelling still works, and which one is meant to be used."""
    click.echo(f"{old} is now spelled {new}; the old spelling will go", err=True)
