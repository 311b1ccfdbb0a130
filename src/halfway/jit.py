"""The one place that turns Python functions into machine code, typed so that callers stay checked."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a kernel: cached on disk, and without the interpreter's lock so that threads run side by side."""
    return cast(Callable[P, R], numba.njit(cache=True, nogil=True)(function))
