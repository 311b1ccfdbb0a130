"""Checks of what someone wants: every option valued, every name declared, one form at a time."""

from __future__ import annotations

import re
from typing import Any

from halfway.case.checker import Checker
from halfway.case.conditions import Path
from halfway.case.interests import Preferences

_STATE_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


def check_preferences(checker: Checker, wants: Preferences, path: Path) -> None:
    """Check the names and forms of what someone wants."""
    forms = set()
    for key, interest in wants.interests.items():
        at: Path = (*path, "interests", key)
        if not checker.known(key, checker.issues, "issue", at):
            continue
        issue = checker.case.issues[key]
        options = list(issue.options)
        forms |= {n for n in ("weight", "swing", "salience") if getattr(interest, n) is not None}
        if interest.values is not None:
            for option in interest.values:
                checker.option(key, option, (*at, "values", option))
            missing = [o for o in options if o not in interest.values]
            if missing:
                checker.complain(
                    "V410",
                    f"no value for {', '.join(missing)} on issue '{key}'",
                    "every option is worth something, if only 0",
                    "add the values",
                    (*at, "values"),
                )
        if interest.ranks is not None:
            # A bare list stands for the ranks.
            listed = (*at, "ranks") if (*at, "ranks") in checker.case.places.values else at
            ranked = [o for group in interest.ranks for o in group]
            for i, group in enumerate(interest.ranks):
                for option in group:
                    checker.option(key, option, (*listed, i))
            if sorted(ranked) != sorted(options) and not set(ranked) - set(options):
                checker.complain(
                    "V411",
                    f"the ranks on issue '{key}' do not list each option once",
                    "every option has its place from best to worst",
                    "complete the list",
                    listed,
                )
        if interest.position is not None:
            if issue.scale is None:
                checker.complain(
                    "V402",
                    f"a position on issue '{key}', which has no scale",
                    "positions lie on a scale",
                    "add 'scale: {from: …, to: …}' to the issue",
                    (*at, "position"),
                )
            elif (
                not min(issue.scale.from_, issue.scale.to)
                <= float(interest.position)
                <= max(issue.scale.from_, issue.scale.to)
            ):
                checker.complain(
                    "V404",
                    f"the position on issue '{key}' lies off the scale",
                    f"it runs from {issue.scale.from_:g} to {issue.scale.to:g}",
                    "correct it",
                    (*at, "position"),
                )
    weights = {key: interest.weight for key, interest in wants.interests.items() if interest.weight is not None}
    in_percent = [key for key, weight in weights.items() if weight.percent]
    for key in in_percent:
        if len(in_percent) < len(wants.interests):
            checker.complain(
                "V416",
                f"the weight of '{key}' is in percent and others are not",
                "weights count beside one another, and 60% beside 25 could be 0.6 or 60",
                "write all weights of an actor in percent, or none",
                (*path, "interests", key, "weight"),
            )
    if "swing" in forms and len(forms) > 1:
        checker.complain(
            "V412",
            "swing weights stand beside other weights",
            "they are on different scales",
            "use one kind for all issues of an actor",
            (*path, "interests"),
        )
    checker.all_known(wants.lexicographic, checker.issues, "issue", (*path, "lexicographic"))
    for i, linkage in enumerate(wants.linkages):
        checker.condition(linkage.when, (*path, "linkages", i, "when"))
    for i, line in enumerate(wants.red_lines):
        checker.condition(line.when, (*path, "red_lines", i, "when"))
    for i, statement in enumerate(wants.statements):
        at = (*path, "statements", i)
        checker.condition(statement.prefer, (*at, "prefer"))
        for name, part in (("if", statement.if_), ("iff", statement.iff)):
            if part is not None:
                checker.condition(part, (*at, name))
    if wants.walk_away is not None:
        check_walk_away(checker, wants.walk_away, (*path, "walk_away"))
    if wants.interests and (wants.ranking is not None or wants.statements):
        checker.complain(
            "V413",
            "there are both interests and an order of states",
            "one of them would be ignored",
            "keep interests, or ranking, or statements",
            (*path, "interests"),
        )
    for i, entry in enumerate(wants.ranking or ()):
        for one in entry if isinstance(entry, list | tuple) else [entry]:
            if isinstance(one, dict):
                checker.assignment({str(k): str(v) for k, v in one.items()}, (*path, "ranking", i))
            elif not _STATE_NUMBER.fullmatch(str(one)):
                checker.complain(
                    "V414",
                    f"'{str(one)[:60]}' is not a state",
                    "a state is {issue: option, …} or a number from 1",
                    "correct it",
                    (*path, "ranking", i),
                )


def check_walk_away(checker: Checker, walk_away: Any, path: Path) -> None:
    """Check the names in a walk-away, and that what it refers to is stated."""
    if walk_away.status_quo and checker.case.status_quo is None:
        checker.complain(
            "V415",
            "the walk-away is the status quo, which is not stated",
            "it has no value then",
            "add 'status_quo:' to the case, or a number here",
            path,
        )
    if walk_away.contest is not None:
        contest = walk_away.contest
        checker.all_known(contest.opponents, checker.everyone, "actor", (*path, "contest", "opponents"))
        checker.assignment(contest.prize, (*path, "contest", "prize"))
        checker.assignment(contest.loss, (*path, "contest", "loss"))
        if checker.case.status_quo is None:
            checker.complain(
                "V415",
                "a contest needs the status quo, which is not stated",
                "what is not fought over stays as it is",
                "add 'status_quo:' to the case",
                path,
            )
