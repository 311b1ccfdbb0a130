"""Random games: the kernels agree with the definitions written down literally."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfway.case.reader import build
from halfway.jit import interpreted
from halfway.space.graph.arrays import GraphModel
from halfway.stability.concepts.comparisons import preferences_of
from halfway.stability.concepts.definitions import STANDARD
from halfway.stability.concepts.definitions import concept_named as named
from halfway.stability.concepts.individual import Bench
from halfway.stability.concepts.limited_moves import limited_move
from halfway.stability.concepts.pairwise import stable_states
from halfway.stability.explain import Names, explain
from halfway.stability.graph.moves import write_out
from halfway.stability.graph.paths import routes
from halfway.stability.graph.walk import Walk
from halfway.stability.run import stability
from tests.stability.games import literal_of, random_game
from tests.stability.literal import CONCEPTS

SEEDS = st.integers(0, 2**32 - 1)
MANY = settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SOME = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(SEEDS)
def test_every_concept_for_every_actor(seed):
    model, literal = random_game(seed)
    assert [model.options(int(s)) for s in model.states] == literal.states
    found = Bench(model).verdicts()
    graph = write_out(model)
    preferences = preferences_of(graph)
    for i in range(model.actors):
        for concept in CONCEPTS:
            wanted = [literal.stable(concept, (i,), s) for s in literal.states]
            if concept != "sim":
                assert found.stable[concept][i][model.states].tolist() == wanted, (concept, i)
            if concept == "sim" or seed % 4 == 0:
                assert stable_states(graph, named(concept), (i,), preferences).tolist() == wanted, (concept, i)


@settings(SOME, max_examples=250)
@given(SEEDS)
def test_every_concept_for_every_coalition(seed):
    model, literal = random_game(seed, biggest=24)
    graph = write_out(model)
    preferences = preferences_of(graph)
    for size in range(2, model.actors + 1):
        for members in combinations(range(model.actors), size):
            for concept in CONCEPTS:
                wanted = [literal.stable(concept, members, s) for s in literal.states]
                assert stable_states(graph, named(concept), members, preferences).tolist() == wanted, (concept, members)


@SOME
@given(SEEDS)
def test_moves_written_out_and_worked_out_agree_with_the_definition(seed):
    model, literal = random_game(seed)
    graph, walk = write_out(model), Walk(model)
    for m, mover in enumerate(model.movers):
        for k, s in enumerate(literal.states):
            reached = {literal.states[t] for t in graph.reach(m, k)}
            assert reached == literal.table[mover, s]
            assert list(walk.reach(m, k)) == graph.reach(m, k).tolist()


@SOME
@given(SEEDS)
def test_explanations_reach_the_same_verdict_by_moves_that_exist(seed):
    model, literal = random_game(seed, biggest=18)
    walk = Walk(model)
    names = Names(tuple("ABCD"[: model.actors]))
    rng = np.random.default_rng(seed)
    coalitions = [c for n in range(1, model.actors + 1) for c in combinations(range(model.actors), n)]
    for _ in range(6):
        actors = coalitions[rng.integers(len(coalitions))]
        state = int(rng.integers(len(literal.states)))
        for concept in CONCEPTS:
            told = explain(walk, names, named(concept), actors, state)
            s = literal.states[state]
            assert told.stable == literal.stable(concept, actors, s)
            assert told.departures == len(literal.leaves(actors, s))
            trail = told.leaving if concept == "sim" else (*told.leaving, *told.answer)
            at = state
            for m, before, after in trail:
                assert before == at
                assert literal.states[after] in literal.table[model.movers[m], literal.states[before]]
                at = after
            assert f" {state + 1}" in told.text
            assert told.text.endswith(".")


@settings(SOME, max_examples=60)
@given(SEEDS)
def test_kernels_as_plain_python_give_the_same(seed):
    # Cases with few states are judged without the compiler.
    model, _ = random_game(seed, biggest=16)

    def judged():
        graph = write_out(model)
        preferences = preferences_of(graph)
        single = Bench(model).verdicts().stable
        pairs = [stable_states(graph, c, (0, 1), preferences).tolist() for c in STANDARD]
        alone = [stable_states(graph, c, (0,), preferences).tolist() for c in STANDARD]
        looked = limited_move(graph, 2)[0].tolist()
        return graph.target.tolist(), {c: s.tolist() for c, s in single.items()}, pairs, alone, looked

    fast = judged()
    with interpreted():
        assert judged() == fast


def literal_limited(literal, horizon):
    """Where everyone expects to end up, by recursion over the tree of moves."""
    order = {s: k for k, s in enumerate(literal.states)}

    def expected(mover, s, left):
        if left == 0:
            return s
        best = None
        for q in sorted(literal.table[mover, s], key=order.get):
            answers = [
                end
                for other in literal.movers
                if not set(other) & set(mover) and (end := expected(other, q, left - 1)) != q
            ]
            final = min(answers, key=lambda x: literal.utility[mover[0]][x]) if answers else q
            if literal.better(mover, final, s) and (
                best is None or literal.utility[mover[0]][final] > literal.utility[mover[0]][best]
            ):
                best = final
        return s if best is None else best

    return [[expected((i,), s, horizon) == s for s in literal.states] for i in literal.actors]


@settings(SOME, max_examples=60)
@given(SEEDS, st.integers(1, 3))
def test_limited_move_stability(seed, horizon):
    model, literal = random_game(seed, biggest=8, joint=seed % 2 == 0)
    stable, _ = limited_move(write_out(model), horizon)
    assert stable.tolist() == literal_limited(literal, horizon)


def literal_distances(literal, source, improving):
    """Least number of moves to every state, by trying all legal sequences level by level."""
    level, met, found, ways = [(None, source)], set(), {}, {}
    steps = 0
    counts = {(None, source): 1}
    while level:
        steps += 1
        following = {}
        for last, s in level:
            for m in literal.movers:
                if last is not None and set(last) & set(m):
                    continue
                for t in literal.improvements(m, s) if improving else literal.table[m, s]:
                    if (m, t) not in met:
                        following[m, t] = following.get((m, t), 0) + counts[last, s]
        met |= set(following)
        counts = following
        level = list(following)
        fresh = {t for _, t in following if t not in found}
        for t in fresh:
            found[t] = steps
            ways[t] = sum(many for (_, x), many in following.items() if x == t)
    return found, ways


@SOME
@given(SEEDS, st.booleans())
def test_shortest_paths(seed, improving):
    model, literal = random_game(seed)
    source = seed % len(literal.states)
    lengths, ways = literal_distances(literal, literal.states[source], improving)
    found = {r.to: r for r in routes(write_out(model), source, range(len(literal.states)), improving)}
    assert {literal.states[t] for t in found if t != source} == {s for s in lengths if s != literal.states[source]}
    for t, route in found.items():
        if t == source:
            continue
        assert len(route.steps) == lengths[literal.states[t]]
        assert route.ways == ways[literal.states[t]]
        at, last = source, None
        for m, before, after in route.steps:
            assert before == at
            assert last is None or not set(model.movers[last]) & set(model.movers[m])
            reach = literal.improvements if improving else lambda mover, s: literal.table[mover, s]
            assert literal.states[after] in reach(model.movers[m], literal.states[before])
            at, last = after, m
        assert at == t


@pytest.mark.parametrize("actors", [2, 3, 4])
def test_fast_and_pairwise_kernels_agree_where_the_literal_one_is_too_slow(actors):
    rng = np.random.default_rng(actors)
    sizes = (2, 3, 2, 2, 3, 2, 2)
    product = int(np.prod(sizes))
    transitions = tuple(np.triu(np.ones((n, n), bool)) if rng.random() < 0.4 else np.ones((n, n), bool) for n in sizes)
    model = GraphModel(
        sizes,
        rng.random(product) > 0.1,
        tuple((k % actors,) if k < 6 else (0, 1) for k in range(7)),
        transitions,
        (0,) * 7,
        rng.integers(0, 100, size=(actors, product)).astype(np.int32),
        ((1, (2,)),),
    )
    found, graph = Bench(model).verdicts(), write_out(model)
    preferences = preferences_of(graph)
    for i in range(actors):
        for concept in ("nash", "gmr", "smr", "seq"):
            slow = stable_states(graph, named(concept), (i,), preferences)
            assert found.stable[concept][i][model.states].tolist() == slow.tolist()


@settings(SOME, max_examples=300)
@given(SEEDS)
def test_simultaneous_answers_where_states_are_coalesced(seed):
    model, literal = random_game(seed, biggest=24, coalescing=True)
    rng = np.random.default_rng(seed)
    if not model.coalescing:
        issue = int(rng.integers(len(model.sizes)))
        model = replace(model, coalescing=((issue, (int(rng.integers(model.sizes[issue])),)),))
        literal = literal_of(model)
    graph = write_out(model)
    preferences = preferences_of(graph)
    walk = Walk(model)
    for actors in [(i,) for i in range(model.actors)] + [(0, 1)]:
        wanted = [literal.stable("sim", actors, s) for s in literal.states]
        assert stable_states(graph, named("sim"), actors, preferences).tolist() == wanted, actors
        for k, s in enumerate(literal.states):
            for s1 in literal.leaves(actors, s):
                found = {t for t, _ in walk.together(actors, k, literal.states.index(s1))}
                assert {literal.states[t] for t in found} == literal.combinations(actors, s, s1)


def test_an_answer_that_ends_the_matter_deters_though_its_last_member_cannot_be_combined():
    # The departure b and the answer 'stop' are possible together; 'stop' with the other's second option is not.
    case = build(
        {
            "name": "ended",
            "actors": {
                "n": {"ranking": [{"move": "b", "talks": "on", "lever": "low"}, {"move": "a", "talks": "on", "lever": "low"},
                                      {"move": "a", "talks": "on", "lever": "up"}, {"talks": "broken"}]},
                "s": {"ranking": [{"talks": "broken"}, {"move": "a", "talks": "on", "lever": "low"},
                                      {"move": "b", "talks": "on", "lever": "low"}, {"move": "a", "talks": "on", "lever": "up"}]},
            },
            "issues": {
                "move": {"options": ["a", "b"], "set_by": "n", "owner": "n"},
                "talks": {"options": ["on", "broken"], "set_by": "s", "owner": "s", "coalesce_when": ["broken"]},
                "lever": {"options": ["low", "up"], "set_by": "s", "owner": "s"},
            },
            "constraints": [{"forbid": {"move": "b", "lever": "up"}}],
        }
    )  # fmt: skip
    result = stability(case, concepts=("sim",))
    start = result.space.find({"move": "a", "talks": "on", "lever": "low"})
    verdicts = result.to_pandas("verdicts")
    stable = verdicts[(verdicts["actor"] == "n") & (verdicts["state"] == start)]["stable"]
    assert stable.all()
    assert stable.size == 1
