"""Verb `halfway tournament`: published strategies against one another, over a plan or over open-ended repetition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from halfway.cli.common import case_argument, console, load_case, plan_option, prose, seed_option, table, working
from halfway.cli.output import Output, deliver, output_options
from halfway.words.conditions import listed
from halfway.words.shares import percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from halfway.case.case import Case
    from halfway.explore.tournament.result import Standing, TournamentResult

_WIDEST = 7
"""How many strategies fit beside one another in a table."""


def _names(context: click.Context, option: click.Parameter, value: str | None) -> tuple[str, ...]:
    names = tuple(n.strip() for n in value.split(",")) if value is not None else ()
    if any(not n for n in names):
        raise click.BadParameter(f"'{value}' is not a list such as A,B", context, option)
    return names


@click.command()
@case_argument
@plan_option
@click.option(
    "--actors",
    metavar="A,B,…",
    callback=_names,
    help="Who plays; everyone else keeps the plan. Default: the signatories that set something the plan binds.",
)
@click.option(
    "--strategies",
    metavar="S,T,…",
    callback=_names,
    help="Published names or YAML files. Default: all published ones.",
)
@click.option(
    "--noise",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="Chance, for each player and period, of doing the other thing.",
)
@click.option(
    "--periods",
    type=click.IntRange(1, 100_000),
    help="How many periods count, all alike. Default: discounted averages of play without end.",
)
@click.option(
    "--open-ended",
    is_flag=True,
    help="Repeat what the plan prescribes for longest, with none of its rules.",
)
@click.option(
    "--draws",
    type=click.IntRange(0, 10_000),
    default=0,
    show_default=True,
    help="Draws of the uncertain numbers, for the spread of every figure.",
)
@seed_option
@output_options()
def command(
    case: str,
    plan: str | None,
    actors: tuple[str, ...],
    strategies: tuple[str, ...],
    noise: float,
    periods: int | None,
    open_ended: bool,
    draws: int,
    seed: int,
    output: Output,
) -> int:
    """Play published strategies against one another: who does best, what answers what, and what invades what."""
    from halfway.explore.tournament.run import tournament

    loaded = load_case(case)
    with working("Playing the tournament") as progress:
        result = tournament(
            loaded,
            plan,
            actors=actors,
            strategies=strategies,
            noise=noise,
            periods=periods,
            open_ended=open_ended,
            draws=draws,
            seed=seed,
            progress=progress,
        )
    deliver(output, result, lambda: _show(loaded, result))
    return 0


def _show(case: Case, result: TournamentResult) -> None:
    out = console()
    titles = {a: case.title_of("actors", a) for a in result.players}
    out.print(f"Tournament: {case.title or case.name}", style="bold")
    over = f"'{case.title_of('plans', result.plan)}' ({result.plan})"
    played = f"open-ended repetition of what {over} prescribes for longest" if result.open_ended else f"the plan {over}"
    counted = (
        "discounted averages of play without end"
        if result.periods is None
        else f"averages over {result.periods:,} {case.period}s"
    )
    noise = f"; each errs with probability {percent(result.noise)} a {case.period}" if result.noise else ""
    prose(out, f"{listed(list(titles.values()))} over {played}. Points are {counted}{noise}; everyone else keeps.")
    rankings: dict[str | None, list[Standing]] = {}
    for standing in result.ranking:
        rankings.setdefault(standing.player, []).append(standing)
    for player, standings in rankings.items():
        whose = "either side" if player is None else titles[player]
        columns = ["rank", "strategy", "points"] + (["first in"] if result.draws else [])
        rows = table(*columns, title=f"Ranking for {whose}: mean over all that the others may play", right=False)
        for s in standings:
            share = [] if s.first is None else [percent(s.first)]
            rows.add_row(str(s.rank), _said(s.strategy), f"{s.points:.1f}", *share)
        out.print(rows)
    if len(result.players) == 2:
        _grid(result, titles)
    _best(result, titles)
    _invaded(result, titles)
    p = result.provenance
    drawn = f", {result.draws} draws, seed {p.seed}" if result.draws else ""
    out.print(f"Case {p.case} {p.case_hash[:12]}, Halfway {p.version}; {p.method}{drawn}.", style="dim")


def _grid(result: TournamentResult, titles: Mapping[str, str]) -> None:
    """Print what the first player gets, its strategies down and the other's across."""
    out = console()
    first, second = result.players
    if len(result.strategies) > _WIDEST:
        out.print("Each combination: --table matches.", style="dim")
        return
    rows = table(
        f"{titles[first]} ↓",
        *(_said(s) for s in result.strategies),
        title=f"Points of {titles[first]}, and of {titles[second]} (across)",
    )
    found = {tuple(m.strategies.values()): m.points for m in result.matches}
    for s in result.strategies:
        cells = [f"{found[s, t][first]:.1f}, {found[s, t][second]:.1f}" for t in result.strategies]
        rows.add_row(_said(s), *cells)
    out.print(rows)


def _best(result: TournamentResult, titles: Mapping[str, str]) -> None:
    out = console()
    if len(result.players) == 2:
        out.print("Best replies", style="bold")
        for player in result.players[:1] if result.same_for_both else result.players:
            grouped: dict[tuple[str, ...], list[str]] = {}
            for reply in result.replies:
                if reply.player == player:
                    grouped.setdefault(reply.best, []).append(next(iter(reply.against.values())))
            whose = "" if result.same_for_both else f"{titles[player]}: "
            for best, against in grouped.items():
                prose(out, f"{whose}to {_all(against)}: {_all(best)}.", indent="  ")
    count = len(result.stable)
    said = (
        f"From {count:,} of {len(result.matches):,} combinations no player gains by another of these strategies alone"
    )
    shown = ["; ".join(f"{titles[a]}: {_said(s)}" for a, s in one.items()) for one in result.stable[:3]]
    more = "" if count <= len(shown) else " and others (see --json)"
    prose(out, said + (f": {', or '.join(shown)}{more}." if shown else "."))


def _invaded(result: TournamentResult, titles: Mapping[str, str]) -> None:
    out = console()
    out.print("Who invades whom", style="bold")
    for resident in result.strategies:
        own = [i for i in result.invasions if i.resident == resident]
        invaders = list(dict.fromkeys(_by(i.mutant, i.player, titles) for i in own if i.invades == "yes"))
        neutral = list(dict.fromkeys(_by(i.mutant, i.player, titles) for i in own if i.invades == "neutral"))
        said = f"invaded by {listed(invaders)}" if invaders else "invaded by none"
        if neutral:
            said += f"; as good among its own: {listed(neutral)}"
        clusters = [i for i in own if i.invades == "no" and i.cluster is not None]
        if clusters:
            told = [f"{_said(i.mutant)} (from {percent(i.cluster or 0.0)})" for i in clusters]
            said += f"; by those who meet enough of their kind: {listed(told)}"
        prose(out, f"{_said(resident)}: {said}.", indent="  ")


def _by(strategy: str, player: str | None, titles: Mapping[str, str]) -> str:
    return _said(strategy) if player is None else f"{_said(strategy)} (of {titles[player]})"


def _said(name: str) -> str:
    return name if "." in name else name.replace("_", "-")


def _all(names: tuple[str, ...] | list[str]) -> str:
    return listed([_said(n) for n in names])
