"""JSON text → plain data, bounded; and the place of any part of it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from halfway.errors import InputError, Place, Problem
from halfway.reading.numbers import brief
from halfway.reading.text import UNPRINTABLE, place_at

MOST_PARTS = 500_000
DEEPEST = 60

Steps: TypeAlias = tuple[str | int, ...]

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]|[^\s\[\]{},:"]+', re.DOTALL)


class Digits(str):
    """A number as it is written, not yet read."""

    __slots__ = ()


def read_json(text: str, shown: str, number: Callable[[str], Any] = Digits) -> Any:
    """Read JSON.

    Parameters
    ----------
    text : str
    shown : str
        The file's name, for messages.
    number : callable
        Makes the value of a number of its text, or raises `ValueError` saying why it cannot; by default it stays as it
        is written.

    Returns
    -------
    Any
        Plain data without NaN, infinities, keys that stand twice, or characters that cannot be printed.

    Raises
    ------
    InputError
        At the line where it breaks.
    """
    if unprintable := UNPRINTABLE.search(text):
        what = f"the character U+{ord(unprintable[0]):04X} cannot be read"
        raise _wrong(what, "a text has no control characters", place_at(text, unprintable.start(), shown))
    _bounded(text, shown)

    def constant(word: str) -> Any:
        at = next((found for _, found, token in _walk(text) if token == word), 0)
        raise _wrong(f"{word} is not a number", "a file has finite numbers only", place_at(text, at, shown))

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        out = dict(pairs)
        if len(out) != len(pairs):
            counts = Counter(key for key, _ in pairs)
            twice = next(key for key, count in counts.items() if count > 1)
            raise _wrong(
                f"'{twice[:60]}' stands twice in the same mapping", "only one could count", _second(text, twice, shown)
            )
        return out

    def located(word: str) -> Any:
        try:
            return number(word)
        except ValueError as error:
            at = next((found for _, found, token in _walk(text) if token == word), 0)
            what = f"{brief(word)} is not a number that can be read"
            raise _wrong(what, str(error), place_at(text, at, shown)) from None

    try:
        data = json.loads(
            text, parse_int=located, parse_float=located, parse_constant=constant, object_pairs_hook=mapping
        )
    except json.JSONDecodeError as error:
        place = Place(shown, error.lineno, error.colno)
        raise _wrong("the JSON cannot be read", error.msg.lower(), place) from error
    _printable(data, text, shown)
    return data


def _wrong(what: str, why: str, place: Place) -> InputError:
    return InputError([Problem("F140", what, why, "check that the file is complete and sound", place)])


def _bounded(text: str, shown: str) -> None:
    depth = 0
    for parts, token in enumerate(_TOKEN.finditer(text)):
        sign = token[0]
        if sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
        if depth > DEEPEST or parts > 4 * MOST_PARTS:
            what = "the nesting is too deep" if depth > DEEPEST else "the file has too many parts"
            why = f"{DEEPEST} levels and {MOST_PARTS:,} parts are read"
            raise _wrong(what, why, place_at(text, token.start(), shown))


def _printable(data: Any, text: str, shown: str) -> None:
    """Look at every text and key as it is once its escapes are read."""
    todo: list[tuple[Steps, Any]] = [((), data)]
    while todo:
        path, here = todo.pop()
        found = None
        if isinstance(here, str):
            found = UNPRINTABLE.search(here)
        elif isinstance(here, dict):
            for key, value in here.items():
                found = found or UNPRINTABLE.search(key)
                todo.append(((*path, key), value))
        elif isinstance(here, list):
            todo += [((*path, n), value) for n, value in enumerate(here)]
        if found:
            what = f"the character U+{ord(found[0]):04X} cannot be read"
            raise _wrong(what, "a text has no control characters and no halves of others", place_in(text, path, shown))


def place_in(text: str, path: Steps, shown: str) -> Place:
    """Return where a part of sound JSON stands, or the nearest part around it.

    Parameters
    ----------
    text : str
    path : tuple of str and int
        Keys and numbers of entries from the top.
    shown : str
        The file's name.
    """
    best, depth = 0, -1
    for here, at, _ in _walk(text):
        if len(here) > depth and here == path[: len(here)]:
            best, depth = at, len(here)
            if depth == len(path):
                break
    return place_at(text, best, shown)


def _walk(text: str) -> Iterator[tuple[Steps, int, str]]:
    """Yield the path, the offset and the first token of every value, in order; a member of a mapping at its key."""
    steps: list[str | int] = []
    mappings: list[bool] = []
    key_at = -1
    for token in _TOKEN.finditer(text):
        sign, at = token[0], token.start()
        if sign in ",:":
            if sign == "," and mappings and not mappings[-1]:
                steps[-1] = int(steps[-1]) + 1
            continue
        if sign in "]}":
            if mappings:
                mappings.pop()
                steps.pop()
                key_at = -1
            continue
        if mappings and mappings[-1] and key_at < 0:
            steps[-1], key_at = _text_of(sign), at
            continue
        yield tuple(steps), (key_at if mappings and mappings[-1] else at), sign
        key_at = -1
        if sign in "[{":
            mappings.append(sign == "{")
            steps.append("" if sign == "{" else 0)


def _text_of(token: str) -> str:
    try:
        return str(json.loads(token))
    except ValueError:
        return token


def _second(text: str, key: str, shown: str) -> Place:
    seen: set[Steps] = set()
    for path, at, _ in _walk(text):
        if path and path[-1] == key:
            if path in seen:
                return place_at(text, at, shown)
            seen.add(path)
    return Place(shown)
