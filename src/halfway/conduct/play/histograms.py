"""Sums and histograms of everything that was played, and the standard errors that follow from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.play.joint_chain import Chain
from halfway.conduct.play.result import QUANTILES, Answers, Played
from halfway.conduct.play.turnover import Body, History, withdrawn
from halfway.space.arrays import FloatArray, IntArray


@dataclass
class _Draw:
    """What the runs of one draw of the uncertain numbers add up to.

    Attributes
    ----------
    sums, squares : ndarray of float, shape (measure,)
    anyone : ndarray of int, shape (period + 1,)
        In how many runs anyone first departed in each period; last: never.
    restarts : ndarray of int, shape (count,)
    by_restarts, by_restarts_squared : ndarray of float, shape (count, measure)
    """

    sums: FloatArray
    squares: FloatArray
    anyone: IntArray
    restarts: IntArray
    by_restarts: FloatArray
    by_restarts_squared: FloatArray


class Tallies:
    """Histograms and sums of all chunks.

    A *measure* is an actor's average with the weights of its patience; after these come, for actors outside the room,
    plain means over the horizon.

    Parameters
    ----------
    whole : Study
    periods : int
    """

    def __init__(self, whole: Study, periods: int) -> None:
        self.whole, self.periods = whole, periods
        self.actors = whole.rules.actors
        seats = whole.case.seats(whole.plan)
        self.outside = [
            a
            for a, n in enumerate(whole.space.actors)
            if seats[n].seat != "party" and whole.space.status_quo is not None
        ]
        self.departing: set[int] = set()
        self.breach = np.zeros((self.actors + 1, periods + 1), dtype=np.int64)
        self.phases = np.zeros((periods, len(whole.rules.phases)), dtype=np.int64)
        self.seen: dict[int, tuple[FloatArray, IntArray]] = {}
        self.draws: list[_Draw] = []
        self.home: Sequence[Body] = ()
        self.changed: dict[tuple[str, str], IntArray] = {}
        self.refused: dict[tuple[str, str], IntArray] = {}
        self.withdrew: dict[str, IntArray] = {}

    def measured(self, points: FloatArray) -> FloatArray:
        """Return the points of each measure, shape ``(row, measure)``."""
        return np.ascontiguousarray(np.concatenate([points, points[:, self.outside]], axis=1))

    def weights(self, discounts: FloatArray) -> FloatArray:
        """Return the weight of each period in each measure, shape ``(period, measure)``."""
        plain = np.full((self.periods, len(self.outside)), 1 / self.periods)
        return np.ascontiguousarray(np.concatenate([discounts, plain], axis=1))

    def begin(self, home: Sequence[Body]) -> None:
        """Begin the next draw."""
        from halfway.conduct.play.streams import MOST_RESETS

        size = self.actors + len(self.outside)
        self.home = home
        self.draws.append(
            _Draw(
                np.zeros(size),
                np.zeros(size),
                np.zeros(self.periods + 1, dtype=np.int64),
                np.zeros(MOST_RESETS, dtype=np.int64),
                np.zeros((MOST_RESETS, size)),
                np.zeros((MOST_RESETS, size)),
            )
        )

    def add(self, chain: Chain, points: FloatArray, found: Any, histories: Sequence[History]) -> None:
        """Add what the kernel found in a chunk, and what became of the bodies in it."""
        visits, sums, squares, breach, restarts, by_restarts, by_restarts_squared = found
        draw = self.draws[-1]
        draw.sums += sums
        draw.squares += squares
        draw.anyone += breach[-1]
        draw.restarts += restarts
        draw.by_restarts += by_restarts
        draw.by_restarts_squared += by_restarts_squared
        self.breach += breach
        for p in range(self.phases.shape[1]):
            self.phases[:, p] += visits[:, chain.phases == p].sum(axis=1)
        known = self.seen.get(id(points))
        self.seen[id(points)] = (points, visits if known is None else known[1] + visits)
        for body, one in zip(self.home, histories, strict=True):
            key = (body.actor, body.name)
            self._note(self.changed, key, one.changed)
            self._note(self.refused, key, one.refused)
        for actor in dict.fromkeys(b.actor for b in self.home):
            own = [h for b, h in zip(self.home, histories, strict=True) if b.actor == actor]
            self._note(self.withdrew, actor, withdrawn(own))

    def _note(self, into: dict[Any, IntArray], key: Any, after: IntArray) -> None:
        at = after[after <= self.periods]
        into[key] = into.get(key, np.zeros(self.periods + 1, dtype=np.int64)) + np.bincount(
            at, minlength=self.periods + 1
        )

    def result(self, runs: int, draws: int, seed: int, strategies: Mapping[str, str]) -> Played:
        """Return what it all came to."""
        space = self.whole.space
        points = np.concatenate([p for p, _ in self.seen.values()])
        visits = np.concatenate([v for _, v in self.seen.values()], axis=1)
        sizes = np.array([d.anyone.sum() for d in self.draws])
        averages, errors = _mean(
            sizes, np.array([d.sums for d in self.draws]), np.sum([d.squares for d in self.draws], axis=0)
        )
        departed = np.array([np.concatenate([[0], np.cumsum(d.anyone[:-1])]) for d in self.draws])
        fallen, fallen_errors = _mean(sizes, departed, departed.sum(axis=0))
        restarts = np.array([d.restarts for d in self.draws])
        counts = int(np.flatnonzero(restarts.sum(axis=0)).max()) + 1
        by_resets, by_errors = _mean(
            restarts[:, :counts, None],
            np.array([d.by_restarts[:counts] for d in self.draws]),
            np.sum([d.by_restarts_squared[:counts] for d in self.draws], axis=0),
        )
        before = np.zeros(self.actors) if space.status_quo is None else space.values(space.status_quo)[:, 0]
        names = {a: self.actors + k for k, a in enumerate(self.outside)}
        return Played(
            runs=runs,
            periods=self.periods,
            draws=draws,
            seed=seed,
            actors=space.actors,
            phase_names=self.whole.rules.phase_names,
            strategies=strategies,
            departing=tuple(space.actors[a] for a in sorted(self.departing)),
            survival=1.0 - fallen,
            survival_errors=fallen_errors,
            first_breach={n: self.breach[a] for a, n in enumerate(space.actors) if a in self.departing},
            phases=self.phases / runs,
            means=visits @ points / runs,
            quantiles=_quantiles(points, visits),
            averages=averages[: self.actors],
            errors=errors[: self.actors],
            resets=restarts.sum(axis=0)[:counts] / runs,
            by_resets=by_resets[:, : self.actors],
            by_resets_errors=by_errors[:, : self.actors],
            losses={space.actors[a]: float(averages[k] - before[a]) for a, k in names.items()},
            losses_errors={space.actors[a]: float(errors[k]) for a, k in names.items()},
            answers=tuple(Answers(*key, self.changed[key], self.refused[key]) for key in self.changed),
            withdrew=self.withdrew,
        )


def _mean(sizes: IntArray, sums: FloatArray, squares: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return a mean over runs and its standard error; not a number where there are no runs, or too few for an error.

    With one draw, runs are independent. With several, those of a draw are not: the error is that of a ratio of sums
    over draws (W. G. Cochran, Sampling Techniques, 1977, section 6.3).

    Parameters
    ----------
    sizes : ndarray of int, shape (draw, …)
        Numbers of runs.
    sums : ndarray of float, shape (draw, …)
    squares : ndarray of float, shape (…)
        Sums of squares over all runs.
    """
    draws = len(sizes)
    count = sizes.sum(axis=0).astype(np.float64)
    if sums.ndim > sizes.ndim:
        sizes = sizes.reshape(draws, *[1] * (sums.ndim - 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = sums.sum(axis=0) / count
        if draws == 1:
            spread = np.maximum(squares / count - mean**2, 0.0) / (count - 1)
        else:
            spread = ((sums - mean * sizes) ** 2).sum(axis=0) * draws / (draws - 1) / count**2
        error = np.where(count > 1, np.sqrt(spread), np.nan)
    return mean, error


def _quantiles(points: FloatArray, visits: IntArray) -> FloatArray:
    """Return weighted quantiles of every actor's points in every period, shape ``(quantile, period, actor)``."""
    out = np.zeros((len(QUANTILES), len(visits), points.shape[1]))
    for a in range(points.shape[1]):
        order = np.argsort(points[:, a], kind="stable")
        upto = np.cumsum(visits[:, order], axis=1)
        for n, q in enumerate(QUANTILES):
            at = (upto < q * upto[:, -1:]).sum(axis=1)
            out[n, :, a] = points[order, a][at]
    return out
