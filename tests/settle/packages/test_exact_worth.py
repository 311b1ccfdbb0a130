"""Frontiers where whole numbers had to be rounded: rechecked in exact fractions, and what rounding may cost is said."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from halfway.case.reader import build
from halfway.settle.packages.exact_worth import exact_worth, undominated
from halfway.settle.run import settle
from halfway.space.compiled import compile_case


def case_of(seed: int):
    """Weights with as many digits as no common count of points can carry."""
    rng = np.random.default_rng(seed)

    def digits() -> str:
        return f"0.{rng.integers(10**15, 10**16)}"

    issues = {f"i{k}": ["p", "q", "r"] for k in range(4)}
    return build(
        {
            "name": "long",
            "actors": {
                a: {
                    "walk_away": 0,
                    "normalise": "no",
                    "interests": {
                        i: {"weight": digits(), "values": {o: str(int(rng.integers(0, 4)) * 25) for o in options}}
                        for i, options in issues.items()
                    },
                }
                for a in ("a", "b")
            },
            "issues": {i: {"options": o, "set_by": ["a", "b"], "owner": ["a", "b"]} for i, o in issues.items()},
        }
    )


@pytest.mark.parametrize("seed", range(40))
def test_the_frontier_is_that_of_exact_fractions_and_says_what_rounding_may_cost(seed):
    compiled = compile_case(case_of(seed))
    space = compiled.space()
    assert not space.utilities.exact
    every = np.array(list(product(range(3), repeat=4)))
    worth = exact_worth(space, (0, 1), every)
    wanted = {worth[k] for k in range(len(worth)) if not any(_dominates(w, worth[k]) for w in worth)}
    found = settle(compiled).frontier
    packages = np.array([space.package(p.package) for p in found.points])
    got = exact_worth(space, (0, 1), packages)
    assert not any(_dominates(a, b) for a in got for b in got)
    assert set(got) == wanted
    assert all(0 < e < 1e-6 for e in found.epsilon.values())


def _dominates(one, other) -> bool:
    return all(a >= b for a, b in zip(one, other, strict=True)) and one != other


def test_the_first_of_equal_vectors_is_kept():
    vectors = [tuple(map(Fraction, v)) for v in ((1, 2), (2, 1), (1, 2), (1, 1), (3, 0))]
    assert undominated(vectors) == [0, 1, 4]


def test_undominated_vectors_are_those_that_no_other_dominates() -> None:
    rng = np.random.default_rng(5)
    for _ in range(300):
        size, parties = int(rng.integers(0, 25)), int(rng.integers(1, 5))
        worth = [
            tuple(Fraction(int(rng.integers(0, 6)), int(rng.integers(1, 4))) for _ in range(parties))
            for _ in range(size)
        ]
        expected = []
        for k, own in enumerate(worth):
            beaten = any(other != own and all(a >= b for a, b in zip(other, own, strict=True)) for other in worth)
            if not beaten and own not in worth[:k]:
                expected.append(k)
        assert undominated(worth) == expected
