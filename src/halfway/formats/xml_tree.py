"""XML as a small tree in which every node knows its place; documents that declare entities are refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from halfway.errors import InputError, Place, Problem

LARGEST = 50_000_000
"""Bytes; no negotiation domain comes near it."""

DEEPEST = 100


@dataclass
class Node:
    """One element."""

    tag: str
    attributes: Mapping[str, str]
    place: Place
    children: list[Node] = field(default_factory=list)

    def walk(self, tag: str) -> Iterator[Node]:
        """Yield the descendants with a tag, in order."""
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.walk(tag)

    def first(self, tag: str) -> Node | None:
        """Return the first descendant with a tag."""
        return next(self.walk(tag), None)


def parse_xml(path: Path) -> Node:
    """Read a file.

    Raises
    ------
    InputError
        Where it cannot be read, is not well formed, or declares entities.
    """
    raw = read_bytes(path)
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    stack: list[Node] = []
    roots: list[Node] = []

    def here() -> Place:
        return Place(str(path), parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)

    def start(tag: str, attributes: dict[str, str]) -> None:
        node = Node(tag, attributes, here())
        if len(stack) >= DEEPEST:
            raise InputError(
                [Problem("F111", "the elements are nested too deeply", "no domain is", "check the file", here())]
            )
        (stack[-1].children if stack else roots).append(node)
        stack.append(node)

    def end(tag: str) -> None:
        stack.pop()

    def entity(name: str, *rest: object) -> None:
        raise InputError(
            [
                Problem(
                    "F112",
                    f"the file declares the entity '{name}'",
                    "entities can make a small file expand without limit",
                    "write the text out",
                    here(),
                )
            ]
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        place = Place(str(path), error.lineno, error.offset + 1)
        reason = expat.ErrorString(error.code) or "it cannot be parsed"
        raise InputError(
            [Problem("F110", "the XML is not well formed", reason, "check whether the file is complete", place)]
        ) from error
    except LookupError as error:
        raise InputError(
            [Problem("F110", "the XML cannot be decoded", str(error), "save it as UTF-8", Place(str(path)))]
        ) from error
    return roots[0]


def read_bytes(path: Path) -> bytes:
    """Read a file of a peer's format.

    Raises
    ------
    InputError
        Where it cannot be read or is far too large.
    """
    place = Place(str(path))
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(
                [Problem("F102", f"{path} is too large", f"it has over {LARGEST:,} bytes", "check the file", place)]
            )
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        raise InputError([Problem("F001", f"cannot read {path}", reason, "check the path", place)]) from error
