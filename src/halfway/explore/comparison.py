"""The comparison of plans as a result: one column a plan, intervals beside the central numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from halfway.conduct.chance.odds import Odds
from halfway.conduct.play.participation import Refusing
from halfway.conduct.verdicts.grades import Hinge
from halfway.errors import unknown
from halfway.evidence.comparable import Comparison
from halfway.explore.break_evens import BreakEven
from halfway.explore.while_talks_last import Shifted
from halfway.record import HIDDEN, shown_as
from halfway.result import Provenance, Result, Table
from halfway.space.plan.outcomes import NoWayBack


@dataclass(frozen=True)
class Interval:
    """A number with what the uncertain inputs leave of it.

    Attributes
    ----------
    centre : float
        With every estimate at its centre.
    low, high : float
        The 5th and 95th percentile of the draws.
    """

    centre: float
    low: float
    high: float


@dataclass(frozen=True)
class ActorOutcome:
    """What one actor gets under one plan, in utility points (0–100), in the long run unless said otherwise.

    Attributes
    ----------
    utility : Interval
    discounted : float
        The discounted average from the start, at the central numbers.
    over_status_quo : Interval or None
        Gain over the status quo; None where the case states none.
    over_walk_away : Interval
        Gain over what it has without an agreement.
    better_than_status_quo, no_worse_than_walk_away : float or None
        Share of draws in which it holds.
    by_type : mapping
        The utility under each of the actor's types.
    break_evens : tuple of BreakEven
        For signatories: at which value of one uncertain number alone the plan is worth exactly their walk-away, nearest
        first. Found among the actor's own numbers and the plan's payments.
    """

    utility: Interval
    discounted: float
    over_status_quo: Interval | None
    over_walk_away: Interval
    better_than_status_quo: float | None
    no_worse_than_walk_away: float
    by_type: Mapping[str, float]
    break_evens: tuple[BreakEven, ...] = ()


@dataclass(frozen=True)
class SideOutcome:
    """How far one side of the headline goes towards the other, in percent.

    Attributes
    ----------
    mover, towards : str
    level : Interval or None
        Concession level; None where both ideals are worth the same to the mover.
    movement : Interval or None
        The level less that of the status quo.
    leaving_one_out : (float, float) or None
        Range of the level over leaving one option of the case out.
    joint_gain_share : float or None
        Share of the two sides' joint gain over the status quo; None unless both gain.
    status_quo_level, walk_away_level : float or None
        The mover's concession level at the status quo, and at what its walk-away is worth to it.
    """

    mover: str
    towards: str
    level: Interval | None
    movement: Interval | None
    leaving_one_out: tuple[float, float] | None
    joint_gain_share: float | None
    status_quo_level: float | None
    walk_away_level: float | None


class PackageShare(NamedTuple):
    """A package that is in force in the long run, and its share of the time."""

    package: Mapping[str, str]
    share: float


@dataclass(frozen=True)
class Kept:
    """Whether a plan would be signed and kept.

    Attributes
    ----------
    grade : int
        From 1 (holds by itself) to 5 (would not be kept).
    name : str
    hangs_on : Hinge or None
        For the fourth grade.
    refusing : tuple of Refusing
        Who would not sign.
    temptation : mapping from actor to float
        Of those who can break the plan, in points, averaged over types.
    would_not_go_along : tuple of str
        Actors that promised nothing and would do other than the plan needs.
    odds : mapping from actor to Odds
        Of the same actors: chance, rank and survival, or why there is no chance.
    """

    grade: int
    name: str
    hangs_on: Hinge | None
    refusing: tuple[Refusing, ...]
    temptation: Mapping[str, float]
    would_not_go_along: tuple[str, ...]
    odds: Mapping[str, Odds] = field(default_factory=dict)


@dataclass(frozen=True)
class PlanOutcome:
    """One plan's column of the comparison.

    Attributes
    ----------
    name, title : str
    seats : mapping from actor to str
    long_run_phases : mapping from phase to float
        Share of the time in each.
    packages : tuple of PackageShare
        In force in the long run.
    actors : mapping from actor to ActorOutcome
    sides : tuple of SideOutcome
        The two sides of the headline, each towards the other.
    levels, movements : mapping from actor to mapping from actor to float or None
        Concession levels in percent, movements in percentage points; None where undefined.
    irreversible : tuple of NoWayBack
    kept : Kept or None
        None where that cannot be computed.
    comparable : Comparison or None
        What became of agreements of this shape and of promises of these kinds.
    while_talking : tuple of Shifted
        What phases that change facts do to walk-aways, and to the packages that `parties` accept.
    """

    name: str = field(metadata=HIDDEN)
    title: str
    seats: Mapping[str, str]
    long_run_phases: Mapping[str, float]
    packages: tuple[PackageShare, ...]
    actors: Mapping[str, ActorOutcome]
    sides: tuple[SideOutcome, ...]
    levels: Mapping[str, Mapping[str, float | None]] = field(metadata=shown_as("concession"))
    movements: Mapping[str, Mapping[str, float | None]] = field(metadata=shown_as("movement"))
    irreversible: tuple[NoWayBack, ...]
    kept: Kept | None = None
    comparable: Comparison | None = None
    while_talking: tuple[Shifted, ...] = field(default=(), metadata=shown_as(unless_empty=True))


def _by_name(plans: tuple[PlanOutcome, ...]) -> dict[str, PlanOutcome]:
    return {plan.name: plan for plan in plans}


@dataclass(frozen=True, repr=False)
class CompareResult(Result):
    """The plans of a case side by side.

    Attributes
    ----------
    plans : tuple of PlanOutcome
    status_quo, walk_away : mapping from actor to float
        In utility points, at the central numbers.
    names : mapping
        What each actor is called.
    provenance : Provenance
    """

    plans: tuple[PlanOutcome, ...] = field(metadata=shown_as(by=_by_name))
    status_quo: Mapping[str, float] | None
    walk_away: Mapping[str, float]
    names: Mapping[str, str] = field(metadata=HIDDEN)
    provenance: Provenance

    def __getitem__(self, plan: str) -> PlanOutcome:
        """Return one plan's outcome by name."""
        for outcome in self.plans:
            if outcome.name == plan:
                return outcome
        raise unknown("plan", plan, (p.name for p in self.plans))

    def headline(self) -> str:
        """Return the main figures in a line."""
        return "; ".join(
            f"{p.name}: " + ", ".join(f"{s.mover} {s.level.centre:.0f}%" for s in p.sides if s.level is not None)
            for p in self.plans
        )

    def tables(self) -> dict[str, Table]:
        """Return tables with one row a plan and what the name says.

        ``actors``; ``sides`` of the headline; ``concessions``, every actor towards every other; ``types`` of actors;
        ``packages``, one row a package of the long run and issue; ``irreversible`` options; ``break_evens`` of signatories.
        """
        actor_rows = tuple(
            (
                p.name,
                name,
                p.seats[name],
                o.utility.centre,
                o.utility.low,
                o.utility.high,
                o.discounted,
                *((None,) * 3 if o.over_status_quo is None else _triple(o.over_status_quo)),
                *_triple(o.over_walk_away),
                o.better_than_status_quo,
                o.no_worse_than_walk_away,
            )
            for p in self.plans
            for name, o in p.actors.items()
        )
        side_rows = tuple(
            (
                p.name,
                s.mover,
                s.towards,
                *((None,) * 3 if s.level is None else _triple(s.level)),
                *((None,) * 3 if s.movement is None else _triple(s.movement)),
                *(s.leaving_one_out or (None, None)),
                s.joint_gain_share,
                s.status_quo_level,
                s.walk_away_level,
            )
            for p in self.plans
            for s in p.sides
        )
        concession_rows = tuple(
            (p.name, mover, towards, reached, p.movements[mover][towards])
            for p in self.plans
            for mover, row in p.levels.items()
            for towards, reached in row.items()
        )
        type_rows = tuple(
            (p.name, actor, kind, worth)
            for p in self.plans
            for actor, o in p.actors.items()
            for kind, worth in o.by_type.items()
        )
        package_rows = tuple(
            (p.name, number, share, issue, option)
            for p in self.plans
            for number, (package, share) in enumerate(p.packages, start=1)
            for issue, option in package.items()
        )
        even_rows = tuple(
            (p.name, actor, b.input, b.centre, b.at, b.low, b.high, None if b.within is None else int(b.within))
            for p in self.plans
            for actor, o in p.actors.items()
            for b in o.break_evens
        )
        lasting_rows = tuple((p.name, n.issue, n.option, n.phase) for p in self.plans for n in p.irreversible)
        return {
            "actors": Table("actors", _ACTOR_COLUMNS, actor_rows),
            "sides": Table("sides", _SIDE_COLUMNS, side_rows),
            "concessions": Table("concessions", ("plan", "mover", "towards", "level", "movement"), concession_rows),
            "types": Table("types", ("plan", "actor", "type", "utility"), type_rows),
            "packages": Table("packages", ("plan", "package", "share", "issue", "option"), package_rows),
            "irreversible": Table("irreversible", ("plan", "issue", "option", "phase"), lasting_rows),
            "break_evens": Table("break_evens", _EVEN_COLUMNS, even_rows),
        }


_ACTOR_COLUMNS = (
    "plan", "actor", "seat", "utility", "utility_low", "utility_high", "discounted",
    "over_status_quo", "over_status_quo_low", "over_status_quo_high",
    "over_walk_away", "over_walk_away_low", "over_walk_away_high",
    "better_than_status_quo", "no_worse_than_walk_away",
)  # fmt: skip
_EVEN_COLUMNS = ("plan", "actor", "input", "centre", "at", "low", "high", "within")
_SIDE_COLUMNS = (
    "plan", "mover", "towards", "level", "level_low", "level_high", "movement", "movement_low", "movement_high",
    "level_leaving_one_out_low", "level_leaving_one_out_high", "joint_gain_share",
    "status_quo_level", "walk_away_level",
)  # fmt: skip


def _triple(interval: Interval) -> tuple[float, float, float]:
    return interval.centre, interval.low, interval.high
