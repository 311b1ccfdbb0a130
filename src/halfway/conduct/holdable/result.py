"""Packages that could hold: counted, with the best of them, and how far the plan is from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any, NamedTuple

import numpy as np

from halfway.case.support import ask
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.holdable.bounds import too_many_signs
from halfway.conduct.holdable.judge import Holding, digits_of, holding, holding_of, number_of
from halfway.conduct.holdable.punishment import fallback, hardest
from halfway.conduct.holdable.stage_game import Stage
from halfway.conduct.verdicts.enforcement import deciding
from halfway.record import HIDDEN
from halfway.seeds import generator
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.plan.compile_rules import signals_of
from halfway.space.utilities.space import Space
from halfway.tolerances import GAIN

SAMPLE = 4_000
"""Packages judged where all are too many."""

MOST_LISTED = 12
"""Points of a frontier that are listed."""

_SLAB = 1 << 18


class InTheWay(NamedTuple):
    """How many packages are ruled out because one actor would depart: for it alone, and in all."""

    alone: int
    in_all: int


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
        improves on for the plan's parties; each with the points of every actor. Those listed first leave the party
        that gets least the most; no more than `MOST_LISTED` are listed.
    best_of : str
        Which of the two sets `best` is drawn from.
    frontier : int
        How many points that frontier has, packages of the same worth to all parties counted once.
    plan_package : mapping
        What the plan comes to in the long run.
    plan_not_ruled_out, plan_can_be_held : bool
    distance, distance_held : int or None
        On how many issues the plan's package differs from the nearest package that is not ruled out, and that can be
        held (of a sample: among those judged); None where there is none.
    nearest, nearest_held : mapping or None
        These packages; the first in the order of the file where several are as near.
    in_the_way : mapping from actor to (int, int)
        How many packages are ruled out because that actor would depart: for it alone, and in all. Empty for a sample.
    bound : str
        Whether the hardest punishment is exact or bounded, and whether a fallback is known.
    one_package : bool
        Whether the kept plan comes to one package for ever (see `one_package`). Where it does not, the bound, which is for
        one package kept for ever, says nothing of the plan.
    holding : Holding or None
        The verdict on every package; None for a sample.
    """

    packages: int
    exact: bool
    not_ruled_out: float
    can_be_held: float
    error: float
    best: tuple[dict[str, Any], ...]
    best_of: str
    frontier: int
    plan_package: dict[str, str]
    plan_not_ruled_out: bool
    plan_can_be_held: bool
    distance: int | None
    distance_held: int | None
    nearest: Mapping[str, str] | None
    nearest_held: Mapping[str, str] | None
    in_the_way: Mapping[str, InTheWay]
    bound: str
    one_package: bool = True
    holding: Holding | None = field(default=None, repr=False, compare=False, metadata=HIDDEN)


def one_package(whole: Study) -> bool:
    """Tell whether a kept plan comes to one package for ever, of which a bound on packages can speak.

    It does where the same package is in force in every period, false alarms included, nobody is paid anything, and no
    actor can bring the plan to a state that is worth more to it than keeping.
    """
    automaton = whole.kept.automaton
    packages = automaton.packages[automaton.situation_of]
    if (packages != packages[0]).any() or whole.plan.transfers:
        return False
    for name, kind in deciding(whole):
        for priced in whole.reached(name, kind):
            values = whole.kept_value(priced, name, kind)
            if values.max() > values[0] + GAIN:
                return False
    return True


def stage_of(whole: Study) -> Stage | None:
    """Return the stage game of a study's case; None where the case states no status quo.

    A signal speaks against an agreed option if it is declared a breach or, undeclared, bears the name of another option.
    Three kinds do not: one that bears the agreed option's own name, one that mostly shows when that option is in force,
    and one that no other option makes likelier.
    """
    space, case = whole.space, whole.case
    if space.status_quo is None:
        return None
    reach, direct, breach, rows = [], [], [], []
    for i, (issue, names) in enumerate(zip(case.issues.values(), signals_of(space), strict=True)):
        options = space.options[i]
        can = np.array([[issue.may_follow(a, b) for b in options] for a in options], dtype=np.bool_)
        direct.append(can.copy())
        for k in range(len(options)):
            can |= can[:, [k]] & can[[k], :]
        reach.append(can)
        observed = whole.rules.observed[i]
        table = np.zeros((len(options), len(options)))
        for x, agreed in enumerate(options):
            for s, signal in enumerate(names):
                declared = issue.is_breach(signal)
                bad = signal in options if declared is None else declared
                tells = observed[x, s] < 0.5 and observed[:, s].max() > observed[x, s]
                if bad and signal != agreed and tells:
                    table[x] += observed[:, s]
        breach.append(np.clip(table, 0.0, 1.0))
        rows.append(observed[: len(options)])
    return Stage(
        space.points, space.bounds, whole.rules.setters, tuple(reach), space.status_quo, tuple(breach), tuple(rows),
        tuple(direct),
    )  # fmt: skip


def holdable(whole: Study, plan_package: IntArray, seed: int) -> Holdable | None:
    """Judge every package of the space, or a sample where they are too many.

    Returns None where the case states no status quo, from which departures and punishments start, or where even a
    sample would take too long.

    Parameters
    ----------
    whole : Study
    plan_package : ndarray of int, shape (issue,)
        What the plan comes to in the long run.
    seed : int
        For the sample.
    """
    ask(whole.case, "holdable", whole.plan)
    stage = stage_of(whole)
    if stage is None:
        return None
    space = whole.space
    parties = [space.actor(a) for a in whole.case.signatories(whole.plan)]
    found = holding(stage, whole.patiences, plan_package)
    if found is None:
        return _sampled(whole, stage, plan_package, parties, seed)
    upper, lower = found.not_ruled_out, found.can_be_held
    kind = "can_be_held" if lower.distance is not None else "not_ruled_out"
    best = frontier_of(space, np.flatnonzero(getattr(found, kind).holds), parties)
    number = number_of(plan_package, space.sizes)
    return Holdable(
        packages=upper.feasible,
        exact=True,
        not_ruled_out=float(upper.holds.sum()),
        can_be_held=float(lower.holds.sum()),
        error=0.0,
        best=listed(space, best, parties),
        best_of=kind,
        frontier=len(best),
        plan_package=space.labels(plan_package),
        plan_not_ruled_out=bool(upper.verdicts[number] == 0),
        plan_can_be_held=bool(lower.verdicts[number] == 0),
        distance=upper.distance,
        distance_held=lower.distance,
        nearest=_labels(space, upper.nearest),
        nearest_held=_labels(space, lower.nearest),
        in_the_way={
            a: InTheWay(int(upper.alone[n]), int(upper.failing[n]))
            for n, a in enumerate(space.actors)
            if upper.failing[n]
        },
        bound=_bound(stage, whole.patiences),
        one_package=one_package(whole),
        holding=found,
    )


def _sampled(whole: Study, stage: Stage, plan_package: IntArray, parties: list[int], seed: int) -> Holdable | None:
    space = whole.space
    total = prod(space.sizes)
    rng = generator(seed, "conduct", "holdable")
    packages = np.stack([rng.integers(0, n, SAMPLE) for n in space.sizes], axis=1).astype(np.int64)
    packages = packages[stage.feasible(packages)]
    judged = holding_of(stage, whole.patiences, np.vstack([packages, plan_package[None, :]]))
    if judged is None:
        return None
    upper, lower = judged[0][:-1], judged[1][:-1]
    kind = "can_be_held" if lower.any() else "not_ruled_out"
    chosen = packages[lower if lower.any() else upper]
    keep = undominated_rows(counts_of(space, chosen, parties))
    apart = [(p, (p != plan_package).sum(axis=1)) for p in (packages[upper], packages[lower])]
    near = [(None, None) if not len(p) else (int(d.min()), space.labels(p[int(d.argmin())])) for p, d in apart]
    return Holdable(
        packages=len(packages),
        exact=False,
        not_ruled_out=float(upper.sum()) * total / SAMPLE,
        can_be_held=float(lower.sum()) * total / SAMPLE,
        error=max(standard_error(int(x.sum()), SAMPLE) * total for x in (upper, lower)),
        best=described(space, chosen[keep], parties),
        best_of=kind,
        frontier=len(keep),
        plan_package=space.labels(plan_package),
        plan_not_ruled_out=bool(judged[0][-1]),
        plan_can_be_held=bool(judged[1][-1]),
        distance=near[0][0],
        distance_held=near[1][0],
        nearest=near[0][1],
        nearest_held=near[1][1],
        in_the_way={},
        bound=_bound(stage, whole.patiences),
        one_package=one_package(whole),
    )


def _bound(stage: Stage, patience: FloatArray) -> str:
    said = "exact: what each actor can be held down to is exact"
    if not all(hardest(stage, a).exact for a in range(stage.utilities.actors)):
        said = "what some actor can be held down to is bounded from below, so that fewer packages are ruled out"
    if any(too_many_signs(stage, a) for a in range(stage.utilities.actors)):
        said += "; a departure on many noisy issues at once is taken to be sure to show, so that fewer packages are ruled out"
    if fallback(stage, patience) is None:
        said += (
            "; no package can be said to be held, since what play would fall back to is not known: best replies come to no "
            "rest, or too many issues are tied"
        )
    return said


def _labels(space: Space, number: int | None) -> dict[str, str] | None:
    return None if number is None else space.labels(digits_of(np.array([number]), space.sizes)[0])


def standard_error(hits: int, count: int) -> float:
    """Return the standard error of a share found in a sample."""
    # Agresti and Coull's two added successes and failures keep the error honest where there is no hit.
    share = (hits + 2) / (count + 4)
    return float(np.sqrt(share * (1 - share) / (count + 4)))


def counts_of(space: Space, packages: IntArray, parties: list[int]) -> IntArray:
    """Return the parties' scaled utilities, exact, shape ``(package, party)``."""
    tables = space.utilities
    out = np.zeros((len(packages), len(parties)), dtype=np.int64)
    for i, table in enumerate(tables.tables):
        out += np.asarray(table, dtype=np.int64)[parties].T[packages[:, i]]
    for link in tables.linkages:
        points = np.asarray(link.points, dtype=np.int64)[parties]
        if points.any():
            index: tuple[Any, ...] = (slice(None), *(packages[:, i] for i in link.issues))
            out += points[index].reshape(len(parties), -1).T
    return out


def undominated_rows(vectors: IntArray) -> IntArray:
    """Return the rows that no other row improves on in every column, equals once; ascending."""
    from halfway.conduct.holdable.kernel import undominated

    if not vectors.size:
        return np.zeros(0, dtype=np.int64)
    # Rows that a few of the best exclude need no sorting.
    for k in {int(vectors[:, c].argmax()) for c in range(vectors.shape[1])} | {int(vectors.sum(axis=1).argmax())}:
        beaten = (vectors <= vectors[k]).all(axis=1)
        beaten[k] = False
        if beaten.any():
            left = np.flatnonzero(~beaten)
            return left[undominated_rows(vectors[left])]
    order = np.lexsort(tuple(-vectors[:, c] for c in reversed(range(vectors.shape[1]))))
    ordered = vectors[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    order = order[new]
    return np.sort(order[undominated(np.ascontiguousarray(vectors[order]))])


def frontier_of(space: Space, numbers: IntArray, parties: list[int], slab: int = _SLAB) -> IntArray:
    """Return the packages that no other of them improves on for all parties, packages of the same worth once.

    Parameters
    ----------
    space : Space
    numbers : ndarray of int, shape (package,)
        Of packages, in the order of `all_packages`.
    parties : list of int
    slab : int
        How many packages are spread out at a time.

    Returns
    -------
    ndarray of int, shape (point,)
        Their numbers, ascending.
    """
    if not parties:
        return np.zeros(0, dtype=np.int64)
    kept = np.zeros(0, dtype=np.int64)
    vectors = np.zeros((0, len(parties)), dtype=np.int64)
    for start in range(0, len(numbers), slab):
        part = numbers[start : start + slab]
        kept = np.concatenate([kept, part])
        vectors = np.concatenate([vectors, counts_of(space, digits_of(part, space.sizes), parties)])
        best = undominated_rows(vectors)
        kept, vectors = kept[best], vectors[best]
    return kept


def listed(space: Space, numbers: IntArray, parties: list[int], most: int = MOST_LISTED) -> tuple[dict[str, Any], ...]:
    """Return packages with the points of every actor, first those that leave the party that gets least the most."""
    return described(space, digits_of(numbers, space.sizes), parties, most)


def described(
    space: Space, packages: IntArray, parties: list[int], most: int = MOST_LISTED
) -> tuple[dict[str, Any], ...]:
    """Do as `listed`, for packages of shape ``(package, issue)``."""
    if not len(packages) or not parties:
        return ()
    values: FloatArray = space.values(packages)
    order = np.argsort(-values[parties].min(axis=0), kind="stable")[:most]
    return tuple(
        {
            "package": space.labels(packages[k]),
            "utilities": {a: float(values[n, k]) for n, a in enumerate(space.actors)},
        }
        for k in order
    )
