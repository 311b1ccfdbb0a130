"""Packages judged in plain Python from the formulas, one actor and one departure at a time."""

from __future__ import annotations

from itertools import chain, combinations, product

TOLERANCE = 1e-9


def subsets(items):
    items = list(items)
    return chain.from_iterable(combinations(items, n) for n in range(len(items) + 1))


def worth(stage, actor, package):
    total = sum(float(table[actor][o]) for table, o in zip(stage.utilities.tables, package, strict=True))
    return total + sum(float(x.points[actor][tuple(package[i] for i in x.issues)]) for x in stage.utilities.linkages)


def feasible(stage, package):
    return all(bool(m.table[tuple(package[i] for i in m.issues)]) for m in stage.bounds.allowed)


def packages(stage):
    # The first issue fastest.
    for reverse in product(*(range(n) for n in reversed(stage.utilities.sizes))):
        yield tuple(reversed(reverse))


def follows(stage, issue, option):
    return [o for o in range(stage.utilities.sizes[issue]) if stage.reach[issue][option, o]]


def departures(stage, actor, package):
    """All feasible ways of not keeping: other options where it decides alone, refusal where it does with others."""
    ways = []
    for i, who in enumerate(stage.setters):
        if who == (actor,):
            ways.append(follows(stage, i, package[i]))
        elif actor in who and stage.reach[i][package[i], stage.status_quo[i]]:
            ways.append(sorted({package[i], int(stage.status_quo[i])}))
        else:
            ways.append([package[i]])
    return [d for d in product(*ways) if d != package and feasible(stage, d)]


def minmax(stage, actor, package):
    """The least over what all others can bring about of the most that the actor can answer; None where nothing is feasible."""
    theirs, own = [], []
    for i, who in enumerate(stage.setters):
        within = follows(stage, i, package[i])
        if who == (actor,):
            theirs.append([None])
            own.append(within)
        elif actor in who:
            back = int(stage.status_quo[i])
            theirs.append([back if back in within else package[i]])
            own.append([None])
        else:
            theirs.append(within)
            own.append([None])
    least = None
    for t in product(*theirs):
        answers = [
            worth(stage, actor, q)
            for o in product(*own)
            if feasible(stage, q := tuple(b if a is None else a for a, b in zip(t, o, strict=True)))
        ]
        if answers and (least is None or max(answers) < least):
            least = max(answers)
    return least


def average(delta, points, rate, punished):
    return ((1 - delta) * points + delta * rate * punished) / (1 - delta + delta * rate)


def seen(stage, issues, agreed, in_force):
    clean = 1.0
    for i in issues:
        clean *= 1 - stage.breach[i][agreed[i], in_force[i]]
    return 1 - clean


def not_ruled_out(stage, patience, package, minmaxes, actors=None):
    """Whether each departure can be deterred by the hardest punishment and some choice of the signs that it sets off.

    A sign that never errs is heeded alone.
    """
    for a in range(len(patience)) if actors is None else actors:
        delta = patience[a]
        for d in departures(stage, a, package):
            telling = [
                i
                for i in range(len(package))
                if package[i] != d[i] and stage.breach[i][package[i], d[i]] > stage.breach[i][package[i], package[i]]
            ]
            sure = [
                i
                for i in telling
                if stage.breach[i][package[i], d[i]] == 1 and stage.breach[i][package[i], package[i]] == 0
            ]
            if not any(
                average(delta, worth(stage, a, package), seen(stage, w, package, package), minmaxes[a, package])
                >= average(delta, worth(stage, a, d), seen(stage, w, package, d), minmaxes[a, d]) - TOLERANCE
                for w in ([sure[:1]] if sure else subsets(telling))
            ):
                return False
    return True


def can_be_held(stage, patience, package, fallen, after):
    """Whether, for some set of issues heeded, no departure pays anyone when any sign ends the agreement.

    `fallen` and `after` hold by (actor, package) what falling back is worth; None where that is unknown.
    """
    everything = range(len(package))
    noisy = [i for i in everything if any(stage.breach[i][o, o] > 0 for o in range(stage.utilities.sizes[i]))]
    for chosen in subsets(noisy):
        heeded = [i for i in everything if i not in noisy or i in chosen]
        if all(
            fallen[a, package] is not None
            and average(delta, worth(stage, a, package), seen(stage, heeded, package, package), fallen[a, package])
            >= average(delta, worth(stage, a, d), seen(stage, heeded, package, d), after[a, d]) - TOLERANCE
            for a, delta in enumerate(patience)
            for d in departures(stage, a, package)
        ):
            return True
    return False
