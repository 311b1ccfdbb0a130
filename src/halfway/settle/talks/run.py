"""`talks`: where alternating offers among the signatories would meet, and how often they would not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np

from halfway.case.case import Case
from halfway.case.notes import without_value
from halfway.case.support import ask
from halfway.errors import Place, Problem, Refusal, unknown
from halfway.progress import Progress, silent
from halfway.record import shown_as
from halfway.result import Provenance, Result, Table
from halfway.seeds import DEFAULT_SEED, generator
from halfway.settle.packages.counting import count_feasible
from halfway.settle.packages.frontier import pareto_frontier
from halfway.settle.talks.offers import STRATEGIES, Talk, one_talk
from halfway.settle.talks.peers import PREFIX, negotiator, one_peer_talk
from halfway.space.arrays import BoolArray, FloatArray, IntArray, all_packages, holds
from halfway.space.compiled import CompiledCase, compile_case
from halfway.space.utilities.space import Space
from halfway.words.shares import percent

LISTED = 200_000
"""Up to so many packages all can be offered; beyond, the frontier and a sample of the others."""

SAMPLED = 20_000

MOST_OFFERS = 50_000_000
"""Most offers that all talks together may come to, if none of them ends before the deadline."""


@dataclass(frozen=True)
class Session:
    """Many runs of talks with the same strategies.

    Attributes
    ----------
    strategies : mapping
        Signatory → strategy.
    runs : int
    agreed, agreed_error : float
        Share of runs that end in agreement, and its standard error.
    broke_down : float
        Share that break down before the deadline.
    rounds : float
        Mean number of rounds until agreement; nan without one.
    utilities : mapping
        Actor → mean utility points over all runs, failures counting as the walk-away.
    errors : mapping
        Actor → standard error of that mean.
    distance : float
        Mean over agreements of the points that every signatory could still gain at once; nan without one.
    package : mapping or None
        The most frequent agreement.
    frequency : float
        Its share of the agreements.
    """

    strategies: Mapping[str, str]
    runs: int
    agreed: float
    agreed_error: float = field(metadata=shown_as("agreed_standard_error"))
    broke_down: float
    rounds: float
    utilities: Mapping[str, float]
    errors: Mapping[str, float] = field(metadata=shown_as("standard_errors"))
    distance: float = field(metadata=shown_as("distance_from_frontier"))
    package: Mapping[str, str] | None
    frequency: float


@dataclass(frozen=True, repr=False)
class TalksResult(Result):
    """Where talks would end.

    Attributes
    ----------
    plan : str or None
    signatories : tuple of str
    deadline : int
        Rounds.
    packages : int
        Packages that could be offered.
    sampled : bool
        Whether these are a sample, because there are too many to list.
    sessions : tuple of Session
    provenance : Provenance
    """

    plan: str | None
    signatories: tuple[str, ...]
    deadline: int
    packages: int
    sampled: bool
    sessions: tuple[Session, ...]
    provenance: Provenance

    def headline(self) -> str:
        """Return the main figures in a line."""
        return f"{self.packages:,} packages; " + "; ".join(
            f"{' / '.join(sorted(set(s.strategies.values())))}: agreed {percent(s.agreed)} ± {s.agreed_error:.0%}"
            for s in self.sessions
        )

    def tables(self) -> dict[str, Table]:
        """Return ``sessions``: one row for each session and actor."""
        rows = [
            (", ".join(sorted(set(s.strategies.values()))), s.agreed, s.distance, actor, u, s.errors[actor])
            for s in self.sessions
            for actor, u in s.utilities.items()
        ]
        columns = ("strategies", "agreed", "distance from frontier", "actor", "utility", "standard error")
        return {"sessions": Table("sessions", columns, tuple(rows))}


CHUNK = 25
"""How many repetitions are handed out at once."""


def talks(
    case: Case | CompiledCase,
    plan: str | None = None,
    *,
    strategies: Mapping[str, str] | None = None,
    deadline: int = 100,
    runs: int = 200,
    breakdown: float = 0.0,
    seed: int = DEFAULT_SEED,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> TalksResult:
    """Simulate alternating offers among the signatories.

    Parameters
    ----------
    case : Case or CompiledCase
    plan : str, optional
        Whose seats say who signs; the first plan by default, everyone in a case without plans.
    strategies : mapping, optional
        Signatory → ``boulware``, ``linear``, ``conceder``, ``tit_for_tat`` or ``negmas:NAME``; who is not named plays
        ``boulware``. By default every built-in strategy is tried, played by all.
    deadline : int
        Rounds.
    runs : int
        Repetitions; the order of speaking and the choice among equally good offers are drawn.
    breakdown : float
        Probability of breakdown after each round.
    seed : int
    executor : Executor, optional
        Where repetitions run; the numbers do not depend on it.
    progress : callable, optional
        Told how many repetitions are done.

    Raises
    ------
    Refusal
        Where an actor only ranks states, nobody or one alone signs, or a strategy is unknown.
    """
    compiled = compile_case(case)
    case, space = compiled.case, compiled.space()
    space.require_cardinal("how talks would go")
    name, chosen = case.plan(plan) if plan is not None or case.plans else (None, None)
    ask(case, "talks", chosen)
    signatories = case.signatories(chosen)
    if len(signatories) < 2:
        raise _refusal(
            "R040",
            "talks need two signatories",
            f"there are {len(signatories)}",
            "seat more parties",
            case.place("actors") if name is None else case.place("plans", name),
        )
    profiles = _strategies(signatories, strategies)
    parties = [space.actor(a) for a in signatories]
    offers = len(profiles) * runs * deadline
    if offers > MOST_OFFERS:
        raise _refusal(
            "R055",
            f"these talks are too long ({len(profiles)} × {runs:,} runs of up to {deadline:,} rounds)",
            f"they could come to {offers:,} offers, and at most {MOST_OFFERS:,} are played",
            "lower --runs or --deadline, or name one --strategy",
            case.place("actors"),
        )
    packages, sampled = _offers(space, parties, seed)
    sessions = []
    say = progress or silent
    for number, profile in enumerate(profiles):
        table = _Table(space, parties, packages, list(profile.values()), deadline, breakdown, seed, number, runs)
        found = []
        chunks = [range(i, min(i + CHUNK, runs)) for i in range(0, runs, CHUNK)]
        for some in map(table.talk, chunks) if executor is None else executor.map(table.talk, chunks):
            found += some
            say("talks", number * runs + len(found), len(profiles) * runs)
        sessions.append(_summary(space, parties, packages, profile, found))
    return TalksResult(
        plan=name,
        signatories=signatories,
        deadline=deadline,
        packages=packages.shape[0],
        sampled=sampled,
        sessions=tuple(sessions),
        provenance=Provenance(
            case=case.name,
            case_hash=case.content_hash,
            method="stacked alternating offers",
            parameters={"plan": name, "deadline": deadline, "runs": runs, "breakdown": breakdown},
            seed=seed,
            taken_as_indifferent=without_value(case, name),
        ),
    )


def _refusal(code: str, what: str, why: str, remedy: str, place: Place | None = None) -> Refusal:
    return Refusal([Problem(code, what, why, remedy, place)])


def _strategies(signatories: Sequence[str], given: Mapping[str, str] | None) -> list[dict[str, str]]:
    if not given:
        return [dict.fromkeys(signatories, s) for s in STRATEGIES]
    for actor, strategy in given.items():
        if actor not in signatories:
            raise unknown("signatory", actor, signatories)
        if strategy.startswith(PREFIX):
            negotiator(strategy.removeprefix(PREFIX))
        elif strategy not in STRATEGIES:
            raise unknown("strategy", strategy, STRATEGIES)
    return [{a: given.get(a, "boulware") for a in signatories}]


def _offers(space: Space, parties: list[int], seed: int) -> tuple[IntArray, bool]:
    """Return the packages that can be offered, shape ``(package, issue)``, and whether they are a sample."""
    if not count_feasible(space.utilities, space.bounds):
        raise _refusal(
            "R045",
            "no package is possible",
            "the constraints forbid all",
            "relax a constraint",
            space.case.place("constraints"),
        )
    if space.size <= LISTED:
        return _feasible(space, all_packages(space.sizes)), False
    rng = generator(seed, "talks", "packages")
    drawn = np.stack([rng.integers(0, size, SAMPLED) for size in space.sizes], axis=1)
    frontier = pareto_frontier(space.utilities, space.bounds, parties, red_lines=False)
    return np.unique(np.concatenate([_feasible(space, drawn), frontier.packages]), axis=0), True


def _feasible(space: Space, packages: IntArray) -> IntArray:
    keep = np.ones(packages.shape[0], dtype=np.bool_)
    for mask in space.bounds.allowed:
        keep &= holds(mask, packages)
    return packages[keep]


@dataclass(frozen=True)
class _Table:
    """Talks that differ only in their luck; each repetition has a random stream of its own."""

    space: Space
    parties: list[int]
    packages: IntArray
    strategies: Sequence[str]
    deadline: int
    breakdown: float
    seed: int
    number: int
    runs: int

    def talk(self, some: Sequence[int]) -> list[Talk]:
        """Hold some of the repetitions."""
        utilities = self.space.values(self.packages)[self.parties]
        allowed: BoolArray = np.ones(utilities.shape, dtype=np.bool_)
        for n, a in enumerate(self.parties):
            for line in self.space.bounds.red_lines[a]:
                allowed[n] &= ~holds(line, self.packages)
        common = utilities, allowed, self.space.walk_away[self.parties].tolist(), self.strategies
        stream = (self.seed, "talks", str(self.number))
        if any(s.startswith(PREFIX) for s in self.strategies):
            seeds = generator(self.seed, "talks", "negmas", str(self.number)).integers(0, 2**31, self.runs).tolist()
            return [one_peer_talk(*common, self.deadline, self.breakdown, seeds[run]) for run in some]
        return [one_talk(*common, self.deadline, self.breakdown, generator(*stream, str(run))) for run in some]


def _summary(
    space: Space, parties: list[int], packages: IntArray, profile: Mapping[str, str], found: list[Talk]
) -> Session:
    runs = len(found)
    agreements = [t for t in found if t.agreed >= 0]
    share = len(agreements) / runs
    chosen = np.array([t.agreed for t in agreements], dtype=np.int64)
    worth = np.tile(space.walk_away[:, None], (1, runs))
    agreed_at = np.array([t.agreed >= 0 for t in found], dtype=np.bool_)
    if agreements:
        worth[:, agreed_at] = space.values(packages[chosen])
    spread = worth.std(axis=1, ddof=1) / math.sqrt(runs) if runs > 1 else np.full(worth.shape[0], np.nan)
    commonest = Counter(chosen.tolist()).most_common(1)
    return Session(
        strategies=dict(profile),
        runs=runs,
        agreed=share,
        agreed_error=math.sqrt(share * (1 - share) / runs),
        broke_down=sum(t.broke_down for t in found) / runs,
        rounds=float(np.mean([t.rounds for t in agreements])) if agreements else math.nan,
        utilities=dict(zip(space.actors, worth.mean(axis=1).tolist(), strict=True)),
        errors=dict(zip(space.actors, spread.tolist(), strict=True)),
        distance=_distance(space, parties, packages[chosen]) if agreements else math.nan,
        package=space.labels(packages[commonest[0][0]]) if commonest else None,
        frequency=commonest[0][1] / len(agreements) if commonest else 0.0,
    )


def _distance(space: Space, parties: list[int], agreed: IntArray) -> float:
    """Return the mean over agreements of the gain that is still open to every signatory at once, in points."""
    frontier = pareto_frontier(space.utilities, space.bounds, parties, space.threshold[parties])
    if not frontier.size:
        return math.nan
    best: FloatArray = space.values(frontier.packages)[parties].T
    distinct, counts = np.unique(agreed, axis=0, return_counts=True)
    have = space.values(distinct)[parties].T
    gaps = np.array([max(0.0, float((best - row).min(axis=1).max())) for row in have])
    return float((gaps * counts).sum() / counts.sum())


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
