"""One actor's game under any share of the stated detection: the states and points stay, only chances change."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

import numpy as np

from halfway.conduct.game.bare_game import Game
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.game.payoffs import Priced
from halfway.conduct.thresholds.boundary import Course, best_course
from halfway.space.arrays import FloatArray, IntArray

HALF = 0.5
"""The share at which games are compiled: all that can be seen at 0 or at 1 can be seen in between."""

_Look: TypeAlias = tuple[int, tuple[float, ...], tuple[int, ...]]


class Noticed:
    """One part of an actor's conduct at every share of the stated detection.

    Parameters
    ----------
    whole : Study
    actor, kind : str, str or None
    free : frozenset of int or None
        Which of the actor's `Study.parts`.
    """

    def __init__(self, whole: Study, actor: str, kind: str | None, free: frozenset[int] | None) -> None:
        self.whole, self.actor = whole, whole.space.actor(actor)
        self.discount = whole.patience(actor, kind)
        priced = whole.changed(actor, kind, free, detection=HALF)
        self.plain = priced.game
        self.looks: dict[_Look, dict[tuple[int, tuple[float, ...]], int]] = {}
        self.place, self.source = self._places(priced)
        self.size = sum(m.chances.size for m in self.plain.moves(self.actor))
        self.game = lru_cache(maxsize=4)(self._game)

    def _places(self, priced: Priced) -> tuple[IntArray, IntArray]:
        """Return where in the tables of chances, laid end to end, which chance of what is seen belongs."""
        known, place, source, begin = 0, [], [], 0
        for situation, moves, meant in zip(
            priced.automaton.situations, self.plain.moves(self.actor), priced.chosen, strict=True
        ):
            phase, _, _, gravities = situation.shape.position
            chosen = meant.get(self.actor)
            for m, row in enumerate(moves.chances):
                shown = situation.shape.shown
                if chosen is not None:
                    shown = situation.moves[self.actor].shown[int(chosen.group[m])]
                look = self.looks.setdefault((phase, gravities, shown), {})
                for o in np.flatnonzero(row).tolist():
                    event, _, levels = situation.outcomes[o]
                    number = look.get((event, levels))
                    if number is None:
                        number = look[(event, levels)] = known
                        known += 1
                    place.append(begin + m * moves.chances.shape[1] + o)
                    source.append(number)
            begin += moves.chances.size
        return np.array(place, dtype=np.int64), np.array(source, dtype=np.int64)

    def _game(self, share: float) -> Game:
        rules = self.whole.rules_with(detection=share)
        seen = np.zeros(sum(map(len, self.looks.values())))
        for (phase, gravities, shown), numbers in self.looks.items():
            for chance, event, levels, _ in rules.events(phase, gravities, shown):
                seen[numbers[(event, levels)]] += chance
        chances: FloatArray = np.zeros(self.size)
        chances[self.place] = seen[self.source]
        return self.plain.with_chances(self.actor, chances)

    def gain(self, policy: IntArray, at: float) -> float:
        """Return what a policy gains over keeping at a share of the stated detection."""
        game = self.game(at)
        keeping = Course.of(game, self.actor, np.zeros_like(policy))
        return Course.of(game, self.actor, policy).worth(self.discount) - keeping.worth(self.discount)

    def best(self, at: float, policy: IntArray | None) -> tuple[IntArray, float]:
        """Return a policy that gains, or a best response, and its gain."""
        game = self.game(at)
        keeping = Course.of(game, self.actor, np.zeros(game.states, dtype=np.int64)).worth(self.discount)
        return best_course(game, self.actor, self.discount, policy, keeping)
