"""How long work says how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""Is called with a stage, how much of it is done, and how much there is in all (None where that is not known)."""


def silent(stage: str, done: int, total: int | None) -> None:
    """Say nothing."""
