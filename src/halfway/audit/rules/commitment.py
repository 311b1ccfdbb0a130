"""Rules C: does it hold? Findings come from the plan compiled to its automaton, not from its words."""

from __future__ import annotations

from halfway.audit.finding import Rule
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
        "tempted to break it",
        "warning",
        "Among states no one enforces an agreement but its parties (Telser 1980; Abreu 1988).",
        "see the calendar of `halfway conduct`, and what `halfway repair` finds",
        not_self_enforcing,
        "The best course of an actor bound by the plan gains more over its best way of keeping it than the case calls trifling, "
        "in some state that keeping comes to; averaged over its types by their priors. A note, a warning from 2 points, an "
        "error from 15.",
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
