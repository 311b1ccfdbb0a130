"""The kernel behind temptation: an actor's best course and its best keeping course, from every state.

Values are solved by sweeps from the last state to the first (Gauss and Seidel), because states are numbered as conduct
comes to them, so that clocks run upwards; staying put is solved outright. Policies are improved as Howard does
(Dynamic Programming and Markov Processes, 1960).
"""

from __future__ import annotations

import numpy as np

from halfway.jit import compiled
from halfway.space.arrays import FloatArray, IntArray

_SWEEPS = 600
_LEAP = 6
_ROUNDS = 200


@compiled
def _evaluate(
    first: IntArray,
    begin: IntArray,
    target: IntArray,
    chance: FloatArray,
    reward: FloatArray,
    discount: float,
    policy: IntArray,
    values: FloatArray,
    rounding: float,
) -> bool:
    """Solve for what a policy is worth, in place; tell whether the sweeps settled.

    Where the course comes round to where it was, sweeps shrink the error by a steady rate; every few of them what is
    still to come at that rate is added at once (Aitken).
    """
    before, slower = np.inf, 1.0
    step, last = np.zeros(len(policy)), np.zeros(len(policy))
    for sweep in range(1, _SWEEPS):
        change = 0.0
        last[:] = step
        for back in range(len(policy)):
            s = len(policy) - 1 - back
            row = first[s] + policy[s]
            total, stays = 0.0, 0.0
            for e in range(begin[row], begin[row + 1]):
                if target[e] == s:
                    stays += chance[e]
                else:
                    total += chance[e] * values[target[e]]
            worth = ((1.0 - discount) * reward[row] + discount * total) / (1.0 - discount * stays)
            step[s] = worth - values[s]
            change = max(change, abs(step[s]))
            values[s] = worth
        if change <= 1e-3 * rounding:
            return True
        # What is still to come is bounded by how fast the changes shrink, taken at the slower of the last two sweeps.
        rate = change / before if sweep > 1 else 1.0
        worst = max(rate, slower)
        if sweep > 3 and worst < 1.0 and change * worst / (1.0 - worst) <= rounding:
            return True
        before, slower = change, rate
        if sweep % _LEAP == 0:
            along, size = 0.0, 0.0
            for s in range(len(policy)):
                along += step[s] * last[s]
                size += last[s] * last[s]
            steady = along / size if size > 0.0 else 0.0
            if 0.0 < steady < 1.0:
                for s in range(len(policy)):
                    values[s] += step[s] * steady / (1.0 - steady)
                before, slower = np.inf, 1.0
    return False


@compiled
def improve(
    first: IntArray,
    begin: IntArray,
    target: IntArray,
    chance: FloatArray,
    reward: FloatArray,
    discount: float,
    policy: IntArray,
    values: FloatArray,
    least: float,
) -> bool:
    """Take in each state the best move where it is better than the policy's by more than the least; tell if any was.

    A move with a reward of minus infinity is not open.
    """
    changed = False
    for s in range(len(policy)):
        best, at, now = -np.inf, -1, -np.inf
        for row in range(first[s], first[s + 1]):
            if reward[row] == -np.inf:
                continue
            total = 0.0
            for e in range(begin[row], begin[row + 1]):
                total += chance[e] * values[target[e]]
            worth = (1.0 - discount) * reward[row] + discount * total
            if row == first[s] + policy[s]:
                now = worth
            if worth > best:
                best, at = worth, row - first[s]
        if best > now + least:
            policy[s] = at
            changed = True
    return changed


@compiled
def plainest(
    first: IntArray,
    begin: IntArray,
    target: IntArray,
    chance: FloatArray,
    reward: FloatArray,
    rank: IntArray,
    discount: float,
    policy: IntArray,
    values: FloatArray,
    least: float,
) -> None:
    """Among moves as good as the best take the one of the lowest rank, in place."""
    for s in range(len(policy)):
        low, at = rank[first[s] + policy[s]], policy[s]
        for row in range(first[s], first[s + 1]):
            if reward[row] == -np.inf or rank[row] >= low:
                continue
            total = 0.0
            for e in range(begin[row], begin[row + 1]):
                total += chance[e] * values[target[e]]
            if (1.0 - discount) * reward[row] + discount * total >= values[s] - least:
                low, at = rank[row], row - first[s]
        policy[s] = at


@compiled
def optimal(
    first: IntArray,
    begin: IntArray,
    target: IntArray,
    chance: FloatArray,
    reward: FloatArray,
    discount: float,
    policy: IntArray,
    values: FloatArray,
    least: float,
    rounding: float,
) -> bool:
    """Improve a policy until it is best, in place; tell whether that settled."""
    for _ in range(_ROUNDS):
        if not _evaluate(first, begin, target, chance, reward, discount, policy, values, rounding):
            return False
        if not improve(first, begin, target, chance, reward, discount, policy, values, least):
            return True
    return False


@compiled
def _hits(
    at: int,
    known: IntArray,
    place: IntArray,
    first: IntArray,
    begin: IntArray,
    target: IntArray,
    chance: FloatArray,
    policy: IntArray,
    horizon: int,
) -> float:
    """Return the probability that a policy comes to one state within the horizon."""
    now = np.zeros(len(known))
    now[0] = 1.0
    total = 0.0
    for _ in range(horizon):
        total += now[at]
        now[at] = 0.0
        after = np.zeros(len(known))
        for k in range(len(known)):
            if now[k] > 0.0:
                row = first[known[k]] + policy[known[k]]
                for e in range(begin[row], begin[row + 1]):
                    if chance[e] > 0.0 and place[target[e]] >= 0:
                        after[place[target[e]]] += now[k] * chance[e]
        now = after
    return total


@compiled
def largest(
    gaps: FloatArray,
    first: IntArray,
    begin: IntArray,
    target: IntArray,
    chance: FloatArray,
    policy: IntArray,
    horizon: int,
    seldom: float,
    nothing: float,
) -> tuple[float, int, int]:
    """Return the largest gap over the states that a policy comes to, with its state and first period (from 1).

    Parameters
    ----------
    gaps : ndarray of float, shape (state,)
    first, begin, target, chance
        The moves.
    policy : ndarray of int, shape (state,)
    horizon : int
        Periods looked at.
    seldom : float
        States come to with a smaller probability within the horizon do not count.
    nothing : float
        Gaps no larger are none.

    Returns
    -------
    gap : float
    state : int
        -1 where there is no gap; of equal ones, the state that is come to first.
    period : int
        0 where there is none.
    """
    # The states that the policy comes to, in the order of their first possible period.
    states = len(policy)
    known = np.empty(states, dtype=np.int64)
    place = np.full(states, -1, dtype=np.int64)
    depth = np.zeros(states, dtype=np.int64)
    known[0], place[0], count, at = 0, 0, 1, 0
    while at < count:
        s = known[at]
        if depth[at] + 1 < horizon:
            row = first[s] + policy[s]
            for e in range(begin[row], begin[row + 1]):
                t = target[e]
                if chance[e] > 0.0 and place[t] < 0:
                    known[count], place[t], depth[count] = t, count, depth[at] + 1
                    count += 1
        at += 1
    known = known[:count]
    # Bounds of the probability of coming to each: the chance of being there at some time, and the expected visits.
    most, visits = np.zeros(count), np.zeros(count)
    now = np.zeros(count)
    now[0] = 1.0
    any_gap = False
    for k in range(count):
        if gaps[known[k]] > nothing:
            any_gap = True
    if not any_gap:
        return 0.0, -1, 0
    for _ in range(horizon):
        after = np.zeros(count)
        for k in range(count):
            if now[k] > 0.0:
                most[k] = max(most[k], now[k])
                visits[k] += now[k]
                row = first[known[k]] + policy[known[k]]
                for e in range(begin[row], begin[row + 1]):
                    if chance[e] > 0.0 and place[target[e]] >= 0:
                        after[place[target[e]]] += now[k] * chance[e]
        now = after
    best, state, period = 0.0, -1, 0
    order = np.argsort(-gaps[known])
    for n in range(count):
        k = order[n]
        gap = gaps[known[k]]
        if gap <= nothing or gap < best - nothing:
            break
        if visits[k] < seldom or (state >= 0 and depth[k] + 1 >= period):
            continue
        if most[k] < seldom:
            chance_of = _hits(k, known, place, first, begin, target, chance, policy, horizon)
            if chance_of < seldom:
                continue
        if state < 0:
            best = gap
        state, period = known[k], depth[k] + 1
    return best, state, period


@compiled
def solve(
    first: IntArray,
    begin: IntArray,
    target: IntArray,
    chance: FloatArray,
    course: FloatArray,
    slot: IntArray,
    rank: IntArray,
    keeping: FloatArray,
    freely: FloatArray,
    gravely: FloatArray,
    discount: float,
    horizon: int,
    seldom: float,
    least: float,
    rounding: float,
    nothing: float,
    policies: IntArray,
    values: FloatArray,
    found: FloatArray,
    where: IntArray,
) -> bool:
    """Solve one actor's problem under three sets of open moves and compare them; all in place.

    Parameters
    ----------
    chance, course : ndarray of float, shape (entry,)
        What later states weigh, and the probabilities of coming to them: the same unless patience changes.
    slot, rank : ndarray of int, shape (move,)
    keeping, freely, gravely : ndarray of float, shape (slot,)
        The best reward of a period where only keeping moves are open, where all are, and where those are that keep or
        do material harm.
    policies : ndarray of int, shape (3, state)
        Where to start from; the best policies on return, in the same order.
    values : ndarray of float, shape (3, state)
        The same for values.
    found : ndarray of float, shape (2,)
        On return, temptation and material temptation.
    where : ndarray of int, shape (2, 2)
        On return, the state and first period of each; -1 and 0 where there is none.

    Returns
    -------
    bool
        Whether all three settled; where not, only `policies` and `values` mean anything.
    """
    reward = keeping[slot]
    if not optimal(first, begin, target, chance, reward, discount, policies[0], values[0], least, rounding):
        return False
    plainest(first, begin, target, chance, reward, rank, discount, policies[0], values[0], least)
    for k in range(1, 3):
        reward = freely[slot] if k == 1 else gravely[slot]
        if not optimal(first, begin, target, chance, reward, discount, policies[k], values[k], least, rounding):
            return False
        gap, state, period = largest(
            values[k] - values[0], first, begin, target, course, policies[0], horizon, seldom, nothing
        )
        found[k - 1] = gap
        where[k - 1, 0], where[k - 1, 1] = state, period
    return True


@compiled
def solve_draws(
    first: IntArray,
    begin: IntArray,
    target: IntArray,
    chance: FloatArray,
    course: FloatArray,
    slot: IntArray,
    rank: IntArray,
    keeping: FloatArray,
    freely: FloatArray,
    gravely: FloatArray,
    discounts: FloatArray,
    horizon: int,
    seldom: float,
    least: FloatArray,
    rounding: float,
    nothing: float,
    policies: IntArray,
    values: FloatArray,
) -> FloatArray:
    """Do the same for many draws of the rewards and of patience, each starting from the answer before.

    Parameters
    ----------
    chance, course : ndarray of float, shape (1 or draw, entry)
    keeping, freely, gravely : ndarray of float, shape (draw, slot)
    discounts, least : ndarray of float, shape (draw,)

    Returns
    -------
    ndarray of float, shape (draw, 2)
        Temptation and material temptation; not a number where the sweeps did not settle.
    """
    draws = len(discounts)
    out = np.full((draws, 2), np.nan)
    where = np.zeros((2, 2), dtype=np.int64)
    found = np.zeros(2)
    for d in range(draws):
        own = chance[d] if len(chance) > 1 else chance[0]
        there = course[d] if len(course) > 1 else course[0]
        for k in range(3):
            # A policy of the draw before may not be open in this one only if the slots differ, which they never do.
            if d == 0 and k > 0:
                policies[k] = policies[0]
                values[k] = values[0]
        settled = solve(
            first, begin, target, own, there, slot, rank, keeping[d], freely[d], gravely[d], discounts[d], horizon, seldom,
            least[d], rounding, nothing, policies, values, found, where,
        )  # fmt: skip
        if settled:
            out[d, 0], out[d, 1] = found[0], found[1]
        else:
            for k in range(3):
                policies[k, :] = 0
                values[k, :] = 0.0
    return out
