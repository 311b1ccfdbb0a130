"""Values of keeping, best responses by policy iteration, and deviations of one period.

Values are discounted averages, ``(1 − δ) Σ δ^t u_t``: they stay in utility points. Policy iteration is Howard's
(R. A. Howard, Dynamic Programming and Markov Processes, 1960); the one-shot deviation principle is Blackwell's
(Discounted dynamic programming, Annals of Mathematical Statistics 36, 1965).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from halfway.conduct.game.bare_game import Flat, Game
from halfway.space.arrays import BoolArray, FloatArray, IntArray
from halfway.tolerances import GAIN, one_shot

TOLERANCE = GAIN
"""Gains below this many utility points are rounding, not temptation."""

_MOST_ROUNDS = 10_000

_SMALL = 60
"""So few states are solved as a full system."""

_MANY, _CROWDED = 2_000, 12
"""So many states, with so many that follow each on average, are solved by iteration: elimination would fill in."""

_RESIDUAL, _REFINED = 8 * float(np.finfo(float).eps), 8
"""Relative to the largest value: the residual at which iteration ends; and how often it is taken up again for that."""


@dataclass(frozen=True)
class Response:
    """An actor's best response to the others' keeping the plan.

    Attributes
    ----------
    policy : ndarray of int, shape (state,)
        The move in each state; 0 keeps, and keeping is chosen wherever nothing is better.
    values : ndarray of float, shape (state,)
        What it is worth from each state.
    kept : ndarray of float, shape (state,)
        What keeping is worth from each state.
    """

    policy: IntArray
    values: FloatArray
    kept: FloatArray


def discounted(chain: Any, points: FloatArray, discount: float) -> FloatArray:
    """Return the value of a chain from each state, ``V = (1 − δ) u + δ P V``.

    Parameters
    ----------
    chain : sparse array, shape (state, state)
    points : ndarray of float, shape (…, state)
    discount : float
        In [0, 1).

    Returns
    -------
    ndarray of float, shape (…, state)
    """
    from scipy import sparse
    from scipy.sparse.linalg import splu

    if not 0 <= discount < 1:
        raise ValueError(f"a discount factor of {discount} has no discounted average; it lies in [0, 1)")
    n = chain.shape[0]
    if discount == 0:
        return points.copy()
    if n <= _SMALL:
        system = np.eye(n) - discount * chain.toarray()
        return np.asarray(np.linalg.solve(system, (1 - discount) * points.T).T)
    moves = sparse.csr_array(chain)
    if not moves.has_canonical_format:
        moves = moves.copy()
        moves.sum_duplicates()
    stays = np.repeat(np.arange(n), np.diff(moves.indptr)) == moves.indices
    if stays.sum() < n:
        moves = sparse.csr_array(moves + sparse.eye_array(n))
        stays = np.repeat(np.arange(n), np.diff(moves.indptr)) == moves.indices
        moves.data[stays] -= 1.0
    data = -discount * moves.data
    data[stays] += 1.0
    if n >= _MANY and len(data) > _CROWDED * n:
        system = sparse.csr_array((data, moves.indices, moves.indptr), shape=(n, n))
        iterated = _iterated(system, (1 - discount) * points)
        if iterated is not None:
            return iterated
    # States are numbered as conduct comes to them, so that taken backwards they fill in little; in rows the diagonal
    # outweighs the rest, so that no pivot is needed. What is stored by rows is the transpose stored by columns.
    entries, columns, begin = data[::-1].copy(), n - 1 - moves.indices[::-1], len(data) - moves.indptr[::-1]
    backwards = sparse.csc_array((entries, columns, begin), shape=(n, n))
    lu = splu(backwards, permc_spec="NATURAL", diag_pivot_thresh=0.0, panel_size=1)
    right = np.ascontiguousarray((1 - discount) * points.T[::-1])
    return np.asarray(lu.solve(right, "T")[::-1].T)  # type: ignore[call-overload]


def _iterated(system: Any, right: FloatArray) -> FloatArray | None:
    """Solve a large system by iteration (Bi-CGSTAB; Van der Vorst 1992), refined until nothing is left but rounding.

    Returns
    -------
    ndarray of float, shape (…, state), or None
        None where it does not settle; a diagonal that outweighs its row makes that rare.
    """
    from scipy.sparse.linalg import bicgstab

    rows = right.reshape(-1, right.shape[-1])
    out = np.zeros_like(rows)
    for k, row in enumerate(rows):
        for _ in range(_REFINED):
            left = row - system @ out[k]
            if float(np.abs(left).max()) <= _RESIDUAL * float(np.abs(out[k]).max()):
                break
            step, _ = bicgstab(system, left, rtol=1e-10, atol=0.0, maxiter=2_000)
            if not np.isfinite(step).all():
                return None
            out[k] += step
        else:
            return None
    return out.reshape(right.shape)


def keep_values(game: Game, patience: FloatArray) -> FloatArray:
    """Return what it is worth to each actor, from each state, that everyone keeps; shape ``(actor, state)``."""
    chain, points = game.kept
    return _by_patience(chain, points, patience)


def _by_patience(chain: Any, points: FloatArray, patience: FloatArray) -> FloatArray:
    out = np.zeros_like(points)
    for discount in np.unique(patience):
        alike = patience == discount
        out[alike] = discounted(chain, points[alike], float(discount))
    return out


def best_response(
    game: Game,
    actor: int,
    discount: float,
    penalty: FloatArray | None = None,
    *,
    settle: bool = True,
    start: IntArray | None = None,
) -> Response:
    """Return an exact best response of one actor while the others keep, from every state at once.

    Parameters
    ----------
    game : Game
    actor : int
    discount : float
    penalty : ndarray of float, shape (state,), optional
        Points taken from the actor in each period spent in a state, whatever it does.
    settle : bool
        If False, stop as soon as the policy found is better than keeping from the start: enough to tell whether the
        actor keeps.
    start : ndarray of int, shape (state,), optional
        A policy to start from, such as the answer to a question nearby; moves of it that are as good as keeping stay.
        Default: keeping.
    """
    keeping: IntArray = np.zeros(game.states, dtype=np.int64)
    chain, points = game.played(actor, keeping)
    kept = discounted(chain, points[actor] if penalty is None else points[actor] - penalty, discount)
    least = None if settle else float(kept[game.start])
    known = None if start is not None and start.any() else kept
    policy, values = iterated(game, actor, discount, keeping if start is None else start, penalty, known, least)
    if settle and start is None and policy.any():
        # A departure that can as well wait is no departure yet: keeping as good as the move is kept to.
        rows = game.flat(actor).first[:-1]
        now = game.flat(actor).points[rows, actor] - (0.0 if penalty is None else penalty)
        worth = (1 - discount) * now + discount * (game.flat(actor).chain[rows] @ values)
        policy = np.where(worth >= values - one_shot(discount), 0, policy)
    return Response(policy, values, kept)


def iterated(
    game: Game,
    actor: int,
    discount: float,
    policy: IntArray,
    penalty: FloatArray | None = None,
    values: FloatArray | None = None,
    least: float | None = None,
) -> tuple[IntArray, FloatArray]:
    """Improve a policy until no move is better in any state.

    Parameters
    ----------
    game : Game
    actor : int
    discount : float
    policy : ndarray of int, shape (state,)
    penalty : ndarray of float, shape (state,), optional
        Points taken from the actor in each period spent in a state.
    values : ndarray of float, shape (state,), optional
        What the policy is worth, where that is known.
    least : float, optional
        Stop as soon as the policy is worth more than this from the start.

    Returns
    -------
    policy : ndarray of int, shape (state,)
    values : ndarray of float, shape (state,)
    """
    extra = np.zeros(game.states) if penalty is None else penalty
    flat = game.flat(actor)
    rewards = (1 - discount) * (flat.points[:, actor] - extra[flat.state])
    for _ in range(_MOST_ROUNDS):
        if values is None:
            chain, points = game.played(actor, policy)
            values = discounted(chain, points[actor] - extra, discount)
        if len(rewards) == game.states or (least is not None and values[game.start] > least + TOLERANCE):
            return policy, values
        better, moves = improved(flat, rewards + discount * (flat.chain @ values), policy, one_shot(discount))
        if not better.any():
            return policy, values
        policy, values = np.where(better, moves, policy), None
    raise ArithmeticError("policy iteration did not settle")


def improved(flat: Flat, worth: FloatArray, policy: IntArray, least: float) -> tuple[BoolArray, IntArray]:
    """Return the states in which some move is worth more than a policy's, by more than the least, and the best moves.

    Parameters
    ----------
    flat : Flat
    worth : ndarray of float, shape (row,)
    policy : ndarray of int, shape (state,)
    least : float
    """
    best = np.maximum.reduceat(worth, flat.first[:-1])
    better = best > worth[flat.first[:-1] + policy] + least
    if not better.any():
        return better, policy
    return better, _tops(flat, worth == best[flat.state])


def _tops(flat: Flat, is_top: BoolArray) -> IntArray:
    """Return the first of the best moves in each state."""
    tops = np.flatnonzero(is_top)
    state = flat.state[tops]
    leads = np.concatenate([[True], state[1:] != state[:-1]])
    return np.asarray(tops[leads] - flat.first[:-1])


def keeps(game: Game, actor: int, discount: float, penalty: FloatArray | None = None) -> bool:
    """Tell whether keeping is a best response of an actor from the start."""
    found = best_response(game, actor, discount, penalty, settle=False)
    return bool(found.values[game.start] - found.kept[game.start] <= TOLERANCE)


def one_shot_gains(
    game: Game, actor: int, discount: float, kept: FloatArray, idle: BoolArray | None = None
) -> tuple[FloatArray, IntArray]:
    """Return what departing for one period and then keeping pays at best, in each state.

    Parameters
    ----------
    game : Game
    actor : int
    discount : float
    kept : ndarray of float, shape (state,)
        The actor's values of keeping.
    idle : ndarray of bool, shape (row,), optional
        Moves that are not to react, which is no departure: what departing pays is measured from the best of keeping
        and these.

    Returns
    -------
    gains : ndarray of float, shape (state,)
        Points of the discounted average; zero where keeping is best.
    moves : ndarray of int, shape (state,)
        The best move; 0 where keeping is.
    """
    flat = game.flat(actor)
    worth = (1 - discount) * flat.points[:, actor] + discount * (flat.chain @ kept) - kept[flat.state]
    if idle is not None:
        # Where it is better not to react, that is what a departure has to beat.
        stays = np.where(idle, worth, -np.inf)
        stays[flat.first[:-1]] = worth[flat.first[:-1]]
        worth = np.where(idle, -np.inf, worth) - np.maximum.reduceat(stays, flat.first[:-1])[flat.state]
    gains = np.maximum.reduceat(worth, flat.first[:-1])
    pays = gains > one_shot(discount)
    return np.where(pays, gains, 0.0), np.where(pays, _tops(flat, worth == gains[flat.state]), 0)


def first_departure(game: Game, actor: int, policy: IntArray) -> int | None:
    """Return the first period (from 1) in which a policy departs with any chance, or None where it never does."""
    chain, _ = game.played(actor, policy)
    starts, follows = chain.indptr, chain.indices
    now, seen, period = {game.start}, {game.start}, 1
    while now:
        if any(policy[state] for state in now):
            return period
        now = {int(x) for state in now for x in follows[starts[state] : starts[state + 1]]} - seen
        seen |= now
        period += 1
    return None


def departure_chances(game: Game, actor: int, policy: IntArray, periods: int) -> FloatArray:
    """Return the chance that a policy has departed by each period, shape ``(period,)``."""
    chain, _ = game.played(actor, policy)
    now = np.zeros(game.states)
    now[game.start] = 1.0
    out = np.zeros(periods)
    for t in range(periods):
        now = now * (policy == 0)
        out[t] = 1.0 - now.sum()
        now = chain.T @ now
    return np.clip(out, 0.0, 1.0)
