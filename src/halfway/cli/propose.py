"""Verb `halfway propose`: what the parties could sign, and a plan that gets there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from halfway.cli.common import case_argument, console, load_case, prose, saving, seed_option, table, working
from halfway.cli.output import Output, deliver, output_options, written
from halfway.words.front_page import inside, signed
from halfway.words.proposals import found_plan, hinge, searched, what_is_acceptable
from halfway.words.shares import percent

if TYPE_CHECKING:
    from rich.console import Console

    from halfway.case.case import Case
    from halfway.explore.propose.result import ProposeResult

MOST_LISTED = 6
"""Packages listed; JSON and tables have them all."""


@click.command()
@case_argument
@click.option(
    "--parties",
    metavar="A,B,…",
    default="natural",
    show_default=True,
    help="Who signs: names, or 'natural' for those who set or own what is at stake.",
)
@click.option(
    "--solution",
    type=click.Choice(["nash", "kalai_smorodinsky", "egalitarian", "utilitarian"]),
    default="nash",
    show_default=True,
    help="By which packages are ranked.",
)
@click.option(
    "--plan", metavar="NAME", help="Whose headline, verifier and kept phases are taken over. Default: the first."
)
@click.option("--keep", metavar="PHASE", multiple=True, help="Open with this phase of the plan as it stands; repeat.")
@click.option("--name", default="found", show_default=True, help="What the plan is called.")
@click.option("--aims", type=click.IntRange(1, 20), default=2, show_default=True, help="Packages to build plans for.")
@click.option(
    "--most", type=click.IntRange(1, 5000), default=120, show_default=True, help="Designs to look at for each."
)
@click.option(
    "--together",
    type=click.IntRange(1, 10),
    default=3,
    show_default=True,
    help="Issues that change at one step, at most.",
)
@output_options("the case with the plan found (.yaml)")
@seed_option
def command(
    case: str,
    parties: str,
    solution: str,
    plan: str | None,
    keep: tuple[str, ...],
    name: str,
    aims: int,
    most: int,
    together: int,
    output: Output,
    seed: int,
) -> int:
    """Say what the parties could sign, and build a plan that gets there.

    The packages that all parties and their bodies at home accept are ranked. For the first of them a plan is looked for:
    the order of steps that exposes the parties least, what sets off an answer to a breach, the answer and how long it
    lasts, such that breaking it tempts nobody more than it has to. The exit status is 1 where no plan is found.
    """
    from halfway.explore.propose.run import propose
    from halfway.result import write_safely

    loaded = load_case(case)
    asked = tuple(p.strip() for p in parties.split(",") if p.strip())
    as_case = output.path is not None and not output.holds_data
    with working("Looking for a plan") as progress:
        result = propose(
            loaded, parties=asked, solution=solution, plan=plan, keep=keep, name=name, aims=aims, most=most,
            together=together, text=as_case, seed=seed, progress=progress,
        )  # fmt: skip
    if as_case and result.text is not None:
        with saving(str(output.path), output.force):
            write_safely(str(output.path), result.text)
        written(output.path)
    elif as_case:
        click.echo(f"{output.path} is not written: no plan was found", err=True)
    deliver(output, result, lambda: show(loaded, result))
    return 0 if result.found is not None else 1


def show(case: Case, result: ProposeResult) -> None:
    """Print a proposal for people."""
    out = console()
    names = [case.title_of("actors", a) for a in result.parties]
    out.print(f"What could be signed: {case.title or case.name}", style="bold")
    prose(out, what_is_acceptable(names, str(result.acceptable), str(result.ratified), str(result.own)))
    if result.aims:
        _packages(out, case, result)
    if result.found is not None:
        _plan(out, case, result)
    elif result.aims:
        prose(out, "No design looked at is signed by all of them.")
    if result.rivals:
        _rivals(out, case, result)
    s = result.searched
    prose(out, searched(s.aims, s.designs, s.judged, s.cut, s.refused, s.beside, s.left, s.gap), style="dim")


def _packages(out: Console, case: Case, result: ProposeResult) -> None:
    rows = table("", "accepted", "tempts", "grade", title="The best of these, and the chance that all accept them")
    rows.add_column("changes against today", overflow="fold")
    shown = [a for k, a in enumerate(result.aims) if k < MOST_LISTED or a.worst is not None]
    for aim in shown:
        changed = "; ".join(
            f"{case.title_of('issues', i)}: {inside(case.title_of('issues', i, aim.package[i]))}" for i in aim.changes
        )
        worst = "" if aim.worst is None else f"{aim.worst:.1f}"
        rows.add_row(f"{aim.place}.", percent(aim.chance), worst, "" if aim.grade is None else str(aim.grade), changed)
    out.print(rows)
    if len(result.aims) > len(shown):
        out.print(f"and {len(result.aims) - len(shown)} more: see --table aims", style="dim")


def _plan(out: Console, case: Case, result: ProposeResult) -> None:
    found = result.found
    assert found is not None
    out.print(f"\nThe plan '{found.name}'", style="bold")
    for number, step in enumerate(found.steps, start=1):
        changed = "; ".join(
            f"{case.title_of('issues', i)}: {inside(case.title_of('issues', i, o))}" for i, o in step.changes.items()
        )
        lasts = found.plan["phases"][step.phase].get("lasts", "for good")
        prose(out, f"{number}. {changed} ({lasts})", "  ")
    tempted = [(case.title_of("actors", a), x) for a, x in found.temptation.items()]
    for sentence in found_plan(found.grade_name, tempted, found.exposure):
        prose(out, sentence)
    if found.hangs_on is not None:
        one = found.hangs_on
        title = case.actors[one.actor].types[one.kind].title or one.kind if one.kind is not None else None
        prose(out, hinge(case.title_of("actors", one.actor), title, one.number, one.share, one.with_it))
    rows = table(
        "actor", "today", "no deal", "kept plan", title="What it is worth, in points (discounted from the start)"
    )
    best = next(a for a in result.aims if a.place == found.aim)
    rows.add_column("settled, over today", justify="right")
    today = dict(zip(case.actors, _today(case), strict=True))
    away = _away(case)
    for actor in result.parties:
        rows.add_row(
            case.title_of("actors", actor), f"{today[actor]:.0f}", f"{away[actor]:.0f}", f"{found.keeping[actor]:.1f}",
            signed(best.utilities[actor] - today[actor]),
        )  # fmt: skip
    out.print(rows)


def _today(case: Case) -> list[float]:
    from halfway.space.compiled import compile_case

    space = compile_case(case).space()
    assert space.status_quo is not None
    return [float(x) for x in space.values(space.status_quo)[:, 0]]


def _away(case: Case) -> dict[str, float]:
    from halfway.space.compiled import compile_case

    space = compile_case(case).space()
    return dict(zip(space.actors, space.walk_away.tolist(), strict=True))


def _rivals(out: Console, case: Case, result: ProposeResult) -> None:
    rows = table("plan", "grade", "tempts", title="The plans of the case, asked the same")
    rows.add_column("who of these would not sign", overflow="fold")
    for one in result.rivals:
        refused = ", ".join(_named(case, r) for r in one.refused_by) or ("" if one.grade is None else "nobody")
        worst = "—" if one.worst is None else f"{one.worst:.1f}"
        rows.add_row(case.title_of("plans", one.plan), "—" if one.grade is None else str(one.grade), worst, refused)
    out.print(rows)


def _named(case: Case, who: str) -> str:
    actor, _, body = who.partition("/")
    if not body:
        return case.title_of("actors", actor)
    return case.actors[actor].ratifies[body].title or body
