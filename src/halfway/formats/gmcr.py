"""Conflict files of the GMCR+ program (``.gmcr``, JSON).

The format is that of the program's own writer, version 0.3: options that are taken or not, decision makers who control
them, infeasible combinations, and preferences as conditions in order of importance or as a ranking of the feasible
states, numbered from 1 with the first option as the lowest binary digit. That is the numbering used here as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from halfway.case.case import Case
from halfway.case.reader import build
from halfway.errors import InputError, Place, Problem, Refusal
from halfway.formats.profiles import Imported
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


def read_gmcr(path: str | Path) -> Imported:
    """Read a ``.gmcr`` file.

    Raises
    ------
    InputError
        Where the file cannot be read, is not JSON, or is not a conflict.
    """
    path = Path(path)
    shown = str(path)
    try:
        raw = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        reason = (error.strerror or "it cannot be opened").lower()
        problem = Problem("F001", f"cannot read {shown}", reason, "give the path of a .gmcr file", Place(shown))
        raise InputError([problem]) from error
    except UnicodeDecodeError as error:
        raise _bad("the file is not text", "it is not UTF-8", "save it again with GMCR+", Place(shown)) from error
    except json.JSONDecodeError as error:
        place = Place(shown, error.lineno, error.colno)
        raise _bad("the file is not JSON", error.msg.lower(), "save it again with GMCR+", place) from error
    except RecursionError as error:
        raise _bad("the file is nested too deeply", "no conflict is", "save it again", Place(shown)) from error
    return from_gmcr(raw, path.stem, Place(shown))


def from_gmcr(raw: Any, name: str, place: Place | None = None) -> Imported:
    """Turn the contents of a ``.gmcr`` file into a case.

    Parameters
    ----------
    raw : mapping
        The file's JSON.
    name : str
        What to call the case.
    place : Place, optional
        Where the contents are from, for messages.

    Raises
    ------
    InputError
        Where it is not a conflict.
    """
    return _Reader(raw, name, place or Place("<gmcr>")).imported()


def _bad(what: str, why: str, remedy: str, place: Place) -> InputError:
    return InputError([Problem("F410", what, why, remedy, place)])


class _Reader:
    def __init__(self, raw: Any, name: str, place: Place) -> None:
        self.raw, self.name, self.place = raw, name, place
        self.lost: list[str] = []

    def complain(self, what: str) -> InputError:
        return _bad(what, "a .gmcr file has options, decisionMakers and infeasibles", "save it again", self.place)

    def listed(self, holder: Any, key: str) -> list[Any]:
        value = holder.get(key) if isinstance(holder, Mapping) else None
        if not isinstance(value, list):
            raise self.complain(f"'{key}' is missing or not a list")
        return value

    def imported(self) -> Imported:
        if not isinstance(self.raw, Mapping):
            raise self.complain("the file holds no conflict")
        options, makers = self.listed(self.raw, "options"), self.listed(self.raw, "decisionMakers")
        if not options or not makers:
            raise self.complain("the conflict has no options or no decision makers")
        titles = [str(self.field(o, "name")) for o in options]
        self.issues = _keys(titles, "option")
        names = [str(self.field(m, "name")) for m in makers]
        self.actors = _keys(names, "actor")
        holders: list[list[str]] = [[] for _ in options]
        for maker, key in zip(makers, self.actors, strict=True):
            for number in self.listed(maker, "options"):
                holders[self.option(number)].append(key)
        data: dict[str, Any] = {
            "name": _key(self.name) or "conflict",
            "title": self.name,
            "tags": ["graph model", "imported"],
            "actors": {
                key: {"name": name, **self.wants(maker)}
                for key, name, maker in zip(self.actors, names, makers, strict=True)
            },
            "issues": {
                key: self.issue(option, title, own)
                for key, option, title, own in zip(self.issues, options, titles, holders, strict=True)
            },
        }
        limits = [{"forbid": self.condition(c)} for c in self.raw.get("infeasibles") or []]
        if limits:
            data["constraints"] = limits
        if len(self.raw.get("coalitionsFull") or makers) != len(makers):
            self.lost.append("coalitions are not taken over: every coalition is judged, beside its members")
        self.lost.append("the file does not say whose each option's matter is: its owner is taken to be who sets it")
        self.lost.append("the file states no status quo")
        return Imported(build(data), tuple(dict.fromkeys(self.lost)))

    def field(self, holder: Any, key: str) -> Any:
        if not isinstance(holder, Mapping) or key not in holder:
            raise self.complain(f"an entry has no '{key}'")
        return holder[key]

    def option(self, number: Any) -> int:
        if isinstance(number, bool) or not isinstance(number, int | float) or number != int(number):
            raise self.complain(f"'{number}' is not the number of an option")
        if not 0 <= int(number) < len(self.issues):
            raise self.complain(f"there is no option {number}")
        return int(number)

    def issue(self, option: Any, title: str, holders: Sequence[str]) -> dict[str, Any]:
        direction = str(option.get("permittedDirection", option.get("reversibility", "both")))
        if direction not in _DIRECTIONS:
            raise self.complain(f"'{direction}' is not a direction of moves")
        transitions = _DIRECTIONS[direction]
        if not holders:
            self.lost.append(f"option '{title}' belongs to nobody: it never changes")
            transitions = _DIRECTIONS["none"]
            holders = self.actors[:1]
        if len(holders) > 1:
            self.lost.append(f"option '{title}' belongs to several: they are taken to change it together")
        issue: dict[str, Any] = {
            "title": title,
            "options": {NO: "not taken", YES: "taken"},
            "set_by": list(holders),
            "owner": list(holders),
        }
        if transitions is not None:
            issue["transitions"] = transitions
        return issue

    def condition(self, raw: Any) -> dict[str, Any]:
        if isinstance(raw, Mapping):
            members = [self.condition(m) for m in self.listed(raw, "members")]
            if not members:
                raise self.complain("a compound condition has no members")
            return {"any": members}
        if not isinstance(raw, list) or not raw:
            raise self.complain("a condition is not a list of options taken or not")
        out: dict[str, str] = {}
        for pair in raw:
            if not isinstance(pair, list) or len(pair) != 2 or str(pair[1]) not in (NO, YES):
                raise self.complain(f"'{pair}' is not an option taken (Y) or not (N)")
            out[self.issues[self.option(pair[0])]] = str(pair[1])
        return out

    def wants(self, maker: Mapping[str, Any]) -> dict[str, Any]:
        if maker.get("misperceptions"):
            self.lost.append(f"states that '{maker['name']}' does not perceive are not taken over")
        ranking = maker.get("preferenceRanking", maker.get("preferenceVector"))
        if self.raw.get("useManualPreferenceRanking", self.raw.get("useManualPreferenceVectors")) and ranking:
            return {"ranking": [[str(s) for s in x] if isinstance(x, list) else str(x) for x in ranking]}
        statements = [{"prefer": self.condition(c)} for c in maker.get("preferences") or []]
        if not statements:
            self.lost.append(f"'{maker['name']}' states no preference and is indifferent")
        return {"statements": statements} if statements else {}


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _keys(titles: Sequence[str], default: str) -> list[str]:
    out: list[str] = []
    for number, title in enumerate(titles):
        key = _key(title).replace("-", "_") or f"{default}_{number + 1}"
        out.append(
            key if key not in out and key not in ("all", "any", "not", "if", "then", "iff") else f"{key}_{number + 1}"
        )
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
