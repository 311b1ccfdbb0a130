"""The concession ladder against its definition, package by package."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings

import halfway as hw
from halfway.charts.ladder import ladder_chart
from halfway.cli.main import root
from halfway.errors import InputError
from halfway.settle.ladder import ladder
from halfway.space.arrays import holds
from halfway.space.compiled import compile_case
from halfway.testing import cases

RUNGS = (0.0, 12.5, 50.0, 80.0, 100.0)
FIVE = ("moscow", "west", "minsk", "opposition", "kyiv")


@settings(max_examples=150, deadline=None)
@given(cases(linkages=True, constraints=True, red_lines=True, walk_aways=True, seats=True, plans=1, decimals=True))
def test_every_rung_is_what_listing_all_packages_gives(case):
    space = compile_case(case).space()
    side, other = space.actors[:2]
    listed = [
        np.array(p)
        for p in product(*(range(s) for s in space.sizes))
        if all(holds(m, np.array(p)[None, :])[0] for m in space.bounds.allowed)
    ]
    signing = case.signatories(case.plans[next(iter(case.plans))])
    try:
        found = ladder(case, side, other, rungs=RUNGS)
    except hw.Refusal as refusal:
        found, why = None, refusal.problems[0].code
    if found is None:
        assert why == ("R061" if listed else "R022")
        if not listed:
            return
        worth = [tuple(int(x) for x in space.utilities.of(p[None, :])[:2, 0]) for p in listed]
        ideal = max(worth)
        assert ideal[1] == max(w[1] for w in worth)
        return
    worth = [[int(x) for x in space.utilities.of(p[None, :])[:, 0]] for p in listed]
    low = max((w[0], w[1]) for w in worth)[1]
    high = max(w[1] for w in worth)

    def accepts(p, w):
        return all(
            w[space.actor(a)] >= space.threshold[space.actor(a)]
            and not any(holds(m, p[None, :])[0] for m in space.bounds.red_lines[space.actor(a)])
            for a in signing
        )

    taken = [accepts(p, w) for p, w in zip(listed, worth, strict=True)]
    unit = space.utilities.unit
    for rung in found.rungs:
        least = low + Fraction(str(rung.percent)) * (high - low) / 100
        there = [k for k, w in enumerate(worth) if w[1] >= least]
        best = max((worth[k][0], worth[k][1]) for k in there)
        assert rung.best.utilities[side] == pytest.approx(best[0] * unit[0])
        assert rung.best.utilities[other] == pytest.approx(best[1] * unit[1])
        equal = [k for k in there if (worth[k][0], worth[k][1]) == best]
        assert rung.best.ties == len(equal) - 1
        # Where one of the equals would be signed, one that would be is shown.
        assert (not rung.best.refused_by) == any(taken[k] for k in equal)
        signable = [k for k in there if taken[k]]
        assert (rung.acceptable.low, rung.acceptable.high) == (len(signable), len(signable))
        assert (rung.signable is None) == (not signable)
        if rung.signable is not None:
            top = max((worth[k][0], worth[k][1]) for k in signable)
            assert rung.signable.utilities[side] == pytest.approx(top[0] * unit[0])
            assert rung.signable.utilities[other] == pytest.approx(top[1] * unit[1])
            assert rung.signable.refused_by == ()

    def percent(count):
        return 100 * (count - low) / (high - low)

    # The ladder itself: packages that no other beats for the two sides.
    pairs = [(w[0], w[1]) for w in worth]
    frontier = {v for v in pairs if not any(w != v and w[0] >= v[0] and w[1] >= v[1] for w in pairs)}
    on_it = [w[1] for w, t in zip(worth, taken, strict=True) if t and (w[0], w[1]) in frontier]
    assert found.first == (pytest.approx(percent(min(on_it))) if on_it else None)
    assert found.last == (
        pytest.approx(percent(max(w[1] for w, t in zip(worth, taken, strict=True) if t))) if any(taken) else None
    )
    assert len(found.curve) == len(frontier)
    for actor, most in found.limits.items():
        a = space.actor(actor)
        own = [
            w[1]
            for p, w in zip(listed, worth, strict=True)
            if w[a] >= space.threshold[a] and not any(holds(m, p[None, :])[0] for m in space.bounds.red_lines[a])
        ]
        assert most == (pytest.approx(percent(max(own))) if own else None)


def test_the_flagship_has_nothing_half_way():
    found = hw.ladder("belarus-2020", "west", "moscow", parties=FIVE, rungs=(0, 40, 50, 100))
    assert found.exact
    assert next((r.acceptable.low, r.acceptable.high) for r in found.rungs) == (315, 315)
    assert found.rungs[2].acceptable.high == 0
    assert found.rungs[2].signable is None
    assert 40 < found.last < 50 < found.limits["kyiv"] < found.limits["west"] < 60
    # The last rung is all of what Moscow wants.
    compiled = hw.compile("belarus-2020")
    a = compiled.space().actor("moscow")
    assert found.rungs[-1].best.utilities["moscow"] == pytest.approx(compiled.ideals[a, a])
    assert list(found.paid(found.rungs[-1]))[:2] == ["kyiv", "west"]


def test_what_goes_out_fits_its_schema():
    data = json.loads(hw.ladder("eu-belarus-2016", "eu", "minsk").to_json())
    jsonschema.Draft202012Validator(hw.schema("ladder")).validate(data)


def test_no_ladder_without_another_side():
    for arguments in (("west", "west"), ("nobody", "west")):
        with pytest.raises(hw.Refusal) as caught:
            hw.ladder("belarus-2020", *arguments)
        assert caught.value.problems[0].code in ("R061", "R002")
    with pytest.raises(hw.Refusal, match="101"):
        hw.ladder("belarus-2020", "west", "moscow", rungs=(101,))


def test_the_verb_prints_and_draws(tmp_path):
    picture = tmp_path / "ladder.svg"
    asked = ["settle", "belarus-2020", "--ladder", "west,moscow", "--parties", ",".join(FIVE)]
    ran = CliRunner().invoke(root, [*asked, "-o", str(picture)])
    assert ran.exit_code == 0
    assert "the price is too high" in " ".join(ran.output.split())
    assert picture.read_text("utf-8").startswith("<svg")
    assert CliRunner().invoke(root, [*asked, "--rungs", "half"]).exit_code == 2
    assert CliRunner().invoke(root, ["settle", "belarus-2020", "--rungs", "50"]).exit_code == 2
    # Only the ladder is drawn; the command line turns this into status 2.
    refused = CliRunner().invoke(root, ["settle", "belarus-2020", "-o", str(tmp_path / "x.svg")]).exception
    assert isinstance(refused, InputError)
    assert refused.problems[0].code == "F005"
    drawn = ladder_chart(hw.ladder("belarus-2020", "west", "moscow", parties=FIVE), narrow=True)
    assert drawn.table.rows[0][0] == "50%"
    assert "45 percent" in drawn.description
