"""Additive profiles over a domain: what Genius, GeniusWeb and NegMAS share, and how it becomes a case and back.

Utilities there run from 0 to 1; a case's utility points are a hundred times that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from halfway.case.case import Case
from halfway.case.estimates import Estimate
from halfway.case.interests import Preferences
from halfway.case.reader import build
from halfway.errors import InputError, Place, Problem, Refusal
from halfway.formats.format import Imported
from halfway.formats.names import twice, usable
from halfway.space.utilities.preferences import mean_of, option_values, raw_weight


@dataclass(frozen=True)
class Domain:
    """A name and the values of each issue, in order."""

    name: str
    issues: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Profile:
    """One party's additive utility, ``u(x) = Σ weight_i · value_i(x_i)``, on the scale 0–1.

    Attributes
    ----------
    name : str
    weights : mapping
        Issue → weight.
    values : mapping
        Issue → option → value, 0–1.
    reservation : Fraction or None
        The utility of no agreement.
    discount : Fraction or None
        What is left of a utility at the deadline.
    place : Place
        The file it comes from.
    """

    name: str
    weights: Mapping[str, Fraction]
    values: Mapping[str, Mapping[str, Fraction]]
    reservation: Fraction | None
    discount: Fraction | None
    place: Place = field(default_factory=lambda: Place("<case>"))


def to_case(domain: Domain, profiles: Sequence[Profile], lost: Sequence[str], place: Place) -> Imported:
    """Make a case of a domain and its profiles.

    Raises
    ------
    InputError
        Where there is no profile, a number is out of range, or no issue has two values.
    """
    report = list(lost)
    if not profiles:
        raise InputError(
            [
                Problem(
                    "F120",
                    "there is no profile beside the domain",
                    "a case needs at least one party's utilities",
                    "put the profiles into the same folder",
                    place,
                )
            ]
        )
    kept = [name for name, options in domain.issues.items() if len(options) > 1]
    if not kept:
        raise InputError(
            [Problem("F121", "the domain leaves nothing to decide", "no issue has two values", "check the file", place)]
        )
    problems = [problem for p in profiles for problem in _check(p)]
    if name := twice(p.name for p in profiles):
        problems.append(
            Problem(
                "F123",
                f"two parties are called '{name}'",
                "names must differ",
                "rename one of the files",
                place,
            )
        )
    if problems:
        raise InputError(problems)
    single = [name for name in domain.issues if len(domain.issues[name]) == 1]
    names = usable([p.name for p in profiles], "party", report)
    issues = dict(zip(kept, usable(kept, "issue", report), strict=True))
    options = {i: dict(zip(domain.issues[i], usable(domain.issues[i], "value", report, ()), strict=True)) for i in kept}
    actors = {}
    for name, p in zip(names, profiles, strict=True):
        fixed = sum((p.weights[i] * p.values[i][domain.issues[i][0]] for i in single), Fraction(0))
        actor: dict[str, Any] = {
            "normalise": False,
            "interests": {
                issues[i]: {
                    "weight": number(p.weights[i]),
                    "values": {new: number(100 * p.values[i][old]) for old, new in options[i].items()},
                }
                for i in kept
            },
            "walk_away": number(100 * ((p.reservation or Fraction(0)) - fixed)),
        }
        if p.discount is not None:
            actor["patience"] = {"value": number(p.discount), "note": "over the whole time of the talks, as imported"}
        actors[name] = actor
    report += [f"issue '{i}' has a single value: left out, with its constant taken off the walk-aways" for i in single]
    report.append("who sets and who owns the issues is not in this format: every party is entered for both")
    case = build(
        {
            "name": slug(domain.name),
            "title": domain.name,
            "actors": actors,
            "issues": {
                issues[i]: {"options": list(options[i].values()), "set_by": names, "owner": names} for i in kept
            },
        }
    )
    return Imported(case, tuple(report))


def _check(profile: Profile) -> list[Problem]:
    found = []

    def wrong(what: str, why: str, remedy: str) -> None:
        found.append(Problem("F122", f"{what} in the profile of {profile.name}", why, remedy, profile.place))

    for issue, weight in profile.weights.items():
        if weight < 0:
            wrong(f"the weight of '{issue}' is {float(weight):g}", "a weight is zero or more", "make it positive")
    for issue, values in profile.values.items():
        for option, value in values.items():
            if not 0 <= value <= 1:
                wrong(
                    f"'{option}' of '{issue}' is worth {float(value):g}",
                    "a value is between 0 and 1 after scaling",
                    "check the evaluation",
                )
    if profile.discount is not None and not 0 <= profile.discount <= 1:
        wrong(f"the discount factor is {float(profile.discount):g}", "it is between 0 and 1", "check it")
    return found


def number(value: Fraction) -> Estimate:
    """Wrap a fraction so that the case carries it without rounding."""
    return Estimate("exact", (Fraction(value),))


def slug(name: str) -> str:
    """Make a case's name of any text."""
    kept = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return kept or "imported"


def from_case(case: Case) -> tuple[Domain, list[Profile], list[str]]:
    """Take a case apart into a domain and additive profiles, saying what is lost.

    Raises
    ------
    Refusal
        Where an actor only ranks states.
    """
    lost = lost_of_case(case)
    ordinal = [a for a, actor in case.actors.items() if actor.ordinal_only]
    if ordinal:
        raise Refusal(
            [
                Problem(
                    "F130",
                    "the case cannot be written in this format",
                    f"{', '.join(ordinal)} only rank states, and the format needs numbers",
                    "give interests with values",
                    case.place("actors", ordinal[0]),
                )
            ]
        )
    domain = Domain(case.title or case.name, {k: tuple(issue.options) for k, issue in case.issues.items()})
    profiles = []
    for name, actor in case.actors.items():
        weights, values = additive(case, actor)
        walk_away = actor.walk_away
        reservation = None
        if walk_away is not None and walk_away.utility is not None:
            reservation = walk_away.utility.mean / 100
        else:
            from halfway.space.utilities.space import compile_space

            space = compile_space(case)
            reservation = Fraction(str(float(space.walk_away[space.actor(name)]))) / 100
            lost.append(f"the walk-away of {name} becomes the number that it comes to")
        discount = None if actor.patience is None else actor.patience.value.mean
        profiles.append(Profile(name, weights, values, reservation, discount))
    return domain, profiles, lost


def additive(case: Case, actor: Preferences) -> tuple[dict[str, Fraction], dict[str, dict[str, Fraction]]]:
    """Return an actor's weights and values, 0–1; issues it does not name weigh nothing."""
    raw = {k: Fraction(raw_weight(x, mean_of, ())) for k, x in actor.interests.items()}
    total = sum(raw.values(), Fraction(0))
    scale = 1 / total if actor.normalise and total else Fraction(1)
    weights, values = {}, {}
    for key, issue in case.issues.items():
        interest = actor.interests.get(key)
        weights[key] = raw[key] * scale if interest else Fraction(0)
        worth = (
            option_values(issue, interest, mean_of, ("interests", key))
            if interest
            else [Fraction(0)] * len(issue.options)
        )
        values[key] = {o: Fraction(v) / 100 for o, v in zip(issue.options, worth, strict=True)}
    return weights, values


def lost_of_case(case: Case) -> list[str]:
    """List what an additive profile cannot hold of a case."""
    lost = []
    counts = {
        "constraints": len(case.constraints),
        "plans": len(case.plans),
        "linkages": sum(len(a.linkages) for a in case.actors.values()),
        "red lines": sum(len(a.red_lines) for a in case.actors.values()),
        "types of actors": sum(len(a.types) for a in case.actors.values()),
        "ratifying bodies": sum(len(a.ratifies) for a in case.actors.values()),
        "lexicographic orders": sum(bool(a.lexicographic) for a in case.actors.values()),
        "costs of breaking": sum(len(a.breach_costs) for a in case.actors.values()),
        "reactions": len(case.reactions),
        "events": len(case.events),
        "claims": len(case.claims),
        "obligations in force": len(case.obligations_in_force),
        "sources": len(case.sources),
    }
    lost += [f"{n} {what} cannot be carried" for what, n in counts.items() if n]
    if case.status_quo is not None:
        lost.append("the status quo cannot be carried")
    uncertain = sum(_uncertain(a) for a in case.actors.values())
    if uncertain:
        lost.append(f"{uncertain} uncertain numbers are written at their centre")
    parties = set(case.actors)
    if any(set(i.set_by) != parties or set(i.owner) != parties for i in case.issues.values()):
        lost.append("who sets and who owns each issue cannot be carried")
    return lost


def _uncertain(actor: Preferences) -> int:
    count = 0
    for interest in actor.interests.values():
        numbers = [interest.weight, interest.swing, interest.salience, interest.position]
        numbers += list((interest.values or {}).values())
        count += sum(1 for x in numbers if x is not None and not x.certain)
    walk_away = actor.walk_away
    if walk_away is not None and walk_away.utility is not None and not walk_away.utility.certain:
        count += 1
    return count


def decimal(value: Fraction) -> str:
    """Write a fraction so that reading it back gives the same float."""
    return str(value.numerator) if value.denominator == 1 else repr(float(value))
