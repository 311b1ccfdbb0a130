"""Temptation along one number: patience, a further penalty, a further cost of breaking, detection, the length of a phase."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from halfway.conduct.verdicts.draw_shares import Numbers, central, chances_under, given_rewards, tempted_at
from halfway.conduct.verdicts.keeping import OwnMoves, own_moves
from halfway.conduct.verdicts.temptation import Kernel, Rewards
from halfway.space.arrays import FloatArray
from halfway.space.plan.automaton_build import build
from halfway.space.plan.rules import Rules

Curve: TypeAlias = Callable[[FloatArray], FloatArray]
"""Takes several values of a number, shape ``(value,)``, and returns the temptation at each."""

HALF = 0.5
"""The share of detection at which moves are laid out: all that can be seen at 0 or at 1 can be seen in between."""


@dataclass(frozen=True)
class Asked:
    """Whose temptation is asked for.

    Attributes
    ----------
    kernel : Kernel
    name, kind : str, str or None
        The actor, as one of its types.
    material : bool
        Whether breaches count only if they do material harm.
    """

    kernel: Kernel
    name: str
    kind: str | None
    material: bool = False
    _given: dict[int, tuple[OwnMoves, Rewards, float]] = field(default_factory=dict)

    @property
    def actor(self) -> int:
        """The actor's number."""
        return self.kernel.whole.space.actor(self.name)

    @property
    def numbers(self) -> Numbers:
        """The actor's numbers at the centre."""
        return central(self.kernel, self.name, self.kind)

    def over(
        self,
        moves: tuple[OwnMoves, ...],
        discounts: FloatArray,
        changed: Callable[[OwnMoves, Rewards], Rewards] | None = None,
        chances: Callable[[OwnMoves], FloatArray] | None = None,
    ) -> FloatArray:
        """Return the temptation in several versions of the game, shape ``(version,)``."""
        total = np.zeros(len(discounts))
        for n, own in enumerate(moves):
            if id(own) not in self._given:
                # The moves are kept beside their rewards, so that their identity is never given to others.
                self._given[id(own)] = (own, *given_rewards(self.kernel, own, n, self.numbers))
            _, given, scale = self._given[id(own)]
            if changed is not None:
                given = changed(own, given)
            data = None if chances is None else chances(own)
            found = tempted_at(own, given, discounts, self.kernel.whole.case.horizon, scale, data)
            total += found[:, 1 if self.material else 0]
        return total

    @property
    def discount(self) -> float:
        """The stated discount factor of a period."""
        return self.kernel.whole.patience(self.name, self.kind)


def _changed(kernel: Kernel, actor: int, rules: Rules, key: tuple[Hashable, ...]) -> tuple[OwnMoves, ...]:
    """Return an actor's moves under changed rules, laid out once for all its types."""
    if (actor, *key) not in kernel.changed:
        kernel.changed[(actor, *key)] = tuple(
            own_moves(kernel.whole, actor, build(rules, (actor,), free=free), kernel.bound, kernel.material)
            for free in kernel.parts(actor)
        )
    return kernel.changed[(actor, *key)]


def over_patience(asked: Asked) -> Curve:
    """Return the temptation over discount factors of a period."""
    moves = asked.kernel.moves(asked.actor)
    return lambda x: asked.over(moves, np.asarray(x, dtype=np.float64))


def over_penalty(asked: Asked, penal: frozenset[int]) -> Curve:
    """Return the temptation over further penalties, in points for each period of some phases."""
    moves = asked.kernel.moves(asked.actor)

    def curve(x: FloatArray) -> FloatArray:
        def changed(own: OwnMoves, given: Rewards) -> Rewards:
            paid = np.asarray(x)[:, None] * np.isin(own.phase, sorted(penal))[None, :]
            return replace(
                given, keeping=given.keeping - paid, freely=given.freely - paid, gravely=given.gravely - paid
            )

        return asked.over(moves, np.full(len(x), asked.discount), changed)

    return curve


def over_cost(asked: Asked) -> Curve:
    """Return the temptation over further costs of breaking, in points for each period in which the actor breaks."""
    moves = asked.kernel.moves(asked.actor)

    def curve(x: FloatArray) -> FloatArray:
        def changed(own: OwnMoves, given: Rewards) -> Rewards:
            # A slot's best move breaks where it is worth more than its best keeping move.
            cost = np.asarray(x)[:, None]
            return replace(
                given,
                freely=np.where(
                    given.freely > given.keeping, np.maximum(given.freely - cost, given.keeping), given.keeping
                ),
                gravely=np.where(
                    given.gravely > given.keeping, np.maximum(given.gravely - cost, given.keeping), given.keeping
                ),
            )

        return asked.over(moves, np.full(len(x), asked.discount), changed)

    return curve


def over_detection(asked: Asked) -> Curve:
    """Return the temptation over shares of the stated detection.

    Each option's signals are mixed with those of the prescribed option: 1 as stated, 0 nothing is ever detected. Which
    moves keep is judged at one half, where everything can be seen that can be seen at any share.
    """
    kernel, whole, actor = asked.kernel, asked.kernel.whole, asked.actor
    moves = _changed(kernel, actor, whole.rules_with(detection=HALF), ("detection", HALF))

    def curve(x: FloatArray) -> FloatArray:
        return asked.over(
            moves,
            np.full(len(x), asked.discount),
            chances=lambda own: np.array([chances_under(own, whole.rules_with(detection=float(s))) for s in x]),
        )

    return curve


def over_both(asked: Asked, detections: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """Return the temptation over patience and detection, shape ``(detection, patience)``."""
    kernel, whole, actor = asked.kernel, asked.kernel.whole, asked.actor
    moves = _changed(kernel, actor, whole.rules_with(detection=HALF), ("detection", HALF))

    def row(share: float, x: FloatArray) -> FloatArray:
        one = whole.rules_with(detection=share)
        return asked.over(moves, x, chances=lambda own: np.repeat(chances_under(own, one)[None, :], len(x), axis=0))

    return lambda x: np.array([row(float(s), np.asarray(x, dtype=np.float64)) for s in detections])


def over_length(asked: Asked, phase: int) -> Curve:
    """Return the temptation over lengths of one phase, in periods."""
    kernel, whole, actor = asked.kernel, asked.kernel.whole, asked.actor

    def at(length: int) -> float:
        moves = _changed(kernel, actor, whole.rules_with(lasts={phase: length}), ("lasts", phase, length))
        return float(asked.over(moves, np.array([asked.discount]))[0])

    return lambda x: np.array([at(int(n)) for n in x])
