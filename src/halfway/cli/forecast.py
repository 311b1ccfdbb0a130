"""Verb `halfway forecast`: where would talks land, and how sure is that."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import click

from halfway.cli.common import (
    case_argument,
    console,
    heading,
    load_case,
    memory_option,
    plan_option,
    prose,
    seed_option,
)
from halfway.cli.output import Output, deliver, output_options
from halfway.cli.pictures import landing
from halfway.words.shares import percent

if TYPE_CHECKING:
    from rich.console import Console

    from halfway.case.case import Case
    from halfway.forecast.result import ForecastResult, IssueForecast, ModelForecast, PlanDistance


@click.command()
@case_argument
@click.option("--issue", metavar="NAME", help="One ordered issue. Default: all.")
@click.option("--model", metavar="NAME", help="One model, with its rounds. Default: all, side by side.")
@click.option(
    "--point",
    type=click.Choice(["median", "mean"]),
    default="median",
    show_default=True,
    help="Statistic to report as the point forecast.",
)
@click.option("--draws", type=click.IntRange(1, 100_000), default=200, show_default=True, help="For uncertain numbers.")
@plan_option
@memory_option
@seed_option
@output_options()
def command(
    case: str,
    issue: str | None,
    model: str | None,
    point: Literal["median", "mean"],
    draws: int,
    plan: str | None,
    seed: int,
    output: Output,
) -> int:
    """Forecast where talks would land without a plan, with the measured error of every model."""
    from halfway.forecast.run import forecast

    loaded = load_case(case)
    result = forecast(loaded, issue, model, plan, point, draws, seed)
    deliver(output, result, lambda: _show(loaded, result, console(), alone=model is not None))
    return 0


def _show(case: Case, result: ForecastResult, out: Console, alone: bool) -> None:
    from halfway.words.forecasts import skill

    out.print(f"Where talks would land: {case.title or case.name}", style="bold")
    for f in result.issues:
        _issue(case, f, out, alone)
    for one in result.pictures:
        f = result.issue(one.issue)
        prose(out, f"{f.title}: {landing(case, one, f' {f.unit}' if f.unit else '')}")
    if not alone:
        names = ", ".join(m.model for m in result.issues[0].models)
        out.print()
        prose(out, f"One model with its rounds: --model NAME, of {names}.", style="dim")
    out.print()
    for sentence in skill(result.held_out):
        prose(out, sentence, style="dim")
    said = f"Usual error: mean absolute error on {result.measured_on}, put on this scale; no promise for disputes of "
    prose(out, said + "another kind.", style="dim")
    p = result.provenance
    seed = "" if p.seed is None else f", seed {p.seed}"
    out.print(f"Case {p.case} {p.case_hash[:12]}, Halfway {p.version}{seed}.", style="dim")


def number(value: float) -> str:
    """Write a number for reading: four digits that count, a dash where there is none."""
    return "–" if not math.isfinite(value) else f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def _issue(case: Case, f: IssueForecast, out: Console, alone: bool) -> None:
    unit = f" {f.unit}" if f.unit else ""
    out.print()
    out.print(heading(f.title, f" ({number(f.low)} to {number(f.high)}{unit})"))
    ranges = ", ".join(f"{level:.0%} between {number(a)} and {number(b)}" for level, a, b in f.intervals)
    prose(out, f"Forecast {number(f.point)}{unit}; {ranges}.")
    nearest = "; ".join(f"{case.title_of('issues', f.issue, name)} {percent(p)}" for name, p in f.options)
    prose(out, f"Nearest option: {nearest}.")
    if math.isfinite(f.reference):
        out.print(f"If nothing is decided: {number(f.reference)}{unit} ({f.reference_from}).")
    if math.isfinite(f.outcome):
        out.print(f"Decided: {number(f.outcome)}{unit}.")
    if f.plan is not None:
        prose(out, _plan(case, f, f.plan, unit))
    _models(f, out)
    if alone:
        _moves(case, f, out)
        return
    _levers(case, f, out)
    for note in f.notes:
        prose(out, f"{note[:1].upper()}{note[1:]}.")


def _plan(case: Case, f: IssueForecast, p: PlanDistance, unit: str) -> str:
    side = "above" if p.from_median > 0 else "below"
    gap = f"{number(abs(p.from_median))} {side} the forecast's median" if p.from_median else "at the forecast's median"
    return (
        f"The plan “{case.title_of('plans', p.plan)}” stands at {number(p.point)}{unit} in the long run, {gap}; talks "
        f"would land below it with probability {percent(p.below)}, at or below it with {percent(p.at_most)}."
    )


def _models(f: IssueForecast, out: Console) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("model")
    for name in ("forecast", "usual error", "80 percent"):
        table.add_column(name, justify="right", no_wrap=True)
    for m in f.models:
        table.add_row(m.label, number(m.point), f"± {number(m.error)}", _range(m))
    out.print()
    out.print(table)
    for m in f.models:
        if m.note:
            prose(out, f"{m.label}: {m.note}.")


def _levers(case: Case, f: IssueForecast, out: Console) -> None:
    from rich.table import Table

    if not f.levers:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("lever")
    for name in ("position", "mean moves\nper unit", "mean moves\nif it left", "ours moves\nif it left"):
        table.add_column(name, justify="right", no_wrap=True)
    for v in f.levers[:_LEVERS]:
        shifts = (_shift(v.if_gone), _shift(v.ours_if_gone))
        table.add_row(case.title_of("actors", v.actor), number(v.position), number(v.per_unit), *shifts)
    out.print()
    out.print(table)
    if len(f.levers) > _LEVERS:
        out.print(f"… and {len(f.levers) - _LEVERS} more (--json lists all)")
    unit = f" ({f.unit})" if f.unit else ""
    said = f"How far the compromise mean, exactly, and the mean of Halfway's own distribution move on this scale{unit} "
    prose(out, said + "when the actor moves by one unit, or takes no part.", style="dim")
    out.print()


_LEVERS = 8


def _shift(value: float) -> str:
    return "–" if not math.isfinite(value) else f"{value:+.3g}".replace("-", "−")


def _range(m: ModelForecast) -> str:
    return f"{number(m.interval[0])} to {number(m.interval[1])}" if math.isfinite(m.interval[0]) else "–"


def _moves(case: Case, f: IssueForecast, out: Console) -> None:
    for m in f.models:
        if m.rounds:
            out.print(f"By round: {', '.join(number(r) for r in m.rounds)}.")
        for s in m.steps:
            who = case.title_of("actors", s.actor) if s.actor else "The state"
            to = f" towards {case.title_of('actors', s.toward)}" if s.toward else ""
            out.print(f"  Round {s.round}: {who} {number(s.start)} → {number(s.end)}{to}: {s.why}.")
