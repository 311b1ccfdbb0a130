"""How much memory a question may take, said before it is taken."""

from __future__ import annotations

from contextvars import ContextVar

from halfway.errors import Place, Problem, Refusal

DEFAULT_MEMORY = 2_000_000_000
"""Bytes that a question may take unless the user allows more."""

_allowed: ContextVar[int] = ContextVar("memory", default=DEFAULT_MEMORY)


def allow_memory(size: int) -> None:
    """Let the questions that follow in this context take up to so many bytes."""
    _allowed.set(size)


def memory_allowed() -> int:
    """Return how many bytes a question may take."""
    return _allowed.get()


def require_memory(size: int, what: str, remedy: str, place: Place | None = None) -> None:
    """Refuse what would take more memory than is allowed.

    Parameters
    ----------
    size : int
        Bytes, as far as they can be told beforehand.
    what : str
        What they would hold, such as "100,000 draws of 240 numbers".
    remedy : str
        What to ask for instead.
    place : Place, optional

    Raises
    ------
    Refusal
    """
    allowed = _allowed.get()
    if size <= allowed:
        return
    why = f"they take about {in_words(size)} of memory, and {in_words(allowed)} are allowed"
    raise Refusal([Problem("R054", f"{what} are too many", why, f"{remedy}, or allow more with --memory", place)])


def in_words(size: int) -> str:
    """Write a number of bytes for reading."""
    for unit, power in (("TB", 12), ("GB", 9), ("MB", 6)):
        if size >= 10**power:
            return f"{size / 10**power:,.1f} {unit}" if size < 10 ** (power + 4) else f"{size // 10**power:,} {unit}"
    return f"{size:,} bytes"


def read_size(text: str) -> int:
    """Read a size of memory such as ``4 GB``, ``800MB`` or ``2e9``.

    Raises
    ------
    ValueError
    """
    typed = text.strip().upper().removesuffix("B")
    factor = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}.get(typed[-1:], 1)
    try:
        size = float(typed.rstrip("KMGT")) * factor
    except ValueError:
        size = -1.0
    if not 0 < size < 1e18:
        raise ValueError(f"{text!r} is not a size of memory")
    return int(size)
