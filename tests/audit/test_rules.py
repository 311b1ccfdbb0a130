"""Every rule fires where it should, at the right line and column and with the right figure, and not where it should not."""

import pytest

from halfway.audit.finding import SEVERITIES
from halfway.audit.run import all_rules, audit
from halfway.case.reader import load_text
from tests.audit.examples import FIRES, SILENT, case_text


def findings(text, code):
    return list(audit(load_text(text, "example.yaml"), select=[code]).findings)


@pytest.mark.parametrize("example", FIRES, ids=[f"{e.code}-{i}" for i, e in enumerate(FIRES)])
def test_fires_with_its_figure_at_its_line(example):
    lines = example.text.splitlines()
    line = next(n for n, text in enumerate(lines, 1) if text.endswith("# here"))
    column = lines[line - 1].index(example.at) + 1
    found = findings(example.text, example.code)
    close = 5 if example.code == "I505" else 1e-6
    here = [f for f in found if f.figure == pytest.approx(example.figure, abs=close)]
    assert here, [(str(f.place), f.figure, f.message) for f in found]
    there = [f for f in here if (f.place.line, f.place.column) == (line, column)]
    assert there, [(str(f.place), f.message) for f in here]
    # By its thresholds, but no graver than its record on the plans of the past allows.
    most = next(r.most for r in all_rules() if r.code == example.code)
    assert there[0].severity == min(example.severity, most, key=SEVERITIES.index)
    assert there[0].remedy
    assert there[0].unit


@pytest.mark.parametrize(("code", "why", "text"), SILENT, ids=[f"{c}-{w}" for c, w, _ in SILENT])
def test_is_silent(code, why, text):
    assert not [f.message for f in findings(text, code)], why


def test_every_rule_has_examples_of_both_kinds():
    codes = {rule.code for rule in all_rules()}
    # Rules that ask the other analyses have their examples beside them.
    own = {c for c in codes if c[0] in "ATEI"}
    assert own == {e.code for e in FIRES} == {c for c, _, _ in SILENT}


@pytest.mark.parametrize("example", FIRES, ids=[f"{e.code}-{i}" for i, e in enumerate(FIRES)])
def test_a_plan_that_does_nothing_is_only_told_of_its_inputs(example):
    head, _, _ = example.text.partition("\nplans:\n")
    idle = f"{head}\nplans:\n  p: {{seats: {{a: party, b: party}}, phases: {{wait: {{package: {{}}}}}}}}\n"
    found = audit(load_text(idle)).codes
    assert not {c for c in found if c not in {"I502", "I503", "I504", "I506", "I507"}}


def test_ranks_alone_leave_the_rules_on_structure():
    ranked = case_text(land="set_by: a, owner: c").replace(
        "interests: {land: {values: {kept: 100, given: 0}}}",
        "ranking: [[{land: kept, aid: none}, {land: kept, aid: paid}], [{land: given, aid: none}, {land: given, aid: paid}]]",
    )
    result = audit(load_text(ranked))
    assert result.unjudged == ("c",)
    assert not result.skipped
    assert {"T101", "E204"} <= result.codes
    assert "T104" not in result.codes


def test_cases_without_utilities_say_what_was_not_run():
    text = """
name: ranks
actors: {a: {ranking: [{x: y}, {x: n}]}, b: {ranking: [{x: n}, {x: y}]}, c: {ranking: [{x: n}, {x: y}]}}
issues: {x: {options: [n, y], set_by: a, owner: c}}
status_quo: {x: n}
plans: {p: {seats: {a: party, b: party, c: {represented_by: a, mandate: imposed}}, phases: {s: {package: {x: y}}}}}
"""
    result = audit(load_text(text))
    assert {"E201", "E203", "E205", "E206", "T104", "I505"} <= set(result.skipped)
    assert {"T101", "T102", "A603", "E204", "I501"} <= result.codes
    message = next(f.message for f in result.findings if f.code == "T102")
    assert "only ranks outcomes" in message


def test_no_status_quo_is_no_obstacle():
    text = case_text().replace("status_quo: {land: kept, aid: none}", "")
    result = audit(load_text(text))
    assert not {c for c in result.codes if c in {"T101", "T103", "E202", "E203", "E204", "E208"}}
    assert "below what it has without an agreement" not in str(result.to_dict())


def test_penalties_after_a_false_alarm_are_not_offers():
    """c owns the gate that is shut when the aid seems not to have come: no payment, but someone who has to act."""
    text = case_text(
        issues="gate: {options: [open, shut], set_by: c, owner: c}",
        status_quo="land: kept, aid: none, gate: open",
        aid="set_by: b, owner: b, signals: {seen: {}, unseen: {breach: yes}}, "
        "observed: {paid: {seen: 0.9, unseen: 0.1}, none: {unseen: 1}}",
        phases="settled: {package: {land: given, aid: paid}, on: [{when: {aid: unseen}, go: broken}]}\n"
        "broken: {package: {land: given, aid: paid, gate: shut}, lasts: 3 months, then: settled}",
    ).replace("then: settled}", "then: back}\n      back: {package: {land: given, aid: paid, gate: open}}")
    result = audit(load_text(text))
    assert "T101" not in result.codes
    assert "E204" not in result.codes
    assert [f.severity for f in result.findings if f.code == "T103"] == ["note"]
