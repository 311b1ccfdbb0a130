"""Orders of states from every form of preference, held to plain comparisons by label."""

from functools import cmp_to_key
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.case.reader import build
from halfway.case.truth import holds
from halfway.errors import InputError, Refusal
from halfway.space.graph.model import graph_space
from halfway.space.graph.orders import meaning
from halfway.stability.run import stability

THREE = {"a": ["x", "y"], "b": ["p", "q", "r"], "c": ["no", "yes"]}


def case_of(wants, issues=None, **more):
    issues = issues or THREE
    actors = {f"actor{k}": w for k, w in enumerate(wants)}
    return build(
        {
            "name": "forms",
            "actors": actors,
            "issues": {
                key: {"options": options, "set_by": f"actor{k % len(wants)}", "owner": "actor0"}
                for k, (key, options) in enumerate(issues.items())
            },
            **more,
        }
    )


def ranks_of(case, actor=0):
    space = graph_space(case)
    return space, space.model.settled_ranks[actor, space.model.states]


def conditions():
    atom = st.sampled_from([(k, o) for k, options in THREE.items() for o in options]).map(lambda x: {x[0]: x[1]})
    return st.recursive(
        atom,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda x: {"all": x}),
            st.lists(inner, min_size=1, max_size=3).map(lambda x: {"any": x}),
            inner.map(lambda x: {"not": x}),
            st.tuples(inner, inner).map(lambda x: {"iff": list(x)}),
            st.tuples(inner, inner).map(lambda x: {"if": x[0], "then": x[1]}),
        ),
        max_leaves=6,
    )


def statements():
    return st.fixed_dictionaries({"prefer": conditions()}, optional={"if": conditions(), "iff": conditions()})


@settings(max_examples=300, deadline=None)
@given(st.lists(statements(), min_size=1, max_size=6))
def test_statements_compare_one_after_the_other(rows):
    case = case_of([{"statements": rows}])
    space, ranks = ranks_of(case)
    read = case.actors["actor0"].statements
    labels = [space.labels(k + 1) for k in range(ranks.size)]
    truth = [tuple(holds(meaning(s), facts) for s in read) for facts in labels]
    for i, j in product(range(len(labels)), repeat=2):
        assert (ranks[i] > ranks[j]) == (truth[i] > truth[j])


@settings(max_examples=200, deadline=None)
@given(conditions(), conditions(), conditions())
def test_if_and_iff(preferred, if_, iff):
    case = case_of([{"statements": [{"prefer": preferred, "if": if_, "iff": iff}]}])
    statement = case.actors["actor0"].statements[0]
    space, _ = ranks_of(case)
    for k in range(12):
        facts = space.labels(k + 1)
        p, q, r = (holds(c, facts) for c in (statement.prefer, statement.if_, statement.iff))
        assert holds(meaning(statement), facts) == ((not q) or (p == r))


def test_hundreds_of_statements_do_not_overflow():
    # The last of 300 statements is the only one that tells two states apart.
    rows = [{"prefer": {"a": "x"}}] * 299 + [{"prefer": {"c": "yes"}}]
    _, ranks = ranks_of(case_of([{"statements": rows}]))
    assert len(set(ranks.tolist())) == 4
    assert ranks[0] < ranks[6]


def weights():
    return st.integers(0, 20)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(weights(), min_size=3, max_size=3),
    st.lists(st.integers(0, 100), min_size=7, max_size=7),
    st.integers(-30, 30),
)
def test_utilities_order_states_exactly(sizes, values, points):
    options = [(k, o) for k, names in THREE.items() for o in names]
    given_values = dict(zip(options, values, strict=True))
    interests = {
        key: {"weight": w, "values": {o: given_values[key, o] for o in THREE[key]}}
        for (key, _), w in zip(THREE.items(), sizes, strict=True)
    }
    wants = {"interests": interests, "linkages": [{"when": {"a": "x", "c": "yes"}, "points": points}]}
    space, ranks = ranks_of(case_of([wants]))
    total = sum(sizes)

    def worth(facts):
        # Over the common denominator, so that nothing is rounded.
        sum_ = sum(w * given_values[k, facts[k]] for k, w in zip(THREE, sizes, strict=True))
        bonus = points if facts["a"] == "x" and facts["c"] == "yes" else 0
        return sum_ + bonus * total if total else bonus

    labels = [space.labels(k + 1) for k in range(ranks.size)]
    for i, j in product(range(len(labels)), repeat=2):
        assert (ranks[i] > ranks[j]) == (worth(labels[i]) > worth(labels[j]))


def test_thirds_tie_exactly():
    issues = {k: ["no", "yes"] for k in "abc"}
    same = {"weight": 1, "values": {"no": 0, "yes": 10}}
    _, ranks = ranks_of(case_of([{"interests": dict.fromkeys("abc", same)}], issues))
    assert ranks.tolist() == [0, 1, 1, 2, 1, 2, 2, 3]


def test_lexicographic_issues_come_first_whatever_their_weight():
    interests = {
        "a": {"weight": 1000, "values": {"x": 0, "y": 100}},
        "b": {"weight": 1, "values": {"p": 0, "q": 1, "r": 2}},
        "c": {"weight": 1000, "values": {"no": 0, "yes": 100}},
    }
    space, ranks = ranks_of(case_of([{"interests": interests, "lexicographic": ["b"]}]))
    labels = [space.labels(k + 1) for k in range(12)]
    order = sorted(range(12), key=lambda k: ranks[k])
    assert [labels[k]["b"] for k in order] == ["p"] * 4 + ["q"] * 4 + ["r"] * 4
    assert labels[order[-1]] == {"a": "y", "b": "r", "c": "yes"}


def test_states_beyond_a_red_line_rank_below_all_others():
    interests = {"a": {"values": {"x": 0, "y": 100}}, "b": {"values": {"p": 0, "q": 0, "r": 0}}}
    wants = {"interests": interests, "red_lines": [{"when": {"a": "y", "b": "p"}}]}
    space, ranks = ranks_of(case_of([wants]))
    crossed = [k for k in range(12) if space.labels(k + 1)["a"] == "y" and space.labels(k + 1)["b"] == "p"]
    assert max(ranks[crossed]) < min(np.delete(ranks, crossed))


def test_a_ranking_by_options_and_by_numbers_agree():
    issues = {"a": ["x", "y"], "b": ["p", "q"]}
    by_number = case_of([{"ranking": [4, [1, 2], 3]}], issues)
    by_name = case_of(
        [{"ranking": [{"a": "y", "b": "q"}, [{"a": "x", "b": "p"}, {"a": "y", "b": "p"}], {"a": "x", "b": "q"}]}],
        issues,
    )
    partial = case_of([{"ranking": [{"a": "y", "b": "q"}, {"b": "p"}, 3]}], issues)
    expected = [1, 1, 0, 2]
    for case in (by_number, by_name, partial):
        _, ranks = ranks_of(case)
        assert np.unique(ranks, return_inverse=True)[1].tolist() == expected


@pytest.mark.parametrize(
    ("ranking", "said"),
    [
        ([1, 2, 3], "leaves out 1 of 4 states: 4"),
        ([1, 2, 3, 4, 2], "state 2 twice"),
        ([1, 2, 3, 5], "there is no state 5"),
        ([1, 2, 3, 4, {"a": "y", "b": "q"}], "state 4 twice"),
    ],
)
def test_a_ranking_that_is_not_one_is_an_error_at_its_line(ranking, said):
    case = case_of([{"ranking": ranking}], {"a": ["x", "y"], "b": ["p", "q"]})
    with pytest.raises(InputError, match=said):
        graph_space(case)


def test_a_ranked_state_that_cannot_occur_is_an_error():
    case = case_of(
        [{"ranking": [1, 2, 3, {"a": "y", "b": "q"}]}],
        {"a": ["x", "y"], "b": ["p", "q"]},
        constraints=[{"forbid": {"a": "y", "b": "q"}}],
    )
    with pytest.raises(InputError, match="cannot occur"):
        graph_space(case)


def test_coalesced_states_take_the_place_of_their_last_member():
    case = case_of([{"ranking": [3, 4, 5, 1, 2]}, {}], {"a": ["x", "y"], "b": ["p", "q", "r"]})
    data = case.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    data["issues"]["b"]["coalesce_when"] = ["r"]
    space = graph_space(build(data))
    assert space.model.states.size == 5
    assert space.labels(5) == {"a": None, "b": "r"}
    assert space.find({"a": "x", "b": "r"}) == space.find({"a": "y", "b": "r"}) == 5


def test_nobody_left_to_compare_is_refused():
    case = case_of([{}], {"a": ["x", "y"]}, constraints=[{"forbid": {"a": ["x", "y"]}}])
    with pytest.raises(Refusal, match="no state is left"):
        graph_space(case)


def test_fixing_an_issue_gives_the_game_without_it():
    rng = np.random.default_rng(3)
    interests = [
        {
            "interests": {
                k: {"weight": int(rng.integers(1, 9)), "values": {o: int(rng.integers(100)) for o in v}}
                for k, v in THREE.items()
            }
        }
        for _ in range(2)
    ]
    whole = case_of(interests)
    fixed = stability(whole, fix={"b": "q"})
    reduced = {k: (v if k != "b" else ["q", "q2"]) for k, v in THREE.items()}
    for wants in interests:
        values = wants["interests"]["b"]["values"]
        wants["interests"]["b"]["values"] = {"q": values["q"], "q2": 0}
    same = stability(case_of(interests, reduced, constraints=[{"forbid": {"b": "q2"}}]))
    for concept in ("nash", "gmr", "smr", "seq", "sim"):
        assert fixed.equilibria(concept) == same.equilibria(concept)
    with pytest.raises(Refusal, match="no option 'z'"):
        stability(whole, fix={"b": "z"})


def compare_levels(statements, one, other):
    """Compare two states by graded statements: which way, and how strongly."""
    for s in statements:
        a, b = holds(meaning(s), one), holds(meaning(s), other)
        if a != b:
            return ("unknown", 0) if s.strength == "unknown" else (s.strength, 1 if a else -1)
    return ("none", 0)


graded = st.lists(
    st.tuples(conditions(), st.sampled_from(["weak", "strong", "unknown"])).map(
        lambda x: {"prefer": x[0], "strength": x[1]}
    ),
    min_size=1,
    max_size=4,
)


def reach(literal_moves, movers, source, step):
    met, todo = set(), [(None, source)]
    while todo:
        last, s = todo.pop()
        for m in movers:
            if m == last:
                continue
            for t in literal_moves(m, s):
                if (m, t) not in met and step(m, s, t):
                    met.add((m, t))
                    todo.append((m, t))
    return {t for _, t in met}


@settings(max_examples=120, deadline=None)
@given(st.lists(graded, min_size=2, max_size=3))
def test_unknown_and_graded_preferences_follow_their_definitions(orders):
    case = case_of([{"statements": rows} for rows in orders])
    result = stability(case, concepts=("nash", "gmr", "smr", "seq"))
    n = len(orders)
    labels = [result.state(k + 1) for k in range(result.states)]
    rows = [case.actors[f"actor{i}"].statements for i in range(n)]

    def moves(i, s):
        own = [k for j, k in enumerate(THREE) if j % n == i]
        return [
            t for t in range(len(labels)) if t != s and all(labels[s][k] == labels[t][k] for k in THREE if k not in own)
        ]

    def way(i, one, other):
        return compare_levels(rows[i], labels[one], labels[other])

    def better(i, t, s):
        return way(i, t, s)[1] > 0

    def maybe(i, t, s):
        return better(i, t, s) or way(i, t, s)[0] == "unknown"

    def no_better(i, t, s):
        return not maybe(i, t, s)

    def not_surely_better(i, t, s):
        return not better(i, t, s)

    def much_worse(i, t, s):
        return way(i, t, s) == ("strong", -1)

    def judge(concept, i, s, leave, sanction, answer):
        others = [j for j in range(n) if j != i]
        for s1 in (t for t in moves(i, s) if leave(i, t, s)):
            if concept == "nash":
                return False
            step = (lambda j, a, b: answer(j, b, a)) if concept == "seq" else (lambda j, a, b: True)
            met = [s2 for s2 in reach(moves, others, s1, step) if sanction(i, s2, s)]
            if concept == "smr":
                met = [s2 for s2 in met if all(sanction(i, s3, s) for s3 in moves(i, s2))]
            if not met:
                return False
        return True

    extensions = {
        "a": (maybe, no_better),
        "b": (better, no_better),
        "c": (maybe, not_surely_better),
        "d": (better, not_surely_better),
    }
    unknown = any(s.strength == "unknown" for r in rows for s in r)
    assert bool(result.unknown) == unknown
    for name, (leave, sanction) in extensions.items():
        found = result.unknown[name] if unknown else result.stable
        for concept in ("nash", "gmr", "smr", "seq"):
            wanted = [[judge(concept, i, s, leave, sanction, maybe) for s in range(len(labels))] for i in range(n)]
            assert found[concept].tolist() == wanted, (name, concept)
    if any(s.strength == "strong" for r in rows for s in r):
        for concept, stable in result.strongly.items():
            wanted = [[judge(concept, i, s, better, much_worse, better) for s in range(len(labels))] for i in range(n)]
            assert stable.tolist() == wanted, concept


def test_ranks_and_sorting_agree_with_a_comparison_function():
    # An independent order by pairwise comparison: the ranks sort states the same way.
    rows = [{"prefer": {"b": ["q", "r"]}}, {"prefer": {"a": "x"}, "iff": {"c": "yes"}}]
    case = case_of([{"statements": rows}])
    space, ranks = ranks_of(case)
    read = case.actors["actor0"].statements
    labels = [space.labels(k + 1) for k in range(12)]
    by_hand = sorted(range(12), key=cmp_to_key(lambda i, j: compare_levels(read, labels[i], labels[j])[1]))
    assert [ranks[k] for k in by_hand] == sorted(ranks.tolist())
