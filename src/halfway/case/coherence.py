"""Checks that a case hangs together: names that lead nowhere, sums that do not add up, phases never reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from halfway.case.actors import STRATEGIES
from halfway.case.case import RESERVED, Case
from halfway.case.checker import Checker
from halfway.case.coherence_events import check_breach_costs, check_events, check_reactions
from halfway.case.coherence_interests import check_preferences
from halfway.case.coherence_issues import check_issues
from halfway.case.coherence_plans import check_plan
from halfway.case.coherence_repairs import check_repairs
from halfway.case.coherence_sharing import check_draft, check_sharing
from halfway.case.conditions import Is, Path, atoms
from halfway.case.estimates import Estimate
from halfway.case.nouns import MEDIATOR, parts_of
from halfway.errors import Collector, suggestion


def check(case: Case, problems: Collector) -> None:
    """Check a whole case, adding what is wrong to `problems`."""
    checker = Checker(case, problems)
    _check_names(checker)
    check_issues(checker)
    _check_actors(checker)
    check_reactions(checker)
    check_events(checker)
    _check_rest(checker)
    for name, plan in case.plans.items():
        check_plan(checker, name, plan)
        check_repairs(checker, name, plan)
    check_sharing(checker)
    _check_sources(checker, case, ())
    if not problems.problems:
        _check_status_quo_feasible(checker)


def check_plan_alone(case: Case, name: str, problems: Collector) -> None:
    """Check one plan of a case, all else of which has been checked."""
    checker = Checker(case, problems)
    check_plan(checker, name, case.plans[name])
    check_draft(checker, name, case.plans[name])
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
    for event in checker.case.events:
        if event in RESERVED or event in checker.issues:
            checker.complain(
                "N307",
                f"an event cannot be called '{event}'",
                "the word combines conditions"
                if event in RESERVED
                else "an issue has that name, and rules ask for both",
                "rename it",
                ("events", event),
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
    check_breach_costs(checker, actor.breach_costs, path)
    for name, kind in actor.types.items():
        check_preferences(checker, kind, (*path, "types", name))
        check_breach_costs(checker, kind.breach_costs or (), (*path, "types", name))
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
        checker.known(seer, [*checker.everyone, MEDIATOR], "actor", (*path, "as_seen_by", seer))
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
    elif isinstance(noun, BaseModel):
        for name, value in parts_of(noun):
            if name == "source" and path and isinstance(value, tuple):
                # A signal may be called `source`, too: then what stands there is a chance.
                checker.all_known(value, list(checker.case.sources), "source", (*path, "source"))
            elif value is not None and not isinstance(value, str | int | float | bool):
                _check_sources(checker, value, (*path, name))


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
