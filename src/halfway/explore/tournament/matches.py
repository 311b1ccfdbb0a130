"""What each combination of strategies brings, exactly: joint conduct is a finite chain, and its values solve linear equations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import numpy as np

from halfway.case.plans import Phase
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.play.joint_chain import Chain
from halfway.conduct.play.replan import Planner
from halfway.conduct.play.run import Cast, points_of, profiles
from halfway.conduct.play.strategies import Strategy
from halfway.space.arrays import FloatArray
from halfway.space.plan.compile_rules import compile_rules
from halfway.space.plan.rules import Rules

Profile = tuple[int, ...]
"""Which of the strategies each of the players plays, in their order."""


@dataclass
class Game:
    """A plan whose players follow strategies, everyone else keeping.

    Attributes
    ----------
    study : Study
    players : tuple of int
        Actors.
    strategies : tuple of Strategy
    noise : float
        The chance, for each player and period, of doing the other thing.
    periods : int or None
        How many count, all alike; None for discounted averages of play without end.
    """

    study: Study
    players: tuple[int, ...]
    strategies: tuple[Strategy, ...]
    noise: float
    periods: int | None
    _planners: dict[tuple[int, str | None], Planner] = field(default_factory=dict)

    @cached_property
    def rules(self) -> Rules:
        """The plan's rules, which tell who is seen to break where a strategy watches."""
        if not any(s.watches for s in self.strategies):
            return self.study.rules
        return compile_rules(self.study.space, self.study.plan, self.study.number, watch=True)

    @property
    def combinations(self) -> list[Profile]:
        """Every combination of strategies."""
        return list(product(range(len(self.strategies)), repeat=len(self.players)))

    def points(self, profile: Profile) -> FloatArray:
        """Return what everyone gets, on average over the priors of types, in points, shape ``(actor,)``."""
        names = self.study.space.actors
        fixed = {names[a]: self.strategies[s] for a, s in zip(self.players, profile, strict=True)}
        cast = Cast(self.study, self.rules, self.players, fixed, planners=self._planners)
        total: FloatArray = np.zeros(len(names))
        chains: dict[tuple[str | None, ...], Chain] = {}
        for prior, kinds in profiles(self.study):
            # Types of those who only keep change what a course is worth, and not the course.
            own = tuple(kinds.get(a) for a in self.players)
            if own not in chains:
                chains[own] = cast.chain(kinds, self.noise)
            chain = chains[own]
            factors = [self.study.patience(n, kinds.get(a)) for a, n in enumerate(names)]
            total += prior * average(chain, points_of(self.study, chain, kinds), factors, self.periods)
        return total

    def table(self, told: Callable[[int], None]) -> FloatArray:
        """Return what each player gets in each combination, shape ``(strategy, …, strategy, player)``."""
        size = len(self.strategies)
        out = np.zeros((*(size for _ in self.players), len(self.players)))
        for n, profile in enumerate(self.combinations, 1):
            out[profile] = self.points(profile)[list(self.players)]
            told(n)
        return out


def average(chain: Chain, points: FloatArray, factors: Sequence[float], periods: int | None) -> FloatArray:
    """Return the expected average of everyone's points along a chain, shape ``(actor,)``.

    Parameters
    ----------
    chain : Chain
    points : ndarray of float, shape (row, actor)
    factors : sequence of float
        Each actor's discount factor, for play without end.
    periods : int or None
        How many count, all alike; None for discounted averages.
    """
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    nodes = len(chain.states)
    source = np.repeat(np.arange(nodes), np.diff(chain.first))
    chances = chain.chances()
    step = sparse.csc_array((chances, (chain.follow, source)), shape=(nodes, nodes))
    each = np.zeros((nodes, points.shape[1]))
    np.add.at(each, source, chances[:, None] * points[chain.row])
    now = np.zeros(nodes)
    now[0] = 1.0
    if periods is not None:
        total = np.zeros(nodes)
        for _ in range(periods):
            total += now
            now = np.asarray(step @ now)
        return np.asarray(total @ each / periods)
    out = np.zeros(points.shape[1])
    for factor in dict.fromkeys(factors):
        shares = spsolve(sparse.eye_array(nodes, format="csc") - factor * step, (1 - factor) * now)
        own = [a for a, f in enumerate(factors) if f == factor]
        out[own] = np.atleast_1d(shares) @ each[:, own]
    return out


def repetition(whole: Study) -> Study:
    """Return open-ended repetition of what a plan prescribes for longest: no clock, no rule, nothing answers a breach.

    The package is that of the phase that fills most of the long run of the kept plan.
    """
    shares = np.bincount(whole.kept.automaton.phase_of, weights=whole.long_run, minlength=len(whole.rules.phases))
    longest = int(shares.argmax())
    space, name = whole.space, whole.rules.phase_names[longest]
    package: Mapping[str, str] = space.labels(np.array(whole.rules.phases[longest].package, dtype=np.int64))
    transfers = tuple(
        t.model_copy(update={"phases": ()}) for t in whole.plan.transfers if not t.phases or name in t.phases
    )
    phases = {"repetition": Phase(package=dict(package))}
    plan = whole.plan.model_copy(update={"phases": phases, "start": None, "transfers": transfers})
    rules = compile_rules(space, plan, whole.number)
    return Study(
        whole.case, whole.name, plan, space, rules, whole.compiled, whole.number, whole.pricer, priors=whole.priors
    )
