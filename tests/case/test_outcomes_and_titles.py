"""What became of a past plan's obligations; titles that a comma cuts in two."""

import csv

import pytest

from halfway.case.catalog import entries, folder, load
from halfway.case.reader import build, load_text
from halfway.errors import InputError

TEXT = """\
name: small
sources: {s: {title: S}}
actors:
  a: {interests: {peace: [yes, no]}}
  b: {interests: {peace: [no, yes]}}
issues:
  peace:
    options: OPTIONS
    set_by: a
    owner: b
    signals: {no: {breach: yes}, yes: Seen openly}
status_quo: {peace: no}
plans:
  p:
    seats: {a: {seat: party, note: It asked for a seat., source: s}, b: party}
    phases: {only: {package: {peace: yes}}}
    obligations:
      - {by: a, act: Make peaceOUTCOME}
"""


def read(options="[no, yes]", outcome=""):
    return load_text(TEXT.replace("OPTIONS", options).replace("OUTCOME", outcome), "f.yaml")


def problems(**parts):
    with pytest.raises(InputError) as raised:
        read(**parts)
    return [str(p) for p in raised.value.problems]


def test_an_obligation_of_the_past_says_what_became_of_it():
    obligation = read(outcome=", outcome: kept, until: 2014-02").plans["p"].obligations[0]
    assert (obligation.outcome, obligation.until) == ("kept", "2014-02")
    assert read().plans["p"].obligations[0].outcome is None


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (", outcome: Kept", "S203"),
        (", until: 2014", "S272"),
        (", outcome: not_due, until: 2014", "S272"),
        (", outcome: kept, until: soon", "S260"),
    ],
)
def test_an_outcome_that_says_nothing_is_refused(outcome, code):
    (problem,) = problems(outcome=outcome)
    assert problem.startswith("f.yaml:18:")
    assert f" {code} " in problem


def test_a_seat_says_why_and_a_signal_what_it_is_called():
    case = read()
    seat = case.plans["p"].seats["a"]
    assert (seat.note, seat.source) == ("It asked for a seat.", ("s",))
    assert case.issues["peace"].signals["yes"].title == "Seen openly"


def test_the_source_of_a_seat_must_be_declared():
    with pytest.raises(InputError, match=r"f\.yaml:15:.*N301 't' is not a source"):
        load_text(
            TEXT.replace("OPTIONS", "[no, yes]").replace("OUTCOME", "").replace("source: s}", "source: t}"), "f.yaml"
        )


def test_a_comma_in_a_title_is_told_where_it_cuts():
    (problem,) = problems(options="{no: Not now, not ever, yes: Peace}")
    assert problem.startswith("f.yaml:8:")
    assert "S254" in problem
    assert "a title with a comma needs quotes" in problem
    assert (
        read(options='{no: "Not now, not ever", yes: Peace}').title_of("issues", "peace", "no") == "Not now, not ever"
    )


def test_a_comma_in_a_note_is_told_too():
    (problem,) = problems(outcome=", note: Made in May, broken in June")
    assert "S202 unknown key 'broken in June'" in problem
    assert problem.endswith("a value with a comma needs quotes")
    (other,) = problems(outcome=", noote: Made in May")
    assert "comma" not in other


def test_an_outcome_changes_nothing_that_is_computed_of_the_plan():
    from halfway.explore.compare import compare

    data = load("eu-belarus-2016").model_dump(mode="json", by_alias=True, exclude_unset=True)
    found = compare(build(data), draws=5).to_dict()
    for obligation in data["plans"]["relief-as-given"]["obligations"]:
        obligation["outcome"] = "failed"
    again = compare(build(data), draws=5).to_dict()
    assert {**found, "provenance": None} == {**again, "provenance": None}


OPENING = {
    "kept": ("held", "kept"),
    "late": ("late", "kept late", "more than five years late"),
    "partly": ("partly", "in part", "failed at first, then in part"),
    "failed": ("failed",),
    "disputed": ("disputed",),
    "not_due": ("not due",),
}


def test_the_outcomes_of_historical_plans_are_the_words_that_open_their_notes():
    told = 0
    # Of the first seven; those coded blind later follow the protocol, which asks for outcomes and not for these words.
    with (folder() / "historical" / "coded-blind.csv").open(encoding="utf-8", newline="") as stream:
        later = {row["case"] for row in csv.DictReader(stream)}
    for entry in entries("historical", None):
        if entry.name in later:
            continue
        for plan in load(entry.name).plans.values():
            for obligation in plan.obligations:
                assert (obligation.note is None) == (obligation.outcome is None)
                if obligation.outcome is not None:
                    told += 1
                    note = obligation.note.lower()
                    assert note.startswith(OPENING[obligation.outcome])
                    assert (obligation.until is not None) == ("held until" in note or "; failed" in note)
    assert told >= 70
