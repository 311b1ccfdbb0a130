"""Planning state by state agrees with solving everything at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from halfway.case.reader import build
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.game.solver import best_response
from halfway.conduct.play.replan import Planner
from halfway.conduct.play.strategies import BEST, BREAK
from halfway.errors import Refusal
from halfway.space.plan.automaton import first_state, following
from halfway.space.plan.automaton_build import build as build_automaton
from halfway.space.plan.situations import Board
from tests.space.plan.test_automaton import ACTORS, _settings, plans

NOUNS = ((), (), ("any_can",), ("when",), ("reactions",), ("events",), ("any_can", "when", "reactions", "events"))


@_settings(120)
@given(st.sampled_from(NOUNS).flatmap(lambda nouns: plans(nouns=nouns)), st.sampled_from(ACTORS))
def test_a_planner_does_what_a_best_response_does_wherever_anyone_may_come(case, actor):
    whole = study(case, "plan")
    number = whole.space.actor(actor)
    try:
        automaton = build_automaton(whole.rules, (0, 1), most_states=300)
    except Refusal:
        return
    game = whole.priced((0, 1)).game
    discount = whole.patience(actor)
    best = best_response(game, number, discount).values
    planner = Planner(whole, actor)
    # The planner's policy, followed from every state, is worth as much as the best one.
    worth = np.zeros(len(automaton.states))
    chain = np.zeros((len(automaton.states),) * 2)
    for s, state in enumerate(automaton.states):
        board = Board(whole.rules, state, planner.picks(state, BEST))
        acts = [board.act(i, board.picks[i]) for i in range(whole.rules.issues)]
        package = np.array([[a.in_force for a in acts]])
        worth[s] = whole.space.values(package)[number, 0] + whole.rules.phases[state.phase].transfers[number]
        for p, outcome, _ in board.results(acts):
            chain[s, automaton.number[following(whole.rules, state, outcome)]] += p
    values = np.linalg.solve(np.eye(len(worth)) - discount * chain, (1 - discount) * worth)
    assert np.allclose(values, best, atol=1e-7)


def test_a_linkage_on_an_issue_alone_counts_where_it_is_planned_apart():
    # The lock makes the issue one with a past; what keeping is worth by itself, the linkage takes away again: a tie.
    case = build(
        {
            "name": "tie",
            "actors": {
                "a": {
                    "patience": 0.3,
                    "interests": {"x": {"values": {"o": 1, "p": 0}}},
                    "linkages": [{"when": {"x": "o"}, "points": -1}],
                }
            },
            "issues": {"x": {"options": {"o": {}, "p": {"reversible": "no"}}, "set_by": "a", "owner": "a"}},
            "status_quo": {"x": "o"},
            "plans": {"plan": {"phases": {"on": {"package": {"x": "o"}}}}},
        }
    )
    whole = study(case, "plan")
    assert whole.rules.side_issues(0) == (0,)
    assert [Planner(whole, "a").picks(first_state(whole.rules), act) for act in (BEST, BREAK)] == [(), ()]
