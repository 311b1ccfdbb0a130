"""What a fitted link says of an actor: a chance and its survival where it may, else a rank, else nothing, each with the reason.

Utility points of one case are nobody's points in another, and the coded plans are few. So a chance is given only where the
link beat the base rate on plans that it was not fitted on, stayed quiet on shuffled outcomes, and has a population to speak of;
and a temptation beyond all that were coded gets no odds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfway.case.plans import Plan
from halfway.case.time import periods_between
from halfway.conduct.verdicts.grades import ActorVerdict
from halfway.errors import Refusal
from halfway.evidence.coded import CodedActor
from halfway.evidence.fitted_link import FittedLink, shipped_link
from halfway.evidence.links import MONTHS, hazard

STEP = 6
"""Months between the points of a survival curve."""


@dataclass(frozen=True)
class Chance:
    """The chance that an actor fails a promise within five years.

    Attributes
    ----------
    five_years : float
    interval : tuple of float
        Central 90 percent over refits on resampled plans.
    basis : str
        What it was fitted on and what population it speaks of, with its measured skill.
    """

    five_years: float
    interval: tuple[float, float]
    basis: str


@dataclass(frozen=True)
class Rank:
    """Where an actor stands among those that were coded.

    Attributes
    ----------
    above_kept, kept : int
        Of so many coded actors that kept, how many the link puts below this one.
    above_failed, failed : int
        The same of those that failed.
    basis : str
    """

    above_kept: int
    kept: int
    above_failed: int
    failed: int
    basis: str


@dataclass(frozen=True)
class Survival:
    """The chance that an actor has broken nothing by a given month.

    Attributes
    ----------
    months : tuple of int
        From the start.
    share, low, high : tuple of float
        Low and high from the ends of the chance's interval.
    """

    months: tuple[int, ...]
    share: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Odds:
    """What is said of an actor beside its temptation.

    Attributes
    ----------
    chance : Chance or None
    rank : Rank or None
    survival : Survival or None
    no_chance : str or None
        Why there is no chance, as a clause.
    """

    chance: Chance | None = None
    rank: Rank | None = None
    survival: Survival | None = None
    no_chance: str | None = None


def odds(name: str, verdict: ActorVerdict | None, plan: Plan, period: str, link: FittedLink | None = None) -> Odds:
    """Say what the fitted link says of an actor.

    Parameters
    ----------
    name : str
    verdict : ActorVerdict or None
        None where it cannot break the plan.
    plan : Plan
        For how many promises it made and how exact they are.
    period : str
        Of the case.
    link : FittedLink, optional
        Default: the one that comes with Halfway.
    """
    if verdict is None:
        return Odds(no_chance="it cannot break the plan")
    owed = [o for o in plan.obligations if name in o.by]
    if not owed:
        return Odds(no_chance="it owes no promise of its own, and only actors that did were coded")
    if link is None:
        try:
            link = shipped_link()
        except Refusal:
            return Odds(no_chance="no link between temptation and outcome comes with this version")
    row = CodedActor(
        "",
        name,
        verdict.points,
        verdict.percent or 0.0,
        sum(o.precision != "exact" for o in owed) / len(owed),
        False,
        len(owed),
    )
    if not link.inside(row):
        low, high = link.support
        return Odds(
            no_chance=f"no odds: a temptation of {row.temptation:.1f} points lies outside what was coded, {low:.1f} to {high:.1f}"
        )
    below_kept, kept, below_failed, failed = link.rank(row)
    rank = Rank(below_kept, kept, below_failed, failed, basis(link))
    found = link.chance(row)
    if found is None:
        return Odds(rank=rank, no_chance=link.withheld)
    chance = Chance(found[0], (found[1], found[2]), basis(link))
    return Odds(chance, rank, survival(chance, first_month(verdict, period)))


def basis(link: FittedLink) -> str:
    """Say what a link was fitted on and how well it did."""
    gain = link.log_score_gain
    return (
        f"{link.model.title}, fitted on {link.actors} actors of {link.plans} plans; on plans left out its gain over the base "
        f"rate in log score is {gain.point:+.3f} [{gain.low:+.3f}, {gain.high:+.3f}]".replace("-", "−")
        + ("" if link.anchor is None else f"; anchored to {link.anchor.name}")
    )


def first_month(verdict: ActorVerdict, period: str) -> int:
    """Return the month from the start, from 1, in which the type tempted most is first tempted; 1 where none is."""
    found = verdict.types[verdict.worst][1].temptation.period if verdict.types else None
    return 1 if found is None else 1 + int((found - 1) / periods_between("month", period))


def survival(chance: Chance, first: int) -> Survival:
    """Spread a chance over the months from the first in which an actor is tempted: the same link as a hazard.

    Parameters
    ----------
    chance : Chance
    first : int
        The first tempted month, from 1.
    """
    months = np.arange(0, MONTHS + 1, STEP)
    exposed = np.maximum(months - (first - 1), 0)

    def alive(of: float) -> tuple[float, ...]:
        return tuple(float(x) for x in (1.0 - hazard(of)) ** exposed)

    return Survival(
        tuple(int(m) for m in months), alive(chance.five_years), alive(chance.interval[1]), alive(chance.interval[0])
    )


def shown_odds(found: Odds | None) -> Odds:
    """Show odds that were not asked for as none at all."""
    return Odds() if found is None else found
