"""Verb `halfway sheet`: to each what is theirs."""

from __future__ import annotations

from pathlib import Path

import click

from halfway.cli.common import (
    case_argument,
    force_option,
    json_option,
    load_case,
    plan_option,
    print_json,
    saving,
    working,
)


@click.command()
@case_argument
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    metavar="ROLE",
    help="An actor, mediator or public. May be given several times.",
)
@plan_option
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write into, a file a role. Default: this folder.",
)
@force_option
@json_option
def command(
    case: str, roles: tuple[str, ...], plan: str | None, output: Path | None, force: bool, as_json: bool
) -> int:
    """Write role sheets: what one party, the mediator or the public may see of a case, and nothing else.

    A sheet is made from a redacted copy of the case. Interests, walk-aways, red lines, bottom lines and what else is private
    stay with their owners unless `seen_by` in the case says otherwise. With --json the answer is printed; files are then
    written only with -o.
    """
    from halfway.sheets.run import sheet, write_sheets

    loaded = load_case(case)
    with working("Writing role sheets") as progress:
        made = []
        for role in dict.fromkeys(roles):

            def tell(stage: str, done: int, total: int | None, role: str = role) -> None:
                progress(f"{role}, {stage}", done, total)

            made.append(sheet(loaded, role, plan=plan, progress=tell))
    paths: tuple[Path, ...] = ()
    if output is not None or not as_json:
        folder = output or Path()
        with saving(folder / made[0].file_name, True):
            paths = write_sheets(tuple(made), folder, force)
    if as_json:
        print_json({"sheets": [one.to_dict() for one in made], "files": [str(p) for p in paths]})
        return 0
    for one, path in zip(made, paths, strict=True):
        click.echo(f"The sheet for {one.title} is in {path} (view {one.provenance.case_hash[:12]}).")
        if one.no_joint:
            click.echo(f"  {one.no_joint}")
    return 0
