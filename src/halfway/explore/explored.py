"""What exploring a case found: plans over futures, the boxes in which they fail, and under which weights each is best."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from halfway.explore.levers import Levers
from halfway.explore.measures import Measures
from halfway.explore.scenarios.prim import Discovery
from halfway.explore.weights.ranked import RankedComparison
from halfway.explore.weights.regions import Region
from halfway.record import HIDDEN, shown
from halfway.result import Provenance, Result, Table
from halfway.space.arrays import BoolArray, FloatArray


@dataclass(frozen=True)
class InputLimit:
    """One limit of a box in the units of its estimate.

    Attributes
    ----------
    input : str
        Path of the estimate.
    low, high : float or None
        Open where None.
    among : tuple of str or None
        For inputs that take one of a few names.
    quasi_p : float
    reproduced : float or None
        In what share of resampled halves the input is limited again.
    """

    input: str
    low: float | None
    high: float | None
    among: tuple[str, ...] | None
    quasi_p: float
    reproduced: float | None


@dataclass(frozen=True)
class BoxRow:
    """One box of a search.

    Attributes
    ----------
    coverage, density, density_error, mass : float
        Shares; see `halfway.explore.scenarios.prim.Box`.
    limits : tuple of InputLimit
    """

    coverage: float
    density: float
    density_error: float
    mass: float
    limits: tuple[InputLimit, ...]


@dataclass(frozen=True)
class Boxes:
    """Where a plan fails.

    Attributes
    ----------
    rule : str
        What counts as success.
    failing : float
        Share of futures in which it is not met.
    chosen : int or None
        Position of the default box in `boxes`.
    boxes : tuple of BoxRow
    """

    rule: str
    failing: float
    chosen: int | None
    boxes: tuple[BoxRow, ...]


@dataclass(frozen=True)
class PlanFutures:
    """One plan over the futures.

    Attributes
    ----------
    title : str
    success : float
        Share of futures in which the rule of success is met.
    signed, kept : float
        Share in which every signatory accepts it, and in which nobody is materially tempted.
    measures : mapping from actor to Measures
    boxes : Boxes or None
    refused : str or None
        Why the plan could not be explored.
    satisfied : mapping from condition to float
        For each condition of the rule of success, the share of futures in which it holds by itself.
    findings : mapping from rule to float
        For each rule of the audit that was asked, the share of futures in which it finds something.
    """

    title: str
    success: float | None
    signed: float | None
    kept: float | None
    measures: Mapping[str, Measures]
    boxes: Boxes | None
    refused: str | None = None
    satisfied: Mapping[str, float] = field(default_factory=dict)
    findings: Mapping[str, float] = field(default_factory=dict)

    @property
    @shown()
    def best_nowhere(self) -> tuple[str, ...]:
        """Actors for whom some other plan is better in every future."""
        return tuple(a for a, m in self.measures.items() if m.best_nowhere)


@dataclass(frozen=True)
class ExploreResult(Result):
    """Plans over futures. Probabilities of futures are sampling weights.

    Attributes
    ----------
    plans : mapping from plan to PlanFutures
    futures : int
    dimensions : tuple of str
        The uncertain estimates, by path.
    weights : mapping from actor to tuple of Region
        Under which of the actor's weights each plan is best for it.
    ranked : mapping from actor to mapping from pair of plans to RankedComparison
        How two plans (``FIRST>SECOND``) compare where only the order of the actor's weights is known.
    digest : str
        Of all rows; the same however they were computed.
    computed : int
        Parts computed in this call; the others were found.
    levers : mapping from plan to Levers
        What moves the answer, where it was asked for.
    utility : ndarray of float, shape (plan, future, actor)
    met : mapping from plan to ndarray of bool, shape (future,)
    """

    plans: Mapping[str, PlanFutures]
    futures: int
    dimensions: tuple[str, ...]
    weights: Mapping[str, tuple[Region, ...]]
    ranked: Mapping[str, Mapping[str, RankedComparison]]
    digest: str
    computed: int
    levers: Mapping[str, Levers]
    actors: tuple[str, ...] = field(metadata=HIDDEN)
    utility: FloatArray = field(metadata=HIDDEN)
    met: Mapping[str, BoolArray] = field(metadata=HIDDEN)
    provenance: Provenance = field(kw_only=True)

    def tables(self) -> dict[str, Table]:
        """Return the tables ``measures``, ``futures``, ``boxes``, ``levers``, ``weights`` and ``satisfied``."""
        names = ("maximum_regret", "ninetieth_regret", "mean_regret", "worst_decile", "mean", "best_share")
        measures = tuple(
            (plan, actor, *(getattr(m, n) for n in names))
            for plan, found in self.plans.items()
            for actor, m in found.measures.items()
        )
        shown_plans = [p for p, found in self.plans.items() if found.refused is None]
        futures = tuple(
            (int(f), plan, int(self.met[plan][f]), *(float(x) for x in self.utility[k, f]))
            for k, plan in enumerate(shown_plans)
            for f in np.arange(self.futures)
        )
        boxes = tuple(
            (plan, n, int(n == b.chosen), r.coverage, r.density, r.mass, x.input, x.low, x.high, x.quasi_p)
            for plan, found in self.plans.items()
            if (b := found.boxes) is not None
            for n, r in enumerate(b.boxes)
            for x in r.limits
        )
        weights = tuple(
            (actor, "+".join(r.plans), r.share, issue, low, high)
            for actor, regions in self.weights.items()
            for r in regions
            for issue, (low, high) in r.ranges.items()
        )
        satisfied = tuple(
            (plan, kind, name, share)
            for plan, found in self.plans.items()
            for kind, shares in (("condition", found.satisfied), ("finding", found.findings))
            for name, share in shares.items()
        )
        box_columns = ("plan", "box", "default", "coverage", "density", "mass", "input", "low", "high", "quasi_p")
        return {
            "measures": Table("measures", ("plan", "actor", *names), measures),
            "futures": Table("futures", ("future", "plan", "success", *(f"utility_{a}" for a in self.actors)), futures),
            "boxes": Table("boxes", box_columns, boxes),
            "levers": Table("levers", _LEVER_COLUMNS, tuple(_lever_rows(self.levers))),
            "weights": Table("weights", ("actor", "plan", "share", "issue", "low", "high"), weights),
            "satisfied": Table("satisfied", ("plan", "kind", "name", "share"), satisfied),
        }


_LEVER_COLUMNS = (
    "plan", "actor", "kind", "input", "value", "low", "high", "total", "total_low", "total_high", "centre", "grade", "within",
)  # fmt: skip
"""Kinds: ``share`` (first-order and total Sobol index with their intervals), ``break_even``, ``turn``."""


def _lever_rows(found: Mapping[str, Levers]) -> Iterator[tuple[str | float | None, ...]]:
    for plan, own in found.items():
        for actor, shares in own.shares.items():
            for v in shares:
                total = (v.total, v.total_low, v.total_high)
                yield (plan, actor, "share", v.input, v.first, v.first_low, v.first_high, *total, None, None, None)
        for actor, evens in own.break_evens.items():
            for b in evens:
                within = None if b.within is None else int(b.within)
                yield (plan, actor, "break_even", b.input, b.at, b.low, b.high, *(None,) * 3, b.centre, None, within)
        for t in own.turns:
            yield (plan, None, "turn", t.input, t.value, *(None,) * 5, None, t.grade, None)


def boxes_of(rule: str, found: Discovery, scales: Mapping[str, tuple[str, ...]]) -> Boxes:
    """Put what a search found into the units of the estimates."""
    rows = tuple(
        BoxRow(
            b.coverage,
            b.density,
            b.density_error,
            b.mass,
            tuple(
                InputLimit(
                    name,
                    limit.low,
                    limit.high,
                    None if limit.among is None else tuple(scales[name][i] for i in sorted(limit.among)),
                    b.quasi_p[name],
                    b.reproduced.get(name),
                )
                for name, limit in b.limits.items()
            ),
        )
        for b in found.trajectory
    )
    return Boxes(rule, found.base, found.chosen, rows)
