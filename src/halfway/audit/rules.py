"""What a rule is, what a finding is, and what a rule is given to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np

from halfway.case.case import Case
from halfway.case.conditions import Path
from halfway.case.plans import Plan
from halfway.errors import Place
from halfway.space.arrays import FloatArray
from halfway.space.compile import Space, compile_space
from halfway.space.draws import Draws, draw
from halfway.space.levels import ideals
from halfway.space.outcomes import Levels, PlanValues, drawn_values, levels_of, plan_values

Severity: TypeAlias = Literal["note", "warning", "error"]
SEVERITIES: tuple[Severity, ...] = ("note", "warning", "error")

DRAWS = 1_000
"""How many draws rules that speak of uncertainty rest on."""


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
        The figure.
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
    ordinal : bool
        Whether it needs no utilities.
    """

    code: str
    name: str
    severity: Severity
    reason: str
    remedy: str
    check: Callable[[Question], Iterator[Hit]]
    ordinal: bool = False


@dataclass(frozen=True)
class Finding:
    """A rule's hit with its place."""

    code: str
    name: str
    severity: Severity
    place: Place
    message: str
    figure: float
    unit: str
    remedy: str

    def as_dict(self) -> dict[str, object]:
        """Return plain data for JSON."""
        return {
            "code": self.code,
            "name": self.name,
            "severity": self.severity,
            "file": self.place.file,
            "line": self.place.line,
            "column": self.place.column,
            "message": self.message,
            "figure": self.figure,
            "unit": self.unit,
            "remedy": self.remedy,
        }


@dataclass(frozen=True)
class Change:
    """An option that the plan puts in force in place of today's while everyone keeps it.

    Attributes
    ----------
    issue : int
    today, option : int
        Option numbers.
    phase : str
        The phase in which it first comes into force.
    path : tuple
        Where the plan says so.
    lasting : bool
        Whether it is in force in the long run.
    """

    issue: int
    today: int
    option: int
    phase: str
    path: Path
    lasting: bool


@dataclass(frozen=True)
class Question:
    """One plan of one case, with everything that rules ask about it computed when first asked.

    Attributes
    ----------
    case : Case
    name : str
        The plan's name.
    plan : Plan
    seed : int
        Root of the random streams.
    """

    case: Case
    name: str
    plan: Plan
    seed: int

    @property
    def path(self) -> Path:
        """Where the plan stands in the case."""
        return ("plans", self.name)

    @cached_property
    def space(self) -> Space:
        """The case as arrays."""
        return compile_space(self.case)

    @cached_property
    def values(self) -> PlanValues:
        """What the plan brings when everyone keeps it."""
        return plan_values(self.space, self.name, self.plan)

    @cached_property
    def today(self) -> FloatArray:
        """What the status quo is worth (the walk-away, where none is stated), in points, shape ``(actor,)``."""
        if self.space.status_quo is None:
            return self.space.walk_away
        return self.space.values(self.space.status_quo)[:, 0]

    @cached_property
    def ideal(self) -> FloatArray:
        """``u_a(x_b*)`` in points, shape ``(actor, actor)``."""
        return ideals(self.space)

    @cached_property
    def levels(self) -> Levels:
        """Concession levels and movements of the plan, in percent."""
        return levels_of(self.space, self.values.long_run, self.ideal)

    @cached_property
    def draws(self) -> Draws:
        """Draws of the uncertain numbers."""
        return draw(self.case, DRAWS, self.seed)

    @cached_property
    def drawn(self) -> FloatArray:
        """The plan's long-run utilities under every draw, shape ``(draw, actor)``."""
        return drawn_values(self.space, self.plan, self.values, self.draws)

    @cached_property
    def drawn_today(self) -> FloatArray:
        """The status quo's utilities (walk-aways, where none is stated) under every draw, shape ``(draw, actor)``."""
        if self.space.status_quo is None:
            return self.draws.walk_away
        return self.draws.values(self.space.status_quo[None, :])[:, :, 0]

    def title(self, actor: str) -> str:
        """Return what an actor or member is called."""
        if actor in self.case.actors:
            return self.case.title_of("actors", actor)
        for group in self.case.actors.values():
            if actor in group.members:
                return group.members[actor].name or actor
        return actor

    def group_of(self, actor: str) -> str:
        """Return the actor that a member belongs to; an actor is its own."""
        for name, group in self.case.actors.items():
            if actor in group.members:
                return name
        return actor

    @cached_property
    def consenting(self) -> frozenset[str]:
        """The actors that sign: parties, and those spoken for by someone to whom they gave the mandate."""
        return frozenset(
            a
            for a, seat in self.case.seats(self.plan).items()
            if seat.seat == "party" or (seat.represented_by is not None and (seat.mandate or "given") == "given")
        )

    def signs(self, actor: str) -> bool:
        """Tell whether an actor, or the group that it belongs to, signs."""
        return self.group_of(actor) in self.consenting

    def seat_path(self, actor: str) -> Path:
        """Return where the plan says where an actor sits."""
        path: Path = (*self.path, "seats", self.group_of(actor))
        return path if path in self.case.places.keys else (*self.path, "seats")

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """What the plan changes, in the order in which it comes into force; nothing where no status quo is stated."""
        space, path = self.space, self.values.path
        if space.status_quo is None:
            return ()
        found: dict[tuple[int, int], Change] = {}
        lasting = {(i, int(o)) for package in self.values.packages for i, o in enumerate(package)}
        for state, package in enumerate(path.in_force):
            phase = path.phases[int(path.phase_of[state])]
            for i, option in enumerate(package):
                today = int(space.status_quo[i])
                if int(option) != today and (i, int(option)) not in found:
                    where = self._where(i, int(option), phase)
                    found[i, int(option)] = Change(i, today, int(option), phase, where, (i, int(option)) in lasting)
        return tuple(found.values())

    def _where(self, issue: int, option: int, phase: str) -> Path:
        """Find the line that puts an option in force: this phase's, else that of the phase it is inherited from."""
        key, label = self.space.issues[issue], self.space.options[issue][option]
        for name in (phase, *self.plan.phases):
            if self.plan.phases[name].package.get(key) == label:
                return (*self.path, "phases", name, "package", key)
        return (*self.path, "phases", phase)

    def contribution(self, change: Change) -> FloatArray:
        """Return what one change alone, from the status quo, is worth to each actor, in points, shape ``(actor,)``."""
        assert self.space.status_quo is not None  # without one there are no changes
        package = self.space.status_quo.copy()
        package[change.issue] = change.option
        return np.asarray(self.space.values(package)[:, 0] - self.today)

    def setters(self, issue: int) -> tuple[str, ...]:
        """Return who implements an issue."""
        return self.case.issues[self.space.issues[issue]].set_by

    def owners(self, issue: int) -> tuple[str, ...]:
        """Return whose asset or fate an issue is."""
        return self.case.issues[self.space.issues[issue]].owner

    def says(self, issue: int, option: int) -> str:
        """Return an issue and one of its options in words."""
        key = self.space.issues[issue]
        return f"{self.case.title_of('issues', key)}: {self.case.title_of('issues', key, self.space.options[issue][option])}"


def listed(names: list[str]) -> str:
    """Join names as a person would."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def graded(figure: float, warning: float, error: float) -> Severity:
    """Let severity grow with the figure."""
    return "error" if figure >= error else "warning" if figure >= warning else "note"


RuleTable: TypeAlias = Mapping[str, Rule]
