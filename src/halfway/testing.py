"""Random small cases for property tests, as plain data and as Case objects (needs hypothesis).

>>> from hypothesis import given
>>> from halfway.testing import cases
>>> @given(cases(linkages=True, constraints=True, plans=1))
... def test_something(case):
...     assert case.status_quo is not None

Every generated case is sound: it passes `halfway check`. What a test does not ask for is left out, so a failing
example shrinks to the few parts that matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

    from halfway.case.case import Case

Data = dict[str, Any]
Package = dict[str, str]

AWKWARD = (
    "no",
    "yes",
    "on",
    "12:30",
    "1e3",
    "0x10",
    "~a",
    "null",
    "ä ö",
    "a: b",
    "2020-08-09",
    "- x",
    "#1",
    "0",
    "TRUE",
)
"""Names that a careless reader of YAML takes for something else."""

_MOST_RANKED = 64


@dataclass(frozen=True)
class Wanted:
    """What `case_data` is asked for.

    Attributes
    ----------
    actors, issues, options : tuple of int
        Least and largest numbers; options are per issue.
    preferences : {"cardinal", "ordinal", "mixed"}
        Interests; full rankings or preference statements; or either, actor by actor.
    forms : tuple of str
        Which forms cardinal interests take: ``values``, ``ranks``, ``position``.
    decimals : bool
        Whether numbers may have a decimal; whole numbers otherwise.
    uncertain : bool
        Whether numbers may be estimates with a spread, or panels of experts.
    status_quo : bool
        Whether one is stated.
    linkages, constraints, red_lines, walk_aways, transitions, signals, types, ratifies, lexicographic : bool
        Whether there may be any.
    plans : int
        How many plans at most; at least one where this is positive.
    phases : int
        How many phases a plan has at most; with more than one there are triggers, resets and shifts.
    seats, transfers, obligations : bool
        Whether plans have them.
    breach_costs, reactions, events, conditional_signals, any_can : bool
        Whether there may be any. Conditional signals need `signals`.
    awkward_names : bool
        Whether names may be such as ``no``, ``12:30`` and ``1e3``.
    """

    actors: tuple[int, int] = (2, 3)
    issues: tuple[int, int] = (1, 3)
    options: tuple[int, int] = (2, 3)
    preferences: Literal["cardinal", "ordinal", "mixed"] = "cardinal"
    forms: tuple[str, ...] = ("values", "ranks", "position")
    decimals: bool = False
    uncertain: bool = False
    status_quo: bool = True
    linkages: bool = False
    constraints: bool = False
    red_lines: bool = False
    walk_aways: bool = False
    transitions: bool = False
    signals: bool = False
    types: bool = False
    ratifies: bool = False
    lexicographic: bool = False
    plans: int = 0
    phases: int = 3
    seats: bool = False
    transfers: bool = False
    obligations: bool = False
    breach_costs: bool = False
    reactions: bool = False
    events: bool = False
    conditional_signals: bool = False
    any_can: bool = False
    awkward_names: bool = False


EVERYTHING = Wanted(
    preferences="mixed",
    decimals=True,
    uncertain=True,
    linkages=True,
    constraints=True,
    red_lines=True,
    walk_aways=True,
    transitions=True,
    signals=True,
    types=True,
    ratifies=True,
    lexicographic=True,
    plans=2,
    phases=4,
    seats=True,
    transfers=True,
    awkward_names=True,
)
"""Every part that all analyses compute with; ``cases(EVERYTHING)``."""

EVERY_NOUN = replace(
    EVERYTHING,
    obligations=True,
    breach_costs=True,
    reactions=True,
    events=True,
    conditional_signals=True,
    any_can=True,
)
"""Every part that can be generated, those among them that some analyses refuse (`halfway.case.support`)."""


def cases(wanted: Wanted | None = None, **options: Any) -> SearchStrategy[Case]:
    """Return a strategy of sound cases.

    Parameters
    ----------
    wanted : Wanted, optional
        What to generate.
    **options
        Fields of `Wanted` that differ from it.
    """
    from halfway.case.reader import build

    return case_data(wanted, **options).map(build)


def case_data(wanted: Wanted | None = None, **options: Any) -> SearchStrategy[Data]:
    """Return a strategy of sound cases as plain data, as a case file holds it; the parameters are those of `cases`."""
    from hypothesis import strategies as st

    return st.composite(_case)(replace(wanted or Wanted(), **options))


def as_text(data: Data) -> str:
    """Write a case's plain data as the text of a case file."""
    import yaml

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(yaml.dump(data, Dumper=dumper, allow_unicode=True, sort_keys=False))


def conditions(options: Mapping[str, Sequence[str]], depth: int = 1) -> SearchStrategy[Data]:
    """Return a strategy of conditions over issues, as plain data.

    Parameters
    ----------
    options : dict
        The options (or signals) of each issue.
    depth : int
        How deeply conditions may be combined.
    """
    return _conditions(tuple((issue, tuple(several)) for issue, several in options.items()), depth)


@cache
def _conditions(declared: tuple[tuple[str, tuple[str, ...]], ...], depth: int) -> SearchStrategy[Data]:
    from hypothesis import strategies as st

    options = dict(declared)

    def atom(issue: str) -> SearchStrategy[Data]:
        one = st.sampled_from(list(options[issue]))
        several = st.lists(one, min_size=1, max_size=2, unique=True)
        return st.one_of(one, several).map(lambda chosen: {issue: chosen})

    atoms = st.sampled_from(list(options)).flatmap(atom)
    both = st.lists(st.sampled_from(list(options)), min_size=1, max_size=2, unique=True).flatmap(
        lambda issues: st.tuples(*(atom(i) for i in issues)).map(
            lambda parts: {k: v for p in parts for k, v in p.items()}
        )
    )
    if depth <= 0:
        return st.one_of(atoms, both)
    inner = _conditions(declared, depth - 1)
    lists = st.lists(inner, min_size=1, max_size=2)
    return st.one_of(
        atoms,
        both,
        inner.map(lambda part: {"not": part}),
        lists.map(lambda parts: {"all": parts}),
        lists.map(lambda parts: {"any": parts}),
        st.tuples(inner, inner).map(lambda pair: {"if": pair[0], "then": pair[1]}),
        st.tuples(inner, inner).map(lambda pair: {"iff": list(pair)}),
    )


@dataclass(frozen=True)
class _Names:
    """What has been declared so far, for parts that refer to it."""

    actors: tuple[str, ...]
    options: dict[str, tuple[str, ...]]
    scaled: frozenset[str]


def _case(draw: DrawFn, wanted: Wanted) -> Data:
    from hypothesis import strategies as st

    actors = tuple(_names(draw, wanted, "a", wanted.actors))
    issues = _names(draw, wanted, "i", wanted.issues)
    options = {issue: tuple(_names(draw, wanted, "o", wanted.options)) for issue in issues}
    scaled = frozenset(i for i in issues if "position" in wanted.forms and draw(st.booleans()))
    names = _Names(actors, options, scaled)
    data: Data = {"name": "generated"}
    if wanted.uncertain:
        data["sources"] = {"s0": {"title": "A source"}}
        data["experts"] = {"e0": {"name": "First Expert"}, "e1": {"name": "Second Expert"}}
    status_quo = {i: draw(st.sampled_from(options[i])) for i in issues} if wanted.status_quo else None
    plans: dict[str, Data] = {}
    must_be_possible = [status_quo] if status_quo else [{i: draw(st.sampled_from(options[i])) for i in issues}]
    data["issues"] = {issue: _issue(draw, wanted, names, issue) for issue in issues}
    signals = {issue: _signals_of(data["issues"][issue], options[issue]) for issue in issues}
    events = _events(draw, wanted, names) if wanted.events else {}
    seen: dict[str, tuple[str, ...]] = {e: ("yes", "no") for e, event in events.items() if "hidden_from" not in event}
    if wanted.plans:
        for k in range(draw(st.integers(1, wanted.plans))):
            plan, packages = _plan(draw, wanted, names, signals, status_quo, seen)
            _without_ways_back(data, status_quo, plan, packages)
            plans[f"p{k}"] = plan
            must_be_possible += packages
    constraints = _constraints(draw, names, must_be_possible) if wanted.constraints else []
    data["actors"] = {actor: _actor(draw, wanted, names, actor, constraints) for actor in actors}
    if wanted.breach_costs:
        for actor, details in data["actors"].items():
            _add_breach_costs(draw, wanted, data["issues"], actor, details)
    reactions = _reactions(draw, data["issues"], names, signals | seen) if wanted.reactions else []
    if reactions:
        data["reactions"] = reactions
    for event in events.values():
        event["changes"] = _changes(draw, wanted, data["issues"], data["actors"], names)
    if events:
        data["events"] = events
    if constraints:
        data["constraints"] = constraints
    if status_quo is not None:
        data["status_quo"] = status_quo
    if plans:
        data["plans"] = plans
    return data


def _without_ways_back(data: Data, status_quo: Package | None, plan: Data, packages: list[Package]) -> None:
    """Let no phase prescribe what cannot come about any more: there what is in force stays."""
    from halfway.case.case import Case
    from halfway.case.coherence_locks import locked
    from halfway.case.coherence_plans import packages_of

    stands = {"actors": {"a": {}}, "issues": data["issues"], "status_quo": status_quo, "plans": {"p": plan}}
    keys = list(plan["phases"])
    # Each round mends what is in vain on every way into a phase; what is mended may block another phase.
    for _ in range(len(keys) * len(data["issues"]) * 4):
        case = Case.model_validate({"name": "generated", **stands})
        found = [way for way in locked(case, case.plans["p"], packages_of(case, case.plans["p"])[0]) if way.always]
        if not found:
            return
        for way in found:
            plan["phases"][way.phase]["package"][way.issue] = way.stays
            packages[keys.index(way.phase)][way.issue] = way.stays
    for number, key in enumerate(keys):
        packages[number] = dict(status_quo or packages[0])
        plan["phases"][key]["package"] = dict(packages[number])


def _names(draw: DrawFn, wanted: Wanted, letter: str, size: tuple[int, int]) -> list[str]:
    from hypothesis import strategies as st

    count = draw(st.integers(*size))
    plain = [f"{letter}{k}" for k in range(count)]
    if not wanted.awkward_names:
        return plain
    awkward = draw(st.lists(st.sampled_from(AWKWARD), max_size=count, unique=True))
    return awkward + plain[len(awkward) :]


def _number(draw: DrawFn, wanted: Wanted, low: int, high: int, *, bounded: bool = True) -> Any:
    """Draw a number, or where these are wanted an estimate with a spread."""
    return draw(_numbers(wanted.decimals, wanted.uncertain, low, high, bounded))


@cache
def _numbers(decimals: bool, uncertain: bool, low: int, high: int, bounded: bool) -> SearchStrategy[Any]:
    from hypothesis import strategies as st

    whole = st.integers(low, high)
    tenths = st.integers(low * 10, high * 10).map(lambda n: f"{n / 10:g}")
    plain = st.one_of(whole, tenths) if decimals else whole
    if not uncertain:
        return plain
    three = st.lists(whole, min_size=3, max_size=3).map(sorted)
    notations = [
        st.tuples(whole, st.integers(0, 20)).map(lambda p: f"{p[0]} ± {p[1]}"),
        st.tuples(whole, whole).map(lambda p: f"{min(p)}..{max(p)}"),
        three.map(lambda p: f"triangular({p[0]}, {p[1]}, {p[2]})"),
    ]
    if bounded:
        # A beta distribution is stretched over the bounds of its quantity and needs both.
        notations.append(st.sampled_from(("beta(8, 2)", "beta(1, 1)")))
    notation = st.one_of(notations)
    simple = st.one_of(plain, notation)
    panel = st.tuples(plain, notation).map(lambda p: {"experts": {"e0": p[0], "e1": p[1]}})
    noted = simple.map(lambda value: {"value": value, "source": "s0", "note": "a note"})
    return st.one_of(simple, panel, noted)


def _issue(draw: DrawFn, wanted: Wanted, names: _Names, issue: str) -> Data:
    from hypothesis import strategies as st

    someone = st.lists(st.sampled_from(names.actors), min_size=1, max_size=2, unique=True)
    options = names.options[issue]
    out: Data = {"options": list(options), "set_by": draw(someone), "owner": draw(someone)}
    if issue in names.scaled:
        out["scale"] = {"from": 0, "to": 100}
    if wanted.transitions:
        kind = draw(st.sampled_from(("free", "irreversible", "listed", "undo", "option")))
        if kind == "irreversible":
            out["reversible"] = "no"
        elif kind == "listed":
            out["transitions"] = {o: draw(st.lists(st.sampled_from(options), unique=True)) for o in options}
        elif kind == "undo":
            out["undo"] = f"{draw(st.integers(0, 6))} months"
        elif kind == "option":
            details: dict[str, Data] = {o: {} for o in options}
            details[draw(st.sampled_from(options))]["reversible"] = "no"
            details[draw(st.sampled_from(options))]["undo"] = f"{draw(st.integers(1, 30))} days"
            out["options"] = details
    if wanted.signals and draw(st.booleans()):
        out["signals"] = {"s-clean": None, "s-breach": {"breach": "yes", "gravity": draw(st.integers(0, 100))}}
        clean = [draw(st.integers(0, 10)) for _ in options]
        # Each declared signal must be possible under some option.
        clean[0], clean[-1] = min(clean[0], 9), max(clean[-1], 1)
        rows = {o: _shown(c) for o, c in zip(options, clean, strict=True)}
        out["observed"] = dict(rows)
        others = [i for i in names.options if i != issue]
        if wanted.conditional_signals and others and draw(st.booleans()):
            other, option = draw(st.sampled_from(others)), draw(st.sampled_from(options))
            when = {other: draw(st.sampled_from(names.options[other]))}
            out["observed"][option] = [{"when": when, **_shown(draw(st.integers(0, 10)))}, rows[option]]
    if wanted.any_can and len(out["set_by"]) > 1 and draw(st.booleans()):
        out["any_can"] = draw(st.lists(st.sampled_from(options), min_size=1, max_size=2, unique=True))
    return out


def _shown(clean: int) -> Data:
    """Return the probabilities of the two signals, `clean` in ten that nothing is seen."""
    return {"s-clean": f"{clean / 10:g}", "s-breach": f"{(10 - clean) / 10:g}"}


def _lasting(draw: DrawFn, words: Sequence[str]) -> Any:
    from hypothesis import strategies as st

    length = f"{draw(st.integers(1, 12))} months"
    return draw(st.sampled_from((*words, length, {"mean": length})))


def _add_breach_costs(draw: DrawFn, wanted: Wanted, issues: Data, actor: str, details: Data) -> None:
    """Let breaking cost an actor something, or one of its types something else."""
    from hypothesis import strategies as st

    sets = [i for i, issue in issues.items() if actor in issue["set_by"]]

    def costs() -> list[Data]:
        out = []
        for _ in range(draw(st.integers(0, 2))):
            cost: Data = {"points": _number(draw, wanted, 0, 40, bounded=False)}
            cost["per"] = draw(st.sampled_from(("period", "once")))
            cost["when"] = draw(st.sampled_from(("any", "public")))
            if bool(sets) and draw(st.booleans()):
                cost["of"] = draw(st.lists(st.sampled_from(sets), min_size=1, max_size=2, unique=True))
            out.append(cost)
        return out

    if given := costs():
        details["breach_costs"] = given
    if "types" in details and draw(st.booleans()):
        details["types"]["t1"]["breach_costs"] = costs()


def _reactions(draw: DrawFn, issues: Data, names: _Names, signals: Mapping[str, tuple[str, ...]]) -> list[Data]:
    """Draw up to two reactions that their actors can carry out alone."""
    from hypothesis import strategies as st

    able = [(i, who, option) for i, issue in issues.items() for who in issue["set_by"]
            for option in (issue.get("any_can", ()) if len(issue["set_by"]) > 1 else names.options[i])]  # fmt: skip
    out = []
    for _ in range(draw(st.integers(0, 2)) if able else 0):
        issue, who, option = draw(st.sampled_from(able))
        reaction: Data = {"by": who, "to": draw(_trigger(names, dict(signals))), "does": {issue: option}}
        if draw(st.booleans()):
            reaction |= {"after": draw(st.integers(0, 3)), "lasts": _lasting(draw, ("while_seen", "for_good"))}
        if draw(st.booleans()):
            reaction |= {"probability": draw(st.sampled_from(("0.5", "1"))), "announced": "no"}
        out.append(reaction)
    return out


def _events(draw: DrawFn, wanted: Wanted, names: _Names) -> dict[str, Data]:
    """Draw when events come and end; what they change is drawn once there are actors."""
    from hypothesis import strategies as st

    out: dict[str, Data] = {}
    for k in range(draw(st.integers(0, 2))):
        event: Data = {"lasts": _lasting(draw, ("for_good",))}
        if draw(st.booleans()):
            event["chance"] = draw(st.sampled_from(("0.1", "5% per year", "1")))
            event["once"] = draw(st.sampled_from(("yes", "no")))
        else:
            event |= {"at": f"{draw(st.integers(1, 6))} months", "probability": draw(st.sampled_from(("0.4", "1")))}
        if draw(st.integers(0, 3)) == 3:
            event["hidden_from"] = [draw(st.sampled_from(names.actors))]
        out[f"e{k}"] = event
    return out


def _changes(draw: DrawFn, wanted: Wanted, issues: Data, actors: Data, names: _Names) -> Data:
    from hypothesis import strategies as st

    actor = draw(st.sampled_from(names.actors))
    kinds = ["patience", "walk_away"]
    kinds += ["type"] * ("types" in actors[actor]) + ["status_quo"] * wanted.status_quo
    noisy = [i for i, issue in issues.items() if "observed" in issue]
    kinds += ["observed"] * bool(noisy)
    kind = draw(st.sampled_from(kinds))
    if kind == "type":
        return {"type": {actor: draw(st.sampled_from(list(actors[actor]["types"])))}}
    if kind == "status_quo":
        issue = draw(st.sampled_from(list(names.options)))
        return {"status_quo": {issue: draw(st.sampled_from(names.options[issue]))}}
    if kind == "observed":
        issue = draw(st.sampled_from(noisy))
        return {"observed": {issue: {draw(st.sampled_from(names.options[issue])): _shown(draw(st.integers(0, 10)))}}}
    return {kind: {actor: draw(st.integers(0, 100)) if kind == "walk_away" else draw(st.sampled_from(("0.5", "0.99")))}}


def _signals_of(issue: Data, options: Sequence[str]) -> tuple[str, ...]:
    return tuple(issue["signals"]) if "signals" in issue else tuple(options)


def _constraints(draw: DrawFn, names: _Names, must_be_possible: Sequence[Package]) -> list[Data]:
    """Draw constraints that leave the given packages possible."""
    from hypothesis import strategies as st

    from halfway.case.conditions import parse_condition
    from halfway.case.truth import holds

    out = []
    for condition in draw(st.lists(conditions(names.options), max_size=2)):
        read = parse_condition(condition)
        truths = {holds(read, package) for package in must_be_possible}
        if len(truths) == 1:
            out.append({"require" if truths == {True} else "forbid": condition})
    return out


def _actor(draw: DrawFn, wanted: Wanted, names: _Names, actor: str, constraints: Sequence[Data]) -> Data:
    from hypothesis import strategies as st

    out: Data = {"capability": _number(draw, wanted, 0, 100)}
    if draw(st.booleans()):
        out["patience"] = draw(st.sampled_from(("0.9 per year", "0.99", "0.5 per period", "0", "1")))
    ordinal = wanted.preferences == "ordinal" or (wanted.preferences == "mixed" and draw(st.booleans()))
    if ordinal:
        out |= _order(draw, names, constraints)
    else:
        out |= _cardinal(draw, wanted, names)
    if wanted.red_lines and draw(st.booleans()):
        out["red_lines"] = [{"when": draw(conditions(names.options))}]
    if ordinal:
        return out
    if wanted.walk_aways:
        out |= _walk_away(draw, wanted, names, actor)
    if wanted.lexicographic and draw(st.booleans()):
        out["lexicographic"] = draw(st.lists(st.sampled_from(list(names.options)), max_size=2, unique=True))
    if wanted.types and draw(st.booleans()):
        first = draw(st.integers(0, 10))
        out["types"] = {
            "t0": {"prior": f"{first / 10:g}"},
            "t1": {"prior": f"{(10 - first) / 10:g}", **_cardinal(draw, wanted, names)},
        }
    if wanted.ratifies and draw(st.booleans()):
        body = {"threshold": draw(st.integers(0, 100)), "turnover": "0.05", **_cardinal(draw, wanted, names)}
        out["ratifies"] = {"r0": body}
    return out


def _cardinal(draw: DrawFn, wanted: Wanted, names: _Names) -> Data:
    from hypothesis import strategies as st

    interests: dict[str, Any] = {}
    size = draw(st.sampled_from(("weight", "swing")))
    for issue, options in names.options.items():
        forms = [f for f in wanted.forms if f != "position" or issue in names.scaled]
        form = draw(st.sampled_from((*forms, "absent"))) if forms else "values"
        if form == "absent":
            continue
        interest: Data = {size: _number(draw, wanted, 0, 100, bounded=size == "swing")}
        if form == "values":
            interest["values"] = {o: _number(draw, wanted, 0, 100) for o in options}
        elif form == "ranks":
            interest["ranks"] = _tied(draw, draw(st.permutations(options)))
        else:
            interest["position"] = _number(draw, wanted, 0, 100, bounded=False)
            interest["loss"] = draw(st.sampled_from(("linear", "quadratic")))
        interests[issue] = interest
    if not interests:
        issue = next(iter(names.options))
        interests[issue] = {size: 1, "values": {o: _number(draw, wanted, 0, 100) for o in names.options[issue]}}
    out: Data = {"interests": interests}
    if wanted.linkages and draw(st.booleans()):
        linkage: Data = {"when": draw(conditions(names.options)), "points": draw(st.integers(-30, 30))}
        if draw(st.booleans()):
            linkage["probability"] = draw(st.sampled_from(("0.5", "25%", "1")))
        out["linkages"] = [linkage]
    return out


def _tied(draw: DrawFn, ordered: Sequence[Any]) -> list[Any]:
    """Put some neighbours of an order on one level."""
    from hypothesis import strategies as st

    levels: list[list[Any]] = []
    for item in ordered:
        if levels and draw(st.integers(0, 3)) == 3:
            levels[-1].append(item)
        else:
            levels.append([item])
    return [level[0] if len(level) == 1 else level for level in levels]


def _order(draw: DrawFn, names: _Names, constraints: Sequence[Data]) -> Data:
    """Draw a full ranking of the feasible states, or preference statements."""
    from hypothesis import strategies as st

    from halfway.case.conditions import parse_condition
    from halfway.case.truth import holds

    bounds = [
        (parse_condition(c), wanted)
        for k in constraints
        for wanted, c in ((True, k.get("require")), (False, k.get("forbid")))
        if c
    ]
    states = [dict(zip(names.options, chosen, strict=True)) for chosen in product(*names.options.values())]
    states = [s for s in states if all(holds(c, s) == wanted for c, wanted in bounds)]
    if len(states) <= _MOST_RANKED and draw(st.booleans()):
        return {"ranking": _tied(draw, draw(st.permutations(states)))}
    statements = []
    for prefer in draw(st.lists(conditions(names.options), min_size=1, max_size=3)):
        statement: Data = {"prefer": prefer, "strength": draw(st.sampled_from(("strong", "weak", "unknown")))}
        if draw(st.booleans()):
            statement[draw(st.sampled_from(("if", "iff")))] = draw(conditions(names.options, 0))
        statements.append(statement)
    return {"statements": statements}


def _walk_away(draw: DrawFn, wanted: Wanted, names: _Names, actor: str) -> Data:
    from hypothesis import strategies as st

    kinds = ("absent", "number", "status quo", "contest") if wanted.status_quo else ("absent", "number")
    kind = draw(st.sampled_from(kinds))
    if kind == "absent":
        return {}
    if kind == "number":
        return {"walk_away": _number(draw, wanted, 0, 100, bounded=False)}
    if kind == "status quo":
        return {"walk_away": "status quo"}
    issue = draw(st.sampled_from(list(names.options)))
    others = [a for a in names.actors if a != actor]
    contest: Data = {
        "opponents": draw(st.sampled_from(others or [actor])),
        "prize": {issue: draw(st.sampled_from(names.options[issue]))},
        "cost": draw(st.integers(0, 30)),
    }
    if draw(st.booleans()):
        contest["loss"] = {issue: draw(st.sampled_from(names.options[issue]))}
    if draw(st.booleans()):
        contest["win_probability"] = "0.4"
    return {"walk_away": {"contest": contest}}


def _plan(
    draw: DrawFn,
    wanted: Wanted,
    names: _Names,
    signals: dict[str, tuple[str, ...]],
    status_quo: Package | None,
    events: Mapping[str, tuple[str, ...]],
) -> tuple[Data, list[Package]]:
    """Draw a plan in which every phase is reached, and return it with the packages of its phases."""
    from hypothesis import strategies as st

    keys = [f"f{k}" for k in range(draw(st.integers(1, wanted.phases)))]
    packages = [{i: draw(st.sampled_from(o)) for i, o in names.options.items()} for _ in keys]
    phases: dict[str, Data] = {}
    led_to: set[str] = set()
    for k, key in enumerate(keys):
        phase: Data = {"package": dict(packages[k])}
        triggers = []
        following = keys[k + 1] if k + 1 < len(keys) else None
        by_time = draw(st.booleans())
        if following is not None and by_time:
            phase |= {"lasts": f"{draw(st.integers(1, 12))} months", "then": following}
        elif following is not None:
            triggers.append({"when": draw(_trigger(names, signals)), "go": following})
        if len(keys) > 1 and draw(st.booleans()):
            triggers.append({"when": draw(_trigger(names, signals)), "go": draw(st.sampled_from(keys))})
        if following is None and len(keys) > 1 and draw(st.booleans()):
            back = draw(st.sampled_from(keys))
            phase |= {"lasts": draw(st.integers(1, 12)), "then": back, "resets": {"max": draw(st.integers(0, 3))}}
        if events and len(keys) > 1 and draw(st.booleans()):
            triggers.append({"when": draw(conditions(events, 0)), "go": draw(st.sampled_from(keys))})
        if triggers:
            phase["on"] = triggers
        led_to.update(str(t["go"]) for t in triggers)
        led_to.add(str(phase.get("then", "")))
        phases[key] = phase
    if status_quo is not None and keys[0] not in led_to and draw(st.booleans()):
        # The first phase may leave unsaid what stays as it is.
        phases[keys[0]]["package"] = {i: o for i, o in packages[0].items() if status_quo[i] != o}
    plan: Data = {"phases": phases}
    if wanted.seats and draw(st.booleans()):
        plan["seats"] = _seats(draw, names)
    if len(names.actors) > 1 and draw(st.booleans()):
        plan["between"] = list(draw(st.permutations(names.actors)))[:2]
    if wanted.transfers and len(names.actors) > 1 and draw(st.booleans()):
        payer, receiver = list(draw(st.permutations(names.actors)))[:2]
        transfer = {"from": payer, "to": receiver, "amount": draw(st.integers(0, 20))}
        if draw(st.booleans()):
            transfer["phases"] = [draw(st.sampled_from(keys))]
        plan["transfers"] = [transfer]
    if wanted.obligations:
        owed = [_obligation(draw, names, keys) for _ in range(draw(st.integers(0, 2)))]
        if owed:
            plan["obligations"] = owed
    return plan, packages


def _obligation(draw: DrawFn, names: _Names, phases: Sequence[str]) -> Data:
    from hypothesis import strategies as st

    issue = draw(st.sampled_from(list(names.options)))
    out: Data = {
        "by": draw(st.lists(st.sampled_from(names.actors), min_size=1, max_size=2, unique=True)),
        "act": "does it",
        "does": {issue: draw(st.sampled_from(names.options[issue]))},
    }
    if draw(st.booleans()):
        out |= {"phase": draw(st.sampled_from(list(phases))), "due": draw(st.sampled_from(("3 months", "2016-11", 2)))}
    if draw(st.booleans()):
        out |= {"can": draw(st.sampled_from(("0.8", "0.7 ± 0.1"))), "provision": "p0", "kind": "k0"}
    others = [a for a in names.actors if a not in out["by"]]
    if bool(others) and draw(st.booleans()):
        out["answers_for"] = draw(st.sampled_from(others))
    if draw(st.booleans()):
        out["outcome"] = draw(st.sampled_from(("kept", "failed", "released")))
    return out


def _trigger(names: _Names, signals: dict[str, tuple[str, ...]]) -> SearchStrategy[Data]:
    from hypothesis import strategies as st

    issue = st.sampled_from(list(names.options))
    points = st.integers(0, 100)
    return st.one_of(
        conditions(signals, 0),
        points.map(lambda p: {"at_least": p}),
        st.tuples(points, issue).map(lambda p: {"at_least": {"gravity": p[0], "issue": p[1]}}),
        st.tuples(points, st.sampled_from(names.actors)).map(lambda p: {"at_least": {"gravity": p[0], "by": p[1]}}),
        st.tuples(points, issue).map(lambda p: {"falls_by": {"points": p[0], "issue": p[1]}}),
    )


def _seats(draw: DrawFn, names: _Names) -> Data:
    from hypothesis import strategies as st

    first, *others = draw(st.permutations(names.actors))
    seats: Data = {first: "party"}
    for actor in others:
        seats[actor] = draw(st.sampled_from(("party", "observer", "absent", f"represented by {first}")))
    return seats
