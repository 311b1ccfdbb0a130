"""The measured error of every model on real decisions, shipped so that it can stand beside each answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from halfway.forecast.own.distribution import Distribution
from halfway.space.arrays import FloatArray


@dataclass(frozen=True)
class Measured:
    """How one model did out of fold, on a scale of 0–100.

    Attributes
    ----------
    issues : int
        Decisions that it was scored on.
    mae, crps : float
        Mean absolute error and mean continuous ranked probability score, scale points.
    levels, errors : ndarray, shape (level,)
        Quantiles of outcome less forecast.
    """

    issues: int
    mae: float
    crps: float
    levels: FloatArray
    errors: FloatArray

    def around(self, point: float) -> Distribution:
        """Return the distribution that these errors imply around a point forecast, kept within 0–100.

        Between two quantiles the mass is spread evenly; what would lie beyond an end is heaped on it.
        """
        borders = np.clip(point + self.errors, 0.0, 100.0)
        shares = np.diff(self.levels)
        widths = np.diff(borders)
        flat = widths <= 1e-9
        points, at = np.unique(np.round(borders[:-1][flat], 9), return_inverse=True)
        masses = np.bincount(at, shares[flat], points.shape[0]).astype(np.float64)
        if flat.all():
            return Distribution(points, masses)
        # Stretches without length hold atoms; leaving them out leaves no gap between the others.
        edges = np.concatenate([borders[:-1][~flat][:1], borders[1:][~flat]])
        return Distribution(points, masses, edges, shares[~flat])

    def as_dict(self) -> dict[str, Any]:
        """Return plain data, as it is shipped."""
        return {
            "issues": self.issues,
            "mae": round(self.mae, 3),
            "crps": round(self.crps, 3),
            "errors": dict(zip((f"{x:g}" for x in self.levels), np.round(self.errors, 2).tolist(), strict=True)),
        }


@cache
def measured() -> dict[str, Measured]:
    """Return the shipped measurements by model."""
    data = json.loads((files("halfway.forecast.scoring") / "measured.json").read_text(encoding="utf-8"))
    return {name: _read(line) for name, line in data["models"].items()}


@cache
def measured_on() -> str:
    """Return what the errors were measured on, in a sentence."""
    data = json.loads((files("halfway.forecast.scoring") / "measured.json").read_text(encoding="utf-8"))
    return str(data["about"])


@dataclass(frozen=True)
class Against:
    """A row of what is known of Halfway's own distribution against the compromise mean.

    Attributes
    ----------
    on : str
        What it was measured on.
    proposals : int
    mae, compromise_mae, crps, compromise_crps : float or None
        On a scale of 0–100. None where not reported.
    mae_difference : tuple of float
        Halfway's less the compromise mean's: mean and the 95 percent interval over resampled proposals.
    crps_percent : tuple of float
        The same of the CRPS, in percent of the compromise mean's.
    coverage : tuple of float or None
        Percent of outcomes within the central 50, 80 and 95 percent intervals.
    """

    on: str
    proposals: int
    mae: float | None
    compromise_mae: float | None
    mae_difference: tuple[float, float, float]
    crps: float | None
    compromise_crps: float | None
    crps_percent: tuple[float, float, float]
    coverage: tuple[float, float, float] | None


@cache
def held_out() -> tuple[Against, ...]:
    """Return the measured figures on decisions that took no part in making the forecast, these first."""
    data = json.loads((files("halfway.forecast.scoring") / "held_out.json").read_text(encoding="utf-8"))
    return tuple(_against(row) for row in data["rows"])


def _against(row: dict[str, Any]) -> Against:
    coverage = row["coverage"]
    return Against(
        row["on"],
        row["proposals"],
        row["mae"],
        row["compromise_mae"],
        tuple(row["mae_difference"]),
        row["crps"],
        row["compromise_crps"],
        tuple(row["crps_percent"]),
        None if coverage is None else tuple(coverage),
    )


@cache
def residuals() -> dict[str, FloatArray]:
    """Return every model's errors on the development decisions, outcome less forecast, sorted, on a scale of 0–100.

    With these a point forecast becomes a distribution without learning anything from what it is tested on. They are not
    tied to decisions: the data themselves are not part of this repository.
    """
    data = json.loads((files("halfway.forecast.scoring") / "residuals.json").read_text(encoding="utf-8"))
    return {name: np.array(errors, dtype=np.float64) for name, errors in data["models"].items()}


def _read(line: dict[str, Any]) -> Measured:
    levels = np.array([float(x) for x in line["errors"]])
    return Measured(line["issues"], line["mae"], line["crps"], levels, np.array(list(line["errors"].values())))


LEVELS = np.array([0.0, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 1.0])


def measure(points: FloatArray, outcomes: FloatArray, crps: FloatArray) -> Measured:
    """Sum up a model's errors on the issues that it forecast.

    Parameters
    ----------
    points, outcomes, crps : ndarray, shape (issue,)
        NaN where there was no forecast.
    """
    known = np.isfinite(points) & np.isfinite(crps)
    errors = (outcomes - points)[known]
    return Measured(
        int(known.sum()),
        float(np.abs(errors).mean()),
        float(crps[known].mean()),
        LEVELS,
        np.asarray(np.quantile(errors, LEVELS)),
    )
