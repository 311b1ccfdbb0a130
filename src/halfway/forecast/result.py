"""What a forecast returns: for each ordered issue a distribution, the models beside it, their errors, and levers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from halfway.errors import unknown
from halfway.forecast.own.distribution import Distribution
from halfway.forecast.scoring.measured import Against
from halfway.record import HIDDEN, shown, shown_as
from halfway.result import Provenance, Result, Table

INTERVALS = (0.5, 0.8, 0.95)


@dataclass(frozen=True)
class Lever:
    """How the forecast hangs on one actor.

    Attributes
    ----------
    actor : str
    position, salience, capability : float
        Position in the scale's unit.
    per_unit : float
        Exact: how far the compromise mean moves when the actor moves by one unit of the scale; its share of the weight.
    if_gone : float
        Exact: how far the compromise mean moves, in units of the scale, if the actor took no part.
    ours_if_gone : float
        The same for the mean of Halfway's own distribution, worked out anew without the actor.
    """

    actor: str
    position: float
    salience: float
    capability: float
    per_unit: float
    if_gone: float
    ours_if_gone: float


@dataclass(frozen=True)
class Step:
    """One move of one actor in one round, in the scale's unit."""

    round: int
    actor: str
    start: float
    end: float
    toward: str
    why: str
    point_after: float


@dataclass(frozen=True)
class ModelForecast:
    """One model's answer with the error that such answers have had.

    Attributes
    ----------
    model, label, source : str
    point : float
        In the scale's unit; NaN where the model has no answer, and then `note` says why.
    note : str
    error : float
        Mean absolute error on real decisions, in the scale's unit.
    crps : float
        Mean continuous ranked probability score there, in the scale's unit.
    scored_on : int
        How many decisions.
    interval : tuple of float
        80 percent interval by those errors, in the scale's unit.
    rounds : tuple of float
        The model's forecast after each round; empty where it plays none.
    steps : tuple of Step
        Who moved, from where to where, and why.
    """

    model: str
    label: str
    source: str
    point: float
    note: str
    error: float = field(metadata=shown_as("mean_absolute_error"))
    crps: float
    scored_on: int
    interval: tuple[float, float] = field(metadata=shown_as("interval_80"))
    rounds: tuple[float, ...] = ()
    steps: tuple[Step, ...] = field(default=(), metadata=shown_as("moves"))


@dataclass(frozen=True)
class PlanDistance:
    """Where a plan stands beside where talks would land.

    Attributes
    ----------
    plan : str
    point : float
        The plan's point in the long run, in the scale's unit; the mean over time where it changes for good.
    from_median : float
        Less the forecast's median.
    below, at_most : float
        Probability that talks would land below the point, and at or below it.
    """

    plan: str
    point: float
    from_median: float
    below: float
    at_most: float


def _by_coverage(intervals: tuple[tuple[float, float, float], ...]) -> dict[str, tuple[float, float]]:
    return {f"{level:.0%}": (low, high) for level, low, high in intervals}


def _by_option(options: tuple[tuple[str, float], ...]) -> dict[str, float]:
    return dict(options)


class Atom(NamedTuple):
    """A point of the scale with a probability of its own."""

    at: float
    probability: float


@dataclass(frozen=True)
class Stretch:
    """A stretch of the scale over which a probability is spread evenly."""

    start: float = field(metadata=shown_as("from"))
    end: float = field(metadata=shown_as("to"))
    probability: float

    def __iter__(self) -> Iterator[float]:
        """Go through start, end and probability."""
        return iter((self.start, self.end, self.probability))


@dataclass(frozen=True)
class IssueForecast:
    """The forecast of one ordered issue, everything in the scale's unit.

    Attributes
    ----------
    issue, title, unit : str
    low, high : float
        The scale's ends.
    distribution : Distribution
        Where talks would land, on the scale stretched to 0–100.
    point, median, mean : float
        `point` is the median or the mean, as asked for.
    intervals : tuple of (float, float, float)
        Coverage, low, high: central intervals.
    options : tuple of (str, float)
        For each option the probability that talks land nearer to it than to any other.
    reference : float
        NaN where there is none.
    reference_from : str
    outcome : float
        What was decided, NaN where it is not known.
    models : tuple of ModelForecast
    levers : tuple of Lever
        The longest first.
    plan : PlanDistance or None
    notes : tuple of str
    """

    issue: str
    title: str
    unit: str
    low: float = field(metadata=HIDDEN)
    high: float = field(metadata=HIDDEN)
    distribution: Distribution = field(metadata=HIDDEN)
    point: float
    median: float
    mean: float
    intervals: tuple[tuple[float, float, float], ...] = field(metadata=shown_as(by=_by_coverage))
    options: tuple[tuple[str, float], ...] = field(metadata=shown_as(by=_by_option))
    reference: float = field(metadata=shown_as("reference_point"))
    reference_from: str
    outcome: float
    models: tuple[ModelForecast, ...]
    levers: tuple[Lever, ...]
    plan: PlanDistance | None
    notes: tuple[str, ...]

    @property
    @shown(after="unit")
    def scale(self) -> tuple[float, float]:
        """The scale's ends."""
        return self.low, self.high

    def to_scale(self, value: float) -> float:
        """Turn 0–100 into the scale's unit."""
        return self.low + (self.high - self.low) * value / 100.0

    @property
    @shown(after="options")
    def atoms(self) -> list[Atom]:
        """Return the points that have a probability of their own, in the scale's unit, with that probability."""
        d = self.distribution
        return [Atom(self.to_scale(float(x)), float(p)) for x, p in zip(d.points, d.masses, strict=True)]

    @property
    @shown(after="atoms")
    def stretches(self) -> list[Stretch]:
        """Return from, to and probability of each stretch over which the rest is spread evenly."""
        d = self.distribution
        return [
            Stretch(self.to_scale(float(a)), self.to_scale(float(b)), float(p))
            for a, b, p in zip(d.edges[:-1], d.edges[1:], d.spread, strict=True)
        ]


class Position(NamedTuple):
    """Where a viewer takes an actor to stand, and where it stands, in the scale's unit."""

    believed: float
    actual: float


@dataclass(frozen=True)
class ForecastBelieved:
    """Where one actor expects talks to land, by its pictures of the others.

    Attributes
    ----------
    viewer, issue : str
    point : float
        The point forecast in its picture, in the scale's unit.
    shift : float
        Less the point forecast.
    positions : mapping from actor to Position
        Actors that it takes to stand elsewhere than they do.
    """

    viewer: str
    issue: str
    point: float
    shift: float
    positions: Mapping[str, Position]


@dataclass(frozen=True, repr=False)
class ForecastResult(Result):
    """Where talks would land on each ordered issue, and how sure that is.

    Attributes
    ----------
    provenance : Provenance
    issues : tuple of IssueForecast
    held_out : tuple of Against
        What was measured of Halfway's own distribution against the compromise mean, decisions that took no part in making
        it first.
    measured_on : str
        What the stated errors were measured on.
    names : mapping
        What every actor of the case is called, in the case's order.
    pictures : tuple of ForecastBelieved
        Where actors that have pictures of others (`as_seen_by`) expect talks to land.
    """

    provenance: Provenance = field(metadata=shown_as(flat=True))
    held_out: tuple[Against, ...]
    measured_on: str
    issues: tuple[IssueForecast, ...]
    names: Mapping[str, str] = field(metadata=HIDDEN)
    pictures: tuple[ForecastBelieved, ...] = field(default=(), metadata=shown_as(unless_empty=True))

    def issue(self, name: str) -> IssueForecast:
        """Return one issue's forecast."""
        for one in self.issues:
            if one.issue == name:
                return one
        raise unknown("issue", name, (f.issue for f in self.issues), where="in this forecast")

    def headline(self) -> str:
        """Return the main figures in a line."""
        return "; ".join(
            f"{f.issue} {f.point:.3g}{f' {f.unit}' if f.unit else ''} on {f.low:g}–{f.high:g}" for f in self.issues
        )

    def tables(self) -> dict[str, Table]:
        """Return the models' answers, Halfway's own first; the distributions; the levers; and the moves."""
        models = tuple((f.issue, m.model, m.point, m.error, *m.interval, m.note) for f in self.issues for m in f.models)
        atoms = tuple((f.issue, x, x, p) for f in self.issues for x, p in f.atoms)
        stretches = tuple((f.issue, *s) for f in self.issues for s in f.stretches)
        levers = tuple(
            (f.issue, v.actor, v.position, v.salience, v.capability, v.per_unit, v.if_gone, v.ours_if_gone)
            for f in self.issues
            for v in f.levers
        )
        moves = tuple(
            (f.issue, m.model, s.round, s.actor, s.start, s.end, s.toward, s.why, s.point_after)
            for f in self.issues
            for m in f.models
            for s in m.steps
        )
        lever_names = ("issue", "actor", "position", "salience", "capability", "per_unit", "if_gone", "ours_if_gone")
        move_names = ("issue", "model", "round", "actor", "start", "end", "toward", "why", "point_after")
        return {
            "models": Table("models", ("issue", "model", "point", "error", "low_80", "high_80", "note"), models),
            "distribution": Table("distribution", ("issue", "from", "to", "probability"), atoms + stretches),
            "levers": Table("levers", lever_names, levers),
            "moves": Table("moves", move_names, moves),
        }
