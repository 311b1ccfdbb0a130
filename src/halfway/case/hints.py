"""What to say of a key that is missing or unknown: which thing it is missing in, what to add, and where it belongs."""

from __future__ import annotations

import typing
from typing import Any, TypeAlias, get_args, get_origin

from pydantic import BaseModel, PlainValidator

from halfway.case.case import Case
from halfway.case.declared import bare, field_at, field_of, model_at
from halfway.case.time import DateText
from halfway.errors import suggestion

Steps: TypeAlias = tuple[str | int, ...]

_ITEMS = {
    "authors": "author", "disclosures": "disclosure", "promises": "promise", "policies": "policy",
    "instances": "instance", "obligations": "obligation", "on": "rule", "linkages": "linkage", "red_lines": "red line",
    "statements": "statement", "constraints": "constraint", "transfers": "transfer", "repairs": "repair",
    "aims": "aim", "expected": "published answer", "support": "supporter", "breach_costs": "cost of breaking",
    "reactions": "reaction",
}  # fmt: skip
"""What one entry of a list is called."""

_ALSO = {
    "triggers": "on", "rules": "on", "trigger": "on", "duration": "lasts", "length": "lasts", "for_how_long": "lasts",
    "next": "then", "goto": "then", "preferences": "interests", "utilities": "interests", "utility": "interests",
    "batna": "walk_away", "walkaway": "walk_away", "reservation": "walk_away", "discount": "patience",
    "discount_factor": "patience", "power": "capability", "parties": "seats", "participants": "seats",
    "date": "made", "when": "made", "statusquo": "status_quo", "setter": "set_by", "sets": "set_by", "owners": "owner",
    "probabilities": "observed", "desirability": "values", "deadline": "due", "actor": "by", "who": "by",
}  # fmt: skip
"""What people write in place of a key."""


def item(path: Steps) -> str:
    """Name what stands at a path: an entry of a list by its number, anything else by its key."""
    if not path:
        return "the case"
    if isinstance(path[-1], int):
        listed = str(path[-2]) if len(path) > 1 else ""
        return f"{_ITEMS.get(listed, f'entry of {listed!r}')} {path[-1] + 1}"
    return f"'{path[-1]}'"


def missing(path: Steps) -> tuple[str, str, str]:
    """Return what is wrong, why and what to do where the key at the end of a path is missing."""
    name, around = str(path[-1]), path[:-1]
    info = field_at(path)
    dated = _is_date(path)
    in_list = bool(around) and isinstance(around[-1], int)
    what = (
        f"{item(around)} has no {'date' if dated else repr(name)}"
        if in_list
        else f"'{name}' is missing in {item(around)}"
    )
    why = info.description.rstrip(".").split(".")[0] if info and info.description else "it has no default"
    if why == "When":
        why = "a promise is dated, so that it stands before what became of it"
    return what, why, f"add '{name}: {'YYYY-MM-DD' if dated else '…'}'"


def _is_date(path: Steps) -> bool:
    info = field_at(path)
    readers = [m.func for m in get_args(DateText) if isinstance(m, PlainValidator)]
    return info is not None and any(isinstance(m, PlainValidator) and m.func in readers for m in info.metadata)


def unknown(name: str, path: Steps) -> str:
    """Say what an unknown key probably is, or where the key belongs that it is."""
    model = model_at(path[:-1])
    known = [info.alias or key for key, info in model.model_fields.items()] if model else []
    also = _ALSO.get(name.lower().replace("-", "_").replace(" ", "_"))
    if also in known:
        return f"did you mean '{also}'?"
    for key in known:
        info = field_at((*path[:-1], key))
        inner = _noun(info.annotation) if info else None
        if inner is not None and field_of(inner, name) is not None:
            return f"'{name}' belongs below '{key}'"
    for depth in range(len(path) - 2, -1, -1):
        outer = model_at(path[:depth]) if depth else Case
        if outer is not None and outer is not model and field_of(outer, name) is not None:
            return f"'{name}' belongs to {item(path[:depth])}, further out"
    return suggestion(name, known)


def _noun(annotation: Any) -> type[BaseModel] | None:
    """Return the single noun that a key holds, if it holds one."""
    found = bare(annotation)
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def stand_ins(path: Steps, name: str) -> list[Any]:
    """Return what could stand for a key that is missing, so that the rest can be checked all the same.

    Parameters
    ----------
    path : tuple
    name : str
        A name that nothing has.
    """
    info = field_at(path)
    found = bare(info.annotation) if info else None
    literal = list(get_args(found)[:1]) if get_origin(found) is typing.Literal else []
    return [*literal, name, [name], {name: name}, "2000", "0", {f"{name}1": {}, f"{name}2": {}}]
