"""What rules C find on promises: whether they are kept, seen, exact, returned for something, and ratified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from halfway.audit.compiled import in_words, studied
from halfway.audit.rules import Hit, Question, graded
from halfway.case.plans import PlanObligation

if TYPE_CHECKING:
    from halfway.conduct.study import Study


def unconditional(question: Question) -> Iterator[Hit]:
    """C307."""
    from halfway.conduct import checks

    whole = studied(question)
    for figure in checks.unconditional(whole) if whole else ():
        issue, _, option = figure.text.partition("=")
        yield Hit(
            (*question.path, "phases", figure.phase),
            f"{question.title(figure.actor)} has {figure.value:.1f} points a period from "
            f"{question.case.title_of('issues', issue)}: {question.case.title_of('issues', issue, option)}, and nothing it "
            "does would cost it that",
            figure.value,
            "points a period",
            graded(figure.value, 10, float("inf")),
        )


def not_self_enforcing(question: Question) -> Iterator[Hit]:
    """C308."""
    from halfway.conduct.checks import deciding

    whole = studied(question)
    for actor, kind in deciding(whole) if whole else ():
        assert whole is not None  # else there is nothing to go through
        gap = whole.gap(actor, kind)
        if gap > 0.01:
            who = question.title(actor) + (
                f" (as {in_words(kind)}, prior {whole.kinds(actor)[kind]:.0%})" if kind else ""
            )
            yield Hit(
                question.path,
                f"breaking the plan pays {who} {gap:.1f} points of its discounted average",
                gap,
                "points",
                graded(gap, 2, 15),
            )


def unverifiable(question: Question) -> Iterator[Hit]:
    """C310."""
    whole = studied(question)
    for i, obligation in enumerate(question.plan.obligations):
        chance = _seen(whole, question, obligation) if whole else None
        if chance is not None and chance < 0.5:
            yield Hit(
                (*question.path, "obligations", i),
                f"if {question.title(obligation.by)} did not keep it ({obligation.act}), the signs would tell in "
                f"{100 * chance:.0f} of 100 periods what keeping would not have shown",
                chance,
                "probability",
                "error" if chance < 0.1 else "warning",
            )


def _seen(whole: Study, question: Question, obligation: PlanObligation) -> float | None:
    from halfway.conduct.checks import seen_chance

    actor = question.group_of(obligation.by)
    if actor not in whole.space.actors:
        return None
    space = whole.space
    does = {space.issues.index(i): space.options[space.issues.index(i)].index(o) for i, o in obligation.does.items()}
    return seen_chance(whole, actor, does)


def imprecise(question: Question) -> Iterator[Hit]:
    """C313."""
    for i, obligation in enumerate(question.plan.obligations):
        if obligation.precision == "vague":
            yield Hit(
                (*question.path, "obligations", i),
                f"it cannot be told whether {question.title(obligation.by)} has kept it: {obligation.act}",
                1.0,
                "obligation",
            )


def unratified(question: Question) -> Iterator[Hit]:
    """C314."""
    from halfway.conduct.ratification import ratification

    whole = studied(question)
    for found in ratification(whole, question.ground.seed) if whole else ():
        title = question.case.actors[found.actor].ratifies[found.body].title or found.body
        risk = 1 - found.chance
        if risk >= 0.25:
            yield Hit(
                ("actors", found.actor, "ratifies", found.body),
                f"{title} approves it with probability {found.approves:.0%} ({found.value:.1f} points, threshold "
                f"{found.threshold:.1f}), and changes hands within the {found.periods} periods before performance is "
                f"complete with probability {found.turnover:.0%}",
                risk,
                "probability",
                graded(risk, 0.4, 0.9),
            )
