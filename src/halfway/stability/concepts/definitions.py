"""The stability concepts, a record each: what answers a departure must fear, and whether an answer has to last.

Everything else follows from the two: the kernels, the explanations, the inverse analysis, the help of the command line
and the documentation read these records. A further concept made of the same two is a record here and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from halfway.errors import unknown

Answers: TypeAlias = Literal["none", "any", "improving", "at_once"]


@dataclass(frozen=True)
class Concept:
    """A stability concept of the graph model.

    Attributes
    ----------
    key : str
        As results and the command line name it.
    title : str
        The usual abbreviation.
    meaning : str
        When a state is stable, in one plain line.
    answers : str
        What the mover reckons with: no answer, any legal sequence of the others' moves, only moves that gain for those
        who make them, or the others' own improvements made at the same time.
    lasting : bool
        Whether an answer deters only if the mover has no way out afterwards.
    source : str
    """

    key: str
    title: str
    meaning: str
    answers: Answers
    lasting: bool
    source: str

    @property
    def by_least_value(self) -> bool:
        """Whether one number a state is enough for a single actor's verdict; moves at the same time need more."""
        return self.answers != "at_once"

    @property
    def answered(self) -> bool:
        """Whether answers are reckoned with at all."""
        return self.answers != "none"


NASH = Concept(
    "nash",
    "Nash",
    "nobody gains by moving",
    "none",
    False,
    "Nash 1950; Fang, Hipel and Kilgour 1993",
)
GMR = Concept(
    "gmr",
    "GMR",
    "opponents can punish every move that gains",
    "any",
    False,
    "Howard 1971; Fang, Hipel and Kilgour 1993",
)
SMR = Concept(
    "smr",
    "SMR",
    "opponents can punish every move that gains, and the mover cannot escape the punishment",
    "any",
    True,
    "Howard 1971; Fang, Hipel and Kilgour 1993",
)
SEQ = Concept(
    "seq",
    "SEQ",
    "opponents can punish every move that gains, and gain by doing so",
    "improving",
    False,
    "Fraser and Hipel 1979; Fang, Hipel and Kilgour 1993",
)
SIM = Concept(
    "sim",
    "SIM",
    "a move stops gaining when opponents make their own improvements at the same time",
    "at_once",
    False,
    "Fraser and Hipel 1984; Fang, Hipel and Kilgour 1993",
)

STANDARD: tuple[Concept, ...] = (NASH, GMR, SMR, SEQ, SIM)
"""The concepts that are judged unless others are asked for, in the order of the documentation."""

STANDARD_KEYS: tuple[str, ...] = tuple(c.key for c in STANDARD)


def concepts_named(keys: Sequence[str]) -> tuple[Concept, ...]:
    """Return concepts by their keys, in the order of the documentation.

    Raises
    ------
    Refusal
        Where there is no concept of that name.
    """
    known = {c.key: c for c in STANDARD}
    for key in keys:
        if key not in known:
            raise unknown("concept", key, known)
    return tuple(c for c in STANDARD if c.key in keys)


def concept_named(key: str) -> Concept:
    """Return a concept by its key.

    Raises
    ------
    Refusal
        Where there is none of that name.
    """
    return concepts_named((key,))[0]
