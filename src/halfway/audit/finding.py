"""What a rule is, and what a finding is. Rules look at a `Question` and yield `Hit`s; `run` places and sorts them.

A module of rules holds one function a rule and a tuple ``RULES``; `run.all_rules` lists the modules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from halfway.audit.question import DRAWS, NOTICED, Change, Ground, Question
from halfway.case.conditions import Path
from halfway.errors import Place
from halfway.record import HIDDEN, shown

Severity: TypeAlias = Literal["note", "warning", "error"]
SEVERITIES: tuple[Severity, ...] = ("note", "warning", "error")


@dataclass(frozen=True)
class Hit:
    """What a rule's check reports: where, what, and the figure that fired it.

    Attributes
    ----------
    path : tuple
        Where in the case.
    message : str
        In plain words, with the figure.
    figure : float
        The figure; finite.
    unit : str
        What it counts.
    severity : str, optional
        Where it differs from the rule's.
    remedy : str, optional
        Where it differs from the rule's.
    """

    path: Path
    message: str
    figure: float
    unit: str
    severity: Severity | None = None
    remedy: str | None = None


@dataclass(frozen=True)
class Rule:
    """A rule of the audit.

    Attributes
    ----------
    code : str
        Stable.
    name : str
        A few words.
    severity : str
        The usual one; a hit may say otherwise.
    reason : str
        Why it matters, with the literature.
    remedy : str
        What to do.
    check : callable
        Takes a `Question` and yields hits.
    fires : str
        When it fires and how its severity grows, for the reference.
    ordinal : bool
        Whether it has something to say where no actor has utilities. A rule passes over single actors without them.
    idle : bool
        Whether it also speaks of a plan that does nothing.
    """

    code: str
    name: str
    severity: Severity
    reason: str
    remedy: str
    check: Callable[[Question], Iterator[Hit]] = field(metadata=HIDDEN)
    fires: str = ""
    ordinal: bool = field(default=False, metadata=HIDDEN)
    idle: bool = field(default=False, metadata=HIDDEN)


@dataclass(frozen=True)
class Finding:
    """A rule's hit with its place.

    Attributes
    ----------
    code, name, severity : str
        Of the rule; the severity may grow with the figure.
    place : Place
        Where in the case file.
    message : str
        What is wrong, in a sentence with its figure.
    figure : float
    unit : str
        Of the figure.
    remedy : str
        What to do.
    plan : str
        The plan that it is about.
    """

    code: str
    name: str
    severity: Severity
    place: Place = field(metadata=HIDDEN)
    message: str
    figure: float
    unit: str
    remedy: str
    plan: str

    @property
    @shown(after="severity")
    def file(self) -> str:
        """The case file."""
        return self.place.file

    @property
    @shown(after="file")
    def line(self) -> int:
        """The line there, from 1."""
        return self.place.line

    @property
    @shown(after="line")
    def column(self) -> int:
        """The column there, from 1."""
        return self.place.column


def graded(figure: float, warning: float, error: float) -> Severity:
    """Let severity grow with the figure."""
    return "error" if figure >= error else "warning" if figure >= warning else "note"


__all__ = [
    "DRAWS",
    "NOTICED",
    "SEVERITIES",
    "Change",
    "Finding",
    "Ground",
    "Hit",
    "Question",
    "Rule",
    "Severity",
    "graded",
]
