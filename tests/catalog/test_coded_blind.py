"""Cases coded blind stay as they were coded; what is corrected since is listed with the reason and both digests."""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path

from halfway.case.catalog import paths

FOLDER = Path(__file__).parents[2] / "catalog" / "historical"


def rows(name: str) -> list[dict[str, str]]:
    path = FOLDER / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_every_case_coded_blind_is_as_it_was_or_its_correction_is_listed():
    listed = rows("coded-blind.csv")
    assert len(listed) >= 10
    corrected = {r["case"]: r for r in rows("corrections.csv")}
    for row in listed:
        now = hashlib.sha256(paths()[row["case"]].read_bytes()).hexdigest()
        if now != row["sha256"]:
            why = corrected.get(row["case"])
            assert why is not None, (
                f"{row['case']} has changed since it was coded, and corrections.csv does not say why"
            )
            assert (why["before"], why["after"]) == (row["sha256"], now)
            assert len(why["reason"]) > 20
            if why["reason"].startswith("Addition"):
                # What was added is taken out again: nothing else may have changed.
                text = paths()[row["case"]].read_text("utf-8")
                coded = re.sub(r"^    armed_conflict: \{[^{}]*\}\n", "", text, flags=re.MULTILINE)
                assert hashlib.sha256(coded.encode()).hexdigest() == row["sha256"], row["case"]
