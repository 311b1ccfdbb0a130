"""What an actor does once it has left a plan."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from halfway.space.arrays import holds
from halfway.space.plan.automaton import Picks, State
from halfway.space.plan.rules import Rules
from halfway.space.plan.situations import Board


def withdrawal(rules: Rules, actor: int, state: State, shifted: Picks = ()) -> Picks:
    """Return the picks of an actor that has left the plan, as far as they make a difference.

    It picks the status quo option on every issue that it sets. Where constraints bar that beside what is prescribed
    to the others, it does so on as many of the issues they tie as can be, the first in the order of the file among
    equals; a constraint that even keeping violates bars nothing.

    Parameters
    ----------
    rules : Rules
    actor : int
    state : State
    shifted : tuple of (int, int)
        Issues with one setter whose status quo has shifted, with the option that it is now.
    """
    board = Board(rules, state)
    for i, option in shifted:
        board.fallback[i] = option
    kept = [board.act(i, board.picks[i]) for i in range(rules.issues)]
    package = np.array([a.in_force for a in kept], dtype=np.int64)
    binding = [mask for mask in rules.allowed if holds(mask, package[None, :])[0]]
    back = {i: board.act(i, board.fallback[i]) for i in rules.sets(actor)}
    moved = [i for i, act in back.items() if (act.in_force, act.after) != (kept[i].in_force, kept[i].after)]
    tied = [i for i in moved if any(i in mask.issues for mask in binding)]
    free = [i for i in moved if i not in tied]
    for size in range(len(tied), -1, -1):
        for chosen in combinations(tied, size):
            tried = package.copy()
            for i in (*free, *chosen):
                tried[i] = back[i].in_force
            if all(holds(mask, tried[None, :])[0] for mask in binding):
                return tuple((i, back[i].pick) for i in sorted((*free, *chosen)))
    raise AssertionError("keeping is always possible")
