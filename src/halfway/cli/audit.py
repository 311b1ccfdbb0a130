"""Verb `halfway audit`: is the plan even-handed and enforceable on its face."""

from __future__ import annotations

import click

from halfway.cli.common import console, json_option, load_case, print_json, seed_option


def _codes(_: click.Context, __: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code.strip() for part in value for code in part.split(",") if code.strip())


@click.command()
@click.argument("case", metavar="CASE", required=False)
@click.option("--plan", metavar="NAME", help="One plan. Default: all plans of the case.")
@click.option(
    "--select", multiple=True, callback=_codes, metavar="CODES", help="Only these rules, such as E or E204,T101."
)
@click.option("--ignore", multiple=True, callback=_codes, metavar="CODES", help="All rules but these.")
@click.option("--explain", metavar="CODE", help="Say what a rule looks for, why, and what to do.")
@click.option("--rules", "list_rules", is_flag=True, help="List the rules.")
@click.option("--sarif", "as_sarif_log", is_flag=True, help="Print the findings as SARIF 2.1.0.")
@json_option
@seed_option
def command(
    case: str | None,
    plan: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    explain: str | None,
    list_rules: bool,
    as_sarif_log: bool,
    as_json: bool,
    seed: int,
) -> int:
    """Audit the plans of a case: findings with codes, lines, figures and remedies.

    Exit status 1 when there are findings. A comment `# halfway: ignore[E204]` silences a rule on its line.
    """
    from halfway.audit.run import all_rules, audit, rule
    from halfway.audit.sarif import as_sarif

    if list_rules:
        for one in all_rules():
            click.echo(f"{one.code}  {one.severity:<8} {one.name}")
        return 0
    if explain:
        one = rule(explain)
        click.echo(f"{one.code} {one.name} ({one.severity})\n\n{one.reason}\n\nRemedy: {one.remedy}.")
        return 0
    if case is None:
        raise click.UsageError("missing argument CASE")
    result = audit(load_case(case), plan=plan, select=select, ignore=ignore, seed=seed)
    if as_sarif_log:
        print_json(as_sarif(result))
    elif as_json:
        print_json(result.to_dict())
    else:
        _print(result.findings, len(result.ignored), result.skipped, load_case(case).plans)
    return 1 if result.findings else 0


_COLOURS = {"error": "red", "warning": "yellow", "note": "cyan"}


def _print(findings: object, ignored: int, skipped: tuple[str, ...], plans: object) -> None:
    out = console()
    shown = None
    for plan, finding in findings:  # type: ignore[attr-defined]
        if plan != shown:
            title = plans[plan].title or plan  # type: ignore[index]
            out.print(f"{'' if shown is None else chr(10)}[bold]{title}[/bold] ({plan})")
            shown = plan
        colour = _COLOURS[finding.severity]
        out.print(
            f"{finding.place}: [{colour}]{finding.severity}[/{colour}] [bold]{finding.code}[/bold] {finding.name}",
            soft_wrap=True,
        )
        out.print(f"    {finding.message}", markup=False)
        out.print(f"    remedy: {finding.remedy}", style="dim", markup=False)
    counts = {s: sum(f.severity == s for _, f in findings) for s in ("error", "warning", "note")}  # type: ignore[attr-defined]
    total = ", ".join(f"{n} {s}{'s' if n != 1 else ''}" for s, n in counts.items())
    out.print(f"\n{total}" + (f", {ignored} ignored by comments" if ignored else ""))
    if skipped:
        out.print(f"not run, because the case has rankings only: {', '.join(skipped)}")
