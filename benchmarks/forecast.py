"""How fast forecasts are and how that grows: actors in the expected utility model, draws of an uncertain case.

    python benchmarks/forecast.py [-o FOLDER]

Writes `forecast.json` with every timing and `forecast-growth.svg` with the growth. Times are the best of three.
"""

from __future__ import annotations

import argparse
import json
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from halfway.case.catalog import load
from halfway.charts.chart import Chart, values
from halfway.forecast.disputes import Dispute
from halfway.forecast.models.by_name import MODELS, OURS
from halfway.forecast.models.challenge import READINGS, challenge
from halfway.forecast.run import forecast
from halfway.result import Table, write_safely

ACTORS = (10, 30, 100, 300)
DRAWS = (100, 1_000, 10_000)


def dispute(actors: int, seed: int = 0) -> Dispute:
    rng = np.random.default_rng(seed)
    return Dispute(*(rng.uniform(0, 100, actors) for _ in range(3)), 0.0, setter=0)


def case_text(actors: int) -> str:
    names = ", ".join(f"a{i}" for i in range(actors))
    lines = [
        f"  a{i}: {{capability: {20 + i}, interests: {{q: {{position: '{i * 37 % 101} ± 8', "
        f"salience: '{30 + i * 13 % 60} ± 10'}}}}}}"
        for i in range(actors)
    ]
    issue = f"{{scale: {{from: 0, to: 100}}, options: [a, b], reference_point: 0, set_by: [{names}], owner: [{names}]}}"
    return f"halfway: 1\nname: big\nissues:\n  q: {issue}\nactors:\n" + "\n".join(lines) + "\n"


def best(work: Callable[[], Any], times: int = 3) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def measure() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name in ("challenge-printed", "challenge-global"):
        challenge(dispute(4), READINGS[name], 1)  # compiled outside the timing
        for actors in ACTORS:
            d = dispute(actors)
            seconds = best(lambda d=d, name=name: challenge(d, READINGS[name], 20))
            rows.append({"what": f"{name}, 20 rounds", "size": actors, "of": "actors", "seconds": seconds})
    for name, model in MODELS.items():
        d = dispute(30)
        seconds = best(lambda d=d, model=model: model.answer([d]))
        rows.append({"what": f"model {name}", "size": 30, "of": "actors", "seconds": seconds})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        path.write_text(case_text(30), encoding="utf-8")
        case = load(path)
        for draws in DRAWS:
            seconds = best(lambda draws=draws: forecast(case, model=OURS, draws=draws), 1 if draws > 5_000 else 3)
            rows.append({"what": "own distribution, 30 actors", "size": draws, "of": "draws", "seconds": seconds})
    return rows


def growth(rows: list[dict[str, Any]]) -> Chart:
    grown = [r for r in rows if r["what"].startswith(("challenge", "own"))]
    log = {"type": "quantitative", "scale": {"type": "log"}}
    spec = {
        "data": values(grown),
        "width": 420,
        "height": 260,
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {**log, "field": "size", "axis": {"title": "actors, or draws"}},
            "y": {**log, "field": "seconds", "axis": {"title": "seconds"}},
            "color": {"field": "what", "type": "nominal", "legend": {"title": None, "orient": "top", "columns": 1}},
        },
    }
    table = Table("growth", ("what", "size", "seconds"), tuple((r["what"], r["size"], r["seconds"]) for r in grown))
    return Chart("growth", "How long forecasts take", "Both axes logarithmic.", spec, table, "Seconds against size.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, default=Path("out"))
    given = parser.parse_args()
    given.output.mkdir(parents=True, exist_ok=True)
    rows = measure()
    machine = {"python": platform.python_version(), "machine": platform.machine(), "system": platform.system()}
    write_safely(given.output / "forecast.json", json.dumps({"machine": machine, "timings": rows}, indent=1) + "\n")
    write_safely(given.output / "forecast-growth.svg", growth(rows).svg())
    for row in rows:
        print(f"{row['what']:40s} {row['size']:>6} {row['of']:8s} {1000 * row['seconds']:10.2f} ms")


if __name__ == "__main__":
    main()
