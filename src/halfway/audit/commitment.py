"""Rules C: does it hold? Findings come from the plan compiled to its automaton, not from its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from halfway.audit.rules import Hit, Question, Rule, graded
from halfway.case.case import spoken
from halfway.case.conditions import Path
from halfway.case.plans import PlanObligation
from halfway.errors import Refusal

if TYPE_CHECKING:
    from halfway.conduct.checks import Figure
    from halfway.conduct.study import Study


HALF = 0.5
"""A stick that does not hurt the more probable types is an error."""

NEGLIGIBLE = 0.01
"""Gains of fewer points of the discounted average are not spoken of."""


def studied(question: Question) -> Study | None:
    """Return the plan compiled; None where its conduct cannot be computed (someone only ranks, or it is too large)."""
    from halfway.conduct.study import study

    known = question.ground.studies
    if question.name not in known:
        try:
            whole = study(question.case, question.name)
            for a in whole.everyone:
                for kind in whole.kinds(whole.space.actors[a]):
                    whole.responses(whole.space.actors[a], kind)
            known[question.name] = whole
        except Refusal:
            known[question.name] = None
    return known[question.name]


@dataclass(frozen=True)
class Together:
    """What was found of one actor at one place, whatever its type.

    Attributes
    ----------
    worst : Figure
        Of the type that weighs most.
    kinds : tuple of (str or None, float, float)
        Its types concerned: name, prior, value.
    """

    worst: Figure
    kinds: tuple[tuple[str | None, float, float], ...]

    @property
    def prior(self) -> float:
        """How probable it is that the actor is of a type concerned."""
        return sum(p for _, p, _ in self.kinds)

    @property
    def expected(self) -> float:
        """The figure averaged over all types, 0 for those not concerned."""
        return sum(p * v for _, p, v in self.kinds)


def together(whole: Study | None, figures: Iterable[Figure], *, least: bool = False) -> list[Together]:
    """Put what was found of one actor's types at one place together.

    Parameters
    ----------
    whole : Study or None
    figures : iterable of Figure
    least : bool
        Whether the worst is the least value, not the one that weighs most.
    """
    groups: dict[tuple[str, int | None, str], list[Figure]] = {}
    for f in figures:
        groups.setdefault((f.phase, f.trigger, f.actor), []).append(f)
    out = []
    for same in groups.values():
        assert whole is not None  # else there are no figures
        priors: dict[str | None, float] = whole.kinds(same[0].actor)
        kinds = tuple((f.kind, priors[f.kind], f.value) for f in same)
        worst = (
            min(same, key=lambda f: f.value) if least else max(same, key=lambda f, p=priors: p[f.kind] * f.value)  # type: ignore[misc]
        )
        out.append(Together(worst, kinds))
    return out


def _phase(question: Question, name: str) -> str:
    return question.case.title_of("plans", question.name, name)


def _who(question: Question, found: Together) -> str:
    """Name the actor, and its types where not all of them are concerned."""
    actor = found.worst.actor
    types = question.case.actors[actor].types
    if len(found.kinds) >= sum(float(t.prior) > 0 for t in types.values()):
        return question.title(actor)
    named = " or ".join(f"'{types[str(k)].title or spoken(str(k))}'" for k, _, _ in found.kinds)
    return f"{question.title(actor)} (as {named}, {found.prior:.0%})"


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
    for found in together(whole, (f for f in (answered(whole) if whole else ()) if f.value < BITE), least=True):
        path, called = _trigger(question, found.worst)
        yield Hit(
            path,
            f"{called} answers {_who(question, found)} ({found.worst.text}) with what costs it {found.worst.value:.1f} "
            "points of its discounted average",
            found.worst.value,
            "points",
            "error" if sum(p for _, p, v in found.kinds if v <= 0) >= HALF else "warning",
        )


def hurts_holder(question: Question) -> Iterator[Hit]:
    """C303."""
    from halfway.conduct.checks import BITE, answered, own_part

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
        if cost > BITE and excess > BITE and excess > worst.get(key, (0.0,))[0]:
            path, called = _trigger(question, answer)
            message = (
                f"{called} asks {question.title(holder)} for what costs it {cost:.1f} points a period, to take {felt:.1f} "
                f"from {question.title(answer.actor)}, the one who broke the plan"
            )
            worst[key] = (excess, Hit(path, message, excess, "points a period", graded(excess, 3, 20)))
    for _, hit in worst.values():
        yield hit


def reward_for_denial(question: Question) -> Iterator[Hit]:
    """C304."""
    from halfway.conduct.checks import denial

    whole = studied(question)
    for found in together(whole, denial(whole) if whole else ()):
        path, called = _trigger(question, found.worst)
        yield Hit(
            path,
            f"{called} ends the penalty with probability {found.worst.value:.0%} a period while {_who(question, found)} goes "
            f"on ({found.worst.text}), at up to {found.worst.other:.1f} points a period to others",
            found.worst.value,
            "probability",
            graded(found.worst.value, 0.1, 0.5),
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
    for found in together(whole, checks.waited_out(whole) if whole else ()):
        yield Hit(
            (*question.path, "phases", found.worst.phase, "lasts"),
            f"the trial '{_phase(question, found.worst.phase)}' can be waited out: after its {found.worst.other:.0f} periods "
            f"nothing answers {_who(question, found)} any more, to whom breaking then pays {found.worst.value:.1f} points a "
            f"period ({found.worst.text})",
            found.expected,
            "points a period, over types",
            graded(found.expected, 2, 15),
        )


def unconditional(question: Question) -> Iterator[Hit]:
    """C307."""
    from halfway.conduct import checks

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
            f"{question.title(actor)} has {total:.1f} points a period that nothing it does would cost it: {'; '.join(told)}",
            total,
            "points a period",
            graded(total, 10, float("inf")),
        )


def not_self_enforcing(question: Question) -> Iterator[Hit]:
    """C308."""
    from halfway.conduct.checks import Figure, deciding

    whole = studied(question)
    if whole is None:
        return
    gaps = [Figure("", None, a, k, whole.gap(a, k)) for a, k in deciding(whole)]
    for found in together(whole, (g for g in gaps if g.value > NEGLIGIBLE)):
        types = question.case.actors[found.worst.actor].types
        each = "; ".join(f"{types[k].title or spoken(k)}, {p:.0%}: {v:.1f}" for k, p, v in found.kinds if k is not None)
        yield Hit(
            question.path,
            f"breaking the plan pays {question.title(found.worst.actor)} {found.expected:.1f} points of its discounted average"
            + (f" over its types ({each})" if each else ""),
            found.expected,
            "points",
            graded(found.expected, 2, 15),
        )


def same_offer_again(question: Question) -> Iterator[Hit]:
    """C309."""
    plan = question.plan
    offered: set[str] = set()
    following: str | None = plan.first
    while following is not None and following not in offered:
        offered.add(following)
        following = plan.phases[following].then
    for name, phase in plan.phases.items():
        if phase.resets is None or phase.resets.max == 0 or (phase.resets.terms or phase.then) not in offered:
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


def no_exit(question: Question) -> Iterator[Hit]:
    """C311."""
    from halfway.conduct.checks import dead_ends
    from halfway.conduct.thresholds import sticks

    whole = studied(question)
    penal = {whole.rules.phase_names[p] for p in sticks(whole)} if whole else set()
    for figure in dead_ends(whole) if whole else ():
        who = _who(question, together(whole, [figure])[0])
        yield Hit(
            (*question.path, "phases", figure.phase),
            f"phase '{_phase(question, figure.phase)}' lasts for good and nothing leads out of it, yet departing there "
            f"is worth {figure.value:.1f} points at once to {who} ({figure.text})",
            figure.value,
            "points",
            "note" if figure.phase in penal else graded(figure.value, 5, 60),
        )


def evadable(question: Question) -> Iterator[Hit]:
    """C312."""
    from halfway.conduct import checks

    whole = studied(question)
    for found in together(whole, checks.evadable(whole) if whole else ()):
        path, called = _trigger(question, found.worst)
        yield Hit(
            path,
            f"{called} is evadable by {_who(question, found)}: {found.worst.text} pays {found.worst.value:.1f} points a "
            f"period and raises the chance that it fires by {100 * max(found.worst.other, 0):.0f} percentage points",
            found.expected,
            "points a period, over types",
            graded(found.expected, 2, 40),
        )


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


RULES = (
    Rule(
        "C301",
        "trigger that cannot fire",
        "error",
        "A threat that no act can set off deters no act (Schelling 1960).",
        "let it watch a signal that the breach would show",
        cannot_fire,
        "No combination of options, whoever sets them, shows what the rule waits for. An error.",
    ),
    Rule(
        "C302",
        "toothless stick",
        "warning",
        "A punishment worth bearing is a price, and prices do not deter (Becker 1968).",
        "take away more, sooner or for longer, from the one who broke it",
        toothless,
        "A rule that answers an actor's breach costs that actor less than 1 point of its discounted average: a "
        "warning, an error where it costs nothing to types that are at least as probable as not.",
    ),
    Rule(
        "C303",
        "stick that hurts its holder more",
        "warning",
        "A threat that costs more to carry out than to suffer is not believed (Schelling 1960).",
        "choose an answer that costs its target more than those who give it",
        hurts_holder,
        "What a signatory itself has to do to answer a breach (what the penal phase prescribes for its own issues, save steps "
        "that the plan would come to anyway, less payments that it stops) costs it more than that costs the target, "
        "by at least 1 point a period: a note, a warning from 3, an error from 20.",
    ),
    Rule(
        "C304",
        "reward for denial",
        "error",
        "Where denying is enough to be let off, covert breach is the rule of the game (on plausible deniability: "
        "Carson 2018).",
        "let the penalty end on evidence that the breach has stopped, not on its denial",
        reward_for_denial,
        "A penal phase gives way to one that is better for the actor, with a chance of at least a tenth a period, while "
        "that actor goes on doing what costs others. A warning; an error from a half.",
    ),
    Rule(
        "C305",
        "no way back after breach",
        "warning",
        "What cannot be taken back is no longer a hostage for the other side's conduct (Williamson 1983).",
        "give it last, in steps, or in a form that can be suspended",
        no_way_back,
        "An actor that owes something keeps what others gave for good even after a breach that pays it. A note, a warning "
        "from 2 points a period, an error from 30.",
    ),
    Rule(
        "C306",
        "trial that can be waited out",
        "warning",
        "A patient adversary keeps the trial and breaks what follows it (Downs and Rocke 1995 on the length of "
        "punishments; Jervis 1970 on performance that costs little).",
        "let the rule of the trial go on, or make what follows revocable",
        waited_out,
        "A phase with a length answers breaches that the phase after it does not, and there breaking pays someone. A note, "
        "a warning from 2 points a period over the actor's types, an error from 15.",
    ),
    Rule(
        "C307",
        "unconditional benefit",
        "note",
        "What comes whatever one does is no reason to do anything (Axelrod 1984). Humanitarian relief is exempt.",
        "tie it to performance, or say that it is a gift",
        unconditional,
        "A signatory gains at least 1 point a period from each of the issues that others set and that none of its acts would "
        "change. A note, a warning from 10 for all together.",
    ),
    Rule(
        "C308",
        "not self-enforcing",
        "warning",
        "Among states no one enforces an agreement but its parties (Telser 1980; Abreu 1988).",
        "see the calendar of `halfway conduct`, and what `halfway repair` finds",
        not_self_enforcing,
        "An actor's best response pays more than keeping while all others keep, averaged over its types by their priors. A "
        "note, a warning from 2 points, an error from 15.",
    ),
    Rule(
        "C309",
        "resets without new terms",
        "warning",
        "The same offer after each breach pays for the breach (on repeated resets and reputation: Mercer 1996; Crescenzi "
        "2018).",
        "reopen on terms that ask for performance first",
        same_offer_again,
        "A phase leads back to one that the plan comes to without any breach, and so to the offer that was broken. A "
        "warning; an error where there is no limit. Rests on the plan's structure alone.",
        ordinal=True,
    ),
    Rule(
        "C310",
        "unverifiable promise",
        "warning",
        "Cooperation under imperfect monitoring lives on what can be seen (Green and Porter 1984; Fearon 1995 on private "
        "information).",
        "add inspection, or promise something that shows",
        unverifiable,
        "If an obligation were not kept, the public signals would differ from those of keeping with a probability below a "
        "half a period (total variation distance, for the option hardest to see that pays). An error below a tenth.",
    ),
    Rule(
        "C311",
        "phase with no exit",
        "warning",
        "A last phase holds only where no one has a reason to leave it (backward induction; Benoît and Krishna 1985).",
        "add a rule that answers departures there",
        no_exit,
        "A phase lasts for good, no rule leads out of it, and departing there pays someone. A note, a warning from 5 points "
        "at once, an error from 60; always a note where only a breach leads there, since a penalty for good is a way to "
        "enforce what comes before it (Friedman 1971).",
    ),
    Rule(
        "C312",
        "evadable trigger",
        "warning",
        "Whoever cannot cross a line walks along it: salami tactics erode a threat that answers only large steps "
        "(Schelling 1966).",
        "let the rule answer smaller and covert steps too",
        evadable,
        "An act on the issues that a rule watches pays and costs others, and raises the chance of no rule by more than 5 "
        "percentage points. A note, a warning from 2 points a period, an error from 40.",
    ),
    Rule(
        "C313",
        "imprecise obligation",
        "note",
        "What cannot be told from its breach cannot be kept (Chayes and Chayes 1993). Ambiguity has also made agreements "
        "possible, as in 1998.",
        "say what, how much, by when and who tells",
        imprecise,
        "An obligation is declared vague. A note. Rests on the plan's structure alone.",
        ordinal=True,
    ),
    Rule(
        "C314",
        "unratifiable or turnover before performance",
        "warning",
        "What is signed abroad must pass at home (Putnam 1988), and a successor is not bound by interest (Lipson 1991).",
        "bring the body in, or let performance come before it can change hands",
        unratified,
        "The chance that a body at home does not approve, or changes hands before the last dated phase is over, is at least a "
        "quarter: a note, a warning from 40 percent, an error from 90.",
    ),
    Rule(
        "C315",
        "punishers would rather forgive",
        "note",
        "A punishment that all would rather end by talking is renegotiated away (Farrell and Maskin 1989).",
        "let the penalty be one from which someone gains",
        rather_forgive,
        "In a penal phase all signatories would gain by opening another phase afresh. A note, a warning from 2 points.",
    ),
)
