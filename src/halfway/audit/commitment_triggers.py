"""What rules C find on triggers, sticks, trials and resets: what answers a breach, and whether it holds anyone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from halfway.audit.compiled import in_words, studied
from halfway.audit.rules import Hit, Question, graded
from halfway.case.conditions import Path

if TYPE_CHECKING:
    from halfway.conduct.checks import Figure


def _phase(question: Question, name: str) -> str:
    return question.case.title_of("plans", question.name, name)


def _who(question: Question, figure: Figure) -> str:
    return question.title(figure.actor) + (f" (as {in_words(figure.kind)})" if figure.kind else "")


def _trigger(question: Question, figure: Figure) -> tuple[Path, str]:
    assert figure.trigger is not None  # asked of triggers only
    trigger = question.plan.phases[figure.phase].on[figure.trigger]
    called = f"'{trigger.name}'" if trigger.name else f"rule {figure.trigger + 1}"
    return (
        (*question.path, "phases", figure.phase, "on", figure.trigger),
        f"{called} of phase '{_phase(question, figure.phase)}'",
    )


def cannot_fire(question: Question) -> Iterator[Hit]:
    """C301."""
    from halfway.conduct.checks import dead_triggers

    whole = studied(question)
    for figure in dead_triggers(whole) if whole else ():
        path, called = _trigger(question, figure)
        yield Hit(
            path,
            f"{called} cannot fire: whatever options are in force, the chance of its signals is 0, or an earlier rule "
            "always comes first",
            0.0,
            "probability",
        )


def toothless(question: Question) -> Iterator[Hit]:
    """C302."""
    from halfway.conduct.checks import BITE, answered

    whole = studied(question)
    for target, _ in answered(whole) if whole else ():
        if target.value < BITE:
            path, called = _trigger(question, target)
            yield Hit(
                path,
                f"{called} answers {_who(question, target)} ({target.text}) with what costs it {target.value:.1f} points "
                "of its discounted average",
                target.value,
                "points",
                "error" if target.value <= 0 else "warning",
            )


def hurts_holder(question: Question) -> Iterator[Hit]:
    """C303."""
    from halfway.conduct.checks import BITE, answered

    whole = studied(question)
    for target, holder in answered(whole) if whole else ():
        excess = holder.value - max(target.value, 0.0)
        if holder.value > BITE and excess > BITE:
            path, called = _trigger(question, target)
            yield Hit(
                path,
                f"{called} answers {_who(question, target)} at a cost of {holder.value:.1f} points to "
                f"{question.title(holder.actor)}, and of {target.value:.1f} to the one who broke the plan",
                excess,
                "points",
                graded(excess, 3, 20),
            )


def reward_for_denial(question: Question) -> Iterator[Hit]:
    """C304."""
    from halfway.conduct.checks import denial

    whole = studied(question)
    for figure in denial(whole) if whole else ():
        path, called = _trigger(question, figure)
        yield Hit(
            path,
            f"{called} ends the penalty with probability {figure.value:.0%} a period while {_who(question, figure)} goes on "
            f"({figure.text}), at up to {figure.other:.1f} points a period to others",
            figure.value,
            "probability",
            graded(figure.value, 0.1, 0.5),
        )


def no_way_back(question: Question) -> Iterator[Hit]:
    """C305."""
    from halfway.conduct import checks

    whole = studied(question)
    for figure in checks.no_way_back(whole) if whole else ():
        if not whole or not any(checks.departures_that_pay(whole, figure.actor)):
            continue
        yield Hit(
            (*question.path, "phases", figure.phase),
            f"whatever {question.title(figure.actor)} does afterwards, it keeps what was given for good and cannot be "
            f"taken back ({figure.text}): {figure.value:.1f} points a period",
            figure.value,
            "points a period",
            graded(figure.value, 2, 30),
        )


def waited_out(question: Question) -> Iterator[Hit]:
    """C306."""
    from halfway.conduct import checks

    whole = studied(question)
    for figure in checks.waited_out(whole) if whole else ():
        yield Hit(
            (*question.path, "phases", figure.phase, "lasts"),
            f"the trial '{_phase(question, figure.phase)}' can be waited out: after its {figure.other:.0f} periods nothing "
            f"answers {_who(question, figure)} any more, to whom breaking then pays {figure.value:.1f} points a period "
            f"({figure.text})",
            figure.value,
            "points a period",
            graded(figure.value, 2, 15),
        )


def same_offer_again(question: Question) -> Iterator[Hit]:
    """C309."""
    for name, phase in question.plan.phases.items():
        if phase.resets is None or phase.resets.max == 0:
            continue
        if phase.resets.terms is None or phase.resets.terms == phase.then:
            often = "without limit" if phase.resets.max is None else f"up to {phase.resets.max} times"
            length = phase.lasts.periods(question.case.period) if phase.lasts else 1
            most = question.case.horizon // max(length, 1)
            figure = float(most if phase.resets.max is None else min(phase.resets.max, most))
            yield Hit(
                (*question.path, "phases", name, "resets"),
                f"after '{_phase(question, name)}' the same offer is made again, {often}",
                figure,
                "resets within the horizon",
                "error" if phase.resets.max is None else "warning",
            )


def no_exit(question: Question) -> Iterator[Hit]:
    """C311."""
    from halfway.conduct.checks import dead_ends

    whole = studied(question)
    for figure in dead_ends(whole) if whole else ():
        yield Hit(
            (*question.path, "phases", figure.phase),
            f"phase '{_phase(question, figure.phase)}' lasts for good and nothing leads out of it, yet departing there "
            f"is worth {figure.value:.1f} points at once to {_who(question, figure)} ({figure.text})",
            figure.value,
            "points",
            graded(figure.value, 5, 60),
        )


def evadable(question: Question) -> Iterator[Hit]:
    """C312."""
    from halfway.conduct import checks

    whole = studied(question)
    for figure in checks.evadable(whole) if whole else ():
        path, called = _trigger(question, figure)
        yield Hit(
            path,
            f"{called} is evadable by {_who(question, figure)}: {figure.text} pays {figure.value:.1f} points a period and "
            f"raises the chance that it fires by {100 * max(figure.other, 0):.0f} percentage points",
            figure.value,
            "points a period",
            graded(figure.value, 2, 40),
        )


def rather_forgive(question: Question) -> Iterator[Hit]:
    """C315."""
    from halfway.conduct.checks import forgiving

    whole = studied(question)
    worst: dict[str, Figure] = {}
    for figure in forgiving(whole) if whole else ():
        if figure.value > 0.5 and figure.value > worst.get(figure.phase, figure).value - 1e-12:
            worst[figure.phase] = figure
    for figure in worst.values():
        yield Hit(
            (*question.path, "phases", figure.phase),
            f"in '{_phase(question, figure.phase)}' every party would rather open '{_phase(question, figure.text)}' again: "
            f"even the one with the least reason gains {figure.value:.1f} points by forgiving",
            figure.value,
            "points",
            graded(figure.value, 2, float("inf")),
        )
