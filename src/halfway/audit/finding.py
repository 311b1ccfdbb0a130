"""What rules report, and what a finding is: rules look at a `Question` and yield `Hit`s; `run` places and sorts them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

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
    about : tuple, optional
        What would have to change, as a place in the case, where that is not `path`.
    actor : str, optional
        Whose conduct it is about, where it is about one actor's.
    """

    path: Path
    message: str
    figure: float
    unit: str
    severity: Severity | None = None
    remedy: str | None = None
    about: Path | None = None
    actor: str | None = None


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
    actor : str or None
        The actor whose conduct it is about, where it is about one actor's.
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
    actor: str | None = None

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
