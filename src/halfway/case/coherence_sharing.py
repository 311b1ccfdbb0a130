"""Checks of who may see what, of drafts of the single text, and of whose figures a disputed estimate has."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from halfway.case.checker import Checker
from halfway.case.conditions import Path
from halfway.case.nouns import MEDIATOR, PUBLIC, parts_of
from halfway.case.plans import Plan


def check_sharing(checker: Checker) -> None:
    """Check every `seen_by`, every draft, and the parties for which respondents speak."""
    _check_viewers(checker, checker.case, ())
    for key, expert in checker.case.experts.items():
        if expert.party is not None:
            checker.known(expert.party, checker.everyone, "actor", ("experts", key, "party"))
    _check_numbers(checker)
    for name, plan in checker.case.plans.items():
        check_draft(checker, name, plan)


def _check_viewers(checker: Checker, noun: Any, path: Path) -> None:
    if isinstance(noun, dict):
        for key, value in noun.items():
            _check_viewers(checker, value, (*path, key))
    elif isinstance(noun, tuple):
        for i, value in enumerate(noun):
            _check_viewers(checker, value, (*path, i))
    elif isinstance(noun, BaseModel):
        for name, value in parts_of(noun):
            if name == "seen_by":
                if value is not None:
                    _check_seen_by(checker, value, (*path, name))
            elif isinstance(value, dict | tuple | BaseModel):
                _check_viewers(checker, value, (*path, name))


def _check_seen_by(checker: Checker, viewers: tuple[str, ...], path: Path) -> None:
    checker.all_known(viewers, [*checker.everyone, MEDIATOR, PUBLIC], "viewer", path)
    for word in (MEDIATOR, PUBLIC):
        if word in viewers and word in checker.everyone:
            checker.complain(
                "V470",
                f"'{word}' is an actor here, and the word for {'the mediator' if word == MEDIATOR else 'everyone'}",
                "who may see this cannot be known",
                "rename the actor",
                path,
            )


def _check_numbers(checker: Checker) -> None:
    first: dict[int, str] = {}
    for name, plan in checker.case.plans.items():
        if plan.draft is None:
            continue
        if plan.draft.number in first:
            checker.complain(
                "V471",
                f"draft {plan.draft.number} is there twice",
                f"plan '{first[plan.draft.number]}' has that number",
                "number each draft once",
                ("plans", name, "draft", "number"),
            )
        first.setdefault(plan.draft.number, name)


def check_draft(checker: Checker, name: str, plan: Plan) -> None:
    """Check the brackets and remarks of one plan that is a draft."""
    draft, path = plan.draft, ("plans", name, "draft")
    if draft is None:
        return
    if draft.after is not None and checker.known(draft.after, list(checker.case.plans), "plan", (*path, "after")):
        earlier = checker.case.plans[draft.after].draft
        if draft.after == name or (earlier is not None and earlier.number >= draft.number):
            checker.complain(
                "V472",
                f"draft {draft.number} comes after '{draft.after}', which is not an earlier draft",
                "drafts are revised in the order of their numbers",
                "name an earlier plan, or leave 'after' out",
                (*path, "after"),
            )
    seen: set[tuple[str, str]] = set()
    for i, bracket in enumerate(draft.open):
        at: Path = (*path, "open", i)
        known = checker.known(bracket.phase, list(plan.phases), "phase", (*at, "phase"))
        for option, wanting in bracket.options.items():
            checker.option(bracket.issue, option, (*at, "options", option))
            checker.all_known(wanting, checker.everyone, "actor", (*at, "options", option))
        working = plan.phases[bracket.phase].package.get(bracket.issue) if known else None
        if working is not None and working not in bracket.options:
            checker.complain(
                "V473",
                f"the working text '{working}' is not among the options in brackets",
                "the package names the one that analyses take",
                "add it to the brackets, or let the package name one of them",
                (*at, "options"),
            )
        if (bracket.phase, bracket.issue) in seen:
            checker.complain(
                "V474",
                f"issue '{bracket.issue}' is open twice in phase '{bracket.phase}'",
                "one pair of brackets holds all that is wanted",
                "put the options together",
                at,
                value=False,
            )
        seen.add((bracket.phase, bracket.issue))
    for i, remark in enumerate(draft.remarks):
        at = (*path, "remarks", i)
        checker.known(remark.by, checker.everyone, "actor", (*at, "by"))
        if remark.phase is not None:
            checker.known(remark.phase, list(plan.phases), "phase", (*at, "phase"))
        if remark.issue is not None:
            checker.known(remark.issue, checker.issues, "issue", (*at, "issue"))
