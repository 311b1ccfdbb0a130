"""What is sound in a case but read in a way that its author may not have meant, said by `check` at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from halfway.case.actors import Actor
from halfway.case.case import Case
from halfway.case.coherence_locks import locked
from halfway.case.coherence_plans import packages_of
from halfway.case.conditions import Path
from halfway.case.events import Lasting
from halfway.case.notes_costs import cost_notes
from halfway.case.time import Duration
from halfway.errors import Problem, sort_problems


def notes(case: Case) -> list[Problem]:
    """Return what a reader of the case should know of how it is read, in the order of the file.

    None of it is an error. Codes begin with ``W``.
    """
    return sort_problems([*_lengths(case), *_wants(case), *_locked(case), *cost_notes(case)])


def unstated(actor: Actor) -> bool:
    """Tell whether a case says nothing of what an actor wants: no interests, no order, no linkages, no member that does."""
    said = actor.interests or actor.linkages or actor.statements or actor.ranking is not None
    return not said and all(unstated(member) for member in actor.members.values())


def without_wants(case: Case) -> tuple[str, ...]:
    """Return the actors whose interests nobody stated."""
    return tuple(key for key, actor in case.actors.items() if unstated(actor))


def unstated_wants(case: Case, actor: str) -> Problem:
    """Return the problem of an actor whose interests are not stated, for a question that needs its utilities."""
    return Problem(
        "R011",
        f"the interests of '{actor}' are not stated",
        "whether it gains or loses is unknown, and nothing would be taken for indifference",
        "add its interests; '{weight: 0}' on an issue states that it does not matter",
        case.place("actors", actor),
    )


def without_value(case: Case, *plans: str | None) -> dict[str, tuple[str, ...]]:
    """Return, by actor, the issues that it decides or that a plan changes and of which it has stated no interest.

    Such an issue counts as indifferent to it (weight 0), which `weight: 0` would state. Of an actor that only ranks
    states, or whose interests are not stated at all, nothing is returned.

    Parameters
    ----------
    case : Case
    *plans : str
        Only issues that these plans change, or that the actor decides. Default: those of any plan.
    """
    named = [name for name in plans if name is not None]
    asked = [case.plans[name] for name in named or case.plans]
    today = case.status_quo or {}
    changed = {i for p in asked for phase in p.phases.values() for i, o in phase.package.items() if today.get(i) != o}
    found = {}
    for key, actor in case.actors.items():
        if actor.ordinal_only or not (actor.interests or actor.linkages):
            continue
        linked = {i for linkage in actor.linkages for i in _issues_of(linkage.when)}
        missing = tuple(
            name
            for name, issue in case.issues.items()
            if (name in changed or key in issue.set_by) and name not in actor.interests and name not in linked
        )
        if missing:
            found[key] = missing
    return found


def _issues_of(condition: Any) -> Iterator[str]:
    from halfway.case.conditions import Is, atoms

    yield from (atom.issue for atom in atoms(condition) if isinstance(atom, Is))


def _wants(case: Case) -> Iterator[Problem]:
    for key in without_wants(case):
        yield Problem(
            "W403",
            f"the case says nothing of what '{key}' wants",
            "what needs its utilities is refused",
            "add its interests; 'weight: 0' on an issue states that it does not matter",
            case.place("actors", key),
        )
    for key, issues in without_value(case).items():
        yield Problem(
            "W404",
            f"the case does not say what '{key}' wants on {', '.join(issues)}",
            "it decides this or a plan changes it, and it counts as indifferent to it",
            "add the interest, or '{weight: 0}' if it is indifferent",
            case.place("actors", key, "interests"),
        )


def _lengths(case: Case) -> Iterator[Problem]:
    for length, path in _durations(case, ()):
        count = length.periods(case.period)
        read = f"it is read as {count} {case.period}{'' if count == 1 else 's'}"
        if length.unstated:
            yield Problem(
                "W401",
                f"the length of time '{_plain(length)}' has no unit",
                read,
                f"write '{count} {case.period}{'' if count == 1 else 's'}'",
                case.places.value_of(path),
            )
        elif not length.divides(case.period):
            yield Problem(
                "W402",
                f"'{length}' is no whole number of {case.period}s",
                read,
                "round it yourself, or choose another 'period'",
                case.places.value_of(path),
            )


def _locked(case: Case) -> Iterator[Problem]:
    for name, plan in case.plans.items():
        packages, _ = packages_of(case, plan)
        for found in locked(case, plan, packages):
            since = "today" if found.before is None else f"phase '{found.before}'"
            yield Problem(
                "W408",
                f"phase '{found.phase}' prescribes '{found.option}' on '{found.issue}' in vain where it follows {since}",
                f"'{found.stays}' cannot be undone and stays in force",
                "give that way a phase of its own, or leave it at that",
                case.places.value_of(("plans", name, "phases", found.phase, "package", found.issue)),
            )


def _plain(length: Duration) -> str:
    return str(length).partition(" ")[0]


def _durations(noun: Any, path: Path) -> Iterator[tuple[Duration, Path]]:
    if isinstance(noun, Duration):
        yield noun, path
    elif isinstance(noun, Lasting):
        if noun.length is not None:
            yield noun.length, (*path, "mean") if noun.kind == "mean" else path
    elif isinstance(noun, Mapping):
        for key, value in noun.items():
            yield from _durations(value, (*path, key))
    elif isinstance(noun, tuple):
        for i, value in enumerate(noun):
            yield from _durations(value, (*path, i))
    elif isinstance(noun, BaseModel):
        for name, info in type(noun).model_fields.items():
            yield from _durations(getattr(noun, name), (*path, info.alias or name))
