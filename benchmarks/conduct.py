"""Conduct against axelrod 4.13.1: the same strategies, the same scores, and turns per second; and a case at scale.

    uv run --group bench python benchmarks/conduct.py [--peer] [--case belarus-2020]

Without the peer installed (`axelrod==4.13.1`; 4.14 brings torch) only our own figures are printed.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from halfway.case.catalog import load
from halfway.case.reader import build
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.play import kernel
from halfway.conduct.play.joint_chain import lay
from halfway.conduct.play.plain_player import play_one
from halfway.conduct.play.run import cast, play, run_key
from halfway.conduct.play.strategies import strategy

OURS = {
    "always_keep": "Cooperator",
    "always_break": "Defector",
    "tit_for_tat": "TitForTat",
    "tit_for_two_tats": "TitFor2Tats",
    "grim": "Grudger",
    "win_stay_lose_shift": "WinStayLoseShift",
}
TURNS = 200


def dilemma():
    """The prisoner's dilemma with Axelrod's payoffs, both sides asked to cooperate for good."""

    def actor(mine, theirs):
        cells = (("c", "c", 3), ("d", "c", 5), ("d", "d", 1), ("c", "d", 0))
        return {
            "patience": 0.9,
            "interests": {mine: {"weight": 0, "values": {"c": 0, "d": 0}}},
            "linkages": [{"when": {mine: a, theirs: b}, "points": p} for a, b, p in cells],
        }

    issue = {"options": ["c", "d"], "owner": "row"}
    return build(
        {
            "name": "dilemma",
            "actors": {"row": actor("x", "y"), "column": actor("y", "x")},
            "issues": {"x": {**issue, "set_by": "row"}, "y": {**issue, "set_by": "column"}},
            "status_quo": {"x": "d", "y": "d"},
            "plans": {"plan": {"phases": {"for_good": {"package": {"x": "c", "y": "c"}}}}},
        }
    )


def laid(row, column, noise):
    """The chain of two strategies, with the points of its rows."""
    whole = study(dilemma())
    players = cast(whole, {"row": strategy(row), "column": strategy(column)}, noise)
    chain = lay(players.rules, {a: players.player(a, None) for a in players.movers}, noise)
    return chain, np.ascontiguousarray(whole.space.values(chain.packages).T)


def played(chain, points, turns=TURNS):
    """What the kernel takes to walk a chain along which nobody changes, all turns weighing the same."""
    none = np.zeros(0, dtype=np.int64)
    return *chain.walked, points, np.full((turns, points.shape[1]), 1 / turns), points.shape[1], none, none, none


def scores(chain, points, runs, turns=TURNS):
    """Mean points a turn and their standard errors, over runs."""
    _, sums, squares, *_ = kernel.play(np.arange(runs), np.uint64(run_key(1)), turns, *played(chain, points, turns))
    mean = sums / runs
    return mean, np.sqrt(np.maximum(squares / runs - mean**2, 0) / (runs - 1))


def speed(runs=100_000, threads=1):
    """Our turns per second on tit-for-tat against win-stay, lose-shift with five percent noise."""
    chain, points = laid("tit_for_tat", "win_stay_lose_shift", 0.05)
    taken = played(chain, points)
    parts = np.array_split(np.arange(runs), 8)
    scores(chain, points, 10)
    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda p: kernel.play(p, np.uint64(1), TURNS, *taken), parts))
    return runs * TURNS / (time.perf_counter() - start)


def against_axelrod():
    """Turn by turn without noise, scores within error with it, and turns per second in this run."""
    import axelrod as axl

    differing, worst, pairs = 0, 0.0, 0
    for mine, theirs in OURS.items():
        for other, theirs_too in OURS.items():
            pairs += 1
            chain, points = laid(mine, other, 0.0)
            own = play_one(chain, 1, 0, points, np.full((TURNS, 2), 1 / TURNS))
            match = axl.Match((getattr(axl, theirs)(), getattr(axl, theirs_too)()), turns=TURNS)
            peer = ["".join(str(a) for a in turn).lower() for turn in match.play()]
            shown = ["".join("cd"[chain.packages[r, i]] for i in range(2)) for r in own.rows]
            differing += peer != shown
            chain, points = laid(mine, other, 0.05)
            mean, error = scores(chain, points, 20_000)
            sample = []
            for seed in range(60):
                match = axl.Match(
                    (getattr(axl, theirs)(), getattr(axl, theirs_too)()), turns=TURNS, noise=0.05, seed=seed
                )
                match.play()
                sample.append(match.final_score_per_turn())
            table = np.array(sample)
            both = np.sqrt(error**2 + table.var(axis=0, ddof=1) / len(table))
            worst = max(worst, float((np.abs(mean - table.mean(axis=0)) / np.maximum(both, 1e-12)).max()))
    start = time.perf_counter()
    for seed in range(60):
        axl.Match((axl.TitForTat(), axl.WinStayLoseShift()), turns=TURNS, noise=0.05, seed=seed).play()
    peer_speed = 60 * TURNS / (time.perf_counter() - start)
    return {
        "axelrod": axl.__version__,
        "pairs": pairs,
        "pairs differing turn by turn without noise": differing,
        "largest difference of scores with noise, in standard errors": worst,
        "axelrod turns per second": peer_speed,
    }


def at_scale(name, plan, runs, draws, threads):
    """Play a case's plan, compilation included."""
    case = load(name)
    whole = study(case, plan)
    start = time.perf_counter()
    for actor in case.actors:
        for kind in whole.kinds(actor):
            whole.responses(actor, kind)
    solved = time.perf_counter() - start
    start = time.perf_counter()
    found = play(whole, runs, 1, draws=draws, threads=threads)
    seconds = time.perf_counter() - start
    return {
        "case": name,
        "plan": whole.name,
        "seconds for all best responses": solved,
        "runs": runs,
        "periods": found.periods,
        "draws": found.draws,
        "threads": threads,
        "seconds of play": seconds,
        "peak memory in MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "check": [float(x) for x in found.averages],
    }


def main() -> None:
    """Print the figures as JSON, one object a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--case", default="belarus-2020")
    parser.add_argument("--plan", default="memo")
    parser.add_argument("--runs", type=int, default=1_000_000)
    parser.add_argument("--draws", type=int, default=2)
    asked = parser.parse_args()
    found = {f"halfway turns per second, threads: {n}": speed(threads=n) for n in (1, 2)}
    if asked.peer:
        found |= against_axelrod()
        for n in (1, 2):
            ours = found[f"halfway turns per second, threads: {n}"]
            found[f"times as fast, threads: {n}"] = ours / found["axelrod turns per second"]
    print(json.dumps(found))
    for threads in (1, 2):
        print(json.dumps(at_scale(asked.case, asked.plan, asked.runs, asked.draws, threads)))


if __name__ == "__main__":
    main()
