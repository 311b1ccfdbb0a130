"""Conditions over a package (or over public signals), as constraints, linkages, red lines and triggers use them.

``{sanctions: lifted, troops: [overt, covert]}`` holds when every issue named has one of the options named;
``all``, ``any``, ``not``, ``if``/``then`` and ``iff`` combine conditions; triggers may also say ``at_least`` and
``falls_by``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeAlias

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from halfway.case.estimates import read_number
from halfway.case.nouns import complaint, within

Path: TypeAlias = tuple[str | int, ...]

_HOW = "write {issue: option}, or combine such mappings with all, any, not, if/then, iff"
_DEEPEST = 30
WORDS = ("all", "any", "not", "if", "then", "iff", "at_least", "falls_by")
"""What cannot be the name of an issue."""


@dataclass(frozen=True)
class Is:
    """The issue has one of the options (in a trigger: shows one of the signals)."""

    issue: str
    options: tuple[str, ...]
    path: Path = field(default=(), compare=False)


@dataclass(frozen=True)
class All:
    """Every part holds; true where there is none."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True)
class AtLeast:
    """The public signals of a period show a breach at least as grave (triggers only).

    ``issue`` and ``by`` narrow it to one issue, or to the issues that one actor sets.
    """

    gravity: float
    issue: str | None = None
    by: str | None = None
    path: Path = field(default=(), compare=False)


@dataclass(frozen=True)
class FallsBy:
    """The gravity shown on an issue fell by at least so much since the period before (triggers only)."""

    points: float
    issue: str
    path: Path = field(default=(), compare=False)


Condition: TypeAlias = Is | All | AnyOf | Not | AtLeast | FallsBy


def atoms(condition: Condition) -> Iterator[Is | AtLeast | FallsBy]:
    """Walk through the parts of a condition that name something."""
    if isinstance(condition, All | AnyOf):
        for part in condition.parts:
            yield from atoms(part)
    elif isinstance(condition, Not):
        yield from atoms(condition.part)
    else:
        yield condition


def _wrong(path: Path, what: str, why: str, how: str = _HOW, code: str = "S220") -> PydanticCustomError:
    return within(complaint(code, what, why, how), *path)


def parse_condition(raw: Any, path: Path = (), *, trigger: bool = False) -> Condition:
    """Read a condition.

    Raises
    ------
    PydanticCustomError
        Saying which part cannot be read.
    """
    if isinstance(raw, All | AnyOf | Is | Not | AtLeast | FallsBy):
        return raw
    if len(path) > 2 * _DEEPEST:
        raise _wrong(path, "the condition is nested too deeply", f"{_DEEPEST} levels are read", "flatten it", "S221")
    if isinstance(raw, list):
        return All(tuple(parse_condition(part, (*path, i), trigger=trigger) for i, part in enumerate(raw)))
    if not isinstance(raw, dict):
        raise _wrong(path, f"'{str(raw)[:60]}' is not a condition", "it names no issue")
    if not raw:
        raise _wrong(path, "the condition is empty", "it would always hold")
    parts: list[Condition] = []
    for key, value in raw.items():
        here = (*path, key)
        if key in ("all", "any"):
            if not isinstance(value, list) or not value:
                raise _wrong(here, f"'{key}' is not followed by a list", "it combines several conditions")
            several = tuple(parse_condition(part, (*here, i), trigger=trigger) for i, part in enumerate(value))
            parts.append(All(several) if key == "all" else AnyOf(several))
        elif key == "not":
            parts.append(Not(parse_condition(value, here, trigger=trigger)))
        elif key == "if":
            if "then" not in raw:
                raise _wrong(here, "'if' stands without 'then'", "both halves are needed")
            premise = parse_condition(value, here, trigger=trigger)
            parts.append(AnyOf((Not(premise), parse_condition(raw["then"], (*path, "then"), trigger=trigger))))
        elif key == "then":
            if "if" not in raw:
                raise _wrong(here, "'then' stands without 'if'", "both halves are needed")
        elif key == "iff":
            if not isinstance(value, list) or len(value) != 2:
                raise _wrong(here, "'iff' is not followed by two conditions", "it says that they go together")
            a, b = (parse_condition(part, (*here, i), trigger=trigger) for i, part in enumerate(value))
            parts.append(AnyOf((All((a, b)), All((Not(a), Not(b))))))
        elif key in ("at_least", "falls_by"):
            if not trigger:
                raise _wrong(here, f"'{key}' stands outside a trigger", "it reads signals, not packages")
            parts.append(_gravity(key, value, here))
        else:
            parts.append(_is(str(key), value, here))
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _is(issue: str, value: Any, path: Path) -> Is:
    options = value if isinstance(value, list) else [value]
    if not options or any(isinstance(o, dict | list) or o is None for o in options):
        raise _wrong(path, f"'{issue}' is not followed by an option or a list of options", "a condition names both")
    return Is(issue, tuple(str(o) for o in options), path)


def _gravity(key: str, value: Any, path: Path) -> AtLeast | FallsBy:
    given = value if isinstance(value, dict) else {"gravity" if key == "at_least" else "points": value}
    amount = "gravity" if key == "at_least" else "points"
    known = {"gravity", "issue", "by"} if key == "at_least" else {"points", "issue"}
    try:
        number = float(read_number(str(given[amount])))
    except (KeyError, ValueError):
        number = -1.0
    if number < 0 or not set(given) <= known or (key == "falls_by" and "issue" not in given):
        raise _wrong(
            path,
            f"'{key}' cannot be read",
            "it takes a gravity in utility points, and may name an issue" if key == "at_least" else "it names an issue",
            "write {at_least: 50} or {at_least: {gravity: 50, issue: troops}}"
            if key == "at_least"
            else "write {falls_by: {points: 30, issue: troops}}",
            "S222",
        )
    issue = None if given.get("issue") is None else str(given["issue"])
    if key == "at_least":
        return AtLeast(number, issue, None if given.get("by") is None else str(given["by"]), path)
    return FallsBy(number, str(issue), path)


def plain(condition: Condition) -> Any:
    """Write a condition as the mapping it was read from, up to spelling."""
    if isinstance(condition, Is):
        return {condition.issue: condition.options[0] if len(condition.options) == 1 else list(condition.options)}
    if isinstance(condition, All):
        return {"all": [plain(part) for part in condition.parts]}
    if isinstance(condition, AnyOf):
        return {"any": [plain(part) for part in condition.parts]}
    if isinstance(condition, Not):
        return {"not": plain(condition.part)}
    if isinstance(condition, AtLeast):
        extra = {k: v for k, v in (("issue", condition.issue), ("by", condition.by)) if v is not None}
        return {"at_least": {"gravity": condition.gravity, **extra}}
    return {"falls_by": {"points": condition.points, "issue": condition.issue}}


def _package_condition(raw: Any) -> Condition:
    return parse_condition(raw)


def _signal_condition(raw: Any) -> Condition:
    return parse_condition(raw, trigger=True)


_SCHEMA = {
    "description": "A condition: {issue: option or [options]}, combined with all, any, not, if/then, iff.",
    "type": ["object", "array"],
}

PackageCondition: TypeAlias = Annotated[
    Condition, PlainValidator(_package_condition), PlainSerializer(plain), WithJsonSchema(_SCHEMA)
]
SignalCondition: TypeAlias = Annotated[
    Condition, PlainValidator(_signal_condition), PlainSerializer(plain), WithJsonSchema(_SCHEMA)
]
