"""Verb `halfway explore`: what the answer hangs on, over many futures."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from halfway.cli.common import (
    case_argument,
    console,
    end_with_parent,
    force_option,
    heading,
    json_option,
    load_case,
    print_json,
    prose,
    saving,
    seed_option,
)
from halfway.cli.output import say_what_is_assumed
from halfway.errors import Problem, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from rich.console import Console

    from halfway.case.case import Case
    from halfway.explore.execution import Progress
    from halfway.explore.explored import ExploreResult
    from halfway.explore.levers import Levers
    from halfway.explore.panels.result import PanelResult

SHOWN = ("regret", "boxes", "levers", "weights", "panel")
OF_PANEL = ("panel", "dividing", "apart")
"""Tables of a panel's verdicts."""


@click.command()
@case_argument
@click.option("--plan", "plans", metavar="NAME", multiple=True, help="Only this plan; may be repeated. Default: all.")
@click.option("--futures", type=click.IntRange(min=1), default=1_024, show_default=True, help="How many futures.")
@click.option(
    "--show",
    type=click.Choice(SHOWN),
    multiple=True,
    help="What to print; may be repeated. Default: all but levers; with --panel only that.",
)
@click.option(
    "--on", metavar="GROUPS", help="Which estimates, such as interests,patience. Default: all uncertain ones."
)
@click.option(
    "--success",
    metavar="RULE",
    multiple=True,
    help="What has to hold: signed, kept, aims, or an outcome such as 'over_today:ACTOR >= 5'; may be repeated.",
)
@click.option(
    "--findings", metavar="CODES", help="Rules of the audit to ask in every future, such as C302,E or all; far slower."
)
@click.option(
    "--panel",
    "sheets",
    metavar="FILE.csv|DIR",
    help="Judge the plans on each expert's own numbers; see `halfway panel`.",
)
@click.option("--inputs", type=click.IntRange(min=1), default=4, show_default=True, help="Most inputs a box may limit.")
@click.option(
    "--scenario",
    metavar="FILE.yaml",
    help="Write the case as it stands in the box in which the plan fails, for repair.",
)
@click.option("--store", metavar="DIR", type=click.Path(file_okay=False), help="Keep the run here and resume it.")
@click.option("--fresh", is_flag=True, help="Begin again in a store that holds a run.")
@click.option("--resume", is_flag=True, help="Compute only what is missing (the default where a store holds the run).")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes; same numbers.")
@click.option("--dask", metavar="tcp://…", help="Compute on a Dask cluster; its workers must see the store.")
@click.option("--shard", metavar="I/N", help="Compute only every N-th part, from the I-th, into the store, and stop.")
@click.option("--merge", metavar="DIR", multiple=True, help="First copy the parts of another store of the same run.")
@click.option("-o", "--output", "path", metavar="FILE", help="Write the answer, or a table of it, to FILE.")
@click.option(
    "--table",
    type=click.Choice(["measures", "futures", "boxes", "levers", "weights", "satisfied", "panel", "dividing", "apart"]),
    help="Which table -o writes. Default: measures.",
)
@force_option
@seed_option
@json_option
def command(
    case: str,
    plans: tuple[str, ...],
    futures: int,
    show: tuple[str, ...],
    on: str | None,
    success: tuple[str, ...],
    findings: str | None,
    sheets: str | None,
    inputs: int,
    scenario: str | None,
    store: str | None,
    fresh: bool,
    resume: bool,
    workers: int,
    dask: str | None,
    shard: str | None,
    merge: tuple[str, ...],
    path: str | None,
    table: str | None,
    force: bool,
    seed: int,
    as_json: bool,
) -> int:
    """Explore a case over many futures of its uncertain numbers: how plans fare, where they fail, what decides.

    A future is one value for every uncertain estimate. Futures are spread evenly by the estimates' stated spreads;
    shares of futures are sampling weights, not odds.
    """
    from halfway.explore.futures.design import GROUPS
    from halfway.explore.run import explore, prepare

    loaded = load_case(case)
    if sheets is not None and not show:
        show = ("panel",)
    judged = None
    if "panel" in show or table in OF_PANEL:
        from halfway.cli.panel import judge

        with _executor(workers, dask) as executor:
            judged = judge(loaded, sheets, plans, success, seed, executor)
        if set(show) == {"panel"}:
            return _deliver_panel(loaded, judged, path, table, force, as_json)
    audited = tuple(c.strip() for c in (findings or "").split(",") if c.strip())
    groups = tuple(g.strip() for g in on.split(",") if g.strip()) if on else GROUPS
    if (shard or merge or dask or resume) and store is None:
        raise Refusal([_needs_store("--shard" if shard else "--merge" if merge else "--dask" if dask else "--resume")])
    if store is not None and (shard or merge):
        run = prepare(
            loaded,
            store,
            plans=plans,
            futures=futures,
            on=groups,
            seed=seed,
            fresh=fresh,
            findings=audited,
            merge_from=merge,
        )
        if shard:
            from halfway.explore.execution import run_missing

            with _progress() as tell:
                done = run_missing(run, shard=_shard(shard), progress=tell)
            click.echo(f"{done.done:,} of {done.planned:,} parts of shard {shard} are in {store}")
            return 0
        fresh = False
    with _progress() as tell, _executor(workers, dask) as executor:
        result = explore(
            loaded,
            plans=plans,
            futures=futures,
            on=groups,
            success=success,
            inputs=inputs,
            findings=audited,
            with_levers="levers" in show or table == "levers",
            seed=seed,
            store=store,
            fresh=fresh,
            executor=executor,
            workers=workers,
            progress=tell,
        )
    if path is not None:
        with saving(path, force):
            (judged if judged is not None and table in OF_PANEL else result).save(path, table)
    if scenario is not None:
        _write_scenario(loaded, result, plans, scenario, force)
    if as_json:
        print_json({**result.to_dict(), **({} if judged is None else {"panel": judged.to_dict()})})
        return 0
    _show(loaded, result, show or ("regret", "boxes", "weights"))
    say_what_is_assumed(result)
    if judged is not None:
        from halfway.cli.panel import show_panel

        show_panel(loaded, judged)
    if path is not None:
        click.echo(f"\nwritten: {path}")
    if scenario is not None:
        plan = _failing(result, plans)
        click.echo(f"\nwritten: {scenario}\nnext: halfway repair {scenario} --plan {plan}")
    return 0


def _failing(result: ExploreResult, plans: tuple[str, ...]) -> str:
    """Return the first of the plans asked about of which a box says where it fails."""
    for plan in plans or tuple(result.plans):
        boxes = result.plans[plan].boxes
        if boxes is not None and boxes.chosen is not None:
            return plan
    what, why = (
        "no box says where a plan fails",
        "it holds everywhere, nowhere, or no few inputs tell the futures apart",
    )
    raise Refusal([Problem("R629", what, why, "ask about another plan, more futures or another --success")])


def _write_scenario(case: Case, result: ExploreResult, plans: tuple[str, ...], path: str, force: bool) -> None:
    """Write the case as it stands in the box of the first plan that has one."""
    import yaml

    from halfway.explore.box_as_case import case_in_box
    from halfway.result import write_safely
    from halfway.space.compiled import compile_case
    from halfway.words.exploration import box_said

    plan = _failing(result, plans)
    boxes = result.plans[plan].boxes
    assert boxes is not None
    assert boxes.chosen is not None
    box = boxes.boxes[boxes.chosen]
    _, data = case_in_box(compile_case(case), box.limits)
    limits = [(x.input, x.low, x.high, x.among) for x in box.limits]
    said = f"Scenario for '{plan}'. {box_said(case, limits, box.coverage, box.density, boxes.failing)}"
    with saving(path, force):
        if not path.lower().endswith((".yaml", ".yml")):
            raise ValueError("a scenario is a case file; name it FILE.yaml")
        text = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)
        write_safely(path, f"# {' '.join(said.split())}\n{text}")


def _deliver_panel(
    case: Case, judged: PanelResult, path: str | None, table: str | None, force: bool, as_json: bool
) -> int:
    """Hand over what a panel says where nothing else was asked for: no future is computed."""
    from halfway.cli.panel import show_panel

    if path is not None:
        with saving(path, force):
            judged.save(path, table)
    if as_json:
        print_json(judged.to_dict())
        return 0
    show_panel(case, judged)
    if path is not None:
        click.echo(f"\nwritten: {path}")
    return 0


def _needs_store(option: str) -> Problem:
    return Problem("R624", f"{option} needs a store", "parts of a run are kept in a folder", "add --store DIR")


def _shard(text: str) -> tuple[int, int]:
    first, _, count = text.partition("/")
    if first.isdigit() and count.isdigit() and 1 <= int(first) <= int(count):
        return int(first), int(count)
    raise Refusal([Problem("R625", f"'{text}' is no shard", "it says which of how many", "write it as 2/8")])


@contextmanager
def _progress() -> Iterator[Callable[[Progress], None] | None]:
    """Show how far a run is, on a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task("parts of the run", total=None)

    def tell(state: Progress) -> None:
        bar.update(task, completed=state.done, total=state.planned)

    with bar:
        yield tell


@contextmanager
def _executor(workers: int, dask: str | None) -> Iterator[Executor | None]:
    if dask is not None:
        try:
            from distributed import Client
        except ImportError as error:
            why = "the package 'distributed' is not installed"
            raise Refusal([Problem("R626", "--dask cannot be used", why, "install halfway[cluster]")]) from error
        with Client(dask) as client:  # type: ignore[no-untyped-call]  # distributed is partly typed
            yield client.get_executor()
        return
    if workers == 1:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    try:
        pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=end_with_parent)
    except (OSError, ImportError):
        # The machine allows no further process; the numbers are the same from one.
        yield None
        return
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _show(case: Case, result: ExploreResult, show: tuple[str, ...]) -> None:
    from halfway.words.exploration import best_said, box_said

    out = console()
    out.print(f"{result.futures:,} futures over {len(result.dimensions)} uncertain estimates; shares are of futures.")
    for plan, found in result.plans.items():
        out.print()
        out.print(heading(found.title, f" ({plan})"))
        if found.refused is not None:
            prose(out, f"Not explored: {found.refused}", indent="  ")
            continue
        prose(
            out,
            f"Signed in {_share(found.signed)}, kept in {_share(found.kept)}, both and its aims met in "
            f"{_share(found.success)}."
            if found.boxes is None or "aims" in found.boxes.rule
            else f"Signed in {_share(found.signed)}, kept in {_share(found.kept)}; succeeds in {_share(found.success)}.",
            indent="  ",
        )
        if found.findings:
            said = ", ".join(f"{code} in {_share(share)}" for code, share in found.findings.items() if share)
            prose(out, f"Findings of the audit: {said or 'none of those asked for'}.", indent="  ")
        if "boxes" in show and found.boxes is not None and found.boxes.chosen is not None:
            box = found.boxes.boxes[found.boxes.chosen]
            limits = [(x.input, x.low, x.high, x.among) for x in box.limits]
            prose(out, box_said(case, limits, box.coverage, box.density, found.boxes.failing), indent="  ")
        if "regret" in show:
            _regret(out, case, found.measures)
        if "levers" in show:
            _levers(out, case, result.levers[plan])
    if "weights" in show and result.weights:
        out.print()
        out.print(heading("Which plan is best under which weights"))
        for actor, regions in result.weights.items():
            for region in regions:
                prose(out, best_said(case, actor, region.plans, region.share, region.ranges), indent="  ")


def _share(share: float | None) -> str:
    from halfway.words.shares import percent

    return "none of them" if share is None else percent(share)


def _regret(out: Console, case: Case, measures: Any) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in ("actor", "mean", "worst tenth", "regret", "90%", "most", "best in"):
        table.add_column(column, justify="left" if column == "actor" else "right")
    for actor, m in measures.items():
        table.add_row(
            case.title_of("actors", actor),
            f"{m.mean:.1f}",
            f"{m.worst_decile:.1f}",
            f"{m.mean_regret:.1f}",
            f"{m.ninetieth_regret:.1f}",
            f"{m.maximum_regret:.1f}",
            "nowhere" if m.best_nowhere else _share(m.best_share),
        )
    out.print(table)


def _levers(out: Console, case: Case, found: Levers) -> None:
    from halfway.words.exploration import break_even_said, shares_said, turn_said

    for actor, evens in found.break_evens.items():
        for b in [b for b in evens if b.within is not False][:3]:
            prose(out, break_even_said(case, actor, b.input, b.at, b.centre), indent="  ")
    for t in found.turns[:5]:
        prose(out, turn_said(case, t.input, t.value, t.grade, t.centre_grade), indent="  ")
    for actor, shares in found.shares.items():
        if shares:
            parts = [(v.input, v.total, v.total_low, v.total_high) for v in shares[:3]]
            prose(out, shares_said(case, actor, parts), indent="  ")
