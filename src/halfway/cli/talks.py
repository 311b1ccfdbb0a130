"""Verb `halfway talks`: where alternating offers would meet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import click

from halfway.cli.common import (
    case_argument,
    console,
    load_case,
    pairs_option,
    plan_option,
    prose,
    seed_option,
    table,
    working,
)
from halfway.cli.output import Output, deliver, output_options
from halfway.words.shares import percent

if TYPE_CHECKING:
    from halfway.case.case import Case
    from halfway.settle.talks.run import Session, TalksResult


@click.command()
@case_argument
@plan_option
@pairs_option(
    "--strategy",
    "strategies",
    "ACTOR",
    "NAME",
    help="boulware, linear, conceder, tit-for-tat or negmas:NAME. Default: each of the first four, played by all.",
)
@click.option("--deadline", type=click.IntRange(1, 100_000), default=100, show_default=True, help="Rounds.")
@click.option("--runs", type=click.IntRange(1, 1_000_000), default=200, show_default=True, help="Repetitions.")
@click.option(
    "--breakdown",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Probability of breakdown after each round.",
)
@seed_option
@output_options()
def command(
    case: str,
    plan: str | None,
    strategies: dict[str, str],
    deadline: int,
    runs: int,
    breakdown: float,
    seed: int,
    output: Output,
) -> int:
    """Simulate talks among the signatories: alternating offers with published concession strategies."""
    from halfway.settle.talks.run import talks

    loaded = load_case(case)
    asked = {a: s if s.startswith("negmas:") else s.replace("-", "_") for a, s in strategies.items()}
    with working("Holding talks") as progress:
        result = talks(
            loaded,
            plan,
            strategies=asked,
            deadline=deadline,
            runs=runs,
            breakdown=breakdown,
            seed=seed,
            progress=progress,
        )
    deliver(output, result, lambda: _show(loaded, result))
    return 0


def _show(case: Case, result: TalksResult) -> None:
    out = console()
    out.print(f"Where talks would end: {case.title or case.name}", style="bold")
    sample = "a sample of " if result.sampled else ""
    prose(
        out,
        f"{len(result.signatories)} signatories, up to {result.deadline} rounds, {sample}{result.packages:,} packages "
        "to offer. Means over all runs ± standard error; failed talks count as the walk-away.",
    )
    rows = table("actor", *(_played(s) for s in result.sessions), title="Utility points by strategy")
    rows.add_row("Agreement", *[f"{percent(s.agreed)} ± {s.agreed_error:.0%}" for s in result.sessions])
    rows.add_row("Rounds until then", *[_shown(s.rounds, ".0f") for s in result.sessions])
    rows.add_row("Points left on the table", *[_shown(s.distance, ".1f") for s in result.sessions])
    rows.add_row()
    for actor in case.actors:
        mark = "●\u00a0" if actor in result.signatories else "\u00a0\u00a0"
        cells = [f"{s.utilities[actor]:.1f} ± {s.errors[actor]:.1f}" for s in result.sessions]
        rows.add_row(mark + case.title_of("actors", actor), *cells)
    out.print(rows)
    reached: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for session in result.sessions:
        if session.package is not None:
            played = f"{_played(session)} ({percent(session.frequency)})"
            reached.setdefault(tuple(session.package.items()), []).append(played)
    for package, sessions in reached.items():
        options = "; ".join(f"{case.title_of('issues', i)}: {case.title_of('issues', i, o)}" for i, o in package)
        prose(out, f"Most frequent agreement of {', '.join(sessions)}: {options}.")
    out.print("Points left on the table: what every signatory could still gain at once, on average.", style="dim")
    p = result.provenance
    out.print(f"Case {p.case} {p.case_hash[:12]}, Halfway {p.version}, seed {p.seed}; {p.method}.", style="dim")


def _played(session: Session) -> str:
    return " / ".join(n.replace("_", "-") for n in sorted(set(session.strategies.values())))


def _shown(value: float, form: str) -> str:
    return "—" if math.isnan(value) else format(value, form)
