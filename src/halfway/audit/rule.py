"""What a rule is: one record that holds everything said of it, from which it is explained and the reference is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from halfway.audit.finding import SEVERITIES, Hit, Severity
from halfway.audit.question import Question
from halfway.record import HIDDEN, shown

Family: TypeAlias = Literal["aims", "table", "exchange", "commitment", "record", "inputs", "other"]
FAMILIES: tuple[Family, ...] = ("aims", "table", "exchange", "commitment", "record", "inputs", "other")
"""The kinds of rules in the order of the documentation; `other` is for rules from outside that fit none."""


@dataclass(frozen=True)
class Threshold:
    """A number on which a rule turns.

    Attributes
    ----------
    name : str
        A word; ``warning`` and ``error`` are those from which the rule's figure is graded.
    value : float
    unit : str
    """

    name: str
    value: float
    unit: str


@dataclass(frozen=True)
class Rule:
    """A rule of the audit.

    Attributes
    ----------
    code : str
        Stable.
    name : str
        A few words.
    title : str
        What it says of a plan, as a sentence without its stop.
    family : str
        One of `FAMILIES`.
    severity : str
        The usual one; thresholds or a hit may say otherwise.
    figure : str
        What its figure counts.
    reason : str
        Why it matters, with the literature.
    references : tuple of str
        Author and year, as the reason names them.
    remedy : str
        What to do.
    thresholds : tuple of Threshold
    since : str
        The version that brought it.
    per_future : bool
        Whether its answer rests on uncertain numbers, so that it can differ from one future to another.
    when : str
        When it fires; ``{name}`` stands for the value of a threshold.
    check : callable
        Takes a `Question` and the rule and yields hits.
    ordinal : bool
        Whether it has something to say where no actor has utilities. A rule passes over single actors without them.
    idle : bool
        Whether it also speaks of a plan that does nothing.
    most : str
        The gravest that its record on the plans of the past allows a finding to be.
    """

    code: str
    name: str
    title: str
    family: Family
    severity: Severity
    figure: str
    reason: str
    remedy: str
    when: str = field(metadata=HIDDEN)
    check: Callable[[Question, Rule], Iterator[Hit]] = field(metadata=HIDDEN)
    references: tuple[str, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    since: str = "0.1.0"
    per_future: bool = False
    ordinal: bool = field(default=False, metadata=HIDDEN)
    idle: bool = field(default=False, metadata=HIDDEN)
    most: Severity = field(default="error", metadata=HIDDEN)

    @property
    @shown(after="remedy")
    def fires(self) -> str:
        """When it fires and how its severity grows, with the values of its thresholds."""
        return self.when.format_map({t.name: f"{t.value:g}" for t in self.thresholds})

    def at(self, name: str) -> float:
        """Return the value of a threshold."""
        return next(t.value for t in self.thresholds if t.name == name)

    def graded(self, figure: float, kind: str = "", *, most: Severity = "error") -> Severity:
        """Let severity grow with a figure: by the thresholds ``warning`` and ``error``, or others whose names begin alike.

        Parameters
        ----------
        figure : float
        kind : str
            What their names begin with, such as ``missed_``.
        most : str
            The gravest that it may come to here.
        """
        levels = {t.name: t.value for t in self.thresholds}
        warning, error = (levels.get(f"{kind}{s}", float("inf")) for s in ("warning", "error"))
        if figure >= error and most == "error":
            return "error"
        return "warning" if figure >= min(warning, error) and most != "note" else "note"

    def severity_of(self, hit: Hit) -> Severity:
        """Return how grave a hit is: as it says, else by its figure, else as the rule usually is; never above `most`."""
        found = hit.severity
        if found is None:
            graded = any(t.name in ("warning", "error") for t in self.thresholds)
            found = self.graded(hit.figure) if graded else self.severity
        return min(found, self.most, key=SEVERITIES.index)
