"""Sealed forecasts: a dated record that cannot be changed unnoticed; `halfway.forecast.sealed.grading` confirms and grades it."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

from halfway._version import __version__
from halfway.case.case import Case
from halfway.case.catalog import load
from halfway.errors import InputError, Place, Problem, Refusal
from halfway.forecast.run import forecast
from halfway.forecast.sealed.record import FORMAT, digest, rounded
from halfway.result import write_safely
from halfway.seeds import DEFAULT_SEED


def seal(
    case: Case | str | Path,
    output: str | Path | None = None,
    issue: str | None = None,
    seed: int = DEFAULT_SEED,
    today: datetime.date | None = None,
) -> tuple[Path, dict[str, Any]]:
    """Write a dated record of a case's forecast.

    The record holds the distribution of each ordered issue, the hash of the case, the version, and a hash over all of
    it. The date is this machine's own word: to prove it to others, publish the hash or lodge it with someone.

    Parameters
    ----------
    case : Case, path or name in the catalogue
    output : path, optional
        Default: ``NAME-DATE.forecast.json`` here. An existing file is never overwritten.
    issue : str, optional
        One ordered issue. Default: all.
    seed : int
    today : date, optional

    Returns
    -------
    path, record
    """
    loaded = load(case)
    result = forecast(loaded, issue=issue, seed=seed)
    date = (today or datetime.date.today()).isoformat()
    record: dict[str, Any] = {
        "format": FORMAT,
        "date": date,
        "case": loaded.name,
        "case_hash": loaded.content_hash,
        "version": __version__,
        "seed": seed,
        "issue": issue,
        "forecasts": rounded(
            [
                {
                    "issue": f.issue,
                    "title": f.title,
                    "unit": f.unit,
                    "scale": [f.low, f.high],
                    "median": f.median,
                    "mean": f.mean,
                    "points": f.distribution.points.tolist(),
                    "masses": f.distribution.masses.tolist(),
                    "edges": f.distribution.edges.tolist(),
                    "spread": f.distribution.spread.tolist(),
                }
                for f in result.issues
            ]
        ),
    }
    record["distribution_hash"] = digest(record["forecasts"])
    record["seal"] = digest(record)
    path = Path(output) if output is not None else Path(f"{loaded.name}-{date}.forecast.json")
    if path.exists():
        raise Refusal(
            [
                Problem(
                    "F003",
                    f"{path} is there already",
                    "a sealed record is never overwritten",
                    "give another name with --output",
                    Place(str(path)),
                )
            ]
        )
    try:
        write_safely(path, json.dumps(record, ensure_ascii=False, indent=1) + "\n")
    except OSError as error:
        raise InputError(
            [
                Problem(
                    "F005",
                    f"cannot write {path}",
                    (error.strerror or "the system refused").lower(),
                    "give a place that can be written to",
                )
            ]
        ) from error
    return path, record
