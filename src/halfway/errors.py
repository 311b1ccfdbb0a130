"""One shape for every error: a code, a place, what is wrong, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches


@dataclass(frozen=True, order=True)
class Place:
    """A position in a text, counted from 1 as editors do."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, said so that a person can mend it.

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
        return f"{where}{self.code} {self.what}; {self.why}; {self.remedy}"

    def as_dict(self) -> dict[str, object]:
        """Return the problem as plain data, in the shape that ``--json`` prints."""
        return {
            "code": self.code,
            "file": self.place.file if self.place else None,
            "line": self.place.line if self.place else None,
            "column": self.place.column if self.place else None,
            "what": self.what,
            "why": self.why,
            "remedy": self.remedy,
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
    return sorted(dict.fromkeys(problems), key=lambda p: (p.place or Place("", 0, 0), p.code, p.what))


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
