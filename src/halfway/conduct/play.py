"""Play: many futures of a plan over types, signals, uncertain numbers and strategies, streamed into histograms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from halfway.conduct.chain import Chain, Player, lay
from halfway.conduct.draws import studies, uncertain
from halfway.conduct.replan import Planner
from halfway.conduct.strategies import BestResponse, Strategy, strategy
from halfway.conduct.study import Study
from halfway.seeds import seed_sequence
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.compile_rules import compile_rules
from halfway.space.rules import Rules

CHUNK = 8192
"""Runs played at a time; sums are taken chunk by chunk, in order, whatever the number of threads."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Played:
    """What happened in many futures.

    Attributes
    ----------
    runs, periods, draws, seed : int
    strategies : mapping from actor to str
        Fixed ones; all other actors do what pays their type.
    departing : tuple of str
        Actors whose conduct was played out; for all others keeping is best.
    survival : ndarray of float, shape (period + 1,)
        Share of runs in which nobody has departed before period 1, 2, …, and by the end.
    first_breach : mapping from actor to ndarray of int, shape (period + 1,)
        In how many runs its first departure came in each period; last: never.
    phases : ndarray of float, shape (period, phase)
        Share of runs in each phase.
    means : ndarray of float, shape (period, actor)
    quantiles : ndarray of float, shape (quantile, period, actor)
        Of each actor's points in a period, over runs.
    averages, errors : ndarray of float, shape (actor,)
        Mean of the runs' discounted averages over the horizon, and its standard error.
    resets : ndarray of float, shape (count,)
        Share of runs with 0, 1, … resets.
    by_resets : ndarray of float, shape (count, actor)
        Mean discounted average of the runs with so many; not a number where there was none.
    losses : mapping from actor to float
        Of actors outside the room: the mean over the horizon against the status quo, in points a period.
    """

    runs: int
    periods: int
    draws: int
    seed: int
    actors: tuple[str, ...]
    phase_names: tuple[str, ...]
    strategies: Mapping[str, str]
    departing: tuple[str, ...]
    survival: FloatArray
    first_breach: Mapping[str, IntArray]
    phases: FloatArray
    means: FloatArray
    quantiles: FloatArray
    averages: FloatArray
    errors: FloatArray
    resets: FloatArray
    by_resets: FloatArray
    losses: Mapping[str, float]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "runs": self.runs,
            "periods": self.periods,
            "draws": self.draws,
            "seed": self.seed,
            "strategies": dict(self.strategies),
            "departing": list(self.departing),
            "survival": _plain(self.survival),
            "survival_error": _plain(np.sqrt(self.survival * (1 - self.survival) / self.runs)),
            "first_breach": {
                a: {
                    "ever": float(1 - h[-1] / self.runs),
                    "median": _median(h, self.runs),
                    "by_period": [int(x) for x in h[:-1]],
                }
                for a, h in self.first_breach.items()
            },
            "phases": {n: _plain(self.phases[:, k]) for k, n in enumerate(self.phase_names)},
            "welfare": {
                a: {
                    "mean": float(self.averages[k]),
                    "error": float(self.errors[k]),
                    "by_period": _plain(self.means[:, k]),
                    "fan": {f"{q:g}": _plain(self.quantiles[n, :, k]) for n, q in enumerate(QUANTILES)},
                }
                for k, a in enumerate(self.actors)
            },
            "resets": [
                {
                    "resets": k,
                    "share": float(share),
                    "welfare": {a: float(self.by_resets[k, n]) for n, a in enumerate(self.actors)},
                }
                for k, share in enumerate(self.resets)
                if share > 0
            ],
            "losses": dict(self.losses),
        }


def _plain(values: FloatArray) -> list[float]:
    return [float(x) for x in values]


def _median(histogram: IntArray, runs: int) -> int | None:
    summed = np.cumsum(histogram[:-1])
    at = np.flatnonzero(2 * summed >= runs)
    return int(at[0]) + 1 if len(at) else None


@dataclass
class Cast:
    """Who does what in one draw.

    Attributes
    ----------
    study : Study
    rules : Rules
    movers : tuple of int
        Actors whose conduct is played out.
    fixed : mapping from actor to Strategy
    """

    study: Study
    rules: Rules
    movers: tuple[int, ...]
    fixed: Mapping[str, Strategy]
    planners: dict[tuple[int, str | None], Planner] = field(default_factory=dict)

    def strategy(self, actor: int, kind: str | None) -> Strategy:
        """Return how an actor of a type plays."""
        name = self.study.space.actors[actor]
        if name in self.fixed:
            return self.fixed[name]
        declared = self.study.fixed_strategy(name, kind)
        return strategy(declared) if declared else BestResponse()

    def player(self, actor: int, kind: str | None) -> Player:
        """Return an actor of a type as the chain takes it."""
        key = (actor, kind)
        if key not in self.planners:
            self.planners[key] = Planner(self.study, self.study.space.actors[actor], kind)
        return Player(self.strategy(actor, kind), self.planners[key].picks)

    def chain(self, kinds: Mapping[int, str | None], tremble: float) -> Chain:
        """Lay everyone's conduct together."""
        return lay(self.rules, {a: self.player(a, kinds.get(a)) for a in self.movers}, tremble)


def cast(whole: Study, strategies: Mapping[str, Strategy], tremble: float = 0.0) -> Cast:
    """Find out whose conduct matters in one draw."""
    movers = []
    for a in whole.everyone:
        name = whole.space.actors[a]
        if name in strategies or tremble > 0:
            movers.append(a)
            continue
        for kind, prior in whole.kinds(name).items():
            if prior > 0 and (whole.fixed_strategy(name, kind) or whole.gap(name, kind) > 0):
                movers.append(a)
                break
    watching = any(s.watches for s in strategies.values()) or any(
        strategy(t.strategy).watches for a in whole.case.actors.values() for t in a.types.values() if t.strategy
    )
    rules = compile_rules(whole.space, whole.plan, whole.number, watch=True) if watching else whole.rules
    return Cast(whole, rules, tuple(movers), strategies)


def profiles(whole: Study) -> list[tuple[float, dict[int, str | None]]]:
    """Return every combination of types with its prior probability (types are independent across actors)."""
    kinds = [
        [(float(p), (a, k)) for k, p in whole.kinds(name).items() if p > 0]
        for a, name in enumerate(whole.space.actors)
        if whole.case.actors[name].types
    ]
    out = []
    for combination in product(*kinds):
        chance = 1.0
        for p, _ in combination:
            chance *= p
        out.append((chance, dict(pair for _, pair in combination)))
    return out


def run_key(seed: int) -> int:
    """Return the key of all runs of a seed; plans that are compared share it, and with it their luck."""
    return int(seed_sequence(seed, "conduct", "play").generate_state(1, np.uint64)[0])


def play(
    whole: Study,
    runs: int,
    seed: int,
    *,
    periods: int | None = None,
    draws: int = 16,
    strategies: Mapping[str, str | Strategy] | None = None,
    tremble: float = 0.0,
    threads: int = 1,
) -> Played:
    """Play many futures of a plan.

    Parameters
    ----------
    whole : Study
        With every estimate at its centre.
    runs : int
    seed : int
    periods : int, optional
        Default: the case's horizon.
    draws : int
        Draws of the uncertain numbers, shared out among the runs; one where nothing is uncertain.
    strategies : mapping from actor to str or Strategy, optional
        Fixed ways of playing; all others do what pays their type.
    tremble : float
        Chance of an error of execution, for each actor and period.
    threads : int
        The numbers do not depend on it.

    Raises
    ------
    Refusal
        Where the joint conduct is too large to compile.
    """
    from halfway.conduct import kernel

    compiled: Any = kernel.play

    fixed = {a: strategy(s) if isinstance(s, str) else s for a, s in (strategies or {}).items()}
    periods = periods or whole.case.horizon
    draws = max(min(draws, runs), 1) if uncertain(whole) else 1
    key = run_key(seed)
    every = np.arange(runs, dtype=np.int64)
    luck = kernel.streams(every, key)
    options = profiles(whole)
    upto = np.cumsum([p for p, _ in options])
    profile_of = np.minimum(np.searchsorted(upto, luck * upto[-1], side="right"), len(options) - 1)
    total = _Totals(whole, periods)
    drawn = [whole] if draws == 1 else studies(whole, draws, seed)
    with ThreadPoolExecutor(max_workers=threads) as pool:
        for d, one in enumerate(drawn):
            players = cast(one, fixed, tremble)
            total.departing |= set(players.movers)
            for k, (_, kinds) in enumerate(options):
                mine = every[(every % draws == d) & (profile_of == k)]
                if not len(mine):
                    continue
                chain = players.chain(kinds, tremble)
                points = _points(one, chain, kinds)
                discounts = _weights(one, kinds, periods)
                parts = [mine[i : i + CHUNK] for i in range(0, len(mine), CHUNK)]
                arguments = chain.walked

                def played(
                    part: IntArray,
                    arguments: Sequence[Any] = arguments,
                    points: FloatArray = points,
                    discounts: FloatArray = discounts,
                ) -> Any:
                    return compiled(part, np.uint64(key), periods, *arguments, points, discounts)

                for found in pool.map(played, parts):
                    total.add(chain, points, found)
    return total.result(runs, draws, seed, {a: s.name for a, s in fixed.items()})


def _points(one: Study, chain: Chain, kinds: Mapping[int, str | None]) -> FloatArray:
    """Return everyone's points in each row of a chain, each actor as its type, shape ``(row, actor)``."""
    values = np.asarray(one.utilities().of(chain.packages), dtype=np.float64)
    for a, kind in kinds.items():
        if kind is not None:
            values[a] = np.asarray(one.utilities(one.space.actors[a], kind).of(chain.packages), dtype=np.float64)[a]
    transfers = np.array([one.rules.phases[p].transfers for p in chain.phases])
    return np.ascontiguousarray(values.T + transfers)


def _weights(one: Study, kinds: Mapping[int, str | None], periods: int) -> FloatArray:
    factors = np.array([one.patience(n, kinds.get(a)) for a, n in enumerate(one.space.actors)])
    weights = factors[None, :] ** np.arange(periods)[:, None]
    return np.ascontiguousarray(weights / weights.sum(axis=0))


class _Totals:
    """Histograms and sums of all chunks."""

    def __init__(self, whole: Study, periods: int) -> None:
        from halfway.conduct.kernel import MOST_RESETS

        actors = whole.rules.actors
        self.whole, self.periods = whole, periods
        self.departing: set[int] = set()
        self.sums, self.squares = np.zeros(actors), np.zeros(actors)
        self.breach = np.zeros((actors + 1, periods + 1), dtype=np.int64)
        self.restarts = np.zeros(MOST_RESETS, dtype=np.int64)
        self.by_restarts = np.zeros((MOST_RESETS, actors))
        self.phases = np.zeros((periods, len(whole.rules.phases)), dtype=np.int64)
        self.seen: dict[int, tuple[FloatArray, IntArray]] = {}

    def add(self, chain: Chain, points: FloatArray, found: Any) -> None:
        visits, sums, squares, breach, restarts, by_restarts = found
        self.sums += sums
        self.squares += squares
        self.breach += breach
        self.restarts += restarts
        self.by_restarts += by_restarts
        for p in range(self.phases.shape[1]):
            self.phases[:, p] += visits[:, chain.phases == p].sum(axis=1)
        known = self.seen.get(id(points))
        self.seen[id(points)] = (points, visits if known is None else known[1] + visits)

    def result(self, runs: int, draws: int, seed: int, strategies: Mapping[str, str]) -> Played:
        space = self.whole.space
        points = np.concatenate([p for p, _ in self.seen.values()])
        visits = np.concatenate([v for _, v in self.seen.values()], axis=1)
        means = visits @ points / runs
        averages = self.sums / runs
        spread = np.maximum(self.squares / runs - averages**2, 0.0)
        anyone = self.breach[-1]
        counts = int(np.flatnonzero(self.restarts).max()) + 1
        with np.errstate(invalid="ignore"):
            by_resets = (
                self.by_restarts[:counts]
                / np.where(self.restarts[:counts] > 0, self.restarts[:counts], np.nan)[:, None]
            )
        losses = {}
        if space.status_quo is not None:
            before = space.values(space.status_quo)[:, 0]
            seats = self.whole.case.seats(self.whole.plan)
            for a, name in enumerate(space.actors):
                if seats[name].seat != "party":
                    losses[name] = float(means[:, a].mean() - before[a])
        return Played(
            runs=runs,
            periods=self.periods,
            draws=draws,
            seed=seed,
            actors=space.actors,
            phase_names=self.whole.rules.phase_names,
            strategies=strategies,
            departing=tuple(space.actors[a] for a in sorted(self.departing)),
            survival=1.0 - np.concatenate([[0], np.cumsum(anyone[:-1])]) / runs,
            first_breach={n: self.breach[a] for a, n in enumerate(space.actors) if a in self.departing},
            phases=self.phases / runs,
            means=means,
            quantiles=_quantiles(points, visits),
            averages=averages,
            errors=np.sqrt(spread / max(runs - 1, 1)),
            resets=self.restarts[:counts] / runs,
            by_resets=by_resets,
            losses=losses,
        )


def _quantiles(points: FloatArray, visits: IntArray) -> FloatArray:
    """Return weighted quantiles of every actor's points in every period, shape ``(quantile, period, actor)``."""
    out = np.zeros((len(QUANTILES), len(visits), points.shape[1]))
    for a in range(points.shape[1]):
        order = np.argsort(points[:, a], kind="stable")
        upto = np.cumsum(visits[:, order], axis=1)
        for n, q in enumerate(QUANTILES):
            at = (upto < q * upto[:, -1:]).sum(axis=1)
            out[n, :, a] = points[order, a][at]
    return out
