"""Repair finds the cheapest declared changes, exactly, and prints a plan that checks."""

from __future__ import annotations

from click.testing import CliRunner

from halfway.case.reader import load_text
from halfway.cli.conduct import command as conduct_command
from halfway.cli.repair import command as repair_command
from halfway.conduct.repair import repair
from halfway.conduct.study import study
from halfway.conduct.verdicts import enforcement

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
    assert found.tried[0].exploitability["taker"] > found.tried[1].exploitability["taker"] > 0


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
    bad = CliRunner().invoke(conduct_command, [str(path), "--strategy", "nobody=grim"])
    assert bad.exit_code == 2
