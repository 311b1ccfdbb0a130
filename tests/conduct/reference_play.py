"""Play written from its definitions, with labels: the exact distribution of what happens, by following every branch."""

from __future__ import annotations

from itertools import combinations, product

from halfway.case.truth import violated
from halfway.conduct.play.strategies import BREAK, KEEP, strategy
from halfway.space.utilities.space import compile_space


class Undecided(Exception):
    """Two departures are worth the same, so that the definition leaves open which is taken."""


class NaivePlay:
    """Everyone's conduct under one plan.

    Parameters
    ----------
    naive : Naive
    playing : mapping from (actor, kind) to name of a strategy
        For every actor that does more than keep; kind is None where it has no types.
    bodies : list of halfway.conduct.play.turnover.Body
    kinds : mapping from actor to mapping from kind to prior
    """

    def __init__(self, naive, playing, bodies, kinds):
        self.naive, self.bodies, self.kinds = naive, bodies, kinds
        self.playing = {who: strategy(name) for who, name in playing.items()}
        self.actors = list(naive.case.actors)
        self.spaces = {
            (a, k): compile_space(naive.case, {a: k}) if k is not None else naive.space
            for a in self.actors
            for k in kinds[a]
        }

    def points(self, actor, kind, phase, package):
        space = self.spaces[actor, kind]
        number = space.actor(actor)
        paid = (
            self.naive.worth(phase, package)[number]
            - self.naive.space.values(self.naive.space.package(package))[number, 0]
        )
        return float(space.values(space.package(package))[number, 0] + paid)

    def break_(self, state, actor, kind):
        """The picks that pay best in this period, or the kept ones where none pays more."""
        ways = self.naive.picks(state, actor)
        worth = [self.points(actor, kind, state[0], self.naive.in_force(state, picked)[0]) for picked in ways]
        best = max(worth)
        if best <= worth[0] + 1e-9:
            return ways[0]
        top = [picked for picked, w in zip(ways, worth, strict=True) if w > best - 1e-6]
        if len({str(self.naive.in_force(state, picked)) for picked in top}) > 1:
            raise Undecided
        return top[0]

    def left(self, state, actor):
        """What an actor that has withdrawn picks: the status quo wherever it can, on most issues first."""
        quo, kept = self.naive.fallback(state), self.naive.kept(state)
        own = [i for i in self.naive.issues if actor in self.naive.setters[i]]
        broken = set(violated(self.naive.case, self.naive.in_force(state, kept)[0]))
        moving = [i for i in own if self.effect(state, {**kept, i: quo[i]}, i) != self.effect(state, kept, i)]
        for size in range(len(moving), -1, -1):
            possible = []
            for chosen in combinations(moving, size):
                picked = {**kept, **{i: quo[i] for i in chosen}}
                if not set(violated(self.naive.case, self.naive.in_force(state, picked)[0])) - broken:
                    possible.append(picked)
            if possible:
                return possible[0]
        raise AssertionError

    def effect(self, state, picked, issue):
        now, waiting = self.naive.in_force(state, picked)
        return now[issue], [w for w in waiting if w[0] == issue]

    def ways(self, state, memories, kinds, gone):
        """What each actor may do, as lists of (chance, picks)."""
        out = {}
        for actor in self.actors:
            who = (actor, kinds[actor])
            if actor in gone:
                out[actor] = [(1.0, self.left(state, actor))]
            elif who in self.playing:
                acts = self.playing[who].acts(memories[actor], state[1] == 0)
                kept = self.naive.kept(state)
                out[actor] = [(p, kept if act == KEEP else self.break_(state, *who)) for p, act in acts]
                assert all(act in (KEEP, BREAK) for _, act in acts)
            else:
                out[actor] = [(1.0, self.naive.kept(state))]
        return out

    def together(self, state, picks):
        """Everyone's picks laid together; what an actor's picks come to alone stands for them."""
        kept = self.naive.kept(state)
        wanted = {}
        for a in self.actors:
            asked = self.naive.asked(state, a)
            wanted[a] = {i: o if o != kept[i] else asked[i] for i, o in picks[a].items()}
        return self.naive.laid(state, wanted)

    def departs(self, state, picks):
        kept = self.naive.kept(state)
        return frozenset(
            a
            for a in self.actors
            if self.naive.in_force(state, self.together(state, {b: picks[a] if b == a else kept for b in self.actors}))
            != self.naive.in_force(state, kept)
        )

    def breaches(self, state, seen):
        """At whose door a signal that is a breach is laid."""
        found = set()
        for i, one in seen.items():
            declared = self.naive.case.issues[i].signals.get(one.signal)
            if one.gravity > 0 or (declared is not None and declared.breach):
                found |= set(self.naive.setters[i])
        return found

    def bodies_after(self, t, flags, kinds, gone):
        """What bodies do at the end of period t: (chance, flags, kinds, gone). A flag says it has changed hands."""
        ways = [(1.0, flags, kinds, frozenset())]
        for k, body in enumerate(self.bodies):
            new = []
            for p, f, ks, leaving in ways:
                if body.actor in gone:
                    new.append((p, f, ks, leaving))
                    continue
                hazard = body.hazard if 1 <= t <= body.until else 0.0
                changed = [(1 - hazard, f, ks, False)]
                for kind, prior in self.kinds[body.actor].items():
                    changed.append((hazard * prior, (*f[:k], True, *f[k + 1 :]), {**ks, body.actor: kind}, True))
                for q, f2, ks2, now in changed:
                    decides = t == body.by or (now and t > body.by)
                    refusal = (1 - body.chance if f2[k] else float(not body.approves)) if decides else 0.0
                    new.append((p * q * (1 - refusal), f2, ks2, leaving))
                    new.append((p * q * refusal, f2, ks2, leaving | {body.actor}))
            ways = [w for w in new if w[0] > 0]
        return [(p, f, ks, gone | leaving) for p, f, ks, leaving in ways]

    def follow(self, periods, start_kinds):
        """For each period, the chance of each (phase, package, who departs, kinds, who has withdrawn)."""
        start = (self.naive.start(), dict.fromkeys(self.actors, 0), dict(start_kinds), frozenset())
        now = [(1.0, *start, (False,) * len(self.bodies))]
        out = []
        for t in range(periods):
            here, following = {}, {}
            for p, state, memories, kinds, gone, flags in now:
                for q, flags2, kinds2, gone2 in self.bodies_after(t, flags, kinds, gone):
                    memories2 = {
                        a: m if a not in gone2 and self.same(a, kinds[a], kinds2[a]) else 0 for a, m in memories.items()
                    }
                    for r, what, nxt in self.period(state, memories2, kinds2, gone2):
                        here[what] = here.get(what, 0.0) + p * q * r
                        key = (nxt[0], tuple(nxt[1].items()), tuple(kinds2.items()), gone2, flags2)
                        following[key] = following.get(key, 0.0) + p * q * r
            out.append(here)
            now = [(p, s, dict(m), dict(k), g, f) for (s, m, k, g, f), p in following.items()]
        return out

    def same(self, actor, one, other):
        mine, theirs = (self.playing.get((actor, k)) for k in (one, other))
        return type(mine) is type(theirs)

    def period(self, state, memories, kinds, gone):
        ways = self.ways(state, memories, kinds, gone)
        for combination in product(*(ways[a] for a in self.actors)):
            chance, picks = 1.0, {}
            for a, (p, own) in zip(self.actors, combination, strict=True):
                chance *= p
                picks[a] = own
            departs = self.departs(state, picks)
            package, outcomes = self.naive.outcomes(state, self.together(state, picks))
            what = (
                state[0],
                tuple(package[i] for i in self.naive.issues),
                departs,
                tuple(kinds[a] for a in self.actors),
            )
            for p, seen, following in outcomes:
                broke = self.breaches(state, seen)
                new = {}
                for a in self.actors:
                    plays = self.playing.get((a, kinds[a]))
                    new[a] = (
                        0 if plays is None or a in gone else plays.learns(memories[a], bool(broke - {a}), a in broke)
                    )
                yield chance * p, what, (following, new)
