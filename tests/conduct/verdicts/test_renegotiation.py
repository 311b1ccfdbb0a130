"""Phases that all parties would rather leave, against a naive comparison of every state with every opening."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given

from halfway.conduct.game.compiled_plan import study
from halfway.conduct.verdicts import enforcement as verdicts
from tests.conduct.cases import GRIM, P, R, dilemma
from tests.conduct.reference import Naive, jointly
from tests.space.plan.test_automaton import ACTORS, _settings, plans

MOST = 100


def kept_values(naive, states, discounts):
    """What keeping is worth to everyone from each of some states, by solving for all that follows."""
    order = list(dict.fromkeys(states))
    number = {s: k for k, s in enumerate(order)}
    rows, points = [], []
    for state in order:
        package, found = naive.step(state, dict(naive.packages[state[0]]))
        for following in found:
            if following not in number:
                number[following] = len(order)
                order.append(following)
        rows.append({number[f]: p for f, p in found.items()})
        points.append(naive.worth(state[0], package))
    chain = np.zeros((len(order), len(order)))
    for s, row in enumerate(rows):
        for t, p in row.items():
            chain[s, t] += p
    worth = np.array(points).T
    return {
        s: [float(v[number[s]]) for v in (
            np.linalg.solve(np.eye(len(order)) - d * chain, (1 - d) * u) for d, u in zip(discounts, worth, strict=True)
        )]
        for s in dict.fromkeys(states)
    }  # fmt: skip


@_settings(60)
@given(plans())
def test_phases_that_all_would_leave_are_those_of_a_naive_comparison(case):
    naive = Naive(case, "plan")
    states = jointly(naive, MOST)
    assume(states is not None)
    phases = list(naive.plan.phases)
    opened = {(s, p): (p, naive.length(p), *s[2:]) for s in states for p in phases if p != s[0]}
    whole = study(case, "plan")
    worth = kept_values(naive, [*states, *opened.values()], [whole.patience(a) for a in ACTORS])
    expected = {}
    for (s, p), opening in opened.items():
        least = min(b - a for a, b in zip(worth[s], worth[opening], strict=True))
        expected[s[0], p] = max(expected.get((s[0], p), -np.inf), least)
    found = {(r.phase, r.rather): min(r.gains.values()) for r in verdicts.renegotiation(whole)}
    assert set(found) <= set(expected)
    for pair, least in expected.items():
        assert abs(found.get(pair, 0.0) - (least if least > 0.01 else 0.0)) < 0.01 + 1e-6
        if pair in found:
            assert np.isclose(found[pair], least, atol=1e-6)


def test_war_is_left_for_trust_by_hand():
    """Under grim trigger both would rather trust again than fight for good: R against P from the next period on."""
    (only,) = verdicts.renegotiation(study(dilemma(GRIM, patience=0.9)))
    assert (only.phase, only.rather) == ("war", "trust")
    assert np.allclose(list(only.gains.values()), R - P)
