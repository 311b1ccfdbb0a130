"""Sealed forecasts: a dated record that cannot be changed unnoticed; `halfway.forecast.sealed.grading` confirms and grades it."""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any

from halfway._version import __version__
from halfway.case.case import Case
from halfway.case.catalog import load
from halfway.errors import InputError, Place, Problem, Refusal
from halfway.forecast.run import forecast
from halfway.result import write_safely
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
