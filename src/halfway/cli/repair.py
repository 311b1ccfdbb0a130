"""Verb `halfway repair`: the least change that makes a plan hold."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from halfway.cli.common import (
    case_argument,
    force_option,
    json_option,
    load_case,
    plan_option,
    print_json,
)

if TYPE_CHECKING:
    from halfway.case.case import Case
    from halfway.conduct.repair.run import RepairResult, Tried

MOST_LISTED = 20
"""Up to so many sets are listed one by one; JSON always has them all."""

MOST_TOLD = 4
"""So many departures of an actor are told; JSON has them all."""


@click.command()
@case_argument
@plan_option
@click.option("--most", type=click.IntRange(min=1), default=4096, show_default=True, help="Sets of changes to try.")
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(dir_okay=False), help="Also write the case with the changes here."
)
@force_option
@json_option
def command(case: str, plan: str | None, most: int, output: str | None, force: bool, as_json: bool) -> int:
    """Find the cheapest of the plan's declared changes that make it self-enforcing.

    What was tried goes to standard error; the case with the changed plan goes to standard output, as YAML that
    `halfway check` accepts. Where nothing declared is enough, the nearest is printed, what is still missing is said,
    and the exit status is 1. Ctrl-C ends the search; what was tried by then is said.
    """
    from halfway.conduct.repair.run import repair

    if output is not None:
        from halfway.result import keep_existing

        keep_existing(output, force)
    loaded = load_case(case)
    with counted() as watch:
        result = repair(loaded, plan, most=most, watch=watch, interruptible=True)
    if output is not None and result.yaml is not None:
        write(Path(output), result.yaml)
    elif output is not None:
        click.echo(f"{output} is not written: the plan is best left as it is", err=True)
    if as_json:
        print_json(result.to_dict())
    else:
        show(loaded, result)
        if result.yaml is not None:
            click.echo(result.yaml, nl=False)
    return 130 if result.stopped else 0 if result.found else 1


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    import tempfile

    handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def show(case: Case, result: RepairResult) -> None:
    """Say on standard error what was tried, and what is missing."""

    def say(text: str) -> None:
        click.echo(text, err=True)

    if len(result.tried) <= MOST_LISTED:
        for one in result.tried:
            say(f"cost {one.cost:g}: {'; '.join(one.changes) or 'as it is'}: {_verdict(case, result.plan, one)}")
    else:
        _grouped(case, result, say)
    if result.stopped:
        say(f"interrupted after {len(result.tried):,} of {result.sets:,} sets; what follows is of these")
    if result.found is not None:
        if not result.found.changes:
            say("nothing needs to be changed")
        elif result.undecided:
            say(f"of {result.undecided:,} cheaper sets it could not be told")
        return
    few = f"of the {len(result.tried):,} cheapest of {result.sets:,} sets"
    reach = f"of all {result.sets:,} sets" if result.exhaustive else few
    say(f"none {reach} of declared changes makes the plan self-enforcing"
        + (f"; of {result.undecided:,} it could not be told" if result.undecided else ""))  # fmt: skip
    if result.sets == 1:
        say("declare changes with their costs below 'repairs' of the plan")
    near = result.nearest
    gains = ", ".join(f"{case.title_of('actors', a)} {x:.2f}" for a, x in near.exploitability.items())
    said = f"; breaking it pays from the start: {gains}" if gains else "; from the start breaking it pays no one"
    if not near.complete:
        said = (
            f"; breaking it pays from the start, at least: {gains}"
            if gains
            else "; what breaking it pays was not computed yet"
        )
    of = " of those weighed" if result.stopped else ""
    say(f"nearest{of} (cost {near.cost:g}): {'; '.join(near.changes) or 'the plan as it is'}{said}")
    _missing(case, result, say)


def _missing(case: Case, result: RepairResult, say: Callable[[str], None]) -> None:
    from halfway.words.repairs import act, enough, points, rules_lacking, who

    if not result.missing:
        return
    say("\nWhat is still missing for no departure of one period to pay, in any state that an actor can bring about:")
    for one in result.missing:
        say(f"\n{who(case, one.actor, one.kind)}")
        for departure in one.temptations[:MOST_TOLD]:
            course = "" if departure.alters_course else "; what follows is as likely as when it keeps"
            phase = case.title_of("plans", result.plan, departure.phase)
            say(f"  gains {points(departure.gain)} in '{phase}': {act(case, departure)}{course}")
        if len(one.temptations) > MOST_TOLD:
            say(f"  and {len(one.temptations) - MOST_TOLD} more kinds of departure")
        phases = ", ".join(f"'{case.title_of('plans', result.plan, p)}'" for p in one.on_path)
        say(
            f"  while all keep, that can come about in {phases}"
            if phases
            else "  only after someone has broken the plan"
        )
        for line in (*enough(case, result.plan, one), *rules_lacking(case, result.plan, one.answers)):
            say(f"  {line}")
    paid = result.compensation
    if paid is not None and paid.transfers:
        total = f"{paid.total:.3f} points a {case.period} in all"
        say(f"\ntransfers that make it self-enforcing for all ({total}), to add to the plan:")
        say("transfers:")
        for t in paid.transfers:
            say(
                f"  - {{from: {t['from']}, to: {t['to']}, amount: {t['amount']:g}, phases: [{', '.join(t['phases'])}]}}"
            )
    elif paid is not None:
        names = ", ".join(case.title_of("actors", a) for a in paid.blocked_by)
        say(f"\nno transfers make it self-enforcing: {paid.reason}{f' ({names})' if names else ''}")


def _verdict(case: Case, plan: str, one: Tried) -> str:
    from halfway.words.repairs import tempted

    if not one.sound:
        return f"is no sound plan: {one.reason}"
    if one.self_enforcing:
        return "self-enforcing"
    if one.refutation is None:
        return f"cannot be told: {one.reason}"
    return f"not self-enforcing: {tempted(case, plan, one.refutation)}"


def _grouped(case: Case, result: RepairResult, say: Callable[[str], None]) -> None:
    counts = Counter(_verdict(case, result.plan, one) for one in result.tried)
    say(f"{len(result.tried):,} sets of changes tried; of them (one departure that pays is enough to refute a set):")
    for verdict, count in counts.most_common(MOST_LISTED):
        say(f"  {count:,}: {verdict}")
    if len(counts) > MOST_LISTED:
        say(f"  and {len(counts) - MOST_LISTED:,} more verdicts: see --json")


@contextmanager
def counted() -> Iterator[Callable[[str, int, int | None], None]]:
    """Show how far the search has come, on a terminal only and only where it takes over two seconds."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    import threading

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    progress = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    task = progress.add_task("reading the plan", total=None)

    def watch(what: str, done: int, total: int | None) -> None:
        if progress.tasks[0].description != what:
            progress.reset(task, total=total, description=what)
        progress.update(task, completed=done)

    timer = threading.Timer(2.0, progress.start)
    timer.daemon = True
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()
        if progress.live.is_started:
            progress.stop()
