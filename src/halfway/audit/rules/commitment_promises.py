"""What rules C find on promises: whether they are kept, seen, exact, returned for something, and ratified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from halfway.audit.compiled_plan import studied, together
from halfway.audit.finding import Hit
from halfway.audit.question import Question
from halfway.audit.rule import Rule
from halfway.case.case import spoken
from halfway.case.conditions import Path
from halfway.case.plans import PlanObligation
from halfway.words.conditions import listed
from halfway.words.shares import percent

if TYPE_CHECKING:
    from halfway.audit.commitment_figures import Figure
    from halfway.conduct.game.compiled_plan import Study
    from halfway.conduct.verdicts.temptation import Kernel


def unconditional(question: Question, rule: Rule) -> Iterator[Hit]:
    """C307."""
    from halfway.audit import commitment_figures as checks

    whole = studied(question)
    groups: dict[tuple[str, str], list[Figure]] = {}
    for figure in checks.unconditional(whole) if whole else ():
        groups.setdefault((figure.phase, figure.actor), []).append(figure)
    for (phase, actor), figures in groups.items():
        told = []
        for f in sorted(figures, key=lambda f: -f.value):
            issue, _, option = f.text.partition("=")
            title = question.case.title_of
            told.append(f"{title('issues', issue)}: {title('issues', issue, option)} ({f.value:.1f})")
        total = sum(f.value for f in figures)
        yield Hit(
            (*question.path, "phases", phase),
            f"{question.title(actor)} receives {total:.1f} points a period whatever it does: {'; '.join(told)}",
            total,
            "points a period",
            actor=actor,
        )


def not_self_enforcing(question: Question, rule: Rule) -> Iterator[Hit]:
    """C308."""
    from halfway.audit.commitment_figures import Figure
    from halfway.conduct.verdicts.temptation import compiled_kernel
    from halfway.words.grades import SHORT

    whole = studied(question)
    if whole is None:
        return
    plan = compiled_kernel(question.ground.compiled, question.name)
    tempted = {(a, k): plan.tempted(a, k) for a in plan.breakers for k in plan.kinds(a)}
    figures = [Figure("", None, a, k, t.temptation.points) for (a, k), t in tempted.items()]
    # What is trifling for every type tempts nobody.
    for found in together(whole, (f for f in figures if f.value > plan.trifling)):
        actor, kinds = found.worst.actor, [k for k, _, _ in found.kinds]
        types = question.case.actors[actor].types
        each = "; ".join(
            f"{types[k].title or spoken(k)}, {percent(p)}: {v:.1f}" for k, p, v in found.kinds if k is not None
        )
        most = tempted[actor, found.worst.kind]
        stake = "" if most.percent is None else f", {most.percent:.0f}% of what it has at stake"
        grave = any(tempted[actor, k].material.points > plan.trifling for k in kinds)
        yield Hit(
            question.path,
            f"{question.title(actor)} is tempted to break the plan: a breach would gain it {found.expected:.1f} points over its "
            f"best way of keeping it, "
            f"from {question.case.period} {most.temptation.period} on{stake if len(plan.kinds(actor)) == 1 else ''}"
            + (f"; by its types: {each}" if each else "")
            + f"; by this alone the plan {SHORT[5 if grave else 3]}",
            found.expected,
            "points",
            about=_line_broken(question, most.temptation.phase, tuple(most.temptation.instead_of.items())),
            actor=actor,
        )
    yield from _obstructing(question, rule, plan)


def _obstructing(question: Question, rule: Rule, plan: Kernel) -> Iterator[Hit]:
    """Speak of those who signed nothing and set what the plan needs: they cannot break it, only not go along."""
    for actor in plan.needed:
        found = {k: plan.tempted(actor, k).temptation for k in plan.kinds(actor)}
        expected = sum(p * found[k].points for k, p in plan.kinds(actor).items())
        most = max(found.values(), key=lambda m: m.points, default=None)
        if most is None or most.points <= plan.trifling:
            continue
        yield Hit(
            question.path,
            f"{question.title(actor)} has signed nothing and would not go along: obstruction would gain it {expected:.1f} "
            f"points, from {question.case.period} {most.period} on",
            expected,
            "points",
            rule.graded(expected, most="warning"),
            about=question.seat(actor),
            actor=actor,
        )


def _line_broken(question: Question, phase: str | None, kept: tuple[tuple[str, str], ...]) -> Path | None:
    """Return the first step of the plan that a breach would undo."""
    for issue, option in kept:
        for change in question.changes:
            label = question.space.issues[change.issue], question.space.options[change.issue][change.option]
            if label == (issue, option):
                return change.path
    return None if phase is None else (*question.path, "phases", phase)


def unverifiable(question: Question, rule: Rule) -> Iterator[Hit]:
    """C310."""
    whole = studied(question)
    for i, obligation in enumerate(question.plan.obligations):
        chance = _seen(whole, question, obligation) if whole else None
        if chance is not None and chance < rule.at("seen"):
            yield Hit(
                (*question.path, "obligations", i),
                f"if {_names(question, obligation)} did not keep it ({obligation.act}), the signs would tell in "
                f"{100 * chance:.0f} of 100 periods what keeping would not have shown",
                chance,
                "probability",
                "error" if chance < rule.at("unseen") else "warning",
            )


def _seen(whole: Study, question: Question, obligation: PlanObligation) -> float | None:
    from halfway.audit.commitment_figures import seen_chance

    space = whole.space
    does = {space.issues.index(i): space.options[space.issues.index(i)].index(o) for i, o in obligation.does.items()}
    chances = (seen_chance(whole, a, does) for a in question.performers(obligation) if a in space.actors)
    # Where several perform, the one whose breach shows least decides.
    return min((chance for chance in chances if chance is not None), default=None)


def _names(question: Question, obligation: PlanObligation) -> str:
    return listed([question.title(actor) for actor in obligation.by])


def imprecise(question: Question, rule: Rule) -> Iterator[Hit]:
    """C313."""
    for i, obligation in enumerate(question.plan.obligations):
        if obligation.precision == "vague":
            yield Hit(
                (*question.path, "obligations", i),
                f"nobody can verify whether {_names(question, obligation)} has met this obligation: {obligation.act}",
                1.0,
                "obligation",
            )


def unratified(question: Question, rule: Rule) -> Iterator[Hit]:
    """C314."""
    from halfway.conduct.play.ratification import ratification

    whole = studied(question)
    for found in ratification(whole, question.ground.seed) if whole else ():
        title = question.case.actors[found.actor].ratifies[found.body].title or found.body
        risk = 1 - found.chance
        if risk >= rule.at("note"):
            yield Hit(
                ("actors", found.actor, "ratifies", found.body),
                f"{title} approves it with probability {percent(found.approves)} ({found.value:.1f} points, threshold "
                f"{found.threshold:.1f}), and changes hands within the {found.periods} periods before performance is "
                f"complete with probability {percent(found.turnover)}",
                risk,
                "probability",
                actor=found.actor,
            )
