"""Verb `halfway text`: the single negotiating text, draft by draft."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from halfway.cli.common import case_argument, console, heading, load_case, plan_option, prose, saving, table, working
from halfway.cli.output import Output, deliver, output_options, written

if TYPE_CHECKING:
    from rich.console import Console

    from halfway.case.case import Case
    from halfway.text.movement import Movement
    from halfway.text.run import TextResult


@click.command()
@case_argument
@plan_option
@click.option("--against", metavar="PLAN", help="Compare with this draft. Default: the one that it revises.")
@click.option("--facts", is_flag=True, help="Judge the plan under each party's own figures, where they dispute any.")
@click.option("--role", metavar="ROLE", help="As a role may see it: an actor, mediator or public. Default: everything.")
@click.option(
    "--read",
    "source",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Take in an edited text (.md, .docx) as a new draft; -o then names the new case file.",
)
@click.option("--as", "name", metavar="NAME", help="With --read: what the new draft is called.")
@click.option("--date", metavar="DATE", help="With --read: when it is handed to the parties.")
@output_options("the draft as a text (.md, .docx), with --read the case (.yaml)")
def command(
    case: str,
    plan: str | None,
    against: str | None,
    facts: bool,
    role: str | None,
    source: Path | None,
    name: str | None,
    date: str | None,
    output: Output,
) -> int:
    """Show a draft of the single negotiating text: numbered clauses, brackets, and what changed since the draft before.

    A draft is a plan of the case, so every other verb answers for it with --plan. The text goes to Markdown or Word, and an
    edited one comes back as the next draft. Without --role it holds every party's remarks.
    """
    from halfway.text.run import text

    loaded = load_case(case)
    if source is not None:
        return _take_in(loaded, source, name, date, output)
    if name is not None or date is not None:
        raise click.UsageError("--as and --date go with --read")
    if role is not None:
        from halfway.sheets.redaction import redact

        loaded = redact(loaded, role).case
    with working("Comparing drafts") as progress:
        result = text(loaded, plan, against=against, facts=facts, compare=role is None, progress=progress)
    is_text = output.path is not None and not output.holds_data
    if is_text:
        assert output.path is not None
        with saving(output.path, output.force):
            result.write(output.path)
    deliver(replace(output, path=None) if is_text else output, result, lambda: _show(loaded, result))
    if is_text:
        written(output.path)
    return 0


def _take_in(case: Case, source: Path, name: str | None, date: str | None, output: Output) -> int:
    from halfway.formats.files import write
    from halfway.text.files import read_text
    from halfway.text.reading import redraft

    if name is None or output.path is None or Path(output.path).suffix.lower() not in (".yaml", ".yml"):
        raise click.UsageError("--read needs --as NAME for the new draft, and -o CASE.yaml for the case that holds it")
    taken = redraft(case, read_text(source), name, str(source), date)
    with saving(output.path, output.force):
        write(taken, output.path)
    draft = taken.plans[name].draft
    assert draft is not None
    click.echo(f"Draft {draft.number}, plan '{name}', is in {output.path}; see it with: halfway text {output.path}")
    return 0


def _show(case: Case, result: TextResult) -> None:
    out = console()
    out.print(f"The single text: {case.title or case.name}", style="bold")
    if result.drafts:
        rows = table("draft", "plan", "date", "open", "remarks", right=False)
        for d in result.drafts:
            remarks = ", ".join(f"{case.title_of('actors', a)} {n}" for a, n in d.remarks.items())
            rows.add_row(str(d.number), d.plan, d.date or "–", str(d.open), remarks or "–")
        out.print(rows)
    else:
        prose(out, "No plan of the case is a draft yet; this is what the first plan reads like.")
    for line in result.lines:
        if line.kind in ("title", "heading"):
            out.print()
            out.print(heading(line.text))
        else:
            prose(out, line.text, indent="" if line.kind == "about" else "  ")
    if result.movement is not None:
        _moved(out, case, result.movement)
    if result.disputed:
        _facts(out, case, result)


def _moved(out: Console, case: Case, found: Movement) -> None:
    out.print()
    out.print(heading(f"From {found.before} to {found.after}"))
    if not found.changes:
        out.print("  No option differs.")
    for change in found.changes:
        issue = change.issue
        points = ", ".join(f"{case.title_of('actors', a)} {x:+.1f}" for a, x in change.points.items() if abs(x) >= 0.05)
        prose(
            out,
            f"{case.title_of('plans', found.after, change.phase)}, {case.title_of('issues', issue)}: "
            f"{case.title_of('issues', issue, change.before)} → {case.title_of('issues', issue, change.after)} "
            f"({points or 'nobody gains or loses'}).",
            indent="  ",
        )
    for word, places in (("Opened", found.opened), ("Closed", found.closed)):
        for phase, issue in places:
            plan = found.after if word == "Opened" else found.before
            prose(out, f"{word}: {case.title_of('issues', issue)}, {case.title_of('plans', plan, phase)}.", indent="  ")
    if found.rules_changed:
        out.print("  Rules, lengths, undertakings, payments or seats differ, too.")
    total = ", ".join(f"{case.title_of('actors', a)} {x:+.1f}" for a, x in found.points.items() if abs(x) >= 0.05)
    prose(
        out,
        f"At the end of the plan's course, in points a period: {total or 'no difference for anybody'}.",
        indent="  ",
    )


def _facts(out: Console, case: Case, result: TextResult) -> None:
    out.print()
    out.print(heading("Figures that the parties dispute"))
    for fact in result.disputed:
        own = ", ".join(f"{case.title_of('actors', a)} {x}" for a, x in fact.figures.items())
        prose(out, f"{fact.path}: {own}.", indent="  ")
    if not result.under:
        prose(out, "Ask with --facts for the verdict under each.", indent="  ", style="dim")
    for one in result.under:
        said = [] if one.grade is None else [f"grade {one.grade} of 5"]
        said += [] if one.would_sign is None else ["all would sign" if one.would_sign else "not all would sign"]
        said += [f"breaking pays {case.title_of('actors', a)} {x:.1f} points" for a, x in one.breaking.items()]
        if one.acceptable is not None:
            low, high = one.acceptable
            said.append(f"{low:,} packages acceptable" if low == high else f"{low:,} to {high:,} packages acceptable")
        said += [f"not answered: {one.reason}"] if one.reason else []
        prose(out, f"By the figures of {case.title_of('actors', one.party)}: {'; '.join(said)}.", indent="  ")
