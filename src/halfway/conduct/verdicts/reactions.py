"""Whether those who would react gain by it: a threat, or a bluff."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.game.solver import TOLERANCE
from halfway.conduct.verdicts.enforcement import deciding
from halfway.record import shown_as


@dataclass(frozen=True)
class Bluff:
    """A reaction that the one who would react does not gain by somewhere.

    Attributes
    ----------
    actor, kind : str, str or None
    reaction : int
        Its place among the case's reactions, from 0. Where several of the actor run, the first of them.
    phase : str
        Where reacting costs most.
    loss : float
        What not to react for one period brings there, in points of the discounted average.
    """

    actor: str
    kind: str | None = field(metadata=shown_as("type"))
    reaction: int
    phase: str
    loss: float


def bluffs(whole: Study) -> tuple[Bluff, ...]:
    """Return the reactions that do not pay in some state in which they run, by type of the one who would react.

    Reacting is compared with not reacting for one period and reacting again from then on, in every state that any
    conduct can reach; everyone else follows the letter. (J. Levin, Relational incentive contracts, 2003: what no court
    orders is done only where it pays.)

    Raises
    ------
    Refusal
        Where the states that everyone's conduct can reach are too many.
    """
    found: dict[tuple[str, str | None, int], Bluff] = {}
    rules = whole.rules
    for name, kind in deciding(whole) if rules.reactions else ():
        actor = whole.space.actor(name)
        if all(one.by != actor for one in rules.reactions):
            continue
        priced = whole.priced(whole.everyone, name, kind)
        idle = priced.idle(actor)
        if idle is None:
            continue
        game, discount = whole.valued(priced, name, kind)
        flat, kept = game.flat(actor), whole.kept_value(priced, name, kind)
        gain = (1 - discount) * flat.points[:, actor] + discount * (flat.chain @ kept) - kept[flat.state]
        for row in np.flatnonzero(idle & (gain > TOLERANCE * (1 - discount))):
            state = priced.automaton.states[int(flat.state[row])]
            running = next(k for k in rules.on(state.world) if rules.reactions[k].by == actor)
            key, loss = (name, kind, running), float(gain[row])
            if key not in found or loss > found[key].loss:
                found[key] = Bluff(*key, rules.phase_names[state.phase], loss)
    return tuple(found.values())
