"""The flagship case with all its interests drawn anew: what is left of a finding rests on the structure of the plan."""

from collections import Counter
from functools import cache
from typing import Any

import numpy as np

from halfway.audit.run import find
from halfway.case.case import Case
from halfway.case.catalog import paths
from halfway.case.places import Places
from halfway.case.reader import build
from halfway.case.yaml_text import read_yaml
from halfway.errors import Collector
from halfway.seeds import generator


@cache
def flagship() -> tuple[Any, Places]:
    """Return the plain data of the flagship case and where its parts stand."""
    file = paths()["belarus-2020"]
    return read_yaml(file.read_text(encoding="utf-8"), str(file), Collector())


def redrawn(data: Any, places: Places, seed: int) -> Case:
    """Return the case with every weight and every value of every actor drawn anew, and walk-aways at the status quo.

    Every actor gets an interest in every issue: a weight from 1 to 100, values from 0 to 100, the best option at 100 and the
    worst at 0. Linkages keep their conditions and draw their points from -20 to 20.
    """
    rng = generator(seed, "interests drawn anew")
    actors = {}
    for key, stated in data["actors"].items():
        actor = {k: v for k, v in stated.items() if k not in ("lexicographic", "ranking", "statements")}
        actor["interests"] = {i: _interest(rng, list(issue["options"])) for i, issue in data["issues"].items()}
        actor["walk_away"] = "status quo"
        actor["linkages"] = [
            {"when": x["when"], "points": round(float(rng.uniform(-20, 20)), 2)} for x in stated.get("linkages", [])
        ]
        actors[key] = actor
    return build({**data, "actors": actors}, places)


def _interest(rng: np.random.Generator, options: list[str]) -> dict[str, Any]:
    values = rng.uniform(0, 100, len(options))
    values = 100 * (values - values.min()) / (values.max() - values.min())
    return {
        "weight": round(float(rng.uniform(1, 100)), 2),
        "values": {o: round(float(v), 2) for o, v in zip(options, values, strict=True)},
    }


@cache
def codes_when_redrawn(seed: int) -> frozenset[str]:
    """Return the rules on aims, table, exchange and inputs that fire on the memo's plan when its interests are redrawn."""
    data, places = flagship()
    # Those that ask what conduct pays rest on numbers alone.
    found = find(redrawn(data, places, seed), plan="memo", select=["A", "T", "E", "I"], ignore=["T106", "E210", "I507"])
    return frozenset(f.code for f in found.kept)


def survival(draws: int) -> Counter[str]:
    """Count in how many of so many redraws each rule fires on the memo's plan."""
    found: Counter[str] = Counter()
    for seed in range(draws):
        found.update(codes_when_redrawn(seed))
    return found
