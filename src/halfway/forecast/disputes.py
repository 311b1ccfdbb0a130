"""What every forecasting model takes: one ordered question as arrays, on a scale from 0 to 100."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from halfway.space.arrays import FloatArray, IntArray

MIDDLING_SALIENCE = 50.0
"""Taken for an actor whose salience nobody recorded, where no other actor's is known either."""


@dataclass(frozen=True)
class Dispute:
    """One ordered question and those who would decide it. Missing numbers are NaN.

    Attributes
    ----------
    positions : ndarray, shape (actor,)
        Most preferred points, 0–100. An actor without one takes no part.
    saliences : ndarray, shape (actor,)
        How much the question matters, 0–100. Missing ones are taken as the median of the others.
    capabilities : ndarray, shape (actor,)
        Power to prevail, 0 or greater, on any scale.
    reference : float
        What holds when nothing is decided; NaN where it is unknown or there is none.
    votes : ndarray, shape (actor,)
        Voting weights; 0 for an actor that does not vote. Read by procedural models only.
    quota : float
        Share of the votes needed, 0–1; 1 is unanimity.
    setter : int
        The actor that proposes, -1 for none.
    chamber : int
        A second chamber, -1 for none.
    chamber_consents : bool
        Whether the chamber's consent is needed.
    whole_numbers : bool
        Whether the scale was laid by experts who score in whole numbers from 0 to 100, so that round numbers draw
        outcomes and the scale's two ends mean different things. False for a scale that was stretched to 0–100.
    """

    positions: FloatArray
    saliences: FloatArray
    capabilities: FloatArray
    reference: float = float("nan")
    votes: FloatArray = field(default_factory=lambda: np.zeros(0))
    quota: float = 1.0
    setter: int = -1
    chamber: int = -1
    chamber_consents: bool = False
    whole_numbers: bool = False

    @cached_property
    def present(self) -> IntArray:
        """The actors that have a position, ascending."""
        return np.flatnonzero(np.isfinite(self.positions)).astype(np.int64)

    @cached_property
    def x(self) -> FloatArray:
        """Positions of those present, rounded so that equal ones are equal."""
        return np.round(self.positions[self.present], 9)

    @cached_property
    def s(self) -> FloatArray:
        """Saliences of those present, 0–1, missing ones filled in with their median."""
        raw = self.saliences[self.present]
        known = raw[np.isfinite(raw)]
        filled = np.where(np.isfinite(raw), raw, np.median(known) if known.size else MIDDLING_SALIENCE)
        return np.asarray(np.clip(filled, 0.0, 100.0) / 100.0)

    @cached_property
    def c(self) -> FloatArray:
        """Capabilities of those present; all alike where none is above zero."""
        raw = np.nan_to_num(self.capabilities[self.present], nan=0.0)
        return raw if raw.size and raw.max() > 0 else np.ones_like(raw)

    @cached_property
    def w(self) -> FloatArray:
        """Weights of those present, capability × salience, summing to 1; by capability where nothing is salient."""
        raw = self.c * self.s
        if raw.size == 0:
            return raw
        if raw.sum() <= 0:
            raw = self.c.astype(np.float64)
        return np.asarray(raw / raw.sum())

    @cached_property
    def v(self) -> FloatArray:
        """Voting weights of those present; capabilities of all but setter and chamber where none are given."""
        if self.votes.size and np.nansum(self.votes[self.present]) > 0:
            return np.nan_to_num(self.votes[self.present])
        outside = np.isin(self.present, [self.setter, self.chamber])
        return np.where(outside, 0.0, self.c)

    @property
    def has_reference(self) -> bool:
        """Whether a reference point is known."""
        return bool(np.isfinite(self.reference))

    def position_of(self, actor: int) -> float:
        """Return an actor's position by its number among all, NaN where it has none or there is no such actor."""
        return float(np.round(self.positions[actor], 9)) if actor >= 0 else float("nan")
