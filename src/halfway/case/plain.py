"""Plain data, whoever wrote it, made fit to be read: names that look alike are one, and no text holds what no one sees."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from halfway.case.places import Places
from halfway.errors import Collector

MOST_PARTS = 200_000
DEEPEST = 100
# Anything but a tab and the ends of lines that only a program reads; see `halfway.errors.printable`.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\uffff]"
)
_IN_A_NAME = re.compile("[\t\n\r]")
_LINE_ENDS = re.compile("[\r\n]+")
_PARAGRAPHS = frozenset(("abstract", "note", "description", "rule"))
"""What may have paragraphs; every other text is a line, wherever it is shown."""
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")

Path = tuple[str | int, ...]


def composed(text: str) -> str:
    """Return a text with letters and their accents as one character each, so that what looks the same is the same."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


@dataclass
class _Cleaning:
    places: Places
    problems: Collector
    key_of: Callable[[Path, bool], str | None]
    parts: int = 0

    def clean(self, data: Any, path: Path, above: tuple[int, ...] = ()) -> Any:
        self.parts += 1
        if self.parts > MOST_PARTS or len(path) > DEEPEST or id(data) in above:
            if self.parts <= MOST_PARTS + 1:
                self.problems.add(
                    "Y105",
                    "the data unfold into too much",
                    "a part contains itself, or there is no end of parts",
                    "leave data out",
                    self.places.of(path),
                )
            self.parts = MOST_PARTS + 1
            return None
        if isinstance(data, str):
            return self._text(data, path)
        if isinstance(data, dict):
            return self._mapping(data, path, (*above, id(data)))
        if isinstance(data, list | tuple):
            return [self.clean(item, (*path, i), (*above, id(data))) for i, item in enumerate(data)]
        if isinstance(data, datetime.date) and not isinstance(data, datetime.datetime):
            return data.isoformat()
        return data

    def _text(self, text: str, path: Path, *, key: bool = False) -> str:
        if not key and not _PARAGRAPHS.intersection(map(str, path[-2:])):
            text = _in_one_line(text.strip("\r\n"))
        found = _HIDDEN.search(text) or (_IN_A_NAME.search(text) if key else None)
        if not found:
            return composed(text)
        turns = _DIRECTION.match(found[0])
        self.problems.add(
            "Y109",
            f"{'a key' if key else 'a text'} has the character U+{ord(found[0]):04X}",
            "it turns the direction of what stands around it" if turns else "a text has no control characters",
            "remove it; the direction is found without it" if turns else "remove it",
            self.places.of(path) if key else self.places.value_of(path),
        )
        return composed(_IN_A_NAME.sub(" ", _HIDDEN.sub("", text)) if key else _HIDDEN.sub("", text))

    def _mapping(self, data: dict[Any, Any], path: Path, above: tuple[int, ...]) -> dict[Any, Any]:
        out: dict[Any, Any] = {}
        for given, value in data.items():
            key = given
            if isinstance(key, bool):
                # Readers that take `on:` for a truth value leave no trace of the word.
                key = self.key_of(path, key) or key
            elif isinstance(key, datetime.date) and not isinstance(key, datetime.datetime):
                key = key.isoformat()
            elif isinstance(key, str):
                key = self._text(key, (*path, key), key=True)
            if key in out:
                self.problems.add(
                    "Y102",
                    f"'{key}' stands twice in the same mapping",
                    "the two are written with the same letters, and only one could count",
                    "rename or remove one of them",
                    self.places.of((*path, given)),
                )
                continue
            out[key] = self.clean(value, (*path, key), above)
        return out


def cleaned(
    data: Any, places: Places, problems: Collector, key_of: Callable[[Path, bool], str | None] = lambda path, key: None
) -> Any:
    """Return a copy of plain data that is safe to read, print and compare.

    Parameters
    ----------
    data : Any
        Mappings, lists, texts, numbers; what else stands in it is left to the one who reads it.
    places : Places
        Where the parts stand.
    problems : Collector
        Receives every text that holds characters that nobody sees, and what is too large or endless.
    key_of : callable
        For a key that is a truth value in the mapping at a path: the word that it stands for, if there is one.
    """
    return _Cleaning(places, problems, key_of).clean(data, ())


def _in_one_line(text: str) -> str:
    """Return a text with its lines joined by blanks; in time that grows as its length, however many blanks it holds."""
    first, *rest = _LINE_ENDS.split(text)
    if not rest:
        return text
    *middle, last = rest
    return " ".join([first.rstrip(" \t"), *(line.strip(" \t") for line in middle), last.lstrip(" \t")])
