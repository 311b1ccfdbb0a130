"""Agenda setting under a voting rule, with what holds when nothing passes (Crombez 1996; Steunenberg 1994)."""

from __future__ import annotations

import numpy as np

from halfway.forecast.disputes import Dispute
from halfway.forecast.models.answers import NOBODY, Answer


def proposal(dispute: Dispute) -> Answer:
    """Return the passable point nearest to the setter's position.

    A voter accepts a point no farther from its position than the reference point is. Passing takes `quota` of the
    votes of those whose position is known and, where the chamber's consent is needed, the chamber's. Where nothing
    passes that the setter prefers, the reference point stands.
    """
    if not dispute.x.size:
        return NOBODY
    if not dispute.has_reference:
        return Answer(float("nan"), "needs a reference point")
    setter = dispute.position_of(dispute.setter)
    if not np.isfinite(setter):
        return Answer(float("nan"), "needs an agenda setter with a position")
    reference = dispute.reference
    voters = dispute.v > 0
    x, votes = dispute.x[voters], dispute.v[voters]
    chamber = dispute.position_of(dispute.chamber) if dispute.chamber_consents else float("nan")
    # Acceptance changes only at the mirror images of the reference point, so the nearest passable point is one of them.
    images = 2 * np.append(x, chamber if np.isfinite(chamber) else reference) - reference
    candidates = np.unique(np.clip(np.append(images, [setter, reference]), 0.0, 100.0))
    needed = dispute.quota * votes.sum() - 1e-9
    best = reference
    for point in candidates:
        accepts = np.abs(x - point) <= np.abs(x - reference) + 1e-9
        passes = votes[accepts].sum() >= needed if votes.size else True
        if np.isfinite(chamber) and abs(chamber - point) > abs(chamber - reference) + 1e-9:
            passes = False
        if passes and abs(point - setter) < abs(best - setter) - 1e-12:
            best = float(point)
    return Answer(best, "nothing passes that the setter prefers" if best == reference != setter else "")
