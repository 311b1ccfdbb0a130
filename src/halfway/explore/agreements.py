"""Where acceptable and holdable meet: packages that all signatories could sign and that could then hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np

from halfway.case.case import Case
from halfway.case.notes import without_value
from halfway.case.support import ask
from halfway.conduct.game.compiled_plan import Study, study
from halfway.conduct.holdable.bounds import Tables
from halfway.conduct.holdable.judge import holding_of, judge_all, judge_by, number_of
from halfway.conduct.holdable.result import (
    SAMPLE,
    Holdable,
    InTheWay,
    counts_of,
    described,
    frontier_of,
    holdable,
    listed,
    stage_of,
    standard_error,
    undominated_rows,
)
from halfway.conduct.holdable.stage_game import Stage, Term, merged
from halfway.conduct.play.ratification import long_run_package
from halfway.record import HIDDEN
from halfway.result import Provenance
from halfway.seeds import DEFAULT_SEED, generator
from halfway.settle.packages.counting import count_acceptable
from halfway.space.arrays import BoolArray, IntArray, Mask, holds
from halfway.space.compiled import CompiledCase, compile_case
from halfway.space.utilities.space import Space

_TOGETHER = 4096


@dataclass(frozen=True)
class Sets:
    """Which packages belong where.

    Attributes
    ----------
    packages : ndarray of int, shape (package, issue), or None
        The packages meant; None for all, in the order of `all_packages`.
    feasible, acceptable, not_ruled_out, can_be_held : ndarray of bool, shape (package,)
    """

    packages: IntArray | None
    feasible: BoolArray
    acceptable: BoolArray
    not_ruled_out: BoolArray
    can_be_held: BoolArray


@dataclass(frozen=True)
class Agreements:
    """How many packages are acceptable to all signatories, and how many of these could hold.

    Attributes
    ----------
    plan : str
    signatories : tuple of str
    exact : bool
        Whether every package was judged; else `not_ruled_out` and `can_be_held` are estimates from a sample.
    packages : float
        That the constraints allow.
    acceptable : float
        Of these: no red line of a signatory crossed, and to each worth at least walking away. As `halfway settle` counts.
    not_ruled_out, can_be_held : float
        Of the acceptable ones.
    error : float
        Standard error of these two, the larger; 0 where exact.
    frontier : int
        How many points the frontier of the signatories has among acceptable packages that can be held (or, where none
        can, that are not ruled out), packages of the same worth to all signatories counted once.
    best, best_of
        Points of that frontier, as in `Holdable`.
    plan_package : mapping
        What the plan comes to in the long run.
    plan_acceptable, plan_not_ruled_out, plan_can_be_held : bool
    distance : int or None
        On how many issues the plan's package differs from the nearest that is both acceptable and in the set `best_of`.
    nearest : mapping or None
        That package.
    in_the_way : mapping from actor to (int, int)
        How many acceptable packages are ruled out because that actor would depart: for it alone, and in all.
    sets : Sets
    one_package : bool
        Whether the kept plan has one package in force from its first period on.
    """

    plan: str = field(metadata=HIDDEN)
    signatories: tuple[str, ...]
    exact: bool
    packages: float
    acceptable: float
    not_ruled_out: float
    can_be_held: float
    error: float
    frontier: int
    best: tuple[dict[str, Any], ...]
    best_of: str
    plan_package: Mapping[str, str] = field(metadata=HIDDEN)
    plan_acceptable: bool
    plan_not_ruled_out: bool
    plan_can_be_held: bool
    distance: int | None
    nearest: Mapping[str, str] | None
    in_the_way: Mapping[str, InTheWay]
    provenance: Provenance = field(metadata=HIDDEN)
    sets: Sets = field(repr=False, compare=False, metadata=HIDDEN)
    one_package: bool = field(default=True, metadata=HIDDEN)


def agreements(
    case: Case | CompiledCase,
    plan: str | None = None,
    *,
    seed: int = DEFAULT_SEED,
    held: Holdable | None = None,
    package: IntArray | None = None,
) -> Agreements | None:
    """Put side by side what the signatories of a plan could accept and what could hold.

    Returns None where the case states no status quo, from which departures and punishments start, where nobody signs, or
    where even a sample would take too long.

    Parameters
    ----------
    case : Case or CompiledCase
    plan : str, optional
        Default: the first of the case.
    seed : int
        For the sample of a space too large to be judged in full.
    held : Holdable, optional
        What `halfway.conduct.holdable.result.holdable` found for this plan, where it is known already.
    package : ndarray of int, shape (issue,), optional
        What the plan comes to in the long run, where it is known already.

    Raises
    ------
    Refusal
        Where an actor only ranks states or does not discount, or the plan cannot be compiled.
    """
    compiled = compile_case(case)
    case, whole = compiled.case, study(compiled, plan)
    ask(case, "holdable", whole.plan)
    stage = stage_of(whole)
    signatories = case.signatories(whole.plan)
    if stage is None or not signatories:
        return None
    own = long_run_package(whole) if package is None else package
    held = held or holdable(whole, own, seed)
    if held is None:
        return None
    provenance = Provenance(
        case.name,
        case.content_hash,
        "acceptable and holdable packages",
        {"plan": whole.name},
        seed,
        taken_as_indifferent=without_value(case, whole.name),
    )
    parties = [whole.space.actor(a) for a in signatories]
    if held.holding is None:
        return _sampled(whole, stage, own, parties, signatories, seed, provenance)
    space = whole.space
    upper, lower = held.holding.not_ruled_out, held.holding.can_be_held
    acceptable = acceptable_packages(space, parties)
    sets = Sets(None, upper.verdicts != 255, acceptable, upper.holds, lower.holds)
    both = acceptable & sets.not_ruled_out, acceptable & sets.can_be_held
    kind, chosen = ("can_be_held", both[1]) if bool(both[1].any()) else ("not_ruled_out", both[0])
    best = frontier_of(space, np.flatnonzero(chosen), parties)
    near = judge_by(space.sizes, (), (), own, chosen)
    # Who would depart from what is acceptable and ruled out.
    away = judge_all(stage, held.holding.tables, own, acceptable & ~sets.not_ruled_out, thorough=True)
    number = number_of(own, space.sizes)
    return Agreements(
        plan=whole.name,
        signatories=signatories,
        exact=True,
        packages=held.packages,
        acceptable=float(acceptable.sum()),
        not_ruled_out=float(both[0].sum()),
        can_be_held=float(both[1].sum()),
        error=0.0,
        frontier=len(best),
        best=listed(space, best, parties),
        best_of=kind,
        plan_package=held.plan_package,
        plan_acceptable=bool(acceptable[number]),
        plan_not_ruled_out=held.plan_not_ruled_out,
        plan_can_be_held=held.plan_can_be_held,
        distance=near.distance,
        nearest=None if near.nearest is None else space.labels(_digits(near.nearest, space.sizes)),
        in_the_way={
            a: InTheWay(int(away.alone[n]), int(away.failing[n])) for n, a in enumerate(space.actors) if away.failing[n]
        },
        provenance=provenance,
        sets=sets,
        one_package=held.one_package,
    )


def _digits(number: int, sizes: tuple[int, ...]) -> IntArray:
    out = []
    for size in sizes:
        number, digit = divmod(number, size)
        out.append(digit)
    return np.array(out, dtype=np.int64)


def _limits(space: Space, parties: list[int]) -> list[Mask]:
    crossed = [mask for a in parties for mask in space.bounds.red_lines[a]]
    return [*space.bounds.allowed, *(Mask(m.issues, ~m.table) for m in crossed)]


def acceptable_packages(space: Space, parties: list[int]) -> BoolArray:
    """Tell which packages are acceptable to all of some actors, in the order of `all_packages`, shape ``(package,)``.

    Utilities are scaled integers below 2⁵², which floating point holds without rounding.
    """
    tables = []
    for a in parties:
        terms = [Term((i,), np.asarray(t[a], dtype=np.float64)) for i, t in enumerate(space.utilities.tables)]
        terms += [Term(x.issues, np.asarray(x.points[a], dtype=np.float64)) for x in space.utilities.linkages]
        least = np.array(float(space.threshold[a]))
        tables.append(Tables((), least, np.array(np.inf), merged(terms, space.sizes, _TOGETHER)))
    start = np.zeros(len(space.sizes), dtype=np.int64)
    return judge_by(space.sizes, _limits(space, parties), tables, start).holds


def _sampled(
    whole: Study,
    stage: Stage,
    own: IntArray,
    parties: list[int],
    signatories: tuple[str, ...],
    seed: int,
    provenance: Provenance,
) -> Agreements | None:
    space = whole.space
    rng = generator(seed, "explore", "agreements")
    packages = np.stack([rng.integers(0, n, SAMPLE) for n in space.sizes], axis=1).astype(np.int64)
    packages = np.vstack([packages[stage.feasible(packages)], own[None, :]])
    judged = holding_of(stage, whole.patiences, packages)
    if judged is None:
        return None
    acceptable = np.asarray(
        (counts_of(space, packages, parties) >= space.threshold[parties]).all(axis=1), dtype=np.bool_
    )
    for mask in _limits(space, parties):
        acceptable &= holds(mask, packages)
    # The last is the plan's own and belongs to no sample.
    sample = packages[:-1]
    sets = Sets(sample, np.ones(len(sample), dtype=np.bool_), acceptable[:-1], judged[0][:-1], judged[1][:-1])
    both = sets.acceptable & sets.not_ruled_out, sets.acceptable & sets.can_be_held
    kind, chosen = ("can_be_held", both[1]) if bool(both[1].any()) else ("not_ruled_out", both[0])
    best = sample[chosen][undominated_rows(counts_of(space, sample[chosen], parties))]
    apart = (sample[chosen] != own).sum(axis=1)
    total = prod(space.sizes)
    count = count_acceptable(space.utilities, space.bounds, parties, space.threshold[parties])
    return Agreements(
        plan=whole.name,
        signatories=signatories,
        exact=False,
        packages=len(sample) * total / SAMPLE,
        acceptable=float(count.low) if count.exact else float(sets.acceptable.sum()) * total / SAMPLE,
        not_ruled_out=float(both[0].sum()) * total / SAMPLE,
        can_be_held=float(both[1].sum()) * total / SAMPLE,
        error=max(standard_error(int(x.sum()), SAMPLE) * total for x in both),
        frontier=len(best),
        best=described(space, best, parties),
        best_of=kind,
        plan_package=space.labels(own),
        plan_acceptable=bool(acceptable[-1]),
        plan_not_ruled_out=bool(judged[0][-1]),
        plan_can_be_held=bool(judged[1][-1]),
        distance=int(apart.min()) if len(apart) else None,
        nearest=space.labels(sample[chosen][int(apart.argmin())]) if len(apart) else None,
        in_the_way={},
        provenance=provenance,
        sets=sets,
    )
