"""Rules E: is what each side gives matched by what it gets, in kind, in time and in weight?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from halfway.audit.rules import Change, Hit, Question, Rule, graded, listed
from halfway.settle.better import better_for_all
from halfway.space.arrays import FloatArray, holds
from halfway.space.outcomes import no_way_back

ONE_SIDED = 30.0
"""Percentage points between the two movements from which an exchange is called one-sided."""


def one_sided_movement(question: Question) -> Iterator[Hit]:
    """E201."""
    pair = question.case.pair(question.plan)
    if pair is None:
        return
    a, b = (question.space.actor(name) for name in pair)
    first, second = float(question.levels.movement[a, b]), float(question.levels.movement[b, a])
    if np.isnan(first) or np.isnan(second):
        return
    gap = abs(first - second)
    if gap < ONE_SIDED:
        return
    more, less = (pair[0], pair[1]) if first > second else (pair[1], pair[0])
    yield Hit(
        (*question.path, "between"),
        f"{question.title(more)} moves {max(first, second):.0f} percent of the way towards {question.title(less)}, which "
        f"moves {min(first, second):.0f} percent towards it",
        gap,
        "percentage points between the two movements",
    )


def irreversible_for_reversible(question: Question) -> Iterator[Hit]:
    """E202."""
    lasting = no_way_back(question.space, question.plan, question.values.path)
    if not lasting:
        return
    gone = {(n.issue, n.option) for n in lasting}
    reversible = [
        c
        for c in question.changes
        if (question.space.issues[c.issue], question.space.options[c.issue][c.option]) not in gone
    ]
    for change in question.changes:
        key = (question.space.issues[change.issue], question.space.options[change.issue][change.option])
        if key not in gone:
            continue
        givers = {question.group_of(g) for g in (*question.setters(change.issue), *question.owners(change.issue))}
        returns = [c for c in reversible if not set(question.setters(c.issue)) & givers]
        promised = [o for o in question.plan.obligations if question.group_of(o.by) not in givers]
        if not returns and not promised:
            continue  # a gift, which is another rule's
        if _guaranteed(question, givers):
            continue
        worth = question.contribution(change)
        loss = max(0.0, -min(float(worth[question.space.actor(g)]) for g in givers if g in question.space.actors))
        against = [question.says(c.issue, c.option) for c in returns] + [o.act for o in promised]
        yield Hit(
            change.path,
            f"{question.says(change.issue, change.option)} cannot be taken back, and is given for what can: "
            f"{listed(list(dict.fromkeys(against))[:4])}; no guarantor stands apart from those bound",
            loss,
            "points given for good",
            graded(loss, 2, 10),
        )


def _guaranteed(question: Question, givers: set[str]) -> bool:
    """Tell whether someone answers for what is promised in return who is not bound by it."""
    promisers = {question.group_of(o.by) for o in question.plan.obligations} | {
        s for c in question.changes for s in question.setters(c.issue)
    }
    named = {question.group_of(g) for g in question.plan.roles.guarantor}
    named |= {question.group_of(g) for o in question.plan.obligations for g in o.guaranteed_by}
    return bool(named - (promisers - givers))


def front_loaded(question: Question) -> Iterator[Hit]:
    """E203."""
    for name in question.consenting:
        if name in question.space.ordinal or name not in question.space.actors:
            continue
        given, received = exchange_over_time(question, name)
        if given[-1] <= 1 or received[-1] <= 1:
            continue
        gap = given / given[-1] - received / received[-1]
        worst = int(np.argmax(gap))
        if gap[worst] < 0.5:
            continue
        exposed = float(given[worst] - received[worst])
        yield Hit(
            (*question.path, "phases"),
            f"by {question.case.period} {worst + 1} {question.title(name)} has given {given[worst] / given[-1]:.0%} of what "
            f"it gives and received {received[worst] / received[-1]:.0%} of what it receives: it is exposed by {exposed:.1f} "
            "points",
            exposed,
            "points exposed",
            graded(exposed, 3, 15),
        )


def exchange_over_time(question: Question, name: str) -> tuple[FloatArray, FloatArray]:
    """Return what an actor has given and received in each period, in points against the status quo, shape ``(period,)``.

    Given: what changes on issues that it sets cost it. Received: what changes on issues that others set bring it.
    Linkages count as received or given by their sign.
    """
    space, path = question.space, question.values.path
    a = space.actor(name)
    given = np.zeros(len(path.phase_of))
    received = np.zeros(len(path.phase_of))
    assert space.status_quo is not None  # callers have changes, hence a status quo
    for i in range(len(space.issues)):
        table = space.points.tables[i][a]
        worth = table[path.in_force[:, i]] - table[space.status_quo[i]]
        if name in question.setters(i):
            given += np.maximum(0.0, -worth)
        else:
            received += np.maximum(0.0, worth)
    periods = min(question.case.horizon, 240)
    over = np.zeros((periods, 2))
    now: FloatArray = np.zeros(len(path.phase_of))
    now[0] = 1.0
    for t in range(periods):
        over[t] = now @ given, now @ received
        now = np.bincount(path.targets, weights=now[path.sources] * path.probabilities, minlength=len(now)).astype(
            np.float64
        )
    return over[:, 0], over[:, 1]


def paid_with_what_is_others(question: Question) -> Iterator[Hit]:
    """E204."""
    for change in question.changes:
        owners = [question.group_of(o) for o in question.owners(change.issue)]
        if any(o in question.consenting for o in owners):
            continue
        setters = [question.group_of(s) for s in question.setters(change.issue)]
        payers = [s for s in setters if s in question.consenting and s not in owners]
        if not payers:
            # The owner acts, but at the bidding of those in the room.
            payers = sorted(question.consenting)
        worth = question.contribution(change)
        cost = sum(max(0.0, -float(worth[question.space.actor(o)])) for o in set(owners) if o in question.space.actors)
        yield Hit(
            change.path,
            f"{listed([question.title(p) for p in payers])} would pay with what belongs to "
            f"{listed([question.title(o) for o in question.owners(change.issue)])}, who does not sign: "
            f"{question.says(change.issue, change.option)} (worth {cost:.1f} points to the owner)",
            cost,
            "points lost by the owner",
        )


def dominated_package(question: Question) -> Iterator[Hit]:
    """E205."""
    parties = [question.space.actor(p) for p in question.case.signatories(question.plan)]
    if len(parties) < 2:
        return
    better = better_for_all(question.space, parties, question.values.long_run)
    if better is None:
        return
    gains = question.space.values(better)[:, 0] - question.values.long_run
    joint = float(gains[parties].sum())
    if joint < 0.5:
        return
    changed = [
        question.says(i, int(o))
        for i, o in enumerate(better)
        if int(o) not in {int(p[i]) for p in question.values.packages}
    ]
    yield Hit(
        (*question.path, "phases"),
        f"another package would leave no signatory worse off and bring them {joint:.1f} points more together: "
        f"{'; '.join(changed)}",
        joint,
        "points left on the table",
        graded(joint, 3, 20),
    )


def below_walk_away(question: Question) -> Iterator[Hit]:
    """E206."""
    space = question.space
    for name in question.case.signatories(question.plan):
        a = space.actor(name)
        short = float(space.walk_away[a] - question.values.long_run[a])
        if short <= 1e-9:
            continue
        share = float((question.drawn[:, a] < question.draws.walk_away[:, a]).mean())
        yield Hit(
            question.seat_path(name),
            f"{question.title(name)} would sign for {short:.1f} points less than it has without an agreement (in {share:.0%} "
            "of draws)",
            short,
            "points",
            graded(short, 1, 5),
        )


def red_line_crossed(question: Question) -> Iterator[Hit]:
    """E207."""
    space, path = question.space, question.values.path
    for a, name in enumerate(space.actors):
        for k, mask in enumerate(space.bounds.red_lines[a]):
            crossed = holds(mask, path.in_force)
            if not crossed.any():
                continue
            if space.status_quo is not None and holds(mask, space.status_quo[None, :])[0]:
                continue
            first = int(np.argmax(crossed))
            share = float(path.long_run[crossed].sum())
            line = question.case.actors[name].red_lines[k]
            where = question.case.place("actors", name, "red_lines", k).line
            phase = path.phases[int(path.phase_of[first])]
            yield Hit(
                (*question.path, "phases", phase),
                f"the plan crosses a red line of {question.title(name)} ({line.name or f'line {where} of the file'}) from phase "
                f"'{question.case.title_of('plans', question.name, phase)}', for {share:.0%} of the time in the long run",
                100 * share,
                "percent of the time",
                "error" if name in question.consenting else "warning",
            )


def gift_without_return(question: Question) -> Iterator[Hit]:
    """E208."""
    changes = question.changes
    worth = {c: question.contribution(c) for c in changes}
    order = {phase: i for i, phase in enumerate(dict.fromkeys(c.phase for c in changes))}
    for change in changes:
        givers = {question.group_of(g) for g in (*question.setters(change.issue), *question.owners(change.issue))}
        givers &= set(question.space.actors)
        cost = max((-float(worth[change][question.space.actor(g)]) for g in givers), default=0.0)
        takers = [
            a for a, name in enumerate(question.space.actors) if name not in givers and float(worth[change][a]) > 0.25
        ]
        if cost <= 0.25 or not takers or question.case.issues[question.space.issues[change.issue]].humanitarian:
            continue
        loser = min(givers, key=lambda g: float(worth[change][question.space.actor(g)]))
        a = question.space.actor(loser)
        returned = sum(
            max(0.0, float(worth[c][a]))
            for c in changes
            if order[c.phase] <= order[change.phase]
            and {question.group_of(s) for s in question.setters(c.issue)} & {question.space.actors[t] for t in takers}
        )
        if returned >= 0.25 * cost or _taken_back(question, change):
            continue
        yield Hit(
            change.path,
            f"{question.says(change.issue, change.option)} costs {question.title(loser)} {cost:.1f} points and serves "
            f"{listed([question.title(question.space.actors[t]) for t in takers])}; by then {returned:.1f} points come back",
            cost,
            "points",
            graded(cost, 1, 8),
        )


def _taken_back(question: Question, change: Change) -> bool:
    """Tell whether a trigger takes the concession back when it is not returned: then it tests the other side."""
    names = list(question.plan.phases)
    key = question.space.issues[change.issue]
    issue = question.case.issues[key]
    option = question.space.options[change.issue][change.option]
    for name, phase in question.plan.phases.items():
        k = names.index(name)
        if int(question.values.path.packages[k, change.issue]) != change.option:
            continue
        for trigger in phase.on:
            target = int(question.values.path.packages[names.index(trigger.go), change.issue])
            if target != change.option and issue.may_follow(option, question.space.options[change.issue][target]):
                return True
    return False


def later_power(question: Question) -> Iterator[Hit]:
    """E209."""
    from fractions import Fraction

    from halfway.space.preferences import mean_of, read_wants, walk_away_value

    space, case = question.space, question.case
    for name, phase in question.plan.phases.items():
        if phase.shifts is None:
            continue
        anchor = None if space.status_quo is None else space.package(phase.shifts.status_quo, space.status_quo)
        package = None if anchor is None else tuple(int(x) for x in anchor)
        for a, actor in enumerate(space.actors):
            if actor in space.ordinal:
                continue
            shifted = phase.shifts.walk_away.get(actor)
            if shifted is None and not phase.shifts.status_quo:
                continue
            wants = read_wants(case, case.actors[actor], mean_of, ("actors", actor))
            walk_away = shifted or case.actors[actor].walk_away
            new = float(Fraction(walk_away_value(case, actor, wants, walk_away, package, mean_of, ("actors", actor))))
            gain = new - float(space.walk_away[a])
            if gain <= 0.5:
                continue
            yield Hit(
                (*question.path, "phases", name, "shifts"),
                f"phase '{case.title_of('plans', question.name, name)}' improves what {question.title(actor)} has without an "
                f"agreement by {gain:.1f} points before it has given anything",
                gain,
                "points of walk-away",
                graded(gain, 2, 10),
            )


RULES = (
    Rule(
        "E201",
        "one-sided movement",
        "warning",
        "An exchange in which one side goes most of the way and the other stands still invites the next demand.",
        "ask the side that stands still for movement, or say openly that it is a surrender",
        one_sided_movement,
    ),
    Rule(
        "E202",
        "irreversible for reversible",
        "warning",
        "What cannot be taken back is no lever once given. Land for peace is of this shape too, and held where a third "
        "party answered for it (Egypt and Israel, 1979).",
        "name a guarantor who is not bound, or give it last",
        irreversible_for_reversible,
    ),
    Rule(
        "E203",
        "front-loaded exposure",
        "warning",
        "The worst moment is where a plan is betrayed: when one side has given and not yet received.",
        "interleave the steps so that no one is ahead by much",
        front_loaded,
    ),
    Rule(
        "E204",
        "paid with what is others'",
        "error",
        "A concession at the cost of someone who does not sign costs the giver nothing and binds the loser to nothing.",
        "pay with one's own, or bring in the owner and its price",
        paid_with_what_is_others,
    ),
    Rule(
        "E205",
        "dominated package",
        "warning",
        "An agreement that all signatories would exchange for another leaves value on the table (Raiffa 1982).",
        "start from the better package shown",
        dominated_package,
    ),
    Rule(
        "E206",
        "below walk-away",
        "error",
        "No one keeps what is worth less to them than no agreement (Fisher and Ury 1981).",
        "give this party more, or check its walk-away",
        below_walk_away,
    ),
    Rule(
        "E207",
        "red line crossed",
        "error",
        "A line that an actor says it never accepts is crossed at the plan's peril.",
        "change the package, or find out whether the line is meant",
        red_line_crossed,
        ordinal=True,
    ),
    Rule(
        "E208",
        "gift without return",
        "warning",
        "A concession that asks for nothing teaches that nothing need be given. Small gifts that are taken back unless "
        "returned are another matter: they tell types apart (Osgood 1962; Kydd 2005).",
        "tie it to a step of those whom it serves, or make it lapse unless returned",
        gift_without_return,
    ),
    Rule(
        "E209",
        "concession that shifts later power",
        "warning",
        "Who grows stronger by what is conceded cannot promise not to use it (Fearon 1996; Powell 2006).",
        "give it in return for something of the same kind, or after performance",
        later_power,
    ),
)
