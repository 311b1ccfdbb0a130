"""Gambit ``.nfg``: the normal form that a small case induces, and small games as cases.

Players are the actors that set an issue; a strategy is a choice for every issue that the player sets. An issue with
several setters takes an option only when all of them pick it, else it stays at its status quo option. Payoffs are
utility points. Reference: Gambit 16 documentation, "The strategic game (.nfg) file format".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from halfway.case.case import Case
from halfway.case.reader import build
from halfway.errors import InputError, Place, Problem, Refusal
from halfway.formats.profiles import Imported, number, slug
from halfway.formats.xml_tree import read_bytes
from halfway.result import write_safely
from halfway.space.arrays import holds
from halfway.space.utilities.space import Space, compile_space

MOST_PROFILES = 20_000
MOST_READ = 2_000
"""Reading makes one linkage of every profile with a payoff."""


def write_gambit(case: Case, path: Path) -> tuple[str, ...]:
    """Write the induced normal form; return what is lost.

    Raises
    ------
    Refusal
        Where the game is too large, an actor only ranks states, a constraint forbids what players may choose, or an
        issue set jointly has no status quo to fall back on.
    """
    space = compile_space(case)
    space.require_cardinal("a normal form")
    setters = {k: issue.set_by for k, issue in case.issues.items()}
    players = [a for a in space.actors if any(a in s for s in setters.values())]
    own = {a: [i for i, k in enumerate(space.issues) if a in setters[k]] for a in players}
    sizes = [prod(space.sizes[i] for i in own[a]) for a in players]
    if prod(sizes) > MOST_PROFILES:
        raise _refusal(
            case,
            f"the normal form has {prod(sizes):,} strategy profiles",
            f"this format lists them one by one, {MOST_PROFILES:,} at most",
            "fix some issues first",
        )
    if any(len(s) > 1 for s in setters.values()) and space.status_quo is None:
        raise _refusal(
            case, "an issue is set jointly and there is no status quo", "it falls back to it", "state a status quo"
        )
    strategies = {a: list(product(*(range(space.sizes[i]) for i in own[a]))) for a in players}
    packages = np.array([_package(space, players, own, chosen) for chosen in _profiles(players, strategies)])
    for mask in space.bounds.allowed:
        if not holds(mask, packages).all():
            raise _refusal(
                case, "a constraint forbids what players may choose", "a normal form allows all", "drop the constraint"
            )
    values = space.values(packages)
    lines = [f"NFG 1 R {_quoted(case.title or case.name)}"]
    lines.append("{ " + " ".join(_quoted(a) for a in players) + " }")
    named = [" ".join(_quoted(_name(space, own[a], s)) for s in strategies[a]) for a in players]
    lines += ["", "{ " + "\n".join(f"{{ {n} }}" for n in named) + "\n}", '""', "", "{"]
    rows = [space.actor(a) for a in players]
    lines += ['{ "" ' + ", ".join(_number(values[r, n]) for r in rows) + " }" for n in range(packages.shape[0])]
    lines += ["}", " ".join(str(n + 1) for n in range(packages.shape[0])), ""]
    write_safely(path, "\n".join(lines))
    lost = [f"{a} sets no issue: its utilities cannot be carried" for a in space.actors if a not in players]
    counts = {"plans": len(case.plans), "red lines": sum(len(a.red_lines) for a in case.actors.values())}
    lost += [f"{n} {what} cannot be carried" for what, n in counts.items() if n]
    lost.append("walk-aways, owners and what ties issues to utilities cannot be carried: only payoffs are")
    return tuple(lost)


def _refusal(case: Case, what: str, why: str, remedy: str) -> Refusal:
    return Refusal([Problem("F170", what, why, remedy, case.place("issues"))])


def _profiles(players: Sequence[str], strategies: dict[str, list[tuple[int, ...]]]) -> list[dict[str, tuple[int, ...]]]:
    """List strategy profiles with the first player's strategy changing fastest, as the format has it."""
    counts = [range(len(strategies[a])) for a in reversed(players)]
    return [
        {a: strategies[a][n] for a, n in zip(reversed(players), numbers, strict=True)} for numbers in product(*counts)
    ]


def _package(
    space: Space, players: Sequence[str], own: dict[str, list[int]], chosen: dict[str, tuple[int, ...]]
) -> list[int]:
    picks: list[set[int]] = [set() for _ in space.issues]
    for a in players:
        for i, option in zip(own[a], chosen[a], strict=True):
            picks[i].add(option)
    package = []
    for i, options in enumerate(picks):
        agreed = len(options) == 1
        package.append(next(iter(options)) if agreed else int(space.status_quo[i]))  # type: ignore[index]
    return package


def _name(space: Space, issues: list[int], options: tuple[int, ...]) -> str:
    return ", ".join(f"{space.issues[i]}={space.options[i][o]}" for i, o in zip(issues, options, strict=True))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))


_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{}])|([^\s{}",]+)|,')


def read_gambit(path: Path) -> Imported:
    """Read a small game: every player becomes an actor that sets an issue of its own.

    Raises
    ------
    InputError
        With the place of what is wrong.
    """
    text = read_bytes(path).decode("utf-8-sig", errors="replace")
    tokens = _Tokens(path, text)
    if tokens.take() != ("word", "NFG"):
        raise tokens.wrong("the file does not begin with NFG")
    tokens.take()
    tokens.take()
    title = tokens.expect("text")
    players = tokens.texts()
    strategies = _read_strategies(tokens, players)
    if tokens.peek()[0] == "text":
        tokens.take()
    count = prod(len(s) for s in strategies)
    if count > MOST_READ:
        raise tokens.wrong(f"the game has {count:,} strategy profiles, {MOST_READ:,} at most can be read")
    payoffs = _read_payoffs(tokens, count, len(players))
    issues = {p: {"options": s, "set_by": p, "owner": p} for p, s in zip(players, strategies, strict=True)}
    actors: dict[str, dict[str, Any]] = {p: {"linkages": [], "walk_away": number(Fraction(0))} for p in players}
    for n, combination in enumerate(product(*(s for s in reversed(strategies)))):
        when = dict(zip(reversed(players), combination, strict=True))
        for p, payoff in zip(players, payoffs[n], strict=True):
            if payoff:
                actors[p]["linkages"].append({"when": when, "points": number(payoff)})
    case = build({"name": slug(title or path.stem), "title": title or path.stem, "actors": actors, "issues": issues})
    lost = ("payoffs become utility points as they stand", "walk-aways are not in this format: 0 is entered")
    return Imported(case, lost)


class _Tokens:
    """The words, texts and braces of a file, one after the other."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        self.found: list[tuple[str, str, int]] = []
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                if text[at].isspace():
                    at += 1
                    continue
                self.found.append(("bad", text[at], at))
                break
            if match[1] is not None:
                self.found.append(("text", match[1].replace('\\"', '"').replace("\\\\", "\\"), at))
            elif match[2]:
                self.found.append(("brace", match[2], at))
            elif match[3]:
                self.found.append(("word", match[3], at))
            at = match.end()
        self.position = 0

    def peek(self) -> tuple[str, str]:
        """Return the next token without taking it."""
        if self.position >= len(self.found):
            return ("end", "")
        kind, value, _ = self.found[self.position]
        return kind, value

    def take(self) -> tuple[str, str]:
        """Take the next token."""
        token = self.peek()
        self.position += 1
        return token

    def expect(self, kind: str, value: str | None = None) -> str:
        """Take a token of a kind, or say where it is missing."""
        found, got = self.peek()
        if found != kind or (value is not None and got != value):
            wanted = value or {"text": "a text in quotes", "word": "a number"}[kind]
            raise self.wrong(f"{wanted} is expected" + (f", not '{got}'" if got else ", but the file ends"))
        self.position += 1
        return got

    def texts(self) -> list[str]:
        """Take a braced list of texts."""
        self.expect("brace", "{")
        out = []
        while self.peek()[0] == "text":
            out.append(self.take()[1])
        self.expect("brace", "}")
        return out

    def wrong(self, what: str) -> InputError:
        """Make an error at the next token."""
        at = self.found[self.position][2] if self.position < len(self.found) else len(self.text)
        line = self.text.count("\n", 0, at) + 1
        column = at - (self.text.rfind("\n", 0, at) + 1) + 1
        place = Place(str(self.path), line, column)
        return InputError([Problem("F171", what, "the game cannot be read", "check the file", place)])


def _read_strategies(tokens: _Tokens, players: list[str]) -> list[list[str]]:
    tokens.expect("brace", "{")
    out: list[list[str]] = []
    if tokens.peek() == ("brace", "{"):
        while tokens.peek() == ("brace", "{"):
            out.append(tokens.texts())
    else:
        while tokens.peek()[0] == "word":
            word = tokens.expect("word")
            if not word.isdigit() or not 0 < int(word) <= MOST_READ:
                raise tokens.wrong(f"'{word}' is no number of strategies")
            out.append([str(n + 1) for n in range(int(word))])
    tokens.expect("brace", "}")
    if len(out) != len(players) or any(len(s) < 2 or len(set(s)) != len(s) for s in out):
        raise tokens.wrong("every player needs two or more strategies with names of their own")
    return out


def _read_payoffs(tokens: _Tokens, count: int, players: int) -> list[list[Fraction]]:
    def numbers(n: int) -> list[Fraction]:
        out = []
        for _ in range(n):
            word = tokens.expect("word")
            try:
                out.append(Fraction(word))
            except (ValueError, ZeroDivisionError):
                raise tokens.wrong(f"'{word}' is not a payoff") from None
        return out

    if tokens.peek() != ("brace", "{"):
        flat = numbers(count * players)
        return [flat[n * players : (n + 1) * players] for n in range(count)]
    tokens.take()
    outcomes = [[Fraction(0)] * players]
    while tokens.peek() == ("brace", "{"):
        tokens.take()
        tokens.expect("text")
        outcomes.append(numbers(players))
        tokens.expect("brace", "}")
    tokens.expect("brace", "}")
    which = []
    for value in numbers(count):
        if value.denominator != 1 or not 0 <= value < len(outcomes):
            raise tokens.wrong(f"there is no outcome {value}")
        which.append(int(value))
    return [outcomes[w] for w in which]
