"""A plan's rules as tables of numbers: what picks put in force, what is then seen, and what that sets off.

The conventions are those of `halfway.space.plans`, which follows a kept plan; here any conduct can be followed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from halfway.case.conditions import All, AnyOf, AtLeast, Condition, FallsBy, Is, Not, Path, atoms
from halfway.case.estimates import Estimate
from halfway.case.issues import Issue
from halfway.case.plans import Plan
from halfway.errors import Problem, Refusal
from halfway.space.arrays import FloatArray, IntArray, Mask
from halfway.space.compile import Space
from halfway.space.plans import resolve_packages
from halfway.space.signals import gravity_of, issues_read

Number: TypeAlias = Callable[[Estimate, Path], float]
"""Reads an estimate, named by its path in the case, as one number."""

MOST_SIGNALS = 200_000
"""The most sets of public facts that one period may show; a plan with more is refused."""


def centre(estimate: Estimate, path: Path) -> float:
    """Read an estimate by its centre."""
    return float(estimate)


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

    def sets(self, actor: int) -> tuple[int, ...]:
        """Return the issues that an actor sets, alone or with others."""
        return tuple(i for i, who in enumerate(self.setters) if actor in who)

    def side_issues(self, actor: int) -> tuple[int, ...]:
        """Return the issues whose past matters but which an actor sets alone, no trigger reads and nothing ties.

        What the actor does about one of them changes neither the course of the phases nor the worth of anything else,
        so each can be solved apart: gains add up.
        """
        read = {i for phase in self.phases for i in phase.read}
        tied = {i for group in self.coupled if len(group) > 1 for i in group}
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

    def can_match(self, phase: int) -> frozenset[int]:
        """Return the triggers of a phase that some options in force, whoever sets them, could set off."""
        rules = self.phases[phase]
        facts = {0}
        for issue in rules.read:
            looks = {bits for seen in rules.seen[issue] for bits in seen.bits}
            facts = {fact | bits for fact in facts for bits in looks}
        # A gravity may have fallen or not: both are possible, given some period before.
        masks = {0}
        for _, _, bit in rules.falls:
            masks |= {m | 1 << bit for m in masks}
        return frozenset(self.event(phase, fact | m) for fact in facts for m in masks)

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

    def _events(
        self, phase: int, gravities: tuple[float, ...], in_force: tuple[int, ...]
    ) -> list[tuple[float, int, tuple[float, ...], int]]:
        rules = self.phases[phase]
        position = {issue: k for k, issue in enumerate(self.compared)}
        falls: dict[int, list[tuple[float, int]]] = {}
        for issue, points, bit in rules.falls:
            falls.setdefault(issue, []).append((points, bit))
        facts: dict[tuple[int, tuple[float, ...]], float] = {(0, tuple([0.0] * len(self.compared))): 1.0}
        for issue, option in zip(rules.read, in_force, strict=True):
            seen = rules.seen[issue][option]
            at = position.get(issue)
            following: dict[tuple[int, tuple[float, ...]], float] = {}
            for (bits, levels), chance in facts.items():
                for more, level, p in zip(seen.bits, seen.level, seen.chance, strict=True):
                    now, new_levels = bits | more, levels
                    if at is not None:
                        new_levels = (*levels[:at], level, *levels[at + 1 :])
                        for points, bit in falls.get(issue, ()):
                            if gravities[at] - level >= points:
                                now |= 1 << bit
                    fact = (now, new_levels)
                    following[fact] = following.get(fact, 0.0) + chance * p
            facts = following
            if len(facts) > MOST_SIGNALS:
                raise Refusal(
                    [
                        Problem(
                            "R030",
                            "the plan's triggers read too many noisy signals at once",
                            f"more than {MOST_SIGNALS:,} sets of facts could be shown in one period",
                            "let triggers name the issues that they watch",
                        )
                    ]
                )
        out: dict[tuple[int, tuple[float, ...], int], float] = {}
        for (bits, levels), chance in facts.items():
            event = self.event(phase, bits)
            watched = bits >> self.watch_bit if self.watch else 0
            out[(event, levels, watched)] = out.get((event, levels, watched), 0.0) + chance
        return [(chance, *fact) for fact, chance in out.items()]


def _true(test: Any, bits: int) -> bool:
    kind, content = test
    if kind == "bit":
        return bool(bits >> content & 1)
    if kind == "not":
        return not _true(content, bits)
    if kind == "all":
        return all(_true(part, bits) for part in content)
    return any(_true(part, bits) for part in content)


def steps_of(issue: Issue, period: str) -> Steps:
    """Tabulate how an issue's status moves under picks."""
    names = list(issue.options)
    n = len(names)
    follows = [[issue.may_follow(a, b) for b in names] for a in names]
    lags = [[issue.lag(a, b, period) if a != b and follows[i][j] else 0 for j, b in enumerate(names)]
            for i, a in enumerate(names)]  # fmt: skip
    if all(all(row) for row in follows) and not any(any(row) for row in lags):
        return Steps(np.arange(n)[None, :], np.zeros((1, n), np.int64), np.zeros(n, np.int64), False)
    statuses: list[tuple[int, int, int]] = [(o, -1, 0) for o in range(n)]
    for o in range(n):
        statuses += [(o, c, r) for c in range(n) for r in range(lags[o][c])]
    number = {status: k for k, status in enumerate(statuses)}
    in_force, after = np.zeros((len(statuses), n), np.int64), np.zeros((len(statuses), n), np.int64)
    for k, (option, target, left) in enumerate(statuses):
        for pick in range(n):
            if pick == option or not follows[option][pick]:
                in_force[k, pick], after[k, pick] = option, number[(option, -1, 0)]
            elif pick == target:
                # Picking again what is under way does not restart the clock.
                in_force[k, pick] = option if left else pick
                after[k, pick] = number[(option, pick, left - 1)] if left else number[(pick, -1, 0)]
            elif lags[option][pick]:
                in_force[k, pick] = option
                after[k, pick] = number[(option, pick, lags[option][pick] - 1)]
            else:
                in_force[k, pick], after[k, pick] = pick, number[(pick, -1, 0)]
    return Steps(in_force, after, np.arange(n), True)


def compile_rules(
    space: Space, plan: Plan, number: Number = centre, *, watch: bool = False, detection: float = 1.0
) -> Rules:
    """Turn a plan into tables.

    Parameters
    ----------
    space : Space
    plan : Plan
    number : callable
        Reads estimates: their centres, or one draw of them.
    watch : bool
        Whether to tell which actors are seen in breach, as strategies that react to one another need.
    detection : float
        Each option's signals are mixed with those of the prescribed option: 1 as stated, 0 nothing is ever detected.
    """
    case, period = space.case, space.case.period
    names = list(plan.phases)
    packages = resolve_packages(space, plan)
    steps = tuple(steps_of(issue, period) for issue in case.issues.values())
    setters = tuple(tuple(space.actor(a) for a in issue.set_by) for issue in case.issues.values())
    signals, observed = _observed(space, number)
    compared = tuple(
        sorted(
            {
                space.issues.index(a.issue)
                for phase in plan.phases.values()
                for t in phase.on
                for a in atoms(t.when)
                if isinstance(a, FallsBy)
            }
        )
    )
    shifting = sorted(
        {
            space.issues.index(i)
            for phase in plan.phases.values()
            if phase.shifts is not None
            for i in phase.shifts.status_quo
            if len(case.issues[i].set_by) > 1
        }
    )
    gravity = [
        np.array([[gravity_of(space, i, s, packages[p]) for s in signals[i]] for p in range(len(names))])
        for i in range(len(signals))
    ]
    breach = tuple(
        (gravity[i] > 0) | np.array([_declared(space, i, s) for s in signals[i]], dtype=np.bool_)[None, :]
        for i in range(len(signals))
    )
    most_bits = max(sum(1 for t in phase.on for _ in atoms(t.when)) for phase in plan.phases.values())
    phases = tuple(
        _phase(space, plan, key, names, packages, signals, observed, gravity, breach, number, watch, most_bits,
               detection, compared)
        for key in names
    )  # fmt: skip
    before = space.status_quo if space.status_quo is not None else packages[names.index(plan.first)]
    ties = [m.issues for m in space.bounds.allowed] + [x.issues for x in space.points.linkages]
    return Rules(
        actors=len(space.actors),
        issues=len(space.issues),
        setters=setters,
        steps=steps,
        phases=phases,
        start=names.index(plan.first),
        status_quo=tuple(int(x) for x in before),
        allowed=space.bounds.allowed,
        coupled=_merged(ties),
        sticky=tuple(i for i, s in enumerate(steps) if s.sticky),
        shifting=tuple(shifting),
        compared=compared,
        counted=tuple(k for k, p in enumerate(phases) if p.resets >= 0),
        observed=tuple(observed),
        breach=breach,
        watch=watch,
        watch_bit=most_bits,
        issue_names=space.issues,
        phase_names=tuple(names),
    )


def signals_of(space: Space) -> list[list[str]]:
    """Return for each issue the signals that may be shown: declared ones first, then those of the options."""
    out = []
    for issue in space.case.issues.values():
        rows = [issue.signals_of(option) for option in issue.options]
        out.append(list(dict.fromkeys([*issue.signals, *(s for row in rows for s in row)])))
    return out


def _observed(space: Space, number: Number) -> tuple[list[list[str]], list[FloatArray]]:
    signals = signals_of(space)
    tables = []
    for i, (key, issue) in enumerate(space.case.issues.items()):
        table = np.zeros((len(issue.options), len(signals[i])))
        for o, option in enumerate(issue.options):
            for signal, estimate in issue.signals_of(option).items():
                table[o, signals[i].index(signal)] = number(estimate, ("issues", key, "observed", option, signal))
        # Drawn probabilities need not sum to one; the stated ones do, so only draws are changed by this.
        tables.append(table / table.sum(axis=1, keepdims=True))
    return signals, tables


def _declared(space: Space, issue: int, signal: str) -> bool:
    details = space.case.issues[space.issues[issue]].signals.get(signal)
    return details is not None and details.breach


def _phase(
    space: Space,
    plan: Plan,
    key: str,
    names: list[str],
    packages: IntArray,
    signals: list[list[str]],
    observed: list[FloatArray],
    gravity: list[FloatArray],
    breach: tuple[Any, ...],
    number: Number,
    watch: bool,
    watch_bit: int,
    detection: float,
    compared: tuple[int, ...],
) -> PhaseRules:
    phase, p = plan.phases[key], names.index(key)
    period = space.case.period
    marks = [np.zeros(len(s), dtype=np.int64) for s in signals]
    falls: list[tuple[int, float, int]] = []
    bit = 0

    def compiled(condition: Condition) -> Any:
        nonlocal bit
        if isinstance(condition, Not):
            return ("not", compiled(condition.part))
        if isinstance(condition, All | AnyOf):
            return ("all" if isinstance(condition, All) else "any", tuple(compiled(c) for c in condition.parts))
        here, bit = bit, bit + 1
        if isinstance(condition, Is):
            i = space.issues.index(condition.issue)
            marks[i] |= np.array([s in condition.options for s in signals[i]], dtype=np.int64) << here
        elif isinstance(condition, AtLeast):
            for i, name in enumerate(space.issues):
                if condition.issue not in (None, name):
                    continue
                if condition.by is not None and condition.by not in space.case.issues[name].set_by:
                    continue
                grave = (gravity[i][p] >= condition.gravity) & (gravity[i][p] > 0)
                marks[i] |= grave.astype(np.int64) << here
        else:
            falls.append((space.issues.index(condition.issue), condition.points, here))
        return ("bit", here)

    tests = tuple(compiled(trigger.when) for trigger in phase.on)
    read = {*issues_read(space, phase), *compared}
    if watch:
        for i, name in enumerate(space.issues):
            if breach[i][p].any():
                read.add(i)
                for a in space.case.issues[name].set_by:
                    marks[i] |= breach[i][p].astype(np.int64) << (watch_bit + space.actor(a))
    then, resets, is_reset = phase.then, -1, phase.resets is not None
    if phase.resets is not None:
        then = phase.resets.terms or then
        resets = -1 if phase.resets.max is None else phase.resets.max
    seen = {}
    for i in sorted(read):
        table = observed[i]
        clean = table[packages[p, i]]
        mixed = detection * table + (1 - detection) * clean if detection != 1.0 else table
        seen[i] = tuple(_merge(mixed[o], marks[i], gravity[i][p]) for o in range(len(table)))
    return PhaseRules(
        package=tuple(int(x) for x in packages[p]),
        lasts=phase.lasts.periods(period) if phase.lasts else 0,
        then=-1 if then is None else names.index(then),
        resets=resets,
        is_reset=is_reset,
        go=tuple(names.index(t.go) for t in phase.on),
        tests=tests,
        falls=tuple(falls),
        read=tuple(sorted(read)),
        seen=seen,
        transfers=tuple(float(x) for x in _transfers(space, plan, key, number)),
        shifts=()
        if phase.shifts is None
        else tuple(
            (space.issues.index(i), list(space.case.issues[i].options).index(o))
            for i, o in phase.shifts.status_quo.items()
            if len(space.case.issues[i].set_by) > 1
        ),
    )


def _merge(chances: FloatArray, marks: IntArray, gravity: FloatArray) -> Seen:
    found: dict[tuple[int, float], float] = {}
    for chance, mark, level in zip(chances, marks, gravity, strict=True):
        if chance > 0:
            key = (int(mark), float(level))
            found[key] = found.get(key, 0.0) + float(chance)
    return Seen(tuple(b for b, _ in found), tuple(g for _, g in found), tuple(found.values()))


def _transfers(space: Space, plan: Plan, key: str, number: Number) -> FloatArray:
    out = np.zeros(len(space.actors))
    name = next((n for n, p in space.case.plans.items() if p is plan), "")
    for k, transfer in enumerate(plan.transfers):
        if not transfer.phases or key in transfer.phases:
            at: Path = ("plans", name, "transfers", k)
            amount = number(transfer.amount, (*at, "amount"))
            cost = amount if transfer.cost is None else number(transfer.cost, (*at, "cost"))
            out[space.actor(transfer.to)] += amount
            out[space.actor(transfer.from_)] -= cost
    return out


def _merged(groups: list[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    """Unite groups that share a member."""
    out: list[set[int]] = []
    for group in groups:
        united = set(group)
        apart = []
        for other in out:
            if other & united:
                united |= other
            else:
                apart.append(other)
        out = [*apart, united]
    return tuple(tuple(sorted(g)) for g in out)
