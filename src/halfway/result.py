"""What every analysis returns: frozen, labelled, and with its provenance attached."""

from __future__ import annotations

import contextlib
import errno
import importlib
import json
import numbers
import os
import re
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from halfway._version import __version__
from halfway.errors import InputError, Place, Problem, bare, unknown
from halfway.record import plain, shown_as

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
    taken_as_indifferent : mapping
        By actor, the issues that it decides or that a plan changes, of which the case does not say what it wants.
    """

    case: str
    case_hash: str
    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    version: str = __version__
    taken_as_indifferent: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict, metadata=shown_as(unless_empty=True)
    )


@dataclass(frozen=True)
class Table:
    """Rows under named columns: the form in which results leave for other programs.

    No two columns have the same name, whatever its capitals: a further one is called ``name_2``.
    """

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    def __post_init__(self) -> None:
        """Tell columns apart that issues, actors and figures of one name would have."""
        columns = tuple(bare(column) or "column" for column in self.columns)
        object.__setattr__(self, "columns", _unique(columns, str.casefold))

    def records(self) -> list[tuple[Any, ...]]:
        """Return the rows as other programs are to read them: names without the marks that isolate them in a text."""
        return [tuple(bare(cell) if isinstance(cell, str) else cell for cell in row) for row in self.rows]

    def to_pandas(self) -> pd.DataFrame:
        """Return a pandas data frame (pandas is imported here and must be installed)."""
        import pandas as pd

        return pd.DataFrame.from_records(self.records(), columns=list(self.columns))

    def to_polars(self) -> Any:
        """Return a polars data frame (polars is imported here and must be installed)."""
        polars = importlib.import_module("polars")
        return polars.DataFrame(self.records(), schema=list(self.columns), orient="row")

    def as_csv(self) -> str:
        """Return comma-separated text with a header row.

        A text that a spreadsheet would take for a formula begins with an apostrophe, so that it is shown and never run;
        Parquet and Stata files have all texts as they are.
        """
        import csv
        import io

        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        for row in (self.columns, *self.records()):
            writer.writerow([no_formula(cell) if isinstance(cell, str) else cell for cell in row])
        return buffer.getvalue()

    def to_csv(self, path: str | Path) -> None:
        """Write comma-separated text, UTF-8 with a header row, as R, Stata and Excel read it."""
        # Excel takes a file for UTF-8 only when it opens with the byte order mark.
        write_safely(path, "\ufeff" + self.as_csv())

    def to_parquet(self, path: str | Path) -> None:
        """Write a Parquet file through DuckDB."""
        import duckdb

        columns = list(zip(*self.records(), strict=True)) or [()] * len(self.columns)
        kinds = [_kind(column) for column in columns]
        # Types are stated, never guessed: an option called "no" or "2020" is a name.
        names = (label.replace('"', '""') for label in self.columns)
        wanted = ", ".join(
            f'unnest(${i}::{_DUCKDB[kind]}[]) AS "{name}"'
            for i, (name, kind) in enumerate(zip(names, kinds, strict=True), start=1)
        )
        with _aside(path) as out:
            connection = duckdb.connect()
            try:
                connection.execute(
                    f"CREATE TABLE t AS SELECT {wanted}", [_as(k, c) for k, c in zip(kinds, columns, strict=True)]
                )
                connection.table("t").write_parquet(str(out))
            except duckdb.IOException as error:
                raise OSError(None, " ".join(str(error).split()), str(path)) from error
            finally:
                connection.close()

    def to_stata(self, path: str | Path) -> None:
        """Write a Stata file, version 14 or later (needs pandas); a variable's label is its column's full name."""
        import pandas as pd

        columns = list(zip(*self.records(), strict=True)) or [()] * len(self.columns)
        names = stata_names(self.columns)
        data: dict[str, Any] = {}
        long: list[str] = []
        for name, column in zip(names, columns, strict=True):
            if _kind(column) is str:
                # Stata has no missing texts.
                data[name] = ["" if cell is None else str(cell) for cell in column]
                if any(len(cell.encode()) > _LONGEST_IN_STATA for cell in data[name]):
                    long.append(name)
            else:
                # Nor has it truth values.
                data[name] = [float("nan") if cell is None else float(cell) for cell in column]
        labels = {
            name: label if len(label) <= _LABEL else label[: _LABEL - 1] + "…"
            for name, label in zip(names, self.columns, strict=True)
        }
        with _aside(path) as out:
            frame = pd.DataFrame(data, columns=list(names))
            frame.to_stata(out, write_index=False, version=118, variable_labels=labels, convert_strl=long)


_LABEL = 80
_STATA_NAME = 32
_LONGEST_IN_STATA = 2045
_STATA_WORDS = frozenset((
    "aggregate", "array", "boolean", "break", "byte", "case", "catch", "class", "colvector", "complex", "const",
    "continue", "default", "delegate", "delete", "do", "double", "else", "eltypedef", "end", "enum", "explicit",
    "export", "external", "float", "for", "friend", "function", "global", "goto", "if", "in", "inline", "int",
    "local", "long", "NULL", "pragma", "protected", "quad", "rowvector", "short", "typedef", "typename", "using",
    "virtual", "with", "strL", "_all", "_b", "_coef", "_cons", "_n", "_N", "_pi", "_pred", "_rc", "_skip",
))  # fmt: skip
_FORMULA = re.compile(r"[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")
_NO_FORMULA = re.compile(r"[-+]?[\d.,]+(?:[eE][-+]?\d+)?%?")


def no_formula(text: str) -> str:
    """Return a text such that no spreadsheet takes it for a formula: with an apostrophe before ``=``, ``+``, ``-``, ``@``.

    A plain number, such as -40, is left as it is.
    """
    if _FORMULA.match(text) and not _NO_FORMULA.fullmatch(text):
        return "'" + text
    return text


def _unique(names: Sequence[str], same: Callable[[str], str] = str, longest: int | None = None) -> tuple[str, ...]:
    """Return names of which no two are the same, by adding a number to those that come later."""
    taken = {same(name) for name in names}
    used: set[str] = set()
    out = []
    for name in names:
        chosen, number = name, 1
        while same(chosen) in used or (number > 1 and same(chosen) in taken):
            number += 1
            ending = f"_{number}"
            chosen = (name if longest is None else name[: longest - len(ending)]) + ending
        used.add(same(chosen))
        out.append(chosen)
    return tuple(out)


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


def stata_names(labels: Sequence[str]) -> tuple[str, ...]:
    """Turn columns into names that Stata accepts: letters, digits and underscores, at most 32, each once."""
    names = []
    for label in labels:
        name = "".join(c if c.isalpha() or c == "_" or (c.isascii() and c.isdigit()) else "_" for c in label)
        plain = name.isascii() or all(not 128 <= ord(c) < 192 and ord(c) not in (215, 247) for c in name)
        name = name if plain else "".join(c if c.isascii() else "_" for c in name)
        reserved = name in _STATA_WORDS or re.fullmatch(r"str\d+", name) or not name or name[0].isdigit()
        names.append((f"v_{name}" if reserved else name)[:_STATA_NAME])
    return _unique(names, longest=_STATA_NAME)


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
        return bare(json.dumps(self.to_dict(), ensure_ascii=False, indent=2))

    def to_pandas(self, table: str | None = None) -> pd.DataFrame:
        """Return one of `tables` as a pandas data frame, the main one by default."""
        return self._table(table).to_pandas()

    def to_polars(self, table: str | None = None) -> Any:
        """Return one of `tables` as a polars data frame, the main one by default."""
        return self._table(table).to_polars()

    def save(self, path: str | Path, table: str | None = None) -> None:
        """Write one of `tables` to a file whose ending names the format: csv, parquet, dta or json (everything)."""
        save(path, self.to_dict(), self.tables(), table)

    def _table(self, name: str | None) -> Table:
        return table_named(self.tables(), name)

    def _repr_html_(self) -> str:
        return _NOTEBOOKS[-1](self)


def _plain_html(result: Result) -> str:
    return f"<p>{escape(repr(result))}</p>"


_NOTEBOOKS: list[Callable[[Result], str]] = [_plain_html]
"""How results show themselves in notebooks: what draws says so, since what computes must not know of it."""


def shown_by(notebook: Callable[[Result], str]) -> None:
    """Say what a notebook shows of a result."""
    _NOTEBOOKS[1:] = [notebook]


def table_named(tables: Mapping[str, Table], name: str | None = None) -> Table:
    """Return a table by its name, the first by default.

    Raises
    ------
    UnknownName
    """
    if name is None:
        return next(iter(tables.values()))
    if name not in tables:
        raise unknown("table", name, tables, where="in this result")
    return tables[name]


def save(path: str | Path, data: Any, tables: Mapping[str, Table], table: str | None = None) -> None:
    """Write an answer to a file whose ending names the format: one of its tables, or all of its data as JSON.

    Parameters
    ----------
    path : path
        Ends in csv, parquet, dta or json.
    data : Any
        The JSON form.
    tables : mapping from name to Table
    table : str, optional
        Which one. Default: the first.

    Raises
    ------
    UnknownName
        Where there is no such table.
    ValueError
        For another ending.
    """
    ending, chosen = Path(path).suffix.lower(), table_named(tables, table)
    if ending == ".json":
        write_safely(path, json.dumps(data, ensure_ascii=False, indent=2) + "\n")
    elif ending == ".csv":
        chosen.to_csv(path)
    elif ending == ".parquet":
        chosen.to_parquet(path)
    elif ending == ".dta":
        chosen.to_stata(path)
    else:
        raise ValueError(f"cannot tell a format from {str(path)!r}; end the name in .csv, .parquet, .dta or .json")


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


def write_safely(path: str | Path, content: str | bytes, *, new: bool = False) -> None:
    """Write a file so that a failure leaves the old one whole: to a temporary file beside it, then rename.

    Parameters
    ----------
    path : str or Path
    content : str or bytes
    new : bool
        Whether the file must not exist yet.

    Raises
    ------
    OSError
        Naming the file as it was asked for; `FileExistsError` where a new file exists.
    """
    data = content.encode() if isinstance(content, str) else content
    with _aside(path, new=new) as temporary:
        temporary.write_bytes(data)


@contextmanager
def _aside(path: str | Path, *, new: bool = False) -> Iterator[Path]:
    """Give a temporary file beside the one that is asked for, and put it in its place when it is complete."""
    path = Path(path)
    # One rule for everything that is written: a folder that is named and missing is made.
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path)) from error
    try:
        _sweep(path.parent)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.{_machine()}-{os.getpid()}.")
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            # mkstemp makes private files; what a person asked for should be readable as usual.
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(temporary, 0o666 & ~umask)
            if new:
                _put_once(temporary, path)
            else:
                os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        # The user knows the file by the name that was asked for.
        raise type(error)(error.errno, error.strerror or str(error), str(path)) from error


def _machine() -> str:
    """Return what tells temporary files of this machine from those of another that shares the folder."""
    node = os.uname().nodename if hasattr(os, "uname") else "here"
    return f"halfway-{zlib.crc32(node.encode()):08x}"


def _sweep(folder: Path) -> None:
    """Remove the temporary files of processes of this machine that were killed while they wrote."""
    ours = re.compile(rf"\..+\.{_machine()}-(\d+)\.[^.]+")
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            found = ours.fullmatch(entry.name)
            if found and not _is_running(int(found[1])):
                with contextlib.suppress(OSError):
                    os.unlink(entry.path)


def _is_running(process: int) -> bool:
    if os.name != "posix":
        return True  # asking would end it there
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _put_once(temporary: Path, path: Path) -> None:
    """Put a file in its place unless something is there, even if that came in between."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # Not every file system has links.
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        os.replace(temporary, path)
    else:
        temporary.unlink()
