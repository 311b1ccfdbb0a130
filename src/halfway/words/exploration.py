"""What exploring found, in sentences: boxes, regions of weights, levers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from halfway.case.case import Case
from halfway.words.shares import percent

MOST_NAMED = 12
"""Names that a sentence lists; of more it says how many."""


def input_named(case: Case, path: str) -> str:
    """Name an estimate by the titles of what it belongs to.

    Parameters
    ----------
    case : Case
    path : str
        Steps joined by slashes.
    """
    steps = path.split("/")
    if steps == ["experts"]:
        return "which expert is right"
    if steps[0] == "actors" and len(steps) > 2:
        who = case.title_of("actors", steps[1]) if steps[1] in case.actors else steps[1]
        return f"{who}: {_of_actor(case, steps[2:])}"
    if steps[0] == "plans" and len(steps) > 3 and steps[2] == "transfers":
        return f"transfer {int(steps[3]) + 1} of '{case.title_of('plans', steps[1])}' ({steps[-1]})"
    if steps[0] == "issues" and len(steps) > 2 and steps[2] == "observed":
        return f"{case.title_of('issues', steps[1])}: how {steps[3].replace('_', ' ')} is seen"
    return " ".join(s.replace("_", " ") for s in steps)


def _of_actor(case: Case, steps: Sequence[str]) -> str:
    if steps[0] == "interests" and len(steps) > 2 and steps[1] in case.issues:
        issue = case.title_of("issues", steps[1])
        if steps[2] == "values" and len(steps) > 3:
            return f"value of '{case.title_of('issues', steps[1], steps[3])}' ({issue})"
        return f"{steps[2].replace('_', ' ')} of {issue}"
    if steps[0] == "walk_away":
        return "what it has without an agreement"
    if steps[0] == "patience":
        return "patience"
    if steps[0] == "types" and len(steps) > 2:
        return f"{_of_actor(case, steps[2:])}, as '{steps[1].replace('_', ' ')}'"
    if steps[0] == "linkages" and len(steps) > 2:
        return f"linkage {int(steps[1]) + 1} ({steps[2]})"
    return " ".join(s.replace("_", " ") for s in steps)


def limit_said(case: Case, path: str, low: float | None, high: float | None, among: Sequence[str] | None) -> str:
    """Say one limit of a box."""
    name = input_named(case, path)
    if among is not None:
        return f"{name} is one of {', '.join(among)}"
    if low is not None and high is not None:
        return f"{name} from {_figure(low)} to {_figure(high)}"
    return f"{name} over {_figure(low)}" if low is not None else f"{name} under {_figure(high or 0.0)}"


def _figure(number: float) -> str:
    return f"{number:.3g}" if abs(number) < 10 else f"{number:.0f}"


def box_said(
    case: Case,
    limits: Sequence[tuple[str, float | None, float | None, Sequence[str] | None]],
    coverage: float,
    density: float,
    failing: float,
) -> str:
    """Say in one sentence in which futures a plan fails."""
    where = " and ".join(limit_said(case, *one) for one in limits)
    return (
        f"Where {where}, it fails in {percent(density)} of futures (in {percent(failing)} of all); "
        f"{percent(coverage)} of the failures lie there."
    )


def best_said(case: Case, actor: str, plans: Sequence[str], share: float | None, ranges: Mapping[str, object]) -> str:
    """Say under how many of an actor's weights plans are best for it."""
    names = " and ".join(f"'{case.title_of('plans', p)}'" for p in plans)
    who = case.title_of("actors", actor)
    if not ranges:
        return f"{names}: best for {who} under no weights at all"
    if share is None:
        return f"{names}: best for {who} under some weights"
    if share < 1e-9:
        return f"{names}: at most as good as another for {who}, whatever the weights"
    shown = "all weights" if share > 1 - 1e-9 else f"{percent(share)} of all weights"
    return f"{names}: best for {who} under {shown}"


def break_even_said(case: Case, actor: str, path: str, at: float, centre: float) -> str:
    """Say at which value of one number a plan is worth exactly an actor's walk-away."""
    who = case.title_of("actors", actor)
    return f"{who} is at its walk-away when {input_named(case, path)} is {at:.3g} (now {centre:.3g})."


def turn_said(case: Case, path: str, value: float, grade: int, centre: int) -> str:
    """Say that one number at an end of its spread turns the grade."""
    return f"With {input_named(case, path)} at {value:.3g} the grade is {grade}, not {centre}."


def shares_said(case: Case, actor: str, shares: Sequence[tuple[str, float, float, float]]) -> str:
    """Say which numbers the spread of an actor's margin comes from, with the intervals of the total Sobol indices."""
    named = "; ".join(
        f"{input_named(case, path)} {percent(max(total, 0.0))} ({percent(max(low, 0.0))} to {percent(max(high, 0.0))})"
        for path, total, low, high in shares
    )
    return f"What {case.title_of('actors', actor)} gains over its walk-away is uncertain because of: {named}."


def people(names: Sequence[str]) -> str:
    """List names, or say how many there are beyond what a sentence holds."""
    shown = ", ".join(names[:MOST_NAMED])
    return shown if len(names) <= MOST_NAMED else f"{shown} and {len(names) - MOST_NAMED} more"


def camps_said(rule: str, met: Sequence[str], not_met: Sequence[str]) -> tuple[str, ...]:
    """Say on how many experts' figures a rule is met, and who is on which side.

    Parameters
    ----------
    rule : str
        As `halfway.explore.success` reads it.
    met, not_met : sequence of str
        Names of experts.
    """
    count = len(met) + len(not_met)
    if not count:
        return ("No expert stated a number, so there is nothing to count.",)
    what = {
        "signed and kept": "would be signed and kept",
        "signed and kept and aims": "would be signed and kept, and meets its own aims",
        "signed": "would be signed",
        "kept": "would be kept",
        "grade = 2": "enforces itself",
    }.get(rule, f"meets '{rule}'")
    said = [f"On the figures of {len(met)} of {count} expert{'' if count == 1 else 's'} it {what}."]
    if met and not_met:
        said += [f"Yes: {people(met)}.", f"No: {people(not_met)}."]
    return tuple(said)


def division_said(
    case: Case, path: str, at: float, yes_above: bool, right: int, stated: int, exceptions: Sequence[str], chance: float
) -> str:
    """Say what a number tells about who is on which side."""
    side = "above" if yes_above else "below"
    but = f"; the exceptions are {people(exceptions)}" if len(exceptions) > 1 else ""
    but = f"; the exception is {exceptions[0]}" if len(exceptions) == 1 else but
    likely = "" if chance <= 0.05 else f" Chance alone divides as well in {percent(chance)} of shuffles."
    return (
        f"What divides them best is {input_named(case, path)}: those who say yes put it {side} {at:.3g}. "
        f"That is right for {right} of the {stated} who stated it{but}.{likely}"
    )


def apart_named(case: Case, outcome: str) -> str:
    """Name an outcome on which experts differ."""
    kind, _, actor = outcome.partition(":")
    what = {"over_walk_away": "gain over its walk-away", "temptation": "temptation to break it"}[kind]
    return f"{case.title_of('actors', actor)}: {what}"
