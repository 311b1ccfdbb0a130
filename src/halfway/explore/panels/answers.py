"""A panel's answers: each expert's own numbers for any part of a case, from files or from the case itself."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic_core import PydanticCustomError

from halfway.case.estimates import Estimate, Percent, parse_estimate
from halfway.errors import Collector, InputError, Place, Problem, suggestion
from halfway.explore.futures.design import estimates, name_of, read_everything
from halfway.reading.table import Rows, read_table
from halfway.reading.text import decode, read_bytes
from halfway.space.compiled import CompiledCase

NUMBER, EXPERT, VALUE = "number", "expert", "value"
KNOWN = (NUMBER, "question", "scale", EXPERT, VALUE, "note")
"""Columns of a sheet; only the number and the value are needed, and the expert where a file holds several."""

MOST_NAME = 80
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")


@dataclass(frozen=True)
class Answers:
    """What experts stated.

    Attributes
    ----------
    experts : tuple of str
        In the order in which they appear, those who stated nothing too.
    numbers : mapping from path to mapping from expert to Estimate
    """

    experts: tuple[str, ...]
    numbers: Mapping[str, Mapping[str, Estimate]]

    def stated(self, expert: str) -> int:
        """Return how many numbers an expert stated."""
        return sum(expert in said for said in self.numbers.values())

    def of(self, experts: Sequence[str]) -> Answers:
        """Return the answers of some experts."""
        wanted = set(experts)
        kept = {n: {e: x for e, x in said.items() if e in wanted} for n, said in self.numbers.items()}
        return Answers(tuple(experts), {n: said for n, said in kept.items() if said})

    @property
    def digest(self) -> str:
        """Return a hash of who stated what."""
        lines = sorted(f"{n}\x1f{e}\x1f{x.notation()}" for n, said in self.numbers.items() for e, x in said.items())
        return hashlib.sha256("\n".join((*self.experts, "", *lines)).encode()).hexdigest()


def answers_in_case(compiled: CompiledCase) -> Answers:
    """Return what the case itself quotes from experts (numbers written as ``{experts: {…}}``)."""
    found: dict[str, dict[str, Estimate]] = {}

    def note(estimate: Estimate, path: tuple[str | int, ...]) -> object:
        if estimate.kind == "experts":
            found.setdefault(name_of(path), dict(estimate.experts))
        return estimate.mean

    read_everything(compiled, note)
    order = dict.fromkeys((*compiled.case.experts, *(e for said in found.values() for e in said)))
    return Answers(tuple(order), found)


def read_answers(path: str | Path, compiled: CompiledCase) -> Answers:
    """Read a panel's answers, and add what the case quotes from experts.

    Parameters
    ----------
    path : path
        A CSV file, or a folder of them. A file whose column ``expert`` is filled in holds several experts; any other
        holds one, named by the file.
    compiled : CompiledCase

    Raises
    ------
    InputError
        With every fault at its place.
    """
    folder = Path(path)
    files = sorted(f for f in folder.glob("*.csv") if not f.name.startswith(".")) if folder.is_dir() else [folder]
    problems = Collector()
    if not files:
        why, remedy = "each respondent's sheet is a file that ends in .csv", "put the sheets there, saved as CSV"
        raise InputError([Problem("F184", f"the folder {path} holds no sheets", why, remedy, Place(str(path)))])
    known = estimates(compiled)
    quoted = answers_in_case(compiled)
    # A number that the case quotes from experts is one that a sheet may state as well.
    for name in quoted.numbers:
        known.setdefault(name, next(iter(quoted.numbers[name].values())))
    experts: dict[str, None] = dict.fromkeys(quoted.experts)
    numbers = {n: dict(said) for n, said in quoted.numbers.items()}
    first: dict[tuple[str, str], Place] = {}
    for file in files:
        text = decode(read_bytes(file), str(file))
        rows = read_table(text, str(file), problems, KNOWN)
        if _columns_wrong(rows, str(file), problems):
            continue
        _read_rows(rows, file, known, problems, experts, numbers, first)
    problems.raise_if_any()
    found = Answers(tuple(experts), numbers)
    if not numbers:
        why = "no expert stated a number"
        raise InputError(
            [Problem("F184", f"{path} holds no answers", why, "fill in the column 'value'", Place(str(path)))]
        )
    return found


def _columns_wrong(rows: Rows, shown: str, problems: Collector) -> bool:
    place = Place(shown, 1, 1)
    missing = [c for c in (NUMBER, VALUE) if c not in rows.header]
    for name in missing:
        problems.add(
            "F180", f"the sheet has no column '{name}'", "it says which number is answered, and with what",
            "start from the sheet that `halfway panel new` writes", place,
        )  # fmt: skip
    strange = [h for h in rows.header if h and h not in KNOWN]
    for name in strange:
        problems.add(
            "F180", f"the sheet has a column '{name[:60]}', which is not known", suggestion(name, KNOWN),
            "rename it or leave it out", place,
        )  # fmt: skip
    return bool(missing or strange)


def _read_rows(
    rows: Rows,
    file: Path,
    known: Mapping[str, Estimate],
    problems: Collector,
    experts: dict[str, None],
    numbers: dict[str, dict[str, Estimate]],
    first: dict[tuple[str, str], Place],
) -> None:
    number, value, who = (rows.column(c) for c in (NUMBER, VALUE, EXPERT))
    if who >= 0 and not any(row[who] for row in rows.cells):
        who = -1
    if who < 0:
        experts.setdefault(file.stem)
    for row, line in zip(rows.cells, rows.lines, strict=True):
        at, place = row[number].removeprefix("'"), Place(str(file), line, number + 1)
        expert = row[who] if who >= 0 else file.stem
        if not expert or len(expert) > MOST_NAME or not expert.isprintable():
            why = f"a name has up to {MOST_NAME} letters" if expert else "each row says whose number it is"
            problems.add("F182", "the expert has no name that can be used", why, "write a name", place)
            continue
        experts.setdefault(expert)
        if at not in known:
            problems.add(
                "F181", f"'{at[:120]}' is no number on which a plan of this case depends", suggestion(at, list(known)),
                "keep the column 'number' as `halfway panel new` wrote it", place,
            )  # fmt: skip
            continue
        typed = row[value]
        if not typed:
            continue
        here = Place(str(file), line, value + 1)
        if (at, expert) in first:
            problems.add(
                "F183", f"'{expert}' states '{at}' twice", f"the first time in line {first[at, expert].line} of "
                f"{first[at, expert].file}", "keep one of the two", here,
            )  # fmt: skip
            continue
        first[at, expert] = here
        if rows.separator != "," and "(" not in typed:
            # A spreadsheet that separates cells by semicolons writes decimals with a comma.
            typed = _DECIMAL_COMMA.sub(".", typed)
        try:
            numbers.setdefault(at, {})[expert] = parse_estimate(
                typed.removeprefix("'"), known[at].low, known[at].high, percent_in(known[at])
            )
        except PydanticCustomError as error:
            said = error.context or {}
            problems.add(error.type, str(said["what"]), str(said["why"]), str(said["remedy"]), here)


def percent_in(estimate: Estimate) -> Percent:
    """Say what a percent sign means for a quantity, by its bounds."""
    return {(0.0, 1.0): "hundredths", (0.0, 100.0): "points"}.get((estimate.low, estimate.high), "never")  # type: ignore[return-value]
