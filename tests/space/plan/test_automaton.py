"""The compiled automaton against a naive playing of the same plan, on random plans."""

from __future__ import annotations

import time
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import halfway as hw
from halfway.case.reader import build
from halfway.case.yaml_text import read_yaml
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.game.solver import keep_values, one_shot_gains
from halfway.conduct.play.replan import Planner
from halfway.conduct.play.strategies import BEST
from halfway.errors import Collector, InputError, Refusal
from halfway.space.plan.automaton import first_state
from tests.conduct.reference import Naive, iterated, value

ACTORS = ("a", "b")
ISSUES = ("x", "y", "z")
OPTIONS = ("o", "p", "q")


@st.composite
def plans(draw, simple=False, strategies=(), nouns=()):
    """A small case with one plan: locks, lags, noise, joint issues, triggers of every kind, resets, shifts.

    With `strategies`, actors may have two types, each of which plays by one of them. `nouns` are those that the case
    has for certain: any_can, when, reactions, events, successors.
    """
    names = ISSUES[: draw(st.integers(1, 2 if simple else 3))]
    issues = {}
    for i in names:
        options = OPTIONS[: draw(st.integers(2, 2 if simple else 3))]
        who = draw(st.sampled_from([["a"], ["b"], ["a", "b"]] if not simple else [["a"], ["b"]]))
        if "any_can" in nouns and i == names[0]:
            who = ["a", "b"]
        issue = {"options": list(options), "set_by": who, "owner": who[0]}
        kind = draw(st.sampled_from(["free", "free", "lock", "lag"] + ([] if simple else ["both"])))
        if kind in ("lock", "both"):
            issue["options"] = {o: ({"reversible": "no"} if o == options[-1] else {}) for o in options}
        if kind in ("lag", "both"):
            issue["undo"] = f"{draw(st.integers(1, 2))} months"
        if draw(st.booleans()):
            miss = draw(st.sampled_from([0.0, 0.25, 0.5]))
            alarm = draw(st.sampled_from([0.0, 0.1]))
            clean, dirty = {"fine": 1 - alarm, "bad": alarm}, {"fine": miss, "bad": 1 - miss}
            issue["observed"] = {o: (clean if k == 0 else dirty) for k, o in enumerate(options)}
            issue["signals"] = {"fine": {}, "bad": {"breach": True, "gravity": draw(st.sampled_from([10, 40]))}}
        issues[i] = issue
        if len(who) > 1 and "any_can" in nouns:
            issue["any_can"] = draw(st.lists(st.sampled_from(options), min_size=1, max_size=2, unique=True))
            issues[i] = issue
    if "when" in nouns:
        i = draw(st.sampled_from(names))
        others = [j for j in names if j != i]
        assume(others)
        j = draw(st.sampled_from(others))
        issues[i]["signals"] = {"fine": {}, "bad": {"breach": True, "gravity": 20}}
        issues[i]["observed"] = {
            o: [
                {"when": {j: draw(st.sampled_from(list(issues[j]["options"])))}, **_chances(draw)},
                _chances(draw),
            ]
            for o in issues[i]["options"]
        }
    pick = {i: st.sampled_from(list(issue["options"])) for i, issue in issues.items()}
    package = st.fixed_dictionaries(pick)
    stages = ["one", "two", "three"][: draw(st.integers(1, 2 if simple else 3))]

    events = {}
    if {"events", "successors", "patience"} & set(nouns):
        event = {"changes": {}}
        lasts = draw(st.sampled_from(["1 month", "2 months", {"mean": "2 months"}, "for_good"]))
        event["lasts"] = lasts
        if draw(st.booleans()):
            event["chance"] = draw(st.sampled_from([0.1, 0.5]))
            event["once"] = draw(st.sampled_from(["yes", "no"])) == "yes"
        else:
            event["at"] = draw(st.sampled_from(["1 month", "2 months"]))
            event["probability"] = draw(st.sampled_from([0.4, 1]))
        i = draw(st.sampled_from(names))
        if "patience" in nouns:
            event["changes"]["patience"] = {draw(st.sampled_from(ACTORS)): draw(st.sampled_from([0.1, 0.5, 0.9]))}
        if "successors" in nouns:
            event["changes"]["type"] = {"a": "heir"}
        elif draw(st.booleans()):
            event["changes"]["status_quo"] = {i: draw(pick[i])}
        else:
            shown = list(issues[i].get("signals", issues[i]["options"]))[:2]
            event["changes"]["observed"] = {i: {draw(pick[i]): {shown[0]: 0.5, shown[-1]: 0.5}}}
        events["storm"] = event

    def condition():
        if events and draw(st.booleans()):
            return {"storm": draw(st.sampled_from(["yes", "no"]))}
        i = draw(st.sampled_from(names))
        signals = list(issues[i].get("signals", issues[i]["options"]))
        shown = {i: draw(st.sampled_from(signals))}
        kinds = ["is", "is", "not", "at_least"] + ([] if simple else ["by", "falls", "all"])
        kind = draw(st.sampled_from(kinds))
        if kind == "not":
            return {"not": shown}
        if kind == "at_least":
            return {"at_least": {"gravity": draw(st.sampled_from([1, 15])), "issue": i}}
        if kind == "by":
            return {"at_least": {"gravity": 5, "by": draw(st.sampled_from(ACTORS))}}
        if kind == "falls":
            return {"falls_by": {"points": 5, "issue": i}}
        if kind == "all":
            return {"all": [shown, {"at_least": 1}]}
        return shown

    phases = {}
    for k, stage in enumerate(stages):
        phase = {"package": draw(package)}
        phase["on"] = [
            {"when": condition(), "go": draw(st.sampled_from(stages))} for _ in range(draw(st.integers(0, 2)))
        ]
        if draw(st.booleans()) or (k == 0 and len(stages) > 1):
            phase["lasts"] = f"{draw(st.integers(1, 2))} months"
            phase["then"] = stages[(k + 1) % len(stages)]
            if draw(st.booleans()) and not simple:
                phase["resets"] = {"max": draw(st.integers(0, 1)), "terms": draw(st.sampled_from(stages))}
        if draw(st.booleans()) and not simple:
            i = draw(st.sampled_from(names))
            phase["shifts"] = {"status_quo": {i: draw(pick[i])}}
        phases[stage] = phase
    number = st.integers(0, 100)
    reactions = []
    for _ in range(draw(st.integers(1, 2)) if "reactions" in nouns else 0):
        i = draw(st.sampled_from(names))
        who = draw(st.sampled_from(issues[i]["set_by"]))
        can = issues[i]["options"] if len(issues[i]["set_by"]) == 1 else issues[i].get("any_can", [])
        assume(list(can))
        reactions.append(
            {
                "by": who,
                "to": condition(),
                "does": {i: draw(st.sampled_from(list(can)))},
                "after": f"{draw(st.integers(0, 1))} months",
                "lasts": draw(st.sampled_from(["while_seen", "1 month", "2 months", {"mean": "2 months"}, "for_good"])),
                "probability": draw(st.sampled_from([1, 0.5])),
            }
        )
    actors = {}
    for a in ACTORS:
        interests = {i: {"values": {o: draw(number) for o in issue["options"]}} for i, issue in issues.items()}
        actors[a] = {"interests": interests, "patience": draw(st.sampled_from([0.3, 0.7, 0.95]))}
        if strategies and draw(st.booleans()):
            swapped = {i: {"values": {o: draw(number) for o in issue["options"]}} for i, issue in issues.items()}
            actors[a]["types"] = {
                "soft": {"prior": 0.75, "strategy": draw(st.sampled_from(strategies))},
                "hard": {"prior": 0.25, "strategy": draw(st.sampled_from(strategies)), "interests": swapped},
            }
        if "successors" in nouns and a == "a":
            swapped = {i: {"values": {o: draw(number) for o in issue["options"]}} for i, issue in issues.items()}
            actors[a]["types"] = {
                "father": {"prior": 1},
                "heir": {"prior": 0, "interests": swapped, "patience": draw(st.sampled_from([0.3, 0.9]))},
            }
        if "costs" in nouns:
            actors[a]["breach_costs"] = [_cost(draw, names) for _ in range(draw(st.integers(1, 2)))]
        if draw(st.booleans()):
            condition_ = {i: draw(pick[i]) for i in names[:2]}
            actors[a]["linkages"] = [{"when": condition_, "points": draw(st.integers(-30, 30))}]
    case = {
        "name": "random",
        "actors": actors,
        "issues": issues,
        "status_quo": draw(package),
        "plans": {"plan": {"phases": phases}},
    }
    if events:
        case["events"] = events
    if reactions:
        case["reactions"] = reactions
    if draw(st.booleans()) and not simple:
        case["constraints"] = [{"forbid": {i: draw(pick[i]) for i in names[:2]}}]
    if draw(st.booleans()):
        case["plans"]["plan"]["transfers"] = [{"from": "a", "to": "b", "amount": 5, "phases": [stages[-1]]}]
    try:
        return build(case)
    except InputError:
        assume(False)


def _cost(draw, names):
    cost = {"points": draw(st.sampled_from([3, 20, 60])), "per": draw(st.sampled_from(["period", "once"]))}
    if cost["per"] == "period":
        cost["when"] = draw(st.sampled_from(["any", "public"]))
    if draw(st.booleans()):
        cost["of"] = draw(st.sampled_from(names))
    return cost


def _chances(draw):
    fine = draw(st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0]))
    return {"fine": fine, "bad": 1 - fine}


def _settings(examples):
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


@_settings(300)
@given(plans(simple=True), st.sampled_from(ACTORS))
def test_best_response_is_the_best_of_all_stationary_policies(case, actor):
    naive = Naive(case, "plan")
    moves = naive.table(actor, most=12)
    assume(moves is not None)
    # Moves that bring the same points and the same chances are one.
    for here in moves:
        seen = []
        for move in here:
            if not any(np.allclose(move[0], m[0]) and move[1] == m[1] for m in seen):
                seen.append(move)
        here[:] = seen
    ways = np.prod([len(here) for here in moves], dtype=float)
    assume(ways <= 2000)
    number = naive.space.actor(actor)
    whole = study(case, "plan")
    discount = whole.patience(actor)
    best = max(value(moves, number, policy, discount)[0] for policy in product(*(range(len(h)) for h in moves)))
    kept = value(moves, number, [0] * len(moves), discount)[0]
    found = whole.responses(actor)
    assert np.isclose(found[0].kept[0], kept, atol=1e-9)
    assert np.isclose(found[0].values[0], best, atol=1e-7)
    assert np.isclose(whole.gap(actor), best - kept if best - kept > 1e-9 else 0.0, atol=1e-7)


def _agrees(case, actor, kind=None, most=60):
    """Values, best response and the best departure of one period are those of naive play."""
    naive = Naive(case, "plan", actor, kind)
    moves = naive.table(actor, most=most)
    assume(moves is not None)
    number = naive.space.actor(actor)
    whole = study(case, "plan")
    discount = whole.patience(actor, kind)
    kept = value(moves, number, [0] * len(moves), discount)
    best = iterated(moves, number, discount)
    assert np.isclose(whole.responses(actor, kind)[0].kept[0], kept[0], atol=1e-8)
    assert np.isclose(whole.gap(actor, kind), max(best[0] - kept[0], 0.0), atol=1e-6)
    if kind is not None:
        # The automaton also holds the states that other types of the actor lead to.
        return
    # A departure of one period pays somewhere exactly where it does in naive play.
    naive_gain = max(
        max(
            (1 - discount) * points[number] + discount * sum(p * kept[t] for t, p in chances.items()) - kept[s]
            for points, chances in here
        )
        for s, here in enumerate(moves)
    )
    gains = [
        one_shot_gains(p.game, number, discount, keep_values(p.game, np.full(2, discount))[number])[0].max()
        for p in whole.games(actor, kind)
    ]
    assert np.isclose(max(gains), max(naive_gain, 0.0), atol=1e-6)


@_settings(120)
@given(plans(), st.sampled_from(ACTORS))
def test_values_agree_with_naive_play_on_plans_with_everything(case, actor):
    _agrees(case, actor)


@pytest.mark.parametrize("nouns", [("any_can",), ("when",), ("reactions",), ("events",)])
@_settings(100)
@given(st.data(), st.sampled_from(ACTORS))
def test_values_agree_with_naive_play_on_plans_with_one_noun(nouns, data, actor):
    _agrees(data.draw(plans(nouns=nouns)), actor, most=40)


@_settings(300)
@given(plans(nouns=("any_can", "when", "reactions", "events")), st.sampled_from(ACTORS))
def test_values_agree_with_naive_play_on_plans_with_all_nouns(case, actor):
    _agrees(case, actor, most=40)


@_settings(150)
@given(plans(nouns=("successors",)), st.sampled_from(["father", "heir"]))
def test_a_successor_moves_only_while_it_acts(case, kind):
    _agrees(case, "a", kind)


@_settings(50)
@given(plans(), st.sampled_from(ACTORS))
def test_side_issues_solved_apart_add_up(case, actor):
    whole = study(case, "plan")
    number = whole.space.actor(actor)
    aside = whole.rules.side_issues(number)
    assume(aside)
    together = whole.gap(actor)
    main = frozenset(whole.rules.sets(number)) - set(aside)
    apart = study(case, "plan")
    apart._parts[number] = (main, *(frozenset({i}) for i in aside))
    assert np.isclose(together, apart.gap(actor), atol=1e-7)
    assert np.isclose(whole.keep(actor), whole.responses(actor)[0].kept[0], atol=1e-9)


@pytest.mark.parametrize(
    ("more", "apart", "breaks"),
    [
        ({"constraints": [{"forbid": {"x": "p"}}]}, False, False),
        ({}, True, True),
        ({"linked": [{"when": {"x": "p"}, "points": -200}]}, True, False),
    ],
)
def test_an_issue_is_solved_apart_unless_a_constraint_reads_it(more, apart, breaks):
    """What the issue alone adds in points counts, whether it stands with its options or in a linkage."""
    issue = {"options": {"o": {}, "p": {"reversible": "no"}}, "set_by": "b", "owner": "b"}
    wants = {"interests": {"x": {"values": {"o": 0, "p": 100}}}, "patience": 0.3, "linkages": more.pop("linked", [])}
    whole = study(
        build(
            {
                "name": "one",
                "actors": {"b": wants},
                "issues": {"x": issue},
                "status_quo": {"x": "o"},
                "plans": {"plan": {"phases": {"one": {"package": {"x": "o"}}}}},
                **more,
            }
        )
    )
    assert whole.rules.side_issues(0) == ((0,) if apart else ())
    assert Planner(whole, "b").picks(first_state(whole.rules), BEST) == (((0, 1),) if breaks else ())
    assert (whole.gap("b") > 0) == breaks


def several_reactions(lasts):
    """Three reactions, each to a breach of its own, so that they run side by side."""
    names = ("p", "q", "r")
    issues = {f"x{n}": {"options": ["kept", "broken"], "set_by": "a", "owner": "b"} for n in names}
    issues |= {f"y{n}": {"options": ["trade", "stopped"], "set_by": "b", "owner": "b"} for n in names}
    wants = {
        "a": {f"x{n}": {"values": {"kept": 0, "broken": 3}} for n in names},
        "b": {f"y{n}": {"values": {"trade": 1, "stopped": 0}} for n in names},
    }
    return build(
        {
            "name": "reactions",
            "actors": {a: {"interests": i, "patience": 0.9, "normalise": "no"} for a, i in wants.items()},
            "issues": issues,
            "status_quo": {i: issue["options"][0] for i, issue in issues.items()},
            "plans": {"plan": {"phases": {"only": {"package": {i: o["options"][0] for i, o in issues.items()}}}}},
            "reactions": [
                {"by": "b", "to": {f"x{n}": "broken"}, "does": {f"y{n}": "stopped"}, "lasts": lasts, "name": n}
                for n in names
            ],
        }
    )


def test_clocks_that_multiply_are_refused_at_once_and_the_remedy_works():
    began = time.process_time()
    with pytest.raises(Refusal, match="R033") as refused:
        study(several_reactions("60 months")).gap("a")
    assert time.process_time() - began < 3
    assert "last a mean time, as in {mean: 6 months}" in str(refused.value)
    # Three issues at 3 points a period each, and nothing that A minds.
    assert study(several_reactions({"mean": "60 months"})).gap("a") == pytest.approx(9)


def test_a_large_plan_still_compiles_with_one_reaction_and_one_event():
    path = Path(hw.__file__).parents[2] / "catalog" / "flagship" / "belarus-2020" / "case.yaml"
    data, _ = read_yaml(path.read_text("utf-8"), str(path), Collector())
    before = study(build(data), "step-by-step").kept.game.states
    data["reactions"] = [
        {"by": "west", "to": {"armed_presence": "acknowledged"}, "does": {"russia_sanctions": "tightened"},
         "lasts": {"mean": "6 months"}}
    ]  # fmt: skip
    data["events"] = {
        "slump": {"chance": "5% per year", "lasts": {"mean": "12 months"},
                  "changes": {"status_quo": {"moscow_credit": "credit"}}}
    }  # fmt: skip
    whole = study(build(data), "step-by-step")
    assert before <= whole.kept.game.states <= 3 * before
    for actor in ("moscow", "west", "minsk"):
        assert whole.gap(actor) > 0
