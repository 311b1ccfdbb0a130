"""What an experiment costs beyond its verdict, here and in the EMA Workbench, in the same run.

An experiment is one plan in one future. Here its overhead is the time of a run less what its outcomes took: parts found,
written, synced, read back and checked. The workbench runs a model that returns at once, its sequential evaluator
and Latin hypercube over as many inputs, as its tutorial does. Boxes: the known corner among twenty inputs.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from halfway.case.catalog import load
from halfway.explore.execution import run_missing
from halfway.explore.futures.design import GROUPS
from halfway.explore.futures.outcomes import PlanInFutures
from halfway.explore.run import begin
from halfway.explore.scenarios.limits import Inputs
from halfway.explore.scenarios.prim import discover
from halfway.space.compiled import compile_case

CASE, FUTURES, TIMES = "eu-belarus-2016", 8_192, 3


def ours() -> dict[str, float]:
    """Return microseconds an experiment of a run: in all, in its outcomes, and the rest; of three the least."""
    compiled = compile_case(load(CASE))
    experiments = FUTURES * len(compiled.case.plans)
    act = PlanInFutures.columns
    inside = 0.0

    def timed(*args: Any) -> Any:
        nonlocal inside
        start = time.perf_counter()
        out = act(*args)
        inside += time.perf_counter() - start
        return out

    found = []
    PlanInFutures.columns = timed  # type: ignore[method-assign,assignment]
    try:
        for _ in range(TIMES + 1):
            inside = 0.0
            with tempfile.TemporaryDirectory() as folder:
                run = begin(compiled, Path(folder), (), FUTURES, GROUPS, 1, fresh=False)
                start = time.perf_counter()
                run_missing(run, compiled=compiled)
                run.digest()
                found.append((time.perf_counter() - start, inside))
    finally:
        PlanInFutures.columns = act  # type: ignore[method-assign]
    whole, outcomes = min(found[1:], key=lambda f: f[0] - f[1])
    each = 1e6 / experiments
    return {"run": whole * each, "outcomes": outcomes * each, "overhead": (whole - outcomes) * each}


def theirs(inputs: int) -> float:
    """Return microseconds an experiment of a model that does nothing in the EMA Workbench; least of three."""
    from ema_workbench import Model, RealParameter, ScalarOutcome, perform_experiments

    logging.disable(logging.CRITICAL)
    names = [f"x{i}" for i in range(inputs)]
    model = Model("nothing", function=lambda **_: {"y": 0.0})
    model.uncertainties = [RealParameter(n, 0, 1) for n in names]
    model.outcomes = [ScalarOutcome("y")]
    took = []
    for _ in range(TIMES):
        start = time.perf_counter()
        perform_experiments(model, scenarios=1_000)
        took.append(time.perf_counter() - start)
    return min(took) * 1e6 / 1_000


def box() -> float:
    """Return seconds of the processor in which the known box is found with its two inputs; least of three."""
    rng = np.random.default_rng(1)
    x = rng.random((10_000, 20))
    wanted = (x[:, 0] > 0.6) & (x[:, 1] < 0.5) ^ (rng.random(10_000) < 0.05)
    inputs = Inputs(tuple(f"x{i}" for i in range(20)), x, {})
    took = []
    for _ in range(TIMES):
        start = time.process_time()
        found = discover(inputs, wanted, seed=1, resamples=0)
        took.append(time.process_time() - start)
        assert found.chosen is not None
        assert set(found.trajectory[found.chosen].limits) == {"x0", "x1"}
    return min(took)


def main() -> None:
    """Print the figures as JSON."""
    own = ours()
    other = theirs(28)
    print(json.dumps({"ours_us": own, "ema_us": other, "ratio": other / own["overhead"], "box_s": box()}, indent=1))


if __name__ == "__main__":
    sys.exit(main())
