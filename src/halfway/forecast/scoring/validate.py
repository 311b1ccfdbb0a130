"""Scoring all models alike on real outcomes: the table behind every forecast's stated error."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from halfway.errors import Problem, Refusal
from halfway.forecast.models.by_name import MODELS, OURS, named
from halfway.forecast.own.predictive import distribution, shipped
from halfway.forecast.scoring import deu3
from halfway.forecast.scoring.deu3 import Issues
from halfway.forecast.scoring.folds import answers, around, fold_of_each, implied, ours, points_of
from halfway.forecast.scoring.measured import residuals
from halfway.forecast.scoring.scores import COVERAGES, Calibration, Difference, Scores, calibration, difference, score
from halfway.record import HIDDEN, shown, shown_as
from halfway.result import Provenance, Result, Table
from halfway.seeds import DEFAULT_SEED, generator

FEWEST = 5
"""Proposals below which folds and resampling mean nothing."""
BASELINE = "compromise"

Mode: TypeAlias = Literal["held-out", "refit"]
"""``held-out`` tests the forecast as shipped on proposals that it has not seen and learns nothing from the file; ``refit``
learns everything again on the file, fold by fold, and so measures the method and not what is shipped."""

FITTED_ON: dict[Mode, str] = {
    "held-out": "the development data alone ({data}): nothing is learned from this file, by Halfway or by the other models",
    "refit": "the other folds of this file: everything is learned again, and what is shipped is not tested",
}


class Coverage(NamedTuple):
    """The share of intervals that held the outcome, with the limits between which it would lie if they were calibrated."""

    share: float
    low: float
    high: float


class Transform(NamedTuple):
    """Shares of outcomes in each bin of the transform, the limits under calibration, and the p-value of all bins."""

    shares: list[float]
    low: list[float]
    high: list[float]
    p_value: float


@dataclass(frozen=True)
class Line:
    """One forecaster's line in the table.

    Attributes
    ----------
    model, label : str
    issues : int
        How many it forecast.
    mae, crps, log : float
        Means over these issues.
    widths : tuple of float
        Mean lengths of the 50, 80 and 95 percent intervals.
    calibration : Calibration
    mae_against_baseline : Difference
        Absolute error less that of the compromise mean.
    crps_of_ours : Difference
        CRPS of Halfway's own distribution less this one's, on the issues that both forecast.
    relative : float
        That difference in percent of this model's CRPS; negative where ours is better.
    """

    model: str
    label: str
    issues: int
    mae: float
    crps: float
    log: float = field(metadata=shown_as("log_score"))
    widths: tuple[float, ...] = field(metadata=HIDDEN)
    calibration: Calibration = field(metadata=HIDDEN)
    mae_against_baseline: Difference = field(metadata=shown_as("mae_minus_compromise"))
    crps_of_ours: Difference = field(metadata=shown_as("crps_of_halfway_minus_this"))
    relative: float = field(metadata=shown_as("crps_of_halfway_relative_percent"))

    @property
    @shown(after="log_score")
    def coverage(self) -> dict[str, Coverage]:
        """By nominal coverage, how often the central intervals held the outcome."""
        c = self.calibration
        return {
            f"{level:.0%}": Coverage(float(c.coverage[k]), float(c.coverage_low[k]), float(c.coverage_high[k]))
            for k, level in enumerate(COVERAGES)
        }

    @property
    @shown(after="coverage")
    def width(self) -> dict[str, float]:
        """By nominal coverage, the mean length of the central intervals."""
        return {f"{level:.0%}": self.widths[k] for k, level in enumerate(COVERAGES)}

    @property
    @shown(after="width")
    def pit(self) -> Transform:
        """The histogram of the probability integral transform."""
        c = self.calibration
        return Transform(c.shares.tolist(), c.low.tolist(), c.high.tolist(), c.p_value)


@dataclass(frozen=True, repr=False)
class ValidationResult(Result):
    """Every model's scores on a file of real decisions, out of fold.

    Attributes
    ----------
    provenance : Provenance
        The hash is that of the file.
    mode : str
        ``held-out`` or ``refit``.
    issues, proposals, folds : int
        No folds where nothing is learned.
    without_outcome : int
        Issues read but not scored.
    lines : tuple of Line
        Best CRPS first.
    silent : tuple of str
        Models that answered for no issue of the file.
    unseen : int
        Proposals that the shipped parameters were not fitted on.
    fitted_on : str
        What was learned, and on what, in words.
    """

    provenance: Provenance = field(metadata=shown_as(flat=True))
    mode: Mode
    issues: int
    proposals: int
    folds: int
    without_outcome: int
    lines: tuple[Line, ...] = field(metadata=shown_as("models"))
    silent: tuple[str, ...]
    unseen: int = field(metadata=shown_as("unseen_proposals"))
    fitted_on: str

    def line(self, model: str) -> Line:
        """Return a model's line."""
        return next(line for line in self.lines if line.model == model)

    def headline(self) -> str:
        """Return the main figures in a line."""
        return f"{self.mode}, {self.issues} issues; mean CRPS: " + ", ".join(
            f"{one.model} {one.crps:.2f}" for one in self.lines
        )

    def tables(self) -> dict[str, Table]:
        """Return the scores, and the histogram of the transform."""
        rows = tuple(
            (
                line.model,
                line.issues,
                line.mae,
                line.crps,
                line.log,
                *line.calibration.coverage.tolist(),
                *line.widths,
                line.mae_against_baseline.mean,
                line.mae_against_baseline.low,
                line.mae_against_baseline.high,
                line.relative,
            )
            for line in self.lines
        )
        names: tuple[str, ...] = ("model", "issues", "mae", "crps", "log_score")
        names += ("coverage_50", "coverage_80", "coverage_95", "width_50", "width_80", "width_95")
        names += ("mae_minus_compromise", "low", "high", "halfway_percent")
        pit = tuple(
            (line.model, k, *values)
            for line in self.lines
            for k, values in enumerate(
                zip(
                    line.calibration.shares.tolist(),
                    line.calibration.low.tolist(),
                    line.calibration.high.tolist(),
                    strict=True,
                )
            )
        )
        return {
            "scores": Table("scores", names, rows),
            "pit": Table("pit", ("model", "bin", "share", "low", "high"), pit),
        }


def validate_deu3(
    data: str | Path, mode: Mode, models: Sequence[str] | None = None, seed: int = DEFAULT_SEED
) -> ValidationResult:
    """Score forecasting models on a file in DEU III's column format.

    Held out: Halfway's shipped parameters, and every other model's point forecast with the errors that it made on the
    development data; proposals on which these were learned are left out. Refit: every model's point forecast becomes a
    distribution by its own errors on the other folds, and Halfway's own parameters are learned there too; folds keep the
    issues of one proposal together.

    Parameters
    ----------
    data : path
    mode : {"held-out", "refit"}
        A test of what is shipped, or a measurement of the method.
    models : sequence of str, optional
        Names beside Halfway's own and the compromise mean, which are always there. Default: all.
    seed : int
        Root of folds, of the draws within atoms, and of resampling.

    Raises
    ------
    InputError
        Where the file cannot be read or a model is unknown.
    Refusal
        Where too few proposals have outcomes.
    """
    chosen = named(models)
    if MODELS[BASELINE] not in chosen:
        chosen = [MODELS[BASELINE], *chosen]
    path = Path(data)
    read = deu3.read(path)
    issues = read.scored()
    test = mode == "held-out"
    seen = set(shipped().about["proposals"])
    unseen = len(set(issues.proposals) - seen)
    if test:
        issues = _without(issues, seen)
    proposals = len(set(issues.proposals))
    if proposals < FEWEST:
        raise Refusal(
            [
                Problem(
                    "R610",
                    f"'{path.name}' has {proposals} proposals that can be scored",
                    f"folds and resampling by proposal need {FEWEST} or more",
                    "give a file with more decided issues" + (", or refit" if test else ""),
                )
            ]
        )
    folds = fold_of_each(issues.groups, seed)
    draws = generator(seed, "forecast", "pit").random(len(issues.names))
    mine = [distribution(d) for d in issues.disputes] if test else ours(issues, folds)
    scored: dict[str, Scores] = {
        OURS: score(np.array([d.median for d in mine]), mine, issues.outcomes, draws),
    }
    for model in chosen:
        points = points_of(answers(model, issues))
        elsewhere = around(points, residuals()[model.name]) if test else implied(points, issues.outcomes, folds)
        scored[model.name] = score(points, elsewhere, issues.outcomes, draws)
    lines = [_line(name, s, scored, issues, seed) for name, s in scored.items() if s.given.any()]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    parameters = {"models": [m.name for m in chosen], "mode": mode}
    return ValidationResult(
        Provenance(path.name, digest, "forecast-validation", parameters, seed),
        mode,
        len(issues.names),
        proposals,
        0 if test else int(folds.max()) + 1,
        len(read.names) - len(read.scored().names),
        tuple(sorted(lines, key=lambda line: line.crps)),
        tuple(name for name, s in scored.items() if not s.given.any()),
        unseen,
        FITTED_ON[mode].format(data=shipped().about["data"]),
    )


def _without(issues: Issues, seen: set[str]) -> Issues:
    keep = [i for i, p in enumerate(issues.proposals) if p not in seen]
    return Issues(
        tuple(issues.names[i] for i in keep),
        tuple(issues.proposals[i] for i in keep),
        tuple(issues.disputes[i] for i in keep),
        issues.outcomes[keep],
    )


def _line(name: str, s: Scores, scored: dict[str, Scores], issues: Issues, seed: int) -> Line:
    given, groups = s.given, issues.groups
    rng = generator(seed, "forecast", "resampling", name)
    against = difference(scored[OURS].crps, s.crps, groups, rng)
    own = float(s.crps[given & scored[OURS].given].mean())
    return Line(
        name,
        MODELS[name].label if name in MODELS else "Halfway's own distribution",
        int(given.sum()),
        float(s.absolute[given].mean()),
        float(s.crps[given].mean()),
        float(s.log[given].mean()),
        tuple(s.widths[given].mean(axis=0).tolist()),
        calibration(s.pit, groups, rng),
        difference(s.absolute, scored[BASELINE].absolute, groups, rng),
        against,
        100.0 * against.mean / own,
    )
