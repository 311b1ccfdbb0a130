"""Temptation along one number: patience, a further penalty, a further cost of breaking, detection, the length of a phase."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from halfway.conduct.game.charges import judged_with_costs
from halfway.conduct.game.keeping import OwnMoves
from halfway.conduct.verdicts.draw_shares import Numbers, central, chances_under, given_rewards, tempted_at
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
        rules: tuple[Rules, ...] | None = None,
    ) -> FloatArray:
        """Return the temptation in several versions of the game, each with rules of its own if given; shape ``(version,)``."""
        total = np.zeros(len(discounts))
        for n, own in enumerate(moves):
            if id(own) not in self._given:
                # The moves are kept beside their rewards, so that their identity is never given to others.
                self._given[id(own)] = (own, *given_rewards(self.kernel, own, n, self.numbers))
            _, given, scale = self._given[id(own)]
            if rules is not None and self.numbers.costs is not None:
                # How likely a breach is to be seen counts in what it costs.
                given, scale = given_rewards(self.kernel, own, n, replace(self.numbers, rules=rules))
            if changed is not None:
                given = changed(own, given)
            data = None
            if rules is not None:
                known = {id(r): r for r in rules}
                tables = {key: chances_under(own, r) for key, r in known.items()}
                data = np.array([tables[id(r)] for r in rules])
            horizon = self.kernel.whole.case.horizon
            found = tempted_at(own, given, discounts, horizon, scale, data, self.numbers.shifts)
            total += found[:, 1 if self.material else 0]
        return total

    @property
    def discount(self) -> float:
        """The stated discount factor of a period."""
        return self.kernel.whole.patience(self.name, self.kind)


def _changed(asked: Asked, rules: Rules, key: tuple[Hashable, ...]) -> tuple[OwnMoves, ...]:
    """Return an actor's moves under changed rules, laid out once for all its types with the same costs charged once."""
    kernel, actor = asked.kernel, asked.actor
    once = tuple(c for c in kernel.costs(asked.name, asked.kind) if c.once)
    key = (actor, once, *key)
    if key not in kernel.changed:
        rules = kernel.whole.rules_of(actor, rules)
        kernel.changed[key] = tuple(
            judged_with_costs(
                kernel.whole, actor, build(rules, (actor,), free=free), kernel.bound, kernel.material, once
            )
            for free in kernel.parts(actor)
        )
    return kernel.changed[key]


def over_patience(asked: Asked) -> Curve:
    """Return the temptation over discount factors of a period."""
    moves = asked.kernel.moves(asked.actor, asked.kind)
    return lambda x: asked.over(moves, np.asarray(x, dtype=np.float64))


def over_penalty(asked: Asked, penal: frozenset[int]) -> Curve:
    """Return the temptation over further penalties, in points for each period of some phases."""
    moves = asked.kernel.moves(asked.actor, asked.kind)

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
    moves = asked.kernel.moves(asked.actor, asked.kind)

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

    Each option's signals are mixed with those of the prescribed option: 1 as stated, 0 nothing is ever detected.
    """

    def curve(x: FloatArray) -> FloatArray:
        return np.array([_at_share(asked, float(s), np.array([asked.discount]))[0] for s in x])

    return curve


def over_both(asked: Asked, detections: FloatArray) -> Callable[[FloatArray], FloatArray]:
    """Return the temptation over patience and detection, shape ``(detection, patience)``."""
    return lambda x: np.array([_at_share(asked, float(s), np.asarray(x, dtype=np.float64)) for s in detections])


def _at_share(asked: Asked, share: float, discounts: FloatArray) -> FloatArray:
    """Return the temptation at a share of detection, over discount factors."""
    whole = asked.kernel.whole
    moves = _changed(asked, whole.rules_with(detection=HALF), ("detection", HALF))
    rules = whole.rules_with(detection=share)
    if any(own.hangs_on_later for own in moves):
        # Whether a move costs others anything later hangs on how well it is seen: judged again at each share.
        return asked.over(_changed(asked, rules, ("detection", share)), discounts)
    return asked.over(moves, discounts, rules=(rules,) * len(discounts))


def over_reactions(asked: Asked) -> Curve:
    """Return the temptation over the probability with which others react, each time its signal comes up."""
    stated, actor = asked.kernel.whole.rules, asked.actor
    moves = _changed(asked, stated.with_reactions(HALF, actor), ("reactions", HALF))
    discounts = np.array([asked.discount])

    def at(probability: float) -> float:
        rules = stated.with_reactions(probability, actor)
        if any(own.hangs_on_later for own in moves):
            # Whether a move costs others anything later hangs on what they would react.
            return float(asked.over(_changed(asked, rules, ("reactions", probability)), discounts)[0])
        return float(asked.over(moves, discounts, rules=(rules,))[0])

    return lambda x: np.array([at(float(p)) for p in x])


def over_length(asked: Asked, phase: int) -> Curve:
    """Return the temptation over lengths of one phase, in periods."""
    whole = asked.kernel.whole

    def at(length: int) -> float:
        moves = _changed(asked, whole.rules_with(lasts={phase: length}), ("lasts", phase, length))
        return float(asked.over(moves, np.array([asked.discount]))[0])

    return lambda x: np.array([at(int(n)) for n in x])
