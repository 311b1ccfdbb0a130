"""Schemas of foreign files: what pydantic finds wrong becomes problems, each at its place."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, ValidationError
from pydantic_core import PydanticCustomError

from halfway.errors import InputError, Place, Problem
from halfway.reading.numbers import brief, exact, whole

MOST_PROBLEMS = 20
LONGEST_NAME = 500

M = TypeVar("M", bound=BaseModel)
Locate: TypeAlias = Callable[[tuple[str | int, ...]], Place]


class Foreign(BaseModel):
    """Base of the schemas: other programs may write keys that nothing here needs."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, arbitrary_types_allowed=True)


def _number(raw: Any) -> Fraction:
    if isinstance(raw, Fraction):
        return raw
    if isinstance(raw, str):
        try:
            return exact(raw)
        except ValueError as error:
            raise _complaint(f"{brief(raw)} is not a number that can be read", str(error)) from None
    raise _complaint(f"{_kind(raw)} stands where a number is expected", "no number can be read from it")


def _whole(raw: Any) -> int:
    value = _number(raw)
    if value.denominator != 1:
        raise _complaint(f"{brief(raw)} is not a whole number", "it counts something")
    return whole(str(value))


def _name(raw: Any) -> str:
    if not isinstance(raw, str):
        raise _complaint(f"{_kind(raw)} stands where a name is expected", "names are text")
    name = one_line(raw)
    if not name:
        raise _complaint("a name is empty", "things are told apart by name")
    if len(name) > LONGEST_NAME:
        raise _complaint(f"the name {brief(name)} is too long", f"it has up to {LONGEST_NAME} characters")
    return str(name)


def one_line(text: str) -> str:
    """Return a name as it is compared and shown: its letters composed, its spaces single."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _kind(raw: Any) -> str:
    if raw is None:
        return "nothing"
    if isinstance(raw, bool):
        return "a truth value"
    if isinstance(raw, Mapping):
        return "a mapping"
    if isinstance(raw, list | tuple):
        return "a list"
    return brief(raw)


def _complaint(what: str, why: str) -> PydanticCustomError:
    return PydanticCustomError("foreign", "{what}", {"what": what, "why": why})


Exact: TypeAlias = Annotated[Fraction, BeforeValidator(_number)]
"""A number, read without rounding."""

Whole: TypeAlias = Annotated[int, BeforeValidator(_whole)]

Name: TypeAlias = Annotated[str, BeforeValidator(_name)]

_FORMS = {"~list": "a list", "~mapping": "a mapping", "~one": "a single value"}


def _form(raw: Any) -> str:
    if isinstance(raw, list | tuple):
        return "~list"
    return "~mapping" if isinstance(raw, dict | BaseModel) else "~one"


BY_FORM = Discriminator(_form)
"""Tells members of a union by their tags ``~list``, ``~mapping`` and ``~one``, so that only the one meant complains."""

_SHAPES = {
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dict_type": "a mapping",
    "list_type": "a list",
    "tuple_type": "a list",
    "string_type": "a text",
    "bool_type": "true or false",
}


def fit(model: type[M], data: Any, locate: Locate, code: str, remedy: str = "check the file") -> M:
    """Fit plain data to a schema.

    Parameters
    ----------
    model : type
    data : Any
    locate : callable
        Returns the place of a path into the data.
    code : str
        Of the problems.
    remedy : str

    Raises
    ------
    InputError
        With every problem, at most `MOST_PROBLEMS`.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found: dict[Place, Problem] = {}
        for detail in error.errors(include_url=False)[:MOST_PROBLEMS]:
            path = tuple(step for step in detail["loc"] if step != "[key]" and step not in _FORMS)
            what, why = _said(dict(detail), path)
            place = locate(path)
            # Where several shapes would do, each complains: one line a place is enough.
            found.setdefault(place, Problem(code, what, why, remedy, place))
        raise InputError(found.values()) from None


def _said(detail: Mapping[str, Any], path: tuple[str | int, ...]) -> tuple[str, str]:
    context = detail.get("ctx") or {}
    where = brief(path[-1]) if path else "the file"
    kind = detail["type"]
    if "what" in context:
        return str(context["what"]), str(context["why"])
    if kind == "missing":
        around = brief(path[-2]) if len(path) > 1 else "the file"
        return f"{where} is missing in {around}", "it cannot be read without"
    if kind in _SHAPES:
        return f"{_kind(detail.get('input'))} stands where {_SHAPES[kind]} is expected", f"it belongs to {where}"
    if kind == "union_tag_invalid":
        wanted = " or ".join(said for tag, said in _FORMS.items() if tag in str(context["expected_tags"]))
        return f"{_kind(detail.get('input'))} stands where {wanted} is expected", f"it belongs to {where}"
    if kind == "literal_error":
        return f"{_kind(detail.get('input'))} does not fit {where}", f"it is {context['expected']}"
    if kind in ("too_short", "too_long"):
        return f"{where} has {'too few' if kind == 'too_short' else 'too many'} entries", str(detail["msg"]).lower()
    return f"{_kind(detail.get('input'))} does not fit {where}", str(detail["msg"]).lower().replace("\n", " ")
