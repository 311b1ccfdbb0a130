"""What every analysis returns: frozen, labelled, and with its provenance attached."""

from __future__ import annotations

import importlib
import json
import numbers
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from halfway._version import __version__
from halfway.errors import InputError, Place, Problem, unknown
from halfway.record import plain

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Provenance:
    """Where a result comes from: enough to compute it again.

    Attributes
    ----------
    case : str
        Name of the case.
    case_hash : str
        SHA-256 over the case's content, whatever the layout of its file.
    method : str
        The method as the methods table names it.
    parameters : mapping
        What the method was asked with.
    seed : int or None
        Root of the random streams; ``None`` where nothing is random.
    version : str
        Version of Halfway.
    """

    case: str
    case_hash: str
    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    version: str = __version__


@dataclass(frozen=True)
class Table:
    """Rows under named columns: the form in which results leave for other programs."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def to_pandas(self) -> pd.DataFrame:
        """Return a pandas data frame (pandas is imported here and must be installed)."""
        import pandas as pd

        return pd.DataFrame.from_records(list(self.rows), columns=list(self.columns))

    def to_polars(self) -> Any:
        """Return a polars data frame (polars is imported here and must be installed)."""
        polars = importlib.import_module("polars")
        return polars.DataFrame(list(self.rows), schema=list(self.columns), orient="row")

    def to_csv(self, path: str | Path) -> None:
        """Write comma-separated text, UTF-8 with a header row, as R, Stata and Excel read it."""
        import csv
        import io

        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(self.rows)
        # Excel takes a file for UTF-8 only when it opens with the byte order mark.
        write_safely(path, "\ufeff" + buffer.getvalue())

    def to_parquet(self, path: str | Path) -> None:
        """Write a Parquet file through DuckDB."""
        import duckdb

        path = Path(path)
        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.columns)
        kinds = [_kind(column) for column in columns]
        # Types are stated, never guessed: an option called "no" or "2020" is a name.
        names = (label.replace('"', '""') for label in self.columns)
        wanted = ", ".join(
            f'unnest(${i}::{_DUCKDB[kind]}[]) AS "{name}"'
            for i, (name, kind) in enumerate(zip(names, kinds, strict=True), start=1)
        )
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            out = Path(folder) / "table.parquet"
            connection = duckdb.connect()
            try:
                connection.execute(
                    f"CREATE TABLE t AS SELECT {wanted}", [_as(k, c) for k, c in zip(kinds, columns, strict=True)]
                )
                connection.table("t").write_parquet(str(out))
            finally:
                connection.close()
            os.replace(out, path)

    def to_stata(self, path: str | Path) -> None:
        """Write a Stata file (needs pandas)."""
        path = Path(path)
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            out = Path(folder) / "table.dta"
            frame = self.to_pandas()
            for label in self.columns:
                kind = _kind(frame[label].tolist())
                # Stata has no truth values, and no missing ones among texts.
                frame[label] = frame[label].fillna("") if kind is str else frame[label].astype(float)
            # Stata names know letters, digits and the underscore only.
            frame.columns = [stata_name(str(c), i) for i, c in enumerate(frame.columns)]
            frame.to_stata(out, write_index=False, version=118)
            os.replace(out, path)


_DUCKDB = {bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "VARCHAR"}


def _kind(values: Iterable[Any]) -> type:
    """Tell what a column holds: truth values, whole numbers, numbers (also where nothing is in it), or texts."""
    found = {_kind_of(v) for v in values if v is not None}
    if found <= {bool}:
        return bool if found else float
    if found <= {int}:
        return int
    return float if found <= {int, float} else str


def _kind_of(value: Any) -> type:
    # NumPy's numbers know that they are numbers; its truth value only has the name.
    if type(value).__name__ in ("bool", "bool_"):
        return bool
    if isinstance(value, numbers.Integral):
        return int
    return float if isinstance(value, numbers.Real) else str


def _as(kind: type, values: Iterable[Any]) -> list[Any]:
    return [None if v is None else kind(v) for v in values]


def stata_name(label: str, index: int) -> str:
    """Turn a column's label into a name that Stata accepts."""
    kept = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in label)[:28]
    return kept if kept and not kept[0].isdigit() else f"v{index}_{kept}"


MOST_SHOWN = 900
"""The most characters of a result's short form."""


class Result:
    """Base of every result: frozen data that can be shown, saved and drawn.

    Subclasses are frozen dataclasses with a field ``provenance``; `halfway.record` makes of their fields what ``--json``
    prints, and `tables` says what leaves for data frames.
    """

    provenance: Provenance

    def to_dict(self) -> dict[str, Any]:
        """Return the documented JSON form as plain data."""
        return cast(dict[str, Any], plain(self))

    def tables(self) -> dict[str, Table]:
        """Return the result's tables by name, the main one first."""
        raise NotImplementedError

    def headline(self) -> str:
        """Return the main figures in a line."""
        return self.provenance.method

    def __repr__(self) -> str:
        """Return what it is an answer to, with its main figures; everything is in `to_dict`."""
        p = self.provenance
        said = f"<{type(self).__name__} of '{p.case}' ({p.case_hash[:12]}): {self.headline()}"
        return (said if len(said) < MOST_SHOWN else said[: MOST_SHOWN - 1] + "…") + ">"

    def to_json(self) -> str:
        """Return the documented JSON form as text."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2)

    def to_pandas(self, table: str | None = None) -> pd.DataFrame:
        """Return one of `tables` as a pandas data frame, the main one by default."""
        return self._table(table).to_pandas()

    def to_polars(self, table: str | None = None) -> Any:
        """Return one of `tables` as a polars data frame, the main one by default."""
        return self._table(table).to_polars()

    def save(self, path: str | Path, table: str | None = None) -> None:
        """Write one of `tables` to a file whose ending names the format: csv, parquet, dta or json (everything)."""
        ending = Path(path).suffix.lower()
        if ending == ".json":
            write_safely(path, self.to_json() + "\n")
        elif ending == ".csv":
            self._table(table).to_csv(path)
        elif ending == ".parquet":
            self._table(table).to_parquet(path)
        elif ending == ".dta":
            self._table(table).to_stata(path)
        else:
            raise ValueError(f"cannot tell a format from {str(path)!r}; end the name in .csv, .parquet, .dta or .json")

    def _table(self, name: str | None) -> Table:
        tables = self.tables()
        if name is None:
            return next(iter(tables.values()))
        if name not in tables:
            raise unknown("table", name, tables, where="in this result")
        return tables[name]

    def _repr_html_(self) -> str:
        # Loaded only when a notebook asks: what computes must not depend on what draws.
        notebook = importlib.import_module("halfway.charts.notebook")
        return cast(str, notebook.as_html(self))


def keep_existing(path: str | Path, force: bool = False) -> None:
    """Refuse to write over a file, or into a folder that holds anything, unless the user said so.

    Raises
    ------
    InputError
    """
    target = Path(path)
    occupied = target.exists() and (not target.is_dir() or any(target.iterdir()))
    if occupied and not force:
        raise InputError(
            [
                Problem(
                    "F003",
                    f"{path} is there already",
                    "it would be lost",
                    "name another, or add --force",
                    Place(str(path)),
                )
            ]
        )


def write_safely(path: str | Path, content: str | bytes) -> None:
    """Write a file so that a failure leaves the old one whole: to a temporary file beside it, then rename."""
    path = Path(path)
    data = content.encode() if isinstance(content, str) else content
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        # The user knows the file by the name that was asked for.
        raise OSError(error.errno, error.strerror, str(path)) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        # mkstemp makes private files; what a person asked for should be readable as usual.
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
