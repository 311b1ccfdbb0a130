"""Joint fact-finding: figures that the parties dispute, and the verdict on a plan under each party's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from halfway.case.case import Case
from halfway.case.reader import build
from halfway.conduct.run import conduct
from halfway.errors import Refusal
from halfway.progress import Progress, silent
from halfway.settle.run import settle


@dataclass(frozen=True)
class DisputedFact:
    """A figure on which the parties differ.

    Attributes
    ----------
    path : str
        Where it stands in the case.
    figures : mapping from actor to str
        Each party's own, as it was typed.
    """

    path: str
    figures: Mapping[str, str]


@dataclass(frozen=True)
class UnderFigures:
    """The verdict on a plan where one party's figures hold.

    Attributes
    ----------
    party : str
    grade : int or None
        From 1 (holds by itself) to 5 (would not be kept); None where that cannot be answered, and then `reason` says why.
    would_sign : bool or None
    breaking : mapping from actor to float
        Those whom breaking pays, with how many points of the discounted average.
    acceptable : tuple of int or None
        Packages acceptable to all signatories: two bounds, alike where the count is exact.
    reason : str or None
    """

    party: str
    grade: int | None
    would_sign: bool | None
    breaking: Mapping[str, float]
    acceptable: tuple[int, int] | None
    reason: str | None


def disputed(case: Case) -> tuple[DisputedFact, ...]:
    """Return the figures of a case for which two parties or more speak through respondents of their own."""
    parties = {key: expert.party for key, expert in case.experts.items() if expert.party is not None}
    found = []

    def walk(node: Any, path: tuple[str, ...]) -> None:
        if isinstance(node, dict):
            panel = node.get("experts")
            if path and isinstance(panel, dict):
                own = {parties[e]: _typed(v) for e, v in panel.items() if e in parties}
                if len(own) > 1:
                    found.append(DisputedFact(".".join(path), own))
            else:
                for key, value in node.items():
                    if path or key != "experts":
                        walk(value, (*path, str(key)))
        elif isinstance(node, list):
            for k, value in enumerate(node):
                walk(value, (*path, str(k)))

    walk(case.model_dump(mode="json", by_alias=True, exclude_unset=True), ())
    return tuple(found)


def _typed(value: Any) -> str:
    return str(value["value"]) if isinstance(value, dict) and "value" in value else str(value)


def with_figures_of(case: Case, party: str) -> Case:
    """Return the case in which one party's figures hold wherever it has one of its own; all else stays as it is."""
    own = {key for key, expert in case.experts.items() if expert.party == party}

    def put(node: Any, top: bool) -> Any:
        if isinstance(node, dict):
            panel = node.get("experts")
            if not top and isinstance(panel, dict):
                mine = [value for key, value in panel.items() if key in own]
                if not mine:
                    return node
                held = mine[0] if isinstance(mine[0], dict) else {"value": mine[0]}
                return {**{k: v for k, v in node.items() if k != "experts"}, **held}
            return {k: v if top and k == "experts" else put(v, False) for k, v in node.items()}
        return [put(v, False) for v in node] if isinstance(node, list) else node

    return build(put(case.model_dump(mode="json", by_alias=True, exclude_unset=True), True))


def under_each(case: Case, plan: str, progress: Progress = silent) -> tuple[UnderFigures, ...]:
    """Return the verdict on a plan under the figures of each party to a dispute of fact."""
    parties = dict.fromkeys(party for fact in disputed(case) for party in fact.figures)
    found = []
    for done, party in enumerate(parties):
        progress(f"by the figures of {case.title_of('actors', party)}", done, len(parties))
        found.append(_under(with_figures_of(case, party), plan, party))
    return tuple(found)


def _under(case: Case, plan: str, party: str) -> UnderFigures:
    reasons = []
    grade = signs = acceptable = None
    breaking: dict[str, float] = {}
    try:
        result = conduct(case, plan, runs=0, with_thresholds=False, with_alternatives=False)
        grade, signs = result.grade, result.would_sign
        breaking = {a: c.exploitability for a, c in result.actors.items() if c.exploitability > 0}
    except Refusal as refusal:
        reasons.append(str(refusal.problems[0].what))
    try:
        number = settle(case, plan).acceptable
        acceptable = (number.low, number.high)
    except Refusal as refusal:
        reasons.append(str(refusal.problems[0].what))
    return UnderFigures(party, grade, signs, breaking, acceptable, "; ".join(dict.fromkeys(reasons)) or None)
