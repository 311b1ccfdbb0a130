"""Refit Halfway's own distribution on a file in DEU III's column format and write the parameters that are shipped.

    python scripts/refit_forecast.py PATH/TO/deu3.csv

The data themselves are not part of this repository.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

from halfway.forecast import deu3, predictive
from halfway.forecast.learn import PENALTY, fit
from halfway.result import write_safely

HOME = Path(predictive.__file__).with_name("parameters.json")


def main() -> None:
    """Read the file, fit, write."""
    parser = argparse.ArgumentParser(description="Refit the shipped parameters of the forecast.")
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, default=HOME)
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
    write_safely(given.output, json.dumps(fitted.as_dict(), indent=1) + "\n")
    print(f"{len(issues.names)} issues of {len(about['proposals'])} proposals -> {given.output}")  # noqa: T201


if __name__ == "__main__":
    main()
