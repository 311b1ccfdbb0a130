"""What was asked and answered, in the order in which it was; and as plain data, so that one can stop anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Literal, TypeAlias

from halfway.case.case import Case
from halfway.errors import Collector, InputError, Place, Problem


@dataclass(frozen=True)
class Order:
    """The options of an issue, best first."""

    kind: ClassVar[str] = "order"
    issue: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Worth:
    """What an option between the worst (0) and the best (100) is worth."""

    kind: ClassVar[str] = "worth"
    issue: str
    option: str
    points: float


@dataclass(frozen=True)
class First:
    """With everything at its worst: the issue that would be moved to its best first, of those that are left."""

    kind: ClassVar[str] = "first"
    issue: str


@dataclass(frozen=True)
class Swing:
    """How much the move from worst to best on an issue matters, where that on the first issue is 100."""

    kind: ClassVar[str] = "swing"
    issue: str
    low: float
    high: float


@dataclass(frozen=True)
class Accept:
    """Whether a package would be signed."""

    kind: ClassVar[str] = "accept"
    package: Mapping[str, str]
    signed: bool


@dataclass(frozen=True)
class Prefer:
    """Which of two packages is better."""

    kind: ClassVar[str] = "prefer"
    first: Mapping[str, str]
    second: Mapping[str, str]
    better: Literal["first", "second", "same"]


Answer: TypeAlias = Order | Worth | First | Swing | Accept | Prefer
KINDS: dict[str, type[Answer]] = {one.kind: one for one in (Order, Worth, First, Swing, Accept, Prefer)}


def as_data(answer: Answer) -> dict[str, Any]:
    """Write an answer as plain data."""
    return {"about": answer.kind} | {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(answer).items()}


def from_data(case: Case, rows: Sequence[Any], file: str) -> tuple[Answer, ...]:
    """Read answers that `as_data` wrote, for the same case.

    Raises
    ------
    InputError
        With every answer that cannot be read.
    """
    problems = Collector()
    found: list[Answer] = []
    for number, row in enumerate(rows, start=1):
        wrong = _wrong(case, row)
        if wrong:
            problems.add(
                "F196",
                f"answer {number} cannot be read",
                wrong,
                "take it out, or ask again from the start",
                Place(file),
            )
            continue
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items() if k != "about"}
        found.append(KINDS[row["about"]](**given))
    problems.raise_if_any()
    return tuple(found)


def _wrong(case: Case, row: Any) -> str:
    """Say what is wrong with an answer as plain data; nothing where it is sound."""
    if not isinstance(row, dict) or row.get("about") not in KINDS:
        return "it is none of " + ", ".join(KINDS)
    kind = KINDS[row["about"]]
    names = {f.name for f in fields(kind)}
    if set(row) - {"about"} != names:
        return f"it has to have {', '.join(sorted(names))} and nothing else"
    issue = row.get("issue")
    if "issue" in names and issue not in case.issues:
        return f"there is no issue '{issue}'"
    options = set(case.issues[issue].options) if issue in case.issues else set()
    if kind is Order and (not isinstance(row["options"], list) or set(row["options"]) != options
                          or len(row["options"]) != len(options)):  # fmt: skip
        return "it does not name every option once"
    if kind is Worth and row["option"] not in options:
        return f"there is no option '{row['option']}'"
    for name in names & {"points", "low", "high"}:
        if isinstance(row[name], bool) or not isinstance(row[name], int | float) or not 0 <= row[name] <= 100:
            return f"'{name}' is no number from 0 to 100"
    if kind is Swing and row["low"] > row["high"]:
        return "its range ends before it begins"
    for name in names & {"package", "first", "second"}:
        package = row[name]
        if not isinstance(package, dict) or set(package) != set(case.issues):
            return "a package has one option of every issue"
        if any(o not in case.issues[i].options for i, o in package.items()):
            return "a package has an option that its issue does not have"
    if kind is Accept and not isinstance(row["signed"], bool):
        return "'signed' is yes or no"
    if kind is Prefer and row["better"] not in ("first", "second", "same"):
        return "'better' is first, second or same"
    return ""


def same_case(case: Case, stated: str, file: str) -> None:
    """Refuse answers that were given on another case.

    Raises
    ------
    InputError
    """
    if stated != case.name:
        raise InputError(
            [
                Problem(
                    "F197",
                    f"these answers are on the case '{stated}'",
                    f"the case here is '{case.name}'",
                    "name that case, or another file of answers",
                    Place(file),
                )
            ]
        )
