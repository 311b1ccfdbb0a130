"""What a brief consists of, before it is HTML: sections of typed blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeAlias

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
    caption: str = ""
    """What the table shows; read with it wherever it is drawn."""


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
    same: str = "Nothing changes."
    """What is said where there are no changes."""
    kept: bool = True


@dataclass(frozen=True)
class Timeline:
    """The plan, phase by phase."""

    kind: ClassVar[str] = "timeline"
    cards: tuple[PhaseCard, ...]


@dataclass(frozen=True)
class Change:
    """Findings about one thing that could be changed.

    Attributes
    ----------
    what : str
        The thing.
    severity : str
        The gravest of its findings.
    found : tuple of str
        What was found, gravest first.
    remedy : str
        What to do about the gravest; empty for none.
    effect : str
        What leaving the step out would buy; empty where that is not computed.
    """

    what: str
    severity: str
    found: tuple[str, ...]
    remedy: str = ""
    effect: str = ""


@dataclass(frozen=True)
class Changes:
    """Findings by what to change; the first few are open, the others open on demand."""

    kind: ClassVar[str] = "changes"
    open: tuple[Change, ...]
    folded: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Definitions:
    """Words and what they mean here."""

    kind: ClassVar[str] = "definitions"
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Swatches:
    """The colour of each actor."""

    kind: ClassVar[str] = "swatches"
    colours: Mapping[str, str]


Block: TypeAlias = Paragraph | Listing | Figure | Grid | Timeline | Changes | Definitions | Swatches


@dataclass(frozen=True)
class Section:
    """A part of the brief under a heading."""

    key: str
    title: str
    blocks: tuple[Block, ...] = field(default=())


@dataclass(frozen=True)
class Page:
    """A brief.

    Attributes
    ----------
    title : str
    answer : tuple of Block
        The front page.
    second : tuple of Section
        The second page.
    annex : tuple of Section
        Everything else; folded on screen, left out in print.
    full : bool
        Whether the annex is open, and printed.
    generator : str
        Program and version.
    facts : mapping
        The figures of the front page, for programs and for a later brief to be compared with.
    """

    title: str
    answer: tuple[Block, ...]
    second: tuple[Section, ...]
    annex: tuple[Section, ...]
    full: bool
    generator: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sections(self) -> tuple[Section, ...]:
        """All sections in their order."""
        return (*self.second, *self.annex)

    def lines(self) -> list[str]:
        """Return the front page as lines of plain text."""
        said: list[str] = []
        for block in self.answer:
            if isinstance(block, Paragraph):
                said.append(block.text)
            elif isinstance(block, Listing):
                said += [f"{n}. {item}" if block.ordered else item for n, item in enumerate(block.items, start=1)]
            elif isinstance(block, Grid):
                said += [f"{block.caption.rstrip('.')}:"] if block.caption else []
                said += [
                    f"{row[0]}: {'; '.join(f'{c} {x}' for c, x in zip(block.table.columns[1:], row[1:], strict=True))}."
                    for row in block.table.rows
                ]
        return [line.replace("**", "") for line in said]
