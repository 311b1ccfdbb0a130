"""`text`: the drafts of a case, one of them as a text, and how it differs from another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from halfway.case.case import Case
from halfway.case.notes import without_value
from halfway.progress import Progress, silent
from halfway.record import HIDDEN, shown, shown_as
from halfway.result import Provenance, Result, Table
from halfway.space.compiled import CompiledCase, compile_case
from halfway.text.facts import DisputedFact, UnderFigures, disputed, under_each
from halfway.text.files import as_markdown, write_text
from halfway.text.movement import Movement, movement
from halfway.text.wording import Line, lines_of


@dataclass(frozen=True)
class DraftListed:
    """One draft of the single text.

    Attributes
    ----------
    plan : str
    number : int
    date, after : str or None
    open : int
        Places still in brackets.
    remarks : mapping from actor to int
    """

    plan: str
    number: int
    date: str | None
    after: str | None
    open: int
    remarks: Mapping[str, int]


@dataclass(frozen=True, repr=False)
class TextResult(Result):
    """The drafts, one of them in words, and how it differs from another.

    Attributes
    ----------
    plan : str
        The draft that is shown.
    drafts : tuple of DraftListed
        By number.
    lines : tuple of Line
    movement : Movement or None
        Against the draft before, or the one asked for; None where there is none.
    disputed : tuple of DisputedFact
    under : tuple of UnderFigures
        The verdict under each party's figures; empty unless asked for.
    """

    plan: str
    drafts: tuple[DraftListed, ...]
    lines: tuple[Line, ...] = field(metadata=HIDDEN)
    movement: Movement | None
    disputed: tuple[DisputedFact, ...]
    under: tuple[UnderFigures, ...] = field(metadata=shown_as(unless_empty=True))
    provenance: Provenance

    @property
    @shown(after="plan")
    def text(self) -> str:
        """The draft as Markdown."""
        return as_markdown(self.lines)

    def write(self, path: str | Path) -> None:
        """Write the draft as Markdown (.md) or a Word document (.docx)."""
        write_text(self.lines, path)

    def headline(self) -> str:
        """Return the main figures in a line."""
        return f"{len(self.drafts)} drafts; plan '{self.plan}'"

    def tables(self) -> dict[str, Table]:
        """Return ``movement`` (issue by issue), ``drafts`` and ``disputed``."""
        moved = [] if self.movement is None else [
            (c.phase, c.issue, c.before, c.after, a, x) for c in self.movement.changes for a, x in c.points.items()
        ]  # fmt: skip
        drafts = [(d.number, d.plan, d.date, d.open, sum(d.remarks.values())) for d in self.drafts]
        facts = [(f.path, party, figure) for f in self.disputed for party, figure in f.figures.items()]
        return {
            "movement": Table("movement", ("phase", "issue", "before", "after", "actor", "points"), tuple(moved)),
            "drafts": Table("drafts", ("number", "plan", "date", "open", "remarks"), tuple(drafts)),
            "disputed": Table("disputed", ("path", "party", "figure"), tuple(facts)),
        }


def text(
    case: Case | CompiledCase,
    plan: str | None = None,
    *,
    against: str | None = None,
    facts: bool = False,
    compare: bool = True,
    progress: Progress | None = None,
) -> TextResult:
    """Show a draft of the single text, and what changed in it.

    Parameters
    ----------
    case : Case or CompiledCase
    plan : str, optional
        Default: the draft with the highest number, else the first plan.
    against : str, optional
        The plan that it is compared with. Default: the one that it revises, else the draft of the number before.
    facts : bool
        Whether to judge the plan under each party's own figures, where they dispute any.
    compare : bool
        Whether to compare with the draft before where `against` is not given; it needs everybody's interests.
    progress : callable, optional
        Is called with a stage, how much of it is done, and how much there is in all.

    Raises
    ------
    Refusal
        Where there is no such plan, or somebody only ranks states and two drafts are to be compared.
    """
    compiled = compile_case(case)
    full = compiled.case
    drafts = drafts_of(full)
    name, details = full.plan(plan if plan is not None or not drafts else drafts[-1].plan)
    before = None if against is None else full.plan(against)[0]
    if before is None and compare and details.draft is not None:
        earlier = [d.plan for d in drafts if d.number < details.draft.number]
        before = details.draft.after or (earlier[-1] if earlier else None)
    tell = progress or silent
    tell("the draft before", 0, 1)
    moved = None if before is None or before == name else movement(compiled, before, name)
    return TextResult(
        plan=name,
        drafts=drafts,
        lines=lines_of(full, name),
        movement=moved,
        disputed=disputed(full),
        under=under_each(full, name, tell) if facts else (),
        provenance=Provenance(
            full.name,
            full.content_hash,
            "single text",
            {"plan": name, "against": before, "facts": facts},
            taken_as_indifferent=without_value(full, name),
        ),
    )


def drafts_of(case: Case) -> tuple[DraftListed, ...]:
    """Return the drafts of a case by number."""
    found = []
    for name, plan in case.plans.items():
        if plan.draft is not None:
            remarks: dict[str, int] = {}
            for remark in plan.draft.remarks:
                remarks[remark.by] = remarks.get(remark.by, 0) + 1
            d = plan.draft
            found.append(DraftListed(name, d.number, d.date, d.after, len(d.open), remarks))
    return tuple(sorted(found, key=lambda one: one.number))
