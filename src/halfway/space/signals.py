"""Public signals as numbers: what is shown while an option is in force, how grave it is, and which rule it triggers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from halfway.case.conditions import All, AnyOf, Condition, FallsBy, Is, Not, atoms
from halfway.case.issues import Issue
from halfway.case.plans import Phase
from halfway.errors import Problem, Refusal
from halfway.space.arrays import IntArray
from halfway.space.compile import Space

LARGEST_SIGNAL_SET = 100_000
"""The most combinations of signals that one period of a phase may show."""


@dataclass(frozen=True)
class Shown:
    """One thing that the public may see on an issue.

    Attributes
    ----------
    signal : str
    probability : float
    gravity : float
        Utility points; 0 where it is no breach.
    """

    signal: str
    probability: float
    gravity: float


def shown_on(space: Space, issue: int, option: int, prescribed: IntArray) -> tuple[Shown, ...]:
    """Return what may be seen on an issue while an option is in force, against what the phase prescribes.

    The gravity of each is that of `gravity_of`.
    """
    declared = space.case.issues[space.issues[issue]]
    out = []
    for signal, probability in declared.signals_of(space.options[issue][option]).items():
        if float(probability) > 0:
            out.append(Shown(signal, float(probability), gravity_of(space, issue, signal, prescribed)))
    return tuple(out)


def gravity_of(space: Space, issue: int, signal: str, prescribed: IntArray) -> float:
    """Return how grave a signal is, in utility points (0 where it is no breach).

    A declared signal carries its declared gravity. Where a signal is not declared, or declared a breach without a
    gravity, its gravity is the largest loss that an option would cause to any actor other than those who set the
    issue, against the prescription. The option is the one that the signal is called after or, where it is called
    after none, the one under which it is likeliest (the first of these in the file).
    """
    key = (issue, signal, prescribed.tobytes())
    if key not in space.gravities:
        space.gravities[key] = _gravity(space, issue, signal, prescribed)
    return space.gravities[key]


def _gravity(space: Space, issue: int, signal: str, prescribed: IntArray) -> float:
    declared = space.case.issues[space.issues[issue]]
    details = declared.signals.get(signal)
    if details is not None:
        if not details.breach:
            return 0.0
        if details.gravity is not None:
            return float(details.gravity)
    options = space.options[issue]
    meant = signal if signal in options else max(options, key=lambda o: _probability(declared, o, signal))
    if signal != meant and not _probability(declared, meant, signal):
        return 0.0
    deviating = prescribed.copy()
    deviating[issue] = options.index(meant)
    values = space.values([prescribed, deviating])  # type: ignore[arg-type]
    others = [a for a, name in enumerate(space.actors) if name not in declared.set_by]
    return max(0.0, max((float(values[a, 0] - values[a, 1]) for a in others), default=0.0))


def _probability(issue: Issue, option: str, signal: str) -> float:
    shown = issue.signals_of(option).get(signal)
    return 0.0 if shown is None else float(shown)


def issues_read(space: Space, phase: Phase) -> tuple[int, ...]:
    """Return the issues whose signals a phase's triggers read."""
    read: set[int] = set()
    for trigger in phase.on:
        for atom in atoms(trigger.when):
            if isinstance(atom, Is | FallsBy) or atom.issue is not None:
                read.add(space.issues.index(atom.issue))
            else:
                read |= {
                    i
                    for i, key in enumerate(space.issues)
                    if atom.by is None or atom.by in space.case.issues[key].set_by
                }
    return tuple(sorted(read))


def matches(
    condition: Condition, seen: Mapping[str, Shown], before: Mapping[str, float], setters: Mapping[str, Sequence[str]]
) -> bool:
    """Tell whether a trigger's condition matches what is seen.

    Parameters
    ----------
    condition : Condition
    seen : mapping from issue to Shown
        This period's signals.
    before : mapping from issue to float
        The gravity shown the period before, for `falls_by`.
    setters : mapping from issue to actors
        At whose door a signal is laid.
    """
    if isinstance(condition, Is):
        return condition.issue in seen and seen[condition.issue].signal in condition.options
    if isinstance(condition, Not):
        return not matches(condition.part, seen, before, setters)
    if isinstance(condition, All):
        return all(matches(part, seen, before, setters) for part in condition.parts)
    if isinstance(condition, AnyOf):
        return any(matches(part, seen, before, setters) for part in condition.parts)
    if isinstance(condition, FallsBy):
        now = seen[condition.issue].gravity if condition.issue in seen else 0.0
        return before.get(condition.issue, 0.0) - now >= condition.points
    return any(
        shown.gravity >= condition.gravity and shown.gravity > 0
        for issue, shown in seen.items()
        if condition.issue in (None, issue) and (condition.by is None or condition.by in setters[issue])
    )


def outcomes(
    space: Space, issues: Sequence[int], in_force: IntArray, prescribed: IntArray
) -> Iterator[tuple[float, dict[str, Shown]]]:
    """Go through all combinations of signals on some issues, with their probabilities (independent across issues).

    Raises
    ------
    Refusal
        Where there are too many combinations.
    """
    shown = [shown_on(space, i, int(in_force[i]), prescribed) for i in issues]
    combinations = 1
    for each in shown:
        combinations *= len(each)
    if combinations > LARGEST_SIGNAL_SET:
        raise Refusal(
            [
                Problem(
                    "R030",
                    "the plan's triggers read too many noisy signals at once",
                    f"{combinations:,} combinations could be shown in one period",
                    "let triggers name the issues that they watch",
                    space.case.place("plans"),
                )
            ]
        )
    for combination in product(*shown):
        probability = 1.0
        for one in combination:
            probability *= one.probability
        yield probability, {space.issues[i]: one for i, one in zip(issues, combination, strict=True)}
