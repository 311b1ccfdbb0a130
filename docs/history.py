"""Measure the plans of the past, once: what tempted whom, what became of it, and whether one tells the other.

    python docs/history.py [--rows FILE] [--page]

Goes through every historical plan whose obligations say what became of them, asks `conduct` for the temptation of every actor
that promised something, and writes the rows from which the link is fitted. With --page it writes the page of the documentation.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from halfway.case.case import Case
from halfway.case.catalog import load, paths
from halfway.case.plans import PlanObligation
from halfway.conduct.run import conduct
from halfway.errors import HalfwayError, InputError, Refusal
from halfway.evidence.coded import Coded, CodedActor, read_coded
from halfway.evidence.fitting import Choice, choose
from halfway.result import write_safely

ROOT = Path(__file__).parents[1]
ROWS = ROOT / "docs" / "data" / "coded-actors.csv"
PAGE = ROOT / "docs" / "explanation" / "history.md"
BLIND = ROOT / "catalog" / "historical" / "coded-blind.csv"
FIVE_YEARS = 5 * 365.25
HINDSIGHT = {("dayton-1995", "as_carried_out")}
COLUMNS = ("plan", "actor", "temptation", "percent_of_stake", "vague", "outcome", "promises", "grade", "month", "acts")


@dataclass(frozen=True)
class Row:
    """One actor of one plan.

    Attributes
    ----------
    case, plan, actor : str
    temptation, percent : float
        In points, and in percent of its stake.
    vague : float
        Share of its promises that are not exact.
    outcome : str
        ``failed``, ``kept``, or ``open`` where nothing can be told (disputed, not due, or no outcome).
    second : str
        The same where late and partly performed promises count as failures too.
    promises : int
    grade : int
        Of the whole plan.
    month : int or None
    acts : str
    """

    case: str
    plan: str
    actor: str
    temptation: float
    percent: float
    vague: float
    outcome: str
    second: str
    promises: int
    grade: int
    month: int | None
    acts: str

    @property
    def key(self) -> str:
        """The plan's name in the rows."""
        return f"{self.case}/{self.plan}"


def broken(o: PlanObligation, signed: date | None) -> bool:
    """Return whether an obligation failed, or was kept for a time and broken within five years of signature."""
    if o.outcome == "failed":
        return True
    if o.until is None or o.outcome == "released":
        return False
    day = date.fromisoformat(str(o.until)[:10]) if len(str(o.until)) >= 10 else date(int(str(o.until)[:4]), 12, 31)
    return signed is None or (day - signed).days <= FIVE_YEARS


def outcome_of(owed: Iterable[PlanObligation], signed: date | None, *, strict: bool = False) -> str:
    """Return what became of an actor's promises by the coding fixed beforehand."""
    told = [o for o in owed if o.outcome not in (None, "disputed", "not_due")]
    if any(broken(o, signed) for o in told):
        return "failed"
    if strict and any(o.outcome in ("late", "partly") for o in told):
        return "failed"
    return "kept" if told else "open"


def plans() -> list[tuple[Case, str]]:
    """Return the historical plans whose obligations say what became of them."""
    cases = [load(name) for name, path in sorted(paths().items()) if path.parent.parent.name == "historical"]
    return [
        (c, p)
        for c in cases
        for p, plan in c.plans.items()
        if (c.name, p) not in HINDSIGHT and any(o.outcome for o in plan.obligations)
    ]


def measured() -> tuple[list[Row], dict[str, str]]:
    """Return a row for every actor that promised something, and the plans that could not be judged, with the reason."""
    rows, refused = [], {}
    for case, plan in plans():
        try:
            found = conduct(case, plan, runs=0, with_thresholds=False, with_alternatives=False).to_dict()
        except Refusal as refusal:
            refused[f"{case.name}/{plan}"] = str(refusal).splitlines()[0]
            continue
        signed = date.fromisoformat(str(case.date)) if case.date else None
        for actor, data in found["actors"].items():
            owed = [o for o in case.plans[plan].obligations if actor in o.by]
            tempted = data.get("temptation")
            if not owed or tempted is None:
                continue
            rows.append(
                Row(
                    case.name,
                    plan,
                    actor,
                    float(tempted["points"]),
                    float(tempted["percent_of_stake"] or 0.0),
                    sum(o.precision != "exact" for o in owed) / len(owed),
                    outcome_of(owed, signed),
                    outcome_of(owed, signed, strict=True),
                    len(owed),
                    int(found["grade"]),
                    tempted["month"] if tempted["acts"] else None,
                    "; ".join(f"{i}: {o}" for i, o in tempted["acts"].items()),
                )
            )
    return rows, refused


def as_csv(rows: Iterable[Row]) -> str:
    """Write the rows as the fitting script reads them; what is open is left out there."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for r in rows:
        if r.outcome != "open":
            writer.writerow(
                [r.key, r.actor, f"{r.temptation:.4f}", f"{r.percent:.4f}", f"{r.vague:.4f}", r.outcome, r.promises, r.grade,
                 "" if r.month is None else r.month, r.acts]
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


def auc(rows: list[Row]) -> float:
    """Return the chance that an actor that failed was tempted more than one that kept, ties counted half."""
    failed = np.array([r.temptation for r in rows if r.outcome == "failed"])
    kept = np.array([r.temptation for r in rows if r.outcome == "kept"])
    if not failed.size or not kept.size:
        return float("nan")
    more = (failed[:, None] > kept[None, :]).mean()
    return float(more + 0.5 * (failed[:, None] == kept[None, :]).mean())


def blind_names() -> set[str]:
    """Return the cases that were coded blind."""
    if not BLIND.exists():
        return set()
    with BLIND.open(encoding="utf-8", newline="") as stream:
        return {row["case"] for row in csv.DictReader(stream)}


def table_of(found: Choice) -> list[str]:
    """Return the comparison of links and rivals as lines of a table."""
    out = [
        "| link | role | log loss | gain over the base rate | Brier | concordance within plans |",
        "|---|---|---|---|---|---|",
    ]
    for line in found.lines:
        chosen = " (chosen)" if line.link == found.link.name else ""
        out.append(
            f"| {line.title}{chosen} | {line.role} | {line.log_loss.point:.3f} | {line.gain.point:+.3f} "
            f"[{line.gain.low:+.3f}, {line.gain.high:+.3f}] | {line.brier.point:.3f} | {line.concordance.point:.2f} "
            f"[{line.concordance.low:.2f}, {line.concordance.high:.2f}] |"
        )
    return out


def page(rows: list[Row], refused: dict[str, str]) -> str:
    """Write the page, misses first."""
    blind = blind_names()
    judged = [r for r in rows if r.outcome != "open"]
    new = [r for r in judged if r.case in blind]
    misses = [r for r in judged if (r.outcome == "failed") != (r.temptation > 0.5)]
    parts = [
        "# Temptation against history",
        "",
        "*This page is written by `python docs/history.py --page`.*",
        "",
        f"{len({r.key for r in judged})} plans, {len(judged)} actors that promised something and of whose promises it is known "
        f"what became; {sum(r.outcome == 'failed' for r in judged)} of them failed a promise, or kept it for a time and broke "
        "it, within five years. The unit is the actor. Every case states its numbers as of the day of signature. "
        f"{len({r.case for r in new})} cases ({len(new)} actors) were coded by people who had not seen what the tool says of any "
        "case and ran only `halfway check`; the files' digests at coding are in `catalog/historical/coded-blind.csv`, and a test "
        "holds them. They are judgements all the same, and made in knowledge of what happened.",
        "",
        f"An actor that failed was tempted more than one that kept in {100 * auc(judged):.0f} of 100 pairs"
        + (f"; among the cases coded blind in {100 * auc(new):.0f} of 100" if new else "")
        + " (50 would be chance).",
        "",
        "## What disagrees",
        "",
        "Actors that failed although nothing tempted them, and actors that kept although something did (over half a point):",
        "",
        "| plan | actor | temptation | of its stake | what became of it |",
        "|---|---|---|---|---|",
        *(
            f"| {r.key} | {r.actor} | {r.temptation:.1f} | {r.percent:.0f}% | {r.outcome} |"
            for r in sorted(misses, key=lambda r: (r.outcome, -r.temptation))
        ),
        "",
        "## Does temptation tell?",
        "",
        "Each plan is predicted from all others; intervals hold 95 percent of resampled plans. A link may give a probability "
        "only where its gain over the base rate excludes nothing; else only a rank is shown.",
        "",
    ]
    try:
        parts += table_of(choose(coded(judged)))
        parts += ["", "With late and partly performed promises counted as failures too:", ""]
        parts += table_of(choose(coded(judged, strict=True)))
    except HalfwayError as error:
        parts += [f"Not fitted: {error}"]
    parts += [
        "",
        "## Every actor",
        "",
        "| plan | grade | actor | temptation | of its stake | vague promises | what became of it |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {r.key}{' (blind)' if r.case in blind else ''} | {r.grade} | {r.actor} | {r.temptation:.1f} | {r.percent:.0f}% "
            f"| {r.vague:.0%} | {r.outcome} |"
            for r in rows
        ),
    ]
    if refused:
        parts += ["", "## Not judged", "", *(f"- {plan}: {why}" for plan, why in refused.items())]
    return "\n".join(parts) + "\n"


def main() -> int:
    """Measure, write the rows, and on request the page."""
    parser = argparse.ArgumentParser(description="Measure temptation against what became of historical plans.")
    parser.add_argument("--rows", type=Path, default=ROWS)
    parser.add_argument("--page", action="store_true")
    given = parser.parse_args()
    try:
        rows, refused = measured()
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    given.rows.parent.mkdir(parents=True, exist_ok=True)
    write_safely(given.rows, as_csv(rows))
    print(
        f"{len(rows)} actors of {len({r.key for r in rows})} plans; {len(refused)} plans not judged; written to {given.rows}."
    )
    if given.page:
        write_safely(PAGE, page(rows, refused))
        print(f"Written: {PAGE}.")
    read_coded(given.rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
