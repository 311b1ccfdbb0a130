"""The record of each rule: counted as the page says, applied as the page says, and the same wherever it is shown."""

import dataclasses

import pytest
from docs.audit_record import PAGE, Count, page, records, shipped
from hypothesis import given
from hypothesis import strategies as st

from halfway.audit.explain import explained
from halfway.audit.finding import SEVERITIES, Hit
from halfway.audit.past import Record, past_records, said_of
from halfway.audit.run import all_rules


def test_page_and_table_are_what_the_counts_come_to(request):
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python docs/audit_record.py --write`"
    table = request.config.rootpath / "src/halfway/audit/record.csv"
    assert table.read_text(encoding="utf-8") == shipped()


def counted(*pairs):
    return [Count("c", f"p{n}", "X1", "", severity, outcome) for n, (severity, outcome) in enumerate(pairs)]


@pytest.mark.parametrize(
    ("hits", "false", "error_hits", "false_errors", "base", "most"),
    [
        (2, 2, 2, 2, 0.9, "error"),  # four are too few
        (3, 3, 0, 0, 0.5, "note"),  # no better than chance
        (4, 2, 2, 0, 0.5, "error"),  # no error is false
        (4, 2, 1, 1, 0.5, "warning"),  # two errors show nothing
        (6, 2, 3, 1, 0.5, "error"),  # three of four are right
        (6, 3, 2, 1, 0.5, "warning"),  # two of three are not enough
    ],
)
def test_the_severity_that_follows(hits, false, error_hits, false_errors, base, most):
    assert Record("X1", hits, false, error_hits, false_errors, 0, 0, base).most == most


def test_hits_and_false_alarms_by_hand():
    found = records(
        counted(("error", "failed"), ("warning", "kept"), ("note", "kept"), ("error", "open"), ("error", "kept")),
        {"plan": (3, 4)},
    )
    assert dataclasses.astuple(found["X1"]) == ("X1", 1, 2, 1, 1, 0, 1, 0.75)


@given(st.sampled_from(all_rules()), st.sampled_from(SEVERITIES))
def test_no_finding_is_graver_than_the_record_allows(rule, severity):
    found = rule.severity_of(Hit((), "", 1.0, "", severity))
    assert found == min(severity, rule.most, key=SEVERITIES.index)
    assert rule.most == (past_records()[rule.code].most if rule.code in past_records() else "error")


def test_each_rule_shows_its_record(request):
    reference = (request.config.rootpath / "docs/reference/audit-rules.md").read_text(encoding="utf-8")
    for rule in all_rules():
        told = said_of(rule.code)
        assert told in reference
        assert any(part.lower().startswith("record: ") and told[1:] in part for part in explained(rule))
