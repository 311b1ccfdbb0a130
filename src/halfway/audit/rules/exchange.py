"""Rules E on what the exchange is worth: movement, exposure, better packages, walk-aways, red lines, later power."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from halfway.audit.finding import Hit
from halfway.audit.question import NOTICED, Question
from halfway.audit.rule import Rule, Threshold
from halfway.audit.rules.verdicts import short_of_walk_away
from halfway.space.arrays import Bounds, FloatArray, IntArray, Mask, holds
from halfway.space.plan.outcomes import reachable
from halfway.space.plan.prescribed import transfers_by_phase
from halfway.words.conditions import listed
from halfway.words.shares import percent


def one_sided_movement(question: Question, rule: Rule) -> Iterator[Hit]:
    """E201."""
    pair = question.case.pair(question.plan)
    if pair is None or not all(question.cardinal(name) for name in pair):
        return
    a, b = (question.space.actor(name) for name in pair)
    first, second = float(question.levels.movement[a, b]), float(question.levels.movement[b, a])
    if np.isnan(first) or np.isnan(second):
        return
    more, less = (a, b) if first > second else (b, a)
    most, least = max(first, second), min(first, second)
    # A step towards the middle from a lopsided status quo is no surrender: the one that moves must also end further off.
    ends_further = float(question.levels.level[more, less]) > float(question.levels.level[less, more])
    if min(most, most - least) < rule.at("one_sided") or not ends_further:
        return
    mover, other = question.title(question.space.actors[more]), question.title(question.space.actors[less])
    how = (
        f"moves {least:.0f} percent towards it"
        if least > 0.5
        else f"moves {-least:.0f} percent further from it"
        if least < -0.5
        else "does not move"
    )
    yield Hit(
        (*question.path, "between"),
        f"{mover} moves {most:.0f} percent of the way towards {other}, which {how}",
        most - least,
        "percentage points between the two movements",
    )


def front_loaded(question: Question, rule: Rule) -> Iterator[Hit]:
    """E203."""
    if question.space.status_quo is None:
        return
    for name in question.signatories:
        if not question.cardinal(name):
            continue
        given, received, for_good = exchange_over_time(question, name)
        all_given, all_received = float(given.max()), float(received.max())
        if all_given <= 1 or all_received <= 1:
            continue
        exposure = given - received
        ahead = given / all_given - received / all_received >= 0.5
        if not ahead.any():
            continue
        worst = int(np.argmax(np.where(ahead, exposure, -np.inf)))
        exposed = float(exposure[worst])
        if exposed <= rule.at("exposed"):
            continue
        # What can be taken back is at risk only until it is; what cannot is lost with the bargain.
        lost = float(for_good[worst] - received[worst])
        yield Hit(
            (*question.path, "phases"),
            f"in {question.case.period} {worst + 1} {question.title(name)} has given {percent(given[worst] / all_given)} of "
            f"what "
            f"it gives and received {percent(received[worst] / all_received)} of what it receives: it is exposed by "
            f"{exposed:.1f} points, {max(0.0, lost):.1f} of them for good",
            exposed,
            "points exposed",
            "error" if lost >= rule.at("for_good") else rule.graded(exposed),
        )


def exchange_over_time(question: Question, name: str) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what an actor has given and received in each period, and what it has given for good, shape ``(period,)``.

    In points against the status quo.

    Given: what changes of the plan cost it, relief apart, and what it pays. Received: what changes that it does not
    make alone bring it, and what it is paid. Linkages count as one or the other by their sign.
    """
    space, path = question.space, question.values.path
    a = space.actor(name)
    assert space.status_quo is not None  # callers look at changes, hence at a status quo
    given = np.zeros(len(path.phase_of))
    received = np.zeros(len(path.phase_of))
    for_good = np.zeros(len(path.phase_of))
    parts = np.zeros(len(path.phase_of))
    for i, key in enumerate(space.issues):
        today = space.options[i][int(space.status_quo[i])]
        worth_of = np.zeros(space.sizes[i])
        for change in question.changes:
            if change.issue == i:
                worth_of[change.option] = question.worth_to(change, name)
        worth = worth_of[path.in_force[:, i]]
        parts += worth
        if not question.case.issues[key].humanitarian:
            given += np.maximum(0.0, -worth)
            stays = np.array([today not in reachable(space, i, o) for o in space.options[i]])
            for_good += np.maximum(0.0, -worth) * stays[path.in_force[:, i]]
        if question.setters(i) != (name,):
            received += np.maximum(0.0, worth)
    together = space.values(path.in_force)[a] - question.today[a] - parts
    paid = transfers_by_phase(space, question.plan)[path.phase_of, a]
    for extra in (np.where(np.abs(together) > NOTICED, together, 0.0), paid):
        given += np.maximum(0.0, -extra)
        received += np.maximum(0.0, extra)
    periods = min(question.case.horizon, 240)
    over = np.zeros((periods, 3))
    now: FloatArray = np.zeros(len(path.phase_of))
    now[0] = 1.0
    for t in range(periods):
        over[t] = now @ given, now @ received, now @ for_good
        now = np.bincount(path.targets, weights=now[path.sources] * path.probabilities, minlength=len(now)).astype(
            np.float64
        )
    return over[:, 0], over[:, 1], over[:, 2]


def dominated_package(question: Question, rule: Rule) -> Iterator[Hit]:
    """E205."""
    parties = [question.space.actor(p) for p in question.signatories]
    if len(parties) < 2 or not all(question.cardinal(p) for p in question.signatories):
        return
    outside = [a for a, n in enumerate(question.space.actors) if a not in parties and question.cardinal(n)]
    for harmless in (True, False):
        found = _better(question, parties, [*parties, *outside] if harmless else parties, rule.at("least"))
        if found is None:
            continue
        package, gains = found
        joint = float(gains[parties].sum())
        losers = [question.title(question.space.actors[a]) for a in outside if gains[a] < -1]
        changed = [
            question.says(i, int(o))
            for i, o in enumerate(package)
            if int(o) not in {int(p[i]) for p in question.values.packages}
        ]
        at_whose_cost = "" if harmless or not losers else f", at the cost of {listed(losers)}, outside the room,"
        yield Hit(
            (*question.path, "phases"),
            f"another package would leave no signatory worse off{' and no one outside either' if harmless and outside else ''}"
            f"{at_whose_cost} and bring the signatories {joint:.1f} points more together: "
            f"{'; '.join(changed) or 'the same options without the interruptions'}",
            joint,
            "points left on the table",
            # What someone outside would pay for is no remedy, only a temptation.
            "note" if losers and not harmless else rule.graded(joint),
        )
        return


def _better(
    question: Question, parties: list[int], floor_for: list[int], least: float
) -> tuple[IntArray, FloatArray] | None:
    """Return a package, within reach of today's, better for the parties and no worse for others named, with all gains."""
    from halfway.settle.solutions.better_for_all import better_for_all

    space = question.space
    masks = tuple(
        Mask((i,), np.array(options, dtype=np.bool_))
        for i, options in enumerate(question.ground.attainable)
        if not all(options)
    )
    within = replace(space, bounds=Bounds((*space.bounds.allowed, *masks), space.bounds.red_lines))
    package = better_for_all(within, floor_for, question.values.long_run)
    if package is None:
        return None
    gains = space.values(package)[:, 0] - question.values.long_run
    return (package, gains) if float(gains[parties].sum()) >= least else None


def below_walk_away(question: Question, rule: Rule) -> Iterator[Hit]:
    """E206."""
    space, at_signing = question.space, short_of_walk_away(question)
    for name in question.signatories:
        if not question.cardinal(name):
            continue
        a = space.actor(name)
        short = float(space.walk_away[a] - question.values.long_run[a])
        if short <= 1e-6 or name in at_signing:
            continue
        share = float((question.drawn[:, a] < question.draws.walk_away[:, a] - 1e-9).mean())
        yield Hit(
            question.seat_path(name),
            f"{question.title(name)} would end {short:.1f} points below what it has without an agreement, though signing "
            f"pays at first (in "
            f"{percent(share)} of draws)",
            short,
            "points",
            rule.graded(short, most="error" if 100 * share >= rule.at("certain") else "warning"),
            about=question.seat(name),
            actor=name,
        )


def red_line_crossed(question: Question, rule: Rule) -> Iterator[Hit]:
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
                question.line_of(line.when, path.in_force[first], phase),
                f"the plan crosses a red line of {question.title(name)} ({line.name or f'line {where} of the file'}) from phase "
                f"'{question.phase_title(phase)}', for {percent(share)} of the time in the long run",
                100 * share,
                "percent of the time",
                rule.graded(100 * share, "" if name in question.consenting else "outside_"),
            )


def later_power(question: Question, rule: Rule) -> Iterator[Hit]:
    """E209."""
    from fractions import Fraction

    from halfway.space.utilities.preferences import mean_of, read_wants, walk_away_value

    space, case = question.space, question.case
    for name, phase in question.plan.phases.items():
        if phase.shifts is None or name not in question.course:
            continue
        anchor = None if space.status_quo is None else space.package(phase.shifts.status_quo, space.status_quo)
        package = None if anchor is None else tuple(int(x) for x in anchor)
        for a, actor in enumerate(space.actors):
            shifted = phase.shifts.walk_away.get(actor)
            if not question.cardinal(actor) or (shifted is None and not phase.shifts.status_quo):
                continue
            wants = read_wants(case, case.actors[actor], mean_of, ("actors", actor))
            walk_away = shifted or case.actors[actor].walk_away
            new = float(Fraction(walk_away_value(case, actor, wants, walk_away, package, mean_of, ("actors", actor))))
            gain = new - float(space.walk_away[a])
            short = new - float(question.values.long_run[a])
            if min(gain, short) <= rule.at("least"):
                continue  # what it has gained by then is still worth less to it than going on
            yield Hit(
                (*question.path, "phases", name, "shifts"),
                f"phase '{question.phase_title(name)}' improves what {question.title(actor)} has without an agreement by "
                f"{gain:.1f} points, to {short:.1f} more than the plan brings it in the long run: from then on it does better "
                "without",
                min(short, gain),
                "points by which the shift makes no agreement better than the plan",
                rule.graded(min(short, gain), "" if actor in question.consenting else "outside_"),
            )


RULES = (
    Rule(
        code="E201",
        name="one-sided movement",
        title="One side moves and the other stands still",
        family="exchange",
        severity="warning",
        figure="percentage points between the two movements",
        reason="An exchange in which one side goes most of the way and the other stands still invites the next demand; "
        "concessions are expected to be matched (Gouldner 1960; Bartos 1974).",
        references=(
            "Gouldner 1960",
            "Bartos 1974",
        ),
        remedy="ask the side that stands still for movement, or say openly that it is a surrender",
        thresholds=(Threshold("one_sided", 30, "percentage points"),),
        per_future=True,
        when="Between the two sides of the headline, one moves at least {one_sided} percent of the way, at least "
        "{one_sided} percentage points more than the other, and ends further from its own ideal.",
        check=one_sided_movement,
    ),
    Rule(
        code="E203",
        name="front-loaded exposure",
        title="Someone gives long before it receives",
        family="exchange",
        severity="warning",
        figure="points exposed",
        reason="The worst moment is where a plan is betrayed: when one side has given and not yet received (on splitting "
        "an exchange into small steps: Schelling 1960).",
        references=("Schelling 1960",),
        remedy="interleave the steps so that no one is ahead by much",
        thresholds=(
            Threshold("exposed", 1, "points"),
            Threshold("warning", 3, "points"),
            Threshold("for_good", 5, "points"),
        ),
        per_future=True,
        when="In some period while everyone keeps the plan, a signatory's share of what it gives is at least half "
        "ahead of its share of what it receives, and it has given more than it received. A note, a warning from "
        "{warning} points; an error where what it has given for good exceeds what it has received by {for_good} "
        "points.",
        check=front_loaded,
    ),
    Rule(
        code="E205",
        name="dominated package",
        title="Another package is better for every signatory",
        family="exchange",
        severity="warning",
        figure="points left on the table",
        reason="An agreement that all signatories would exchange for another leaves value on the table (Raiffa 1982).",
        references=("Raiffa 1982",),
        remedy="start from the better package shown",
        thresholds=(
            Threshold("least", 0.5, "points"),
            Threshold("warning", 5, "points"),
        ),
        per_future=True,
        when="Some package within reach leaves no signatory worse off and brings them at least {least} points more "
        "together: a note, a warning from {warning} points where no one outside loses either. Never an error, "
        "since agreements that left much on the table have held.",
        check=dominated_package,
    ),
    Rule(
        code="E206",
        name="below walk-away",
        title="A signatory ends below what it has without an agreement",
        family="exchange",
        severity="error",
        figure="points",
        reason="No one keeps what is worth less to them than no agreement (Fisher and Ury 1981).",
        references=("Fisher and Ury 1981",),
        remedy="give this party more, or check its walk-away",
        thresholds=(
            Threshold("warning", 1, "points"),
            Threshold("error", 5, "points"),
            Threshold("certain", 80, "percent of draws"),
        ),
        per_future=True,
        when="A signatory's long-run value is below its walk-away though its discounted average is not (that is T106): a "
        "note, a warning from {warning} point, an error "
        "from {error} where it shows in {certain} percent of draws.",
        check=below_walk_away,
    ),
    Rule(
        code="E207",
        name="red line crossed",
        title="The plan crosses a red line",
        family="exchange",
        severity="error",
        figure="percent of the time",
        reason="A line that an actor says it never accepts is crossed at the plan's peril.",
        references=(),
        remedy="change the package, or find out whether the line is meant",
        thresholds=(
            Threshold("warning", 0, "percent of the time"),
            Threshold("error", 50, "percent of the time"),
            Threshold("outside_warning", 1, "percent of the time"),
        ),
        when="A package in force while everyone keeps the plan crosses an actor's red line that the status quo does "
        "not cross. For a signatory a warning, an error where it does so at least {error} percent of the time in "
        "the long run; for others a note, and a warning where it lasts.",
        check=red_line_crossed,
        ordinal=True,
    ),
    Rule(
        code="E209",
        name="concession that shifts later power",
        title="A concession shifts later power",
        family="exchange",
        severity="warning",
        figure="points by which no agreement becomes better than the plan",
        reason="Who grows stronger by what is conceded cannot promise not to use it (Fearon 1996; Powell 2006).",
        references=(
            "Fearon 1996",
            "Powell 2006",
        ),
        remedy="give it in return for something of the same kind, or after performance",
        thresholds=(
            Threshold("least", 0.5, "points"),
            Threshold("warning", 1, "points"),
            Threshold("error", 10, "points"),
            Threshold("outside_warning", 3, "points"),
        ),
        per_future=True,
        when="A phase shifts the facts so that what an actor has without an agreement becomes worth more to it than "
        "the plan. The figure is that excess, as far as the shift makes it. A note, a warning from {warning} "
        "point, an error from {error}; for someone who does not sign, a warning from {outside_warning}.",
        check=later_power,
    ),
)
