"""The bargaining solutions as integer programs, for any number of parties, without a frontier.

Each option is a binary variable; each condition over several issues gets one variable for every combination that it
allows, tied to the options by its marginals. HiGHS (Huangfu and Hall 2018) solves the programs in
floating point; every package it returns is evaluated again in whole numbers, tested against the walk-aways exactly, and
excluded where it fails.

- Utilitarian: one program.
- Leximin (egalitarian, Kalai–Smorodinsky): the sums of the k least gains, one after the other (Ogryczak and Śliwiński
  2003), which is right on discrete sets where fixing the worst-off party is not.
- Nash: ``Σ p log g`` from above by tangents, added at each package found until the bound meets it.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate
from math import ceil, exp, log, log10

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds as Box
from scipy.optimize import LinearConstraint, milp

from halfway.errors import Problem, Refusal
from halfway.settle.counting import count_equal
from halfway.settle.frontier import pareto_frontier
from halfway.settle.solutions import (
    NAMES,
    Solution,
    exact_units,
    lattice_step,
    nash_value,
    power_fractions,
    solutions_from_frontier,
)
from halfway.space.arrays import Bounds, FloatArray, IntArray, Linkage, Utilities, holds
from halfway.space.blocks import loose_bounds, required

SHARPEN = 1e3
"""Objectives are enlarged by this much, because HiGHS stops at an absolute gap of 1e-6."""

FINE = 1e2
"""Rows for the walk-aways are enlarged by this much over points, because HiGHS lets a row miss by 1e-6."""

LEVELS = 1e3
"""Rows that compare gains with each other are enlarged by this much for the same reason."""

TANGENTS = 1e2
"""Tangents to the logarithm are enlarged by this much for the same reason."""

ROUNDS = 200
"""Most programs solved for one question before the gap reached is reported as it stands."""

PROVEN = 1e-9
"""How far off a solution may be, on the scale of its criterion, to count as proven."""

STATES_FOR_TIES = 200_000


@contextlib.contextmanager
def _silenced() -> Iterator[None]:
    """Send what the solver prints of its own accord nowhere: it would end up in the middle of --json."""
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:
        # There is no standard output to protect.
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _no_optimum(why: str) -> Refusal:
    """Return the refusal that a solver's failure leaves: what it says, never half an answer."""
    return Refusal(
        [Problem("R050", "the solver found no optimum", why, "give walk-aways and values with fewer digits")]
    )


@dataclass
class _Answer:
    package: IntArray
    vector: IntArray
    bound: float


class Program:
    """The acceptable packages of some parties as a mixed-integer program.

    Parameters
    ----------
    utilities : Utilities
        Scaled integers.
    bounds : Bounds
    parties : sequence of int
    walk_away : sequence of int
        Scaled, one for each party.
    """

    def __init__(
        self, utilities: Utilities, bounds: Bounds, parties: Sequence[int], walk_away: Sequence[int] | IntArray
    ) -> None:
        self.utilities = utilities
        self.rows = list(parties)
        self.floor = np.asarray(walk_away, dtype=np.int64)
        self.masks = required(bounds, self.rows)
        points = exact_units(utilities.unit[self.rows])
        low, high = loose_bounds(utilities, self.rows, range(len(utilities.tables)), range(len(utilities.linkages)))
        widest = max((float(u) * int(r) for u, r in zip(points, high - low, strict=True)), default=0.0)
        # Inside, utilities are measured so that the widest range is near 100, where the solver's tolerances are small.
        self.measure = Fraction(10) ** (2 - ceil(log10(widest))) if widest > 0 else Fraction(1)
        self.units = tuple(u * self.measure for u in points)
        self.span = float(max(widest * float(self.measure), 1.0)) + float(
            max(
                (abs(int(f) - int(x)) * float(u) for f, x, u in zip(self.floor, low, self.units, strict=True)),
                default=0,
            )
        )
        sizes = utilities.sizes
        self.first: list[int] = [0, *accumulate(sizes)]
        self._columns: int = self.first[-1]
        self.binaries = self._columns
        self._entries: list[tuple[int, int, float]] = []
        self._low: list[float] = []
        self._high: list[float] = []
        self._upper: dict[int, float] = {}
        self.possible = all(bool(m.table) for m in self.masks if not m.issues)
        for i, size in enumerate(sizes):
            self._add({self.first[i] + o: 1.0 for o in range(size)}, 1.0, 1.0)
        # Gains in points as linear forms: coefficients of the columns, and a constant.
        scale = np.array([float(u) for u in self.units])
        self.gain: list[dict[int, float]] = [{} for _ in self.rows]
        self.offset = -self.floor * scale
        for i, table in enumerate(utilities.tables):
            for n, actor in enumerate(self.rows):
                for o in range(sizes[i]):
                    if table[actor, o]:
                        self.gain[n][self.first[i] + o] = float(table[actor, o]) * scale[n]
        links = [x for x in utilities.linkages if bool(np.any(x.points[self.rows] != 0))]
        self.offset = self.offset + sum(
            (np.asarray(x.points[self.rows], dtype=float).reshape(-1) * scale for x in links if not x.issues),
            np.zeros(len(self.rows)),
        )
        for mask in self.masks:
            if len(mask.issues) == 1:
                forbidden = np.flatnonzero(~mask.table).tolist()
                self._upper.update({self.first[mask.issues[0]] + o: 0.0 for o in forbidden})
            elif mask.issues and not bool(mask.table.all()):
                self._combinations(mask.issues, ~mask.table, None, scale)
        for link in links:
            if link.issues:
                self._combinations(link.issues, None, link, scale)
        self.excluded: list[IntArray] = []
        self._cuts = 0

    def _column(self) -> int:
        self._columns += 1
        return self._columns - 1

    def _add(self, entries: Mapping[int, float], low: float, high: float) -> None:
        row = len(self._low)
        self._entries.extend((row, column, value) for column, value in entries.items())
        self._low.append(low)
        self._high.append(high)

    def _combinations(
        self, issues: tuple[int, ...], forbidden: np.ndarray | None, link: Linkage | None, scale: FloatArray
    ) -> None:
        """Add one variable for each combination of these issues, with marginals equal to the options."""
        shape = tuple(self.utilities.sizes[i] for i in issues)
        marginals: dict[tuple[int, int], list[int]] = {}
        for combination in np.ndindex(*shape):
            if forbidden is not None and forbidden[combination]:
                continue
            column = self._column()
            for position, option in enumerate(combination):
                marginals.setdefault((position, option), []).append(column)
            if link is not None:
                for n, actor in enumerate(self.rows):
                    value = float(link.points[(actor, *combination)]) * scale[n]
                    if value:
                        self.gain[n][column] = value
        for position, issue in enumerate(issues):
            for option in range(shape[position]):
                entries = dict.fromkeys(marginals.get((position, option), []), 1.0)
                entries[self.first[issue] + option] = -1.0
                self._add(entries, 0.0, 0.0)

    def _mark(self) -> tuple[int, int, int]:
        return self._columns, len(self._entries), len(self._low)

    def _rewind(self, mark: tuple[int, int, int]) -> None:
        self._columns = mark[0]
        del self._entries[mark[1] :]
        del self._low[mark[2] :]
        del self._high[mark[2] :]

    def evaluate(self, package: IntArray) -> IntArray:
        """Return the parties' scaled utilities, shape ``(party,)``."""
        return np.asarray(self.utilities.of(package[None, :])[self.rows, 0], dtype=np.int64)

    def acceptable(self, package: IntArray) -> bool:
        """Say in whole numbers whether a package is acceptable to all parties."""
        inside = all(bool(holds(m, package[None, :])[0]) for m in self.masks)
        return inside and bool(np.all(self.evaluate(package) >= self.floor))

    def maximise(
        self,
        objective: Mapping[int, float],
        extra_integers: Sequence[int] = (),
        box: Mapping[int, tuple[float, float]] | None = None,
    ) -> _Answer | None:
        """Solve, evaluate exactly, and exclude packages that fail the walk-aways only by the solver's tolerance.

        Returns
        -------
        _Answer or None
            ``None`` when nothing is acceptable. The bound is in the objective's own units.
        """
        box = box or {}
        mark = self._mark()
        try:
            for n in range(len(self.rows)):
                form = {column: value * FINE for column, value in self.gain[n].items()}
                self._add(form, float(-self.offset[n]) * FINE, np.inf)
            for package in self.excluded:
                chosen = {self.first[i] + int(o): 1.0 for i, o in enumerate(package)}
                self._add(chosen, -np.inf, len(package) - 1.0)
            for _ in range(ROUNDS):
                answer = self._solve(objective, extra_integers, box)
                if answer is None or self.acceptable(answer.package):
                    return answer
                self.excluded.append(answer.package)
                chosen = {self.first[i] + int(o): 1.0 for i, o in enumerate(answer.package)}
                self._add(chosen, -np.inf, len(answer.package) - 1.0)
            raise _no_optimum("the walk-aways are finer than the solver's tolerance")
        finally:
            self._rewind(mark)

    def _solve(
        self, objective: Mapping[int, float], extra_integers: Sequence[int], box: Mapping[int, tuple[float, float]]
    ) -> _Answer | None:
        n = self._columns
        costs = np.zeros(n)
        for column, value in objective.items():
            costs[column] = -value * SHARPEN
        low, high = np.zeros(n), np.ones(n)
        for column, value in self._upper.items():
            high[column] = value
        for column, (least, most) in box.items():
            low[column], high[column] = least, most
        integrality = np.zeros(n, dtype=np.int64)
        integrality[: self.binaries] = 1
        integrality[list(extra_integers)] = 1
        entries = self._entries
        matrix = sparse.csr_array(
            ([e[2] for e in entries], ([e[0] for e in entries], [e[1] for e in entries])), shape=(len(self._low), n)
        )
        with _silenced():
            outcome = milp(
                costs,
                integrality=integrality,
                bounds=Box(low, high),
                constraints=LinearConstraint(matrix, np.array(self._low), np.array(self._high)),
                options={"mip_rel_gap": 0.0},
            )
        if outcome.status == 2:
            return None
        if outcome.x is None:
            raise _no_optimum(str(outcome.message))
        package = np.array(
            [int(np.argmax(outcome.x[self.first[i] : self.first[i + 1]])) for i in range(len(self.first) - 1)],
            dtype=np.int64,
        )
        return _Answer(package, self.evaluate(package), -float(outcome.mip_dual_bound) / SHARPEN)


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
    answer: _Answer | None = None
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
    program: Program, name: str, answer: _Answer, value: float, gap: float, counted: tuple[int, ...]
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
