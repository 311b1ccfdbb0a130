"""A case's plain data taken apart into rows of sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from halfway.case.case import Case
from halfway.case.declared import bare, field_of
from halfway.errors import InputError, Place, Problem
from halfway.formats.workbook.layout import VALUE, container, is_noun


@dataclass
class Row:
    """One row: in which noun it stands, its name or number there, and its cells by heading."""

    of: str
    key: str | int
    cells: dict[str, Any] = field(default_factory=dict)


@dataclass
class Taken:
    """A case taken apart.

    Attributes
    ----------
    case : dict
        What the case itself says, by dotted keys.
    rows : dict
        Sheet → its rows in order.
    """

    case: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)


def taken_apart(data: Mapping[str, Any]) -> Taken:
    """Take a case's plain data apart; `halfway.formats.workbook.reader` puts them together again."""
    out = Taken()
    _noun(Case, data, (), "", out.case, out)
    return out


def _noun(
    noun: type[BaseModel],
    data: Mapping[str, Any],
    path: tuple[str, ...],
    prefix: str,
    cells: dict[str, Any],
    out: Taken,
) -> None:
    for key, value in data.items():
        info = field_of(noun, key)
        declared = info.annotation if info else Any
        entry = container(noun, key)
        inner = bare(declared)
        if entry is not None and value and isinstance(value, dict | list | tuple):
            _entries(key, entry[1], value, (*path, key), out)
        elif is_noun(inner) and isinstance(value, Mapping) and value:
            _noun(inner, value, (*path, key), f"{prefix}{key}.", cells, out)
        else:
            cells[prefix + key] = value


def _entries(sheet: str, declared: Any, value: Any, path: tuple[str, ...], out: Taken) -> None:
    rows = out.rows.setdefault(sheet, [])
    of = ".".join(_step(step) for step in path[:-1])
    for key, part in value.items() if isinstance(value, Mapping) else enumerate(value):
        row = Row(of, key)
        rows.append(row)
        if is_noun(declared) and isinstance(part, Mapping):
            _noun(declared, part, (*path, str(key)), "", row.cells, out)
            if not part:
                # An entry that says nothing of itself still is one.
                row.cells = {}
        else:
            row.cells[VALUE] = part


def _step(key: str) -> str:
    if '"' in key:
        problem = Problem(
            "F208",
            f"the name '{key}' cannot stand in a workbook",
            "other sheets refer to it by a path, in which quotes have a meaning",
            "write the case as YAML, or rename it",
            Place("<case>"),
        )
        raise InputError([problem])
    return f'"{key}"' if "." in key or not key or key != key.strip() else key
