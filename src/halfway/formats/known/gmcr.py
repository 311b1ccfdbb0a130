"""Conflict files of the GMCR+ program (``.gmcr``, JSON).

The format is that of the program's own writer, version 0.3: options that are taken or not, decision makers who control
them, infeasible combinations, and preferences as conditions in order of importance or as a ranking of the feasible
states, numbered from 1 with the first option as the lowest binary digit. That is the numbering used here as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import numpy as np
from pydantic import AliasChoices, Field, Tag

from halfway.case.case import Case
from halfway.case.conditions import WORDS
from halfway.case.reader import build
from halfway.case.support import ask
from halfway.errors import InputError, Problem, Refusal
from halfway.formats.format import Format, Imported, Source, peek
from halfway.formats.names import twice
from halfway.formats.profiles import slug
from halfway.reading.json_text import place_in, read_json
from halfway.reading.numbers import brief
from halfway.reading.schema import BY_FORM, Foreign, Locate, Name, Whole, fit
from halfway.result import write_safely
from halfway.space.graph.model import GraphSpace, graph_space
from halfway.space.utilities.preferences import constraint_masks

NO, YES = "N", "Y"
_DIRECTIONS: dict[str, dict[str, list[str]] | None] = {
    "both": None,
    "fwd": {NO: [YES], YES: []},
    "back": {NO: [], YES: [NO]},
    "none": {NO: [], YES: []},
}

MOST_STATES = 20_000
"""Most states that a ranking is written out for."""


class _Option(Foreign):
    name: Name
    direction: Literal["both", "fwd", "back", "none"] = Field(
        "both", validation_alias=AliasChoices("permittedDirection", "reversibility")
    )


class _Compound(Foreign):
    members: list[Condition] = Field(min_length=1)


Pair: TypeAlias = tuple[Whole, Literal["N", "Y"]]
Condition: TypeAlias = Annotated[Annotated[list[Pair], Tag("~list")] | Annotated[_Compound, Tag("~mapping")], BY_FORM]
Ranked: TypeAlias = Annotated[Annotated[Whole, Tag("~one")] | Annotated[list[Whole], Tag("~list")], BY_FORM]


class _Maker(Foreign):
    name: Name
    options: list[Whole]
    preferences: list[Condition] | None = None
    ranking: list[Ranked] | None = Field(None, validation_alias=AliasChoices("preferenceRanking", "preferenceVector"))
    misperceptions: list[Any] | None = None


class _Conflict(Foreign):
    options: list[_Option] = Field(min_length=1)
    makers: list[_Maker] = Field(min_length=1, alias="decisionMakers")
    infeasibles: list[Condition] | None = None
    coalitions: list[Any] | None = Field(None, alias="coalitionsFull")
    ranked: bool = Field(
        False, validation_alias=AliasChoices("useManualPreferenceRanking", "useManualPreferenceVectors")
    )


def _recognises(path: Path) -> int:
    if not path.is_file():
        return 0
    return 2 if path.suffix.lower() in FORMAT.endings or '"decisionMakers"' in peek(path) else 0


def read_gmcr(source: Source) -> Imported:
    """Read a ``.gmcr`` file.

    Raises
    ------
    InputError
        Where the file cannot be read, is not JSON, or is not a conflict.
    """
    text = source.text()
    locate: Locate = lambda steps: place_in(text, steps, source.shown)  # noqa: E731
    conflict = fit(_Conflict, read_json(text, source.shown), locate, "F410", "save it again with GMCR+")
    return _Reader(conflict, source.title, locate).imported()


class _Reader:
    def __init__(self, conflict: _Conflict, name: str, locate: Locate) -> None:
        self.conflict, self.name, self.locate = conflict, name, locate
        self.lost: list[str] = []

    def complain(self, what: str, why: str, *steps: str | int) -> InputError:
        return InputError([Problem("F410", what, why, "save it again with GMCR+", self.locate(steps))])

    def imported(self) -> Imported:
        options, makers = self.conflict.options, self.conflict.makers
        if again := twice(m.name for m in makers):
            why = "names must differ"
            raise self.complain(f"two decision makers are called {brief(again)}", why, "decisionMakers")
        self.issues = _keys([o.name for o in options], "option")
        self.actors = _keys([m.name for m in makers], "actor")
        holders: list[list[str]] = [[] for _ in options]
        for n, (maker, key) in enumerate(zip(makers, self.actors, strict=True)):
            for k, number in enumerate(maker.options):
                own = holders[self.option(number, "decisionMakers", n, "options", k)]
                own += [key] if key not in own else []
        data: dict[str, Any] = {
            "name": slug(self.name),
            "title": self.name,
            "tags": ["graph model", "imported"],
            "actors": {
                key: {"name": maker.name, **self.wants(maker, n)}
                for n, (key, maker) in enumerate(zip(self.actors, makers, strict=True))
            },
            "issues": {
                key: self.issue(option, own) for key, option, own in zip(self.issues, options, holders, strict=True)
            },
        }
        limits = [
            {"forbid": self.condition(c, "infeasibles", n)} for n, c in enumerate(self.conflict.infeasibles or [])
        ]
        if limits:
            data["constraints"] = limits
        if len(self.conflict.coalitions or makers) != len(makers):
            self.lost.append("coalitions are not taken over: every coalition is judged, beside its members")
        self.lost.append("the file does not say whose each option's matter is: its owner is taken to be who sets it")
        self.lost.append("the file states no status quo")
        return Imported(build(data), tuple(dict.fromkeys(self.lost)))

    def option(self, number: int, *steps: str | int) -> int:
        if not 0 <= number < len(self.issues):
            raise self.complain(f"there is no option {number}", f"there are {len(self.issues)}, from 0", *steps)
        return number

    def issue(self, option: _Option, holders: Sequence[str]) -> dict[str, Any]:
        transitions = _DIRECTIONS[option.direction]
        if not holders:
            self.lost.append(f"option '{option.name}' belongs to nobody: it never changes")
            transitions = _DIRECTIONS["none"]
            holders = self.actors[:1]
        if len(holders) > 1:
            self.lost.append(f"option '{option.name}' belongs to several: they are taken to change it together")
        issue: dict[str, Any] = {
            "title": option.name,
            "options": {NO: "not taken", YES: "taken"},
            "set_by": list(holders),
            "owner": list(holders),
        }
        if transitions is not None:
            issue["transitions"] = transitions
        return issue

    def condition(self, raw: list[Pair] | _Compound, *steps: str | int) -> dict[str, Any]:
        if isinstance(raw, _Compound):
            return {"any": [self.condition(m, *steps, "members", n) for n, m in enumerate(raw.members)]}
        if not raw:
            raise self.complain("a condition is empty", "it lists options taken or not", *steps)
        out: dict[str, str] = {}
        for n, (number, answer) in enumerate(raw):
            key = self.issues[self.option(number, *steps, n)]
            if out.get(key, answer) != answer:
                why = "such a condition never holds"
                raise self.complain(f"option {number} is both taken and not taken in one condition", why, *steps)
            out[key] = answer
        return out

    def wants(self, maker: _Maker, n: int) -> dict[str, Any]:
        if maker.misperceptions:
            self.lost.append(f"states that '{maker.name}' does not perceive are not taken over")
        if self.conflict.ranked and maker.ranking:
            return {"ranking": [[str(s) for s in x] if isinstance(x, list) else str(x) for x in maker.ranking]}
        statements = [
            {"prefer": self.condition(c, "decisionMakers", n, "preferences", k)}
            for k, c in enumerate(maker.preferences or [])
        ]
        if not statements:
            self.lost.append(f"'{maker.name}' states no preference: what it wants is not known")
        return {"statements": statements} if statements else {}


def _keys(titles: Sequence[str], default: str) -> list[str]:
    out: list[str] = []
    for number, title in enumerate(titles, start=1):
        key = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_") or f"{default}_{number}"
        stem = key
        while key in out or key in WORDS:
            key = f"{stem}_{number}"
            stem += "_"
        out.append(key)
    return out


def write_gmcr(case: Case, path: Path) -> tuple[str, ...]:
    """Write a conflict file with rankings of all states; return what is lost.

    An issue with two options becomes one option that is taken or not; one with more becomes an option each, exactly one
    of which is taken.

    Raises
    ------
    Refusal
        Where the states are too many to be ranked one by one.
    """
    ask(case, "stability")
    space = graph_space(case)
    feasible = int(space.model.feasible.sum())
    if feasible > MOST_STATES:
        raise Refusal(
            [
                Problem(
                    "F411",
                    f"{feasible:,} states would have to be ranked",
                    f"this format lists them one by one, {MOST_STATES:,} at most",
                    "take issues out of the case first",
                )
            ]
        )
    lost: list[str] = []
    places: list[
        list[int]
    ] = []  # for each issue: the file's option that stands for each of its options, -1 for "not taken"
    options: list[dict[str, str]] = []
    never: list[list[list[Any]]] = []
    for i, key in enumerate(space.issues):
        names, may = space.options[i], space.model.transitions[i] & ~np.eye(space.model.sizes[i], dtype=np.bool_)
        leave, enter = np.atleast_1d(may.any(axis=1)), np.atleast_1d(may.any(axis=0))
        if (may != (leave[:, None] & enter[None, :] & ~np.eye(len(names), dtype=np.bool_))).any():
            lost.append(f"not all limits on the moves of '{key}' can be said: more moves are allowed")
        if len(names) == 2:
            places.append([-1, len(options)])
            options.append(
                {"name": f"{key}: {names[1]}", "permittedDirection": _direction(bool(may[0, 1]), bool(may[1, 0]))}
            )
            continue
        own = list(range(len(options), len(options) + len(names)))
        places.append(own)
        options += [
            {"name": f"{key}: {n}", "permittedDirection": _direction(bool(enter[k]), bool(leave[k]))}
            for k, n in enumerate(names)
        ]
        never.append([[k, NO] for k in own])
        never += [[[a, YES], [b, YES]] for a, b in combinations(own, 2)]
    for mask in constraint_masks(case):
        for values in np.argwhere(~mask.table):
            never.append(
                [pair for issue, o in zip(mask.issues, values, strict=True) for pair in _said(places[issue], int(o))]
            )
    makers = []
    for a, actor in enumerate(space.actors):
        held = [k for i, s in enumerate(space.model.setters) if a in s for k in sorted(set(places[i]) - {-1})]
        makers.append(
            {
                "name": case.title_of("actors", actor),
                "options": held,
                "preferences": [],
                "preferenceRanking": _ranked(space, a, places),
            }
        )
    if any(len(s) > 1 for s in space.model.setters):
        lost.append("what is set jointly can be changed by each of its setters alone")
    if space.model.coalescing:
        lost.append("coalesced states are written one by one, as equals")
    if space.unknown or space.graded:
        lost.append("strength of preference and unknown preferences are lost")
    if any(actor.as_seen_by for actor in case.actors.values()):
        lost.append("misperceptions are lost")
    lost.append("utilities, owners, the status quo and plans are lost")
    conflict = {
        "program": "halfway",
        "version": "0.3.12",
        "options": options,
        "decisionMakers": makers,
        "infeasibles": never,
        "useManualPreferenceRanking": True,
    }
    write_safely(path, json.dumps(conflict, ensure_ascii=False, indent=1) + "\n")
    return tuple(lost)


def _direction(enter: bool, leave: bool) -> str:
    return {(True, True): "both", (True, False): "fwd", (False, True): "back", (False, False): "none"}[enter, leave]


def _said(places: Sequence[int], option: int) -> list[list[Any]]:
    """Say which option of an issue is in force: one of several is taken, or the only one is taken or not."""
    if places[option] >= 0:
        return [[places[option], YES]]
    return [[next(k for k in places if k >= 0), NO]]


def _ranked(space: GraphSpace, actor: int, places: Sequence[Sequence[int]]) -> list[Any]:
    """List the file's states from best to worst for an actor, equals in a list."""
    model = space.model
    states = [int(s) for s in np.flatnonzero(model.feasible)]
    codes = [sum(1 << p[o] for p, o in zip(places, model.options(s), strict=True) if p[o] >= 0) for s in states]
    number = {code: k + 1 for k, code in enumerate(sorted(codes))}
    groups: dict[int, list[int]] = {}
    for s, code in zip(states, codes, strict=True):
        groups.setdefault(int(model.settled_ranks[actor, s]), []).append(number[code])
    return [sorted(groups[r]) if len(groups[r]) > 1 else groups[r][0] for r in sorted(groups, reverse=True)]


FORMAT = Format(
    title="a GMCR+ conflict",
    form="`.gmcr`",
    reads="options and who controls them, infeasible combinations, preferences as conditions or as a ranking",
    writes="options, infeasible combinations, rankings of all states",
    recognises=_recognises,
    read=read_gmcr,
    write=write_gmcr,
    endings=(".gmcr",),
)
