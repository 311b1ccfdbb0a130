"""What fills the long run of a kept plan, in words."""

from __future__ import annotations

import pytest

from halfway.case.catalog import load
from halfway.words.grades import long_run


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ((1.0, 0.0), "'The trial' all of the time."),
        ((0.9996, 0.0004), "'The trial' over 99% of the time."),
        ((0.75, 0.25), "'The trial' 75% of the time and 'The rest' 25% of the time."),
    ],
)
def test_what_fills_the_long_run(shares, said):
    case = load("belarus-2020")
    name = next(iter(case.plans))
    plan = case.plans[name]
    one, two = (plan.phases[plan.first].model_copy(update={"title": t}) for t in ("The trial", "The rest"))
    two = two.model_copy(update={"then": "trial"})
    plan = plan.model_copy(
        update={"start": "trial", "phases": {"rest": two, "trial": one.model_copy(update={"then": "rest"})}}
    )
    case = case.model_copy(update={"plans": {name: plan}})
    told = long_run(case, name, dict(zip(("trial", "rest"), shares, strict=True)))
    assert told.startswith(f"In the long run, if all follow its letter: {said}")
