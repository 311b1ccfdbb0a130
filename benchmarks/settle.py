"""Settle against NegMAS on random additive cases, then alone to 10^18 packages: time and peak memory.

Each measurement runs in a process of its own, which reports its wall time (the median of several runs after a first one
that loads compiled code) and its peak resident memory, from which what the imports alone take is not subtracted.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import time
from statistics import median
from typing import Any

import numpy as np

SEED = 20200809
# (issues, options): 10^3 … 10^6 packages.
SIZES = {1_000: (3, 10), 10_000: (4, 10), 100_000: (5, 10), 1_000_000: (6, 10)}
PEER_LIMIT = 300.0


def tables(issues: int, options: int, parties: int, opposed: bool = False) -> list[np.ndarray]:
    """Draw weights in percent and values in steps of ten: scaled utilities in hundredths of a point."""
    rng = np.random.default_rng(SEED)
    weights = rng.multinomial(100 - issues, np.full(issues, 1 / issues), parties).T + 1
    values = rng.integers(0, 11, (issues, parties, options)) * 10
    if opposed:
        weights[:, 1] = weights[:, 0]
        values[:, 1] = 100 - values[:, 0]
    return [(values[i] * weights[i][:, None]).astype(np.int64) for i in range(issues)]


def peak_memory() -> float:
    """Return the peak resident memory of this process in MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def timed(work: Any, repeats: int) -> float:
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def ours(issues: int, options: int, parties: int, what: str, opposed: bool = False) -> dict[str, Any]:
    from halfway.settle.packages.frontier import pareto_frontier
    from halfway.settle.solutions.from_frontier import solutions_from_frontier
    from halfway.space.arrays import Bounds, Utilities

    drawn = tables(issues, options, parties, opposed)
    utilities = Utilities(tuple(drawn), (), np.full(parties, 0.01), True)
    bounds = Bounds((), ((),) * parties)
    floor = [0] * parties
    found: dict[str, Any] = {}

    def work() -> None:
        if what == "program":
            from halfway.settle.solutions.from_programs import solutions_by_program

            solution = solutions_by_program(utilities, bounds, range(parties), floor, names=["nash"])["nash"]
        else:
            frontier = pareto_frontier(utilities, bounds, range(parties), floor)
            solution = solutions_from_frontier(frontier, floor, utilities.unit, names=["nash"])["nash"]
            found["frontier"] = frontier.size
        found["nash"] = [v / 10_000 for v in solution.vector]
        found["gap"] = solution.gap

    seconds = timed(work, 5)
    return {"seconds": seconds, "memory": peak_memory(), **found}


def theirs(issues: int, options: int, parties: int) -> dict[str, Any]:
    import warnings

    warnings.simplefilter("ignore")
    from negmas.outcomes import make_issue, make_os
    from negmas.preferences import LinearAdditiveUtilityFunction
    from negmas.preferences.ops import nash_points, pareto_frontier

    drawn = tables(issues, options, parties)
    space = make_os([make_issue([f"o{o}" for o in range(options)], f"i{i}") for i in range(issues)])
    functions = [
        LinearAdditiveUtilityFunction(
            {f"i{i}": {f"o{o}": float(drawn[i][a, o]) / 10_000 for o in range(options)} for i in range(issues)},
            outcome_space=space,
            reserved_value=0.0,
        )
        for a in range(parties)
    ]
    start = time.perf_counter()
    frontier, _ = pareto_frontier(functions, list(space.enumerate_or_sample()), sort_by_welfare=True)
    points = nash_points(functions, frontier)
    seconds = time.perf_counter() - start
    memory = peak_memory()
    # In whole numbers again: points that only a rounding error keeps from being dominated are told apart.
    whole = np.unique(np.round(np.array(frontier) * 10_000).astype(np.int64), axis=0)
    above = [np.all(whole >= row, axis=1) & np.any(whole > row, axis=1) for row in whole]
    return {
        "seconds": seconds,
        "memory": memory,
        "frontier": len(whole),
        "dominated": int(sum(a.any() for a in above)),
        "nash": [float(x) for x in points[0][0]] if points else None,
    }


def in_process(function: str, *arguments: Any, limit: float = 600.0) -> dict[str, Any] | None:
    """Run one measurement in a process of its own; None when it takes longer than the limit."""
    code = f"import json; from benchmarks.settle import {function} as f; print(json.dumps(f(*{arguments!r})))"
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def main() -> None:
    print("## Settle: frontier and Nash solution, Halfway against NegMAS\n")
    print(f"{platform.machine()}, Python {platform.python_version()}; numbers drawn with seed {SEED}.\n")
    print("| packages | parties | points | Halfway s | MB | NegMAS s | MB | times faster | NegMAS finds the same |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---|")
    for count, (issues, options) in SIZES.items():
        for parties in (2, 3, 5):
            mine = in_process("ours", issues, options, parties, "frontier")
            peer = in_process("theirs", issues, options, parties, limit=PEER_LIMIT)
            assert mine is not None
            cells = [
                f"{count:,}",
                str(parties),
                f"{mine['frontier']:,}",
                f"{mine['seconds']:.4f}",
                f"{mine['memory']:.0f}",
            ]
            if peer is None:
                cells += [f"over {PEER_LIMIT:.0f}", "—", f"over {PEER_LIMIT / mine['seconds']:,.0f}", "—"]
            else:
                same_nash = peer["nash"] is not None and np.isclose(
                    float(np.prod(mine["nash"])), float(np.prod(peer["nash"])), rtol=1e-9
                )
                true_points = peer["frontier"] - peer["dominated"]
                answer = "yes" if same_nash and true_points == mine["frontier"] else "no"
                if peer["dominated"]:
                    answer += f", and {peer['dominated']} points more that are dominated but for rounding"
                cells += [
                    f"{peer['seconds']:.3f}",
                    f"{peer['memory']:.0f}",
                    f"{peer['seconds'] / mine['seconds']:,.0f}",
                    answer,
                ]
            print("| " + " | ".join(cells) + " |", flush=True)
    print("\n## Halfway alone\n")
    print("| case | packages | points | seconds | MB | gap |")
    print("|---|---:|---:|---:|---:|---:|")
    alone = [
        ("two opposed parties", (30, 4, 2, "frontier", True)),
        ("two parties", (30, 4, 2, "frontier")),
        ("three parties", (30, 4, 3, "frontier")),
        ("five parties", (10, 4, 5, "frontier")),
        ("twelve parties, Nash by integer program", (18, 4, 12, "program")),
    ]
    for name, arguments in alone:
        result = in_process("ours", *arguments)
        assert result is not None
        print(
            f"| {name} | {arguments[1] ** arguments[0]:.1e} | {result.get('frontier', '—')} | {result['seconds']:.4f} "
            f"| {result['memory']:.0f} | {result['gap']:.0e} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
