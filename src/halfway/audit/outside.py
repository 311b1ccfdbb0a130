"""Rules from other packages: what they register under the entry point ``halfway.rules``."""

from __future__ import annotations

import re
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from halfway.audit.rule import FAMILIES, Rule
from halfway.errors import Problem, Refusal

GROUP = "halfway.rules"
"""An entry of this group names a `Rule`, or a sequence of them."""

_CODE = re.compile(r"[A-Z]{1,4}\d{3,4}")


def rules_from_outside(taken: frozenset[str]) -> tuple[Rule, ...]:
    """Return the rules that installed packages bring.

    Parameters
    ----------
    taken : frozenset of str
        Codes in use.

    Raises
    ------
    Refusal
        Where an entry cannot be loaded, is no rule, or uses a code that is taken; all such entries at once.
    """
    found: list[Rule] = []
    problems: list[Problem] = []
    for entry in _entries():
        loaded = _loaded(entry)
        if isinstance(loaded, Problem):
            problems.append(loaded)
            continue
        for one in loaded:
            why = _unfit(one, {*taken, *(r.code for r in found)})
            if why:
                problems.append(_problem(entry, why))
            else:
                found.append(one)
    if problems:
        raise Refusal(problems)
    return tuple(found)


@cache
def _entries() -> tuple[EntryPoint, ...]:
    # Looked up once a process: it reads every installed package's list.
    return tuple(sorted(entry_points(group=GROUP), key=lambda e: (e.name, e.value)))


def _loaded(entry: EntryPoint) -> tuple[Any, ...] | Problem:
    try:
        loaded = entry.load()
    except Exception as problem:  # noqa: BLE001
        # Whatever another package's code raises, it is not the user's case that is at fault.
        return _problem(entry, f"it cannot be loaded ({type(problem).__name__}: {problem})")
    return tuple(loaded) if isinstance(loaded, (tuple, list)) else (loaded,)


def failed(rule: Rule, problem: Exception) -> Refusal:
    """Return the refusal that says that a rule from outside stopped with an error of its own."""
    return Refusal(
        [
            Problem(
                "R081",
                f"the audit's rule {rule.code} failed",
                f"{type(problem).__name__}: {problem}, in {rule.check.__module__}",
                f"leave it out with `--ignore {rule.code}`, or have it mended",
            )
        ]
    )


def _unfit(one: Any, taken: set[str]) -> str | None:
    if not isinstance(one, Rule):
        return f"it brings a {type(one).__name__}, not a rule"
    if not _CODE.fullmatch(one.code):
        return f"'{one.code}' is no code of one to four capital letters and three or four digits"
    if one.code in taken:
        return f"the code {one.code} is taken"
    if one.family not in FAMILIES:
        return f"'{one.family}' is none of the families {', '.join(FAMILIES)}"
    try:
        assert one.fires
    except (LookupError, ValueError, AssertionError):
        return f"{one.code} does not say when it fires, or names a threshold there that it does not have"
    return None


def _problem(entry: EntryPoint, why: str) -> Problem:
    source = f" of the package {entry.dist.name}" if entry.dist is not None else ""
    return Problem(
        "R080",
        f"the audit's rule '{entry.name}'{source} cannot be used",
        why,
        "uninstall the package that brings it, or have it mended",
    )
