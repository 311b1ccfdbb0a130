"""What all nouns of a case share: they are frozen, know no other keys, and say in plain words what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

Model = TypeVar("Model", bound=BaseModel)


class Noun(BaseModel):
    """Base of everything that a case file can declare."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        populate_by_name=True,
        coerce_numbers_to_str=True,
        arbitrary_types_allowed=True,
    )


def parts_of(noun: BaseModel) -> Iterator[tuple[str, Any]]:
    """Go through what a noun says, by the keys that a case file has."""
    for name, info in type(noun).model_fields.items():
        yield info.alias or name, getattr(noun, name)
    yield from (noun.__pydantic_extra__ or {}).items()


def complaint(code: str, what: str, why: str, remedy: str) -> PydanticCustomError:
    """Make the error that a validator raises; the reader adds the place."""
    # Braces would be taken for fields of a template, hence the indirection.
    return PydanticCustomError(code, "{what}", {"what": what, "why": why, "remedy": remedy})


def within(error: PydanticCustomError, *steps: str | int) -> PydanticCustomError:
    """Say that an error concerns a part of what is being read; the reader then finds the part's place."""
    context = dict(error.context or {})
    context["within"] = (*steps, *context.get("within", ()))
    return PydanticCustomError(error.type, "{what}", context)


def as_names(raw: Any) -> Any:
    """Let a single name stand for a list of one."""
    return [raw] if isinstance(raw, str) else raw


def label_of(raw: Any) -> Any:
    """Read a label as typed: ``no``, ``on`` and ``12:30`` are names like any other."""
    if isinstance(raw, bool):
        raise complaint(
            "S206",
            f"a name is written as the truth value {raw}",
            "names are text",
            f"quote it: '{'yes' if raw else 'no'}'",
        )
    return raw


_LABEL_SCHEMA = {"type": ["string", "number", "boolean"]}

Label: TypeAlias = Annotated[str, BeforeValidator(label_of), WithJsonSchema(_LABEL_SCHEMA)]
"""A name of an actor, issue, option, signal or phase; whatever was typed, as text."""

Names: TypeAlias = Annotated[
    tuple[Label, ...],
    BeforeValidator(as_names),
    WithJsonSchema({"anyOf": [_LABEL_SCHEMA, {"type": "array", "items": _LABEL_SCHEMA}]}),
]
"""One name or a list of names."""

Texts: TypeAlias = Annotated[
    tuple[str, ...],
    BeforeValidator(as_names),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
"""One text or a list of texts."""


class Sourced(Noun):
    """Anything that says why it is as it is."""

    note: str | None = Field(None, description="Why this is so, in a sentence or two.")
    source: Names = Field((), description="Keys of `sources` that bear this out.")


MEDIATOR, PUBLIC = "mediator", "public"
"""Who can see a part of a case beside its actors: the mediator as such, and everyone."""


class Shareable(Sourced):
    """Anything of which it can be said who may see it in a role sheet, otherwise than by default."""

    seen_by: Names | None = Field(
        None,
        description="Who may see it beside those whose it is: actors, `mediator`, `public` for everyone; `[]` for nobody "
        "else. Default: as the page on role sheets lists it. It changes no analysis of the case.",
    )


def shorthand(convert: Callable[[Any], Any]) -> BeforeValidator:
    """Accept a short spelling: `convert` turns it into the mapping that it stands for."""
    return BeforeValidator(convert)
