"""What the declarations of the nouns say of a path in a case: which noun stands there, and what its keys are."""

from __future__ import annotations

import types
import typing
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from halfway.case.case import Case


def field_of(model: type[BaseModel], key: Any) -> FieldInfo | None:
    """Return the declaration of a key of a noun."""
    return next((info for name, info in model.model_fields.items() if key in (name, info.alias)), None)


def field_at(path: tuple[str | int, ...]) -> FieldInfo | None:
    """Return the declaration of the key at the end of a path, where a noun stands around it."""
    model = model_at(path[:-1]) if path else None
    return field_of(model, path[-1]) if model else None


def model_at(path: tuple[str | int, ...]) -> type[BaseModel] | None:
    """Return the noun that a path leads to, following the declarations."""
    here: Any = Case
    for step in path:
        here = step_into(here, step)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def step_into(annotation: Any, step: Any) -> Any:
    """Return the declared type of what stands at a key or a number in something declared."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        info = field_of(annotation, step)
        return bare(info.annotation) if info else None
    arguments = get_args(annotation)
    return bare(arguments[-1] if get_origin(annotation) is dict else arguments[0]) if arguments else None


def bare(annotation: Any) -> Any:
    """Strip Optional and Annotated off a declared type."""
    while get_origin(annotation) is typing.Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (typing.Union, types.UnionType):
        parts = [a for a in get_args(annotation) if a is not type(None)]
        return bare(parts[0]) if len(parts) == 1 else annotation
    return annotation


def description_of(path: tuple[str | int, ...]) -> str:
    """Return the first sentence that describes the key at the end of a path."""
    info = field_at(path)
    return info.description.rstrip(".").split(".")[0] if info and info.description else ""
