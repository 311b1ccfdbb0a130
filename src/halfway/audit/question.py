"""What a rule is given to look at: one plan of one case, with what it changes, for whom, and with whose consent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from halfway.case.case import Case
from halfway.case.conditions import Condition, Is, Path, atoms
from halfway.case.plans import Plan, PlanObligation
from halfway.case.truth import holds
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.compiled import CompiledCase
from halfway.space.plan.outcomes import Levels, PlanValues, drawn_values, levels_of, reachable
from halfway.space.plan.prescribed import transfers_by_phase
from halfway.space.utilities.draws import Draws
from halfway.space.utilities.space import Space
from halfway.words.conditions import listed

DRAWS = 1_000
"""How many draws rules that speak of uncertainty rest on."""

NOTICED = 0.25
"""Utility points below which a gain or a loss is not spoken of."""


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
    intended : bool
        Whether it belongs to the course that the plan means to take; if not, it only answers a (false) alarm.
    """

    issue: int
    today: int
    option: int
    phase: str
    path: Path
    lasting: bool
    intended: bool


@dataclass(frozen=True)
class Ground:
    """What all plans of a case stand on, computed once: packages, ideals, draws.

    Attributes
    ----------
    compiled : CompiledCase
    seed : int
        Root of the random streams.
    """

    compiled: CompiledCase
    seed: int

    @property
    def case(self) -> Case:
        """The case."""
        return self.compiled.case

    @property
    def space(self) -> Space:
        """The case as arrays."""
        return self.compiled.space()

    @cached_property
    def today(self) -> FloatArray:
        """What the status quo is worth (the walk-away, where none is stated), in points, shape ``(actor,)``."""
        if self.space.status_quo is None:
            return self.space.walk_away
        return self.space.values(self.space.status_quo)[:, 0]

    @cached_property
    def ideal(self) -> FloatArray:
        """``u_a(x_b*)`` in points, shape ``(actor, actor)``."""
        return self.compiled.ideals

    @cached_property
    def draws(self) -> Draws:
        """Draws of the uncertain numbers."""
        return self.compiled.draws(DRAWS, self.seed)

    @cached_property
    def drawn_today(self) -> FloatArray:
        """The status quo's utilities (walk-aways, where none is stated) under every draw, shape ``(draw, actor)``."""
        if self.space.status_quo is None:
            return self.draws.walk_away
        return self.draws.values(self.space.status_quo[None, :])[:, :, 0]

    def cardinal(self, actor: str) -> bool:
        """Tell whether an actor has utilities: it is one of the case's own, states interests and not only ranks."""
        if actor not in self.space.actors or actor in self.space.ordinal:
            return False
        details = self.case.actors[actor]
        return bool(details.interests or details.linkages)

    @cached_property
    def attainable(self) -> tuple[tuple[bool, ...], ...]:
        """For each issue, which options allowed moves lead to from today's; all, where no status quo is stated."""
        space = self.space
        if space.status_quo is None:
            return tuple((True,) * size for size in space.sizes)
        return tuple(
            tuple(o in reachable(space, i, options[int(space.status_quo[i])]) for o in options)
            for i, options in enumerate(space.options)
        )


@dataclass(frozen=True)
class Question:
    """One plan of one case, with everything that rules ask about it computed when first asked.

    Attributes
    ----------
    case : Case
    name : str
        The plan's name.
    plan : Plan
    ground : Ground
        What all plans of the case share.
    """

    case: Case
    name: str
    plan: Plan
    ground: Ground = field(compare=False, repr=False)

    @property
    def path(self) -> Path:
        """Where the plan stands in the case."""
        return ("plans", self.name)

    @property
    def space(self) -> Space:
        """The case as arrays."""
        return self.ground.space

    @property
    def today(self) -> FloatArray:
        """What the status quo is worth (the walk-away, where none is stated), in points, shape ``(actor,)``."""
        return self.ground.today

    @property
    def baseline(self) -> str:
        """What `today` is, in words."""
        return "what it has without an agreement" if self.space.status_quo is None else "the status quo"

    @property
    def ideal(self) -> FloatArray:
        """``u_a(x_b*)`` in points, shape ``(actor, actor)``."""
        return self.ground.ideal

    @property
    def draws(self) -> Draws:
        """Draws of the uncertain numbers."""
        return self.ground.draws

    @property
    def drawn_today(self) -> FloatArray:
        """What `today` holds, under every draw, shape ``(draw, actor)``."""
        return self.ground.drawn_today

    @cached_property
    def values(self) -> PlanValues:
        """What the plan brings when everyone keeps it."""
        return self.ground.compiled.values(self.name)

    @cached_property
    def levels(self) -> Levels:
        """Concession levels and movements of the plan, in percent."""
        return levels_of(self.space, self.values.long_run, self.ideal)

    @cached_property
    def drawn(self) -> FloatArray:
        """The plan's long-run utilities under every draw, shape ``(draw, actor)``."""
        return drawn_values(self.space, self.plan, self.values, self.draws)

    # Who is who.

    def title(self, actor: str) -> str:
        """Return what an actor or member is called."""
        if actor in self.case.actors:
            return self.case.title_of("actors", actor)
        for group in self.case.actors.values():
            if actor in group.members:
                return group.members[actor].name or actor
        return actor

    def debtors(self, obligation: PlanObligation) -> tuple[str, ...]:
        """Return the actors that promise, each once."""
        return tuple(dict.fromkeys(self.group_of(actor) for actor in obligation.by))

    def performers(self, obligation: PlanObligation) -> tuple[str, ...]:
        """Return the actors that do what is promised, each once: those answered for, else those who promise."""
        return tuple(dict.fromkeys(self.group_of(actor) for actor in obligation.performers))

    def group_of(self, actor: str) -> str:
        """Return the actor that a member belongs to; an actor is its own."""
        if actor in self.case.actors:
            return actor
        for name, group in self.case.actors.items():
            if actor in group.members:
                return name
        return actor

    def cardinal(self, actor: str) -> bool:
        """Tell whether an actor has utilities."""
        return self.ground.cardinal(actor)

    @cached_property
    def consenting(self) -> frozenset[str]:
        """The actors that sign: parties, those who ratify later, those spoken for by someone to whom they gave the mandate."""
        return self._consenting(None)

    def consenting_in(self, phase: str) -> frozenset[str]:
        """Return the actors that sign the plan or, where seats change with a phase, take part in that phase."""
        return self.consenting | self._consenting(phase) if self.plan.phases[phase].seats else self.consenting

    def _consenting(self, phase: str | None) -> frozenset[str]:
        return frozenset(
            a
            for a, seat in self.case.seats(self.plan, phase).items()
            if seat.seat == "party"
            or seat.inclusion == "later_ratification"
            or (seat.represented_by is not None and (seat.mandate or "given") == "given")
        )

    @cached_property
    def signatories(self) -> tuple[str, ...]:
        """The actors that sign, in the case's order."""
        return tuple(a for a in self.space.actors if a in self.consenting)

    def present(self, actor: str) -> bool:
        """Tell whether an actor that does not sign is in the room and has bound itself: by an office or an obligation."""
        if self.case.seats(self.plan)[actor].seat != "observer":
            return False
        holders = {self.group_of(h) for held in self.plan.roles.held().values() for h in held}
        return actor in holders or any(actor in self.debtors(o) for o in self.plan.obligations)

    def agrees(self, actor: str, change: Change) -> bool:
        """Tell whether an actor has a say in a change: it signs, or it is in the room and undertakes that step itself."""
        group = self.group_of(actor)
        if group in self.consenting_in(change.phase):
            return True
        issue = self.space.issues[change.issue]
        return self.case.seats(self.plan)[group].seat == "observer" and any(
            group in self.debtors(o) and issue in o.does for o in self.plan.obligations
        )

    def seat_path(self, actor: str) -> Path:
        """Return where the plan says where an actor sits."""
        path: Path = (*self.path, "seats", self.group_of(actor))
        return path if path in self.case.places.keys else (*self.path, "seats")

    def seat(self, actor: str) -> Path:
        """Return an actor's seat as a place in the case, said or not."""
        return (*self.path, "seats", self.group_of(actor))

    # What changes.

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
            intended = phase in self.course
            for i in np.flatnonzero(package != space.status_quo).tolist():
                option = int(package[i])
                if not (path.packages[:, i] == option).any():
                    continue  # an event or a reaction brings it about, and no phase
                known = found.get((i, option))
                if known is None:
                    where = self._where(i, option, phase)
                    found[i, option] = Change(
                        i, int(space.status_quo[i]), option, phase, where, (i, option) in lasting, intended
                    )
                elif intended and not known.intended:
                    where = self._where(i, option, phase)
                    found[i, option] = replace(known, phase=phase, path=where, intended=True)
        return tuple(found.values())

    @cached_property
    def course(self) -> frozenset[str]:
        """The phases that the plan means to go through: one after the other in time, and by what is likeliest to be seen.

        Phases that only a false alarm leads to are no part of what is offered.
        """
        path, phases = self.values.path, [self.plan.first]
        while (following := self.plan.phases[phases[-1]].then) is not None and following not in phases:
            phases.append(following)
        likeliest: dict[int, tuple[float, int]] = {}
        for source, target, probability in zip(
            path.sources.tolist(), path.targets.tolist(), path.probabilities.tolist(), strict=True
        ):
            if probability > likeliest.get(source, (0.0, 0))[0]:
                likeliest[source] = (probability, target)
        state, seen = 0, set()
        while state not in seen:
            seen.add(state)
            phases.append(path.phases[int(path.phase_of[state])])
            state = likeliest[state][1] if state in likeliest else state
        return frozenset(phases)

    @property
    def intended(self) -> tuple[Change, ...]:
        """The changes that the plan offers, without those that only answer a false alarm."""
        return tuple(c for c in self.changes if c.intended)

    @cached_property
    def acts(self) -> bool:
        """Whether the plan does anything: changes something, asks for or pays something, or shifts the facts."""
        phases = self.plan.phases.values()
        if self.plan.transfers or self.plan.obligations or any(p.shifts for p in phases):
            return True
        return bool(self.changes) or (self.space.status_quo is None and any(p.package for p in phases))

    def _where(self, issue: int, option: int, phase: str) -> Path:
        """Find the line that puts an option in force: this phase's, else that of the phase it is inherited from."""
        key, label = self.space.issues[issue], self.space.options[issue][option]
        for name in (phase, *self.plan.phases):
            if self.plan.phases[name].package.get(key) == label:
                return (*self.path, "phases", name, "package", key)
        return (*self.path, "phases", phase)

    def line_of(self, condition: Condition, package: IntArray, phase: str) -> Path:
        """Return the line of the last change that makes a condition hold for a package in force, else of the phase."""
        named = {(a.issue, o) for a in atoms(condition) if isinstance(a, Is) for o in a.options}
        candidates = []
        for change in reversed(self.changes):
            label = (self.space.issues[change.issue], self.space.options[change.issue][change.option])
            if label not in named or int(package[change.issue]) != change.option:
                continue
            without = package.copy()
            without[change.issue] = change.today
            if not holds(condition, self.space.labels(without)):
                return change.path
            candidates.append(change.path)
        return candidates[0] if candidates else (*self.path, "phases", phase)

    def alone(self, change: Change) -> IntArray:
        """Return the status quo with one change made, shape ``(issue,)``."""
        assert self.space.status_quo is not None  # without one there are no changes
        package = self.space.status_quo.copy()
        package[change.issue] = change.option
        return package

    @cached_property
    def worth(self) -> dict[Change, FloatArray]:
        """What each change alone, from the status quo, is worth to each actor, in points, shape ``(actor,)``."""
        return {c: np.asarray(self.space.values(self.alone(c))[:, 0] - self.today) for c in self.changes}

    def worth_to(self, change: Change, actor: str) -> float:
        """Return what one change alone is worth to an actor, in points; 0 for one without utilities."""
        return float(self.worth[change][self.space.actor(actor)]) if self.cardinal(actor) else 0.0

    def setters(self, issue: int) -> tuple[str, ...]:
        """Return who implements an issue."""
        return self.case.issues[self.space.issues[issue]].set_by

    def owners(self, issue: int) -> tuple[str, ...]:
        """Return whose asset or fate an issue is."""
        return self.case.issues[self.space.issues[issue]].owner

    def owning_groups(self, issue: int) -> tuple[str, ...]:
        """Return the actors whose asset or fate an issue is, groups in place of their members, each once."""
        return tuple(dict.fromkeys(self.group_of(o) for o in self.owners(issue)))

    def humanitarian(self, change: Change) -> bool:
        """Tell whether a change is relief that is given without condition on purpose."""
        return self.case.issues[self.space.issues[change.issue]].humanitarian

    # Who gives, who receives.

    def givers(self, change: Change) -> tuple[str, ...]:
        """Return those who give something up by a change: of those who implement it or own what it is about, the losers."""
        concerned = dict.fromkeys((*self.setters(change.issue), *self.owning_groups(change.issue)))
        return tuple(a for a in concerned if self.worth_to(change, a) < -NOTICED)

    def takers(self, change: Change) -> tuple[str, ...]:
        """Return the signatories that a change serves, its givers left out."""
        givers = self.givers(change)
        return tuple(a for a in self.signatories if a not in givers and self.worth_to(change, a) > NOTICED)

    def given(self, actor: str) -> float:
        """Return all that an actor loses by the changes that the plan offers, each issue at its worst, in points."""
        return self._sum(actor, [c for c in self.intended if not self.humanitarian(c)], -1.0) + max(
            0.0, -self._together(actor)
        )

    def received(self, actor: str) -> float:
        """Return all that an actor gains by what others do or help to do under the plan, transfers included, in points."""
        others = [c for c in self.intended if self.setters(c.issue) != (actor,)]
        return self._sum(actor, others, 1.0) + max(0.0, self._together(actor)) + self._paid(actor)

    def _sum(self, actor: str, changes: list[Change], sign: float) -> float:
        by_issue: dict[int, float] = {}
        for change in changes:
            by_issue[change.issue] = max(by_issue.get(change.issue, 0.0), sign * self.worth_to(change, actor))
        return sum(by_issue.values())

    def _together(self, actor: str) -> float:
        """Return what the changes bring an actor in the long run beyond what each brings alone: its linkages."""
        if not self.cardinal(actor):
            return 0.0
        a, at, whole = self.space.actor(actor), {(c.issue, c.option): c for c in self.changes}, 0.0
        for package, share in zip(self.values.packages, self.values.shares, strict=True):
            parts = sum(float(self.worth[at[i, int(o)]][a]) for i, o in enumerate(package) if (i, int(o)) in at)
            whole += float(share) * (float(self.space.values(package)[a, 0] - self.today[a]) - parts)
        return whole if abs(whole) > NOTICED else 0.0

    def _paid(self, actor: str) -> float:
        """Return the most that transfers bring an actor in a phase, less what it pays there itself."""
        if not self.plan.transfers or actor not in self.space.actors:
            return 0.0
        return max(0.0, float(transfers_by_phase(self.space, self.plan)[:, self.space.actor(actor)].max()))

    # In words.

    def says(self, issue: int, option: int) -> str:
        """Return an issue and one of its options in words."""
        key = self.space.issues[issue]
        return f"{self.case.title_of('issues', key)}: {self.case.title_of('issues', key, self.space.options[issue][option])}"

    def all_say(self, changes: list[Change]) -> str:
        """Return changes in words, each once."""
        return listed(list(dict.fromkeys(self.says(c.issue, c.option) for c in changes)), "; ")

    def phase_title(self, phase: str) -> str:
        """Return what a phase is called."""
        return self.case.title_of("plans", self.name, phase)
