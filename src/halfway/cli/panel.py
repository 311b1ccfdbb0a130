"""Verb `halfway panel`: the sheet that experts fill in; and how their verdicts are shown by `explore`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from halfway.cli.common import (
    case_argument,
    console,
    force_option,
    heading,
    json_option,
    load_case,
    print_json,
    prose,
    saving,
    table,
    working,
)

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from halfway.case.case import Case
    from halfway.explore.panels.result import PanelResult


@click.group()
def command() -> None:
    """Ask a panel of experts for their own numbers.

    Write the sheet with `halfway panel new CASE`, have each respondent fill in a copy, put the copies into a folder, and
    judge the plans with `halfway explore CASE --panel FOLDER`.
    """


@command.command("new")
@case_argument
@click.option("-o", "--output", "path", metavar="FILE.csv", help="Where to write it. Default: CASE-panel.csv.")
@click.option("--all", "everything", is_flag=True, help="Ask for the numbers that the case is certain of as well.")
@force_option
@json_option
def new(case: str, path: str | None, everything: bool, force: bool, as_json: bool) -> int:
    """Write the sheet that each respondent fills in: one row a number, without the figure that the case has."""
    from halfway.explore.panels.sheet import sheet
    from halfway.space.compiled import compile_case
    from halfway.words.exploration import input_named

    loaded = load_case(case)
    asked = sheet(compile_case(loaded), lambda number: input_named(loaded, number), everything=everything)
    target = path or f"{loaded.name}-panel.csv"
    with saving(target, force):
        if not target.lower().endswith(".csv"):
            raise ValueError("a sheet is a CSV file")
        asked.to_csv(target)
    if as_json:
        print_json({"written": target, "numbers": len(asked.rows)})
        return 0
    click.echo(f"wrote {target}: {len(asked.rows)} numbers")
    click.echo(
        "next: have each expert fill in the column 'value' of a copy, named after them, in one folder; then run:"
    )
    click.echo(f"  halfway explore {case} --panel FOLDER")
    return 0


def judge(
    case: Case,
    sheets: str | None,
    plans: Sequence[str],
    success: Sequence[str],
    seed: int,
    executor: Executor | None = None,
) -> PanelResult:
    """Judge plans on the figures of a panel: of sheets, or of the case's own where there are none."""
    from halfway.api import panel

    with working("panel") as tell:
        return panel(case, sheets, plans, success=success, seed=seed, executor=executor, progress=tell)


def show_panel(case: Case, judged: PanelResult) -> None:
    """Print a panel's verdicts."""
    from rich.padding import Padding

    from halfway.words.exploration import apart_named, camps_said, division_said, people

    out = console()
    named = {key: expert.name for key, expert in case.experts.items()}

    def name(key: str) -> str:
        return named.get(key, key)

    for number, (plan, found) in enumerate(judged.plans.items()):
        if number:
            out.print()
        out.print(heading(found.title, f" ({plan})"))
        if found.refused is not None:
            prose(out, f"Not judged: {found.refused}", indent="  ")
            continue
        met, not_met = [name(n) for n in found.met], [name(n) for n in found.not_met]
        for sentence in camps_said(found.rule, met, not_met):
            prose(out, sentence, indent="  ")
        signed, kept = sum(e.signed for e in found.experts), sum(e.kept for e in found.experts)
        prose(out, f"Signed on the figures of {signed}, kept on those of {kept}.", indent="  ")
        for d in found.dividing[:1]:
            others = [name(n) for n in d.exceptions]
            said = division_said(case, d.input, d.at, d.yes_above, d.right, d.stated, others, d.by_chance)
            prose(out, said, indent="  ")
        shown = {o: a for o, a in found.apart.items() if max(a.disagreement, a.uncertainty) >= 0.05}
        if len(found.experts) > 1 and shown:
            apart = table("points, standard deviation", "experts differ by", "each leaves open")
            for outcome, a in shown.items():
                apart.add_row(apart_named(case, outcome), f"{a.disagreement:.1f}", f"{a.uncertainty:.1f}")
            out.print(Padding(apart, (0, 0, 0, 2)))
    out.print()
    prose(out, "A number that an expert left open stays as the case has it; that is no agreement with it.")
    if judged.silent:
        prose(out, f"Stated no number and not counted: {people([name(n) for n in judged.silent])}.")
