"""Verdicts as they leave: what JSON shows of grades and temptations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from halfway.conduct.verdicts.draw_shares import Share
from halfway.conduct.verdicts.grades import NAMES, ActorVerdict, Hinge, Verdict
from halfway.conduct.verdicts.reactions import Bluff
from halfway.conduct.verdicts.temptation import Moment, Tempted
from halfway.record import shown_as


@dataclass(frozen=True)
class Where:
    """A state of the plan.

    Attributes
    ----------
    phase : str
    periods_left : int
        Of the phase, this one included; 0 where it lasts for good.
    """

    phase: str
    periods_left: int


@dataclass(frozen=True)
class Shown:
    """A temptation.

    Attributes
    ----------
    points : float
        Points of the discounted average from that state on.
    percent_of_stake : float or None
        None where nothing is at stake.
    month : int or None
        The first period (from 1) in which keeping can come to the state in which the temptation is largest.
    state : Where or None
        None where there is no temptation.
    acts, instead_of : mapping from issue to option
        What would be done there, and what keeping does.
    """

    points: float
    percent_of_stake: float | None
    month: int | None
    state: Where | None
    acts: Mapping[str, str]
    instead_of: Mapping[str, str]


@dataclass(frozen=True)
class Judged:
    """How much an actor, or one of its types, is tempted; all None for those who cannot break the plan.

    Attributes
    ----------
    temptation, material_temptation : Shown or None
        Points averaged over types; where and what, of the type tempted most.
    stake : float or None
        The best less the worst that bound issues can bring, in points.
    free_gain : float or None
        What the issues that the plan leaves open bring from the start.
    restraint : float or None
        Temptation if today were prescribed for good, less temptation under the plan.
    share_of_draws : Share or None
        Over the uncertain numbers.
    judged_apart : bool or None
        Whether issues were judged one by one because together they have too many states: the temptation is then at
        most this.
    """

    temptation: Shown | None = None
    material_temptation: Shown | None = None
    stake: float | None = None
    free_gain: float | None = None
    restraint: float | None = None
    share_of_draws: Share | None = None
    judged_apart: bool | None = None


def _shown(points: float, stake: float, moment: Moment) -> Shown:
    where = None if moment.phase is None else Where(moment.phase, moment.periods_left)
    percent = 100.0 * points / stake if stake > 0 else None
    return Shown(points, percent, moment.period, where, moment.acts, moment.instead_of)


def judged(one: ActorVerdict | None) -> Judged:
    """Show what was found of an actor."""
    if one is None:
        return Judged()
    worst = one.types[one.worst][1] if one.types else None
    return Judged(
        _shown(one.points, one.stake, worst.temptation if worst else Moment()),
        _shown(one.material, one.stake, worst.material if worst else Moment()),
        one.stake,
        one.free_gain,
        one.restraint,
        one.share,
        any(t.apart for _, t in one.types.values()),
    )


def judged_type(one: Tempted | None) -> Judged:
    """Show what was found of one type of an actor."""
    if one is None:
        return Judged()
    return Judged(
        _shown(one.temptation.points, one.stake, one.temptation),
        _shown(one.material.points, one.stake, one.material),
        one.stake,
        one.free_gain,
        judged_apart=one.apart,
    )


@dataclass(frozen=True)
class Outsider:
    """An actor that promised nothing and would do other than the plan needs.

    Attributes
    ----------
    actor : str
    judged : Judged
    """

    actor: str
    judged: Judged = field(metadata=shown_as(flat=True))


def outsiders(verdict: Verdict) -> tuple[Outsider, ...]:
    """Show those who would not go along."""
    return tuple(Outsider(n, judged(verdict.others[n])) for n in verdict.would_not_go_along)


@dataclass(frozen=True)
class Grading:
    """What a grade rests on.

    Attributes
    ----------
    number : int
        From 1 (holds by itself) to 5 (would not be kept).
    name : str
    holds_by_itself : bool or None
        None where that was not decided.
    not_decided : str or None
        Why not.
    on_the_border : bool
        Whether the grade differs where the least material harm is a fifth smaller or larger.
    material, trifling : float
        The limits used, in points.
    most_tempted : str or None
        The actor with the largest temptation above what is trifling.
    hangs_on : Hinge or None
        For the fourth grade.
    bluffs : tuple of Bluff
        Reactions that do not pay the one who would react: where, and what reacting costs it there.
    without_bluffs : int or None
        The grade if only the reactions that pay are counted; None where all of them do.
    bluffs_not_decided : str or None
        Why it was not decided which reactions pay.
    """

    number: int
    name: str
    holds_by_itself: bool | None
    not_decided: str | None
    on_the_border: bool
    material: float
    trifling: float
    most_tempted: str | None
    hangs_on: Hinge | None
    bluffs: tuple[Bluff, ...]
    without_bluffs: int | None
    bluffs_not_decided: str | None


def grading(verdict: Verdict) -> Grading:
    """Show what a grade rests on."""
    return Grading(
        verdict.grade,
        NAMES[verdict.grade],
        verdict.by_itself,
        verdict.reason,
        verdict.border,
        verdict.material,
        verdict.trifling,
        verdict.most_tempted,
        verdict.hangs_on,
        verdict.bluffs,
        verdict.without_bluffs,
        verdict.bluffs_not_decided,
    )
