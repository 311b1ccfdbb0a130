"""What playing a plan many times brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from halfway.record import HIDDEN, shown, shown_as
from halfway.space.arrays import FloatArray, IntArray

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Answers:
    """What one body at home did in many futures.

    Attributes
    ----------
    actor, body : str
    changed : ndarray of int, shape (period + 1,)
        In how many runs it first changed hands, by the period after which it did.
    refused : ndarray of int, shape (period + 1,)
        The same for its first refusal, whether or not another body had taken the actor out before.
    """

    actor: str
    body: str
    changed: IntArray
    refused: IntArray


@dataclass(frozen=True)
class FirstBreach:
    """When an actor first departed.

    Attributes
    ----------
    ever : float
        Share of futures in which it did.
    median : int or None
        The first period, from 1, by which it had in half of all futures; None where it had in fewer.
    by_period : tuple of int
        In how many futures it was in each period.
    """

    ever: float
    median: int | None
    by_period: tuple[int, ...]


@dataclass(frozen=True)
class Times:
    """How often something happened.

    Attributes
    ----------
    ever, error : float
        Share of futures, and its standard error.
    by_period : tuple of int
        In how many futures it was after so many periods; the first entry is before the first.
    """

    ever: float
    error: float
    by_period: tuple[int, ...]


@dataclass(frozen=True)
class Welfare:
    """What the futures brought an actor.

    Attributes
    ----------
    mean, error : float
        Of the discounted averages, in points, and its standard error.
    by_period : list of float
        Mean points in each period.
    fan : mapping from quantile to list of float
        Of the points in each period.
    """

    mean: float
    error: float
    by_period: list[float]
    fan: Mapping[str, list[float]]


@dataclass(frozen=True)
class Resets:
    """Futures with a number of resets.

    Attributes
    ----------
    resets : int
    share : float
        Of all futures.
    welfare, error : mapping from actor to float
        Mean discounted average of these futures, and its standard error; None where there are too few.
    """

    resets: int
    share: float
    welfare: Mapping[str, float]
    error: Mapping[str, float]


@dataclass(frozen=True)
class BodyAnswers:
    """How often a body at home changed hands, and how often it refused."""

    actor: str
    body: str
    changed_hands: Times
    refused: Times


@dataclass(frozen=True)
class Played:
    """What happened in many futures.

    Standard errors are between runs; where numbers are uncertain, between draws of them, since the runs of one draw share
    its luck.

    Attributes
    ----------
    runs, periods, draws, seed : int
    strategies : mapping from actor to str
        Fixed ones; all other actors do what pays their type.
    departing : tuple of str
        Actors whose conduct was played out; for all others keeping is best.
    survival, survival_errors : ndarray of float, shape (period + 1,)
        Share of runs in which nobody has departed before period 1, 2, …, and by the end, and its standard error.
    first_breach : mapping from actor to ndarray of int, shape (period + 1,)
        In how many runs its first departure came in each period; last: never.
    phases : ndarray of float, shape (period, phase)
        Share of runs in each phase.
    means : ndarray of float, shape (period, actor)
    quantiles : ndarray of float, shape (quantile, period, actor)
        Of each actor's points in a period, over runs.
    averages, errors : ndarray of float, shape (actor,)
        Mean of the runs' discounted averages over the horizon, and its standard error.
    resets : ndarray of float, shape (count,)
        Share of runs with 0, 1, … resets.
    by_resets, by_resets_errors : ndarray of float, shape (count, actor)
        Mean discounted average of the runs with so many, and its standard error; not a number where there was none
        (for the error: where there were fewer than two).
    losses, losses_errors : mapping from actor to float
        Of actors outside the room: the mean over the horizon against the status quo, in points a period, and its
        standard error.
    answers : tuple of Answers
        What bodies at home did.
    withdrew : mapping from actor to ndarray of int, shape (period + 1,)
        In how many runs an actor withdrew, by the period after which it did.
    """

    runs: int
    periods: int
    draws: int
    seed: int
    actors: tuple[str, ...] = field(metadata=HIDDEN)
    phase_names: tuple[str, ...] = field(metadata=HIDDEN)
    strategies: Mapping[str, str]
    departing: tuple[str, ...]
    survival: FloatArray
    survival_errors: FloatArray = field(metadata=shown_as("survival_error"))
    first_breach: Mapping[str, IntArray] = field(metadata=HIDDEN)
    phases: FloatArray = field(metadata=HIDDEN)
    means: FloatArray = field(metadata=HIDDEN)
    quantiles: FloatArray = field(metadata=HIDDEN)
    averages: FloatArray = field(metadata=HIDDEN)
    errors: FloatArray = field(metadata=HIDDEN)
    resets: FloatArray = field(metadata=HIDDEN)
    by_resets: FloatArray = field(metadata=HIDDEN)
    by_resets_errors: FloatArray = field(metadata=HIDDEN)
    losses: Mapping[str, float]
    losses_errors: Mapping[str, float] = field(metadata=shown_as("losses_error"))
    answers: tuple[Answers, ...] = field(default=(), metadata=HIDDEN)
    withdrew: Mapping[str, IntArray] = field(default_factory=dict, metadata=HIDDEN)

    @cached_property
    @shown("first_breach", after="survival_error")
    def breaches(self) -> dict[str, FirstBreach]:
        """When each actor first departed."""
        return {
            a: FirstBreach(float(1 - h[-1] / self.runs), _median(h, self.runs), tuple(int(x) for x in h[:-1]))
            for a, h in self.first_breach.items()
        }

    @cached_property
    @shown("phases", after="first_breach")
    def phase_shares(self) -> dict[str, list[float]]:
        """Share of runs in each phase, period by period."""
        return {n: _plain(self.phases[:, k]) for k, n in enumerate(self.phase_names)}

    @cached_property
    @shown(after="phases")
    def welfare(self) -> dict[str, Welfare]:
        """What the futures brought each actor."""
        return {
            a: Welfare(
                float(self.averages[k]),
                float(self.errors[k]),
                _plain(self.means[:, k]),
                {f"{q:g}": _plain(self.quantiles[n, :, k]) for n, q in enumerate(QUANTILES)},
            )
            for k, a in enumerate(self.actors)
        }

    @cached_property
    @shown("resets", after="welfare")
    def reset_shares(self) -> tuple[Resets, ...]:
        """How many futures had how many resets, and what they brought."""
        return tuple(
            Resets(
                k,
                float(share),
                {a: float(self.by_resets[k, n]) for n, a in enumerate(self.actors)},
                {a: float(self.by_resets_errors[k, n]) for n, a in enumerate(self.actors)},
            )
            for k, share in enumerate(self.resets)
            if share > 0
        )

    @cached_property
    @shown(after="losses_error")
    def ratification(self) -> tuple[BodyAnswers, ...]:
        """What bodies at home did, and how often."""
        return tuple(
            BodyAnswers(one.actor, one.body, _times(one.changed, self.runs), _times(one.refused, self.runs))
            for one in self.answers
        )

    @cached_property
    @shown("withdrew", after="ratification")
    def withdrawals(self) -> dict[str, Times]:
        """How often each actor withdrew."""
        return {a: _times(h, self.runs) for a, h in self.withdrew.items()}


def _plain(values: FloatArray) -> list[float]:
    return [float(x) for x in values]


def _times(histogram: IntArray, runs: int) -> Times:
    ever = float(histogram.sum() / runs)
    return Times(ever, float(np.sqrt(ever * (1 - ever) / runs)), tuple(int(x) for x in histogram))


def _median(histogram: IntArray, runs: int) -> int | None:
    summed = np.cumsum(histogram[:-1])
    at = np.flatnonzero(2 * summed >= runs)
    return int(at[0]) + 1 if len(at) else None
