"""Groups: what they want through their members, and what becomes of a case when one is opened up."""

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.case.catalog import load
from halfway.case.groups import opened
from halfway.case.reader import build, load_text
from halfway.errors import Refusal
from halfway.explore.compare import compare
from halfway.space.arrays import all_packages, holds
from halfway.space.plan.prescribed import transfers_by_phase
from halfway.space.utilities.draws import draw
from halfway.space.utilities.space import compile_space
from halfway.testing import EVERYTHING, Wanted, case_data
from tests.space import by_label

GROUPED = Wanted(
    actors=(3, 4), decimals=True, linkages=True, red_lines=True, walk_aways=True, constraints=True, plans=1, seats=True
)


def grouped(draw_, data):
    """Make a group of the last two actors of a case, with or without interests of its own."""
    data = copy.deepcopy(data)
    *rest, one, other = data["actors"]
    members = {name: data["actors"].pop(name) for name in (one, other)}
    for member in members.values():
        # Contests name actors that are members now; who fights whom is not what is tested here.
        member.pop("walk_away", None)
    group = {"members": members}
    if draw_(st.booleans()):
        group |= {"interests": members[one]["interests"], "capability": 70}
    data["actors"]["union"] = group

    def named(value):
        return list(dict.fromkeys("union" if v in members else v for v in by_label.as_list(value)))

    for issue in data["issues"].values():
        issue["set_by"], issue["owner"] = named(issue["set_by"]), named(issue["owner"])
    for actor in data["actors"].values():
        if isinstance(actor.get("walk_away"), dict) and "contest" in actor["walk_away"]:
            del actor["walk_away"]
    for plan in data["plans"].values():
        plan.pop("seats", None)
        if "between" in plan:
            plan["between"] = [rest[0], "union"]
        for phase in plan["phases"].values():
            for trigger in phase.get("on", []):
                read = trigger["when"].get("at_least")
                if isinstance(read, dict) and read.get("by") in members:
                    read["by"] = "union"
    return data, (one, other)


@settings(max_examples=100, deadline=None)
@given(st.data(), case_data(GROUPED))
def test_a_group_without_interests_wants_what_its_members_want_on_average(source, data):
    data, members = grouped(source.draw, data)
    data["actors"]["union"].pop("interests", None)
    space = compile_space(build(data))
    packages = all_packages(space.sizes)
    loose = {**data, "actors": {**data["actors"], **data["actors"]["union"]["members"]}}
    powers = [by_label.central(data["actors"]["union"]["members"][m]["capability"], ()) for m in members]
    shares = [p / sum(powers) if sum(powers) else by_label.Fraction(1, 2) for p in powers]
    u = space.actor("union")
    for x, package in enumerate(packages):
        labels = space.labels(package)
        worth = sum(s * by_label.utility(loose, m, labels) for s, m in zip(shares, members, strict=True))
        assert space.values(packages)[u, x] == pytest.approx(float(worth), abs=1e-6)
        crossed = any(bool(holds(mask, packages[x : x + 1])[0]) for mask in space.bounds.red_lines[u])
        assert crossed == any(by_label.crosses_red_line(loose, m, labels) for m in members)
    today = space.values(space.status_quo)[u, 0]
    assert space.walk_away[u] == pytest.approx(today)


@settings(max_examples=60, deadline=None)
@given(st.data(), case_data(GROUPED))
def test_opening_a_group_leaves_everyone_elses_numbers_alone(source, data):
    data, members = grouped(source.draw, data)
    case = build(data)
    after = opened(case, "union")
    assert list(after.actors) == [a for a in case.actors if a != "union"] + list(members)
    before, now = compile_space(case), compile_space(after)
    packages = all_packages(before.sizes)
    for a, actor in enumerate(before.actors[:-1]):
        assert now.values(packages)[a] == pytest.approx(before.values(packages)[a])
        assert [m.issues for m in now.bounds.red_lines[a]] == [m.issues for m in before.bounds.red_lines[a]]
        assert actor == now.actors[a]
    loose = {**data, "actors": {**data["actors"], **data["actors"]["union"]["members"]}}
    for member in members:
        worth = [float(by_label.utility(loose, member, now.labels(p))) for p in packages]
        assert now.values(packages)[now.actor(member)] == pytest.approx(worth, abs=1e-6)
    for key, issue in case.issues.items():
        for name in ("set_by", "owner"):
            expected = [m for a in getattr(issue, name) for m in (members if a == "union" else (a,))]
            assert list(getattr(after.issues[key], name)) == expected
    compare(after, draws=2)


@settings(max_examples=150, deadline=None)
@given(case_data(EVERYTHING))
def test_a_case_survives_being_written_out_and_built_again(data):
    case = build(data)
    again = build(case.model_dump(mode="json", by_alias=True, exclude_unset=True))
    assert again.content_hash == case.content_hash


def union():
    """A case in which a group has a say everywhere that a case can name an actor."""
    wants = {"interests": {"peace": {"values": {"no": 0, "yes": 100}}, "trade": {"values": {"no": 100, "yes": 0}}}}
    other = {"interests": {"peace": {"values": {"no": 100, "yes": 0}}, "trade": {"values": {"no": 0, "yes": 100}}}}
    return {
        "name": "union",
        "actors": {
            "rival": {**other, "walk_away": {"contest": {"opponents": "union", "prize": {"peace": "yes"}, "cost": 1}},
                      "as_seen_by": {"union": {"interests": {"trade": {"values": {"no": 50, "yes": 100}}}}}},
            "union": {
                **wants,
                "patience": 0.8, "speaks_for": ["people"],
                "red_lines": [{"when": {"trade": "yes", "peace": "no"}}],
                "types": {"t": {"prior": 1}},
                "ratifies": {"senate": {"threshold": 40}},
                "members": {
                    "small": {"capability": 20},
                    "large": {"capability": 60, "patience": 0.9, **other, "red_lines": [{"when": {"peace": "yes"}}]},
                },
            },
            "third": wants,
        },
        "issues": {
            "peace": {"options": ["no", "yes"], "set_by": ["union", "rival"], "owner": "union"},
            "trade": {"options": ["no", "yes"], "set_by": "union", "owner": ["third", "union"], "agenda_setter": "union"},
        },
        "status_quo": {"peace": "no", "trade": "no"},
        "obligations_in_force": {"pact": {"title": "Pact", "parties": ["union"], "protects": ["union", "third"],
                                          "conflicts_with": {"peace": "no"}}},
        "record": {"promises": [{"by": "union", "to": ["third"], "kind": "k", "made": 2000, "what": "w", "outcome": "kept"},
                                {"by": "third", "to": "union", "kind": "k", "made": 2000, "what": "w", "outcome": "kept"}]},
        "authors": [{"name": "A", "disclosures": [{"actor": "union", "interest": "paid"}]}],
        "expected": [{"analysis": "settle", "about": "nash", "answer": 1}],
        "plans": {"p": {
            "proposer": "union",
            "aims": [{"for": "union", "must": {"peace": "yes"}}],
            "between": ["union", "rival"],
            "bottom_line": {"utility": 30, "must": {"peace": "yes"}},
            "seats": {"union": "party", "rival": "party", "third": "represented by union"},
            "roles": {"guarantor": "union", "verifier": ["third", "union"]},
            "phases": {
                "one": {"package": {"peace": "yes"}, "lasts": 2, "then": "two", "seats": {"union": "observer", "rival": "party"},
                        "on": [{"when": {"any": [{"at_least": {"gravity": 5, "by": "union"}}, {"trade": "yes"}]}, "go": "two"}]},
                "two": {"package": {"peace": "yes", "trade": "yes"}, "shifts": {"walk_away": {"union": 20}}},
            },
            "obligations": [
                {"by": "third", "to": "union", "act": "x", "verified_by": "union"},
                {"by": "union", "act": "y", "to": "third", "outcome": "kept"},
                {"by": "rival", "act": "z", "guaranteed_by": "union"},
            ],
            "transfers": [{"from": "union", "to": "third", "amount": "20 ± 4"},
                          {"from": "rival", "to": "union", "amount": 6, "cost": 8}],
            "repairs": [{"name": "r", "cost": 1, "change": {
                "obligations.2.due": "1 month", "obligations.1.due": "2 months", "seats.union": "observer",
                "roles.chair": "union", "phases.one.lasts": 3,
            }}],
        }},
    }  # fmt: skip


def test_members_take_the_place_of_their_group_everywhere():
    case = opened(build(union()), "union")
    both = ("small", "large")
    plan = case.plans["p"]
    assert list(case.actors) == ["rival", "small", "large", "third"]
    assert case.issues["peace"].set_by == (*both, "rival")
    assert case.issues["trade"].owner == ("third", *both)
    assert case.issues["trade"].agenda_setter == "large"
    assert case.obligations_in_force["pact"].parties == both
    assert case.obligations_in_force["pact"].protects == (*both, "third")
    assert [(p.by, p.to) for p in case.record.promises] == [
        ("small", ("third",)),
        ("large", ("third",)),
        ("third", both),
    ]
    assert [d.actor for d in case.authors[0].disclosures] == list(both)
    assert case.expected == ()
    assert plan.aims[0].for_ == both
    assert plan.between == ("large", "rival")
    assert plan.proposer == "large"
    assert plan.bottom_line.by == "large"
    assert plan.bottom_line.utility is None
    assert case.signatories(plan) == ("rival", *both)
    assert plan.seats["third"].represented_by == "large"
    assert [s.seat for s in (plan.phases["one"].seats or {}).values()] == ["observer", "observer", "party"]
    assert plan.roles.guarantor == both
    assert plan.roles.verifier == ("third", *both)
    assert [(o.by, o.act) for o in plan.obligations] == [
        (("third",), "x"), (("small",), "y"), (("large",), "y"), (("rival",), "z"),
    ]  # fmt: skip
    assert plan.obligations[0].to == plan.obligations[0].verified_by == plan.obligations[3].guaranteed_by == both
    assert plan.repairs[0].change == {
        "obligations.3.due": "1 month", "obligations.1.due": "2 months", "obligations.2.due": "2 months",
        "seats.small": "observer", "seats.large": "observer", "roles.chair": list(both), "phases.one.lasts": 3,
    }  # fmt: skip
    assert set(plan.phases["two"].shifts.walk_away) == set(both)
    assert str(plan.phases["one"].on[0].when).count("AtLeast") == 2
    assert case.actors["rival"].walk_away.contest.opponents == both
    assert set(case.actors["rival"].as_seen_by) == set(both)


def test_a_member_has_its_own_wishes_or_else_the_groups():
    case = opened(build(union()), "union")
    small, large = case.actors["small"], case.actors["large"]
    whole = build(union()).actors["union"]
    assert small.interests == whole.interests
    assert small.red_lines == whole.red_lines
    assert float(small.patience.value) == 0.8
    assert small.capability is not None
    assert float(small.capability) == 20
    assert small.types == {}
    assert small.speaks_for == ("people",)
    assert set(small.ratifies) == {"senate"}
    assert large.interests != whole.interests
    assert large.red_lines != whole.red_lines
    assert float(large.patience.value) == 0.9
    # The body judges by what the group wants, not by what the member wants.
    assert large.ratifies["senate"].interests == whole.interests


def test_payments_add_up_when_a_group_is_opened():
    case = build(union())
    before = transfers_by_phase(compile_space(case), case.plans["p"])
    after_case = opened(case, "union")
    after = transfers_by_phase(compile_space(after_case), after_case.plans["p"])
    assert before.tolist() == [[-8, -14, 20]] * 2
    # Every member gains and loses what the group did; what others pay and get stays the same.
    assert after == pytest.approx(np.array([[-8, -14, -14, 20]] * 2))
    assert after_case.plans["p"].transfers[0].amount.notation() == "10 ± 2"


def test_findings_still_point_at_the_file():
    text = """\
name: placed
actors:
  union:
    interests: {peace: [yes, no]}
    members:
      small: {capability: 20}
      large:
        capability: 30
  rival: {interests: {peace: [no, yes]}}
issues:
  peace: {options: [no, yes], set_by: union, owner: rival}
status_quo: {peace: no}
"""
    case = opened(load_text(text, "f.yaml"), "union")
    assert case.place("actors", "large", "capability").line == 8
    assert case.place("actors", "small", "interests").line == 4
    assert case.place("issues", "peace", "set_by").line == 11


def test_what_cannot_be_opened_is_refused():
    data = union()
    data["issues"]["trade"]["options"] = {"no": {"shares": {"union": 100}}, "yes": {"shares": {"third": 100}}}
    with pytest.raises(Refusal, match=r"R005.*share of 'union' in issue 'trade'"):
        opened(build(data), "union")
    with pytest.raises(Refusal, match=r"R004.*no members"):
        opened(build(union()), "third")
    with pytest.raises(Refusal, match=r"R004.*did you mean 'union'"):
        opened(build(union()), "onion")


def test_draws_of_a_group_are_those_of_its_members():
    data = union()
    group = data["actors"]["union"]
    data["plans"], data["record"] = {}, {}
    for key in ("interests", "types", "ratifies"):
        del group[key]
    group["members"]["small"] = {"capability": "10..30", "interests": {"peace": {"values": {"no": "5 ± 2", "yes": 50}}}}
    case = build(data)
    drawn = draw(case, 8, 1)
    values, packages = drawn.values(all_packages((2, 2))), all_packages((2, 2))
    inside = ("actors", "union", "members", "small")
    strength = drawn.read(case.actors["union"].members["small"].strength, (*inside, "capability"))
    low = drawn.read(
        case.actors["union"].members["small"].interests["peace"].values["no"],
        (*inside, "interests", "peace", "values", "no"),
    )
    share = strength / (strength + 60)
    small = np.where(packages[:, 0] == 0, low[:, None], 50)
    large = np.array([50.0 * (p[0] == 0) + 50.0 * (p[1] == 1) for p in packages])
    assert values[:, 1] == pytest.approx(share[:, None] * small + (1 - share[:, None]) * large)


def test_a_group_ranks_only_where_a_member_does():
    data = union()
    group = data["actors"]["union"]
    data["plans"] = {}
    for key in ("interests", "types", "ratifies"):
        del group[key]
    assert compile_space(build(data)).ordinal == ()
    group["members"]["small"] = {"statements": [{"prefer": {"peace": "yes"}}]}
    assert compile_space(build(data)).ordinal == ("union",)


@pytest.mark.parametrize("name", ["belarus-2020", "dayton-1995"])
def test_the_groups_of_the_catalogue_open(name):
    case = load(name)
    for group in [a for a, actor in case.actors.items() if actor.members]:
        case = opened(case, group)
    assert not any(actor.members for actor in case.actors.values())
    compile_space(case)


def test_what_a_group_would_do_or_suffer_is_not_divided():
    data = union()
    data["reactions"] = [{"by": "union", "to": {"peace": "no"}, "does": {"trade": "no"}}]
    with pytest.raises(Refusal, match=r"R006.*reaction of 'union'"):
        opened(build(data), "union")
    data = union()
    data["events"] = {"coup": {"chance": 0.1, "lasts": "for_good", "changes": {"type": {"union": "t"}}}}
    with pytest.raises(Refusal, match=r"R006.*event 'coup' changes 'union'"):
        opened(build(data), "union")


def test_what_breaking_costs_a_group_costs_its_members_and_they_promise_together():
    data = union()
    data["actors"]["union"]["breach_costs"] = [{"points": 5, "of": "trade"}]
    data["actors"]["union"]["members"]["small"]["breach_costs"] = [{"points": 2, "per": "once"}]
    data["events"] = {
        "war": {
            "chance": 0.1,
            "lasts": 3,
            "hidden_from": ["third", "union"],
            "changes": {"status_quo": {"peace": "yes"}},
        }
    }
    data["plans"]["p"]["obligations"] = [{"by": ["rival", "union"], "answers_for": "union", "act": "stop"}]
    data["plans"]["p"].pop("repairs", None)
    case = opened(build(data), "union")
    assert [c.points.mean for c in case.actors["large"].breach_costs] == [5]
    assert [(c.points.mean, c.per) for c in case.actors["small"].breach_costs] == [(2, "once")]
    assert case.events["war"].hidden_from == ("third", "small", "large")
    (owed,) = case.plans["p"].obligations
    assert owed.by == ("rival", "small", "large")
    assert owed.performers == ("small", "large")
