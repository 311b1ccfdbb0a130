"""What became of the catalogue's plans is filed for every historical case, agrees with its case, and is found by the filters."""

from __future__ import annotations

import pytest
from docs.catalogue import PAGE, README, page, table

from halfway.case.catalog import entries, load, paths, what_became
from halfway.case.outcomes import Filed, filed
from halfway.evidence.agreements import agreements

LISTED = entries()


def test_every_historical_case_is_filed_with_a_lesson_and_nothing_else_is():
    historical = {e.name for e in LISTED if e.collection == "historical"}
    assert historical == {n for n, f in what_became().items() if f.outcome}
    assert set(what_became()) <= set(paths())
    for name, under in what_became().items():
        if under.outcome is None:
            assert (under.plan, under.lesson) == (None, None)
        else:
            assert under.plan in load(name).plans, name
            assert any(o.outcome for o in load(name).plans[under.plan].obligations), name
            assert len(under.lesson.split()) > 30, name


def test_what_is_filed_agrees_with_the_coders_tag():
    """A coder filed the outcome among the tags before anything was computed; the file may not say otherwise."""
    for entry in LISTED:
        own = [t for t in entry.tags if t in ("held", "held in part", "failed")]
        assert own in ([], [entry.outcome]), entry.name


def test_ucdp_has_the_agreements_that_are_said_to_be_there():
    known = {a.number: a for a in agreements()}
    for name, under in what_became().items():
        if under.ucdp is not None:
            assert str(known[under.ucdp].year) == load(name).date[:4], name


def test_filters_narrow_the_list_down():
    held = entries(outcomes=["held"])
    assert {e.outcome for e in held} == {"held"}
    assert {e.name for e in entries(outcomes=["held"], kind="Water")} == {"indus-1960"}
    assert {e.outcome for e in entries(outcomes=["held", "failed"], region="europe")} == {"held", "failed"}
    assert entries(kind="no such kind") == []
    assert len(entries(outcomes=["held"])) + len(entries(outcomes=["held in part"])) + len(
        entries(outcomes=["failed"])
    ) == sum(e.outcome is not None for e in LISTED)


def test_the_pages_are_what_the_script_writes():
    assert PAGE.read_text("utf-8") == page(LISTED), "run `python docs/catalogue.py`"
    tried = sorted((e for e in LISTED if e.outcome), key=lambda e: e.date)
    assert table(tried) in README.read_text("utf-8"), "run `python docs/catalogue.py`"


def test_a_catalogue_without_the_file_is_not_filed(tmp_path):
    assert filed(tmp_path / "outcomes.yaml") == {}


def test_a_file_that_is_not_sound_is_refused(tmp_path):
    path = tmp_path / "outcomes.yaml"
    path.write_text("a: {kind: peace, region: Asia, outcome: triumph}\n", "utf-8")
    with pytest.raises(ValueError, match="outcome"):
        filed(path)
    assert Filed(kind="peace", region="Asia").kind == ("peace",)
