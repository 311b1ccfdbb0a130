"""A plan's text turned into its rules: tables of steps, signals, triggers and payments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from halfway.case.conditions import All, AnyOf, AtLeast, Condition, FallsBy, Is, Not, Path, atoms
from halfway.case.estimates import Estimate
from halfway.case.events import EVENT_SIGNALS
from halfway.case.issues import Issue, ObservedRow, rows_in
from halfway.case.plans import Plan
from halfway.case.time import periods_from
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.plan.machines import Machine, event, reaction
from halfway.space.plan.prescribed import Number, centre, resolve_packages, transfers_by_phase
from halfway.space.plan.rules import Alters, PhaseRules, Reacts, Row, Rules, Steps, merged
from halfway.space.plan.signals import gravity_of, issues_named_in_rows, issues_read, issues_watched
from halfway.space.utilities.preferences import mask_of
from halfway.space.utilities.space import Space


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
    signals, observed, rows = observed_rows(space, number)
    events = list(case.events)
    compared = tuple(
        sorted(
            {
                space.issues.index(a.issue)
                for phase in plan.phases.values()
                for condition in (*(t.when for t in phase.on), *(r.to for r in case.reactions))
                for a in atoms(condition)
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
    asked = sum(1 for r in case.reactions for _ in atoms(r.to))
    most_bits = asked + max(sum(1 for t in phase.on for _ in atoms(t.when)) for phase in plan.phases.values())
    received = transfers_by_phase(space, plan, number).tolist()
    phases = tuple(
        _phase(space, plan, key, names, packages, signals, observed, gravity, breach, tuple(paid), watch, most_bits,
               compared)
        for key, paid in zip(names, received, strict=True)
    )  # fmt: skip
    before = space.status_quo if space.status_quo is not None else packages[names.index(plan.first)]
    ties = [m.issues for m in space.bounds.allowed] + [x.issues for x in space.points.linkages]
    # A type's own linkages tie issues for that type; the space holds the linkages of one type only.
    ties += [
        tuple(sorted({space.issues.index(a.issue) for a in atoms(link.when) if isinstance(a, Is)}))
        for actor in case.actors.values()
        for own in actor.types.values()
        for link in own.linkages or ()
    ]
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
        any_can=tuple(tuple(list(issue.options).index(o) for o in issue.any_can) for issue in case.issues.values()),
        rows=rows,
        detection=detection,
        machines=machines_of(space, number),
        reactions=tuple(
            Reacts(space.actor(r.by), tuple(_numbered(space, r.does)), r.announced) for r in case.reactions
        ),
        events_alter=tuple(
            Alters(
                len(case.reactions) + k,
                tuple((space.actor(a), kind) for a, kind in case.events[e].changes.type.items()),
                tuple(_numbered(space, case.events[e].changes.status_quo)),
            )
            for k, e in enumerate(events)
        ),
        issue_names=space.issues,
        phase_names=tuple(names),
    )


def _numbered(space: Space, options: Mapping[str, str]) -> list[tuple[int, int]]:
    return [(space.issues.index(i), space.options[space.issues.index(i)].index(o)) for i, o in options.items()]


def machines_of(space: Space, number: Number = centre) -> tuple[Machine, ...]:
    """Return the machines of a case's reactions and events."""
    case, found = space.case, []
    for k, r in enumerate(case.reactions):
        length = r.lasts.length.periods(case.period) if r.lasts.length is not None else 1
        chance = 1.0 if r.probability is None else number(r.probability, ("reactions", k, "probability"))
        after = r.after.periods(case.period)
        found.append(reaction(r.name or f"of {r.by}", after, chance, r.lasts.kind, length))
    for key, e in case.events.items():
        length = e.lasts.length.periods(case.period) if e.lasts.length is not None else 1
        if e.chance is not None:
            drawn = number(e.chance.value, ("events", key, "chance", "value"))
            found.append(event(key, e.chance.in_a_period(case.period, drawn), e.lasts.kind, length, e.once))
            continue
        chance = 1.0 if e.probability is None else number(e.probability, ("events", key, "probability"))
        if isinstance(e.at, str):
            at = periods_from(str(case.date), e.at, case.period)
        else:
            at = e.at.periods(case.period) if e.at is not None else 1
        found.append(event(key, chance, e.lasts.kind, length, True, max(at, 1)))
    return tuple(found)


def signals_of(space: Space) -> list[list[str]]:
    """Return for each issue the signals that may be shown: declared ones first, then those of the options."""
    out = []
    for key, issue in space.case.issues.items():
        rows = [row.signals for option in issue.options for row in issue.rows_of(option)]
        for happens in space.case.events.values():
            for seen in happens.changes.observed.get(key, {}).values():
                rows += [row.signals for row in rows_in(seen)]
        out.append(list(dict.fromkeys([*issue.signals, *(s for row in rows for s in row)])))
    return out


def observed_rows(
    space: Space, number: Number = centre
) -> tuple[list[list[str]], list[FloatArray], tuple[tuple[tuple[Row, ...], ...], ...]]:
    """Return for each issue its signals, the rows of what is seen, and which rows of each option hold when."""
    case, signals = space.case, signals_of(space)
    tables, rows = [], []
    for i, (key, issue) in enumerate(case.issues.items()):
        lines: list[FloatArray] = []

        def line(shown: Mapping[str, Estimate], path: Path, names: list[str] = signals[i]) -> FloatArray:
            out = np.zeros(len(names))
            for signal, estimate in shown.items():
                out[names.index(signal)] = number(estimate, (*path, signal))
            # Drawn probabilities need not sum to one; the stated ones do, so only draws are changed by this.
            return np.asarray(out / out.sum())

        further: list[tuple[int, int, Condition | None, FloatArray]] = []
        for o, option in enumerate(issue.options):
            for k, (name, happens) in enumerate(case.events.items()):
                seen = happens.changes.observed.get(key, {}).get(option)
                for r, row in enumerate(() if seen is None else rows_in(seen)):
                    path: Path = ("events", name, "changes", "observed", key, option)
                    path = path if isinstance(seen, ObservedRow) else (*path, r)
                    further.append((o, len(case.reactions) + k, row.when, line(row.signals, path)))
            own = issue.rows_of(option)
            for r, row in enumerate(own):
                path = ("issues", key, "observed", option)
                path = path if len(own) == 1 else (*path, r)
                if r == len(own) - 1:
                    lines.append(line(row.signals, path))
                else:
                    further.append((o, -1, row.when, line(row.signals, path)))
        found: list[list[Row]] = [[] for _ in issue.options]
        for o, machine, when, shown in further:
            found[o].append(Row(machine, None if when is None else mask_of(case, when), len(lines)))
            lines.append(shown)
        tables.append(np.array(lines))
        rows.append(tuple(map(tuple, found)))
    return signals, tables, tuple(rows)


def _declared(space: Space, issue: int, signal: str) -> bool:
    return space.case.issues[space.issues[issue]].is_breach(signal) is True


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
    transfers: tuple[float, ...],
    watch: bool,
    watch_bit: int,
    compared: tuple[int, ...],
) -> PhaseRules:
    phase, p = plan.phases[key], names.index(key)
    period = space.case.period
    # Python's own integers: a phase may ask more than 64 questions.
    marks = [[0] * len(s) for s in signals]
    falls: list[tuple[int, float, int]] = []
    bits: dict[Condition, int] = {}
    told: list[tuple[int, int, bool]] = []
    events = list(space.case.events)

    def mark(issue: int, shows: Any, bit: int) -> None:
        marks[issue] = [m | bool(s) << bit for m, s in zip(marks[issue], shows, strict=True)]

    def compiled(condition: Condition) -> Any:
        if isinstance(condition, Not):
            return ("not", compiled(condition.part))
        if isinstance(condition, All | AnyOf):
            return ("all" if isinstance(condition, All) else "any", tuple(compiled(c) for c in condition.parts))
        if condition in bits:
            return ("bit", bits[condition])
        here = bits[condition] = len(bits)
        if isinstance(condition, Is) and condition.issue not in space.issues:
            machine = len(space.case.reactions) + events.index(condition.issue)
            if set(condition.options) >= set(EVENT_SIGNALS):
                # Either way: nothing asks for a bit more.
                return ("any", (("bit", here), ("not", ("bit", here))))
            told.append((here, machine, "yes" in condition.options))
        elif isinstance(condition, Is):
            i = space.issues.index(condition.issue)
            mark(i, [s in condition.options for s in signals[i]], here)
        elif isinstance(condition, AtLeast):
            for i, name in enumerate(space.issues):
                if condition.issue not in (None, name):
                    continue
                if condition.by is not None and condition.by not in space.case.issues[name].set_by:
                    continue
                mark(i, (gravity[i][p] >= condition.gravity) & (gravity[i][p] > 0), here)
        else:
            falls.append((space.issues.index(condition.issue), condition.points, here))
        return ("bit", here)

    tests = tuple(compiled(trigger.when) for trigger in phase.on)
    asks = tuple(compiled(r.to) for r in space.case.reactions)
    read = {*issues_read(space, phase), *compared}
    for r in space.case.reactions:
        read |= set(issues_watched(space, r.to))
    if watch:
        for i, name in enumerate(space.issues):
            if breach[i][p].any():
                read.add(i)
                for a in space.case.issues[name].set_by:
                    mark(i, breach[i][p], watch_bit + space.actor(a))
    then, resets, is_reset = phase.then, -1, phase.resets is not None
    if phase.resets is not None:
        then = phase.resets.terms or then
        resets = -1 if phase.resets.max is None else phase.resets.max
    read |= issues_named_in_rows(space, read)
    marked = tuple(map(tuple, marks))
    seen = {i: tuple(merged(row, marked[i], gravity[i][p]) for row in observed[i]) for i in sorted(read)}
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
        marks=marked,
        gravity=tuple(g[p] for g in gravity),
        transfers=transfers,
        shifts=()
        if phase.shifts is None
        else tuple(
            (space.issues.index(i), list(space.case.issues[i].options).index(o))
            for i, o in phase.shifts.status_quo.items()
            if len(space.case.issues[i].set_by) > 1
        ),
        asks=asks,
        told=tuple(told),
    )


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
