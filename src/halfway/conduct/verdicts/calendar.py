"""The calendar of a best response: what an actor does in which period, when events take their likeliest course."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfway.conduct.game.payoffs import Priced
from halfway.space.arrays import IntArray


@dataclass(frozen=True)
class Stretch:
    """Periods in a row in which an actor does the same.

    Attributes
    ----------
    first : int
        From 1.
    last : int or None
        None: for good.
    phase : int
    picks : mapping
        What it picks instead of the prescription, issue to option; empty where it keeps.
    gain : float
        Utility points a period more than keeping there.
    noticed : float
        The chance that a trigger matches in such a period, and `kept_noticed` the same when it keeps.
    again_from : int or None
        Where events return to an earlier period's state: that period.
    """

    first: int
    last: int | None
    phase: int
    picks: dict[int, int]
    gain: float
    noticed: float
    kept_noticed: float
    again_from: int | None = None


def calendar(priced: Priced, actor: int, policy: IntArray, horizon: int) -> list[Stretch]:
    """Follow a policy along the likeliest course of events.

    Parameters
    ----------
    priced : Priced
    actor : int
    policy : ndarray of int, shape (state,)
    horizon : int
        Periods at most.
    """
    automaton, game = priced.automaton, priced.game
    stretches: list[Stretch] = []
    visited: dict[int, int] = {}
    state = game.start
    for period in range(1, horizon + 1):
        if state in visited:
            _close(stretches, visited[state], period - 1)
            return stretches
        visited[state] = period
        number = int(automaton.situation_of[state])
        shape = automaton.situations[number]
        situation = game.situations[number]
        moves = situation.moves.get(actor)
        move = int(policy[state])
        picks, _ = priced.move(actor, state, move)
        chances = situation.chances if moves is None else moves.chances[move]
        triggers = len(automaton.rules.phases[shape.phase].go)
        matched = np.array([event < triggers for event, *_ in shape.outcomes])
        gain = 0.0 if moves is None else float(moves.points[move, actor] - situation.points[actor])
        stretch = Stretch(
            period,
            period,
            shape.phase,
            picks,
            gain,
            float(chances[matched].sum()),
            float(situation.chances[matched].sum()),
        )
        if stretches and _same(stretches[-1], stretch):
            stretch = Stretch(stretches[-1].first, *_rest(stretch))
            stretches.pop()
        stretches.append(stretch)
        row = int(np.flatnonzero(situation.states == state)[0])
        state = int(situation.follow[row, int(chances.argmax())])
    return stretches


def _rest(s: Stretch) -> tuple[int | None, int, dict[int, int], float, float, float]:
    return s.last, s.phase, s.picks, s.gain, s.noticed, s.kept_noticed


def _same(a: Stretch, b: Stretch) -> bool:
    return (a.phase, a.picks) == (b.phase, b.picks) and abs(a.gain - b.gain) < 1e-9


def _close(stretches: list[Stretch], back_to: int, last: int) -> None:
    end = stretches[-1]
    if end.first <= back_to:
        stretches[-1] = Stretch(end.first, None, *_rest(end)[1:])
    else:
        stretches[-1] = Stretch(end.first, last, *_rest(end)[1:], back_to)
