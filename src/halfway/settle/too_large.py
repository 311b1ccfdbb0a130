"""What is too large for `settle`: said with its size and with what to leave out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from halfway.errors import Problem, Refusal
from halfway.space.packages.blocks import TooWideError
from halfway.space.packages.levels import tied_too_widely
from halfway.space.utilities.space import Space

SECONDS = 15.0
"""Most processor time for all programs of one question; a single one may take up to twice that by the clock, since others
may want the processor too. The limit never changes an answer: beyond it there is none."""


class OutOfTimeError(Exception):
    """The solver was stopped before it had proven an optimum."""


@contextmanager
def refusing_what_is_too_large(space: Space) -> Iterator[None]:
    """Turn what stopped a computation into a refusal that says of what there is too much.

    Raises
    ------
    Refusal
    """
    try:
        yield
    except TooWideError as error:
        raise tied_too_widely(space, error) from error
    except OutOfTimeError as error:
        case = space.case
        linkages = sum(len(a.linkages) for a in case.actors.values())
        size = f"{len(space.actors)} actors, {len(space.issues)} issues, {linkages} linkages"
        what = f"the solutions were not proven best in time ({size})"
        why = f"the solver is given {SECONDS:.0f} seconds, and more would be needed"
        remedy = "drop linkages, seat fewer parties, or fix some issues at one option"
        raise Refusal([Problem("R053", what, why, remedy, case.place("issues"))]) from error
