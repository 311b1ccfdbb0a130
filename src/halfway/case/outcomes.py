"""What became of the plans of the catalogue that were tried, and what the record teaches: filed beside the cases, not in them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import yaml
from pydantic import Field, TypeAdapter

from halfway.case.nouns import Names, Noun

Outcome: TypeAlias = Literal["held", "held in part", "failed"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


class Filed(Noun):
    """What a case is filed under, and what became of its plan."""

    kind: Names = Field(description="What is bargained over: peace, borders, arms, water.", min_length=1)
    region: str = Field(description="The part of the world.")
    plan: str | None = Field(None, description="The plan that was signed. Default: none was.")
    outcome: Outcome | None = Field(None, description="What became of it.")
    ucdp: int | None = Field(None, description="Its number in the UCDP Peace Agreement Dataset 22.1.")
    lesson: str | None = Field(None, description="What the record teaches, in a paragraph.")


@cache
def filed(path: Path) -> dict[str, Filed]:
    """Read the file of a catalogue that says what became of its plans; a case that is not in it is not filed.

    Raises
    ------
    pydantic.ValidationError
        Where the file is not sound. It comes with Halfway, so that this is a fault of Halfway and not of a user.
    """
    if not path.is_file():
        return {}
    return TypeAdapter(dict[str, Filed]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
