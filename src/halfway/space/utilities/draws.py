"""Draws of every uncertain number of a case: named, seeded, the same for every plan that is compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from halfway.case.case import Case
from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.limits import require_memory
from halfway.seeds import generator
from halfway.space.arrays import FloatArray, Mask
from halfway.space.utilities.groups import walk_away_of, wants_of
from halfway.space.utilities.preferences import Wants
from halfway.space.utilities.space import preferences_of, status_quo_of


def sample(estimate: Estimate, rng: np.random.Generator, count: int) -> FloatArray:
    """Draw from one estimate, shape ``(draw,)``; a panel is not drawn here.

    Parameters
    ----------
    estimate : Estimate
    rng : Generator
    count : int
        How many draws.
    """
    p = [float(x) for x in estimate.parameters]
    if estimate.certain:
        return np.full(count, p[0])
    if estimate.kind == "uniform":
        return rng.uniform(p[0], p[1], count)
    if estimate.kind == "triangular":
        return rng.triangular(p[0], p[1], p[2], count) if p[0] < p[2] else np.full(count, p[0])
    if estimate.kind == "beta":
        return estimate.low + (estimate.high - estimate.low) * rng.beta(p[0], p[1], count)
    # Normal, truncated by inverting its distribution between the bounds: one uniform number a draw, never a retry,
    # so that the n-th draw stays the n-th draw.
    from scipy.special import ndtr, ndtri

    low, high = ndtr((estimate.low - p[0]) / p[1]), ndtr((estimate.high - p[0]) / p[1])
    u = rng.uniform(0.0, 1.0, count)
    return np.asarray(np.clip(p[0] + p[1] * ndtri(low + u * (high - low)), estimate.low, estimate.high))


class Drawn(Protocol):
    """Anything that reads estimates as columns of draws: random ones, or points of a design."""

    @property
    def count(self) -> int:
        """How many draws."""

    def read(self, estimate: Estimate, path: Path) -> Any:
        """Return one estimate in every draw, shape ``(draw,)``; a certain number comes back as it is."""


@dataclass(frozen=True)
class Draws:
    """A case's uncertain numbers, drawn.

    Parameters
    ----------
    case : Case
    count : int
        How many draws.
    seed : int
        Root of the streams. Every estimate has a stream of its own, named by its path.
    types : mapping
        Actors to be taken as one of their types.
    """

    case: Case
    count: int
    seed: int
    types: Mapping[str, str]
    _known: dict[tuple[str, str | None], Wants] = field(default_factory=dict, repr=False, compare=False, kw_only=True)

    @cached_property
    def expert(self) -> NDArray[np.int64]:
        """The expert whose numbers each draw takes, across all panels of the case, shape ``(draw,)``."""
        experts = max(len(self.case.experts), 1)
        return generator(self.seed, "experts").integers(0, experts, self.count)

    def read(self, estimate: Estimate, path: Path) -> Any:
        """Draw one estimate, shape ``(draw,)``; a number without uncertainty comes back as the number it is."""
        if estimate.certain:
            return estimate.mean
        names = tuple(str(step) for step in path)
        if estimate.kind != "experts":
            return sample(estimate, generator(self.seed, *names), self.count)
        own = dict(estimate.experts)
        order = list(self.case.experts)
        table = np.stack(
            [
                np.broadcast_to(np.asarray(self.read(e, (*path, name)), dtype=float), self.count)
                for name, e in own.items()
            ]
        )
        column = {name: i for i, name in enumerate(own)}
        # An expert who said nothing here is replaced, in these draws, by one of those who did.
        stand_in = generator(self.seed, *names, "stand-in").integers(0, len(own), self.count)
        which = np.array([column.get(order[int(e)], -1) if order else -1 for e in self.expert], dtype=np.int64)
        return table[np.where(which >= 0, which, stand_in), np.arange(self.count)]

    @cached_property
    def wants(self) -> tuple[Wants, ...]:
        """Every actor's preferences, with an array of draws for each uncertain number."""
        for a in self.case.actors:
            key = (a, self.types.get(a))
            if key not in self._known:
                self._known[key] = wants_of(self.case, a, preferences_of(self.case, *key), self.read)
        return tuple(self._known[a, self.types.get(a)] for a in self.case.actors)

    def as_types(self, types: Mapping[str, str]) -> Draws:
        """Return the same draws with some actors taken as one of their types; what is drawn of the others is shared."""
        return replace(self, types=dict(types))

    @cached_property
    def tables(self) -> tuple[FloatArray, ...]:
        """For each issue the points of each option, shape ``(draw, actor, option)``."""
        return tuple(
            np.stack([np.stack([self._full(x) for x in w.tables[i]], axis=-1) for w in self.wants], axis=1)
            for i in range(len(self.case.issues))
        )

    @cached_property
    def linkages(self) -> tuple[tuple[int, Mask, FloatArray], ...]:
        """Linkages as (actor, where they hold, points of shape ``(draw,)``)."""
        return tuple((a, mask, self._full(points)) for a, w in enumerate(self.wants) for mask, points in w.linkages)

    @cached_property
    def walk_away(self) -> FloatArray:
        """Walk-aways in utility points, shape ``(draw, actor)``."""
        anchor = status_quo_of(self.case)
        package = None if anchor is None else tuple(int(x) for x in anchor)
        columns = [
            walk_away_of(self.case, a, w, preferences_of(self.case, a, self.types.get(a)), package, self.read)
            for a, w in zip(self.case.actors, self.wants, strict=True)
        ]
        return np.stack([self._full(c) for c in columns], axis=1)

    def values(self, packages: NDArray[np.integer]) -> FloatArray:
        """Return utilities in points, shape ``(draw, actor, package)``, for packages of shape ``(package, issue)``."""
        total = np.zeros((self.count, len(self.case.actors), packages.shape[0]))
        for i, table in enumerate(self.tables):
            total += table[:, :, packages[:, i]]
        for actor, mask, points in self.linkages:
            true = mask.table[tuple(packages[:, i] for i in mask.issues)]
            total[:, actor, :] += points[:, None] * true
        return total

    def _full(self, number: Any) -> FloatArray:
        return np.broadcast_to(np.asarray(number, dtype=np.float64), (self.count,))


def draw(case: Case, count: int, seed: int, types: Mapping[str, str] | None = None) -> Draws:
    """Prepare draws; numbers are drawn when they are first asked for.

    Raises
    ------
    Refusal
        Where they would take more memory than is allowed.
    """
    numbers = len(case.actors) * sum(len(issue.options) for issue in case.issues.values())
    # The tables, and once more while they are put together.
    require_memory(16 * count * numbers, f"{count:,} draws of {numbers:,} numbers", "ask for fewer draws")
    return Draws(case, count, seed, dict(types or {}))
