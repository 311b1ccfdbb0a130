"""The best improvement against judging every set by hand."""

from __future__ import annotations

import json

import jsonschema
import pytest
from click.testing import CliRunner

import halfway as hw
from halfway.cli.main import root
from halfway.conduct.repair.changes import Source, change_sets
from halfway.conduct.repair.improvement import freed, improvement

CASE, PLAN = "belarus-2020", "consulted-bargain"


def by_hand(case, plan, numbers):
    """Make the changes in the case itself, compile that, and take what a plan lacks from other functions."""
    changed = hw.compile(Source(case, plan).case_with(numbers))
    outcome = hw.compare(changed, [plan], draws=5)[plan]
    short = sum(r.asks - r.worth for r in outcome.kept.refusing if r.body is None)
    aims = {a for aim in changed.case.plans[plan].aims for a in aim.for_}
    space = changed.space()
    today = space.values(space.status_quo)[:, 0]
    lost = sum(max(0.0, today[space.actor(a)] - outcome.actors[a].discounted) for a in aims)
    return short, lost, max(outcome.kept.temptation.values(), default=0.0)


@pytest.fixture(scope="module")
def found():
    return improvement(hw.compile(CASE), PLAN)


def test_every_set_is_judged_and_none_lacks_less(found):
    case = hw.load(CASE)
    sets = list(change_sets(case.plans[PLAN]))
    assert found.exact
    assert found.judged == len(sets) == 8
    totals = {}
    for change in (sets[0], sets[-1]):
        totals[change.names] = by_hand(case, PLAN, change.numbers)
    least = min(sum(t) for t in totals.values())
    assert found.best.lacks.total <= least + 1e-6
    start = found.path[0]
    short, lost, worst = totals[()]
    assert sum(start.lacks.signing.values()) == pytest.approx(short)
    assert sum(start.lacks.serving.values()) == pytest.approx(lost)
    assert start.lacks.worst == pytest.approx(worst)


def test_nothing_beats_what_is_on_the_frontier(found):
    for a, b in zip(found.pareto, found.pareto[1:], strict=False):
        assert a.cost < b.cost
        assert a.lacks.worst > b.lacks.worst
    assert found.pareto[0].changes == ()


def test_each_step_of_the_path_buys_something():
    found = improvement(hw.compile(CASE), PLAN, free=("seats",), most=5)
    totals = [p.lacks.total for p in found.path]
    assert totals == sorted(totals, reverse=True)
    assert [len(p.changes) for p in found.path] == list(range(len(found.path)))
    assert not found.exact
    assert found.judged <= 5


def test_free_changes_are_plans_that_check():
    compiled = hw.compile(CASE)
    case = freed(compiled, PLAN, ("issues", "seats", "order"))
    repairs = case.plans[PLAN].repairs
    declared = len(compiled.case.plans[PLAN].repairs)
    names = [r.name for r in repairs[declared:]]
    assert any(n.startswith("Leave as it is today: ") for n in names)
    assert "Seat Kyiv" in names
    assert any(n.startswith("Later, from ") for n in names)
    source = Source(case, PLAN)
    seat = declared + names.index("Seat Kyiv")
    assert source.case_with((seat,)).seats(source.case_with((seat,)).plans[PLAN])["kyiv"].seat == "party"


def test_repair_reports_it_and_it_fits_its_schema():
    result = hw.repair(CASE, PLAN, weighed=1, text=False, improvements=3)
    assert result.found is None
    assert result.improvement.judged == 3
    jsonschema.Draft202012Validator(hw.schema("repair")).validate(json.loads(result.to_json()))
    assert result.tables()["path"].rows[0][0] == 0


def test_unknown_kinds_are_refused():
    assert CliRunner().invoke(root, ["repair", CASE, "--free", "prices"]).exit_code == 2
