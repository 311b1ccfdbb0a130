"""A box as a scenario: the case in it lies in the box, fails there, and `repair` answers on it."""

from __future__ import annotations

import json

import pytest

import halfway as hw
from halfway.case.estimates import parse_estimate
from halfway.case.reader import build, load_text
from halfway.cli.main import main
from halfway.errors import Refusal
from halfway.explore.box_as_case import case_in_box
from halfway.explore.explored import InputLimit
from halfway.space.compiled import compile_case
from halfway.testing import as_text
from tests.explore.futures.test_design import case_of

BREAK = "actors/a/interests/x/values/break"


def edge():
    """A plan that is kept while breaking it is worth at most half a point."""
    return {
        "name": "edge",
        "trifling": 0.5,
        "actors": {
            "a": {"patience": 0.9, "interests": {"x": {"values": {"keep": 50, "break": "50.4 ± 3"}}}},
            "b": {"patience": 0.9, "interests": {"x": {"values": {"keep": "90..100", "break": 0}}}},
        },
        "issues": {"x": {"options": ["keep", "break"], "set_by": "a", "owner": "b"}},
        "status_quo": {"x": "break"},
        "plans": {
            "deal": {
                "seats": {"a": "party", "b": "party"},
                "phases": {"one": {"package": {"x": "keep"}}},
                "repairs": [
                    {"name": "pay", "change": {"transfers": [{"from": "b", "to": "a", "amount": 10}]}, "cost": 1}
                ],
            }
        },
    }


def test_the_case_in_a_box_lies_in_it_and_fails_there():
    case = build(edge())
    found = hw.explore(case, futures=512, success=["kept"])
    box = found.plans["deal"].boxes
    limits = {x.input: x for x in box.boxes[box.chosen].limits}
    assert set(limits) == {BREAK}
    there = hw.scenario(case, found, "deal")
    own = there.actors["a"].interests["x"].values["break"]
    assert own.kind == "uniform"
    assert own.parameters[0] == pytest.approx(limits[BREAK].low)
    assert (hw.conduct(case, "deal", runs=0).grade, hw.conduct(there, "deal", runs=0).grade) == (2, 5)


def test_a_limit_open_on_both_sides_keeps_the_spread_and_experts_left_out_are_gone():
    data = case_of().model_dump(mode="json", exclude_unset=True)
    data["actors"]["north"]["interests"]["land"]["values"]["give"] = {"experts": {"anna": 20, "ben": "40 ± 1"}}
    data["experts"] = {"anna": {"name": "Anna"}, "ben": {"name": "Ben"}}
    compiled = compile_case(build(data))
    limits = [
        InputLimit("experts", None, None, ("ben",), 0.0, None),
        InputLimit("actors/north/walk_away/utility", None, 28.0, None, 0.0, None),
    ]
    case, _ = case_in_box(compiled, limits)
    north = case.actors["north"]
    assert float(north.interests["land"].values["give"]) == pytest.approx(40)
    low, high = north.walk_away.utility.parameters
    assert (float(low) < 20, float(high)) == (True, 28.0)
    assert parse_estimate(north.walk_away.utility.notation(), 0, 100).kind == north.walk_away.utility.kind == "uniform"


def test_explore_writes_the_scenario_and_repair_answers_on_it(tmp_path, capsys):
    source, target = tmp_path / "edge.yaml", tmp_path / "scenario.yaml"
    source.write_text(as_text(edge()))
    explored = ["explore", str(source), "--futures", "256", "--success", "kept"]
    with pytest.raises(SystemExit) as end:
        main([*explored, "--scenario", str(target)])
    assert not end.value.code
    assert f"next: halfway repair {target} --plan deal" in capsys.readouterr().out
    text = target.read_text("utf-8")
    assert text.startswith("# Scenario for 'deal'. Where A: value of 'break' (X) over ")
    assert load_text(text, "scenario.yaml").plans["deal"].phases == build(edge()).plans["deal"].phases
    with pytest.raises(SystemExit) as end:
        main([*explored, "--scenario", str(target)])
    assert end.value.code == 2
    assert target.read_text("utf-8") == text
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        main(["repair", str(target), "--plan", "deal", "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (end.value.code or 0, bool(found["found"])) in ((0, True), (1, False))


def test_where_nothing_fails_there_is_no_scenario():
    case = build(edge())
    found = hw.explore(case, futures=32, success=["over_today:b >= -200"])
    with pytest.raises(Refusal, match="R629"):
        hw.scenario(case, found)
