"""The semantics of a plan, played naively: labels and dictionaries, every pick and every signal written out."""

from __future__ import annotations

from itertools import product

import numpy as np

from halfway.case.case import Case
from halfway.case.time import periods_from
from halfway.case.truth import violated
from halfway.space.utilities.space import compile_space
from tests.conduct.signals import matches, shown_on


class Naive:
    """One plan of a case. A state is (phase, left, current, undos, used, status quo, gravities, world).

    With `kind`, one actor is taken as one of its types: then it moves only while no event puts another in its place.
    """

    def __init__(self, case: Case, plan: str, actor: str | None = None, kind: str | None = None) -> None:
        self.case, self.space = case, compile_space(case, {actor: kind} if kind else None)
        self.actor, self.kind = actor, kind
        self.plan = case.plans[plan]
        self.issues = list(case.issues)
        self.packages = {}
        queue = [(self.plan.first, dict(case.status_quo or {}))]
        while queue:
            name, before = queue.pop()
            if name in self.packages:
                continue
            phase = self.plan.phases[name]
            self.packages[name] = {**before, **phase.package}
            follow = [t.go for t in phase.on] + ([phase.then] if phase.then else [])
            if phase.resets and phase.resets.terms:
                follow.append(phase.resets.terms)
            queue += [(f, self.packages[name]) for f in follow]
        self.setters = {i: issue.set_by for i, issue in case.issues.items()}
        self.outside, self.seen = Outside(case), {}

    def length(self, phase):
        lasts = self.plan.phases[phase].lasts
        return lasts.periods(self.case.period) if lasts else 0

    def start(self):
        quo = tuple(sorted((self.case.status_quo or self.packages[self.plan.first]).items()))
        first = self.plan.first
        return (first, self.length(first), quo, (), (), quo, (), self.outside.start())

    def asked(self, state, actor):
        """What an actor is to pick: what the phase prescribes, unless it reacts to something."""
        wanted = dict(self.packages[state[0]])
        for reaction in reversed(self.outside.running(state[7])):
            if reaction.by == actor:
                wanted.update(reaction.does)
        return wanted

    def fallback(self, state):
        """What joint issues fall back to."""
        quo = dict(state[5])
        for event in reversed(self.outside.in_force(state[7])):
            quo.update(self.case.events[event].changes.status_quo)
        return quo

    def laid(self, state, picks):
        """What comes of everyone's picks, issue by issue."""
        out, quo, wanted = {}, self.fallback(state), self.packages[state[0]]
        for i in self.issues:
            made = [picks[a][i] for a in self.setters[i]]
            if len(made) == 1 or all(o == wanted[i] for o in made):
                out[i] = made[0]
            else:
                out[i] = next((o for o in self.case.issues[i].any_can if o in made), quo[i])
        return out

    def kept(self, state):
        """What comes about when everyone does as asked."""
        return self.laid(state, {a: self.asked(state, a) for a in self.case.actors})

    def acts(self, state, actor):
        """Whether the type that an actor is taken as acts for it."""
        if actor != self.actor or self.kind is None:
            return True
        for event in self.outside.in_force(state[7]):
            if actor in self.case.events[event].changes.type:
                return self.case.events[event].changes.type[actor] == self.kind
        return float(self.case.actors[actor].types[self.kind].prior) > 0

    def picks(self, state, actor):
        """What comes of every way in which an actor can pick, the kept one first; all others keep."""
        asked = {a: self.asked(state, a) for a in self.case.actors}
        kept = self.laid(state, asked)
        out = [kept]
        if not self.acts(state, actor):
            return out
        own = [i for i in self.issues if actor in self.setters[i]]
        broken = set(violated(self.case, self.in_force(state, kept)[0]))
        for combination in product(*(list(self.case.issues[i].options) for i in own)):
            picked = self.laid(state, {**asked, actor: {**asked[actor], **dict(zip(own, combination, strict=True))}})
            if picked not in out and not set(violated(self.case, self.in_force(state, picked)[0])) - broken:
                out.append(picked)
        return out

    def in_force(self, state, picked):
        """What picks put in force, and the undos under way afterwards (periods the old option has left)."""
        _, _, current, undos, _, _, _, _ = state
        now, waiting = dict(current), {}
        for i, pick in picked.items():
            issue, old = self.case.issues[i], dict(current)[i]
            under_way = {k: (target, left) for k, target, left in undos}.get(i)
            if pick == old or not issue.may_follow(old, pick):
                continue
            left = under_way[1] - 1 if under_way and under_way[0] == pick else issue.lag(old, pick, self.case.period)
            if left > 0:
                waiting[i] = (pick, left)
            else:
                now[i] = pick
        return now, tuple(sorted((i, t, n) for i, (t, n) in waiting.items()))

    def step(self, state, picked):
        """The package in force, and the states that follow with their chances."""
        now, outcomes = self.outcomes(state, picked)
        found = {}
        for chance, _, following in outcomes:
            found[following] = found.get(following, 0.0) + chance
        return now, found

    def outcomes(self, state, picked):
        """The package in force, and for every set of signals its chance, the signals, and the state that follows."""
        phase, left, _, _, used, quo, gravities, world = state
        events = self.outside.in_force(world)
        now, waiting = self.in_force(state, picked)
        here = self.plan.phases[phase]
        numbers = np.array([self.space.options[k].index(now[i]) for k, i in enumerate(self.issues)])
        prescribed = self.space.package(self.packages[phase])
        found = []
        for combination in product(
            *(self.shown(k, int(numbers[k]), prescribed, now, tuple(events)) for k in range(len(numbers)))
        ):
            chance = float(np.prod([one.probability for one in combination]))
            seen = dict(zip(self.issues, combination, strict=True))
            target, new_left, new_used = phase, max(left - 1, 0), used
            for trigger in here.on:
                if matches(trigger.when, seen, dict(gravities), self.setters, events):
                    target, new_left = trigger.go, self.length(trigger.go)
                    break
            else:
                if left == 1:
                    count = dict(used).get(phase, 0)
                    limit = here.resets.max if here.resets else None
                    if limit is not None and count >= limit:
                        new_left = 0
                    else:
                        target = (here.resets.terms if here.resets else None) or here.then
                        new_left = self.length(target)
                        if limit is not None:
                            new_used = tuple(sorted({**dict(used), phase: count + 1}.items()))
            new_quo = quo
            if target != phase and here.shifts:
                new_quo = tuple(sorted({**dict(quo), **here.shifts.status_quo}.items()))
            shown = tuple(sorted((i, one.gravity) for i, one in seen.items()))
            for p, after in self.outside.after(world, seen, dict(gravities), self.setters):
                following = (target, new_left, tuple(sorted(now.items())), waiting, new_used, new_quo, shown, after)
                found.append((chance * p, seen, following))
        return now, found

    def shown(self, issue, option, prescribed, now, events):
        """What may be seen on an issue, worked out once."""
        key = (issue, option, prescribed.tobytes(), tuple(now.values()), events)
        if key not in self.seen:
            self.seen[key] = shown_on(self.space, issue, option, prescribed, now, events)
        return self.seen[key]

    def worth(self, phase, package):
        points = self.space.values(self.space.package(package))[:, 0].copy()
        for t in self.plan.transfers:
            if not t.phases or phase in t.phases:
                points[self.space.actor(t.to)] += float(t.amount)
                points[self.space.actor(t.from_)] -= float(t.cost or t.amount)
        return points

    def table(self, actor, most=400):
        """All states that one actor's conduct reaches: for each, its moves as (points, chances over states)."""
        order, number = [self.start()], {self.start(): 0}
        moves = []
        for state in order:
            if len(order) > most:
                return None
            here = []
            for picked in self.picks(state, actor):
                package, found = self.step(state, picked)
                for following in found:
                    if following not in number:
                        number[following] = len(order)
                        order.append(following)
                here.append((self.worth(state[0], package), {number[f]: p for f, p in found.items()}))
            moves.append(here)
        return moves


class Outside:
    """What no text says: reactions and events, with where each of them stands in words and counts."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def periods(self, length):
        return length.periods(self.case.period) if length is not None else 1

    def start(self):
        out = [("idle", 0)] * len(self.case.reactions)
        for event in self.case.events.values():
            if event.at is None:
                out.append(("off", 0))
            elif isinstance(event.at, str):
                out.append(("before", periods_from(self.case.date, event.at, self.case.period)))
            else:
                out.append(("before", event.at.periods(self.case.period)))
        return tuple(out)

    def running(self, world):
        return [r for r, (word, _) in zip(self.case.reactions, world, strict=False) if word == "running"]

    def in_force(self, world):
        events = world[len(self.case.reactions) :]
        return [name for name, (word, _) in zip(self.case.events, events, strict=True) if word == "on"]

    def after(self, world, seen, before, setters):
        """Where all of them may stand in the next period, with chances."""
        events, ways = self.in_force(world), []
        for reaction, status in zip(self.case.reactions, world, strict=False):
            fired = matches(reaction.to, seen, before, setters, events)
            ways.append(self.reaction_after(reaction, status, fired))
        for event, status in zip(self.case.events.values(), world[len(self.case.reactions) :], strict=True):
            ways.append(self.event_after(event, status))
        out = {}
        for combination in product(*ways):
            chance = float(np.prod([p for p, _ in combination]))
            if chance:
                following = tuple(s for _, s in combination)
                out[following] = out.get(following, 0.0) + chance
        return [(p, w) for w, p in out.items()]

    def reaction_after(self, reaction, status, fired):
        word, count = status
        kind = reaction.lasts.kind
        runs = ("running", self.periods(reaction.lasts.length) if kind == "fixed" else 0)
        ended = ("spent", 0) if fired else ("idle", 0)
        if word == "idle" and fired:
            chance = 1.0 if reaction.probability is None else float(reaction.probability)
            delay = reaction.after.periods(self.case.period)
            return [(chance, ("waiting", delay) if delay else runs), (1 - chance, ("spent", 0))]
        if word in ("idle", "spent"):
            return [(1.0, ended)]
        if word == "waiting":
            if kind == "while_seen" and not fired:
                return [(1.0, ("idle", 0))]
            return [(1.0, ("waiting", count - 1) if count > 1 else runs)]
        if kind == "for_good" or (kind == "while_seen" and fired):
            return [(1.0, status)]
        if kind == "mean":
            ends = 1 / self.periods(reaction.lasts.length)
            return [(ends, ended), (1 - ends, status)]
        if kind == "fixed" and count > 1:
            return [(1.0, ("running", count - 1))]
        return [(1.0, ended)]

    def event_after(self, event, status):
        word, count = status
        kind = event.lasts.kind
        on = ("on", self.periods(event.lasts.length) if kind == "fixed" else 0)
        again = ("over", 0) if event.once or event.at is not None else ("off", 0)
        if word == "over":
            return [(1.0, status)]
        if word == "off":
            chance = event.chance.in_a_period(self.case.period)
            return [(chance, on), (1 - chance, status)]
        if word == "before":
            if count > 1:
                return [(1.0, ("before", count - 1))]
            chance = 1.0 if event.probability is None else float(event.probability)
            return [(chance, on), (1 - chance, ("over", 0))]
        if kind == "for_good":
            return [(1.0, status)]
        if kind == "mean":
            ends = 1 / self.periods(event.lasts.length)
            return [(ends, again), (1 - ends, status)]
        return [(1.0, ("on", count - 1) if count > 1 else again)]


def value(moves, actor, policy, discount):
    """The discounted average of a stationary policy from each state."""
    n = len(moves)
    chain, points = np.zeros((n, n)), np.zeros(n)
    for s, m in enumerate(policy):
        points[s] = moves[s][m][0][actor]
        for t, p in moves[s][m][1].items():
            chain[s, t] += p
    return np.linalg.solve(np.eye(n) - discount * chain, (1 - discount) * points)


def iterated(moves, actor, discount):
    """The best value from each state, by going from policy to policy, each solved outright."""
    policy = [0] * len(moves)
    while True:
        v = value(moves, actor, policy, discount)
        better = False
        for s, here in enumerate(moves):
            worth = [(1 - discount) * u[actor] + discount * sum(p * v[t] for t, p in c.items()) for u, c in here]
            top = int(np.argmax(worth))
            if worth[top] > worth[policy[s]] + 1e-12:
                policy[s], better = top, True
        if not better:
            return v


def idle_moves(naive, state, actor):
    """What comes of not reacting to one or several of the things to which an actor reacts, all else as asked."""
    asked = {a: naive.asked(state, a) for a in naive.case.actors}
    phase = naive.packages[state[0]]
    does = sorted({i for r in naive.outside.running(state[7]) if r.by == actor for i in r.does})
    out = []
    for some in product((False, True), repeat=len(does)):
        own = {**asked[actor], **{i: phase[i] for i, quiet in zip(does, some, strict=True) if quiet}}
        out.append(naive.laid(state, {**asked, actor: own}))
    return out


def jointly(naive, most=300):
    """Every state that arbitrary conduct of everyone can reach; None where they are too many."""
    order, known = [naive.start()], {naive.start()}
    for state in order:
        if len(order) > most:
            return None
        ways = [[(i, a, o) for o in naive.case.issues[i].options] for i in naive.issues for a in naive.setters[i]]
        seen = []
        for combination in product(*ways):
            picks = {a: {} for a in naive.case.actors}
            for i, a, o in combination:
                picks[a][i] = o
            laid = naive.laid(state, picks)
            if laid in seen:
                continue
            seen.append(laid)
            for following in naive.step(state, laid)[1]:
                if following not in known:
                    known.add(following)
                    order.append(following)
    return order


def worst_gain(naive, actor, discount, states):
    """The most that departing for one period pays in any state, over the best of keeping and not reacting."""
    number = {s: n for n, s in enumerate(states)}
    moves = []
    for state in states:
        quiet = idle_moves(naive, state, actor) if naive.acts(state, actor) else []
        here = []
        for k, picked in enumerate(naive.picks(state, actor)):
            package, found = naive.step(state, picked)
            points = naive.worth(state[0], package)[naive.space.actor(actor)]
            here.append((k == 0 or picked in quiet, points, {number[f]: p for f, p in found.items()}))
        moves.append(here)
    kept = value([[((p,), c) for _, p, c in here] for here in moves], 0, [0] * len(moves), discount)
    worst = 0.0
    for here in moves:
        worth = [(q, (1 - discount) * p + discount * sum(x * kept[t] for t, x in c.items())) for q, p, c in here]
        stays = max(w for q, w in worth if q)
        worst = max([worst, *(w - stays for q, w in worth if not q)])
    return worst
