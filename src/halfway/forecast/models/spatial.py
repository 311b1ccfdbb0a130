"""A spatial model of bargaining in the manner of KTAB's SMP: challenges, bargains, and votes that choose among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from halfway.forecast.disputes import Dispute
from halfway.forecast.models.answers import NOBODY, Answer, Move, Round, spread
from halfway.space.arrays import FloatArray


@dataclass(frozen=True)
class Options:
    """The choices that the model leaves to its user, under the names that its authors give them.

    Attributes
    ----------
    vote : str
        How a difference of utilities becomes a vote: ``proportional``, ``binary`` or ``cubic``.
    sharpness : int
        Exponent of the victory probability: 1 linear, 2 square, 4 quartic, 8 octic.
    third_parties : str
        Whether those outside a challenge vote ``none``, as ``semi`` or ``full`` commitment to the stronger side.
    risk : str
        Where the attitude to risk comes from: ``none``, or ``min``, ``mid``, ``max`` by the chance to win.
    rounds : int
        At most so many.
    """

    vote: Literal["proportional", "binary", "cubic"] = "proportional"
    sharpness: int = 2
    third_parties: Literal["none", "semi", "full"] = "semi"
    risk: Literal["none", "min", "mid", "max"] = "mid"
    rounds: int = 20


_TINY = 1e-8


def spatial(dispute: Dispute, options: Options | None = None) -> Answer:
    """Play bargains until steps fall below 2 percent of the first; forecast the mean over who would win a vote.

    Each actor challenges the other against whom it gains most; the two would meet at the mean of their positions
    weighted by salience and by the chance to prevail; of the bargains that involve it, and staying, each actor takes
    the one that a vote of all prefers.
    """
    chosen = options or Options()
    if not dispute.x.size:
        return NOBODY
    x = dispute.x / 100.0
    ideal, s, w = x.copy(), np.maximum(dispute.s, 1e-3), dispute.w
    actors = dispute.positions.shape[0]
    rounds: list[Round] = []
    first = 0.0
    for _ in range(chosen.rounds):
        following, moves = _turn(x, ideal, s, w, chosen, dispute)
        step = float(np.sqrt(((following - x) ** 2).sum()))
        x = following
        winner = _wins(_utilities(ideal, x, _risk(ideal, x, w, chosen)), w, chosen)
        rounds.append(Round(spread(dispute.present, 100.0 * x, actors), float(100.0 * winner @ x), moves))
        first = first or step
        if step <= 0.02 * first:
            break
    return Answer(rounds[-1].point, "", tuple(rounds))


def _utilities(ideal: FloatArray, points: FloatArray, risk: FloatArray) -> FloatArray:
    """Return ``u[k, j]``: what point j is worth to k, 0–1, bent by k's attitude to risk."""
    distance = np.abs(ideal[:, None] - points[None])
    return np.asarray((1.0 - distance) * (1.0 + distance * risk[:, None]))


def _votes(difference: FloatArray, rule: str) -> FloatArray:
    if rule == "binary":
        return np.asarray(np.clip(difference / 1e-8, -1.0, 1.0))
    return np.asarray(difference**3) if rule == "cubic" else difference


def _wins(utility: FloatArray, w: FloatArray, options: Options) -> FloatArray:
    """Return each alternative's chance to win: the product of its chances against all others, normalised."""
    difference = utility[:, :, None] - utility[:, None, :]
    cast = w[:, None, None] * _votes(difference, options.vote)
    support = (_TINY + np.maximum(cast, 0.0).sum(axis=0)) ** options.sharpness
    chance = support / (support + support.T)
    product = np.log(chance).sum(axis=1)
    odds = np.exp(product - product.max())
    return np.asarray(odds / odds.sum())


def _risk(ideal: FloatArray, x: FloatArray, w: FloatArray, options: Options) -> FloatArray:
    plain = np.zeros(x.shape[0])
    if options.risk == "none":
        return plain
    p = _wins(_utilities(ideal, x, plain), w, options)
    low, high = p.min(), p.max()
    if high - low < 1e-12:
        return plain
    share = (p - low) / (high - low)
    shift, stretch = {"min": (0.0, 1.0), "mid": (-0.5, 1.5), "max": (-1.0, 2.0)}[options.risk]
    return np.asarray(shift + stretch * share)


def _turn(
    x: FloatArray, ideal: FloatArray, s: FloatArray, w: FloatArray, options: Options, dispute: Dispute
) -> tuple[FloatArray, tuple[Move, ...]]:
    """Play one round and say who moved."""
    n = x.shape[0]
    utility = _utilities(ideal, x, _risk(ideal, x, w, options))
    p = _prevails(utility, w, s, options)
    own = utility[np.arange(n), np.arange(n)]
    still = own[:, None] + utility
    gain = (1.0 - s[None]) * 2.0 * own[:, None] + s[None] * (p * 2.0 * own[:, None] + (1.0 - p) * 2.0 * utility) - still
    gain[np.abs(x[:, None] - x[None]) < 1e-12] = -np.inf
    best = np.argmax(gain, axis=1)
    pairs = [(i, int(best[i])) for i in range(n) if gain[i, best[i]] > 1e-12]
    landing = {}
    for i, j in pairs:
        mine, theirs = s[i] * p[i, j], s[j] * (1.0 - p[i, j])
        landing[i, j] = (mine * x[i] + theirs * x[j]) / (mine + theirs)
    following, moves = x.copy(), []
    for a in range(n):
        mine_too = [pair for pair in pairs if a in pair]
        if not mine_too:
            continue
        points = np.array([x[a], *(landing[pair] for pair in mine_too)])
        taken = int(np.argmax(_wins(_utilities(ideal, points, np.zeros(n)), w, options)))
        if taken and abs(points[taken] - x[a]) > 1e-12:
            i, j = mine_too[taken - 1]
            other = j if i == a else i
            following[a] = points[taken]
            why = "strikes the bargain it proposed" if i == a else "accepts a bargain proposed to it"
            present = dispute.present
            moves.append(Move(int(present[a]), 100.0 * x[a], 100.0 * points[taken], int(present[other]), why))
    return following, tuple(moves)


def _prevails(utility: FloatArray, w: FloatArray, s: FloatArray, options: Options) -> FloatArray:
    """Return the chance that i prevails over j, with third parties voting as the options say."""
    n = w.shape[0]
    difference = utility[:, :, None] - utility[:, None, :]
    cast = (w * s)[:, None, None] * _votes(difference, options.vote)
    if options.third_parties == "none":
        keep = np.zeros((n, n, n), dtype=np.bool_)
        index = np.arange(n)
        keep[index, index, :] = True
        keep[index, :, index] = True
        cast = np.where(keep, cast, 0.0)
    elif options.third_parties == "semi":
        # Half-committed third parties bring half of their votes.
        weight = np.full((n, n, n), 0.5)
        index = np.arange(n)
        weight[index, index, :] = 1.0
        weight[index, :, index] = 1.0
        cast = cast * weight
    support = (_TINY + np.maximum(cast, 0.0).sum(axis=0)) ** options.sharpness
    return np.asarray(support / (support + support.T))
