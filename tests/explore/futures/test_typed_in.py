"""A future typed into the case file brings what the future brings, and the audit asked in every future is the audit."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from halfway.audit.run import audit
from halfway.case.catalog import load
from halfway.case.reader import build
from halfway.errors import InputError, Refusal
from halfway.explore.break_evens import ChangedDraws
from halfway.explore.futures.design import dimensions, futures
from halfway.explore.futures.findings import codes_of
from halfway.explore.futures.outcomes import plan_in_futures
from halfway.explore.futures.typed_in import typed_futures, with_numbers
from halfway.explore.run import explore
from halfway.space.compiled import compile_case
from halfway.testing import Wanted, cases
from tests.explore.futures.test_design import case_of

UNCERTAIN = Wanted(
    uncertain=True, plans=1, phases=2, linkages=True, walk_aways=True, types=True, transfers=True, breach_costs=True,
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(cases(UNCERTAIN), st.integers(0, 3))
def test_a_future_typed_in_brings_what_the_future_brings(case, future):
    compiled = compile_case(case)
    names = tuple(d.name for d in dimensions(compiled))
    assume(names)
    drawn = futures(case, names, 5, range(4))
    try:
        typed = compile_case(typed_futures(compiled, drawn).case_in(future))
    except InputError as error:
        # A position may be drawn beyond its scale; no file may state it there.
        assume({p.code for p in error.problems} != {"V404"})
        raise
    assert not dimensions(typed)
    plan = next(iter(case.plans))
    try:
        expected = plan_in_futures(compiled, plan).outcomes(drawn)
    except Refusal:
        assume(False)
    found = plan_in_futures(typed, plan).outcomes(ChangedDraws(typed.case, 1, 0, {}, {}))
    assert list(found) == list(expected)
    for name, column in expected.items():
        # What counts as keeping a plan (what serves the others as well) is read at the central numbers in all futures.
        if name.partition(":")[0] not in ("grade", "temptation", "material", "accepts"):
            assert float(found[name][0]) == pytest.approx(float(column[future]), rel=1e-4, abs=1e-4, nan_ok=True), name


def test_numbers_go_where_the_file_has_them():
    case = case_of()
    path = "actors/north/interests/land/values/give"
    changed = with_numbers(case, {path: "25..35", "actors/north/walk_away/utility": 12.5})
    assert changed.actors["north"].interests["land"].values["give"].notation() == "25..35"
    assert float(changed.actors["north"].walk_away.utility) == 12.5
    assert case.content_hash == case_of().content_hash


def test_who_speaks_is_typed_in_as_the_number_that_was_said():
    data = case_of().model_dump(mode="json", exclude_unset=True)
    data["actors"]["north"]["interests"]["land"]["values"]["give"] = {"experts": {"anna": 20, "ben": 40}}
    data["experts"] = {"anna": {"name": "Anna"}, "ben": {"name": "Ben"}}
    compiled = compile_case(build(data))
    drawn = futures(compiled.case, ("experts",), 1, range(8))
    found = {
        float(typed_futures(compiled, drawn).case_in(f).actors["north"].interests["land"].values["give"])
        for f in range(8)
    }
    assert found == {20.0, 40.0}


def test_findings_of_every_future_are_those_of_the_audit_on_it():
    compiled = compile_case(load("eu-belarus-2016"))
    plan = next(iter(compiled.case.plans))
    codes = ("C303", "C306", "E206")
    names = tuple(d.name for d in dimensions(compiled))
    found = plan_in_futures(compiled, plan).columns(names, 3, range(4), codes)
    drawn = futures(compiled.case, names, 3, range(4))
    for f in range(4):
        judged = audit(typed_futures(compiled, drawn).case_in(f), plan=plan, select=codes).codes
        assert {c for c in codes if found[f"finding:{c}"][f]} == judged


def test_findings_are_counted_and_a_rule_of_success_may_name_them():
    result = explore(case_of(), futures=8, findings=["E206"], success=["finding:E206 = 0"])
    own = result.plans["swap"]
    assert own.success == pytest.approx(1 - own.findings["E206"])
    assert own.satisfied == {"finding:E206 = 0": own.success}


def test_only_rules_that_can_differ_are_asked():
    assert set(codes_of(["all"])) > {"C303", "E206"}
    with pytest.raises(Refusal, match="R628"):
        codes_of(["C301"])
    with pytest.raises(Refusal):
        codes_of(["Z9"])
