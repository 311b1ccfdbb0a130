"""XML as a small tree in which every node knows its place; documents that declare entities are refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from halfway.errors import InputError, Place, Problem
from halfway.reading.text import UNPRINTABLE, fitting, read_bytes

DEEPEST = 100
MOST_PARTS = 500_000


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


def parse_xml(path: Path, encoding: str | None = None) -> Node:
    """Read a file.

    Parameters
    ----------
    path : Path
    encoding : str, optional
        What the user says that it is; by default what it declares.

    Raises
    ------
    InputError
        Where it cannot be read, is not well formed, or declares entities.
    """
    raw = read_bytes(path)
    try:
        parser = expat.ParserCreate(encoding)
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        return _Tree(path, parser).parse(raw)
    except expat.ExpatError as error:
        place = Place(str(path), error.lineno, error.offset + 1)
        why, remedy = _reason(raw, error)
        raise InputError([Problem("F110", "the XML is not well formed", why, remedy, place)]) from error
    except (LookupError, ValueError) as error:
        why = " ".join(str(error).split())
        raise InputError(
            [Problem("F110", "the XML cannot be decoded", why, "save it as UTF-8", Place(str(path)))]
        ) from error


def _reason(raw: bytes, error: expat.ExpatError) -> tuple[str, str]:
    """Say what is not well formed, and what to do, in the words of someone who wrote the file by hand."""
    reason = expat.ErrorString(error.code) or "it cannot be parsed"
    lines = raw.splitlines()
    line = lines[error.lineno - 1] if error.lineno <= len(lines) else b""
    # Expat complains where it gives up: at the sign itself, or just after it.
    around = line[max(error.offset - 1, 0) : error.offset + 2]
    declared = b"encoding" in raw[:200].split(b">")[0]
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as wrong:
        in_line = raw.count(b"\n", 0, wrong.start) + 1
        if not declared and in_line == error.lineno:
            fits = fitting(raw)
            remedy = f'begin the file with <?xml version="1.0" encoding="{fits}"?>, or save it as UTF-8'
            return f"it declares no encoding and is not UTF-8; {fits} would fit", remedy
    if error.code == _UNDEFINED:
        return f"{reason}: names such as &eacute; are not known to XML", "write the letter itself"
    if b"&" in around or b"&" in line[: error.offset][-40:].split(b";")[-1]:
        return "a bare '&' stands here", "write &amp; in its place"
    if error.code == _UNKNOWN_ENCODING:
        return f"{reason}: the encoding that it declares is not known here", "save it as UTF-8"
    return reason, "check whether the file is complete"


_UNDEFINED = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]
_UNKNOWN_ENCODING = expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING]


class _Tree:
    """Builds the nodes as the parser meets them."""

    def __init__(self, path: Path, parser: expat.XMLParserType) -> None:
        self.path, self.parser = path, parser
        self.stack: list[Node] = []
        self.roots: list[Node] = []
        self.parts = 0
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.EntityDeclHandler = self.entity

    def parse(self, raw: bytes) -> Node:
        """Read all of it."""
        self.parser.Parse(raw, True)
        return self.roots[0]

    def here(self) -> Place:
        """Return where the parser stands."""
        return Place(str(self.path), self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1)

    def refuse(self, code: str, what: str, why: str, remedy: str) -> InputError:
        """Make an error at this place."""
        return InputError([Problem(code, what, why, remedy, self.here())])

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        self.parts += 1
        if len(self.stack) >= DEEPEST:
            raise self.refuse("F111", "the elements are nested too deeply", "no domain is", "check the file")
        if self.parts > MOST_PARTS:
            raise self.refuse("F111", "the file has too many elements", f"{MOST_PARTS:,} are read", "check the file")
        for text in attributes.values():
            if found := UNPRINTABLE.search(text):
                what = f"the character U+{ord(found[0]):04X} cannot be read"
                raise self.refuse("F111", what, "a text has no control characters", "remove it")
        node = Node(tag, attributes, self.here())
        (self.stack[-1].children if self.stack else self.roots).append(node)
        self.stack.append(node)

    def end(self, tag: str) -> None:
        """Close an element."""
        self.stack.pop()

    def entity(self, name: str, *rest: object) -> None:
        """Refuse what could unfold without limit."""
        raise self.refuse(
            "F112",
            f"the file declares the entity '{name}'",
            "entities can make a small file expand without limit",
            "write the text out",
        )
