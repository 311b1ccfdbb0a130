"""Play of a chain in plain Python: slow, and the readable reference for the compiled kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from halfway.conduct.play.joint_chain import Chain
from halfway.space.arrays import FloatArray

_MASK = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15


def mix(x: int) -> int:
    """Scramble 64 bits (SplitMix64)."""
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)


def uniform(key: int, run: int, counter: int) -> float:
    """Return a number of a run's stream, in [0, 1)."""
    stream = mix(key ^ mix((run * _GOLDEN + _GOLDEN) & _MASK))
    return (mix((stream + counter * _GOLDEN) & _MASK) >> 11) / 9007199254740992.0


@dataclass(frozen=True)
class Run:
    """One run, period by period.

    Attributes
    ----------
    nodes, rows, departs : tuple of int
        The chain's node, what was in force, who departed (bits), in each period.
    averages : tuple of float, shape (actor,)
    first_breach : int or None
        The first period (from 1) in which anyone departed.
    resets : int
    """

    nodes: tuple[int, ...]
    rows: tuple[int, ...]
    departs: tuple[int, ...]
    averages: tuple[float, ...]
    first_breach: int | None
    resets: int


def play_one(
    chain: Chain,
    key: int,
    run: int,
    points: FloatArray,
    discounts: FloatArray,
    changes: Sequence[tuple[int, int]] = (),
) -> Run:
    """Play one run.

    Parameters
    ----------
    chain : Chain
    key : int
        The seed.
    run : int
    points : ndarray of float, shape (row, actor)
    discounts : ndarray of float, shape (period, actor)
    changes : sequence of (int, int)
        Who turns into what: the periods after which it does, and the column of `Chain.turns`; in order.

    Raises
    ------
    LookupError
        Where the chain does not provide for a change.
    """
    node, resets = 0, 0
    nodes, rows, departs = [], [], []
    averages = [0.0] * points.shape[1]
    for t in range(len(discounts)):
        for after, column in changes:
            if after == t:
                node = int(chain.turns[node, column])
                if node < 0:
                    raise LookupError(f"{chain.columns[column]} is not laid out after {t} periods")
        branch, end = int(chain.first[node]), int(chain.first[node + 1])
        if end - branch > 1:
            u = uniform(key, run, t + 1)
            while chain.upto[branch] <= u:
                branch += 1
        nodes.append(node)
        rows.append(int(chain.row[branch]))
        departs.append(int(chain.departs[branch]))
        for a in range(len(averages)):
            averages[a] += float(discounts[t, a]) * float(points[chain.row[branch], a])
        resets += int(chain.resets[branch])
        node = int(chain.follow[branch])
    first = next((t + 1 for t, who in enumerate(departs) if who), None)
    return Run(tuple(nodes), tuple(rows), tuple(departs), tuple(averages), first, resets)
