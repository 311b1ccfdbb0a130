"""How long graph-model verdicts take on random games, and how that grows.

    python -m benchmarks.stability            # measure; writes benchmarks/results/stability.json and .svg
    python -m benchmarks.stability --check    # the same, and fail where a target is missed

Games have binary reversible options dealt to the actors in turn and random strict preferences. Every size runs in a
process of its own (peak memory is that of the process); compilation is not counted. Beside them: a fixpoint over bit
sets in plain Python, which lists what opponents can reach, and the times reported for GMCR+ at 12 options.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

FOUR = ("nash", "gmr", "smr", "seq")
TARGETS = {12: ("five concepts", 0.3), 16: ("four concepts", 3.0), 20: ("four concepts", 60.0)}
PEER = {2: 171.0, 3: 288.0}  # seconds at 12 options, as reported for GMCR+ on random games
MEMORY = 2048  # MB at 20 options
RESULTS = Path(__file__).parent / "results"


def random_model(options, actors, seed=0):
    from halfway.space.graph.arrays import GraphModel

    rng = np.random.default_rng(seed)
    states = 1 << options
    ranks = np.stack([rng.permutation(states) for _ in range(actors)]).astype(np.int32)
    every = tuple(np.ones((2, 2), dtype=bool) for _ in range(options))
    setters = tuple((k % actors,) for k in range(options))
    return GraphModel((2,) * options, np.ones(states, bool), setters, every, (0,) * options, ranks)


def judge(model, five):
    """Return equilibria by concept, from arrays to verdicts."""
    from halfway.stability.concepts.comparisons import preferences_of
    from halfway.stability.concepts.definitions import concept_named as named
    from halfway.stability.concepts.individual import Bench
    from halfway.stability.concepts.pairwise import stable_states
    from halfway.stability.graph.moves import write_out

    found = Bench(model).verdicts()
    out = {c: found.equilibria(c).tolist() for c in FOUR}
    if five:
        graph = write_out(model)
        preferences = preferences_of(graph)
        each = [stable_states(graph, named("sim"), (i,), preferences) for i in range(model.actors)]
        out["sim"] = np.flatnonzero(np.all(each, axis=0)).tolist()
    return out


def bit_sets(model):
    """Return GMR, SMR and SEQ equilibria by listing, as bit sets, every state that opponents can reach."""
    n, actors, rank = model.product, model.actors, model.ranks.tolist()
    own = [[k for k, s in enumerate(model.setters) if s == (a,)] for a in range(actors)]
    reach = []
    for a in range(actors):
        steps = [0]
        for k in own[a]:
            steps += [s | (1 << k) for s in steps]
        reach.append([[s ^ x for x in steps[1:]] for s in range(n)])
    better = [[[t for t in reach[a][s] if rank[a][t] > rank[a][s]] for s in range(n)] for a in range(actors)]
    at_most = []
    for a in range(actors):
        sets, total = [0] * n, 0
        for s in sorted(range(n), key=rank[a].__getitem__):
            total |= 1 << s
            sets[s] = total
        at_most.append(sets)
    stable = {c: [True] * n for c in ("gmr", "smr", "seq")}
    for i in range(actors):
        held = [0] * n  # for SMR: the states whose best continuation for i is no better than s
        order = sorted(range(n), key=rank[i].__getitem__)
        best = [max(rank[i][t] for t in (s, *reach[i][s])) for s in range(n)]
        by_best, at, total = sorted(range(n), key=best.__getitem__), 0, 0
        for s in order:
            while at < n and best[by_best[at]] <= rank[i][s]:
                total |= 1 << by_best[at]
                at += 1
            held[s] = total
        for moves, concepts in ((reach, ("gmr", "smr")), (better, ("seq",))):
            answers = fixpoint(moves, [a for a in range(actors) if a != i], n)
            for concept in concepts:
                minded = held if concept == "smr" else at_most[i]
                for s in range(n):
                    if any(not answers[t] & minded[s] for t in better[i][s]):
                        stable[concept][s] = False
    return {c: [s for s in range(n) if ok[s]] for c, ok in stable.items()}


def fixpoint(moves, opponents, n):
    after = {a: [0] * n for a in opponents}
    changed = True
    while changed:
        changed = False
        for a in opponents:
            others = [after[b] for b in opponents if b != a]
            onward = [1 << s for s in range(n)]
            for sets in others:
                onward = [x | y for x, y in zip(onward, sets, strict=True)]
            mine = after[a]
            for s in range(n):
                total = mine[s]
                for t in moves[a][s]:
                    total |= onward[t]
                if total != mine[s]:
                    mine[s] = total
                    changed = True
    out = [0] * n
    for a in opponents:
        out = [x | y for x, y in zip(out, after[a], strict=True)]
    return out


def one(options, actors, five, plain):
    model = random_model(options, actors)
    _ = model.moves
    judge(random_model(4, actors), five)  # compiles
    if plain:
        begin = time.perf_counter()
        slow = bit_sets(model)
        seconds = time.perf_counter() - begin
        fast = judge(model, False)
        assert all(fast[c] == slow[c] for c in slow), "the two implementations disagree"
    else:
        seconds = np.inf
        for _ in range(3 if options <= 16 else 1):
            fresh = random_model(options, actors)
            _ = fresh.moves
            begin = time.perf_counter()
            judge(fresh, five)
            seconds = min(seconds, time.perf_counter() - begin)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    row = {"options": options, "actors": actors, "seconds": round(float(seconds), 4), "megabytes": round(memory)}
    row |= {"concepts": 5 if five else 3 if plain else 4, "method": "bit sets, plain Python" if plain else "halfway"}
    print(json.dumps(row))


def measure(*arguments):
    command = [sys.executable, "-m", "benchmarks.stability", "--one", *arguments]
    row = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(f"{row['method']:<24}{row['actors']} actors  2^{row['options']:<3}{row['concepts']} concepts "
          f"{row['seconds']:>9.3f} s {row['megabytes']:>6} MB", flush=True)  # fmt: skip
    return row


def plot(rows):
    import vl_convert

    data = [{**r, "label": f"{r['method']}, {r['actors']} actors"} for r in rows if r["concepts"] < 5]
    data += [{"options": 12, "seconds": s, "label": f"GMCR+ (as reported), {n} actors", "method": "GMCR+", "actors": n}
             for n, s in PEER.items()]  # fmt: skip
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": "Seconds for all verdicts, by number of binary options (both axes by powers)",
        "width": 480,
        "height": 320,
        "data": {"values": data},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {
                "field": "options",
                "type": "quantitative",
                "title": "options (2^n states)",
                "scale": {"zero": False},
            },
            "y": {"field": "seconds", "type": "quantitative", "title": "seconds", "scale": {"type": "log"}},
            "color": {"field": "label", "type": "nominal", "title": None},
        },
    }
    return vl_convert.vegalite_to_svg(spec)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help="fail where a target is missed")
    parser.add_argument("--largest", type=int, default=22, help="largest number of options (default 22)")
    asked = parser.parse_args()
    if asked.one:
        options, actors, *how = asked.one
        one(int(options), int(actors), "five" in how, "plain" in how)
        return
    rows = [measure("12", str(n), "five") for n in (2, 3, 4)]
    rows += [measure(str(k), str(n)) for n in (2, 3, 4) for k in range(8, asked.largest + 1, 2)]
    rows += [measure(str(k), str(n), "plain") for n in (2, 3, 4) for k in (8, 10, 12)]
    missed = []
    for row in rows:
        target = TARGETS.get(row["options"])
        if row["method"] == "halfway" and target and row["seconds"] > target[1]:
            missed.append(f"{row} is over {target[1]} s for {target[0]}")
        if row["method"] == "halfway" and row["options"] == 20 and row["megabytes"] > MEMORY:
            missed.append(f"{row} is over {MEMORY} MB")
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "stability.json").write_text(json.dumps(rows, indent=1) + "\n")
    (RESULTS / "stability.svg").write_text(plot(rows))
    print("\n".join(missed) or "every target is met")
    if asked.check and missed:
        sys.exit(1)


if __name__ == "__main__":
    main()
