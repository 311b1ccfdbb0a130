"""The concession ladder: the best package for one side at each rung of the other's way, who pays, and where it ends.

A rung of ``p`` percent asks that the other side get at least ``p`` percent of its way, from the side's ideal (0) to its
own (100). Two Pareto frontiers answer for all rungs at once: that of the two sides over every package of the case says
what is best for the side, that of all who would sign, over the packages they accept, what they could sign there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, isfinite

import numpy as np

from halfway.case.case import Case
from halfway.case.notes import without_value
from halfway.case.plans import Plan
from halfway.case.support import ask
from halfway.errors import Problem, Refusal, unknown
from halfway.record import HIDDEN, shown_as
from halfway.result import Provenance, Result, Table
from halfway.settle.packages.counting import count_acceptable
from halfway.settle.packages.frontier import Frontier, pareto_frontier
from halfway.settle.parties import named_parties
from halfway.settle.result import Number
from halfway.settle.too_large import refusing_what_is_too_large
from halfway.space.arrays import Bounds, IntArray, Utilities, holds
from halfway.space.compiled import CompiledCase, compile_case
from halfway.space.packages.optima import ideal_matrix
from halfway.space.utilities.space import Space

RUNGS = (50.0, 60.0, 70.0, 80.0, 90.0, 100.0)
"""Percent of the other side's way, unless asked otherwise."""

_ANYTHING = -(2**60)
"""Below every sum: no walk-away is asked of this actor."""


def _bounds(number: Number) -> tuple[int, int]:
    return number.low, number.high


@dataclass(frozen=True)
class Offer:
    """A package at a rung.

    Attributes
    ----------
    package : mapping from issue to option
    utilities : mapping from actor to float
        Points, of all actors.
    gives, gets : float or None
        Concession levels in percent: how far the side goes towards the other, and how much of its way the other gets;
        None for the first where the side has no way to go.
    ties : int
        Other packages that are worth the same to both sides (of what could be signed: to all who sign).
    refused_by : tuple of str
        Of those who would sign: below their walk-away, or with a red line crossed.
    """

    package: Mapping[str, str]
    utilities: Mapping[str, float]
    gives: float | None
    gets: float
    ties: int
    refused_by: tuple[str, ...]


@dataclass(frozen=True)
class Rung:
    """One rung.

    Attributes
    ----------
    percent : float
        Of the other side's way.
    best : Offer
        Best for the side over all packages of the case that reach the rung; among equals, best for the other.
    acceptable : Number
        Packages that reach the rung and that all who sign accept.
    signable : Offer or None
        Best for the side among these.
    """

    percent: float
    best: Offer
    acceptable: Number = field(metadata=shown_as(by=_bounds))
    signable: Offer | None


@dataclass(frozen=True, repr=False)
class LadderResult(Result):
    """The ladder from one side's ideal to the other's.

    Attributes
    ----------
    side, towards : str
        Who goes, and to whom.
    plan : str or None
        Whose seats say who signs.
    signatories : tuple of str
    owners : mapping from issue to tuple of str
    status_quo, walk_away : mapping from actor to float
        In points; the first None where the case states none.
    rungs : tuple of Rung
    first : float or None
        The least percent of its way that the other gets from a package that is best for the side at its rung and that
        all accept; None where no package on the ladder is.
    last : float or None
        The most that any package which all accept gives the other; None where nothing is acceptable.
    limits : mapping from actor to float or None
        The most of its way that the other can get while this actor keeps what it has without a deal and its red lines,
        nobody else asked; None where no package does that for it.
    curve : tuple of (float, float)
        What the other gets in percent of its way, and the most that leaves the side, in points: every point of the
        frontier of the two.
    exact : bool
        Whether all of this is exact; else what is best may be missed by at most `epsilon`.
    epsilon : mapping from actor to float
        In points, for the two sides.
    provenance : Provenance
    """

    side: str
    towards: str
    plan: str | None
    signatories: tuple[str, ...]
    owners: Mapping[str, tuple[str, ...]]
    status_quo: Mapping[str, float] | None
    walk_away: Mapping[str, float]
    rungs: tuple[Rung, ...]
    first: float | None
    last: float | None
    limits: Mapping[str, float | None]
    curve: tuple[tuple[float, float], ...]
    exact: bool
    epsilon: Mapping[str, float]
    provenance: Provenance
    names: Mapping[str, str] = field(default_factory=dict, metadata=HIDDEN)

    def headline(self) -> str:
        """Return the main figures in a line."""
        first = "no rung is acceptable" if self.first is None else f"first acceptable at {self.first:.0f}%"
        last = "" if self.last is None else f", the last at {self.last:.0f}%"
        return f"{self.side} towards {self.towards}: {first}{last}"

    def paid(self, rung: Rung) -> dict[str, float] | None:
        """Return who pays for a rung: what its best package takes from each actor against today, most first."""
        if self.status_quo is None:
            return None
        lost = {a: self.status_quo[a] - u for a, u in rung.best.utilities.items()}
        return {a: x for a, x in sorted(lost.items(), key=lambda e: -e[1]) if x > 1e-9}

    def tables(self) -> dict[str, Table]:
        """Return ``ladder`` (a row a rung and actor), ``packages`` (a row a rung and issue) and ``curve``."""
        owners = {a for names in self.owners.values() for a in names}
        rows, packages = [], []
        for rung in self.rungs:
            for actor, utility in rung.best.utilities.items():
                over = None if self.status_quo is None else utility - self.status_quo[actor]
                signable = None if rung.signable is None else rung.signable.utilities[actor]
                rows.append((rung.percent, actor, actor in self.signatories, actor in owners, utility, over,
                             utility - self.walk_away[actor], actor in rung.best.refused_by, signable,
                             rung.acceptable.low, rung.acceptable.high))  # fmt: skip
            for issue, option in rung.best.package.items():
                signed = None if rung.signable is None else rung.signable.package[issue]
                packages.append((rung.percent, issue, option, signed, ", ".join(self.owners[issue])))
        return {
            "ladder": Table("ladder", ("rung", "actor", "signatory", "owner", "utility", "over_status_quo",
                                       "over_walk_away", "refuses", "utility_of_what_could_be_signed",
                                       "acceptable_from", "acceptable_to"), tuple(rows)),
            "packages": Table("packages", ("rung", "issue", "best", "could_be_signed", "owner"), tuple(packages)),
            "curve": Table("curve", ("percent", "utility"), self.curve),
        }  # fmt: skip


def ladder(
    case: Case | CompiledCase,
    side: str,
    towards: str | None = None,
    plan: str | None = None,
    *,
    parties: Sequence[str] = (),
    rungs: Sequence[float] = RUNGS,
) -> LadderResult:
    """Climb from one side's ideal towards the other's.

    Parameters
    ----------
    case : Case or CompiledCase
    side : str
        Who goes.
    towards : str, optional
        To whom. Default: the other side of the plan's headline.
    plan : str, optional
        Whose seats say who signs; the first by default.
    parties : sequence of str, optional
        Who signs, whatever the seats say; ``("natural",)`` for those who set or own what is at stake.
    rungs : sequence of float
        Percent of the other's way, from 0 to 100.

    Raises
    ------
    Refusal
        Where an actor is unknown or only ranks states, there is no other side, it has no way to go, or the case is
        too large.
    """
    compiled = compile_case(case)
    with refusing_what_is_too_large(compiled.space()):
        return _ladder(compiled, side, towards, plan, tuple(parties), tuple(float(r) for r in rungs))


def _ladder(
    compiled: CompiledCase, side: str, towards: str | None, plan: str | None, asked: tuple[str, ...],
    rungs: tuple[float, ...],
) -> LadderResult:  # fmt: skip
    case, space = compiled.case, compiled.space()
    space.require_cardinal("a concession ladder")
    name, chosen = case.plan(plan) if plan is not None or case.plans else (None, None)
    ask(case, "settle", chosen)
    other = _other_side(case, side, towards, chosen)
    _require_rungs(rungs)
    signatories = named_parties(case, asked) if asked else case.signatories(chosen)
    way = _Way(space, space.actor(side), space.actor(other), tuple(space.actor(a) for a in signatories))
    offers = [way.rung(r) for r in rungs]
    return LadderResult(
        side=side,
        towards=other,
        plan=name,
        signatories=signatories,
        owners={i: tuple(issue.owner) for i, issue in case.issues.items()},
        status_quo=None if space.status_quo is None else way.by_actor(space.status_quo),
        walk_away={a: float(w) for a, w in zip(space.actors, space.walk_away, strict=True)},
        rungs=tuple(offers),
        first=way.first(),
        last=way.last(),
        limits={a: way.limit(space.actor(a)) for a in space.actors},
        curve=way.curve(),
        exact=way.exact,
        epsilon=dict(zip((side, other), way.epsilon, strict=True)),
        provenance=Provenance(
            case=case.name,
            case_hash=case.content_hash,
            method="concession ladder from Pareto frontiers by block merge with dominance pruning",
            parameters={"side": side, "towards": other, "plan": name, "parties": list(signatories),
                        "rungs": list(rungs)},
            taken_as_indifferent=without_value(case, name),
        ),
        names={a: case.title_of("actors", a) for a in space.actors},
    )  # fmt: skip


def _other_side(case: Case, side: str, towards: str | None, plan: Plan | None) -> str:
    for name in (side, towards):
        if name is not None and name not in case.actors:
            remedy = "name actors of the case"
            raise unknown("actor", name, tuple(case.actors), where="to climb a ladder", remedy=remedy)
    pair = case.pair(plan)
    if towards is None and pair is not None and side in pair:
        towards = pair[1] if pair[0] == side else pair[0]
    if towards is None or towards == side:
        why = "it names one actor, and the headline of the plan has no other side for it"
        if towards == side:
            why = "both sides are the same actor"
        remedy = "name both sides, such as west,moscow"
        raise Refusal([Problem("R061", f"there is no ladder for '{side}'", why, remedy, case.place("actors", side))])
    return towards


def _require_rungs(rungs: Sequence[float]) -> None:
    wrong = [r for r in rungs if not (isfinite(r) and 0 <= r <= 100)]
    if wrong or not rungs:
        what = f"there is no rung at {wrong[0]:g} percent" if wrong else "no rung is asked for"
        why = "a ladder runs from one side's ideal (0) to the other's (100)"
        raise Refusal([Problem("R061", what, why, "give percentages from 0 to 100")])


class _Way:
    """The way from one side's ideal to the other's, in whole numbers.

    Parameters
    ----------
    space : Space
    side, other : int
    parties : tuple of int
    """

    def __init__(self, space: Space, side: int, other: int, parties: tuple[int, ...]) -> None:
        self.space, self.side, self.other, self.parties = space, side, other, parties
        self.utilities: Utilities = space.utilities
        try:
            ideal = ideal_matrix(self.utilities, space.bounds, [side, other])
        except ValueError as error:
            why = "its constraints rule out every combination of options"
            place = space.case.place("constraints")
            problem = Problem("R022", "no package of this case can occur", why, "drop or correct a constraint", place)
            raise Refusal([problem]) from error
        self.own, self.at_other = int(ideal[0, 0]), int(ideal[0, 1])
        self.start, self.end = int(ideal[1, 0]), int(ideal[1, 1])
        if self.start >= self.end:
            names = [space.case.title_of("actors", space.actors[a]) for a in (side, other)]
            what = f"there is no ladder from {names[0]} to {names[1]}"
            why = "what is best for the one is best for the other already"
            place = space.case.place("actors", space.actors[other])
            raise Refusal([Problem("R061", what, why, "name two sides that want different things", place)])
        self.both = pareto_frontier(self.utilities, space.bounds, [side, other], red_lines=False)
        # All who sign, then the sides where they do not: their gains count, their consent does not.
        self.rows = [*parties, *(a for a in (side, other) if a not in parties)]
        self.lines = Bounds(
            space.bounds.allowed, tuple(r if a in parties else () for a, r in enumerate(space.bounds.red_lines))
        )
        self.floor = np.array([int(space.threshold[a]) if a in parties else _ANYTHING for a in self.rows])
        self.signed = pareto_frontier(self.utilities, self.lines, self.rows, self.floor)
        self._limits: dict[int, float | None] = {}

    @property
    def exact(self) -> bool:
        """Whether nothing was approximated or rounded."""
        return self.both.exact and self.signed.exact and self.utilities.exact

    @property
    def epsilon(self) -> tuple[float, float]:
        """By how much what is best may be missed, in points, for the two sides."""
        at = [self.rows.index(a) for a in (self.side, self.other)]
        terms = 0 if self.utilities.exact else len(self.space.issues) + len(self.utilities.linkages)
        worst = [max(int(self.both.epsilon[k]), int(self.signed.epsilon[n])) + terms for k, n in enumerate(at)]
        first, second = (float(w * self.utilities.unit[a]) for w, a in zip(worst, (self.side, self.other), strict=True))
        return first, second

    def threshold(self, percent: float) -> int:
        """Return the least count at which the other gets so much of its way."""
        return ceil(self.start + Fraction(str(percent)) * (self.end - self.start) / 100)

    def percent(self, count: int) -> float:
        """Return how much of its way the other gets."""
        return 100.0 * (count - self.start) / (self.end - self.start)

    def rung(self, percent: float) -> Rung:
        """Return what is best, and what could be signed, at a rung."""
        least = self.threshold(percent)
        reach = self.both.vectors[:, 1] >= least
        best = _best(self.both, reach, 0, 1)
        assert best is not None
        at = [self.rows.index(a) for a in (self.side, self.other)]
        chosen = _best(self.signed, self.signed.vectors[:, at[1]] >= least, *at)
        offer = self.offer(self.both.packages[best], int(self.both.ties[best]))
        signable = None if chosen is None else self.offer(self.signed.packages[chosen], int(self.signed.ties[chosen]))
        if chosen is not None and self._same(best, chosen):
            # Among packages that are equal to both sides, one that all would sign.
            offer = self.offer(self.signed.packages[chosen], int(self.both.ties[best]))
        floor = self.floor.copy()
        floor[at[1]] = max(int(floor[at[1]]), least)
        number = count_acceptable(self.utilities, self.lines, self.rows, floor)
        return Rung(percent, offer, Number(number.low, number.high), signable)

    def _same(self, best: int, chosen: int) -> bool:
        at = [self.rows.index(a) for a in (self.side, self.other)]
        return bool(np.array_equal(self.signed.vectors[chosen, at], self.both.vectors[best]))

    def offer(self, package: IntArray, ties: int) -> Offer:
        """Return a package with what it is worth to all."""
        worth = self.utilities.of(package[None, :])[:, 0]
        way = self.own - self.at_other
        refused = tuple(
            self.space.actors[a]
            for a in self.parties
            if worth[a] < self.space.threshold[a]
            or any(bool(holds(m, package[None, :])[0]) for m in self.space.bounds.red_lines[a])
        )
        return Offer(
            package=self.space.labels(package),
            utilities=self.by_actor(package),
            gives=None if way == 0 else 100.0 * (self.own - int(worth[self.side])) / way,
            gets=self.percent(int(worth[self.other])),
            ties=ties - 1,
            refused_by=refused,
        )

    def by_actor(self, package: IntArray) -> dict[str, float]:
        """Return what a package is worth to each actor, in points."""
        return dict(zip(self.space.actors, self.space.values(package)[:, 0].tolist(), strict=True))

    def first(self) -> float | None:
        """Return the least that the other gets from a package that is best at its rung and that all accept."""
        at = [self.rows.index(a) for a in (self.side, self.other)]
        pairs = {(int(a), int(b)) for a, b in self.signed.vectors[:, at]}
        found = [int(b) for a, b in self.both.vectors if (int(a), int(b)) in pairs]
        return self.percent(min(found)) if found else None

    def last(self) -> float | None:
        """Return the most that a package which all accept gives the other."""
        column = self.signed.vectors[:, self.rows.index(self.other)]
        return self.percent(int(column.max())) if column.size else None

    def limit(self, actor: int) -> float | None:
        """Return the most that the other can get while one actor keeps what it has without a deal."""
        if actor not in self._limits:
            rows = [actor, self.other] if actor != self.other else [actor]
            lines = Bounds(
                self.space.bounds.allowed,
                tuple(r if a == actor else () for a, r in enumerate(self.space.bounds.red_lines)),
            )
            floor = np.array([int(self.space.threshold[actor]), *([_ANYTHING] if len(rows) > 1 else [])])
            found = pareto_frontier(self.utilities, lines, rows, floor)
            column = found.vectors[:, -1]
            self._limits[actor] = self.percent(int(column.max())) if column.size else None
        return self._limits[actor]

    def curve(self) -> tuple[tuple[float, float], ...]:
        """Return the frontier of the two sides, from the side's ideal up."""
        unit = float(self.utilities.unit[self.side])
        return tuple((self.percent(int(b)), float(int(a) * unit)) for a, b in self.both.vectors)


def _best(frontier: Frontier, reach: np.ndarray, first: int, second: int) -> int | None:
    """Return the position of the point that is best for the first and, among those, for the second."""
    rows = np.flatnonzero(reach)
    if not rows.size:
        return None
    order = np.lexsort((-frontier.vectors[rows, second], -frontier.vectors[rows, first]))
    return int(rows[order[0]])
