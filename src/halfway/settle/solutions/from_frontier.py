"""The four bargaining solutions: their definitions, and how each is chosen from an exact frontier.

All are taken over the *acceptable* packages: constraints hold, no party's red line is crossed, no party is below its
walk-away ``d``. A *gain* is ``g_a = u_a − d_a`` in utility points.

utilitarian
    The greatest sum of the parties' utilities.
egalitarian
    Leximin of the gains: the least gain as large as possible, then the second least, and so on (Rawls; Sen 1970).
nash
    The greatest product ``∏ g_a^p_a`` with bargaining powers ``p`` (Nash 1950; Kalai 1977). Where no package is
    strictly better than the walk-away for every party, the product would be zero everywhere; then as many parties as
    possible gain, and the product is taken over those who do.
kalai_smorodinsky
    Leximin of ``g_a / G_a``, with ``G_a`` the largest gain that a can have in any acceptable package (Kalai and
    Smorodinsky 1975; on finite sets, the max-min of Imai 1983). A party for whom no acceptable package brings a gain
    is left out.

On finite sets each may be attained by several packages. All are counted; the one shown is, among the tied, the most
equal in gains, then the best for the first party, and so on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm, log, prod

import numpy as np

from halfway.settle.packages.frontier import Frontier
from halfway.space.arrays import FloatArray, IntArray

NAMES = ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian")
"""The solutions in the order in which they are shown."""

NEAR = 1e-9
"""Floating-point values closer than this, relatively, are compared again in exact numbers."""


@dataclass(frozen=True)
class Solution:
    """One bargaining solution.

    Attributes
    ----------
    name : str
        One of `NAMES`.
    package : ndarray of int, shape (issue,)
    vector : tuple of int
        Scaled utilities of the parties.
    value : float
        Of the criterion: sum of utilities, least gain (points), product of gains ``∏ g^p`` (points), least ratio.
    packages_tied : int
        Packages that do equally well by the criterion, this one included; 1 when the solution is unique.
    ties_exact : bool
        Whether `packages_tied` counts all of them; else there are at least so many.
    gap : float
        Proven bound on how much better the criterion could be: relative for the sum and the product, absolute for the
        least gain (points) and the least ratio. Zero when exact.
    method : str
        ``"frontier"`` or ``"integer program"``.
    counted : tuple of int
        Positions of the parties that the criterion counts: the gainers for Nash, those with an ideal gain for
        Kalai–Smorodinsky, everyone else.
    """

    name: str
    package: IntArray
    vector: tuple[int, ...]
    value: float
    packages_tied: int
    ties_exact: bool
    gap: float
    method: str
    counted: tuple[int, ...]


def exact_units(unit: FloatArray) -> tuple[Fraction, ...]:
    """Return utility points per count as the fractions that the floats stand for: one part of a whole, as a rule."""
    out = []
    for value in unit.tolist():
        parts = Fraction(1, max(1, round(1 / value)))
        out.append(parts if float(parts) == value else Fraction(value).limit_denominator(10**14))
    return tuple(out)


def integer_weights(units: Sequence[Fraction]) -> tuple[int, ...]:
    """Return the smallest whole numbers in the same proportion as the units."""
    if not units:
        return ()
    common = lcm(*(u.denominator for u in units))
    whole = [int(u * common) for u in units]
    return tuple(w // gcd(*whole) for w in whole)


def lattice_step(units: Sequence[Fraction]) -> Fraction:
    """Return the largest step of which every unit, and so every sum of counts, is a whole multiple."""
    if not units:
        return Fraction(1)
    common = lcm(*(u.denominator for u in units))
    return Fraction(gcd(*(int(u * common) for u in units)), common)


def leximin_key(gains: Sequence[int], weights: Sequence[int]) -> tuple[int, ...]:
    """Return the weighted gains in ascending order: of two packages the one with the greater key is the more equal."""
    return tuple(sorted(int(g) * w for g, w in zip(gains, weights, strict=True)))


def leximin_best(gains: IntArray, weights: Sequence[int]) -> IntArray:
    """Return the positions of the rows whose weighted gains are leximin-best.

    Parameters
    ----------
    gains : ndarray of int, shape (point, party)
    weights : sequence of int
        Positive, one for each party.
    """
    if gains.shape[1] == 0:
        return np.arange(gains.shape[0])
    # Dividing keeps floats in range; only the order matters here, and near ties are settled exactly below.
    scale = np.array([w / max(weights) for w in weights], dtype=np.float64)
    least = (gains * scale).min(axis=1)
    best = least.max()
    near: IntArray = np.flatnonzero(least >= best - NEAR * max(1.0, abs(float(best))))
    keys = [leximin_key(gains[i].tolist(), weights) for i in near]
    top = max(keys)
    return _positions(i for i, key in zip(near, keys, strict=True) if key == top)


def power_fractions(powers: Sequence[float]) -> tuple[Fraction, ...]:
    """Return bargaining powers as simple fractions.

    Raises
    ------
    ValueError
        When a power is not positive.
    """
    if any(not p > 0 for p in powers):
        raise ValueError("bargaining powers must be positive")
    return tuple(Fraction(float(p)).limit_denominator(10**4) for p in powers)


def nash_value(gains: Sequence[int], units: Sequence[Fraction], powers: Sequence[Fraction]) -> float:
    """Return the logarithm of the product of the positive gains, in points, raised to the powers."""
    return sum(
        float(p) * (log(g) + log(u.numerator) - log(u.denominator))
        for g, u, p in zip(gains, units, powers, strict=True)
        if g > 0
    )


def exact_product(gains: Sequence[int], units: Sequence[Fraction], powers: Sequence[Fraction]) -> Fraction:
    """Return the product of positive gains with the powers brought to whole numbers: exact, for comparing only."""
    common = lcm(*(p.denominator for p in powers))
    return prod(
        ((g * u) ** int(p * common) for g, u, p in zip(gains, units, powers, strict=True) if g > 0), start=Fraction(1)
    )


def nash_best(gains: IntArray, units: Sequence[Fraction], powers: Sequence[Fraction]) -> IntArray:
    """Return the positions of the rows with most gainers and, among these, the greatest product of their gains."""
    gainers = (gains > 0).sum(axis=1)
    most = np.flatnonzero(gainers == gainers.max())
    part = gains[most]
    weight = np.array([float(p) for p in powers])
    offset = np.array([log(u.numerator) - log(u.denominator) for u in units])
    safe = np.where(part > 0, part, 1)
    value = np.where(part > 0, weight * (np.log(safe) + offset), 0.0).sum(axis=1)
    best = value.max()
    near: IntArray = most[value >= best - NEAR * max(1.0, abs(float(best)))]
    products = [exact_product(gains[i].tolist(), units, powers) for i in near]
    top = max(products)
    return _positions(i for i, product in zip(near, products, strict=True) if product == top)


def sum_best(vectors: IntArray, weights: Sequence[int]) -> IntArray:
    """Return the positions of the rows with the greatest weighted sum."""
    largest = int(np.abs(vectors).max(initial=0)) * sum(weights)
    if largest < 2**62:
        total = vectors @ np.array(weights, dtype=np.int64)
        return np.flatnonzero(total == total.max())
    sums = [sum(int(v) * w for v, w in zip(row, weights, strict=True)) for row in vectors]
    top = max(sums)
    return _positions(i for i, s in enumerate(sums) if s == top)


def _positions(kept: Iterable[int | np.int64]) -> IntArray:
    return np.array(list(kept), dtype=np.int64)


def solutions_from_frontier(
    frontier: Frontier,
    walk_away: Sequence[int] | IntArray,
    unit: FloatArray,
    powers: Sequence[float] | None = None,
    names: Sequence[str] = NAMES,
) -> dict[str, Solution]:
    """Choose the four solutions from an exact frontier.

    Parameters
    ----------
    frontier : Frontier
        Exact. Every solution is Pareto optimal, so the frontier holds them all.
    walk_away : sequence of int
        Scaled, one for each party.
    unit : ndarray of float, shape (party,)
        Utility points per count.
    powers : sequence of float, optional
        Bargaining powers for Nash, one for each party; equal by default.
    names : sequence of str
        Which solutions.

    Returns
    -------
    dict
        Empty when nothing is acceptable.
    """
    if not frontier.exact:
        raise ValueError("an approximate frontier does not hold the solutions")
    if not frontier.size:
        return {}
    floor = np.asarray(walk_away, dtype=np.int64)
    units = exact_units(unit)
    weights = integer_weights(units)
    shares = power_fractions(powers if powers is not None else [1.0] * len(units))
    gains = frontier.vectors - floor
    everyone = tuple(range(len(units)))
    ideal = gains.max(axis=0)
    with_ideal = tuple(a for a in everyone if ideal[a] > 0)
    common = lcm(*(int(ideal[a]) for a in with_ideal)) if with_ideal else 1

    def utilitarian() -> tuple[IntArray, float, tuple[int, ...]]:
        at = sum_best(frontier.vectors, weights)
        return at, float(sum(int(v) * u for v, u in zip(frontier.vectors[at[0]], units, strict=True))), everyone

    def egalitarian() -> tuple[IntArray, float, tuple[int, ...]]:
        at = leximin_best(gains, weights)
        return at, float(min((int(g) * u for g, u in zip(gains[at[0]], units, strict=True)), default=0)), everyone

    def nash() -> tuple[IntArray, float, tuple[int, ...]]:
        at = nash_best(gains, units, shares)
        chosen = gains[at[0]].tolist()
        counted = tuple(a for a in everyone if chosen[a] > 0)
        return at, float(np.exp(nash_value(chosen, units, shares))), counted

    def kalai_smorodinsky() -> tuple[IntArray, float, tuple[int, ...]]:
        part = gains[:, list(with_ideal)]
        at = leximin_best(part, [common // int(ideal[a]) for a in with_ideal])
        ratios = [Fraction(int(gains[at[0], a]), int(ideal[a])) for a in with_ideal]
        return at, float(min(ratios)) if ratios else 0.0, with_ideal

    ways: Mapping[str, Callable[[], tuple[IntArray, float, tuple[int, ...]]]] = {
        "utilitarian": utilitarian,
        "egalitarian": egalitarian,
        "nash": nash,
        "kalai_smorodinsky": kalai_smorodinsky,
    }
    found: dict[str, Solution] = {}
    for name in names:
        tied, value, counted = ways[name]()
        chosen = max(
            tied.tolist(),
            key=lambda i: (leximin_key(gains[i].tolist(), weights), tuple(frontier.vectors[i].tolist())),
        )
        found[name] = Solution(
            name=name,
            package=frontier.packages[chosen],
            vector=tuple(int(v) for v in frontier.vectors[chosen]),
            value=value,
            packages_tied=int(sum(int(c) for c in frontier.ties[tied])),
            ties_exact=True,
            gap=0.0,
            method="frontier",
            counted=counted,
        )
    return found
