"""Measure the plans of the past, once: what tempted whom, what became of it, and whether one tells the other.

    python docs/history.py [--page] [--seconds N]

Goes through every historical plan whose obligations say what became of them, and through the second codings, each in a process
of its own with a time bound. What was found stands in docs/data/measured.json at once, with the content hash of its case; a
plan that has its figures is not measured again, so that a crash of the writing needs no second look at other numbers. Of a
case that is amended later both results stand. From
that file follow docs/data/coded-actors.csv, from which the link is fitted, the grades that ship with Halfway, and with --page
the page of the documentation.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

try:
    from docs.history_page import page
    from docs.history_rows import ROOT, Row, as_csv, blind_names, plans, rows_of, second_codings
except ModuleNotFoundError:  # run as a script: its own folder is on the path
    from history_page import page  # type: ignore[no-redef]
    from history_rows import ROOT, Row, as_csv, blind_names, plans, rows_of, second_codings  # type: ignore[no-redef]
from halfway import __version__
from halfway.case.case import Case
from halfway.case.catalog import what_became
from halfway.case.outcomes import Filed
from halfway.errors import InputError, Refusal
from halfway.evidence.coded import read_coded
from halfway.evidence.fitted_link import FittedLink, shipped_link
from halfway.result import write_safely

MEASURED = ROOT / "docs" / "data" / "measured.json"
ROWS = ROOT / "docs" / "data" / "coded-actors.csv"
GRADES = ROOT / "src" / "halfway" / "evidence" / "data" / "graded_plans.csv"
PAGE = ROOT / "docs" / "explanation" / "history.md"
MEASURE = Path(__file__).parent / "history_measure.py"
SECONDS = 240


@cache
def asked() -> dict[str, tuple[Case, str, Path]]:
    """Return everything that is measured, by its key in the file."""
    first = {f"{c.name}/{p}": (c, p, path) for c, p, path in plans()}
    return first | {f"second:{c.name}/{p}": (c, p, path) for c, p, path in second_codings()}


def measure(path: Path, plan: str, seconds: float) -> dict[str, Any]:
    """Measure one plan in a process of its own; what it found before the time was up is kept."""
    with subprocess.Popen(
        [sys.executable, str(MEASURE), str(path), plan], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        try:
            said, wrong = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            said, wrong = child.communicate()
            wrong = f"it took more than {seconds:.0f} seconds"
        except BaseException:
            child.kill()
            raise
    found: dict[str, Any] = {}
    for line in said.splitlines():
        found |= json.loads(line)
    if "actors" not in found and "refused" not in found:
        found["refused"] = (wrong.strip().splitlines() or ["nothing was found"])[-1]
    elif child.returncode and "refused" not in found:
        found["incomplete"] = (wrong.strip().splitlines() or ["it ended early"])[-1]
    return found


def measure_all(seconds: float, known: dict[str, Any]) -> dict[str, Any]:
    """Measure what has no figures yet, and keep the file up to date after every plan."""
    wanted = asked()
    for number, (key, (case, plan, path)) in enumerate(wanted.items(), start=1):
        before = known.get(key)
        same = before is not None and before["hash"] == case.content_hash
        if before and same and "actors" in before and "incomplete" not in before:
            continue
        print(f"{number} of {len(wanted)}: {key}", file=sys.stderr, flush=True)
        known[key] = {**measure(path, plan, seconds), "hash": case.content_hash, "version": __version__}
        if before and not same:
            # What was found of a case before it was amended stays beside what is found now.
            known[key]["before"] = before
        elif before and "before" in before:
            known[key]["before"] = before["before"]
        known = {k: known[k] for k in wanted if k in known}
        write_safely(MEASURED, json.dumps(known, indent=1) + "\n")
    return known


def rows_from(measured: Mapping[str, Any]) -> tuple[list[Row], list[Row]]:
    """Return the rows of the catalogue and those of the second codings."""
    first, second = [], []
    for key, (case, plan, _) in asked().items():
        if "actors" in measured.get(key, {}):
            (second if key.startswith("second:") else first).extend(rows_of(case, plan, measured[key]))
    return first, second


def link_or_none() -> FittedLink | None:
    """Return the shipped link, if there is one."""
    try:
        return shipped_link()
    except Refusal:
        return None


def written() -> str:
    """Return the page as it follows from the file of what was measured."""
    measured = json.loads(MEASURED.read_text(encoding="utf-8"))
    first, second = rows_from(measured)
    return page(first, second, measured, what_became(), blind_names(), link_or_none())


def grades(measured: Mapping[str, Any], filed: Mapping[str, Filed]) -> str:
    """Return the grades of the plans that have one, with what became of them, as they ship with Halfway."""
    lines = ["plan,grade,outcome,coded_blind"]
    for key, (case, _, _) in asked().items():
        grade, became = measured.get(key, {}).get("grade"), filed.get(case.name)
        if grade is not None and became is not None and became.outcome and not key.startswith("second:"):
            lines.append(f"{key},{grade},{became.outcome},{'yes' if case.name in blind_names() else 'no'}")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, write the rows, and on request the page."""
    parser = argparse.ArgumentParser(description="Measure temptation against what became of historical plans.")
    parser.add_argument("--page", action="store_true", help="Write the page of the documentation, too.")
    parser.add_argument("--only-write", action="store_true", help="Measure nothing: write from what was measured.")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="The most time for a plan.")
    given = parser.parse_args()
    try:
        known = json.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.exists() else {}
        if not given.only_write:
            known = measure_all(given.seconds, known)
        first, second = rows_from(known)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    write_safely(ROWS, as_csv(first))
    write_safely(GRADES, grades(known, what_became()))
    refused = [k for k, v in known.items() if "actors" not in v]
    print(
        f"{len(first)} actors of {len({r.key for r in first})} plans, {len(second)} coded twice; {len(refused)} not judged."
    )
    for key in refused:
        print(f"  {key}: {known[key]['refused']}")
    if given.page:
        write_safely(PAGE, written())
        print(f"Written: {PAGE.relative_to(ROOT)}.")
    read_coded(ROWS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
