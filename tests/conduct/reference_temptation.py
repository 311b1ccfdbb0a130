"""Temptation and keeping worked out naively: labels and dictionaries, every pick and every state written out."""

from __future__ import annotations

from itertools import product

import numpy as np

from halfway.case.conditions import atoms
from halfway.case.issues import rows_in
from halfway.case.truth import violated
from halfway.space.utilities.space import compile_space
from tests.conduct.reference import Naive, idle_moves
from tests.conduct.signals import shown_on

NOTHING = 1e-9


class Slow(Naive):
    """One plan of a case, judged by the words of the definition."""

    def __init__(self, case, plan, material=5.0):
        # What a test may change: patience, further points taken in some phases, a cost of breaking, lengths of phases.
        self.discount, self.penal, self.cost, self.lengths = None, {}, 0.0, {}
        super().__init__(case, plan)
        self.material = material
        self.known = {}
        self.spaces = {
            (a, k): compile_space(case, {a: k} if k else None)
            for a, declared in case.actors.items()
            for k in (list(declared.types) or [None])
        }
        self.quo = dict(case.status_quo or self.packages[self.plan.first])
        self.signed = [a for a, seat in case.seats(self.plan).items() if seat.seat == "party"]
        self.bound = {i for p in self.plan.phases.values() for i in p.package}
        self.bound |= {i for o in self.plan.obligations for i in o.does}
        for phase in self.plan.phases.values():
            for trigger in phase.on:
                self.bound |= self.read_by(trigger.when)

    def read_by(self, condition):
        if hasattr(condition, "parts"):
            return set().union(*(self.read_by(p) for p in condition.parts))
        if hasattr(condition, "part"):
            return self.read_by(condition.part)
        if getattr(condition, "issue", None) is not None:
            return self.with_conditions({condition.issue} & set(self.issues))
        return self.with_conditions({i for i in self.issues if condition.by is None or condition.by in self.setters[i]})

    def with_conditions(self, issues):
        """These issues, and those on which it depends what is seen of them."""
        found = set(issues)
        for i in issues:
            rows = [r for o in self.case.issues[i].options for r in self.case.issues[i].rows_of(o)]
            for event in self.case.events.values():
                for changed in event.changes.observed.get(i, {}).values():
                    rows += rows_in(changed)
            found |= {atom.issue for r in rows if r.when is not None for atom in atoms(r.when)}
        return found

    def breakers(self):
        who = set(self.signed) | {o.by for o in self.plan.obligations}
        return [a for a in self.case.actors if a in who and any(a in self.setters[i] for i in self.bound)]

    def spared(self, actor):
        who = set(self.signed) | {a for o in self.plan.obligations if o.by == actor for a in o.to}
        who |= {a for aim in self.plan.aims for a in aim.for_}
        return sorted(who - {actor})

    def kinds(self, actor):
        return {k: float(t.prior) for k, t in self.case.actors[actor].types.items()} or {None: 1.0}

    def length(self, phase):
        return self.lengths.get(phase) or super().length(phase)

    def patience(self, actor, kind):
        declared = self.case.actors[actor]
        own = declared.types[kind].patience if kind else None
        return (own or declared.discounting).factor(self.case.period)

    def factors(self, actor, kind, states, stated=False):
        """The discount factor from each state to the next, or one for all where no event changes it."""
        base = self.patience(actor, kind) if stated or self.discount is None else self.discount
        if not any(actor in event.changes.patience for event in self.case.events.values()):
            return base
        out = []
        for state, _ in states:
            on = (self.case.events[e].changes.patience.get(actor) for e in self.outside.in_force(state[7]))
            out.append(next((p.factor(self.case.period) for p in on if p is not None), base))
        return np.array(out)

    def points(self, actor, kind, phase, package):
        key = (actor, kind, phase, *package.values())
        if key not in self.known:
            self.known[key] = self._points(actor, kind, phase, package)
        return self.known[key]

    def _points(self, actor, kind, phase, package):
        space = self.spaces[actor, kind]
        a = space.actor(actor)
        total = float(space.values(space.package(package))[a, 0])
        for t in self.plan.transfers:
            if not t.phases or phase in t.phases:
                if t.to == actor:
                    total += float(t.amount)
                if t.from_ == actor:
                    total -= float(t.cost or t.amount)
        return total

    def mean_points(self, actor, phase, package):
        return sum(p * self.points(actor, k, phase, package) for k, p in self.kinds(actor).items())

    def moves(self, actor, most=300):
        """All states that an actor's conduct reaches, each with its picks, packages and what may follow."""
        key = (actor, self.actor, self.kind, tuple(sorted(self.lengths.items())), most)
        if key not in self.known:
            self.known[key] = self._moves(actor, most)
        return self.known[key]

    def _moves(self, actor, most):
        return self.explored(lambda state: self.picks(state, actor), None, most)

    def jointly(self, actor, most=300):
        """The same in all states that everyone's conduct together reaches."""

        def together(state):
            kept = dict(self.packages[state[0]])
            ways = [
                [kept[i], *(o for o in self.case.issues[i].options if o != kept[i])]
                if len(self.setters[i]) == 1
                else [kept[i], dict(state[5])[i]]
                for i in self.issues
            ]
            return [dict(zip(self.issues, combination, strict=True)) for combination in product(*ways)]

        return self.explored(lambda state: self.picks(state, actor), together, most)

    def explored(self, own, all_ways, most):
        order, number, found = [self.start()], {self.start(): 0}, []
        for state in order:
            if len(order) > most:
                return None
            here = [(picked, *self.step(state, picked)) for picked in own(state)]
            more = [] if all_ways is None else [self.step(state, picked)[1] for picked in all_ways(state)]
            for after in (*(m[2] for m in here), *more):
                for following in after:
                    if following not in number:
                        number[following] = len(order)
                        order.append(following)
            found.append((state, here))
        return [
            (state, [(picked, package, {number[f]: p for f, p in after.items()}) for picked, package, after in here])
            for state, here in found
        ]

    def letter(self, actor, states):
        """What it is worth to an actor, averaged over its types, that all follow the letter."""
        total = np.zeros(len(states))
        for kind, prior in self.kinds(actor).items():
            reward = [self.points(actor, kind, state[0], here[0][1]) for state, here in states]
            factors = self.factors(actor, kind, states, stated=True)
            total += prior * solved([here[0][2] for _, here in states], reward, factors)
        return total

    def judged(self, actor, states):
        """For each state and move: whether it keeps, how much it harms, how plain it is."""
        key = (actor, id(states))
        if key not in self.known:
            self.known[key] = (states, self._judged(actor, states))
        return self.known[key][1]

    def _judged(self, actor, states):
        spared = self.spared(actor)
        later = {o: self.letter(o, states) for o in spared}
        others = [o for o in self.case.actors if o != actor]
        out = []
        for state, here in states:
            kept, before, then = here[0]
            rows = []
            for picked, package, after in here:
                same = {i: picked[i] if i in self.bound else kept[i] for i in picked}
                twin = next(((p, after_) for q, p, after_ in here if q == same), (package, after))
                now, following = twin
                harm = max((self.mean_points(o, state[0], before) - self.mean_points(o, state[0], now) for o in others),
                           default=0.0)  # fmt: skip
                quiet = idle_moves(self, state, actor)[-1]
                reacting = {i for r in self.outside.running(state[7]) if r.by == actor for i in r.does}
                prescribed = all(picked[i] == kept[i] or (i in reacting and picked[i] == quiet[i]) for i in self.bound)
                keeps = prescribed or (
                    bool(spared)
                    and all(
                        self.mean_points(o, state[0], now) >= self.mean_points(o, state[0], before) - NOTHING
                        and expected(following, later[o]) >= expected(then, later[o]) - NOTHING
                        for o in spared
                    )
                )
                bare = all(picked[i] == kept[i] for i in picked if i not in self.bound)
                rows.append((keeps, max(harm, 0.0), 0 if picked == kept else 1 if prescribed else 2, bare))
            out.append(rows)
        return out

    def temptation(self, actor, kind, most=300):
        """What the definition asks for; None where there are too many states."""
        replaced = any(actor in event.changes.type for event in self.case.events.values())
        self.actor, self.kind = (actor, kind) if replaced else (None, None)
        states = self.moves(actor, most)
        if states is None:
            return None
        judged = self.judged(actor, states)
        states, judged, taken = self.with_costs(actor, kind, states, judged)
        discount = self.factors(actor, kind, states)
        rewards = [
            [
                self.points(actor, kind, state[0], m[1])
                - self.penal.get(state[0], 0.0)
                - (0.0 if row[0] else self.cost)
                - cost
                for m, row, cost in zip(here, rows, costs, strict=True)
            ]
            for (state, here), rows, costs in zip(states, judged, taken, strict=True)
        ]
        chances = [[m[2] for m in here] for _, here in states]

        def best(is_open):
            return optimal(rewards, chances, [[is_open(*row) for row in rows] for rows in judged], discount)

        keeping = best(lambda keeps, harm, rank, bare: keeps)
        freely = best(lambda keeps, harm, rank, bare: True)
        gravely = best(lambda keeps, harm, rank, bare: keeps or harm >= self.material - NOTHING)
        bare = best(lambda keeps, harm, rank, bare: bare)
        # The plainest of equally good keeping moves; where several of the same rank lead elsewhere it is open which.
        policy, unclear = [], False
        worth = ahead(rewards, chances, keeping, discount)
        for s, rows in enumerate(judged):
            equal = [m for m, row in enumerate(rows) if row[0] and worth[s][m] >= keeping[s] - 1e-10]
            rank = min(rows[m][2] for m in equal)
            equal = [m for m in equal if rows[m][2] == rank]
            policy.append(equal[0])
            unclear |= any(chances[s][m] != chances[s][equal[0]] for m in equal)
        reached = self.reached([chances[s][m] for s, m in enumerate(policy)])
        first = {s: t for s, (p, t) in reached.items() if p >= 1e-3}
        letter = solved([c[0] for c in chances], [r[0] for r in rewards], discount)
        out = {
            "keeping": keeping[0], "freely": freely[0], "gravely": gravely[0], "unclear": unclear,
            "bare": bare[0] - letter[0], "all": freely[0] - letter[0],
        }  # fmt: skip
        for name, values in (("temptation", freely), ("material", gravely)):
            gaps = values - keeping
            out[name] = max((gaps[s] for s in first), default=0.0)
            out[name + "_first"] = min((t for s, t in first.items() if gaps[s] >= out[name] - NOTHING), default=None)
        return out

    def costs(self, actor, kind):
        """What breaking costs an actor, as one of its types."""
        declared = self.case.actors[actor]
        own = declared.types[kind].breach_costs if kind else None
        return declared.breach_costs if own is None else own

    def charge(self, actor, kind, state, picked, spent):
        """What breaking by these picks costs in a period, and the costs that have been charged once by then."""
        total, spent = 0.0, set(spent)
        kept, quiet = self.kept(state), idle_moves(self, state, actor)[-1]
        reacting = {i for r in self.outside.running(state[7]) if r.by == actor for i in r.does}
        now = self.in_force(state, picked)[0]
        for k, cost in enumerate(self.costs(actor, kind)):
            promised = [o.does for o in self.plan.obligations if o.kind in cost.of]
            where = [
                i
                for i in self.issues
                if actor in self.setters[i] and i in self.bound
                and (not cost.of or i in cost.of or any(d.get(i) == self.packages[state[0]][i] for d in promised))
                and picked[i] != kept[i] and not (i in reacting and picked[i] == quiet[i])
            ]  # fmt: skip
            if not where or k in spent:
                continue
            unseen = 1.0
            for i in where if cost.when == "public" else ():
                unseen *= 1 - self.seen_breaking(state, i, now)
            total += float(cost.points) * (1.0 if cost.when == "any" else 1 - unseen)
            if cost.per == "once":
                spent.add(k)
        return total, frozenset(spent)

    def seen_breaking(self, state, issue, now):
        """The chance that what is shown on an issue is a breach."""
        k = self.issues.index(issue)
        numbers = self.space.options[k].index(now[issue])
        prescribed = self.space.package(self.packages[state[0]])
        shown = shown_on(self.space, k, numbers, prescribed, now, self.outside.in_force(state[7]))
        marked = self.case.issues[issue].is_breach
        return sum(s.probability for s in shown if s.gravity > 0 or marked(s.signal))

    def with_costs(self, actor, kind, states, judged, everywhere=False):
        """The same states, told apart by the costs charged once so far, and what each move is charged.

        They are looked at from the start or, with `everywhere`, from all of them.
        """
        order = [(s, frozenset()) for s in range(len(states) if everywhere else 1)]
        number = {key: n for n, key in enumerate(order)}
        out, rows_of, taken = [], [], []
        for at, spent in order:
            state, here = states[at]
            moves, costs = [], []
            for (picked, package, after), row in zip(here, judged[at], strict=True):
                cost, then = (0.0, spent) if row[0] else self.charge(actor, kind, state, picked, spent)
                leads = {}
                for f, p in after.items():
                    if (f, then) not in number:
                        number[f, then] = len(order)
                        order.append((f, then))
                    leads[number[f, then]] = p
                moves.append((picked, package, leads))
                costs.append(cost)
            out.append((state, moves))
            rows_of.append(judged[at])
            taken.append(costs)
        return out, rows_of, taken

    def worst_departure(self, actor, kind, states, everywhere=False):
        """The most that departing for one period pays in any of these states, over the best of keeping and not reacting."""
        judged = self.judged(actor, states)
        states, judged, taken = self.with_costs(actor, kind, states, judged, everywhere)
        discount = self.factors(actor, kind, states)
        rewards = [
            [self.points(actor, kind, state[0], m[1]) - cost for m, cost in zip(here, costs, strict=True)]
            for (state, here), costs in zip(states, taken, strict=True)
        ]
        letter = solved([here[0][2] for _, here in states], [r[0] for r in rewards], discount)
        every = ahead(rewards, [[m[2] for m in here] for _, here in states], letter, discount)
        worst = 0.0
        for (state, here), own in zip(states, every, strict=True):
            quiet = idle_moves(self, state, actor)
            worth = [(picked in quiet, w) for (picked, _, _), w in zip(here, own, strict=True)]
            stays = max([worth[0][1], *(w for q, w in worth if q)])
            worst = max([worst, *(w - stays for q, w in worth[1:] if not q)])
        return worst

    def reached(self, chain):
        """The chance of coming to each state within the horizon, and the first period in which one can."""
        horizon, n = self.case.horizon, len(chain)
        moves = matrix(chain)
        now, first = np.eye(n)[0] > 0, {}
        for t in range(1, horizon + 1):
            for s in np.flatnonzero(now).tolist():
                first.setdefault(s, t)
            now = now @ (moves > 0)
        # One row for each goal: once there, it is counted and taken out.
        goals = np.array(list(first))
        here, total = np.zeros((len(goals), n)), np.zeros(len(goals))
        here[:, 0] = 1.0
        rows = np.arange(len(goals))
        for _ in range(horizon):
            total += here[rows, goals]
            here[rows, goals] = 0.0
            here = here @ moves
        return {int(g): (float(p), first[int(g)]) for g, p in zip(goals, total, strict=True)}

    def stake(self, actor, kind):
        bound = [i for i in self.issues if i in self.bound]
        worth = []
        for combination in product(*(self.case.issues[i].options for i in bound)):
            package = {**self.quo, **dict(zip(bound, combination, strict=True))}
            if not violated(self.case, package):
                space = self.spaces[actor, kind]
                worth.append(float(space.values(space.package(package))[space.actor(actor), 0]))
        return max(worth) - min(worth) if worth else 0.0

    def holds_by_itself(self, most=300):
        """Whether no breach of one period gains over the best keeping pick in any state; None where there are too many."""
        for actor in self.breakers():
            states = self.jointly(actor, most)
            if states is None:
                return None
            judged = self.judged(actor, states)
            chances = [[m[2] for m in here] for _, here in states]
            for kind in (k for k, prior in self.kinds(actor).items() if prior > 0):
                discount = self.factors(actor, kind, states)
                rewards = [[self.points(actor, kind, state[0], m[1]) for m in here] for state, here in states]
                keeping = optimal(rewards, chances, [[row[0] for row in rows] for rows in judged], discount)
                worth = ahead(rewards, chances, keeping, discount)
                for s, rows in enumerate(judged):
                    for m, row in enumerate(rows):
                        if not row[0] and worth[s][m] > keeping[s] + 1e-9 * (1 - np.max(discount)) + 1e-10:
                            return False
        return True


def expected(chances, values):
    return sum(p * values[t] for t, p in chances.items())


def matrix(chances):
    out = np.zeros((len(chances), len(chances)))
    for s, after in enumerate(chances):
        for t, p in after.items():
            out[s, t] += p
    return out


def solved(chances, rewards, discount):
    """The average, each period weighed by what came between it and now; `discount` may differ from state to state."""
    n = len(chances)
    system = np.eye(n) - np.reshape(discount, (-1, 1)) * matrix(chances)
    if np.ndim(discount) == 0:
        return np.linalg.solve(system, (1 - discount) * np.asarray(rewards, dtype=float))
    both = np.linalg.solve(system, np.stack([np.asarray(rewards, dtype=float), np.ones(n)], axis=1))
    return both[:, 0] / both[:, 1]


def ahead(rewards, chances, values, discount):
    """What each move is worth when these values follow, state by state."""
    if np.ndim(discount) == 0:
        return [
            [(1 - discount) * r + discount * expected(c, values) for r, c in zip(rewards[s], chances[s], strict=True)]
            for s in range(len(chances))
        ]
    # What a steady point is worth does not depend on conduct: solving for it under any will do.
    n = len(chances)
    sums = np.linalg.solve(np.eye(n) - discount[:, None] * matrix([c[0] for c in chances]), np.ones(n))
    return [
        [(r + discount[s] * expected(c, sums * values)) / sums[s] for r, c in zip(rewards[s], chances[s], strict=True)]
        for s in range(n)
    ]


def optimal(rewards, chances, is_open, discount):
    """The best value from each state over the moves that are open, by going from policy to policy."""
    policy = [next(m for m, one in enumerate(rows) if one) for rows in is_open]
    while True:
        values = solved([c[m] for c, m in zip(chances, policy, strict=True)],
                        [r[m] for r, m in zip(rewards, policy, strict=True)], discount)  # fmt: skip
        changed = False
        for s, (rows, all_worth) in enumerate(zip(is_open, ahead(rewards, chances, values, discount), strict=True)):
            worth = {m: all_worth[m] for m, one in enumerate(rows) if one}
            top = max(worth, key=worth.get)
            if worth[top] > worth[policy[s]] + 1e-11:
                policy[s], changed = top, True
        if not changed:
            return values
