"""What the long runs found, made small: each of these once ended in a traceback or in a control character."""

from __future__ import annotations

import pytest

from tests.hostile import oracle

CASE = """\
halfway: 2
name: found
issues:
  i: {options: [a, b], set_by: x, owner: x}
  j: {options: [c, d], set_by: y, owner: y}
actors:
  x:
    interests: {i: {weight: 1, values: {a: 0, b: 100}}, j: {weight: 1, values: {c: 100, d: 0}}}
    linkages: [{when: [], points: 3}]
    walk_away: 1
  y:
    interests: {i: {weight: 1, values: {a: 100, b: 0}}, j: {weight: 1, values: {c: 0, d: 100}}}
    walk_away: 1
status_quo: {i: a, j: c}
plans:
  p: {between: [x, y], phases: {f: {package: {i: b, j: d}}}}
"""

GAME = """\
name: found
issues:
  i: {options: [a, b, c], set_by: '12:30', owner: '12:30'}
  j: {options: [d, e, f, g], set_by: 3 of 7, owner: 3 of 7}
actors:
  '12:30': {ranking: [{i: a}, {i: b}, {i: c}]}
  3 of 7: {ranking: [{j: g}, {j: f}, {j: e}, {j: d}]}
status_quo: {i: c, j: d}
"""


@pytest.mark.parametrize("line", ["audit", "settle", "compare --draws 5"])
def test_a_linkage_that_always_holds(line, tmp_path):
    (tmp_path / "case.yaml").write_text(CASE, encoding="utf-8")
    verb, *options = line.split()
    ran = oracle.command([verb, str(tmp_path / "case.yaml"), *options], 60.0)
    assert ran.fault is None, ran.fault
    assert ran.status in (0, 1), ran.err


def test_numbers_in_names_and_counts_are_no_states(tmp_path):
    (tmp_path / "case.yaml").write_text(GAME, encoding="utf-8")
    ran = oracle.command(["brief", str(tmp_path / "case.yaml"), "-o", str(tmp_path / "brief.html")], 60.0)
    assert ran.fault is None, ran.fault
    page = (tmp_path / "brief.html").read_text("utf-8")
    assert "12:30 would move" in page
    assert "3 of 7 would move" in page


def test_the_other_line_break_of_yaml_does_not_reach_the_terminal(tmp_path):
    text = CASE.replace("halfway: 2\n", "").replace("[a, b]", "[\x85a, b]")
    (tmp_path / "case.yaml").write_text(text, encoding="utf-8", newline="")
    ran = oracle.command(["upgrade", str(tmp_path / "case.yaml")])
    assert ran.fault is None, ran.fault
    assert "case.yaml:3:17: the line break U+0085 is written as usual" in ran.err
    assert "options: [\na, b]" in ran.out
