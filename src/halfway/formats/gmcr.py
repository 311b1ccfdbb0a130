"""Conflict files of the GMCR+ program (``.gmcr``, JSON), read into a case.

The format is that of the program's own writer, version 0.3: options that are taken or not, decision makers who control
them, infeasible combinations, and preferences as conditions in order of importance or as a ranking of the feasible
states, numbered from 1 with the first option as the lowest binary digit. That is the numbering used here as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from halfway.case.case import Case
from halfway.case.reader import build
from halfway.errors import InputError, Place, Problem

NO, YES = "N", "Y"
_DIRECTIONS: dict[str, dict[str, list[str]] | None] = {
    "both": None,
    "fwd": {NO: [YES], YES: []},
    "back": {NO: [], YES: [NO]},
    "none": {NO: [], YES: []},
}


@dataclass(frozen=True)
class Imported:
    """What was read.

    Attributes
    ----------
    case : Case
    data : mapping
        The case as plain data, ready to be written as YAML.
    lost : tuple of str
        What the file says that a case cannot, and what a case needs that the file does not say.
    """

    case: Case
    data: Mapping[str, Any]
    lost: tuple[str, ...]


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
        raise _bad(f"cannot read {shown}", reason, "give the path of a .gmcr file", Place(shown)) from error
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
        return Imported(build(data), data, tuple(dict.fromkeys(self.lost)))

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
