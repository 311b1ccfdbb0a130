"""Repairs in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from halfway.case.case import Case
from halfway.words.calendars import type_title
from halfway.words.shares import percent


class Departure(Protocol):
    """What is said of a departure that pays; see `halfway.conduct.verdicts.refutation.Refutation`."""

    @property
    def actor(self) -> str: ...
    @property
    def kind(self) -> str | None: ...
    @property
    def phase(self) -> str: ...
    @property
    def gain(self) -> float: ...
    @property
    def picks(self) -> Mapping[str, str]: ...
    @property
    def instead_of(self) -> Mapping[str, str]: ...


class LeastAmount(Protocol):
    """The least of something that would be enough; see `halfway.conduct.repair.shortfall.Least`."""

    @property
    def at(self) -> float | None: ...
    @property
    def bracket(self) -> tuple[float, float] | None: ...
    @property
    def phase(self) -> str | None: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def payers(self) -> Mapping[str, float] | None: ...


class Shortfall(Protocol):
    """What one actor lacks; see `halfway.conduct.repair.shortfall.Missing`."""

    @property
    def penalty(self) -> LeastAmount: ...
    @property
    def transfer(self) -> LeastAmount: ...
    @property
    def patience(self) -> LeastAmount: ...
    @property
    def detection(self) -> LeastAmount: ...


class LackingRule(Protocol):
    """The rule that a phase lacks; see `halfway.conduct.repair.shortfall.Answer`."""

    @property
    def phase(self) -> str: ...
    @property
    def go(self) -> str | None: ...
    @property
    def chance(self) -> float | None: ...
    @property
    def there(self) -> bool: ...


def who(case: Case, actor: str, kind: str | None) -> str:
    """Say of whom it is spoken, and as which of its types."""
    if kind is None:
        return case.title_of("actors", actor)
    prior = float(case.actors[actor].types[kind].prior)
    return f"{case.title_of('actors', actor)} ({type_title(case, actor, kind)}, {percent(prior)})"


def act(case: Case, one: Departure) -> str:
    """Say what a departure is."""
    parts = []
    for issue, option in one.picks.items():
        new, old = case.title_of("issues", issue, option), case.title_of("issues", issue, one.instead_of[issue])
        parts.append(f"{case.title_of('issues', issue)}: '{new}' instead of '{old}'")
    return "; ".join(parts)


def tempted(case: Case, plan: str, one: Departure) -> str:
    """Say who gains where by what."""
    phase = case.title_of("plans", plan, one.phase)
    return f"{who(case, one.actor, one.kind)} gains {points(one.gain)} in the phase '{phase}' by {act(case, one)}"


def points(size: float) -> str:
    """Say a number of points, small ones with the digits that tell them from nothing."""
    return f"{size:.2f} points" if size >= 0.095 else f"{size:.2g} points"


def enough(case: Case, plan: str, one: Shortfall) -> tuple[str, ...]:
    """Say of each single thing how much would be enough for one actor, or why none is; what has one reason, once."""
    said = {
        "a further penalty": _penalty(case, one.penalty),
        "a transfer to it": _transfer(case, plan, one.transfer),
        "patience": _patience(case.period, one.patience),
        "a surer rule": _detection(case, plan, one.detection),
    }
    lines = [f"{what}: {how}" for what, (how, enough) in said.items() if enough]
    why: dict[str, list[str]] = {}
    for what, (how, able) in said.items():
        if not able:
            why.setdefault(how, []).append(what)
    return (*lines, *(f"not enough: {', '.join(whats)}: {how}" for how, whats in why.items()))


def _penalty(case: Case, least: LeastAmount) -> tuple[str, bool]:
    if least.at is None:
        return str(least.reason), False
    return f"{least.at:.3f} points a {case.period} in the phases that only a trigger leads to", True


def _transfer(case: Case, plan: str, least: LeastAmount) -> tuple[str, bool]:
    if least.at is None or least.phase is None:
        return str(least.reason), False
    able = [
        f"{case.title_of('actors', a)} ({x:.1f} points above its walk-away then)"
        for a, x in (least.payers or {}).items()
    ]
    by = f"{' or '.join(able)} could pay it" if able else "no party could pay it and keep to its walk-away"
    phase = case.title_of("plans", plan, least.phase)
    return f"{least.at:.3f} points a {case.period} in the phase '{phase}'; {by}", True


def _patience(unit: str, least: LeastAmount) -> tuple[str, bool]:
    if least.at is None:
        return str(least.reason), False
    low, high = least.bracket or (least.at, least.at)
    return f"a discount factor of {least.at:.4f} a {unit} (between {low:.4f} and {high:.4f})", True


def _detection(case: Case, plan: str, least: LeastAmount) -> tuple[str, bool]:
    if least.at is None:
        return str(least.reason), False
    most = "" if least.phase is None else f" (most in the phase '{case.title_of('plans', plan, least.phase)}')"
    chance = f"a further chance of {percent(least.at, 1)}{most}"
    return f"each departure that pays would have to set off a rule of its phase with {chance}", True


def rules_lacking(case: Case, plan: str, answers: Sequence[LackingRule]) -> tuple[str, ...]:
    """Say which rule each phase lacks; phases in which no rule helps, in one sentence."""
    out, helpless = [], []
    for answer in answers:
        phase = case.title_of("plans", plan, answer.phase)
        if answer.go is None or answer.chance is None:
            helpless.append(f"'{phase}'")
            continue
        often = f"{percent(answer.chance, 1)}" if answer.chance >= 0.001 else "0.1%"
        which = "the rule that leads" if answer.there else "a rule that led"
        go = case.title_of("plans", plan, answer.go)
        out.append(f"In '{phase}', {which} to '{go}' would have to see it with a further chance of {often}.")
    if helpless:
        out.append(
            f"In {', '.join(helpless)}: none of the plan's phases would deter it, even if it followed immediately and "
            "with certainty."
        )
    return tuple(out)


def lacking(
    signing: Sequence[tuple[str, float]], serving: Sequence[tuple[str, float]], temptation: Sequence[tuple[str, float]]
) -> str:
    """Say what a plan lacks: who would not sign, whom it serves less than today does, whom breaking it tempts most."""
    parts = []
    if signing:
        parts.append("short of signing: " + ", ".join(f"{n} {x:.1f}" for n, x in signing))
    if serving:
        parts.append("worse off than today though it is for them: " + ", ".join(f"{n} {x:.1f}" for n, x in serving))
    tempted = [(n, x) for n, x in temptation if x >= 0.05]
    if tempted:
        name, most = max(tempted, key=lambda e: e[1])
        parts.append(f"tempted most: {name} {most:.1f}")
    return "; ".join(parts) or "it lacks nothing"


def buys(before: float, after: float) -> str:
    """Say what a change buys."""
    return f"buys {before - after:.1f} points ({before:.1f} to {after:.1f})"
