"""Figures for the rules of the audit on commitment: each says where in the plan, who, and how much."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from halfway.audit.levels import BITE, CAUGHT, LET_OFF, RAISED, WORTH
from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.game.payoffs import Priced
from halfway.conduct.game.solver import one_shot_gains
from halfway.conduct.thresholds.thresholds import sticks
from halfway.conduct.verdicts.enforcement import deciding, renegotiation
from halfway.errors import Refusal
from halfway.space.arrays import FloatArray
from halfway.space.plan.signals import issues_watched


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes
    ----------
    phase : str
    trigger : int or None
        Its number in the phase.
    actor : str
    kind : str or None
        Its type.
    value : float
    other : float
        A second figure, where there is one.
    text : str
        Issues, options or phases concerned, in labels.
    issues : frozenset of int
        Those on which something is done.
    """

    phase: str
    trigger: int | None
    actor: str
    kind: str | None
    value: float
    other: float = 0.0
    text: str = ""
    issues: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Look:
    """What an actor can do in one situation: gains, chances of each trigger, what follows."""

    phase: int
    gains: FloatArray
    raised: FloatArray
    chances: FloatArray
    picks: tuple[dict[int, int], ...]
    states: tuple[int, ...]
    situation: int
    priced: Priced
    losses: FloatArray


def looks(whole: Study, actor: str, kind: str | None, *, kept: bool) -> Iterator[Look]:
    """Go through the situations that an actor can come to (`kept`: while the plan has been kept so far).

    ``raised`` and ``chances`` have shape ``(move, trigger)``, ``losses`` (the most that any other actor loses by a
    move, a period) and ``gains`` shape ``(move,)``.
    """
    number = whole.space.actor(actor)
    known = whole.kept.automaton.number
    for priced in whole.reached(actor, kind):
        automaton = priced.automaton
        for n, (shape, situation) in enumerate(zip(automaton.situations, priced.game.situations, strict=True)):
            moves = situation.moves.get(number)
            states = tuple(int(s) for s in situation.states if not kept or automaton.states[int(s)] in known)
            if moves is None or not states:
                continue
            triggers = len(automaton.rules.phases[shape.phase].go)
            chances = np.zeros((len(moves.points), triggers))
            for o, (event, *_) in enumerate(shape.outcomes):
                if event < triggers:
                    chances[:, event] += moves.chances[:, o]
            others = np.delete(moves.points, number, axis=1)
            yield Look(
                shape.phase,
                moves.points[:, number] - moves.points[0, number],
                chances - chances[:1],
                chances,
                priced.chosen[n][number].picks,
                states,
                n,
                priced,
                (others[:1] - others).max(axis=1) if others.shape[1] else np.zeros(len(moves.points)),
            )


def said(whole: Study, picks: dict[int, int]) -> str:
    """Say which options are picked."""
    case, space = whole.case, whole.space
    return ", ".join(
        f"{case.title_of('issues', space.issues[i])}: {case.title_of('issues', space.issues[i], space.options[i][o])}"
        for i, o in picks.items()
    )


def dead_triggers(whole: Study) -> list[Figure]:
    """Return the triggers that no option of anyone can set off."""
    names = whole.rules.phase_names
    return [
        Figure(names[p], k, "", None, 0.0)
        for p, rules in enumerate(whole.rules.phases)
        for k in range(len(rules.go))
        if k not in whole.rules.can_match(p)
    ]


def answered(whole: Study) -> Iterator[Figure]:
    """Go through the triggers that answer an actor's breach with a penal phase.

    Yields
    ------
    Figure
        The value is what the answer costs the actor, the least over the kept states, in points of the discounted
        average, while the plan is kept from there on; other, the same when it takes its best course afterwards.
    """
    names, penal = whole.rules.phase_names, sticks(whole)
    for actor, kind in deciding(whole):
        number = whole.space.actor(actor)
        best: dict[tuple[int, int], Figure] = {}
        for look in looks(whole, actor, kind, kept=True):
            priced = look.priced
            shape, situation = priced.automaton.situations[look.situation], priced.game.situations[look.situation]
            values = whole.after(actor, kind, priced)
            kept = whole.kept_values(actor, kind, priced)[number]
            rows = np.isin(situation.states, look.states)
            for k, target in enumerate(whole.rules.phases[look.phase].go):
                ends = [o for o, (event, *_) in enumerate(shape.outcomes) if event == k]
                if target not in penal or not ends:
                    continue
                for m in np.flatnonzero(look.raised[:, k] >= CAUGHT):
                    after = situation.follow[rows][:, [o for o in ends if situation.moves[number].chances[m, o] > 0]]
                    bites = kept[situation.states[rows]][:, None] - kept[after]
                    at = np.unravel_index(int(bites.argmin()), bites.shape)
                    key, bite = (look.phase, k), float(bites[at])
                    if key not in best or bite < best[key].value:
                        course = float(kept[situation.states[rows][at[0]]] - values[after[at]])
                        text = said(whole, look.picks[m])
                        done = frozenset(look.picks[m])
                        best[key] = Figure(names[look.phase], k, actor, kind, bite, course, text, done)
        yield from best.values()


def own_part(whole: Study, answer: Figure) -> tuple[str, float, float] | None:
    """Return who pays most for carrying out an answer, what its own part costs it, and what that costs the target.

    A holder's own part is what it does otherwise in the penal phase on issues that the target has no hand in, save steps
    that a kept plan would come to anyway, with the payments that it then no longer makes. Both costs are in points a
    period, one holder at a time, against what the phase before prescribes. None where no other signatory has a part.
    """
    assert answer.trigger is not None  # answers are triggers
    here = whole.rules.phase_names.index(answer.phase)
    there = whole.rules.phases[here].go[answer.trigger]
    before = np.array(whole.rules.phases[here].package, dtype=np.int64)
    target = whole.space.actor(answer.actor)
    points = whole.utilities(answer.actor, answer.kind)
    to_come = _then(whole, here)
    found: list[tuple[str, float, float]] = []
    for holder in whole.case.signatories(whole.plan):
        h = whole.space.actor(holder)
        penalty = whole.rules.phases[there].package
        own = [
            i
            for i in whole.rules.sets(h)
            if target not in whole.rules.setters[i]
            and all(whole.rules.phases[p].package[i] != penalty[i] for p in to_come)
        ]
        after = before.copy()
        after[own] = np.array(penalty, dtype=np.int64)[own]
        saved, missed = _unpaid(whole, holder, answer.actor, here, there)
        if h == target or ((after == before).all() and not saved and not missed):
            continue
        worth = np.asarray(points.of(np.stack([before, after])), dtype=np.float64) * points.unit[:, None]
        found.append(
            (holder, float(worth[h, 0] - worth[h, 1]) - saved, float(worth[target, 0] - worth[target, 1]) + missed)
        )
    return max(found, key=lambda f: f[1] - max(f[2], 0.0), default=None)


def _then(whole: Study, phase: int) -> list[int]:
    """Return the phases that follow one by the clock alone."""
    found: list[int] = []
    while (phase := whole.rules.phases[phase].then) >= 0 and phase not in found:
        found.append(phase)
    return found


def _unpaid(whole: Study, payer: str, receiver: str, here: int, there: int) -> tuple[float, float]:
    """Return what a payer saves, and what a receiver misses, by payments that stop between two phases, a period."""
    names, saved, missed = whole.rules.phase_names, 0.0, 0.0
    for t in whole.plan.transfers:
        if t.from_ == payer and t.phases and names[here] in t.phases and names[there] not in t.phases:
            saved += float(t.amount if t.cost is None else t.cost)
            missed += float(t.amount) if t.to == receiver else 0.0
    return saved, missed


def denial(whole: Study) -> list[Figure]:
    """Return the exits that an actor is given from the penal phases that answer it, while it goes on breaking.

    The value is the chance a period that such an exit, to a phase worth more to the actor, follows an act that costs
    someone else more than `WORTH` points a period; other, that cost.
    """
    penal, names = sticks(whole), whole.rules.phase_names
    best: dict[tuple[int, int, str], Figure] = {}
    for actor, kind in deciding(whole):
        number = whole.space.actor(actor)
        meant = _leads_on(whole, _answers_to(whole, actor) & penal)
        for look in looks(whole, actor, kind, kept=False):
            if look.phase not in meant:
                continue
            exits = [k for k, t in enumerate(whole.rules.phases[look.phase].go) if t not in penal]
            if not exits:
                continue
            kept = whole.kept_values(actor, kind, look.priced)[number]
            shape = look.priced.automaton.situations[look.situation]
            follow = look.priced.game.situations[look.situation].follow
            for k in exits:
                ends = [o for o, (event, *_) in enumerate(shape.outcomes) if event == k]
                if not ends or not (kept[follow[:, ends]] > kept[list(look.states)][:, None]).any():
                    continue
                for m in np.flatnonzero((look.losses > WORTH) & (look.chances[:, k] >= LET_OFF)):
                    key, chance = (look.phase, k, actor), float(look.chances[m, k])
                    if m and (key not in best or chance > best[key].value):
                        best[key] = Figure(
                            names[look.phase], k, actor, kind, chance, float(look.losses[m]), said(whole, look.picks[m])
                        )
    return list(best.values())


def no_way_back(whole: Study) -> list[Figure]:
    """Return what an actor keeps whatever it does, because others gave it for good: value, points a period.

    Asked of those who owe something under the plan: only they can break a promise.
    """
    space, out = whole.space, []
    owing = {*whole.case.signatories(whole.plan), *(a for o in whole.plan.obligations for a in o.by)}
    if space.status_quo is None:
        return []
    names = whole.rules.phase_names
    for a in whole.everyone:
        actor = space.actors[a]
        if actor not in owing:
            continue
        seen: dict[int, tuple[float, str]] = {}
        for n in range(len(whole.kept.automaton.situations)):
            situation = whole.kept.automaton.situations[n]
            package = whole.kept.automaton.packages[situation.row]
            for i, who in enumerate(whole.rules.setters):
                now, before = int(package[i]), int(space.status_quo[i])
                if a in who or now == before or i in seen or _can_return(whole, i, now, before):
                    continue
                gain = float(space.points.tables[i][a, now] - space.points.tables[i][a, before])
                if gain > WORTH:
                    seen[i] = (gain, names[situation.phase])
        if seen:
            text = ", ".join(whole.case.title_of("issues", space.issues[i]) for i in seen)
            first = next(iter(seen.values()))[1]
            out.append(Figure(first, None, actor, None, sum(g for g, _ in seen.values()), text=text))
    return out


def departures_that_pay(whole: Study, actor: str) -> Iterator[float]:
    """Go through the gains, in points a period, that departures from a kept plan bring an actor."""
    for kind in whole.kinds(actor):
        for look in looks(whole, actor, kind, kept=True):
            if look.gains.max() > WORTH:
                yield float(look.gains.max())


def _can_return(whole: Study, issue: int, now: int, before: int) -> bool:
    declared = whole.case.issues[whole.space.issues[issue]]
    options = whole.space.options[issue]
    found, queue = {now}, [now]
    while queue:
        here = queue.pop()
        for o in range(len(options)):
            if o not in found and declared.may_follow(options[here], options[o]):
                found.add(o)
                queue.append(o)
    return before in found


def waited_out(whole: Study) -> list[Figure]:
    """Return trials after which a breach that pays is no longer answered: value, points a period; other, the length."""
    rules, names, out = whole.rules, whole.rules.phase_names, []
    for actor, kind in deciding(whole):
        answers: dict[int, bool] = {}
        gains: dict[int, tuple[float, str, frozenset[int]]] = {}
        for look in looks(whole, actor, kind, kept=True):
            answers[look.phase] = answers.get(look.phase, False) or bool((look.raised > RAISED).any())
            top = int(look.gains.argmax())
            if look.gains[top] > gains.get(look.phase, (WORTH, "", frozenset()))[0]:
                gains[look.phase] = (float(look.gains[top]), said(whole, look.picks[top]), frozenset(look.picks[top]))
        for p, phase in enumerate(rules.phases):
            after = phase.then
            if phase.lasts and after >= 0 and answers.get(p) and after in gains and not answers.get(after, False):
                gain, text, done = gains[after]
                out.append(Figure(names[p], None, actor, kind, gain, float(phase.lasts), text, done))
    return out


def unconditional(whole: Study) -> list[Figure]:
    """Return benefits that one actor's conduct cannot cost it: value, points a period; text, the issue."""
    space, out = whole.space, []
    if space.status_quo is None:
        return []
    final = {whole.kept.automaton.states[s].phase for s in np.flatnonzero(whole.long_run > 1e-9)}
    for actor in whole.case.signatories(whole.plan):
        a = space.actor(actor)
        reach = _answers_to(whole, actor)
        for p in final:
            package = whole.rules.phases[p].package
            for i, who in enumerate(whole.rules.setters):
                declared = whole.case.issues[space.issues[i]]
                before = int(space.status_quo[i])
                if a in who or package[i] == before or declared.humanitarian:
                    continue
                gain = float(space.points.tables[i][a, package[i]] - space.points.tables[i][a, before])
                if gain > BITE and not any(whole.rules.phases[q].package[i] != package[i] for q in reach):
                    text = f"{space.issues[i]}={space.options[i][package[i]]}"
                    out.append(Figure(whole.rules.phase_names[p], None, actor, None, gain, text=text))
    return out


def _answers_to(whole: Study, actor: str) -> set[int]:
    """Return the phases to which an actor's departure from a kept plan leads more often than keeping does."""
    out = set()
    for kind in whole.kinds(actor):
        for look in looks(whole, actor, kind, kept=True):
            out |= {whole.rules.phases[look.phase].go[k] for k in np.flatnonzero((look.raised > RAISED).any(axis=0))}
    return out


def dead_ends(whole: Study) -> list[Figure]:
    """Return phases without an exit in which departing pays someone: value, points a period."""
    names = whole.rules.phase_names
    best: dict[int, Figure] = {}
    for actor, kind in deciding(whole):
        number = whole.space.actor(actor)
        for priced in whole.reached(actor, kind):
            kept = whole.kept_values(actor, kind, priced)[number]
            discount = whole.patience(actor, kind)
            gains, moves = one_shot_gains(priced.game, number, discount, kept)
            for s in np.flatnonzero(gains):
                phase = priced.automaton.states[s].phase
                rules = whole.rules.phases[phase]
                if rules.lasts or any(k in whole.rules.can_match(phase) for k in range(len(rules.go))):
                    continue
                value = float(gains[s]) / (1 - discount)
                if value > best.get(phase, Figure("", None, "", None, WORTH)).value:
                    picks, _ = priced.move(number, int(s), int(moves[s]))
                    best[phase] = Figure(
                        names[phase], None, actor, kind, value, text=said(whole, picks), issues=frozenset(picks)
                    )
    return list(best.values())


def evadable(whole: Study) -> list[Figure]:
    """Return triggers that are set off by one act and evaded by another that pays: value, points a period.

    The other act concerns issues that the trigger watches, by itself pays more than `WORTH` and costs some other actor as
    much, and raises the chance of no trigger by more than `RAISED`. What would be done elsewhere at the same time is
    named beside it and does not count.
    """
    names = whole.rules.phase_names
    best: dict[tuple[int, int, str], Figure] = {}
    for actor, kind in deciding(whole):
        for look in looks(whole, actor, kind, kept=True):
            for k in range(look.raised.shape[1]):
                watched = issues_watched(whole.space, whole.plan.phases[names[look.phase]].on[k].when)
                caught = np.flatnonzero(look.raised[:, k] >= CAUGHT)
                issues = {i for m in caught for i in look.picks[m] if i in watched}
                for m in range(1, len(look.gains)):
                    quiet = bool((look.raised[m] <= RAISED).all())
                    concerned = {i: o for i, o in look.picks[m].items() if i in issues}
                    if not quiet or not concerned:
                        continue
                    gain, loss = _by_itself(whole, look, actor, kind, m, frozenset(concerned))
                    if gain > WORTH and loss > WORTH:
                        key = (look.phase, k, actor)
                        if key not in best or gain > best[key].value:
                            rest = {i: o for i, o in look.picks[m].items() if i not in concerned}
                            text = said(whole, concerned) + (f" (beside {said(whole, rest)})" if rest else "")
                            best[key] = Figure(names[look.phase], k, actor, kind, gain, float(look.raised[m, k]), text)
    return list(best.values())


def _by_itself(
    whole: Study, look: Look, actor: str, kind: str | None, move: int, issues: frozenset[int]
) -> tuple[float, float]:
    """Return what a move's picks on some issues alone bring the actor in a period, and the most they cost another.

    What breaking costs the actor is taken off as the move with all its picks is charged.
    """
    number, kept = whole.space.actor(actor), look.priced.automaton.packages[look.situation]
    moved = look.priced.chosen[look.situation][number].packages[move]
    alone = kept.copy()
    for i in issues:
        alone[i] = moved[i]
    utilities = whole.utilities(actor, kind)
    worth = np.asarray(utilities.of(np.array([kept, alone, moved])), dtype=np.float64) * utilities.unit[:, None]
    change = worth[:, 1] - worth[:, 0]
    charged = worth[number, 2] - worth[number, 0] - look.gains[move] if look.priced.charged is not None else 0.0
    others = (-change[a] for a in range(len(change)) if a != number)
    return float(change[number] - charged), float(max(others, default=0.0))


def forgiving(whole: Study) -> list[Figure]:
    """Return penal phases that all parties would rather leave: value, what the least of them gains by it."""
    penal = {whole.rules.phase_names[p] for p in sticks(whole)}
    try:
        preferred = renegotiation(whole)
    except Refusal:
        return []
    return [
        Figure(r.phase, None, "", None, min(r.gains.values()), text=r.rather)
        for r in preferred
        if r.phase in penal and r.rather not in penal
    ]


def _leads_on(whole: Study, phases: set[int] | frozenset[int]) -> set[int]:
    """Return some penal phases with those that they lead to."""
    penal, found, queue = sticks(whole), set[int](), list(phases)
    while queue:
        phase = queue.pop()
        if phase in penal and phase not in found:
            found.add(phase)
            queue += [*whole.rules.phases[phase].go, whole.rules.phases[phase].then]
    return found


def seen_chance(whole: Study, actor: str, does: dict[int, int]) -> float | None:
    """Return how surely the worst of an actor's ways not to do something would show, 0 to 1.

    For each issue that it sets, the distance in total variation between the signals of what is promised and of each
    other option that would pay it; the least of all. None where no other option would pay it. Where signals depend on other
    issues, as they are seen in the phases that prescribe what is promised, before any event.
    """
    number, least = whole.space.actor(actor), None
    packages = [list(p.package) for p in whole.rules.phases]
    for i, promised in does.items():
        if number not in whole.rules.setters[i]:
            continue
        table = whole.space.points.tables[i][number]
        for o in range(len(table)):
            if o != promised and table[o] > table[promised]:
                rows = whole.rules.observed[i]
                for package in [p for p in packages if p[i] == promised] or packages[:1]:
                    seen = [_row(whole, i, option, package) for option in (o, promised)]
                    distance = float(np.abs(rows[seen[0]] - rows[seen[1]]).sum() / 2)
                    least = distance if least is None else min(least, distance)
    return least


def _row(whole: Study, issue: int, option: int, package: list[int]) -> int:
    """Return which row says what is seen of an option, all else as a package has it."""
    return whole.rules.row(issue, option, dict(enumerate(package)) | {issue: option}, whole.rules.world)
