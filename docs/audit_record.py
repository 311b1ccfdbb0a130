"""The record of each rule of the audit: hits and false alarms on the plans of the past, and the severity that follows.

python docs/audit_record.py            audits every plan that is not in docs/data yet, a process a plan
python docs/audit_record.py FILE PLAN  audits one plan and prints a line of JSON a rule, so that what was found before a
                                       time bound stands
python docs/audit_record.py --write    writes what follows: the page, and the table that the package carries

How a record is counted and what follows from it is written on the page (`RULE` below), which was fixed before anything
was counted.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

try:
    from docs.history_rows import broken, last_day, outcome_of, plans
except ModuleNotFoundError:  # run as a script: its own folder is on the path
    from history_rows import broken, last_day, outcome_of, plans  # type: ignore[no-redef]
from halfway.audit.finding import SEVERITIES, Hit
from halfway.audit.past import FEW, FEW_ERRORS, SURE, Record
from halfway.audit.question import Ground, Question
from halfway.audit.rule import Rule
from halfway.audit.run import all_rules
from halfway.case.case import Case
from halfway.case.reader import load_file
from halfway.case.support import refused
from halfway.errors import Refusal
from halfway.seeds import DEFAULT_SEED
from halfway.space.compiled import compile_case

HERE = Path(__file__).parent
COUNTS = HERE / "data" / "audit-record.csv"
AUDITED = HERE / "data" / "audit-record-plans.csv"
PAGE = HERE / "explanation" / "audit-record.md"
SHIPPED = HERE.parent / "src" / "halfway" / "audit" / "record.csv"

SECONDS = 400.0
"""Time for one plan; rules not reached by then are not judged on it."""

NOT_JUDGED = "I"
"""Rules on inputs speak of the numbers, and not of what will come to pass."""

RULE = f"""\
## What is counted

Every rule but those on inputs (I) is run on every historical plan of the catalogue whose obligations say what became of
them, with the severities of its own thresholds. A finding is held against the narrowest outcome that it is about:

- where it stands at a promise: against what became of that promise;
- where it is about one actor's conduct (C302 to C308, C311, C312, C314, E206, T106): against what became of that actor's
  promises;
- else, or where no outcome is known there: against the plan's, which failed if any actor's promises did.

An outcome is *failed* where a promise failed, or was kept for a time and broken within five years of signature, and *kept*
where outcomes are known and none of them failed; late and partly performed is kept, disputed or not due is unknown. This is the
coding fixed for the
[history of conduct](conduct-on-history.md). A finding on what failed is a **hit**, one on what was kept a **false
alarm**. Of several findings of a rule on one promise, actor or plan the gravest counts, once.

The **base rate** of a rule is the share of failures among everything of the kinds that it was judged on: promises, actors or
plans, weighted as it was judged on them. A rule that fires at random has hits in this share.

## What follows

Fixed before anything was counted:

1. With fewer than {FEW} warnings and errors judged nothing follows, and the reference says that there are too few.
2. Where the share of hits among warnings and errors is no higher than the base rate, the rule does not separate: all its
   findings become notes.
3. Else, where errors include a false alarm, and fewer than {FEW_ERRORS} errors were judged or fewer than {100 * SURE:.0f}
   percent of them were hits, its errors become warnings.
4. Nothing is promoted.

Hits and false alarms are counted on the plans on which some rules were refined, and few plans are counted: a rule's record is a
caution, and no forecast. A rule may be right to be silent on what only its remedy prevented; no count shows that.
"""


@dataclass(frozen=True)
class Count:
    """The gravest finding of a rule on one promise, actor or plan.

    Attributes
    ----------
    case, plan, code : str
    about : str
        ``promise 3``, an actor, or empty for the plan.
    severity : str
        By the rule's own thresholds.
    outcome : str
        ``failed``, ``kept`` or ``open``.
    """

    case: str
    plan: str
    code: str
    about: str
    severity: str
    outcome: str

    @property
    def unit(self) -> str:
        """What it is held against: promise, actor or plan."""
        return "promise" if self.about.startswith("promise ") else "actor" if self.about else "plan"


def outcomes(case: Case, plan: str) -> dict[str, str]:
    """Return what became of each promise, each actor's promises, and the plan."""
    signed = last_day(str(case.date)) if case.date else None
    owed = case.plans[plan].obligations
    found = {f"promise {i}": outcome_of([o], signed) for i, o in enumerate(owed)}
    for actor in dict.fromkeys(a for o in owed for a in o.by):
        found[actor] = outcome_of([o for o in owed if actor in o.by], signed)
    known = [o for o in owed if outcome_of([o], signed) != "open"]
    found[""] = ("failed" if any(broken(o, signed) for o in known) else "kept") if known else "open"
    return found


def held_against(hit: Hit, plan: str, known: dict[str, str]) -> str:
    """Return the narrowest thing with an outcome that a finding is about."""
    wanted = []
    if hit.path[:3] == ("plans", plan, "obligations") and len(hit.path) > 3:
        wanted.append(f"promise {hit.path[3]}")
    if hit.actor is not None:
        wanted.append(hit.actor)
    return next((w for w in wanted if known.get(w, "open") != "open"), "")


def stages(case: Case, plan: str) -> Iterator[dict[str, Any]]:
    """Run one rule after another, those that ask of conduct last; a line for each."""
    if problems := refused(case, "audit", case.plans[plan]):
        yield {"refused": "; ".join(p.what for p in problems)}
        return
    question = Question(case, plan, case.plans[plan], Ground(compile_case(case), DEFAULT_SEED))
    known = outcomes(case, plan)
    for rule in sorted(
        (r for r in all_rules() if r.code[0] != NOT_JUDGED), key=lambda r: (r.family == "commitment", r.code)
    ):
        gravest: dict[str, str] = {}
        for about, severity in _found(replace(rule, most="error"), question, known):
            gravest[about] = max(gravest.get(about, "note"), severity, key=_rank)
        yield {"code": rule.code, "found": gravest}


def _found(rule: Rule, question: Question, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    for hit in rule.check(question, rule):
        yield held_against(hit, question.name, known), rule.severity_of(hit)


def _rank(severity: str) -> int:
    return [str(s) for s in SEVERITIES].index(severity)


def count_plan(case: Case, plan: str, path: Path, seconds: float = SECONDS) -> tuple[list[Count], dict[str, str]]:
    """Audit one plan in a process of its own; return the counts and what is said of the run."""
    command = [sys.executable, str(Path(__file__)), str(path), plan]
    begun = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            out, _ = process.communicate(timeout=seconds)
            late = ""
        except subprocess.TimeoutExpired:
            process.kill()
            out, _ = process.communicate()
            late = "time"
    lines = [json.loads(line) for line in out.splitlines() if line.endswith("}")]
    known = outcomes(case, plan)
    counts = [
        Count(case.name, plan, line["code"], about, severity, known[about])
        for line in lines
        for about, severity in line.get("found", {}).items()
    ]
    judged = [line["code"] for line in lines if "code" in line]
    refusal = next((line["refused"] for line in lines if "refused" in line), late)
    about = {
        "case": case.name,
        "plan": plan,
        "hash": case.content_hash,
        "seconds": f"{time.monotonic() - begun:.0f}",
        "rules": " ".join(judged),
        "stopped": refusal or ("" if process.returncode == 0 else f"status {process.returncode}"),
    }
    return counts, about


def read_counts() -> list[Count]:
    """Read what was counted so far."""
    if not COUNTS.exists():
        return []
    with COUNTS.open(encoding="utf-8", newline="") as stream:
        return [Count(**row) for row in csv.DictReader(stream)]


def read_audited() -> list[dict[str, str]]:
    """Read which plans were audited so far."""
    if not AUDITED.exists():
        return []
    with AUDITED.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def as_csv(rows: Iterable[dict[str, Any]]) -> str:
    """Write rows with a head."""
    rows = list(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def measure() -> None:
    """Audit every plan that is not counted yet, and keep the counts after each."""
    counts, audited = read_counts(), read_audited()
    for case, plan, path in plans():
        done = next((a for a in audited if (a["case"], a["plan"]) == (case.name, plan)), None)
        if done is not None and done["hash"] == case.content_hash:
            continue
        counts = [c for c in counts if (c.case, c.plan) != (case.name, plan)]
        audited = [a for a in audited if (a["case"], a["plan"]) != (case.name, plan)]
        found, about = count_plan(case, plan, path)
        print(about["case"], about["plan"], about["seconds"], about["stopped"], file=sys.stderr, flush=True)
        counts, audited = [*counts, *found], [*audited, about]
        COUNTS.write_text(as_csv(vars(c) for c in sorted(counts, key=_order)) if counts else "", encoding="utf-8")
        AUDITED.write_text(as_csv(sorted(audited, key=lambda a: (a["case"], a["plan"]))), encoding="utf-8")


def _order(count: Count) -> tuple[str, ...]:
    return (count.code, count.case, count.plan, count.about)


def base_rates(audited: Iterable[dict[str, str]]) -> dict[str, tuple[int, int]]:
    """Return how many promises, actors and plans of those audited failed, and how many have a known outcome."""
    tally: dict[str, list[str]] = defaultdict(list)
    there = {(a["case"], a["plan"]) for a in audited if a["rules"]}
    for case, plan, _ in plans():
        if (case.name, plan) in there:
            for about, outcome in outcomes(case, plan).items():
                if outcome != "open":
                    tally[Count("", "", "", about, "", "").unit].append(outcome)
    return {unit: (found.count("failed"), len(found)) for unit, found in tally.items()}


def records(counts: Iterable[Count], rates: dict[str, tuple[int, int]]) -> dict[str, Record]:
    """Return the record of every rule that was judged, by code."""
    by_code: dict[str, list[Count]] = defaultdict(list)
    for count in counts:
        if count.outcome != "open":
            by_code[count.code].append(count)
    out = {}
    for code, own in sorted(by_code.items()):
        tally: dict[tuple[str, bool], int] = defaultdict(int)
        for c in own:
            tally[c.severity, c.outcome == "failed"] += 1
        spoken = [c for c in own if c.severity != "note"]
        base = sum(rates[c.unit][0] / rates[c.unit][1] for c in spoken) / len(spoken) if spoken else 0.0
        out[code] = Record(
            code,
            tally["warning", True] + tally["error", True],
            tally["warning", False] + tally["error", False],
            tally["error", True],
            tally["error", False],
            tally["note", True],
            tally["note", False],
            round(base, 3),
        )
    return out


HEAD = """\
# The record of the audit's rules

*This page is generated by `python docs/audit_record.py --write` from what `python docs/audit_record.py` counted.*

What became of the promises, actors and plans that the rules of the audit speak of, on the historical plans of the catalogue,
and the severity that follows for each rule.

"""


def rates_of(counts: Iterable[Count]) -> dict[str, Record]:
    """Return the records that counts come to, with the base rates of the plans that were audited."""
    return records(counts, base_rates(read_audited()))


def shipped() -> str:
    """Write the table that the package carries."""
    return as_csv(asdict(r) for r in rates_of(read_counts()).values())


def page() -> str:
    """Write the page."""
    audited = read_audited()
    if not audited:
        return HEAD + RULE + "\nNothing has been counted yet.\n"
    counts = read_counts()
    found, rates = rates_of(counts), base_rates(audited)
    of = {unit: f"{failed} of {known}" for unit, (failed, known) in rates.items()}
    judged = [a for a in audited if a["rules"]]
    stopped = [a for a in audited if a["stopped"]]
    parts = [
        HEAD + RULE,
        "\n## What came out\n\n"
        f"{len(judged)} plans were audited. Of what they promised {of['promise']} promises failed, {of['actor']} actors failed "
        f"one at least, and {of['plan']} plans. "
        + (
            "Not judged, or not by every rule: " + "; ".join(f"{a['case']} ({_why(a)})" for a in stopped) + ".\n"
            if stopped
            else "\n"
        ),
        "\n| rule | name | hits : false alarms | of errors | of notes | share of hits | base rate "
        "| before, at most | after, at most |\n"
        "|---|---|---:|---:|---:|---:|---:|---|---|\n",
    ]
    names = {r.code: r.name for r in all_rules()}
    changed = []
    for code, r in found.items():
        before = _gravest([c for c in counts if c.code == code])
        after = min(before, r.most, key=_rank)
        if after != before:
            changed.append(code)
        share = f"{100 * r.hits / r.judged:.0f}%" if r.judged else "–"
        few = " (too few to tell)" if 0 < r.judged < FEW else ""
        parts.append(
            f"| {code} | {names[code]} | {r.hits} : {r.false_alarms}{few} | {r.error_hits} : {r.false_errors} | "
            f"{r.note_hits} : {r.false_notes} | {share} | {100 * r.base_rate:.0f}% | {before} | "
            f"{f'**{after}**' if after != before else after} |\n"
        )
    never = [r.code for r in all_rules() if r.code[0] != NOT_JUDGED and r.code not in found]
    parts.append(f"\nNever fired there: {', '.join(never) or 'none'}. Changed: {', '.join(changed) or 'none'}.\n")
    parts.append(_by_plan(counts))
    return "".join(parts)


def _why(about: dict[str, str]) -> str:
    return f"stopped after {SECONDS:.0f} seconds" if about["stopped"] == "time" else about["stopped"].split(";")[0]


def _gravest(counts: Iterable[Count]) -> str:
    return max((c.severity for c in counts), key=_rank, default="note")


def _by_plan(counts: list[Count]) -> str:
    """Set the errors and warnings on plans that failed beside those on plans that were kept, before and after."""
    caps = {code: r.most for code, r in rates_of(counts).items()}
    plan_of = {(c.name, p): outcomes(c, p)[""] for c, p, _ in plans()}
    rows = []
    for outcome, called in (("failed", "failed"), ("kept", "held: no actor's promises failed")):
        keys = {k for k, o in plan_of.items() if o == outcome and any((c.case, c.plan) == k for c in counts)}
        own = [c for c in counts if (c.case, c.plan) in keys]
        cells = [called, str(len(keys))]
        for severity in ("error", "warning"):
            before = sum(c.severity == severity for c in own)
            after = sum(min(c.severity, caps.get(c.code, "error"), key=_rank) == severity for c in own)
            false = [
                sum(s == severity and c.outcome == "kept" for c, s in ((c, capped(c)) for c in own))
                for capped in (lambda c: c.severity, lambda c: min(c.severity, caps.get(c.code, "error"), key=_rank))
            ]
            cells += [f"{before} ({false[0]})", f"{after} ({false[1]})"]
        rows.append("| " + " | ".join(cells) + " |\n")
    return (
        "\n## Errors and warnings on the plans, before and after\n\nIn brackets those that history calls false.\n\n"
        "| plans that | plans | errors before | after | warnings before | after |\n|---|---:|---:|---:|---:|---:|\n"
        + "".join(rows)
        + "\n"
        + _held(counts, caps, plan_of)
    )


def _held(counts: list[Count], caps: Mapping[str, str], plan_of: Mapping[tuple[str, str], str]) -> str:
    """Name the errors that are left on plans that held."""
    left = [
        f"{c.code} on {c.case}" + (f" ({c.about})" if c.about else "")
        for c in counts
        if plan_of.get((c.case, c.plan)) == "kept" and min(c.severity, caps.get(c.code, "error"), key=_rank) == "error"
    ]
    if not left:
        return "No plan that held has an error.\n"
    return f"Errors left on plans that held, each of them false by this count: {', '.join(sorted(left))}.\n"


def main() -> int:
    """Do what the command line asks."""
    if len(sys.argv) == 3:
        file, plan = sys.argv[1:]
        case = load_file(Path(file))
        try:
            for stage in stages(case, plan):
                print(json.dumps(stage), flush=True)
        except (Refusal, MemoryError) as problem:
            print(json.dumps({"refused": str(problem).splitlines()[0] if str(problem) else "out of memory"}))
        return 0
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
        if read_audited():
            SHIPPED.write_text(shipped(), encoding="utf-8")
    else:
        measure()
    return 0


if __name__ == "__main__":
    sys.exit(main())
