"""Checks of issues: who sets them, how options follow each other, and what can be seen of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from halfway.case.checker import Checker
from halfway.case.conditions import Path
from halfway.case.issues import Issue, Observed, ObservedRow, rows_in
from halfway.errors import suggestion


def check_issues(checker: Checker) -> None:
    """Check every issue."""
    for key, issue in checker.case.issues.items():
        path: Path = ("issues", key)
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
        check_observed(checker, key, issue.observed, (*path, "observed"))
        _check_any_can(checker, key, issue, path)
        for signal in _never_shown(checker, key, issue):
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


def check_observed(checker: Checker, key: str, observed: Mapping[str, Observed], path: Path) -> None:
    """Check what is seen of an issue: its options, its signals, that each row sums to one and that one always holds."""
    issue = checker.case.issues[key]
    for option, seen in observed.items():
        rows = rows_in(seen)
        at = (*path, option)
        checker.option(key, option, at)
        for i, row in enumerate(rows):
            here = at if isinstance(seen, ObservedRow) else (*at, i)
            _check_row(checker, key, issue, option, row, here)
            last = i == len(rows) - 1
            if last and row.when is not None:
                checker.complain(
                    "V442",
                    f"the last row of '{option}' stands under a condition",
                    "what is seen where none holds would be unknown",
                    "add a last row without 'when'",
                    here,
                )
            elif not last and row.when is None:
                checker.complain(
                    "V442",
                    f"a row of '{option}' without 'when' stands before others",
                    "the first row that holds counts, so the others never would",
                    "put it last, or give it a condition",
                    here,
                )


def _check_row(checker: Checker, key: str, issue: Issue, option: str, row: ObservedRow, at: Path) -> None:
    declared = set(issue.signals) | set(issue.options)
    for signal in row.signals:
        if issue.signals and signal not in declared:
            checker.complain(
                "N305",
                f"'{signal}' is not a signal of issue '{key}'",
                suggestion(signal, sorted(declared)),
                "declare it below 'signals'",
                (*at, signal),
            )
    checker.sums_to_one(row.signals.values(), f"the probabilities of signals for '{option}'", at)
    if row.when is not None:
        checker.condition(row.when, (*at, "when"))


def _never_shown(checker: Checker, key: str, issue: Issue) -> Iterable[str]:
    changed = (e.changes.observed.get(key, {}).values() for e in checker.case.events.values())
    rows = [row for several in changed for seen in several for row in rows_in(seen)]
    rows += [row for option in issue.options for row in issue.rows_of(option)]
    shown = {signal for row in rows for signal in row.signals}
    return [signal for signal in issue.signals if signal not in shown]


def _check_any_can(checker: Checker, key: str, issue: Issue, path: Path) -> None:
    for i, option in enumerate(issue.any_can):
        one = (*path, "any_can", i)
        checker.option(key, option, one if one in checker.case.places.values else (*path, "any_can"))
    if issue.any_can and len(issue.set_by) < 2:
        checker.complain(
            "V440",
            f"issue '{key}' has 'any_can' but is set by one actor",
            "who sets an issue alone can bring about every option",
            "remove 'any_can', or name all who set it below 'set_by'",
            (*path, "any_can"),
        )
    for option in sorted({o for o in issue.any_can if issue.any_can.count(o) > 1}):
        checker.complain(
            "V441",
            f"option '{option}' stands twice in 'any_can'",
            "its order says which option is in force where the setters disagree",
            "keep one",
            (*path, "any_can"),
        )
