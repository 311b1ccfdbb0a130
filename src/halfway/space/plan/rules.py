"""A plan's rules as tables of numbers: what picks put in force, what is then seen, and what that sets off."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from halfway.errors import Problem, Refusal
from halfway.space.arrays import FloatArray, IntArray, Mask
from halfway.space.plan.facts import Reader
from halfway.space.plan.machines import Machine, World, reacting, turned

MOST_FACTS = 20_000
"""The most sets of facts, as far as the rules tell them apart, that one period may show; a plan with more is refused."""

MOST_WORK = 250_000
"""The most such sets gone through for one plan, all its situations together, and the most conditions looked at."""

_Facts: TypeAlias = "dict[tuple[int, int, tuple[float, ...]], float]"
"""Chances of what is left to be told apart: what is open (`Reader`), who is seen in breach, gravities shown."""


@dataclass(frozen=True)
class Steps:
    """How one issue's status moves.

    A status is an option in force, or an option on its way out with the one that follows and the periods left.

    Attributes
    ----------
    in_force, after : ndarray of int, shape (status, pick)
        The option in force in this period, and the status of the next.
    first : ndarray of int, shape (option,)
        The status in which an option is in force and nothing is under way.
    sticky : bool
        Whether the past matters: some option cannot follow some other at once. Otherwise there is one status.
    """

    in_force: IntArray
    after: IntArray
    first: IntArray
    sticky: bool


@dataclass(frozen=True)
class Seen:
    """What the public may see on one issue while one option is in force, merged as far as a phase tells it apart.

    Attributes
    ----------
    bits : tuple of int
        The conditions met, as a bit set.
    level : tuple of float
        The gravity shown.
    chance : tuple of float
    """

    bits: tuple[int, ...]
    level: tuple[float, ...]
    chance: tuple[float, ...]


@dataclass(frozen=True)
class Row:
    """A row of what may be seen of an option, with what it takes to hold.

    Attributes
    ----------
    machine : int
        The event that must be in force; -1 for none.
    when : Mask or None
        What must hold of the options in force.
    number : int
        Which row of `Rules.observed`.
    """

    machine: int
    when: Mask | None
    number: int


@dataclass(frozen=True)
class Reacts:
    """What an actor picks while a reaction of it runs.

    Attributes
    ----------
    by : int
    does : tuple of (int, int)
        Issues and options.
    announced : bool
    """

    by: int
    does: tuple[tuple[int, int], ...]
    announced: bool


@dataclass(frozen=True)
class Alters:
    """What is otherwise while an event is in force.

    Attributes
    ----------
    machine : int
    kinds : tuple of (int, str)
        Actors for which another of their types acts.
    status_quo : tuple of (int, int)
        Issues and what they fall back to.
    """

    machine: int
    kinds: tuple[tuple[int, str], ...]
    status_quo: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class PhaseRules:
    """One phase as numbers.

    Attributes
    ----------
    package : tuple of int, shape (issue,)
        What it prescribes.
    lasts : int
        Periods; 0 for good.
    then : int
        The phase that follows, or -1.
    resets : int
        How often it may lead on when its time is up; -1 without limit.
    is_reset : bool
        Whether its end counts as a reset.
    go : tuple of int
        Target of each trigger.
    tests : tuple
        Each trigger's condition over the bits.
    falls : tuple of (int, float, int)
        Issue, points and bit of each `falls_by`.
    read : tuple of int
        Issues whose signals are read.
    seen : mapping
        ``seen[issue][option]``.
    marks : tuple of tuple of int
        For each issue, the conditions that each signal meets, as a bit set.
    gravity : tuple of ndarray, shape (signal,)
        For each issue, how grave each signal is.
    transfers : tuple of float, shape (actor,)
        Points a period, received less paid.
    shifts : tuple of (int, int)
        Issues whose status quo option changes once the phase is left, with the new option.
    asks : tuple
        What sets off each reaction, as a condition over the bits.
    told : tuple of (int, int, bool)
        Bits that an event sets by itself: the bit, the event's machine, and whether it must be in force.
    """

    package: tuple[int, ...]
    lasts: int
    then: int
    resets: int
    is_reset: bool
    go: tuple[int, ...]
    tests: tuple[Any, ...]
    falls: tuple[tuple[int, float, int], ...]
    read: tuple[int, ...]
    seen: dict[int, tuple[Seen, ...]]
    marks: tuple[tuple[int, ...], ...]
    gravity: tuple[FloatArray, ...]
    transfers: tuple[float, ...]
    shifts: tuple[tuple[int, int], ...]
    asks: tuple[Any, ...] = ()
    told: tuple[tuple[int, int, bool], ...] = ()


@dataclass(frozen=True)
class Rules:
    """A plan as numbers. Axes are in the case's own order of actors and issues.

    Attributes
    ----------
    actors, issues : int
    setters : tuple of tuple of int
        For each issue, who sets it.
    steps : tuple of Steps
        For each issue.
    phases : tuple of PhaseRules
    start : int
    status_quo : tuple of int, shape (issue,)
        What a joint issue falls back to; the options in force before the plan begins.
    allowed : tuple of Mask
        Constraints.
    coupled : tuple of tuple of int
        Groups of issues that linkages or constraints tie together, down to a single one that has a linkage of its own.
    sticky, shifting, compared, counted : tuple of int
        Issues with a status, issues whose status quo a phase shifts, issues whose last gravity counts, and phases
        with a limit on resets: what a state carries.
    observed : tuple of ndarray, shape (row, signal)
        For each issue, the probability of each signal. The first rows are those of the options, in their order, where
        nothing else holds; `rows` says when others do.
    breach : tuple of ndarray of bool, shape (phase, signal)
        For each issue, which signals are seen as breaches.
    watch : bool
        Whether the bits say, beyond what triggers need, which actors are seen in breach: bit ``watch_bit + actor``.
    any_can : tuple of tuple of int
        For each joint issue, options that any one setter can bring about, the first ones before the others.
    rows : tuple of tuple of tuple of Row
        For each issue and option, further rows of `observed`: the first that holds counts.
    detection : float
        Each option's signals are mixed with those of the prescribed one: 1 as stated, 0 nothing is ever detected.
    machines : tuple of Machine
        Reactions, events, and costs charged once, in this order.
    reactions : tuple of Reacts
        One for each of the first machines.
    events_alter : tuple of Alters
    issue_names, phase_names : tuple of str
        For messages only.
    memo : dict
        What has been worked out already; nothing in it depends on how long phases last.
    """

    actors: int
    issues: int
    setters: tuple[tuple[int, ...], ...]
    steps: tuple[Steps, ...]
    phases: tuple[PhaseRules, ...]
    start: int
    status_quo: tuple[int, ...]
    allowed: tuple[Mask, ...]
    coupled: tuple[tuple[int, ...], ...]
    sticky: tuple[int, ...]
    shifting: tuple[int, ...]
    compared: tuple[int, ...]
    counted: tuple[int, ...]
    observed: tuple[FloatArray, ...]
    breach: tuple[Any, ...]
    watch: bool = False
    watch_bit: int = 0
    any_can: tuple[tuple[int, ...], ...] = ()
    rows: tuple[tuple[tuple[Row, ...], ...], ...] = ()
    detection: float = 1.0
    machines: tuple[Machine, ...] = ()
    reactions: tuple[Reacts, ...] = ()
    events_alter: tuple[Alters, ...] = ()
    issue_names: tuple[str, ...] = ()
    phase_names: tuple[str, ...] = ()
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def reading(self) -> tuple[Hashable, ...]:
        """How phases read signals: all that a plan's course takes from what options are worth to actors."""
        return tuple(
            part
            for p in self.phases
            for i in p.read
            for part in (p.marks[i], p.gravity[i].tobytes() if i in self.compared else b"")
        )

    def sets(self, actor: int) -> tuple[int, ...]:
        """Return the issues that an actor sets, alone or with others."""
        return self._sets[actor]

    @cached_property
    def _sets(self) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(i for i, who in enumerate(self.setters) if a in who) for a in range(self.actors))

    def side_issues(self, actor: int) -> tuple[int, ...]:
        """Return the issues whose past matters but which an actor sets alone, no trigger reads and nothing ties or bars.

        What the actor does about one of them changes neither the course of the phases nor the worth of anything else,
        so each can be solved apart: gains add up.
        """
        read = {i for phase in self.phases for i in phase.read}
        tied = {i for group in self.coupled if len(group) > 1 for i in group}
        tied |= {i for mask in self.allowed for i in mask.issues}
        # What a reaction picks for a time, or another type of the actor sets, is no problem of its own.
        tied |= {i for one in self.reactions for i, _ in one.does}
        if any(a == actor for one in self.events_alter for a, _ in one.kinds):
            return ()
        return tuple(i for i in self.sticky if self.setters[i] == (actor,) and i not in read and i not in tied)

    def without_past(self, issues: tuple[int, ...]) -> Rules:
        """Return the rules with some issues taken as ones whose past does not matter."""
        gone = set(issues)
        steps = tuple(
            Steps(np.arange(s.in_force.shape[1])[None, :], np.zeros((1, s.in_force.shape[1]), np.int64),
                  np.zeros(s.in_force.shape[1], np.int64), False) if i in gone else s
            for i, s in enumerate(self.steps)
        )  # fmt: skip
        return replace(self, steps=steps, sticky=tuple(i for i in self.sticky if i not in gone), memo={})

    def with_lengths(self, lasts: Mapping[int, int]) -> Rules:
        """Return the rules with other lengths of some phases, in periods; what is known of situations stays known."""
        phases = tuple(replace(p, lasts=lasts.get(k, p.lasts)) for k, p in enumerate(self.phases))
        return replace(self, phases=phases)

    def with_detection(self, share: float) -> Rules:
        """Return the rules with a share of the stated detection: 1 as stated, 0 nothing is ever detected."""
        return replace(self, detection=share, memo={})

    def with_reactions(self, probability: float, to: int) -> Rules:
        """Return the rules in which all others react to what an actor does with one probability."""
        machines = tuple(
            reacting(m, probability) if k < len(self.reactions) and self.reactions[k].by != to else m
            for k, m in enumerate(self.machines)
        )
        return replace(self, machines=machines, memo={})

    def row(self, issue: int, option: int, shown: Mapping[int, int], world: World = ()) -> int:
        """Return which row of `observed` says what is seen of an option in force.

        Parameters
        ----------
        issue, option : int
        shown : mapping from issue to int
            The options in force, on all issues that a row names at least.
        world : tuple of int
            The statuses of the machines.
        """
        for row in self.rows[issue][option] if self.rows else ():
            if row.machine >= 0 and not self.machines[row.machine].on[world[row.machine]]:
                continue
            if row.when is None or row.when.table[tuple([shown[i] for i in row.when.issues])]:
                return row.number
        return option

    def rows_ask(self, issue: int) -> frozenset[int]:
        """Return the issues on which it depends which row of an issue holds."""
        if not self.rows:
            return frozenset()
        return frozenset(i for rows in self.rows[issue] for row in rows if row.when for i in row.when.issues)

    def seen(self, phase: int, issue: int, option: int, shown: Mapping[int, int], world: World = ()) -> Seen:
        """Return what may be seen on an issue that a phase reads; as `row` takes it."""
        rules, number = self.phases[phase], self.row(issue, option, shown, world)
        if self.detection == 1.0:
            return rules.seen[issue][number]
        prescribed = self.row(issue, rules.package[issue], shown, world)
        key = ("seen", phase, issue, number, prescribed)
        found: Seen | None = self.memo.get(key)
        if found is None:
            table = self.observed[issue]
            mixed = self.detection * table[number] + (1 - self.detection) * table[prescribed]
            found = self.memo[key] = merged(mixed, rules.marks[issue], rules.gravity[issue])
        return found

    def on(self, world: World) -> tuple[int, ...]:
        """Return the machines that are in force."""
        return tuple(k for k, (m, s) in enumerate(zip(self.machines, world, strict=True)) if m.on[s])

    def turned(self, world: World, inputs: Sequence[bool]) -> list[tuple[float, World]]:
        """Return where the machines may stand in the next period."""
        key = ("turned", world, tuple(inputs))
        found: list[tuple[float, World]] | None = self.memo.get(key)
        if found is None:
            found = self.memo[key] = turned(self.machines, world, inputs)
        return found

    @property
    def world(self) -> World:
        """The statuses of the machines at the start."""
        return tuple(m.start for m in self.machines)

    def acting(self, world: World) -> dict[int, str]:
        """Return the actors for which another of their types acts, with the type; of several events the first counts."""
        out: dict[int, str] = {}
        for one in self.events_alter:
            if self.machines[one.machine].on[world[one.machine]]:
                for actor, kind in one.kinds:
                    out.setdefault(actor, kind)
        return out

    def can_match(self, phase: int) -> frozenset[int]:
        """Return the triggers of a phase that some options in force, whoever sets them, could set off.

        Where what is seen of one issue depends on another, each row is taken to be possible beside every other.
        """
        rules, reader = self.phases[phase], self.reader(phase)
        nodes = {reader.start}
        for bit, _, _ in rules.told:
            nodes |= {reader.given(node, 1 << bit, 0) for node in nodes}
        nodes = {reader.given(node, 0, self._told(rules)) for node in nodes}
        for k, issue in enumerate(reader.order):
            looks = {bits & self._named for seen in rules.seen[issue] for bits in seen.bits}
            # A gravity may have fallen or not: both are possible, given some period before.
            for at, _, bit in rules.falls:
                if at == issue:
                    looks |= {bits | 1 << bit for bits in looks}
            nodes = {reader.step(node, k, bits) for node in nodes for bits in looks}
        return frozenset(reader.answer(node, len(rules.go))[0] for node in nodes)

    @property
    def _named(self) -> int:
        """The bits that conditions name."""
        return (1 << self.watch_bit) - 1

    @staticmethod
    def _told(rules: PhaseRules) -> int:
        return sum(1 << bit for bit, _, _ in rules.told)

    def reader(self, phase: int) -> Reader:
        """Return what reads the facts of a phase."""
        found: Reader | None = self.memo.get(("reader", phase))
        if found is None:
            rules = self.phases[phase]
            bits = dict.fromkeys(rules.read, 0)
            for issue in rules.read:
                for seen in rules.seen[issue]:
                    for more in seen.bits:
                        bits[issue] |= more & self._named
            for issue, _, bit in rules.falls:
                bits[issue] |= 1 << bit
            found = Reader(rules.tests, rules.asks, bits, self.compared, self._told(rules))
            self.memo[("reader", phase)] = found
        return found

    def opened(self, phase: int, world: World) -> int:
        """Return what is open in a phase before anything is seen, once it is known which events are in force."""
        rules, reader = self.phases[phase], self.reader(phase)
        if not rules.told:
            return reader.start
        yes = self.event_bits(phase, world)
        return reader.given(reader.start, yes, self._told(rules) & ~yes)

    def event_bits(self, phase: int, world: World) -> int:
        """Return the bits that events set by themselves."""
        yes = 0
        for bit, machine, wanted in self.phases[phase].told:
            if self.machines[machine].on[world[machine]] == wanted:
                yes |= 1 << bit
        return yes

    def events(
        self,
        phase: int,
        gravities: tuple[float, ...],
        in_force: tuple[int, ...],
        world: World = (),
    ) -> list[tuple[float, int, tuple[float, ...], int, World]]:
        """Return what one period may set off.

        Parameters
        ----------
        phase : int
        gravities : tuple of float
            Last shown on the issues of `compared`.
        in_force : tuple of int
            Options in force on the issues that the phase reads, in their order.
        world : tuple of int
            The statuses of the machines.

        Returns
        -------
        list of (probability, trigger, gravities, watched, world)
            The trigger is its number, or the count of triggers where none matches; `watched` is the set of actors
            seen in breach, as bits (0 unless `watch`); the world is that of the next period.

        Raises
        ------
        Refusal
            Where too many combinations could be shown.
        """
        key = (phase, gravities, in_force, world)
        found = self.memo.get(key)
        if found is None:
            found = self.memo[key] = self._events(phase, gravities, in_force, world)
        return found

    def event(self, phase: int, bits: int) -> int:
        """Return the first trigger of a phase that a set of facts matches, or the count of triggers."""
        tests = self.phases[phase].tests
        return next((k for k, test in enumerate(tests) if _true(test, bits)), len(tests))

    def seen_event(
        self, phase: int, gravities: tuple[float, ...], shown: Sequence[int], world: World = ()
    ) -> tuple[int, tuple[float, ...], int, list[tuple[float, World]]]:
        """Return what one set of signals sets off.

        Parameters
        ----------
        phase : int
        gravities : tuple of float
            Last shown on the issues of `compared`.
        shown : sequence of int
            The signal seen on every issue.
        world : tuple of int
            The statuses of the machines.

        Returns
        -------
        trigger : int
        gravities : tuple of float
        watched : int
            The actors seen in breach, as bits.
        worlds : list of (probability, world)
            Of the next period.
        """
        rules, bits = self.phases[phase], self.event_bits(phase, world)
        for issue in rules.read:
            bits |= rules.marks[issue][shown[issue]]
        levels = tuple(float(rules.gravity[i][shown[i]]) for i in self.compared)
        before = dict(zip(self.compared, zip(gravities, levels, strict=True), strict=True))
        for issue, points, bit in rules.falls:
            was, now = before[issue]
            if was - now >= points:
                bits |= 1 << bit
        worlds = self.turned(world, self.inputs([_true(test, bits) for test in rules.asks]))
        return self.event(phase, bits), levels, bits >> self.watch_bit if self.watch else 0, worlds

    def inputs(self, asked: Sequence[bool]) -> tuple[bool, ...]:
        """Return the inputs of all machines, given whether the signals of reactions were seen."""
        return (*asked, *([False] * (len(self.machines) - len(asked))))

    def _events(
        self, phase: int, gravities: tuple[float, ...], in_force: tuple[int, ...], world: World
    ) -> list[tuple[float, int, tuple[float, ...], int, World]]:
        rules, reader = self.phases[phase], self.reader(phase)
        out: dict[tuple[int, tuple[float, ...], int, World], float] = {}
        facts = self._facts(phase, gravities, dict(zip(rules.read, in_force, strict=True)), world)
        for (node, watched, levels), chance in facts.items():
            event, asked = reader.answer(node, len(rules.go))
            for p, after in self.turned(world, self.inputs(asked)):
                fact = (event, levels, watched, after)
                out[fact] = out.get(fact, 0.0) + chance * p
        return [(chance, *fact) for fact, chance in out.items()]

    def _facts(self, phase: int, gravities: tuple[float, ...], shown: Mapping[int, int], world: World) -> _Facts:
        """Return the chances of what signals leave to be told apart, given the options in force on the issues read."""
        rules, reader = self.phases[phase], self.reader(phase)
        before = gravities if rules.falls else ()
        start = self.opened(phase, world)
        order = tuple([self.seen(phase, issue, shown[issue], shown, world) for issue in reader.order])
        # What the first issues show is the same whatever the others do.
        key = (start, before, *map(id, order))
        known = len(order)
        facts: _Facts | None = None
        while known and facts is None:
            facts = self.memo.get(("facts", phase, key[: known + 2]))
            known -= facts is None
        if facts is None:
            facts = {(start, 0, (0.0,) * len(self.compared)): 1.0}
        for k in range(known, len(order)):
            facts = self._shown(phase, k, order[k], facts, before)
            self.memo[("facts", phase, key[: k + 3])] = facts
        return facts

    def _shown(self, phase: int, k: int, seen: Seen, facts: _Facts, before: tuple[float, ...]) -> _Facts:
        """Return what is left to be told apart once one issue more has been seen."""
        rules, reader = self.phases[phase], self.reader(phase)
        issue = reader.order[k]
        at = self.compared.index(issue) if issue in self.compared else None
        named = (1 << self.watch_bit) - 1
        looks: dict[tuple[int, int, float], float] = {}
        for bits, level, chance in zip(seen.bits, seen.level, seen.chance, strict=True):
            shown = bits & named
            for other, points, bit in rules.falls:
                if other == issue and before[self.compared.index(issue)] - level >= points:
                    shown |= 1 << bit
            watched = bits >> self.watch_bit if self.watch else 0
            look = (shown, watched, 0.0 if at is None else level)
            looks[look] = looks.get(look, 0.0) + chance
        found: _Facts = {}
        for (node, who, levels), chance in facts.items():
            for (shown, watched, level), p in looks.items():
                now = levels if at is None else (*levels[:at], level, *levels[at + 1 :])
                fact = (reader.step(node, k, shown), who | watched, now)
                found[fact] = found.get(fact, 0.0) + chance * p
            if len(found) > MOST_FACTS or reader.work > MOST_WORK:
                raise Refusal([self._too_many(phase, found)])
        self.memo["work"] = self.memo.get("work", 0) + len(found)
        if self.memo["work"] > MOST_WORK:
            raise Refusal([self._too_many(phase, found)])
        return found

    def _too_many(self, phase: int, facts: _Facts) -> Problem:
        """Say which part of what one period shows multiplies the facts most."""
        name = self.phase_names[phase]
        levels = [len({fact[2][at] for fact in facts}) for at in range(len(self.compared))]
        nodes, together = {fact[0] for fact in facts}, len({fact[2] for fact in facts})
        trigger = self.reader(phase).trigger_most_open(nodes)
        if together >= len(nodes) or trigger is None:
            issue = self.issue_names[self.compared[levels.index(max(levels))]] if levels else ""
            remedy = (
                f"drop 'falls_by' on issue '{issue}'" if levels else "let fewer actors follow strategies that watch"
            )
        else:
            remedy = f"let rule {trigger + 1} of phase '{name}' name fewer noisy issues"
        return Problem(
            "R030",
            "the plan's triggers read too many noisy signals at once",
            f"one period of phase '{name}' can show {len(facts):,} sets of facts that its rules tell apart, and more",
            remedy,
        )


def _true(test: Any, bits: int) -> bool:
    kind, content = test
    if kind == "bit":
        return bool(bits >> content & 1)
    if kind == "not":
        return not _true(content, bits)
    if kind == "all":
        return all(_true(part, bits) for part in content)
    return any(_true(part, bits) for part in content)


def merged(chances: FloatArray, marks: tuple[int, ...], gravity: FloatArray) -> Seen:
    """Return what may be seen, given the probability of each signal, merged as far as a phase tells it apart."""
    found: dict[tuple[int, float], float] = {}
    for chance, mark, level in zip(chances, marks, gravity, strict=True):
        if chance > 0:
            key = (int(mark), float(level))
            found[key] = found.get(key, 0.0) + float(chance)
    return Seen(tuple(b for b, _ in found), tuple(g for _, g in found), tuple(found.values()))
