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
    observed : tuple of ndarray, shape (option, signal)
        For each issue, the probability of each signal while an option is in force.
    breach : tuple of ndarray of bool, shape (phase, signal)
        For each issue, which signals are seen as breaches.
    watch : bool
        Whether the bits say, beyond what triggers need, which actors are seen in breach: bit ``watch_bit + actor``.
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
        phases = tuple(
            replace(
                p,
                seen={i: seen_on(self.observed[i], p.package[i], p.marks[i], p.gravity[i], share) for i in p.read},
            )
            for p in self.phases
        )
        return replace(self, phases=phases, memo={})

    def can_match(self, phase: int) -> frozenset[int]:
        """Return the triggers of a phase that some options in force, whoever sets them, could set off."""
        rules, reader = self.phases[phase], self.reader(phase)
        nodes = {reader.start}
        for k, issue in enumerate(reader.order):
            looks = {bits for seen in rules.seen[issue] for bits in seen.bits}
            # A gravity may have fallen or not: both are possible, given some period before.
            for at, _, bit in rules.falls:
                if at == issue:
                    looks |= {bits | 1 << bit for bits in looks}
            nodes = {reader.step(node, k, bits) for node in nodes for bits in looks}
        return frozenset(reader.answer(node, len(rules.go))[0] for node in nodes)

    def reader(self, phase: int) -> Reader:
        """Return what reads the facts of a phase."""
        found: Reader | None = self.memo.get(("reader", phase))
        if found is None:
            rules = self.phases[phase]
            named = (1 << self.watch_bit) - 1
            bits = dict.fromkeys(rules.read, 0)
            for issue in rules.read:
                for seen in rules.seen[issue]:
                    for more in seen.bits:
                        bits[issue] |= more & named
            for issue, _, bit in rules.falls:
                bits[issue] |= 1 << bit
            found = self.memo[("reader", phase)] = Reader(rules.tests, (), bits, self.compared)
        return found

    def events(
        self, phase: int, gravities: tuple[float, ...], in_force: tuple[int, ...]
    ) -> list[tuple[float, int, tuple[float, ...], int]]:
        """Return what one period may set off.

        Parameters
        ----------
        phase : int
        gravities : tuple of float
            Last shown on the issues of `compared`.
        in_force : tuple of int
            Options in force on the issues that the phase reads, in their order.

        Returns
        -------
        list of (probability, trigger, gravities, watched)
            The trigger is its number, or the count of triggers where none matches; `watched` is the set of actors
            seen in breach, as bits (0 unless `watch`).

        Raises
        ------
        Refusal
            Where too many combinations could be shown.
        """
        key = (phase, gravities, in_force)
        found = self.memo.get(key)
        if found is None:
            found = self.memo[key] = self._events(phase, gravities, in_force)
        return found

    def event(self, phase: int, bits: int) -> int:
        """Return the first trigger of a phase that a set of facts matches, or the count of triggers."""
        tests = self.phases[phase].tests
        return next((k for k, test in enumerate(tests) if _true(test, bits)), len(tests))

    def seen_event(
        self, phase: int, gravities: tuple[float, ...], shown: Sequence[int]
    ) -> tuple[int, tuple[float, ...], int]:
        """Return what one set of signals sets off: the trigger, the gravities shown, the actors seen in breach.

        Parameters
        ----------
        phase : int
        gravities : tuple of float
            Last shown on the issues of `compared`.
        shown : sequence of int
            The signal seen on every issue.
        """
        rules, bits = self.phases[phase], 0
        for issue in rules.read:
            bits |= rules.marks[issue][shown[issue]]
        levels = tuple(float(rules.gravity[i][shown[i]]) for i in self.compared)
        before = dict(zip(self.compared, zip(gravities, levels, strict=True), strict=True))
        for issue, points, bit in rules.falls:
            was, now = before[issue]
            if was - now >= points:
                bits |= 1 << bit
        return self.event(phase, bits), levels, bits >> self.watch_bit if self.watch else 0

    def _events(
        self, phase: int, gravities: tuple[float, ...], in_force: tuple[int, ...]
    ) -> list[tuple[float, int, tuple[float, ...], int]]:
        rules, reader = self.phases[phase], self.reader(phase)
        out: dict[tuple[int, tuple[float, ...], int], float] = {}
        facts = self._facts(phase, gravities, dict(zip(rules.read, in_force, strict=True)))
        for (node, watched, levels), chance in facts.items():
            event, _ = reader.answer(node, len(rules.go))
            out[(event, levels, watched)] = out.get((event, levels, watched), 0.0) + chance
        return [(chance, *fact) for fact, chance in out.items()]

    def _facts(self, phase: int, gravities: tuple[float, ...], rows: Mapping[int, int]) -> _Facts:
        """Return the chances of what signals leave to be told apart, given the row seen on each issue read."""
        rules, reader = self.phases[phase], self.reader(phase)
        before = gravities if rules.falls else ()
        order = tuple([rows[issue] for issue in reader.order])
        # What the first issues show is the same whatever the others do.
        known = len(order)
        facts: _Facts | None = None
        while known and facts is None:
            facts = self.memo.get(("facts", phase, before, order[:known]))
            known -= facts is None
        if facts is None:
            facts = {(reader.start, 0, (0.0,) * len(self.compared)): 1.0}
        for k in range(known, len(order)):
            facts = self._shown(phase, k, rules.seen[reader.order[k]][order[k]], facts, before)
            self.memo[("facts", phase, before, order[: k + 1])] = facts
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


def seen_on(
    observed: FloatArray, prescribed: int, marks: tuple[int, ...], gravity: FloatArray, share: float
) -> tuple[Seen, ...]:
    """Return what may be seen on an issue under each option, merged as far as a phase tells it apart.

    Parameters
    ----------
    observed : ndarray of float, shape (option, signal)
    prescribed : int
        The option prescribed.
    marks : tuple of int, shape (signal,)
        The conditions that each signal meets, as a bit set.
    gravity : ndarray of float, shape (signal,)
        How grave each is.
    share : float
        Each option's signals are mixed with those of the prescribed one: 1 as stated, 0 nothing is ever detected.
    """
    table = observed if share == 1.0 else share * observed + (1 - share) * observed[prescribed]
    return tuple(_merge(chances, marks, gravity) for chances in table)


def _merge(chances: FloatArray, marks: tuple[int, ...], gravity: FloatArray) -> Seen:
    found: dict[tuple[int, float], float] = {}
    for chance, mark, level in zip(chances, marks, gravity, strict=True):
        if chance > 0:
            key = (int(mark), float(level))
            found[key] = found.get(key, 0.0) + float(chance)
    return Seen(tuple(b for b, _ in found), tuple(g for _, g in found), tuple(found.values()))
