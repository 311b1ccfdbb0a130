"""Designs of a plan: from an order of steps, a length of trial and an answer to breaches to a plan as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from halfway.case.case import Case
from halfway.explore.propose.penalties import STYLES, Ground, answer, seen
from halfway.explore.propose.sequences import Order
from halfway.space.arrays import IntArray

TRIALS = (3, 12)
"""Periods that each step but the last may take."""

PENALTIES = (6, 24)
"""Periods that an answer to a breach may last."""

MOST_STEPS = 3

BARS = ("twice", "any", "clear")
"""What sets off an answer: signals hardly ever seen while all keep; any that a breach makes likelier; or these, the
unclear ones only when they are seen in two periods running (a review, as in Radner 1985)."""


@dataclass(frozen=True)
class Answering:
    """How breaches of one group are answered.

    Attributes
    ----------
    style : str
        One of `halfway.explore.propose.penalties.STYLES`.
    lasts : int
        Periods.
    bar : str
        One of `BARS`.
    """

    style: str
    lasts: int
    bar: str


@dataclass(frozen=True)
class Design:
    """One way of getting to a package.

    Attributes
    ----------
    steps : int
    trial : int
        Periods of each step but the last.
    answers : mapping from breakers to Answering
        By those at whose door a breach is laid.
    """

    steps: int
    trial: int
    answers: Mapping[tuple[int, ...], Answering]

    @property
    def key(self) -> tuple[Any, ...]:
        """What tells it from others."""
        return self.steps, self.trial, tuple(sorted((k, v.style, v.lasts, v.bar) for k, v in self.answers.items()))


def grid(on: Ground, orders: Mapping[int, Order]) -> Iterator[Design]:
    """List the designs of fewest steps and shortest trials that answer everyone alike: every answer, length and bar."""
    groups = _groups(on)
    for lasts, style, bar in product(PENALTIES, STYLES, BARS):
        yield Design(min(orders), TRIALS[0], dict.fromkeys(groups, Answering(style, lasts, bar)))


def neighbours(design: Design, actor: int, orders: Mapping[int, Order]) -> Iterator[Design]:
    """List the designs that answer one group with this actor in it in another way, small groups first; then other courses."""
    for group in sorted((g for g in design.answers if actor in g), key=len):
        for lasts, style, bar in product(PENALTIES, STYLES, BARS):
            other = Answering(style, lasts, bar)
            if other != design.answers[group]:
                yield Design(design.steps, design.trial, {**design.answers, group: other})
    for steps, trial in product(orders, TRIALS):
        if (steps, trial) != (design.steps, design.trial) and (steps > 1 or trial == TRIALS[0]):
            yield Design(steps, trial, design.answers)


def _groups(on: Ground) -> list[tuple[int, ...]]:
    return list(dict.fromkeys(on.breakers(i) for i in on.bound))


def plan_data(
    case: Case, on: Ground, order: Order, design: Design, header: Mapping[str, Any], opening: Mapping[str, Any]
) -> dict[str, Any]:
    """Write a design out as a case file has it.

    Parameters
    ----------
    case : Case
    on : Ground
    order : Order
    design : Design
    header : mapping
        Title, abstract, authors, aims, sides and seats.
    opening : mapping
        Phases that stand before the steps, as the file has them; the last leads to the first step.
    """
    names = [f"step-{n}" for n in range(1, design.steps)] + ["settled"]
    phases: dict[str, Any] = {
        name: {**phase, "then": names[0]} if phase.get("then") == "step-1" else dict(phase)
        for name, phase in opening.items()
    }
    answers: dict[tuple[int, ...], IntArray] = {}
    for group, how in design.answers.items():
        found = answer(on, group, how.style)
        if found is not None:
            answers[group] = found
    for number, (name, package) in enumerate(zip(names, order.packages, strict=True)):
        phase: dict[str, Any] = {"title": _step_title(case, on, order, number)}
        phase["package"] = _bound(on, package)
        if name != "settled":
            phase |= {"lasts": _length(design.trial, case.period), "then": names[number + 1]}
        rules = _rules(on, package, design, answers)
        if rules:
            phase["on"] = rules
        phases[name] = phase
    for group, package in answers.items():
        how = design.answers[group]
        phases[_phase_name(on, group)] = {
            "title": f"A breach by {_who(case, on, group)} is answered",
            "lasts": _length(how.lasts, case.period),
            "then": "settled",
            "package": _bound(on, package),
            "on": _rules(on, package, design, answers),
        }
    before = 0
    while len(phases) > before:
        # A review may lead to that of another group.
        before = len(phases)
        for group in answers:
            _add_review(phases, on, group, design, answers)
    for phase in phases.values():
        if phase.get("on") == []:
            del phase["on"]
    data = {**header, "phases": phases, "obligations": _obligations(case, on, order, names)}
    first = next(iter(phases))
    return {**data, "start": first}


def _length(periods: int, period: str) -> str:
    return f"{periods} {period}" + ("" if periods == 1 else "s")


def _bound(on: Ground, package: IntArray) -> dict[str, str]:
    """Return the options of the bound issues."""
    return {on.space.issues[i]: on.space.options[i][int(package[i])] for i in on.bound}


def _rules(
    on: Ground, package: IntArray, design: Design, answers: Mapping[tuple[int, ...], IntArray], reviewed: object = None
) -> list[dict[str, Any]]:
    """Return what sets off an answer while a package is prescribed; `reviewed`, whose review is under way."""
    clear, unclear = [], []
    for group in answers:
        bar = design.answers[group].bar
        name = f"a breach by {_who(on.space.case, on, group)}"
        at_once = _shown(on, package, group, clear=bar != "any" and reviewed != group)
        if at_once:
            clear.append({"name": name, "when": at_once, "go": _phase_name(on, group)})
        if bar == "twice" and reviewed != group:
            later = _shown(on, package, group, clear=False)
            if later and later != at_once:
                rule = {"name": f"reports of {name}", "when": later, "go": _phase_name(on, group, "review-of-")}
                unclear.append(rule)
    return [*clear, *unclear]


def _shown(on: Ground, package: IntArray, group: tuple[int, ...], *, clear: bool) -> dict[str, Any]:
    """Return the signals of a breach by a group as a condition; empty where nothing shows it."""
    parts: list[dict[str, Any]] = []
    for i in on.bound:
        if on.breakers(i) == group:
            signals = seen(on, i, int(package[i]), clear=clear)
            if signals:
                parts.append({on.space.issues[i]: signals[0] if len(signals) == 1 else list(signals)})
    return {} if not parts else parts[0] if len(parts) == 1 else {"any": parts}


def _add_review(
    phases: dict[str, Any], on: Ground, group: tuple[int, ...], design: Design,
    answers: Mapping[tuple[int, ...], IntArray],
) -> None:  # fmt: skip
    """Add the period of review that a group's unclear signals lead to, where any rule leads there."""
    name = _phase_name(on, group, "review-of-")
    if name in phases or not any(rule["go"] == name for phase in phases.values() for rule in phase.get("on", ())):
        return
    case = on.space.case
    phases[name] = {
        "title": f"Reports of a breach by {_who(case, on, group)} are looked into",
        "lasts": _length(1, case.period),
        "then": "settled",
        "package": _bound(on, on.target),
        "on": _rules(on, on.target, design, answers, reviewed=group),
    }


def _phase_name(on: Ground, group: Sequence[int], start: str = "answer-to-") -> str:
    return start + "-and-".join(on.space.actors[a] for a in group)


def _who(case: Case, on: Ground, group: Sequence[int]) -> str:
    from halfway.words.front_page import inside, joined

    return joined([inside(case.title_of("actors", on.space.actors[a])) for a in group])


def _step_title(case: Case, on: Ground, order: Order, number: int) -> str:
    changed = [case.title_of("issues", on.space.issues[i]) for i in order.steps[number]]
    from halfway.words.front_page import joined

    return f"{'Settled' if number + 1 == len(order.steps) else f'Step {number + 1}'}: {joined(changed)}"


def _obligations(case: Case, on: Ground, order: Order, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return what each party undertakes: its changes, and standstill on what it could change at a cost to others."""
    step_of = {i: name for name, step in zip(names, order.steps, strict=True) for i in step}
    out = []
    for i in on.bound:
        by = [on.space.actors[a] for a in on.breakers(i)]
        issue, option = on.space.issues[i], on.space.options[i][int(on.target[i])]
        to = [on.space.actors[a] for a in on.served if on.space.actors[a] not in by]
        title, chosen = case.title_of("issues", issue), case.title_of("issues", issue, option)
        act = f"{title}: {chosen}" if i in step_of else f"Leave as it is: {title} ({chosen})"
        out.append(
            {"by": by[0] if len(by) == 1 else by, "act": act, "to": to, "does": {issue: option},
             "phase": step_of.get(i, names[0]), "precision": "exact"}
        )  # fmt: skip
    return out
