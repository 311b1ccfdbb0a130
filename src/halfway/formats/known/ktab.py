"""CSV of KTAB's spatial model of politics, the KAPSARC Toolkit for Behavioral Analysis.

Line 1 holds the scenario's name, its description, the number of actors and of dimensions; line 2 the headings
``Actor, Description, Power`` and, for each dimension, its position and its salience; then a line for each actor.
Positions run from 0 to 100, and an actor's saliences come to 100 at most.
"""

from __future__ import annotations

import csv
import io
from fractions import Fraction
from pathlib import Path
from typing import Any

from halfway.case.case import Case
from halfway.errors import Problem, Refusal
from halfway.formats.format import Format, Imported, Source, peek
from halfway.formats.position_rows import PositionRow, TableProblems, case_of_rows
from halfway.formats.profiles import decimal, lost_of_case
from halfway.reading.numbers import brief, exact
from halfway.reading.schema import one_line
from halfway.reading.table import read_table
from halfway.result import no_formula, write_safely

BEFORE = ("actor", "description", "power")
MOST_POWER = 10**8
"""As in KTAB."""


def _recognises(path: Path) -> int:
    if not path.is_file() or path.suffix.lower() != ".csv":
        return 0
    lines = peek(path).splitlines()[:2]
    if len(lines) < 2 or not lines[1].lower().replace('"', "").replace(" ", "").startswith("actor,desc"):
        return 0
    return 2


def read_ktab(source: Source) -> Imported:
    """Read a scenario; each dimension becomes an ordered issue, and power becomes capability.

    Raises
    ------
    InputError
        With every wrong line.
    """
    problems = TableProblems(source.shown)
    text = source.text()
    first, _, rest = text.partition("\n")
    title, about, actors, dimensions = _scenario(first, problems)
    # An empty first line keeps the numbers of those that follow.
    table = read_table("\n" + rest, source.shown, problems, BEFORE)
    # As they are written: the table has them in small letters.
    headings = next((row for row in csv.reader(io.StringIO(rest, newline="")) if any(row)), [])
    names = [one_line(heading.strip()) for heading in headings[3::2]]
    while names and not names[-1]:
        names.pop()
    if tuple(table.header[:2]) != BEFORE[:2] or not names or len(headings) < 3 + 2 * len(names):
        why = "it needs Actor, Description, Power and two columns a dimension: its position and its salience"
        problems.at("F161", "the second line holds no headings of a KTAB scenario", why, "check the file", 2)
    problems.raise_if_any()
    for counted, said, what in ((len(table.cells), actors, "actors"), (len(names), dimensions, "dimensions")):
        if said is not None and counted != said:
            why = f"{counted} are here, and one of the two must be wrong"
            problems.at("F161", f"the first line says {said} {what}", why, "correct the number or the lines", 1)
    rows: list[PositionRow] = []
    beside: dict[str, dict[str, Any]] = {}
    powers: dict[str, Fraction] = {}
    for cells, line in zip(table.cells, table.lines, strict=True):
        actor = one_line(cells[0])
        if not actor:
            problems.at("F162", "the actor is empty", "a row needs a name", "fill it in", line)
        if actor in powers:
            problems.at("F163", f"'{actor}' has a second row", "only one could count", "keep one", line)
        power = _number(cells[2], "power", line, 0, MOST_POWER, problems)
        powers[actor] = Fraction(0) if power is None else power
        if cells[1]:
            beside[actor] = {"description": one_line(cells[1])}
        total = Fraction(0)
        for column, name in enumerate(names):
            at, salience = (
                _number(cells[3 + 2 * column + k], f"{what} on {name}", line, 0, 100, problems)
                for k, what in enumerate(("position", "salience"))
            )
            total += salience or 0
            found = {"position": at, "salience": salience, "from": Fraction(0), "to": Fraction(100)}
            rows.append(PositionRow(line, actor, name, "", {k: v for k, v in found.items() if v is not None}))
        if total > 100:
            what = f"the saliences of '{actor}' come to {decimal(total)}"
            problems.at("F162", what, "KTAB allows 100 at most", "lower them", line)
    if again := next((name for name in names if names.count(name) > 1), None):
        problems.at("F163", f"two dimensions are called '{again}'", "names must differ", "rename one", 2)
    problems.raise_if_any()
    lost: list[str] = []
    top = max(powers.values(), default=Fraction(0))
    scale = Fraction(100) / top if top > 100 else Fraction(1)
    if scale != 1:
        lost.append(f"power is written as a share of the strongest, who has {decimal(top)}: capability runs to 100")
    rows = [
        PositionRow(r.line, r.actor, r.issue, "", {**r.numbers, "capability": powers[r.actor] * scale}) for r in rows
    ]
    return case_of_rows(
        title or source.title,
        rows,
        lost,
        problems,
        actors_beside=beside,
        case_beside={"abstract": about} if about else None,
    )


def _scenario(line: str, problems: TableProblems) -> tuple[str, str, int | None, int | None]:
    """Read the first line; a number that is missing is None."""
    try:
        cells = [
            one_line(cell.strip())
            for cell in next(csv.reader(io.StringIO(line.strip("\r"), newline=""), strict=True), [])
        ]
    except csv.Error:
        cells = []
    numbers: list[int | None] = []
    for what, cell in zip(("actors", "dimensions"), [*cells[2:4], "", ""], strict=False):
        whole = cell.isascii() and cell.isdigit() and len(cell) < 8
        if not whole:
            why = "the first line holds a name, a description, the number of actors and of dimensions"
            problems.at("F161", f"{brief(cell)} is no number of {what}", why, "write it as a whole number", 1)
        numbers.append(int(cell) if whole else None)
    return (cells[0] if cells else ""), (cells[1] if len(cells) > 1 else ""), numbers[0], numbers[1]


def _number(text: str, what: str, line: int, low: int, high: int, problems: TableProblems) -> Fraction | None:
    try:
        value = exact(text)
    except ValueError as error:
        problems.at(
            "F162", f"the {what}, {brief(text)}, is not a number that can be read", str(error), "correct it", line
        )
        return None
    if not low <= value <= high:
        problems.at(
            "F162", f"the {what}, {brief(text)}, is out of range", f"it runs from {low} to {high:,}", "rescale it", line
        )
        return None
    return value


def write_ktab(case: Case, path: Path) -> tuple[str, ...]:
    """Write a scenario; return what is lost.

    Positions are stretched to 0–100, and where an actor's saliences come to more than 100 all saliences shrink alike.

    Raises
    ------
    Refusal
        Where an actor has no capability, or lacks a position on an issue that others have one on.
    """
    taken = {key: issue for key, issue in case.issues.items() if issue.scale is not None}
    actors = {n: a for n, a in case.actors.items() if any(i.position is not None for i in a.interests.values())}
    issues = [
        k for k in taken if any(k in a.interests and a.interests[k].position is not None for a in actors.values())
    ]
    missing = [f"{name} has no capability" for name, actor in actors.items() if actor.capability is None]
    values: dict[tuple[str, str], tuple[Fraction, Fraction]] = {}
    for name, actor in actors.items():
        for key in issues:
            interest = actor.interests.get(key)
            if interest is None or interest.position is None or interest.salience is None:
                missing.append(f"{name} has no position or salience on {key}")
                continue
            scale = taken[key].scale
            assert scale is not None
            low, high = Fraction(str(scale.from_)), Fraction(str(scale.to))
            at = (interest.position.mean - low) / (high - low) * 100
            values[name, key] = (min(max(at, Fraction(0)), Fraction(100)), interest.salience.mean)
    if not issues or missing:
        why = "; ".join(missing[:5]) or "no actor states a position on an issue with a scale"
        remedy = "state them, or write a table of positions with --to positions"
        raise Refusal([Problem("F130", "the case cannot be written in this format", why, remedy)])
    lost = lost_of_case(case)
    left = len(case.issues) - len(issues)
    if left:
        lost.append(f"{left} issues without positions are left out")
    scales = [scale for k in issues if (scale := taken[k].scale) is not None]
    if any((scale.from_, scale.to) != (0, 100) for scale in scales):
        lost.append("positions are stretched to 0–100: ends and units of the scales cannot be carried")
    if any(taken[k].reference_point is not None or taken[k].outcome is not None for k in issues):
        lost.append("reference points and outcomes cannot be carried")
    most = max(sum((values[name, key][1] for key in issues), Fraction(0)) for name in actors)
    shrunk = Fraction(100) / most if most > 100 else Fraction(1)
    if shrunk != 1:
        lost.append(f"all saliences are multiplied by {float(shrunk):.4g}: an actor's may come to 100 at most")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([no_formula(case.name), no_formula(case.title or ""), len(actors), len(issues), ""])
    writer.writerow(["Actor", "Description", "Power", *(no_formula(h) for k in issues for h in (k, f"Sal {k}")), ""])
    for name, actor in actors.items():
        assert actor.capability is not None
        cells = [decimal(x) for key in issues for x in (values[name, key][0], values[name, key][1] * shrunk)]
        writer.writerow(
            [
                no_formula(name),
                no_formula(actor.description or actor.name or ""),
                decimal(actor.capability.mean),
                *cells,
                "",
            ]
        )
    write_safely(path, text.getvalue())
    return tuple(lost)


FORMAT = Format(
    title="a KTAB scenario of the spatial model of politics",
    form="`.csv`, told from a table of positions by its two head lines",
    reads="actors with power, dimensions, positions, saliences, names and descriptions",
    writes="interests stated by a position on a scale, of actors with capabilities",
    recognises=_recognises,
    read=read_ktab,
    write=write_ktab,
)
