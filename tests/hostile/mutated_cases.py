"""Case files torn by their structure: sound ones with a part exchanged, grafted, dropped or made extreme."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings

import halfway
from halfway.case.catalog import paths
from halfway.testing import EVERYTHING, Wanted, as_text, case_data
from tests.case.broken import BASE
from tests.case.test_mangled_files import SNIPPETS, TOKEN
from tests.hostile import trees

TEMPLATES = tuple(sorted((Path(halfway.__file__).parent / "case").glob("*.yaml")))
"""What a new case begins as."""

LARGEST_BASE = 9_000
"""Catalogue cases up to this many characters are torn; the parts of the larger ones are grafted into others."""

ESCAPES = (r"\x1b[2J", r"\0", r"\u202e", r"\ud800", r"\x85", r"\r", r"\n", r"\b", r"\u2028", r"\U0010ffff")


def plain(text: str) -> Any:
    """Return a case's data, every scalar as the text that was typed."""
    return yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))


@dataclass
class Donors:
    """Parts of whole cases, by the key under which they stand and the keys that stand beside it."""

    parts: dict[str, list[tuple[dict[str, Any], frozenset[str], Any]]] = field(default_factory=dict)

    def learn(self, case: dict[str, Any]) -> None:
        """Remember the parts of a case."""
        for path in trees.nodes(case):
            if path and isinstance(path[-1], str):
                beside = frozenset(trees.part(case, path[:-1])) - {path[-1]}
                self.parts.setdefault(path[-1], []).append((case, beside, trees.part(case, path)))


@cache
def donors() -> Donors:
    """Return the parts of the whole catalogue and the template."""
    found = Donors()
    for text in [*(p.read_text("utf-8") for p in TEMPLATES), *(p.read_text("utf-8") for p in paths().values())]:
        found.learn(plain(text))
    for data in generated(40):
        found.learn(plain(as_text(data)))
    return found


@cache
def generated(count: int, root: int = 1) -> tuple[dict[str, Any], ...]:
    """Return random sound cases as plain data, the same ones each time."""
    found: list[dict[str, Any]] = []
    for wanted in (EVERYTHING, Wanted(uncertain=True, signals=True, types=True, plans=2, seats=True, transfers=True)):

        @seed(root)
        @settings(
            max_examples=count // 2,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case_data(wanted))
        def gather(data: dict[str, Any]) -> None:
            found.append(data)

        gather()
    return tuple(found)


@cache
def bases() -> tuple[str, ...]:
    """Return the texts of sound small cases."""
    texts = [BASE, *(p.read_text("utf-8") for p in TEMPLATES)]
    texts += [t for p in sorted(paths().values()) if len(t := p.read_text("utf-8")) < LARGEST_BASE]
    return (*texts, *(as_text(data) for data in generated(160)))


def classes(case: Any) -> dict[str, str]:
    """Return what each declared name of a case is the name of."""
    found: dict[str, str] = {}
    for kind in ("actors", "plans", "issues", "sources", "experts"):
        declared = case.get(kind) if isinstance(case, dict) else None
        for name, body in declared.items() if isinstance(declared, dict) else ():
            found[name] = kind
            for inner in ("options", "signals", "phases", "types"):
                within = body.get(inner) if isinstance(body, dict) else None
                if isinstance(within, dict | list):
                    found.update((n, inner) for n in within if isinstance(n, str))
    return found


def graft(data: Any, random: Random) -> Any:
    """Put a part of another case beside parts that stand beside such a part there, its names put for names of this one."""
    data = copy.deepcopy(data)
    where = [p for p in trees.nodes(data) if isinstance(trees.part(data, p), dict)]
    if not where:
        return data
    key = random.choice(sorted(donors().parts))
    donor, beside, content = random.choice(donors().parts[key])
    fitting = [p for p in where if len(beside & set(trees.part(data, p))) >= min(2, len(beside))] or where
    there, here = classes(donor), classes(data)
    mine: dict[str, list[str]] = {}
    for name, kind in here.items():
        mine.setdefault(kind, []).append(name)
    known: dict[str, str] = {}

    def renamed(part: Any) -> Any:
        if isinstance(part, dict):
            return {renamed(k): renamed(v) for k, v in part.items()}
        if isinstance(part, list):
            return [renamed(v) for v in part]
        if part in there and mine.get(there[part]):
            return known.setdefault(part, random.choice(mine[there[part]]))
        return part

    trees.part(data, random.choice(fitting))[renamed(key)] = renamed(copy.deepcopy(content))
    return data


def _number(data: Any, random: Random) -> Any:
    """Put one number or duration where another stands: most such cases stay sound."""
    where = [p for p in trees.scalars(data) if isinstance(s := trees.part(data, p), str) and s[:1].isdigit()]
    if not where:
        return data
    data, path = copy.deepcopy(data), random.choice(where)
    typed = trees.part(data, path)
    timed = any(unit in typed for unit in ("month", "year", "day", "week"))
    return trees.put(data, path, random.choice(trees.DURATIONS if timed else trees.NUMBERS))


POOLS = (trees.NUMBERS, trees.DURATIONS, trees.TEXTS, trees.NAMES)


def mutated_text(random: Random) -> str:
    """Return a case file in which one to four things were changed."""
    text = random.choice(bases())
    how = random.random()
    if how < 0.75:
        data = plain(text)
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            kind = random.random()
            if kind < 0.3:
                data = graft(data, random)
            elif kind < 0.55:
                data = _number(data, random)
            else:
                data = trees.change(data, random, POOLS)
        text = written(data, random)
    if how > 0.65:
        for _ in range(random.choice((1, 1, 2))):
            text = torn(text, random)
    return text


def written(data: Any, random: Random) -> str:
    """Write plain data in one of the many styles of YAML."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    style = random.choice((None, None, None, '"', "'"))
    flow = random.choice((False, False, None, True))
    return str(yaml.dump(data, Dumper=dumper, allow_unicode=random.random() < 0.8, sort_keys=False, default_style=style,
                         default_flow_style=flow, width=random.choice((80, 10_000))))  # fmt: skip


def torn(text: str, random: Random) -> str:
    """Change a text as a text: a token, a line, a character, an escape."""
    kind = random.choice(("token", "rename", "escape", "lines", "indent", "cut", "character", "alias"))
    if kind in ("token", "rename", "escape", "alias"):
        spans = [m.span() for m in TOKEN.finditer(text)]
        if not spans:
            return text
        start, end = random.choice(spans)
        other = text[slice(*random.choice(spans))]
        new = {
            "token": random.choice(SNIPPETS),
            "rename": other,
            "escape": f'"{text[start:end].strip(chr(34))}{random.choice(ESCAPES)}"',
            "alias": random.choice(("&a ", "*a", "&a [*a]", "<<", "!!binary ", "!!set ")) + text[start:end],
        }[kind]
        return text[:start] + new + text[end:]
    if kind == "character":
        at = random.randrange(len(text) + 1)
        return text[:at] + random.choice(SNIPPETS) + text[at + random.choice((0, 1)) :]
    if kind == "cut":
        return text[: random.randrange(len(text) + 1)]
    lines = text.split("\n")
    at = random.randrange(len(lines))
    if kind == "indent":
        lines[at] = random.choice(("  " + lines[at], lines[at][1:], "\t" + lines[at], "- " + lines[at].lstrip()))
    else:
        count = random.choice((1, 2, 5))
        lines[at : at + count] = lines[at : at + count] * random.choice((0, 2))
    return "\n".join(lines)
