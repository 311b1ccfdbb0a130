"""Talks played by NegMAS: any of its negotiators by name (extra ``peers``; Mohammad, Nakadai, Greenwald 2021)."""

from __future__ import annotations

import importlib
import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from halfway.errors import Problem, Refusal, unknown
from halfway.settle.talks.offers import Talk
from halfway.space.arrays import BoolArray, FloatArray

PREFIX = "negmas:"
EQUIVALENTS = {
    "boulware": "BoulwareTBNegotiator",
    "linear": "LinearTBNegotiator",
    "conceder": "ConcederTBNegotiator",
    "tit_for_tat": "NaiveTitForTatNegotiator",
}
"""What plays a built-in strategy's part once one party at the table is NegMAS's."""

MOST_PACKAGES = 20_000


def negotiator(name: str) -> Any:
    """Return NegMAS's class for a strategy.

    Raises
    ------
    Refusal
        Where NegMAS is not installed, or does not know the name.
    """
    try:
        sao = importlib.import_module("negmas.sao.negotiators")
    except ImportError:
        raise Refusal(
            [
                Problem(
                    "R041",
                    "NegMAS is not installed",
                    f"'{PREFIX}{name}' is one of its negotiators",
                    "install halfway[peers]",
                )
            ]
        ) from None
    wanted = EQUIVALENTS.get(name, name)
    known = [n for n in dir(sao) if n.endswith("Negotiator")]
    found = next((n for n in (wanted, f"{wanted}Negotiator") if n in known), None)
    if found is None:
        raise unknown("negotiator", name, known, where="in NegMAS")
    return getattr(sao, found)


def one_peer_talk(
    utilities: FloatArray,
    allowed: BoolArray,
    walk_away: Sequence[float],
    strategies: Sequence[str],
    deadline: int,
    breakdown: float,
    seed: int,
) -> Talk:
    """Play talks once under NegMAS's own protocol; arguments as for `halfway.settle.talks.offers.one_talk`."""
    count = utilities.shape[1]
    if count > MOST_PACKAGES:
        raise Refusal(
            [
                Problem(
                    "R043",
                    f"there are {count:,} packages to offer",
                    f"NegMAS is given a list of them, {MOST_PACKAGES:,} at most",
                    "use the built-in strategies",
                )
            ]
        )
    sao = importlib.import_module("negmas.sao")
    preferences = importlib.import_module("negmas.preferences")
    outcomes = importlib.import_module("negmas.outcomes")
    # NegMAS draws from the global generators; they are put back as they were.
    python_state, numpy_state = random.getstate(), np.random.get_state()
    random.seed(seed)
    np.random.seed(seed % 2**32)
    try:
        issue = outcomes.make_issue(values=list(range(count)), name="package")
        space = outcomes.make_os([issue])
        mechanism = sao.SAOMechanism(
            outcome_space=space, n_steps=deadline, end_on_no_response=False, ignore_negotiator_exceptions=True
        )
        for n in np.random.permutation(utilities.shape[0]).tolist():
            # What crosses a red line is worth less than no agreement.
            worth = np.where(allowed[n], utilities[n], walk_away[n] - 100.0) / 100.0
            function = preferences.MappingUtilityFunction(
                {(k,): float(v) for k, v in enumerate(worth)}, outcome_space=space, reserved_value=walk_away[n] / 100.0
            )
            name = strategies[n].removeprefix(PREFIX)
            mechanism.add(negotiator(name)(name=f"party{n}"), ufun=function)
        broke = False
        rounds = 0
        for _ in range(deadline):
            if mechanism.state.ended:
                break
            mechanism.step()
            rounds += 1
            if breakdown > 0 and not mechanism.state.agreement and random.random() < breakdown:
                broke = True
                break
        agreement = None if broke else mechanism.state.agreement
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)
    return Talk(-1 if agreement is None else int(agreement[0]), max(rounds, 1), broke)
