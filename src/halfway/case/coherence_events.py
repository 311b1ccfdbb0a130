"""Checks of what no text says: costs of breaking, reactions and events."""

from __future__ import annotations

from collections.abc import Sequence

from halfway.case.actors import MOST_ONCE, BreachCost
from halfway.case.checker import Checker
from halfway.case.coherence_interests import check_walk_away
from halfway.case.coherence_issues import check_observed
from halfway.case.conditions import Path
from halfway.case.events import Event
from halfway.case.time import Duration, first_day
from halfway.errors import suggestion


def check_breach_costs(checker: Checker, costs: Sequence[BreachCost], owner: Path) -> None:
    """Check the costs of breaking of an actor or of one of its types; `owner` is its path."""
    path: Path = (*owner, "breach_costs")
    actor = str(owner[3] if len(owner) > 3 and owner[2] == "members" else owner[1])
    kinds = list(dict.fromkeys(o.kind for p in checker.case.plans.values() for o in p.obligations if o.kind))
    for i, cost in enumerate(costs):
        for j, name in enumerate(cost.of):
            one = (*path, i, "of", j)
            at = one if one in checker.case.places.values else (*path, i, "of")
            if name in checker.issues and name in kinds:
                checker.complain(
                    "V443",
                    f"'{name}' is both an issue and a kind of promise",
                    "the cost would be charged for one or the other",
                    "rename the kind",
                    at,
                )
            elif name in checker.issues:
                _check_sets(checker, actor, name, at)
            elif name not in kinds:
                checker.complain(
                    "N308",
                    f"'{name}' is neither an issue nor a kind of promise of this case",
                    suggestion(name, [*checker.issues, *kinds]),
                    "correct it, or give an obligation that kind",
                    at,
                )
    if sum(cost.per == "once" for cost in costs) > MOST_ONCE:
        checker.complain(
            "V444",
            f"more than {MOST_ONCE} costs of breaking are charged once",
            "each doubles the states of a plan",
            "join those that are charged for the same issues",
            path,
        )


def _check_sets(checker: Checker, actor: str, issue: str, path: Path) -> None:
    set_by = checker.case.issues[issue].set_by
    group = next((g for g, a in checker.case.actors.items() if actor in a.members), actor)
    if group not in set_by:
        checker.complain(
            "V445",
            f"'{actor}' does not set issue '{issue}'",
            f"it is set by {', '.join(set_by)}, so '{actor}' cannot break what is promised of it",
            "name issues that it sets",
            path,
        )


def check_reactions(checker: Checker) -> None:
    """Check that reactions follow from signals that all see, and do what the one who reacts can do."""
    for i, reaction in enumerate(checker.case.reactions):
        path: Path = ("reactions", i)
        checker.condition(reaction.to, (*path, "to"), signals=True)
        checker.assignment(reaction.does, (*path, "does"))
        _check_length(checker, reaction.lasts.length, (*path, "lasts"))
        if not checker.known(reaction.by, checker.actors, "actor", (*path, "by")):
            continue
        for name, option in reaction.does.items():
            issue = checker.case.issues.get(name)
            if issue is None or option not in issue.options:
                continue
            at = (*path, "does", name)
            if reaction.by not in issue.set_by:
                checker.complain(
                    "V446",
                    f"'{reaction.by}' cannot react with '{name}: {option}'",
                    f"the issue is set by {', '.join(issue.set_by)}",
                    "name an issue that it sets, or who sets it",
                    at,
                )
            elif len(issue.set_by) > 1 and option not in issue.any_can:
                checker.complain(
                    "V446",
                    f"'{reaction.by}' cannot react with '{name}: {option}' by itself",
                    f"the issue is set together by {', '.join(issue.set_by)}",
                    f"add '{option}' to its 'any_can', or name an issue that it sets alone",
                    at,
                )


def check_events(checker: Checker) -> None:
    """Check that events can come, end, and change what there is."""
    for name, event in checker.case.events.items():
        path: Path = ("events", name)
        checker.all_known(event.hidden_from, checker.actors, "actor", (*path, "hidden_from"))
        _check_length(checker, event.lasts.length, (*path, "lasts"))
        _check_date(checker, event, path)
        _check_changes(checker, event, (*path, "changes"))


def _check_length(checker: Checker, length: Duration | None, path: Path) -> None:
    if length is not None and length.periods(checker.case.period) < 1:
        checker.complain("V447", "it lasts for no time", "what happens takes at least one period", "lengthen it", path)


def _check_date(checker: Checker, event: Event, path: Path) -> None:
    if not isinstance(event.at, str):
        return
    if checker.case.date is None:
        checker.complain(
            "V448",
            "the event has a date but the case has none",
            "the plan starts on the day from which the case is seen",
            "add 'date:' to the case, or write a length of time such as '22 months'",
            (*path, "at"),
        )
    elif first_day(event.at) <= first_day(checker.case.date):
        checker.complain(
            "V448",
            f"the event is dated {event.at}, and the case {checker.case.date}",
            "it would be decided before the plan starts",
            "correct one of the dates",
            (*path, "at"),
        )


def _check_changes(checker: Checker, event: Event, path: Path) -> None:
    changes = event.changes
    for actor, kind in changes.type.items():
        at = (*path, "type", actor)
        if not checker.known(actor, checker.actors, "actor", at):
            continue
        types = list(checker.case.actors[actor].types)
        if kind not in types:
            checker.complain(
                "N309",
                f"'{kind}' is not a type of '{actor}'",
                suggestion(kind, types),
                f"declare it below 'types' of '{actor}', with prior 0 where it cannot be there from the start",
                at,
            )
    for actor, walk_away in changes.walk_away.items():
        checker.known(actor, checker.actors, "actor", (*path, "walk_away", actor))
        check_walk_away(checker, walk_away, (*path, "walk_away", actor))
    checker.assignment(changes.status_quo, (*path, "status_quo"))
    for issue, observed in changes.observed.items():
        if checker.known(issue, checker.issues, "issue", (*path, "observed", issue)):
            check_observed(checker, issue, observed, (*path, "observed", issue))
    for actor in changes.patience:
        checker.known(actor, checker.actors, "actor", (*path, "patience", actor))
