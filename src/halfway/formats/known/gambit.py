"""Gambit ``.nfg``: the normal form that a small case induces, and small games as cases.

Players are the actors that set an issue; a strategy is a choice for every issue that the player sets. An issue with
several setters takes an option only when all of them pick it, else it stays at its status quo option. Payoffs are
utility points. Reference: Gambit 16 documentation, "The strategic game (.nfg) file format".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from halfway.case.case import Case
from halfway.case.reader import build
from halfway.case.support import ask
from halfway.errors import InputError, Problem, Refusal
from halfway.formats.format import Format, Imported, Source, peek
from halfway.formats.names import twice, usable
from halfway.formats.profiles import number, slug
from halfway.reading.numbers import brief, exact, whole
from halfway.reading.schema import one_line
from halfway.reading.text import UNPRINTABLE, place_at
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
    ask(case, "normal_form")
    space = compile_space(case)
    space.require_cardinal("a normal form")
    setters = {k: issue.set_by for k, issue in case.issues.items()}
    players = [a for a in space.actors if any(a in s for s in setters.values())]
    own = {a: [i for i, k in enumerate(space.issues) if a in setters[k]] for a in players}
    sizes = [prod(space.sizes[i] for i in own[a]) for a in players]
    if prod(sizes) > MOST_PROFILES:
        raise _refusal(
            case,
            f"the normal form has {_counted(prod(sizes))} strategy profiles",
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


_TOKEN = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"|([{}])|([^\s{}",]+)|([\s,]+)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def _recognises(path: Path) -> int:
    if not path.is_file():
        return 0
    return 2 if path.suffix.lower() in FORMAT.endings or re.match(r"\s*NFG\s+1\s+[RD]\s", peek(path)) else 0


def read_gambit(source: Source) -> Imported:
    """Read a small game: every player becomes an actor that sets an issue of its own.

    A player with a single strategy has nothing to choose: it becomes an actor that sets nothing.

    Raises
    ------
    InputError
        With the place of what is wrong.
    """
    tokens = _Tokens(source.text(), source.shown)
    tokens.begin()
    lost: list[str] = []
    title = " ".join(tokens.expect("text").split()) or source.title
    at = tokens.position
    names = tokens.texts()
    if not names:
        raise tokens.wrong("there is no player", at=at)
    if again := twice(n for n in names if n.strip()):
        second = max(n for n, name in enumerate(names) if one_line(name) == one_line(again))
        raise tokens.wrong(f"two players are called {brief(again)}", at=at + 1 + second)
    players = usable(names, "player", lost)
    strategies = _read_strategies(tokens, players, lost)
    if tokens.peek().kind == "text":
        tokens.take()
    count = prod(len(s) for s in strategies)
    if count > MOST_READ:
        raise tokens.wrong(f"the game has {_counted(count)} strategy profiles, {MOST_READ:,} at most can be read")
    payoffs = _read_payoffs(tokens, count, len(players))
    if tokens.peek().kind != "end":
        raise tokens.wrong(f"{brief(tokens.peek().text)} is too much: all payoffs of {count:,} profiles have been read")
    choosing = [p for p, s in zip(players, strategies, strict=True) if len(s) > 1]
    if not choosing:
        raise tokens.wrong("no player has a choice", at=at)
    lost += [f"{p} has a single strategy: it sets nothing" for p in players if p not in choosing]
    issues = {
        p: {"options": s, "set_by": p, "owner": p} for p, s in zip(players, strategies, strict=True) if p in choosing
    }
    actors: dict[str, dict[str, Any]] = {p: {"linkages": [], "walk_away": number(Fraction(0))} for p in players}
    for n, combination in enumerate(product(*reversed(strategies))):
        when = {p: s for p, s in zip(reversed(players), combination, strict=True) if p in issues}
        for p, payoff in zip(players, payoffs[n], strict=True):
            if payoff:
                actors[p]["linkages"].append({"when": when, "points": number(payoff)})
    case = build({"name": slug(title), "title": title, "actors": actors, "issues": issues})
    lost += ["payoffs become utility points as they stand", "walk-aways are not in this format: 0 is entered"]
    return Imported(case, tuple(lost))


def _counted(count: int) -> str:
    return f"{count:,}" if count < 10**15 else f"over 10^{(count.bit_length() - 1) * 3 // 10}"


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


class _Tokens:
    """The words, texts and braces of a file, one after the other."""

    def __init__(self, text: str, shown: str) -> None:
        self.shown, self.text = shown, text
        self.found: list[_Token] = []
        self.position = 0
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                # The only sign that nothing begins with is a quotation mark without another.
                self.position = len(self.found)
                self.found.append(_Token("bad", text[at], at))
                raise self.wrong("a quotation mark is opened here and never closed")
            if match[1] is not None:
                self.found.append(_Token("text", _ESCAPED.sub(r"\1", match[1]), at))
            elif match[2]:
                self.found.append(_Token("brace", match[2], at))
            elif match[3]:
                self.found.append(_Token("word", match[3], at))
            at = match.end()
        if bad := UNPRINTABLE.search(text):
            self.found = [_Token("bad", bad[0], bad.start())]
            raise self.wrong(f"the character U+{ord(bad[0]):04X} cannot be read")

    def begin(self) -> None:
        """Take what every file of the format begins with."""
        for wanted in (("NFG",), ("1",), ("R", "D")):
            token = self.peek()
            if token.kind != "word" or token.text not in wanted:
                raise self.wrong("the file does not begin with NFG 1 R or NFG 1 D")
            self.take()

    def peek(self) -> _Token:
        """Return the next token without taking it."""
        if self.position >= len(self.found):
            return _Token("end", "", len(self.text))
        return self.found[self.position]

    def opens(self) -> bool:
        """Tell whether a list begins here."""
        return (self.peek().kind, self.peek().text) == ("brace", "{")

    def take(self) -> _Token:
        """Take the next token."""
        token = self.peek()
        self.position += 1
        return token

    def expect(self, kind: str, value: str | None = None) -> str:
        """Take a token of a kind, or say where it is missing."""
        found = self.peek()
        if found.kind != kind or (value is not None and found.text != value):
            wanted = value or {"text": "a text in quotes", "word": "a number"}[kind]
            raise self.wrong(
                f"{wanted} is expected, " + (f"not {brief(found.text)}" if found.kind != "end" else "but the file ends")
            )
        self.position += 1
        return found.text

    def texts(self) -> list[str]:
        """Take a braced list of texts."""
        self.expect("brace", "{")
        out = []
        while self.peek().kind == "text":
            out.append(self.take().text)
        self.expect("brace", "}")
        return out

    def wrong(self, what: str, why: str = "the game cannot be read", at: int | None = None) -> InputError:
        """Make an error at the next token, or at another."""
        number = self.position if at is None else at
        offset = self.found[number].at if number < len(self.found) else len(self.text)
        return InputError([Problem("F171", what, why, "check the file", place_at(self.text, offset, self.shown))])


def _read_strategies(tokens: _Tokens, players: list[str], lost: list[str]) -> list[list[str]]:
    tokens.expect("brace", "{")
    out: list[list[str]] = []
    if tokens.opens():
        while tokens.opens():
            at = tokens.position
            names = tokens.texts()
            player = players[len(out)] if len(out) < len(players) else "a further player"
            if again := twice(n for n in names if n.strip()):
                raise tokens.wrong(f"two strategies of {player} are called {brief(again)}", at=at + 1)
            if not names:
                raise tokens.wrong(f"{player} has no strategy", at=at)
            unnamed: list[str] = []
            out.append(usable(names, "strategy", unnamed, ()))
            if unnamed:
                lost.append(f"{len(unnamed)} strategies of {player} have no name and are numbered")
    else:
        while tokens.peek().kind == "word":
            word = tokens.peek().text
            try:
                count = whole(word)
            except ValueError:
                count = 0
            if not 0 < count <= MOST_READ:
                raise tokens.wrong(f"{brief(word)} is no number of strategies from 1 to {MOST_READ:,}")
            tokens.take()
            out.append([str(n + 1) for n in range(count)])
    if len(out) != len(players):
        raise tokens.wrong(f"strategies of {len(out)} players are given, not of {len(players)}")
    tokens.expect("brace", "}")
    return out


def _read_payoffs(tokens: _Tokens, count: int, players: int) -> list[list[Fraction]]:
    def numbers(n: int) -> list[Fraction]:
        out = []
        for _ in range(n):
            found = tokens.peek()
            if found.kind == "end":
                raise tokens.wrong("payoffs are missing: the file ends")
            tokens.expect("word")
            try:
                out.append(exact(found.text))
            except ValueError as error:
                tokens.position -= 1
                raise tokens.wrong(f"{brief(found.text)} is not a payoff that can be read", str(error)) from None
        return out

    if not tokens.opens():
        flat = numbers(count * players)
        return [flat[n * players : (n + 1) * players] for n in range(count)]
    tokens.take()
    outcomes = [[Fraction(0)] * players]
    while tokens.opens():
        tokens.take()
        tokens.expect("text")
        outcomes.append(numbers(players))
        tokens.expect("brace", "}")
    tokens.expect("brace", "}")
    which = []
    for _ in range(count):
        value = numbers(1)[0]
        if value.denominator != 1 or not 0 <= value < len(outcomes):
            tokens.position -= 1
            raise tokens.wrong(f"there is no outcome {brief(tokens.peek().text)}", f"{len(outcomes) - 1} are listed")
        which.append(int(value))
    return [outcomes[w] for w in which]


FORMAT = Format(
    title="Gambit .nfg, the induced normal form",
    form="`.nfg`",
    reads="games of up to 2,000 strategy profiles, in both forms of the format",
    writes="the induced normal form, up to 20,000 profiles",
    recognises=_recognises,
    read=read_gambit,
    write=write_gambit,
    endings=(".nfg",),
)
