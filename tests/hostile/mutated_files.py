"""Files of other programs, sealed records and tables, torn by their structure and as bytes."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

import yaml

from halfway.case.catalog import load
from halfway.case.reader import build, load_text
from halfway.errors import HalfwayError
from halfway.formats.files import formats, write
from tests.hostile import trees
from tests.hostile.mutated_cases import TEMPLATES, generated, plain
from tests.hostile.mutated_cases import written as written_yaml

RECORD, STRATEGY, DECISIONS = "record", "strategy", "decisions"
"""What is read beside the formats that `convert` knows."""

FOLDERS = frozenset(("genius", "geniusweb", "negmas"))

JSON_SCALARS: tuple[Any, ...] = (
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        2**63,
        10**400,
        0.5,
        1e308,
        -1e308,
        5e-324,
        float("nan"),
        float("inf"),
        -float("inf"),
    ),
    *("", "x", "0", "1e5", "1e99999999", "-1e-99999999", "NaN", "\ud800", "\x00", "\x1b[2J", "²", "1" * 5000, "1/0"),
)
POOLS: tuple[tuple[Any, ...], ...] = (JSON_SCALARS, JSON_SCALARS, trees.TEXTS, trees.NUMBERS)
TEXT_POOLS = (trees.NUMBERS, trees.TEXTS, trees.NAMES)


@dataclass(frozen=True)
class Files:
    """What is given to a reader: a format's name and the content of each of its files."""

    kind: str
    contents: tuple[tuple[str, bytes], ...]

    def size(self) -> int:
        """Return how many bytes there are in all."""
        return sum(len(c) for _, c in self.contents)


@cache
def bases() -> tuple[Files, ...]:
    """Return sound files of every kind, written by Halfway itself from small cases."""
    cases = [load(n) for n in ("elmira", "chicken", "emission-standards", "prisoners-dilemma")]
    cases += [load_text(p.read_text("utf-8")) for p in TEMPLATES]
    cases += [build(data) for data in generated(60)]
    found = []
    with tempfile.TemporaryDirectory() as made:
        for k, case in enumerate(cases):
            for kind in formats():
                # A workbook is a package of parts: tests/formats/test_mangled_files.py tears those.
                if kind in ("case", "workbook"):
                    continue
                target = Path(made) / f"{k}-{kind}" if kind in FOLDERS else Path(made) / f"{k}.{kind}"
                try:
                    write(case, target, kind)
                except HalfwayError:
                    continue  # this format cannot hold this case, and says so
                except Exception:  # noqa: BLE001 (writers are tried by the campaign itself; here only what they made counts)
                    continue
                found.append(Files(kind, _contents(target)))
        found += _records(Path(made))
    found += [Files(STRATEGY, (("strategy.yaml", text.encode()),)) for text in STRATEGIES]
    return tuple(found)


STRATEGIES = (
    "a: {does: keep, others_break: b}\nb: {does: break}\n",
    "start: {does: keep, others_break: hit, own_break: hit}\nhit: {does: break, then: start}\n",
)


def _records(made: Path) -> list[Files]:
    from tests.hostile.oracle import command

    found = []
    for seed in (1, 2):
        path = made / f"record-{seed}.json"
        assert command(["seal", "emission-standards", "-o", str(path), "--seed", str(seed)]).status == 0
        found.append(Files(RECORD, (("record.json", path.read_bytes()),)))
    return found * 8


def _contents(target: Path) -> tuple[tuple[str, bytes], ...]:
    if target.is_file():
        return ((f"given{target.suffix}", target.read_bytes()),)
    return tuple((p.name, p.read_bytes()) for p in sorted(target.iterdir()))


def mutated_files(random: Random) -> Files:
    """Return files of one kind in which one to three things were changed."""
    kind = random.choice(kinds())
    return torn(random.choice([f for f in bases() if f.kind == kind]), random)


@cache
def kinds() -> tuple[str, ...]:
    """Return the kinds of files of which there are sound ones."""
    return tuple(dict.fromkeys(f.kind for f in bases()))


def torn(given: Files, random: Random) -> Files:
    """Return files with one to three changes."""
    contents = list(given.contents)
    for _ in range(random.choice((1, 1, 2, 3))):
        if len(contents) > 1 and random.random() < 0.08:
            contents.pop(random.randrange(len(contents)))
            continue
        k = random.randrange(len(contents))
        name, content = contents[k]
        content = (
            _by_structure(given.kind, name, content, random) if random.random() < 0.7 else _as_bytes(content, random)
        )
        if random.random() < 0.03:
            contents.append(
                (random.choice(("extra.xml", "extra.json", "extra.yml", "_info.yaml", "domain.yaml")), content)
            )
        contents[k] = (name, content)
    return Files(given.kind, tuple(contents))


def _by_structure(kind: str, name: str, content: bytes, random: Random) -> bytes:
    ending = Path(name).suffix
    change: Callable[[bytes, Random], bytes] = {
        ".xml": _xml,
        ".json": _json,
        ".gmcr": _json,
        ".yml": _yaml,
        ".yaml": _yaml,
        ".csv": _csv,
        ".positions": _csv,
        ".gambit": _tokens,
    }.get(ending, _tokens)
    try:
        return change(content, random)
    except (ValueError, SyntaxError, LookupError, yaml.YAMLError, csv.Error, RecursionError, AttributeError):
        return _as_bytes(content, random)  # an earlier change left nothing with that structure


def _json(content: bytes, random: Random) -> bytes:
    data = json.loads(content)
    data = trees.change(data, random, POOLS)
    text = json.dumps(data, ensure_ascii=random.random() < 0.5, indent=random.choice((None, 1)))
    if random.random() < 0.05:
        text = text.replace("1", random.choice(("1e99999", "1" * 5000, "NaN", "-Infinity", "01", "1.")), 1)
    return text.encode("utf-8", "surrogatepass")


def _yaml(content: bytes, random: Random) -> bytes:
    if b"&a [" in content:
        raise ValueError("an earlier change made a bomb of it, which would go off here")
    data = plain(content.decode())
    data = trees.change(data, random, TEXT_POOLS)
    text = written_yaml(data, random)
    if random.random() < 0.1:
        bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        bomb += "".join(f"a{k}: &a{k} [{', '.join([f'*a{k - 1}' if k else '*a'] * 9)}]\n" for k in range(8))
        text = random.choice((bomb + text, text + bomb, text.replace(": ", ": &a ", 1) + "b: *a\n"))
    return text.encode()


def _xml(content: bytes, random: Random) -> bytes:
    root = ElementTree.fromstring(content)
    every = list(root.iter())
    node = random.choice(every)
    kind = random.choice(
        ("attribute", "attribute", "attribute", "drop", "double", "tag", "text", "move", "deep", "doctype")
    )
    if kind == "attribute":
        known = [a for n in every for a in n.attrib] or ["name"]
        name = random.choice(list(node.attrib) or known)
        if random.random() < 0.2:
            node.attrib.pop(name, None)
            name = random.choice(known)
        values = [v for n in every for v in n.attrib.values()] or [""]
        pool = random.choice(
            (trees.NUMBERS, ("0", "1", "-1", "1e99999999", "nan"), values, ("x", "ä", "²", "1" * 5000))
        )
        node.set(name, random.choice(pool))
    elif kind == "drop" and len(node):
        node.remove(random.choice(list(node)))
    elif kind == "double" and len(node):
        node.append(random.choice(list(node)))
    elif kind == "tag":
        node.tag = random.choice([n.tag for n in every] + ["x"])
    elif kind == "text":
        node.text = random.choice(("x", "]]>", "ä", "\u2028", "1"))
    elif kind == "move":
        random.choice(every).append(ElementTree.Element(random.choice(every).tag, dict(node.attrib)))
    elif kind == "deep":
        for _ in range(random.choice((3, 2000))):
            child = ElementTree.Element(node.tag)
            node.append(child)
            node = child
    text = ElementTree.tostring(root, encoding="unicode")
    if kind == "doctype":
        entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
            f'<!ENTITY {chr(98 + k)} "{f"&{chr(97 + k)};" * 10}">' for k in range(9)
        )
        text = f"<!DOCTYPE x [{entities}<!ENTITY f SYSTEM 'file:///etc/passwd'>]>" + text.replace('="', '="&j;&f;', 1)
    if random.random() < 0.1:
        text = (
            f'<?xml version="1.0" encoding="{random.choice(("utf-16", "latin-1", "x", "utf-7", "ascii", "cp037"))}"?>'
            + text
        )
    return text.encode("utf-8", "surrogatepass")


def _csv(content: bytes, random: Random) -> bytes:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    rows = [r for r in rows if r] or [["actor"]]
    kind = random.choice(("cell", "cell", "cell", "short", "long", "double", "drop", "column", "quote", "swap"))
    row = random.choice(rows)
    if kind == "cell":
        row[random.randrange(len(row))] = random.choice(random.choice((*TEXT_POOLS, tuple(c for r in rows for c in r))))
    elif kind == "short":
        del row[random.randrange(len(row)) :]
    elif kind == "long":
        row.append(random.choice(trees.TEXTS))
    elif kind == "double":
        rows.insert(random.randrange(len(rows) + 1), list(row))
    elif kind == "drop":
        rows.remove(row)
    elif kind == "column":
        rows = [r[1:] if random.random() < 0.9 else r for r in rows]
    elif kind == "swap":
        random.shuffle(row)
    out = io.StringIO()
    csv.writer(out, delimiter=random.choice((",", ",", ",", ";", "\t"))).writerows(rows)
    text = out.getvalue()
    return (text.replace(",", ',"', 1) if kind == "quote" else text).encode("utf-8", "surrogatepass")


def _tokens(content: bytes, random: Random) -> bytes:
    tokens = content.decode("utf-8", "replace").split(" ")
    k = random.randrange(len(tokens))
    kind = random.choice(("drop", "double", "swap", "number", "text"))
    if kind == "drop":
        del tokens[k]
    elif kind == "double":
        tokens.insert(k, tokens[k])
    elif kind == "swap":
        tokens[k] = random.choice(tokens)
    else:
        pool = (
            trees.NUMBERS if kind == "number" else ("{", "}", '"', '""', "NFG", "R", "D", "2", '"a"', "0", "-1", "1/0")
        )
        tokens[k] = random.choice(pool)
    return " ".join(tokens).encode()


def _as_bytes(content: bytes, random: Random) -> bytes:
    kind = random.choice(("cut", "flip", "insert", "double", "empty", "encoding", "mark", "token"))
    at = random.randrange(len(content) + 1)
    if kind == "cut":
        return content[:at]
    if kind == "flip":
        return content[:at] + bytes([random.randrange(256)]) + content[at + 1 :]
    if kind == "insert":
        junk = (
            b"\x00",
            b"\xff\xfe",
            b"\xed\xa0\x80",
            b"\x1b[2J",
            b'"',
            b"{",
            b"[" * 3000,
            b"<",
            b"&",
            b"\r",
            b"\n\n",
            b"1e99999999",
        )
        return content[:at] + random.choice(junk) + content[at:]
    if kind == "double":
        return content + content
    if kind == "empty":
        return random.choice((b"", b"\n", b"{}", b"[]", b"null", b"0", b'""', b"<a/>", b"NFG 1 R"))
    if kind == "encoding":
        return content.decode("utf-8", "replace").encode(
            random.choice(("utf-16", "utf-32", "latin-1", "utf-7")), "replace"
        )
    if kind == "mark":
        return b"\xef\xbb\xbf" + content
    parts = content.split(b'"')
    parts[random.randrange(len(parts))] = random.choice(trees.NUMBERS).encode()
    return b'"'.join(parts)
