"""Verb `halfway conduct`: does the plan hold, period after period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import click

from halfway.cli.common import (
    case_argument,
    console,
    heading,
    load_case,
    memory_option,
    pairs_option,
    plan_option,
    prose,
    seed_option,
    table,
    working,
)
from halfway.cli.output import Output, deliver, output_options
from halfway.cli.pictures import keeping
from halfway.record import plain
from halfway.words.shares import percent

if TYPE_CHECKING:
    from halfway.case.case import Case
    from halfway.conduct.result import ConductResult
    from halfway.explore.agreements import Agreements
    from halfway.space.compiled import CompiledCase


@click.command()
@case_argument
@plan_option
@click.option(
    "--runs", type=click.IntRange(min=0), default=2000, show_default=True, help="Futures to play; 0 for none."
)
@click.option("--draws", type=click.IntRange(min=1), default=8, show_default=True, help="Draws of uncertain numbers.")
@pairs_option(
    "--strategy",
    "strategies",
    "ACTOR",
    "NAME",
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
@click.option(
    "--material",
    type=click.FloatRange(min=0),
    help="The least harm to another actor at which a breach is material, in points. Default: as the case says.",
)
@click.option(
    "--trifling",
    type=click.FloatRange(min=0),
    help="The largest gain that tempts nobody, in points. Default: as the case says.",
)
@click.option("--strict", is_flag=True, help="Exit status 1 unless the plan holds by itself.")
@click.option("--threads", type=click.IntRange(1, 64), default=1, show_default=True, help="For play; same numbers.")
@click.option("--diagram", is_flag=True, help="Print the compiled plan as a Mermaid diagram instead.")
@click.option(
    "--pictures",
    metavar="DIR",
    help="Also draw survival, fans, exposure, regions, beliefs and the diagram into a folder.",
)
@memory_option
@output_options()
@seed_option
def command(
    case: str,
    plan: str | None,
    runs: int,
    draws: int,
    strategies: dict[str, str],
    priors: Literal["stated", "record"],
    material: float | None,
    trifling: float | None,
    strict: bool,
    threads: int,
    diagram: bool,
    pictures: str | None,
    output: Output,
    seed: int,
) -> int:
    """Tell whether a plan holds: who would break it when, why it pays, and what it would take.

    Exit status 1 where the plan hangs on somebody or would not be kept (grades 4 and 5).
    """
    from halfway.conduct.run import conduct

    loaded = load_case(case)
    if diagram:
        from halfway.conduct.game.compiled_plan import study
        from halfway.conduct.game.diagram import described, mermaid

        click.echo(mermaid(described(study(loaded, plan))), nl=False)
        return 0
    from halfway.explore.agreements import agreements
    from halfway.space.compiled import compile_case

    if pictures is not None:
        from halfway.result import keep_existing

        keep_existing(pictures, output.force)
    compiled = compile_case(loaded)
    with working(f"Following {loaded.title or loaded.name}") as progress:
        result = conduct(
            compiled,
            plan,
            runs,
            seed,
            draws=draws,
            strategies=strategies,
            priors=priors,
            threads=threads,
            material=material,
            trifling=trifling,
            progress=progress,
        )
        found = None if result.holdable is None else agreements(compiled, plan, seed=seed, held=result.holdable)
        drawn = [] if pictures is None else draw(compiled, result, pictures)
    data = result.to_dict()
    if found is not None:
        data["holdable"]["agreements"] = plain(found)
    deliver(output, result, lambda: show(loaded, result, found), data)
    if pictures is not None:
        click.echo(f"{len(drawn) // 2} pictures with their tables are in {pictures}: {', '.join(drawn)}", err=True)
    return int(result.grade > 1 if strict else result.grade > 3)


_WIDE = 90


def show(case: Case, result: ConductResult, agreed: Agreements | None = None) -> None:
    """Print a result for people."""
    from halfway.case.time import periods_between
    from halfway.words.calendars import narrated, who_is
    from halfway.words.chances import odds_in_words
    from halfway.words.grades import answer, long_run, on_the_record, unrestrained

    out = console()
    plan = result.plan
    out.print(heading(case.title_of("plans", plan), f" ({case.title or case.name})"))
    data = result.to_dict()
    restraint = unrestrained(case, data["actors"], result.verdict.trifling)
    known = (on_the_record(data["grade_record"]), *odds_in_words(case, data["actors"]))
    for sentence in (*answer(case, plan, data), *restraint, *known):
        prose(out, sentence, indent="  ")
    prose(out, long_run(case, plan, result.automaton["long_run"]), indent="  ")
    out.print(f"  Strictly, no departure pays from the start: {_yes(result.incentive_compatible)}; "
              f"in any state: {_yes(result.self_enforcing)}")  # fmt: skip
    headings = ("actor", "seat", "temptation", "% of\nstake", "keep", "over the\nletter", "first\ndeparture",
                "least patience\na year")  # fmt: skip
    # A narrow terminal has room for the temptation and what it would take to end it.
    shown = range(len(headings)) if out.width >= _WIDE else (0, 2, 3, 7)
    rows = table(*(headings[k] for k in shown))
    for k, column in enumerate(rows.columns):
        column.max_width, column.no_wrap = (40 if k == 0 else 13 if shown[k] == 1 else None), shown[k] > 1
        column.justify = "right" if shown[k] > 1 else "left"
    yearly = periods_between("year", case.period)
    for name, a in result.actors.items():
        seat = case.seats(case.plans[plan])[name]
        said = (
            f"spoken for by {case.title_of('actors', seat.represented_by)}" if seat.represented_by else str(seat.seat)
        )
        for kind, t in a.types.items():
            threshold = t.thresholds.get("patience")
            judged = result.verdict.actors.get(name)
            tempts = None if judged is None or (kind or None) not in judged.types else judged.types[kind or None][1]
            cells = (
                who_is(case, name, kind or None) + (f", {percent(t.prior)}" if kind else ""),
                said,
                "" if tempts is None else f"{tempts.temptation.points:.2f}" if tempts.temptation.points else "–",
                "" if tempts is None or tempts.percent is None else f"{tempts.percent:.0f}",
                f"{t.keep:.2f}",
                f"{t.exploitability:.2f}" if t.exploitability else "–",
                str(t.first_breach) if t.first_breach else "–",
                "" if threshold is None else _ranges(threshold["keeps"], yearly),
            )
            rows.add_row(*(cells[k] for k in shown))
    out.print(rows)
    for a in result.actors.values():
        for kind, t in a.types.items():
            if t.exploitability > 0:
                out.print()
                out.print(heading(who_is(case, a.name, kind or None)))
                for sentence in narrated(case, plan, a.name, t.calendar):
                    prose(out, sentence, indent="  ")
                losers = sorted((x, n) for n, x in t.pays.items() if x < -0.005)
                if losers:
                    paid = ", ".join(f"{case.title_of('actors', n)} {x:+.2f}" for x, n in losers)
                    prose(out, f"Who pays for it: {paid}", indent="  ")
    if result.enforcement.temptations:
        out.print("\nWhere a single departure pays, in the worst state:")
    for found in result.enforcement.temptations[:5]:
        picks = "; ".join(
            f"{case.title_of('issues', i)}: '{case.title_of('issues', i, o)}'" for i, o in found.picks.items()
        )
        s = "s" if found.states != 1 else ""
        prose(
            out,
            f"{who_is(case, found.actor, found.kind)} in '{case.title_of('plans', plan, found.phase)}': {picks}; "
            f"{found.gain:+.3f} points of the discounted average; it pays in {found.states} state{s}",
            indent="  ",
        )
    for r in (result.renegotiation or ())[:3]:
        rather, phase = (case.title_of("plans", plan, p) for p in (r.rather, r.phase))
        out.print(f"All parties would rather have '{rather}' than stay in '{phase}'.")
    for phase in result.automaton["unreachable"]:
        out.print(f"Nothing leads to phase '{case.title_of('plans', plan, phase)}'.")
    for trigger in result.automaton["triggers"]:
        if not trigger["can_fire"]:
            called = f"'{trigger['name']}'" if trigger["name"] else str(trigger["number"] + 1)
            out.print(f"Rule {called} of phase '{case.title_of('plans', plan, trigger['phase'])}' cannot fire.")
    if result.holdable is not None:
        from halfway.words.agreements import in_words

        out.print()
        for sentence in in_words(case, result.holdable, agreed):
            prose(out, sentence)
    if result.play is not None:
        p = result.play
        draws = f"{p.draws} draw{'s' if p.draws != 1 else ''}"
        out.print(
            f"Of {p.runs:,} futures over {p.periods} periods ({draws}, seed {p.seed}) nobody breaks the plan "
            f"in {percent(p.survival[-1], 1)} (± {p.survival_errors[-1]:.1%})."
        )
        for actor, times in p.withdrew.items():
            if times.any():
                out.print(
                    f"{case.title_of('actors', actor)} leaves the plan in {percent(times.sum() / p.runs, 1)} of them: "
                    "a body at home refuses."
                )
    if result.comparable is not None:
        from halfway.words.evidence import what_became

        out.print()
        out.print(heading("What became of agreements and promises like these"))
        for sentence in what_became(data["comparable"]):
            prose(out, sentence, indent="  ")
    for believed in result.pictures:
        prose(out, keeping(case, believed))
    for part, why in result.refused.items():
        out.print(f"Not answered: {part}: {why}")


def _ranges(keeps: list[list[float]], yearly: float) -> str:
    """Write the ranges of patience, a year, in which an actor is not tempted: windows as windows."""
    from halfway.words.grades import patience_in_words

    def year(x: float) -> str:
        return patience_in_words(x**yearly, 1, "year").removesuffix(" a year")

    said = [year(low) if high > 0.99999 else f"{year(low)}–{year(high)}" for low, high in keeps]
    return ", ".join(said) or "none"


def draw(compiled: CompiledCase, result: ConductResult, folder: str) -> list[str]:
    """Write the pictures of a result, each with its table as CSV, into a folder; return the names of the files.

    Raises
    ------
    InputError
        Where the folder cannot be written.
    """
    from pathlib import Path

    from halfway.charts.beliefs import beliefs, credibility
    from halfway.charts.chart import standing_alone
    from halfway.charts.conduct import exposure, fans, survival
    from halfway.charts.diagram import diagram
    from halfway.charts.region import patience_and_detection
    from halfway.conduct.game.compiled_plan import study
    from halfway.conduct.play.survival import survival as survival_of
    from halfway.conduct.verdicts.temptation import kernel
    from halfway.errors import InputError, Place, Problem, Refusal
    from halfway.result import write_safely

    case, whole = compiled.case, study(compiled, result.plan)
    draws, seed = result.provenance.parameters["draws"] or 1, result.provenance.seed or 0
    lives = []
    for name in case.plans:
        try:
            lives.append(survival_of(study(compiled, name), draws=draws, seed=seed))
        except Refusal as refusal:
            click.echo(f"left out of the survival curves: {case.title_of('plans', name)}: {refusal}", err=True)
    charts = [
        survival(case, lives, result.plan) if any(s.plan == result.plan for s in lives) else None,
        None if result.play is None else fans(compiled, result.play),
        exposure(case, result),
        beliefs(case, list(result.beliefs.values())),
        credibility(case, result.credibility),
        diagram(case, result.plan, result.automaton),
    ]
    judged = kernel(whole, result.verdict.material, result.verdict.trifling)
    charts += [
        patience_and_detection(case, judged, name, kind)
        for name, a in result.verdict.actors.items()
        for kind, (_, t) in a.types.items()
        if t.temptation.points > judged.trifling
    ]
    written = []
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for chart in charts:
            if chart is None:
                continue
            write_safely(Path(folder) / f"{chart.name}.svg", standing_alone(chart) + "\n")
            chart.table.to_csv(Path(folder) / f"{chart.name}.csv")
            written += [f"{chart.name}.svg", f"{chart.name}.csv"]
    except OSError as error:
        why = (error.strerror or "it cannot be opened").lower()
        problem = Problem("F011", f"cannot write into {folder}", why, "choose another place", Place(folder))
        raise InputError([problem]) from error
    return written


def _yes(verdict: bool | None) -> str:
    return "not decided" if verdict is None else "yes" if verdict else "no"
