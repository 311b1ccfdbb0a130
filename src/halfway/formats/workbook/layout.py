"""Which sheets a workbook has and which columns they have: derived from the nouns, never listed by hand."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from halfway.case.case import Case
from halfway.case.declared import bare, field_of

Kind = Literal["map", "list"]

CASE_SHEET = "case"
GUIDE_SHEET = "read me"
PRIVATE = "_"
"""A sheet whose name begins so is the user's own and is not read."""
OF, KEY, NUMBER, VALUE = "part of", "key", "no", "value"
"""Headings of the columns that say where a row belongs, and of the one that holds a plain value."""


@dataclass(frozen=True)
class Column:
    """One field of a noun, by its dotted name within the noun; ``whole`` where it is a noun with fields of its own."""

    name: str
    description: str
    choices: tuple[str, ...]
    whole: bool


@dataclass(frozen=True)
class Sheet:
    """What stands under one key of the format, wherever in a case that key occurs.

    Attributes
    ----------
    name : str
        The key, which is also the name of the sheet.
    kind : str
        ``map`` where entries have names, ``list`` where they have numbers.
    nested : bool
        Whether it stands inside another noun anywhere, so that rows must say in which one.
    columns : tuple of Column
        Of the noun; empty where an entry is a plain value.
    description : str
    """

    name: str
    kind: Kind
    nested: bool
    columns: tuple[Column, ...]
    description: str

    @property
    def plain(self) -> bool:
        """Whether an entry is one value, not a noun."""
        return not self.columns


def is_noun(declared: Any) -> typing.TypeGuard[type[BaseModel]]:
    """Tell whether a declared type is a noun."""
    return isinstance(declared, type) and issubclass(declared, BaseModel)


def container(noun: type[BaseModel] | None, key: str) -> tuple[Kind, Any] | None:
    """Return the kind of a collection that a noun has under a key and what an entry is, or None for what stands in a cell.

    A list of plain values is no collection here. Nor is one whose key stands for something else in another noun, which
    has the sheet: it is written in brackets.
    """
    entry = _declared_as(noun, key)
    return entry if entry is None or noun is None or (noun, key) not in _without_sheet() else None


def _declared_as(noun: type[BaseModel] | None, key: str) -> tuple[Kind, Any] | None:
    info = field_of(noun, key) if noun is not None else None
    declared = bare(info.annotation) if info is not None else None
    origin, arguments = get_origin(declared), get_args(declared)
    if origin is dict:
        return "map", bare(arguments[1])
    if origin in (tuple, list) and is_noun(bare(arguments[0])):
        return "list", bare(arguments[0])
    return None


def fields_of(noun: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """Go through the fields of a noun by the keys that a case file has."""
    for name, info in noun.model_fields.items():
        yield info.alias or name, info


@cache
def _without_sheet() -> frozenset[tuple[type[BaseModel], str]]:
    """Return the collections that cannot share the sheet of their key; the first noun to declare the key keeps it."""
    kinds: dict[str, tuple[Kind, bool]] = {}
    out: set[tuple[type[BaseModel], str]] = set()
    seen: set[type[BaseModel]] = set()

    def visit(noun: type[BaseModel]) -> None:
        if noun in seen:
            return
        seen.add(noun)
        for key, info in fields_of(noun):
            entry = _declared_as(noun, key)
            if entry is not None and kinds.setdefault(key, (entry[0], is_noun(entry[1]))) != (
                entry[0],
                is_noun(entry[1]),
            ):
                out.add((noun, key))
            inner = entry[1] if entry else bare(info.annotation)
            if is_noun(inner):
                visit(inner)

    visit(Case)
    return frozenset(out)


@cache
def sheets() -> dict[str, Sheet]:
    """Return the sheets that a workbook may have, besides the one of the case itself, by name."""
    found: dict[str, Sheet] = {}
    seen: set[type[BaseModel]] = set()

    def visit(noun: type[BaseModel]) -> None:
        if noun in seen:
            return
        seen.add(noun)
        inner: list[type[BaseModel]] = []
        for key, info in fields_of(noun):
            entry = container(noun, key)
            if entry is None:
                if is_noun(bare(info.annotation)):
                    inner.append(bare(info.annotation))
                continue
            kind, declared = entry
            columns = tuple(columns_of(declared)) if is_noun(declared) else ()
            before = found.get(key)
            nested = noun is not Case or (before is not None and before.nested)
            if before is not None:
                columns = tuple({c.name: c for c in (*before.columns, *columns)}.values())
            description = before.description if before else (info.description or "")
            found[key] = Sheet(key, kind, nested, columns, description)
            if is_noun(declared):
                inner.append(declared)
        for other in inner:
            visit(other)

    visit(Case)
    return found


def columns_of(noun: type[BaseModel], prefix: str = "") -> Iterator[Column]:
    """Go through what a row of a noun may hold, nouns within it by dotted names, in the order of the declarations."""
    for key, info in fields_of(noun):
        if container(noun, key) is not None:
            # Stands in a sheet of its own; a cell can only say that it is empty.
            continue
        declared = bare(info.annotation)
        yield Column(prefix + key, info.description or "", choices_of(declared), is_noun(declared))
        if is_noun(declared):
            yield from columns_of(declared, f"{prefix}{key}.")


def choices_of(declared: Any) -> tuple[str, ...]:
    """Return the words that a declared type allows, as a person would write them; empty where there is no short list."""
    if declared is bool:
        return ("yes", "no")
    if get_origin(declared) is Literal and all(isinstance(word, str) for word in get_args(declared)):
        return tuple(get_args(declared))
    return ()
