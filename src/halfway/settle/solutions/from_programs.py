"""The bargaining solutions as integer programs, for any number of parties, without a frontier.

- Utilitarian: one program.
- Leximin (egalitarian, Kalai–Smorodinsky): the sums of the k least gains, one after the other (Ogryczak and Śliwiński
  2003), which is right on discrete sets where fixing the worst-off party is not.
- Nash: ``Σ p log g`` from above by tangents, added at each package found until the bound meets it.

How a program is put to the solver, and how its answers are checked, is in `halfway.settle.solutions.integer_program`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import exp, log

import numpy as np

from halfway.errors import Refusal
from halfway.settle.packages.counting import count_equal
from halfway.settle.packages.frontier import pareto_frontier
from halfway.settle.solutions.from_frontier import (
    NAMES,
    Solution,
    lattice_step,
    nash_value,
    power_fractions,
    solutions_from_frontier,
)
from halfway.settle.solutions.integer_program import ROUNDS, Answer, Program
from halfway.space.arrays import Bounds, IntArray, Utilities
from halfway.space.packages.blocks import required

LEVELS = 1e3
"""Rows that compare gains with each other are enlarged by this much for the same reason."""

TANGENTS = 1e2
"""Tangents to the logarithm are enlarged by this much for the same reason."""

PROVEN = 1e-9
"""How far off a solution may be, on the scale of its criterion, to count as proven."""

STATES_FOR_TIES = 200_000


def _beyond_step(gap: float, step: Fraction) -> float:
    """Return a gap, or zero where it is too small to hold another value: values are whole multiples of the step."""
    return 0.0 if gap < 0.5 * float(step) else gap


def _utilitarian(program: Program) -> Solution | None:
    objective: dict[int, float] = {}
    for form in program.gain:
        for column, value in form.items():
            objective[column] = objective.get(column, 0.0) + value
    answer = program.maximise(objective)
    if answer is None:
        return None
    exact = sum((int(v) * u for v, u in zip(answer.vector, program.units, strict=True)), Fraction(0))
    bound = (
        answer.bound + float(sum(program.offset)) + float(program.floor @ np.array([float(u) for u in program.units]))
    )
    gap = _beyond_step(bound - float(exact), lattice_step(program.units)) / max(1.0, abs(float(exact)))
    everyone = tuple(range(len(program.rows)))
    return _with_ties(program, "utilitarian", answer, float(exact / program.measure), gap, everyone)


def _leximin(program: Program, name: str, counted: Sequence[int], weights: Sequence[Fraction]) -> Solution | None:
    """Maximise the sums of the k least weighted gains for k = 1, 2, … in turn."""
    if not counted:
        anything = program.maximise({})
        return None if anything is None else _with_ties(program, name, anything, 0.0, 0.0, ())
    # Gains in the weights' own measure, enlarged so that the solver's tolerance on rows is small against them.
    plain = [float(w / program.units[a]) for a, w in zip(counted, weights, strict=True)]
    fine = LEVELS * 100.0 / (max(plain) * program.span)
    factors = [f * fine for f in plain]
    forms = [{c: v * f for c, v in program.gain[a].items()} for a, f in zip(counted, factors, strict=True)]
    offsets = [float(program.offset[a]) * f for a, f in zip(counted, factors, strict=True)]
    step = lattice_step(weights)
    exact_gain = [(a, w) for a, w in zip(counted, weights, strict=True)]
    mark = program._mark()
    box: dict[int, tuple[float, float]] = {}
    answer: Answer | None = None
    best: tuple[Fraction, ...] = ()
    gap = 0.0
    try:
        for k in range(1, len(counted) + 1):
            level = program._column()
            reach = max(factors) * program.span
            box[level] = (-reach, reach)
            shortfalls = [program._column() for _ in counted]
            for n, short in enumerate(shortfalls):
                box[short] = (0.0, 2.0 * reach)
                entries = dict(forms[n])
                entries[level], entries[short] = -1.0, 1.0
                program._add(entries, -offsets[n], np.inf)
            objective = {level: float(k), **dict.fromkeys(shortfalls, -1.0)}
            found = program.maximise(objective, box=box)
            if found is None:
                if answer is None:
                    return None
                break
            values = tuple(sorted(int(found.vector[a] - program.floor[a]) * w for a, w in exact_gain))
            if values > best or answer is None:
                answer, best = found, values
            reached = float(sum(best[:k]))
            gap = max(gap, _beyond_step(found.bound / fine - reached, step))
            # What has been reached must not be given up for the next; less than half a step cannot be.
            slack = max(0.4 * float(step), 1e-10 * max(1.0, abs(reached)))
            program._add(objective, (reached - slack) * fine, np.inf)
    finally:
        program._rewind(mark)
    assert answer is not None
    # Weights are the program's own units for the egalitarian solution, plain ratios for Kalai–Smorodinsky.
    back = float(program.measure) if name == "egalitarian" else 1.0
    return _with_ties(program, name, answer, float(best[0]) / back, gap / back, tuple(counted))


def _ideal_gains(program: Program) -> list[int] | None:
    """Return each party's greatest gain over the acceptable packages, in counts."""
    out = []
    for n in range(len(program.rows)):
        answer = program.maximise(program.gain[n])
        if answer is None:
            return None
        out.append(int(answer.vector[n] - program.floor[n]))
    return out


def _nash(program: Program, powers: Sequence[Fraction], ideal: Sequence[int]) -> Solution | None:
    """Maximise Σ p log g from above by tangents, with a switch for each party that may be left without a gain."""
    parties = range(len(program.rows))
    units = [float(u) for u in program.units]
    hopeful = [a for a in parties if ideal[a] > 0]
    mark, known = program._mark(), len(program.excluded)
    box: dict[int, tuple[float, float]] = {}
    switches = {a: program._column() for a in hopeful}
    try:
        for a, z in switches.items():
            # A gain is at least one count; below the solver's tolerance it cannot be told from none.
            program._add({**program.gain[a], z: -max(units[a], 1e-6)}, -float(program.offset[a]), np.inf)
        answer = program.maximise(dict.fromkeys(switches.values(), 1.0), list(switches.values()))
        if answer is None:
            return None
        gains = answer.vector - program.floor
        most = int((gains > 0).sum())
        if most == len(hopeful):
            box.update(dict.fromkeys(switches.values(), (1.0, 1.0)))
        else:
            program._add(dict.fromkeys(switches.values(), 1.0), float(most), float(most))
        logs = {a: program._column() for a in hopeful}
        for a, t in logs.items():
            most_log = log(ideal[a] * units[a])
            low = log(max(units[a], 1e-6)) - 1.0
            box[t] = (min(low, 0.0), max(most_log, 0.0))
            program._add({t: 1.0, switches[a]: -max(most_log, 0.0)}, -np.inf, 0.0)

        def tangent(a: int, at: float) -> None:
            slope = 1.0 / at
            # Where a party is switched off its gain is nothing and its term is zero: the tangent must let it be.
            free = max(0.0, 1.0 - log(at)) if most < len(hopeful) else 0.0
            entries = {c: -v * slope * TANGENTS for c, v in program.gain[a].items()}
            entries[logs[a]] = TANGENTS
            entries[switches[a]] = free * TANGENTS
            program._add(entries, -np.inf, (log(at) - 1.0 + slope * float(program.offset[a]) + free) * TANGENTS)

        for a in hopeful:
            top = ideal[a] * units[a]
            for fraction in (1.0, 0.8, 0.63, 0.5, 0.4, 0.3, 0.2, 0.1, 0.03):
                tangent(a, top * fraction)
        objective = {logs[a]: float(powers[a]) for a in hopeful}
        best, value, gap = answer, nash_value(gains.tolist(), program.units, powers), np.inf
        for _ in range(ROUNDS):
            found = program.maximise(objective, list(switches.values()), box)
            if found is None:
                gap = 0.0
                break
            gains = found.vector - program.floor
            reached = nash_value(gains.tolist(), program.units, powers)
            if int((gains > 0).sum()) == most and reached > value:
                best, value = found, reached
            gap = max(0.0, found.bound - value)
            if gap <= 1e-9:
                break
            for a in hopeful:
                if gains[a] > 0:
                    tangent(a, int(gains[a]) * units[a])
            # What is known exactly need not be found again: the bound is then on all the others.
            program.excluded.append(found.package)
    finally:
        program._rewind(mark)
        del program.excluded[known:]
    counted = tuple(a for a in parties if best.vector[a] > program.floor[a])
    value -= sum(float(powers[a]) for a in counted) * log(program.measure)
    return _with_ties(program, "nash", best, exp(value), max(0.0, float(gap)), counted)


def _with_ties(
    program: Program, name: str, answer: Answer, value: float, gap: float, counted: tuple[int, ...]
) -> Solution:
    """Count the packages that give every party the same."""
    bounds = Bounds(tuple(program.masks), tuple(() for _ in range(program.utilities.actors)))
    tied = count_equal(program.utilities, bounds, program.rows, answer.vector, states=STATES_FOR_TIES)
    return Solution(
        name=name,
        package=answer.package,
        vector=tuple(int(v) for v in answer.vector),
        value=value,
        packages_tied=tied or 1,
        ties_exact=False,
        gap=gap,
        method="integer program",
        counted=counted,
    )


def solutions_by_program(
    utilities: Utilities,
    bounds: Bounds,
    parties: Sequence[int],
    walk_away: Sequence[int] | IntArray,
    powers: Sequence[float] | None = None,
    names: Sequence[str] = NAMES,
) -> dict[str, Solution]:
    """Find the solutions by integer programs.

    Parameters
    ----------
    utilities : Utilities
        Scaled integers.
    bounds : Bounds
    parties : sequence of int
    walk_away : sequence of int
        Scaled, one for each party.
    powers : sequence of float, optional
        Bargaining powers for Nash; equal by default.
    names : sequence of str
        Which solutions.

    Returns
    -------
    dict
        Empty when nothing is acceptable. Ties are counted among packages that give every party the same.
    """
    try:
        found = _by_program(utilities, bounds, parties, walk_away, powers, names)
    except Refusal:
        exact = _by_frontier(utilities, bounds, parties, walk_away, powers, names)
        if exact is None:
            raise
        return exact
    open_ones = [n for n, solution in found.items() if solution.gap > PROVEN * max(1.0, abs(solution.value))]
    if open_ones:
        # What the solver leaves unproven is settled by the frontier, where that is small enough to be exact.
        found |= _by_frontier(utilities, bounds, parties, walk_away, powers, open_ones) or {}
    return found


def _by_frontier(
    utilities: Utilities,
    bounds: Bounds,
    parties: Sequence[int],
    walk_away: Sequence[int] | IntArray,
    powers: Sequence[float] | None,
    names: Sequence[str],
) -> dict[str, Solution] | None:
    """Find the solutions from the frontier; None where it is too large to be exact."""
    frontier = pareto_frontier(utilities, bounds, parties, walk_away)
    if not frontier.exact:
        return None
    if not len(frontier.vectors):
        return {}
    units = utilities.unit[list(parties)]
    chosen = solutions_from_frontier(frontier, walk_away, units, powers, names)
    masks = Bounds(required(bounds, parties), tuple(() for _ in range(utilities.actors)))
    return {
        name: replace(
            solution,
            packages_tied=count_equal(
                utilities, masks, list(parties), np.array(solution.vector), states=STATES_FOR_TIES
            )
            or 1,
            ties_exact=False,
        )
        for name, solution in chosen.items()
    }


def _by_program(
    utilities: Utilities,
    bounds: Bounds,
    parties: Sequence[int],
    walk_away: Sequence[int] | IntArray,
    powers: Sequence[float] | None,
    names: Sequence[str],
) -> dict[str, Solution]:
    program = Program(utilities, bounds, parties, walk_away)
    if not program.possible:
        return {}
    shares = power_fractions(powers if powers is not None else [1.0] * len(program.rows))
    ideal = _ideal_gains(program) if {"nash", "kalai_smorodinsky"} & set(names) else None
    found: dict[str, Solution] = {}
    for name in names:
        solution: Solution | None
        if name == "utilitarian":
            solution = _utilitarian(program)
        elif name == "egalitarian":
            solution = _leximin(program, name, range(len(program.rows)), program.units)
        elif ideal is None:
            solution = None
        elif name == "nash":
            solution = _nash(program, shares, ideal)
        else:
            counted = [a for a in range(len(ideal)) if ideal[a] > 0]
            solution = _leximin(program, name, counted, [Fraction(1, ideal[a]) for a in counted])
        if solution is None:
            return {}
        found[name] = solution
    return found
