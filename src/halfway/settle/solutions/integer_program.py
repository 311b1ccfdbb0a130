"""The acceptable packages of some parties as a mixed-integer program, solved by HiGHS (Huangfu and Hall 2018).

Each option is a binary variable; each condition over several issues gets one variable for every combination that it
allows, tied to the options by its marginals. HiGHS works in floating point; every package it returns is evaluated again
in whole numbers, tested against the walk-aways exactly, and excluded where it fails.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import ceil, log10

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds as Box
from scipy.optimize import LinearConstraint, milp

from halfway.errors import Problem, Refusal
from halfway.settle.solutions.from_frontier import exact_units
from halfway.settle.too_large import SECONDS, OutOfTimeError
from halfway.space.arrays import Bounds, FloatArray, IntArray, Linkage, Utilities, holds
from halfway.space.packages.blocks import loose_bounds, required

SHARPEN = 1e3
"""Objectives are enlarged by this much, because HiGHS stops at an absolute gap of 1e-6."""

FINE = 1e2
"""Rows for the walk-aways are enlarged by this much over points, because HiGHS lets a row miss by 1e-6."""

ROUNDS = 200
"""Most programs solved for one question before the gap reached is reported as it stands."""


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
class Answer:
    """The best package found, its scaled utilities, and the bound that the solver proves."""

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
        self.begun = time.process_time()
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
    ) -> Answer | None:
        """Solve, evaluate exactly, and exclude packages that fail the walk-aways only by the solver's tolerance.

        Returns
        -------
        Answer or None
            ``None`` when nothing is acceptable. The bound is in the objective's own units.

        Raises
        ------
        OutOfTimeError
            Where all programs together have taken `SECONDS`.
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
    ) -> Answer | None:
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
        left = SECONDS - (time.process_time() - self.begun)
        if left <= 0:
            raise OutOfTimeError
        with _silenced():
            outcome = milp(
                costs,
                integrality=integrality,
                bounds=Box(low, high),
                constraints=LinearConstraint(matrix, np.array(self._low), np.array(self._high)),
                options={"mip_rel_gap": 0.0, "time_limit": 2 * left},
            )
        if outcome.status == 1:
            raise OutOfTimeError
        if outcome.status == 2:
            return None
        if outcome.x is None:
            raise _no_optimum(str(outcome.message))
        package = np.array(
            [int(np.argmax(outcome.x[self.first[i] : self.first[i + 1]])) for i in range(len(self.first) - 1)],
            dtype=np.int64,
        )
        return Answer(package, self.evaluate(package), -float(outcome.mip_dual_bound) / SHARPEN)
