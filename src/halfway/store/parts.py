"""Parts of a run: one Parquet file each, written aside and renamed, with a digest of its rows in its footer.

A part that is there is whole: a reader never sees half of one. What was cut short by a fault of the machine does not
match its digest and counts as absent.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Columns: TypeAlias = Mapping[str, NDArray[Any]]
"""Columns of equal length: whole numbers, floats, truth values or texts (as an array of objects)."""

_NAME = re.compile(r"^part-(\d{8})-(\d{4})\.parquet$")
TEMPORARY = ".writing-"
"""How the names of files being written begin; what bears one after a crash may be swept."""


@dataclass(frozen=True, order=True)
class Key:
    """What a part holds: one block of futures under one plan.

    Attributes
    ----------
    block, plan : int
        From 0.
    """

    block: int
    plan: int

    @property
    def file(self) -> str:
        """The part's file name."""
        return f"part-{self.block:08d}-{self.plan:04d}.parquet"


def key_of(path: Path) -> Key | None:
    """Return the key that a file name states; None for other files."""
    found = _NAME.match(path.name)
    return Key(int(found[1]), int(found[2])) if found else None


def digest_of(columns: Columns) -> str:
    """Return a digest of columns: names, kinds and values, whatever file they are in."""
    found = hashlib.sha256()
    for name, column in columns.items():
        found.update(f"{name}\x1f{_kind(column)}\x1f{len(column)}\x1e".encode())
        if column.dtype == object:
            for value in column:
                found.update(b"\x00" if value is None else b"\x01" + str(value).encode() + b"\x1f")
        else:
            found.update(np.ascontiguousarray(column.astype(_WIDE[_kind(column)])).tobytes())
    return found.hexdigest()


_WIDE = {"truth": "<u1", "whole": "<i8", "float": "<f8"}


def _kind(column: NDArray[Any]) -> str:
    if column.dtype == object:
        return "text"
    return {"b": "truth", "i": "whole", "u": "whole", "f": "float"}[column.dtype.kind]


def write_part(folder: Path, key: Key, columns: Columns) -> str:
    """Write a part so that it is there whole or not at all, and return its digest.

    Two writers of one key write the same rows; whichever comes last leaves them as they are.

    Raises
    ------
    OSError
        Where it cannot be written, with the part's own name; nothing is left of the attempt.
    """
    import duckdb

    digest = digest_of(columns)
    handle, name = tempfile.mkstemp(dir=folder, prefix=TEMPORARY)
    os.close(handle)
    aside = Path(name)
    target = folder / key.file
    try:
        connection = _database(os.getpid()).cursor()
        try:
            connection.register("rows", dict(columns))
            path = str(aside).replace("'", "''")
            connection.execute(
                f"COPY (SELECT * FROM rows) TO '{path}' (FORMAT parquet, KV_METADATA {{digest: '{digest}'}})"
            )
        except duckdb.Error as error:
            _leave_if_broken(error)
            raise OSError(f"{target}: {error}") from error
        finally:
            connection.close()
        with aside.open("rb+") as stream:
            os.fsync(stream.fileno())
        os.replace(aside, target)
        _settle(folder)
    except BaseException:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise
    return digest


def read_part(path: Path) -> Columns | None:
    """Return a part's columns; None where the file is cut short, or its rows do not match its digest."""
    import duckdb

    connection = _database(os.getpid()).cursor()
    try:
        rows = connection.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchnumpy()
        footer = dict(
            connection.execute("SELECT decode(key), decode(value) FROM parquet_kv_metadata(?)", [str(path)]).fetchall()
        )
    except (duckdb.Error, OSError, ValueError) as error:
        _leave_if_broken(error)
        return None
    finally:
        connection.close()
    columns = {name: _plain(column) for name, column in rows.items()}
    return columns if footer.get("digest") == digest_of(columns) else None


@lru_cache(maxsize=1)
def _database(process: int) -> DuckDBPyConnection:
    """Return the database in memory through which this process reads and writes parts.

    Opening one takes longer than a small part. It has no threads of its own, since parts are worked on one by one, and
    belongs to one process, so that a forked one opens another. Every use takes a cursor: those may be used in any thread.
    """
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    with contextlib.suppress(duckdb.Error):
        # What is on the disk is read, not what was there before; older versions keep no such memory.
        connection.execute("SET enable_external_file_cache = false")
    return connection


def _leave_if_broken(error: Exception) -> None:
    """Take another database for the next part where this one says that it can no longer be used."""
    import duckdb

    if isinstance(error, duckdb.FatalException | duckdb.InternalException):
        _database.cache_clear()


def _plain(column: Any) -> NDArray[Any]:
    if isinstance(column, np.ma.MaskedArray):
        missing = np.ma.getmaskarray(column)
        if column.dtype.kind == "f":
            return np.asarray(column.filled(np.nan))
        out = np.empty(len(column), dtype=object)
        out[:] = [None if gone else str(value) for value, gone in zip(column.data, missing, strict=True)]
        return out
    return np.asarray(column)


def sweep(folder: Path) -> int:
    """Remove what a crash left half written, and return how many files that were.

    Files younger than a minute may belong to another writer and stay.
    """
    import time

    swept = 0
    for path in folder.glob(f"{TEMPORARY}*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > 60:
                path.unlink()
                swept += 1
    return swept


def _settle(folder: Path) -> None:
    """Make a rename last even if the power fails; not every system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)
