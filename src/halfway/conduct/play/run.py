"""Play: many futures of a plan over types, signals, uncertain numbers and strategies, streamed into histograms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import Any

import numpy as np

from halfway.case.support import ask
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.play.draws import studies, uncertain
from halfway.conduct.play.histograms import Tallies
from halfway.conduct.play.joint_chain import Chain, Player, lay
from halfway.conduct.play.ratification import home
from halfway.conduct.play.replan import Planner
from halfway.conduct.play.result import Played as Played
from halfway.conduct.play.strategies import AlwaysKeep, BestResponse, Strategy, strategy
from halfway.conduct.play.streams import streams
from halfway.conduct.play.turnover import Body, Changes, History, Leaver, changes, history
from halfway.errors import Problem, Refusal
from halfway.progress import Progress, silent
from halfway.seeds import seed_sequence
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.plan.compile_rules import compile_rules
from halfway.space.plan.rules import Rules

MOST_RUNS = 20_000_000
"""Most futures played: a share is then known to about a hundredth of a percentage point."""

MOST_PERIODS = 20_000_000_000
"""Most periods played in all of them together."""

CHUNK = 8192
"""Runs played at a time; sums are taken chunk by chunk, in order, whatever the number of threads."""


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
    leavers : tuple of Leaver
        Actors that can become another type, or withdraw, in the course of play.
    """

    study: Study
    rules: Rules
    movers: tuple[int, ...]
    fixed: Mapping[str, Strategy]
    leavers: tuple[Leaver, ...] = ()
    planners: dict[tuple[int, str | None], Planner] = field(default_factory=dict)

    def strategy(self, actor: int, kind: str | None) -> Strategy:
        """Return how an actor of a type plays while it has not withdrawn."""
        if actor not in self.movers:
            return AlwaysKeep()
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
        charged = self.study.costs(self.study.space.actors[actor], kind)
        planner = self.planners[key]
        return Player(self.strategy(actor, kind), planner.picks, planner.due if charged else None)

    def chain(self, kinds: Mapping[int, str | None], tremble: float) -> Chain:
        """Lay everyone's conduct together."""
        players = {a: self.player(a, kinds.get(a)) for a in {*self.movers, *(one.actor for one in self.leavers)}}
        changing = [one.changing(kinds.get(one.actor), partial(self.player, one.actor)) for one in self.leavers]
        return lay(self.rules, players, tremble, changing, self.shifts())

    def shifts(self) -> dict[int, dict[int, int]]:
        """Return how phases shift the status quo of issues that an actor which may withdraw sets alone."""
        case, space = self.study.case, self.study.space
        leaving = {(one.actor,) for one in self.leavers if one.leaves_until >= 0}
        found: dict[int, dict[int, int]] = {}
        for p, phase in enumerate(self.study.plan.phases.values()):
            for key, option in (phase.shifts.status_quo if phase.shifts else {}).items():
                i = space.issues.index(key)
                if self.rules.setters[i] in leaving:
                    found.setdefault(p, {})[i] = list(case.issues[key].options).index(option)
        return found


def cast(whole: Study, strategies: Mapping[str, Strategy], tremble: float = 0.0, bodies: Sequence[Body] = ()) -> Cast:
    """Find out whose conduct matters in one draw.

    Parameters
    ----------
    whole : Study
    strategies : mapping from actor to Strategy
    tremble : float
    bodies : sequence of Body
        Those that must approve.
    """
    if strategies or any(whole.fixed_strategy(name, kind) for name in whole.space.actors for kind in whole.kinds(name)):
        ask(whole.case, "strategies", whole.plan)
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
    leavers = []
    for a, name in enumerate(whole.space.actors):
        kinds = {k: p for k, p in whole.kinds(name).items() if p > 0}
        own = tuple(b for b in bodies if b.actor == name)
        if own:
            one = Leaver(a, own, tuple(kinds), np.array(list(kinds.values())))
            leavers += [one] if one.changes else []
    return Cast(whole, rules, tuple(movers), strategies, tuple(leavers))


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
    executor: Executor | None = None,
    progress: Progress | None = None,
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
        Fixed ways of playing (a published name, or the path of a table); all others do what pays their type. An actor
        that withdraws leaves its strategy too.
    tremble : float
        Chance of an error of execution, for each actor and period.
    threads : int
        The numbers do not depend on it.
    executor : Executor, optional
        Where futures are played, in place of threads.
    progress : callable, optional
        Told how many futures are played.

    Raises
    ------
    Refusal
        Where the joint conduct is too large to compile.
    """
    ask(whole.case, "play", whole.plan)
    fixed = {a: strategy(s) if isinstance(s, str) else s for a, s in (strategies or {}).items()}
    periods = periods or whole.case.horizon
    require_playable(whole, runs, periods)
    draws = max(min(draws, runs), 1) if uncertain(whole) else 1
    key = run_key(seed)
    every = np.arange(runs, dtype=np.int64)
    luck = streams(every, key)
    options = profiles(whole)
    upto = np.cumsum([p for p, _ in options])
    profile_of = np.minimum(np.searchsorted(upto, luck * upto[-1], side="right"), len(options) - 1)
    asked = home(whole, seed)
    total = Tallies(whole, periods)
    drawn = [whole] if draws == 1 else studies(whole, draws, seed)
    say, played = progress or silent, 0
    with nullcontext(executor) if executor is not None else ThreadPoolExecutor(max_workers=threads) as pool:
        for d, one in enumerate(drawn):
            bodies = asked(one)
            players = cast(one, fixed, tremble, bodies)
            total.begin(bodies)
            total.departing |= {*players.movers, *(x.actor for x in players.leavers if x.leaves_until >= 0)}
            for k, (_, kinds) in enumerate(options):
                mine = every[(every % draws == d) & (profile_of == k)]
                if not len(mine):
                    continue
                chain = players.chain(kinds, tremble)
                points = points_of(one, chain, kinds, players.leavers)
                batch = _Batch(
                    seed,
                    key,
                    periods,
                    chain.walked,
                    total.measured(points),
                    total.weights(_weights(one, kinds, periods)),
                    whole.rules.actors,
                    bodies,
                    players.leavers,
                    kinds,
                )
                for found in pool.map(batch.play, [mine[i : i + CHUNK] for i in range(0, len(mine), CHUNK)]):
                    total.add(chain, points, *found)
                played += len(mine)
                say("futures played", played, runs)
    return total.result(runs, draws, seed, {a: s.called for a, s in fixed.items()})


def require_playable(whole: Study, runs: int, periods: int) -> None:
    """Refuse more futures than can be played in minutes."""
    if runs <= MOST_RUNS and runs * periods <= MOST_PERIODS:
        return
    most = min(MOST_RUNS, MOST_PERIODS // periods)
    problem = Problem(
        "R056",
        f"{runs:,} futures over {periods:,} periods are too many",
        f"at most {most:,} are played, which leaves a share uncertain by {50 / most**0.5:.2g} percentage points",
        "lower --runs",
        whole.case.place("plans", whole.name),
    )
    raise Refusal([problem])


@dataclass(frozen=True)
class _Batch:
    """Runs that walk along the same chain."""

    seed: int
    key: int
    periods: int
    walked: tuple[Any, ...]
    measures: FloatArray
    discounts: FloatArray
    actors: int
    bodies: Sequence[Body]
    leavers: Sequence[Leaver]
    kinds: Mapping[int, str | None]

    def play(self, runs: IntArray) -> tuple[Any, list[History]]:
        """Play some of them: what the kernel found, and what became of each body."""
        from halfway.conduct.play import kernel

        compiled: Any = kernel.play
        histories = [history(body, runs, self.seed) for body in self.bodies]
        found = self.changes(runs, histories)
        return (
            compiled(
                runs,
                np.uint64(self.key),
                self.periods,
                *self.walked,
                self.measures,
                self.discounts,
                self.actors,
                found.when,
                found.run,
                found.column,
            ),
            histories,
        )

    def changes(self, runs: IntArray, histories: Sequence[History]) -> Changes:
        """Return who turns into what."""
        if not self.leavers:
            none = np.zeros(0, dtype=np.int64)
            return Changes(none, none, none, none)
        starts = [one.kinds.index(self.kinds.get(one.actor)) for one in self.leavers]
        own = [[histories[self.bodies.index(body)] for body in one.bodies] for one in self.leavers]
        return changes(self.leavers, starts, own, runs, self.seed, self.periods)


def points_of(one: Study, chain: Chain, kinds: Mapping[int, str | None], leavers: Sequence[Leaver] = ()) -> FloatArray:
    """Return everyone's points in each row of a chain, each actor as the type that it then is, shape ``(row, actor)``."""
    values = np.asarray(one.utilities().of(chain.packages), dtype=np.float64)
    then = {x.actor: [x.kinds[row[k]] for row in chain.kinds] for k, x in enumerate(leavers)}
    for a, start in kinds.items():
        known = then.get(a, [start] * len(chain.packages))
        for kind in dict.fromkeys(known):
            if kind is not None:
                own = np.asarray(one.utilities(one.space.actors[a], kind).of(chain.packages), dtype=np.float64)[a]
                values[a] = np.where([k == kind for k in known], own, values[a])
    transfers = np.array([one.rules.phases[p].transfers for p in chain.phases])
    points = np.ascontiguousarray(values.T + transfers)
    for row, paid in enumerate(chain.costs):
        for a, cost in paid:
            points[row, a] -= cost
    return points


def _weights(one: Study, kinds: Mapping[int, str | None], periods: int) -> FloatArray:
    factors = np.array([one.patience(n, kinds.get(a)) for a, n in enumerate(one.space.actors)])
    weights = factors[None, :] ** np.arange(periods)[:, None]
    return np.ascontiguousarray(weights / weights.sum(axis=0))
