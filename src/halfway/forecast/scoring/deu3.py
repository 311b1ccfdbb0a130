"""Reader of files in the column format of DEU III, Decision-making in the European Union."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from halfway.errors import Collector, InputError, Place, Problem
from halfway.forecast.disputes import Dispute
from halfway.forecast.models.treaties import QUOTAS, WEIGHTS, treaty
from halfway.reading.fence import fence
from halfway.reading.numbers import exact
from halfway.reading.table import Rows, read_table
from halfway.reading.text import decode, read_bytes
from halfway.space.arrays import FloatArray, IntArray

STATES = (
    "at", "be", "bu", "cr", "cy", "cz", "dk", "ee", "fi", "fr", "de", "el", "hu", "ie", "it", "lv", "lt", "lu", "mt",
    "nl", "pl", "pt", "ro", "si", "sk", "es", "se", "uk",
)  # fmt: skip
ACTORS = ("com", "ep", *STATES)
_NEEDED = ("prnr", "isnr", "proc", "counvte", "rp", "out", *(f"p{a}" for a in ACTORS), *(f"s{a}" for a in ACTORS))
_YEAR = re.compile(r"^[a-z]*(\d\d)")


@dataclass(frozen=True)
class Issues:
    """The issues of a file.

    Attributes
    ----------
    names, proposals : tuple of str
        Of each issue.
    disputes : tuple of Dispute
        Actors in the order of `ACTORS`.
    outcomes : ndarray, shape (issue,)
        NaN where the decision is not known.
    skipped : tuple of str
        Issues without any position, left out.
    """

    names: tuple[str, ...]
    proposals: tuple[str, ...]
    disputes: tuple[Dispute, ...]
    outcomes: FloatArray
    skipped: tuple[str, ...] = ()

    @cached_property
    def groups(self) -> IntArray:
        """Number of the proposal of each issue, by first appearance."""
        order = {name: i for i, name in enumerate(dict.fromkeys(self.proposals))}
        return np.array([order[p] for p in self.proposals], dtype=np.int64)

    def scored(self) -> Issues:
        """Return only the issues whose outcome is known."""
        keep = np.flatnonzero(np.isfinite(self.outcomes))
        return Issues(
            tuple(self.names[i] for i in keep),
            tuple(self.proposals[i] for i in keep),
            tuple(self.disputes[i] for i in keep),
            self.outcomes[keep],
            self.skipped,
        )


def read(path: str | Path) -> Issues:
    """Read a comma-separated file in DEU III's own columns.

    Capabilities are Council votes under the treaty in force, with Commission and Parliament as strong as the strongest
    state. Blank cells are missing.

    Raises
    ------
    InputError
        With every problem at its line.
    """
    path = Path(path)
    shown = str(path)
    with fence(shown):
        problems = Collector()
        table = read_table(decode(read_bytes(path), shown), shown, problems, _NEEDED)
        missing = [column for column in _NEEDED if column not in table.header]
        if missing:
            listed = ", ".join(missing[:6]) + (" …" if len(missing) > 6 else "")
            raise InputError(
                [
                    Problem(
                        "F611",
                        f"'{path.name}' lacks {len(missing)} columns of DEU III: {listed}",
                        "they are read by name",
                        "give the data set's own CSV export",
                        Place(shown),
                    )
                ]
            )
        return _issues(path, table, problems)


def _issues(path: Path, table: Rows, problems: Collector) -> Issues:
    column = {name: i for i, name in enumerate(table.header)}
    names, proposals, disputes, outcomes, skipped = [], [], [], [], []
    for line, row in zip(table.lines, table.cells, strict=True):

        def number(name: str, row: tuple[str, ...] = row, line: int = line) -> float:
            text = row[column[name]].strip()
            if text in ("", ".", "NA", "NaN", "nan"):
                return math.nan
            try:
                value = float(exact(text))
            except ValueError:
                value = math.inf
            if not 0.0 <= value <= 100.0:
                problems.add(
                    "F613",
                    f"'{text}' in column {name} is not a number from 0 to 100",
                    "positions, saliences and outcomes lie on that scale",
                    "mend the cell, or leave it blank where it is missing",
                    Place(str(path), line, column[name] + 1),
                )
                return math.nan
            return value

        name, proposal = row[column["isnr"]].strip(), row[column["prnr"]].strip()
        dispute = _dispute(
            np.array([number(f"p{a}") for a in ACTORS]),
            np.array([number(f"s{a}") for a in ACTORS]),
            number("rp"),
            proposal,
            row[column["proc"]].strip().upper(),
            row[column["counvte"]].strip().lower(),
        )
        outcome = number("out")
        if not dispute.x.size:
            skipped.append(name)
            continue
        names.append(name)
        proposals.append(proposal)
        disputes.append(dispute)
        outcomes.append(outcome)
    problems.raise_if_any()
    return Issues(tuple(names), tuple(proposals), tuple(disputes), np.array(outcomes), tuple(skipped))


def _dispute(
    positions: FloatArray, saliences: FloatArray, reference: float, proposal: str, procedure: str, vote: str
) -> Dispute:
    found = _YEAR.match(proposal.lower())
    two_digits = int(found[1]) if found else 0
    rule = treaty(two_digits + (1900 if two_digits >= 50 else 2000))
    votes = np.array([WEIGHTS[rule].get(a, 0.0) for a in ACTORS])
    capabilities = votes.copy()
    capabilities[:2] = votes.max()
    return Dispute(
        positions,
        saliences,
        capabilities,
        reference,
        votes,
        1.0 if vote.startswith("unan") else QUOTAS[rule],
        setter=0,
        chamber=1,
        chamber_consents=procedure == "COD",
        whole_numbers=True,
    )
