"""Chains too crowded for elimination are solved by iteration; the answer is the one that elimination gives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from halfway.conduct.game import solver


def crowded(n: int, following: int, seed: int) -> sparse.csr_array:
    rng = np.random.default_rng(seed)
    rows, data = np.repeat(np.arange(n), following), rng.random(n * following)
    chain = sparse.csr_array((data, (rows, rng.integers(0, n, n * following))), shape=(n, n))
    return sparse.csr_array(chain.multiply(1 / chain.sum(axis=1)[:, None]))


@pytest.mark.parametrize("discount", [0.2, 0.99, 1 - 1e-6])
def test_iteration_and_elimination_agree(discount, monkeypatch):
    chain, points = crowded(400, 20, 7), np.random.default_rng(8).uniform(-50, 100, (3, 400))
    outright = np.linalg.solve(np.eye(400) - discount * chain.toarray(), (1 - discount) * points.T).T
    monkeypatch.setattr(solver, "_MANY", 100)
    called = []
    iterated = solver._iterated
    monkeypatch.setattr(solver, "_iterated", lambda *a: called.append(1) or iterated(*a))
    found = solver.discounted(chain, points, discount)
    assert called
    # Both are only as exact as rounding over one less the discount factor.
    assert found == pytest.approx(outright, abs=1e-13 * 100 / (1 - discount))
    assert solver.discounted(chain, points[0], discount) == pytest.approx(found[0], abs=1e-12 / (1 - discount))


def test_what_does_not_settle_is_eliminated(monkeypatch):
    chain, points = crowded(400, 20, 9), np.random.default_rng(8).uniform(0, 100, (1, 400))
    expected = solver.discounted(chain, points, 0.9)
    monkeypatch.setattr(solver, "_MANY", 100)
    monkeypatch.setattr(solver, "_REFINED", 0)
    assert solver.discounted(chain, points, 0.9) == pytest.approx(expected, abs=1e-11)
