"""A plan as numbers: the package of each phase, and the path it takes when everyone keeps it.

The path is a Markov chain: even when everyone does as prescribed, a noisy signal may look like a breach. Its states
are (phase, period within it, options in force, undos under way, resets used, gravities last shown where a trigger
compares them); transition probabilities are exact.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from halfway.case.conditions import FallsBy, atoms
from halfway.case.plans import Phase, Plan
from halfway.errors import Problem, Refusal
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.compile import Space
from halfway.space.signals import issues_read, matches, outcomes

if TYPE_CHECKING:
    from scipy import sparse

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


def resolve_packages(space: Space, plan: Plan) -> IntArray:
    """Return the package that each phase prescribes, inherited options filled in, shape ``(phase, issue)``.

    Two routes into a phase that would inherit differently are an error of the file, so any route serves.
    """
    from halfway.case.coherence_plans import successors

    names = list(plan.phases)
    base = space.status_quo if space.status_quo is not None else None
    packages: dict[str, IntArray] = {plan.first: space.package(plan.phases[plan.first].package, base)}
    queue = deque([plan.first])
    while queue:
        name = queue.popleft()
        for following in successors(plan.phases[name]):
            if following not in packages:
                packages[following] = space.package(plan.phases[following].package, packages[name])
                queue.append(following)
    return np.array([packages[name] for name in names], dtype=np.int64)


_State: TypeAlias = tuple[
    int, int, tuple[int, ...], tuple[tuple[int, int, int], ...], tuple[int, ...], tuple[float, ...]
]


class _Follower:
    """Follows a plan from period to period while everyone keeps it."""

    def __init__(self, space: Space, name: str, plan: Plan) -> None:
        self.space, self.name, self.plan = space, name, plan
        self.names = list(plan.phases)
        self.phases: list[Phase] = list(plan.phases.values())
        self.packages = resolve_packages(space, plan)
        self.period = space.case.period
        self.lengths = [p.lasts.periods(self.period) if p.lasts else 0 for p in self.phases]
        self.setters = {key: issue.set_by for key, issue in space.case.issues.items()}
        self.compared = tuple(
            sorted({a.issue for p in self.phases for t in p.on for a in atoms(t.when) if isinstance(a, FallsBy)})
        )
        self.read = [
            tuple(sorted({*issues_read(space, p), *(space.issues.index(i) for i in self.compared)}))
            for p in self.phases
        ]

    def first(self) -> _State:
        start = self.names.index(self.plan.first)
        before = self.space.status_quo if self.space.status_quo is not None else self.packages[start]
        in_force, undos = self.applied(start, tuple(int(x) for x in before), ())
        return start, 1, in_force, undos, (0,) * len(self.names), (0.0,) * len(self.compared)

    def applied(
        self, phase: int, current: tuple[int, ...], undos: tuple[tuple[int, int, int], ...]
    ) -> tuple[tuple[int, ...], tuple[tuple[int, int, int], ...]]:
        """Put a phase's prescription in force as far as locks and lags allow; count undos down by one period."""
        under_way = {issue: (target, left) for issue, target, left in undos}
        new, waiting = list(current), []
        for i, key in enumerate(self.space.issues):
            issue, wanted = self.space.case.issues[key], int(self.packages[phase, i])
            names = self.space.options[i]
            if i in under_way and under_way[i][0] == wanted:
                left = under_way[i][1] - 1
            elif wanted != current[i] and issue.may_follow(names[current[i]], names[wanted]):
                left = issue.lag(names[current[i]], names[wanted], self.period)
            else:
                continue
            if left > 0:
                waiting.append((i, wanted, left))
            else:
                new[i] = wanted
        return tuple(new), tuple(waiting)

    def steps(self, state: _State) -> dict[_State, float]:
        """Return the states that can follow, with their probabilities."""
        phase, elapsed, in_force, undos, resets, gravities = state
        here = self.phases[phase]
        before = dict(zip(self.compared, gravities, strict=True))
        found: dict[_State, float] = {}
        force = np.array(in_force, dtype=np.int64)
        for probability, seen in outcomes(self.space, self.read[phase], force, self.packages[phase]):
            following = phase
            count = elapsed
            used = resets
            for trigger in here.on:
                if matches(trigger.when, seen, before, self.setters):
                    following, count = self.names.index(trigger.go), 0
                    break
            else:
                if self.lengths[phase] and elapsed >= self.lengths[phase]:
                    following, count, used = self.expired(phase, resets)
            now = tuple(seen[i].gravity for i in self.compared)
            # A phase without an end has no clock: all its periods are alike.
            clock = count + 1 if self.lengths[following] else 1
            if following == phase and count == elapsed and self.lengths[phase] and elapsed >= self.lengths[phase]:
                clock = elapsed
            new_force, waiting = self.applied(following, in_force, undos)
            next_state = (following, clock, new_force, waiting, used, now)
            found[next_state] = found.get(next_state, 0.0) + probability
        return found

    def expired(self, phase: int, resets: tuple[int, ...]) -> tuple[int, int, tuple[int, ...]]:
        """Say what follows when a phase's time is up, and count the reset if it is one."""
        here = self.phases[phase]
        following = here.then
        if here.resets is not None:
            if here.resets.max is not None and resets[phase] >= here.resets.max:
                return phase, self.lengths[phase], resets
            following = here.resets.terms or following
            if here.resets.max is not None:
                resets = tuple(n + (i == phase) for i, n in enumerate(resets))
        assert following is not None  # a phase that ends says what follows: checked with the case
        return self.names.index(following), 0, resets


def follow(space: Space, name: str, plan: Plan) -> PlanPath:
    """Follow a plan while everyone keeps it.

    Raises
    ------
    Refusal
        Where the path has more states than can be followed.
    """
    follower = _Follower(space, name, plan)
    first = follower.first()
    number = {first: 0}
    order = [first]
    edges: list[tuple[int, int, float]] = []
    for state in order:
        for following, probability in follower.steps(state).items():
            if following not in number:
                number[following] = len(order)
                order.append(following)
            edges.append((number[state], number[following], probability))
        if len(order) > MOST_STATES:
            raise Refusal(
                [
                    Problem(
                        "R031",
                        f"plan '{name}' cannot be followed",
                        f"its path has more than {MOST_STATES:,} states",
                        "shorten a phase, or drop a lag or a limit on resets",
                        space.case.place("plans", name),
                    )
                ]
            )
    sources = np.array([e[0] for e in edges], dtype=np.int64)
    targets = np.array([e[1] for e in edges], dtype=np.int64)
    probabilities = np.array([e[2] for e in edges], dtype=np.float64)
    return PlanPath(
        name=name,
        phases=tuple(plan.phases),
        packages=follower.packages,
        phase_of=np.array([s[0] for s in order], dtype=np.int64),
        in_force=np.array([s[2] for s in order], dtype=np.int64),
        sources=sources,
        targets=targets,
        probabilities=probabilities,
        long_run=long_run_shares(len(order), sources, targets, probabilities),
    )


def long_run_shares(count: int, sources: IntArray, targets: IntArray, probabilities: FloatArray) -> FloatArray:
    """Return the long-run share of time a finite chain spends in each state when it starts in state 0.

    Parameters
    ----------
    count : int
        Number of states.
    sources, targets, probabilities : ndarray, shape (transition,)

    Returns
    -------
    ndarray of float, shape (state,)
        For each closed class: the probability of ending in it times its stationary distribution. Periodic classes
        are averaged over their period.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components
    from scipy.sparse.linalg import spsolve

    chain = sparse.csr_array((probabilities, (sources, targets)), shape=(count, count))
    _, label = connected_components(chain, directed=True, connection="strong")
    leaves = np.unique(label[sources[label[sources] != label[targets]]])
    closed = ~np.isin(label, leaves)
    shares = np.zeros(count)
    entered = np.zeros(count)
    open_states = np.flatnonzero(~closed)
    if closed[0]:
        entered[0] = 1.0
    else:
        inner = chain[open_states][:, open_states]
        start = np.zeros(len(open_states))
        start[np.searchsorted(open_states, 0)] = 1.0
        system = sparse.csc_array(sparse.eye_array(len(open_states)) - inner.T)
        visits = np.atleast_1d(np.asarray(spsolve(system, start)))
        entered = np.asarray(chain[open_states].T @ visits)
        entered[open_states] = 0.0
    for one in np.unique(label[closed]):
        members = np.flatnonzero(label == one)
        inner = sparse.csr_array(chain[members][:, members])
        shares[members] = entered[members].sum() * _stationary(inner)
    return shares


def _stationary(chain: sparse.csr_array[np.float64]) -> NDArray[np.float64]:
    """Return the stationary distribution of an irreducible chain, shape ``(state,)``."""
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    size = chain.shape[0]
    if size == 1:
        return np.ones(1)
    # The balance equations say one thing too often; in its place stands that the shares sum to one.
    balance = (sparse.eye_array(size) - chain).T.tocsr()[: size - 1]
    system = sparse.vstack([balance, sparse.csr_array(np.ones((1, size)))], format="csc")
    target = np.zeros(size)
    target[-1] = 1.0
    shares = np.clip(np.asarray(spsolve(system, target)), 0, None)
    return np.asarray(shares / shares.sum())


def transfers_by_phase(space: Space, plan: Plan) -> FloatArray:
    """Return what each actor receives less what it pays in each phase, in points a period, shape ``(phase, actor)``."""
    out = np.zeros((len(plan.phases), len(space.actors)))
    for transfer in plan.transfers:
        for k, phase in enumerate(plan.phases):
            if not transfer.phases or phase in transfer.phases:
                out[k, space.actor(transfer.to)] += float(transfer.amount)
                out[k, space.actor(transfer.from_)] -= float(
                    transfer.amount if transfer.cost is None else transfer.cost
                )
    return out
