"""What tables of positions share: their rows, the complaints about them, and the case that is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from halfway.case.reader import build
from halfway.errors import Collector, Place
from halfway.formats.format import Imported
from halfway.formats.names import usable
from halfway.formats.profiles import number, slug
from halfway.reading.numbers import brief

OF_ISSUES = ("from", "to", "reference", "outcome")
MOST_PROBLEMS = 50


@dataclass(frozen=True)
class PositionRow:
    """One actor's position on one issue."""

    line: int
    actor: str
    issue: str
    unit: str
    numbers: dict[str, Fraction]


class TableProblems(Collector):
    """Problems of a table's rows."""

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.shown = shown

    def at(self, code: str, what: str, why: str, remedy: str, line: int) -> None:
        """Note a problem of a row."""
        if len(self.problems) < MOST_PROBLEMS:
            self.add(code, what, why, remedy, Place(self.shown, line))


def shown_value(value: Fraction | str) -> str:
    """Write a cell's value as a message quotes it."""
    return brief(value)[1:-1] if isinstance(value, str) else number(value).notation()


def case_of_rows(
    title: str,
    rows: Sequence[PositionRow],
    lost: list[str],
    problems: TableProblems,
    *,
    actors_beside: Mapping[str, Mapping[str, Any]] | None = None,
    issues_beside: Mapping[str, Mapping[str, Any]] | None = None,
    case_beside: Mapping[str, Any] | None = None,
) -> Imported:
    """Make a case of positions: each issue becomes an ordered one.

    Parameters
    ----------
    title : str
    rows : sequence of PositionRow
    lost : list of str
        What could not be carried so far; receives the rest.
    problems : TableProblems
    actors_beside, issues_beside, case_beside : mapping, optional
        What else the table says of an actor, of an issue, or of the case.

    Raises
    ------
    InputError
    """
    said = actors_beside or {}
    actors: dict[str, dict[str, Any]] = {row.actor: {**said.get(row.actor, {}), "interests": {}} for row in rows}
    names = dict.fromkeys(row.issue for row in rows)
    keys = dict(zip(names, usable(list(names), "issue", lost), strict=True))
    skipped = 0
    for row in rows:
        if "capability" in row.numbers:
            actors[row.actor]["capability"] = number(row.numbers["capability"])
        if "position" not in row.numbers:
            skipped += 1
            continue
        interest = {"position": number(row.numbers["position"])}
        if "salience" in row.numbers:
            interest["salience"] = number(row.numbers["salience"])
        actors[row.actor]["interests"][keys[row.issue]] = interest
    if skipped:
        lost.append(f"{skipped} rows without a position are left out")
    issues = {}
    status_quo = {}
    by_issue: dict[str, list[PositionRow]] = {}
    for row in rows:
        by_issue.setdefault(row.issue, []).append(row)
    for name, key in keys.items():
        own = by_issue[name]
        facts = {column: value for row in own for column, value in row.numbers.items() if column in OF_ISSUES}
        scale = _scale(name, own, facts, lost, problems)
        if scale is None:
            continue
        taken = {row.numbers["position"] for row in own if "position" in row.numbers}
        at = sorted({*scale, *taken, *([facts["reference"]] if "reference" in facts else [])})
        entry: dict[str, Any] = {
            "options": {key_of_point(p): {"at": number(p)} for p in at},
            "scale": {
                "from": float(scale[0]),
                "to": float(scale[1]),
                "unit": next((row.unit for row in own if row.unit), ""),
            },
            "set_by": list(actors),
            "owner": list(actors),
            **(issues_beside or {}).get(name, {}),
        }
        if "reference" in facts:
            entry["reference_point"] = number(facts["reference"])
            status_quo[key] = key_of_point(facts["reference"])
        if "outcome" in facts:
            entry["outcome"] = number(facts["outcome"])
        issues[key] = entry
    problems.raise_if_any()
    data: dict[str, Any] = {
        "name": slug(title),
        "title": title,
        "actors": actors,
        "issues": issues,
        **(case_beside or {}),
    }
    if len(status_quo) == len(issues):
        data["status_quo"] = status_quo
    lost.append("who sets and who owns the issues is not in this format: every actor is entered for both")
    return Imported(build(data), tuple(lost))


def _scale(
    name: str, rows: Sequence[PositionRow], facts: Mapping[str, Fraction], lost: list[str], problems: TableProblems
) -> tuple[Fraction, Fraction] | None:
    """Return the ends of an issue's scale: as stated, else 0 to 100 where all lies there, else as far as all reaches."""
    columns = ("position", "reference", "outcome")
    points = [(row.numbers[c], c, row.line) for row in rows for c in columns if c in row.numbers]
    if "from" in facts:
        low, high = facts["from"], facts["to"]
        for value, column, line in points:
            if not low <= value <= high:
                what = f"the {column} {shown_value(value)} lies off the scale of {brief(name)[1:-1]}"
                why = f"it runs from {shown_value(low)} to {shown_value(high)}"
                problems.at("F164", what, why, "correct the number or the scale", line)
        return low, high
    values = [value for value, _, _ in points]
    if all(0 <= value <= 100 for value in values):
        return Fraction(0), Fraction(100)
    if min(values) == max(values):
        what = f"the scale of {brief(name)[1:-1]} is not known"
        why = f"all is at {shown_value(values[0])}, which is not between 0 and 100"
        problems.at("F164", what, why, "add its ends in columns 'from' and 'to'", rows[0].line)
        return None
    lost.append(
        f"{name} states no scale and leaves 0 to 100: taken from {shown_value(min(values))} to {shown_value(max(values))}, "
        "as far as its numbers reach"
    )
    return min(values), max(values)


def key_of_point(point: Fraction) -> str:
    """Name the option at a point of a scale."""
    return f"at {number(point).notation()}"
