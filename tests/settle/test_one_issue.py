"""What one issue costs and buys, and from which probability on a hoped-for return makes up for it."""

from __future__ import annotations

import json

import jsonschema
import pytest
from click.testing import CliRunner
from hypothesis import given, settings

import halfway as hw
from halfway.case.reader import build
from halfway.cli.main import root
from halfway.space.compiled import compile_case
from halfway.testing import cases


@settings(max_examples=60, deadline=None)
@given(cases(linkages=True, constraints=True, decimals=True))
def test_the_change_is_the_difference_of_two_packages(case):
    space = compile_case(case).space()
    before = space.values(space.status_quo)[:, 0]
    for i, issue in enumerate(space.issues):
        found = hw.one_issue(case, issue)
        assert len(found.moves) == space.sizes[i] - 1
        for move in found.moves:
            after = space.values(space.package({issue: move.option}, space.status_quo))[:, 0]
            assert list(move.change.values()) == pytest.approx((after - before).tolist())


def hoping(probability):
    """A gives up 20 points and hopes for 50."""
    return build({
        "name": "hope", "issues": {"gift": {"options": ["keep", "give"], "set_by": "a", "owner": "a"},
                                   "rest": {"options": ["x", "y"], "set_by": "b", "owner": "b"}},
        "status_quo": {"gift": "keep", "rest": "x"},
        "actors": {
            "a": {"interests": {"gift": {"weight": 20, "values": {"keep": 100, "give": 0}},
                                "rest": {"weight": 80, "values": {"x": 100, "y": 0}}},
                  "linkages": [{"name": "thanks", "when": {"gift": "give"}, "points": 50, "probability": probability}]},
            "b": {"interests": {"gift": {"weight": 1, "values": {"keep": 0, "give": 100}},
                                "rest": {"weight": 1, "values": {"x": 0, "y": 100}}}},
        },
    })  # fmt: skip


def test_at_the_break_even_the_move_costs_nothing():
    (move,) = hw.one_issue(hoping(0.1), "gift").moves
    (hoped,) = move.hoped_for
    assert move.change["a"] == pytest.approx(-15)
    assert hoped.break_even == pytest.approx(0.4)
    (there,) = hw.one_issue(hoping(0.4), "gift").moves
    assert there.change["a"] == pytest.approx(0)


def test_no_return_makes_up_for_alaska():
    (move,) = hw.one_issue("belarus-2020", "alaska").moves
    assert move.crosses == ("west",)
    (hoped,) = move.hoped_for
    assert hoped.break_even is None
    result = hw.one_issue("belarus-2020", "crimea")
    jsonschema.Draft202012Validator(hw.schema("one_issue")).validate(json.loads(result.to_json()))


def test_the_verb():
    ran = CliRunner().invoke(root, ["settle", "belarus-2020", "--issue", "alaska"])
    assert ran.exit_code == 0
    assert "not even a certain return would make up for it" in " ".join(ran.output.split())
    with pytest.raises(hw.UnknownName):
        hw.one_issue("belarus-2020", "nowhere")
