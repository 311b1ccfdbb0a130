"""Which single number divides two camps best: a threshold with as few as possible on the wrong side of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from halfway.seeds import generator
from halfway.space.arrays import BoolArray, FloatArray, IntArray

SHUFFLES = 999


@dataclass(frozen=True)
class Division:
    """A number that tells the camps apart.

    Attributes
    ----------
    input : str
        Path of the number.
    at : float
        The threshold, midway between the two nearest answers.
    yes_above : bool
        Whether those for whom the rule is met lie above it.
    stated, right : int
        How many stated the number, and how many of them lie on their camp's side.
    yes, no : int
        Of those who stated it, how many are in each camp.
    exceptions : tuple of str
        Who lies on the other side.
    by_chance : float
        Share of random divisions into camps of the same sizes that some number tells apart as well.
    """

    input: str
    at: float
    yes_above: bool
    stated: int
    right: int
    yes: int
    no: int
    exceptions: tuple[str, ...]
    by_chance: float

    @property
    def gain(self) -> int:
        """How many more lie on the right side than if all were counted to the larger camp."""
        return self.right - max(self.yes, self.no)


def dividing_numbers(
    camps: Mapping[str, bool], stated: Mapping[str, Mapping[str, float]], seed: int, most: int = 3
) -> tuple[Division, ...]:
    """Return the numbers that divide two camps best, best first; none where no number does.

    Parameters
    ----------
    camps : mapping from expert to bool
        Whether the rule is met on the expert's figures.
    stated : mapping from path to mapping from expert to float
        Only an expert's own statements: a number left open divides nobody.
    seed : int
        For the shuffles that show what chance would do.
    most : int

    Notes
    -----
    Exact: every threshold between two answers is tried in both directions. Ties go to the number that more experts
    stated, then by path.
    """
    names = list(camps)
    labels = np.array([camps[n] for n in names])
    if labels.all() or not labels.any():
        return ()
    found: list[Division] = []
    sorted_rows: list[tuple[IntArray, IntArray]] = []
    for path, said in stated.items():
        who = np.array([k for k, n in enumerate(names) if n in said], dtype=np.int64)
        if len(who) < 2:
            continue
        values = np.array([said[names[k]] for k in who])
        order = np.argsort(values, kind="stable")
        cuts = np.flatnonzero(np.diff(values[order]) > 0) + 1
        if not len(cuts):
            continue
        sorted_rows.append((who[order], cuts))
        own = labels[who[order]]
        right, above = _right(own[None, :], cuts)
        best = int(right[0].argmax())
        cut, up = cuts[best % len(cuts)], bool(above[best])
        wrong = np.where(np.arange(len(who)) >= cut, own != up, own == up)
        at = float((values[order][cut - 1] + values[order][cut]) / 2)
        exceptions = tuple(names[k] for k in who[order][wrong])
        yes = int(own.sum())
        found.append(
            Division(path, at, up, len(who), int(right[0, best]), yes, len(who) - yes, exceptions, float("nan"))
        )
    found = sorted((d for d in found if d.gain > 0), key=lambda d: (-d.gain, -d.stated, d.input))[:most]
    chance = _by_chance(labels, sorted_rows, seed) if found else np.zeros(0)
    return tuple(
        Division(**{**d.__dict__, "by_chance": float((1 + (chance >= d.gain).sum()) / (1 + SHUFFLES))}) for d in found
    )


def _right(own: BoolArray, cuts: IntArray) -> tuple[IntArray, BoolArray]:
    """Return how many lie on the right side of each cut, shape ``(division, 2 × cut)``: yes above, then yes below."""
    size = own.shape[1]
    below = np.cumsum(own, axis=1)[:, cuts - 1]
    yes = own.sum(axis=1, keepdims=True)
    up = (cuts[None, :] - below) + (yes - below)
    return np.hstack([up, size - up]), np.repeat([True, False], len(cuts))


def _by_chance(labels: BoolArray, rows: list[tuple[IntArray, IntArray]], seed: int) -> FloatArray:
    """Return the best gain of any number in each of many random divisions into camps of the same sizes."""
    shuffled = generator(seed, "panel", "camps").permuted(np.tile(labels, (SHUFFLES, 1)), axis=1)
    best = np.zeros(SHUFFLES)
    for who, cuts in rows:
        own = shuffled[:, who]
        yes = own.sum(axis=1)
        best = np.maximum(best, _right(own, cuts)[0].max(axis=1) - np.maximum(yes, len(who) - yes))
    return best
