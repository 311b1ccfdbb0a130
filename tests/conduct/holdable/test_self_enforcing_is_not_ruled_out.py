"""A plan that enforces itself shows that its package can hold: the bound never rules that package out."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from halfway.case.reader import build
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.holdable import bounds
from halfway.conduct.holdable.result import holdable, one_package, stage_of
from halfway.conduct.verdicts.enforcement import enforcement
from halfway.errors import InputError, Refusal
from tests.conduct import holdable_reference as reference


def made(rng):
    """A case whose plan keeps one package, answers what keeping does not show, and punishes for a time or for good."""
    actors = ["a", "b", "c"][: rng.integers(2, 4)]
    issues, shown = {}, {}
    for k in range(rng.integers(2, 4)):
        options = [f"o{j}" for j in range(rng.integers(2, 4))]
        who = [str(x) for x in rng.permutation(actors)[: 1 if rng.random() < 0.8 else 2]]
        issue = issues[f"i{k}"] = {"options": options, "set_by": who, "owner": who[:1]}
        if rng.random() < 0.2:
            issue["undo"] = f"{rng.integers(1, 4)} months"
        if rng.random() < 0.6:
            names = ["s0", "s1", "s2"][: rng.integers(2, 4)]
            rows = {}
            for o in options:
                parts = rng.choice([0, 0, 1, 3], size=len(names))
                parts[rng.integers(len(names))] += parts.sum() == 0
                rows[o] = {s: f"{p}/{parts.sum()}" for s, p in zip(names, parts, strict=True) if p}
            issue["observed"] = rows
        shown[f"i{k}"] = {o: set(issue["observed"][o]) if "observed" in issue else {o} for o in options}
    values = {a: {i: {o: int(rng.choice([0, 30, 60, 100])) for o in shown[i]} for i in issues} for a in actors}
    # What others do matters more to an actor than what it does itself.
    weights = {a: {i: 1 if issues[i]["set_by"] == [a] else int(rng.integers(1, 6)) for i in issues} for a in actors}
    every = [dict(zip(issues, p, strict=True)) for p in product(*(issues[i]["options"] for i in issues))]

    def worth(package, a):
        return sum(weights[a][i] * values[a][i][o] for i, o in package.items()) / sum(weights[a].values())

    kept = max(every, key=lambda p: min(worth(p, a) for a in actors))
    hard = min(every, key=lambda p: sum(worth(p, a) for a in actors))
    phases = {"kept": {"package": kept}, "hard": {"package": hard}}
    rules = []
    for i, options in shown.items():
        bad = sorted(set().union(*options.values()) - options[kept[i]])
        if bad:
            rules.append({"when": {i: bad}, "go": "hard"})
    if not rules:
        del phases["hard"]
    else:
        phases["kept"]["on"] = rules
        if rng.random() < 0.4:
            phases["hard"] |= {"lasts": f"{rng.integers(1, 6)} months", "then": "kept"}
    return {
        "name": "made",
        "actors": {
            a: {
                "patience": str(rng.choice(["0.5", "0.8", "0.9", "0.97"])),
                "interests": {i: {"weight": weights[a][i], "values": values[a][i]} for i in issues},
            }
            for a in actors
        },
        "issues": issues,
        "status_quo": {i: issues[i]["options"][0] for i in issues},
        "plans": {"p": {"phases": phases}},
    }  # fmt: skip


@pytest.mark.parametrize("seed", [1])
def test_the_package_of_a_self_enforcing_plan_is_never_ruled_out(seed):
    rng = np.random.default_rng(seed)
    judged = tempted = 0
    for _ in range(80):
        try:
            whole = study(build(made(rng)))
            if not one_package(whole) or enforcement(whole).holds is not True:
                continue
            package = whole.kept.automaton.packages[whole.kept.automaton.situation_of][0]
            found = holdable(whole, package, 1)
        except (InputError, Refusal):
            continue
        stage, kept = stage_of(whole), tuple(int(o) for o in package)
        judged += 1
        tempted += any(
            reference.worth(stage, a, d) > reference.worth(stage, a, kept)
            for a in range(len(stage.utilities.tables[0]))
            for d in reference.departures(stage, a, kept, stage.direct)
        )
        assert found.plan_not_ruled_out, (seed, whole.case.model_dump(mode="json", exclude_unset=True))
    assert judged > 8
    assert tempted > 0


def lent_and_returned(patience, rows, heeded="unclear"):
    """Lender pays 10 each month for what borrower returns, or keeps for 14; `rows` say what is seen of returning."""
    return build(
        {
            "name": "loan",
            "actors": {
                "lender": {"patience": patience, "normalise": False, "interests": {
                    "loan": {"weight": 1, "values": {"none": 0, "lent": 0}},
                    "return": {"weight": 1, "values": {"kept": 0, "returned": 5}}}},
                "borrower": {"patience": patience, "normalise": False, "interests": {
                    "loan": {"weight": 1, "values": {"none": 0, "lent": 10}},
                    "return": {"weight": 1, "values": {"kept": 4, "returned": 0}}}},
            },
            "issues": {
                "loan": {"options": ["none", "lent"], "set_by": ["lender"], "owner": ["lender"]},
                "return": {"options": ["kept", "returned"], "set_by": ["borrower"], "owner": ["borrower"],
                           "observed": rows},
            },
            "status_quo": {"loan": "none", "return": "kept"},
            "plans": {"p": {"phases": {
                "lending": {"package": {"loan": "lent", "return": "returned"},
                            "on": [{"when": {"return": [heeded]}, "go": "over"}]},
                "over": {"package": {"loan": "none", "return": "kept"}}}}},
        }
    )  # fmt: skip


def test_a_signal_that_nobody_declared_a_breach_can_be_heeded_all_the_same():
    """Keeping shows 'unclear' half the time, returning never; the plan heeds it though its name accuses nobody.

    Returning is worth 10, keeping 14 and then 4 for good once it is seen: with φ = 0 and ρ = 1/2 it takes
    10 (1−δ+δ/2) ≥ 14 (1−δ) + 4 δ/2, that is δ ≥ 4/7.
    """
    rows = {"kept": {"unclear": 0.5, "quiet": 0.5}, "returned": {"quiet": 1}}
    for patience, holds in ((0.58, True), (0.56, False)):
        whole = study(lent_and_returned(patience, rows))
        assert one_package(whole)
        assert enforcement(whole).holds is holds
        found = holdable(whole, np.array([1, 1]), 1)
        assert found.plan_not_ruled_out is holds


def test_the_likeliest_signs_are_heeded_and_no_others():
    """Signals a, b, c have chances (0, .5, .5) while it returns and (.2, .6, .2) while it keeps.

    So (φ, ρ) can be (0, .2) by heeding a, or (.5, .8) by heeding a and b. Returning is worth 10, keeping 14, the end 4, and
    6 (1−δ+δρ) ≥ 10 (1−δ+δφ) is (6ρ − 10φ) δ ≥ 4 (1−δ): with a alone δ ≥ 4/5.2, with both never.
    """
    rows = {"returned": {"b": 0.5, "c": 0.5}, "kept": {"a": 0.2, "b": 0.6, "c": 0.2}}
    least = 4 / 5.2
    for patience, holds in ((least + 0.001, True), (least - 0.001, False)):
        whole = study(lent_and_returned(patience, rows, "a"))
        assert enforcement(whole).holds is holds
        assert holdable(whole, np.array([1, 1]), 1).plan_not_ruled_out is holds


def test_departures_with_too_many_signs_rule_nothing_out_wrongly(monkeypatch):
    """Three signs where two are looked through: keeping counts as sure to show, 10 (1−δ+δ) ≥ 14 (1−δ) + 4 δ at δ ≥ 2/5."""
    rows = {"returned": {"b": 0.5, "c": 0.5}, "kept": {"a": 0.2, "b": 0.6, "c": 0.2}}
    for patience, looser in ((0.7, True), (0.41, True), (0.39, False)):
        whole = study(lent_and_returned(patience, rows, "a"))
        assert not holdable(whole, np.array([1, 1]), 1).plan_not_ruled_out
        with monkeypatch.context() as patched:
            patched.setattr(bounds, "MOST_SIGNS", 2)
            assert holdable(whole, np.array([1, 1]), 1).plan_not_ruled_out is looser


def test_a_plan_that_pays_or_rewards_is_not_one_package():
    rows = {"kept": {"unclear": 0.5, "quiet": 0.5}, "returned": {"quiet": 1}}
    data = lent_and_returned(0.9, rows).model_dump(mode="json", exclude_unset=True)
    assert one_package(study(build(data)))
    paid = {
        **data,
        "plans": {"p": {**data["plans"]["p"], "transfers": [{"from": "lender", "to": "borrower", "amount": 1}]}},
    }
    assert not one_package(study(build(paid)))
    # Breaking leads to a phase that is worth more to the one who breaks.
    better = data["plans"]["p"]["phases"]["over"] | {"package": {"loan": "lent", "return": "kept"}}
    phases = {**data["plans"]["p"]["phases"], "over": better}
    assert not one_package(study(build({**data, "plans": {"p": {"phases": phases}}})))
