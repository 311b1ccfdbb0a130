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


def departures(stage, actor, package, possible):
    """All feasible ways of not keeping: other options where it decides alone, refusal where it does with others.

    What may follow what comes with `possible`: in one step, or ever.
    """
    ways = []
    for i, who in enumerate(stage.setters):
        if who == (actor,):
            ways.append([o for o in range(stage.utilities.sizes[i]) if possible[i][package[i], o]])
        elif actor in who and possible[i][package[i], stage.status_quo[i]]:
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


def profiles(stage, package, departure):
    """The chance, when keeping and when departing, of everything that the issues which differ can show together."""
    differ = [i for i in range(len(package)) if package[i] != departure[i]]
    out = []
    for shown in product(*(range(stage.observed[i].shape[1]) for i in differ)):
        kept = gone = 1.0
        for i, s in zip(differ, shown, strict=True):
            kept *= stage.observed[i][package[i], s]
            gone *= stage.observed[i][departure[i], s]
        if kept or gone:
            out.append((kept, gone))
    return out


def is_sure(stage, package, departure):
    """Whether keeping never shows anything that departing shows."""
    return not any(kept and gone for kept, gone in profiles(stage, package, departure))


def alarms(stage, package, departure):
    """False-alarm rate and detection of what a plan can heed: every set of profiles, or of many the likeliest ones."""
    shown = profiles(stage, package, departure)
    if len(shown) <= 6:
        sets = subsets(shown)
    else:
        sets = ([s for s in shown if s[1] * kept >= s[0] * gone - 1e-12] for kept, gone in shown)
    for heeded in sets:
        yield sum(kept for kept, _ in heeded), sum(gone for _, gone in heeded)


def not_ruled_out(stage, patience, package, minmaxes, actors=None):
    """Whether each departure can be deterred by the hardest punishment and some choice of what it shows.

    What an alarm brings when keeping is taken to be no less than when departing.
    """
    for a in range(len(patience)) if actors is None else actors:
        delta = patience[a]
        u = worth(stage, a, package)
        for d in departures(stage, a, package, stage.direct):
            v = worth(stage, a, d)
            certain = (1 - delta) * v + delta * minmaxes[a, d]
            punished = max(minmaxes[a, package], minmaxes[a, d])
            if is_sure(stage, package, d):
                # Signs that keeping never gives are heeded alone.
                deterred = u >= certain - TOLERANCE
            else:
                deterred = v <= u + TOLERANCE
                if u >= punished:
                    deterred |= any(
                        average(delta, u, false, punished) >= average(delta, v, seen, minmaxes[a, d]) - TOLERANCE
                        for false, seen in alarms(stage, package, d)
                        if seen > false + 1e-12
                    )
                # Worth less than what follows a false alarm, it is taken to raise none, and departing to be seen.
                if certain + (1 - delta) * (punished - u) < punished:
                    deterred |= u >= certain - TOLERANCE
            if not deterred:
                return False
    return True


def can_be_held(stage, patience, package, fallen, after):
    """Whether, for some set of issues heeded, no departure pays anyone when any sign ends the agreement.

    `fallen` and `after` hold by (actor, package) what falling back is worth; None where that is unknown: then nothing is
    said to hold, not even where nobody can depart.
    """
    if any(fallen[a, package] is None for a in range(len(patience))):
        return False
    everything = range(len(package))
    noisy = [i for i in everything if any(stage.breach[i][o, o] > 0 for o in range(stage.utilities.sizes[i]))]
    for chosen in subsets(noisy):
        heeded = [i for i in everything if i not in noisy or i in chosen]
        if all(
            average(delta, worth(stage, a, package), seen(stage, heeded, package, package), fallen[a, package])
            >= average(delta, worth(stage, a, d), seen(stage, heeded, package, d), after[a, d]) - TOLERANCE
            for a, delta in enumerate(patience)
            for d in departures(stage, a, package, stage.reach)
        ):
            return True
    return False
