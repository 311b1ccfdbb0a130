"""How long a plan goes unbroken, worked out exactly.

Until the first breach everyone has kept, so that only false alarms have moved the plan: few states, and no luck to draw.
Monte Carlo (`halfway.conduct.play.run`) is needed for what comes after a breach, not for when it comes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from halfway.case.support import ask
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.play.draws import studies, uncertain
from halfway.conduct.play.run import Cast, cast, profiles
from halfway.conduct.play.strategies import BEST, KEEP
from halfway.seeds import DEFAULT_SEED
from halfway.space.arrays import FloatArray
from halfway.space.plan.automaton import State, first_state, following
from halfway.space.plan.situations import Board


@dataclass(frozen=True)
class Survival:
    """When the first breach of a plan comes, every actor doing what pays its type.

    A breach is any departure of any actor from what the plan prescribes to it, seen or not; a plan that prescribes
    today's options is broken when someone acts.

    Attributes
    ----------
    plan : str
    draws : int
        Draws of the uncertain numbers that the chances are averaged over; 1: every estimate at its centre.
    kept : ndarray of float, shape (period + 1,)
        The chance that nobody has broken the plan before period 1, 2, …, and by the end of the horizon.
    error : ndarray of float, shape (period + 1,)
        Standard error of `kept` over the draws; zero at the centre, where nothing is drawn.
    alone : mapping from actor to ndarray of float, shape (period + 1,)
        The same for one actor while all others keep; only of actors whom breaking pays or who are bound to break.
    first : mapping from actor to ndarray of float, shape (period,)
        The chance that an actor is among those who break first, and in which period. Several may break in one period.
    """

    plan: str
    draws: int
    kept: FloatArray
    error: FloatArray
    alone: Mapping[str, FloatArray]
    first: Mapping[str, FloatArray]

    @property
    def median(self) -> int | None:
        """The first period by whose end the plan has been broken in half of the futures; None where it never is."""
        at = np.flatnonzero(self.kept[1:] <= 0.5 + 1e-12)
        return int(at[0]) + 1 if len(at) else None

    def after(self, periods: int) -> float | None:
        """Return the chance that nobody breaks the plan in so many periods; None beyond the horizon."""
        return float(self.kept[periods]) if periods < len(self.kept) else None


def survival(whole: Study, periods: int | None = None, draws: int = 1, seed: int = DEFAULT_SEED) -> Survival:
    """Return the chances that nobody has broken a plan yet.

    Parameters
    ----------
    whole : Study
        With every estimate at its centre.
    periods : int, optional
        Default: the case's horizon.
    draws : int
        Draws of the uncertain numbers, the same for all plans of a case and seed; 1 for their centres.
    seed : int

    Raises
    ------
    Refusal
        Where the conduct of an actor is too large to compile.
    """
    ask(whole.case, "play", whole.plan)
    periods = periods or whole.case.horizon
    drawn = [whole] if draws == 1 or not uncertain(whole) else list(studies(whole, draws, seed))
    names = whole.space.actors
    kept = np.zeros((len(drawn), periods + 1))
    alone = np.zeros((len(names), periods + 1))
    first = np.zeros((len(names), periods))
    moving: set[int] = set()
    for d, one in enumerate(drawn):
        players = cast(one, {})
        moving |= set(players.movers)
        for chance, kinds in profiles(one):
            anyone, who = _breaches(players, players.movers, kinds, periods)
            kept[d] += chance * (1.0 - np.concatenate([[0.0], np.cumsum(anyone)]))
            first += chance * who / len(drawn)
        for a in range(len(names)):
            if a not in players.movers:
                alone[a] += 1.0 / len(drawn)
                continue
            for kind, chance in one.kinds(names[a]).items():
                if chance > 0:
                    anyone, _ = _breaches(players, (a,), {a: kind}, periods)
                    left = 1.0 - np.concatenate([[0.0], np.cumsum(anyone)])
                    alone[a] += chance * left / len(drawn)
    error = kept.std(axis=0, ddof=1) / np.sqrt(len(drawn)) if len(drawn) > 1 else np.zeros(periods + 1)
    order = sorted(moving)
    return Survival(
        whole.name,
        len(drawn),
        np.clip(kept.mean(axis=0), 0.0, 1.0),
        error,
        {names[a]: np.clip(alone[a], 0.0, 1.0) for a in order},
        {names[a]: first[a] for a in order},
    )


def _breaches(
    players: Cast, movers: Sequence[int], kinds: Mapping[int, str | None], periods: int
) -> tuple[FloatArray, FloatArray]:
    """Return the chance of the first breach in each period, and that of each actor to be among the first.

    Returns
    -------
    anyone : ndarray of float, shape (period,)
    who : ndarray of float, shape (actor, period)
    """
    from scipy import sparse

    rules = players.rules
    start = (first_state(rules), (0,) * len(movers))
    number, queue = {start: 0}, [start]
    rows: list[int] = []
    columns: list[int] = []
    chances: list[float] = []
    breaking: list[tuple[float, dict[int, float]]] = []
    for state, memories in queue:
        at = number[(state, memories)]
        broken, by = 0.0, dict.fromkeys(movers, 0.0)
        for combination in product(
            *(_acts(players, a, kinds.get(a), m, state) for a, m in zip(movers, memories, strict=True))
        ):
            chance = float(np.prod([c for c, _ in combination]))
            departing = [a for a, (_, departs) in zip(movers, combination, strict=True) if departs]
            if departing:
                broken += chance
                for a in departing:
                    by[a] += chance
                continue
            for p, following_state, watched in _kept(players, state):
                new = tuple(
                    players.strategy(a, kinds.get(a)).learns(m, bool(watched & ~(1 << a)), bool(watched >> a & 1))
                    for a, m in zip(movers, memories, strict=True)
                )
                node = (following_state, new)
                if node not in number:
                    number[node] = len(queue)
                    queue.append(node)
                rows.append(at)
                columns.append(number[node])
                chances.append(chance * p)
        breaking.append((broken, by))
    chain = sparse.csr_array((chances, (rows, columns)), shape=(len(queue), len(queue))).T
    departs = np.array([b for b, _ in breaking])
    own = np.zeros((rules.actors, len(queue)))
    for k, (_, by) in enumerate(breaking):
        for a, chance in by.items():
            own[a, k] = chance
    now = np.zeros(len(queue))
    now[0] = 1.0
    anyone, who = np.zeros(periods), np.zeros((rules.actors, periods))
    for t in range(periods):
        anyone[t] = now @ departs
        who[:, t] = own @ now
        now = np.asarray(chain @ now)
        if not now.any():
            break
    return anyone, who


def _acts(players: Cast, actor: int, kind: str | None, memory: int, state: State) -> list[tuple[float, bool]]:
    """Return what an actor does in a state up to which everyone has kept, as (chance, whether it departs)."""
    found: dict[bool, float] = {}
    for chance, act in players.strategy(actor, kind).acts(memory, state.left == 0):
        if act == KEEP:
            departs = False
        elif act == BEST:
            whole, name = players.study, players.study.space.actors[actor]
            departs = any(
                bool(answer.policy[priced.automaton.number[state]])
                for priced, answer in zip(whole.games(name, kind), whole.responses(name, kind), strict=True)
            )
        else:
            departs = bool(players.player(actor, kind).picks(state, act))
        found[departs] = found.get(departs, 0.0) + chance
    return [(chance, departs) for departs, chance in found.items() if chance > 0]


def _kept(players: Cast, state: State) -> list[tuple[float, State, int]]:
    """Return what follows when everyone keeps in a state: (chance, state, who is seen to break)."""
    rules = players.rules
    board = Board(rules, state)
    acts = [board.act(i, board.picks[i]) for i in range(rules.issues)]
    return [(chance, following(rules, state, outcome), watched) for chance, outcome, watched in board.results(acts)]
