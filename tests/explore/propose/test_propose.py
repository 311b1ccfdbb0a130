"""What the parties could sign, and a plan that gets there."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings

import halfway as hw
from halfway.cli.main import root
from halfway.conduct.verdicts.grades import judge_quickly
from halfway.conduct.verdicts.temptation import compiled_kernel
from halfway.explore.propose.penalties import answer, ground, lawful
from halfway.explore.propose.search import level_of
from halfway.explore.propose.targets import targets
from halfway.space.arrays import holds
from halfway.space.compiled import compile_case
from halfway.testing import cases

CASE = "eu-belarus-2016"


@pytest.fixture(scope="module")
def proposed():
    return hw.propose(CASE, most=8, aims=1)


def test_the_first_package_is_the_solution_that_settle_finds(proposed):
    # No body at home is asked in this case, and its parties set all that changes.
    settled = hw.settle(CASE, parties=("natural",))
    assert proposed.acceptable == settled.acceptable
    assert proposed.aims[0].package == settled.solutions["nash"].package


def test_the_plan_checks_and_the_rest_of_the_text_stays(proposed, tmp_path):
    before = Path(hw.load(CASE).places.file).read_text("utf-8").split("\n")
    after = proposed.text.split("\n")
    same = next(k for k, (a, b) in enumerate(zip(before, after, strict=False)) if a != b)
    assert after[len(after) - (len(before) - same) :] == before[same:]
    path = tmp_path / "found.yaml"
    path.write_text(proposed.text, encoding="utf-8")
    assert all(p.code.startswith("W") for p in hw.check(path))
    case = hw.load(path)
    assert list(case.plans)[-1] == "found"
    assert all(f.plan in ("found", None) for f in hw.audit(case, "found").findings)
    assert hw.repair(case, "found", text=False).tried


def test_what_is_said_of_the_plan_is_what_conduct_says(proposed, tmp_path):
    path = tmp_path / "found.yaml"
    path.write_text(proposed.text, encoding="utf-8")
    verdict = judge_quickly(compiled_kernel(hw.compile(path), "found"), 1)
    assert {n: a.points for n, a in verdict.actors.items()} == pytest.approx(dict(proposed.found.temptation))
    assert verdict.grade == proposed.found.grade
    outcome = hw.compare(path, ["found"], draws=5)["found"]
    assert outcome.kept.refusing == ()
    best = next(a for a in proposed.aims if a.place == proposed.found.aim)
    for actor in proposed.parties:
        assert outcome.actors[actor].utility.centre <= best.utilities[actor] + 1e-6 or outcome.long_run_phases != {
            "settled": 1
        }


def test_the_steps_end_at_the_package(proposed):
    case, found = hw.load(CASE), proposed.found
    package = dict(case.status_quo)
    for step in found.steps:
        package |= step.changes
    assert package == next(a for a in proposed.aims if a.place == found.aim).package


def test_a_small_search_says_what_it_left():
    short = hw.propose(CASE, most=3, aims=1, text=False)
    searched = short.searched
    assert not searched.exact
    assert searched.left == searched.designs - 3
    assert searched.gap == pytest.approx(short.found.worst)
    assert searched.judged + searched.cut + searched.refused == 3


def test_cutting_changes_nothing(monkeypatch):
    from halfway.explore.propose import search

    quick = hw.propose(CASE, most=9, aims=1, text=False)
    monkeypatch.setattr(search, "_better", _only_whole(search._better))
    slow = hw.propose(CASE, most=9, aims=1, text=False)
    assert slow.searched.cut == 0 < quick.searched.cut
    assert dict(slow.found.temptation) == pytest.approx(dict(quick.found.temptation))
    assert slow.found.plan == quick.found.plan


def _only_whole(better):
    # A design is cut by two entries and compared by three.
    return lambda a, b: len(a) == 3 and better(a, b)


def test_levels_follow_the_grades():
    class One:
        def __init__(self, points, material):
            self.temptation = type("M", (), {"points": points})
            self.material = type("M", (), {"points": material})

    priors = {"a": 0.6, "b": 0.4}
    assert level_of(priors, {"a": One(0.4, 0.4), "b": One(0.1, 0)}, 0.5) == 2
    assert level_of(priors, {"a": One(3, 0.4), "b": One(0.1, 0)}, 0.5) == 3
    assert level_of(priors, {"a": One(3, 0.4), "b": One(9, 9)}, 0.5) == 4
    assert level_of(priors, {"a": One(9, 9), "b": One(0, 0)}, 0.5) == 5


def test_kept_phases_open_the_plan():
    kept = ("release", "trial", "firm")
    found = hw.propose(CASE, plan="relief-as-given", keep=kept, most=3, aims=1, text=False).found
    phases = found.plan["phases"]
    assert found.plan["start"] == "release"
    assert phases["trial"]["then"] == found.steps[0].phase
    assert phases["release"]["on"][0]["go"] == "firm"
    with pytest.raises(hw.Refusal, match="keep 'firm' too"):
        hw.propose(CASE, plan="relief-as-given", keep=("release",))
    with pytest.raises(hw.UnknownName):
        hw.propose(CASE, keep=("nowhere",))
    with pytest.raises(hw.Refusal, match="R062"):
        hw.propose(CASE, name="relief-as-given")


def test_what_goes_out_fits_its_schema(proposed):
    jsonschema.Draft202012Validator(hw.schema("propose")).validate(json.loads(proposed.to_json()))


def test_the_verb_writes_a_case_and_refuses_in_one_shape(tmp_path):
    target = tmp_path / "found.yaml"
    ran = CliRunner().invoke(root, ["propose", CASE, "--most", "4", "--aims", "1", "-o", str(target)])
    assert ran.exit_code == 0
    assert "Everybody would sign it" in " ".join(ran.output.split())
    assert not hw.check(target) or all(p.code.startswith("W") for p in hw.check(target))


@settings(max_examples=25, deadline=None)
@given(cases(linkages=True, constraints=True, red_lines=True, walk_aways=True, ratifies=True))
def test_targets_are_the_best_of_listing_all(case):
    compiled = compile_case(case)
    space, parties = compiled.space(), tuple(compiled.space().actors)
    found = targets(compiled, parties, "utilitarian", 1)
    listed = [
        np.array(p)
        for p in product(*(range(s) for s in space.sizes))
        if all(holds(m, np.array(p)[None, :])[0] for m in space.bounds.allowed)
    ]
    good = [
        p
        for p in listed
        if all(
            space.utilities.of(p[None, :])[a, 0] >= space.threshold[a]
            and not any(holds(m, p[None, :])[0] for m in space.bounds.red_lines[a])
            for a in range(len(parties))
        )
    ]
    assert (found.acceptable.low, found.acceptable.high) == (len(good), len(good))
    assert found.ratified.high <= found.acceptable.high
    if found.ranked and found.ratified == found.acceptable:
        best = max(float(space.values(p)[:, 0].sum()) for p in good)
        assert float(space.values(found.ranked[0].package)[:, 0].sum()) == pytest.approx(best)


@settings(max_examples=60, deadline=None)
@given(cases(linkages=True, constraints=True, red_lines=True, transitions=True))
def test_answers_cost_nobody_else_more_than_whom_they_answer(case):
    space = compile_case(case).space()
    everyone = tuple(range(len(space.actors)))
    rng = np.random.default_rng(1)
    target = np.array([rng.integers(0, s) for s in space.sizes])
    on = ground(space, everyone, everyone, target, 5.0)
    for breaker in everyone:
        package = answer(on, (breaker,), "proportionate")
        if package is None:
            continue
        for i in np.flatnonzero(package != target):
            # Issue by issue, and within what is lawful; who is answered picks nothing.
            assert i in on.bound
            assert on.setters[i] != {breaker}
            other = target.copy()
            other[i] = package[i]
            change = (space.values(other) - space.values(target))[:, 0]
            assert change[breaker] < 0
            assert all(change[a] >= change[breaker] - 1e-7 for a in everyone)
            assert lawful(on, other, target) or package[i] == on.start[i]
