"""What signals set off, reduced to what the rules tell apart, against every set of signals written out."""

from __future__ import annotations

import time
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.case.reader import build
from halfway.conduct.game.compiled_plan import study
from halfway.errors import Refusal
from halfway.space.plan.compile_rules import compile_rules
from halfway.space.plan.facts import Reader
from halfway.space.utilities.space import compile_space
from tests.space.plan.test_automaton import plans


def written_out(rules, phase, gravities, in_force, world):
    """What one period may set off, signal by signal, without reduction."""
    read = rules.phases[phase].read
    force = dict(zip(read, in_force, strict=True))
    rows = {i: rules.row(i, o, force, world) for i, o in force.items()}
    shown = [np.flatnonzero(rules.observed[i][row] > 0).tolist() for i, row in rows.items()]
    found = {}
    for signals in product(*shown):
        seen = [0] * rules.issues
        chance = 1.0
        for (i, row), s in zip(rows.items(), signals, strict=True):
            seen[i] = s
            chance *= float(rules.observed[i][row, s])
        event, levels, watched, worlds = rules.seen_event(phase, gravities, seen, world)
        for p, after in worlds:
            fact = (event, levels, watched, after)
            found[fact] = found.get(fact, 0.0) + chance * p
    return found


NOUNS = ((), ("when",), ("when", "events", "reactions"))


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(NOUNS).flatmap(lambda n: plans(nouns=n)), st.booleans(), st.randoms(use_true_random=False))
def test_events_are_those_of_every_set_of_signals(case, watch, random):
    space = compile_space(case)
    rules = compile_rules(space, case.plans["plan"], watch=watch)
    for phase, own in enumerate(rules.phases):
        ways = [range(len(space.options[i])) for i in own.read]
        levels = [sorted({0.0, *own.gravity[i].tolist()}) for i in rules.compared]
        for _ in range(6):
            in_force = tuple(random.choice(way) for way in ways)
            gravities = tuple(random.choice(level) for level in levels)
            world = tuple(random.randrange(len(m.on)) for m in rules.machines)
            found = {fact: p for p, *rest in rules.events(phase, gravities, in_force, world) for fact in [tuple(rest)]}
            expected = written_out(rules, phase, gravities, in_force, world)
            assert set(found) == set(expected)
            assert all(np.isclose(found[fact], p, rtol=1e-12, atol=1e-15) for fact, p in expected.items())
        # A trigger can match exactly where some options and gravities before set it off.
        if not own.falls and not rules.machines:
            reached = {
                fact[0]
                for in_force in product(*ways)
                for fact in written_out(rules, phase, (0.0,) * len(levels), in_force, ())
            }
            found_can = rules.can_match(phase)
            # Rows that depend on other issues are each taken to be possible.
            assert found_can == reached or (found_can > reached and any(rules.rows_ask(i) for i in own.read))


def some_test(random, bits, depth):
    kind = random.choice(["bit", "not", "all", "any"] if depth else ["bit"])
    if kind == "bit":
        return ("bit", random.randrange(bits))
    if kind == "not":
        return ("not", some_test(random, bits, depth - 1))
    return (kind, tuple(some_test(random, bits, depth - 1) for _ in range(random.randint(1, 3))))


def true(test, bits):
    kind, content = test
    if kind == "bit":
        return bool(bits >> content & 1)
    if kind == "not":
        return not true(content, bits)
    return (all if kind == "all" else any)(true(part, bits) for part in content)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9))
def test_a_reader_answers_as_the_conditions_say(seed):
    random = Random(seed)
    bits = random.randint(1, 6)
    triggers = [some_test(random, bits, 3) for _ in range(random.randint(0, 4))]
    questions = [some_test(random, bits, 2) for _ in range(random.randint(0, 2))]
    can_set = {issue: random.randrange(1 << bits) for issue in range(random.randint(1, 4))}
    reader = Reader(triggers, questions, can_set, [0] if random.random() < 0.5 else ())
    assert sorted(reader.order) == sorted(can_set)
    for _ in range(20):
        shown = {issue: random.randrange(1 << bits) & mask for issue, mask in can_set.items()}
        node, all_bits = reader.start, 0
        for k, issue in enumerate(reader.order):
            node = reader.step(node, k, shown[issue])
            all_bits |= shown[issue]
        first = next((k for k, test in enumerate(triggers) if true(test, all_bits)), len(triggers))
        assert reader.answer(node, len(triggers)) == (first, tuple(true(q, all_bits) for q in questions))


def noisy(count, when, **phase):
    """A case with noisy issues, set by two actors in turn, and one rule over them."""
    issues = {
        f"i{k}": {
            "options": ["o", "p"],
            "set_by": "ab"[k % 2],
            "owner": "a",
            "observed": {"o": {"o": 0.9, "p": 0.1}, "p": {"o": 0.2, "p": 0.8}},
        }
        for k in range(count)
    }
    wants = {
        a: {i: {"values": {"o": k, "p": 100} if issue["set_by"] == a else {"o": 100, "p": k}}
            for k, (i, issue) in enumerate(issues.items())}
        for a in "ab"
    }  # fmt: skip
    first = {"package": dict.fromkeys(issues, "o"), "on": [{"when": when, "go": "after"}], **phase}
    return build(
        {
            "name": "noisy",
            "actors": {a: {"interests": own, "patience": 0.9} for a, own in wants.items()},
            "issues": issues,
            "status_quo": dict.fromkeys(issues, "o"),
            "plans": {"plan": {"phases": {"first": first, "after": {"package": dict.fromkeys(issues, "p")}}}},
        }
    )


def test_twenty_noisy_issues_under_one_rule_are_two_facts_each():
    """The chance that none of 20 issues looks like 'p' is 0.9^20; one by one a million sets of facts would be kept."""
    case = noisy(20, {"any": [{f"i{k}": "p"} for k in range(20)]})
    rules = compile_rules(compile_space(case), case.plans["plan"])
    events = {event: chance for chance, event, *_ in rules.events(0, (), (0,) * 20)}
    assert events[1] == pytest.approx(0.9**20, rel=1e-12)
    assert events[0] == pytest.approx(1 - 0.9**20, rel=1e-12)
    assert rules.can_match(0) == {0, 1}


def paired(count):
    """Many pairs without an order: no way of going through the issues leaves few questions open."""
    random = Random(1)
    pairs = [random.sample(range(count), 2) for _ in range(3 * count)]
    return {"any": [{"all": [{f"i{j}": "p"}, {f"i{k}": "p"}]} for j, k in pairs]}


def test_what_is_refused_is_refused_at_once_and_its_remedy_works():
    case = noisy(44, paired(44))
    rules = compile_rules(compile_space(case), case.plans["plan"])
    began = time.process_time()
    with pytest.raises(Refusal, match="R030") as refused:
        rules.events(0, (), (0,) * 44)
    assert time.process_time() - began < 1
    assert "let rule 1 of phase 'first' name fewer noisy issues" in str(refused.value)
    whole = study(noisy(44, paired(12)))
    assert whole.gap("a") > 0


def test_remembered_gravities_are_named_where_they_are_too_many():
    count = 16
    when = {"any": [{"falls_by": {"points": 1 + k, "issue": f"i{k}"}} for k in range(count)]}
    with pytest.raises(Refusal, match="drop 'falls_by' on issue 'i0'"):
        study(noisy(count, when)).gap("a")
    few = {"any": [{"falls_by": {"points": 1 + k, "issue": f"i{k}"}} for k in range(2)]}
    assert study(noisy(2, few)).gap("a") >= 0
