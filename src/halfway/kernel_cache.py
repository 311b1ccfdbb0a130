"""Compiled code on disk that is only used when it is whole: what is damaged is as good as absent.

numba reads its files back without a checksum, ends in a traceback where one is cut off, and may mix up two entries when
two programs write at once. Loaded by `halfway.jit` after numba itself.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from pathlib import Path
from typing import Any

from numba.core import sigutils
from numba.core.caching import FunctionCache, IndexDataCacheFile

_DIGEST = hashlib.sha256().digest_size


class Damaged(Exception):
    """A file of the cache is not what was written."""


class CheckedFiles(IndexDataCacheFile):
    """The files of one kernel, each with a checksum at its end, which unpickling never reads."""

    def _dump(self, obj: Any) -> bytes:
        data: bytes = super()._dump(obj)
        return data + hashlib.sha256(data).digest()

    def _load_index(self) -> dict[Any, str]:
        """Return which file holds which signature; an index that is damaged holds none."""
        try:
            content = io.BytesIO(Path(self._index_path).read_bytes())
            pickle.load(content)  # numba's version, which numba looks at again
            _whole(content.read())
            found: dict[Any, str] = super()._load_index()
        except Exception:  # noqa: BLE001 (unpickling what is damaged can end in anything)
            return {}
        return found

    def _load_data(self, name: str) -> Any:
        _whole(Path(self._data_path(name)).read_bytes())
        return super()._load_data(name)


def _whole(data: bytes) -> None:
    """Complain of data that do not end with their checksum."""
    if hashlib.sha256(data[:-_DIGEST]).digest() != data[-_DIGEST:]:
        raise Damaged


class KernelCache(FunctionCache):
    """A cache that never fails: without a sound entry a kernel is compiled, and what cannot be written is not kept."""

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        numba_files = self._cache_file
        self._cache_file = CheckedFiles(
            numba_files._cache_path, numba_files._index_name.removesuffix(".nbi"), numba_files._source_stamp
        )

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the compiled code for a signature, None where there is none that is sound."""
        try:
            found = super().load_overload(sig, target_context)
        except Exception:  # noqa: BLE001 (whatever is wrong with it: compiling always helps)
            return None
        # Two programs that write at once may each call their file the first.
        wanted = tuple(sigutils.normalize_signature(sig)[0])
        return found if found is not None and tuple(found.signature.args) == wanted else None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep compiled code for the next run, where that can be done."""
        try:
            super().save_overload(sig, data)
        except Exception:  # noqa: BLE001 (a full disk, a folder that is gone: the code is there for this run)
            return
