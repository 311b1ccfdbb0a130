"""A kept plan: the path it takes when everyone keeps it, and what is in force on the way.

The path is a Markov chain: even when everyone does as prescribed, a noisy signal may look like a breach. It is the
plan's automaton (`halfway.space.plan.automaton`) with nobody moving.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfway.case.plans import Plan
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.plan.automaton_build import build
from halfway.space.plan.compile_rules import compile_rules
from halfway.space.plan.long_run import long_run_shares
from halfway.space.plan.rules import Rules
from halfway.space.utilities.space import Space
from halfway.tolerances import SAME_SHARE

MOST_STATES = 20_000
"""The longest path followed; a plan with more is refused."""


@dataclass(frozen=True)
class PlanPath:
    """What a plan brings when everyone keeps it.

    Attributes
    ----------
    name : str
        The plan.
    phases : tuple of str
    packages : ndarray of int, shape (phase, issue)
        What each phase prescribes.
    phase_of : ndarray of int, shape (state,)
    in_force : ndarray of int, shape (state, issue)
        What is in force: the prescription, less options that cannot be left or take time to undo.
    sources, targets, probabilities : ndarray, shape (transition,)
        The chain; the plan starts in state 0.
    long_run : ndarray of float, shape (state,)
        Share of time spent in each state in the long run.
    """

    name: str
    phases: tuple[str, ...]
    packages: IntArray
    phase_of: IntArray
    in_force: IntArray
    sources: IntArray
    targets: IntArray
    probabilities: FloatArray
    long_run: FloatArray

    def occupancy(self, discount: float) -> FloatArray:
        """Return the discounted share of time in each state, ``(1 − δ) Σ δ^t P(state at t)``, shape ``(state,)``."""
        if discount >= 1:
            return self.long_run
        from scipy import sparse
        from scipy.sparse.linalg import spsolve

        n = len(self.phase_of)
        chain = sparse.csc_array((self.probabilities, (self.targets, self.sources)), shape=(n, n))
        start = np.zeros(n)
        start[0] = 1 - discount
        return np.atleast_1d(np.asarray(spsolve(sparse.eye_array(n, format="csc") - discount * chain, start)))

    def phases_over_time(self, periods: int) -> FloatArray:
        """Return the probability of each phase in each period, shape ``(period, phase)``."""
        now: FloatArray = np.zeros(len(self.phase_of))
        now[0] = 1.0
        out = np.zeros((periods, len(self.phases)))
        for t in range(periods):
            out[t] = _sums(self.phase_of, now, len(self.phases))
            now = _sums(self.targets, now[self.sources] * self.probabilities, len(now))
        return out

    def arrivals(self, periods: int) -> tuple[IntArray, IntArray]:
        """Return when phases begin, and when what they prescribe is in force at the earliest.

        Parameters
        ----------
        periods : int
            How many are looked at.

        Returns
        -------
        begins : ndarray of int, shape (phase,)
            The first period in which the kept plan may be in the phase, from 0; -1 where there is none.
        arrives : ndarray of int, shape (phase, issue)
            The first period in which the option that the phase prescribes may be in force there; -1 where there is none:
            an undo takes longer than the phase lasts, or what is locked in cannot be undone.
        """
        now: FloatArray = np.zeros(len(self.phase_of))
        now[0] = 1.0
        begins = np.full(len(self.phases), -1, dtype=np.int64)
        arrives = np.full(self.packages.shape, -1, dtype=np.int64)
        as_prescribed = self.in_force == self.packages[self.phase_of]
        for t in range(periods):
            for state in np.flatnonzero(now > SAME_SHARE):
                phase = self.phase_of[state]
                if begins[phase] < 0:
                    begins[phase] = t
                arrives[phase, as_prescribed[state] & (arrives[phase] < 0)] = t
            now = _sums(self.targets, now[self.sources] * self.probabilities, len(now))
        return begins, arrives

    def before(self, phase: int) -> IntArray | None:
        """Return what is in force when a kept plan comes to a phase from another; None where it starts there or never comes."""
        enters = (
            (self.phase_of[self.targets] == phase) & (self.phase_of[self.sources] != phase) & (self.probabilities > 0)
        )
        found = self.sources[enters]
        return self.in_force[int(found.min())] if len(found) else None

    def long_run_packages(self) -> tuple[IntArray, FloatArray]:
        """Return the packages in force in the long run, shape ``(package, issue)``, and their shares of time."""
        kept = self.long_run > 0
        packages, inverse = np.unique(self.in_force[kept], axis=0, return_inverse=True)
        shares = _sums(inverse.ravel(), self.long_run[kept], len(packages))
        order = np.argsort(-shares, kind="stable")
        return packages[order], shares[order]

    def long_run_phases(self) -> dict[str, float]:
        """Return the phases that the plan is in in the long run, with their shares of time."""
        shares = _sums(self.phase_of, self.long_run, len(self.phases))
        return {name: float(s) for name, s in zip(self.phases, shares, strict=True) if s > 1e-12}


def _sums(groups: IntArray, weights: FloatArray, count: int) -> FloatArray:
    return np.bincount(groups, weights=weights, minlength=count).astype(np.float64)


def follow(space: Space, name: str, plan: Plan, rules: Rules | None = None) -> PlanPath:
    """Follow a plan while everyone keeps it.

    Parameters
    ----------
    space : Space
    name : str
    plan : Plan
    rules : Rules, optional
        Its rules, where they are compiled already.

    Raises
    ------
    Refusal
        Where the path has more states than can be followed, or its long run cannot be told.
    """
    rules = compile_rules(space, plan) if rules is None else rules
    automaton = build(rules, (), most_states=MOST_STATES)
    sources, targets, probabilities = automaton.kept_moves()
    count = len(automaton.situation_of)
    return PlanPath(
        name=name,
        phases=tuple(plan.phases),
        packages=np.array([p.package for p in rules.phases], dtype=np.int64),
        phase_of=np.array([s.phase for s in automaton.situations], dtype=np.int64)[automaton.situation_of],
        in_force=automaton.packages[automaton.situation_of],
        sources=sources,
        targets=targets,
        probabilities=probabilities,
        long_run=long_run_shares(count, sources, targets, probabilities),
    )
