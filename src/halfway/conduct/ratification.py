"""Ratification: do the bodies at home approve, and are they still the same when the plan has been performed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.conduct.study import Study
from halfway.space.draws import draw
from halfway.space.preferences import read_wants, value_of, walk_away_value

DRAWS = 500
"""Draws of uncertain numbers that the chance of approval rests on."""


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
    case, out = whole.case, []
    rows = np.array([whole.kept.automaton.situations[k].row for k in whole.kept.automaton.situation_of])
    package = tuple(int(x) for x in whole.kept.automaton.packages[rows[int(whole.long_run.argmax())]])
    quo = whole.space.status_quo
    anchor = None if quo is None else tuple(int(x) for x in quo)
    periods = performance(whole)
    drawn = draw(case, DRAWS, seed)
    for actor in case.signatories(whole.plan):
        declared = case.actors[actor]
        for name, body in declared.ratifies.items():
            wants, path = body.over(declared), ("actors", actor, "ratifies", name)
            if wants.ordinal_only:
                continue

            def value(read: Any, wants: Any = wants, path: Path = path) -> Any:
                return value_of(read_wants(case, wants, read, path), package)

            def threshold(read: Any, wants: Any = wants, path: Path = path, body: Any = body, a: str = actor) -> Any:
                if body.threshold is not None:
                    return read(body.threshold, (*path, "threshold"))
                found = read_wants(case, wants, read, path)
                return walk_away_value(case, a, found, wants.walk_away, anchor, read, (*path, "walk_away"))

            def mean(estimate: Estimate, _: Path) -> Any:
                return estimate.mean

            margin = np.broadcast_to(
                np.asarray(value(drawn.read), dtype=float) - np.asarray(threshold(drawn.read), dtype=float), DRAWS
            )
            hazard = float(body.turnover or 0.0)
            out.append(
                Ratification(
                    actor,
                    name,
                    float(value(mean)),
                    float(threshold(mean)),
                    float((margin >= -1e-9).mean()),
                    periods,
                    1 - (1 - hazard) ** periods,
                )
            )
    return out


def performance(whole: Study) -> int:
    """Return after how many periods the last phase with a length is over, when no trigger matches."""
    total, phase, seen = 0, whole.rules.start, set[int]()
    while phase >= 0 and phase not in seen and whole.rules.phases[phase].lasts:
        seen.add(phase)
        total += whole.rules.phases[phase].lasts
        phase = whole.rules.phases[phase].then
    return total
