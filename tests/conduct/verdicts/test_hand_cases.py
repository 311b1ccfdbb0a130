"""Temptations worked out by hand, and the grades that follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from halfway.api import load
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.run import conduct
from halfway.conduct.verdicts.grades import judge
from halfway.conduct.verdicts.temptation import kernel

CASES = Path(__file__).parents[1] / "hand_cases"

BY_HAND = {
    # Delivering early is no breach.
    "early": (0.0, 0.0),
    # An issue that no text names is free.
    "silent": (0.0, 0.0),
    # Doing more than promised keeps; the trade that costs its own side is stopped: 50 × (100 − 90) / 100.
    "over": (0.0, 5.0),
    # Forgiving keeps; arming in a penalty that nobody watches does not.
    "forgive": (12.0, 0.0),
    # A limit that lapses after two years is dropped before: 50 × (1 − 0.9²).
    "sunset": (9.5, 0.0),
    # Standstill is prescribed on an issue that a rule reads.
    "rule": (20.2, 20.0),
    # The same with interests turned: reform serves the other.
    "rule-reform": (0.0, 20.0),
    # A free issue that multiplies what a breach pays counts.
    "linked": (18.6, 0.0),
    # Any of several setters brings today back.
    "joint": (50.0, 0.0),
    # What no text names, and nobody can bring about alone, changes nothing.
    "scale": (0.0, 0.0),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_temptation_is_what_was_worked_out_by_hand(name):
    found = kernel(study(load(CASES / f"{name}.yaml")))
    points = tuple(round(found.tempted(a, None).temptation.points, 1) for a in ("north", "south"))
    assert points == BY_HAND[name]


def test_the_stake_counts_bound_issues_only():
    assert kernel(study(load(CASES / "joint.yaml"))).tempted("north", None).percent == pytest.approx(100.0)
    # With an issue of three times the weight that the plan does not name.
    assert kernel(study(load(CASES / "scale.yaml"))).tempted("north", None).stake == pytest.approx(12.5)


def test_what_the_text_leaves_open_is_free_gain():
    assert kernel(study(load(CASES / "silent.yaml"))).tempted("north", None).free_gain == pytest.approx(50.0)
    assert kernel(study(load(CASES / "early.yaml"))).tempted("north", None).free_gain == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("name", "grade"),
    [("early", 1), ("silent", 1), ("scale", 1), ("over", 5), ("sunset", 5), ("joint", 5), ("rule-reform", 5)],
)
def test_grades_of_the_hand_cases(name, grade):
    assert judge(kernel(study(load(CASES / f"{name}.yaml"))), 1).grade == grade


def test_a_breach_that_harms_nobody_much_is_small():
    """South's stopping of the trade costs North 50 points; with a limit above that it is not material."""
    whole = study(load(CASES / "over.yaml"))
    assert judge(kernel(whole), 1).grade == 5
    assert judge(kernel(whole, material=60.0), 1).grade == 3
    # 50 points of harm lie within a fifth of a limit of 60.
    assert judge(kernel(whole, material=60.0), 1).border
    assert not judge(kernel(whole, material=80.0), 1).border
    # And what is trifling is a number of its own.
    assert judge(kernel(whole, trifling=5.1), 1).grade == 2


def test_restraint_is_what_today_for_good_would_tempt_to_less_what_the_plan_does():
    # Under today's trade embargo for good, nothing can be broken that pays.
    found = judge(kernel(study(load(CASES / "over.yaml"))), 1)
    assert found.actors["south"].restraint == pytest.approx(-5.0)
    # Arms and sanctions as they are, North would be tempted by nothing: it arms today.
    assert judge(kernel(study(load(CASES / "sunset.yaml"))), 1).actors["north"].restraint == pytest.approx(-9.5)


def test_the_json_form_has_the_documented_keys():
    data = conduct(load(CASES / "sunset.yaml"), runs=0, with_thresholds=False, with_alternatives=False).to_dict()
    assert data["grade"] == 5
    assert data["would_sign"] == {"all": True, "refusing": []}
    north = data["actors"]["north"]
    assert north["temptation"]["points"] == pytest.approx(9.5)
    assert north["temptation"]["percent_of_stake"] == pytest.approx(9.5)
    assert north["temptation"]["month"] == 1
    assert north["temptation"]["state"]["phase"] == "limits"
    assert north["temptation"]["acts"] == {"arms": "new"}
    assert north["material_temptation"]["points"] == pytest.approx(9.5)
    assert north["free_gain"] == 0.0
    assert north["restraint"] == pytest.approx(-9.5)
    assert north["share_of_draws"]["tempted"] == 1.0
    assert data["would_not_go_along"] == []
    assert north["exploitability"] > 0
