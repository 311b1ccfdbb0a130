"""Rules C: does it hold? Findings come from the plan compiled to its automaton, not from its words."""

from __future__ import annotations

from halfway.audit.levels import BITE, LET_OFF, RAISED
from halfway.audit.rule import Rule, Threshold
from halfway.audit.rules.commitment_promises import (
    imprecise,
    not_self_enforcing,
    unconditional,
    unratified,
    unverifiable,
)
from halfway.audit.rules.commitment_triggers import (
    cannot_fire,
    evadable,
    hurts_holder,
    no_exit,
    no_way_back,
    rather_forgive,
    reward_for_denial,
    same_offer_again,
    toothless,
    waited_out,
)

RULES = (
    Rule(
        code="C301",
        name="trigger that cannot fire",
        title="A trigger cannot fire",
        family="commitment",
        severity="error",
        figure="probability",
        reason="A threat that no act can set off deters no act (Schelling 1960).",
        references=("Schelling 1960",),
        remedy="let it watch a signal that the breach would show",
        when="No combination of options, whoever sets them, shows what the rule waits for. An error.",
        check=cannot_fire,
    ),
    Rule(
        code="C302",
        name="toothless stick",
        title="A stick costs the one it is meant for next to nothing",
        family="commitment",
        severity="warning",
        figure="points of the discounted average",
        reason="A punishment worth bearing is a price, and prices do not deter (Becker 1968).",
        references=("Becker 1968",),
        remedy="take away more, sooner or for longer, from the one who broke it",
        thresholds=(
            Threshold("bites", BITE, "points"),
            Threshold("half", 50, "percent of its types"),
        ),
        per_future=True,
        when="A rule that answers an actor's breach costs that actor less than {bites} point of its discounted "
        "average: a warning, an error where it costs nothing to types that are at least {half} percent probable "
        "together.",
        check=toothless,
    ),
    Rule(
        code="C303",
        name="stick that hurts its holder more",
        title="A stick costs those who use it more than the one it is meant for",
        family="commitment",
        severity="warning",
        figure="points a period",
        reason="A threat that costs more to carry out than to suffer is not believed (Schelling 1960).",
        references=("Schelling 1960",),
        remedy="choose an answer that costs its target more than those who give it",
        thresholds=(
            Threshold("bites", BITE, "points a period"),
            Threshold("warning", 3, "points a period"),
            Threshold("error", 20, "points a period"),
        ),
        per_future=True,
        when="What a signatory itself has to do to answer a breach (what the penal phase prescribes for its own "
        "issues, save steps that the plan would come to anyway, less payments that it stops) costs it more than "
        "that costs the target, by at least {bites} point a period: a note, a warning from {warning}, an error "
        "from {error}.",
        check=hurts_holder,
    ),
    Rule(
        code="C304",
        name="reward for denial",
        title="Denying a breach is enough to be let off",
        family="commitment",
        severity="error",
        figure="probability a period",
        reason="Where denying is enough to be let off, covert breach is the rule of the game (on plausible deniability: "
        "Carson 2018).",
        references=("Carson 2018",),
        remedy="let the penalty end on evidence that the breach has stopped, not on its denial",
        thresholds=(
            Threshold("let_off", LET_OFF, "probability a period"),
            Threshold("warning", LET_OFF, "probability a period"),
            Threshold("error", 0.5, "probability a period"),
        ),
        when="A penal phase gives way to one that is better for the actor, with a chance of at least {let_off} a "
        "period, while that actor goes on doing what costs others. A warning; an error from {error}.",
        check=reward_for_denial,
    ),
    Rule(
        code="C305",
        name="no way back after breach",
        title="What was given cannot be taken back after a breach",
        family="commitment",
        severity="warning",
        figure="points a period",
        reason="What cannot be taken back is no longer a hostage for the other side's conduct (Williamson 1983).",
        references=("Williamson 1983",),
        remedy="give it last, in steps, or in a form that can be suspended",
        thresholds=(
            Threshold("warning", 2, "points a period"),
            Threshold("error", 30, "points a period"),
        ),
        per_future=True,
        when="An actor that owes something keeps what others gave for good even after a breach that pays it. A note, a "
        "warning from {warning} points a period, an error from {error}.",
        check=no_way_back,
    ),
    Rule(
        code="C306",
        name="trial that can be waited out",
        title="A trial can be waited out",
        family="commitment",
        severity="warning",
        figure="points a period, over types",
        reason="A patient adversary keeps the trial and breaks what follows it (Downs and Rocke 1995 on the length of "
        "punishments; Jervis 1970 on performance that costs little).",
        references=(
            "Downs and Rocke 1995",
            "Jervis 1970",
        ),
        remedy="keep the trial's rule in force afterwards, or make what follows revocable",
        thresholds=(
            Threshold("warning", 2, "points a period"),
            Threshold("error", 15, "points a period"),
        ),
        per_future=True,
        when="A phase with a length answers breaches that the phase after it does not, and there breaking pays "
        "someone. A note, a warning from {warning} points a period over the actor's types, an error from {error}.",
        check=waited_out,
    ),
    Rule(
        code="C307",
        name="unconditional benefit",
        title="A benefit comes to someone whatever it does",
        family="commitment",
        severity="note",
        figure="points a period",
        reason="What comes whatever one does is no reason to do anything (Axelrod 1984). Humanitarian relief is exempt.",
        references=("Axelrod 1984",),
        remedy="tie it to performance, or say that it is a gift",
        thresholds=(
            Threshold("bites", BITE, "points a period"),
            Threshold("warning", 10, "points a period"),
        ),
        per_future=True,
        when="A signatory gains at least {bites} point a period from each of the issues that others set and that none "
        "of its acts would change. A note, a warning from {warning} for all together.",
        check=unconditional,
    ),
    Rule(
        code="C308",
        name="tempted to break it",
        title="Someone is tempted to break the plan",
        family="commitment",
        severity="warning",
        figure="points of the discounted average, over types",
        reason="Among states no one enforces an agreement but its parties (Telser 1980; Abreu 1988).",
        references=(
            "Telser 1980",
            "Abreu 1988",
        ),
        remedy="see the calendar of `halfway conduct`, and what `halfway repair` finds",
        thresholds=(
            Threshold("warning", 2, "points"),
            Threshold("error", 15, "points"),
        ),
        per_future=True,
        when="The best course of an actor bound by the plan gains more over its best way of keeping it than the case "
        "calls trifling, in some state that keeping comes to; averaged over its types by their priors. A note, a "
        "warning from {warning} points, an error from {error}.",
        check=not_self_enforcing,
    ),
    Rule(
        code="C309",
        name="resets without new terms",
        title="After a breach the same offer is made again",
        family="commitment",
        severity="warning",
        figure="resets within the horizon",
        reason="The same offer after each breach pays for the breach (on repeated resets and reputation: Mercer 1996; "
        "Crescenzi 2018).",
        references=(
            "Mercer 1996",
            "Crescenzi 2018",
        ),
        remedy="reopen on terms that ask for performance first",
        when="A phase leads back to one that the plan comes to without any breach, and so to the offer that was "
        "broken. A warning; an error where there is no limit. Rests on the plan's structure alone.",
        check=same_offer_again,
        ordinal=True,
    ),
    Rule(
        code="C310",
        name="unverifiable promise",
        title="Hardly anyone could tell whether a promise is kept",
        family="commitment",
        severity="warning",
        figure="probability that a breach shows in a period",
        reason="Cooperation under imperfect monitoring lives on what can be seen (Green and Porter 1984; Fearon 1995 on "
        "private information).",
        references=(
            "Green and Porter 1984",
            "Fearon 1995",
        ),
        remedy="add inspection, or promise something that shows",
        thresholds=(
            Threshold("seen", 0.5, "probability"),
            Threshold("unseen", 0.1, "probability"),
        ),
        per_future=True,
        when="If an obligation were not kept, the public signals would differ from those of keeping with a probability "
        "below {seen} a period (total variation distance, for the option hardest to see that pays). An error "
        "below {unseen}.",
        check=unverifiable,
    ),
    Rule(
        code="C311",
        name="phase with no exit",
        title="A phase in which someone is tempted has no exit",
        family="commitment",
        severity="warning",
        figure="points at once",
        reason="A last phase holds only where no one has a reason to leave it (backward induction; Benoît and Krishna "
        "1985).",
        references=("Benoît and Krishna 1985",),
        remedy="add a rule that answers departures there",
        thresholds=(
            Threshold("warning", 5, "points"),
            Threshold("error", 60, "points"),
        ),
        per_future=True,
        when="A phase lasts for good, no rule leads out of it, and departing there pays someone. A note, a warning "
        "from {warning} points at once, an error from {error}; always a note where only a breach leads there, "
        "since a penalty for good is a way to enforce what comes before it (Friedman 1971).",
        check=no_exit,
    ),
    Rule(
        code="C312",
        name="evadable trigger",
        title="A trigger can be evaded by smaller or covert steps",
        family="commitment",
        severity="warning",
        figure="points a period, over types",
        reason="Whoever cannot cross a line walks along it: salami tactics erode a threat that answers only large steps "
        "(Schelling 1966).",
        references=("Schelling 1966",),
        remedy="let the rule answer smaller and covert steps too",
        thresholds=(
            Threshold("raised", RAISED, "probability"),
            Threshold("warning", 2, "points a period"),
            Threshold("error", 40, "points a period"),
        ),
        per_future=True,
        when="An act on the issues that a rule watches pays and costs others, and raises the chance of no rule by a "
        "probability of more than {raised}. A note, a warning from {warning} points a period, an error from "
        "{error}.",
        check=evadable,
    ),
    Rule(
        code="C313",
        name="imprecise obligation",
        title="An obligation is too vague for its breach to be told",
        family="commitment",
        severity="note",
        figure="obligations",
        reason="A promise whose breach nobody can recognise cannot be kept (Chayes and Chayes 1993). Ambiguity has also made "
        "agreements possible, as in 1998.",
        references=("Chayes and Chayes 1993",),
        remedy="say what, how much, by when and who tells",
        when="An obligation is declared vague. A note. Rests on the plan's structure alone.",
        check=imprecise,
        ordinal=True,
    ),
    Rule(
        code="C314",
        name="unratifiable or turnover before performance",
        title="A body at home may refuse the plan, or change hands before it is performed",
        family="commitment",
        severity="warning",
        figure="probability",
        reason="What is signed abroad must pass at home (Putnam 1988), and a successor is not bound by interest (Lipson "
        "1991).",
        references=(
            "Putnam 1988",
            "Lipson 1991",
        ),
        remedy="bring the body in, or let performance come before it can change hands",
        thresholds=(
            Threshold("note", 0.25, "probability"),
            Threshold("warning", 0.4, "probability"),
            Threshold("error", 0.9, "probability"),
        ),
        per_future=True,
        when="The chance that a body at home does not approve, or changes hands before the last dated phase is over, "
        "is at least {note}: a note, a warning from {warning}, an error from {error}.",
        check=unratified,
    ),
    Rule(
        code="C315",
        name="punishers would rather forgive",
        title="Those who punish would rather forgive",
        family="commitment",
        severity="note",
        figure="points",
        reason="A punishment that all would rather end by talking is renegotiated away (Farrell and Maskin 1989).",
        references=("Farrell and Maskin 1989",),
        remedy="let the penalty be one from which someone gains",
        thresholds=(
            Threshold("least", 0.5, "points"),
            Threshold("warning", 2, "points"),
        ),
        per_future=True,
        when="In a penal phase all signatories would gain at least {least} points by opening another phase afresh. A "
        "note, a warning from {warning} points.",
        check=rather_forgive,
    ),
)
