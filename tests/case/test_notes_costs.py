"""What `check` says of costs of breaking, against sums by hand."""

from halfway.case.notes import notes
from halfway.case.reader import load_text
from tests.case.broken import BASE

RIVER = """\
name: river
actors:
  up:
    patience: 0.75
    interests: {water: [little, fair], dam: [built, none]}
    types:
      calm: {prior: 0.5}
      hasty: {prior: 0.5, patience: 0.5}
      proud: {prior: 0, breach_costs: [{points: 8, per: once}]}
    breach_costs:
      - {points: 40 ± 10, per: once}
      - {points: 5, of: water}
      - {points: 5, of: dam}
      - {points: 5, of: dam, per: once}
      - {points: 3, of: [kept, idle]}
  low:
    interests: {water: [fair, little], dam: [none, built]}
issues:
  water: {options: [little, fair], set_by: up, owner: low}
  dam: {options: [none, built], set_by: up, owner: low, reversible: no}
status_quo: {water: little, dam: none}
plans:
  treaty:
    obligations:
      - {by: up, act: let it flow, kind: kept, does: {water: fair}}
      - {by: up, act: be kind, kind: idle}
    phases: {only: {package: {water: fair}}}
"""


def said(text, *codes):
    return [(p.code, p.place.line, p.what) for p in notes(load_text(text)) if p.code in codes]


def test_what_a_cost_charged_once_comes_to():
    # 40 points in one of all months to come: 40 · (1 − 0.75) = 10; for the hasty type 40 · (1 − 0.5) = 20.
    assert said(RIVER, "W405") == [
        ("W405", 9, "8 points once come to 2 points of the discounted average"),
        ("W405", 11, "40 points once come to 10 points of the discounted average"),
        ("W405", 11, "40 points once come to 20 points of the discounted average to its type 'hasty'"),
        ("W405", 14, "5 points once come to 1.25 points of the discounted average"),
        ("W405", 14, "5 points once come to 2.5 points of the discounted average to its type 'hasty'"),
    ]
    (one, *_) = [p for p in notes(load_text(RIVER)) if p.code == "W405"]
    assert "1 point of the average takes 4 points once" in one.remedy


def test_a_cost_each_period_on_what_has_no_way_back():
    assert said(RIVER, "W406") == [("W406", 13, "dam: built has no way back")]
    # With no issues named, all that it sets count.
    unnamed = RIVER.replace("{points: 5, of: water}", "{points: 5}")
    assert [line for _, line, _ in said(unnamed, "W406")] == [12, 13]
    assert said(RIVER.replace("reversible: no", "reversible: yes"), "W406") == []


def test_a_kind_of_promise_that_names_no_option():
    assert said(RIVER, "W407") == [("W407", 15, "no obligation of the kind 'idle' names options in 'does'")]


def test_a_case_without_costs_is_told_nothing():
    assert said(BASE, "W405", "W406", "W407") == []


def test_lengths_of_reactions_and_events_are_looked_at_too():
    text = RIVER.replace(
        "plans:\n",
        "reactions: [{by: up, to: {water: little}, does: {water: fair}, lasts: {mean: 6}}]\n"
        "events: {dry: {chance: 0.1, lasts: 4, changes: {patience: {low: 0.5}}}}\nplans:\n",
    )
    assert [what for _, _, what in said(text, "W401")] == [
        "the length of time '6' has no unit",
        "the length of time '4' has no unit",
    ]
