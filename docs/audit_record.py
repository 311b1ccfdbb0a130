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
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

try:
    from docs.history_rows import broken, last_day, outcome_of, plans
except ModuleNotFoundError:  # run as a script: its own folder is on the path
    from history_rows import broken, last_day, outcome_of, plans  # type: ignore[no-redef]
from halfway.audit.finding import SEVERITIES, Hit, Severity
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

FEW = 5
"""Fewer judged warnings and errors say nothing of a rule."""

SURE = 0.75
"""A rule keeps its errors where they were right at least this often."""

FEW_ERRORS = 3
"""Fewer judged errors do not show that they are right so often."""

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


@dataclass(frozen=True)
class Record:
    """What became of what a rule spoke of.

    Attributes
    ----------
    code : str
    hits, false_alarms : int
        Warnings and errors.
    error_hits, false_errors : int
        Errors alone.
    note_hits, false_notes : int
        Notes.
    base_rate : float
        Of failures, as `RULE` has it; 0 where nothing was judged.
    """

    code: str
    hits: int
    false_alarms: int
    error_hits: int
    false_errors: int
    note_hits: int
    false_notes: int
    base_rate: float

    @property
    def judged(self) -> int:
        """Warnings and errors that were judged."""
        return self.hits + self.false_alarms

    @property
    def most(self) -> Severity:
        """The gravest severity that the record leaves the rule."""
        if self.judged < FEW:
            return "error"
        if self.hits / self.judged <= self.base_rate:
            return "note"
        errors = self.error_hits + self.false_errors
        if self.false_errors and (errors < FEW_ERRORS or self.error_hits / errors < SURE):
            return "warning"
        return "error"


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


def page() -> str:
    """Write the page."""
    if not read_audited():
        return HEAD + RULE + "\nNothing has been counted yet.\n"
    return HEAD + RULE


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
    else:
        measure()
    return 0


if __name__ == "__main__":
    sys.exit(main())
