"""Verb `halfway validate`: score the forecasting models on real decisions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from halfway.cli.common import console, prose, seed_option
from halfway.cli.output import Output, deliver, output_options

if TYPE_CHECKING:
    from halfway.forecast.scoring.validate import ValidationResult


@click.group()
def command() -> None:
    """Score forecasting models on real decisions: a held-out test, or a refit."""


@command.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="A file in DEU III's column format.")
@click.option("--models", metavar="NAME,…", help="Only these, beside Halfway's own and the compromise mean.")
@click.option(
    "--mode",
    type=click.Choice(["held-out", "refit"]),
    required=True,
    help="held-out: test the forecast as shipped on proposals it has not seen; nothing is learned from the file. refit: learn "
    "everything again on the file, ten folds by proposal; this measures the method, not what is shipped.",
)
@seed_option
@output_options()
def deu3(data: Path, mode: Literal["held-out", "refit"], models: str | None, seed: int, output: Output) -> int:
    """Decisions of the European Union (DEU III), with intervals by resampled proposals."""
    from halfway.forecast.scoring.validate import validate_deu3

    chosen = None if models is None else [m.strip() for m in models.split(",") if m.strip()]
    result = validate_deu3(data, mode, chosen, seed)
    deliver(output, result, lambda: _show(result))
    return 0


def _show(result: ValidationResult) -> None:
    from rich.table import Table

    from halfway.forecast.models.by_name import OURS
    from halfway.forecast.scoring.validate import BASELINE

    out = console()
    test = result.mode == "held-out"
    out.print(
        "Held-out test of the forecast as shipped" if test else "Refit: no test of the forecast as shipped",
        style="bold",
    )
    folds = "" if test else f", {result.folds} folds by proposal"
    out.print(f"{result.issues} issues of {result.proposals} proposals{folds}.")
    if result.without_outcome:
        out.print(f"{result.without_outcome} issues without an outcome are left out.")
    prose(out, f"Learned on {result.fitted_on}.")
    if result.unseen and not test:
        seen = f"The shipped parameters have not seen {result.unseen} of these proposals"
        prose(out, f"{seen}: --mode held-out tests them on those.")
    if result.silent:
        prose(out, f"No answer on any of these issues: {', '.join(_label(name) for name in result.silent)}.")
    errors, ours, spread = (Table(box=None, pad_edge=False, header_style="bold") for _ in range(3))
    columns = {
        errors: ("issues", "mean error", "less that of the\ncompromise mean"),
        ours: ("CRPS", "log score", "CRPS of ours\nis better by"),
        spread: ("held by intervals\nof 50/80/95 %", "width of\nthe 80 %", "chance of\nsuch tenths"),
    }
    for table, names in columns.items():
        table.add_column("model")
        for name in names:
            table.add_column(name, justify="right", no_wrap=True)
    for line in result.lines:
        against, gap, c = line.mae_against_baseline, line.crps_of_ours, line.calibration
        less = "" if line.model == BASELINE else f"{against.mean:+.2f} [{against.low:+.2f}, {against.high:+.2f}]"
        better = "" if line.model == OURS else f"{-line.relative:.1f} % [{-gap.high:.2f}, {-gap.low:.2f}]"
        held = " / ".join(f"{100 * x:.0f}" for x in c.coverage)
        errors.add_row(line.label, str(line.issues), f"{line.mae:.2f}", less)
        ours.add_row(line.label, f"{line.crps:.2f}", f"{line.log:.2f}", better)
        spread.add_row(line.label, held, f"{line.widths[1]:.0f}", f"{c.p_value:.2f}")
    for table in columns:
        out.print()
        out.print(table)
    out.print()
    prose(
        out,
        "All on a scale from 0 to 100, and smaller is better for errors, CRPS and log score. In brackets: 95 percent by "
        "resampled proposals, in points. Coverage is drawn at random within atoms; the last column is the chance that a "
        "calibrated forecaster departs as far from even tenths (PIT).",
        style="dim",
    )


def _label(model: str) -> str:
    from halfway.forecast.models.by_name import MODELS

    return MODELS[model].label if model in MODELS else model
