"""Repair finds the cheapest declared changes, exactly, and prints a plan that checks."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from halfway.case.reader import load_text
from halfway.cli.conduct import command as conduct_command
from halfway.cli.repair import command as repair_command
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.repair.run import repair
from halfway.conduct.verdicts.enforcement import enforcement
from halfway.errors import InputError

# A lump of relief for a promise: without a stick the promise is broken; a short trial is waited out.
TEXT = """\
name: relief
actors:
  giver:
    patience: 0.9
    interests: {deed: {weight: 3, values: {done: 100, not_done: 0}}, relief: {weight: 1, values: {no: 100, yes: 0}}}
  taker:
    patience: 0.9
    interests: {deed: {weight: 1, values: {done: 0, not_done: 100}}, relief: {weight: 2, values: {no: 0, yes: 100}}}
issues:
  deed: {options: [done, not_done], set_by: taker, owner: giver}
  relief: {options: [no, yes], set_by: giver, owner: giver}
status_quo: {deed: not_done, relief: no}
plans:
  swap:
    phases:
      trial:
        package: {deed: done, relief: yes}
        lasts: 3 months   # short
        then: settled
        on: [{when: {any: [{deed: not_done}, {relief: no}]}, go: off}]
      settled: {package: {deed: done, relief: yes}}
      off: {package: {deed: not_done, relief: no}}
    repairs:
      - name: a longer trial
        cost: 1
        change: {phases.trial.lasts: 12 months}
      - name: the same rule for good
        cost: 3
        change: {phases.settled.on: [{when: {any: [{deed: not_done}, {relief: no}]}, go: off}]}
      - name: never lift the stick
        cost: 5
        change:
          phases.settled.on:
            - when: {deed: not_done}
              go: off
"""


def test_the_cheapest_sufficient_set_is_found():
    case = load_text(TEXT)
    found = repair(case)
    assert found.found is not None
    assert found.found.changes == ("the same rule for good",)
    assert found.found.cost == 3
    assert [t.changes for t in found.tried] == [(), ("a longer trial",), ("the same rule for good",)]
    assert found.exhaustive
    # The others were refuted by one departure each: what they would pay in all was not asked.
    assert all(t.refutation is not None and t.self_enforcing is False for t in found.tried[:2])
    assert found.found.refutation is None
    assert found.found.incentive_compatible
    assert found.missing == ()


def test_the_repaired_plan_checks_and_holds(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(TEXT, encoding="utf-8")
    done = CliRunner().invoke(repair_command, [str(path)], standalone_mode=False)
    assert done.return_value == 0
    again = load_text(done.stdout)
    assert "# short" in done.stdout
    assert enforcement(study(again, "swap")).holds is True
    assert [r.name for r in again.plans["swap"].repairs] == ["a longer trial", "never lift the stick"]


def test_nothing_declared_is_enough():
    text = TEXT[: TEXT.index("      - name: the same rule")]
    found = repair(load_text(text))
    assert found.found is None
    assert found.exhaustive
    assert found.nearest.changes == ("a longer trial",)
    assert found.yaml is not None
    assert load_text(found.yaml).plans["swap"].phases["trial"].lasts.periods("month") == 12


def test_conduct_on_the_command_line(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(TEXT, encoding="utf-8")
    done = CliRunner().invoke(conduct_command, [str(path), "--runs", "50"], standalone_mode=False)
    assert done.exception is None
    assert done.return_value == 1
    assert "breaks the plan" in done.stdout
    drawn = CliRunner().invoke(conduct_command, [str(path), "--diagram"], standalone_mode=False)
    assert drawn.stdout.startswith("stateDiagram-v2")
    bad = CliRunner().invoke(conduct_command, [str(path), "--strategy", "nobody=grim"], standalone_mode=False)
    assert isinstance(bad.exception, InputError)
    assert [p.code for p in bad.exception.problems] == ["R002"]


def test_the_repaired_case_is_written_whole_and_never_over_another(tmp_path):
    path, out = tmp_path / "case.yaml", tmp_path / "mended.yaml"
    path.write_text(TEXT, encoding="utf-8")
    done = CliRunner().invoke(repair_command, [str(path), "-o", str(out)], standalone_mode=False)
    assert done.return_value == 0
    assert out.read_text(encoding="utf-8") == done.stdout
    again = CliRunner().invoke(repair_command, [str(path), "-o", str(out)], standalone_mode=False)
    assert isinstance(again.exception, InputError)
    forced = CliRunner().invoke(repair_command, [str(path), "-o", str(out), "--force"], standalone_mode=False)
    assert forced.return_value == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["case.yaml", "mended.yaml"]


def test_what_is_missing_is_said_in_words(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_text(TEXT[: TEXT.index("      - name: the same rule")], encoding="utf-8")
    done = CliRunner().invoke(repair_command, [str(path)], standalone_mode=False)
    assert done.return_value == 1
    assert "nearest (cost 1): a longer trial" in done.stderr
    assert "in 'Settled': Deed: 'not_done' instead of 'done'; what follows is as likely as when it keeps" in done.stderr
    assert "In 'Settled', a rule that led to 'Off' would have to see it with a further chance of" in done.stderr
    assert "no transfers make it self-enforcing" in done.stderr


def test_an_interrupted_search_says_what_it_tried():
    seen = []

    def interrupt(what, done, total):
        seen.append((what, done, total))
        if done == 2:
            raise KeyboardInterrupt

    found = repair(load_text(TEXT), watch=interrupt, interruptible=True)
    assert found.stopped
    assert not found.exhaustive
    assert len(found.tried) == 2
    assert seen[0] == ("sets of changes tried", 0, found.sets)
    with pytest.raises(KeyboardInterrupt):
        repair(load_text(TEXT), watch=interrupt)


def test_only_so_many_sets_are_tried_and_the_rest_is_said():
    found = repair(load_text(TEXT), most=2)
    assert found.found is None
    assert not found.exhaustive
    # Two of the three changes write the same place: 2 × 3 sets.
    assert found.sets == 6
    assert found.nearest.changes == ("a longer trial",)
    assert found.to_dict()["missing"][0]["actor"] == "taker"
