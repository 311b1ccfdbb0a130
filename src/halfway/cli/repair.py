"""Verb `halfway repair`: the least change that makes a plan hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from halfway.cli.common import (
    case_argument,
    load_case,
    plan_option,
    saving,
    working,
)
from halfway.cli.output import Output, deliver, output_options, written

if TYPE_CHECKING:
    from halfway.case.case import Case
    from halfway.conduct.repair.improvement import Improved
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
    "--free",
    metavar="KIND,…",
    default="",
    help="Try for the best improvement, beside declared changes: issues (left as today), seats (of owners and "
    "implementers), order (one phase later).",
)
@click.option(
    "--improvements",
    type=click.IntRange(min=0),
    default=24,
    show_default=True,
    help="Sets of changes to judge for the best improvement.",
)
@output_options("the case with the changes (.yaml)")
def command(case: str, plan: str | None, most: int, free: str, improvements: int, output: Output) -> int:
    """Find the cheapest of the plan's declared changes that make it self-enforcing.

    What was tried goes to standard error; the case with the changed plan goes to standard output, as YAML that
    `halfway check` accepts. Where nothing declared is enough, the nearest is printed, what is still missing is said,
    and the exit status is 1. Ctrl-C ends the search; what was tried by then is said.
    """
    from halfway.conduct.repair.improvement import FREE
    from halfway.conduct.repair.run import repair
    from halfway.result import write_safely

    kinds = [k.strip() for k in free.split(",") if k.strip()]
    if wrong := [k for k in kinds if k not in FREE]:
        raise click.BadParameter(f"'{wrong[0]}' is not one of {', '.join(FREE)}", param_hint="'--free'")
    loaded = load_case(case)
    with working("Looking for a repair") as progress:
        result = repair(
            loaded,
            plan,
            most=most,
            free=[k for k in FREE if k in kinds],
            improvements=improvements,
            watch=progress,
            interruptible=True,
        )
    as_case = output.path is not None and not output.holds_data
    if as_case and result.yaml is not None:
        with saving(str(output.path), output.force):
            write_safely(str(output.path), result.yaml)
        written(output.path)
    elif as_case:
        click.echo(f"{output.path} is not written: the plan is best left as it is", err=True)

    def tell() -> None:
        show(loaded, result)
        if result.yaml is not None:
            click.echo(result.yaml, nl=False)

    deliver(output, result, tell)
    return 130 if result.stopped else 0 if result.found else 1


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
            say(f"{result.undecided:,} cheaper sets were not decided")
        return
    few = f"of the {len(result.tried):,} cheapest of {result.sets:,} sets"
    reach = f"of all {result.sets:,} sets" if result.exhaustive else few
    say(f"none {reach} of declared changes makes the plan self-enforcing"
        + (f"; {result.undecided:,} were not decided" if result.undecided else ""))  # fmt: skip
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
    _improvement(case, result, say)


def _improvement(case: Case, result: RepairResult, say: Callable[[str], None]) -> None:
    from halfway.words.repairs import buys, lacking

    found = result.improvement
    if found is None or (len(found.path) == 1 and len(found.pareto) == 1):
        return
    title = {a: case.title_of("actors", a) for a in case.actors}

    def parts(one: Improved) -> tuple[list[tuple[str, float]], ...]:
        return tuple(
            [(title[a], x) for a, x in of.items()]
            for of in (one.lacks.signing, one.lacks.serving, one.lacks.temptation)
        )

    of = "all sets of changes" if found.exact else f"{found.judged} sets of changes judged"
    say(f"\nThe best improvement, one change after another (of {of}); points each on its own scale:")
    say(f"  as it is: {lacking(*parts(found.path[0]))}")
    for before, after in zip(found.path, found.path[1:], strict=False):
        say(f"  {after.changes[-1]} (cost {after.cost - before.cost:g}): {buys(before.lacks.total, after.lacks.total)}; "
            f"{lacking(*parts(after))}")  # fmt: skip
    if len(found.path) == 1:
        say("  no single change makes it lack less")
    if len(found.pareto) > 1:
        say("Cost against the largest temptation, what no other set beats in both:")
        for one in found.pareto:
            say(f"  cost {one.cost:g}: {one.lacks.worst:.1f} points ({'; '.join(one.changes) or 'as it is'})")


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
        return f"not decided: {one.reason}"
    return f"not self-enforcing: {tempted(case, plan, one.refutation)}"


def _grouped(case: Case, result: RepairResult, say: Callable[[str], None]) -> None:
    counts = Counter(_verdict(case, result.plan, one) for one in result.tried)
    say(f"{len(result.tried):,} sets of changes tried; of them (one departure that pays is enough to refute a set):")
    for verdict, count in counts.most_common(MOST_LISTED):
        say(f"  {count:,}: {verdict}")
    if len(counts) > MOST_LISTED:
        say(f"  and {len(counts) - MOST_LISTED:,} more verdicts: see --json")
