"""One shape for every error: a code, a place, what is wrong, why, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

# Control characters, line separators, lone surrogates, and what turns the direction of the text around it.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
_QUOTED = re.compile("'([^']*)'")
_ISOLATE, _END = "\u2068", "\u2069"


def printable(text: str) -> str:
    """Return a text as one line without control characters, which are written out by their numbers.

    Whatever a file holds, what it makes a terminal or a log show stays on one line and cannot pass for anything else.
    """
    return _UNPRINTABLE.sub(lambda match: ascii(match[0])[1:-1], text)


def isolated(text: str) -> str:
    """Return a name such that what stands around it keeps its order where the name is written from right to left.

    The name is put between the characters FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE, which are not seen; a name
    without such letters comes back as it is.
    """
    return f"{_ISOLATE}{text}{_END}" if _RIGHT_TO_LEFT.search(text) and not text.startswith(_ISOLATE) else text


def bare(text: str) -> str:
    """Return a text without the marks of `isolated`, as data for other programs has it."""
    return text.replace(_ISOLATE, "").replace(_END, "")


@dataclass(frozen=True, order=True)
class Place:
    """A position in a text, counted from 1 as editors do; in a workbook, a cell of a sheet.

    Attributes
    ----------
    file : str
    line, column : int
    sheet : str
        The sheet of a workbook whose row and column are meant; empty for a text.
    """

    file: str
    line: int = 1
    column: int = 1
    sheet: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.sheet}!{self.cell}" if self.sheet else f"{self.file}:{self.line}:{self.column}"

    @property
    def cell(self) -> str:
        """The cell as spreadsheets call it, such as ``B12``."""
        letters, column = "", self.column
        while column > 0:
            column, rest = divmod(column - 1, 26)
            letters = chr(ord("A") + rest) + letters
        return f"{letters}{self.line}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, said so that a person can mend it; as text it is one line, whatever it quotes.

    Attributes
    ----------
    code : str
        A stable code, such as ``N301``.
    what, why, remedy : str
        Each a clause without a full stop at its end.
    place : Place or None
        Where; ``None`` when the problem is not in a file.
    """

    code: str
    what: str
    why: str
    remedy: str
    place: Place | None = None

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        said = printable(f"{where}{self.code} {self.what}; {self.why}; {self.remedy}")
        return _QUOTED.sub(lambda match: f"'{isolated(match[1])}'", said)

    def as_dict(self) -> dict[str, object]:
        """Return the problem as plain data, in the shape that ``--json`` prints."""
        return {
            "code": self.code,
            "file": printable(self.place.file) if self.place else None,
            "line": self.place.line if self.place else None,
            "column": self.place.column if self.place else None,
            **({"sheet": printable(self.place.sheet)} if self.place and self.place.sheet else {}),
            "what": printable(self.what),
            "why": printable(self.why),
            "remedy": printable(self.remedy),
        }


class HalfwayError(Exception):
    """Carries every problem found, never only the first.

    Parameters
    ----------
    problems : iterable of Problem
        At least one.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[HalfwayError], tuple[tuple[Problem, ...]]]:
        """Travel between processes with the problems, not with their text."""
        return type(self), (self.problems,)


class InputError(HalfwayError):
    """What was given cannot be read or does not make sense."""


class Refusal(HalfwayError):
    """The question is well put, but no honest answer can be given here; the problem says why."""


class UnknownName(InputError, Refusal):
    """A name that is not known here, whatever it is the name of: a plan, an actor, an issue, a table, a model."""


def unknown(
    noun: str,
    name: str,
    known: Iterable[str],
    *,
    where: str = "",
    remedy: str = "name one of them",
    place: Place | None = None,
) -> UnknownName:
    """Return the error about a name that is not known: one code and one class, whichever noun it is.

    Parameters
    ----------
    noun : str
        What it would be the name of.
    name : str
    known : iterable of str
        The names that would do.
    where : str
        Where it was looked for, such as "in this case".
    remedy : str
    place : Place, optional
    """
    what = f"no {noun} '{name}'" + (f" {where}" if where else "")
    return UnknownName([Problem("R002", what, suggestion(name, list(known)), remedy, place)])


@dataclass
class Collector:
    """Gathers problems so that a reader can report all of them at once."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, what: str, why: str, remedy: str, place: Place | None = None) -> None:
        """Note a problem and go on."""
        self.problems.append(Problem(code, what, why, remedy, place))

    def raise_if_any(self) -> None:
        """Raise an `InputError` with all problems in the order of their places."""
        if self.problems:
            raise InputError(sort_problems(self.problems))


def sort_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Order problems by place, each once."""

    def order(problem: Problem) -> tuple[str, str, int, int, str, str]:
        place = problem.place or Place("", 0, 0)
        return (place.file, place.sheet, place.line, place.column, problem.code, problem.what)

    return sorted(dict.fromkeys(problems), key=order)


def suggestion(wrong: str, known: Sequence[str]) -> str:
    """Say which known name a wrong one probably means.

    Returns
    -------
    str
        ``did you mean 'x'?``, or the list of known names where nothing is close.
    """
    close = get_close_matches(wrong, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean '{close[0]}'?"
    if not known:
        return "none are declared"
    listed = ", ".join(list(known)[:12]) + (" …" if len(known) > 12 else "")
    return f"known here: {listed}"
