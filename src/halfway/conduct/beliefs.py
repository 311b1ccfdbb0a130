"""What the others come to believe of an actor's type, as public signals come in.

With fixed conduct all chance is in the signals, which everyone sees: under each hypothesis about the type, what was seen so
far says in which state the plan is. Bayes' rule then needs only the chance of each period's signals in that state.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfway.conduct.replan import Planner
from halfway.conduct.strategies import KEEP, BestResponse, Strategy, strategy
from halfway.conduct.study import Study
from halfway.seeds import generator
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.automaton import State, first_state, following
from halfway.space.compile_rules import compile_rules
from halfway.space.situations import Board


@dataclass(frozen=True)
class Beliefs:
    """Mean beliefs over time, the other actors keeping the plan.

    Attributes
    ----------
    actor : str
    kinds : tuple of str
    priors : ndarray of float, shape (type,)
    mean : ndarray of float, shape (true type, period + 1, type)
        Mean over runs of what is believed before each period, by the type that the actor really is.
    runs : int
    """

    actor: str
    kinds: tuple[str, ...]
    priors: FloatArray
    mean: FloatArray
    runs: int

    def as_dict(self) -> dict[str, object]:
        """Return plain data for JSON."""
        return {
            "types": list(self.kinds),
            "priors": [float(p) for p in self.priors],
            "runs": self.runs,
            "by_true_type": {
                true: {k: [float(x) for x in self.mean[i, :, j]] for j, k in enumerate(self.kinds)}
                for i, true in enumerate(self.kinds)
            },
        }


class _Hypothesis:
    """One type: what it does where, and what that shows."""

    def __init__(self, whole: Study, actor: str, kind: str) -> None:
        declared = whole.fixed_strategy(actor, kind)
        self.plays: Strategy = strategy(declared) if declared else BestResponse()
        self.whole, self.planner = whole, Planner(whole, actor, kind)
        self.number = whole.space.actor(actor)
        self.rules = compile_rules(whole.space, whole.plan, whole.number, watch=True)
        self._known: dict[tuple[State, int], tuple[tuple[float, IntArray, tuple[int, ...]], ...]] = {}

    def in_force(self, state: State, memory: int) -> tuple[tuple[float, IntArray, tuple[int, ...]], ...]:
        """Return what the type may put in force: (probability, options, statuses that follow)."""
        known = self._known.get((state, memory))
        if known is not None:
            return known
        found = []
        for chance, act in self.plays.acts(memory, state.left == 0):
            picks = () if act == KEEP else self.planner.picks(state, act)
            board = Board(self.rules, state, picks)
            acts = [board.act(i, board.picks[i]) for i in range(self.rules.issues)]
            statuses = tuple(acts[i].after for i in self.rules.sticky)
            found.append((chance, np.array([a.in_force for a in acts]), statuses))
        self._known[(state, memory)] = tuple(found)
        return self._known[(state, memory)]


def beliefs(whole: Study, actor: str, periods: int, runs: int, seed: int) -> Beliefs | None:
    """Return mean beliefs about one actor's type over time; None where it has fewer than two types.

    Types that mix (generous tit-for-tat) are taken by the act that is likeliest.

    Parameters
    ----------
    whole : Study
    actor : str
    periods, runs, seed : int
    """
    kinds = [str(k) for k, prior in whole.kinds(actor).items() if k is not None and prior > 0]
    if len(kinds) < 2:
        return None
    priors = np.array([whole.kinds(actor)[k] for k in kinds])
    priors = priors / priors.sum()
    types = [_Hypothesis(whole, actor, k) for k in kinds]
    mean = np.zeros((len(kinds), periods + 1, len(kinds)))
    observed = [np.cumsum(table, axis=1) for table in whole.rules.observed]
    for true in range(len(kinds)):
        rng = generator(seed, "conduct", "beliefs", actor, kinds[true])
        for _ in range(runs):
            now = [(first_state(whole.rules), 0) for _ in kinds]
            log = np.log(priors)
            mean[true, 0] += priors
            for t in range(periods):
                done = [max(h.in_force(*where), key=lambda x: x[0]) for h, where in zip(types, now, strict=True)]
                luck = rng.random(whole.rules.issues)
                shown = [
                    int(np.searchsorted(observed[i][done[true][1][i]], luck[i], side="right"))
                    for i in range(whole.rules.issues)
                ]
                shown = [min(s, observed[i].shape[1] - 1) for i, s in enumerate(shown)]
                for k, (_, options, _) in enumerate(done):
                    if np.isfinite(log[k]):
                        chances = [whole.rules.observed[i][options[i], s] for i, s in enumerate(shown)]
                        with np.errstate(divide="ignore"):
                            log[k] += float(np.log(chances).sum())
                share = np.exp(log - log.max())
                mean[true, t + 1] += share / share.sum()
                now = [
                    _next(h, where, one, shown) if np.isfinite(log[k]) else where
                    for k, (h, where, one) in enumerate(zip(types, now, done, strict=True))
                ]
    return Beliefs(actor, tuple(kinds), priors, mean / runs, runs)


def _next(
    hypothesis: _Hypothesis, where: tuple[State, int], done: tuple[float, IntArray, tuple[int, ...]], shown: list[int]
) -> tuple[State, int]:
    rules, (state, memory) = hypothesis.rules, where
    event, levels, watched = rules.seen_event(state.phase, state.gravities, shown)
    memory = hypothesis.plays.learns(
        memory, bool(watched & ~(1 << hypothesis.number)), bool(watched >> hypothesis.number & 1)
    )
    return following(rules, state, (event, done[2], levels)), memory
