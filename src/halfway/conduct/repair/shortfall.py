"""What a plan lacks to be self-enforcing: who is still tempted where, and the least single thing that would end it.

While the others keep, the value of keeping is linear in points that are added to or taken from an actor phase by phase.
So is, in every state, what a departure of one period pays:

    gain of a move = gain as it is + δ (chances when it departs − chances when it keeps) · W,

with W the change in the value of keeping. The least further penalty and the least transfer are therefore exact: each is
one number under as many bounds as there are moves. A departure that leaves the chances of what follows as they are pays
the same whatever is paid or taken in any phase, and to the most patient too.

Every figure here is about self-enforcement as far as one actor goes: no departure of one period pays it in any state
that its own conduct can reach while the others keep. That is more than keeping from the start.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.game.payoffs import Priced
from halfway.conduct.game.solver import discounted, keep_values
from halfway.conduct.thresholds.thresholds import find, sticks
from halfway.conduct.verdicts.enforcement import deciding
from halfway.conduct.verdicts.refutation import Refutation, own_kept, refutations, tempting_rows
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.plan.automaton import Outcome, State
from halfway.space.plan.rules import Rules
from halfway.tolerances import one_shot

_SAME = 1e-12


@dataclass(frozen=True)
class Least:
    """The least of something that would be enough.

    Attributes
    ----------
    at : float or None
        None where nothing is.
    bracket : (float, float) or None
        Where bisection stopped; None where the figure is exact.
    phase : str or None
        In which phase, where it is about one.
    reason : str or None
        Why nothing is enough.
    payers : mapping from party to float
        For transfers: who could pay it, and how far each would still be above its walk-away, in its own points.
    """

    at: float | None
    bracket: tuple[float, float] | None = None
    phase: str | None = None
    reason: str | None = None
    payers: dict[str, float] | None = None


@dataclass(frozen=True)
class Answer:
    """The rule that a phase lacks against one actor: where it would lead, and how often it would have to be set off.

    Attributes
    ----------
    phase : str
    go : str or None
        The phase of the plan that deters most; None where none would deter it from all, were it sure to follow.
    chance : float or None
        The least chance, added to what there is, with which every departure that pays in `phase` would have to lead
        there at once. A rule that is also set off when all keep would take more.
    there : bool
        Whether `phase` has a rule that leads there already.
    """

    phase: str
    go: str | None
    chance: float | None
    there: bool


@dataclass(frozen=True)
class Missing:
    """What keeps one actor, or one type of it, from having nothing to gain in any state.

    Attributes
    ----------
    actor, kind : str, str or None
    temptations : tuple of Refutation
        The best departure in each phase in which one pays, the best of all first; where some alter the chances of what
        follows and others do not, the best of each.
    on_path : tuple of str
        Phases of these in which a state that tempts can come about while everyone keeps.
    penalty : Least
        Points a period taken in the phases that only a trigger leads to.
    transfer : Least
        Points a period received in one phase, whatever the conduct.
    patience : Least
        Discount factor of a period.
    detection : Least
        The chance, added to what there is, with which every departure that pays would have to set off the rule of its
        phase that it fears most.
    answers : tuple of Answer
        For each phase in which it is tempted, the rule that would answer it.
    """

    actor: str
    kind: str | None
    temptations: tuple[Refutation, ...]
    on_path: tuple[str, ...]
    penalty: Least
    transfer: Least
    patience: Least
    detection: Least
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Moves:
    """One actor's departures in the states of an automaton, and how they respond to points paid phase by phase.

    Attributes
    ----------
    gains : ndarray of float, shape (row,)
        What each departure of one period pays.
    response : ndarray of float, shape (row, phase)
        What that changes by for each point a period received in a phase.
    phase : ndarray of int, shape (row,)
    share : ndarray of float, shape (phase,)
        Discounted share of time in each phase from the start, when everyone keeps.
    """

    gains: FloatArray
    response: FloatArray
    phase: IntArray
    share: FloatArray


def moves_of(whole: Study, priced: Priced, name: str, kind: str | None) -> Moves:
    """Return one actor's departures in the states of an automaton."""
    actor, discount = whole.space.actor(name), whole.patience(name, kind)
    gains, _ = tempting_rows(whole, priced, name, kind)
    flat = priced.game.flat(actor)
    inside = np.array([s.phase for s in priced.automaton.states])
    indicators = np.equal.outer(np.arange(len(whole.rules.phases)), inside).astype(np.float64)
    chain, _ = priced.game.kept
    shares = discounted(chain, indicators, discount).T
    keeping = flat.chain @ shares
    response = discount * (keeping - keeping[flat.first[flat.state]])
    # What rounding leaves of a departure that alters nothing is nothing.
    response[np.abs(response) < _SAME] = 0.0
    departs = np.ones(len(gains), dtype=np.bool_)
    departs[flat.first[:-1]] = False
    return Moves(gains[departs], response[departs], inside[flat.state[departs]], shares[0])


def missing(whole: Study) -> tuple[Missing, ...]:
    """Return, for every actor and type that is tempted in a state it can reach alone, what would end that.

    Parameters
    ----------
    whole : Study

    Returns
    -------
    tuple of Missing
        Those who gain most first. Empty where no one is tempted in states that one actor's conduct can reach.
    """
    out = []
    for name, kind in deciding(whole):
        games = whole.reached(name, kind)
        found = [one for priced in games for one, _ in refutations(whole, priced, name, kind)]
        if found:
            out.append(_missing(whole, name, kind, games, sorted(found, key=lambda f: -f.gain)))
    return tuple(sorted(out, key=lambda m: -m.temptations[0].gain))


def _missing(whole: Study, name: str, kind: str | None, games: list[Priced], found: list[Refutation]) -> Missing:
    case, plan = whole.case, whole.name
    moves = [moves_of(whole, priced, name, kind) for priced in games]
    tolerance = one_shot(whole.patience(name, kind))
    free = next((f for f in found if not f.alters_course), None)
    if free is not None:
        blind = f"in the phase '{case.title_of('plans', plan, free.phase)}' it gains by an undetected breach"
        nothing = Least(None, reason=blind)
        penalty = transfer = patience = nothing
    else:
        penal = sticks(whole)
        penalty = Least(None, reason="the plan has no phase that only a trigger leads to")
        if penal:
            taken = [m.response[:, sorted(penal)].sum(axis=1) for m in moves]
            penalty = _least(whole, moves, taken, tolerance, "brings no more of the penal phases")
        transfer = _transfer(whole, name, moves, tolerance, penal)
        patience = _patience(whole, name, kind, games)
    on_path = {p for priced in games for p in _on_path(whole, priced, name, kind)}
    told = tuple(dict.fromkeys(f.phase for f in found if f.phase in on_path))
    return Missing(name, kind, tuple(found), told, penalty, transfer, patience, *_answers(whole, name, kind, games))


def _on_path(whole: Study, priced: Priced, name: str, kind: str | None) -> set[str]:
    _, rows = tempting_rows(whole, priced, name, kind)
    kept = set(whole.kept.automaton.states)
    states = np.unique(priced.game.flat(whole.space.actor(name)).state[rows])
    return {
        whole.rules.phase_names[state.phase] for state in (priced.automaton.states[s] for s in states) if state in kept
    }


def _least(whole: Study, moves: Iterable[Moves], effect: list[FloatArray], tolerance: float, what: str) -> Least:
    """Return the least amount, 0 or more, that leaves no gain, where each move loses its effect times the amount."""
    low, high, low_phase, high_phase = 0.0, np.inf, -1, -1
    for m, lost in zip(moves, effect, strict=True):
        stuck = (np.abs(lost) <= _SAME) & (m.gains > tolerance)
        if stuck.any():
            where = _in(whole, int(m.phase[stuck][m.gains[stuck].argmax()]))
            return Least(None, reason=f"{where} a departure pays that {what}")
        with np.errstate(divide="ignore", invalid="ignore"):
            bound = m.gains / lost
        for rows, up in ((lost > _SAME, True), (lost < -_SAME, False)):
            if rows.any():
                at = np.flatnonzero(rows)[bound[rows].argmax() if up else bound[rows].argmin()]
                if up and bound[at] > low:
                    low, low_phase = float(bound[at]), int(m.phase[at])
                if not up and bound[at] < high:
                    high, high_phase = float(bound[at]), int(m.phase[at])
    if low > high:
        if low_phase < 0:
            return Least(None, reason=f"{_in(whole, high_phase)} it makes a departure pay more")
        both = f"what is enough {_in(whole, low_phase)} makes a departure pay {_in(whole, high_phase)}"
        return Least(None, reason=both)
    return Least(low)


def _in(whole: Study, phase: int) -> str:
    return f"in the phase '{whole.case.title_of('plans', whole.name, whole.rules.phase_names[phase])}'"


def _transfer(whole: Study, name: str, moves: list[Moves], tolerance: float, penal: frozenset[int]) -> Least:
    found: list[tuple[float, float, int]] = []
    reasons = []
    for p in range(len(whole.rules.phases)):
        if p in penal:
            continue
        least = _least(
            whole, moves, [-m.response[:, p] for m in moves], tolerance, "does not cost it the phase that pays"
        )
        if least.at is None:
            reasons.append(str(least.reason))
        else:
            found.append((least.at * float(moves[0].share[p]), least.at, p))
    if not found:
        every = "every phase is one that only a trigger leads to"
        return Least(None, reason=f"paid in any one phase, it is not enough: {reasons[0]}" if reasons else every)
    _, points, p = min(found)
    values = keep_values(whole.kept.game, whole.patiences)[:, 0]
    payers = {}
    for payer in whole.case.signatories(whole.plan):
        b = whole.space.actor(payer)
        room = float(values[b] - whole.space.walk_away[b]) - points * float(shares(whole, b)[p])
        if payer != name and room >= 0:
            payers[payer] = room
    return Least(points, phase=whole.rules.phase_names[p], payers=payers)


def shares(whole: Study, actor: int) -> FloatArray:
    """Return an actor's discounted share of time in each phase from the start, when everyone keeps; ``(phase,)``."""
    inside = np.array([s.phase for s in whole.kept.automaton.states])
    indicators = np.equal.outer(np.arange(len(whole.rules.phases)), inside).astype(np.float64)
    chain, _ = whole.kept.game.kept
    return np.asarray(discounted(chain, indicators, float(whole.patiences[actor]))[:, 0])


def _patience(whole: Study, name: str, kind: str | None, games: list[Priced]) -> Least:
    actor = whole.space.actor(name)

    def holds(discount: float) -> bool:
        for priced in games:
            flat = priced.game.flat(actor)
            chain, points = priced.game.kept
            kept = discounted(chain, points[actor], discount)
            gains = (1 - discount) * flat.points[:, actor] + discount * (flat.chain @ kept) - kept[flat.state]
            if (gains > one_shot(discount)).any():
                return False
        return True

    now = whole.patience(name, kind)
    grid = [0.0, *(1 - np.exp(-np.linspace(0.1, 7.0, 16))), 0.9999]
    found = find(lambda xs: np.array([0.0 if holds(x) else 1.0 for x in xs.tolist()]), grid, 0.5, width=1e-4)
    if found.at is None:
        return Least(None, reason="at no discount factor from 0 to 0.9999")
    # It can have too much patience as well as too little: the nearest range counts.
    low, high = min(found.keeps, key=lambda r: max(r[0] - now, now - r[1]))
    at = float(low if now < low else high)
    return Least(at, bracket=(max(at - 1e-4, 0.0), at) if now < low else (at, at + 1e-4))


def _caught(whole: Study, priced: Priced, name: str, kind: str | None) -> tuple[IntArray, FloatArray]:
    """Return with what chance each departure that pays would have to open each phase at once, to pay no longer.

    All else is as it is: what is seen otherwise, and what keeping is worth.

    Returns
    -------
    phase : ndarray of int, shape (departure,)
        Where it pays.
    chance : ndarray of float, shape (departure, phase)
        Added to what there is; above 1 where even certainty is not enough, infinite where nothing can be told.
    """
    actor, discount, rules = whole.space.actor(name), whole.patience(name, kind), whole.rules
    automaton, flat = priced.automaton, priced.game.flat(actor)
    gains, rows = tempting_rows(whole, priced, name, kind)
    kept = own_kept(whole, priced, name, kind)
    expected = flat.chain[rows] @ kept
    chance = np.full((len(rows), len(rules.phases)), np.inf)
    phase = np.array([automaton.states[s].phase for s in flat.state[rows]], dtype=np.int64)
    opened: dict[tuple[int, tuple[int, ...]], FloatArray] = {}
    openings: dict[object, FloatArray] = {}
    for at, r in enumerate(rows):
        s = int(flat.state[r])
        number = int(automaton.situation_of[s])
        used = automaton.states[s].used
        if (number, used) not in opened:
            opened[(number, used)] = np.stack(
                [_opened(priced, kept, automaton.states[s], o, openings) for o in automaton.situations[number].outcomes]
            )
        own = priced.game.situations[number].moves[actor].chances[r - flat.first[s]]
        happens = own.nonzero()[0]
        caught = own[happens] @ opened[(number, used)][happens]
        chance[at] = expected[at] - caught
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = gains[rows][:, None] / (discount * chance)
    # Where it loses nothing, or where nothing is known of what follows, no chance is enough.
    chance = np.where(chance > _SAME, needed, np.inf)
    return phase, chance


def _answers(whole: Study, name: str, kind: str | None, games: list[Priced]) -> tuple[Least, tuple[Answer, ...]]:
    """Return the least further chance of being caught that ends every temptation, and the rule that each phase lacks."""
    found = [_caught(whole, priced, name, kind) for priced in games]
    phase, chance = np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])
    answers, detection, worst, where = [], None, 0.0, -1
    for p in dict.fromkeys(int(x) for x in phase):
        needed = chance[phase == p]
        go = sorted(set(whole.rules.phases[p].go))
        hardest = needed.max(axis=0)
        # A rule that is there already is preferred to a new one that does as well.
        target = min(range(hardest.size), key=lambda q: (hardest[q], q not in go, q))
        enough = bool(hardest[target] <= 1)
        names = whole.rules.phase_names
        answers.append(Answer(names[p], names[target] if enough else None, float(hardest[target]) if enough else None,
                              target in go and enough))  # fmt: skip
        if detection is not None:
            continue
        if not go:
            detection = Least(None, reason=f"{_in(whole, p)} there is no rule that could be set off")
        elif (least := float(needed[:, go].min(axis=1).max())) > 1:
            detection = Least(None, reason=f"{_in(whole, p)} no rule would deter it even if it were sure to be set off")
        elif least > worst:
            worst, where = least, p
    order = {p: k for k, p in enumerate(whole.rules.phase_names)}
    told = tuple(sorted(answers, key=lambda x: order[x.phase]))
    return detection or Least(worst, phase=whole.rules.phase_names[where]), told


def _opened(
    priced: Priced, kept: FloatArray, state: State, outcome: Outcome, openings: dict[object, FloatArray]
) -> FloatArray:
    """Return what each phase is worth where it opens after an outcome, NaN where it never does; shape ``(phase,)``."""
    automaton, (_, statuses, gravities, world) = priced.automaton, outcome
    rules = automaton.rules
    key = (
        state.phase if rules.phases[state.phase].shifts else -1,
        statuses,
        state.used,
        state.status_quo,
        gravities,
        world,
    )
    if key not in openings:
        found = [automaton.number.get(opening(rules, state, target, outcome)) for target in range(len(rules.phases))]
        openings[key] = np.array([np.nan if at is None else kept[at] for at in found])
    return openings[key]


def opening(rules: Rules, state: State, target: int, outcome: Outcome) -> State:
    """Return the state in which a phase opens when a rule leads to it."""
    _, statuses, gravities, world = outcome
    shifted, shifts = state.status_quo, rules.phases[state.phase].shifts
    if shifts and target != state.phase:
        new = dict(shifts)
        shifted = tuple(new.get(i, o) for i, o in zip(rules.shifting, shifted, strict=True))
    return State(target, rules.phases[target].lasts, statuses, state.used, shifted, gravities, world)
