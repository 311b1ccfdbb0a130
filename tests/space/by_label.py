"""What packages are worth and what plans bring, read slowly and by label from a case's plain data.

Nothing of `halfway.space` is used here, and of `halfway.case` only the reading of a number as typed.
"""

from collections import defaultdict
from fractions import Fraction
from itertools import product

from halfway.case.estimates import parse_estimate, read_number

INF = float("inf")


def central(raw, path, low=-INF, high=INF):
    """Read a number at its centre."""
    return parse_estimate(raw, low, high, "points" if high == 100 else "hundredths").mean


def as_list(raw):
    return raw if isinstance(raw, list) else [raw]


def options(data, issue):
    return [str(o) for o in data["issues"][issue]["options"]]


def packages(data):
    """Every combination of options."""
    issues = list(data["issues"])
    return [dict(zip(issues, chosen, strict=True)) for chosen in product(*(options(data, i) for i in issues))]


def true(condition, package):
    """Whether a condition, as written in a file, holds for a package."""
    if isinstance(condition, list):
        return all(true(part, package) for part in condition)
    parts = []
    for key, value in condition.items():
        if key == "all":
            parts.append(all(true(part, package) for part in value))
        elif key == "any":
            parts.append(any(true(part, package) for part in value))
        elif key == "not":
            parts.append(not true(value, package))
        elif key == "if":
            parts.append(not true(value, package) or true(condition["then"], package))
        elif key == "iff":
            parts.append(true(value[0], package) == true(value[1], package))
        elif key != "then":
            parts.append(package[key] in [str(o) for o in as_list(value)])
    return all(parts)


def feasible(data, package):
    for constraint in data.get("constraints", []):
        if "forbid" in constraint and true(constraint["forbid"], package):
            return False
        if "require" in constraint and not true(constraint["require"], package):
            return False
    return True


def crosses_red_line(data, actor, package):
    return any(true(line["when"], package) for line in data["actors"][actor].get("red_lines", []))


def wishes(data, actor, kind=None):
    """An actor's part of the file, with a type laid over it."""
    own = data["actors"][actor]
    if kind is None:
        return own
    over = own["types"][kind]
    return {**own, **over, "interests": {**own["interests"], **over.get("interests", {})}}


def value(data, issue, interest, option, number, path):
    """What an option is worth on its issue, 0 to 100."""
    names = options(data, issue)
    if "values" in interest:
        return number(interest["values"][option], (*path, "values", option), 0, 100)
    if "ranks" in interest:
        levels = [[str(o) for o in as_list(level)] for level in interest["ranks"]]
        place = next(k for k, level in enumerate(levels) if option in level)
        return Fraction(100) if len(levels) == 1 else 100 - Fraction(100 * place, len(levels) - 1)
    scale = data["issues"][issue]["scale"]
    start, end = Fraction(str(scale["from"])), Fraction(str(scale["to"]))
    point = start + (end - start) * names.index(option) / (len(names) - 1)
    position = number(interest["position"], (*path, "position"))
    if not isinstance(position, Fraction):
        point, start, end = float(point), float(start), float(end)
    distance = abs(point - position) / abs(end - start)
    return 100 - 100 * (distance**2 if interest.get("loss") == "quadratic" else distance)


def weight(interest, number, path):
    for key, high in (("weight", INF), ("swing", 100), ("salience", 100)):
        if key in interest:
            return number(interest[key], (*path, key), 0, high)
    return Fraction(1)


def weights(data, actor, number=central, kind=None):
    """Weights by issue, summing to one where they are normalised."""
    own = wishes(data, actor, kind)
    sizes = {i: weight(x, number, ("actors", actor, "interests", i)) for i, x in own["interests"].items()}
    total = sum(sizes.values())
    if own.get("normalise", "yes") == "no" or not total:
        return sizes
    return {i: size / total for i, size in sizes.items()}


def utility(data, actor, package, number=central, kind=None):
    """``Σ w v + Σ b p [condition]``, term by term; lexicographic objectives are left out."""
    own = wishes(data, actor, kind)
    total = 0
    for issue, share in weights(data, actor, number, kind).items():
        path = ("actors", actor, "interests", issue)
        worth = value(data, issue, own["interests"][issue], package[issue], number, path)
        total += share * worth if type(share) is type(worth) else float(share) * float(worth)
    for k, linkage in enumerate(own.get("linkages", [])):
        if true(linkage["when"], package):
            path = ("actors", actor, "linkages", k)
            points = number(linkage["points"], (*path, "points"))
            chance = number(linkage.get("probability", 1), (*path, "probability"), 0, 1)
            total += points * chance if type(points) is type(chance) else float(points) * float(chance)
    return total


def walk_away(data, actor, number=central):
    stated = data["actors"][actor].get("walk_away")
    today = data.get("status_quo")
    if stated is None or stated == "status quo":
        return utility(data, actor, today, number) if today else Fraction(0)
    if not isinstance(stated, dict) or "contest" not in stated:
        return number(stated, ("actors", actor, "walk_away", "utility"))
    fight = stated["contest"]
    if "win_probability" in fight:
        chance = read_number(str(fight["win_probability"]), "hundredths")
    else:
        everyone = [actor, *as_list(fight["opponents"])]
        powers = [number(data["actors"][a]["capability"], ("actors", a, "capability"), 0, 100) for a in everyone]
        chance = powers[0] / sum(powers) if sum(powers) else Fraction(1, 2)
    won = utility(data, actor, {**today, **fight["prize"]}, number)
    lost = utility(data, actor, {**today, **fight.get("loss", {})}, number)
    return chance * won + (1 - chance) * lost - Fraction(fight["cost"])


def lexicographic_key(data, actor, package):
    """Compare packages by the issues that come first, then by everything else."""
    own = data["actors"][actor]
    first = [i for i in own.get("lexicographic", []) if i in own["interests"]]
    path = ("actors", actor, "interests")
    values = [value(data, i, own["interests"][i], package[i], central, (*path, i)) for i in first]
    return (*values, utility(data, actor, package))


# Plans, month by month.


def may_follow(data, issue, current, following):
    """Whether an option can come after another, by what the file says of transitions and ways back."""
    declared = data["issues"][issue]
    if current == following:
        return True
    details = declared["options"][current] if isinstance(declared["options"], dict) else {}
    if details.get("reversible") == "no":
        return False
    if "transitions" in declared:
        return following in [str(o) for o in declared["transitions"].get(current, [])]
    names = options(data, issue)
    return declared.get("reversible") != "no" or names.index(following) > names.index(current)


def months(text):
    """Read a length of time: months as they are, days rounded up to months."""
    number, *unit = str(text).split()
    if unit and unit[0].startswith("day"):
        days = Fraction(number)
        return -(-days * 12 // Fraction(36525, 100))
    return int(number)


def lag(data, issue, current, following):
    """For how many months more the current option stays in force."""
    declared = data["issues"][issue]
    details = declared["options"][current] if isinstance(declared["options"], dict) else {}
    if "undo" in details:
        return months(details["undo"])
    names = options(data, issue)
    if "undo" in declared and names.index(following) < names.index(current):
        return months(declared["undo"])
    return 0


def prescribed(data, plan):
    """The package of each phase: what it names, the rest as in the phase that leads to it."""
    phases = plan["phases"]
    first = next(iter(phases))
    found = {first: {**data.get("status_quo", {}), **phases[first]["package"]}}
    waiting = [first]
    while waiting:
        name = waiting.pop()
        phase = phases[name]
        after = [t["go"] for t in phase.get("on", [])] + [phase[k] for k in ("then",) if k in phase]
        if "terms" in phase.get("resets", {}):
            after.append(phase["resets"]["terms"])
        for following in after:
            if following not in found:
                found[following] = {**found[name], **phases[following]["package"]}
                waiting.append(following)
    return found


def gravity(data, issue, signal, package):
    declared = data["issues"][issue]
    if signal in declared.get("signals", {}):
        details = declared["signals"][signal] or {}
        return float(details["gravity"]) if details.get("breach") == "yes" else 0.0
    others = [a for a in data["actors"] if a not in as_list(declared["set_by"])]
    changed = {**package, issue: signal}
    losses = [float(utility(data, a, package) - utility(data, a, changed)) for a in others]
    return max([0.0, *losses])


def shown(data, issue, option):
    """The signals that an option in force can show."""
    seen = data["issues"][issue].get("observed", {}).get(option)
    return [(option, 1.0)] if seen is None else [(s, float(read_number(str(p), "hundredths"))) for s, p in seen.items()]


def triggered(data, condition, signals, gravities, before):
    if isinstance(condition, list):
        return all(triggered(data, part, signals, gravities, before) for part in condition)
    parts = []
    for key, said in condition.items():
        if key in ("all", "any"):
            several = [triggered(data, part, signals, gravities, before) for part in said]
            parts.append(all(several) if key == "all" else any(several))
        elif key == "not":
            parts.append(not triggered(data, said, signals, gravities, before))
        elif key == "if":
            then = triggered(data, condition["then"], signals, gravities, before)
            parts.append(not triggered(data, said, signals, gravities, before) or then)
        elif key == "iff":
            parts.append(
                triggered(data, said[0], signals, gravities, before)
                == triggered(data, said[1], signals, gravities, before)
            )
        elif key == "at_least":
            asked = said if isinstance(said, dict) else {"gravity": said}
            seen = [
                gravities[i]
                for i, declared in data["issues"].items()
                if asked.get("issue") in (None, i) and ("by" not in asked or asked["by"] in as_list(declared["set_by"]))
            ]
            parts.append(any(g > 0 and g >= float(asked["gravity"]) for g in seen))
        elif key == "falls_by":
            parts.append(before[said["issue"]] - gravities[said["issue"]] >= float(said["points"]))
        elif key != "then":
            parts.append(signals[key] in [str(s) for s in as_list(said)])
    return all(parts)


def put_in_force(data, wanted, current, undos):
    """Move every issue towards what is wanted, as far as locks and lags allow."""
    now, left = dict(current), {}
    for issue in data["issues"]:
        target = wanted[issue]
        if issue in undos and undos[issue][0] == target:
            remaining = undos[issue][1] - 1
        elif target == current[issue] or not may_follow(data, issue, current[issue], target):
            continue
        else:
            remaining = lag(data, issue, current[issue], target)
        if remaining > 0:
            left[issue] = (target, remaining)
        else:
            now[issue] = target
    return now, left


def play(data, plan, horizon):
    """Follow a kept plan month by month.

    Returns
    -------
    list of dict
        For each month the probability of each (phase, package in force as a tuple of options).
    """
    issues, phases = list(data["issues"]), plan["phases"]
    names = list(phases)
    wanted = prescribed(data, plan)
    known = {}

    def grave(issue, signal, phase):
        if (issue, signal, phase) not in known:
            known[issue, signal, phase] = gravity(data, issue, signal, wanted[phase])
        return known[issue, signal, phase]

    # What a trigger compares with the month before has to be remembered; the rest need not be.
    remembered = [i for i in issues if f"'issue': '{i}'" in str([p.get("on") for p in phases.values()])]

    def pack(phase, month, force, undos, resets, gravities):
        return (
            phase,
            month,
            tuple(force[i] for i in issues),
            tuple(sorted(undos.items())),
            tuple(resets[n] for n in names),
            tuple(gravities[i] for i in remembered),
        )

    before = data.get("status_quo") or wanted[names[0]]
    force, undos = put_in_force(data, wanted[names[0]], before, {})
    now = {pack(names[0], 1, force, undos, dict.fromkeys(names, 0), dict.fromkeys(issues, 0.0)): 1.0}
    calendar = []
    for _ in range(horizon):
        seen = defaultdict(float)
        following = defaultdict(float)
        for (name, month, held, under_way, used, last), chance in now.items():
            seen[name, held] += chance
            force = dict(zip(issues, held, strict=True))
            resets = dict(zip(names, used, strict=True))
            before = dict.fromkeys(issues, 0.0) | dict(zip(remembered, last, strict=True))
            for combination in product(*(shown(data, i, force[i]) for i in issues)):
                likely = chance
                for _, p in combination:
                    likely *= p
                if not likely:
                    continue
                signals = {i: s for i, (s, _) in zip(issues, combination, strict=True)}
                gravities = {i: grave(i, s, name) for i, s in signals.items()}
                next_name, next_month, next_resets = month_after(
                    data, phases, name, month, resets, signals, gravities, before
                )
                new_force, new_undos = put_in_force(data, wanted[next_name], force, dict(under_way))
                if "lasts" not in phases[next_name]:
                    next_month = 1
                following[pack(next_name, next_month, new_force, new_undos, next_resets, gravities)] += likely
        calendar.append(dict(seen))
        now = following
    return calendar


def month_after(data, phases, name, month, resets, signals, gravities, before):
    """What a month's signals lead to: the phase, the month within it, the resets used."""
    phase = phases[name]
    for trigger in phase.get("on", []):
        if triggered(data, trigger["when"], signals, gravities, before):
            return trigger["go"], 1, resets
    if "lasts" not in phase or month < months(phase["lasts"]):
        return name, month + 1, resets
    if "resets" in phase and "max" in phase["resets"]:
        if resets[name] >= int(phase["resets"]["max"]):
            return name, month, resets
        resets = {**resets, name: resets[name] + 1}
    if "resets" in phase:
        return phase["resets"].get("terms", phase["then"]), 1, resets
    return phase["then"], 1, resets
