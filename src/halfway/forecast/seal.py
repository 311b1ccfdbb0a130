"""Sealed forecasts: a dated record that cannot be changed unnoticed, confirmed and graded later."""

from __future__ import annotations

import datetime
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from halfway._version import __version__
from halfway.case.case import Case
from halfway.case.catalog import load
from halfway.errors import InputError, Place, Problem, Refusal, suggestion
from halfway.forecast.distribution import Distribution
from halfway.forecast.run import forecast
from halfway.result import Provenance, Result, Table, write_safely
from halfway.seeds import DEFAULT_SEED

FORMAT = "halfway forecast record 1"


def canonical(data: Any) -> str:
    """Write plain data in the one way that is hashed: keys sorted, no spaces, floats to 12 significant digits."""
    return json.dumps(_rounded(data), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _rounded(data: Any) -> Any:
    # The last bits of a sum differ between processors; twelve digits do not.
    if isinstance(data, float):
        return float(f"{data:.12g}") + 0.0
    if isinstance(data, dict):
        return {k: _rounded(v) for k, v in data.items()}
    if isinstance(data, list | tuple):
        return [_rounded(v) for v in data]
    return data


def digest(data: Any) -> str:
    """Return the SHA-256 of plain data in canonical form."""
    return hashlib.sha256(canonical(data).encode()).hexdigest()


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
        "forecasts": _rounded(
            [
                {
                    "issue": f.issue,
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


def read_record(path: str | Path) -> dict[str, Any]:
    """Read a record and check its shape.

    Raises
    ------
    InputError
        Where it is not a record.
    """
    place = Place(str(path))
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        why = (error.strerror or "the system refused").lower()
        raise InputError([Problem("F001", f"cannot read {path}", why, "give a record", place)]) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        why = "it is not JSON text"
        raise InputError([Problem("F621", f"'{path}' is not a record", why, "give a record", place)]) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT or not _well_formed(data):
        raise InputError(
            [
                Problem(
                    "F621",
                    f"'{path}' is not a record of this format",
                    f"a record says 'format': '{FORMAT}' and holds its forecasts and hashes",
                    "give a file that `halfway seal` wrote",
                    place,
                )
            ]
        )
    return data


def _well_formed(data: dict[str, Any]) -> bool:
    texts = all(isinstance(data.get(k), str) for k in ("date", "case", "case_hash", "version", "seal"))
    forecasts = data.get("forecasts")
    return (
        texts
        and isinstance(data.get("seed"), int)
        and isinstance(forecasts, list)
        and all(isinstance(f, dict) and _is_forecast(f) for f in forecasts)
    )


def _is_forecast(f: dict[str, Any]) -> bool:
    numbers = all(
        isinstance(f.get(k), list) and all(isinstance(x, int | float) for x in f[k])
        for k in ("points", "masses", "edges", "spread", "scale")
    )
    return (
        numbers
        and isinstance(f.get("issue"), str)
        and len(f["points"]) == len(f["masses"])
        and len(f["scale"]) == 2
        and f["scale"][0] < f["scale"][1]
        and len(f["edges"]) == (len(f["spread"]) + 1 if f["spread"] else 0)
    )


@dataclass(frozen=True)
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

    provenance: Provenance
    date: str
    intact: bool
    case_unchanged: bool | None
    same_version: bool
    reproduced: bool | None
    notes: tuple[str, ...]

    @property
    def confirmed(self) -> bool:
        """Whether the record is whole and its forecast came out again."""
        return self.intact and bool(self.reproduced)

    def to_dict(self) -> dict[str, Any]:
        """Return the documented JSON form."""
        return {
            **self.provenance.as_dict(),
            "date": self.date,
            "confirmed": self.confirmed,
            "intact": self.intact,
            "case_unchanged": self.case_unchanged,
            "same_version": self.same_version,
            "reproduced": self.reproduced,
            "notes": list(self.notes),
        }

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
    """
    record = read_record(path)
    body = {k: v for k, v in record.items() if k != "seal"}
    intact = digest(body) == record["seal"] and digest(record["forecasts"]) == record.get("distribution_hash")
    notes = [] if intact else ["the record was changed after it was sealed"]
    same_version = record["version"] == __version__
    if not same_version:
        notes.append(f"sealed with version {record['version']}, this is {__version__}")
    unchanged: bool | None = None
    reproduced: bool | None = None
    loaded = _case_of(record, case)
    if loaded is None:
        notes.append(f"no case '{record['case']}' in the catalogue: name its file with --case to recompute")
    else:
        unchanged = loaded.content_hash == record["case_hash"]
        if not unchanged:
            notes.append("the case is no longer the one that was sealed, so nothing was recomputed")
        else:
            again = forecast(loaded, issue=record.get("issue"), seed=record["seed"])
            fresh = [
                {
                    "points": f.distribution.points.tolist(),
                    "masses": f.distribution.masses.tolist(),
                    "edges": f.distribution.edges.tolist(),
                    "spread": f.distribution.spread.tolist(),
                }
                for f in again.issues
            ]
            sealed = [{k: f[k] for k in ("points", "masses", "edges", "spread")} for f in record["forecasts"]]
            reproduced = digest(fresh) == digest(sealed)
            if not reproduced:
                notes.append("the forecast comes out otherwise now")
    provenance = Provenance(record["case"], record["case_hash"], "forecast-verify", {"record": record["seal"]})
    return Verification(provenance, record["date"], intact, unchanged, same_version, reproduced, tuple(notes))


def _case_of(record: dict[str, Any], case: Case | str | Path | None) -> Case | None:
    if case is not None:
        return load(case)
    from halfway.case.catalog import paths

    return load(record["case"]) if record["case"] in paths() else None


@dataclass(frozen=True)
class Grade(Result):
    """How good a sealed forecast was.

    Attributes
    ----------
    provenance : Provenance
    date, issue, unit : str
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
    intact : bool
        Whether the record is as it was sealed.
    """

    provenance: Provenance
    date: str
    issue: str
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
    intact: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the documented JSON form."""
        own = {k: v for k, v in vars(self).items() if k != "provenance"}
        return {**self.provenance.as_dict(), **own}

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
        Where the issue is not in the record or the outcome is off the scale.
    """
    from halfway.forecast.measured import measured
    from halfway.forecast.models import OURS
    from halfway.forecast.scores import COVERAGES, score

    record = read_record(path)
    place = Place(str(path))
    by_issue = {f["issue"]: f for f in record["forecasts"]}
    if issue is None and len(by_issue) != 1:
        why = f"the record holds {', '.join(by_issue)}"
        raise InputError([Problem("F624", "which issue is graded", why, "name it with --issue", place)])
    name = issue if issue is not None else next(iter(by_issue))
    if name not in by_issue:
        why = suggestion(name, list(by_issue))
        raise InputError([Problem("F624", f"no issue '{name}' in the record", why, "name one of them", place)])
    sealed = by_issue[name]
    low, high = sealed["scale"]
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
    own = Distribution(*(np.array(sealed[k], dtype=np.float64) for k in ("points", "masses", "edges", "spread")))
    at = round(100.0 * (outcome - low) / (high - low), 9)
    unit = (high - low) / 100.0
    scored = score(np.array([own.median]), [own], np.array([at]), np.zeros(1))
    below, at_most = own.cdf(at)
    intervals = {f"{level:.0%}": own.interval(level) for level in COVERAGES}
    body = {k: v for k, v in record.items() if k != "seal"}
    return Grade(
        Provenance(record["case"], record["case_hash"], "forecast-grade", {"record": record["seal"]}, record["seed"]),
        record["date"],
        name,
        str(sealed.get("unit", "")),
        outcome,
        low + unit * own.median,
        float(scored.absolute[0]) * unit,
        float(scored.crps[0]) * unit,
        measured()[OURS].crps * unit,
        float(scored.log[0]),
        below,
        at_most,
        {name: bool(a - 1e-9 <= at <= b + 1e-9) for name, (a, b) in intervals.items()},
        digest(body) == record["seal"],
    )
