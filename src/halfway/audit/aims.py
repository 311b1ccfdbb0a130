"""Rules A: does the plan serve those it names, within what binds its authors?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halfway.audit.rules import Hit, Question, Rule, graded
from halfway.case.truth import holds


def beneficiary_worse_off(question: Question) -> Iterator[Hit]:
    """A601."""
    space, values = question.space, question.values
    for i, aim in enumerate(question.plan.aims):
        path = (*question.path, "aims", i)
        for name in aim.for_:
            if name not in space.actors:
                continue
            a = space.actor(name)
            loss = float(question.today[a] - values.long_run[a])
            if loss > 1e-9 and name not in space.ordinal:
                share = float((question.drawn[:, a] < question.drawn_today[:, a]).mean())
                yield Hit(
                    path,
                    f"{question.title(name)}, whom the plan names as served, ends {loss:.1f} points below the status quo "
                    f"(worse off in {share:.0%} of draws)",
                    loss,
                    "points",
                )
        if aim.must is not None:
            missed = sum(
                float(share)
                for package, share in zip(values.packages, values.shares, strict=True)
                if not holds(aim.must, space.labels(package))
            )
            if missed > 1e-9:
                yield Hit(
                    path,
                    f"what must hold for {', '.join(question.title(n) for n in aim.for_)} does not hold "
                    f"{missed:.0%} of the time in the long run, even when everyone keeps the plan",
                    100 * missed,
                    "percent of the time",
                )


def conflicts_with_obligation(question: Question) -> Iterator[Hit]:
    """A602."""
    space, path = question.space, question.values.path
    for treaty in question.case.obligations_in_force.values():
        if space.status_quo is not None and holds(treaty.conflicts_with, space.labels(space.status_quo)):
            continue
        phases = list(
            dict.fromkeys(
                path.phases[int(path.phase_of[s])]
                for s, package in enumerate(path.in_force)
                if holds(treaty.conflicts_with, space.labels(package))
            )
        )
        if phases:
            where = _line_in_conflict(question, treaty.conflicts_with, phases[0])
            bound = [question.title(p) for p in treaty.parties if question.signs(p)]
            who = f"; it binds {', '.join(bound)}, who would sign" if bound else ""
            yield Hit(
                where,
                f"the plan conflicts with {treaty.title} from phase "
                f"'{question.case.title_of('plans', question.name, phases[0])}'{who}",
                float(len(phases)),
                "phases in conflict",
            )


def _line_in_conflict(question: Question, condition: object, phase: str) -> tuple[str | int, ...]:
    """Find the line of the package that brings the conflict about: a change that the condition names."""
    from halfway.case.conditions import Is, atoms

    named = {(a.issue, o) for a in atoms(condition) if isinstance(a, Is) for o in a.options}  # type: ignore[arg-type]
    for change in question.changes:
        issue = question.space.issues[change.issue]
        if (issue, question.space.options[change.issue][change.option]) in named:
            return change.path
    return (*question.path, "phases", phase)


def no_bottom_line(question: Question) -> Iterator[Hit]:
    """A603."""
    if question.plan.bottom_line is not None:
        return
    pair = question.case.pair(question.plan)
    proposer = question.group_of(question.plan.proposer) if question.plan.proposer else (pair[0] if pair else None)
    reached = float("nan")
    if pair is not None and proposer is not None and not question.space.ordinal:
        other = pair[1] if proposer != pair[1] else pair[0]
        reached = float(question.levels.level[question.space.actor(proposer), question.space.actor(other)])
    if np.isnan(reached):
        yield Hit(question.path, "the plan states no least that its proposer would accept", 0.0, "bottom lines")
        return
    assert proposer is not None  # a level was computed for it
    yield Hit(
        question.path,
        f"the plan states no least that {question.title(proposer)} would accept; it goes {reached:.0f} percent of the way "
        "and nothing in it says where it would stop",
        reached,
        "percent of the way",
        graded(reached, 0, 75) if reached >= 75 else "warning",
    )


RULES = (
    Rule(
        "A601",
        "declared beneficiary worse off",
        "error",
        "A plan is judged first by what it does for those in whose name it is made.",
        "change what they lose by, or stop saying that it is for them",
        beneficiary_worse_off,
    ),
    Rule(
        "A602",
        "conflicts with an obligation in force",
        "error",
        "A signatory bound by a treaty cannot deliver what the treaty rules out, and the promise it makes here is worth "
        "as much as the one it breaks (Vienna Convention on the Law of Treaties, 1969, article 26).",
        "drop what conflicts, or change the obligation first, with those it protects",
        conflicts_with_obligation,
        ordinal=True,
    ),
    Rule(
        "A603",
        "no bottom line",
        "warning",
        "Who does not know the least that they would accept cannot tell a bad agreement from none (Raiffa 1982).",
        "state 'bottom_line' in points or as what must be part of any outcome",
        no_bottom_line,
        ordinal=True,
    ),
)
