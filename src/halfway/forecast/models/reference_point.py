"""Bargaining whose weights depend on where each actor stands to what holds without a decision."""

from __future__ import annotations

import numpy as np

from halfway.forecast.disputes import Dispute
from halfway.forecast.models.answers import NOBODY, Answer, Move, Round, spread

HASTE = 0.5
"""How much of its weight an actor loses whose position lies the whole scale away from the state."""
ROUNDS = 30


def state_dependent(dispute: Dispute, haste: float = HASTE) -> Answer:
    """Move the state from the reference point to a mean whose weights depend on the state itself.

    No published formula under this name was found; the definition is ours. Who has most to lose by staying where
    things are is in the weakest place to hold out: an actor's weight is its capability × salience, less `haste` times
    its distance from the state in force (as a share of the scale). Each round the state goes half of the way to the
    mean under these weights, and the weights follow; it ends at the fixed point.

    Parameters
    ----------
    dispute : Dispute
        Needs a reference point.
    haste : float
        0–1; with 0 the answer is the compromise mean.
    """
    if not dispute.x.size:
        return NOBODY
    if not dispute.has_reference:
        return Answer(float("nan"), "needs a reference point")
    state, rounds = dispute.reference, []
    positions = spread(dispute.present, dispute.x, dispute.positions.shape[0])
    for _ in range(ROUNDS):
        weight = dispute.w * (1.0 - haste * np.abs(dispute.x - state) / 100.0)
        total = weight.sum()
        target = float(weight @ dispute.x / total) if total > 0 else state
        following = state + 0.5 * (target - state)
        pull = int(np.argmax(np.abs(weight * (dispute.x - state))))
        moved = Move(-1, state, following, int(dispute.present[pull]), "the state moves half way to its weighted mean")
        rounds.append(Round(positions, following, (moved,)))
        if abs(following - state) < 1e-6:
            state = following
            break
        state = following
    return Answer(float(state), "", tuple(rounds))
