"""What is measured of plans of the past, a row an actor, with what became of its promises by the coding fixed beforehand."""

from __future__ import annotations

import calendar
import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from halfway.case.case import Case
from halfway.case.catalog import load, paths
from halfway.case.plans import PlanObligation
from halfway.case.reader import load_file
from halfway.evidence.coded import Coded, CodedActor

ROOT = Path(__file__).parents[1]
BLIND = ROOT / "catalog" / "historical" / "coded-blind.csv"
SECOND = ROOT / "docs" / "data" / "second-coding"
FIVE_YEARS = 5 * 365.25
HINDSIGHT = {("dayton-1995", "as_carried_out")}
COLUMNS = ("plan", "actor", "temptation", "percent_of_stake", "vague", "outcome", "promises", "grade", "month", "acts")


@dataclass(frozen=True)
class Row:
    """One actor of one plan.

    Attributes
    ----------
    case, plan, actor, title : str
    temptation, percent : float
        In points, and in percent of its stake (0 where nothing is at stake).
    vague : float
        Share of its promises that are not exact.
    outcome : str
        ``failed``, ``kept``, or ``open`` where nothing can be told (disputed, not due, or no outcome).
    second : str
        The same where late and partly performed promises count as failures too.
    promises : int
    grade : int or None
        Of the whole plan; None where there was no time to tell the fourth from the fifth.
    month : int or None
    acts : str
    """

    case: str
    plan: str
    actor: str
    title: str
    temptation: float
    percent: float
    vague: float
    outcome: str
    second: str
    promises: int
    grade: int | None
    month: int | None
    acts: str

    @property
    def key(self) -> str:
        """The plan's name in the rows."""
        return f"{self.case}/{self.plan}"


def last_day(text: str) -> date:
    """Read a day, a month or a year; of the longer ones the last day."""
    parts = [int(x) for x in text.split("-")]
    if len(parts) == 1:
        return date(parts[0], 12, 31)
    if len(parts) == 2:
        return date(parts[0], parts[1], calendar.monthrange(*parts)[1])
    return date(*parts)


def broken(o: PlanObligation, signed: date | None) -> bool:
    """Return whether an obligation failed, or was kept for a time and broken within five years of signature."""
    if o.outcome == "failed":
        return True
    if o.outcome != "kept" or o.until is None:
        return False
    return signed is None or (last_day(str(o.until)) - signed).days <= FIVE_YEARS


def outcome_of(owed: Iterable[PlanObligation], signed: date | None, *, strict: bool = False) -> str:
    """Return what became of an actor's promises by the coding fixed beforehand."""
    known = [o for o in owed if o.outcome not in (None, "disputed", "not_due")]
    if any(broken(o, signed) for o in known):
        return "failed"
    if strict and any(o.outcome in ("late", "partly") for o in known):
        return "failed"
    return "kept" if known else "open"


def plans() -> list[tuple[Case, str, Path]]:
    """Return the historical plans whose obligations say what became of them."""
    found = [(load(name), path) for name, path in sorted(paths().items()) if path.parent.parent.name == "historical"]
    return [
        (c, p, path)
        for c, path in found
        for p, plan in c.plans.items()
        if (c.name, p) not in HINDSIGHT and any(o.outcome for o in plan.obligations)
    ]


def second_codings() -> list[tuple[Case, str, Path]]:
    """Return the plans that were coded twice, as they were coded the second time."""
    found = [(load_file(path), path) for path in sorted(SECOND.glob("*.yaml"))]
    return [
        (c, p, path) for c, path in found for p, plan in c.plans.items() if any(o.outcome for o in plan.obligations)
    ]


def rows_of(case: Case, plan: str, measured: Mapping[str, Any]) -> list[Row]:
    """Return a row for every actor of a measured plan that promised something."""
    signed = last_day(str(case.date)) if case.date else None
    rows = []
    for actor, found in measured.get("actors", {}).items():
        owed = [o for o in case.plans[plan].obligations if actor in o.by]
        if not owed:
            continue
        rows.append(
            Row(
                case.name,
                plan,
                actor,
                case.title_of("actors", actor),
                float(found["points"]),
                float(found["percent_of_stake"] or 0.0),
                sum(o.precision != "exact" for o in owed) / len(owed),
                outcome_of(owed, signed),
                outcome_of(owed, signed, strict=True),
                len(owed),
                measured.get("grade"),
                found["month"] if found["acts"] else None,
                "; ".join(f"{i}: {o}" for i, o in found["acts"].items()),
            )
        )
    return rows


def as_csv(rows: Iterable[Row]) -> str:
    """Write the rows as the fitting script reads them; what is open is left out there."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for r in rows:
        if r.outcome != "open":
            writer.writerow(
                [r.key, r.actor, f"{r.temptation:.4f}", f"{r.percent:.4f}", f"{r.vague:.4f}", r.outcome, r.promises,
                 "" if r.grade is None else r.grade, "" if r.month is None else r.month, r.acts]
            )  # fmt: skip
    return out.getvalue()


def coded(rows: Iterable[Row], *, strict: bool = False) -> Coded:
    """Return the rows in the form in which they are fitted."""
    return Coded(
        tuple(
            CodedActor(
                r.key,
                r.actor,
                r.temptation,
                r.percent,
                r.vague,
                (r.second if strict else r.outcome) == "failed",
                r.promises,
            )
            for r in rows
            if r.outcome != "open"
        )
    )


def blind_names() -> set[str]:
    """Return the cases that were coded blind."""
    with BLIND.open(encoding="utf-8", newline="") as stream:
        return {row["case"] for row in csv.DictReader(stream)}
