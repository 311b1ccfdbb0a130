"""The compiled case: made once, and the same whatever was asked of it before."""

from __future__ import annotations

import pickle
import sys
from collections import Counter
from typing import Any

import pytest

import halfway.space.compiled as compiled_module
from halfway.api import loads
from halfway.brief.build import build
from halfway.case.catalog import load
from halfway.conduct.run import conduct
from halfway.space.compiled import CompiledCase, compile_case

RECORD = """
name: record
actors:
  giver:
    patience: 0.9
    interests: {deed: {weight: 3, values: {done: 100, not_done: 0}}, relief: {weight: 1, values: {no: 100, yes: 0}}}
  taker:
    patience: 0.9
    interests: {deed: {weight: 1, values: {done: 0, not_done: 100}}, relief: {weight: 2, values: {no: 0, yes: 100}}}
    types:
      honest:
        prior: 0.5
        interests: {deed: {weight: 1, values: {done: 100, not_done: 0}}, relief: {weight: 2, values: {no: 0, yes: 100}}}
      crook: {prior: 0.5}
issues:
  deed: {options: [done, not_done], set_by: taker, owner: giver}
  relief: {options: [no, yes], set_by: giver, owner: giver}
status_quo: {deed: not_done, relief: no}
sources: {s: {title: A made-up source}}
record:
  rule: all promises
  promises:
    - {made: 2001-01-01, by: taker, to: giver, kind: deed, what: did it, outcome: broken, source: s}
    - {made: 2002-01-01, by: taker, to: giver, kind: deed, what: did it, outcome: broken, source: s}
    - {made: 2003-01-01, by: taker, to: giver, kind: deed, what: did it, outcome: broken, source: s}
plans:
  swap:
    phases:
      on: {package: {deed: done, relief: yes}}
"""


def test_priors_of_one_call_do_not_reach_the_next():
    compiled = compile_case(loads(RECORD))

    def asked(priors):
        return conduct(compiled, "swap", 0, priors=priors, with_thresholds=False, with_alternatives=False)

    before, by_record, after = asked("stated"), asked("record"), asked("stated")
    assert before.actors["taker"].exploitability == pytest.approx(16.67, abs=0.01)
    # Breaking pays the crook alone, 33.33 points, weighed by what the record of three broken promises says of it.
    crook = by_record.priors["taker"]["from_record"]["crook"]
    assert crook > 0.55
    assert by_record.actors["taker"].exploitability == pytest.approx(33.33 * crook, abs=0.01)
    assert after.to_dict() == before.to_dict()


def test_what_is_compiled_is_returned_as_it_is_and_cannot_be_changed():
    compiled = compile_case(loads(RECORD))
    assert compile_case(compiled) is compiled
    assert compiled.space() is compiled.space({})
    assert compiled.space({"taker": "crook"}) is not compiled.space()
    with pytest.raises(AttributeError):
        compiled.case = loads(RECORD)


def test_a_brief_compiles_each_distinct_input_once_and_follows_each_plan_once(monkeypatch):
    spaces: Counter[tuple[Any, ...]] = Counter()
    seen = []
    followed: Counter[str] = Counter()
    compile_space, follow = compiled_module.compile_space, compiled_module.follow

    def counted_space(case, types=None, wants=None):
        # With bodies that ratify as actors, settling asks about a case of its own, and so does the audit about a plan with
        # a step left out: once for each.
        seen.append(case)
        spaces[(id(case), *case.actors, *(f"{a}={k}" for a, k in sorted((types or {}).items())))] += 1
        return compile_space(case, types, wants)

    def counted_follow(space, name, plan, rules=None):
        followed[name] += 1
        return follow(space, name, plan, rules)

    # Wherever a module has the name, so that no room can compile behind the back of the compiled case.
    for module in _modules():
        if getattr(module, "compile_space", None) is compile_space:
            monkeypatch.setattr(module, "compile_space", counted_space)
        if getattr(module, "follow", None) is follow:
            monkeypatch.setattr(module, "follow", counted_follow)
    case = load("belarus-2020")
    build(case)
    types = sum(len(actor.types) for actor in case.actors.values())
    assert sum(key[0] == id(case) for key in spaces) == 1 + types
    assert set(spaces.values()) == {1}
    assert followed == dict.fromkeys(case.plans, 1)


def _modules():
    return [module for name, module in list(sys.modules.items()) if name.startswith("halfway.")]


def test_the_compiled_case_can_be_sent_to_another_process():
    compiled = compile_case(loads(RECORD))
    compiled.space()
    sent = pickle.loads(pickle.dumps(compiled))
    assert isinstance(sent, CompiledCase)
    assert sent.case.content_hash == compiled.case.content_hash
