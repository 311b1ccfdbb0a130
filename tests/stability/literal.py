"""The definitions of the graph model written down as they are read, with sets and no thought for speed."""

from itertools import product

CONCEPTS = ("nash", "gmr", "smr", "seq", "sim")


class Literal:
    """States are tuples of options; coalesced ones are stood for by their last member."""

    def __init__(self, sizes, feasible, setters, transitions, status_quo, utility, coalescing=()):
        self.sizes, self.setters, self.transitions, self.status_quo = sizes, setters, transitions, status_quo
        self.coalescing = coalescing
        everything = [tuple(reversed(x)) for x in product(*(range(n) for n in reversed(sizes)))]
        self.raw = [x for x in everything if feasible(x)]
        self.own = {}
        for x in self.raw:
            alike = [y for y in self.raw if self.label(y) == self.label(x)]
            self.own[x] = alike[-1]
        self.states = [x for x in self.raw if self.own[x] == x]
        self.actors = range(len(utility))
        self.utility = utility  # actor → {state: number}
        joint = {tuple(sorted(set(s))) for s in setters if len(set(s)) > 1}
        self.movers = [(a,) for a in self.actors] + sorted(joint)
        self.table = {(m, s): self._moves(m, s) for m in self.movers for s in self.states}

    def label(self, x):
        for issue, options in self.coalescing:
            if x[issue] in options:
                return ("ended", issue, x[issue])
        return x

    def _may(self, mover, issue, before, after):
        if before == after:
            return True
        if not self.transitions[issue][before][after]:
            return False
        together = tuple(sorted(set(self.setters[issue])))
        if together == mover:
            return True
        return len(mover) == 1 and mover[0] in together and after == self.status_quo[issue]

    def _moves(self, mover, s):
        out = set()
        for x in (x for x in self.raw if self.own[x] == s):
            for y in self.raw:
                if all(self._may(mover, k, x[k], y[k]) for k in range(len(x))):
                    out.add(self.own[y])
        return out - {s}

    def better(self, mover, new, old):
        return all(self.utility[a][new] > self.utility[a][old] for a in mover)

    def improvements(self, mover, s):
        return {t for t in self.table[mover, s] if self.better(mover, t, s)}

    def sequences(self, actors, s, improving=False):
        """End states of sequences of moves in which no actor moves twice in a row."""
        if len(actors) == 1:
            mover = (next(iter(actors)),)
            return self.improvements(mover, s) if improving else set(self.table[mover, s])
        movers = [m for m in self.movers if set(m) <= set(actors)]
        step = self.improvements if improving else lambda m, x: self.table[m, x]
        met = set()
        todo = [(m, t) for m in movers for t in step(m, s)]
        while todo:
            m, x = todo.pop()
            if (m, x) in met:
                continue
            met.add((m, x))
            todo += [(k, t) for k in movers if not set(k) & set(m) for t in step(k, x)]
        return {x for _, x in met}

    def outside(self, coalition):
        return [a for a in self.actors if a not in coalition]

    def leaves(self, coalition, s):
        return {t for t in self.sequences(coalition, s) if self.better(coalition, t, s)}

    def deterred(self, coalition, s, t):
        return any(self.utility[a][t] <= self.utility[a][s] for a in coalition)

    def combinations(self, coalition, s, s1):
        """States in which some others have made improvements from s, on top of the move to s1.

        A coalesced state is any of its members: answers start from any, reach any, and come on top of any.
        """
        movers = [m for m in self.movers if not set(m) & set(coalition)]
        out = set()
        for x in self.members(s):
            made = {(frozenset(), ())}  # options changed, by whom
            for m in movers:
                changes = [
                    frozenset((k, y[k]) for k in range(len(x)) if y[k] != x[k])
                    for y in self.raw
                    if self.own[y] in self.improvements(m, s)
                    and all(self._may(m, k, x[k], y[k]) for k in range(len(x)))
                ]
                made |= {
                    (before | change, (*who, m))
                    for before, who in made
                    if not any(set(m) & set(k) for k in who)
                    for change in changes
                }
            for change, who in made:
                for x1 in self.members(s1) if who else ():
                    z = list(x1)
                    for k, option in change:
                        z[k] = option
                    if tuple(z) in self.own:
                        out.add(self.own[tuple(z)])
        return out

    def members(self, s):
        return [x for x in self.raw if self.own[x] == s]

    def stable(self, concept, coalition, s):
        leaves = self.leaves(coalition, s)
        others = self.outside(coalition)
        if concept == "nash":
            return not leaves

        def answered(s1):
            if concept == "sim":
                return any(self.deterred(coalition, s, t) for t in self.combinations(coalition, s, s1) - {s1})
            answers = self.sequences(others, s1, improving=concept == "seq") if others else set()
            answers = {s2 for s2 in answers if self.deterred(coalition, s, s2)}
            if concept == "smr":
                answers = {
                    s2 for s2 in answers if all(self.deterred(coalition, s, s3) for s3 in self.sequences(coalition, s2))
                }
            return bool(answers)

        return all(answered(s1) for s1 in leaves)
