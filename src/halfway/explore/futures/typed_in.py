"""A case with some of its uncertain numbers typed in: what a future, or a box of futures, looks like as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from halfway.case.case import Case
from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.case.reader import build
from halfway.errors import unknown
from halfway.explore.futures.design import FutureDraws, read_everything
from halfway.space.arrays import FloatArray
from halfway.space.compiled import CompiledCase

DIGITS = 9
"""Decimals that are typed in."""


def with_numbers(case: Case, numbers: Mapping[str, str | float]) -> Case:
    """Return a case in which some estimates are others, checked as a file would be.

    Parameters
    ----------
    case : Case
    numbers : mapping from estimate to text or number
        By path, steps joined by a slash; the text as a case file would have it, such as ``40..60``.

    Raises
    ------
    InputError
        Where the changed case is not sound, such as one whose signals no longer sum to one.
    """
    data = data_with(case, numbers)
    return build(data, case.places)


def data_with(case: Case, numbers: Mapping[str, str | float]) -> dict[str, Any]:
    """Return the plain data of `with_numbers`, before it is checked."""
    data = _plain(case)
    for path, number in numbers.items():
        placed = _put(data, path.split("/"), number if isinstance(number, str) else typed(number))
        if not placed:
            raise unknown("number", path, (), where="in this case")
    return data


def _plain(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = case.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return found


def typed(number: float) -> str:
    """Write a number as a case file takes it: decimals, no exponent."""
    return np.format_float_positional(round(number, DIGITS), trim="-")


def _put(here: Any, steps: Sequence[str], text: str) -> bool:
    """Put a number where a path leads, or at the shorthand above it that stands for the rest of the path."""
    for k, step in enumerate(steps):
        if isinstance(here, dict) and step not in here and "experts" in here:
            here = here["experts"]
        key: Any = int(step) if isinstance(here, list) else step
        if isinstance(here, dict) and key not in here:
            return False
        below = here[key]
        last = k == len(steps) - 1
        if last and isinstance(below, dict) and "value" in below:
            # A note or a source beside the number stays.
            below["value"] = text
            return True
        if last or not isinstance(below, dict | list):
            here[key] = text
            return True
        here = below
    return False


@dataclass(frozen=True)
class FuturesTyped:
    """Every uncertain number in some futures, by the place where the file has it.

    Parameters
    ----------
    case : Case
    values : mapping from path to ndarray of float, shape (future,)
        What an actor wants, and transfers and signals.
    of_types : mapping from (actor, type, path) to ndarray of float, shape (future,)
        What a type of an actor wants, where the file says it of the type; the path is that of the actor.
    """

    case: Case
    values: Mapping[Path, FloatArray]
    of_types: Mapping[tuple[str, str, Path], FloatArray]

    def case_in(self, future: int) -> Case:
        """Return the case as it stands in one future, counted from 0 among those drawn.

        Raises
        ------
        InputError
            Where no such case can be written, such as one whose signals no longer sum to one.
        """
        data = _plain(self.case)
        for path, column in self.values.items():
            _put(data, [str(s) for s in path], typed(float(column[future])))
        for (actor, kind, path), column in self.of_types.items():
            own = data["actors"][actor]["types"][kind]
            # What a type does not say it has from the actor, where it is typed in already.
            steps = [str(s) for s in (path[4:] if path[2] == "types" else path[2:])]
            _put(own, steps, typed(float(column[future])))
        return build(data, self.case.places)


def typed_futures(compiled: CompiledCase, drawn: FutureDraws) -> FuturesTyped:
    """Read every uncertain number of a case in some futures."""
    values: dict[Path, FloatArray] = {}
    of_types: dict[tuple[str, str, Path], FloatArray] = {}

    def note(estimate: Estimate, path: Path) -> Any:
        if not estimate.certain:
            values.setdefault(path, _in_every(drawn, estimate, path))
        return estimate.mean

    def note_type(actor: str, kind: str, estimate: Estimate, path: Path) -> Any:
        if not estimate.certain:
            of_types.setdefault((actor, kind, path), _in_every(drawn, estimate, path))
        return estimate.mean

    read_everything(compiled, note, note_type)
    return FuturesTyped(compiled.case, values, of_types)


def _in_every(drawn: FutureDraws, estimate: Estimate, path: Path) -> FloatArray:
    return np.broadcast_to(np.asarray(drawn.read(estimate, path), dtype=np.float64), (drawn.count,))
