"""How fast all packages are judged for what could hold, on the flagship case and at the cap.

    uv run python benchmarks/holdable.py [--cap]

User seconds, the median of several runs after one that compiles; with `--cap` also a made-up space near the cap.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from math import prod

import numpy as np

from halfway.case.catalog import load
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.holdable.bounds import departures
from halfway.conduct.holdable.judge import holding
from halfway.conduct.holdable.result import frontier_of, stage_of
from halfway.conduct.holdable.stage_game import Stage
from halfway.explore.agreements import agreements
from halfway.space.arrays import Bounds, Linkage, Utilities


def measured(what, times=5):
    what()
    spent = []
    for _ in range(times):
        start = time.process_time()
        what()
        spent.append(time.process_time() - start)
    return statistics.median(spent)


def flagship():
    case = load("belarus-2020")
    whole = study(case)
    stage = stage_of(whole)
    near = stage.status_quo
    found = holding(stage, whole.patiences, near)
    ways = sum(departures(stage, a) for a in range(stage.utilities.actors))
    spent = measured(lambda: holding(stage, whole.patiences, near))
    print(
        f"belarus-2020: {prod(whole.space.sizes):,} packages, {ways:,} departures from each at most; both bounds "
        f"{spent:.2f} s ({found.not_ruled_out.feasible:,} feasible, {int(found.not_ruled_out.holds.sum()):,} not ruled out, "
        f"{int(found.can_be_held.holds.sum()):,} can be held)"
    )
    numbers = np.flatnonzero(found.not_ruled_out.holds)
    parties = [whole.space.actor(a) for a in case.signatories(whole.plan)]
    print(
        f"  frontier of those not ruled out, two parties: {measured(lambda: frontier_of(whole.space, numbers, parties)):.2f} s"
    )
    package = whole.space.status_quo
    print(f"  with what is acceptable: {measured(lambda: agreements(case, package=package)):.2f} s")


def cap():
    rng = np.random.default_rng(1)
    sizes, actors = (4,) * 12, 5
    tables = tuple(rng.integers(0, 100, (actors, n)).astype(float) for n in sizes)
    links = []
    for i in range(0, 12, 3):
        points = np.zeros((actors, 4, 4))
        points[i % actors] = rng.integers(-20, 21, (4, 4))
        links.append(Linkage((i, i + 1), points))
    noise = np.where(np.eye(4, dtype=bool), 0.05, 0.9)
    blurred = np.where(np.eye(4, dtype=bool), 0.85, 0.05)
    stage = Stage(
        Utilities(tables, tuple(links), np.ones(actors), exact=False),
        Bounds((), ((),) * actors),
        tuple((i % actors,) for i in range(12)),
        tuple(np.ones((4, 4), dtype=bool) for _ in sizes),
        np.zeros(12, dtype=np.int64),
        tuple(noise if i < 2 else 1.0 - np.eye(4) for i in range(12)),
        tuple(blurred if i < 2 else np.eye(4) for i in range(12)),
        tuple(np.ones((4, 4), dtype=bool) for _ in sizes),
    )
    spent = measured(lambda: holding(stage, np.full(actors, 0.9), stage.status_quo), 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"made up: {prod(sizes):,} packages, 5 actors, 2 noisy issues: both bounds {spent:.1f} s, {peak:.0f} MB in all"
    )


def main():
    flagship()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cap", action="store_true", help="also a made-up space near the cap")
    asked = parser.parse_args()
    flagship()
    if asked.cap:
        cap()
