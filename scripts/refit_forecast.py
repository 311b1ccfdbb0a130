"""Refit Halfway's own distribution on a file in DEU III's column format and write what is shipped of it.

That is the fitted parameters, the errors that all models made out of fold, summed up, and the single errors of the models'
points, with which they can be tested on other decisions without learning from them.

    python scripts/refit_forecast.py PATH/TO/deu3.csv

The data themselves are not part of this repository.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np

from halfway.forecast.models.by_name import MODELS, OURS
from halfway.forecast.own.learn import PENALTY, fit
from halfway.forecast.scoring import deu3
from halfway.forecast.scoring.folds import answers, fold_of_each, implied, ours, points_of
from halfway.forecast.scoring.measured import Measured, measure
from halfway.result import write_safely
from halfway.seeds import DEFAULT_SEED
from halfway.space.arrays import FloatArray

HOME = Path(deu3.__file__).parents[1]


def errors_out_of_fold(issues: deu3.Issues, points_by_model: dict[str, FloatArray]) -> dict[str, Measured]:
    """Measure every model on issues whose proposals it has not learned from."""
    folds = fold_of_each(issues.groups, DEFAULT_SEED)
    own = ours(issues, folds)
    crps = np.array([d.crps(y) for d, y in zip(own, issues.outcomes, strict=True)])
    found = {OURS: measure(np.array([d.median for d in own]), issues.outcomes, crps)}
    for name, points in points_by_model.items():
        forecasts = implied(points, issues.outcomes, folds)
        scores = [np.nan if d is None else d.crps(y) for d, y in zip(forecasts, issues.outcomes, strict=True)]
        found[name] = measure(points, issues.outcomes, np.array(scores))
    return found


def errors_of_points(issues: deu3.Issues, points_by_model: dict[str, FloatArray]) -> dict[str, list[float]]:
    """Return what every model's point forecasts missed the outcomes by, sorted and so not tied to decisions."""
    found = {}
    for name, points in points_by_model.items():
        errors = issues.outcomes - points
        found[name] = np.sort(errors[np.isfinite(errors)]).round(2).tolist()
    return found


def main() -> None:
    """Read the file, fit, write."""
    parser = argparse.ArgumentParser(description="Refit the shipped parameters of the forecast.")
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=HOME, help="The folder to write to.")
    given = parser.parse_args()
    issues = deu3.read(given.data).scored()
    about = {
        "data": "DEU III (Arregui and Perarnaud, doi:10.34810/data53), development part",
        "file_sha256": hashlib.sha256(given.data.read_bytes()).hexdigest(),
        "issues": len(issues.names),
        "likelihood": "log-linear over the points of each issue, whole numbers 0-100, positions, reference point",
        "penalty": f"half the sum of squares times {PENALTY}",
        "proposals": sorted(set(issues.proposals)),
    }
    fitted = fit(issues.disputes, issues.outcomes, about)
    (given.output / "own").mkdir(exist_ok=True)
    (given.output / "scoring").mkdir(exist_ok=True)
    write_safely(given.output / "own" / "parameters.json", json.dumps(fitted.as_dict(), indent=1) + "\n")
    points = {model.name: points_of(answers(model, issues)) for model in MODELS.values()}
    errors = {name: line.as_dict() for name, line in errors_out_of_fold(issues, points).items()}
    place = f"{len(issues.names)} decisions of the European Union (DEU III, development part), out of fold"
    write_safely(
        given.output / "scoring" / "measured.json", json.dumps({"about": place, "models": errors}, indent=1) + "\n"
    )
    about_errors = f"{place.removesuffix(', out of fold')}; outcome less forecast, sorted"
    lines = ",\n".join(f'  "{name}": {json.dumps(errors)}' for name, errors in errors_of_points(issues, points).items())
    text = f'{{\n "about": {json.dumps(about_errors)},\n "models": {{\n{lines}\n }}\n}}\n'
    write_safely(given.output / "scoring" / "residuals.json", text)
    print(f"{len(issues.names)} issues of {len(about['proposals'])} proposals -> {given.output}")


if __name__ == "__main__":
    main()
