"""What the others come to believe of an actor's type, as public signals come in.

While everyone else keeps, chance is in the signals, which everyone sees, and in what a type that mixes happens to do,
which only it knows. Under each hypothesis about the type, what was seen so far gives a distribution over where the plan
stands and what the type remembers (a forward filter: L. E. Baum et al., A maximization technique occurring in the
statistical analysis of probabilistic functions of Markov chains, Annals of Mathematical Statistics 41, 1970); the chance
of each period's signals follows from it, and Bayes' rule needs no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

import numpy as np

from halfway.case.support import ask
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.play.replan import Planner
from halfway.conduct.play.strategies import KEEP, BestResponse, Strategy, strategy
from halfway.record import HIDDEN, shown, shown_as
from halfway.seeds import generator
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.plan.automaton import State, first_state, following
from halfway.space.plan.compile_rules import compile_rules
from halfway.space.plan.situations import Board


@dataclass(frozen=True)
class Beliefs:
    """Mean beliefs over time, the other actors keeping the plan.

    Attributes
    ----------
    actor : str
    kinds : tuple of str
    priors : ndarray of float, shape (type,)
    mean, errors : ndarray of float, shape (true type, period + 1, type)
        Mean over runs of what is believed before each period, by the type that the actor really is, and its standard
        error.
    runs : int
    """

    actor: str = field(metadata=HIDDEN)
    kinds: tuple[str, ...] = field(metadata=shown_as("types"))
    priors: FloatArray
    mean: FloatArray = field(metadata=HIDDEN)
    errors: FloatArray = field(metadata=HIDDEN)
    runs: int

    @property
    @shown()
    def by_true_type(self) -> dict[str, dict[str, list[float]]]:
        """Mean beliefs before each period: by true type, then by the type believed in."""
        return self._by_true_type(self.mean)

    @property
    @shown()
    def by_true_type_error(self) -> dict[str, dict[str, list[float]]]:
        """Their standard errors."""
        return self._by_true_type(self.errors)

    def _by_true_type(self, values: FloatArray) -> dict[str, dict[str, list[float]]]:
        return {
            true: {k: [float(x) for x in values[i, :, j]] for j, k in enumerate(self.kinds)}
            for i, true in enumerate(self.kinds)
        }


Where: TypeAlias = tuple[State, int]
"""Where the plan stands, and what the type remembers."""

Spread: TypeAlias = tuple[tuple[Where, float], ...]
"""A distribution over where it may stand."""

Shown: TypeAlias = tuple[int, ...]
"""The signal seen on every issue."""


class Doing(NamedTuple):
    """One thing that a type may do: with what chance, the options in force, the statuses that follow."""

    chance: float
    in_force: tuple[int, ...]
    statuses: tuple[int, ...]


class Hypothesis:
    """One type: what it does where, and what was seen says of where the plan stands.

    Parameters
    ----------
    whole : Study
    actor, kind : str
    """

    def __init__(self, whole: Study, actor: str, kind: str) -> None:
        declared = whole.fixed_strategy(actor, kind)
        self.plays: Strategy = strategy(declared) if declared else BestResponse()
        self.planner = Planner(whole, actor, kind)
        self.number = whole.space.actor(actor)
        self.rules = compile_rules(whole.space, whole.plan, whole.number, watch=True)
        self.start: Where = (first_state(self.rules), 0)
        self._doings: dict[Where, tuple[Doing, ...]] = {}
        self._after: dict[tuple[Where, tuple[int, ...], Shown], Where] = {}
        self._filtered: dict[tuple[Spread, Shown], tuple[float, Spread]] = {}

    def doings(self, where: Where) -> tuple[Doing, ...]:
        """Return what the type may do."""
        known = self._doings.get(where)
        if known is None:
            state, memory = where
            found = []
            for chance, act in self.plays.acts(memory, state.left == 0):
                picks = () if act == KEEP else self.planner.picks(state, act)
                board = Board(self.rules, state, picks)
                acts = [board.act(i, board.picks[i]) for i in range(self.rules.issues)]
                statuses = tuple(acts[i].after for i in self.rules.sticky)
                found.append(Doing(chance, tuple(a.in_force for a in acts), statuses))
            known = self._doings[where] = tuple(found)
        return known

    def after(self, where: Where, statuses: tuple[int, ...], shown: Shown) -> Where:
        """Return where the plan stands after one period."""
        key = (where, statuses, shown)
        known = self._after.get(key)
        if known is None:
            state, memory = where
            event, levels, watched, _ = self.rules.seen_event(state.phase, state.gravities, shown)
            others, own = bool(watched & ~(1 << self.number)), bool(watched >> self.number & 1)
            known = (
                following(self.rules, state, (event, statuses, levels, ())),
                self.plays.learns(memory, others, own),
            )
            self._after[key] = known
        return known

    def filtered(self, spread: Spread, shown: Shown) -> tuple[float, Spread]:
        """Return the chance of one period's signals, and the distribution once they are seen (empty where it is 0)."""
        key = (spread, shown)
        known = self._filtered.get(key)
        if known is None:
            found: dict[Where, float] = {}
            for where, p in spread:
                for doing in self.doings(where):
                    chance = p * doing.chance
                    for table, option, signal in zip(self.rules.observed, doing.in_force, shown, strict=True):
                        chance *= float(table[option, signal])
                    if chance > 0:
                        then = self.after(where, doing.statuses, shown)
                        found[then] = found.get(then, 0.0) + chance
            total = sum(found.values())
            known = self._filtered[key] = (total, tuple((w, p / total) for w, p in found.items()))
        return known


def posterior(types: Sequence[Hypothesis], priors: FloatArray, history: Sequence[Shown]) -> FloatArray:
    """Return what is believed before each period once these signals were seen, shape ``(period + 1, type)``.

    Parameters
    ----------
    types : sequence of Hypothesis
    priors : ndarray of float, shape (type,)
    history : sequence of tuple of int
        For each period the signal seen on every issue.

    Raises
    ------
    ValueError
        Where no type could have shown this.
    """
    belief = _Belief(tuple(float(p) for p in priors), tuple(((h.start, 1.0),) for h in types))
    out = [belief.weights]
    for seen in history:
        belief = _learned(types, belief, seen)
        out.append(belief.weights)
    return np.array(out)


class _Belief(NamedTuple):
    weights: tuple[float, ...]
    spreads: tuple[Spread, ...]


def _learned(types: Sequence[Hypothesis], belief: _Belief, shown: Shown) -> _Belief:
    weights, spreads = [], []
    for hypothesis, weight, spread in zip(types, belief.weights, belief.spreads, strict=True):
        chance, after = hypothesis.filtered(spread, shown) if weight > 0 else (0.0, ())
        weights.append(weight * chance)
        spreads.append(after)
    total = sum(weights)
    if total <= 0:
        raise ValueError("no type could have shown this")
    return _Belief(tuple(w / total for w in weights), tuple(spreads))


def beliefs(whole: Study, actor: str, periods: int, runs: int, seed: int) -> Beliefs | None:
    """Return mean beliefs about one actor's type over time; None where it has fewer than two types.

    Parameters
    ----------
    whole : Study
    actor : str
    periods, runs, seed : int
    """
    ask(whole.case, "beliefs", whole.plan)
    kinds = [str(k) for k, prior in whole.kinds(actor).items() if k is not None and prior > 0]
    if len(kinds) < 2:
        return None
    priors = np.array([whole.kinds(actor)[k] for k in kinds])
    priors = priors / priors.sum()
    types = [Hypothesis(whole, actor, k) for k in kinds]
    mean = np.zeros((len(kinds), periods + 1, len(kinds)))
    errors = np.zeros_like(mean)
    for true in range(len(kinds)):
        rng = generator(seed, "conduct", "beliefs", actor, kinds[true])
        believed = _simulated(types, true, priors, periods, runs, rng)
        mean[true] = believed.mean(axis=0)
        if runs > 1:
            errors[true] = believed.std(axis=0, ddof=1) / np.sqrt(runs)
    return Beliefs(actor, tuple(kinds), priors, mean, errors, runs)


def _simulated(
    types: Sequence[Hypothesis], true: int, priors: FloatArray, periods: int, runs: int, rng: np.random.Generator
) -> FloatArray:
    """Return beliefs in many runs, shape ``(run, period + 1, type)``; runs that look alike so far are worked out once."""
    own = types[true]
    observed = [np.cumsum(table, axis=1) for table in own.rules.observed]
    at: list[Where] = [own.start] * runs
    start = _Belief(tuple(float(p) for p in priors), tuple(((h.start, 1.0),) for h in types))
    held = [start] * runs
    out = np.zeros((runs, periods + 1, len(types)))
    out[:, 0] = priors
    for t in range(periods):
        choice, luck = rng.random(runs), rng.random((runs, len(observed)))
        done = [_chosen(own.doings(where), u) for where, u in zip(at, choice, strict=True)]
        shown = _signals(np.array([d.in_force for d in done]), observed, luck)
        known: dict[tuple[_Belief, Shown], _Belief] = {}
        for r in range(runs):
            key = (held[r], shown[r])
            if key not in known:
                known[key] = _learned(types, *key)
            held[r] = known[key]
            out[r, t + 1] = held[r].weights
            at[r] = own.after(at[r], done[r].statuses, shown[r])
    return out


def _chosen(doings: tuple[Doing, ...], luck: float) -> Doing:
    for doing in doings[:-1]:
        if luck < doing.chance:
            return doing
        luck -= doing.chance
    return doings[-1]


def _signals(in_force: IntArray, observed: Sequence[FloatArray], luck: FloatArray) -> list[Shown]:
    """Return what is seen in each run: the first signal up to which the chances of the option in force pass the luck."""
    columns = []
    for i, upto in enumerate(observed):
        rows = upto[in_force[:, i]]
        # The last signal that can be shown at all stands in for what rounding leaves over.
        last = (rows < rows[:, -1:]).sum(axis=1)
        columns.append(np.minimum((rows <= luck[:, i : i + 1]).sum(axis=1), last))
    return [tuple(int(s) for s in row) for row in np.array(columns).T]
