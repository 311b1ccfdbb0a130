"""Verb `halfway compare`: the plans of a case side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from halfway.cli.common import (
    LOADED_CASE,
    asked_members,
    case_argument,
    console,
    heading,
    load_case,
    memory_option,
    prose,
    seed_option,
    table,
    working,
)
from halfway.cli.output import Output, deliver, deprecated, output_options
from halfway.record import plain

if TYPE_CHECKING:
    from rich.console import Console

    from halfway.case.case import Case
    from halfway.explore.comparison import CompareResult, Interval, PlanOutcome
    from halfway.explore.while_talks_last import Shifted


@click.command()
@case_argument
@click.option("--plan", "plans", metavar="NAME", multiple=True, help="Only this plan; may be repeated. Default: all.")
@click.option(
    "--draws",
    type=click.IntRange(5, 1_000_000),
    default=1_000,
    show_default=True,
    help="Draws of the uncertain numbers behind the intervals.",
)
@click.option(
    "--parties",
    metavar="A,B,…",
    default="natural",
    show_default=True,
    help="Whose acceptance is counted before and after phases that change facts.",
)
@click.option("--open", "old_groups", metavar="GROUP", multiple=True, hidden=True, help="Old spelling of --members.")
@click.option(
    "--save", "old_path", metavar="FILE", type=click.Path(dir_okay=False), hidden=True, help="Old spelling of -o."
)
@output_options()
@memory_option
@seed_option
def command(
    case: str,
    plans: tuple[str, ...],
    draws: int,
    parties: str,
    old_groups: tuple[str, ...],
    old_path: str | None,
    output: Output,
    seed: int,
) -> int:
    """Compare the plans of a case: who gets what, how far each side moves, what cannot be undone.

    Numbers in brackets run from the 5th to the 95th percentile of the draws: they hold 90 percent of them. All plans
    see the same draws.
    """
    from halfway.case.groups import opened
    from halfway.explore.compare import compare

    if old_groups:
        deprecated("--open GROUP", "--members GROUP")
    if old_path is not None:
        deprecated("--save", "-o")
        output = replace(output, path=old_path)
    loaded = load_case(case, with_members=False)
    groups = [*asked_members(), *old_groups]
    with working("Comparing the plans") as progress:
        asked = tuple(p.strip() for p in parties.split(",") if p.strip())
        result = compare(loaded, plans, members=groups, parties=asked, draws=draws, seed=seed, progress=progress)
    for group in groups:
        loaded = opened(loaded, group)
    click.get_current_context().meta[LOADED_CASE] = loaded
    deliver(output, result, lambda: show(loaded, result))
    return 0


def show(case: Case, result: CompareResult) -> None:
    """Print a comparison for people."""
    from halfway.words.chances import short
    from halfway.words.evidence import in_a_line
    from halfway.words.grades import in_brief, long_run

    out = console()
    for number, plan in enumerate(result.plans):
        if number:
            out.print()
        out.print(heading(plan.title, f" ({plan.name})"))
        if plan.kept is not None:
            out.print(in_brief(case, plan.kept))
            most = max(plan.kept.temptation, key=plan.kept.temptation.__getitem__, default=None)
            if most is not None and plan.kept.grade > 2:
                out.print(short(case.title_of("actors", most), plain(plan.kept.odds[most])))
        out.print(long_run(case, plan.name, plan.long_run_phases))
        if plan.comparable is not None and (became := in_a_line(plain(plan.comparable))):
            out.print(became)
        _headline(out, case, plan)
        _actors(out, case, result, plan)
        _turning(out, case, plan)
        for shifted in plan.while_talking:
            _shifted(out, case, plan.name, shifted)
        if plan.irreversible:
            items = [
                f"{case.title_of('issues', n.issue)}: {case.title_of('issues', n.issue, n.option)} "
                f"(from {case.title_of('plans', plan.name, n.phase)})"
                for n in plan.irreversible
            ]
            out.print("Cannot be undone:")
            for item in items:
                out.print(f"  {item}")
        else:
            out.print("Nothing that it changes is beyond undoing.")
    if all(p.comparable is None or in_a_line(plain(p.comparable)) is None for p in result.plans):
        out.print(
            "\nNo plan here is said to end an armed conflict, so there are no past agreements to compare them with."
        )
    asked = result.provenance.parameters
    out.print(
        f"\nUtility points, 0–100, in the long run while everyone keeps the plan; brackets: 5th to 95th percentile of "
        f"{asked['draws']:,} draws, seed {result.provenance.seed}"
        + ("; the last two columns are shares of the draws." if out.width >= _WIDE else "."),
        style="dim",
    )


def _turning(out: Console, case: Case, plan: PlanOutcome) -> None:
    """Say which single number, within its stated spread, brings a signatory to its walk-away."""
    from halfway.words.exploration import break_even_said

    for actor, found in plan.actors.items():
        for b in [b for b in found.break_evens if b.within][:1]:
            prose(out, break_even_said(case, actor, b.input, b.at, b.centre))


_WIDE = 110
_NAMED = ("gets", "over the\nstatus quo", "over its\nwalk-away", "better\nthan today", "no worse\nthan walk-away")


def _headline(out: Console, case: Case, plan: PlanOutcome) -> None:
    for side in plan.sides:
        mover, towards = case.title_of("actors", side.mover), case.title_of("actors", side.towards)
        if side.level is None:
            out.print(f"{mover}: no way to go towards {towards}; both ideals are worth the same to it.")
            continue
        said = f"{mover} goes {_percent(side.level)} of the way to {towards}"
        if side.movement is not None:
            said += f", a movement of {_percent(side.movement, sign=True)} from today's {side.status_quo_level:.0f}"
        if side.leaving_one_out is not None:
            low, high = side.leaving_one_out
            said += f"; {low:.0f} to {high:.0f} leaving one option out"
        if side.joint_gain_share is not None:
            said += f"; takes {100 * side.joint_gain_share:.0f}% of the joint gain"
        out.print(f"{said}.")


def _actors(out: Console, case: Case, result: CompareResult, plan: PlanOutcome) -> None:
    from rich.table import Table

    # A narrow terminal has room for what each gets, not for how often it is better off.
    headings = _NAMED if out.width >= _WIDE else _NAMED[:3]
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("actor", min_width=28 if out.width >= _WIDE else 16)
    table.add_column("seat")
    for column in headings:
        table.add_column(column, justify="right", no_wrap=True)
    for actor, outcome in plan.actors.items():
        cells = (
            _points(outcome.utility),
            "—" if outcome.over_status_quo is None else _points(outcome.over_status_quo, sign=True),
            _points(outcome.over_walk_away, sign=True),
            "—" if outcome.better_than_status_quo is None else f"{100 * outcome.better_than_status_quo:.0f}%",
            f"{100 * outcome.no_worse_than_walk_away:.0f}%",
        )
        seat = _seat(case, plan.seats[actor])
        table.add_row(case.title_of("actors", actor), seat, *cells[: len(headings)])
        for kind, worth in outcome.by_type.items():
            title = case.actors[actor].types[kind].title or kind
            table.add_row(f"  as: {title}", "", f"{worth:.0f}", style="dim")
    out.print(table)


def _shifted(out: Console, case: Case, plan: str, shifted: Shifted) -> None:
    title = case.title_of("plans", plan, shifted.phase)
    rows = table("actor", "before", "after", title=f"What each has without a deal, before and after “{title}”")
    for actor, before in shifted.before.items():
        rows.add_row(case.title_of("actors", actor), f"{before:.0f}", f"{shifted.after[actor]:.0f}")
    first, then = shifted.acceptable_before, shifted.acceptable_after
    if first is not None and then is not None:
        rows.add_row("packages the parties accept", str(first), str(then))
    out.print(rows)
    if shifted.gainers:
        out.print(f"Delay serves: {', '.join(case.title_of('actors', a) for a in shifted.gainers)}.")


def _seat(case: Case, seat: str) -> str:
    spokesman = seat.removeprefix("represented by ")
    return seat if spokesman == seat else f"spoken for by {case.title_of('actors', spokesman)}"


def _points(number: Interval, *, sign: bool = False) -> str:
    form = "+.0f" if sign else ".0f"
    return f"{number.centre + 0.0:{form}} [{number.low + 0.0:{form}}, {number.high + 0.0:{form}}]".replace("-", "−")


def _percent(number: Interval, *, sign: bool = False) -> str:
    form = "+.0f" if sign else ".0f"
    unit = "points" if sign else "%"
    gap = " " if sign else ""
    return f"{number.centre:{form}}{gap}{unit} [{number.low:{form}} to {number.high:{form}}]".replace("-", "−")
