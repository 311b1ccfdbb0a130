"""What playing a plan many times brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from halfway.space.arrays import FloatArray, IntArray

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Answers:
    """What one body at home did in many futures.

    Attributes
    ----------
    actor, body : str
    changed : ndarray of int, shape (period + 1,)
        In how many runs it first changed hands after so many periods.
    refused : ndarray of int, shape (period + 1,)
        The same for its first refusal, whether or not another body had taken the actor out before.
    """

    actor: str
    body: str
    changed: IntArray
    refused: IntArray


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
        In how many runs an actor withdrew after so many periods.
    """

    runs: int
    periods: int
    draws: int
    seed: int
    actors: tuple[str, ...]
    phase_names: tuple[str, ...]
    strategies: Mapping[str, str]
    departing: tuple[str, ...]
    survival: FloatArray
    survival_errors: FloatArray
    first_breach: Mapping[str, IntArray]
    phases: FloatArray
    means: FloatArray
    quantiles: FloatArray
    averages: FloatArray
    errors: FloatArray
    resets: FloatArray
    by_resets: FloatArray
    by_resets_errors: FloatArray
    losses: Mapping[str, float]
    losses_errors: Mapping[str, float]
    answers: tuple[Answers, ...] = ()
    withdrew: Mapping[str, IntArray] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "runs": self.runs,
            "periods": self.periods,
            "draws": self.draws,
            "seed": self.seed,
            "strategies": dict(self.strategies),
            "departing": list(self.departing),
            "survival": _plain(self.survival),
            "survival_error": _plain(self.survival_errors),
            "first_breach": {
                a: {
                    "ever": float(1 - h[-1] / self.runs),
                    "median": _median(h, self.runs),
                    "by_period": [int(x) for x in h[:-1]],
                }
                for a, h in self.first_breach.items()
            },
            "phases": {n: _plain(self.phases[:, k]) for k, n in enumerate(self.phase_names)},
            "welfare": {
                a: {
                    "mean": float(self.averages[k]),
                    "error": float(self.errors[k]),
                    "by_period": _plain(self.means[:, k]),
                    "fan": {f"{q:g}": _plain(self.quantiles[n, :, k]) for n, q in enumerate(QUANTILES)},
                }
                for k, a in enumerate(self.actors)
            },
            "resets": [
                {
                    "resets": k,
                    "share": float(share),
                    "welfare": {a: float(self.by_resets[k, n]) for n, a in enumerate(self.actors)},
                    "error": {a: _known(self.by_resets_errors[k, n]) for n, a in enumerate(self.actors)},
                }
                for k, share in enumerate(self.resets)
                if share > 0
            ],
            "losses": dict(self.losses),
            "losses_error": dict(self.losses_errors),
            "ratification": [
                {
                    "actor": one.actor,
                    "body": one.body,
                    "changed_hands": _times(one.changed, self.runs),
                    "refused": _times(one.refused, self.runs),
                }
                for one in self.answers
            ],
            "withdrew": {a: _times(h, self.runs) for a, h in self.withdrew.items()},
        }


def _plain(values: FloatArray) -> list[float]:
    return [float(x) for x in values]


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _times(histogram: IntArray, runs: int) -> dict[str, Any]:
    """Return how often something happened; ``by_period`` begins with what came before the first."""
    ever = float(histogram.sum() / runs)
    return {"ever": ever, "error": float(np.sqrt(ever * (1 - ever) / runs)), "by_period": [int(x) for x in histogram]}


def _median(histogram: IntArray, runs: int) -> int | None:
    summed = np.cumsum(histogram[:-1])
    at = np.flatnonzero(2 * summed >= runs)
    return int(at[0]) + 1 if len(at) else None
