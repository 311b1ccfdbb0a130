"""Case → arrays: the space of packages with every actor's utilities, limits and walk-away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, lcm, prod

import numpy as np

from halfway.case.actors import ActorType
from halfway.case.case import Case
from halfway.case.interests import Preferences
from halfway.case.notes import unstated_wants, without_wants
from halfway.errors import Problem, Refusal, unknown
from halfway.space.arrays import Bounds, FloatArray, IntArray, Linkage, Utilities
from halfway.space.utilities.groups import only_ranks, walk_away_of, wants_of
from halfway.space.utilities.preferences import Wants, constraint_masks, mean_of

# Integers stay below this so that sums over actors and issues cannot overflow 64 bits.
_ROOM = 2**52
_FINEST = 10**10
_FARTHEST = 2**62


@dataclass(frozen=True)
class Space:
    """The packages of a case and what they are worth.

    Attributes
    ----------
    case : Case
    actors, issues : tuple of str
        Keys in the case's order: the axes of every array.
    options : tuple of tuple of str
        Keys of the options of each issue.
    utilities : Utilities
        Scaled integers, for exact comparison.
    points : Utilities
        The same in utility points.
    bounds : Bounds
        Constraints and red lines.
    walk_away : ndarray of float, shape (actor,)
        In utility points.
    threshold : ndarray of int, shape (actor,)
        The least scaled utility that is no less than the walk-away, less the rounding where utilities are not exact.
    status_quo : ndarray of int, shape (issue,), or None
        Option numbers.
    ordinal : tuple of str
        Actors that only rank states: they have no utilities, and their rows are zero.
    """

    case: Case
    actors: tuple[str, ...]
    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    utilities: Utilities
    points: Utilities
    bounds: Bounds
    walk_away: FloatArray
    threshold: IntArray
    status_quo: IntArray | None
    ordinal: tuple[str, ...]

    @cached_property
    def gravities(self) -> dict[tuple[int, str, bytes], float]:
        """Gravities of signals once they are computed: see `halfway.space.plan.signals.gravity_of`."""
        return {}

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of options of each issue."""
        return tuple(len(o) for o in self.options)

    @property
    def size(self) -> int:
        """Number of packages before constraints: the product of the options."""
        return prod(self.sizes)

    def actor(self, name: str) -> int:
        """Return an actor's position.

        Raises
        ------
        UnknownName
        """
        if name not in self.actors:
            raise unknown("actor", name, self.actors)
        return self.actors.index(name)

    def package(self, labels: Mapping[str, str], base: IntArray | None = None) -> IntArray:
        """Turn labels into option numbers, shape ``(issue,)``; what is not named comes from `base`.

        Raises
        ------
        UnknownName
            For an unknown name.
        KeyError
            For an issue that is neither named nor in `base`.
        """
        out = np.full(len(self.issues), -1, dtype=np.int64) if base is None else base.copy()
        for issue, option in labels.items():
            if issue not in self.issues:
                raise unknown("issue", issue, self.issues)
            i = self.issues.index(issue)
            if option not in self.options[i]:
                raise unknown("option", option, self.options[i], where=f"of issue '{issue}'")
            out[i] = self.options[i].index(option)
        if (out < 0).any():
            raise KeyError(f"no option for issue {self.issues[int(np.argmin(out))]!r}")
        return out

    def labels(self, package: Sequence[int] | IntArray) -> dict[str, str]:
        """Turn option numbers into labels."""
        return {issue: self.options[i][int(package[i])] for i, issue in enumerate(self.issues)}

    def values(self, packages: IntArray) -> FloatArray:
        """Return utilities in points, shape ``(actor, package)``, for packages of shape ``(package, issue)``."""
        return np.asarray(self.points.of(np.atleast_2d(packages)), dtype=np.float64)

    def require_cardinal(self, question: str) -> None:
        """Refuse a question that needs utilities where someone only ranks states, or has stated nothing at all.

        Raises
        ------
        Refusal
            Naming these actors.
        """
        if silent := without_wants(self.case):
            raise Refusal([unstated_wants(self.case, actor) for actor in silent])
        if self.ordinal:
            raise Refusal(
                [
                    Problem(
                        "R010",
                        f"{question} cannot be answered for this case",
                        f"{', '.join(self.ordinal)} only rank{'s' if len(self.ordinal) == 1 else ''} states, "
                        "and a rank says nothing of how much one is preferred to another",
                        "give interests with values, ranks or positions, or ask `halfway stability`",
                        self.case.place("actors", self.ordinal[0]),
                    )
                ]
            )


def preferences_of(case: Case, actor: str, kind: str | None = None) -> Preferences:
    """Return an actor's preferences, or those of one of its types laid over them."""
    own = case.actors[actor]
    if kind is None:
        return own
    chosen: ActorType = own.types[kind]
    return chosen.over(own)


def compile_space(
    case: Case, types: Mapping[str, str] | None = None, known: dict[tuple[str, str | None], Wants] | None = None
) -> Space:
    """Turn a case into arrays, every estimate at its centre.

    Parameters
    ----------
    case : Case
    types : mapping, optional
        For actors that are to be taken as one of their types: which.
    known : dict, optional
        What actors, as one of their types, want in this case so far as that has been computed; it is added to.
    """
    types, known = types or {}, {} if known is None else known
    for a in case.actors:
        if (a, types.get(a)) not in known:
            known[a, types.get(a)] = wants_of(case, a, preferences_of(case, a, types.get(a)), mean_of)
    wants = [known[a, types.get(a)] for a in case.actors]
    status_quo = status_quo_of(case)
    anchor = None if status_quo is None else tuple(int(x) for x in status_quo)
    walk_aways = [
        Fraction(walk_away_of(case, a, w, preferences_of(case, a, types.get(a)), anchor, mean_of))
        for a, w in zip(case.actors, wants, strict=True)
    ]
    scales, exact = _scales(wants)
    scaled = _tables(case, wants, scales)
    # Rounded terms may add up to a little less than what is exactly worth the walk-away, as the status quo often is.
    slack = [0 if e else (len(w.tables) + len(w.linkages)) // 2 + 1 for w, e in zip(wants, exact, strict=True)]
    unit = np.array([1 / float(s) for s in scales])
    points = Utilities(
        tuple(np.asarray(t * unit[:, None], dtype=np.float64) for t in scaled.tables),
        tuple(
            Linkage(x.issues, np.asarray(x.points * unit.reshape(-1, *[1] * len(x.issues)), dtype=np.float64))
            for x in scaled.linkages
        ),
        np.ones(len(wants)),
        exact=False,
    )
    return Space(
        case=case,
        actors=tuple(case.actors),
        issues=tuple(case.issues),
        options=tuple(tuple(issue.options) for issue in case.issues.values()),
        utilities=Utilities(scaled.tables, scaled.linkages, unit, all(exact)),
        points=points,
        bounds=Bounds(constraint_masks(case), tuple(w.red_lines for w in wants)),
        walk_away=np.array([float(d) for d in walk_aways]),
        threshold=np.array([_threshold(d * s - x) for d, s, x in zip(walk_aways, scales, slack, strict=True)]),
        status_quo=status_quo,
        ordinal=tuple(a for a in case.actors if only_ranks(case, a)),
    )


def status_quo_of(case: Case) -> IntArray | None:
    """Return the status quo as option numbers, shape ``(issue,)``; None where the case states none."""
    if case.status_quo is None:
        return None
    return np.array(
        [list(issue.options).index(case.status_quo[key]) for key, issue in case.issues.items()], dtype=np.int64
    )


def _threshold(least: Fraction) -> int:
    """Round up to a count; a walk-away beyond any utility is told by a number that no sum reaches."""
    return max(-_FARTHEST, min(_FARTHEST, ceil(least)))


def _scales(wants: Sequence[Wants]) -> tuple[list[int], list[bool]]:
    """Choose for each actor how many counts make a utility point, one number for all where that stays exact.

    Returns
    -------
    scales : list of int
    exact : list of bool
        Whether an actor's scaled utilities are exact.
    """
    needed, largest = [], []
    for w in wants:
        numbers = [n for table in w.tables for n in table] + [points for _, points in w.linkages]
        scale = 1
        for number in numbers:
            scale = lcm(scale, Fraction(number).denominator)
            if scale > _ROOM:
                break
        biggest: list[Fraction] = [max(abs(Fraction(n)) for n in table) for table in w.tables]
        most = sum(biggest + [abs(Fraction(points)) for _, points in w.linkages], Fraction(1))
        needed.append(scale if scale * most < _ROOM else 0)
        largest.append(most)
    if all(needed):
        common = lcm(*needed)
        if common * max(*largest, Fraction(200)) * len(wants) < _ROOM:
            return [common] * len(wants), [True] * len(wants)
    scales = [n or max(1, min(_FINEST, _ROOM // ceil(most))) for n, most in zip(needed, largest, strict=True)]
    return scales, [bool(n) for n in needed]


def _tables(case: Case, wants: Sequence[Wants], scales: Sequence[int]) -> Utilities:
    tables = tuple(
        np.array([[round(x * s) for x in w.tables[i]] for w, s in zip(wants, scales, strict=True)], dtype=np.int64)
        for i in range(len(case.issues))
    )
    linkages = []
    for a, (w, s) in enumerate(zip(wants, scales, strict=True)):
        for mask, points in w.linkages:
            table = np.zeros((len(wants), *mask.table.shape), dtype=np.int64)
            table[a] = np.where(mask.table, round(points * s), 0)
            linkages.append(Linkage(mask.issues, table))
    return Utilities(tables, tuple(linkages), np.ones(len(wants)), exact=True)
