"""The long run of a finite chain, exact in every entry however rarely some part of the chain is left.

A plan that holds is a nearly decomposable chain: a trigger that fires by false alarm in each of eleven months may be
the only way out of a phase. Solving the balance equations subtracts numbers that are almost equal, and what is left of
so small a chance is rounding. Here states are taken out one by one, and what led through them is laid on the others:
only additions, multiplications and divisions of positive numbers, so that each share of time is right to a few units of
its own last place, whatever its size.

The method is that of W. K. Grassmann, M. I. Taksar and D. P. Heyman, Regenerative analysis and steady state
distributions for Markov chains, Operations Research 33 (1985); the bound for each entry is that of C. A. O'Cinneide,
Entrywise perturbation theory and error analysis for Markov chains, Numerische Mathematik 65 (1993).
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np

from halfway.errors import Problem, Refusal
from halfway.space.arrays import BoolArray, FloatArray, IntArray

CROWDED = 0.25
"""Once so large a share of the moves between the states that are left is possible, they are reduced as a full matrix."""

FEW = 40
"""So few states are never worth a full matrix."""


def long_run_shares(count: int, sources: IntArray, targets: IntArray, probabilities: FloatArray) -> FloatArray:
    """Return the long-run share of time a finite chain spends in each state when it starts in state 0.

    Parameters
    ----------
    count : int
        Number of states.
    sources, targets, probabilities : ndarray, shape (transition,)
        Several transitions between the same two states add up.

    Returns
    -------
    ndarray of float, shape (state,)
        For each closed class: the probability of ending in it times its stationary distribution. Periodic classes
        are averaged over their period.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    possible = probabilities > 0
    sources, targets, probabilities = sources[possible], targets[possible], probabilities[possible]
    chain = sparse.csr_array((probabilities, (sources, targets)), shape=(count, count))
    classes, found = connected_components(chain, directed=True, connection="strong")
    label = found.astype(np.int64)
    closed = np.ones(classes, dtype=np.bool_)
    closed[label[sources[label[sources] != label[targets]]]] = False
    ending = np.zeros(classes)
    if closed[label[0]]:
        ending[label[0]] = 1.0
    else:
        ending[closed] = _absorbed(label, closed, sources, targets, probabilities)
    shares = np.zeros(count)
    place = np.zeros(count, dtype=np.int64)
    for one in np.flatnonzero(closed & (ending > 0)):
        members = np.flatnonzero(label == one)
        place[members] = np.arange(len(members))
        inside = label[sources] == one
        shares[members] = ending[one] * stationary(
            len(members), place[sources[inside]], place[targets[inside]], probabilities[inside]
        )
    return shares


def stationary(count: int, sources: IntArray, targets: IntArray, probabilities: FloatArray) -> FloatArray:
    """Return the stationary distribution of an irreducible chain, shape ``(state,)``, exact in every entry.

    Parameters
    ----------
    count : int
        Number of states.
    sources, targets, probabilities : ndarray, shape (transition,)
        All positive. Chances of staying where one is do not count.

    Raises
    ------
    Refusal
        Where some state is left with a chance too small for a number of the machine.
    """
    taken, _ = _reduced(count, sources, targets, probabilities, frozenset({0}))
    shares = np.zeros(count)
    shares[0] = 1.0
    for state, before, weights in reversed(taken):
        shares[state] = shares[before] @ weights
    return np.asarray(shares / shares.sum())


def _absorbed(
    label: IntArray, closed: BoolArray, sources: IntArray, targets: IntArray, probabilities: FloatArray
) -> FloatArray:
    """Return the probability of ending in each closed class from state 0, which is in none, shape ``(class,)``."""
    open_ = ~closed[label]
    states, ends = np.flatnonzero(open_), np.flatnonzero(closed)
    # State 0 comes first, the other open states after it; each closed class is one state more.
    place = np.zeros(len(label), dtype=np.int64)
    place[states] = np.arange(len(states))
    place[~open_] = len(states) + np.searchsorted(ends, label[~open_])
    inside = open_[sources]
    count = len(states) + len(ends)
    keep = frozenset({0, *range(len(states), count)})
    _, rows = _reduced(count, place[sources[inside]], place[targets[inside]], probabilities[inside], keep)
    found = np.zeros(count)
    for target, p in rows[0].items():
        found[target] = p
    total = found[len(states) :].sum()
    if not total:
        raise Refusal([_vanishing()])
    return np.asarray(found[len(states) :] / total)


def _reduced(
    count: int, sources: IntArray, targets: IntArray, probabilities: FloatArray, keep: frozenset[int]
) -> tuple[list[tuple[int, IntArray, FloatArray]], list[dict[int, float]]]:
    """Take states out of a chain one by one, the ones with the fewest neighbours first.

    Parameters
    ----------
    keep : frozenset of int
        The states that stay.

    Returns
    -------
    taken : list of (state, states before it, weights)
        In the order in which they were taken out: the share of time in the state is the sum over the states before it
        of their shares times the weights.
    rows : list of dict
        For each state that stays, where it leads in the end without passing itself by, with weights.
    """
    rows: list[dict[int, float]] = [{} for _ in range(count)]
    before: list[set[int]] = [set() for _ in range(count)]
    for s, t, p in zip(sources.tolist(), targets.tolist(), probabilities.tolist(), strict=True):
        if s != t:
            rows[s][t] = rows[s].get(t, 0.0) + p
            before[t].add(s)
    left = count - len(keep)
    moves = sum(map(len, rows))
    waiting = [(len(rows[k]) * len(before[k]), k) for k in range(count) if k not in keep]
    heapify(waiting)
    taken: list[tuple[int, IntArray, FloatArray]] = []
    while left:
        cost, k = heappop(waiting)
        now = len(rows[k]) * len(before[k])
        if now > cost:
            heappush(waiting, (now, k))
            continue
        if left > FEW and moves >= CROWDED * left * left:
            _reduce_full(rows, sorted(keep), [k, *(one for _, one in waiting)], taken)
            break
        outflow = sum(rows[k].values())
        if not outflow:
            raise Refusal([_vanishing()])
        weights = []
        for i in before[k]:
            row = rows[i]
            weight = row.pop(k) / outflow
            weights.append(weight)
            moves -= len(row)
            for j, p in rows[k].items():
                if j != i:
                    row[j] = row.get(j, 0.0) + weight * p
                    before[j].add(i)
            moves += len(row) - 1
        for j in rows[k]:
            before[j].discard(k)
        moves -= len(rows[k])
        taken.append((k, np.array(list(before[k]), dtype=np.int64), np.array(weights)))
        left -= 1
    return taken, rows


def _reduce_full(
    rows: list[dict[int, float]], keep: list[int], rest: list[int], taken: list[tuple[int, IntArray, FloatArray]]
) -> None:
    """Do the same with a full matrix, for states most of which lead to most."""
    order = np.array([*keep, *rest], dtype=np.int64)
    place = {state: n for n, state in enumerate(order.tolist())}
    full = np.zeros((len(order), len(order)))
    for state, n in place.items():
        for j, p in rows[state].items():
            full[n, place[j]] = p
    for k in range(len(order) - 1, len(keep) - 1, -1):
        outflow = full[k, :k].sum()
        if not outflow:
            raise Refusal([_vanishing()])
        weights = full[:k, k] / outflow
        full[:k, :k] += weights[:, None] * full[k, :k]
        np.fill_diagonal(full, 0.0)
        taken.append((int(order[k]), order[:k], weights))
    for n, state in enumerate(keep):
        rows[state] = {keep[j]: float(full[n, j]) for j in np.flatnonzero(full[n, : len(keep)])}


def _vanishing() -> Problem:
    return Problem(
        "R031",
        "the plan's long run cannot be computed",
        "some phase is left with a chance too small for a number of the machine, so that all else follows never or always",
        "shorten the phase, or let its signals err less often",
    )
