"""Public signals as numbers: how grave they are, and which a phase reads."""

from __future__ import annotations

from collections.abc import Iterable

from halfway.case.conditions import AtLeast, Condition, Is, atoms
from halfway.case.issues import Issue, rows_in
from halfway.case.plans import Phase
from halfway.space.arrays import IntArray
from halfway.space.utilities.space import Space


def gravity_of(space: Space, issue: int, signal: str, prescribed: IntArray) -> float:
    """Return how grave a signal is, in utility points (0 where it is no breach).

    A declared breach carries its declared gravity. Where none is declared with it, or nothing is declared of breaches on
    the issue (a title declares nothing), its gravity is the largest loss that an option would cause to any actor other
    than those who set the issue, against the prescription. The option is the one that the signal is called after or,
    where it is called after none, the one under which it is likeliest (the first of these in the file).
    """
    key = (issue, signal, prescribed.tobytes())
    if key not in space.gravities:
        space.gravities[key] = _gravity(space, issue, signal, prescribed)
    return space.gravities[key]


def _gravity(space: Space, issue: int, signal: str, prescribed: IntArray) -> float:
    declared = space.case.issues[space.issues[issue]]
    details = declared.signals.get(signal)
    breach = declared.is_breach(signal)
    if breach is False:
        return 0.0
    if breach and details is not None and details.gravity is not None:
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
    """Return how probable a signal is under an option, where it is likeliest."""
    return max(float(row.signals.get(signal, 0)) for row in issue.rows_of(option))


def issues_watched(space: Space, condition: Condition) -> tuple[int, ...]:
    """Return the issues whose signals one condition reads."""
    read: set[int] = set()
    for atom in atoms(condition):
        if isinstance(atom, AtLeast) and atom.issue is None:
            read |= {
                i for i, key in enumerate(space.issues) if atom.by is None or atom.by in space.case.issues[key].set_by
            }
        elif atom.issue in space.issues:
            # What is not an issue is an event, of which nothing is seen but whether it is in force.
            read.add(space.issues.index(str(atom.issue)))
    return tuple(sorted(read | issues_named_in_rows(space, read)))


def issues_named_in_rows(space: Space, read: Iterable[int]) -> set[int]:
    """Return the issues on which it depends what is seen of others: they count as read, too."""
    found: set[int] = set()
    for i in read:
        key = space.issues[i]
        issue = space.case.issues[key]
        rows = [row for option in issue.options for row in issue.rows_of(option)]
        for happens in space.case.events.values():
            for seen in happens.changes.observed.get(key, {}).values():
                rows += rows_in(seen)
        for row in rows:
            if row.when is not None:
                found |= {space.issues.index(a.issue) for a in atoms(row.when) if isinstance(a, Is)}
    return found


def issues_read(space: Space, phase: Phase) -> tuple[int, ...]:
    """Return the issues whose signals a phase's triggers read."""
    return tuple(sorted({i for trigger in phase.on for i in issues_watched(space, trigger.when)}))
