"""What `settle` returns: counts, frontier, solutions, the price of exclusion, ratification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from halfway.record import shown, shown_as
from halfway.result import Provenance, Result, Table

DEFINITIONS = {
    "acceptable": "constraints hold, no signatory's red line is crossed, and each signatory gets its walk-away or more",
    "frontier": "acceptable packages to which no acceptable package is better for one signatory and worse for none",
    "nash": "greatest product of the signatories' gains over their walk-aways, raised to their bargaining powers; "
    "where no package is better than the walk-away for all, as many gainers as possible first, then their product",
    "kalai_smorodinsky": "the least gain, as a share of the largest that the signatory can have in any acceptable "
    "package, is as large as possible, then the second least, and so on; who cannot gain at all is left out",
    "egalitarian": "the least gain over the walk-away is as large as possible, then the second least, and so on",
    "utilitarian": "greatest sum of the signatories' utilities",
    "concession": "percent of the way from a's own ideal (0) to b's (100), counted in a's utility",
    "movement": "the concession level less that of the status quo, in percentage points",
    "ties": "how many other packages do equally well by the definition",
}
"""The definitions, as stated with every answer."""


@dataclass(frozen=True)
class Number:
    """A count of packages: exact, or between two bounds."""

    low: int
    high: int

    @property
    def exact(self) -> bool:
        """Whether the two bounds meet."""
        return self.low == self.high

    def __str__(self) -> str:
        if self.exact:
            return f"{self.low:,}"
        return f"between {self.low:,} and {self.high:,}"


def _known(number: Number) -> int | None:
    return number.low if number.exact else None


def _bounds(number: Number) -> tuple[int, int]:
    return number.low, number.high


@dataclass(frozen=True)
class Chosen:
    """A package that a solution chooses, valued for everyone.

    Attributes
    ----------
    package : mapping
        Issue → option.
    utilities : mapping
        Actor → utility points, of all actors, the absent included.
    concession, movement : mapping
        Actor → other actor → percent, percentage points; None where undefined.
    value : float
        Of the criterion.
    ties : int
        Other packages that do equally well.
    ties_exact : bool
        Whether these are all; else at least so many.
    gap : float
        Proven bound on what a better package could add to the criterion; 0 when exact.
    method : str
    counted : tuple of str
        The signatories that the criterion counts.
    """

    package: Mapping[str, str]
    utilities: Mapping[str, float]
    concession: Mapping[str, Mapping[str, float | None]]
    movement: Mapping[str, Mapping[str, float | None]]
    value: float
    ties: int
    ties_exact: bool
    gap: float
    method: str
    counted: tuple[str, ...]


@dataclass(frozen=True)
class FrontierPoint:
    """One point of the frontier: a package, what it is worth to everyone, and how many others equal it."""

    package: Mapping[str, str]
    utilities: Mapping[str, float]
    ties: int


@dataclass(frozen=True)
class FrontierResult:
    """The Pareto frontier of the signatories.

    Attributes
    ----------
    points : tuple of FrontierPoint
    exact : bool
    epsilon : mapping
        Signatory → utility points: how far a point may fall short of what it stands for where the frontier is not exact;
        where utilities had to be rounded to whole numbers, by how much two packages may have compared wrongly (the
        points are rechecked in exact fractions); else zero.
    """

    points: tuple[FrontierPoint, ...]
    exact: bool
    epsilon: Mapping[str, float]

    @property
    @shown()
    def size(self) -> int:
        """Number of points: distinct utilities of the signatories."""
        return len(self.points)


@dataclass(frozen=True)
class Exclusion:
    """The same question with everyone at the table.

    Attributes
    ----------
    seated : tuple of str
        Who is not a signatory, and is one here.
    acceptable : Number
        Packages acceptable to all.
    solutions : mapping
        Name → Chosen; empty when nothing is acceptable to all.
    price : mapping
        Solution → actor → utility points that the actor loses by the exclusion (negative: gains by it).
    obstacles : tuple of str
        Where nothing is acceptable to all: what stands in the way.
    """

    seated: tuple[str, ...]
    acceptable: Number = field(metadata=shown_as(by=_known))
    solutions: Mapping[str, Chosen]
    price: Mapping[str, Mapping[str, float]]
    obstacles: tuple[str, ...]

    @property
    @shown(after="acceptable")
    def acceptable_exact(self) -> bool:
        """Whether the count of acceptable packages is exact; it is None otherwise."""
        return self.acceptable.exact

    @property
    @shown(after="acceptable_exact")
    def acceptable_bounds(self) -> tuple[int, int]:
        """Between which two counts it lies."""
        return _bounds(self.acceptable)


@dataclass(frozen=True)
class Represented:
    """An actor spoken for by another.

    Attributes
    ----------
    by : str
        Who speaks for it.
    acceptable : Number
        Packages that would be acceptable were its own interests asked as well.
    """

    by: str
    acceptable: Number = field(metadata=shown_as(by=_known))

    @property
    @shown(after="acceptable")
    def acceptable_exact(self) -> bool:
        """Whether the count is exact; it is None otherwise."""
        return self.acceptable.exact

    @property
    @shown(after="acceptable_exact")
    def acceptable_bounds(self) -> tuple[int, int]:
        """Between which two counts it lies."""
        return _bounds(self.acceptable)


class Passing(NamedTuple):
    """The probability that a body approves a package, with its standard error over the draws."""

    probability: float
    standard_error: float


@dataclass(frozen=True)
class Ratification:
    """A body at home that must approve what a signatory signs.

    Attributes
    ----------
    actor, body : str
    threshold : float
        Utility points, by the body's own interests (the actor's where it has none).
    win_set : Number
        Packages that it would approve.
    acceptable : Number
        Packages acceptable to all signatories that it would approve.
    passes : mapping
        Solution → (probability that the package passes, its standard error over the draws).
    turnover : float or None
        Probability that the body changes hands before it must have approved; None where no hazard or no date is given.
    """

    actor: str
    body: str
    threshold: float
    win_set: Number = field(metadata=shown_as(by=_bounds))
    acceptable: Number = field(metadata=shown_as(by=_bounds))
    passes: Mapping[str, Passing]
    turnover: float | None


@dataclass(frozen=True)
class WeightRange:
    """Between which values of one weight a solution's package stays chosen, all else as stated.

    Attributes
    ----------
    solution, actor, issue : str
    weight : float
        The actor's weight of the issue, as a share of all its weights (0–1); as stated if they are not normalised.
    low, high : float
        The range, in the same measure.
    """

    solution: str
    actor: str
    issue: str
    weight: float
    low: float
    high: float


@dataclass(frozen=True)
class Believed:
    """What a viewer thinks that one signatory would accept.

    Attributes
    ----------
    actor : str
    walk_away, walk_away_believed : float
        Utility points: as it is, and in the viewer's picture.
    accepts, accepts_believed, accepts_both : Number
        Packages that the signatory would accept, that the viewer thinks it would, and those of which both is true.
    """

    actor: str
    walk_away: float
    walk_away_believed: float
    accepts: Number = field(metadata=shown_as(by=_bounds))
    accepts_believed: Number = field(metadata=shown_as(by=_bounds))
    accepts_both: Number = field(metadata=shown_as(by=_bounds))


@dataclass(frozen=True)
class SettlePicture:
    """The talks as one actor sees them: its own interests as they are, the others' as it pictures them.

    Attributes
    ----------
    viewer : str
    believed : tuple of Believed
        Of the signatories of which it has a picture.
    acceptable : Number
        Packages acceptable to all signatories as it sees them.
    nash : mapping or None
        The Nash package among these; None where there is none.
    utilities : mapping
        What that is worth to each signatory as the viewer sees it.
    refused_by : tuple of str
        Signatories that would in truth refuse it.
    """

    viewer: str
    believed: tuple[Believed, ...]
    acceptable: Number = field(metadata=shown_as(by=_bounds))
    nash: Mapping[str, str] | None
    utilities: Mapping[str, float]
    refused_by: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class SettleResult(Result):
    """What could be agreed.

    Attributes
    ----------
    plan : str or None
        Whose seats were taken; None for a case without plans, where everyone is a signatory.
    signatories : tuple of str
    walk_away : mapping
        Actor → utility points, of all actors.
    packages : int
        Packages that the constraints leave.
    acceptable : Number
    frontier : FrontierResult
    solutions : mapping
        Name → Chosen; empty when nothing is acceptable.
    price_of_exclusion : Exclusion or None
        None when everyone is a signatory.
    represented : mapping
        For actors spoken for by another: who speaks for them, and how many packages would be acceptable were their own
        interests asked as well.
    ratification : tuple of Ratification
    obstacles : tuple of str
        Where nothing is acceptable: what stands in the way.
    sensitivity : tuple of WeightRange
        Empty unless asked for.
    pictures : tuple of SettlePicture
        The talks as each actor sees them that has a picture of a signatory of its own (`as_seen_by`).
    provenance : Provenance
    """

    plan: str | None
    signatories: tuple[str, ...]
    walk_away: Mapping[str, float]
    packages: int
    acceptable: Number = field(metadata=shown_as(by=_known))
    frontier: FrontierResult
    solutions: Mapping[str, Chosen]
    price_of_exclusion: Exclusion | None
    represented: Mapping[str, Represented]
    ratification: tuple[Ratification, ...]
    obstacles: tuple[str, ...]
    sensitivity: tuple[WeightRange, ...] = field(metadata=shown_as(unless_empty=True))
    provenance: Provenance
    pictures: tuple[SettlePicture, ...] = field(default=(), metadata=shown_as(unless_empty=True))

    @property
    @shown(after="acceptable")
    def acceptable_exact(self) -> bool:
        """Whether the count of acceptable packages is exact; it is None otherwise."""
        return self.acceptable.exact

    @property
    @shown(after="acceptable_exact")
    def acceptable_bounds(self) -> tuple[int, int]:
        """Between which two counts it lies."""
        return _bounds(self.acceptable)

    @property
    @shown(after="sensitivity")
    def definitions(self) -> Mapping[str, str]:
        """The definitions of the terms used."""
        return DEFINITIONS

    def headline(self) -> str:
        """Return the main figures in a line."""
        frontier = "" if self.frontier.exact else "at least "
        chosen = "; ".join(
            f"{name}: " + ", ".join(f"{a} {c.utilities[a]:.1f}" for a in self.signatories)
            for name, c in self.solutions.items()
        )
        return (
            f"{self.acceptable} of {self.packages:,} packages acceptable to {len(self.signatories)} signatories, "
            f"frontier of {frontier}{self.frontier.size:,} points" + (f"; {chosen}" if chosen else "")
        )

    def tables(self) -> dict[str, Table]:
        """Return ``solutions``, ``frontier`` and ``sensitivity``, in long form."""
        actors = tuple(self.walk_away)
        rows = [
            (name, actor, chosen.utilities[actor], self.walk_away[actor], actor in self.signatories)
            for name, chosen in self.solutions.items()
            for actor in actors
        ]
        issues = tuple(self.frontier.points[0].package) if self.frontier.points else ()
        points = [
            (*(p.package[i] for i in issues), *(p.utilities[a] for a in actors), p.ties) for p in self.frontier.points
        ]
        ranges = [(r.solution, r.actor, r.issue, r.weight, r.low, r.high) for r in self.sensitivity]
        return {
            "solutions": Table("solutions", ("solution", "actor", "utility", "walk_away", "signatory"), tuple(rows)),
            "frontier": Table(
                "frontier", (*(f"issue {i}" for i in issues), *(f"utility {a}" for a in actors), "ties"), tuple(points)
            ),
            "sensitivity": Table("sensitivity", ("solution", "actor", "issue", "weight", "low", "high"), tuple(ranges)),
        }
