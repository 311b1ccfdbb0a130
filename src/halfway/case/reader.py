"""Files, texts and plain data → Case, with every error at once and each at its place."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from halfway.case.actors import Actor
from halfway.case.case import Case, built_by
from halfway.case.declared import description_of, field_at, field_of, model_at, step_into
from halfway.case.hints import Steps, missing, stand_ins, unknown
from halfway.case.interests import Preferences
from halfway.case.places import Places
from halfway.case.plain import cleaned
from halfway.case.plans import Plan
from halfway.case.yaml_text import LARGEST_FILE, read_yaml, too_large
from halfway.errors import Collector, InputError, Place, Problem, suggestion
from halfway.reading.text import not_utf8

_MOST_PRUNINGS = 30
_STAND_IN = "0-not-stated-0"
_LOCAL = frozenset(("V404", "V412", "V413", "V416", "V430", "V434"))
"""Problems of one place only, which are the same whatever else cannot be read."""
_MOST_BYTES = 4 * LARGEST_FILE + 4
_SHAPES = {
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "dict_type": "a mapping of keys to values",
    "tuple_type": "a list",
    "list_type": "a list",
    "string_type": "a text",
}
_SCALARS = {
    "bool_parsing": "yes or no",
    "bool_type": "yes or no",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number of a usual size",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a finite number",
}


def load_file(path: str | Path, shown: str | None = None) -> Case:
    """Read a case file; messages call it by its path, or as `shown` says.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    shown = shown or str(path)
    return load_text(text_of(path, shown), shown)


def text_of(path: str | Path, shown: str | None = None) -> str:
    """Return the text of a case file.

    Raises
    ------
    InputError
        Where it cannot be read as text.
    """
    shown = shown or str(path)
    try:
        with Path(path).open("rb") as stream:
            raw = stream.read(_MOST_BYTES)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "it cannot be opened").lower()
        raise InputError([Problem("F001", f"cannot read {shown}", reason, "check the path", Place(shown))]) from error
    return _decoded(raw, shown)


def load_stream(stream: BinaryIO | None, shown: str) -> Case:
    """Read a case from a stream of bytes, such as standard input; messages call it as `shown` says.

    Raises
    ------
    InputError
        With every problem of what it gives.
    """
    try:
        raw = b"" if stream is None else stream.read(_MOST_BYTES)
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "it cannot be read").lower()
        raise InputError([Problem("F001", f"cannot read {shown}", reason, "name a file", Place(shown))]) from error
    return load_text(_decoded(raw, shown), shown)


def _decoded(raw: bytes, shown: str) -> str:
    if len(raw) >= _MOST_BYTES:
        # Cut off here, and too large in characters, too.
        raise InputError([too_large(shown)])
    if wrong := not_utf8(raw, shown):
        why, remedy, place = wrong
        raise InputError([Problem("Y100", "the text is not UTF-8", why, remedy, place)])
    return raw.decode().removeprefix("\ufeff")


def load_text(text: str, file: str = "<text>") -> Case:
    """Read a case from YAML text.

    Raises
    ------
    InputError
        With every problem of the text.
    """
    problems = Collector()
    data, places = read_yaml(text, file, problems)
    if data is None:
        problems.raise_if_any()
    return build(data, places, problems)


def build(data: Any, places: Places | None = None, problems: Collector | None = None) -> Case:
    """Make a Case of plain data and check that it is coherent.

    Parameters
    ----------
    data : mapping
        As a case file has it.
    places : Places, optional
        Where its parts stand.
    problems : Collector, optional
        Problems found so far; they are raised together with those found here.

    Raises
    ------
    InputError
        With every problem.
    """
    from halfway.case.coherence import check

    places = places or Places()
    problems = problems or Collector()
    data = cleaned(data, places, problems, _word)
    if any(problem.code == "Y105" for problem in problems.problems):
        problems.raise_if_any()
    if not isinstance(data, dict):
        problems.add(
            "S205",
            "the file is not a mapping",
            "a case begins with keys such as name, actors, issues",
            "see `halfway new`",
            places.of(()),
        )
        raise InputError(problems.problems)
    _blanks(places, problems)
    data = _stated(data, Case)
    try:
        case = Case.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            problems.problems.append(_with_hint(_problem(detail, places)))
        _dangling_names(data, error, places, problems)
        problems.raise_if_any()
        raise
    case._places = places
    check(case, problems)
    problems.raise_if_any()
    return case


def _word(path: tuple[str | int, ...], truth: bool) -> str | None:
    """Return the key that a YAML reader took for a truth value, where the noun there has one."""
    model = model_at(path)
    known = {info.alias or name for name, info in model.model_fields.items()} if model else set()
    return next((word for word in (("on", "yes", "y") if truth else ("off", "no", "n")) if word in known), None)


def _blanks(places: Places, problems: Collector) -> None:
    """Complain where nothing stands after a key that could be left out: the default would count without a word."""
    for path in places.blank:
        info = field_at(path)
        if info is not None and not info.is_required() and info.default is None:
            problems.add(
                "S209",
                f"nothing stands after '{path[-1]}:'",
                "its default would count without being seen",
                "write a value, or remove the key",
                places.of(path),
            )


def _stated(data: Any, declared: Any) -> Any:
    """Return data without the keys that are stated to be nothing; a type, body or picture may cancel what it takes over."""
    if isinstance(data, list):
        return [_stated(item, step_into(declared, i)) for i, item in enumerate(data)]
    if not isinstance(data, dict):
        return data
    noun = declared if isinstance(declared, type) and issubclass(declared, BaseModel) else None
    takes_over = noun is not None and issubclass(noun, Preferences) and not issubclass(noun, Actor)
    out = {}
    for key, value in data.items():
        info = field_of(noun, key) if noun else None
        unsaid = value is None and info is not None and not info.is_required() and info.default is None
        if unsaid and not (takes_over and key in Preferences.model_fields):
            continue
        out[key] = _stated(value, step_into(declared, key)) if isinstance(value, dict | list) else value
    return out


def with_plan(case: Case, name: str, data: Any) -> Case:
    """Return a case with one plan made of plain data; only that plan is checked, since all else has been.

    Parameters
    ----------
    case : Case
    name : str
        The plan that is replaced.
    data : mapping
        The plan as a case file has it.

    Raises
    ------
    InputError
        With every problem of the plan, at the places of the one that it replaces.
    """
    from halfway.case.coherence import check_plan_alone

    problems = Collector()
    try:
        plan = Plan.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            detail["loc"] = ("plans", name, *detail["loc"])
            problems.problems.append(_with_hint(_problem(detail, case.places)))
        problems.raise_if_any()
        raise
    changed = case.model_copy(update={"plans": {**case.plans, name: plan}})
    changed.__dict__.pop("content_hash", None)
    check_plan_alone(changed, name, problems)
    problems.raise_if_any()
    return changed


def _dangling_names(data: Any, error: ValidationError, places: Places, problems: Collector) -> None:
    """Look for names that lead nowhere in what remains when the parts that cannot be read are left out.

    Without this a person would mend the first kind of error only to be told of the second.
    """
    from halfway.case.coherence import check

    if any(detail["type"] == "recursion_loop" for detail in error.errors(include_url=False, include_input=False)):
        return
    rest, left_out, filled = copy.deepcopy(data), set[str](), dict[Steps, int]()
    for _ in range(_MOST_PRUNINGS):
        if not _prune(rest, error, left_out, filled):
            return
        try:
            case = Case.model_validate(rest)
        except ValidationError as again:
            error = again
            continue
        case._places = places
        found = Collector()
        check(case, found)
        problems.problems.extend(
            p
            for p in found.problems
            if (p.code.startswith("N3") and p.what.split("'")[1] not in left_out and _STAND_IN not in p.what + p.why)
            or (p.code in _LOCAL and not any(f"'{name}'" in p.what for name in left_out))
        )
        return


def _prune(data: Any, error: ValidationError, left_out: set[str], filled: dict[Steps, int]) -> bool:
    """Fill in what is missing, remove every other part that an error points at; tell whether that was possible."""
    for detail in error.errors(include_url=False, include_input=False):
        path = tuple(step for step in detail["loc"] if step != "[key]")
        # A stand-in that will not do gives way to the next.
        target = next((path[:n] for n in range(len(path), 0, -1) if path[:n] in filled), path)
        if (target in filled or detail["type"] == "missing") and _fill(data, target, filled):
            continue
        if detail["type"] == "missing" or target in filled:
            path = target[:-1]
        parent, here = None, data
        last: Any = None
        for step in path:
            inside = (isinstance(here, dict) and step in here) or (
                isinstance(here, list) and isinstance(step, int) and step < len(here)
            )
            if not inside:
                break
            parent, last, here = here, step, here[step]
        if parent is None:
            # Already gone with another error, or the case as a whole is at fault.
            if not path or path[0] in data:
                return False
            continue
        left_out.update(_names_in({str(last): here}))
        if isinstance(parent, list):
            parent[last] = None
        else:
            del parent[last]
    return True


def _fill(data: Any, path: Steps, filled: dict[Steps, int]) -> bool:
    """Put the next stand-in at a place where something is missing; not for all actors or all issues."""
    if path in (("actors",), ("issues",)) or isinstance(path[-1], int):
        return False
    candidates = stand_ins(path, _STAND_IN)
    number = filled.get(path, -1) + 1
    if number >= len(candidates):
        return False
    here = data
    for step in path[:-1]:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            return False
    if not isinstance(here, dict):
        return False
    filled[path] = number
    here[path[-1]] = candidates[number]
    return True


def _names_in(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            yield from _names_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from _names_in(value)
    elif data is not None:
        yield str(data)


def _problem(detail: ErrorDetails, places: Places) -> Problem:
    """Say a validation error in this project's shape."""
    path = tuple(step for step in detail["loc"] if step != "[key]")
    kind, context = detail["type"], detail.get("ctx") or {}
    name = path[-1] if path else ""
    place = places.value_of(path)
    if "remedy" in context:
        path += tuple(context.get("within", ()))
        place = places.of(path) if kind == "S202" else places.value_of(path)
        return Problem(kind, context["what"], context["why"], context["remedy"], place)
    if kind == "missing" and isinstance(name, int):
        return Problem(
            "S208", f"'{path[-2]}' has too few entries", "it is a pair", "add one", places.value_of(path[:-1])
        )
    if kind == "missing":
        lacks, reason, remedy = missing(path)
        return Problem("S201", lacks, reason, remedy, places.of(path[:-1]))
    if kind == "extra_forbidden":
        why = unknown(str(name), path)
        return Problem("S202", f"unknown key '{name}'", why, "rename or remove it", places.of(path))
    shown = _shown(detail["input"])
    if kind == "literal_error":
        allowed = str(context.get("expected", "")).replace(" or ", ", ").replace("'", "").split(", ")
        return Problem(
            "S203",
            f"{shown} is not one of the words known here",
            suggestion(str(detail["input"]), allowed),
            f"write one of: {', '.join(allowed)}",
            place,
        )
    if kind in _SCALARS:
        return Problem("S204", f"{shown} is not {_SCALARS[kind]}", f"'{name}' takes no other", "correct it", place)
    if kind in _SHAPES:
        return Problem(
            "S205",
            f"{shown} stands where {_SHAPES[kind]} is expected",
            description_of(path) or ("it is part of a list" if isinstance(name, int) else f"'{name}' is one"),
            "see `halfway schema` or the reference",
            place,
        )
    if kind == "string_pattern_mismatch":
        return Problem(
            "S207",
            f"{shown} cannot be a name",
            "names have small letters, digits and hyphens",
            "write it like 'minsk-2015'",
            place,
        )
    if kind == "too_short":
        least = f"it needs at least {context['min_length']}"
        return Problem("S208", f"'{name}' has too few entries", least, "add what is missing", place)
    if kind == "too_long":
        most = f"it takes at most {context['max_length']}"
        return Problem("S208", f"'{name}' has too many entries", most, "remove what is too much", place)
    if kind in ("greater_than_equal", "less_than_equal"):
        limit = f"at least {context['ge']}" if "ge" in context else f"at most {context['le']}"
        return Problem("S211", f"{shown} is out of range", f"'{name}' is {limit}", "check the number", place)
    return Problem("S299", f"{shown} cannot be read", detail["msg"], "see `halfway schema` or the reference", place)


def _with_hint(problem: Problem) -> Problem:
    """Say of an unknown key with spaces what it mostly is: the second half of a text with a comma."""
    if problem.code != "S202" or " " not in problem.what.split("'")[1]:
        return problem
    return replace(problem, remedy=f"{problem.remedy}; a value with a comma needs quotes")


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value)
    return f"'{text[:60]}…'" if len(text) > 60 else f"'{text}'"


built_by(build)
