"""Verb `halfway repair`: the least change that makes a plan hold."""

from __future__ import annotations

import click

from halfway.cli.common import case_argument, json_option, load_case, plan_option, print_json


@click.command()
@case_argument
@plan_option
@click.option("--most", type=click.IntRange(min=1), default=512, show_default=True, help="Sets of changes to try.")
@json_option
def command(case: str, plan: str | None, most: int, as_json: bool) -> int:
    """Find the cheapest of the plan's declared changes that make it self-enforcing.

    What was tried goes to standard error; the case with the changed plan goes to standard output, as YAML that
    `halfway check` accepts. Where nothing declared is enough, the nearest is printed and the exit status is 1.
    """
    from halfway.conduct.repair import repair

    result = repair(load_case(case), plan, most=most)
    if as_json:
        print_json(result.to_dict())
        return 0 if result.found else 1
    for one in result.tried:
        named = ", ".join(one.changes) or "as it is"
        if not one.sound:
            verdict = f"is no sound plan: {one.reason}"
        elif one.self_enforcing:
            verdict = "self-enforcing"
        else:
            who = ", ".join(f"{a} gains {x:.2f}" for a, x in one.exploitability.items())
            verdict = f"not self-enforcing ({who or 'only off its path'})"
        click.echo(f"cost {one.cost:g}: {named}: {verdict}", err=True)
    if result.found is None:
        reach = "of all sets of declared changes" if result.exhaustive else f"of the {len(result.tried)} sets tried"
        click.echo(f"none {reach} makes the plan self-enforcing", err=True)
        if not result.tried[1:]:
            click.echo("declare changes with their costs below 'repairs' of the plan", err=True)
    elif not result.found.changes:
        click.echo("nothing needs to be changed", err=True)
    if result.yaml is not None:
        click.echo(result.yaml, nl=False)
    return 0 if result.found else 1
