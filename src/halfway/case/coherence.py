"""Checks that a case hangs together: names that lead nowhere, sums that do not add up, phases never reached."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from halfway.case.actors import STRATEGIES
from halfway.case.case import RESERVED, Case
from halfway.case.coherence_interests import check_preferences
from halfway.case.coherence_plans import check_plan
from halfway.case.conditions import Condition, Is, Path, atoms
from halfway.case.estimates import Estimate
from halfway.errors import Collector, suggestion

SUM_TOLERANCE = 1e-6


class Checker:
    """What all checks share: the case, its names, and how to complain about a place."""

    def __init__(self, case: Case, problems: Collector) -> None:
        self.case = case
        self.problems = problems
        self.actors = list(case.actors)
        self.issues = list(case.issues)
        # Members of a group can act and be spoken of, too.
        self.everyone = self.actors + [m for a in case.actors.values() for m in a.members]

    def complain(self, code: str, what: str, why: str, remedy: str, path: Path, *, value: bool = True) -> None:
        """Add a problem at the value (or key) of a path."""
        place = self.case.places.value_of(path) if value else self.case.places.of(path)
        self.problems.add(code, what, why, remedy, place)

    def known(self, name: str, names: Sequence[str], kind: str, path: Path) -> bool:
        """Complain where a name is not declared."""
        if name in names:
            return True
        article = "an" if kind[0] in "aeiou" else "a"
        self.complain(
            "N301", f"'{name}' is not {article} {kind} of this case", suggestion(name, names), "correct it", path
        )
        return False

    def all_known(self, some: Iterable[str], names: Sequence[str], kind: str, path: Path) -> None:
        """Complain about every name that is not declared."""
        for i, name in enumerate(some):
            at = (*path, i)
            self.known(name, names, kind, at if at in self.case.places.values else path)

    def option(self, issue: str, option: str, path: Path, *, signals: bool = False) -> None:
        """Complain where an issue has no such option (or, in a trigger, shows no such signal)."""
        if not self.known(issue, self.issues, "issue", path):
            return
        declared = self.case.issues[issue]
        names = list(declared.options)
        if signals:
            names = sorted({s for o in declared.options for s in declared.signals_of(o)} | set(declared.signals))
        if option not in names:
            self.complain(
                "N302",
                f"'{option}' is not {'a signal' if signals else 'an option'} of issue '{issue}'",
                suggestion(option, names),
                "declare it or correct it",
                path,
            )

    def assignment(self, given: dict[str, str], path: Path) -> None:
        """Check a mapping from issues to options."""
        for issue, option in given.items():
            self.option(issue, option, (*path, issue))

    def condition(self, condition: Condition, path: Path, *, signals: bool = False) -> None:
        """Check every name in a condition."""
        for atom in atoms(condition):
            at = (*path, *atom.path)
            if isinstance(atom, Is):
                for i, option in enumerate(atom.options):
                    one = (*at, i)
                    self.option(atom.issue, option, one if one in self.case.places.values else at, signals=signals)
                    if atom.issue not in self.issues:
                        break
            else:
                if atom.issue is not None:
                    self.known(atom.issue, self.issues, "issue", at)
                by = getattr(atom, "by", None)
                if by is not None:
                    self.known(by, self.actors, "actor", at)

    def sums_to_one(self, parts: Iterable[Estimate], what: str, path: Path) -> None:
        """Complain where probabilities do not sum to one."""
        total = math.fsum(float(p) for p in parts)
        if abs(total - 1) > SUM_TOLERANCE:
            self.complain(
                "V401", f"{what} sum to {total:g}", "probabilities of all cases sum to 1", "correct one of them", path
            )


def check(case: Case, problems: Collector) -> None:
    """Check a whole case, adding what is wrong to `problems`."""
    checker = Checker(case, problems)
    _check_names(checker)
    _check_issues(checker)
    _check_actors(checker)
    _check_rest(checker)
    for name, plan in case.plans.items():
        check_plan(checker, name, plan)
    _check_sources(checker, case, ())
    if not problems.problems:
        _check_status_quo_feasible(checker)


def check_plan_alone(case: Case, name: str, problems: Collector) -> None:
    """Check one plan of a case, all else of which has been checked."""
    checker = Checker(case, problems)
    check_plan(checker, name, case.plans[name])
    _check_sources(checker, case.plans[name], ("plans", name))


def _check_names(checker: Checker) -> None:
    for issue in checker.issues:
        if issue in RESERVED:
            checker.complain(
                "N303",
                f"an issue cannot be called '{issue}'",
                "the word combines conditions",
                "rename it",
                ("issues", issue),
                value=False,
            )
    for group, actor in checker.case.actors.items():
        for member in actor.members:
            if checker.everyone.count(member) > 1:
                checker.complain(
                    "N304",
                    f"'{member}' is declared twice",
                    "actors and members are told apart by name",
                    "rename one",
                    ("actors", group, "members", member),
                    value=False,
                )


def _check_issues(checker: Checker) -> None:
    for key, issue in checker.case.issues.items():
        path: Path = ("issues", key)
        options = list(issue.options)
        checker.all_known(issue.set_by, checker.actors, "actor", (*path, "set_by"))
        checker.all_known(issue.owner, checker.everyone, "actor", (*path, "owner"))
        checker.all_known(issue.shares, checker.actors, "actor", (*path, "shares"))
        if issue.agenda_setter:
            checker.known(issue.agenda_setter, checker.actors, "actor", (*path, "agenda_setter"))
        for option, targets in (issue.transitions or {}).items():
            checker.option(key, option, (*path, "transitions", option))
            for i, target in enumerate(targets):
                checker.option(key, target, (*path, "transitions", option, i))
        for i, option in enumerate(issue.coalesce_when):
            checker.option(key, option, (*path, "coalesce_when", i))
        declared = set(issue.signals) | set(options)
        for option, seen in issue.observed.items():
            at = (*path, "observed", option)
            checker.option(key, option, at)
            for signal in seen:
                if issue.signals and signal not in declared:
                    checker.complain(
                        "N305",
                        f"'{signal}' is not a signal of issue '{key}'",
                        suggestion(signal, sorted(declared)),
                        "declare it below 'signals'",
                        (*at, signal),
                    )
            checker.sums_to_one(seen.values(), f"the probabilities of signals for '{option}'", at)
        shown = {s for o in options for s in issue.signals_of(o)}
        for signal in issue.signals:
            if signal not in shown:
                checker.complain(
                    "V405",
                    f"signal '{signal}' is never shown",
                    "no option in force can produce it",
                    "give it a probability below 'observed', or remove it",
                    (*path, "signals", signal),
                    value=False,
                )
        for option, details in issue.options.items():
            at = (*path, "options", option)
            if details.at is not None and issue.scale is None:
                checker.complain(
                    "V402",
                    f"option '{option}' has a point but the issue has no scale",
                    "points lie on a scale",
                    "add 'scale: {from: …, to: …}'",
                    (*at, "at"),
                )
            if details.shares is not None:
                checker.all_known(details.shares, issue.shares or checker.actors, "sharer", (*at, "shares"))
                total = math.fsum(float(s) for s in details.shares.values())
                if abs(total - 100) > 1e-4:
                    checker.complain(
                        "V403",
                        f"the shares of option '{option}' sum to {total:g}",
                        "shares are percentages of one asset",
                        "make them sum to 100",
                        (*at, "shares"),
                    )
            if details.at is not None and issue.scale is not None:
                low, high = sorted((issue.scale.from_, issue.scale.to))
                if not low <= float(details.at) <= high:
                    checker.complain(
                        "V404",
                        f"option '{option}' lies off the scale",
                        f"it runs from {low:g} to {high:g}",
                        "correct the point or the scale",
                        (*at, "at"),
                    )


def _check_actors(checker: Checker) -> None:
    for key, actor in checker.case.actors.items():
        _check_actor(checker, actor, ("actors", key))
        for member, inner in actor.members.items():
            _check_actor(checker, inner, ("actors", key, "members", member))
            if inner.members:
                checker.complain(
                    "V406",
                    f"member '{member}' has members of its own",
                    "groups open up once",
                    "list them all at the first level",
                    ("actors", key, "members", member),
                )


def _check_actor(checker: Checker, actor: Any, path: Path) -> None:
    check_preferences(checker, actor, path)
    for name, kind in actor.types.items():
        check_preferences(checker, kind, (*path, "types", name))
        if kind.strategy and kind.strategy.replace("-", "_").replace(" ", "_") not in STRATEGIES:
            checker.complain(
                "N306",
                f"'{kind.strategy}' is not a published strategy",
                suggestion(kind.strategy, STRATEGIES),
                "name one that is documented",
                (*path, "types", name, "strategy"),
            )
    if actor.types:
        checker.sums_to_one((t.prior for t in actor.types.values()), "the priors of the types", (*path, "types"))
    for name, body in actor.ratifies.items():
        check_preferences(checker, body, (*path, "ratifies", name))
    for seer, picture in actor.as_seen_by.items():
        checker.known(seer, checker.everyone, "actor", (*path, "as_seen_by", seer))
        check_preferences(checker, picture, (*path, "as_seen_by", seer))


def _check_rest(checker: Checker) -> None:
    case = checker.case
    for i, constraint in enumerate(case.constraints):
        for name in ("forbid", "require", "when"):
            part = getattr(constraint, name)
            if part is not None:
                checker.condition(part, ("constraints", i, name))
    for key, treaty in case.obligations_in_force.items():
        path: Path = ("obligations_in_force", key)
        checker.condition(treaty.conflicts_with, (*path, "conflicts_with"))
        checker.all_known(treaty.parties, checker.everyone, "actor", (*path, "parties"))
        checker.all_known(treaty.protects, checker.everyone, "actor", (*path, "protects"))
    if case.status_quo is not None:
        checker.assignment(case.status_quo, ("status_quo",))
        missing = [i for i in checker.issues if i not in case.status_quo]
        if missing:
            checker.complain(
                "V420",
                f"the status quo says nothing of {', '.join(missing)}",
                "it is one option for every issue",
                "add today's option of each",
                ("status_quo",),
            )
    for i, promise in enumerate(case.record.promises):
        checker.known(promise.by, checker.everyone, "actor", ("record", "promises", i, "by"))
    _check_authors(checker, case.authors, ())
    for key, claim in case.claims.items():
        for i, instance in enumerate(claim.instances):
            needed = {a.issue for part in (claim.when, claim.then) for a in atoms(part) if isinstance(a, Is)}
            lacking = sorted(needed - set(instance.facts))
            if lacking:
                checker.complain(
                    "V421",
                    f"the instance does not say {', '.join(lacking)}",
                    "the claim speaks of it",
                    "add the fact",
                    ("claims", key, "instances", i),
                )


def _check_authors(checker: Checker, authors: Sequence[Any], path: Path) -> None:
    for i, author in enumerate(authors):
        for j, disclosure in enumerate(author.disclosures):
            at = (*path, "authors", i, "disclosures", j, "actor")
            checker.known(disclosure.actor, checker.everyone, "actor", at)


def _check_sources(checker: Checker, noun: Any, path: Path) -> None:
    """Check every key of `sources` and `experts` that any part refers to."""
    if isinstance(noun, Estimate):
        checker.all_known(noun.source, list(checker.case.sources), "source", (*path, "source"))
        for name, _ in noun.experts:
            checker.known(name, list(checker.case.experts), "declared expert", (*path, "experts", name))
    elif isinstance(noun, dict):
        for key, value in noun.items():
            _check_sources(checker, value, (*path, key))
    elif isinstance(noun, tuple):
        for i, value in enumerate(noun):
            _check_sources(checker, value, (*path, i))
    elif hasattr(type(noun), "model_fields"):
        for name, info in type(noun).model_fields.items():
            value = getattr(noun, name)
            if name == "source" and path:
                checker.all_known(value, list(checker.case.sources), "source", (*path, "source"))
            elif value is not None and not isinstance(value, str | int | float | bool):
                _check_sources(checker, value, (*path, info.alias or name))


def _check_status_quo_feasible(checker: Checker) -> None:
    from halfway.case.truth import violated

    case = checker.case
    if case.status_quo is None:
        return
    for i in violated(case, case.status_quo):
        name = case.constraints[i].name or f"number {i + 1}"
        where = case.place("constraints", i)
        checker.complain(
            "V422",
            f"the status quo is forbidden by constraint {name}",
            f"it stands at line {where.line}",
            "correct the status quo or the constraint",
            ("status_quo",),
            value=False,
        )
