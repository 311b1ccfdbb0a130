"""Rules E on single concessions: given for good, paid by others, given for nothing.

Who gives by a change are those of its implementers and owners who lose by it; who receives is decided by the numbers too.
A linkage, a transfer, and what others only help to bring about all count as a return.
"""

from __future__ import annotations

from collections.abc import Iterator

from halfway.audit.finding import Hit
from halfway.audit.question import NOTICED, Change, Question
from halfway.audit.rule import Rule, Threshold
from halfway.audit.rules.table import aimed_at
from halfway.case.plans import PlanObligation
from halfway.space.plan.outcomes import no_way_back
from halfway.words.conditions import listed


def irreversible_for_reversible(question: Question, rule: Rule) -> Iterator[Hit]:
    """E202."""
    gone = {(n.issue, n.option) for n in no_way_back(question.space, question.plan, question.values.path)}
    worst: dict[int, Change] = {}
    for change in question.intended:
        if _label(question, change) in gone and question.givers(change) and not question.humanitarian(change):
            before = worst.get(change.issue)
            if before is None or _loss(question, change) > _loss(question, before):
                worst[change.issue] = change
    for change in worst.values():
        givers = set(question.givers(change))
        loss = _loss(question, change)
        returns = [
            c
            for c in question.intended
            if set(question.setters(c.issue)) - givers and any(question.worth_to(c, g) > NOTICED for g in givers)
        ]
        promised = [o for o in question.plan.obligations if set(question.debtors(o)) - givers]
        paid = [t for t in question.plan.transfers if t.to in givers and t.from_ not in givers]
        if not (returns or promised or paid):
            continue  # a gift, which is another rule's
        kept = [c for c in returns if _label(question, c) in gone]
        if kept and sum(max(question.worth_to(c, g) for g in givers) for c in kept) >= loss:
            continue  # paid for with what cannot be taken back either
        covered = [_guaranteed(question, o, set(question.debtors(o)), givers) for o in promised]
        covered += [_guaranteed(question, None, set(question.setters(c.issue)) - givers, givers) for c in returns]
        if 2 * sum(covered) >= len(covered) > 0:
            continue
        against = [question.says(c.issue, c.option) for c in returns if c not in kept]
        against += [o.act for o in promised] + [f"payments by {question.title(t.from_)}" for t in paid]
        if not against:
            continue  # all that comes in return cannot be taken back either
        yield Hit(
            change.path,
            f"{question.says(change.issue, change.option)}: cannot be taken back, costs "
            f"{listed([question.title(g) for g in question.givers(change)])} up to {loss:.1f} points, and is given for what "
            f"can: {listed(list(dict.fromkeys(against))[:4], '; ')}; no guarantor who stands apart has a part in the answer "
            "to a breach",
            loss,
            "points given for good",
        )


def _guaranteed(question: Question, obligation: PlanObligation | None, promisers: set[str], givers: set[str]) -> bool:
    """Tell whether someone who neither owes a promise nor is owed it answers for it, and has something to answer with."""
    named = {question.group_of(g) for g in question.plan.roles.guarantor}
    if obligation is not None:
        named |= {question.group_of(g) for g in obligation.guaranteed_by}
    return any(_acts_on_breach(question, g) for g in named - promisers - givers)


def _acts_on_breach(question: Question, actor: str) -> bool:
    """Tell whether a trigger of the plan leads to an act of this actor: a step on an issue that it sets, or aid withheld."""
    plan, packages, names = question.plan, question.values.path.packages, list(question.plan.phases)
    own = [i for i in range(len(question.space.issues)) if actor in question.setters(i)]
    paid = [t for t in plan.transfers if question.group_of(t.from_) == actor and t.phases]
    for name, phase in plan.phases.items():
        before = packages[names.index(name)]
        for trigger in phase.on:
            after = packages[names.index(trigger.go)]
            if any(before[i] != after[i] for i in own):
                return True
            if any(name in t.phases and trigger.go not in t.phases for t in paid):
                return True
    return False


def _label(question: Question, change: Change) -> tuple[str, str]:
    return question.space.issues[change.issue], question.space.options[change.issue][change.option]


def _loss(question: Question, change: Change) -> float:
    """Return the largest loss among those who give something up by a change."""
    return max((-question.worth_to(change, g) for g in question.givers(change)), default=0.0)


def paid_with_what_is_others(question: Question, rule: Rule) -> Iterator[Hit]:
    """E204."""
    harmless: dict[tuple[str, ...], list[Change]] = {}
    for change in question.intended:
        owners = question.owners(change.issue)
        if any(question.agrees(o, change) for o in owners):
            continue
        cost = sum(max(0.0, -question.worth_to(change, o)) for o in question.owning_groups(change.issue))
        if cost <= NOTICED:
            if not all(aimed_at(question, o, change) for o in owners) and not question.humanitarian(change):
                harmless.setdefault(owners, []).append(change)
            continue
        yield Hit(
            change.path,
            f"{_payers(question, change)} would pay with what belongs to {listed([question.title(o) for o in owners])}, without "
            f"their signature: {question.says(change.issue, change.option)} (it costs the owner {cost:.1f} points)",
            cost,
            "points lost by the owner",
        )
    for owners, changes in harmless.items():
        whose = listed([question.title(o) for o in owners])
        yield Hit(
            changes[0].path,
            f"{_payers(question, changes[0])} would dispose of what belongs to {whose}, without their signature: "
            f"{question.all_say(changes)}; by the numbers given this does not cost the owner anything",
            0.0,
            "points lost by the owner",
            "note",
            "ask the owner, whose loss or gain is judged for it here",
        )


def _payers(question: Question, change: Change) -> str:
    """Say who pays: the signatories that implement a change, else those who promise it, else all who sign."""
    consenting = question.consenting_in(change.phase)
    issue, option = _label(question, change)
    setters = [s for s in question.setters(change.issue) if s in consenting]
    promising = [d for o in question.plan.obligations if o.does.get(issue) == option for d in question.debtors(o)]
    payers = setters or list(dict.fromkeys(p for p in promising if p in consenting)) or list(question.signatories)
    return listed([question.title(p) for p in payers])


def gift_without_return(question: Question, rule: Rule) -> Iterator[Hit]:
    """E208."""
    worst: dict[int, Change] = {}
    for change in question.intended:
        if question.humanitarian(change) or not question.givers(change) or not question.takers(change):
            continue
        before = worst.get(change.issue)
        if before is None or _loss(question, change) > _loss(question, before):
            worst[change.issue] = change
    for change in worst.values():
        givers, cost = question.givers(change), _loss(question, change)
        loser = min(givers, key=lambda g: question.worth_to(change, g))
        given, received = question.given(loser), question.received(loser)
        if 100 * received >= rule.at("returned") * given or _taken_back(question, change):
            continue
        takers = listed([question.title(t) for t in question.takers(change)])
        yield Hit(
            change.path,
            f"{question.says(change.issue, change.option)}: costs {question.title(loser)} {cost:.1f} points and serves {takers}; "
            f"of all that it gives ({given:.1f} points), {received:.1f} points come back",
            cost,
            "points",
        )


def _taken_back(question: Question, change: Change) -> bool:
    """Tell whether a trigger takes the concession back when it is not returned: then it tests the other side."""
    names = list(question.plan.phases)
    issue = question.case.issues[question.space.issues[change.issue]]
    labels = question.space.options[change.issue]
    packages = question.values.path.packages
    for k, phase in enumerate(question.plan.phases.values()):
        if int(packages[k, change.issue]) != change.option:
            continue
        for trigger in phase.on:
            target = int(packages[names.index(trigger.go), change.issue])
            if target != change.option and issue.may_follow(labels[change.option], labels[target]):
                return True
    return False


RULES = (
    Rule(
        code="E202",
        name="irreversible for reversible",
        title="What cannot be taken back is given for what can",
        family="exchange",
        severity="warning",
        figure="points given for good",
        reason="What cannot be taken back is no lever once given. Land for peace is of this shape too, and held where a "
        "third party answered for it (Egypt and Israel, 1979; on guarantors: Walter 2002).",
        references=("Walter 2002",),
        remedy="name a guarantor who is not bound, or give it last",
        thresholds=(
            Threshold("warning", 2, "points"),
            Threshold("error", 10, "points"),
        ),
        per_future=True,
        when="A change that costs its implementer or owner something and from which no allowed moves lead back is "
        "given for what others can stop doing, and fewer than half of these promises have a guarantor who neither "
        "owes nor is owed them and who has a part in the plan's answer to a breach. Not where returns worth as "
        "much cannot be taken back either. A note, a warning from {warning} points, an error from {error}.",
        check=irreversible_for_reversible,
    ),
    Rule(
        code="E204",
        name="paid with what is others'",
        title="The plan pays with what belongs to others",
        family="exchange",
        severity="error",
        figure="points lost by the owner",
        reason="A concession at the cost of someone who does not sign costs the giver nothing and binds the loser to "
        "nothing (a treaty creates no obligations for a third state without its consent: Vienna Convention on the "
        "Law of Treaties 1969, article 34).",
        references=("Vienna Convention on the Law of Treaties 1969",),
        remedy="pay with one's own, or bring in the owner and its price",
        thresholds=(
            Threshold("warning", 0, "points"),
            Threshold("error", 5, "points"),
        ),
        per_future=True,
        when="The plan changes an issue none of whose owners signs or undertakes the step. A warning where it costs "
        "the owners anything, an error from {error} points; a note where by the numbers it costs them nothing, "
        "unless it is a declared aim for them. Fires on structure alone.",
        check=paid_with_what_is_others,
        ordinal=True,
    ),
    Rule(
        code="E208",
        name="gift without return",
        title="A concession brings the one who pays for it nothing in return",
        family="exchange",
        severity="warning",
        figure="points",
        reason="A concession that asks for nothing teaches that nothing need be given. Small gifts that are taken back "
        "unless returned are another matter: they tell types apart (Osgood 1962; Kydd 2005).",
        references=(
            "Osgood 1962",
            "Kydd 2005",
        ),
        remedy="tie it to a step of those whom it serves, or make it lapse unless returned",
        thresholds=(
            Threshold("returned", 25, "percent of what it gives"),
            Threshold("warning", 1, "points"),
            Threshold("error", 8, "points"),
        ),
        per_future=True,
        when="A change costs its implementer or owner something and serves a signatory, and all that the loser "
        "receives under the plan (by others' steps, joint steps, linkages, transfers) is less than {returned} "
        "percent of all that it gives. Not for humanitarian relief, nor where a trigger takes the concession "
        "back. A note, a warning from {warning} point, an error from {error}.",
        check=gift_without_return,
    ),
)
