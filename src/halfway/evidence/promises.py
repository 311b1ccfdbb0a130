"""How often promises of a kind are kept in general, as counted in published data; counts only."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from halfway.evidence.resampled import Share, exact_share

PRIOR_WEIGHT = 10.0
"""How many promises' worth of weight a prior has, on each level of `halfway.conduct`'s record.

Measured on 1,162 memberships of alliances (ATOP): pooled by actor with a weight of about 10 and a base rate from the data, the
record forecast 1.2% better than the base rate alone; a base rate of one half with weight 2 forecast 3.4% worse, and by kind 7%
worse. The rows may not be passed on, so that these figures are quoted and not computed here. On the lower levels (kind,
addressee) nothing was measured; the same weight is an assumption there.
"""


@dataclass(frozen=True)
class Count:
    """A row of the shipped counts.

    Attributes
    ----------
    source, kind : str
        As in the table.
    promises, not_kept : int
    """

    source: str
    kind: str
    promises: int
    not_kept: int

    @property
    def kept(self) -> Share:
        """The share kept, with its exact interval as if promises were independent."""
        return exact_share(self.promises - self.not_kept, self.promises)


@dataclass(frozen=True)
class BaseRate:
    """How often promises like this one are kept.

    Attributes
    ----------
    kind : str or None
        The kind asked for.
    kept : Share
    counted : str
        What was counted.
    comparable : bool
        Whether promises of this very kind were counted. Where not, alliances of every kind stand in.
    weight : float
        In promises, as a prior.
    """

    kind: str | None
    kept: Share
    counted: str
    comparable: bool
    weight: float = PRIOR_WEIGHT

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {**self.__dict__, "kept": self.kept.as_dict()}


ENDED = "ATOP v4 alliances ended by violation (TERM=2)"
IN_WAR = "Leeds-Anac alliance obligations in war not honoured"
THREATS = "TIES v4 sanction threats not followed by sanctions"

WORDS = {
    ENDED: "alliances that ended, those ended by a violation being broken",
    IN_WAR: "alliance obligations that a war called in",
    THREATS: "threats of sanctions",
}

POOLED = (ENDED, "all")
"""What stands in where promises of a kind were not counted: the data set on which the weight was measured."""

COMPARABLE: dict[str, tuple[str, str]] = {
    "alliance": POOLED,
    "defence": (ENDED, "defense"),
    "neutrality": (ENDED, "neutrality"),
    "no_force": (ENDED, "nonaggression"),
    "nonaggression": (ENDED, "nonaggression"),
    "consultation": (ENDED, "consultation"),
    "assistance_in_war": (IN_WAR, "active obligations (active=1)"),
    "sanction_threat": (THREATS, "all threats"),
}
"""Kinds, as records and plans spell them, and the counts that are of that kind. A kind that is not here has none."""


@cache
def counts() -> dict[tuple[str, str], Count]:
    """Return the shipped counts by source and kind."""
    text = (files("halfway.evidence") / "data" / "promise_counts.csv").read_text(encoding="utf-8")
    rows = [
        Count(row["source"], row["kind"], int(row["n"]), int(row["broken_or_not_carried_out"]))
        for row in csv.DictReader(text.splitlines())
    ]
    return {(c.source, c.kind): c for c in rows}


def base_rate(kind: str | None = None) -> BaseRate:
    """Return how often promises of a kind are kept in general.

    Parameters
    ----------
    kind : str, optional
        As records and plans spell it. Default: of any kind.
    """
    name = None if kind is None else kind.replace("-", "_").replace(" ", "_").lower()
    key = POOLED if name is None else COMPARABLE.get(name, POOLED)
    found = counts()[key]
    said = (
        WORDS[found.source]
        if found.kind == "all" or found.source == THREATS
        else f"{WORDS[found.source]} ({found.kind})"
    )
    return BaseRate(kind, found.kept, said, name is None or name in COMPARABLE)
