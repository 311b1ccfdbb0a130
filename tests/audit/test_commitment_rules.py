"""The rules on commitment and on the record fire where they should, with figures that can be checked by hand."""

from __future__ import annotations

import copy

import pytest
from docs.audit_record import stages

from halfway.audit.run import audit
from halfway.case.reader import build
from halfway.evidence.promises import base_rate
from tests.conduct.cases import GRIM, P, R, T, dilemma

# The taker's deed is worth 75 points to the giver, the giver's relief 67 to the taker; doing costs 33 and 25.
BASE = {
    "name": "relief",
    "actors": {
        "giver": {
            "patience": 0.9,
            "interests": {
                "deed": {"weight": 75, "values": {"done": 100, "half": 40, "not_done": 0}},
                "relief": {"weight": 25, "values": {"no": 100, "yes": 0}},
            },
        },
        "taker": {
            "patience": 0.9,
            "interests": {
                "deed": {"weight": 25, "values": {"done": 0, "half": 60, "not_done": 100}},
                "relief": {"weight": 75, "values": {"no": 0, "yes": 100}},
            },
        },
    },
    "issues": {
        "deed": {"options": ["done", "half", "not_done"], "set_by": "taker", "owner": "giver"},
        "relief": {"options": ["no", "yes"], "set_by": "giver", "owner": "giver"},
    },
    "status_quo": {"deed": "not_done", "relief": "no"},
}
SWAP, OFF = {"deed": "done", "relief": "yes"}, {"deed": "not_done", "relief": "no"}


def found(plan, **changes):
    case = copy.deepcopy(BASE)
    for path, value in changes.items():
        here = case
        *steps, last = path.split("__")
        for step in steps:
            here = here.setdefault(step, {})
        here[last] = value
    case["plans"] = {"swap": plan}
    result = audit(build(case), select=["C", "R"])
    return {(f.code): f for f in reversed(result.findings)}


def held(**extra):
    answer = {"when": {"any": [{"deed": ["half", "not_done"]}, {"relief": "no"}]}, "go": "off"}
    return {"phases": {"swap": {"package": SWAP, "on": [answer]}, "off": {"package": OFF}}, **extra}


def test_a_plan_that_holds_is_told_only_that_forgiving_would_be_better():
    rules = found(held())
    assert set(rules) == {"C315"}
    # Both have 75 points in the swap and 25 without it.
    assert rules["C315"].figure == pytest.approx(50)
    assert {f.code for f in audit(dilemma(GRIM), select=["C"]).findings} == {"C315"}


def test_no_answer_at_all():
    rules = found({"phases": {"swap": {"package": SWAP}}})
    assert rules["C308"].figure == pytest.approx(25)
    assert rules["C307"].figure == pytest.approx(75)
    assert rules["C311"].figure == pytest.approx(25)


def test_a_trial_that_can_be_waited_out():
    plan = held()
    plan["phases"]["swap"] |= {"lasts": "3 months", "then": "settled"}
    plan["phases"]["settled"] = {"package": SWAP}
    rules = found(plan)
    assert rules["C306"].figure == pytest.approx(25)
    assert "3 periods" in rules["C306"].message
    assert rules["C308"].figure == pytest.approx(25)


def test_a_trigger_that_cannot_fire():
    observed = {"done": {"quiet": 1}, "half": {"quiet": 1}, "not_done": {"quiet": 0.9, "loud": 0.1}}
    plan = {
        "phases": {
            "swap": {"package": SWAP, "on": [{"when": {"all": [{"deed": "loud"}, {"deed": "quiet"}]}, "go": "off"}]},
            "off": {"package": OFF},
        }
    }
    rules = found(plan, issues__deed__observed=observed, issues__deed__signals={"quiet": {}, "loud": {"breach": True}})
    assert rules["C301"].figure == 0
    assert rules["C301"].severity == "error"


def test_an_evadable_trigger_and_a_toothless_one():
    plan = held()
    plan["phases"]["swap"]["on"] = [{"when": {"deed": "not_done"}, "go": "off"}]
    rules = found(plan)
    # Half a deed: 60 of the 25 points that the deed costs.
    assert rules["C312"].figure == pytest.approx(15)
    plan["phases"]["off"] = {"package": {"deed": "not_done", "relief": "yes"}}
    rules = found(plan)
    assert rules["C302"].figure == pytest.approx(-25)
    # An error by its thresholds, and a note by its record on the plans of the past.
    assert rules["C302"].severity == "note"
    by_thresholds = {s["code"]: s["found"] for s in stages(build({**BASE, "plans": {"swap": plan}}), "swap")}
    assert by_thresholds["C302"] == {"": "error"}
    # The giver does nothing to carry out this answer: what the taker does there is no cost of the stick.
    assert "C303" not in rules


def test_a_stick_that_hurts_its_holder_more():
    """Relief is worth 25 to the giver too and 10 to the taker: to take it back costs the giver 15 more."""
    wants = {
        "actors__giver__interests__relief__values": {"no": 0, "yes": 100},
        "actors__taker__interests__deed__weight": 90,
        "actors__taker__interests__relief__weight": 10,
    }
    rules = found(held(), **wants)
    assert rules["C303"].figure == pytest.approx(15)
    paid = [{"from": "giver", "to": "taker", "amount": 4, "cost": 3, "phases": ["swap"]}]
    # A payment that stops spares the giver 3 and costs the taker 4: 25 − 3 against 10 + 4.
    assert found(held(transfers=paid), **wants)["C303"].figure == pytest.approx(8)


def test_the_types_of_an_actor_are_told_together():
    """Without an answer the deed's 25 points tempt the first type, 15 of them the second, whose deed weighs less."""
    second = {"prior": 0.4, "interests": {"deed": {"weight": 15, "values": {"done": 0, "half": 60, "not_done": 100}},
                                          "relief": {"weight": 85, "values": {"no": 0, "yes": 100}}}}  # fmt: skip
    types = {"first": {"prior": 0.6}, "second": second}
    case = copy.deepcopy(BASE)
    case["actors"]["taker"]["types"] = types
    case["plans"] = {"swap": {"phases": {"swap": {"package": SWAP}}}}
    (told,) = [f for f in audit(build(case), select=["C308"]).findings if "Taker" in f.message]
    assert told.figure == pytest.approx(0.6 * 25 + 0.4 * 15)
    assert "first, 60%: 25.0; second, 40%: 15.0" in told.message.lower()


def test_a_reward_for_denial():
    plan = held()
    plan["phases"]["swap"]["on"] = [{"when": {"deed": "shown"}, "go": "off"}]
    plan["phases"]["off"] = {
        "package": {"deed": "done", "relief": "no"},
        "on": [{"when": {"deed": "denied"}, "go": "swap"}],
    }
    observed = {"done": {"denied": 1}, "half": {"denied": 1}, "not_done": {"denied": 0.4, "shown": 0.6}}
    rules = found(plan, issues__deed__observed=observed)
    # Half a deed is never told from a whole one.
    assert rules["C304"].figure == pytest.approx(1)
    assert "Taker" in rules["C304"].message


def test_an_exit_rewards_only_those_whom_the_penalty_answers():
    """In the penalty both could break and be let off by what the deed shows; only the taker's breach leads there."""
    case = copy.deepcopy(BASE)
    case["issues"]["deed"]["observed"] = {
        "done": {"denied": 1}, "half": {"denied": 1}, "not_done": {"denied": 0.4, "shown": 0.6},
    }  # fmt: skip
    phases = {
        "swap": {"package": SWAP, "on": [{"when": {"deed": "shown"}, "go": "off"}]},
        "off": {"package": {"deed": "half", "relief": "yes"}, "on": [{"when": {"deed": "denied"}, "go": "swap"}]},
    }
    case["plans"] = {"swap": {"phases": phases}}
    messages = [f.message for f in audit(build(case), select=["C304"]).findings]
    assert messages == []
    phases["off"]["package"]["relief"] = "no"
    messages = [f.message for f in audit(build(case), select=["C304"]).findings]
    assert len(messages) == 1
    assert " while Taker goes on " in messages[0]


def test_what_is_given_for_good_is_kept_after_a_breach():
    rules = found({"phases": {"swap": {"package": SWAP}}}, issues__relief__reversible="no")
    assert rules["C305"].figure == pytest.approx(75)


def noisy(off):
    """A kept promise is taken for a broken one in a tenth of all months; then comes the penalty."""
    plan = {"phases": {"swap": {"package": SWAP, "on": [{"when": {"deed": "loud"}, "go": "off"}]}, "off": off}}
    observed = {"done": {"quiet": 0.9, "loud": 0.1}, "half": {"loud": 1}, "not_done": {"loud": 1}}
    signals = {"quiet": {}, "loud": {"breach": True}}
    return found(plan, issues__deed__observed=observed, issues__deed__signals=signals)


def test_a_kept_plan_ends_in_its_own_penalty():
    rules = noisy({"package": OFF})
    assert rules["C316"].figure == pytest.approx(100)
    assert rules["C316"].severity == "warning"
    # Ten months of swap to two of penalty, and to one.
    rules = noisy({"package": OFF, "lasts": "2 months", "then": "swap"})
    assert rules["C316"].figure == pytest.approx(100 * 2 / 12)
    assert rules["C316"].severity == "note"
    assert "C316" not in noisy({"package": OFF, "lasts": "1 month", "then": "swap"})


def test_a_phase_that_the_course_leads_to_is_no_penalty():
    on = [{"when": {"deed": "done"}, "go": "second"}]
    rules = found({"phases": {"first": {"package": {"deed": "done"}, "on": on}, "second": {"package": SWAP}}})
    assert "C316" not in rules


def test_a_threat_that_does_not_pay_is_a_bluff():
    """To stop the relief that it pays saves the giver 25 points; to stop one that it lives by costs it 25."""
    reactions = [{"by": "giver", "to": {"deed": ["half", "not_done"]}, "does": {"relief": "no"}}]
    plan = {"phases": {"swap": {"package": SWAP}}}
    assert "C317" not in found(plan, reactions=reactions)
    rules = found(plan, reactions=reactions, actors__giver__interests__relief__values={"no": 0, "yes": 100})
    # For one period, as a discounted average.
    assert rules["C317"].figure == pytest.approx((1 - 0.9) * 25)
    assert rules["C317"].severity == "warning"


def test_what_reactions_do_counts_for_those_who_are_to_be_served():
    case = copy.deepcopy(BASE)
    half = {"package": {"deed": "half", "relief": "yes"}}
    case["plans"] = {"swap": {"phases": {"swap": half}, "aims": [{"for": "taker"}]}}
    assert not audit(build(case), select=["A601"]).findings
    # Half a deed with relief would be worth 90 to the taker; the relief is stopped, and 15 are left of today's 25.
    case["reactions"] = [{"by": "giver", "to": {"deed": "half"}, "does": {"relief": "no"}}]
    (loss,) = audit(build(case), select=["A601"]).findings
    assert loss.figure == pytest.approx(10)


def test_breach_obstruction_and_acting_freely_are_three_words():
    plan = {"phases": {"swap": {"package": SWAP}}}
    assert "yet breach there is worth" in found(plan)["C311"].message
    assert "a breach would gain it" in found(plan)["C308"].message
    # A giver that would rather pay has nothing to break off.
    glad = {"actors__giver__interests__relief__values": {"no": 0, "yes": 100}}
    outside = found(plan | {"seats": {"giver": "party", "taker": "absent"}}, **glad)
    case = copy.deepcopy(BASE)
    case["plans"] = {"swap": plan | {"seats": {"giver": "party", "taker": "absent"}}}
    own = [f for f in audit(build(case), select=["C308"]).findings if f.message.startswith("Taker")]
    assert [f.severity for f in own] == ["warning"]
    assert "has signed nothing and would not go along: obstruction would gain it 25.0 points" in own[0].message
    assert own[0].figure == pytest.approx(25)
    assert "obstruction there is worth" in outside["C311"].message
    # No text speaks of the deed.
    free = found(
        {"phases": {"swap": {"package": {"relief": "yes"}}}}, status_quo={"deed": "done", "relief": "no"}, **glad
    )
    assert "acting freely there is worth" in free["C311"].message


def test_resets_on_the_same_terms():
    plan = held()
    plan["phases"]["off"] |= {"lasts": "10 months", "then": "swap", "resets": {"max": 2}}
    assert found(plan)["C309"].figure == 2
    plan["phases"]["again"] = {"package": {"deed": "done", "relief": "no"}, "lasts": "1 month", "then": "swap"}
    plan["phases"]["off"]["resets"] = {"max": 2, "terms": "again"}
    assert "C309" not in found(plan)


def test_promises_that_cannot_be_checked_or_told():
    promise = {"by": "taker", "act": "do it", "does": {"deed": "done"}, "kind": "deeds", "precision": "vague"}
    observed = {"done": {"x": 0.5, "y": 0.5}, "half": {"x": 0.4, "y": 0.6}, "not_done": {"x": 0, "y": 1}}
    plan = held(obligations=[promise])
    plan["phases"]["swap"]["on"] = [{"when": {"relief": "no"}, "go": "off"}]
    rules = found(plan, issues__deed__observed=observed)
    assert rules["C310"].figure == pytest.approx(0.1)
    assert rules["C313"].figure == 1
    assert rules["R402"].figure == 0


def test_the_record_of_promises_and_policies():
    record = {
        "promises": [
            {"by": "taker", "kind": "deeds", "made": "2001", "what": "one", "outcome": o}
            for o in ("broken", "broken", "partly", "disputed")
        ],
        "policies": [
            {"policy": "swap", "date": "2001", "what": "x", "outcome": "failed"},
            {"policy": "swap", "date": "2002", "what": "x", "outcome": "held"},
        ],
    }
    promise = {"by": "taker", "act": "do it", "does": {"deed": "done"}, "kind": "deeds"}
    rules = found(held(obligations=[promise], policies=["swap"]), record=record)
    # The base rate of alliances with the weight of ten promises, and half a promise kept in three.
    usual = base_rate(None).kept.point
    assert 0.5 < usual < 0.6
    assert rules["R401"].figure == pytest.approx(100 * (1 - (10 * usual + 0.5) / 13), abs=1e-4)
    assert rules["R403"].figure == 1
    assert rules["R403"].severity == "warning"


def test_ratification_and_turnover():
    bodies = {"house": {"threshold": 80}, "court": {"threshold": 70, "turnover": 0.05}}
    plan = held()
    plan["phases"]["swap"] |= {"lasts": "12 months", "then": "settled"}
    plan["phases"]["settled"] = {"package": SWAP, "on": plan["phases"]["swap"]["on"]}
    case = copy.deepcopy(BASE)
    case["actors"]["giver"]["ratifies"] = bodies
    case["plans"] = {"swap": plan}
    hits = {f.message.split(" ")[0]: f for f in audit(build(case), select=["C314"]).findings}
    assert hits["house"].figure == pytest.approx(1)
    assert hits["court"].figure == pytest.approx(1 - 0.95**12)


def test_payoffs_of_the_shared_dilemma_are_a_dilemma():
    assert T > R > P
