"""The semantics of a plan, played naively: labels and dictionaries, every pick and every signal written out."""

from __future__ import annotations

from itertools import product

import numpy as np

from halfway.case.case import Case
from halfway.case.truth import violated
from halfway.space.utilities.space import compile_space
from tests.conduct.signals import matches, shown_on


class Naive:
    """One plan of a case. A state is (phase, left, current, undos, used, status quo, gravities)."""

    def __init__(self, case: Case, plan: str) -> None:
        self.case, self.space = case, compile_space(case)
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

    def length(self, phase):
        lasts = self.plan.phases[phase].lasts
        return lasts.periods(self.case.period) if lasts else 0

    def start(self):
        quo = tuple(sorted((self.case.status_quo or self.packages[self.plan.first]).items()))
        first = self.plan.first
        return (first, self.length(first), quo, (), (), quo, ())

    def picks(self, state, actor):
        """Every way in which an actor can pick, the kept one first; all others keep."""
        phase, _, _, _, _, quo, _ = state
        kept = dict(self.packages[phase])
        choices = []
        own = [i for i in self.issues if actor in self.setters[i]]
        for i in own:
            if len(self.setters[i]) == 1:
                choices.append(list(self.case.issues[i].options))
            else:
                choices.append([kept[i], dict(quo)[i]])
        broken = set(violated(self.case, self.in_force(state, kept)[0]))
        out = [kept]
        for combination in product(*choices):
            picked = {**kept, **dict(zip(own, combination, strict=True))}
            if picked not in out and not set(violated(self.case, self.in_force(state, picked)[0])) - broken:
                out.append(picked)
        return out

    def in_force(self, state, picked):
        """What picks put in force, and the undos under way afterwards (periods the old option has left)."""
        _, _, current, undos, _, _, _ = state
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
        phase, left, _, _, used, quo, gravities = state
        now, waiting = self.in_force(state, picked)
        here = self.plan.phases[phase]
        numbers = np.array([self.space.options[k].index(now[i]) for k, i in enumerate(self.issues)])
        prescribed = self.space.package(self.packages[phase])
        found = []
        for combination in product(
            *(shown_on(self.space, k, int(numbers[k]), prescribed) for k in range(len(numbers)))
        ):
            chance = float(np.prod([one.probability for one in combination]))
            seen = dict(zip(self.issues, combination, strict=True))
            target, new_left, new_used = phase, max(left - 1, 0), used
            for trigger in here.on:
                if matches(trigger.when, seen, dict(gravities), self.setters):
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
            found.append(
                (chance, seen, (target, new_left, tuple(sorted(now.items())), waiting, new_used, new_quo, shown))
            )
        return now, found

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


def value(moves, actor, policy, discount):
    """The discounted average of a stationary policy from each state."""
    n = len(moves)
    chain, points = np.zeros((n, n)), np.zeros(n)
    for s, m in enumerate(policy):
        points[s] = moves[s][m][0][actor]
        for t, p in moves[s][m][1].items():
            chain[s, t] += p
    return np.linalg.solve(np.eye(n) - discount * chain, (1 - discount) * points)


def iterated(moves, actor, discount, rounds=3000):
    """The best value from each state, by iterating values."""
    v = np.zeros(len(moves))
    for _ in range(rounds):
        new = np.array(
            [
                max(
                    (1 - discount) * u[actor] + discount * sum(p * v[t] for t, p in chances.items())
                    for u, chances in here
                )
                for here in moves
            ]
        )
        if np.abs(new - v).max() < 1e-12:
            break
        v = new
    return v
