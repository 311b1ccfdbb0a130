"""Rules of success: what has to hold in a future for a plan to have worked there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halfway.errors import Problem, Refusal, suggestion
from halfway.space.arrays import BoolArray

_COMPARED = re.compile(r"^\s*([^<>=]+?(?:>[^<>=\s]+)?)\s*(>=|<=|=|>|<)\s*(-?\d+(?:\.\d+)?)\s*$")

NAMED = {
    "signed": "no signatory is below its walk-away or has a red line crossed",
    "kept": "nobody is materially tempted to break it (grade 2 or 3)",
    "aims": "what the plan says must hold for those it names does hold",
}
DEFAULT = ("signed", "kept")


@dataclass(frozen=True)
class Rule:
    """Conditions that must all hold.

    Attributes
    ----------
    text : str
        As given.
    parts : tuple of str
    """

    text: str
    parts: tuple[str, ...]

    def met(self, columns: Mapping[str, NDArray[Any]]) -> BoolArray:
        """Return in which futures the rule is met, shape ``(future,)``.

        Raises
        ------
        Refusal
            Where it names an outcome that this plan does not have.
        """
        out = np.ones(len(columns["future"]), dtype=np.bool_)
        for part in self.parts:
            out &= _met(part, columns)
        return out


def rule(text: str) -> Rule:
    """Read a rule: names and comparisons of outcomes joined by ``and``, such as ``signed and over_today:west >= 5``."""
    parts = tuple(p.strip() for p in re.split(r"\band\b", text) if p.strip())
    return Rule(text, parts)


def default_rule(columns: Mapping[str, NDArray[Any]]) -> Rule:
    """Return what has to hold where nothing else is asked: it is signed, kept, and its stated aims are met."""
    parts: Sequence[str] = (*DEFAULT, *(("aims",) if "aims" in columns else ()))
    return Rule(" and ".join(parts), tuple(parts))


def _met(part: str, columns: Mapping[str, NDArray[Any]]) -> BoolArray:
    if part == "signed":
        out = np.ones(len(columns["future"]), dtype=np.bool_)
        for name, column in columns.items():
            if name.startswith("accepts:"):
                out &= column.astype(np.bool_)
        return out
    if part == "kept":
        return np.asarray(columns["grade"] <= 3)
    if part == "aims" and "aims" in columns:
        return np.asarray(columns["aims"], dtype=np.bool_)
    compared = _COMPARED.match(part)
    if compared and compared[1] in columns:
        values, limit = columns[compared[1]].astype(np.float64), float(compared[3])
        outcome = {
            ">=": values >= limit,
            "<=": values <= limit,
            ">": values > limit,
            "<": values < limit,
            "=": values == limit,
        }[compared[2]]
        return np.asarray(outcome)
    name = compared[1] if compared else part
    known = [*NAMED, *(c for c in columns if c != "future")]
    raise Refusal(
        [
            Problem(
                "R621",
                f"the rule of success names '{name}', which is no outcome of this plan",
                suggestion(name, known),
                "join signed, kept, aims and comparisons such as 'over_today:ACTOR >= 5' with 'and'",
            )
        ]
    )
