"""The published cases give the published verdicts."""

import numpy as np
import pytest

from halfway.space.graph.arrays import GraphModel
from halfway.stability.concepts.comparisons import preferences_of
from halfway.stability.concepts.definitions import STANDARD_KEYS
from halfway.stability.concepts.definitions import concept_named as named
from halfway.stability.concepts.individual import Bench
from halfway.stability.concepts.pairwise import stable_states
from halfway.stability.explain import Names, explain
from halfway.stability.graph.moves import write_out
from halfway.stability.graph.walk import Walk

EVERY = np.ones((2, 2), dtype=bool)
ONWARD = np.triu(EVERY)


def ranked(model, orders):
    """Lay best-first rankings of the states that count over the product."""
    ranks = np.zeros((len(orders), model.product), dtype=np.int32)
    for a, order in enumerate(orders):
        for k, s in enumerate(order):
            ranks[a, model.states[s - 1]] = len(order) - k
    return ranks


def two_by_two(first, second):
    blank = GraphModel((2, 2), np.ones(4, bool), ((0,), (1,)), (EVERY, EVERY), (0, 0), np.zeros((2, 4), np.int32))
    return GraphModel((2, 2), np.ones(4, bool), ((0,), (1,)), (EVERY, EVERY), (0, 0), ranked(blank, (first, second)))


def elmira():
    uniroyal = np.array([[1, 1, 1], [0, 1, 1], [0, 0, 1]], dtype=bool)
    parts = {
        "sizes": (2, 3, 2),
        "feasible": np.ones(12, bool),
        "setters": ((0,), (1,), (2,)),
        "transitions": (ONWARD, uniroyal, EVERY),
        "status_quo": (0, 0, 0),
        "coalescing": ((1, (2,)),),
    }
    blank = GraphModel(**parts, ranks=np.zeros((3, 12), np.int32))
    orders = (
        (7, 3, 4, 8, 5, 1, 2, 6, 9),
        (1, 4, 8, 5, 9, 3, 7, 2, 6),
        (7, 3, 5, 1, 8, 6, 4, 2, 9),
    )
    return GraphModel(**parts, ranks=ranked(blank, orders))


def equilibria(model):
    found = Bench(model).verdicts()
    graph = write_out(model)
    out = {c: (np.searchsorted(model.states, found.equilibria(c)) + 1).tolist() for c in found.stable}
    preferences = preferences_of(graph)
    for c in STANDARD_KEYS:
        each = [stable_states(graph, named(c), (i,), preferences) for i in range(model.actors)]
        pairwise = (np.flatnonzero(np.all(each, axis=0)) + 1).tolist()
        assert out.setdefault(c, pairwise) == pairwise
    return out


def test_prisoners_dilemma():
    found = equilibria(two_by_two((3, 4, 1, 2), (2, 4, 1, 3)))
    assert found == {"nash": [1], "gmr": [1, 4], "smr": [1, 4], "seq": [1, 4], "sim": [1, 4]}


def test_chicken():
    found = equilibria(two_by_two((3, 4, 2, 1), (2, 4, 3, 1)))
    assert found["nash"] == [2, 3]
    assert {c for c, states in found.items() if 4 in states} == {"gmr", "smr", "sim"}


def test_elmira():
    found = equilibria(elmira())
    assert found["nash"] == found["seq"] == [5, 8, 9]
    assert found["gmr"] == found["smr"] == [1, 4, 5, 8, 9]


def test_elmira_coalition_leaves_five_and_its_members_alone_do_not():
    graph = write_out(elmira())
    preferences = preferences_of(graph)
    together = stable_states(graph, named("seq"), (0, 1), preferences)
    assert not together[4]
    assert together[7]
    for actor in (0, 1):
        assert stable_states(graph, named("nash"), (actor,), preferences)[4]


@pytest.mark.parametrize(
    ("concept", "actors", "state", "text"),
    [
        ("nash", (0,), 8, "Ministry has no move from 8."),
        ("nash", (1,), 1, "Uniroyal has no move from 1 that it prefers."),
        ("seq", (2,), 1, "Locals would move 1→5, and nobody who would gain by answering makes it regret that."),
        ("gmr", (2,), 1, "Locals could move 1→5, but Ministry can then move 5→6, and Locals likes 6 no better than 1."),
        ("gmr", (0, 1), 5, "Ministry and Uniroyal would move 5→6→8, and nobody can make them regret that."),
    ],
)
def test_elmira_explained(concept, actors, state, text):
    walk = Walk(elmira())
    names = Names(("Ministry", "Uniroyal", "Locals"))
    assert explain(walk, names, named(concept), actors, state - 1).text == text
