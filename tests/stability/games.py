"""Random games for property tests, and a builder that gives the same game to both implementations."""

import numpy as np

from halfway.space.graph.arrays import GraphModel
from tests.stability.literal import Literal


def random_game(seed, actors=None, biggest=32, joint=True, coalescing=True):
    """Draw a game: irreversible moves, constraints, ties, sometimes joint and coalescing issues."""
    rng = np.random.default_rng(seed)
    actors = actors or int(rng.integers(2, 5))
    sizes = []
    while len(sizes) < 6:
        size = int(rng.choice([2, 2, 3]))
        if np.prod([*sizes, size]) > biggest:
            break
        sizes.append(size)
    sizes = tuple(sizes)
    issues = len(sizes)
    setters = []
    for k in range(issues):
        if joint and rng.random() < 0.2:
            setters.append(tuple(int(a) for a in rng.choice(actors, size=2, replace=False)))
        else:
            setters.append((k % actors,) if rng.random() < 0.7 else (int(rng.integers(actors)),))
    transitions = []
    for size in sizes:
        kind = rng.random()
        if kind < 0.5:
            t = np.ones((size, size), dtype=bool)
        elif kind < 0.75:
            t = np.triu(np.ones((size, size), dtype=bool))
        else:
            t = rng.random((size, size)) < 0.6
        transitions.append(t)
    product = int(np.prod(sizes))
    feasible = rng.random(product) > (0.2 if rng.random() < 0.5 else 0.0)
    if not feasible.any():
        feasible[0] = True
    ranks = rng.integers(0, rng.choice([3, 8, 50]), size=(actors, product)).astype(np.int32)
    status_quo = tuple(int(rng.integers(n)) for n in sizes)
    groups = ()
    if coalescing and rng.random() < 0.3:
        groups = tuple(
            (int(k), (int(rng.integers(sizes[k])),))
            for k in rng.choice(issues, size=int(rng.integers(1, min(issues, 2) + 1)), replace=False)
        )
    model = GraphModel(sizes, feasible, tuple(setters), tuple(transitions), status_quo, ranks, groups)
    return model, literal_of(model)


def literal_of(model):
    def index(x):
        return int(np.dot(x, model.moves.strides))

    shadow = Literal(
        model.sizes,
        lambda x: bool(model.feasible[index(x)]),
        model.setters,
        model.transitions,
        model.status_quo,
        [{} for _ in range(model.actors)],
        model.coalescing,
    )
    shadow.utility = [{x: int(model.ranks[a, index(x)]) for x in shadow.states} for a in range(model.actors)]
    return shadow
