"""Why a plan is not self-enforcing: one departure that pays, with the phases that the proof of it rests on.

What a departure of one period pays depends on the phases on the way to the state where it tempts and on those that
keeping leads through from there, and on no others. A change elsewhere in the plan leaves it standing, so that one
refutation serves for many plans. A departure that leaves the course of the phases as it is pays the same whatever
follows: such a refutation rests on the way there alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.game.payoffs import Priced
from halfway.conduct.verdicts.enforcement import deciding
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.plan.rules import PhaseRules, Rules
from halfway.tolerances import one_shot

_SAME = 1e-12


@dataclass(frozen=True)
class Refutation:
    """A departure of one period that pays.

    Attributes
    ----------
    actor, kind : str, str or None
    phase : str
    gain : float
        Points of the discounted average.
    picks : mapping
        What the actor would pick, issue to option, by label.
    instead_of : mapping
        What the phase prescribes on these issues.
    alters_course : bool
        Whether the departure changes the chances of what follows.
    rests_on : tuple of str
        The phases that the proof passes through.
    """

    actor: str
    kind: str | None
    phase: str
    gain: float
    picks: dict[str, str]
    instead_of: dict[str, str]
    alters_course: bool
    rests_on: tuple[str, ...]


@dataclass(frozen=True)
class GameKey:
    """All that the verdicts on a plan depend on, given a case.

    Attributes
    ----------
    start : hashable
        The first phase and the options that joint issues fall back to.
    phases : tuple of hashable
        Each phase with its name.
    """

    start: Hashable
    phases: tuple[Hashable, ...]

    def agrees(self, other: GameKey, phases: Iterable[int]) -> bool:
        """Tell whether another plan starts alike and has some phases in common."""
        most = min(len(self.phases), len(other.phases))
        return self.start == other.start and all(p < most and self.phases[p] == other.phases[p] for p in phases)


def game_key(rules: Rules) -> GameKey:
    """Return all that the verdicts on a plan depend on; plans of one case with equal keys have equal verdicts."""
    phases = tuple((name, *_key(phase)) for name, phase in zip(rules.phase_names, rules.phases, strict=True))
    return GameKey((rules.start, rules.status_quo), phases)


def _key(p: PhaseRules) -> tuple[Hashable, ...]:
    seen = tuple(sorted((issue, table) for issue, table in p.seen.items()))
    return (p.package, p.lasts, p.then, p.resets, p.go, p.tests, p.falls, p.read, seen, p.transfers, p.shifts)


@dataclass
class Refutations:
    """Refutations found so far, to be tried on further plans of the same case."""

    def __post_init__(self) -> None:
        """Start with none."""
        self.known: list[tuple[Refutation, GameKey, tuple[int, ...]]] = []

    def standing(self, key: GameKey) -> Refutation | None:
        """Return a known refutation that holds for another plan too; None where none is known to."""
        for at, (found, origin, phases) in enumerate(self.known):
            if origin.agrees(key, phases):
                # What served last is tried first.
                self.known.insert(0, self.known.pop(at))
                return found
        return None

    def look(self, whole: Study, key: GameKey) -> tuple[bool | None, Refutation | None, str | None]:
        """Look for a departure that pays in any state, as `halfway.conduct.verdicts.enforcement.enforcement` does.

        Returns
        -------
        holds : bool or None
            None where the states are too many to tell.
        refutation : Refutation or None
        reason : str or None
            Why nothing can be told.
        """
        served = [found.actor for found, _, _ in self.known]
        wanted = deciding(whole)
        order = sorted(
            dict.fromkeys(name for name, _ in wanted),
            key=lambda n: (
                served.index(n) if n in served else len(served),
                len(whole.rules.sets(whole.space.actor(n))),
            ),
        )
        for name in order:
            found = [
                one
                for kind in (k for n, k in wanted if n == name)
                for priced in whole.reached(name, kind)
                for one in refutations(whole, priced, name, kind)
            ]
            if found:
                return False, self._keep(found, key), None
        if whole.full is None:
            problem = whole.too_large
            return None, None, f"{problem.what}: {problem.why}; {problem.remedy}" if problem else None
        for name, kind in wanted:
            found = list(refutations(whole, whole.priced(whole.everyone, name, kind), name, kind))
            if found:
                return False, self._keep(found, key), None
        return True, None, None

    def _keep(self, found: list[tuple[Refutation, tuple[int, ...]]], key: GameKey) -> Refutation:
        # The fewer phases a proof rests on, the more plans it serves for.
        found = sorted(found, key=lambda f: (len(f[1]), -f[0].gain))
        self.known[:0] = [(one, key, phases) for one, phases in found]
        return found[0][0]


def tempting_rows(whole: Study, priced: Priced, name: str, kind: str | None) -> tuple[FloatArray, IntArray]:
    """Return what departing for one period pays in every state, by moves.

    Returns
    -------
    gains : ndarray of float, shape (row,)
        For each row of the actor's moves (`Game.flat`), points of the discounted average.
    rows : ndarray of int, shape (tempting row,)
        Those that pay.
    """
    actor = whole.space.actor(name)
    game, discount = whole.valued(priced, name, kind)
    flat = game.flat(actor)
    kept = own_kept(whole, priced, name, kind)
    gains = (1 - discount) * flat.points[:, actor] + discount * (flat.chain @ kept) - kept[flat.state]
    return gains, np.flatnonzero(gains > one_shot(discount))


def own_kept(whole: Study, priced: Priced, name: str, kind: str | None) -> FloatArray:
    """Return what it is worth to an actor, from each state, that everyone keeps; shape ``(state,)``."""
    return whole.values_once("own", name, kind, priced, lambda: whole.kept_value(priced, name, kind))


def alters(priced: Priced, actor: int, rows: IntArray) -> Any:
    """Tell of an actor's moves whether each changes the chances of what follows, shape ``(row,)``."""
    flat = priced.game.flat(actor)
    change = flat.chain[rows] - flat.chain[flat.first[flat.state[rows]]]
    return np.asarray(abs(change).sum(axis=1)).ravel() > _SAME


def refutations(whole: Study, priced: Priced, name: str, kind: str | None) -> list[tuple[Refutation, tuple[int, ...]]]:
    """Return, for each phase in which an actor is tempted, its best departure with the phases the proof rests on."""
    actor = whole.space.actor(name)
    gains, rows = tempting_rows(whole, priced, name, kind)
    if not len(rows):
        return []
    flat, states = priced.game.flat(actor), priced.automaton.states
    moved = alters(priced, actor, rows)
    before = _first_from(priced)
    best: dict[tuple[int, bool], int] = {}
    for at in np.argsort(-gains[rows], kind="stable"):
        best.setdefault((states[flat.state[rows[at]]].phase, bool(moved[at])), int(at))
    found = []
    for (phase, course), at in best.items():
        row = int(rows[at])
        state = int(flat.state[row])
        phases = {states[s].phase for s in _way(before, state)}
        if course:
            after = np.unique([state, *flat.chain[[row]].indices])
            phases |= {states[s].phase for s in np.flatnonzero(_closure(priced, after))}
        picks, _ = priced.move(actor, state, row - int(flat.first[state]))
        names = whole.rules.phase_names
        labels = {whole.space.issues[i]: whole.space.options[i][o] for i, o in picks.items()}
        rests = tuple(sorted(phases))
        package = whole.rules.phases[phase].package
        instead = {whole.space.issues[i]: whole.space.options[i][package[i]] for i in picks}
        one = Refutation(
            name, kind, names[phase], float(gains[row]), labels, instead, course, tuple(names[p] for p in rests)
        )
        found.append((one, rests))
    return found


def _first_from(priced: Priced) -> IntArray:
    """Return for each state one from which it is reached, itself for the start, shape ``(state,)``."""
    sources, targets = [], []
    for situation in priced.game.situations:
        sources.append(np.repeat(situation.states, situation.follow.shape[1]))
        targets.append(situation.follow.ravel())
    source, target = np.concatenate(sources), np.concatenate(targets)
    order = np.argsort(source, kind="stable")
    reached, first = np.unique(target[order], return_index=True)
    before = np.arange(priced.game.states)
    before[reached] = source[order][first]
    before[0] = 0
    return before


def _way(before: IntArray, state: int) -> Sequence[int]:
    # States are numbered as they are first reached, so the one before has a lower number.
    way = [state]
    while way[-1] != 0:
        way.append(int(before[way[-1]]))
    return way


def _closure(priced: Priced, states: IntArray) -> Any:
    """Return the states that keeping leads through from some states, shape ``(state,)``."""
    chain, _ = priced.game.kept
    back = chain.T.tocsr()
    reached = np.zeros(priced.game.states, dtype=np.bool_)
    reached[states] = True
    while True:
        more = reached | (back @ reached.astype(np.float64) > 0)
        if (more == reached).all():
            return reached
        reached = more
