"""What no text says, in cases small enough to be worked by hand."""

from __future__ import annotations

import pytest

from halfway.case.reader import build
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.thresholds.thresholds import breach_cost, detection, patience, reactions
from halfway.conduct.verdicts.draw_shares import shares
from halfway.conduct.verdicts.enforcement import enforcement
from halfway.conduct.verdicts.grades import judge
from halfway.conduct.verdicts.reactions import bluffs
from halfway.conduct.verdicts.temptation import kernel
from tests.conduct.cases import GRIM, dilemma


def case(discount, issues, actors, phases, obligations=(), **more):
    """Points of issues simply add up."""
    return build(
        {
            "name": "by-hand",
            "actors": {
                a: {"patience": discount, "normalise": "no", **own,
                    "interests": {i: {"weight": 1, "values": v} for i, v in own["interests"].items()}}
                for a, own in actors.items()
            },
            "issues": issues,
            "status_quo": {i: issue["options"][0] for i, issue in issues.items()},
            "plans": {"plan": {"phases": phases, "obligations": list(obligations)}},
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


def test_the_least_probability_of_a_reaction_that_deters():
    """A breaks, and where B reacts stops for a month: V = 8 + 0.9 (p 0.9 V + (1 − p) 80), against 50 and half a point."""
    found = reactions(kernel(study(answered(0.9, 20))), "a")
    assert found.at == pytest.approx(29.5 / (72 - 0.81 * 50.5), abs=1e-3)
    assert reactions(kernel(study(answered(0.9, 20))), "b") is None
    assert reactions(kernel(study(audience(0.9))), "a") is None


@pytest.mark.parametrize(("cost", "again"), [(20, 5), (0, None)])
def test_grades_are_given_twice_where_a_reaction_is_a_bluff(cost, again):
    """With the reaction nobody gains by breaking; without it A gains 30 points."""
    found = judge(kernel(study(answered(0.9, cost))), 1, draws=4)
    assert found.grade == 1
    assert found.without_bluffs == again
    assert [one.actor for one in found.bluffs] == (["b"] if cost else [])
    assert found.bluffs_not_decided is None


def audience(patience, *costs, of_type=None, signal=None, owed=None):
    """A gains 30 a period by breaking a promise to which nothing answers but its own audience."""
    issue = {"options": ["kept", "broken"], "set_by": "a", "owner": "b"}
    if signal is not None:
        issue["signals"] = {"quiet": {}, "scandal": {"breach": "yes"}}
        issue["observed"] = {"kept": {"quiet": 1}, "broken": {"quiet": 1 - signal, "scandal": signal}}
    a = {"interests": {"x": {"kept": 0, "broken": 30}}, "breach_costs": list(costs)}
    if of_type is not None:
        a["types"] = {"bold": {"prior": 0.5, "breach_costs": of_type}, "plain": {"prior": 0.5}}
    return case(
        patience,
        {"x": issue},
        {"a": a, "b": {"interests": {"x": {"kept": 40, "broken": 0}}}},
        {"only": {"package": {"x": "kept"}}},
        obligations=[] if owed is None else [{"by": "a", "act": "keeps still", "kind": "ceasefire", "does": owed}],
    )


@pytest.mark.parametrize(
    ("costs", "signal", "gain"),
    [
        ([], None, 30),
        # Charged each period: it deters from 30 on.
        ([{"points": 29}], None, 1),
        ([{"points": 30}], None, 0),
        # Charged once, and then 30 a period for good: (1 − 0.9) × 300 = 30.
        ([{"points": 290, "per": "once"}], None, 1),
        ([{"points": 300, "per": "once"}], None, 0),
        # Two entries, one charge each.
        ([{"points": 20, "of": "x"}, {"points": 50, "per": "once"}], None, 5),
        # Seen in 6 months of 10: 0.6 × 50 = 30.
        ([{"points": 45, "when": "public"}], 0.6, 3),
        ([{"points": 50, "when": "public"}], 0.6, 0),
    ],
)
def test_an_audience_cost_just_deters(costs, signal, gain):
    """J. D. Fearon, Domestic political audiences, 1994; M. Tomz, Domestic audience costs, 2007."""
    built = audience(0.9, *costs, signal=signal)
    whole = study(built)
    assert whole.gap("a") == pytest.approx(gain)
    assert kernel(whole).tempted("a", None).temptation.points == pytest.approx(gain)
    # Once it has been charged, a cost of this kind deters no more: the plan holds as long as it is kept.
    spent = any(c.get("per") == "once" for c in costs)
    assert enforcement(whole).holds is (gain == 0 and not spent)
    assert judge(kernel(whole), 1, draws=4).grade == (5 if gain else 2 if spent else 1)


def test_the_least_further_cost_that_deters():
    """What breaking costs at home is on top of it: 30 − 20, less the 0.5 points that are trifling."""
    found = breach_cost(kernel(study(audience(0.9, {"points": 20}))), "a")
    assert found.at == pytest.approx(9.5, abs=1e-5)
    once = breach_cost(kernel(study(audience(0.9, {"points": 100, "per": "once"}))), "a")
    assert once.at == pytest.approx(19.5, abs=1e-5)


def test_how_well_a_breach_is_seen_counts_in_what_it_costs():
    """At 100 points, seen in 6 months of 10: half of the stated detection takes 30 points, and 29.5 leave a trifle."""
    found = detection(kernel(study(audience(0.9, {"points": 100, "when": "public"}, signal=0.6))), "a")
    assert found.at == pytest.approx(0.295 / 0.6, abs=1e-3)


def test_costs_of_a_type_replace_those_of_the_actor():
    plan = kernel(study(audience(0.9, {"points": 10}, of_type=[])))
    assert plan.tempted("a", "bold").temptation.points == pytest.approx(30)
    assert plan.tempted("a", "plain").temptation.points == pytest.approx(20)


def test_a_cost_of_a_kind_of_promise_is_charged_where_it_is_due():
    costs = [{"points": 40, "of": "ceasefire"}]
    assert study(audience(0.9, *costs, owed={"x": "kept"})).gap("a") == 0
    # What is promised is not what the plan prescribes now.
    assert study(audience(0.9, *costs, owed={"x": "broken"})).gap("a") == pytest.approx(30)


def test_an_uncertain_cost_is_drawn():
    """30 points of gain against 30 ± 10 at home: about half of the draws are tempted."""
    found = shares(kernel(study(audience(0.9, {"points": "30 ± 10"}))), 1)["a"]
    assert 0.3 < found.tempted < 0.6
    assert found.low == 0
    assert 5 < found.high < 25


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
    whole = study(succession(0.1))
    assert whole.gap("a", "father") == 0
    assert whole.gap("a", "heir") == pytest.approx(30 * (1 - 0.1 / 0.19))


def succession(chance, horizon=12):
    """A father who keeps, and an heir with nothing to lose who comes with some chance a month."""
    issues = {"x": {"options": ["kept", "broken"], "set_by": "a", "owner": "b"}}
    heir = {"prior": 0, "interests": {"x": {"weight": 1, "values": {"kept": 0, "broken": 30}}}}
    return case(
        0.9,
        issues,
        {
            "a": {"interests": {"x": {"kept": 30, "broken": 0}}, "types": {"father": {"prior": 1}, "heir": heir}},
            "b": {"interests": {"x": {"kept": 30, "broken": 0}}},
        },
        {"only": {"package": {"x": "kept"}}},
        events={"succession": {"chance": chance, "lasts": "for_good", "changes": {"type": {"a": "heir"}}}},
        horizon=horizon,
    )


def test_an_heir_counts_by_the_chance_that_it_comes_to_act():
    """Within 12 months it comes with 1 − 0.9^11: at the end of the first eleven. Once there it gains 30 a month."""
    plan = kernel(study(succession(0.1)))
    assert plan.tempted("a", "father").temptation.points == 0
    assert plan.tempted("a", "heir").temptation.points == pytest.approx(30)
    found = judge(plan, 1, draws=4)
    comes = 1 - 0.9**11
    assert found.actors["a"].points == pytest.approx(30 * comes)
    assert found.actors["a"].share.materially == pytest.approx(comes)
    assert found.actors["a"].worst == "heir"
    assert found.grade == 5
    # A change at the top that seldom comes is what the plan hangs on.
    rare = judge(kernel(study(succession(0.01))), 1, draws=4)
    assert (rare.grade, rare.hangs_on.actor) == (4, "a")


def test_a_crisis_that_makes_an_actor_impatient():
    """The prisoner's dilemma under a grim trigger, 50, 30, 10: it holds from a patience of 0.5 on.

    A crisis comes with 1 chance in 10 a month and takes the patience from 0.9 to 0.1. In it breaking is worth
    0.9 × 50 + 0.1 × 10 = 46 against 30. A point a month from the start is worth D = 1 + 0.9 (0.9 D + 0.1 / 0.9), or 110 / 19;
    waiting for the crisis brings V = 30 + 0.9 (0.9 V + 0.1 × 46 / 0.9) against 30 D, which is 16 / 11 points more on average.
    """
    crisis = {"crisis": {"chance": 0.1, "lasts": "for_good", "changes": {"patience": {"row": 0.1}}}}
    whole = study(dilemma(GRIM, events=crisis))
    assert whole.gap("row") == pytest.approx(16 / 11)
    assert whole.gap("column") == 0
    plan = kernel(whole)
    assert plan.tempted("row", None).temptation.points == pytest.approx(16)
    assert judge(plan, 1, draws=4).actors["row"].share.tempted == 1
    (found,) = enforcement(whole).temptations
    assert (found.actor, found.gain) == ("row", pytest.approx(16))
    assert study(dilemma(GRIM)).gap("row") == 0
    # What patience the actor has before the crisis does not matter in it.
    assert patience(plan, "row").at is None


def test_events_that_cannot_matter_to_an_actor_take_no_states_of_its_own():
    """The crisis changes what the row does; the column's own automaton goes without it, and is no larger for it."""
    crisis = {"crisis": {"at": "24 months", "lasts": "24 months", "changes": {"walk_away": {"row": 5}}}}
    plain, whole = study(dilemma(GRIM, patience=0.4)), study(dilemma(GRIM, patience=0.4, events=crisis))
    for actor in ("row", "column"):
        assert whole.games(actor)[0].game.states == plain.games(actor)[0].game.states
        assert whole.gap(actor) == pytest.approx(plain.gap(actor))
    assert whole.kept.game.states > plain.kept.game.states


def sheltered(escape):
    """A opens its market and B trades; a slump puts another at A's head, to whom shutting the market is worth 80 a month."""
    phases = {
        "open": {
            "package": {"market": "open", "trade": "on"},
            "on": [
                {"when": {"market": "shut"}, "go": "war"},
                *([{"when": {"slump": "yes"}, "go": "escape"}] if escape else []),
            ],
        },
        "war": {"package": {"market": "shut", "trade": "off"}},
    }
    if escape:
        phases["escape"] = {"package": {"market": "shut", "trade": "on"}}

    def interests(shut, opened=0):
        return {"market": {"open": opened, "shut": shut}, "trade": {"off": 0, "on": 50}}

    pressed = {"prior": 0, "interests": {i: {"weight": 1, "values": v} for i, v in interests(80).items()}}
    return case(
        0.9,
        {
            "market": {"options": ["shut", "open"], "set_by": "a", "owner": "a"},
            "trade": {"options": ["off", "on"], "set_by": "b", "owner": "b"},
        },
        {
            "a": {"interests": interests(10), "types": {"calm": {"prior": 1}, "pressed": pressed}},
            "b": {"interests": interests(0, 40)},
        },
        phases,
        events={"slump": {"chance": 0.1, "lasts": "for_good", "changes": {"type": {"a": "pressed"}}}},
    )


def test_an_escape_clause_holds_where_a_rigid_text_is_broken():
    """B. P. Rosendorff, H. V. Milner, The optimal design of international trade institutions, 2001.

    In the slump the rigid text asks A to forgo 80 a month; shutting the market costs it trade, 50, from the next month on:
    80 − 0.9 × 50 = 35 a month on average. With the clause it waits a month and then has both: 0.9 × (50 + 80) + 0.1 × 50 = 122
    against 0.1 × (50 + 80) + 0.9 × 80 = 85 by breaking. The calm never shut it: 10 < 0.9 × 50.
    """
    rigid, clause = kernel(study(sheltered(False))), kernel(study(sheltered(True)))
    assert rigid.tempted("a", "calm").temptation.points == 0
    assert rigid.tempted("a", "pressed").temptation.points == pytest.approx(35)
    assert judge(rigid, 1, draws=4).grade == 5
    assert clause.tempted("a", "calm").temptation.points == 0
    assert clause.tempted("a", "pressed").temptation.points == 0
    assert judge(clause, 1, draws=4).grade == 1
    # B would rather have the open market, and still trades: what it gives up in the slump is the price of an A that keeps.
    assert study(sheltered(True)).gap("b") == 0
