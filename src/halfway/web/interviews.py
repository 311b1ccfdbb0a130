"""Interviews about interests in the browser: question, answer, taking back; and a dispute described from nothing."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from halfway.case.case import Case
from halfway.elicit.answers import from_data
from halfway.elicit.questions import Question
from halfway.elicit.result import Elicited, elicited
from halfway.elicit.standing import Standing
from halfway.errors import Problem, Refusal

MOST_LINES = 40


@dataclass
class Interview:
    """What one person has answered for one actor.

    Attributes
    ----------
    case : Case
        As it was when the interview began.
    actor, by : str
    answers : list of mapping
    """

    case: Case
    actor: str
    by: str
    answers: list[Mapping[str, Any]] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    known: Elicited | None = None

    @property
    def found(self) -> Elicited:
        """What follows from the answers so far."""
        if self.known is None:
            standing = Standing(self.case, self.actor, from_data(self.case, self.answers, "answers"))
            self.known = elicited(standing, self.by)
        return self.known

    @property
    def minutes(self) -> float:
        """How long it has taken."""
        return (time.monotonic() - self.started) / 60

    def answer(self, fields: Mapping[str, str]) -> None:
        """Take an answer to the question that is open.

        Raises
        ------
        Refusal
            Where it is no answer to it.
        """
        asked = self.found.question
        said = None if asked is None else _read(asked, fields)
        if said is None or asked is None:
            raise Refusal([Problem("R713", "this is no answer to the question", _wanted(asked), "answer again")])
        self._set([*self.answers, {"about": asked.kind, **said}])

    def take_back(self, numbers: Sequence[int]) -> None:
        """Take answers back, by number."""
        self._set([a for k, a in enumerate(self.answers) if k not in set(numbers)])

    def _set(self, answers: list[Mapping[str, Any]]) -> None:
        # Read before it is kept, so that nothing that cannot be read is ever kept.
        from_data(self.case, answers, "answers")
        self.answers, self.known = answers, None


def _wanted(asked: Question | None) -> str:
    if asked is None:
        return "nothing is asked any more"
    return {
        "order": "it wants a different place for every option",
        "worth": "it wants a number from 0 to 100",
        "first": "it wants one of the issues",
        "swing": "it wants two numbers from 0 to 100, the lower first",
        "accept": "it wants yes or no",
        "prefer": "it wants the first, the second, or equally good",
    }[asked.kind]


def _read(asked: Question, fields: Mapping[str, str]) -> dict[str, Any] | None:
    """Return a form as the fields of an answer; None where it is none."""
    if asked.kind == "order":
        places = {c: _points(fields.get(f"place{n}", "")) for n, c in enumerate(asked.choices)}
        if None in places.values() or len(set(places.values())) < len(places):
            return None
        return {"issue": asked.issue, "options": sorted(asked.choices, key=lambda c: places[c] or 0.0)}
    if asked.kind == "worth":
        points = _points(fields.get("points", ""))
        return None if points is None else {"issue": asked.issue, "option": asked.option, "points": points}
    if asked.kind == "first":
        return {"issue": fields["issue"]} if fields.get("issue") in asked.choices else None
    if asked.kind == "swing":
        low, high = _points(fields.get("low", "")), _points(fields.get("high", "") or fields.get("low", ""))
        return None if low is None or high is None or low > high else {"issue": asked.issue, "low": low, "high": high}
    if asked.kind == "accept":
        known = {"yes": True, "no": False}
        said = fields.get("signed", "")
        return {"package": dict(asked.packages[0]), "signed": known[said]} if said in known else None
    better = fields.get("better")
    first, second = asked.packages
    if better not in ("first", "second", "same"):
        return None
    return {"first": dict(first), "second": dict(second), "better": better}


def _points(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d{1,3}(\.\d{1,4})?", text.strip()) and float(text) <= 100 else None


def described(title: str, actors: str, issues: str) -> dict[str, Any]:
    """Return a case as plain data from three fields: a title, an actor a line, and an issue with its options a line.

    Parameters
    ----------
    title, actors : str
    issues : str
        Lines like ``The border: open, closed``; the first option is today's. After a bar, who decides: ``… | North``.

    Raises
    ------
    Refusal
        With everything that is missing.
    """
    problems = []

    def wrong(what: str, why: str, remedy: str) -> None:
        problems.append(Problem("R714", what, why, remedy))

    names = [line.strip() for line in actors.splitlines() if line.strip()]
    rows = [line.strip() for line in issues.splitlines() if line.strip()]
    keys = _keys(names)
    if not title.strip():
        wrong("the dispute has no title", "its file is named after it", "give it one")
    if not 2 <= len(names) <= MOST_LINES:
        wrong("there are not two actors", "a dispute is between at least two", "write one on each line")
    if not 1 <= len(rows) <= MOST_LINES:
        wrong(
            "there is no issue",
            "something has to be at stake",
            "write one on each line, as in 'The border: open, closed'",
        )
    found: dict[str, Any] = {}
    for row, key in zip(rows, _keys([r.split(":")[0] for r in rows]), strict=True):
        name, _, rest = row.partition(":")
        listed, _, who = rest.partition("|")
        options = [o.strip() for o in listed.split(",") if o.strip()]
        setters = [w.strip() for w in who.split(",") if w.strip()] or names
        unknown = [w for w in setters if w not in names]
        if len(options) < 2:
            wrong(
                f"'{row[:60]}' has fewer than two options",
                "there would be nothing to decide",
                "write them after a colon, with commas",
            )
        if unknown:
            wrong(
                f"'{unknown[0][:60]}' is none of the actors",
                "who decides an issue is one of them",
                "write it as on its own line",
            )
        set_by = [keys[names.index(w)] for w in setters if w in names]
        found[key] = {
            "title": name.strip(),
            "options": dict(zip(_keys(options), options, strict=True)),
            "set_by": set_by,
            "owner": set_by,
        }
    if problems:
        raise Refusal(problems)
    return {
        "name": _keys([title])[0].replace("_", "-")[:60],
        "title": title.strip(),
        "actors": {key: {"name": name} for key, name in zip(keys, names, strict=True)},
        "issues": found,
        "status_quo": {key: next(iter(issue["options"])) for key, issue in found.items()},
    }


def _keys(names: Sequence[str]) -> list[str]:
    """Return a key for every name, no two alike."""
    found: list[str] = []
    for name in names:
        key = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "x"
        key = key if key[0].isalpha() else f"x_{key}"
        unique, n = key, 2
        while unique in found:
            unique, n = f"{key}_{n}", n + 1
        found.append(unique)
    return found
