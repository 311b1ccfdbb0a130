"""What `propose` returns: what the parties could sign, and a plan that gets there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from halfway.conduct.verdicts.grades import Hinge
from halfway.record import HIDDEN, shown_as
from halfway.result import Provenance, Result, Table
from halfway.settle.result import Number


def _bounds(number: Number) -> tuple[int, int]:
    return number.low, number.high


@dataclass(frozen=True)
class Aim:
    """A package that the parties could sign.

    Attributes
    ----------
    place : int
        By the solution, from 1.
    package : mapping from issue to option
    changes : tuple of str
        Issues that differ from today.
    utilities : mapping from actor to float
        In points, of all actors.
    chance, error : float
        Share of draws in which all parties and bodies at home accept it, with its standard error.
    worst : float or None
        The largest temptation under the best plan found that leads to it; None where none was looked for, or none found.
    grade : int or None
        Of that plan.
    """

    place: int
    package: Mapping[str, str]
    changes: tuple[str, ...]
    utilities: Mapping[str, float]
    chance: float
    error: float
    worst: float | None
    grade: int | None


@dataclass(frozen=True)
class Step:
    """One step of the plan.

    Attributes
    ----------
    phase : str
    changes : mapping from issue to option
    utilities : mapping from actor to float
        What each gets while it lasts.
    """

    phase: str
    changes: Mapping[str, str]
    utilities: Mapping[str, float]


@dataclass(frozen=True)
class Rival:
    """A plan of the case, asked the same.

    Attributes
    ----------
    plan : str
    refused_by : tuple of str
        Of the parties, and bodies at home: those who would not sign it.
    grade : int or None
        None where its conduct is not computed.
    worst : float or None
        The largest temptation, in points.
    """

    plan: str
    refused_by: tuple[str, ...]
    grade: int | None
    worst: float | None


@dataclass(frozen=True)
class FoundPlan:
    """The plan found.

    Attributes
    ----------
    name : str
    aim : int
        The place of the package that it leads to.
    grade : int
    grade_name : str
    hangs_on : Hinge or None
    temptation : mapping from actor to float
        In points, averaged over types.
    steps : tuple of Step
    exposure : float
        The most that a party is worse off than today after a step, in points.
    keeping : mapping from actor to float
        What the kept plan is worth to each party from the start, discounted.
    plan : mapping
        The plan as a case file has it.
    """

    name: str
    aim: int
    grade: int
    grade_name: str
    hangs_on: Hinge | None
    temptation: Mapping[str, float]
    steps: tuple[Step, ...]
    exposure: float
    keeping: Mapping[str, float]
    plan: Mapping[str, Any]

    @property
    def worst(self) -> float:
        """The largest temptation."""
        return max(self.temptation.values(), default=0.0)


@dataclass(frozen=True)
class Searched:
    """What was searched.

    Attributes
    ----------
    aims : int
        Packages that plans were built for.
    designs : int
        Designs of the grid, for all of them.
    judged, cut, refused : int
        Looked at: judged in full; given up because an actor was more tempted than under the best so far; not signed by all.
    left : int
        Designs of the grid that were not looked at.
    beside : int
        Looked at beside the grid.
    exact : bool
        Whether the plan found has the least temptation of all designs of the grid.
    gap : float
        By how much a design that was not looked at could be better at most, in points; 0 where the grid was searched.
    """

    aims: int
    designs: int
    judged: int
    cut: int
    refused: int
    left: int
    beside: int
    exact: bool
    gap: float


@dataclass(frozen=True, repr=False)
class ProposeResult(Result):
    """What the parties could sign, and how to get there.

    Attributes
    ----------
    parties : tuple of str
    solution : str
    acceptable : Number
        Packages that the parties accept.
    ratified : Number
        Of these, what the bodies at home accept too.
    own : Number
        Of these, what changes only issues that the parties set.
    aims : tuple of Aim
        The frontier among these, best first by the solution.
    found : FoundPlan or None
        None where nothing is acceptable, or no design is signed by all.
    rivals : tuple of Rival
        The plans of the case.
    searched : Searched
    text : str or None
        The case with the plan found, as YAML; None where there is none.
    provenance : Provenance
    """

    parties: tuple[str, ...]
    solution: str
    acceptable: Number = field(metadata=shown_as(by=_bounds))
    ratified: Number = field(metadata=shown_as(by=_bounds))
    own: Number = field(metadata=shown_as(by=_bounds))
    aims: tuple[Aim, ...]
    found: FoundPlan | None
    rivals: tuple[Rival, ...]
    searched: Searched
    provenance: Provenance
    text: str | None = field(default=None, metadata=HIDDEN)

    def headline(self) -> str:
        """Return the main figures in a line."""
        if self.found is None:
            return f"{self.acceptable} packages acceptable to {len(self.parties)} parties, no plan found"
        return (
            f"{self.acceptable} packages acceptable to {len(self.parties)} parties; plan '{self.found.name}' of grade "
            f"{self.found.grade}, largest temptation {self.found.worst:.2f} points"
        )

    def tables(self) -> dict[str, Table]:
        """Return ``aims`` (a row each), ``steps`` (a row a step and issue), ``temptation`` and ``rivals``."""
        issues = tuple(self.aims[0].package) if self.aims else ()
        aims = tuple(
            (a.place, a.chance, a.error, a.worst, a.grade, *(a.package[i] for i in issues),
             *(a.utilities[p] for p in self.parties))
            for a in self.aims
        )  # fmt: skip
        found = self.found
        steps = () if found is None else tuple((s.phase, i, o) for s in found.steps for i, o in s.changes.items())
        tempted = () if found is None else tuple(found.temptation.items())
        rivals = tuple((r.plan, r.grade, r.worst, ", ".join(r.refused_by)) for r in self.rivals)
        columns = ("place", "chance", "error", "worst", "grade")
        return {
            "aims": Table("aims", (*columns, *(f"issue {i}" for i in issues), *(f"utility {p}" for p in self.parties)),
                          aims),
            "steps": Table("steps", ("phase", "issue", "option"), steps),
            "temptation": Table("temptation", ("actor", "points"), tempted),
            "rivals": Table("rivals", ("plan", "grade", "worst", "refused_by"), rivals),
        }  # fmt: skip
