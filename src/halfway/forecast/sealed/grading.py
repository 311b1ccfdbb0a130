"""Sealed forecasts afterwards: is the record whole, does its forecast come out again, and how good was it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from halfway._version import __version__
from halfway.case.case import Case
from halfway.case.catalog import load
from halfway.errors import InputError, Place, Problem, unknown
from halfway.forecast.run import forecast
from halfway.forecast.sealed.record import Record, digest, expect_own_figures, read_record
from halfway.record import shown, shown_as
from halfway.result import Provenance, Result, Table


@dataclass(frozen=True, repr=False)
class Verification(Result):
    """Whether a record is whole, and whether its forecast comes out again.

    Attributes
    ----------
    provenance : Provenance
    date : str
    intact : bool
        The record's content still has the hash that it was sealed with.
    case_unchanged : bool or None
        Whether the case still has the hash it had; None where it was not found.
    same_version : bool
    reproduced : bool or None
        Whether the distributions come out again, bit for bit to twelve digits; None where they were not recomputed.
    notes : tuple of str
    """

    provenance: Provenance = field(metadata=shown_as(flat=True))
    date: str
    intact: bool
    case_unchanged: bool | None
    same_version: bool
    reproduced: bool | None
    notes: tuple[str, ...]

    @property
    @shown(after="date")
    def confirmed(self) -> bool:
        """Whether the record is whole and its forecast came out again."""
        return self.intact and bool(self.reproduced)

    def headline(self) -> str:
        """Return the main figures in a line."""
        return f"sealed on {self.date}, {'confirmed' if self.confirmed else 'not confirmed'}"

    def tables(self) -> dict[str, Table]:
        """Return the checks with their answers."""
        rows = (
            ("intact", self.intact),
            ("case_unchanged", self.case_unchanged),
            ("same_version", self.same_version),
            ("reproduced", self.reproduced),
        )
        return {"checks": Table("checks", ("check", "answer"), rows)}


def verify(path: str | Path, case: Case | str | Path | None = None) -> Verification:
    """Recompute a record's hashes and its forecast.

    Parameters
    ----------
    path : path
        The record.
    case : Case, path or name, optional
        Default: the case of this name in the catalogue.

    Raises
    ------
    InputError
        Where it is no record, or is whole and yet states figures that are not its distribution's.
    """
    record = read_record(path)
    notes = [] if record.intact else ["the record was changed after it was sealed"]
    if record.intact:
        expect_own_figures(record, str(path))
    same_version = record.version == __version__
    if not same_version:
        notes.append(f"sealed with version {record.version}, this is {__version__}")
    unchanged: bool | None = None
    reproduced: bool | None = None
    loaded = _case_of(record, case)
    if loaded is None:
        notes.append(f"no case '{record.case}' in the catalogue: name its file with --case to recompute")
    else:
        unchanged = loaded.content_hash == record.case_hash
        if not unchanged:
            notes.append("the case is no longer the one that was sealed, so nothing was recomputed")
        else:
            again = forecast(loaded, issue=record.issue, seed=record.seed)
            fresh = [
                {
                    "points": f.distribution.points.tolist(),
                    "masses": f.distribution.masses.tolist(),
                    "edges": f.distribution.edges.tolist(),
                    "spread": f.distribution.spread.tolist(),
                }
                for f in again.issues
            ]
            sealed = [f.model_dump(include={"points", "masses", "edges", "spread"}) for f in record.forecasts]
            reproduced = digest(fresh) == digest(sealed)
            if not reproduced:
                notes.append("the forecast comes out otherwise now")
    provenance = Provenance(record.case, record.case_hash, "forecast-verify", {"record": record.seal})
    return Verification(provenance, record.date, record.intact, unchanged, same_version, reproduced, tuple(notes))


def _case_of(record: Record, case: Case | str | Path | None) -> Case | None:
    if case is not None:
        return load(case)
    from halfway.case.catalog import paths

    return load(record.case) if record.case in paths() else None


@dataclass(frozen=True, repr=False)
class Grade(Result):
    """How good a sealed forecast was.

    Attributes
    ----------
    provenance : Provenance
    date, issue, title, unit : str
    outcome, median : float
        In the scale's unit.
    error : float
        Absolute error of the median, in the scale's unit.
    crps : float
        In the scale's unit.
    usual_crps : float
        What the same forecaster scored on average on real decisions, in the scale's unit.
    log_score : float
        Minus the log of the probability within half a hundredth of the scale around the outcome, in nats.
    below, at_most : float
        Probability that the forecast gave to less than the outcome, and to at most it.
    inside : dict
        For each central interval whether it held the outcome.
    """

    provenance: Provenance = field(metadata=shown_as(flat=True))
    date: str
    issue: str
    title: str
    unit: str
    outcome: float
    median: float
    error: float
    crps: float
    usual_crps: float
    log_score: float
    below: float
    at_most: float
    inside: dict[str, bool]

    def headline(self) -> str:
        """Return the main figures in a line."""
        return f"{self.issue}: forecast {self.median:g}, decided {self.outcome:g}, CRPS {self.crps:.3g}"

    def tables(self) -> dict[str, Table]:
        """Return the scores as rows."""
        rows = tuple((k, v) for k, v in vars(self).items() if k not in ("provenance", "inside"))
        inside = tuple((f"inside {k}", v) for k, v in self.inside.items())
        return {"grade": Table("grade", ("score", "value"), rows + inside)}


def grade(path: str | Path, outcome: float, issue: str | None = None) -> Grade:
    """Score a sealed forecast against what was decided.

    Parameters
    ----------
    path : path
        The record.
    outcome : float
        In the scale's unit.
    issue : str, optional
        Needed where the record holds several.

    Raises
    ------
    InputError
        Where the record was changed after it was sealed, the issue is not in it, or the outcome is off the scale.
    """
    from halfway.forecast.models.by_name import OURS
    from halfway.forecast.scoring.measured import measured
    from halfway.forecast.scoring.scores import COVERAGES, score

    record = read_record(path)
    place = Place(str(path))
    if not record.intact:
        what, why = f"'{path}' was changed after it was sealed", "its content no longer has the hash in its seal"
        raise InputError([Problem("F623", what, why, "give the record as it was sealed", place)])
    expect_own_figures(record, str(path))
    by_issue = {f.issue: f for f in record.forecasts}
    if issue is None and len(by_issue) != 1:
        why = f"the record holds {', '.join(by_issue)}"
        raise InputError([Problem("F624", "which issue is graded", why, "name it with --issue", place)])
    name = issue if issue is not None else next(iter(by_issue))
    if name not in by_issue:
        raise unknown("issue", name, by_issue, where="in the record", place=place)
    sealed = by_issue[name]
    low, high = sealed.scale
    if not low <= outcome <= high:
        raise InputError(
            [
                Problem(
                    "F625",
                    f"the outcome {outcome:g} lies off the scale",
                    f"the issue runs from {low:g} to {high:g}",
                    "give the outcome in the scale's own unit",
                    place,
                )
            ]
        )
    own = sealed.distribution
    at = round(100.0 * (outcome - low) / (high - low), 9)
    unit = (high - low) / 100.0
    scored = score(np.array([own.median]), [own], np.array([at]), np.zeros(1))
    below, at_most = own.cdf(at)
    intervals = {f"{level:.0%}": own.interval(level) for level in COVERAGES}
    return Grade(
        Provenance(record.case, record.case_hash, "forecast-grade", {"record": record.seal}, record.seed),
        record.date,
        name,
        sealed.title,
        sealed.unit,
        outcome,
        low + unit * own.median,
        float(scored.absolute[0]) * unit,
        float(scored.crps[0]) * unit,
        measured()[OURS].crps * unit,
        float(scored.log[0]),
        below,
        at_most,
        {level: bool(a - 1e-9 <= at <= b + 1e-9) for level, (a, b) in intervals.items()},
    )
