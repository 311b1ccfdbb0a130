"""Compiling and solving every catalogue plan: all best responses, all thresholds, one region; seconds of processor time.

    python -m benchmarks responses

One line a plan, as JSON: states compiled for the conduct of each actor that sets something, and the least of a few
runs, each from the case on (what scipy's import takes is left out).
"""

from __future__ import annotations

import json
import resource

import numpy as np

from halfway.case.catalog import entries, load
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.thresholds import thresholds
from halfway.errors import Refusal

RUNS = 3
GRID = 13


def clock():
    """Processor seconds of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def kinds(whole):
    """Every actor that sets something, with each of its types."""
    return [(whole.space.actors[a], kind) for a in whole.everyone for kind in whole.kinds(whole.space.actors[a])]


def responded(case, plan):
    """A plan with the best responses of every actor and type."""
    whole = study(case, plan)
    for actor in case.actors:
        for kind in whole.kinds(actor):
            whole.responses(actor, kind)
    return whole


def least(what, prepared=lambda: None):
    """The least processor seconds of a few runs, each on something prepared anew."""
    seconds = []
    for _ in range(RUNS):
        given = prepared()
        start = clock()
        what(given)
        seconds.append(clock() - start)
    return min(seconds)


def thresholds_of(whole):
    """Every threshold of every actor and type."""
    for actor, kind in kinds(whole):
        for sought in (thresholds.patience, thresholds.penalty, thresholds.detection, thresholds.trial):
            sought(whole, actor, kind)


def measured(case, plan):
    """The figures of one plan."""
    whole = responded(case, plan)
    states = {a: sum(p.game.states for p in whole.games(a)) for a, _ in kinds(whole)}
    largest = max(states, key=lambda a: states[a])
    axes = np.linspace(0.3, 0.99, GRID), np.linspace(0, 1, GRID)
    return {
        "case": case.name,
        "plan": plan,
        "states": states,
        "best responses, s": least(lambda _: responded(case, plan)),
        "thresholds, s": least(thresholds_of, lambda: responded(case, plan)),
        f"region of {largest}, s": least(lambda w: thresholds.region(w, largest, *axes), lambda: study(case, plan)),
    }


def main() -> None:
    """Print the figures as JSON, one object a line."""
    for entry in entries():
        case = load(entry.name)
        for plan in case.plans:
            try:
                print(json.dumps(measured(case, plan)), flush=True)
            except Refusal as refusal:
                print(json.dumps({"case": case.name, "plan": plan, "refused": str(refusal)}), flush=True)


if __name__ == "__main__":
    main()
