"""Values of keeping, best responses by policy iteration, and deviations of one period.

Values are discounted averages, ``(1 − δ) Σ δ^t u_t``: they stay in utility points. Policy iteration is Howard's
(R. A. Howard, Dynamic Programming and Markov Processes, 1960); the one-shot deviation principle is Blackwell's
(Discounted dynamic programming, Annals of Mathematical Statistics 36, 1965).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from halfway.conduct.game import Game
from halfway.space.arrays import FloatArray, IntArray

TOLERANCE = 1e-9
"""Gains below this many utility points are rounding, not temptation."""

_MOST_ROUNDS = 10_000


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
    if n <= 200:
        system = np.eye(n) - discount * chain.toarray()
        return np.asarray(np.linalg.solve(system, (1 - discount) * points.T).T)
    lu = splu(sparse.csc_array(sparse.eye_array(n) - discount * chain))
    return np.asarray(lu.solve(np.ascontiguousarray((1 - discount) * points.T)).T)


def keep_values(game: Game, patience: FloatArray) -> FloatArray:
    """Return what it is worth to each actor, from each state, that everyone keeps; shape ``(actor, state)``."""
    chain, points = game.kept
    return _by_patience(chain, points, patience)


def policy_values(game: Game, actor: int, policy: IntArray, patience: FloatArray) -> FloatArray:
    """Return what one actor's policy is worth to everyone, from each state; shape ``(actor, state)``."""
    chain, points = game.played(actor, policy)
    return _by_patience(chain, points, patience)


def _by_patience(chain: Any, points: FloatArray, patience: FloatArray) -> FloatArray:
    out = np.zeros_like(points)
    for discount in np.unique(patience):
        alike = patience == discount
        out[alike] = discounted(chain, points[alike], float(discount))
    return out


def best_response(game: Game, actor: int, discount: float, penalty: FloatArray | None = None) -> Response:
    """Return an exact best response of one actor while the others keep, from every state at once.

    Parameters
    ----------
    game : Game
    actor : int
    discount : float
    penalty : ndarray of float, shape (state,), optional
        Points taken from the actor in each period spent in a state, whatever it does.
    """
    policy: IntArray = np.zeros(game.states, dtype=np.int64)
    extra = np.zeros(game.states) if penalty is None else penalty
    chain, points = game.kept
    kept = values = discounted(chain, points[actor] - extra, discount)
    for _ in range(_MOST_ROUNDS):
        improved = _improve(game, actor, discount, values, policy, extra)
        if improved is None:
            return Response(policy, values, kept)
        policy = improved
        chain, points = game.played(actor, policy)
        values = discounted(chain, points[actor] - extra, discount)
    raise ArithmeticError("policy iteration did not settle")


def _improve(
    game: Game, actor: int, discount: float, values: FloatArray, policy: IntArray, extra: FloatArray
) -> IntArray | None:
    better = policy.copy()
    changed = False
    for s in game.situations:
        moves = s.moves.get(actor)
        if moves is None or len(moves.points) == 1:
            continue
        worth = action_values(moves.points[:, actor], moves.chances, values[s.follow], discount)
        worth -= (1 - discount) * extra[s.states][:, None]
        best = worth.argmax(axis=1)
        rows = np.arange(len(s.states))
        gain = worth[rows, best] > worth[rows, policy[s.states]] + TOLERANCE * (1 - discount)
        if gain.any():
            changed = True
            better[s.states[gain]] = best[gain]
    return better if changed else None


def action_values(points: FloatArray, chances: FloatArray, ahead: FloatArray, discount: float) -> FloatArray:
    """Return what each move is worth when values follow it, shape ``(state, move)``.

    Parameters
    ----------
    points : ndarray of float, shape (move,)
    chances : ndarray of float, shape (move, outcome)
    ahead : ndarray of float, shape (state, outcome)
    discount : float
    """
    return np.asarray((1 - discount) * points[None, :] + discount * (ahead @ chances.T))


def one_shot_gains(game: Game, actor: int, discount: float, kept: FloatArray) -> tuple[FloatArray, IntArray]:
    """Return what departing for one period and then keeping pays at best, in each state.

    Parameters
    ----------
    game : Game
    actor : int
    discount : float
    kept : ndarray of float, shape (state,)
        The actor's values of keeping.

    Returns
    -------
    gains : ndarray of float, shape (state,)
        Points of the discounted average; zero where keeping is best.
    moves : ndarray of int, shape (state,)
        The best move; 0 where keeping is.
    """
    gains, best = np.zeros(game.states), np.zeros(game.states, dtype=np.int64)
    for s in game.situations:
        moves = s.moves.get(actor)
        if moves is None or len(moves.points) == 1:
            continue
        worth = action_values(moves.points[:, actor], moves.chances, kept[s.follow], discount) - kept[s.states][:, None]
        top = worth.argmax(axis=1)
        gain = worth[np.arange(len(s.states)), top]
        pays = gain > TOLERANCE * (1 - discount)
        gains[s.states] = np.where(pays, gain, 0.0)
        best[s.states] = np.where(pays, top, 0)
    return gains, best


def first_departure(game: Game, actor: int, policy: IntArray) -> int | None:
    """Return the first period (from 1) in which a policy departs with any chance, or None where it never does."""
    links: dict[int, set[int]] = {}
    for s in game.situations:
        moves = s.moves.get(actor)
        for k, state in enumerate(s.states):
            chances = s.chances if moves is None else moves.chances[policy[state]]
            links[int(state)] = {int(x) for x in s.follow[k][chances > 0]}
    now, seen, period = {game.start}, {game.start}, 1
    while now:
        if any(policy[state] for state in now):
            return period
        now = {x for state in now for x in links[state]} - seen
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
