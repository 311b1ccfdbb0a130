"""Repair against trying everything naively, and what is missing against its definition, on random plans."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from halfway.case.plans import Plan
from halfway.case.reader import build, load_text
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.repair.changes import Source, change_sets, count_sets
from halfway.conduct.repair.run import repair
from halfway.conduct.repair.separable_gains import Apart, averaged, deciding_kinds
from halfway.conduct.repair.shortfall import missing
from halfway.conduct.repair.transfers import compensation
from halfway.conduct.thresholds.thresholds import sticks
from halfway.conduct.verdicts.enforcement import enforcement
from halfway.conduct.verdicts.refutation import tempting_rows
from halfway.errors import InputError, Refusal
from tests.conduct.cases import GRIM, dilemma
from tests.space.plan.test_automaton import plans

# Whole cases shrink slowly; the failing one is told as it is.
SETTINGS = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


@st.composite
def mendable(draw, most=3):
    """A small case whose plan declares changes: of lengths, packages, rules and payments."""
    data = plain(draw(plans(simple=draw(st.booleans()))))
    plan = data["plans"]["plan"]
    stages, issues = list(plan["phases"]), data["issues"]
    repairs = []
    for number in range(draw(st.integers(0, most))):
        stage = draw(st.sampled_from(stages))
        issue = draw(st.sampled_from(list(issues)))
        options = list(issues[issue]["options"])
        signals = list(issues[issue].get("signals", options))
        go, amount = draw(st.sampled_from(stages)), draw(st.integers(0, 30))
        kind = draw(st.sampled_from(["lasts", "package", "on", "on", "transfers", "nonsense"]))
        change = {
            "lasts": {f"phases.{stage}.lasts": f"{draw(st.integers(1, 3))} months"},
            "package": {f"phases.{stage}.package.{issue}": draw(st.sampled_from(options))},
            "on": {f"phases.{stage}.on": [{"when": {issue: draw(st.sampled_from(signals))}, "go": go}]},
            "transfers": {"transfers": [{"from": "a", "to": "b", "amount": amount, "phases": [stage]}]},
            "nonsense": {f"phases.{stage}.then": "nowhere"},
        }[kind]  # fmt: skip
        repairs.append({"name": f"change {number}", "cost": draw(st.integers(0, 4)), "change": change})
    plan["repairs"] = repairs
    return data


def plain(case):
    return case.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def built(data):
    try:
        return build(data)
    except InputError:
        assume(False)


def naive_sets(plan):
    """Every set of changes no place of which is inside another or the same, by cost, size and order."""
    out = []
    for size in range(len(plan.repairs) + 1):
        for numbers in combinations(range(len(plan.repairs)), size):
            places = [p for i in numbers for p in plan.repairs[i].change]
            inside = any(a != b and (a + ".").startswith(b + ".") for a in places for b in places)
            if len(set(places)) == len(places) and not inside:
                out.append((sum(float(plan.repairs[i].cost) for i in numbers), size, numbers))
    return sorted(out)


def naive_gaps(whole):
    return {
        name: sum(prior * whole.gap(name, kind) for kind, prior in whole.kinds(name).items())
        for name in (whole.space.actors[a] for a in whole.everyone)
    }


@SETTINGS
@given(mendable())
def test_it_finds_what_trying_everything_finds(data):
    case = built(data)
    plan = case.plans["plan"]
    source, found, least = Source(case, "plan"), None, None
    result = repair(case)
    verdicts = []
    for cost, _, numbers in naive_sets(plan):
        try:
            whole = study(load_text(source.edited(numbers)), "plan")
            gaps, holds = naive_gaps(whole), enforcement(whole).holds
        except (InputError, Refusal):
            verdicts.append((numbers, cost, None, None))
            continue
        verdicts.append((numbers, cost, gaps, holds))
        least = min(sum(gaps.values()), least if least is not None else float("inf"))
        if holds:
            found = numbers
            break
    assert [t.changes for t in result.tried] == [tuple(plan.repairs[i].name for i in n) for n, _, _, _ in verdicts]
    assert (None if result.found is None else result.found.changes) == (
        None if found is None else tuple(plan.repairs[i].name for i in found)
    )
    assert result.exhaustive
    assert result.sets == len(naive_sets(plan))
    for (numbers, cost, gaps, holds), one in zip(verdicts, result.tried, strict=True):
        assert one.cost == pytest.approx(cost)
        assert one.sound == (gaps is not None)
        if gaps is None:
            continue
        assert one.self_enforcing is holds
        for name, size in one.exploitability.items():
            assert size <= gaps[name] + 1e-7
            assert name not in one.weighed or size == pytest.approx(gaps[name], abs=1e-7)
        if holds is False:
            departs(study(source.case_with(numbers), "plan"), one.refutation)
    if found is None:
        assert result.nearest.complete
        assert sum(result.nearest.exploitability.values()) == pytest.approx(least, abs=1e-7)


def departs(whole, refutation):
    """A refutation is a departure of that gain in that phase, in a state that arbitrary conduct can reach."""
    priced = whole.priced(whole.everyone, refutation.actor, refutation.kind)
    gains, rows = tempting_rows(whole, priced, refutation.actor, refutation.kind)
    states = priced.game.flat(whole.space.actor(refutation.actor)).state
    names = whole.rules.phase_names
    there = [gains[r] for r in rows if names[priced.automaton.states[states[r]].phase] == refutation.phase]
    assert any(abs(gain - refutation.gain) < 1e-8 for gain in there)


@settings(SETTINGS, max_examples=300)
@given(plans())
def test_gains_add_up_over_parts_solved_apart(case):
    whole = study(case, "plan")
    apart = Apart()
    for name, gap in naive_gaps(whole).items():
        assert apart.gap(whole, name) == pytest.approx(gap, abs=1e-8)
        light = averaged(whole, name, {k: apart.light(whole, name, k) for k in deciding_kinds(whole, name)})
        assert light <= gap + 1e-8


@given(st.lists(st.sets(st.sampled_from(["p.a", "p.a.x", "p.b", "q", "q.c.d"]), min_size=1, max_size=2), max_size=7))
def test_sets_are_listed_once_and_in_order(places):
    repairs = [{"name": str(k), "cost": k % 3, "change": dict.fromkeys(p, 1)} for k, p in enumerate(places)]
    # A plan by itself: in a case, places that the plan does not have would be refused.
    plan = Plan.model_validate({**GRIM, "repairs": repairs})
    listed = [c.numbers for c in change_sets(plan)]
    assert listed == [numbers for _, _, numbers in naive_sets(plan)]
    assert count_sets(plan) == len(listed)


def paying(case, payer, to, amount, phases):
    source = Source(case, "plan")
    return study(source.case_with((), [{"from": payer, "to": to, "amount": amount, "phases": list(phases)}]), "plan")


def still_tempted(whole, name):
    return any(len(tempting_rows(whole, priced, name, None)[1]) for priced in whole.reached(name, None))


@settings(SETTINGS, max_examples=150)
@given(plans())
def test_the_least_penalty_transfer_and_patience_are_the_least(case):
    whole = study(case, "plan")
    tempted = {m.actor for m in missing(whole)}
    assert tempted == {a for a in ("a", "b") if whole.rules.sets(whole.space.actor(a)) and still_tempted(whole, a)}
    for one in missing(whole):
        other = "b" if one.actor == "a" else "a"
        names = whole.rules.phase_names
        penal = [names[p] for p in sticks(whole)]
        near = 1e-5
        for least, payer, to, phases in (
            (one.penalty, one.actor, other, penal),
            (one.transfer, other, one.actor, [one.transfer.phase]),
        ):
            if least.at is not None:
                more, less = least.at * (1 + near) + near, max(least.at * (1 - near) - near, 0.0)
                assert not still_tempted(paying(case, payer, to, more, phases), one.actor)
                assert still_tempted(paying(case, payer, to, less, phases), one.actor)
            elif phases and phases[0]:
                assert all(still_tempted(paying(case, payer, to, x, phases), one.actor) for x in (0.5, 5, 50, 500))
        if one.patience.at is not None:
            data = plain(case)
            data["actors"][one.actor]["patience"] = one.patience.at
            assert not still_tempted(study(build(data), "plan"), one.actor)


@settings(SETTINGS, max_examples=200)
@given(plans())
def test_transfers_that_are_found_are_enough(case):
    whole = study(case, "plan")
    found = compensation(whole)
    if not found.transfers:
        return
    after = study(Source(case, "plan").case_with((), list(found.transfers)), "plan")
    assert not any(still_tempted(after, a) for a in ("a", "b"))
    assert all(float(t["amount"]) > 0 for t in found.transfers)


def test_a_transfer_that_can_be_computed_by_hand():
    # Row, impatient: (1 − δ)·20 = δ·(20 + y) at δ = 0.4 gives y = 10, paid while the trust lasts.
    case = dilemma(GRIM, patience=0.9)
    case = build(_with_patience(case, "row", 0.4))
    whole = study(case, "plan")
    (one,) = missing(whole)
    assert one.actor == "row"
    assert one.temptations[0].gain == pytest.approx(0.6 * 20 - 0.4 * 20)
    assert one.penalty.at == pytest.approx(10)
    assert one.transfer.at == pytest.approx(10)
    assert one.transfer.phase == "trust"
    assert one.patience.at == pytest.approx(0.5, abs=2e-4)
    assert one.detection.at is None
    found = compensation(whole)
    assert found.total == pytest.approx(10, abs=0.01)
    assert [(t["from"], t["to"], t["phases"]) for t in found.transfers if t["amount"] > 0.1] in (
        [("column", "row", ["trust"])],
        [("row", "column", ["war"])],
        [("column", "row", ["trust"]), ("row", "column", ["war"])],
    )
    result = repair(case)
    assert result.compensation is not None
    assert result.compensation.verified


def test_the_chance_of_being_caught_that_is_needed_can_be_computed_by_hand():
    # Caught with chance ρ: (1 − δ)·20 = δ·ρ·20 at δ = 0.9 gives ρ = 1/9; it is 0.05.
    data = _with_patience(dilemma(GRIM, patience=0.9), "row", 0.9)
    data["issues"]["row_act"]["observed"] = {"c": {"c": 1}, "d": {"c": 0.95, "d": 0.05}}
    (one,) = missing(study(build(data), "plan"))
    assert one.actor == "row"
    assert 0.05 + 0.95 * one.detection.at == pytest.approx(1 / 9)
    (answer,) = one.answers
    assert (answer.phase, answer.go, answer.there) == ("trust", "war", True)
    assert answer.chance == pytest.approx(one.detection.at)


def _with_patience(case, actor, patience):
    data = plain(case)
    data["actors"][actor]["patience"] = patience
    return data
