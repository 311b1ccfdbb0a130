"""Case → arrays for forecasts: positions, saliences and capabilities on each ordered issue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from halfway.case.case import Case
from halfway.case.conditions import Path
from halfway.case.interests import Interest
from halfway.case.issues import Issue
from halfway.space.arrays import FloatArray
from halfway.space.utilities.draws import Draws
from halfway.space.utilities.preferences import Reader, mean_of, option_values, raw_weight
from halfway.space.utilities.space import preferences_of

QUOTAS = {None: 1.0, "unanimity": 1.0, "qualified_majority": 0.65, "majority": 0.5 + 1e-6}
"""Share of capability that must agree, by voting rule; without a rule talks bind only those who agree."""


@dataclass(frozen=True)
class OrderedIssue:
    """One ordered issue of a case as arrays, in draws, on the issue's own scale.

    Attributes
    ----------
    issue : str
    low, high : float
        The scale's lesser and greater end.
    positions : ndarray, shape (draw, actor)
        NaN for an actor to whom the issue does not matter.
    saliences : ndarray, shape (draw, actor)
        0–100, NaN where there is no position.
    capabilities : ndarray, shape (draw, actor)
    reference : float
        The stated reference point, else the point of the status quo; NaN where there is neither.
    reference_from : str
        ``stated``, ``status quo`` or ``none``.
    quota : float
        Share of capability that must agree.
    setter : int
        The agenda setter among the actors, -1 for none.
    outcome : float
        What was decided, NaN where it is not known.
    options : ndarray, shape (option,)
        The point of each option.
    read_off : tuple of int
        Actors whose position was read off the values or ranks they give to options.
    """

    issue: str
    low: float
    high: float
    positions: FloatArray
    saliences: FloatArray
    capabilities: FloatArray
    reference: float
    reference_from: str
    quota: float
    setter: int
    outcome: float
    options: FloatArray
    read_off: tuple[int, ...]


def ordered_issues(case: Case) -> tuple[str, ...]:
    """Return the issues that have a scale, in the case's order."""
    return tuple(key for key, issue in case.issues.items() if issue.scale is not None)


def ordered_issue(case: Case, key: str, draws: Draws | None = None) -> OrderedIssue:
    """Turn one ordered issue into arrays.

    An actor's position is the one it states, else the point of its most valued option (the mean where several are
    valued alike). Its salience is the one it states, else 100 times the issue's share in its weights. Linkages and red
    lines have no part in this.

    Parameters
    ----------
    case : Case
    key : str
        An issue with a scale.
    draws : Draws, optional
        Drawn numbers; by default one draw, the centres.
    """
    issue = case.issues[key]
    if issue.scale is None:
        raise ValueError(f"issue {key!r} has no scale")
    read: Reader = draws.read if draws is not None else mean_of
    count = draws.count if draws is not None else 1
    names = list(case.actors)
    positions, saliences, capabilities = (np.full((count, len(names)), np.nan) for _ in range(3))
    read_off = []
    for a, name in enumerate(names):
        at: Path = ("actors", name)
        capabilities[:, a] = _number(read(case.actors[name].strength, (*at, "capability")))
        interests = preferences_of(case, name).interests
        if key not in interests or interests[key].indifferent:
            continue
        interest = interests[key]
        position, stated = _position(issue, interest, read, (*at, "interests", key))
        positions[:, a] = position
        saliences[:, a] = _salience(interests, key, read, at)
        if not stated:
            read_off.append(a)
    low, high = sorted((issue.scale.from_, issue.scale.to))
    if issue.reference_point is not None:
        reference, origin = float(issue.reference_point), "stated"
    elif case.status_quo is not None and key in case.status_quo:
        reference, origin = issue.point(case.status_quo[key]), "status quo"
    else:
        reference, origin = float("nan"), "none"
    return OrderedIssue(
        key,
        low,
        high,
        positions,
        saliences,
        capabilities,
        reference,
        origin,
        QUOTAS[issue.voting_rule],
        names.index(issue.agenda_setter) if issue.agenda_setter in names else -1,
        float("nan") if issue.outcome is None else float(issue.outcome),
        np.array([issue.point(option) for option in issue.options]),
        tuple(read_off),
    )


def _number(value: Any) -> FloatArray:
    return np.asarray(value, dtype=np.float64)


def _position(issue: Issue, interest: Interest, read: Reader, at: Path) -> tuple[FloatArray, bool]:
    if interest.position is not None:
        return _number(read(interest.position, (*at, "position"))), True
    values = np.stack(np.broadcast_arrays(*[_number(v) for v in option_values(issue, interest, read, at)]))
    points = np.array([issue.point(option) for option in issue.options]).reshape(-1, *([1] * (values.ndim - 1)))
    best = values >= values.max(axis=0) - 1e-9
    return np.asarray((points * best).sum(axis=0) / best.sum(axis=0)), False


def _salience(interests: dict[str, Interest], key: str, read: Reader, at: Path) -> FloatArray:
    own = interests[key]
    if own.salience is not None:
        return _number(read(own.salience, (*at, "interests", key, "salience")))
    weights = {k: _number(raw_weight(i, read, (*at, "interests", k))) for k, i in interests.items()}
    total = np.asarray(sum(weights.values(), np.zeros(())))
    return np.asarray(100.0 * weights[key] / np.where(total > 0, total, 1.0))
