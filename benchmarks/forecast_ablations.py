"""What was tried for Halfway's own distribution, scored alike: out of fold on DEU III, means over several deals of folds.

    python benchmarks/forecast_ablations.py PATH/TO/deu3.csv

Every line changes one thing of the shipped specification. The features were chosen with these same data at hand, so the
scores flatter the choice a little; only issues never seen can say by how much.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from halfway.forecast.disputes import Dispute
from halfway.forecast.own import features, learn
from halfway.forecast.own.distribution import Distribution
from halfway.forecast.own.features import FEATURES, Landscape, influence, landscape
from halfway.forecast.own.learn import fit_grounds
from halfway.forecast.own.predictive import masses
from halfway.forecast.scoring import deu3
from halfway.forecast.scoring.folds import fold_of_each
from halfway.result import write_safely

Column = Callable[[Dispute, np.ndarray], np.ndarray]


def _spread(d: Dispute) -> float:
    w = influence(d)
    return float(np.sqrt(w @ (d.x - w @ d.x) ** 2)) / 35 - 1


def _distance(d: Dispute, points: np.ndarray) -> np.ndarray:
    return np.abs(d.x[:, None] - points[None])


def _loss(d: Dispute, points: np.ndarray) -> np.ndarray:
    if not d.has_reference:
        return np.zeros(points.shape[0])
    worse = np.maximum(_distance(d, points) - np.abs(d.x - d.reference)[:, None], 0)
    return -(influence(d) @ worse) / 25


def _support(d: Dispute, points: np.ndarray) -> np.ndarray:
    if not d.has_reference:
        return np.zeros(points.shape[0])
    return influence(d) @ (_distance(d, points) < np.abs(d.x - d.reference)[:, None])


def _near(actor: int) -> Column:
    def column(d: Dispute, points: np.ndarray) -> np.ndarray:
        at = d.position_of(actor)
        return -np.abs(points - at) / 50 if np.isfinite(at) else np.zeros(points.shape[0])

    return column


def _mass(d: Dispute, points: np.ndarray) -> np.ndarray:
    return np.log(influence(d) @ (_distance(d, points) == 0) + 0.02) - np.log(0.02)


def _kernel(width: float) -> Column:
    return lambda d, points: np.log(influence(d) @ np.exp(-_distance(d, points) / width) + 0.02)


def _is_reference(d: Dispute, points: np.ndarray) -> np.ndarray:
    return (points == d.reference).astype(float)


def _held(d: Dispute, points: np.ndarray) -> np.ndarray:
    return np.isin(points, d.x).astype(float)


ADDED: dict[str, Column] = {
    "log of the influence held at the point": _mass,
    "squared distance from the mean": lambda d, p: -(((p - influence(d) @ d.x) / 35) ** 2),
    "influence within about 10 points": _kernel(10.0),
    "influence within about 25 points": _kernel(25.0),
    "loss against the reference point": _loss,
    "loss against the reference point, unanimity only": lambda d, p: _loss(d, p) * (d.quota == 1.0),
    "influence that prefers the point to the reference point": _support,
    "reference point, unanimity only": lambda d, p: _is_reference(d, p) * (d.quota == 1.0),
    "nearness to the Commission": _near(0),
    "nearness to the Parliament": _near(1),
    "the Commission holds the point, any procedure": lambda d, p: (p == d.position_of(0)).astype(float),
    "the Parliament holds the point, codecision only": lambda d, p: (p == d.position_of(1)) * float(d.chamber_consents),
    "nearness, more where positions are spread": lambda d, p: -(influence(d) @ _distance(d, p)) / 25 * _spread(d),
    "held, more where positions are spread": lambda d, p: _held(d, p) * _spread(d),
    "held, more with more positions": lambda d, p: _held(d, p) * (np.unique(d.x).size - 3),
    "the ends, codecision only": lambda d, p: np.isin(p, [0, 100]) * float(d.chamber_consents),
    "nearness, unanimity only": lambda d, p: -(influence(d) @ _distance(d, p)) / 25 * (d.quota == 1.0),
    "inside the range of positions": lambda d, p: ((p >= d.x.min()) & (p <= d.x.max())).astype(float),
}


def scored(grounds: list[Landscape], issues: deu3.Issues, seeds: range) -> tuple[float, float, float]:
    """Return CRPS, MAE of the median, and log score, means over deals of folds."""
    out = []
    for seed in seeds:
        folds = fold_of_each(issues.groups, seed)
        crps, error, log = [], [], []
        for k in np.unique(folds):
            rest = np.flatnonzero(folds != k)
            b = fit_grounds([grounds[i] for i in rest], issues.outcomes[rest])
            for i in np.flatnonzero(folds == k):
                p = masses(grounds[i].values, b)
                d = Distribution(grounds[i].points, p)
                outcome = float(issues.outcomes[i])
                crps.append(d.crps(outcome))
                error.append(abs(d.median - outcome))
                log.append(-np.log(d.probability(outcome)))
        out.append((np.mean(crps), np.mean(error), np.mean(log)))
    return tuple(np.mean(out, axis=0).tolist())  # type: ignore[return-value]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--deals", type=int, default=3)
    parser.add_argument("-o", "--output", type=Path)
    given = parser.parse_args()
    issues = deu3.read(given.data).scored()
    seeds = range(101, 101 + given.deals)
    base = [landscape(d) for d in issues.disputes]
    lines = ["| change | CRPS | MAE | log score |", "|---|---|---|---|"]

    def add(label: str, grounds: list[Landscape]) -> None:
        crps, error, log = scored(grounds, issues, seeds)
        lines.append(f"| {label} | {crps:.2f} | {error:.2f} | {log:.3f} |")
        print(lines[-1], file=sys.stderr, flush=True)

    add("**as shipped**", base)
    for k, name in enumerate(FEATURES):
        add(f"without `{name}`", [replace(g, values=np.delete(g.values, k, axis=1)) for g in base])
    for label, column in ADDED.items():
        wider = [
            replace(g, values=np.column_stack([g.values, column(d, g.points)]))
            for d, g in zip(issues.disputes, base, strict=True)
        ]
        add(f"with {label}", wider)
    shipped = features.SALIENCE_POWER, features.CAPABILITY_POWER
    for s, c in ((0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (1.5, 0.5), (3.0, 0.5), (2.0, 0.0), (2.0, 1.0)):
        features.SALIENCE_POWER, features.CAPABILITY_POWER = s, c
        add(f"influence capability^{c:g} × salience^{s:g}", [landscape(d) for d in issues.disputes])
    features.SALIENCE_POWER, features.CAPABILITY_POWER = shipped
    for penalty in (0.1, 0.3, 3.0, 10.0):
        learn.PENALTY = penalty
        add(f"penalty {penalty:g}", base)
    if given.output:
        write_safely(given.output, "\n".join(lines) + "\n")
    else:
        print("\n".join(lines))


if __name__ == "__main__":
    main()
