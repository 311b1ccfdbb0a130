"""The one shape of answer that every model gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from halfway.space.arrays import FloatArray


@dataclass(frozen=True)
class Move:
    """One actor's change of position, and why it made it.

    Attributes
    ----------
    actor : int
        Who moved.
    start, end : float
        From where to where, 0–100.
    toward : int
        At whose instance, -1 where it was nobody's in particular.
    why : str
        In a few words.
    """

    actor: int
    start: float
    end: float
    toward: int
    why: str


@dataclass(frozen=True)
class Round:
    """The state after one round.

    Attributes
    ----------
    positions : ndarray, shape (actor,)
        0–100, NaN for actors that take no part.
    point : float
        What the model would forecast if talks ended here.
    moves : tuple of Move
        What led here from the round before.
    """

    positions: FloatArray
    point: float
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What one model says about one dispute.

    Attributes
    ----------
    point : float
        The forecast, 0–100; NaN where the model has none, and then `note` says why.
    note : str
        What a reader must know about this answer; empty where there is nothing.
    rounds : tuple of Round
        How talks went, for models that play them; empty else.
    """

    point: float
    note: str = ""
    rounds: tuple[Round, ...] = ()

    @property
    def given(self) -> bool:
        """Whether there is a forecast."""
        return bool(np.isfinite(self.point))


NOBODY = Answer(float("nan"), "no actor has a position")


def spread(present: Sequence[int] | np.ndarray, values: FloatArray, actors: int) -> FloatArray:
    """Put the values of those present back among all actors, NaN for the others."""
    out = np.full(actors, np.nan)
    out[np.asarray(present, dtype=np.int64)] = values
    return out
