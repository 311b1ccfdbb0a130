"""What is said of numbers that an assistant proposed."""

from __future__ import annotations


def proposed(unreviewed: int, total: int) -> str:
    """Say how many numbers nobody has reviewed; nothing where there are none.

    Parameters
    ----------
    unreviewed, total : int
        Estimates that an assistant put into the case, and all of them.
    """
    if not unreviewed:
        return ""
    verb = "was" if unreviewed == 1 else "were"
    return f"{unreviewed} of {total} numbers {verb} proposed by an assistant and reviewed by nobody"
