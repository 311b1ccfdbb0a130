"""Frontier, counts and solutions against plain enumeration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfway.settle.packages import dominance
from halfway.settle.packages.counting import count_acceptable, count_equal, count_feasible
from halfway.settle.packages.frontier import pareto_frontier
from halfway.settle.solutions.from_frontier import NAMES, solutions_from_frontier
from halfway.settle.solutions.from_programs import solutions_by_program
from halfway.space.arrays import Bounds, Mask, Utilities
from halfway.space.packages.optima import ideal_matrix, lexicographic_best
from tests.settle import oracle
from tests.settle.oracle import Problem, problems

CASES = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEWER = settings(CASES, max_examples=60)


@CASES
@given(problems())
def test_frontier_is_the_set_of_undominated_acceptable_vectors(problem: Problem) -> None:
    found = pareto_frontier(problem.utilities, problem.bounds, problem.parties, problem.walk_away)
    good = oracle.acceptable(problem)
    vectors = [oracle.vector(problem, p) for p in good]
    assert found.exact
    assert {tuple(v) for v in found.vectors.tolist()} == oracle.frontier(vectors)
    assert len({tuple(v) for v in found.vectors.tolist()}) == found.size
    for v, p, ties in zip(found.vectors.tolist(), found.packages.tolist(), found.ties, strict=True):
        assert tuple(p) in good
        assert oracle.vector(problem, tuple(p)) == tuple(v)
        assert ties == vectors.count(tuple(v))


@CASES
@given(problems(), st.integers(1, 6))
def test_capped_frontier_keeps_its_word(problem: Problem, cap: int) -> None:
    found = pareto_frontier(problem.utilities, problem.bounds, problem.parties, problem.walk_away, cap=cap)
    good = {p: oracle.vector(problem, p) for p in oracle.acceptable(problem)}
    true = oracle.frontier(list(good.values()))
    if found.exact:
        assert {tuple(v) for v in found.vectors.tolist()} == true
    assert found.size <= cap
    for v, p in zip(found.vectors.tolist(), found.packages.tolist(), strict=True):
        assert good[tuple(p)] == tuple(v)
    floor = np.array(problem.walk_away) + found.epsilon
    for v in good.values():
        if np.all(np.array(v) >= floor):
            assert np.any(np.all(found.vectors >= np.array(v) - found.epsilon, axis=1))


def test_a_frontier_that_the_cap_has_emptied_is_not_called_exact() -> None:
    """Of (4, 1), (2, 2) and (1, 4) one is carried; only (2, 2) with (3, 3) would reach the walk-aways of 5."""
    table = np.array([[4, 2, 1], [1, 2, 4]]), np.zeros((2, 2), dtype=np.int64), np.array([[5, 3, 0], [0, 3, 5]])
    tied = Mask((0, 1), np.array([[True, False]] * 3)), Mask((1, 2), np.array([[True] * 3, [False] * 3]))
    given_ = Utilities(table, (), np.ones(2), True), Bounds(tied, ((), ())), (0, 1), (5, 5)
    assert pareto_frontier(*given_).vectors.tolist() == [[5, 5]]
    found = pareto_frontier(*given_, cap=1)
    assert found.size == 0
    assert not found.exact
    assert (found.epsilon > 0).all()


@CASES
@given(problems())
def test_counts_are_exact(problem: Problem) -> None:
    assert count_feasible(problem.utilities, problem.bounds) == len(oracle.feasible(problem))
    count = count_acceptable(problem.utilities, problem.bounds, problem.parties, problem.walk_away)
    assert count.exact
    assert count.low == len(oracle.acceptable(problem))


@CASES
@given(problems(), st.integers(0, 2**16))
def test_packages_of_equal_worth_are_counted(problem: Problem, which: int) -> None:
    good = [oracle.vector(problem, p) for p in oracle.within_lines(problem)]
    vector = good[which % len(good)] if good else tuple(0 for _ in problem.parties)
    assert count_equal(problem.utilities, problem.bounds, problem.parties, vector) == good.count(vector)
    beyond = tuple(v + 10**9 for v in vector)
    assert count_equal(problem.utilities, problem.bounds, problem.parties, beyond) == 0


@CASES
@given(problems())
def test_bounds_hold_where_sums_are_too_many(problem: Problem) -> None:
    count = count_acceptable(problem.utilities, problem.bounds, problem.parties, problem.walk_away, states=3)
    assert count.low <= len(oracle.acceptable(problem)) <= count.high


@CASES
@given(problems(), st.lists(st.integers(1, 3), min_size=4, max_size=4))
def test_solutions_attain_their_criterion(problem: Problem, powers: list[int]) -> None:
    found = pareto_frontier(problem.utilities, problem.bounds, problem.parties, problem.walk_away)
    unit = problem.utilities.unit[list(problem.parties)]
    powers = powers[: len(problem.parties)]
    solutions = solutions_from_frontier(found, problem.walk_away, unit, powers)
    good = oracle.acceptable(problem)
    if not good:
        assert solutions == {}
        return
    for name in NAMES:
        _, tied = oracle.best(name, problem, powers)
        assert tuple(solutions[name].package.tolist()) in tied
        assert solutions[name].packages_tied == len(tied)


@FEWER
@given(problems(), st.lists(st.integers(1, 3), min_size=4, max_size=4))
def test_programs_agree_with_enumeration(problem: Problem, powers: list[int]) -> None:
    powers = powers[: len(problem.parties)]
    solutions = solutions_by_program(problem.utilities, problem.bounds, problem.parties, problem.walk_away, powers)
    good = oracle.acceptable(problem)
    if not good:
        assert solutions == {}
        return
    for name in NAMES:
        _, tied = oracle.best(name, problem, powers)
        solution = solutions[name]
        assert tuple(solution.package.tolist()) in tied, name
        # Of the least gain in points, on the scale of these cases; of the rest as it is.
        range_of = max(abs(v) for p in good for v in oracle.vector(problem, p)) / 100
        assert solution.gap <= {"egalitarian": 1e-8 * max(range_of, 1.0), "kalai_smorodinsky": 1e-8}.get(name, 1e-9)
        same = sum(oracle.vector(problem, p) == solution.vector for p in good)
        assert solution.packages_tied == same


@CASES
@given(problems())
def test_best_package_breaks_ties_for_the_other(problem: Problem) -> None:
    pool = oracle.feasible(problem)
    actors = range(problem.utilities.actors)
    if not pool:
        assert lexicographic_best(problem.utilities, problem.bounds, (0,)) is None
        return
    matrix = ideal_matrix(problem.utilities, problem.bounds)
    for b in actors:
        for a in actors:
            top = max((oracle.value(problem, b, p), oracle.value(problem, a, p)) for p in pool)
            assert matrix[a, b] == top[1]
            best = lexicographic_best(problem.utilities, problem.bounds, (b, a))
            assert best is not None
            assert best.values == top
            assert tuple(best.package.tolist()) in pool
            tied = [p for p in pool if (oracle.value(problem, b, p), oracle.value(problem, a, p)) == top]
            assert best.ties == len(tied)


def test_long_chain_of_conditions_is_swept_not_listed() -> None:
    # 40 issues in one block: each may differ from the next by one option at most. Counted by the transfer matrix.
    near = np.abs(np.subtract.outer(np.arange(4), np.arange(4))) <= 1
    tables = tuple(np.stack([np.arange(4), 3 - np.arange(4)]).astype(np.int64) for _ in range(40))
    bounds = Bounds(tuple(Mask((i, i + 1), near) for i in range(39)), ((), ()))
    utilities = Utilities(tables, (), np.ones(2), True)
    expected = int(np.linalg.matrix_power(near.astype(object), 39).sum())
    assert count_feasible(utilities, bounds) == expected
    found = pareto_frontier(utilities, bounds, (0, 1), (0, 0))
    assert found.size == 121
    assert sum(int(t) for t in found.ties) == expected


@pytest.mark.parametrize("parties", [2, 3, 4])
def test_large_sets_go_through_the_compiled_kernels(parties: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dominance, "PAIRS", -1)
    rng = np.random.default_rng(parties)
    sizes = (9, 8, 9)
    tables = tuple(rng.integers(0, 40, (parties, s)) for s in sizes)
    problem = Problem(
        Utilities(tables, (), np.ones(parties), True),
        Bounds((Mask((0, 1, 2), rng.random(sizes) < 0.9),), ((),) * parties),
        tuple(range(parties)),
        (30,) * parties,
    )
    found = pareto_frontier(problem.utilities, problem.bounds, problem.parties, problem.walk_away)
    expected = oracle.frontier([oracle.vector(problem, p) for p in oracle.acceptable(problem)])
    assert {tuple(v) for v in found.vectors.tolist()} == expected
    # By tables, in several blocks, the same comes out.
    monkeypatch.setattr(dominance, "PAIRS", 10**9)
    again = pareto_frontier(problem.utilities, problem.bounds, problem.parties, problem.walk_away)
    np.testing.assert_array_equal(again.vectors, found.vectors)
