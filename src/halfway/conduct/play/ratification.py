"""Ratification: do the bodies at home approve, and are they still the same when the plan has been performed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from halfway.case.case import Case
from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.play.turnover import Body
from halfway.space.arrays import IntArray
from halfway.space.utilities.draws import draw
from halfway.space.utilities.preferences import read_wants, value_of, walk_away_value
from halfway.space.utilities.space import status_quo_of

DRAWS = 500
"""Draws of uncertain numbers that the chance of approval rests on."""

ROUNDING = 1e-9
"""A package worth less than the threshold by no more than this is worth as much."""


@dataclass(frozen=True)
class Ratification:
    """One body's answer.

    Attributes
    ----------
    actor, body : str
    value, threshold : float
        The plan's long-run package and what the body asks for, in its points, at the centre of all estimates.
    approves : float
        Share of draws in which the package is worth no less than the threshold.
    periods : int
        Until the last phase with a length is over on the kept path.
    turnover : float
        The chance that the body changes hands by then.
    """

    actor: str
    body: str
    value: float
    threshold: float
    approves: float
    periods: int
    turnover: float

    @property
    def chance(self) -> float:
        """The chance that it approves and does not change hands before."""
        return self.approves * (1 - self.turnover)


def ratification(whole: Study, seed: int) -> list[Ratification]:
    """Return the answer of every body that must approve what a signatory signs."""
    package, periods, out = long_run_package(whole), performance(whole), []
    chances = approvals(whole, seed)
    for actor, name in answering(whole):
        value, threshold = _answer(whole.case, actor, name, package, _mean)
        hazard = float(whole.case.actors[actor].ratifies[name].turnover or 0.0)
        out.append(
            Ratification(
                actor,
                name,
                float(value),
                float(threshold),
                chances[actor, name],
                periods,
                1 - (1 - hazard) ** periods,
            )
        )
    return out


def answering(whole: Study) -> Iterator[tuple[str, str]]:
    """Go through the bodies of the signatories whose answer can be told; those that only rank states are left out."""
    for actor in whole.case.signatories(whole.plan):
        declared = whole.case.actors[actor]
        for name, body in declared.ratifies.items():
            if not body.over(declared).ordinal_only:
                yield actor, name


def answers_at_centre(whole: Study, actor: str, body: str) -> tuple[float, float]:
    """Return what the plan's long-run package is worth to a body at the centre of all numbers, and what the body asks for."""
    value, threshold = _answer(whole.case, actor, body, long_run_package(whole), _mean)
    return float(value), float(threshold)


def approvals(whole: Study, seed: int) -> dict[tuple[str, str], float]:
    """Return the share of draws in which each body approves the plan's long-run package."""
    package = long_run_package(whole)
    drawn = draw(whole.case, DRAWS, seed)
    found = {}
    for actor, name in answering(whole):
        value, threshold = _answer(whole.case, actor, name, package, drawn.read)
        margin = np.broadcast_to(np.asarray(value, dtype=float) - np.asarray(threshold, dtype=float), DRAWS)
        found[actor, name] = float((margin >= -ROUNDING).mean())
    return found


def home(whole: Study, seed: int) -> Callable[[Study], list[Body]]:
    """Return what gives the bodies of the signatories under the numbers of a draw.

    Parameters
    ----------
    whole : Study
        With every estimate at its centre.
    seed : int
    """
    if not any(whole.case.actors[a].ratifies for a in whole.case.signatories(whole.plan)):
        return lambda _: []
    package, periods, chances = long_run_package(whole), performance(whole), approvals(whole, seed)
    return lambda one: bodies(one, package, periods, chances)


def bodies(one: Study, package: IntArray, periods: int, chances: Mapping[tuple[str, str], float]) -> list[Body]:
    """Return the bodies of the signatories as play takes them.

    Parameters
    ----------
    one : Study
        Under the numbers of a draw.
    package : ndarray of int, shape (issue,)
        What they judge.
    periods : int
        Until performance is over.
    chances : mapping from (actor, body) to float
        Of approval by a body that has changed hands, as `approvals` gives them.
    """
    found, answers = [], set(answering(one))
    for actor in one.case.signatories(one.plan):
        for name, body in one.case.actors[actor].ratifies.items():
            approves, path = True, ("actors", actor, "ratifies", name)
            if (actor, name) in answers:
                value, threshold = _answer(one.case, actor, name, package, one.number)
                approves = bool(value - threshold >= -ROUNDING)
            found.append(
                Body(
                    actor,
                    name,
                    body.by.periods(one.case.period) if body.by else 0,
                    approves,
                    chances.get((actor, name), 1.0),
                    0.0 if body.turnover is None else float(one.number(body.turnover, (*path, "turnover"))),
                    periods,
                )
            )
    return found


def _mean(estimate: Estimate, _: Path) -> Any:
    return estimate.mean


def _answer(case: Case, actor: str, name: str, package: IntArray, read: Any) -> tuple[Any, Any]:
    """Return what a package is worth to a body, and what the body asks for."""
    declared = case.actors[actor]
    body = declared.ratifies[name]
    wants, path = body.over(declared), ("actors", actor, "ratifies", name)
    found = read_wants(case, wants, read, path)
    value = value_of(found, tuple(int(x) for x in package))
    if body.threshold is not None:
        return value, read(body.threshold, (*path, "threshold"))
    quo = status_quo_of(case)
    anchor = None if quo is None else tuple(int(x) for x in quo)
    return value, walk_away_value(case, actor, found, wants.walk_away, anchor, read, (*path, "walk_away"))


def long_run_package(whole: Study) -> IntArray:
    """Return the package that is in force most of the time in the long run when everyone keeps the plan."""
    automaton, shares = whole.kept.automaton, whole.long_run
    rows = np.array([automaton.situations[k].row for k in automaton.situation_of])
    packages, inverse = np.unique(automaton.packages[rows], axis=0, return_inverse=True)
    weight = np.bincount(np.asarray(inverse).ravel(), weights=shares)
    return packages[int(weight.argmax())]  # type: ignore[no-any-return]


def performance(whole: Study) -> int:
    """Return after how many periods the last phase with a length is over, when no trigger matches."""
    total, phase, seen = 0, whole.rules.start, set[int]()
    while phase >= 0 and phase not in seen and whole.rules.phases[phase].lasts:
        seen.add(phase)
        total += whole.rules.phases[phase].lasts
        phase = whole.rules.phases[phase].then
    return total
