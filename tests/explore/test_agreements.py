"""Where acceptable and holdable meet: counted as by hand, and as `settle` counts."""

from __future__ import annotations

import math
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfway.api import load
from halfway.charts.packages import CELLS, KIND_WORDS, Mark, PackageSpace, _runs, packages_chart
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.holdable import judge as holding
from halfway.conduct.holdable.result import SAMPLE, holdable, stage_of
from halfway.conduct.run import long_run_package
from halfway.errors import Refusal
from halfway.explore.agreement_cells import KINDS, cells_of, cells_of_points
from halfway.explore.agreements import agreements
from halfway.settle.run import settle
from halfway.testing import cases
from halfway.words.agreements import in_words, own_words
from tests.conduct import holdable_reference as reference
from tests.conduct.cases import GRIM, dilemma

_many = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))

HISTORICAL = [
    "prisoners-dilemma-repeated", "minsk-2015", "eu-belarus-2016", "good-friday-1998", "camp-david-1978", "iran-2015",
    "budapest-1994", "dayton-1995", "belarus-2020",
]  # fmt: skip

WITH_EVERYTHING = {
    "plans": 1, "phases": 2, "issues": (1, 3), "linkages": True, "constraints": True, "red_lines": True,
    "walk_aways": True, "transitions": True, "signals": True, "seats": True,
}  # fmt: skip


def discounted(**wanted):
    """Cases in which everyone discounts the future."""

    def discounts(case):
        try:
            return len(study(case).patiences) > 0
        except Refusal:
            return False

    return cases(**WITH_EVERYTHING, **wanted).filter(discounts)


def worth(space, package):
    return np.asarray(space.utilities.of(np.array([package])))[:, 0]


def acceptable(space, parties, package):
    crossed = any(
        m.table[tuple(package[i] for i in m.issues)] for a in parties for m in space.bounds.red_lines[a]
    )  # fmt: skip
    return not crossed and all(worth(space, package)[a] >= space.threshold[a] for a in parties)


@_many
@given(discounted())
def test_the_sets_are_those_of_their_definitions(case):
    whole = study(case)
    space, stage = whole.space, stage_of(whole)
    found, held = agreements(case), holdable(whole, long_run_package(whole), 1)
    assert found is not None
    assert held is not None
    parties = [space.actor(a) for a in found.signatories]
    every = list(reference.packages(stage))
    possible = [reference.feasible(stage, x) for x in every]
    fits = [ok and acceptable(space, parties, x) for ok, x in zip(possible, every, strict=True)]
    upper, lower = held.holding.not_ruled_out.holds, held.holding.can_be_held.holds
    assert found.sets.acceptable.tolist() == fits
    assert found.acceptable == sum(fits) == settle(case, plan=whole.name).acceptable.low
    assert found.not_ruled_out == sum(f and u for f, u in zip(fits, upper, strict=True))
    assert found.can_be_held == sum(f and u for f, u in zip(fits, lower, strict=True))
    chosen = lower if found.best_of == "can_be_held" else upper
    both = [x for x, f, c in zip(every, fits, chosen, strict=True) if f and c]
    assert (found.best_of == "can_be_held") == any(f and u for f, u in zip(fits, lower, strict=True))
    vectors = {tuple(worth(space, x)[parties].tolist()) for x in both}
    best = {v for v in vectors if not any(w != v and all(a >= b for a, b in zip(w, v, strict=True)) for w in vectors)}
    assert found.frontier == len(best)
    assert {tuple(worth(space, space.package(p["package"]))[parties].tolist()) for p in found.best} <= best
    own = tuple(int(o) for o in long_run_package(whole))
    apart = [sum(a != b for a, b in zip(x, own, strict=True)) for x in both]
    assert found.distance == min(apart, default=None)
    at = every.index(own)
    assert (found.plan_acceptable, found.plan_not_ruled_out, found.plan_can_be_held) == (fits[at], upper[at], lower[at])
    minmaxes = {
        (a, x): reference.minmax(stage, a, x)
        for a in range(len(space.actors)) for x, ok in zip(every, possible, strict=True) if ok
    }  # fmt: skip
    if all(v is not None for v in minmaxes.values()):
        counted = {a: [0, 0] for a in space.actors}
        for x, f, u in zip(every, fits, upper, strict=True):
            if f and not u:
                leave = [
                    a
                    for n, a in enumerate(space.actors)
                    if not reference.not_ruled_out(stage, whole.patiences, x, minmaxes, [n])
                ]
                for a in leave:
                    counted[a][1] += 1
                    counted[a][0] += len(leave) == 1
        assert found.in_the_way == {a: tuple(c) for a, c in counted.items() if c[1]}


@_many
@given(discounted(actors=(2, 3)), st.integers(1, 7))
def test_every_package_is_in_one_cell_under_its_last_kind(case, cells):
    found = agreements(case)
    space = study(case).space
    shown = cells_of(space, found, (0, 1), cells)
    cells += 1
    expected = {k: np.zeros((cells, cells), dtype=int) for k in KINDS}
    for edges, line in ((shown.x, space.walk_away[0]), (shown.y, space.walk_away[1])):
        width = edges[1] - edges[0]
        assert (line - edges[0]) / width == pytest.approx(round((line - edges[0]) / width), abs=1e-6)
    sets = found.sets
    for n, x in enumerate(reference.packages(stage_of(study(case)))):
        if not sets.feasible[n]:
            continue
        kind = "other"
        if sets.not_ruled_out[n]:
            kind = "holdable"
        if sets.acceptable[n]:
            kind = "held" if sets.can_be_held[n] else "both" if sets.not_ruled_out[n] else "acceptable"
        u = space.values(np.array([x]))[:, 0]
        place = []
        for edges, value in ((shown.x, u[0]), (shown.y, u[1])):
            inside = [c for c in range(cells) if edges[c] - 1e-9 <= value <= edges[c + 1] + 1e-9]
            assert inside
            place.append(inside)
        assert any(shown.counts[kind][i, j] for i in place[0] for j in place[1])
        expected[kind][0, 0] += 1
    for kind in KINDS:
        assert shown.counts[kind].sum() == expected[kind].sum()


@_many
@given(st.integers(0, 2**32 - 1), st.integers(1, 9))
def test_cells_drawn_in_one_piece_are_the_cells(seed, cells):
    rng = np.random.default_rng(seed)
    counts = {k: rng.integers(0, 2, (cells, cells)) * rng.integers(0, 2, (cells, cells)) for k in KINDS}
    shown = SimpleNamespace(x=np.arange(cells + 1.0), y=np.arange(cells + 1.0), counts=counts)
    drawn = {}
    for run in _runs(shown):
        for i in range(int(run["x0"]), int(run["x1"])):
            for j in range(int(run["y0"]), int(run["y1"])):
                assert (i, j) not in drawn
                drawn[i, j] = run["kind"]
    for i in range(cells):
        for j in range(cells):
            present = [k for k in KINDS if counts[k][i, j]]
            assert drawn.get((i, j)) == (present[-1] if present else None)


@pytest.mark.parametrize("name", HISTORICAL)
def test_every_case_of_the_catalogue_is_judged_in_full_and_counts_as_settle_does(name):
    case = load(name)
    for plan in list(case.plans)[:2]:
        found = agreements(case, plan)
        assert found is not None
        assert found.exact
        assert found.error == 0
        assert found.acceptable == settle(case, plan=plan).acceptable.low
        assert found.can_be_held <= found.not_ruled_out <= found.acceptable


def test_the_dilemma_in_words():
    """Mutual cooperation is worth 30 to each against 10 of mutual defection, and holds; the other two packages do not."""
    case = dilemma(GRIM, patience=0.9)
    whole = study(case)
    found, held = agreements(case), holdable(whole, long_run_package(whole), 1)
    assert found.acceptable == found.can_be_held == found.not_ruled_out == 2
    assert [p["utilities"] for p in found.best] == [{"row": 30.0, "column": 30.0}]
    said = in_words(case, held, found)
    assert said[0] == (
        "If agreed for good, 2 of the packages that the constraints allow can be held, and 2 are not ruled out, "
        "in pure strategies. The plan's own package can be held."
    )
    assert "The plan's own package is among those that are acceptable and can be held." in said[1]
    assert len(said) == 3


def test_impatience_stands_in_the_way_of_cooperation():
    case = dilemma(GRIM, patience=0.3)
    found = agreements(case)
    assert (found.acceptable, found.not_ruled_out) == (2, 1)
    assert found.in_the_way == {"row": (0, 1), "column": (0, 1)}
    assert own_words(found) == (
        "The plan's own package is not among those that are acceptable and can be held: "
        "no punishment would keep every actor to it. The nearest that is differs from it on 2 issues."
    )
    assert in_words(case, holdable(study(case), np.array([0, 0]), 1), found)[-1] == (
        "What rules out the other 1 acceptable packages: whatever the punishment, breaking them would pay "
        "Row (1, none of them alone); Column (1, none of them alone)."
    )


def test_a_space_too_large_is_sampled(monkeypatch):
    case = load("dayton-1995")
    exact = agreements(case)
    monkeypatch.setattr(holding, "MOST_PACKAGES", 1000)
    sampled = agreements(case)
    assert not sampled.exact
    assert sampled.error > 0
    assert sampled.acceptable == exact.acceptable
    assert abs(sampled.not_ruled_out - exact.not_ruled_out) < 4 * sampled.error
    assert abs(sampled.can_be_held - exact.can_be_held) < 4 * sampled.error
    assert (sampled.plan_acceptable, sampled.plan_not_ruled_out, sampled.plan_can_be_held) == (
        exact.plan_acceptable, exact.plan_not_ruled_out, exact.plan_can_be_held
    )  # fmt: skip
    assert len(sampled.sets.packages) <= SAMPLE
    space = study(case).space
    assert sum(int(c.sum()) for c in cells_of(space, sampled, (0, 1), 5).counts.values()) == len(sampled.sets.packages)


def test_no_status_quo_no_answer():
    raw = dilemma(GRIM, patience=0.9)
    assert agreements(raw.model_copy(update={"status_quo": None})) is None


def test_the_picture_draws_with_and_without_verdicts():
    points = np.array([[10.0, 90.0], [50.0, 50.0], [90.0, 10.0]])
    for judged in (True, False):
        shown = PackageSpace(
            ("North", "South"), cells_of_points(points, CELLS), "all packages", judged, points, "the frontier", points[1:2],
            "the best", (20.0, 20.0), (30.0, 30.0), [Mark("A plan", "plan", 50.0, 50.0), Mark("Nash", "solution", 60.0, 40.0),
             Mark("Egalitarian", "solution", 60.2, 40.0)],
        )  # fmt: skip
        for narrow in (False, True):
            chart = packages_chart(shown, narrow=narrow)
            assert chart.svg().startswith("<svg ")
            assert (KIND_WORDS["other"][0] in chart.svg()) is judged
            assert [row[0] for row in chart.table.rows] == ["A plan", "Nash", "Egalitarian", "Today", "Walk-away"]
            # Marks that would cover one another share a label.
            assert ">Nash, Egalitarian<" in chart.svg()
        assert "White squares: the best" in chart.caption


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return math.fsum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_blues_darken_with_how_surely_a_package_holds():
    """So that they are told apart in print and by the colour-blind; between neighbours the contrast is at least 1.2."""
    shades = [luminance(KIND_WORDS[k][1]) for k in ("other", "holdable", "both", "held")]
    assert all((a + 0.05) / (b + 0.05) > 1.2 for a, b in pairwise(shades))
