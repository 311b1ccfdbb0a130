"""The `halfway` command: verbs are looked up by name and loaded only when called."""

from __future__ import annotations

import codecs
import importlib
import io
import os
import sys
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn, cast

import click

from halfway._version import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from halfway.errors import Problem

# verb: (module below halfway.cli, one line for --help). The function in the module is called `command`.
VERBS: dict[str, tuple[str, str]] = {
    "cases": ("cases", "List and search the catalogue."),
    "check": ("check", "Is the case file sound? Every error at once, each at its line."),
    "conduct": ("conduct", "Does the plan hold, month after month? Who breaks it when, and why it pays."),
    "repair": ("repair", "The least change, among declared ones, that makes the plan hold."),
    "propose": ("propose", "What the parties could sign, and a plan that gets there."),
    "forecast": ("forecast", "Where would talks land without a plan, and how sure is that?"),
    "validate": ("validate", "Score the forecasting models on real decisions."),
    "seal": ("seal", "Write a dated record of a forecast, with hashes."),
    "verify": ("verify", "Is a sealed forecast whole, and does it come out again?"),
    "grade": ("grade", "Score a sealed forecast against what was decided."),
    "stability": ("stability", "Would anyone walk away? Graph-model verdicts for every actor and state."),
    "audit": ("audit", "Is the plan even-handed and enforceable on its face? Findings with lines and remedies."),
    "compare": ("compare", "The plans side by side: who gets what, how far each side moves, what cannot be undone."),
    "explore": ("explore", "What the answer hangs on: plans over many futures of the uncertain numbers."),
    "panel": ("panel", "Ask experts: the sheet that each fills in for `explore --panel`."),
    "elicit": ("elicit", "What an actor wants, asked question by question; bounds on its weights."),
    "new": ("new", "Write a small commented case to start from."),
    "brief": ("brief", "The answer as one HTML file to forward."),
    "serve": ("serve", "Cases and their answers in the browser, on this computer alone."),
    "sheet": ("sheet", "Role sheets: to each party, the mediator and the public what is theirs to see."),
    "text": ("text", "The single negotiating text: drafts, brackets, and who moved from draft to draft."),
    "schema": ("schema", "The case format as JSON Schema, for editors."),
    "settle": ("settle", "What could be agreed: acceptable packages, frontier, solutions."),
    "talks": ("talks", "Where alternating offers would meet, and how often talks fail."),
    "tournament": ("tournament", "Published strategies against one another: who does best, and what invades what."),
    "upgrade": ("upgrade", "Bring an older case file up to the current version of the format."),
    "site": ("site", "An archive of cases as static pages, with search, feeds and permalinks."),
    "mcp": ("mcp", "Let an AI assistant write, check and test cases in this folder."),
    "convert": ("convert", "From one file format to another, saying what is lost."),
}


class LazyGroup(click.Group):
    """A group that imports a verb's module when the verb is called, so that --help stays fast."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb; where the reader of its output has gone (head, less), nothing is wrong.

        A refusal that names no place is about the case as a whole: it names the case's file.
        """
        from dataclasses import replace

        from halfway.errors import HalfwayError, Place

        try:
            status = super().invoke(ctx)
            sys.stdout.flush()
            return status
        except HalfwayError as error:
            file = ctx.meta.get("halfway.case_file")
            if file is None or all(problem.place for problem in error.problems):
                raise
            raise type(error)(p if p.place else replace(p, place=Place(file)) for p in error.problems) from error
        except BrokenPipeError:
            # What is still buffered would fail again when the interpreter closes the stream.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the verbs in the order in which a person meets them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one verb."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"halfway.cli.{VERBS[cmd_name][0]}")
        return cast(click.Command, module.command)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer verbs, and options where a dash stands already, to the shell, importing no verb."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return [CompletionItem(verb, help=line) for verb, (_, line) in VERBS.items() if verb.startswith(incomplete)]

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Resolve a verb, suggesting the nearest one for a typing error."""
        if args and args[0] not in VERBS and not args[0].startswith("-"):
            from halfway.errors import suggestion

            ctx.fail(f"no verb '{args[0]}'; {suggestion(args[0], list(VERBS))}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verbs with their lines, importing none of them."""
        with formatter.section("Verbs"):
            formatter.write_dl([(verb, line) for verb, (_, line) in VERBS.items()])


_FULL = "halfway.version_in_full"


def _remember_full(context: click.Context, option: click.Parameter, value: bool) -> None:
    context.meta[_FULL] = value


def _show_version(context: click.Context, option: click.Parameter, value: bool) -> None:
    """Print the version, in full where asked; ``--full`` means nothing else before a verb."""
    full = context.meta.get(_FULL, False)
    if not value:
        if full:
            raise click.UsageError("--full goes with --version, or after a verb that has it", context)
        return
    if full:
        from halfway.cli.version import described

        lines = described()
        width = max(len(what) for what, _ in lines) + 2
        click.echo("\n".join(f"{what:<{width}}{value}" for what, value in lines))
    else:
        click.echo(f"halfway, version {__version__}")
    context.exit()


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--full",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_remember_full,
    help="With --version: also Python, the system and the packages, for a report of a fault.",
)
@click.option("--version", is_flag=True, expose_value=False, callback=_show_version, help="Show the version and exit.")
def root() -> None:
    """Test a diplomatic plan before anyone tables it.

    CASE is the path of a case file or the name of a case in the catalogue (see `halfway cases`).
    Exit status: 0 fine, 1 findings, 2 bad input, 130 interrupted.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its status; errors come out as lines, never as a traceback.

    With ``--json`` the errors of every verb come out on standard output as ``{"errors": [...]}``, in the one shape of
    `halfway.errors.Problem.as_dict`.
    """
    from halfway.errors import HalfwayError, Problem

    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given[: given.index("--")] if "--" in given else "--json" in given
    # Errors that would go to an output that is closed go where somebody may see them.
    as_json = _open_closed_streams() and as_json
    _tolerate_narrow_encodings()
    try:
        status = root.main(args=given, prog_name="halfway", standalone_mode=False)
    except click.ClickException as error:
        if as_json:
            _fail([_usage_problem(error)], as_json)
        _show(error)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(130)
    except HalfwayError as error:
        _fail(error.problems, as_json)
    except BrokenPipeError:
        # The reader of our output (head, less) has gone: nothing is wrong.
        sys.stderr.close()
        sys.exit(0)
    except MemoryError:
        why, remedy = "this process was refused more", "close other programs, lift the limit, or ask for less"
        _fail([Problem("F012", "there is not enough memory", why, remedy)], as_json)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        named = error.filename if error.filename is not None else "the output"
        what, remedy = f"cannot read or write {named}", "check the path, its rights and the free space"
        _fail([Problem("F004", what, reason, remedy)], as_json)
    sys.exit(status if isinstance(status, int) else 0)


def _fail(problems: Sequence[Problem], as_json: bool) -> NoReturn:
    """Print problems and exit with status 2."""
    from halfway.cli.common import print_errors

    if as_json:
        try:
            print_errors(problems)
            sys.stdout.flush()
        except OSError:
            _silence_output()
        else:
            sys.exit(2)
    for problem in problems:
        click.echo(str(problem), err=True)
    _silence_output()
    sys.exit(2)


def _show(error: click.ClickException) -> None:
    """Print what is wrong with the command line, whatever it quotes."""
    from halfway.errors import printable

    said = printable(error.format_message())
    if isinstance(error, click.UsageError):
        click.UsageError(said, error.ctx).show()
    else:
        click.ClickException(said).show()


def _open_closed_streams() -> bool:
    """Let standard streams that were closed lead nowhere, where every use of them would fail; tell whether output is open."""
    was_open = sys.stdout is not None
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        handle = os.open(os.devnull, os.O_RDWR)
        if handle != number:
            os.dup2(handle, number)
            os.close(handle)
        setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115
    return was_open


def _usage_problem(error: click.ClickException) -> Problem:
    """Put a complaint about the command line into the shape of every other."""
    from halfway.errors import Problem

    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "halfway"
    usage = context.get_usage().removeprefix("Usage: ") if context is not None else "halfway VERB …"
    what = error.format_message().rstrip(".")
    return Problem("U001", what, f"the usage is `{' '.join(usage.split())}`", f"see `{path} --help`")


def _silence_output() -> None:
    """Drop what is still buffered: where its reader or its disk is gone, it would fail again at the end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tolerate_narrow_encodings() -> None:
    """Let a terminal that lacks a sign show its nearest, where Python would fail; a minus is never lost."""
    codecs.register_error("halfway.nearest", _nearest)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower().replace("-", "") != "utf8":
            stream.reconfigure(errors="halfway.nearest")


_NEAREST = {"−": "-", "‐": "-", "‑": "-", "–": "-", "—": "-", "≥": ">=", "≤": "<=", "→": "->", "…": "...", "×": "x", "±": "+/-",
            "‘": "'", "’": "'", "“": '"', "”": '"', "·": ".", "≈": "~", "⅓": "1/3", "\u2068": "", "\u2069": "", "\xa0": " ",
            "\u2009": " ", "\u202f": " "}  # fmt: skip


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """Write what an encoding lacks by its nearest signs: a letter without its accent, a question mark for all else."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    out = []
    for sign in error.object[error.start : error.end]:
        near = _NEAREST.get(sign)
        if near is None:
            near = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode() or "?"
        out.append(near)
    return "".join(out), error.end
