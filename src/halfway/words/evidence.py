"""What became of agreements and promises like a plan's, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from halfway.words.conditions import listed

SETTLES = {
    "full": "that settled all that was fought over",
    "partial": "that settled a part of what was fought over",
    "process": "on how to go on talking",
}
SIGNED = {True: "signed by every party that fought", False: "left unsigned by some who fought"}

OUTSIDERS = (
    "Where some who fight stay outside, they mostly fight on, while the peace among those who signed mostly holds "
    "(Nilsson 2008)."
)
CLAUSES = (
    "Clauses on sharing power, monitoring or a third party did not improve the prediction that a conflict stays quiet, so "
    "none of them counts here."
)


def what_became(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Say what became of agreements of a plan's shape and of promises of its kinds.

    Parameters
    ----------
    data : mapping
        The JSON form of a `halfway.evidence.comparable.Comparison`.

    Returns
    -------
    tuple of str
        Sentences; the source of the figures comes with them.
    """
    return (*_agreements(data["agreements"]), *_promises(data["promises"], data["without"]))


def in_a_line(data: Mapping[str, Any]) -> str | None:
    """Say in a sentence what became of agreements of a plan's shape; None where there is no comparable set."""
    found = data["agreements"]
    if "reason" in found:
        return None
    return (
        f"Of agreements {_shape(found['shape'])}, {hundred(found['quiet'])} in 100 were followed by five quiet years, whoever "
        f"fought; {hundred(found['stood'])} in 100 were not ended by those who signed (UCDP)."
    )


def hundred(share: Mapping[str, Any]) -> str:
    """Write a share in a hundred with its interval."""
    return f"{100 * share['point']:.0f} [{100 * share['low']:.0f}, {100 * share['high']:.0f}]"


def _agreements(found: Mapping[str, Any]) -> tuple[str, ...]:
    if "reason" in found:
        return (f"Agreements: no comparable set; {found['reason']}.",)
    shape, quiet, stood = found["shape"], found["quiet"], found["stood"]
    said = [
        f"What became of agreements of this shape, {_shape(shape)}: of {quiet['cases']} in {quiet['clusters']} conflicts, "
        f"{hundred(quiet)} in 100 were followed by five years in which no conflict of theirs reached 25 battle deaths, "
        f"whoever fought. Of {stood['cases']}, {hundred(stood)} in 100 had not ended after five years in UCDP's judgement, "
        "whoever else fought."
    ]
    if shape["all_sign"] is not True:
        said.append(OUTSIDERS)
    said.append(CLAUSES)
    said.append(
        "Brackets hold 95 percent of resampled conflicts. These are shares among past agreements, not a chance for this one: "
        f"nothing of the case enters them. Source: {found['source']}."
    )
    return tuple(said)


def _shape(shape: Mapping[str, Any]) -> str:
    settles = SETTLES.get(shape["scope"], "of any scope")
    return settles if shape["all_sign"] is None else f"{settles} and {SIGNED[shape['all_sign']]}"


def _promises(rates: Sequence[Mapping[str, Any]], without: Sequence[str]) -> tuple[str, ...]:
    said = [
        f"Promises of the kind '{r['kind']}': {hundred(r['kept'])} in 100 of {r['kept']['cases']} were kept ({r['counted']}; "
        f"{SOURCES.get(r['counted'].split(' ')[0], 'ATOP')})."
        for r in rates
    ]
    if without:
        names = listed([f"'{k}'" for k in without])
        said.append(f"Promises: no comparable set was counted for the kind{'s' if len(without) > 1 else ''} {names}.")
    return tuple(said)


SOURCES = {
    "alliances": "counts from ATOP v4, Leeds and others 2002",
    "alliance": "counts from Leeds and Anac 2005",
    "threats": "counts from TIES v4, Morgan, Bapat and Kobayashi 2014",
}
"""By the first word of what was counted."""
