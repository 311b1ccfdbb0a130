"""One way to compile kernels: on first use, cached where a cache can be written, and plain Python for small work.

Importing a module with kernels costs nothing: numba is loaded when the first of them is called. Inside `interpreted`
they run as the Python functions that they are, for work so small that loading the compiler would take longer.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, update_wrapper
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_plain: ContextVar[bool] = ContextVar("plain", default=False)


class Kernel(Generic[P, R]):
    """A function that is compiled when it is first called.

    Attributes
    ----------
    plain : callable
        The Python function.
    inline : bool
        Whether kernels that call it take its text in.
    """

    def __init__(self, function: Callable[P, R], inline: bool = False) -> None:
        self.plain, self.inline = function, inline
        update_wrapper(self, function)

    @cached_property
    def dispatcher(self) -> Any:
        """The compiled function, also for numba where another kernel calls this one."""
        numba = _numba()
        options = {"nogil": True, "inline": "always" if self.inline else "never"}
        try:
            return _checked(numba.njit(cache=True, **options)(self.plain))
        except RuntimeError:
            # Neither beside the module nor in the user's home may files be written.
            folder = _private_folder()
            if folder is None:
                return numba.njit(**options)(self.plain)
            numba.config.CACHE_DIR = str(folder)
            return _checked(numba.njit(cache=True, **options)(self.plain))

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the kernel, compiled unless inside `interpreted`."""
        if _plain.get():
            return self.plain(*args, **kwargs)
        found: R = self.dispatcher(*args, **kwargs)
        return found


def compiled(function: Callable[P, R]) -> Kernel[P, R]:
    """Make a kernel of a function: compiled on first use, without the interpreter's lock so that threads run side by side."""
    return Kernel(function)


def inlined(function: Callable[P, R]) -> Kernel[P, R]:
    """Make a kernel whose text other kernels take in."""
    return Kernel(function, inline=True)


@contextmanager
def interpreted(when: bool = True) -> Iterator[None]:
    """Run kernels as plain Python inside, if the work is small enough for that to be the shorter way."""
    token = _plain.set(when or _plain.get())
    try:
        yield
    finally:
        _plain.reset(token)


def in_plain_python() -> bool:
    """Tell whether kernels run as plain Python here; threads started now would not know."""
    return _plain.get()


def _numba() -> Any:
    import numba
    from numba.extending import typeof_impl

    global _registered
    if not _registered:
        _registered = True

        def of_kernel(kernel: Kernel[Any, Any], context: Any) -> Any:
            return numba.typeof(kernel.dispatcher)  # type: ignore[no-untyped-call]

        typeof_impl.register(Kernel, of_kernel)
    return numba


_registered = False


def _checked(dispatcher: Any) -> Any:
    """Let a compiled function use only such files of its cache as are whole."""
    from halfway.kernel_cache import KernelCache

    dispatcher._cache = KernelCache(dispatcher.py_func)
    return dispatcher


def _private_folder() -> Path | None:
    """Return a folder for compiled code that only this user can write to; None where there can be none."""
    folder = Path(tempfile.gettempdir()) / f"halfway-kernels-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        known = folder.stat()
    except OSError:
        return None
    # Somebody else's folder of that name could hold somebody else's code.
    mine = not hasattr(os, "getuid") or (known.st_uid == os.getuid() and not known.st_mode & 0o022)
    return folder if mine and os.access(folder, os.W_OK) else None
