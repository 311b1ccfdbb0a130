"""What became of agreements like a plan is said with its source, only what the data say, and nothing where there is no set."""

from __future__ import annotations

import pytest

from halfway.case.catalog import load
from halfway.case.reader import load_text
from halfway.errors import InputError
from halfway.evidence.agreements import Became, Shape, became
from halfway.evidence.comparable import comparison, of_plan
from halfway.record import plain
from halfway.words.evidence import in_a_line, what_became

CASE = """
halfway: 2
name: war
actors: {north: {interests: {troops: {weight: 1, values: {in: 100, out: 0}}}}, south: {interests: {troops: [out, in]}}}
issues: {troops: {options: [in, out], set_by: north, owner: north}}
plans:
  accord:
    armed_conflict: SHAPE
    phases: {peace: {package: {troops: out}}}
    obligations: [{by: north, act: leave, kind: no_force}, {by: north, act: pay, kind: money}]
"""


def said_of(shape: str) -> str:
    return " ".join(what_became(plain(of_plan(load_text(CASE.replace("SHAPE", shape)).plans["accord"]))))


def test_a_plan_that_ends_a_war_is_compared_by_what_it_says_of_itself():
    plan = load_text(CASE.replace("SHAPE", "{settles: full, all_sign: yes}")).plans["accord"]
    found = of_plan(plan)
    assert found.agreements == became(Shape("full", True))
    assert [r.kind for r in found.promises] == ["no_force"]
    assert found.without == ("money",)


@pytest.mark.parametrize(("shape", "outsiders"), [("yes", False), ("no", True)])
def test_the_words_carry_figures_interval_source_and_licence(shape, outsiders):
    said = said_of(f"{{settles: full, all_sign: {shape}}}")
    found = became(Shape("full", shape == "yes"))
    assert isinstance(found, Became)
    assert f"{100 * found.quiet.point:.0f} [{100 * found.quiet.low:.0f}, {100 * found.quiet.high:.0f}] in 100" in said
    assert "CC BY 4.0" in said
    assert ("Nilsson 2008" in said) is outsiders
    assert "not a chance for this one" in said
    assert "ATOP" in said
    assert "'money'" in said


def test_without_an_armed_conflict_there_is_no_comparable_set():
    plain_plan = load_text(CASE.replace("    armed_conflict: SHAPE\n", "")).plans["accord"]
    found = of_plan(plain_plan)
    assert in_a_line(plain(found)) is None
    assert "no comparable set" in what_became(plain(found))[0]


def test_a_shape_that_does_not_exist_is_refused_at_its_place():
    with pytest.raises(InputError, match="known here: full, partial, process"):
        load_text(CASE.replace("SHAPE", "{settles: mostly}"))


def test_peace_agreements_of_the_catalogue_find_their_set():
    found = of_plan(load("mozambique-1992").plans["rome"])
    assert found.agreements == comparison("full", True).agreements
