"""Verb `halfway validate`: score the forecasting models on real decisions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from halfway.cli.common import console, json_option, print_json, seed_option

if TYPE_CHECKING:
    from halfway.forecast.validate import ValidationResult


@click.group()
def command() -> None:
    """Score forecasting models on real decisions, out of sample."""


@command.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="A file in DEU III's column format.")
@click.option("--models", metavar="NAME,…", help="Only these, beside Halfway's own and the compromise mean.")
@click.option("--shipped", is_flag=True, help="Use the shipped parameters, on proposals they were not fitted on.")
@seed_option
@json_option
def deu3(data: Path, models: str | None, shipped: bool, seed: int, as_json: bool) -> int:
    """Decisions of the European Union (DEU III): ten folds by proposal, intervals by resampled proposals."""
    from halfway.forecast.validate import validate_deu3

    chosen = None if models is None else [m.strip() for m in models.split(",") if m.strip()]
    result = validate_deu3(data, chosen, seed, shipped)
    if as_json:
        print_json(result.to_dict())
    else:
        _show(result)
    return 0


def _show(result: ValidationResult) -> None:
    from rich.table import Table

    from halfway.forecast.models import OURS

    out = console()
    out.print(f"{result.issues} issues of {result.proposals} proposals, {result.folds} folds by proposal")
    if result.without_outcome:
        out.print(f"{result.without_outcome} issues without an outcome are left out")
    out.print(f"Halfway's parameters: {result.fitted_on}")
    if result.unseen and not result.provenance.parameters["shipped"]:
        out.print(
            f"The shipped parameters have not seen {result.unseen} of these proposals: --shipped scores them on those"
        )
    if result.silent:
        out.print(f"No answer on any of these issues: {', '.join(result.silent)}")
    names = (
        "model",
        "n",
        "MAE",
        "less compromise",
        "CRPS",
        "ours better by",
        "log",
        "50/80/95 %",
        "width 80 %",
        "PIT p",
    )
    table = Table(*names, box=None, pad_edge=False)
    for line in result.lines:
        against, gap, c = line.mae_against_baseline, line.crps_of_ours, line.calibration
        better = "" if line.model == OURS else f"{-line.relative:.1f} % [{-gap.high:.2f}, {-gap.low:.2f}]"
        table.add_row(
            line.model,
            str(line.issues),
            f"{line.mae:.2f}",
            f"{against.mean:+.2f} [{against.low:+.2f}, {against.high:+.2f}]",
            f"{line.crps:.2f}",
            better,
            f"{line.log:.2f}",
            "/".join(f"{100 * x:.0f}" for x in c.coverage),
            f"{line.widths[1]:.0f}",
            f"{c.p_value:.2f}",
        )
    out.print(table)
    out.print("In brackets: 95 percent by resampled proposals. Coverage is drawn at random within atoms; PIT p is the")
    out.print("chance that a calibrated forecaster departs as far from even tenths.")
