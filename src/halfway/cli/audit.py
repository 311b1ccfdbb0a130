"""Verb `halfway audit`: is the plan even-handed and enforceable on its face."""

from __future__ import annotations

from dataclasses import replace
from textwrap import shorten
from typing import TYPE_CHECKING

import click

from halfway.cli.common import console, heading, load_case, optional_case_argument, print_json, seed_option
from halfway.cli.output import Output, deliver, output_options
from halfway.record import plain

if TYPE_CHECKING:
    from halfway.audit.groups import Group
    from halfway.audit.mending import Effect
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
@click.option("--flat", is_flag=True, help="List the findings one by one, worst first.")
@click.option("--all", "everything", is_flag=True, help="Show every heading, with its findings in full.")
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
    flat: bool,
    everything: bool,
    as_sarif_log: bool,
    output: Output,
    seed: int,
) -> int:
    """Audit the plans of a case: findings with codes, lines, figures and remedies, by what would have to change.

    At most five headings a plan come first, those that mending does most for; `--all` shows the rest.

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
    show = (lambda: _print(result, loaded)) if flat else (lambda: _print_groups(result, loaded, everything))
    deliver(output, result, show, data=as_sarif(result) if as_sarif_log else None)
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
    if result.findings:
        out.print()
    _print_totals(result, case)


def _print_totals(result: AuditResult, case: Case) -> None:
    out = console()
    counts = {s: sum(f.severity == s for f in result.findings) for s in ("error", "warning", "note")}
    total = ", ".join(f"{n} {s}{'s' if n != 1 else ''}" for s, n in counts.items())
    ignored = f", {len(result.ignored)} ignored by comments" if result.ignored else ""
    out.print(f"{total}{ignored}")
    if result.skipped:
        out.print(f"not run, because no actor has utilities: {', '.join(result.skipped)}")
    elif result.unjudged:
        who = ", ".join(case.title_of("actors", a) for a in result.unjudged)
        out.print(f"no utilities, so passed over by rules that need them: {who}")


def _print_groups(result: AuditResult, case: Case, everything: bool) -> None:
    from rich.text import Text

    out = console()
    for plan in dict.fromkeys(f.plan for f in result.findings):
        own = [g for g in result.groups if g.plan == plan]
        if not own:
            continue
        out.print(heading(case.title_of("plans", plan), f" ({plan})"))
        number = 0
        for group in (g for g in own if g.first or everything):
            number += group.kind != "consent"
            mark = "   " if group.kind == "consent" else f"{number}. "
            title = f"{mark}{group.title[:1].upper()}{group.title[1:]}"
            severity = (f" {_counted(result, group)}", _COLOURS[group.severity])
            out.print(Text.assemble((f"{title}:", "bold"), severity, f", line {group.line}"), soft_wrap=True)
            if everything:
                for n in group.findings:
                    f = result.findings[n]
                    out.print(f"   {f.place}: {f.severity} {f.code} {f.message}; remedy: {f.remedy}", soft_wrap=True)
            else:
                out.print(f"   {_listed(result, group)}", soft_wrap=True)
                if group.kind != "consent":
                    out.print(f"   change: {group.remedy}", style="dim", soft_wrap=True)
            if group.effect is not None:
                out.print(f"   without it: {_effect(group.effect)}", style="dim", soft_wrap=True)
        rest = 0 if everything else sum(not g.first for g in own)
        if rest:
            out.print(f"   {rest} more heading{'s' if rest != 1 else ''}: --all", style="dim")
        out.print()
    for group in (g for g in result.groups if g.plan is None):
        head = f"{group.title[:1].upper()}{group.title[1:]}:"
        out.print(Text.assemble((head, "bold"), f" {_counted(result, group)}, line {group.line}"), soft_wrap=True)
        for n in group.findings if everything else ():
            f = result.findings[n]
            out.print(f"   {f.place}: {f.severity} {f.code} {f.message}; remedy: {f.remedy}", soft_wrap=True)
        if not everything:
            out.print(f"   {_listed(result, group)}", soft_wrap=True)
    _print_totals(result, case)


_RULES = 9
"""So many rules are named in a heading."""

_NAME = 32
"""Longer names of what they are about are cut, in characters."""


def _counted(result: AuditResult, group: Group) -> str:
    found = [result.findings[n].severity for n in group.findings]
    counts = [(s, found.count(s)) for s in ("error", "warning", "note")]
    return ", ".join(f"{n} {s}{'s' if n != 1 else ''}" for s, n in counts if n)


def _listed(result: AuditResult, group: Group) -> str:
    """Return the rules of a heading, each once, with what they are about or how often they fire."""
    about: dict[tuple[str, str], list[str]] = {}
    for n, name in zip(group.findings, group.names, strict=True):
        about.setdefault((result.findings[n].code, result.findings[n].name), []).append(name)
    parts = []
    for (code, rule), names in about.items():
        named = [shorten(n, _NAME, placeholder="…") for n in dict.fromkeys(names) if n]
        more = f", {len(named) - 2} more" if len(named) > 2 else ""
        times = f" × {len(names)}" if len(names) > 1 and not named else ""
        parts.append(f"{rule} ({code})" + (f": {', '.join(named[:2])}{more}" if named else times))
    return "; ".join(parts[:_RULES]) + (f"; {len(parts) - _RULES} more rules" if len(parts) > _RULES else "")


def _effect(effect: Effect) -> str:
    """Say what leaving a step out would do."""
    parts = []
    if effect.below[0]:
        parts.append(
            f"signatories below their walk-away {effect.below[0]} → {effect.below[1]}, by {effect.short[0]:.1f} → "
            f"{effect.short[1]:.1f} points"
        )
    if effect.aims is not None:
        parts.append(f"those it is for {effect.aims:+.1f} points".replace("-", "\N{MINUS SIGN}"))
    if effect.tempted is not None:
        parts.append(f"largest temptation {effect.tempted[0]:.1f} → {effect.tempted[1]:.1f} points")
    return "; ".join(parts) or "nobody who has to sign or is served gains by it"
