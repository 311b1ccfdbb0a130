"""Beliefs follow Bayes' rule."""

from __future__ import annotations

import numpy as np
import pytest

from halfway.conduct.beliefs import beliefs
from halfway.conduct.study import study
from tests.conduct.cases import dilemma

COOPERATE = {"phases": {"for_good": {"package": {"row_act": "c", "column_act": "c"}}}}
TYPES = {"keeper": {"prior": 0.6, "strategy": "always_keep"}, "breaker": {"prior": 0.4, "strategy": "always_break"}}


def test_perfect_sight_tells_the_type_at_once():
    found = beliefs(study(dilemma(COOPERATE, types=TYPES)), "row", 3, 20, 1)
    assert found is not None
    assert found.mean[0, 0].tolist() == pytest.approx([0.6, 0.4])
    assert np.allclose(found.mean[0, 1:, 0], 1)
    assert np.allclose(found.mean[1, 1:, 1], 1)


def test_one_noisy_period_by_hand_and_martingale():
    e, runs = 0.2, 4000
    found = beliefs(study(dilemma(COOPERATE, noise=e, types=TYPES)), "row", 2, runs, 1)
    assert found is not None
    # Seen to keep: 0.6·0.8 / (0.6·0.8 + 0.4·0.2); seen to break: 0.6·0.2 / (0.6·0.2 + 0.4·0.8). A keeper is seen to
    # keep with probability 0.8.
    kept, broke = 0.48 / 0.56, 0.12 / 0.44
    spread = abs(kept - broke) * np.sqrt(e * (1 - e) / runs)
    assert found.mean[0, 1, 0] == pytest.approx(0.8 * kept + 0.2 * broke, abs=4.5 * spread)
    # Averaged over the true type by the prior, belief stays where it was.
    assert found.priors @ found.mean[:, 2, 0] == pytest.approx(0.6, abs=0.02)


def test_an_actor_without_types_has_none_to_guess():
    assert beliefs(study(dilemma(COOPERATE)), "row", 2, 10, 1) is None
