"""Renegotiation-proofness, weak and strong, for any number of parties, over everything that joint conduct reaches.

After each history the parties might agree to go on as the plan would after another. A self-enforcing plan is weakly
renegotiation-proof if they never all gain by that: no two of its continuations, with the same options locked in and the
same things under way, are strictly Pareto-ranked (B. D. Bernheim and D. Ray, Collective dynamic consistency in repeated
games, 1989; J. Farrell and E. Maskin, Renegotiation in repeated games, 1989). It is strongly so if no continuation of
another weakly renegotiation-proof plan is better for all either; that is sure where nothing feasible is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np

from halfway.case.support import ask
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.game.payoffs import price
from halfway.conduct.verdicts.enforcement import enforcement, joint
from halfway.space.arrays import FloatArray
from halfway.tolerances import GAIN

MOST_PACKAGES = 4_096
"""Strong renegotiation-proofness is not decided by what is feasible where there are more packages."""


@dataclass(frozen=True)
class Better:
    """A continuation that all parties would leave for another.

    Attributes
    ----------
    phase, rather : str
        The phases of the two.
    gains : mapping from party to float
        In points of the discounted average.
    """

    phase: str
    rather: str
    gains: dict[str, float]


@dataclass(frozen=True)
class Proof:
    """Whether a plan is renegotiation-proof.

    Attributes
    ----------
    weak, strong : bool or None
        None where it is not decided.
    ranked : Better or None
        The continuation left most gladly, where the plan is not weakly renegotiation-proof though self-enforcing.
    dominated_by : str or None
        Another plan, weakly renegotiation-proof, that has a continuation better for all.
    states : int
        That joint conduct reaches; 0 where they are too many.
    reason : str or None
        Why something is not decided, or why the plan does not come into question.
    """

    weak: bool | None
    strong: bool | None
    ranked: Better | None = None
    dominated_by: str | None = None
    states: int = 0
    reason: str | None = None


def renegotiation_proof(whole: Study, others: Sequence[Study] = ()) -> Proof:
    """Judge whether a plan is weakly and strongly renegotiation-proof.

    Parameters
    ----------
    whole : Study
    others : sequence of Study
        Other plans of the case with the same parties, which could be agreed on instead.

    Raises
    ------
    Refusal
        Where the case has a part that this does not compute with.
    """
    ask(whole.case, "renegotiation", whole.plan)
    parties = whole.case.signatories(whole.plan)
    held = enforcement(whole)
    if not held.holds:
        reason = "it does not enforce itself" if held.holds is False else held.reason
        return Proof(None if held.holds is None else False, None if held.holds is None else False, reason=reason)
    values, phases, groups = _continuations(whole, parties)
    if values is None:
        return Proof(None, None, reason="joint conduct reaches too many states")
    ranked = _ranked(whole, values, phases, groups, parties)
    if ranked is not None:
        return Proof(False, False, ranked, states=values.shape[1])
    for other in others:
        if set(other.case.signatories(other.plan)) != set(parties) or renegotiation_proof(other).weak is not True:
            continue
        found, _, _ = _continuations(other, parties)
        if found is not None and _dominates(found, values):
            return Proof(True, False, dominated_by=other.name, states=values.shape[1])
    strong, reason = _nothing_feasible_is_better(whole, values, parties)
    return Proof(True, strong, states=values.shape[1], reason=reason)


def _continuations(whole: Study, parties: Sequence[str]) -> tuple[FloatArray | None, list[int], list[object]]:
    """Return what the plan is worth to the parties after each history, shape ``(party, state)``; phase and situation of each."""
    together = joint(whole)
    if together is None:
        return None, [], []
    priced = price(together, whole.utilities())
    values = np.array([whole.kept_value(priced, a) for a in parties])
    # What the plan remembers could be agreed on otherwise; what is locked in or under way could not.
    return values, [s.phase for s in together.states], [(s.statuses, s.world) for s in together.states]


def _ranked(
    whole: Study, values: FloatArray, phases: list[int], groups: list[object], parties: Sequence[str]
) -> Better | None:
    names, best = whole.rules.phase_names, None
    most = GAIN
    by_group: dict[object, list[int]] = {}
    for state, group in enumerate(groups):
        by_group.setdefault(group, []).append(state)
    for own in by_group.values():
        for here in own:
            least = (values[:, own] - values[:, [here]]).min(axis=0)
            top = int(least.argmax())
            if least[top] > most:
                most = float(least[top])
                there = own[top]
                gains = {a: float(values[p, there] - values[p, here]) for p, a in enumerate(parties)}
                best = Better(names[phases[here]], names[phases[there]], gains)
    return best


def _dominates(better: FloatArray, values: FloatArray) -> bool:
    """Tell whether some column of one table is more for everyone than some column of another."""
    return any(bool((better[:, [k]] > values + GAIN).all(axis=0).any()) for k in range(better.shape[1]))


def _nothing_feasible_is_better(
    whole: Study, values: FloatArray, parties: Sequence[str]
) -> tuple[bool | None, str | None]:
    """Tell whether no mixture of packages over time is more for everyone than any continuation."""
    from scipy.optimize import linprog

    space = whole.space
    if prod(space.sizes) > MOST_PACKAGES or whole.plan.transfers:
        return None, "what is feasible was not compared: there are transfers or too many packages"
    packages = np.array(list(product(*(range(n) for n in space.sizes))), dtype=np.int64)
    allowed = np.all([m.table[tuple(packages[:, i] for i in m.issues)] for m in whole.rules.allowed], axis=0)
    rows = packages[allowed] if whole.rules.allowed else packages
    points = space.values(rows)[[space.actor(a) for a in parties]]
    count = points.shape[1]
    for state in np.unique(values.round(9), axis=1).T:
        # The most that a mixture gives everyone beyond this continuation.
        found = linprog(
            np.append(np.zeros(count), -1.0),
            A_ub=np.column_stack([-points, np.ones(len(parties))]),
            b_ub=-state,
            A_eq=np.append(np.ones(count), 0.0)[None, :],
            b_eq=[1.0],
            bounds=[(0, None)] * count + [(None, None)],
        )
        if found.x is None or float(found.x[-1]) > 1e-6:
            return None, "something feasible is better for all; whether it could be held was not asked"
    return True, None
