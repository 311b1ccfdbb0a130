"""Verb `halfway stability`: would anyone walk away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from halfway.cli.common import (
    case_argument,
    console,
    heading,
    load_case,
    memory_option,
    pair,
    pairs_option,
    plan_option,
    prose,
    saving,
    seed_option,
    working,
)
from halfway.cli.output import Output, deliver, deprecated, output_options
from halfway.words.shares import percent

if TYPE_CHECKING:
    from rich.console import Console

    from halfway.stability.parts import Look
    from halfway.stability.result import StabilityResult

_SHOWN = 40
# A table names the stable states themselves where the case has so few, and has so many columns of issues.
_LISTED, _COLUMNS = 9, 6


def _state(text: str) -> int | dict[str, str]:
    if text.strip().isdecimal():
        return int(text)
    try:
        return dict(pair(part, "ISSUE", "OPTION") for part in text.split(","))
    except click.BadParameter:
        raise click.BadParameter(f"'{text}' is neither a number nor ISSUE=OPTION,…") from None


@click.command()
@case_argument
@plan_option
@click.option("--state", "states", multiple=True, metavar="STATE", help="Look at a state: a number, or i=o,i=o,….")
@click.option("--coalitions", is_flag=True, help="Judge actors acting together as well.")
@click.option("--horizon", type=click.IntRange(min=1), help="Limited-move stability up to N moves ahead.")
@click.option("--make-stable", multiple=True, metavar="STATE", help="Which rankings would make this state stable.")
@click.option("--paths-from", metavar="STATE", help="Where paths start. Default: the status quo.")
@click.option("--draws", type=click.IntRange(min=0), help="Draws of uncertain interests. Default: 200 where some are.")
@pairs_option("--fix", "fix", "ISSUE", "OPTION", help="Hold an issue at one option.")
@click.option("--whole/--around", "whole", default=None, help="Judge every state, or those looked at only.")
@click.option("--list-states", is_flag=True, help="List every state with its number and ranks.")
@click.option("--states", "old_list", is_flag=True, hidden=True, help="Old spelling of --list-states.")
@click.option("--save", "old_path", type=click.Path(dir_okay=False), hidden=True, help="Old spelling of -o.")
@click.option("--moves", type=click.Path(dir_okay=False, path_type=Path), help="Write all moves: csv, json, graphml.")
@memory_option
@output_options()
@seed_option
def command(
    case: str,
    plan: str | None,
    states: tuple[str, ...],
    coalitions: bool,
    horizon: int | None,
    make_stable: tuple[str, ...],
    paths_from: str | None,
    draws: int | None,
    fix: dict[str, str],
    whole: bool | None,
    list_states: bool,
    old_list: bool,
    old_path: str | None,
    moves: Path | None,
    output: Output,
    seed: int,
) -> int:
    """Judge every state: who would leave it, and what the others could answer.

    Concepts: nash (nobody gains by moving), gmr (every gain can be undone by the others), smr (and for good), seq (opponents
    can punish the move and gain by doing so), sim (when others move at the same time).
    """
    from halfway.stability.run import stability

    if old_list:
        deprecated("--states", "--list-states")
    if old_path is not None:
        deprecated("--save", "-o")
        output = replace(output, path=old_path)
    loaded = load_case(case)
    with working("Judging states") as progress:
        result = stability(
            loaded,
            states=[_state(s) for s in states],
            plan=plan,
            coalitions=coalitions,
            horizon=horizon,
            make_stable=[_state(s) for s in make_stable],
            paths_from=None if paths_from is None else _state(paths_from),
            draws=draws,
            seed=seed,
            fix=fix,
            whole=whole,
            progress=progress,
        )
    if moves is not None:
        from halfway.stability.export import save_moves

        with saving(moves, output.force):
            save_moves(result, moves)
    deliver(output, result, lambda: _show(result, list_states or old_list))
    return 0


def _show(result: StabilityResult, list_states: bool) -> None:
    out = console()
    case = result.space.case
    out.print(heading(case.title or case.name, f": {result.states:,} states, {len(result.actors)} actors"))
    if result.stable:
        _show_verdicts(result, out)
    if result.space.unknown:
        who = ", ".join(case.title_of("actors", a) for a in result.space.unknown)
        prose(out, f"What {who} prefer is partly unknown: these are verdicts of extension a.")
    _show_states(result, out, list_states)
    for look in result.looks:
        out.print()
        out.print(heading(f"State {look.state + 1}", f" ({'; '.join(look.why)})"))
        _show_look(result, look, out)
    for coalition in result.coalitions:
        for state in dict.fromkeys(e.state for e in coalition.escapes):
            under = [e for e in coalition.escapes if e.state == state]
            concepts = " ".join(_name(e.concept) for e in under)
            prose(out, f"Together ({concepts}): {under[-1].text}")
    _show_more(result, out)
    for part, reason in result.left_out.items():
        prose(out, f"Left out: {part}: {reason}", style="dim")


def _name(concept: str) -> str:
    from halfway.stability.concepts.definitions import concept_named

    return concept_named(concept).title


def _show_verdicts(result: StabilityResult, out: Console) -> None:
    from rich.table import Table

    from halfway.stability.concepts.definitions import concept_named

    out.print("Stable for everybody:")
    for concept in result.stable:
        out.print(f"  {_name(concept):<5} {_list(result.equilibria(concept))}")
        prose(out, concept_named(concept).meaning, indent=" " * 8, style="dim")
    few = result.states <= _LISTED
    table = Table("stable for", box=None, header_style="bold", pad_edge=False)
    for concept in result.stable:
        table.add_column(_name(concept), justify="left" if few else "right")
    for key, title in zip(result.actors, result.names.actors, strict=True):
        found = [result.verdicts(key, concept) for concept in result.stable]
        table.add_row(title, *(_list(f) if few else f"{len(f):,}" for f in found))
    out.print()
    out.print(table)
    if not few:
        prose(out, f"How many of the {result.states:,} states are stable for each; --json lists them.", style="dim")


def _show_look(result: StabilityResult, look: Look, out: Console) -> None:
    quiet = []
    for i, name in enumerate(result.names.actors):
        own = [e for e in look.explanations if e.actors == (i,)]
        if own and not own[0].departures:
            quiet.append(name)
            continue
        for text in dict.fromkeys(e.text for e in own if e.concept != "nash"):
            concepts = " ".join(_name(e.concept) for e in own if e.text == text)
            prose(out, f"{concepts}: {text}", indent="  ")
    if quiet:
        prose(out, f"No move that it prefers: {', '.join(quiet).removesuffix('.')}.", indent="  ")


def _show_states(result: StabilityResult, out: Console, everything: bool) -> None:
    kept = {k for c in result.stable for k in result.equilibria(c)} | {look.state + 1 for look in result.looks}
    numbers = list(range(1, result.states + 1)) if everything else sorted(kept)
    shown = numbers if everything else numbers[:_SHOWN]
    rows = result.state_rows if everything else None
    case, issues = result.space.case, result.space.issues
    titles = [case.title_of("issues", i) for i in issues]
    listed = []
    for k in shown:
        under = rows[k - 1].equilibrium if rows else [c for c in result.stable if result.stable[c][:, k - 1].all()]
        options = ["–" if o is None else case.title_of("issues", i, o) for i, o in result.state(k).items()]
        listed.append((f"{k}", options, " ".join(_name(c) for c in under)))
    out.print()
    widest = [
        max(map(len, [*t.split(), *(w for _, o, _ in listed for w in o[i].split())])) for i, t in enumerate(titles)
    ]
    if sum(widest) + 2 * len(widest) + 32 <= out.width and len(titles) <= _COLUMNS:
        _states_as_table(out, titles, listed)
    else:
        _states_as_paragraphs(out, titles, listed)
    if not everything and len(numbers) > _SHOWN:
        out.print(f"… and {len(numbers) - _SHOWN:,} more (--list-states lists all)")


def _states_as_table(out: Console, titles: list[str], listed: list[tuple[str, list[str], str]]) -> None:
    from rich.table import Table

    table = Table("state", *titles, "stable for all under", box=None, header_style="bold", pad_edge=False)
    for number, options, under in listed:
        table.add_row(number, *options, under)
    out.print(table)


def _states_as_paragraphs(out: Console, titles: list[str], listed: list[tuple[str, list[str], str]]) -> None:
    """Say of each state after the first what differs from the first: whole rows would not fit side by side."""
    first: list[str] = []
    for number, options, under in listed:
        told = [f"{t}: {o}" for i, (t, o) in enumerate(zip(titles, options, strict=True)) if not first or first[i] != o]
        beside = f"as state {listed[0][0]} but for " if first else ""
        first = first or options
        stable = f", stable for all under {under}" if under else ""
        prose(out, f"State {number}{stable}: {beside}{'; '.join(told)}.")


def _show_more(result: StabilityResult, out: Console) -> None:
    from halfway.stability.result import everyone, numbers_of

    for improving, route in result.routes:
        if route.steps and improving:
            movers = result.space.model.movers
            way = ", ".join(
                f"{result.names.mover(movers[step[0]])} {result.names.steps([step])}" for step in route.steps
            )
            prose(out, f"From {result.source + 1} to {route.to + 1} by improvements: {way}")
    if result.pictures:
        told = "; ".join(f"{_name(c)} {_list(numbers_of(s))}" for c, s in result.hypergame().items())
        prose(out, f"Stable for each in its own picture of the others: {told}")
    for horizon, stable in result.limited.items():
        kept = numbers_of(everyone(stable))
        prose(out, f"Looking {horizon} move{'s' if horizon > 1 else ''} ahead, stable for all: {_list(kept)}")
    for r in result.requirements:
        count = r.rankings(result.states)
        many = f"{percent(float(r.share), 1)} of all strict rankings" if r.share is not None else "rankings not counted"
        sets = " or ".join("{" + ", ".join(str(x + 1) for x in sorted(s)) + "}" for s in r.minimal[:6])
        more = (
            ""
            if len(r.minimal) <= 6 and r.complete
            else f" or one of {len(r.minimal) - 6}{'' if r.complete else '+'} more sets"
        )
        need = (
            f"{result.names.actors[r.actor]} must like it no less than all of {sets}{more}"
            if r.minimal != (frozenset(),)
            else (f"{result.names.actors[r.actor]} keeps to it whatever it prefers")
        )
        prose(out, f"{r.concept.title} at {r.state + 1}: {need} ({many}{'' if count is None else f': {count:,}'})")
    if result.robustness is not None:
        shares, drawn = result.robustness.equilibrium, result.robustness.draws
        for concept, share in shares.items():
            best = sorted(((float(p), k + 1) for k, p in enumerate(share) if p > 0), reverse=True)[:5]
            told = ", ".join(f"{k} in {percent(p, 1)} ± {(p * (1 - p) / drawn) ** 0.5:.1%}" for p, k in best) or "none"
            prose(out, f"{_name(concept)} equilibria over {drawn} draw{'s' if drawn != 1 else ''}: {told}")


def _list(numbers: list[int]) -> str:
    shown = " ".join(str(k) for k in numbers[:12])
    return f"{shown} … ({len(numbers):,})" if len(numbers) > 12 else shown or "none"
