"""One serialiser for everything that leaves as JSON: frozen dataclasses in, plain data or their JSON Schema out.

A dataclass says by its fields what it shows. Where the form outside differs from the form inside, a field says so with
`shown_as`, and what is worked out from fields is a property marked with `shown`. Nothing else is written by hand.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cache, cached_property
from pathlib import PurePath
from typing import Any, Literal, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_KEY = "halfway.shown"
_MARK = "__shown__"


@dataclasses.dataclass(frozen=True)
class Shown:
    """How one entry goes out.

    Attributes
    ----------
    name : str or None
        Its key, where that is not the field's name.
    hidden : bool
        Whether it stays inside.
    unless_empty : bool
        Whether it is left out where it is None or has nothing in it.
    flat : bool
        Whether its own entries stand among those around it.
    by : callable or None
        What turns the value into the one shown; its return annotation is the type shown.
    after : str or None
        For properties: the key that it follows.
    """

    name: str | None = None
    hidden: bool = False
    unless_empty: bool = False
    flat: bool = False
    by: Callable[[Any], Any] | None = None
    after: str | None = None


def shown_as(
    name: str | None = None,
    *,
    hidden: bool = False,
    unless_empty: bool = False,
    flat: bool = False,
    by: Callable[[Any], Any] | None = None,
) -> dict[str, Shown]:
    """Return the metadata of a dataclass field that goes out otherwise than it stands; see `Shown`."""
    return {_KEY: Shown(name, hidden, unless_empty, flat, by)}


HIDDEN = shown_as(hidden=True)
"""The metadata of a field that stays inside."""


def shown(
    name: str | None = None, *, after: str | None = None, unless_empty: bool = False, flat: bool = False
) -> Callable[[F], F]:
    """Mark the function of a property that goes out beside the fields; see `Shown`."""

    def mark(function: F) -> F:
        setattr(function, _MARK, Shown(name, unless_empty=unless_empty, flat=flat, after=after))
        return function

    return mark


@dataclasses.dataclass(frozen=True)
class _Entry:
    attribute: str
    key: str
    how: Shown
    function: Callable[..., Any] | None = None


@cache
def _entries(kind: type) -> tuple[_Entry, ...]:
    """Return what a dataclass shows, in order."""
    out = [
        _Entry(f.name, how.name or f.name, how)
        for f in dataclasses.fields(kind)
        if not (how := f.metadata.get(_KEY, Shown())).hidden and not f.name.startswith("_")
    ]
    found: dict[str, _Entry] = {}
    for owner in reversed(kind.__mro__):
        for attribute, value in vars(owner).items():
            function = value.fget if isinstance(value, property) else getattr(value, "func", None)
            if isinstance(value, property | cached_property) and hasattr(function, _MARK):
                how = getattr(function, _MARK)
                found[attribute] = _Entry(attribute, how.name or attribute, how, function)
    for entry in found.values():
        keys = [e.key for e in out]
        at = keys.index(entry.how.after) + 1 if entry.how.after in keys else len(out)
        out.insert(at, entry)
    return tuple(out)


def plain(value: Any) -> Any:
    """Turn a value into what JSON holds: texts, numbers, truth values, None, lists, and mappings from texts.

    A number that is none (not a number, infinite) becomes None; a named tuple becomes a mapping.
    """
    if value is None or isinstance(value, str | bool | int):
        # A text or number with a class of its own, such as a label, becomes an ordinary one.
        return value if value is None or type(value) in (str, bool, int) else _bare(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _record(value)
    if isinstance(value, Mapping):
        return {_text(k): plain(v) for k, v in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: plain(v) for name, v in zip(value._fields, value, strict=True)}
    if isinstance(value, frozenset | set):
        return [plain(v) for v in sorted(value)]
    if isinstance(value, Sequence):
        return [plain(v) for v in value]
    return _other(value)


def _bare(value: str | int) -> Any:
    if isinstance(value, Enum):
        return plain(value.value)
    return str(value) if isinstance(value, str) else int(value)


def _text(key: Any) -> str:
    return key if type(key) is str else str(plain(key))


def _other(value: Any) -> Any:
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if hasattr(value, "tolist"):
        # NumPy's arrays and numbers, without importing it.
        return plain(value.tolist())
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _record(value: Any) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for entry in _entries(typing.cast(Hashable, type(value))):
        how, held = entry.how, getattr(value, entry.attribute)
        if how.by is not None:
            held = how.by(held)
        if how.unless_empty and (held is None or (hasattr(held, "__len__") and not len(held))):
            continue
        if how.flat:
            out.update(plain(held) or {})
        else:
            out[entry.key] = plain(held)
    return out


def json_schema(kind: type) -> dict[str, Any]:
    """Return the JSON Schema of what `plain` makes of a dataclass; descriptions are those of its documentation."""
    definitions: dict[str, Any] = {}
    root = _object(kind, definitions)
    out = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": kind.__name__, **root}
    if definitions:
        out["$defs"] = dict(sorted(definitions.items()))
    return out


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    hints, said = _hints(kind), _described(kind)
    properties: dict[str, Any] = {}
    required: list[str] = []
    for entry in _entries(kind):
        if entry.how.by is not None:
            hint = typing.get_type_hints(entry.how.by).get("return", Any)
        elif entry.function is not None:
            hint = _return_of(entry.function, kind)
            said.setdefault(entry.attribute, " ".join((entry.function.__doc__ or "").split("\n\n")[0].split()))
        else:
            hint = hints[entry.attribute]
        if entry.how.flat:
            inner = _object(_class_of(hint), definitions)
            properties.update(inner["properties"])
            required += [] if entry.how.unless_empty else inner["required"]
            continue
        properties[entry.key] = _schema(hint, definitions)
        if said.get(entry.attribute):
            properties[entry.key] = {**properties[entry.key], "description": said[entry.attribute]}
        if not entry.how.unless_empty:
            required.append(entry.key)
    summary = " ".join((kind.__doc__ or "").split("\n\n")[0].split())
    return {
        "type": "object",
        "description": summary,
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _return_of(function: Callable[..., Any], kind: type) -> Any:
    return typing.get_type_hints(function).get("return", Any)


def _class_of(hint: Any) -> type:
    for one in (hint, *typing.get_args(hint)):
        if dataclasses.is_dataclass(one):
            return typing.cast(type, one)
    raise TypeError(f"{hint} has no entries of its own")


_SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    # What is not finite goes out as null.
    float: {"type": ["number", "null"]},
    Fraction: {"type": "number"},
    date: {"type": "string", "format": "date"},
    type(None): {"type": "null"},
    object: {},
    Any: {},
}


def _schema(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if hint in _SIMPLE:
        return dict(_SIMPLE[hint])
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return _schema(arguments[0], definitions)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (typing.Union, types.UnionType):
        return _either([_schema(one, definitions) for one in arguments])
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema(arguments[1], definitions)}
    if origin is tuple and arguments and arguments[-1] is not Ellipsis:
        items = [_schema(one, definitions) for one in arguments]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    if origin is not None and isinstance(origin, type) and issubclass(origin, Iterable):
        # Arrays of numbers are nested as deep as they have axes, which their type does not say.
        numbers = origin.__module__ == "numpy"
        return {"type": "array"} if numbers else {"type": "array", "items": _schema(arguments[0], definitions)}
    if isinstance(hint, type):
        return _named(hint, definitions)
    return {}


def _named(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    if dataclasses.is_dataclass(kind):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}
            definitions[kind.__name__] = _object(kind, definitions)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        hints = _hints(kind)
        return {
            "type": "object",
            "properties": {name: _schema(hints[name], definitions) for name in kind._fields},
            "required": list(kind._fields),
            "additionalProperties": False,
        }
    if issubclass(kind, str):
        return {"type": "string"}
    if issubclass(kind, Mapping):
        return {"type": "object"}
    return {"type": "array"} if issubclass(kind, Iterable) else {}


def _either(parts: list[dict[str, Any]]) -> dict[str, Any]:
    if all(set(p) == {"type"} for p in parts):
        kinds = dict.fromkeys(k for p in parts for k in ([p["type"]] if isinstance(p["type"], str) else p["type"]))
        return {"type": list(kinds)}
    return {"anyOf": parts}


def _described(kind: type) -> dict[str, str]:
    """Read the section Attributes of a class's documentation: name to description."""
    out: dict[str, str] = {}
    for owner in reversed(kind.__mro__):
        text = owner.__doc__ or ""
        if "Attributes\n" not in text:
            continue
        names: list[str] = []
        for line in text.split("Attributes\n", 1)[1].splitlines()[1:]:
            body = line.strip()
            depth = len(line) - len(line.lstrip())
            if depth == 4 and " : " in body:
                names = [n.strip() for n in body.split(" : ", 1)[0].split(",")]
            elif depth > 4 and names:
                for name in names:
                    out[name] = f"{out.get(name, '')} {body}".strip()
            elif body and depth <= 4:
                names = []
    return out
