"""Packages that could hold: counted, with the best of them, and how far the plan is from them."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from halfway.conduct.stage import Holding, Stage, departure_count, holding
from halfway.conduct.study import Study
from halfway.seeds import generator
from halfway.space.arrays import FloatArray, IntArray, all_packages
from halfway.space.compile_rules import signals_of

MOST_PACKAGES = 300_000
"""Up to so many packages all are judged; beyond, a sample."""

_SAMPLE = 20_000
_MOST_WORK = 4_000_000
_MOST_LISTED = 12


@dataclass(frozen=True)
class Holdable:
    """How many packages could hold, and which are the best.

    Attributes
    ----------
    packages : int
        Feasible packages judged.
    exact : bool
        Whether these are all of them, or a sample.
    not_ruled_out, can_be_held : float
        How many (of a sample: the share, scaled to the whole space).
    error : float
        Standard error of both counts, the larger; 0 where exact.
    best : tuple of dict
        Packages that can be held (or, where none can, that are not ruled out) and that no other such package
        improves on for all parties; each with the points of every actor.
    best_of : str
        Which of the two sets `best` is drawn from.
    plan_package : mapping
        What the plan comes to in the long run.
    plan_not_ruled_out, plan_can_be_held : bool
    distance : int or None
        On how many issues the plan's package differs from the nearest package that is not ruled out, among those
        judged.
    bound : str
        Whether the hardest punishment is exact or bounded.
    """

    packages: int
    exact: bool
    not_ruled_out: float
    can_be_held: float
    error: float
    best: tuple[dict[str, Any], ...]
    best_of: str
    plan_package: dict[str, str]
    plan_not_ruled_out: bool
    plan_can_be_held: bool
    distance: int | None
    bound: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {
            "packages": self.packages,
            "exact": self.exact,
            "not_ruled_out": self.not_ruled_out,
            "can_be_held": self.can_be_held,
            "error": self.error,
            "best": list(self.best),
            "best_of": self.best_of,
            "plan_package": self.plan_package,
            "plan_not_ruled_out": self.plan_not_ruled_out,
            "plan_can_be_held": self.plan_can_be_held,
            "distance": self.distance,
            "bound": self.bound,
        }


def stage_of(whole: Study) -> Stage | None:
    """Return the stage game of a study's case; None where the case states no status quo."""
    space, case = whole.space, whole.case
    if space.status_quo is None:
        return None
    reach, breach = [], []
    for i, (issue, names) in enumerate(zip(case.issues.values(), signals_of(space), strict=True)):
        options = space.options[i]
        can = np.array([[issue.may_follow(a, b) for b in options] for a in options], dtype=np.bool_)
        for k in range(len(options)):
            can |= can[:, [k]] & can[[k], :]
        reach.append(can)
        observed = whole.rules.observed[i]
        table = np.zeros((len(options), len(options)))
        for x, agreed in enumerate(options):
            for s, signal in enumerate(names):
                declared = issue.signals.get(signal)
                bad = declared.breach if issue.signals and declared is not None else signal in options
                # What mostly shows when the agreed option is in force is no sign of its breach.
                if bad and signal != agreed and observed[x, s] < 0.5:
                    table[x] += observed[:, s]
        breach.append(np.clip(table, 0.0, 1.0))
    return Stage(space.points, space.bounds, whole.rules.setters, tuple(reach), space.status_quo, tuple(breach))


def holdable(whole: Study, plan_package: IntArray, seed: int) -> Holdable | None:
    """Judge every package of the space, or a sample of a large one.

    Returns None where the case states no status quo, from which departures and punishments start.

    Parameters
    ----------
    whole : Study
    plan_package : ndarray of int, shape (issue,)
        What the plan comes to in the long run.
    seed : int
        For the sample.
    """
    stage = stage_of(whole)
    if stage is None:
        return None
    sizes = whole.space.sizes
    total = prod(sizes)
    ways = sum(departure_count(stage, a) for a in range(stage.utilities.actors))
    exact = total <= MOST_PACKAGES and total * ways <= _MOST_WORK
    if exact:
        packages = all_packages(sizes)
    else:
        count = max(min(_SAMPLE, _MOST_WORK // max(ways, 1)), 200)
        rng = generator(seed, "conduct", "holdable")
        packages = np.stack([rng.integers(0, n, count) for n in sizes], axis=1)
    packages = packages[stage.feasible(packages)]
    judged = holding(stage, packages, whole.patiences)
    own = holding(stage, plan_package[None, :], whole.patiences)
    scale = 1.0 if exact else total / max(count, 1)
    passing = packages[judged.not_ruled_out]
    kind, chosen = _pick(judged, packages)
    parties = [whole.space.actor(a) for a in whole.case.signatories(whole.plan)]
    return Holdable(
        packages=len(packages),
        exact=exact,
        not_ruled_out=float(judged.not_ruled_out.sum()) * scale,
        can_be_held=float(judged.can_be_held.sum()) * scale,
        error=0.0 if exact else max(_error(int(x.sum()), count) * total for x in _both(judged)),
        best=_best(whole, chosen, parties),
        best_of=kind,
        plan_package=whole.space.labels(plan_package),
        plan_not_ruled_out=bool(own.not_ruled_out[0]),
        plan_can_be_held=bool(own.can_be_held[0]),
        distance=int((passing != plan_package).sum(axis=1).min()) if len(passing) else None,
        bound="exact: what each actor can be held down to is exact"
        if stage.additive or all(stage.held_down_exactly(a) is not None for a in range(stage.utilities.actors))
        else "linkages and constraints are left out of the punishment, so that fewer packages are ruled out",
    )


def _both(judged: Holding) -> tuple[Any, Any]:
    return judged.not_ruled_out, judged.can_be_held


def _error(hits: int, count: int) -> float:
    # Agresti and Coull's two added successes and failures keep the error honest where there is no hit.
    share = (hits + 2) / (count + 4)
    return float(np.sqrt(share * (1 - share) / (count + 4)))


def _pick(judged: Holding, packages: IntArray) -> tuple[str, IntArray]:
    if judged.can_be_held.any():
        return "can_be_held", packages[judged.can_be_held]
    return "not_ruled_out", packages[judged.not_ruled_out]


def _best(whole: Study, packages: IntArray, parties: list[int]) -> tuple[dict[str, Any], ...]:
    if not len(packages) or not parties:
        return ()
    values = whole.space.values(packages)
    kept = undominated(values[parties].T)
    order = kept[np.argsort(-values[parties][:, kept].min(axis=0), kind="stable")][:_MOST_LISTED]
    return tuple(
        {
            "package": whole.space.labels(packages[k]),
            "utilities": {a: float(values[n, k]) for n, a in enumerate(whole.space.actors)},
        }
        for k in order
    )


def undominated(points: FloatArray) -> IntArray:
    """Return the rows that no other row improves on in every column, equals once; shape ``(row,)``."""
    _, first = np.unique(np.round(points, 9), axis=0, return_index=True)
    order = first[np.argsort(-points[first].sum(axis=1), kind="stable")]
    kept: list[int] = []
    for k in order:
        if not kept or not (points[kept] >= points[k] - 1e-12).all(axis=1).any():
            kept.append(int(k))
    return np.array(kept, dtype=np.int64)
