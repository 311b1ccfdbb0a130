"""What rules C find on triggers and phases: whether they fire, bite, can be evaded or waited out, and where they lead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from halfway.audit.compiled_plan import Together, deed, studied, together, who
from halfway.audit.finding import Hit
from halfway.audit.question import Question
from halfway.audit.rule import Rule
from halfway.case.conditions import Path
from halfway.words.shares import percent

if TYPE_CHECKING:
    from halfway.audit.commitment_figures import Figure
    from halfway.conduct.game.compiled_plan import Study


def _phase(question: Question, name: str) -> str:
    return question.case.title_of("plans", question.name, name)


def _trigger(question: Question, figure: Figure) -> tuple[Path, str]:
    assert figure.trigger is not None  # asked of triggers only
    trigger = question.plan.phases[figure.phase].on[figure.trigger]
    called = f"'{trigger.name}'" if trigger.name else f"rule {figure.trigger + 1}"
    return (
        (*question.path, "phases", figure.phase, "on", figure.trigger),
        f"{called} of phase '{_phase(question, figure.phase)}'",
    )


def _deed(whole: Study | None, found: Together) -> str:
    assert whole is not None  # else nothing was found
    return deed(whole, found.worst.actor, found.worst.issues)


def cannot_fire(question: Question, rule: Rule) -> Iterator[Hit]:
    """C301."""
    from halfway.audit.commitment_figures import dead_triggers

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


def toothless(question: Question, rule: Rule) -> Iterator[Hit]:
    """C302."""
    from halfway.audit.commitment_figures import answered

    whole = studied(question)
    for found in together(
        whole, (f for f in (answered(whole) if whole else ()) if f.value < rule.at("bites")), least=True
    ):
        path, called = _trigger(question, found.worst)
        yield Hit(
            path,
            f"{called} answers {_deed(whole, found)} by {who(question, found)} ({found.worst.text}) with what costs it "
            f"{found.worst.value:.1f} points of its discounted average",
            found.worst.value,
            "points",
            "error" if sum(p for _, p, v in found.kinds if v <= 0) >= rule.at("half") / 100 else "warning",
            actor=found.worst.actor,
        )


def hurts_holder(question: Question, rule: Rule) -> Iterator[Hit]:
    """C303."""
    from halfway.audit.commitment_figures import answered, own_part

    whole = studied(question)
    worst: dict[tuple[str, int | None, str], tuple[float, Hit]] = {}
    for answer in answered(whole) if whole else ():
        assert whole is not None  # else there is nothing to go through
        part = own_part(whole, answer)
        if part is None:
            continue
        holder, cost, felt = part
        excess = cost - max(felt, 0.0)
        key = (answer.phase, answer.trigger, answer.actor)
        if min(cost, excess) > rule.at("bites") and excess > worst.get(key, (0.0,))[0]:
            path, called = _trigger(question, answer)
            message = (
                f"{called} asks {question.title(holder)} for what costs it {cost:.1f} points a period, to take {felt:.1f} "
                f"from {question.title(answer.actor)}, the one who broke the plan"
            )
            worst[key] = (excess, Hit(path, message, excess, "points a period", actor=answer.actor))
    for _, hit in worst.values():
        yield hit


def reward_for_denial(question: Question, rule: Rule) -> Iterator[Hit]:
    """C304."""
    from halfway.audit.commitment_figures import denial

    whole = studied(question)
    for found in together(whole, denial(whole) if whole else ()):
        path, called = _trigger(question, found.worst)
        yield Hit(
            path,
            f"{called} ends the penalty with probability {percent(found.worst.value)} a period while {who(question, found)} goes "
            f"on ({found.worst.text}), at up to {found.worst.other:.1f} points a period to others",
            found.worst.value,
            "probability",
            actor=found.worst.actor,
        )


def no_way_back(question: Question, rule: Rule) -> Iterator[Hit]:
    """C305."""
    from halfway.audit import commitment_figures as checks

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
            about=_given_for_good(question, figure),
            actor=figure.actor,
        )


def _given_for_good(question: Question, figure: Figure) -> Path | None:
    """Return the line that gives for good what is worth most to the one who keeps it."""
    titles = {question.case.title_of("issues", question.space.issues[c.issue]): c for c in question.changes}
    given = [c for title, c in titles.items() if title in figure.text]
    best = max(given, key=lambda c: question.worth_to(c, figure.actor), default=None)
    return None if best is None else best.path


def waited_out(question: Question, rule: Rule) -> Iterator[Hit]:
    """C306."""
    from halfway.audit import commitment_figures as checks

    whole = studied(question)
    for found in together(whole, checks.waited_out(whole) if whole else ()):
        yield Hit(
            (*question.path, "phases", found.worst.phase, "lasts"),
            f"the trial '{_phase(question, found.worst.phase)}' can be waited out: after its {found.worst.other:.0f} periods "
            f"nothing answers {who(question, found)} any more, to whom {_deed(whole, found)} then pays "
            f"{found.worst.value:.1f} points a period ({found.worst.text})",
            found.expected,
            "points a period, over types",
            actor=found.worst.actor,
        )


def same_offer_again(question: Question, rule: Rule) -> Iterator[Hit]:
    """C309."""
    plan = question.plan
    for name, phase in plan.phases.items():
        if phase.resets is None or phase.resets.max == 0 or (phase.resets.terms or phase.then) not in plan.course:
            continue
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


def no_exit(question: Question, rule: Rule) -> Iterator[Hit]:
    """C311."""
    from halfway.audit.commitment_figures import dead_ends
    from halfway.conduct.thresholds.thresholds import sticks

    whole = studied(question)
    penal = {whole.rules.phase_names[p] for p in sticks(whole)} if whole else set()
    for figure in dead_ends(whole) if whole else ():
        found = together(whole, [figure])[0]
        actor = who(question, found)
        yield Hit(
            (*question.path, "phases", figure.phase),
            f"phase '{_phase(question, figure.phase)}' lasts for good and nothing leads out of it, yet {_deed(whole, found)} "
            f"there is worth {figure.value:.1f} points at once to {actor} ({figure.text})",
            figure.value,
            "points",
            "note" if figure.phase in penal else None,
            actor=figure.actor,
        )


def evadable(question: Question, rule: Rule) -> Iterator[Hit]:
    """C312."""
    from halfway.audit import commitment_figures as checks

    whole = studied(question)
    for found in together(whole, checks.evadable(whole) if whole else ()):
        path, called = _trigger(question, found.worst)
        yield Hit(
            path,
            f"{called} is evadable by {who(question, found)}: {found.worst.text} pays {found.worst.value:.1f} points a "
            f"period and raises the chance that it fires by {100 * max(found.worst.other, 0):.0f} percentage points",
            found.expected,
            "points a period, over types",
            actor=found.worst.actor,
        )


def rather_forgive(question: Question, rule: Rule) -> Iterator[Hit]:
    """C315."""
    from halfway.audit.commitment_figures import forgiving

    whole = studied(question)
    worst: dict[str, Figure] = {}
    for figure in forgiving(whole) if whole else ():
        if figure.value > rule.at("least") and figure.value > worst.get(figure.phase, figure).value - 1e-12:
            worst[figure.phase] = figure
    for figure in worst.values():
        yield Hit(
            (*question.path, "phases", figure.phase),
            f"in '{_phase(question, figure.phase)}' every party would rather open '{_phase(question, figure.text)}' again: "
            f"even the one with the least reason gains {figure.value:.1f} points by forgiving",
            figure.value,
            "points",
        )
