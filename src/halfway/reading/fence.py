"""The fence at a reader's door: whatever else goes wrong inside becomes a refusal with a place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from halfway.errors import HalfwayError, InputError, Place, Problem

_UNFORESEEN = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)


@contextmanager
def fence(shown: str) -> Iterator[None]:
    """Let nothing but problems with a place out of a reader.

    Parameters
    ----------
    shown : str
        The file's name.

    Raises
    ------
    InputError
        In place of an error that the reader did not foresee, and of problems that did not say where they are.
    """
    try:
        yield
    except HalfwayError as error:
        raise type(error)([_placed(problem, shown) for problem in error.problems]) from error
    except _UNFORESEEN as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())[:200].rstrip(": ")
        problem = Problem("F107", f"{shown} cannot be read", why, "check the file against its format", Place(shown))
        raise InputError([problem]) from error


def _placed(problem: Problem, shown: str) -> Problem:
    if problem.place is not None and not problem.place.file.startswith("<"):
        return problem
    return replace(problem, place=Place(shown))
