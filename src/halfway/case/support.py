"""Which analysis computes with which part of a case, and the one gate that refuses where it does not yet.

A part of a case bears on an analysis if the analysis, as it is defined, would answer otherwise for a case without it. An
analysis calls `ask` with its own name before it computes anything; where the case has a part that bears on it and that it
does not compute with, that raises a `Refusal` at the part's place. So no analysis answers as if a part were not there.

To let an analysis compute with a part, add its key to the part's `computed` here: the table in the documentation and the
tests follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from halfway.case.actors import BreachCost
from halfway.case.case import Case
from halfway.case.conditions import Path
from halfway.case.issues import rows_in
from halfway.case.plans import Plan
from halfway.errors import Problem, Refusal

Status = Literal["computed", "refused", "no bearing"]

ANALYSES = MappingProxyType(
    {
        "automaton": "the course of a plan",
        "best_response": "the best response to a plan",
        "temptation": "temptation and grades",
        "self_enforcing": "whether a plan enforces itself",
        "renegotiation": "whether a plan would be renegotiated",
        "thresholds": "the thresholds at which a plan holds",
        "holdable": "the packages that could be held",
        "repair": "repairs of a plan",
        "play": "simulated play",
        "beliefs": "beliefs about types",
        "strategies": "fixed strategies in play",
        "exposure": "exposure on the kept path",
        "explore": "the comparison of plans",
        "audit": "the audit of a plan",
        "role_sheet": "role sheets",
        "stability": "the stability of states",
        "normal_form": "the normal form of the stage game",
        "settle": "what could be settled",
        "talks": "simulated talks",
        "forecast": "the forecast of talks",
    }
)
"""Every analysis, with what it answers."""

# The verdicts that are all worked out of a plan's automaton and its payoffs.
_COURSE = frozenset(
    ("automaton", "best_response", "temptation", "self_enforcing", "renegotiation", "thresholds", "repair", "play", "beliefs",
     "strategies", "exposure", "explore", "audit")
)  # fmt: skip
_CONDUCT = _COURSE | {"holdable"}
# Breaking costs nothing where everyone keeps.
_BREAKING = _CONDUCT - {"automaton", "renegotiation", "exposure"}
# The grades say first who would sign, and are part of the answer of `halfway conduct`.
_GRADED = frozenset(("best_response", "temptation", "thresholds"))
# What follows from the automaton by itself, whatever moves it.
_WALKED = frozenset(
    (
        "automaton",
        "best_response",
        "temptation",
        "self_enforcing",
        "renegotiation",
        "exposure",
        "play",
        "strategies",
        "thresholds",
        "audit",
    )
)
_CONSENT = frozenset(("best_response", "explore", "audit", "settle", "talks"))


@dataclass(frozen=True)
class Part:
    """A part of a case that not every analysis computes with.

    Attributes
    ----------
    key : str
        The key of the case format that introduces it.
    title : str
        What it is called in messages.
    bears_on : frozenset of str
        The analyses whose answer depends on it.
    computed : frozenset of str
        Those of them that compute with it.
    uses : callable
        For a case and a plan, or all of its plans: the places at which it is used.
    remedy : str
        What to do where it is refused.
    """

    key: str
    title: str
    bears_on: frozenset[str]
    uses: Callable[[Case, Plan | None], Iterator[Path]]
    remedy: str
    computed: frozenset[str] = frozenset()

    def status(self, analysis: str) -> Status:
        """Say how an analysis treats it."""
        if analysis not in self.bears_on:
            return "no bearing"
        return "computed" if analysis in self.computed else "refused"


def _breach_costs(case: Case, plan: Plan | None) -> Iterator[Path]:
    for name, actor in case.actors.items():
        if actor.breach_costs:
            yield ("actors", name, "breach_costs")
        for kind, own in actor.types.items():
            if own.breach_costs:
                yield ("actors", name, "types", kind, "breach_costs")


def _seen_once(case: Case, plan: Plan | None) -> Iterator[Path]:
    for name, actor in case.actors.items():
        lists: list[tuple[Path, tuple[BreachCost, ...]]] = [(("actors", name), actor.breach_costs)]
        lists += [(("actors", name, "types", k), own.breach_costs or ()) for k, own in actor.types.items()]
        for path, costs in lists:
            yield from (
                (*path, "breach_costs", i) for i, c in enumerate(costs) if c.per == "once" and c.when == "public"
            )


def _once(case: Case, plan: Plan | None) -> Iterator[Path]:
    for name, actor in case.actors.items():
        yield from (("actors", name, "breach_costs", i) for i, c in enumerate(actor.breach_costs) if c.per == "once")
        for kind, own in actor.types.items():
            path = ("actors", name, "types", kind, "breach_costs")
            yield from ((*path, i) for i, c in enumerate(own.breach_costs or ()) if c.per == "once")


def _reactions(case: Case, plan: Plan | None) -> Iterator[Path]:
    if case.reactions:
        yield ("reactions",)


def _events(case: Case, plan: Plan | None) -> Iterator[Path]:
    if case.events:
        yield ("events",)


def _successors(case: Case, plan: Plan | None) -> Iterator[Path]:
    for name, event in case.events.items():
        if event.changes.type:
            yield ("events", name, "changes", "type")


def _new_patience(case: Case, plan: Plan | None) -> Iterator[Path]:
    for name, event in case.events.items():
        if event.changes.patience:
            yield ("events", name, "changes", "patience")


def _conditional_signals(case: Case, plan: Plan | None) -> Iterator[Path]:
    for name, issue in case.issues.items():
        for option in issue.observed:
            if len(issue.rows_of(option)) > 1:
                yield ("issues", name, "observed", option)
    for event, happens in case.events.items():
        for name, changed in happens.changes.observed.items():
            yield from (
                ("events", event, "changes", "observed", name, o) for o, r in changed.items() if len(rows_in(r)) > 1
            )


def _any_can(case: Case, plan: Plan | None) -> Iterator[Path]:
    for name, issue in case.issues.items():
        if issue.any_can:
            yield ("issues", name, "any_can")


def _plans(case: Case, plan: Plan | None) -> Iterator[tuple[Path, Plan]]:
    if plan is not None and not any(each is plan for each in case.plans.values()):
        # Changed since it was read: its parts still stand, if nowhere in the file.
        yield (), plan
    for name, each in case.plans.items():
        if plan is None or each is plan:
            yield ("plans", name), each


def _joint_promises(case: Case, plan: Plan | None) -> Iterator[Path]:
    for path, each in _plans(case, plan):
        for i, obligation in enumerate(each.obligations):
            if len(obligation.by) > 1:
                yield (*path, "obligations", i, "by")


def _answers_for(case: Case, plan: Plan | None) -> Iterator[Path]:
    for path, each in _plans(case, plan):
        for i, obligation in enumerate(each.obligations):
            if obligation.answers_for:
                yield (*path, "obligations", i, "answers_for")


def _ability(case: Case, plan: Plan | None) -> Iterator[Path]:
    for path, each in _plans(case, plan):
        for i, obligation in enumerate(each.obligations):
            if obligation.can is not None and not (obligation.can.certain and obligation.can.mean == 1):
                yield (*path, "obligations", i, "can")


def _later_ratification(case: Case, plan: Plan | None) -> Iterator[Path]:
    yield from _included(case, plan, ("later_ratification",))


def _heard(case: Case, plan: Plan | None) -> Iterator[Path]:
    yield from _included(case, plan, ("voice", "consultation"))


def _included(case: Case, plan: Plan | None, ways: tuple[str, ...]) -> Iterator[Path]:
    for path, each in _plans(case, plan):
        tables = [((*path, "seats"), each.seats)]
        tables += [((*path, "phases", name, "seats"), phase.seats or {}) for name, phase in each.phases.items()]
        for at, seats in tables:
            yield from ((*at, actor) for actor, seat in seats.items() if seat.inclusion in ways)


def _facts_of_the_past(case: Case, plan: Plan | None) -> Iterator[Path]:
    for path, each in _plans(case, plan):
        for i, obligation in enumerate(each.obligations):
            for key in ("due", "done", "outcome", "until"):
                if getattr(obligation, key) is not None:
                    yield (*path, "obligations", i, key)


def _provisions(case: Case, plan: Plan | None) -> Iterator[Path]:
    for name, issue in case.issues.items():
        yield from (("issues", name, "options", o, "provision") for o, k in issue.options.items() if k.provision)
    for path, each in _plans(case, plan):
        yield from ((*path, "obligations", i, "provision") for i, o in enumerate(each.obligations) if o.provision)


def _spoilers(case: Case, plan: Plan | None) -> Iterator[Path]:
    for name, actor in case.actors.items():
        if actor.spoiler:
            yield ("actors", name, "spoiler")
        yield from (("actors", name, "types", k, "spoiler") for k, own in actor.types.items() if own.spoiler)


def _margins(case: Case, plan: Plan | None) -> Iterator[Path]:
    yield from ((key,) for key in ("material", "trifling") if key in case.model_fields_set)


_WITHOUT = "ask of a copy of the case without it"

_DECLARED = (
    Part(
        "breach_costs",
        "what breaking costs the breaker",
        _BREAKING,
        _breach_costs,
        _WITHOUT,
        computed=frozenset(
            ("best_response", "temptation", "self_enforcing", "thresholds", "play", "strategies", "audit")
        ),
    ),
    Part(
        "breach_costs: once",
        "costs of breaking that are charged once",
        _BREAKING,
        _once,
        "charge it per period",
        computed=frozenset(("best_response", "temptation", "self_enforcing", "thresholds", "audit")),
    ),
    Part(
        "breach_costs: once, public",
        "costs of breaking that are charged once, when a breach is first seen",
        _BREAKING,
        _seen_once,
        "charge it per period, or write 'when: any'",
    ),
    Part(
        "reactions",
        "reactions that no text orders",
        _CONDUCT,
        _reactions,
        _WITHOUT,
        computed=_WALKED,
    ),
    Part("events", "events", _CONDUCT, _events, _WITHOUT, computed=_WALKED),
    Part(
        "observed … when",
        "signals that depend on other issues",
        _CONDUCT,
        _conditional_signals,
        "give one row of probabilities for the option",
        computed=_WALKED,
    ),
    Part(
        "any_can",
        "options that any one of several can bring about",
        _CONDUCT | {"stability", "normal_form"},
        _any_can,
        "leave 'any_can' out: then any one of them can bring back the status quo",
        computed=_WALKED,
    ),
    Part(
        "events: type",
        "other types that events put in an actor's place",
        _CONDUCT,
        _successors,
        "leave 'type' out of the event's changes",
        computed=_WALKED - {"play", "strategies"},
    ),
    Part(
        "events: patience",
        "changes of patience by events",
        _CONDUCT,
        _new_patience,
        "let the event put a type of that patience in the actor's place",
        computed=_WALKED - {"play", "strategies"},
    ),
    Part(
        "can",
        "promises that the debtor may be unable to perform",
        _CONDUCT,
        _ability,
        "leave 'can' out: then whoever promises is able to perform",
    ),
    Part(
        "later_ratification",
        "ratification by someone outside the room",
        _CONSENT | {"play", "strategies"},
        _later_ratification,
        "put it below 'ratifies' of the party that signs",
        computed=frozenset(("best_response", "audit")),
    ),
    Part(
        "by (several)",
        "promises by several together",
        _GRADED | {"audit"},
        _joint_promises,
        "write one obligation for each of them",
        computed=_GRADED | {"audit"},
    ),
    Part(
        "answers_for",
        "promises of what another performs",
        frozenset({"audit"}),
        _answers_for,
        "name who performs below 'by'",
        computed=frozenset(("audit",)),
    ),
    Part("due, done, outcome, until", "what became of a promise", frozenset(), _facts_of_the_past, _WITHOUT),
    Part("provision", "kinds of provision", frozenset(), _provisions, _WITHOUT),
    Part("spoiler", "kinds of spoiler", frozenset(), _spoilers, _WITHOUT),
    Part(
        "inclusion (voice, consultation)", "observers with a voice and those consulted", frozenset(), _heard, _WITHOUT
    ),
    Part(
        "material, trifling",
        "what harm matters and what gain tempts",
        _GRADED | {"audit"},
        _margins,
        _WITHOUT,
        computed=_GRADED | {"audit"},
    ),
)

_IN_SHEETS = frozenset(
    ("breach_costs", "breach_costs: once", "breach_costs: once, public", "reactions", "observed … when", "any_can",
     "later_ratification", "by (several)", "answers_for", "due, done, outcome, until", "provision",
     "inclusion (voice, consultation)")
)  # fmt: skip
"""What a role sheet shows to those who may see it; it computes nothing else with a part."""

PARTS = tuple(
    replace(part, bears_on=part.bears_on | {"role_sheet"}, computed=part.computed | {"role_sheet"})
    if part.key in _IN_SHEETS
    else part
    for part in _DECLARED
)
"""The parts, in the order of the table."""


def refused(case: Case, analysis: str, plan: Plan | None = None) -> tuple[Problem, ...]:
    """Return why an analysis cannot answer for a case, a problem for each part that it does not compute with.

    Parameters
    ----------
    case : Case
    analysis : str
        A key of `ANALYSES`.
    plan : Plan, optional
        The plan that is asked about. Default: all plans.
    """
    answered = ANALYSES[analysis]
    problems = []
    for part in PARTS:
        if part.status(analysis) != "refused":
            continue
        at = next(part.uses(case, plan), None)
        if at is not None:
            problems.append(
                Problem(
                    "R060",
                    f"'{part.key}' is not yet part of {answered}",
                    f"the answer would be that of a case without {part.title}",
                    part.remedy,
                    case.place(*at),
                )
            )
    return tuple(problems)


def ask(case: Case, analysis: str, plan: Plan | None = None) -> None:
    """Refuse to answer where a case has a part that bears on an analysis and that it does not compute with.

    Parameters
    ----------
    case : Case
    analysis : str
        A key of `ANALYSES`.
    plan : Plan, optional
        The plan that is asked about. Default: all plans.

    Raises
    ------
    Refusal
        With a problem for each such part, at its place.
    """
    problems = refused(case, analysis, plan)
    if problems:
        raise Refusal(problems)


def table() -> str:
    """Write which analysis computes with which part as a table in Markdown."""
    signs = {"computed": "computed", "refused": "refused", "no bearing": "–"}
    shown = [part for part in PARTS if part.bears_on]
    lines = ["| analysis | " + " | ".join(f"`{part.key}`" for part in shown) + " |", "|---" * (len(shown) + 1) + "|"]
    for analysis, answered in ANALYSES.items():
        cells = [signs[part.status(analysis)] for part in shown]
        lines.append(f"| {answered} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
