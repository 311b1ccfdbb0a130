"""A kept plan, followed as a chain and played month by month from its text."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from halfway.case.reader import build
from halfway.errors import InputError, Refusal
from halfway.space.compiled import compile_case
from halfway.space.plan.kept_path import follow
from halfway.space.plan.outcomes import no_way_back, plan_values
from halfway.space.plan.prescribed import resolve_packages, transfers_by_phase
from halfway.space.plan.signals import gravity_of
from halfway.space.utilities.space import compile_space
from halfway.testing import Wanted, case_data
from tests.space import by_label
from tests.space.utilities.test_utilities import two_issues

PLANS = Wanted(
    plans=1, phases=4, transitions=True, signals=True, transfers=True, types=True, options=(2, 3), issues=(1, 3)
)
HORIZON = 30


def steps(path, horizon):
    """Probabilities of states, month by month, from the chain."""
    now = np.zeros(len(path.phase_of))
    now[0] = 1.0
    for _ in range(horizon):
        yield now
        following = np.zeros_like(now)
        np.add.at(following, path.targets, now[path.sources] * path.probabilities)
        now = following


@settings(max_examples=200, deadline=None)
@given(case_data(PLANS))
def test_a_kept_plan_is_what_its_text_says_month_by_month(data):
    space = compile_space(build(data))
    plan = data["plans"]["p0"]
    path = follow(space, "p0", space.case.plans["p0"])
    shares = path.phases_over_time(HORIZON)
    for month, (played, chain) in enumerate(zip(by_label.play(data, plan, HORIZON), steps(path, HORIZON), strict=True)):
        found = defaultdict(float)
        for state, chance in enumerate(chain):
            if chance > 0:
                force = tuple(space.labels(path.in_force[state]).values())
                found[path.phases[path.phase_of[state]], force] += chance
        assert dict(found) == pytest.approx(played)
        by_phase = defaultdict(float)
        for (phase, _), chance in played.items():
            by_phase[phase] += chance
        assert shares[month] == pytest.approx([by_phase[p] for p in path.phases])


@settings(max_examples=100, deadline=None)
@given(case_data(PLANS))
def test_phases_inherit_what_they_do_not_name(data):
    space = compile_space(build(data))
    packages = resolve_packages(space, space.case.plans["p0"])
    wanted = by_label.prescribed(data, data["plans"]["p0"])
    assert [space.labels(p) for p in packages] == [wanted[name] for name in data["plans"]["p0"]["phases"]]


def hardly_ever_over():
    """A trial of eleven months that a false alarm (0.9 a month) starts again: it is over once in 10¹¹ tries."""
    data = two_issues()
    data["issues"]["peace"] |= {
        "signals": {"quiet": None, "alarm": {"breach": "yes", "gravity": 7}},
        "observed": {o: {"quiet": "0.1", "alarm": "0.9"} for o in ("no", "half", "yes")},
    }
    data["plans"] = {"p0": {"phases": {
        "trial": {"package": {"peace": "half"}, "lasts": 11, "then": "settled",
                  "on": [{"when": {"peace": "alarm"}, "go": "trial"}]},
        "settled": {"package": {"peace": "yes", "trade": "yes"}},
    }}}  # fmt: skip
    return data


@settings(max_examples=100, deadline=None)
@given(case_data(PLANS))
@example(hardly_ever_over())
def test_a_plan_is_worth_its_packages_and_payments(data):
    plan = data["plans"]["p0"]
    for actor in data["actors"].values():
        actor["patience"] = "0.5 per period"
    space = compile_space(build(data))
    values = plan_values(space, "p0", space.case.plans["p0"])
    # What is left after 30 months at 0.5 a month is less than a millionth of a point.
    discounted = dict.fromkeys(space.actors, 0.0)
    for month, played in enumerate(by_label.play(data, plan, HORIZON)):
        for (phase, force), chance in played.items():
            package = dict(zip(space.issues, force, strict=True))
            for actor in space.actors:
                worth = float(by_label.utility(data, actor, package)) + paid(plan, phase, actor)
                discounted[actor] += 0.5 * 0.5**month * chance * worth
    assert values.discounted == pytest.approx([discounted[a] for a in space.actors], abs=1e-5)
    long_run = np.zeros(len(space.actors))
    for state, share in enumerate(values.path.long_run):
        package = space.labels(values.path.in_force[state])
        phase = values.path.phases[values.path.phase_of[state]]
        for a, actor in enumerate(space.actors):
            long_run[a] += share * (float(by_label.utility(data, actor, package)) + paid(plan, phase, actor))
    assert values.long_run == pytest.approx(long_run, abs=1e-6)
    assert values.shares.sum() == pytest.approx(1)


def paid(plan, phase, actor):
    """Points received less points paid in a month of a phase."""
    total = 0.0
    for transfer in plan.get("transfers", []):
        if phase in transfer.get("phases", [phase]):
            total += transfer["amount"] * ((transfer["to"] == actor) - (transfer["from"] == actor))
    return total


@settings(max_examples=60, deadline=None)
@given(case_data(PLANS, signals=False))
def test_what_a_plan_is_worth_to_each_type(data):
    case = build(data)
    found = compile_case(case).values_by_type("p0")
    assert set(found) == {a for a, actor in data["actors"].items() if "types" in actor}
    for actor, kinds in found.items():
        for kind, worth in kinds.items():
            values = plan_values(compile_space(case, {actor: kind}), "p0", case.plans["p0"])
            expected = 0.0
            for state, share in enumerate(values.path.long_run):
                package = compile_space(case).labels(values.path.in_force[state])
                phase = values.path.phases[values.path.phase_of[state]]
                known = float(by_label.utility(data, actor, package, kind=kind))
                expected += share * (known + paid(data["plans"]["p0"], phase, actor))
            assert worth == pytest.approx(expected, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(case_data(PLANS))
def test_what_cannot_be_undone(data):
    space = compile_space(build(data))
    path = follow(space, "p0", space.case.plans["p0"])
    lasting = set()
    for package in {tuple(p) for p in path.in_force.tolist()}:
        for issue, option in space.labels(package).items():
            reached = {option}
            for _ in by_label.options(data, issue):
                pairs = [(a, b) for a in reached for b in by_label.options(data, issue)]
                reached |= {b for a, b in pairs if by_label.may_follow(data, issue, a, b)}
            if data["status_quo"][issue] not in reached:
                lasting.add((issue, option))
    found = no_way_back(space, space.case.plans["p0"], path)
    assert {(n.issue, n.option) for n in found} == lasting


@settings(max_examples=60, deadline=None)
@given(case_data(PLANS), st.sampled_from((0.0, 0.3, 0.9, 1.0)))
def test_discounted_shares_of_time(data, discount):
    space = compile_space(build(data))
    path = follow(space, "p0", space.case.plans["p0"])
    shares = path.occupancy(discount)
    assert shares.sum() == pytest.approx(1)
    if discount < 1:
        slow = sum((1 - discount) * discount**t * now for t, now in enumerate(steps(path, 300)))
        assert shares == pytest.approx(slow, abs=1e-8)
    else:
        assert shares == pytest.approx(path.long_run)


def lags():
    """A plan on an issue of which it takes three months to leave the middle option."""
    data = two_issues()
    data["issues"]["peace"]["options"] = {"no": {}, "half": {"undo": "3 months"}, "yes": {"reversible": "no"}}
    return data


def in_force(data, months):
    space = compile_space(build(data))
    path = follow(space, "p", space.case.plans["p"])
    now, seen = 0, []
    for _ in range(months):
        seen.append(space.labels(path.in_force[now])["peace"])
        now = int(path.targets[path.sources == now][0])
    return seen


def test_an_undo_leaves_the_old_option_in_force_for_its_time():
    data = lags()
    data["plans"] = {"p": {"phases": {
        "up": {"package": {"peace": "half"}, "lasts": 2, "then": "down"},
        "down": {"package": {"peace": "no"}},
    }}}  # fmt: skip
    assert in_force(data, 7) == ["half", "half", "half", "half", "half", "no", "no"]


def test_an_undo_that_is_called_off_begins_anew():
    data = lags()
    data["plans"] = {"p": {"phases": {
        "up": {"package": {"peace": "half"}, "lasts": 1, "then": "down"},
        "down": {"package": {"peace": "no"}, "lasts": 2, "then": "up"},
    }}}  # fmt: skip
    assert in_force(data, 9) == ["half"] * 9


def test_going_on_with_an_undo_in_the_next_phase_does_not_restart_its_clock():
    data = lags()
    data["plans"] = {"p": {"phases": {
        "up": {"package": {"peace": "half"}, "lasts": 1, "then": "down"},
        "down": {"package": {"peace": "no"}, "lasts": 2, "then": "still"},
        "still": {"package": {"trade": "yes"}},
    }}}  # fmt: skip
    assert in_force(data, 6) == ["half", "half", "half", "half", "no", "no"]


def test_what_has_no_way_back_stays_whatever_is_prescribed():
    data = lags()
    data["plans"] = {"p": {"phases": {
        "up": {"package": {"peace": "yes"}, "lasts": 1, "then": "down"},
        "down": {"package": {"peace": "no"}},
    }}}  # fmt: skip
    with pytest.raises(InputError, match=r"V455 phase .down. undoes what cannot be undone"):
        build(data)
    # Where another way leads to the phase, too, it is no error of the file, and what is in force stays.
    data["plans"]["p"]["start"] = "down"
    data["plans"]["p"]["phases"]["down"] |= {"lasts": 1, "then": "up"}
    assert in_force(data, 4) == ["no", "yes", "yes", "yes"]


def test_resets_are_counted_and_then_the_phase_stays():
    data = two_issues()
    data["plans"] = {"p": {"phases": {
        "offer": {"package": {"peace": "half"}, "lasts": 1, "then": "wait"},
        "wait": {"package": {"peace": "no"}, "lasts": 1, "then": "offer", "resets": {"max": 1, "terms": "better"}},
        "better": {"package": {"peace": "yes"}, "lasts": 1, "then": "wait"},
    }}}  # fmt: skip
    assert in_force(data, 7) == ["half", "no", "yes", "no", "no", "no", "no"]


def test_two_routes_that_would_inherit_differently_are_an_error_of_the_file():
    data = two_issues()
    data["plans"] = {"p": {"phases": {
        "first": {"package": {"peace": "half"}, "lasts": 1, "then": "last", "on": [{"when": {"trade": "yes"}, "go": "other"}]},
        "other": {"package": {"peace": "yes"}, "lasts": 1, "then": "last"},
        "last": {"package": {"trade": "yes"}},
    }}}  # fmt: skip
    with pytest.raises(InputError, match=r"V436 phase 'last' inherits peace differently"):
        build(data)
    data["plans"]["p"]["phases"]["last"]["package"]["peace"] = "no"
    assert in_force(data, 3) == ["half", "no", "no"]


def test_a_breach_called_after_no_option_is_as_grave_as_what_it_most_likely_shows():
    data = two_issues()
    data["issues"]["peace"] |= {
        "owner": "b",
        "signals": {"quiet": None, "reports": {"breach": "yes"}, "smoke": {"breach": "yes", "gravity": 7}},
        "observed": {
            "no": {"reports": "0.6", "smoke": "0.4"},
            "half": {"reports": "0.3", "quiet": "0.7"},
            "yes": {"quiet": "1"},
        },
    }
    data["actors"]["b"]["interests"]["peace"] = {"values": {"no": 0, "half": 40, "yes": 100}}
    space = compile_space(build(data))
    peace = space.package({"peace": "yes"}, space.status_quo)
    assert gravity_of(space, 0, "quiet", peace) == 0
    assert gravity_of(space, 0, "smoke", peace) == 7
    assert gravity_of(space, 0, "reports", peace) == pytest.approx(50)
    assert gravity_of(space, 0, "reports", space.status_quo) == 0


def test_a_path_that_grows_too_long_is_refused(monkeypatch):
    monkeypatch.setattr("halfway.space.plan.kept_path.MOST_STATES", 5)
    data = two_issues()
    data["plans"] = {"p": {"phases": {
        "a": {"package": {"peace": "half"}, "lasts": 4, "then": "b"}, "b": {"lasts": 4, "then": "a", "package": {"peace": "no"}},
    }}}  # fmt: skip
    space = compile_space(build(data))
    with pytest.raises(Refusal, match="R033"):
        follow(space, "p", space.case.plans["p"])


def test_payments_by_phase():
    data = two_issues()
    data["plans"] = {"p": {
        "phases": {"a": {"lasts": 4, "then": "b"}, "b": {"package": {"peace": "half"}}},
        "transfers": [{"from": "a", "to": "b", "amount": 6, "cost": 2, "phases": "b"}, {"from": "b", "to": "a", "amount": 1}],
    }}  # fmt: skip
    space = compile_space(build(data))
    assert transfers_by_phase(space, space.case.plans["p"]).tolist() == [[1, -1], [-1, 5]]
