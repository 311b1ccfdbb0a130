"""`sheet`: from a case to the sheet of one role. The case is redacted first; everything after that has the view alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from halfway.case.case import Case
from halfway.case.support import ask
from halfway.errors import unknown
from halfway.progress import Progress, silent
from halfway.record import HIDDEN
from halfway.result import Provenance, Result, Table, keep_existing, write_safely
from halfway.sheets.contents import Section, sections
from halfway.sheets.redaction import redact
from halfway.sheets.render import render
from halfway.sheets.scores import Joint, OwnScore, joint_answer, own_score
from halfway.sheets.view import View
from halfway.space.compiled import CompiledCase


@dataclass(frozen=True, repr=False)
class Sheet(Result):
    """The sheet of one role; its provenance has the hash of the view, never that of the full case.

    Attributes
    ----------
    role, title : str
        The role, and what it is called.
    plan : str or None
        The plan that it is about: the one asked for, else the first that the role may see.
    own : OwnScore or None
        The role's own points; None where it has none, and then `no_points` says why.
    joint : Joint or None
        What could be agreed by what the role may see; None where that is not asked, and then `no_joint` says why.
    sections : tuple of Section
        What the page says.
    view : mapping
        The view itself, as plain data that `halfway.loads` reads.
    """

    role: str
    title: str
    plan: str | None
    own: OwnScore | None
    no_points: str | None
    joint: Joint | None
    no_joint: str | None
    sections: tuple[Section, ...] = field(metadata=HIDDEN)
    view: Mapping[str, Any]
    html: str = field(metadata=HIDDEN)
    provenance: Provenance

    @property
    def file_name(self) -> str:
        """What the sheet's file is called: the names of the case and the role."""
        safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in self.role)
        return f"{self.provenance.case}-{safe}.html"

    def headline(self) -> str:
        """Return the main figures in a line."""
        return f"sheet for {self.title}" + (f", walk-away {self.own.walk_away:.1f}" if self.own else "")

    def tables(self) -> dict[str, Table]:
        """Return ``points`` (the role's own, by option) and ``plans`` (by phase)."""
        points = [] if self.own is None else [(i, o, x) for i, of in self.own.points.items() for o, x in of.items()]
        plans = [] if self.own is None else [(p, k, x) for p, of in self.own.plans.items() for k, x in of.items()]
        return {
            "points": Table("points", ("issue", "option", "points"), tuple(points)),
            "plans": Table("plans", ("plan", "phase", "points"), tuple(plans)),
        }


def sheet(case: Case | CompiledCase, role: str, *, plan: str | None = None, progress: Progress | None = None) -> Sheet:
    """Make the sheet of one role.

    Parameters
    ----------
    case : Case or CompiledCase
    role : str
        An actor, ``mediator`` or ``public``.
    plan : str, optional
        Default: the first plan that the role may see.
    progress : callable, optional
        Is called with a stage, how much of it is done, and how much there is in all.

    Raises
    ------
    Refusal
        Where the role is unknown, or may not see the plan.
    """
    full = case.case if isinstance(case, CompiledCase) else case
    ask(full, "role_sheet")
    tell = progress or silent
    tell("what the role may see", 0, STAGES)
    return sheet_of(redact(full, role), plan, tell)


STAGES = 4
"""Redaction, the role's own points, the joint answer, the page."""


def sheet_of(view: View, plan: str | None = None, progress: Progress = silent) -> Sheet:
    """Make a sheet of a view."""
    case = view.case
    if plan is not None and plan not in case.plans:
        # A plan that the role may not see is as unknown as one that does not exist.
        raise unknown("plan", plan, case.plans, where=f"in what {view.title} may see")
    name = plan if plan is not None else next(iter(case.plans), None)
    progress("its own points", 1, STAGES)
    own = own_score(view)
    progress("what could be agreed", 2, STAGES)
    joint = joint_answer(view, name)
    progress("the page", 3, STAGES)
    said = sections(view, name, own, joint)
    stamp = f"View {case.content_hash[:12]}, as of {case.date}." if case.date else f"View {case.content_hash[:12]}."
    return Sheet(
        role=view.role,
        title=view.title,
        plan=name,
        own=own if isinstance(own, OwnScore) else None,
        no_points=own if isinstance(own, str) else None,
        joint=joint if isinstance(joint, Joint) else None,
        no_joint=joint if isinstance(joint, str) else None,
        sections=said,
        view=case.model_dump(mode="json", by_alias=True, exclude_unset=True),
        html=render(case.title or case.name, view.title, stamp, said),
        provenance=Provenance(case.name, case.content_hash, "role sheet", {"role": view.role, "plan": name}),
    )


def write_sheets(sheets: tuple[Sheet, ...], folder: str | Path, force: bool = False) -> tuple[Path, ...]:
    """Write sheets into a folder, one file a role; return where they are.

    Raises
    ------
    InputError
        Where a file is there already and `force` is not given.
    """
    paths = tuple(Path(folder) / one.file_name for one in sheets)
    for path in paths:
        keep_existing(path, force)
    for path, one in zip(paths, sheets, strict=True):
        write_safely(path, one.html)
    return paths
