"""`import halfway as hw`: typed options, short forms, one error for unknown names, and nothing that only the shell can do."""

from __future__ import annotations

import inspect
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

import halfway as hw
from halfway import api

CASE = "eu-belarus-2016"
FUNCTIONS = {name: getattr(hw, name) for name in hw.__all__ if inspect.isfunction(getattr(hw, name))}


def test_every_function_names_its_options_with_types():
    assert set(FUNCTIONS) >= {"check", "compare", "convert", "grade", "new", "schema", "seal", "validate", "verify"}
    for name, function in FUNCTIONS.items():
        signature = inspect.signature(function)
        for parameter in signature.parameters.values():
            assert parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL), (name, parameter)
            assert parameter.annotation is not parameter.empty, (name, parameter)
        assert signature.return_annotation is not signature.empty, name
        assert function.__doc__, name


def test_all_functions_of_the_module_are_offered():
    own = {n for n, f in vars(api).items() if inspect.isfunction(f) and f.__module__ == "halfway.api"}
    assert {n for n in own if not n.startswith("_")} == set(FUNCTIONS)


@pytest.fixture(scope="module")
def compiled():
    return hw.compile(CASE)


ANSWERS = {
    "settle": lambda c: hw.settle(c),
    "talks": lambda c: hw.talks(c, runs=3),
    "stability": lambda c: hw.stability(c),
    "conduct": lambda c: hw.conduct(c, runs=20, draws=2, with_thresholds=False, with_alternatives=False),
    "repair": lambda c: hw.repair(c, most=2),
    "audit": lambda c: hw.audit(c),
    "compare": lambda c: hw.compare(c, draws=20),
}


@pytest.mark.parametrize("name", list(ANSWERS))
def test_results_are_short_to_look_at(name, compiled):
    said = repr(ANSWERS[name](compiled))
    assert said.startswith(f"<{hw.results()[name].__name__} of '{CASE}'")
    assert any(c.isdigit() for c in said.split(": ", 1)[1])
    assert len(said) < 1_000


@pytest.mark.parametrize("entry", hw.cases(), ids=lambda e: e.name)
def test_cases_are_short_to_look_at(entry):
    assert len(repr(hw.load(entry.name))) < 1_000


UNKNOWN = {
    "plan": lambda c: hw.conduct(c, "relief"),
    "actor": lambda c: hw.conduct(c, runs=1, strategies={"nobody": "tit_for_tat"}),
    "strategy": lambda c: hw.conduct(c, runs=1, strategies={"minsk": "nonsense"}),
    "signatory": lambda c: hw.talks(c, strategies={"nobody": "linear"}),
    "issue": lambda c: hw.forecast("emission-standards", "nothing"),
    "model": lambda c: hw.forecast("emission-standards", model="nonsense"),
    "rule": lambda c: hw.audit(c, select=["Z9"]),
    "concept": lambda c: hw.stability(c, concepts=["nonsense"]),
    "option": lambda c: hw.stability(c, fix=_option(c)),
    "table": lambda c: hw.settle(c).to_pandas("nonsense"),
    "key": lambda c: c.case.with_("plans.nothing.abstract", "x"),
    "result": lambda c: hw.schema("nonsense"),
    "format": lambda c: hw.read("README.md", "nonsense"),
}


def _option(compiled):
    return {next(iter(compiled.case.issues)): "nonsense"}


@pytest.mark.parametrize("noun", list(UNKNOWN))
def test_unknown_names_are_one_error_whatever_the_noun(noun, compiled):
    with pytest.raises(hw.UnknownName) as caught:
        UNKNOWN[noun](compiled)
    (problem,) = caught.value.problems
    assert problem.code == "R002"
    assert problem.what.startswith(f"no {noun} '")


def test_one_value_is_changed_and_the_case_stays_as_it_is():
    case = hw.load(CASE)
    before = case.content_hash
    longer = case.with_("horizon", 240)
    assert (case.horizon, longer.horizon) == (60, 240)
    assert case.content_hash == before != longer.content_hash
    assert longer.with_("horizon", case.horizon).horizon == case.horizon
    plan = next(iter(case.plans))
    phase = next(iter(case.plans[plan].phases))
    lasting = case.with_(f'plans."{plan}".phases.{phase}.lasts', "24 months")
    assert str(lasting.plans[plan].phases[phase].lasts) == "24 months"
    with pytest.raises(hw.InputError, match="S205"):
        case.with_("plans", 3)
    with pytest.raises(hw.InputError, match="U002"):
        case.with_("plans..x", 3)


def test_a_sound_case_has_no_problems_and_another_says_which(tmp_path):
    assert hw.check(CASE) == ()
    broken = hw.load(CASE).model_dump()
    broken["horizon"] = -1
    assert [p.code for p in hw.check(broken)]
    text = hw.new("my-case", tmp_path / "my-case.yaml")
    assert hw.check(tmp_path / "my-case.yaml") == ()
    assert hw.loads(text).name == "my-case"


def test_a_case_is_converted(tmp_path):
    done = hw.convert("prisoners-dilemma", tmp_path / "x.yaml")
    assert hw.load(tmp_path / "x.yaml").content_hash == done.case.content_hash
    with pytest.raises(hw.InputError, match="F003"):
        hw.convert("prisoners-dilemma", tmp_path / "x.yaml")


def test_some_plans_are_compared_as_all_are(compiled):
    every, one = hw.compare(compiled, draws=20), hw.compare(compiled, ["standing-suspension"], draws=20)
    assert [p.name for p in one.plans] == ["standing-suspension"]
    assert one["standing-suspension"] == every["standing-suspension"]


def test_a_forecast_is_sealed_verified_and_graded(tmp_path):
    path, record = hw.seal("emission-standards", tmp_path / "seal.json")
    assert hw.verify(path).confirmed
    assert hw.grade(path, 8, record["forecasts"][0]["issue"]).outcome == 8


def test_the_numbers_do_not_depend_on_the_executor(compiled):
    told = []

    def progress(stage, done, total):
        told.append((stage, done, total))

    plain = {
        "play": hw.conduct(CASE, runs=600, draws=2, with_thresholds=False, with_alternatives=False).to_dict(),
        "talks": hw.talks(CASE, runs=60).to_dict(),
        "compare": hw.compare(CASE, draws=20).to_dict(),
    }
    with ProcessPoolExecutor(1) as executor:
        asked = {"executor": executor, "progress": progress}
        assert hw.talks(CASE, runs=60, **asked).to_dict() == plain["talks"]
        assert hw.compare(CASE, draws=20, **asked).to_dict() == plain["compare"]
    with ThreadPoolExecutor(2) as executor:
        found = hw.conduct(
            CASE,
            runs=600,
            draws=2,
            with_thresholds=False,
            with_alternatives=False,
            executor=executor,
            progress=progress,
        )
        assert found.to_dict() == plain["play"]
        assert hw.stability(CASE, draws=4, executor=executor, progress=progress).robustness is not None
    assert {stage for stage, _, _ in told} >= {"talks", "plans valued", "futures played", "draws judged"}
    assert all(total is None or done <= total for _, done, total in told)
