"""A box taken as a scenario: the case as it stands there, a file on which every other question can be asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from halfway.case.case import Case
from halfway.case.reader import build
from halfway.explore.futures.design import PANEL, estimates
from halfway.explore.futures.typed_in import data_with, typed
from halfway.space.compiled import CompiledCase
from halfway.space.utilities.sobol import quantile

ENDS = (0.005, 0.995)
"""An open side of a limit ends at this share of the estimate's own distribution."""


class OneLimit(Protocol):
    """What is asked of a limit: its input, and its ends or names."""

    @property
    def input(self) -> str:
        """Path of the estimate."""

    @property
    def low(self) -> float | None:
        """Least value, None where that side is open."""

    @property
    def high(self) -> float | None:
        """Greatest value, None where that side is open."""

    @property
    def among(self) -> tuple[str, ...] | None:
        """Names, for inputs that take one of a few."""


def case_in_box(compiled: CompiledCase, limits: Sequence[OneLimit]) -> tuple[Case, dict[str, Any]]:
    """Return a case whose uncertain numbers lie in a box, and its plain data.

    Every estimate that the box limits becomes an interval, evenly spread, so that its centre is the middle of the box;
    the others stay as they are. Where the box limits who speaks, the other experts are left out.

    Parameters
    ----------
    compiled : CompiledCase
    limits : sequence of limits
        As `halfway.explore.explored.BoxRow` has them.

    Raises
    ------
    InputError
        Where such a case is not sound.
    """
    known = estimates(compiled)
    numbers: dict[str, str | float] = {}
    for limit in limits:
        if limit.input == PANEL:
            continue
        ends = quantile(known[limit.input], np.array(ENDS)).tolist()
        low = ends[0] if limit.low is None else limit.low
        high = ends[1] if limit.high is None else limit.high
        numbers[limit.input] = f"{typed(low)}..{typed(high)}" if typed(low) != typed(high) else typed(low)
    data = data_with(compiled.case, numbers)
    for limit in limits:
        if limit.input == PANEL and limit.among is not None:
            for key in ("actors", "issues", "plans"):
                _only(data.get(key), set(limit.among))
    return build(data, compiled.case.places), data


def _only(here: Any, speakers: set[str]) -> None:
    """Leave out the other experts wherever some of those who are to speak said something."""
    for below in here.values() if isinstance(here, dict) else here if isinstance(here, list) else ():
        said = below.get("experts") if isinstance(below, dict) else None
        if isinstance(said, dict) and speakers & set(said):
            below["experts"] = {name: own for name, own in said.items() if name in speakers}
        _only(below, speakers)
