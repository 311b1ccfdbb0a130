"""Grades: five answers to whether a plan would be kept, from one that holds by itself to one that would not be kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.case.plans import Phase
from halfway.conduct.game.charges import Cost, judged_with_costs
from halfway.conduct.game.compiled_plan import Study, study
from halfway.conduct.game.keeping import OwnMoves
from halfway.conduct.verdicts.draw_shares import (
    DRAWS,
    Numbers,
    Share,
    central,
    drawn_rules,
    numbers_of,
    share,
    verdicts,
)
from halfway.conduct.verdicts.reactions import Bluff, bluffs
from halfway.conduct.verdicts.temptation import Courses, Kernel, Tempted, averaged, gains_by_breaking
from halfway.errors import Refusal
from halfway.record import shown_as
from halfway.space.arrays import FloatArray, IntArray
from halfway.space.plan.automaton_build import build
from halfway.space.plan.compile_rules import compile_rules
from halfway.space.plan.rules import Rules
from halfway.space.utilities.sobol import SobolDraws, quantile
from halfway.tolerances import GAIN

NAMES = {
    1: "holds_by_itself",
    2: "holds_as_long_as_it_is_kept",
    3: "holds_but_for_small_breaches",
    4: "hangs_on",
    5: "would_not_be_kept",
}
"""The grades' names as data has them."""

MOST_JOINT = 60_000
"""The most states that everyone's conduct together may reach for the first grade to be decided."""

BORDER = 0.2
"""A grade that differs with the least material harm changed by so large a share is on the border."""

ENDS = (0.05, 0.95)
"""At which points of its distribution an uncertain number is held to see what a grade hangs on."""

_TRIED = 6
"""How many of an actor's numbers are held: those that its temptation moves with most."""


@dataclass(frozen=True)
class ActorVerdict:
    """How much one actor is tempted.

    Attributes
    ----------
    types : mapping from type to (float, Tempted)
        Prior and answer of each type that can be tempted; one under None where it has no types.
    courses : tuple of (float, frozenset of type)
        Which types come to act for it within the horizon, with probabilities: where events put another in its place,
        several may.
    restraint : float or None
        Temptation if today were prescribed for good, less temptation under the plan; None without a status quo.
    share : Share or None
        Over the uncertain numbers.
    """

    types: Mapping[str | None, tuple[float, Tempted]]
    courses: Courses
    restraint: float | None = None
    share: Share | None = None

    @property
    def points(self) -> float:
        """The temptation, averaged over who comes to act for it; of several types, that of the one tempted most."""
        return float(averaged(self.courses, {k: t.temptation.points for k, (_, t) in self.types.items()}))

    @property
    def material(self) -> float:
        """The material temptation, averaged likewise."""
        return float(averaged(self.courses, {k: t.material.points for k, (_, t) in self.types.items()}))

    @property
    def stake(self) -> float:
        """What is at stake for those whose temptation counts in `points`."""
        total = 0.0
        for chance, kinds in self.courses:
            found = [self.types[k] for k in self.types if k in kinds]
            if found:
                # Of types tempted alike, the one that is there from the start.
                total += chance * max(found, key=lambda f: (f[1].temptation.points, f[0]))[1].stake
        return total

    @property
    def percent(self) -> float | None:
        """The temptation in percent of the stake."""
        return 100.0 * self.points / self.stake if self.stake > GAIN else None

    @property
    def free_gain(self) -> float:
        """What the issues left open bring, averaged over types by their priors."""
        return float(sum(p * t.free_gain for p, t in self.types.values()))

    @property
    def worst(self) -> str | None:
        """The type that is tempted most, weighed by the probability that it comes to act."""
        chance = {k: sum(p for p, kinds in self.courses if k in kinds) for k in self.types}
        weight = {k: (chance[k] * t.temptation.points, chance[k]) for k, (_, t) in self.types.items()}
        return max(weight, key=lambda k: weight[k], default=None)


@dataclass(frozen=True)
class Hinge:
    """What a plan of the fourth grade hangs on.

    Attributes
    ----------
    actor : str
    kind : str or None
        A type of it, where it hangs on which type it is.
    number : tuple of str
        Or the path of an uncertain number of it.
    value : float or None
        The better end at which the number was held.
    share, with_it : float
        The share of draws in which the actor is materially tempted, and the share once that is settled for the better.
    """

    actor: str
    kind: str | None = field(metadata=shown_as("type"))
    number: tuple[str, ...]
    value: float | None
    share: float
    with_it: float = field(metadata=shown_as("share_with_it"))


@dataclass(frozen=True)
class Verdict:
    """Whether a plan would be kept.

    Attributes
    ----------
    grade : int
        From 1 (holds by itself) to 5 (would not be kept).
    by_itself : bool or None
        Whether no breach of one period gains anywhere; None where that was not decided.
    reason : str or None
        Why not.
    border : bool
        Whether the grade differs where the least material harm is a fifth smaller or larger.
    material, trifling : float
        The limits used, in points.
    actors : mapping from actor to ActorVerdict
        Those who can break the plan.
    others : mapping from actor to ActorVerdict
        Those who are no part of it and set what it needs.
    hangs_on : Hinge or None
    bluffs : tuple of Bluff
        Reactions that do not pay the one who would react, somewhere.
    without_bluffs : int or None
        The grade if only the reactions that pay are counted; None where all of them do.
    bluffs_not_decided : str or None
        Why it was not decided which reactions pay.
    """

    grade: int
    by_itself: bool | None
    reason: str | None
    border: bool
    material: float
    trifling: float
    actors: Mapping[str, ActorVerdict]
    others: Mapping[str, ActorVerdict] = field(default_factory=dict)
    hangs_on: Hinge | None = None
    bluffs: tuple[Bluff, ...] = ()
    without_bluffs: int | None = None
    bluffs_not_decided: str | None = None

    @property
    def most_tempted(self) -> str | None:
        """The actor with the largest temptation; None where nobody is tempted."""
        tempted = {n: a.points for n, a in self.actors.items() if a.points > self.trifling}
        return max(tempted, key=lambda n: tempted[n], default=None)

    @property
    def would_not_go_along(self) -> tuple[str, ...]:
        """Actors outside the plan that would do other than it needs."""
        return tuple(n for n, a in self.others.items() if a.points > self.trifling)


def judge(kernel: Kernel, seed: int, *, draws: int = DRAWS, restraint: bool = True) -> Verdict:
    """Grade a plan.

    Parameters
    ----------
    kernel : Kernel
    seed : int
        For the draws.
    draws : int
        How many; a power of two. 0 for none: then no plan gets the fourth grade.
    restraint : bool
        Whether to compare with today prescribed for good.
    """
    drawn = SobolDraws(kernel.whole.case, draws, seed)
    rules = drawn_rules(kernel, drawn) if draws else None
    names = kernel.breakers
    before = today(kernel) if restraint else None
    actors = {n: _actor(kernel, n, before, drawn, rules) for n in names}
    others = {n: _actor(kernel, n, None, None, None) for n in kernel.needed}
    by_itself: bool | None = False
    reason: str | None = None
    if all(t.temptation.points <= GAIN for a in actors.values() for _, t in a.types.values()):
        by_itself, reason = holds_by_itself(kernel)
    grade = 1 if by_itself else _graded(kernel, actors)
    return Verdict(
        grade,
        by_itself,
        reason,
        grade > 2 and _on_border(kernel, actors, grade, drawn, rules),
        kernel.material,
        kernel.trifling,
        actors,
        others,
        _hinge(kernel, actors, drawn, rules) if grade == 4 else None,
        *_again(kernel, seed),
    )


def _again(kernel: Kernel, seed: int) -> tuple[tuple[Bluff, ...], int | None, str | None]:
    """Return the reactions that do not pay, the grade without them, and why that was not decided."""
    if not kernel.whole.rules.reactions:
        return (), None, None
    try:
        found = bluffs(kernel.whole)
    except Refusal as refusal:
        problem = refusal.problems[0]
        return (), None, f"{problem.what}: {problem.why}; {problem.remedy}"
    if not found:
        return (), None, None
    return found, judge_quickly(without(kernel, {one.reaction for one in found}), seed).grade, None


def without(kernel: Kernel, reactions: Collection[int]) -> Kernel:
    """Return the same plan with some reactions, by their places, left out."""
    whole = kernel.whole
    left = tuple(r for k, r in enumerate(whole.case.reactions) if k not in reactions)
    other = study(whole.case.model_copy(update={"reactions": left}), whole.name).with_priors(whole.priors)
    return Kernel(other, kernel.bound, kernel.material, kernel.trifling)


def judge_quickly(kernel: Kernel, seed: int) -> Verdict:
    """Grade a plan without restraint, the border and more shares of draws than the grade needs; the grade is the same."""
    actors = {n: _actor(kernel, n, None, None, None) for n in kernel.breakers}
    others = {n: _actor(kernel, n, None, None, None) for n in kernel.needed}
    by_itself: bool | None = False
    reason: str | None = None
    if all(t.temptation.points <= GAIN for a in actors.values() for _, t in a.types.values()):
        by_itself, reason = holds_by_itself(kernel)
    grade = 1 if by_itself else _graded(kernel, actors)
    hinge = None
    if grade > 3:
        drawn = SobolDraws(kernel.whole.case, DRAWS, seed)
        rules = drawn_rules(kernel, drawn)
        # One actor tempted in half of the draws is enough; who is tempted most is asked first.
        for name in sorted(actors, key=lambda n: -actors[n].material):
            actors[name] = replace(actors[name], share=share(kernel, name, drawn, rules))
            if actors[name].share.materially >= 0.5:  # type: ignore[union-attr]
                break
        else:
            grade, hinge = 4, _hinge(kernel, actors, drawn, rules)
    return Verdict(grade, by_itself, reason, False, kernel.material, kernel.trifling, actors, others, hinge)


def _actor(
    kernel: Kernel, name: str, before: Kernel | None, drawn: SobolDraws | None, rules: tuple[Rules, ...] | None
) -> ActorVerdict:
    kinds = kernel.kinds(name)
    types = {k: (p, kernel.tempted(name, k)) for k, p in kinds.items()}
    found = ActorVerdict(types, kernel.courses(name))
    if before is not None:
        then = {k: float(verdicts(before, name, k, central(before, name, k))[0, 0]) for k in kinds}
        found = replace(found, restraint=float(averaged(before.courses(name), then)) - found.points)
    if drawn is not None and drawn.count:
        found = replace(found, share=share(kernel, name, drawn, rules))
    return found


def _graded(kernel: Kernel, actors: Mapping[str, ActorVerdict]) -> int:
    """Return the grade, from the second on."""
    types = [t for a in actors.values() for _, t in a.types.values()]
    if all(t.temptation.points <= kernel.trifling for t in types):
        return 2
    if all(t.material.points <= kernel.trifling for t in types):
        return 3
    if all(a.share is not None and a.share.materially < 0.5 for a in actors.values()):
        return 4
    return 5


def _on_border(
    kernel: Kernel, actors: Mapping[str, ActorVerdict], grade: int, drawn: SobolDraws, rules: tuple[Rules, ...] | None
) -> bool:
    """Tell whether the grade differs where the least material harm is a fifth smaller or larger."""
    for factor in (1 - BORDER, 1 + BORDER):
        other = kernel.at_material(factor * kernel.material)
        numbers = [kernel.whole.space.actor(n) for n in actors]
        if all(
            np.array_equal(a.harms, b.harms)
            for n, name in zip(numbers, actors, strict=True)
            for k in actors[name].types
            for a, b in zip(kernel.moves(n, k), other.moves(n, k), strict=True)
        ):
            continue
        worst = max(
            float(verdicts(other, n, k, central(other, n, k))[0, 1]) for n, a in actors.items() for k in a.types
        )
        if worst <= kernel.trifling:
            there = 3
        elif drawn.count and all(share(other, n, drawn, rules).materially < 0.5 for n in actors):
            there = 4
        else:
            there = 5
        if there != grade:
            return True
    return False


def holds_by_itself(kernel: Kernel) -> tuple[bool | None, str | None]:
    """Tell whether no breach of one period gains over the best keeping pick, in any state that any conduct can reach.

    Returns
    -------
    holds : bool or None
        None where there are too many states to decide.
    reason : str or None
    """
    whole = kernel.whole
    try:
        automaton = build(whole.rules, whole.everyone, most_states=MOST_JOINT)
    except Refusal as refusal:
        problem = refusal.problems[0]
        return None, f"{problem.what}: {problem.why}; {problem.remedy}"
    for name in kernel.breakers:
        known: dict[tuple[Cost, ...], OwnMoves] = {}
        for kind in kernel.kinds(name):
            once = tuple(c for c in kernel.costs(name, kind) if c.once)
            if once not in known:
                known[once] = judged_with_costs(
                    whole, whole.space.actor(name), automaton, kernel.bound, kernel.material, once
                )
            own = known[once]
            cost = kernel.cost(own, name, kind)
            acts = kernel.acts(own, kind)
            valued = whole.discounting(automaton, name, kind)
            if gains_by_breaking(own, whole.utilities(name, kind), valued, cost, acts):
                return False, None
    return True, None


def today(kernel: Kernel) -> Kernel | None:
    """Return a plan that prescribes today for good and binds the same issues; None where the case states no status quo."""
    whole = kernel.whole
    if whole.space.status_quo is None:
        return None
    name = "today"
    plan = whole.plan.model_copy(update={"phases": {name: Phase()}, "start": None, "transfers": ()})
    rules = compile_rules(whole.space, plan, whole.number)
    still = Study(whole.case, whole.name, plan, whole.space, rules, whole.compiled, whole.number, priors=whole.priors)
    return Kernel(still, kernel.bound, kernel.material, kernel.trifling)


def _hinge(
    kernel: Kernel, actors: Mapping[str, ActorVerdict], drawn: SobolDraws, rules: tuple[Rules, ...] | None
) -> Hinge | None:
    """Return what the fourth grade hangs on: the actor tempted most often, and the type or number that changes it most."""
    often = {n: a.share.materially for n, a in actors.items() if a.share is not None}
    name = max(often, key=lambda n: often[n])
    found = actors[name].share
    assert found is not None
    best = Hinge(name, None, (), None, often[name], often[name])
    if len(found.by_type) > 1:
        kind = min(found.by_type, key=lambda k: found.by_type[k])
        if found.by_type[kind] < best.with_it:
            best = replace(best, kind=kind, with_it=found.by_type[kind])
    for path, estimate in _moving(kernel, name, drawn, rules):
        for value in quantile(estimate, np.array(ENDS)).tolist():
            held = replace(drawn, fixed={**drawn.fixed, path: value})
            now = share(kernel, name, held, rules).materially
            if now < best.with_it:
                best = replace(best, kind=None, number=path, value=value, with_it=now)
    return best


def _moving(
    kernel: Kernel, name: str, drawn: SobolDraws, rules: tuple[Rules, ...] | None
) -> list[tuple[tuple[str, ...], Estimate]]:
    """Return the uncertain numbers of an actor that its material temptation moves with most."""
    read: dict[tuple[str, ...], tuple[Estimate, Any]] = {}

    class Watched(SobolDraws):
        def read(self, estimate: Estimate, path: Path) -> Any:
            value = super().read(estimate, path)
            if not estimate.certain and estimate.kind != "experts":
                read.setdefault(tuple(str(step) for step in path), (estimate, value))
            return value

    watched = Watched(drawn.case, drawn.count, drawn.seed, drawn.fixed, drawn._columns)
    total = np.zeros(drawn.count) + averaged(
        kernel.courses(name),
        {k: verdicts(kernel, name, k, numbers_of(kernel, name, k, watched, rules))[:, 1] for k in kernel.kinds(name)},
    )
    strength = {}
    for path, (_, value) in read.items():
        spread = float(np.std(value) * np.std(total))
        strength[path] = (
            abs(float(np.mean((value - np.mean(value)) * (total - total.mean())))) / spread if spread else 0.0
        )
    order = sorted(strength, key=lambda p: -strength[p])[:_TRIED]
    return [(path, read[path][0]) for path in order if strength[path] > 0]


@dataclass(frozen=True)
class PointVerdicts:
    """Verdicts on a plan at many points of the numbers.

    Attributes
    ----------
    grade : ndarray of int, shape (draw,)
        2, 3 or 5: the first grade needs all joint states, the fourth a spread of numbers.
    temptation, material : mapping from (actor, type) to ndarray of float, shape (draw,)
    """

    grade: IntArray
    temptation: Mapping[tuple[str, str | None], FloatArray]
    material: Mapping[tuple[str, str | None], FloatArray]


def graded_points(kernel: Kernel, numbers: Mapping[tuple[str, str | None], Numbers]) -> PointVerdicts:
    """Grade a plan, compiled once, at many points of the numbers.

    Parameters
    ----------
    kernel : Kernel
    numbers : mapping from (actor, type) to Numbers
        Of every actor in `Kernel.breakers` as each of its `Kernel.kinds`, with the same number of draws each.
    """
    found = {key: verdicts(kernel, *key, own) for key, own in numbers.items()}
    draws = max((len(x) for x in found.values()), default=1)
    worst, grave = np.zeros(draws), np.zeros(draws)
    for one in found.values():
        worst, grave = np.maximum(worst, one[:, 0]), np.maximum(grave, one[:, 1])
    grade = np.where(worst <= kernel.trifling, 2, np.where(grave <= kernel.trifling, 3, 5)).astype(np.int64)
    return PointVerdicts(grade, {k: x[:, 0] for k, x in found.items()}, {k: x[:, 1] for k, x in found.items()})
