"""The pages on the audit are those that its rules would write today."""

import csv

import pytest
from docs.audit_pages import history_page, rules_page
from docs.audit_readings import CARRIED_OUT

from halfway.audit.run import all_rules
from halfway.case.catalog import folder, paths


@pytest.mark.parametrize(
    ("page", "name"), [(rules_page, "reference/audit-rules.md"), (history_page, "explanation/audit-on-history.md")]
)
def test_a_page_is_current(page, name, docs):
    assert (docs / name).read_text(encoding="utf-8") == page(), "run `python docs/audit_pages.py`"


@pytest.fixture
def docs(request):
    return request.config.rootpath / "docs"


def test_every_rule_is_in_the_reference(docs):
    text = (docs / "reference/audit-rules.md").read_text(encoding="utf-8")
    for rule in all_rules():
        assert f"### {rule.code} {rule.name}\n" in text
        assert rule.fires


def test_every_historical_case_is_read():
    historical = {name for name, path in paths().items() if path.parent.parent.name == "historical"}
    # Those coded blind are measured by a page of their own, read by someone who does not see severities.
    with (folder() / "historical" / "coded-blind.csv").open(encoding="utf-8", newline="") as stream:
        blind = {row["case"] for row in csv.DictReader(stream)}
    assert {case for case, _ in CARRIED_OUT} == historical - blind
