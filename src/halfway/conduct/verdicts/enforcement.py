"""Does it hold: self-enforcement in every state, renegotiation, and who is exposed when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from halfway.case.support import ask
from halfway.conduct.game.compiled_plan import Study, at_least
from halfway.conduct.game.payoffs import Priced, price
from halfway.conduct.game.solver import TOLERANCE, one_shot_gains
from halfway.errors import Problem, Refusal
from halfway.record import shown
from halfway.space.arrays import FloatArray
from halfway.space.plan.automaton import Automaton, State
from halfway.space.plan.automaton_build import build

MOST_COMPARED = 200_000
"""The most states in which phases are compared."""

MOST_JOINT = 5_000
"""So many states that conduct of several together reaches are looked at where the answer does not hang on them alone."""

_PREFERS = 0.01
"""Gains of fewer points of the discounted average are not spoken of."""


@dataclass(frozen=True)
class Temptation:
    """A state in which departing for one period pays.

    Attributes
    ----------
    actor, kind : str, str or None
    phase : str
        In which it is worst.
    gain : float
        Points of the discounted average.
    picks : mapping
        What it would pick instead, issue to option, by label.
    states : int
        In how many states departing pays this actor.
    """

    actor: str
    kind: str | None
    phase: str
    gain: float
    picks: dict[str, str]
    states: int


@dataclass(frozen=True)
class Enforcement:
    """Whether no departure of one period pays anywhere.

    Attributes
    ----------
    holds : bool or None
        None where the states are too many to tell and none of those seen tempts.
    temptations : tuple of Temptation
    states : int
        States that were looked at.
    reason : str or None
        Why nothing can be said.
    """

    holds: bool | None
    temptations: tuple[Temptation, ...]
    states: int
    reason: str | None = None


def joint(whole: Study) -> Automaton | None:
    """Return the automaton that everyone's conduct together reaches, if it is small; None where it is not."""
    known: dict[object, Automaton | None] = whole.rules.memo
    if ("joint", MOST_JOINT) not in known:
        try:
            known["joint", MOST_JOINT] = _joint(whole)
        except Refusal:
            known["joint", MOST_JOINT] = None
    return known["joint", MOST_JOINT]


def _joint(whole: Study) -> Automaton | None:
    rules, everyone = whole.rules, whole.everyone
    read = {i for phase in rules.phases for i in phase.read} | {i for mask in rules.allowed for i in mask.issues}
    aside = [i for i in rules.sticky if i not in read and len(rules.setters[i]) == 1]
    if aside and not rules.machines:
        # Compiling together what is too large takes long, so that its size is bounded first.
        free = frozenset(i for a in everyone for i in rules.sets(a)) - set(aside)
        if at_least(build(rules, everyone, most_states=MOST_JOINT, free=free), aside) > MOST_JOINT:
            return None
    return build(rules, everyone, most_states=MOST_JOINT)


def deciding(whole: Study) -> list[tuple[str, str | None]]:
    """Return the actors, each with each of its types, that set something and do what pays."""
    return [
        (whole.space.actors[a], kind)
        for a in whole.everyone
        for kind, prior in whole.kinds(whole.space.actors[a]).items()
        if (prior > 0 or whole.acting(whole.space.actors[a], kind))
        and not whole.fixed_strategy(whole.space.actors[a], kind)
    ]


def enforcement(whole: Study) -> Enforcement:
    """Look for a departure of one period that pays, in every state that arbitrary conduct can reach.

    Locks that others cannot see are covered: each state is judged with its own locks.
    """
    ask(whole.case, "self_enforcing", whole.plan)
    wanted = deciding(whole)
    # Where one actor alone can already come to a state that tempts it, the states that several reach together are
    # looked at for the worst of them only if they are few.
    found = [t for name, kind in wanted for p in whole.reached(name, kind) if (t := _tempted(whole, p, name, kind))]
    seen = sum(p.game.states for a in whole.everyone for p in whole.games(whole.space.actors[a]))
    if found and joint(whole) is None:
        return Enforcement(False, tuple(sorted(found, key=lambda t: -t.gain)), seen)
    if whole.full is None:
        problem = whole.too_large
        reason = f"{problem.what}: {problem.why}; {problem.remedy}" if problem else None
        return Enforcement(None, (), seen, reason)
    everyone = whole.everyone
    found = [t for name, kind in wanted if (t := _tempted(whole, whole.priced(everyone, name, kind), name, kind))]
    return Enforcement(not found, tuple(sorted(found, key=lambda t: -t.gain)), whole.full.game.states)


def _tempted(whole: Study, priced: Priced, name: str, kind: str | None) -> Temptation | None:
    actor = whole.space.actor(name)
    game, discount = whole.valued(priced, name, kind)
    kept = whole.kept_value(priced, name, kind)
    gains, moves = one_shot_gains(game, actor, discount, kept, priced.idle(actor))
    if not gains.any():
        return None
    # Of states that tempt alike but for rounding, the first that conduct comes to.
    worst = int((gains >= gains.max() - TOLERANCE).argmax())
    picks, _ = priced.move(actor, worst, int(moves[worst]))
    return Temptation(
        name,
        kind,
        whole.rules.phase_names[priced.automaton.states[worst].phase],
        float(gains[worst]),
        {whole.space.issues[i]: whole.space.options[i][o] for i, o in picks.items()},
        int((gains > 0).sum()),
    )


@dataclass(frozen=True)
class Renegotiation:
    """A phase that all parties would rather leave for another.

    Attributes
    ----------
    phase, rather : str
    gains : mapping from party to float
        What each would gain where the least of them gains most, in points of the discounted average.
    """

    phase: str
    rather: str
    gains: dict[str, float]


def _alone(whole: Study) -> Iterator[Automaton]:
    """Go through the automata that each actor's conduct reaches, every event included."""
    for a in whole.everyone:
        for part in whole.parts(a):
            yield build(whole.rules, (a,), most_states=MOST_COMPARED, free=part)


def renegotiation(whole: Study) -> tuple[Renegotiation, ...]:
    """Return the phases in which, in some state, all parties prefer to open another phase of the plan afresh.

    The states are those that any conduct can reach, joint departures included; where those are too many, the ones that
    one actor's conduct reaches while all others keep, in which a phase may be found but none be ruled out. Options locked
    in, undos under way, resets used and the gravities last shown are as they were when the other phase is opened.

    Raises
    ------
    Refusal
        Where these states, with the openings of all phases from each of them, are too many; or where nothing is found
        in the states that one actor's conduct reaches and those of joint conduct are too many.
    """
    ask(whole.case, "renegotiation", whole.plan)
    parties = whole.case.signatories(whole.plan)
    if not parties:
        return ()
    together = joint(whole)
    reached = dict.fromkeys(
        (s for found in _alone(whole) for s in found.states) if together is None else together.states
    )
    phases = whole.rules.phases
    tails = dict.fromkeys(s[2:] for s in reached)
    openings = [[State(p, phases[p].lasts, *tail) for tail in tails] for p in range(len(phases))]
    others = [*reached, *(s for opened in openings for s in opened)]
    automaton = build(whole.rules, (), most_states=MOST_COMPARED, others=others)
    priced = price(automaton, whole.utilities())
    values = np.array([whole.kept_value(priced, a) for a in parties])
    number = automaton.number
    at = np.array([number[s] for s in reached])
    here = np.array([s.phase for s in reached])
    place = {tail: k for k, tail in enumerate(tails)}
    tail_of = np.array([place[s[2:]] for s in reached])
    found: list[tuple[float, int, int, FloatArray]] = []
    for there, opened in enumerate(openings):
        gain = values[:, np.array([number[s] for s in opened])[tail_of]] - values[:, at]
        least = gain.min(axis=0)
        for phase in np.unique(here):
            top = int(np.where(here == phase, least, -np.inf).argmax())
            if phase != there and least[top] > _PREFERS:
                found.append((float(least[top]), int(phase), there, gain[:, top]))
    if together is None and not found:
        raise Refusal(
            [
                Problem(
                    "R047",
                    "whether all parties would reopen some phase was not decided",
                    f"conduct of several together reaches more than {MOST_JOINT:,} states",
                    "drop a lock or lag, or count phases in longer periods",
                )
            ]
        )
    names = whole.rules.phase_names
    return tuple(
        Renegotiation(
            names[phase],
            names[there],
            {a: float(g) for a, g in zip(parties, gains, strict=True)},
        )
        for _, phase, there, gains in sorted(found, key=lambda f: -f[0])
    )


class Worst(NamedTuple):
    """A period, from 1, and the balance after it."""

    period: int
    balance: float


@dataclass(frozen=True)
class Exposure:
    """What an actor has given less what it has received since the start, while everyone keeps.

    Attributes
    ----------
    given, received : ndarray of float, shape (period,)
        In the actor's own points of each period against the status quo: what its own options cost it, and what all
        else (the others' options, what several issues bring together, transfers) brings it.
    balance : ndarray of float, shape (period,)
        Given less received, summed up from the start: point-periods.
    """

    given: FloatArray
    received: FloatArray

    @property
    @shown()
    def balance(self) -> FloatArray:
        """Given less received, summed from the start."""
        return np.asarray(np.cumsum(self.given - self.received))

    @property
    @shown()
    def worst(self) -> Worst:
        """The period (from 1) after which the balance is highest, and the balance."""
        at = int(self.balance.argmax())
        return Worst(at + 1, float(self.balance[at]))


def exposure(whole: Study, periods: int) -> dict[str, Exposure] | None:
    """Return every actor's exposure on the kept path, in expectation over false alarms; None without a status quo."""
    ask(whole.case, "exposure", whole.plan)
    if whole.space.status_quo is None:
        return None
    priced = whole.kept
    automaton = priced.automaton
    points = whole.space.points
    packages = np.array([automaton.packages[automaton.situations[k].row] for k in automaton.situation_of])
    transfers = np.array([whole.rules.phases[s.phase].transfers for s in automaton.states]).T
    base = whole.space.status_quo[None, :]
    change = np.asarray(points.of(packages) - points.of(base), dtype=np.float64) + transfers
    chain, _ = priced.game.kept
    now = np.zeros(priced.game.states)
    now[0] = 1.0
    shares = np.zeros((periods, priced.game.states))
    for t in range(periods):
        shares[t] = now
        now = chain.T @ now
    out = {}
    for a, name in enumerate(whole.space.actors):
        given = np.zeros(len(packages))
        for i in whole.rules.sets(a):
            given -= points.tables[i][a, packages[:, i]] - points.tables[i][a, base[0, i]]
        given -= np.minimum(transfers[a], 0.0)
        for link in points.linkages:
            if set(link.issues) <= set(whole.rules.sets(a)):
                index = tuple(packages[:, i] for i in link.issues)
                given -= link.points[(a, *index)] - link.points[(a, *(base[0, i] for i in link.issues))]
        received = change[a] + given
        out[name] = Exposure(shares @ given, shares @ received)
    return out
