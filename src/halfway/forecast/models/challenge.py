"""The expected utility or challenge model, as a family: its published descriptions differ, and so do its answers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfway.forecast.disputes import Dispute
from halfway.forecast.models.answers import NOBODY, Answer, Move, Round, spread
from halfway.forecast.models.central import weighted_median
from halfway.space.arrays import FloatArray

ROUNDS = 10
KINDS = ("stays", "gives way in a confrontation", "meets the other part of the way", "is compelled")


@dataclass(frozen=True)
class Reading:
    """One way of reading the model where its descriptions are silent or contradict one another.

    Attributes
    ----------
    label : str
        What it is called in tables.
    everybody : bool
        Success probabilities are divided by the votes over all pairs; else by those over the pair, as printed.
    in_votes : bool
        Risk exponents bend the votes of the second pass.
    viewer : bool
        An actor sees the other's expectation through its own risk exponent; else through the other's.
    smallest : bool
        Among compromises the numerically smallest landing is taken (an error of a published program that its figures
        contain); else the shortest move. A reading that does so never compels.
    average : bool
        A compromise lands at the mean of the two positions weighted by the two expectations; else as printed.
    status_quo : float
        Probability that nothing changes unless the actor challenges.
    """

    label: str
    everybody: bool = False
    in_votes: bool = False
    viewer: bool = False
    smallest: bool = False
    average: bool = False
    status_quo: float = 1.0


READINGS: dict[str, Reading] = {
    "challenge-printed": Reading("Expected utility, equations as printed"),
    "challenge-global": Reading(
        "Expected utility, global denominator", everybody=True, in_votes=True, viewer=True, smallest=True
    ),
    "challenge-viewer": Reading("Expected utility, both sides seen through one's own risk", viewer=True),
    "challenge-average": Reading("Expected utility, compromises averaged", average=True),
    "challenge-half": Reading("Expected utility, status quo as likely as not", status_quo=0.5),
}
"""Scholz, Calbert and Smith (2011) print the equations; only the global denominator gives their own table."""


def challenge(dispute: Dispute, reading: Reading, rounds: int = ROUNDS) -> Answer:
    """Play the rounds of challenges and offers; the forecast is the weighted median in the end.

    Parameters
    ----------
    dispute : Dispute
    reading : Reading
    rounds : int
        How many; the model itself gives no reason to stop anywhere.
    """
    from halfway.forecast.models.challenge_kernel import play

    if not dispute.x.size:
        return NOBODY
    positions, kind, toward = play(
        dispute.x,
        dispute.w,
        dispute.s,
        rounds,
        reading.status_quo,
        reading.everybody,
        reading.in_votes,
        reading.viewer,
        reading.smallest,
        reading.average,
    )
    actors, present = dispute.positions.shape[0], dispute.present
    played = []
    for t in range(rounds):
        moves = tuple(
            Move(
                int(present[i]),
                float(positions[t, i]),
                float(positions[t + 1, i]),
                int(present[toward[t, i]]),
                KINDS[kind[t, i]],
            )
            for i in np.flatnonzero(kind[t])
        )
        after: FloatArray = positions[t + 1]
        played.append(Round(spread(present, after, actors), weighted_median(after, dispute.w), moves))
    return Answer(played[-1].point if played else weighted_median(dispute.x, dispute.w), "", tuple(played))
