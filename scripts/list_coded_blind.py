"""List the historical cases that were coded blind, each with its digest as it was when it was first committed.

    python scripts/list_coded_blind.py

A case counts as coded blind if the message of the commit that added it says so. Cases that are listed already keep their row.
"""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
from pathlib import Path

from halfway.result import write_safely

ROOT = Path(__file__).parents[1]
LIST = ROOT / "catalog" / "historical" / "coded-blind.csv"


def git(*words: str) -> bytes:
    """Ask git."""
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True).stdout


def main() -> None:
    """Write the list."""
    rows: dict[str, tuple[str, str]] = {}
    if LIST.exists():
        with LIST.open(encoding="utf-8", newline="") as stream:
            rows = {r["case"]: (r["coded"], r["sha256"]) for r in csv.DictReader(stream)}
    for path in sorted((ROOT / "catalog" / "historical").glob("*/case.yaml")):
        name, inside = path.parent.name, path.relative_to(ROOT).as_posix()
        found = git("log", "--diff-filter=A", "--format=%H %cs %s", "--", inside).decode().splitlines()
        if not found or name in rows:
            continue
        commit, day, message = found[-1].split(" ", 2)
        if "blind" in message:
            rows[name] = (day, hashlib.sha256(git("show", f"{commit}:{inside}")).hexdigest())
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("case", "coded", "sha256"))
    writer.writerows((name, *row) for name, row in sorted(rows.items()))
    write_safely(LIST, out.getvalue())
    print(f"{len(rows)} cases coded blind, listed in {LIST.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
