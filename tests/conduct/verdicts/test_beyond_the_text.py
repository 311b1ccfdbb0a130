"""What no text says, in cases small enough to be worked by hand."""

from __future__ import annotations

import pytest

from halfway.case.reader import build
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.verdicts.enforcement import enforcement
from halfway.conduct.verdicts.reactions import bluffs


def case(patience, issues, actors, phases, **more):
    """Points of issues simply add up."""
    return build(
        {
            "name": "by-hand",
            "actors": {
                a: {"patience": patience, "normalise": "no", **own,
                    "interests": {i: {"weight": 1, "values": v} for i, v in own["interests"].items()}}
                for a, own in actors.items()
            },
            "issues": issues,
            "status_quo": {i: issue["options"][0] for i, issue in issues.items()},
            "plans": {"plan": {"phases": phases}},
            **more,
        }
    )  # fmt: skip


def answered(patience, cost, probability=1):
    """A gains 30 a period by breaking; B would answer at 50 points of A's and `cost` points of its own."""
    return case(
        patience,
        {
            "x": {"options": ["kept", "broken"], "set_by": "a", "owner": "b"},
            "y": {"options": ["trade", "stopped"], "set_by": "b", "owner": "b"},
        },
        {
            "a": {"interests": {"x": {"kept": 0, "broken": 30}, "y": {"trade": 50, "stopped": 0}}},
            "b": {"interests": {"x": {"kept": 40, "broken": 0}, "y": {"trade": cost, "stopped": 0}}},
        },
        {"only": {"package": {"x": "kept", "y": "trade"}}},
        reactions=[{"by": "b", "to": {"x": "broken"}, "does": {"y": "stopped"}, "probability": probability}],
    )


def test_a_reaction_deters_the_patient_though_no_text_orders_it():
    """R. O. Keohane, After Hegemony, 1984; J. Levin, Relational incentive contracts, 2003.

    Breaking for good is worth 80 once and 30 ever after; breaking in turns 80, 0, 80, 0; keeping 50.
    """
    assert study(answered(0.9, 20)).gap("a") == 0
    # 0.5 × 80 + 0.5 × 30 = 55 beats 80 / 1.5 and 50.
    assert study(answered(0.5, 20)).gap("a") == pytest.approx(5)
    # Where it never comes, 30 a period for good.
    assert study(answered(0.9, 20, probability=0)).gap("a") == pytest.approx(30)


def test_a_reaction_that_does_not_pay_is_a_bluff_and_no_temptation():
    (bluff,) = bluffs(study(answered(0.9, 20)))
    assert (bluff.actor, bluff.kind, bluff.reaction) == ("b", None, 0)
    # Reacting takes 20 points from B in the period, and changes nothing that follows: (1 − 0.9) × 20.
    assert bluff.loss == pytest.approx(2)
    assert bluffs(study(answered(0.9, 0))) == ()
    assert enforcement(study(answered(0.9, 20))).holds is True


@pytest.mark.parametrize(("any_can", "gap"), [(["slow"], 10), ([], 0)])
def test_one_of_two_can_delay(any_can, gap):
    """A would rather be slow than done; by itself it can only bring that about where delay takes one."""
    issues = {"deal": {"options": ["none", "slow", "done"], "set_by": ["a", "b"], "owner": "b", "any_can": any_can}}
    wants = {"a": {"none": 0, "slow": 70, "done": 60}, "b": {"none": 0, "slow": 10, "done": 90}}
    whole = study(
        case(
            0.9,
            issues,
            {a: {"interests": {"deal": v}} for a, v in wants.items()},
            {"only": {"package": {"deal": "done"}}},
        )
    )
    assert whole.gap("a") == pytest.approx(gap)
    assert whole.gap("b") == 0


@pytest.mark.parametrize(("watched", "gap"), [(False, 9.7 / 0.19 - 50), (True, 0)])
def test_inspectors_raise_detection_until_they_are_expelled(watched, gap):
    """Covert work brings 20 beside 50; caught, aid falls to 10 for good, where covert work goes on unanswered: 30.

    With inspectors in (caught in 7 of 10 months) it is worth (0.1 × 70 + 0.9 × 0.7 × 30) / (1 − 0.9 × 0.3) = 35.5; with
    them out (1 in 10) (7 + 0.9 × 0.1 × 30) / (1 − 0.9 × 0.9) = 51.05, against 50 for keeping.
    """
    rows = [{"when": {"inspectors": "in"}, "clean": 0.3, "caught": 0.7}, {"clean": 0.9, "caught": 0.1}]
    issues = {
        "covert": {
            "options": ["off", "on"],
            "set_by": "a",
            "owner": "b",
            "signals": {"clean": {}, "caught": {"breach": "yes", "gravity": 20}},
            "observed": {"off": {"clean": 1}, "on": rows},
        },
        "inspectors": {"options": ["in", "out"], "set_by": "a", "owner": "a"},
        "aid": {"options": ["paid", "cut"], "set_by": "b", "owner": "b"},
    }
    actors = {
        "a": {"interests": {"covert": {"off": 0, "on": 20}, "aid": {"paid": 50, "cut": 10}}},
        "b": {"interests": {"covert": {"off": 50, "on": 0}}},
    }
    seen = [{"covert": "caught"}, *([{"inspectors": "out"}] if watched else [])]
    phases = {
        "deal": {
            "package": {"covert": "off", "inspectors": "in", "aid": "paid"},
            "on": [{"when": {"any": seen}, "go": "cut"}],
        },
        "cut": {"package": {"aid": "cut"}},
    }
    assert study(case(0.9, issues, actors, phases)).gap("a") == pytest.approx(gap)


def test_a_successor_breaks_what_its_forerunner_keeps():
    """S. Wolford, The turnover trap, 2007. The heir comes with 1 chance in 10 a month and gains 30 a month by breaking.

    Seen from the start that is 30 × (1 − (1 − δ) / (1 − 0.9 δ)) with δ = 0.9: it acts from the month after it has come.
    """
    issues = {"x": {"options": ["kept", "broken"], "set_by": "a", "owner": "b"}}
    heir = {"prior": 0, "interests": {"x": {"weight": 1, "values": {"kept": 0, "broken": 30}}}}
    whole = study(
        case(
            0.9,
            issues,
            {
                "a": {"interests": {"x": {"kept": 30, "broken": 0}}, "types": {"father": {"prior": 1}, "heir": heir}},
                "b": {"interests": {"x": {"kept": 30, "broken": 0}}},
            },
            {"only": {"package": {"x": "kept"}}},
            events={"succession": {"chance": 0.1, "lasts": "for_good", "changes": {"type": {"a": "heir"}}}},
        )
    )
    assert whole.gap("a", "father") == 0
    assert whole.gap("a", "heir") == pytest.approx(30 * (1 - 0.1 / 0.19))
