"""Verb `halfway conduct`: does the plan hold, period after period."""

from __future__ import annotations

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
    from halfway.case.case import Case
    from halfway.conduct.result import ConductResult
    from halfway.explore.agreements import Agreements


@click.command()
@case_argument
@plan_option
@click.option(
    "--runs", type=click.IntRange(min=0), default=2000, show_default=True, help="Futures to play; 0 for none."
)
@click.option("--draws", type=click.IntRange(min=1), default=8, show_default=True, help="Draws of uncertain numbers.")
@click.option(
    "--strategy",
    "strategies",
    metavar="ACTOR=NAME",
    multiple=True,
    help="In play, let an actor follow a published strategy, such as tit_for_tat, or a table of your own "
    "(ACTOR=FILE.yaml). May be repeated.",
)
@click.option(
    "--priors",
    type=click.Choice(["stated", "record"]),
    default="stated",
    show_default=True,
    help="Count types by the case's priors, or by those that the record of promises implies.",
)
@click.option("--threads", type=click.IntRange(1, 64), default=1, show_default=True, help="For play; same numbers.")
@click.option("--diagram", is_flag=True, help="Print the compiled plan as a Mermaid diagram instead.")
@seed_option
@json_option
def command(
    case: str,
    plan: str | None,
    runs: int,
    draws: int,
    strategies: tuple[str, ...],
    priors: Literal["stated", "record"],
    threads: int,
    diagram: bool,
    seed: int,
    as_json: bool,
) -> int:
    """Tell whether a plan holds: who would break it when, why it pays, and what it would take.

    Exit status 1 where the plan is not self-enforcing.
    """
    from halfway.conduct.run import conduct

    loaded = load_case(case)
    fixed = _fixed(loaded, strategies)
    if diagram:
        from halfway.conduct.diagram import described, mermaid
        from halfway.conduct.study import study

        click.echo(mermaid(described(study(loaded, plan))), nl=False)
        return 0
    result = conduct(loaded, plan, runs, seed, draws=draws, strategies=fixed, priors=priors, threads=threads)
    from halfway.explore.agreements import agreements

    found = None if result.holdable is None else agreements(loaded, plan, seed=seed, held=result.holdable)
    if as_json:
        data = result.to_dict()
        if found is not None:
            data["holdable"]["agreements"] = found.as_dict()
        print_json(data)
    else:
        show(loaded, result, found)
    return 0 if result.self_enforcing else 1


def _fixed(case: Case, strategies: tuple[str, ...]) -> dict[str, str]:
    from halfway.errors import suggestion

    fixed = {}
    for text in strategies:
        actor, sign, name = text.partition("=")
        if not sign or actor not in case.actors:
            why = suggestion(actor, list(case.actors)) if sign else "write ACTOR=NAME"
            raise click.BadParameter(f"'{text}': {why}", param_hint="--strategy")
        fixed[actor] = name
    return fixed


def show(case: Case, result: ConductResult, agreed: Agreements | None = None) -> None:
    """Print a result for people."""
    from rich.table import Table

    out = console()
    out.print(heading(case.title_of("plans", result.plan), f" ({case.title or case.name})"))
    out.print(
        f"  incentive-compatible: {_yes(result.incentive_compatible)}   self-enforcing: {_yes(result.self_enforcing)}"
    )
    table = Table(box=None, pad_edge=False)
    for column in ("actor", "seat", "keep", "best response", "breaking pays", "first breach", "least patience"):
        table.add_column(column, justify="left" if column in ("actor", "seat") else "right")
    for name, a in result.actors.items():
        for kind, t in a.types.items():
            threshold = t.thresholds.get("patience")
            table.add_row(
                case.title_of("actors", name) + (f" as {kind} ({t.prior:.0%})" if kind else ""),
                a.seat,
                f"{t.keep:.2f}",
                f"{t.best_response:.2f}",
                f"{t.exploitability:.2f}" if t.exploitability else "–",
                str(t.first_breach) if t.first_breach else "–",
                "" if threshold is None else "none" if threshold["at"] is None else f"{threshold['at']:.4f}",
            )
    out.print(table)
    for a in result.actors.values():
        for kind, t in a.types.items():
            if t.exploitability > 0:
                out.print()
                out.print(heading(case.title_of("actors", a.name) + (f" as {kind}" if kind else "")))
                for entry in t.calendar:
                    out.print(f"  {entry['words']}")
                losers = sorted((x, n) for n, x in t.pays.items() if x < -0.005)
                if losers:
                    paid = ", ".join(f"{case.title_of('actors', n)} {x:+.2f}" for x, n in losers)
                    out.print(f"  Who pays for it: {paid}")
    for found in result.enforcement.temptations[:5]:
        picks = ", ".join(f"{i}: {o}" for i, o in found.picks.items())
        out.print(
            f"\nBreaking pays somewhere: {case.title_of('actors', found.actor)} in {found.phase} ({picks}), "
            f"{found.gain:+.3f} points, in {found.states} states"
        )
    for r in (result.renegotiation or ())[:3]:
        out.print(f"All parties would rather have '{r.rather}' than stay in '{r.phase}'.")
    for trigger in result.automaton["triggers"]:
        if not trigger["can_fire"]:
            out.print(f"Rule {trigger['number'] + 1} of phase '{trigger['phase']}' cannot fire.")
    if result.holdable is not None:
        from halfway.explore.agreement_words import in_words

        out.print()
        for sentence in in_words(case, result.holdable, agreed):
            out.print(sentence)
    if result.play is not None:
        p = result.play
        out.print(
            f"Of {p.runs:,} futures over {p.periods} periods ({p.draws} draws, seed {p.seed}) nobody breaks the plan "
            f"in {p.survival[-1]:.1%} (± {p.survival_errors[-1]:.1%})."
        )
        for actor, times in p.withdrew.items():
            if times.any():
                out.print(
                    f"{case.title_of('actors', actor)} leaves the plan in {times.sum() / p.runs:.1%} of them: "
                    "a body at home refuses."
                )
    for part, why in result.refused.items():
        out.print(f"Not answered: {part}: {why}")


def _yes(verdict: bool | None) -> str:
    return "cannot be told" if verdict is None else "yes" if verdict else "no"
