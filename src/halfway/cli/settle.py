"""Verb `halfway settle`: what could be agreed at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from halfway.cli.common import (
    case_argument,
    console,
    load_case,
    pairs_option,
    plan_option,
    seed_option,
    table,
)
from halfway.cli.output import Output, deliver, expect_ending, output_options
from halfway.cli.pictures import accepting
from halfway.words.shares import percent

if TYPE_CHECKING:
    from rich.console import Console

    from halfway.case.case import Case
    from halfway.settle.result import Chosen, SettleResult

TITLES = {
    "nash": "Nash",
    "kalai_smorodinsky": "Kalai–Smorodinsky",
    "egalitarian": "Egalitarian",
    "utilitarian": "Utilitarian",
}


@click.command()
@case_argument
@plan_option
@click.option(
    "--parties", metavar="A,B,…", help="Who signs: names, or 'natural' for those who set or own what is at stake."
)
@pairs_option("--power", "power", "ACTOR", "NUMBER", float, help="Bargaining power for Nash.")
@click.option("--cap", type=click.IntRange(min=1), help="Most points of the frontier to carry; beyond it, approximate.")
@click.option("--sensitivity", is_flag=True, help="Show between which weights each solution's package stays chosen.")
@click.option(
    "--ladder",
    metavar="A[,B]",
    help="Instead: the best package for A at each rung of B's way, who pays, and where it ends.",
)
@click.option(
    "--rungs", metavar="P,…", help="Rungs of the ladder in percent of B's way.  [default: 50,60,70,80,90,100]"
)
@click.option(
    "--issue",
    metavar="NAME",
    help="Instead: what each option of one issue would cost and buy everyone, all else as today.",
)
@seed_option
@output_options("the picture of the ladder (.svg)")
def command(
    case: str,
    plan: str | None,
    parties: str | None,
    power: dict[str, float],
    cap: int | None,
    sensitivity: bool,
    ladder: str | None,
    rungs: str | None,
    issue: str | None,
    seed: int,
    output: Output,
) -> int:
    """Say what the signatories could agree on: acceptable packages, Pareto frontier, bargaining solutions."""
    from halfway.settle.run import settle

    loaded = load_case(case)
    asked = tuple(p.strip() for p in parties.split(",") if p.strip()) if parties else ()
    if ladder is not None:
        from halfway.cli.ladder import climb

        return climb(loaded, ladder, rungs, plan, asked, output)
    if issue is not None:
        from halfway.cli.one_issue import weigh

        return weigh(loaded, issue, output)
    if rungs is not None:
        raise click.UsageError("--rungs goes with --ladder")
    if output.path is not None:
        # Only the ladder is drawn.
        expect_ending(output)
    result = settle(loaded, plan, parties=asked, powers=power, cap=cap, sensitivity=sensitivity, seed=seed)
    deliver(output, result, lambda: _show(loaded, result))
    return 0


def _show(case: Case, result: SettleResult) -> None:
    out = console()
    names = [case.title_of("actors", a) for a in result.signatories]
    under = f" under the plan “{case.title_of('plans', result.plan)}”" if result.plan else ""
    out.print(f"What could be agreed: {case.title or case.name}", style="bold")
    out.print(f"Signatories{under}: {', '.join(names)}.")
    possible = "1 package is" if result.packages == 1 else f"{result.packages:,} packages are"
    some = "1 of them is" if str(result.acceptable) == "1" else f"{result.acceptable} of them are"
    out.print(f"{possible} possible; {some} acceptable to all signatories.")
    if result.obstacles:
        out.print("Nothing is acceptable to all:")
        for sentence in result.obstacles:
            out.print(f"  · {sentence}.")
    frontier = result.frontier
    if frontier.points:
        if frontier.exact:
            out.print(f"The Pareto frontier has {frontier.size:,} point{'s' if frontier.size != 1 else ''} (exact).")
        else:
            worst = max(frontier.epsilon.values())
            out.print(
                f"The Pareto frontier is approximated by {frontier.size:,} points: what they stand for is at most "
                f"{worst:.2f} utility points better for any signatory."
            )
    if result.solutions:
        _show_utilities(out, case, result)
        _show_packages(out, case, result)
        _show_levels(out, case, result)
        _show_notes(out, result)
    _show_others(out, case, result)
    for picture in result.pictures:
        for sentence in accepting(case, picture):
            out.print(sentence)
    _show_sensitivity(out, case, result)
    _show_definitions(out, result)


def _show_utilities(out: Console, case: Case, result: SettleResult) -> None:
    rows = table(
        "actor", "walk-away", *(TITLES[s] for s in result.solutions), title="Utility points, 0–100 (● signatories)"
    )
    for actor, walk_away in result.walk_away.items():
        mark = "●\u00a0" if actor in result.signatories else "\u00a0\u00a0"
        cells = [f"{c.utilities[actor]:.1f}" for c in result.solutions.values()]
        rows.add_row(mark + case.title_of("actors", actor), f"{walk_away:.1f}", *cells)
    out.print(rows)


def _show_packages(out: Console, case: Case, result: SettleResult) -> None:
    rows = table("issue", *(TITLES[s] for s in result.solutions), title="Packages", right=False)
    for issue in case.issues:
        options = [case.title_of("issues", issue, c.package[issue]) for c in result.solutions.values()]
        rows.add_row(case.title_of("issues", issue), *options)
    out.print(rows)


def _show_levels(out: Console, case: Case, result: SettleResult) -> None:
    pair = case.pair(case.plans[result.plan] if result.plan else None)
    if pair is None:
        return
    rows = table("side", *(TITLES[s] for s in result.solutions), title="How far each side goes towards the other")
    for a, b in (pair, pair[::-1]):
        cells = [_level(c, a, b) for c in result.solutions.values()]
        rows.add_row(f"{case.title_of('actors', a)} → {case.title_of('actors', b)}", *cells)
    out.print(rows)
    out.print("Concession level in percent of the way; in brackets the movement from the status quo, in points.")


def _level(chosen: Chosen, a: str, b: str) -> str:
    level, movement = chosen.concession[a][b], chosen.movement[a][b]
    if level is None:
        return "undefined"
    return f"{level:.0f} %" + (f" ({movement:+.0f})" if movement is not None else "")


def _show_notes(out: Console, result: SettleResult) -> None:
    for name, chosen in result.solutions.items():
        if chosen.ties:
            least = "" if chosen.ties_exact else "at least "
            out.print(f"{TITLES[name]}: {least}{chosen.ties:,} other packages do equally well.")
        if chosen.gap > 0:
            out.print(f"{TITLES[name]}: proven best to within {chosen.gap:.1g}.")
        left_out = [a for a in result.signatories if a not in chosen.counted]
        if left_out and name in ("nash", "kalai_smorodinsky"):
            out.print(f"{TITLES[name]}: no gain over the walk-away for {', '.join(left_out)}.")


def _show_others(out: Console, case: Case, result: SettleResult) -> None:
    for actor, spoken in result.represented.items():
        by, number = spoken.by, spoken.acceptable
        out.print(
            f"{case.title_of('actors', actor)} is spoken for by {case.title_of('actors', by)}; were its own consent "
            f"asked too, {number} packages would be acceptable."
        )
    exclusion = result.price_of_exclusion
    if exclusion is not None:
        seated = ", ".join(case.title_of("actors", a) for a in exclusion.seated)
        out.print(f"Were everyone a signatory ({seated} too), {exclusion.acceptable} packages would be acceptable.")
        for sentence in exclusion.obstacles:
            out.print(f"  · {sentence}.")
        for name, row in exclusion.price.items():
            losses = [f"{case.title_of('actors', a)} {row[a]:+.1f}" for a in exclusion.seated]
            out.print(f"  {TITLES[name]}: they would get {', '.join(losses)} points against the talks without them.")
    for body in result.ratification:
        chances = ", ".join(f"{TITLES[k]} {percent(p)} ± {e:.1%}" for k, (p, e) in body.passes.items())
        out.print(
            f"{body.body} of {case.title_of('actors', body.actor)} approves from {body.threshold:.1f} points: "
            f"{body.win_set} packages of all, {body.acceptable} of the acceptable"
            + (f"; passes with probability {chances}." if chances else ".")
        )


def _show_sensitivity(out: Console, case: Case, result: SettleResult) -> None:
    if not result.sensitivity:
        return
    rows = table("solution", "actor", "issue", title="Between which weights the package stays chosen", right=False)
    for heading in ("weight", "from", "to"):
        rows.add_column(heading, justify="right")
    for r in result.sensitivity:
        rows.add_row(
            TITLES[r.solution],
            case.title_of("actors", r.actor),
            case.title_of("issues", r.issue),
            f"{r.weight:.3f}",
            f"{r.low:.3f}",
            f"{r.high:.3f}",
        )
    out.print(rows)


def _show_definitions(out: Console, result: SettleResult) -> None:
    from halfway.settle.result import DEFINITIONS

    out.print("Definitions", style="dim")
    for name, text in DEFINITIONS.items():
        out.print(f"  {TITLES.get(name, name.capitalize())}: {text}.", style="dim")
    p = result.provenance
    out.print(f"Case {p.case} {p.case_hash[:12]}, Halfway {p.version}; {p.method}.", style="dim")
