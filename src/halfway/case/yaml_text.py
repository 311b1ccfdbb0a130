"""YAML text → plain data in which every scalar is the text that was typed, with the place of every part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml

from halfway.case.places import Places
from halfway.case.plain import MOST_PARTS, composed
from halfway.errors import Collector, Place, Problem

LARGEST_FILE = 5_000_000
_DEEPEST = 60
_MERGE = "tag:yaml.org,2002:merge"
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
    endless: bool = False

    def place(self, node: yaml.Node) -> Place:
        return Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)

    def read(self, node: yaml.Node, path: tuple[str | int, ...], above: tuple[int, ...] = ()) -> Any:
        self.parts += 1
        place = self.place(node)
        self.places.values[path] = place
        if self.parts > MOST_PARTS or len(path) > _DEEPEST or id(node) in above:
            self._too_much(place)
            return None
        if node.tag not in _PLAIN_TAGS:
            tag = node.tag.replace("tag:yaml.org,2002:", "!!")
            self.problems.add(
                "Y104", f"the tag {tag} is not read here", "a case is plain data", "remove the tag", place
            )
        if isinstance(node, yaml.ScalarNode):
            # libyaml says "" where PyYAML says None: not quoted.
            if not node.style and node.value in _NULLS:
                if not node.value:
                    self.places.blank.add(path)
                return None
            return composed(str(node.value))
        if isinstance(node, yaml.SequenceNode):
            items = []
            for i, item in enumerate(node.value):
                items.append(self.read(item, (*path, i), (*above, id(node))))
                if isinstance(items[-1], str):
                    # A list of names may stand for a mapping; a name then finds its place too.
                    self.places.values.setdefault((*path, items[-1]), self.place(item))
            return items
        return self._mapping(node, path, (*above, id(node)))

    def _too_much(self, place: Place) -> None:
        """Say once that there is no end of it, and read no further."""
        if not self.endless:
            self.problems.add(
                "Y105",
                "the file unfolds into too much",
                "an alias contains itself or is repeated over and over, or the nesting is endless",
                "write the parts out without anchors",
                place,
            )
        self.endless = True
        self.parts = max(self.parts, MOST_PARTS + 1)

    def _mapping(self, node: yaml.Node, path: tuple[str | int, ...], above: tuple[int, ...]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        first: dict[str, Place] = {}
        pairs = node.value
        if any(key_node.tag == _MERGE for key_node, _ in pairs):
            pairs = self._merged(node, above)
            # What is merged in stands first, unless the mapping itself says otherwise.
            own = {id(key_node) for key_node, _ in node.value}
            said = {str(key_node.value) for key_node, _ in node.value if isinstance(key_node, yaml.ScalarNode)}
            pairs = [(k, v) for k, v in pairs if id(k) in own or str(k.value) not in said]
        for key_node, value_node in pairs:
            place = self.place(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.add("Y103", "a key is not a name", "keys of a case are text", "write a name", place)
                continue
            key = composed(str(key_node.value))
            if key in first:
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

    def _merged(self, node: yaml.Node, above: tuple[int, ...]) -> list[tuple[yaml.Node, yaml.Node]]:
        """Return the pairs of a mapping, those of what ``<<`` names first and each name once, as YAML 1.1 has it."""
        own: list[tuple[yaml.Node, yaml.Node]] = []
        merges = [k for k, _ in node.value if k.tag == _MERGE]
        for again in merges[1:]:
            self.problems.add(
                "Y102",
                "'<<' stands twice in the same mapping",
                "it is a key like any other",
                "write '<<: [*one, *two]'",
                self.place(again),
            )
        merged: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key_node, value_node in node.value:
            if key_node.tag != _MERGE:
                own.append((key_node, value_node))
                continue
            for other in value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]:
                self.parts += 1
                if self.parts > MOST_PARTS or id(other) in above:
                    self._too_much(self.place(value_node))
                    return []
                if not isinstance(other, yaml.MappingNode):
                    self.problems.add(
                        "Y108",
                        "'<<' is not followed by a mapping",
                        "it merges another mapping, named by its anchor, into this one",
                        "write '<<: *anchor', or write the keys out",
                        self.place(value_node),
                    )
                    continue
                for k, v in self._merged(other, (*above, id(other))):
                    self.parts += 1
                    merged.setdefault(str(k.value), (k, v))
        return [*merged.values(), *own]


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
        problems.problems.append(too_large(file))
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
    if walk.parts > MOST_PARTS:
        # What was read of it would only bring more complaints.
        return None, places
    _read_comments(text, places)
    return data, places


def too_large(file: str) -> Problem:
    """Return the problem of a file that is larger than any case."""
    why = f"a case has up to {LARGEST_FILE:,} characters"
    return Problem("Y106", "the file is too large", why, "leave data out", Place(file))


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
