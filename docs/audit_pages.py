"""Write the pages that follow from the audit: its rules, and what it finds on the plans of the catalogue."""

from collections import Counter
from pathlib import Path

try:
    from docs.audit_readings import BY_CODE, CARRIED_OUT, Carried, Verdict
    from docs.redraw import survival
except ModuleNotFoundError:  # run as a script: its own folder is on the path
    from audit_readings import BY_CODE, CARRIED_OUT, Carried, Verdict  # type: ignore[no-redef]
    from redraw import survival  # type: ignore[no-redef]
from halfway.audit.explain import thresholds
from halfway.audit.finding import Finding
from halfway.audit.past import said_of
from halfway.audit.rule import FAMILIES as KINDS_OF_RULES
from halfway.audit.rule import Rule
from halfway.audit.run import all_rules, find
from halfway.case.catalog import load, paths

HERE = Path(__file__).parent
DRAWS = 25
KINDS = {
    "aims": "Aims: does the plan serve those it names, within what binds its authors?",
    "table": "Table: who is in the room, who is not, and who holds which office?",
    "exchange": "Exchange: is what each side gives matched by what it gets?",
    "commitment": "Commitment: does anything hold the plan together once it is signed?",
    "record": "Record: what became of such promises and policies before?",
    "inputs": "Inputs: how far can the case's own numbers be trusted?",
    "other": "Other",
}
FAMILIES = ("A", "T", "E", "C", "R", "I")
VERDICTS: tuple[Verdict, ...] = ("hit", "in part", "false alarm", "open")


def rules_page() -> str:
    """Write the reference of all rules."""
    parts = [
        "# Audit rules\n\n*This page is generated from the rules themselves.*\n\nA rule is computed from what the "
        "plan does when everyone keeps it, from who sets and who owns each issue, and from the numbers of the case; "
        "none looks at words. Findings carry the figure that fired them, and most rules let their severity grow with "
        "it. `halfway audit --rules` lists the rules, `halfway audit --explain CODE` prints an entry of this "
        "page.\n\nWhat *loses*, *gains*, *gives* and *receives* mean: a change is an option that the plan puts in "
        "force in place of today's; it is worth to an actor what it alone would bring it from the status quo, in "
        "utility points. Those who give by it are those of its implementers and owners who lose. An answer to a "
        "false alarm is no offer and is left out of the rules on the table and the exchange.\n"
    ]
    rules = all_rules()
    for family in KINDS_OF_RULES:
        own = [r for r in rules if r.family == family]
        if own:
            parts.append(f"\n## {KINDS[family]}\n")
            parts.extend(map(entry, own))
    return "".join(parts) + OUTSIDE + SOURCES


def entry(rule: Rule) -> str:
    """Write the reference of one rule, from its record."""
    rows = [
        ("usual severity", rule.severity),
        ("figure", rule.figure),
        ("thresholds", "; ".join(thresholds(rule)) or "none"),
        ("can differ between futures", "yes" if rule.per_future else "no"),
        ("references", "; ".join(rule.references) or "none"),
        ("[record](../explanation/audit-record.md)", said_of(rule.code)),
        ("since", rule.since),
    ]
    table = "".join(f"| {name} | {value} |\n" for name, value in rows)
    return (
        f"\n### {rule.code} {rule.name}\n\n{rule.title}.\n\n**Fires.** {rule.fires}\n\n"
        f"**Why.** {rule.reason}\n\n**Remedy.** {rule.remedy[:1].upper()}{rule.remedy[1:]}.\n\n| | |\n|---|---|\n{table}"
    )


def history_page() -> str:
    """Write what the rules find on every plan of the catalogue, and how that compares with what happened."""
    plans = {(case, plan): loaded for case in shown() for loaded in [load(case)] for plan in loaded.plans}
    audited = {name: find(load(name), select=FAMILIES).kept for name in dict.fromkeys(case for case, _ in plans)}

    def of(case: str, plan: str) -> tuple[Finding, ...]:
        return tuple(f for f in audited[case] if f.plan == plan)

    tally: dict[tuple[str, str], Counter[object]] = {}
    sections = []
    for key, carried in CARRIED_OUT.items():
        tally[key] = Counter()
        found = [f for f in of(*key) if f.severity != "note"]
        rows = []
        for finding in found:
            verdict, why = reading(carried, finding, key)
            tally[key][verdict] += 1
            if verdict == "false alarm":
                tally[key]["false", finding.severity] += 1
            rows.append(f"| {finding.code} | {finding.severity} | {cut(finding.message)} | {verdict} | {why} |")
        notes = Counter(f.code for f in of(*key) if f.severity == "note")
        told = ", ".join(f"{c} ({n})" if n > 1 else c for c, n in sorted(notes.items())) or "none"
        sections.append(
            f"\n### {plans[key].title or key[0]}: {plans[key].title_of('plans', key[1])}\n\n"
            f"*{carried.outcome[:1].upper()}{carried.outcome[1:]}.* {carried.story}\n\n"
            "| rule | severity | finding | against what happened | why |\n|---|---|---|---|---|\n"
            + "\n".join(rows)
            + f"\n\nNotes, not judged here: {told}.\n\nMissed:\n\n"
            + "".join(f"- {miss}\n" for miss in carried.misses)
        )
    return (
        HISTORY_INTRO
        + "\n## The plans that were carried out\n\n"
        + "| case | plan | what became of it | errors (false) | warnings (false) | "
        + " | ".join(v if v in ("open", "in part") else f"{v}s" for v in VERDICTS)
        + " |\n|---|---|---|"
        + "---:|" * (2 + len(VERDICTS))
        + "\n"
        + "".join(
            f"| {case} | {plan} | {carried.outcome} | "
            + " | ".join(f"{count(of(case, plan), s)} ({tally[case, plan]['false', s]})" for s in ("error", "warning"))
            + " | "
            + " | ".join(str(tally[case, plan][v]) for v in VERDICTS)
            + " |\n"
            for (case, plan), carried in CARRIED_OUT.items()
        )
        + totals(tally)
        + "".join(sections)
        + "\n## All plans of the catalogue\n\n"
        "Rivals and plans written for comparison were never tried, so there is nothing to hold their findings "
        "against. Cases that were coded blind, after the rules were written, are not on this page.\n\n"
        "| case | plan | errors | warnings | notes | rules that fired |\n|---|---|---:|---:|---:|---|\n"
        + "".join(overview(case, plan, of(case, plan)) for case, plan in plans)
        + structure()
    )


def shown() -> list[str]:
    """List the cases of this page: all but those coded blind after the rules were written, which have a page of their own."""
    first = {case for case, _ in CARRIED_OUT}
    return sorted(n for n, path in paths().items() if n in first or path.parent.parent.name != "historical")


def reading(carried: Carried, finding: Finding, key: tuple[str, str]) -> tuple[Verdict, str]:
    """Look up what history says of a finding.

    Raises
    ------
    LookupError
        Where no one has said.
    """
    for code, word, verdict, why in carried.readings:
        if code == finding.code and word in finding.message:
            return verdict, why
    if finding.code in BY_CODE:
        return BY_CODE[finding.code]
    raise LookupError(f"{key}: no reading of {finding.code}: {finding.message}")


def totals(tally: dict[tuple[str, str], Counter[object]]) -> str:
    """Say how the findings came out together, for the plans that failed and for those that held."""
    failed = [k for k in tally if CARRIED_OUT[k].outcome.startswith("failed")]
    held = [k for k in tally if k not in failed]
    lines = []
    for name, keys in (("failed", failed), ("held, wholly or in part", held)):
        total = sum((tally[k] for k in keys), Counter())
        lines.append(
            f"On the {len(keys)} plans that {name}: {total['hit']} hits, {total['in part']} in part, "
            f"{total['false alarm']} false alarms, {total['open']} open; {total['false', 'error']} of the false alarms errors."
        )
    lines.append(
        "By their number alone, errors do not tell the one group from the other: what a plan of several halves says of one of "
        "them counts for the whole, and what soldiers compel is in nobody's points. What the findings say, and whom they "
        "name, is what came true or not."
    )
    return "\n" + " ".join(lines) + "\n"


def overview(case: str, plan: str, found: tuple[Finding, ...]) -> str:
    """Write one plan as a row."""
    fired = Counter(f.code for f in found if f.severity != "note")
    told = ", ".join(f"{c} × {n}" if n > 1 else c for c, n in sorted(fired.items(), key=lambda x: order(x[0]))) or "—"
    counts = " | ".join(str(count(found, s)) for s in ("error", "warning", "note"))
    return f"| {case} | {plan} | {counts} | {told} |\n"


def order(code: str) -> tuple[int, str]:
    """Return a key that sorts codes as the documentation does."""
    return FAMILIES.index(code[0]), code


def count(found: tuple[Finding, ...], severity: str) -> int:
    """Count findings of one severity."""
    return sum(f.severity == severity for f in found)


def cut(text: str, length: int = 150) -> str:
    """Shorten a message for a cell of a table, at a word."""
    text = text.replace("|", "/")
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0] + " …"


def structure() -> str:
    """Say which findings on the flagship's memo rest on the plan's structure alone."""
    fired = survival(DRAWS)
    rows = [
        f"| {r.code} | {r.name} | {fired[r.code]} of {DRAWS} |\n"
        for r in all_rules()
        if r.code[0] in FAMILIES and fired[r.code]
    ]
    return (
        "\n## What rests on structure alone\n\n"
        f"The interests of every actor of `belarus-2020` were drawn anew {DRAWS} times (seeds 0 to {DRAWS - 1}): a weight and "
        "values for every issue, the points of every linkage, walk-aways at the status quo. A rule that looks only at who sits "
        "where, who owns what and what is promised fires on the memo's plan every time; so does T104, which weighs numbers, "
        "as long as someone of the several outside loses. The others depend on the numbers, and so they should.\n\n"
        "| rule | name | fires on the memo |\n|---|---|---:|\n" + "".join(rows)
    )


OUTSIDE = """
## Rules of your own

A package brings rules by an entry point of the group `halfway.rules`, which names a `Rule` or a sequence of them; see
[Add a rule to the audit](../how-to/audit-rule-of-your-own.md).
"""

SOURCES = """
## Sources

- Bartos, O. J. (1974). *Process and Outcome of Negotiations*. Columbia University Press.
- Downs, G. W., Rocke, D. M. (1995). *Optimal Imperfection? Domestic Uncertainty and Institutions in International Relations*.
  Princeton University Press.
- Downs, G. W., Rocke, D. M., Barsoom, P. N. (1996). Is the good news about compliance good news about cooperation? *International
  Organization* 50(3): 379–406.
- Fearon, J. D. (1996). Bargaining over objects that influence future bargaining power. Working paper, University of Chicago.
- Fisher, R., Ury, W. (1981). *Getting to Yes*. Houghton Mifflin.
- Fraser, N. M., Hipel, K. W. (1979). Solving complex conflicts. *IEEE Transactions on Systems, Man, and Cybernetics* 9(12):
  805–816.
- Gouldner, A. W. (1960). The norm of reciprocity: a preliminary statement. *American Sociological Review* 25(2): 161–178.
- Green, E. J., Porter, R. H. (1984). Noncooperative collusion under imperfect price information. *Econometrica* 52(1): 87–100.
- Greenhill, K. M., Major, S. (2007). The perils of profiling: civil war spoilers and the collapse of intrastate peace accords.
  *International Security* 31(3): 7–40.
- Jervis, R. (1976). *Perception and Misperception in International Politics*. Princeton University Press.
- Kydd, A. H. (2003). Which side are you on? Bias, credibility, and mediation. *American Journal of Political Science* 47(4):
  597–611.
- Kydd, A. H. (2005). *Trust and Mistrust in International Relations*. Princeton University Press.
- Levin, J. (2003). Relational incentive contracts. *American Economic Review* 93(3): 835–857.
- Mnookin, R. H., Susskind, L. E. (eds., 1999). *Negotiating on Behalf of Others*. Sage.
- Morgan, M. G. (2014). Use (and abuse) of expert elicitation in support of decision making for public policy. *Proceedings
  of the National Academy of Sciences* 111(20): 7176–7184.
- Nilsson, D. (2012). Anchoring the peace: civil society actors in peace accords and durable peace. *International Interactions*
  38(2): 243–266.
- Osgood, C. E. (1962). *An Alternative to War or Surrender*. University of Illinois Press.
- Popper, K. R. (1959). *The Logic of Scientific Discovery*. Hutchinson.
- Powell, R. (2006). War as a commitment problem. *International Organization* 60(1): 169–203.
- Raiffa, H. (1982). *The Art and Science of Negotiation*. Harvard University Press.
- Romer, T., Rosenthal, H. (1978). Political resource allocation, controlled agendas, and the status quo. *Public Choice* 33(4):
  27–43.
- Schelling, T. C. (1960). *The Strategy of Conflict*. Harvard University Press.
- Stedman, S. J. (1997). Spoiler problems in peace processes. *International Security* 22(2): 5–53.
- Vienna Convention on the Law of Treaties (1969). United Nations Treaty Series 1155: 331.
- Walter, B. F. (2002). *Committing to Peace: The Successful Settlement of Civil Wars*. Princeton University Press.
"""

HISTORY_INTRO = """\
# The audit held against history

*This page is generated: the findings by the rules as they stand, the readings by hand from the record that each case cites.
A test checks that it is current.*

A rule set that finds fault with every plan is of no use, and neither is one that finds none. So all rules are run here
on the plans of the catalogue, and each warning and error on a plan that was carried out is held against what happened. A
*hit* names something that went wrong, or was at fault, afterwards; a *false alarm*
names something that did no harm; *in part* is between; *open* means that history cannot tell.

How far to trust this page:

- Seven plans are few, and they are known ones. No rate is computed from them.
- The logic of several rules was refined after they had been run on these very plans: that a step towards the middle is no
  surrender (E201), that only a guarantor with a part in the answer to a breach counts (E202), that what can be taken back
  is not lost (E203), that an owner's gain weighs otherwise than its loss (T101, E204), that those who bound themselves in
  the room are not outside it (T103, T104). Each has a reason of its own, told with the rule, but the plans cannot vouch for
  the rules that they helped to shape. The numbers of the cases were written before and were not changed.
- The readings are judgements of those who wrote the rules.
- The rules on commitment and on the record came later and were refined in the same way: that the types of an actor are
  judged together by their priors (C302 to C312), that a stick is charged with what its holder itself has to do (C303), that an
  exit rewards only those whom the penalty answers (C304), that only those who owe something can break it (C305), that only
  what the rule watches evades it (C312), that new terms are no reset (C309), and that a penalty for good is no promise (C311).
"""


def pages() -> dict[Path, str]:
    """Return every page with its text."""
    return {
        HERE / "reference" / "audit-rules.md": rules_page(),
        HERE / "explanation" / "audit-on-history.md": history_page(),
    }


def main() -> None:
    """Write the pages."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
