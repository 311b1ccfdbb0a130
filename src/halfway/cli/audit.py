"""Verb `halfway audit`: is the plan even-handed and enforceable on its face."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from halfway.cli.common import console, heading, load_case, optional_case_argument, print_json, seed_option
from halfway.cli.output import Output, deliver, output_options
from halfway.record import plain

if TYPE_CHECKING:
    from halfway.audit.run import AuditResult
    from halfway.case.case import Case


def _codes(_: click.Context, __: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code.strip() for part in value for code in part.split(",") if code.strip())


@click.command()
@optional_case_argument
@click.option("--plan", metavar="NAME", help="One plan. Default: all plans of the case.")
@click.option(
    "--select", multiple=True, callback=_codes, metavar="CODES", help="Only these rules, such as E or E204,T101."
)
@click.option("--ignore", multiple=True, callback=_codes, metavar="CODES", help="All rules but these.")
@click.option("--explain", metavar="CODE", help="Say what a rule looks for, why, and what to do.")
@click.option("--rules", "list_rules", is_flag=True, help="List the rules.")
@click.option("--sarif", "as_sarif_log", is_flag=True, help="Print the findings as SARIF 2.1.0.")
@output_options()
@seed_option
def command(
    case: str | None,
    plan: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    explain: str | None,
    list_rules: bool,
    as_sarif_log: bool,
    output: Output,
    seed: int,
) -> int:
    """Audit the plans of a case: findings with codes, lines, figures and remedies.

    Exit status 1 when there are findings. A comment `# halfway: ignore[E204]` silences a rule on its line.
    """
    from halfway.audit.explain import explained
    from halfway.audit.run import all_rules, audit, rule
    from halfway.audit.sarif import as_sarif

    if list_rules:
        if output.as_json:
            print_json(plain(all_rules()))
        else:
            for one in all_rules():
                click.echo(f"{one.code}  {one.severity:<8} {one.title}")
        return 0
    if explain:
        one = rule(explain)
        if output.as_json:
            print_json(plain(one))
        else:
            click.echo("\n\n".join(click.wrap_text(part, 100) for part in explained(one)))
        return 0
    if case is None:
        raise click.UsageError("missing argument CASE")
    loaded = load_case(case)
    result = audit(loaded, plan=plan, select=select, ignore=ignore, seed=seed)
    if as_sarif_log:
        output = replace(output, as_json=True)
    deliver(output, result, lambda: _print(result, loaded), data=as_sarif(result) if as_sarif_log else None)
    return 1 if result.findings else 0


_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


def _print(result: AuditResult, case: Case) -> None:
    from rich.text import Text

    out = console()
    shown = None
    for finding in result.findings:
        plan = finding.plan
        if plan != shown:
            if shown is not None:
                out.print()
            out.print(heading(case.title_of("plans", plan), f" ({plan})"))
            shown = plan
        severity, code = (finding.severity, _COLOURS[finding.severity]), (finding.code, "bold")
        out.print(Text.assemble(f"{finding.place}: ", severity, " ", code, f" {finding.name}"), soft_wrap=True)
        out.print(f"    {finding.message}")
        out.print(f"    remedy: {finding.remedy}", style="dim")
    counts = {s: sum(f.severity == s for f in result.findings) for s in ("error", "warning", "note")}
    total = ", ".join(f"{n} {s}{'s' if n != 1 else ''}" for s, n in counts.items())
    ignored = f", {len(result.ignored)} ignored by comments" if result.ignored else ""
    out.print(f"{chr(10) if result.findings else ''}{total}{ignored}")
    if result.skipped:
        out.print(f"not run, because no actor has utilities: {', '.join(result.skipped)}")
    elif result.unjudged:
        who = ", ".join(case.title_of("actors", a) for a in result.unjudged)
        out.print(f"no utilities, so passed over by rules that need them: {who}")
