"""What became of peace agreements of a shape: full or partial, signed by all warring parties or only by some."""

from __future__ import annotations

import csv
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

from halfway.evidence.resampled import DRAWS, Share, share
from halfway.seeds import DEFAULT_SEED

Scope: TypeAlias = Literal["full", "partial", "process"]
SCOPES: dict[str, Scope] = {"1": "full", "2": "partial", "3": "process"}

YEARS = 5
"""How long what became of an agreement is followed."""

LAST_FOLLOWED = 2016
"""The last year of signature after which UCDP's judgement, which ends with 2021, was followed for five years."""

FEWEST = 10
"""Linked conflicts below which a share is not reported."""

SOURCE = "UCDP Peace Agreement Dataset 22.1 and UCDP/PRIO Armed Conflict Dataset, CC BY 4.0 (Pettersson, Högbladh and Öberg 2019)"


@dataclass(frozen=True)
class Agreement:
    """One peace agreement.

    Attributes
    ----------
    number : int
        UCDP's.
    conflicts : tuple of int
        The conflicts that it is to end or to calm.
    linked : int
        Conflicts that share an agreement have the same number here, and are resampled together.
    year : int
        Of signature.
    scope : str
        ``full``, ``partial``, or ``process`` for one about the talks only.
    all_sign : bool
        Whether every warring party of the conflict signs.
    power_sharing, monitoring, third_party : bool
        Clauses: shared government; peacekeepers or a joint commission; a third party.
    quiet : bool or None
        No conflict of the agreement reached 25 battle deaths in any of the five calendar years after the year of
        signature, whoever fought. None where the data end before.
    stood : bool or None
        UCDP does not hold that it ended within five years: its signatories kept to it, whoever else fought. None where
        it was not followed that long.
    """

    number: int
    conflicts: tuple[int, ...]
    linked: int
    year: int
    scope: Scope
    all_sign: bool
    power_sharing: bool
    monitoring: bool
    third_party: bool
    quiet: bool | None
    stood: bool | None


@cache
def agreements() -> tuple[Agreement, ...]:
    """Return the 341 agreements of the shipped table."""
    text = (files("halfway.evidence") / "data" / "ucdp_agreements.csv").read_text(encoding="utf-8")
    return tuple(_agreement(row) for row in csv.DictReader(text.splitlines()))


def _agreement(row: dict[str, str]) -> Agreement:
    year = int(row["year"])
    ended = row["ended_ucdp"] == "1" and float(row["years_in_force"]) < YEARS
    return Agreement(
        int(row["paid"]),
        tuple(int(c) for c in row["conflict_id"].split(",")),
        int(row["linked_conflict"]),
        year,
        SCOPES[row["pa_type"]],
        row["all_parties_sign"] == "1",
        row["share"] == "1",
        "1" in (row["pko"], row["co_impl"]),
        row["third_party"] == "1",
        bool(float(row["quiet5"])) if row["quiet5"] else None,
        None if year > LAST_FOLLOWED else not ended,
    )


@cache
def active_years() -> dict[int, frozenset[int]]:
    """Return for each conflict the years in which it reached 25 battle deaths."""
    found: dict[int, set[int]] = {}
    text = (files("halfway.evidence") / "data" / "ucdp_active_years.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(int(row["conflict_id"]), set()).add(int(row["year"]))
    return {conflict: frozenset(years) for conflict, years in found.items()}


@dataclass(frozen=True)
class Shape:
    """What makes agreements comparable.

    Attributes
    ----------
    scope : str or None
        None: any.
    all_sign : bool or None
        Whether every warring party signs. None: either.
    """

    scope: Scope | None = None
    all_sign: bool | None = None

    def fits(self, agreement: Agreement) -> bool:
        """Say whether an agreement is of this shape."""
        return self.scope in (None, agreement.scope) and self.all_sign in (None, agreement.all_sign)


@dataclass(frozen=True)
class Became:
    """What became of agreements of a shape within five years.

    Attributes
    ----------
    shape : Shape
    quiet : Share
        Of those followed long enough: no year with 25 battle deaths, whoever fought.
    stood : Share
        Of those followed long enough: not ended in UCDP's judgement.
    source : str
    """

    shape: Shape
    quiet: Share
    stood: Share
    source: str = SOURCE

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class NoComparableSet:
    """There is nothing to compare with, and why.

    Attributes
    ----------
    reason : str
        A clause.
    """

    reason: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {"no_comparable_set": self.reason}


@lru_cache(maxsize=64)
def became(shape: Shape, seed: int = DEFAULT_SEED, draws: int = DRAWS) -> Became | NoComparableSet:
    """Return what became of agreements of a shape, resampled by linked conflict.

    Agreements of one conflict share its fate, so that a conflict with ten agreements is one piece of evidence and not ten.
    What is not asked: clauses. They do not improve the prediction (see `halfway.evidence.clauses`).

    Parameters
    ----------
    shape : Shape
    seed, draws : int
        Of the resampling.
    """
    of_shape = [a for a in agreements() if shape.fits(a)]
    quiet = [a for a in of_shape if a.quiet is not None]
    stood = [a for a in of_shape if a.stood is not None]
    fewest = min(len({a.linked for a in quiet}), len({a.linked for a in stood}))
    if fewest < FEWEST:
        return NoComparableSet(f"only {fewest} conflicts saw an agreement of this shape; {FEWEST} are needed")
    names = (shape.scope or "any", str(shape.all_sign))
    return Became(
        shape,
        share([bool(a.quiet) for a in quiet], [a.linked for a in quiet], "quiet", *names, seed=seed, draws=draws),
        share([bool(a.stood) for a in stood], [a.linked for a in stood], "stood", *names, seed=seed, draws=draws),
    )
