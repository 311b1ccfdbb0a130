"""Inverse analysis against every ranking there is."""

from fractions import Fraction
from itertools import combinations, permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfway.space.graph.arrays import GraphModel
from halfway.stability.concepts.definitions import concept_named as named
from halfway.stability.concepts.inverse import requirement
from halfway.stability.graph.walk import Walk
from tests.stability.games import literal_of, random_game
from tests.stability.literal import CONCEPTS


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.integers(0, 2**32 - 1), st.sampled_from(CONCEPTS))
def test_requirements_hold_exactly_where_the_state_is_stable(seed, concept):
    model, literal = random_game(seed, biggest=6)
    n = len(literal.states)
    if n > 6:
        return
    actor, state = seed % model.actors, seed % n
    found = requirement(Walk(model), named(concept), actor, state)
    assert found.complete
    good = 0
    for order in permutations(range(n)):
        literal.utility[actor] = {s: order[k] for k, s in enumerate(literal.states)}
        stable = literal.stable(concept, (actor,), literal.states[state])
        below = {k for k in range(n) if order[k] <= order[state]}
        assert stable == any(s <= below for s in found.minimal)
        good += stable
    assert found.share == Fraction(good, factorial(n))
    assert found.rankings(n) == good
    for one, other in combinations(found.minimal, 2):
        assert not one <= other
        assert not other <= one
    assert [len(s) for s in found.minimal] == sorted(len(s) for s in found.minimal)


@pytest.mark.parametrize("concept", CONCEPTS)
def test_ties_satisfy_requirements_too(concept):
    model, _ = random_game(11, actors=2, biggest=8)
    flat = GraphModel(
        model.sizes,
        model.feasible,
        model.setters,
        model.transitions,
        model.status_quo,
        np.zeros_like(model.ranks),
        model.coalescing,
    )
    literal = literal_of(flat)
    assert all(literal.stable(concept, (0,), s) for s in literal.states)
    walk = Walk(flat)
    for state in range(len(literal.states)):
        found = requirement(walk, named(concept), 0, state)
        everything = set(range(len(literal.states)))
        assert any(s <= everything for s in found.minimal)
