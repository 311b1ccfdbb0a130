"""One course of conduct from the start, and where along a parameter another course takes its place.

For a course that is fixed (a policy), what it gains over keeping is a smooth function of patience, of a penalty or of
detection. Where a best response stops gaining is then found as Dinkelbach found ratios' best (On nonlinear fractional
programming, Management Science 13, 1967): take the best course where keeping does not pay, go to where that course
gains nothing, ask for the best course there, and so on until none gains. There are finitely many courses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from halfway.conduct.game.bare_game import Game
from halfway.conduct.game.solver import TOLERANCE, discounted, iterated
from halfway.space.arrays import FloatArray, IntArray

_MOST_ROUNDS = 60


@dataclass(frozen=True)
class Course:
    """What one policy brings from the start, in the states that it can come to.

    Attributes
    ----------
    chain : sparse array, shape (state, state)
        The start comes first.
    points : ndarray of float, shape (state,)
        The actor's own.
    states : ndarray of int, shape (state,)
        Their numbers in the game.
    """

    chain: Any
    points: FloatArray
    states: IntArray

    @classmethod
    def of(cls, game: Game, actor: int, policy: IntArray) -> Course:
        """Follow a policy of an actor from the start."""
        from scipy.sparse.csgraph import breadth_first_order

        flat = game.flat(actor)
        rows = flat.first[:-1] + policy
        chain = flat.chain[rows]
        states = breadth_first_order(chain, game.start, return_predecessors=False)
        return cls(chain[states][:, states], flat.points[rows[states], actor], np.asarray(states, dtype=np.int64))

    def worth(self, discount: float, points: FloatArray | None = None) -> float:
        """Return the discounted average from the start, of the actor's points or of others, shape ``(state,)``."""
        return float(discounted(self.chain, self.points if points is None else points, discount)[0])


class Family(Protocol):
    """Games that differ in one number, as one actor sees them."""

    def gain(self, policy: IntArray, at: float) -> float:
        """Return what a policy gains over keeping."""

    def best(self, at: float, policy: IntArray | None) -> tuple[IntArray, float]:
        """Return a policy that gains by more than rounding, or a best response, with its gain; one to start from may help."""


def gains(family: Family, at: float, known: IntArray | None) -> tuple[IntArray, float]:
    """Return a policy that gains, the one known if that does; else a best response."""
    if known is not None:
        gain = family.gain(known, at)
        if gain > TOLERANCE:
            return known, gain
    return family.best(at, known)


def boundary(
    families: list[Family], keeping: float, breaking: float, known: list[IntArray | None], width: float
) -> tuple[float, float] | None:
    """Find where keeping stops being best between a point at which it is and one at which it is not.

    Parameters
    ----------
    families : list of Family
        Keeping is best where it is in each of them.
    keeping, breaking : float
    known : list of policies, one a family
        One that gains at `breaking` in some of the families.
    width : float
        How far apart the two points returned may be.

    Returns
    -------
    (keeping, breaking) or None
        The two points. None where this does not settle.
    """
    from scipy.optimize import brentq

    policies = list(known)
    for _ in range(_MOST_ROUNDS):
        for k, family in enumerate(families):
            policy = policies[k]
            if policy is not None and family.gain(policy, breaking) > TOLERANCE:
                break
        else:
            return None
        excess = _excess(family, policy)
        if excess(keeping) > 0:
            # Within rounding of a best response that was taken for keeping.
            return None
        at = float(brentq(excess, keeping, breaking, xtol=width / 4, rtol=4 * np.finfo(float).eps))
        side = 1 if keeping > breaking else -1
        inner, outer = at + side * width / 2, at - side * width / 2
        if (keeping - inner) * side <= 0:
            inner = keeping
        if (breaking - outer) * side >= 0 or excess(outer) <= 0:
            outer = breaking
        breaking = outer
        if inner == keeping:
            return keeping, breaking
        for k, other in enumerate(families):
            policies[k], gain = gains(other, inner, policies[k])
            if gain > TOLERANCE:
                breaking = inner
                break
        else:
            return inner, breaking
    return None


def _excess(family: Family, policy: IntArray) -> Callable[[float], float]:
    return lambda at: family.gain(policy, at) - TOLERANCE


class OverPatience:
    """One part of an actor's conduct at every discount factor."""

    def __init__(self, game: Game, actor: int) -> None:
        self.known = _Known(game, actor)

    def gain(self, policy: IntArray, at: float) -> float:
        """Return what a policy gains over keeping at a discount factor."""
        return self.known.course(policy).worth(at) - self.known.keeping.worth(at)

    def best(self, at: float, policy: IntArray | None) -> tuple[IntArray, float]:
        """Return a policy that gains, or a best response, and its gain."""
        return self.known.best(at, policy)


class OverPenalty:
    """One part of an actor's conduct under every further penalty, in points for each period of some phases.

    Parameters
    ----------
    game : Game
    actor : int
    discount : float
    penal : ndarray of float, shape (state,)
        Ones where the penalty is paid.
    """

    def __init__(self, game: Game, actor: int, discount: float, penal: FloatArray) -> None:
        self.known, self.discount, self.penal = _Known(game, actor), discount, penal
        self.kept = self._line(np.zeros(game.states, dtype=np.int64))

    def _line(self, policy: IntArray) -> tuple[float, float]:
        """Return what a policy is worth without a penalty, and the share of time in which it pays one."""
        course = self.known.course(policy)
        return course.worth(self.discount), course.worth(self.discount, self.penal[course.states])

    def line(self, policy: IntArray) -> tuple[float, float]:
        """Return what a policy gains over keeping without a penalty, and by how much a point of penalty lessens that."""
        worth, paying = self._line(policy)
        return worth - self.kept[0], paying - self.kept[1]

    def best(self, at: float, policy: IntArray | None) -> tuple[IntArray, float]:
        """Return a policy that gains, or a best response, and its gain."""
        return self.known.best(self.discount, policy, at * self.penal)

    def edge(self, start: float, stop: float) -> tuple[float, float | None] | None:
        """Return the penalty nearest to a start, on the way to a stop, at which keeping is a best response.

        What can be gained is the largest of straight lines, one a policy, so that it sinks to nothing once at most and
        the steps never pass the point.

        Returns
        -------
        (keeping, breaking) or None
            The penalty, and one within rounding of it at which a policy gains; None for that where keeping is a best
            response at the start. None where it is nowhere on the way.
        """
        at, breaking = start, None
        policy: IntArray | None = None
        for _ in range(_MOST_ROUNDS):
            policy, gain = self.best(at, policy)
            if gain <= TOLERANCE:
                return at, breaking
            free, slope = self.line(policy)
            if slope * (stop - start) <= 0:
                return None
            # Not quite nothing, so that rounding does not bring the same policy again.
            at, breaking = (free - TOLERANCE / 2) / slope, (free - 2 * TOLERANCE) / slope
            if (stop - at) * (stop - start) < 0:
                return None
        raise ArithmeticError("the search for the least penalty did not settle")


def best_course(
    game: Game,
    actor: int,
    discount: float,
    policy: IntArray | None,
    keeping: float,
    penalty: FloatArray | None = None,
) -> tuple[IntArray, float]:
    """Return a policy that gains over what keeping is worth, or a best response, and its gain."""
    begin = np.zeros(game.states, dtype=np.int64) if policy is None else policy
    found, values = iterated(game, actor, discount, begin, penalty, least=keeping)
    return found, float(values[game.start]) - keeping


class _Known:
    """A game of one actor with the courses followed last."""

    def __init__(self, game: Game, actor: int) -> None:
        self.game, self.actor = game, actor
        self.keeping = Course.of(game, actor, np.zeros(game.states, dtype=np.int64))
        self.last: tuple[IntArray, Course] | None = None

    def course(self, policy: IntArray) -> Course:
        """Follow a policy, unless it was followed last."""
        if not policy.any():
            return self.keeping
        if self.last is None or self.last[0] is not policy:
            self.last = (policy, Course.of(self.game, self.actor, policy))
        return self.last[1]

    def best(
        self, discount: float, policy: IntArray | None, penalty: FloatArray | None = None
    ) -> tuple[IntArray, float]:
        """Return a policy that gains, or a best response, and its gain."""
        points = self.keeping.points if penalty is None else self.keeping.points - penalty[self.keeping.states]
        return best_course(self.game, self.actor, discount, policy, self.keeping.worth(discount, points), penalty)
