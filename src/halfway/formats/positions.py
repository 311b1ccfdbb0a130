"""CSV of positions and saliences, the table that bargaining forecasts start from.

Columns: ``actor, capability, issue, position, salience`` and, optionally, ``from, to, unit, reference, outcome``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from halfway.case.case import Case
from halfway.case.estimates import read_number
from halfway.case.reader import build
from halfway.errors import Collector, Place
from halfway.formats.profiles import Imported, lost_of_case, number, slug
from halfway.formats.xml_tree import read_bytes
from halfway.result import write_safely

NEEDED = ("actor", "issue", "position", "salience")
OPTIONAL = ("capability", "from", "to", "unit", "reference", "outcome")


def read_positions(path: Path) -> Imported:
    """Read a table of positions.

    Each issue becomes an ordered one whose options are the positions taken, the ends of its scale and the reference
    point. Empty positions are skipped.

    Raises
    ------
    InputError
        With every wrong row.
    """
    problems = Collector()
    text = read_bytes(path).decode("utf-8-sig", errors="replace")
    reader = csv.reader(io.StringIO(text))
    rows: list[dict[str, str]] = []
    lines: list[int] = []
    header: list[str] = []
    try:
        header = [h.strip().lower() for h in next(reader, [])]
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(dict(zip(header, (c.strip() for c in row), strict=False)))
                lines.append(reader.line_num)
    except csv.Error as error:
        problems.add("F160", "the table cannot be read", str(error), "check it", Place(str(path), reader.line_num))
    missing = [c for c in NEEDED if c not in header]
    if missing:
        problems.add(
            "F161",
            f"the table has no column {', '.join(missing)}",
            f"it needs {', '.join(NEEDED)}",
            "add a header row with these names",
            Place(str(path)),
        )
    problems.raise_if_any()
    numbers = [_numbers(path, row, line, problems) for row, line in zip(rows, lines, strict=True)]
    seen: dict[tuple[str, str], int] = {}
    for entry, line in zip(rows, lines, strict=True):
        pair = (entry["actor"], entry["issue"])
        if pair in seen:
            problems.add(
                "F163",
                f"{pair[0]} has a second row for {pair[1]}",
                f"the first is in line {seen[pair]}",
                "keep one",
                Place(str(path), line),
            )
        seen.setdefault(pair, line)
    if not rows:
        problems.add("F161", "the table has no rows", "nothing can be read", "check the file", Place(str(path)))
    problems.raise_if_any()
    return _case(path, rows, numbers)


def _numbers(path: Path, row: Mapping[str, str], line: int, problems: Collector) -> dict[str, Fraction]:
    out = {}
    for column in ("capability", "position", "salience", "from", "to", "reference", "outcome"):
        text = row.get(column, "")
        if not text:
            continue
        try:
            out[column] = read_number(text)
        except ValueError:
            problems.add(
                "F162",
                f"{column} '{text}' is not a number",
                "the row cannot be used",
                "correct it",
                Place(str(path), line),
            )
            continue
        if column in ("capability", "salience") and not 0 <= out[column] <= 100:
            problems.add(
                "F162",
                f"{column} {text} is out of range",
                "it runs from 0 to 100",
                "rescale it",
                Place(str(path), line),
            )
    for column in ("actor", "issue"):
        if not row.get(column):
            problems.add("F162", f"the {column} is empty", "a row needs a name", "fill it in", Place(str(path), line))
    return out


def _case(path: Path, rows: list[dict[str, str]], numbers: list[dict[str, Fraction]]) -> Imported:
    lost = [f"column '{c}' is not used" for c in rows[0] if c not in (*NEEDED, *OPTIONAL) and c]
    actors: dict[str, dict[str, Any]] = {}
    points: dict[str, set[Fraction]] = {}
    facts: dict[str, dict[str, Any]] = {}
    skipped = 0
    for row, found in zip(rows, numbers, strict=True):
        actor = actors.setdefault(row["actor"], {"interests": {}})
        if "capability" in found:
            actor["capability"] = number(found["capability"])
        fact = facts.setdefault(row["issue"], {})
        for key in ("from", "to", "reference", "outcome"):
            if key in found:
                fact[key] = found[key]
        if row.get("unit"):
            fact["unit"] = row["unit"]
        points.setdefault(row["issue"], set())
        if "position" not in found:
            skipped += 1
            continue
        points[row["issue"]].add(found["position"])
        interest = {"position": number(found["position"])}
        if "salience" in found:
            interest["salience"] = number(found["salience"])
        actor["interests"][row["issue"]] = interest
    if skipped:
        lost.append(f"{skipped} rows without a position are left out")
    issues = {}
    names = list(actors)
    for issue, taken in points.items():
        fact = facts[issue]
        low = fact.get("from", min([Fraction(0), *taken]))
        high = fact.get("to", max([Fraction(100), *taken]))
        at = sorted({low, high, *taken, *([fact["reference"]] if "reference" in fact else [])})
        entry: dict[str, Any] = {
            "options": {_key(p): {"at": number(p)} for p in at},
            "scale": {"from": float(low), "to": float(high), "unit": fact.get("unit", "")},
            "set_by": names,
            "owner": names,
        }
        if "reference" in fact:
            entry["reference_point"] = number(fact["reference"])
        if "outcome" in fact:
            entry["outcome"] = number(fact["outcome"])
        issues[issue] = entry
    status_quo = {i: _key(facts[i]["reference"]) for i in points if "reference" in facts[i]}
    data: dict[str, Any] = {"name": slug(path.stem), "title": path.stem, "actors": actors, "issues": issues}
    if len(status_quo) == len(points):
        data["status_quo"] = status_quo
    lost.append("who sets and who owns the issues is not in this format: every actor is entered for both")
    return Imported(build(data), tuple(lost))


def _key(point: Fraction) -> str:
    text = str(point.numerator) if point.denominator == 1 else repr(float(point))
    return f"at {text}"


def write_positions(case: Case, path: Path) -> tuple[str, ...]:
    """Write the positions of all actors; return what is lost."""
    lost = lost_of_case(case)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ["actor", "capability", "issue", "position", "salience", "from", "to", "unit", "reference", "outcome"]
    )
    others = 0
    for actor, details in case.actors.items():
        capability = "" if details.capability is None else details.capability.notation()
        for key, interest in details.interests.items():
            issue = case.issues[key]
            if interest.position is None or issue.scale is None:
                others += 1
                continue
            size = interest.size
            writer.writerow(
                [
                    actor,
                    capability,
                    key,
                    _centre(interest.position.mean),
                    "" if size is None else _centre(size.mean),
                    _centre(Fraction(str(issue.scale.from_))),
                    _centre(Fraction(str(issue.scale.to))),
                    issue.scale.unit,
                    "" if issue.reference_point is None else _centre(issue.reference_point.mean),
                    "" if issue.outcome is None else _centre(issue.outcome.mean),
                ]
            )
    if others:
        lost.append(f"{others} interests are told by values or ranks, not by a position on a scale: left out")
    write_safely(path, text.getvalue())
    return tuple(lost)


def _centre(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else repr(float(value))
