"""What a brief consists of, before it is HTML: sections of typed blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias

from halfway.audit.finding import Finding
from halfway.charts.chart import Chart
from halfway.result import Table


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; ``**…**`` marks what is stressed. `proof` is the section that shows how it was found."""

    kind: ClassVar[str] = "paragraph"
    text: str
    tone: str = ""
    proof: str = ""


@dataclass(frozen=True)
class Listing:
    """A list of sentences; `ordered` ones are numbered."""

    kind: ClassVar[str] = "listing"
    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Figure:
    """A picture with the table of its numbers; `narrow` is drawn for telephones."""

    kind: ClassVar[str] = "figure"
    chart: Chart
    narrow: Chart | None = None
    unfolded: bool = False
    """Whether the table is open from the start, because the picture cannot be read without it."""


@dataclass(frozen=True)
class Grid:
    """A table that is read rather than looked up; `folded` tables open on demand."""

    kind: ClassVar[str] = "grid"
    table: Table
    folded: str = ""
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True)
class PhaseCard:
    """One phase of the plan on the timeline."""

    title: str
    when: str
    share: str
    changes: tuple[tuple[str, str, str, bool], ...]
    """(issue, from, to, whether there is no way back)"""
    rules: tuple[tuple[str, str], ...]
    """(what is seen, the phase that follows)"""
    then: str
    notes: tuple[str, ...] = ()
    kept: bool = True


@dataclass(frozen=True)
class Timeline:
    """The plan, phase by phase."""

    kind: ClassVar[str] = "timeline"
    cards: tuple[PhaseCard, ...]


@dataclass(frozen=True)
class FindingGroup:
    """What one rule found, worst first."""

    findings: tuple[Finding, ...]

    @property
    def code(self) -> str:
        """The rule's code."""
        return self.findings[0].code

    @property
    def name(self) -> str:
        """The rule's name."""
        return self.findings[0].name

    @property
    def severity(self) -> str:
        """The gravest severity."""
        return self.findings[0].severity

    @property
    def mixed(self) -> bool:
        """Whether the findings differ in severity."""
        return len({f.severity for f in self.findings}) > 1

    @property
    def severities(self) -> str:
        """How many there are of each severity, in words."""
        counts = {s: sum(f.severity == s for f in self.findings) for s in ("error", "warning", "note")}
        if sum(counts.values()) == 1:
            return self.severity
        return ", ".join(f"{n} {s}{'s' if n > 1 else ''}" for s, n in counts.items() if n)

    @property
    def remedies(self) -> tuple[str, ...]:
        """What to do, each once."""
        return tuple(dict.fromkeys(f.remedy for f in self.findings))


@dataclass(frozen=True)
class Findings:
    """The audit's findings, worst first."""

    kind: ClassVar[str] = "findings"
    findings: tuple[Finding, ...]

    @property
    def groups(self) -> tuple[FindingGroup, ...]:
        """The findings of each rule together, rules with the gravest finding first."""
        codes = list(dict.fromkeys(f.code for f in self.findings))
        return tuple(FindingGroup(tuple(f for f in self.findings if f.code == code)) for code in codes)


@dataclass(frozen=True)
class Swatches:
    """The colour of each actor."""

    kind: ClassVar[str] = "swatches"
    colours: Mapping[str, str]


Block: TypeAlias = Paragraph | Listing | Figure | Grid | Timeline | Findings | Swatches


@dataclass(frozen=True)
class Section:
    """A part of the brief under a heading."""

    key: str
    title: str
    blocks: tuple[Block, ...] = field(default=())


@dataclass(frozen=True)
class Page:
    """A whole brief.

    Attributes
    ----------
    title : str
    answer : tuple of Block
        The front page.
    sections : tuple of Section
    generator : str
        Program and version.
    """

    title: str
    answer: tuple[Block, ...]
    sections: tuple[Section, ...]
    generator: str
