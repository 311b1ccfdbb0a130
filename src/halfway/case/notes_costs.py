"""What `check` says of costs of breaking: what one that is charged once comes to, and which can be charged once only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from halfway.case.actors import BreachCost, Patience
from halfway.case.case import Case
from halfway.case.conditions import Path
from halfway.case.issues import Issue
from halfway.errors import Problem


def cost_notes(case: Case) -> Iterator[Problem]:
    """Go through what should be known of the costs of breaking of every actor and type."""
    for name, actor in case.actors.items():
        path: Path = ("actors", name)
        yield from _of(case, name, actor.breach_costs, path, actor.discounting)
        for kind, own in actor.types.items():
            patience = own.patience or actor.discounting
            if own.breach_costs is not None:
                yield from _of(case, name, own.breach_costs, (*path, "types", kind), patience)
            elif own.patience is not None:
                yield from _once(case, actor.breach_costs, path, patience, f" to its type '{kind}'")


def _of(case: Case, actor: str, costs: Sequence[BreachCost], owner: Path, patience: Patience) -> Iterator[Problem]:
    yield from _once(case, costs, owner, patience, "")
    for i, cost in enumerate(costs):
        options, missing = _charged(case, actor, cost)
        for kind in missing:
            yield Problem(
                "W407",
                f"no obligation of the kind '{kind}' names options in 'does'",
                "the cost is charged where such an option is not picked, so it never is",
                "add 'does' to the obligation, or name issues",
                case.places.value_of((*owner, "breach_costs", i, "of")),
            )
        final = [f"{i}: {o}" for i, o in options if cost.per == "period" and _no_way_back(case.issues[i], o)]
        if final:
            yield Problem(
                "W406",
                f"{', '.join(final)} has no way back",
                "a cost for each period of breaking is charged only in the one in which it is picked",
                "write 'per: once', with the points that it comes to",
                case.places.of((*owner, "breach_costs", i)),
            )


def _once(case: Case, costs: Sequence[BreachCost], owner: Path, patience: Patience, whom: str) -> Iterator[Problem]:
    share = 1 - patience.factor(case.period)
    for i, cost in enumerate(costs):
        if cost.per == "once":
            points = float(cost.points.mean)
            yield Problem(
                "W405",
                f"{points:.4g} points once come to {points * share:.3g} points of the discounted average{whom}",
                f"a point in one {case.period} counts {share:.3g}, one less the discount factor",
                f"1 point of the average takes {1 / share:.4g} points once"
                if share > 0
                else "with a discount factor of 1 no single period counts",
                case.places.value_of((*owner, "breach_costs", i, "points")),
            )


def _charged(case: Case, actor: str, cost: BreachCost) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the options that the cost can be charged for, and the kinds of promise that name none."""
    sets = [i for i, issue in case.issues.items() if actor in issue.set_by]
    issues = [name for name in cost.of if name in case.issues] if cost.of else sets
    missing = []
    for kind in (name for name in cost.of if name not in case.issues):
        does = [i for p in case.plans.values() for o in p.obligations if o.kind == kind for i in o.does if i in sets]
        if not does:
            missing.append(kind)
        issues += does
    return [(i, o) for i in dict.fromkeys(issues) for o in case.issues[i].options], missing


def _no_way_back(issue: Issue, option: str) -> bool:
    """Tell whether an option can be come to from one that can never be come to again."""
    reached, queue = {option}, [option]
    while queue:
        here = queue.pop()
        following = [o for o in issue.options if o not in reached and issue.may_follow(here, o)]
        reached.update(following)
        queue += following
    return any(o not in reached and issue.may_follow(o, option) for o in issue.options)
