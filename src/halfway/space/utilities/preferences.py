"""What an actor wants, as exact fractions: a table of points for each issue, linkages, red lines, the walk-away.

Every number comes through a *reader* of estimates: their means for the central answer, one draw of them for an
uncertain one. The arithmetic is the same either way, so the two cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

import numpy as np

from halfway.case.case import Case
from halfway.case.conditions import All, AnyOf, AtLeast, Condition, FallsBy, Is, Not, Path, atoms
from halfway.case.estimates import Estimate
from halfway.case.interests import Interest, Preferences, WalkAway
from halfway.case.issues import Issue
from halfway.errors import Problem, Refusal
from halfway.space.arrays import BoolArray, FloatArray, Mask
from halfway.space.utilities.numbers import Number, over, plain, plus, share_of, times, total_of

Reader: TypeAlias = Callable[[Estimate, Path], Number]
"""Turns an estimate, named by its path in the case, into a number."""

_SAME = 1e-11
"""Drawn values closer than this share of the largest of them count as equal."""

LARGEST_CONDITION = 2_000_000
"""The most combinations of options that one condition may range over."""


def mean_of(estimate: Estimate, path: Path) -> Fraction:
    """Read an estimate by its centre."""
    return estimate.mean


@dataclass(frozen=True)
class Wants:
    """One actor's preferences as numbers.

    Attributes
    ----------
    tables : tuple of tuple of number
        For each issue, the utility points that each option contributes.
    linkages : tuple of (Mask, number)
        Where a condition holds, the points it adds (times the probability of the return).
    red_lines : tuple of Mask
        Where one holds, the actor refuses.
    """

    tables: tuple[tuple[Number, ...], ...]
    linkages: tuple[tuple[Mask, Number], ...]
    red_lines: tuple[Mask, ...]


def mask_of(case: Case, condition: Condition) -> Mask:
    """Turn a condition into a table over the issues that it names.

    Raises
    ------
    Refusal
        When it names so many issues that the table would not fit.
    """
    order = list(case.issues)
    named = sorted({order.index(atom.issue) for atom in atoms(condition) if isinstance(atom, Is)})
    sizes = [len(case.issues[order[i]].options) for i in named]
    combinations = int(np.prod(sizes, dtype=object)) if sizes else 1
    if combinations > LARGEST_CONDITION:
        raise Refusal(
            [
                Problem(
                    "R021",
                    "a condition names too many issues at once",
                    f"it ranges over {combinations:,} combinations of options",
                    "split it into several conditions",
                    case.place("issues", order[named[0]]),
                )
            ]
        )
    # A condition that reads no issue has a table without an axis, to which `ascontiguousarray` would give one.
    table = np.array(np.broadcast_to(_table(case, condition, order, named), sizes), order="C")
    return Mask(tuple(named), table)


def _table(case: Case, condition: Condition, order: list[str], named: list[int]) -> BoolArray:
    if isinstance(condition, Is):
        number = order.index(condition.issue)
        options = list(case.issues[condition.issue].options)
        true = np.array([option in condition.options for option in options], dtype=np.bool_)
        return true.reshape([-1 if i == number else 1 for i in named])
    if isinstance(condition, Not):
        return ~_table(case, condition.part, order, named)
    if isinstance(condition, AtLeast | FallsBy):
        raise TypeError("signals are not packages")
    tables = [_table(case, part, order, named) for part in condition.parts]
    out = np.full([1] * len(named), isinstance(condition, All), dtype=np.bool_)
    for table in tables:
        out = (out & table) if isinstance(condition, All) else (out | table)
    return out


def constraint_masks(case: Case) -> tuple[Mask, ...]:
    """Return a mask for each constraint, True where the package is allowed."""
    masks = []
    for constraint in case.constraints:
        wanted: Condition = constraint.require if constraint.require is not None else Not(_given(constraint.forbid))
        if constraint.when is not None:
            wanted = AnyOf((Not(constraint.when), wanted))
        masks.append(mask_of(case, wanted))
    return tuple(masks)


def _given(condition: Condition | None) -> Condition:
    assert condition is not None  # the schema demands one of forbid and require
    return condition


def option_values(issue: Issue, interest: Interest, read: Reader, path: Path) -> list[Number]:
    """Return what each option of an issue is worth to an actor, 0–100."""
    options = list(issue.options)
    if interest.values is not None:
        return [read(interest.values[o], (*path, "values", o)) for o in options]
    if interest.ranks is not None:
        last = len(interest.ranks) - 1
        rank = {o: r for r, group in enumerate(interest.ranks) for o in group}
        return [Fraction(100) if last == 0 else Fraction(100 * (last - rank[o]), last) for o in options]
    if interest.position is None:
        # `weight: 0` needs no form.
        return [Fraction(0) for _ in options]
    assert issue.scale is not None  # checked with the case
    position = read(interest.position, (*path, "position"))
    start, end = Fraction(str(issue.scale.from_)), Fraction(str(issue.scale.to))
    values = []
    for number, option in enumerate(options):
        at = issue.options[option].at
        if at is not None:
            point = read(at, ("issues", path[-1], "options", option, "at"))
        else:
            # As `Issue.point`, without rounding.
            point = start + (end - start) * Fraction(number, len(options) - 1)
        distance = over(abs(plus(point, -position)), abs(end - start))
        lost = distance if interest.loss == "linear" else distance * distance
        values.append(100 * (1 - lost))
    return values


def raw_weight(interest: Interest, read: Reader, path: Path) -> Number:
    """Return the weight of an issue before weights are normalised."""
    for name in ("weight", "swing", "salience"):
        size = getattr(interest, name)
        if size is not None:
            return read(size, (*path, name))
    return Fraction(1)


def read_wants(case: Case, preferences: Preferences, read: Reader, path: Path) -> Wants:
    """Compute an actor's preferences with every estimate read by `read`.

    Parameters
    ----------
    case : Case
    preferences : Preferences
        Complete: a type's or a picture's own parts already laid over the actor's.
    read : Reader
    path : tuple
        Where the preferences stand, to name the draws.
    """
    weights: dict[str, Number] = {}
    values: dict[str, list[Number]] = {}
    for key, interest in preferences.interests.items():
        at: Path = (*path, "interests", key)
        weights[key] = raw_weight(interest, read, at)
        values[key] = option_values(case.issues[key], interest, read, at)
    linkages = []
    for i, linkage in enumerate(preferences.linkages):
        at = (*path, "linkages", i)
        points = read(linkage.points, (*at, "points"))
        if linkage.probability is not None:
            points = times(points, read(linkage.probability, (*at, "probability")))
        linkages.append((mask_of(case, linkage.when), points))
    if preferences.normalise:
        weights, _ = _normalised(weights)
    if preferences.lexicographic:
        weights = _lexicographic(preferences.lexicographic, weights, values, linkages)
        if preferences.normalise:
            # Linkages are measured in the points of the weights before they were raised, so they shrink with them.
            weights, total = _normalised(weights)
            linkages = [(mask, over(points, total)) for mask, points in linkages]
    tables = []
    for key, issue in case.issues.items():
        if key in weights:
            tables.append(tuple(times(weights[key], v) for v in values[key]))
        else:
            tables.append(tuple(Fraction(0) for _ in issue.options))
    red_lines = tuple(mask_of(case, line.when) for line in preferences.red_lines)
    return Wants(tuple(tables), tuple(linkages), red_lines)


def _normalised(weights: dict[str, Number]) -> tuple[dict[str, Number], Number]:
    """Return weights that sum to one, and by what they were divided."""
    total = total_of(weights.values())
    # Where every weight is zero, as a draw can make them, nothing matters, which is what zero weights say.
    if isinstance(total, Fraction):
        divisor: Number = total or Fraction(1)
    else:
        divisor = np.where(np.asarray(total) > 0, total, 1.0)
    return {k: over(w, divisor) for k, w in weights.items()}, divisor


def _lexicographic(
    first: tuple[str, ...],
    weights: dict[str, Number],
    values: dict[str, list[Number]],
    linkages: list[tuple[Mask, Number]],
) -> dict[str, Number]:
    """Raise the weights of issues that come first until no gain elsewhere can outweigh their smallest difference."""
    out = dict(weights)
    rest = total_of(times(w, _span(values[k])) for k, w in weights.items() if k not in first)
    rest = plus(rest, total_of(abs(points) for _, points in linkages))
    for key in reversed([k for k in first if k in weights]):
        out[key] = over(plus(rest, Fraction(1)), _smallest_difference(values[key]))
        rest = plus(rest, times(out[key], _span(values[key])))
    return out


def _span(values: list[Number]) -> Number:
    """Return by how much the values of an issue differ at most."""
    if all(isinstance(v, Fraction) for v in values):
        return max(values) - min(values)
    return np.ptp(_stacked(values), axis=0)


def _smallest_difference(values: list[Number]) -> Number:
    """Return the least positive difference between values of an issue, or 100 where they are all the same."""
    if all(isinstance(v, Fraction) for v in values):
        return min((b - a for a, b in pairwise(sorted(set(values)))), default=Fraction(100))
    drawn = _stacked(values)
    steps = np.diff(np.sort(drawn, axis=0), axis=0)
    smallest = np.where(steps > _SAME * np.abs(drawn).max(axis=0), steps, np.inf).min(axis=0)
    return np.where(np.isfinite(smallest), smallest, 100.0)


def _stacked(values: list[Number]) -> FloatArray:
    return np.stack(np.broadcast_arrays(*[np.asarray(plain(v), dtype=np.float64) for v in values]))


def value_of(wants: Wants, package: tuple[int, ...]) -> Number:
    """Return the utility of one package, in points."""
    true = (points for mask, points in wants.linkages if mask.table[tuple(package[i] for i in mask.issues)])
    return plus(total_of(table[o] for table, o in zip(wants.tables, package, strict=True)), total_of(true))


def walk_away_value(
    case: Case,
    actor: str,
    wants: Wants,
    walk_away: WalkAway | None,
    status_quo: tuple[int, ...] | None,
    read: Reader,
    path: Path,
) -> Number:
    """Return what a walk-away is worth to an actor or a member of a group, in utility points.

    Default: the status quo, or 0 where the case states none.
    """
    if walk_away is None or walk_away.status_quo:
        return value_of(wants, status_quo) if status_quo is not None else Fraction(0)
    if walk_away.utility is not None:
        return read(walk_away.utility, (*path, "utility"))
    contest = walk_away.contest
    assert contest is not None  # one of the three forms
    assert status_quo is not None  # checked with the case
    at: Path = (*path, "contest")
    if contest.win_probability is not None:
        chance = read(contest.win_probability, (*at, "win_probability"))
    else:
        own = _capability(case, actor, read)
        chance = share_of(own, total_of(_capability(case, other, read) for other in contest.opponents))
    order = list(case.issues)

    def after(changes: dict[str, str]) -> tuple[int, ...]:
        package = list(status_quo)
        for issue, option in changes.items():
            package[order.index(issue)] = list(case.issues[issue].options).index(option)
        return tuple(package)

    won, lost = value_of(wants, after(contest.prize)), value_of(wants, after(contest.loss))
    expected = plus(lost, times(chance, plus(won, -lost)))
    return plus(expected, -read(contest.cost, (*at, "cost")))


def _capability(case: Case, name: str, read: Reader) -> Number:
    if name in case.actors:
        return read(case.actors[name].strength, ("actors", name, "capability"))
    for group, actor in case.actors.items():
        if name in actor.members:
            return read(actor.members[name].strength, ("actors", group, "members", name, "capability"))
    raise KeyError(name)
