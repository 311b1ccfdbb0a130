"""YAML text → plain data in which every scalar is the text that was typed, with the place of every part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from halfway.case.places import Places
from halfway.errors import Collector, Place

LARGEST_FILE = 5_000_000
_MOST_PARTS = 200_000
_DEEPEST = 60
_IGNORE = re.compile(r"#\s*halfway:\s*ignore\[([A-Za-z0-9,\s]*)\]")
# What a YAML stream may not hold; looked for first, because the parsers tell no line for it.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "seq", "map")
)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))

# libyaml reads ten times faster; where it was not built, the slow reader gives the same nodes.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class _Walk:
    """One pass over the nodes of a document."""

    file: str
    places: Places
    problems: Collector
    parts: int = 0

    def place(self, node: yaml.Node) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def read(self, node: yaml.Node, path: tuple[str | int, ...], above: tuple[int, ...] = ()) -> Any:
        self.parts += 1
        place = self.place(node)
        self.places.values[path] = place
        if self.parts > _MOST_PARTS or len(path) > _DEEPEST or id(node) in above:
            if self.parts <= _MOST_PARTS + 1 or id(node) in above:
                self.problems.add(
                    "Y105",
                    "the file unfolds into too much",
                    "an alias contains itself or is repeated over and over, or the nesting is endless",
                    "write the parts out without anchors",
                    place,
                )
            self.parts = max(self.parts, _MOST_PARTS + 1)
            return None
        if node.tag not in _PLAIN_TAGS:
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            self.problems.add(
                "Y104", f"the tag {tag} is not read here", "a case is plain data", "remove the tag", place
            )
        if isinstance(node, yaml.ScalarNode):
            # libyaml says "" where PyYAML says None: not quoted.
            return None if not node.style and node.value in _NULLS else str(node.value)
        if isinstance(node, yaml.SequenceNode):
            items = []
            for i, item in enumerate(node.value):
                items.append(self.read(item, (*path, i), (*above, id(node))))
                if isinstance(items[-1], str):
                    # A list of names may stand for a mapping; a name then finds its place too.
                    self.places.values.setdefault((*path, items[-1]), self.place(item))
            return items
        return self._mapping(node, path, (*above, id(node)))

    def _mapping(self, node: yaml.Node, path: tuple[str | int, ...], above: tuple[int, ...]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        first: dict[str, Place] = {}
        for key_node, value_node in node.value:
            place = self.place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.add("Y103", "a key is not a name", "keys of a case are text", "write a name", place)
                continue
            key = str(key_node.value)
            if key in out:
                self.problems.add(
                    "Y102",
                    f"'{key}' stands twice in the same mapping",
                    f"the first is at line {first[key].line}, column {first[key].column}, and only one could count",
                    "rename or remove one of them",
                    place,
                )
                continue
            first[key] = place
            self.places.keys[(*path, key)] = place
            out[key] = self.read(value_node, (*path, key), above)
        return out


def read_yaml(text: str, file: str, problems: Collector) -> tuple[Any, Places]:
    """Read one YAML document.

    Parameters
    ----------
    text : str
        The document.
    file : str
        Its name, for messages.
    problems : Collector
        Receives what is wrong.

    Returns
    -------
    data
        Mappings, lists and texts; ``None`` for an empty value. Numbers and truth values stay text.
    places : Places
        Where everything stands.
    """
    places = Places(file)
    if len(text) > LARGEST_FILE:
        problems.add(
            "Y106",
            "the file is too large",
            f"a case has up to {LARGEST_FILE:,} characters",
            "leave data out",
            Place(file),
        )
        return None, places
    if unprintable := _UNPRINTABLE.search(text):
        before = text[: unprintable.start()].splitlines(keepends=True) or [""]
        if before[-1].endswith(("\n", "\r")):
            before.append("")
        problems.add(
            "Y101",
            f"the character U+{ord(unprintable[0]):04X} cannot be read",
            "a text has no control characters",
            "remove it",
            Place(file, len(before), len(before[-1]) + 1),
        )
        return None, places
    try:
        if deep := _too_deep(text):
            place = Place(file, deep.line + 1, deep.column + 1)
            problems.add("Y105", "the nesting is endless", f"{_DEEPEST} levels are read", "flatten it", place)
            return None, places
        documents = list(yaml.compose_all(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        what = (error.problem or error.context or "the text cannot be read").strip()
        why = (error.context or "it is not YAML").strip()
        problems.add("Y101", what, why, "check quotes, colons and indentation here", place)
        return None, places
    walk = _Walk(file, places, problems)
    if len(documents) != 1:
        place = walk.place(documents[1]) if documents else Place(file)
        problems.add(
            "Y107",
            "the file holds several documents" if documents else "the file is empty",
            "a file is one case",
            "keep one document",
            place,
        )
        return None, places
    data = walk.read(documents[0], ())
    if walk.parts > _MOST_PARTS:
        # What was read of it would only bring more complaints.
        return None, places
    _read_comments(text, places)
    return data, places


def _too_deep(text: str) -> Any:
    """Return the mark where the nesting passes what is read, or None; libyaml would overrun its stack composing it."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                return event.start_mark
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _read_comments(text: str, places: Places) -> None:
    lines = text.splitlines()
    for number, line in enumerate(lines, start=1):
        match = _IGNORE.search(line)
        if not match:
            continue
        codes = frozenset(code.strip().upper() for code in match[1].split(",") if code.strip())
        # A comment on a line of its own speaks of the next line that says something.
        target = number
        if line.lstrip().startswith("#"):
            target = next(
                (
                    n
                    for n in range(number + 1, len(lines) + 1)
                    if lines[n - 1].strip() and not lines[n - 1].lstrip().startswith("#")
                ),
                number,
            )
        places.ignored[target] = places.ignored.get(target, frozenset()) | codes
