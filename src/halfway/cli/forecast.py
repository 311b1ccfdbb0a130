"""Verb `halfway forecast`: where would talks land, and how sure is that."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import click

from halfway.cli.common import (
    case_argument,
    console,
    heading,
    json_option,
    load_case,
    plan_option,
    print_json,
    seed_option,
)

if TYPE_CHECKING:
    from rich.console import Console

    from halfway.forecast.results import ForecastResult, IssueForecast, ModelForecast


@click.command()
@case_argument
@click.option("--issue", metavar="NAME", help="One ordered issue. Default: all.")
@click.option("--model", metavar="NAME", help="One model, with its rounds. Default: all, side by side.")
@click.option(
    "--point",
    type=click.Choice(["median", "mean"]),
    default="median",
    show_default=True,
    help="What of the distribution is the point forecast.",
)
@click.option("--draws", type=click.IntRange(1, 100_000), default=200, show_default=True, help="For uncertain numbers.")
@plan_option
@seed_option
@json_option
def command(
    case: str,
    issue: str | None,
    model: str | None,
    point: Literal["median", "mean"],
    draws: int,
    plan: str | None,
    seed: int,
    as_json: bool,
) -> int:
    """Forecast where talks would land without a plan, with the measured error of every model."""
    from halfway.forecast.run import forecast

    result = forecast(load_case(case), issue, model, plan, point, draws, seed)
    if as_json:
        print_json(result.to_dict())
    else:
        _show(result, console(), alone=model is not None)
    return 0


def _show(result: ForecastResult, out: Console, alone: bool) -> None:
    for f in result.issues:
        _issue(f, out, alone)
    out.print(f"\nErrors are mean absolute errors on {result.measured_on}, put on this scale; they are")
    out.print("no promise for disputes of another kind.")


def _number(value: float) -> str:
    return "–" if not math.isfinite(value) else f"{value:.4g}" if abs(value) < 10_000 else f"{value:,.0f}"


def _issue(f: IssueForecast, out: Console, alone: bool) -> None:
    from rich.table import Table

    unit = f" {f.unit}" if f.unit else ""
    out.print()
    out.print(heading(f.title, f" ({_number(f.low)} to {_number(f.high)}{unit})"))
    ranges = ", ".join(f"{level:.0%} between {_number(a)} and {_number(b)}" for level, a, b in f.intervals)
    out.print(f"Forecast {_number(f.point)}{unit}; {ranges}")
    out.print("By option: " + ", ".join(f"{name} {p:.0%}" for name, p in f.options))
    if math.isfinite(f.reference):
        out.print(f"Reference point {_number(f.reference)}{unit} ({f.reference_from})")
    if math.isfinite(f.outcome):
        out.print(f"Decided: {_number(f.outcome)}{unit}")
    if f.plan is not None:
        p = f.plan
        side = "above" if p.from_median > 0 else "below"
        gap = f"{_number(abs(p.from_median))}{unit} {side} the forecast" if p.from_median else "at the forecast"
        out.print(
            f"Plan {p.plan} stands at {_number(p.point)}{unit}, {gap}; "
            f"talks would land below it with {p.below:.0%}, at or below it with {p.at_most:.0%}"
        )
    table = Table("model", "forecast", "error ±", "80 percent", "note", box=None, pad_edge=False)
    for m in f.models:
        table.add_row(m.model, _number(m.point), _number(m.error), _range(m), m.note)
    out.print(table)
    if alone:
        _moves(f, out)
        return
    levers = Table("lever", "position", "per unit", "if gone", "ours if gone", box=None, pad_edge=False)
    for v in f.levers[:8]:
        levers.add_row(v.actor, *(_number(x) for x in (v.position, v.per_unit, v.if_gone, v.ours_if_gone)))
    out.print(levers)
    out.print("Levers: how far the compromise mean moves (exact) per unit of the actor's position, and if it left.")
    for note in f.notes:
        out.print(f"Note: {note}")


def _range(m: ModelForecast) -> str:
    return f"{_number(m.interval[0])} to {_number(m.interval[1])}" if math.isfinite(m.interval[0]) else "–"


def _moves(f: IssueForecast, out: Console) -> None:
    for m in f.models:
        if m.rounds:
            out.print("By round: " + ", ".join(_number(r) for r in m.rounds))
        for s in m.steps:
            who = s.actor or "the state"
            to = f" toward {s.toward}" if s.toward else ""
            out.print(f"  round {s.round}: {who} {_number(s.start)} → {_number(s.end)}{to}: {s.why}")
