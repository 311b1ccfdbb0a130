"""Futures of a case: every uncertain estimate has its dimension, and its distribution is the one stated."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from halfway.case.catalog import load
from halfway.case.estimates import parse_estimate
from halfway.case.reader import build
from halfway.errors import Refusal
from halfway.explore.futures.design import dimensions, futures
from halfway.space.compiled import compile_case
from halfway.space.utilities.draws import sample
from halfway.space.utilities.sobol import quantile


@pytest.mark.parametrize(
    "text", ["60 ± 10", "95 ± 10", "50..70", "triangular(40, 60, 90)", "triangular(40, 40, 90)", "beta(8, 2)", "7"]
)
def test_quantiles_are_those_of_the_draws(text):
    estimate = parse_estimate(text, 0, 100)
    even = (np.arange(4_000) + 0.5) / 4_000
    found = quantile(estimate, even)
    assert (np.diff(found) >= 0).all()
    assert found.mean() == pytest.approx(float(estimate.mean), abs=0.02)
    drawn = sample(estimate, np.random.default_rng(1), 4_000)
    if estimate.certain:
        assert (found == drawn).all()
    else:
        assert stats.ks_2samp(found, drawn).pvalue > 0.001


def case_of(weight="2", plan=True):
    return build(
        {
            "name": "toy",
            "actors": {
                "north": {
                    "patience": "0.9 ± 0.02",
                    "interests": {
                        "land": {"weight": weight, "values": {"keep": "60 ± 10", "give": "20..40"}},
                        "money": {"weight": 1, "values": {"none": 0, "some": 100}},
                    },
                    "walk_away": "30 ± 5",
                },
                "south": {"interests": {"land": {"values": {"keep": 0, "give": 100}}}},
            },
            "issues": {
                "land": {"options": ["keep", "give"], "set_by": "north", "owner": "north"},
                "money": {"options": ["none", "some"], "set_by": "south", "owner": "south"},
            },
            "status_quo": {"land": "keep", "money": "none"},
            "plans": {
                "swap": {
                    "seats": {"north": "party", "south": "party"},
                    "phases": {"deal": {"package": {"land": "give", "money": "some"}}},
                    "transfers": [{"from": "south", "to": "north", "amount": "5 ± 1"}],
                }
            },
        }
    )


def test_every_uncertain_estimate_has_a_dimension_by_group():
    found = {d.name: d.group for d in dimensions(compile_case(case_of()))}
    assert found == {
        "actors/north/interests/land/values/keep": "interests",
        "actors/north/interests/land/values/give": "interests",
        "actors/north/walk_away/utility": "walk_away",
        "actors/north/patience/value": "patience",
        "plans/swap/transfers/0/amount": "payments",
    }


def test_only_the_groups_asked_for():
    assert {d.group for d in dimensions(compile_case(case_of()), on=("patience",))} == {"patience"}
    with pytest.raises(Refusal, match="R620"):
        dimensions(compile_case(case_of()), on=("patiense",))


def test_a_new_estimate_takes_a_new_last_dimension_and_changes_no_other():
    before = tuple(d.name for d in dimensions(compile_case(case_of())))
    after_case = case_of(weight="2 ± 0.5")
    after = tuple(d.name for d in dimensions(compile_case(after_case), known=before))
    assert after[:-1] == before
    old, new = futures(case_of(), before, 1, range(64)), futures(after_case, after, 1, range(64))
    assert all((old.columns[n] == new.columns[n]).all() for n in before)


def test_futures_read_as_draws_do():
    case = load("eu-belarus-2016")
    compiled = compile_case(case)
    names = tuple(d.name for d in dimensions(compiled))
    assert names
    found = futures(case, names, 1, range(512))
    package = compiled.space().status_quo[None, :]
    centre = compiled.space().values(package)[:, 0]
    drawn = found.values(package)[:, :, 0]
    random = compiled.draws(2_000, 1).values(package)[:, :, 0]
    spread = random.std(axis=0)
    assert (abs(drawn.mean(axis=0) - random.mean(axis=0)) < 0.15 * spread + 1e-9).all()
    assert drawn.mean(axis=0) == pytest.approx(centre, abs=1.5)


def test_blocks_of_futures_are_the_same_futures():
    case = case_of()
    names = tuple(d.name for d in dimensions(compile_case(case)))
    whole = futures(case, names, 3, range(100)).walk_away
    parts = np.vstack([futures(case, names, 3, range(a, a + 25)).walk_away for a in range(0, 100, 25)])
    assert (whole == parts).all()


def test_an_expert_speaks_for_itself_in_all_panels():
    panel = {"experts": {"a": 10, "b": 90}}
    case = build(
        {
            "name": "panel",
            "experts": {"a": {"name": "A"}, "b": {"name": "B"}},
            "actors": {
                "n": {"interests": {"x": {"values": {"o": panel, "p": panel}}}},
                "s": {"interests": {"x": {"values": {"o": 0, "p": 100}}}},
            },
            "issues": {"x": {"options": ["o", "p"], "set_by": "n", "owner": "n"}},
        }
    )
    names = tuple(d.name for d in dimensions(compile_case(case)))
    assert names == ("experts",)
    found = futures(case, names, 1, range(256)).tables[0][:, 0, :]
    assert (found[:, 0] == found[:, 1]).all()
    assert sorted(set(found[:, 0].tolist())) == [10.0, 90.0]
    assert (found[:, 0] == 10.0).mean() == pytest.approx(0.5, abs=0.01)
