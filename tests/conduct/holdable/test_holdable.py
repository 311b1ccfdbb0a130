"""Which packages could hold: by the kernel as by the formulas, and by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from halfway.conduct.game.compiled_plan import study
from halfway.conduct.holdable import judge as module
from halfway.conduct.holdable.bounds import hardest_tables
from halfway.conduct.holdable.judge import digits_of, holding, holding_of, number_of
from halfway.conduct.holdable.punishment import fallback, hardest
from halfway.conduct.holdable.result import MOST_LISTED, frontier_of, holdable, stage_of
from halfway.conduct.holdable.stage_game import Stage, components
from halfway.space.arrays import Bounds, Linkage, Mask, Utilities, all_packages
from halfway.testing import cases
from tests.conduct import holdable_reference as reference
from tests.conduct.cases import GRIM, P, R, S, T, dilemma

_many = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@st.composite
def stages(draw):
    """A small stage game with locks, noise, issues set by several, linkages and constraints."""
    actors = draw(st.integers(1, 3))
    issues = draw(st.integers(1, 4))
    sizes = [draw(st.integers(2, 3 if issues < 4 else 2)) for _ in range(issues)]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    setters = tuple(
        tuple(int(a) for a in rng.permutation(actors)[: rng.integers(1, min(actors, 2) + 1)]) for _ in sizes
    )
    reach, direct = [], []
    for n in sizes:
        can = np.ones((n, n), dtype=bool) if rng.random() < 0.5 else (rng.random((n, n)) < 0.5) | np.eye(n, dtype=bool)
        direct.append(can.copy())
        for k in range(n):
            can |= can[:, [k]] & can[[k], :]
        reach.append(can)
    breach, observed = [], []
    for n in sizes:
        shown = np.eye(n)
        if rng.random() < 0.6:
            shown = rng.choice([0.0, 0.0, 1.0, 2.0, 8.0], size=(n, rng.integers(2, 4)))
            shown[:, 0] += shown.sum(axis=1) == 0
            shown /= shown.sum(axis=1, keepdims=True)
        observed.append(shown)
        # Any signs may speak against any option.
        against = rng.random((n, shown.shape[1])) < 0.5 if rng.random() < 0.5 else shown == 0
        breach.append(np.clip(against.astype(float) @ shown.T, 0.0, 1.0))
    status_quo = np.array([rng.integers(n) for n in sizes], dtype=np.int64)
    several = [tuple(sorted(rng.permutation(issues)[:2].tolist())) for _ in range(rng.integers(0, 3)) if issues > 1]
    links = []
    for tied in several:
        points = np.zeros((actors, *(sizes[i] for i in tied)))
        points[rng.integers(actors)] = rng.integers(-30, 31, size=[sizes[i] for i in tied])
        links.append(Linkage(tied, points))
    masks = []
    if issues > 1 and rng.random() < 0.4:
        tied = tuple(sorted(rng.permutation(issues)[:2].tolist()))
        table = rng.random([sizes[i] for i in tied]) < 0.8
        table[tuple(status_quo[list(tied)])] = True
        masks.append(Mask(tied, table))
    tables = tuple(rng.integers(0, 50, size=(actors, n)).astype(float) for n in sizes)
    patience = np.array([draw(st.sampled_from((0.1, 0.5, 0.8, 0.95, 0.99))) for _ in range(actors)])
    utilities = Utilities(tables, tuple(links), np.ones(actors), exact=False)
    stage = Stage(
        utilities,
        Bounds(tuple(masks), ((),) * actors),
        setters,
        tuple(reach),
        status_quo,
        tuple(breach),
        tuple(observed),
        tuple(direct),
    )
    return stage, patience


def at(terms, package):
    return sum(float(t.table[tuple(package[i] for i in t.issues)]) for t in terms)


def judged_slowly(stage, patience):
    """Return both verdicts on every package by the reference."""
    every = list(reference.packages(stage))
    actors = range(len(patience))
    minmaxes = {(a, x): reference.minmax(stage, a, x) for a in actors for x in every if reference.feasible(stage, x)}
    assume(all(v is not None for v in minmaxes.values()))
    fallen = after = None
    punishments = fallback(stage, patience)
    if punishments is not None:
        found = {(a, x): at(punishments[a].terms, x) for a in actors for x in every}
        fallen = {k: None if math.isnan(v) else v for k, v in found.items()}
        after = {(a, x): at(punishments[a].after, x) for a in actors for x in every}
    upper, lower = [], []
    for x in every:
        possible = reference.feasible(stage, x)
        held = possible and fallen is not None and reference.can_be_held(stage, patience, x, fallen, after)
        lower.append(held)
        upper.append(held or (possible and reference.not_ruled_out(stage, patience, x, minmaxes)))
    return every, minmaxes, np.array(upper), np.array(lower)


@_many
@given(stages())
def test_every_verdict_is_that_of_the_formulas(drawn):
    stage, patience = drawn
    every, minmaxes, upper, lower = judged_slowly(stage, patience)
    near = np.array(every[len(every) // 2], dtype=np.int64)
    found = holding(stage, patience, near)
    assert found is not None
    assert found.not_ruled_out.holds.tolist() == upper.tolist()
    assert found.can_be_held.holds.tolist() == lower.tolist()
    assert found.not_ruled_out.feasible == sum(reference.feasible(stage, x) for x in every)
    for judged, expected in ((found.not_ruled_out, upper), (found.can_be_held, lower)):
        apart = [int((np.array(x) != near).sum()) for x, ok in zip(every, expected, strict=True) if ok]
        assert judged.distance == min(apart, default=None)
        if apart:
            nearest = digits_of(np.array([judged.nearest]), stage.utilities.sizes)[0]
            assert expected[judged.nearest]
            assert int((nearest != near).sum()) == judged.distance
    for (a, x), value in minmaxes.items():
        assert at(hardest(stage, a).terms, x) == pytest.approx(value, abs=1e-9)
    one_by_one = holding_of(stage, patience, all_packages(stage.utilities.sizes))
    assert one_by_one[0].tolist() == upper.tolist()
    assert one_by_one[1].tolist() == lower.tolist()


@_many
@given(stages())
def test_who_stands_in_the_way_is_counted_right(drawn):
    stage, patience = drawn
    hard = [hardest_tables(stage, a, float(patience[a])) for a in range(len(patience))]
    found = module.judge_all(stage, hard, stage.status_quo, thorough=True)
    every = list(reference.packages(stage))
    minmaxes = {
        (a, x): reference.minmax(stage, a, x)
        for a in range(len(patience)) for x in every if reference.feasible(stage, x)
    }  # fmt: skip
    assume(all(v is not None for v in minmaxes.values()))
    alone, failing = np.zeros(len(patience), dtype=int), np.zeros(len(patience), dtype=int)
    for x in every:
        if not reference.feasible(stage, x):
            continue
        leave = [a for a in range(len(patience)) if not reference.not_ruled_out(stage, patience, x, minmaxes, [a])]
        for a in leave:
            failing[a] += 1
        if len(leave) == 1:
            alone[leave[0]] += 1
    assert found.alone.tolist() == alone.tolist()
    assert found.failing.tolist() == failing.tolist()


@_many
@given(stages())
def test_what_play_falls_back_to_is_an_equilibrium(drawn):
    """In each situation that locks make there is a package at which nobody gains, whatever it locks in by leaving."""
    stage, patience = drawn
    punishments = fallback(stage, patience)
    assume(punishments is not None)
    every = [x for x in reference.packages(stage) if reference.feasible(stage, x)]
    actors = range(len(patience))
    value = {(a, x): at(punishments[a].terms, x) for a in actors for x in every}
    for z in every:
        if any(math.isnan(value[a, z]) for a in actors):
            continue
        rests = [
            e
            for e in every
            if all(
                stage.reach[i][z[i], e[i]]
                if len(who) == 1
                else e[i] == (stage.status_quo[i] if stage.reach[i][z[i], stage.status_quo[i]] else z[i])
                for i, who in enumerate(stage.setters)
            )
            and all(abs(reference.worth(stage, a, e) - value[a, z]) < 1e-9 for a in actors)
            and all(abs(value[a, e] - value[a, z]) < 1e-9 for a in actors)
        ]
        assert any(
            all(
                (1 - patience[a]) * reference.worth(stage, a, d) + patience[a] * later <= value[a, z] + 1e-8
                for a in actors
                for d in alternatives(stage, a, z, e)
                for later in [at(punishments[a].after, d) if math.isnan(value[a, d]) else value[a, d]]
            )
            for e in rests
        ), (z, rests)


def alternatives(stage, actor, situation, package):
    """What an actor can bring about by itself from a situation, the others doing as in a package."""
    ways = [
        reference.follows(stage, i, situation[i]) if who == (actor,) else [package[i]]
        for i, who in enumerate(stage.setters)
    ]
    return [d for d in reference.product(*ways) if reference.feasible(stage, d)]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    cases(
        plans=1, phases=1, issues=(1, 3), linkages=True, constraints=True, transitions=True, signals=True, seats=True
    ),
    st.sampled_from((0.3, 0.9)),
)
def test_whole_cases_with_lags_and_declared_signals_are_judged_alike(case, patience):
    """Lags change no verdict; declared signals are read as `stage_of` says."""
    whole = study(case)
    stage = stage_of(whole)
    factors = np.full(len(case.actors), patience)
    _, _, upper, lower = judged_slowly(stage, factors)
    found = holding(stage, factors, stage.status_quo)
    assert found.not_ruled_out.holds.tolist() == upper.tolist()
    assert found.can_be_held.holds.tolist() == lower.tolist()
    for i, issue in enumerate(case.issues.values()):
        names = list(issue.options)
        for x, agreed in enumerate(names):
            shown = {o: {s: float(p) for s, p in issue.signals_of(o).items()} for o in names}
            against = [
                s
                for s in {s for row in shown.values() for s in row}
                if (issue.signals[s].breach if s in issue.signals else s in names)
                and s != agreed
                and shown[agreed].get(s, 0.0) < 0.5
                and any(shown[o].get(s, 0.0) > shown[agreed].get(s, 0.0) for o in names)
            ]
            for d, option in enumerate(names):
                assert stage.breach[i][x, d] == pytest.approx(sum(shown[option].get(s, 0.0) for s in against))


@_many
@given(
    cases(plans=1, phases=1, issues=(1, 4), actors=(1, 4), linkages=True, decimals=True),
    st.integers(0, 2**32 - 1),
    st.sampled_from((1, 5, 1000)),
)
def test_the_frontier_is_what_no_other_package_improves_on(case, seed, slab):
    whole = study(case)
    space = whole.space
    rng = np.random.default_rng(seed)
    numbers = np.flatnonzero(rng.random(space.size) < 0.6)
    parties = list(range(len(space.actors)))[: int(rng.integers(1, len(space.actors) + 1))]
    found = frontier_of(space, numbers, parties, slab)
    vectors = {
        int(n): tuple(int(v) for v in np.asarray(space.utilities.of(digits_of(np.array([n]), space.sizes)))[parties, 0])
        for n in numbers
    }
    best = {
        v
        for v in vectors.values()
        if not any(w != v and all(x >= y for x, y in zip(w, v, strict=True)) for w in vectors.values())
    }
    assert sorted(vectors[int(n)] for n in found) == sorted(best)


def test_numbers_and_packages_go_both_ways():
    sizes = (3, 2, 4)
    listed = all_packages(sizes)
    assert (digits_of(np.arange(24), sizes) == listed).all()
    assert [number_of(p, sizes) for p in listed] == list(range(24))


def test_ties_connect_issues():
    assert components(5, [(0, 3), (3, 4), ()]) == [(0, 3, 4), (1,), (2,)]


@pytest.mark.parametrize("patience", [(T - R) / (T - P) + 0.01, (T - R) / (T - P) - 0.01])
def test_the_dilemma_with_noise_by_hand(patience):
    """Signals err with probability e: the other's errors end the agreement too when everyone falls back.

    Against the hardest punishment only the defector's own signal counts: φ = e, ρ = 1 − e, P = 10. When all fall back,
    φ = 1 − (1−e)² and ρ = 1 − e(1−e).
    """
    e = 0.1
    stage = stage_of(study(dilemma(GRIM, patience=patience, noise=e)))
    found = holding(stage, np.full(2, patience), np.array([0, 0]))

    def keeps(phi, rho):
        keep = ((1 - patience) * R + patience * phi * P) / (1 - patience + patience * phi)
        leave = ((1 - patience) * T + patience * rho * P) / (1 - patience + patience * rho)
        return keep >= leave

    assert bool(found.not_ruled_out.holds[0]) is keeps(e, 1 - e)
    assert bool(found.can_be_held.holds[0]) is keeps(1 - (1 - e) ** 2, 1 - e * (1 - e))
    assert found.not_ruled_out.holds[3]
    assert found.can_be_held.holds[3]
    assert not found.not_ruled_out.holds[1:3].any()


def test_a_false_alarm_on_what_another_sets_does_not_rule_a_package_out():
    """Column's signal errs half the time but column has nothing to gain: row is held by its own clean signal."""
    case = dilemma(GRIM, patience=0.6, points=(T, R, P, S))
    stage = stage_of(study(case))
    noisy = Stage(
        stage.utilities, stage.bounds, stage.setters, stage.reach, stage.status_quo,
        (stage.breach[0], np.array([[0.45, 0.45], [0.45, 0.45]])), (stage.observed[0], np.array([[0.55, 0.45], [0.55, 0.45]])),
        stage.direct,
    )  # fmt: skip
    tables = [hardest_tables(noisy, 0, 0.6)]
    both = module.judge_all(noisy, [*tables, hardest_tables(stage, 1, 0.6)], np.array([0, 0]))
    assert both.holds[0]


def test_a_lock_takes_the_punishment_away():
    """Seller delivers for good, then buyer pays or not; once delivered, nothing is left to withhold.

    Buyer: goods 60, paying costs 20. Undelivered and unpaid is 0 for both. Were delivery reversible, not paying would
    be punished by 0; locked in, the worst left to the buyer is 60, so not paying (60 > 40) always wins.
    """
    tables = (np.array([[0.0, 60.0], [20.0, 0.0]]), np.array([[0.0, -20.0], [0.0, 40.0]]))
    for locked in (False, True):
        reach = np.array([[True, True], [not locked, True]])
        stage = Stage(
            Utilities(tables, (), np.ones(2), exact=False), Bounds((), ((), ())), ((1,), (0,)),
            (reach, np.ones((2, 2), dtype=bool)), np.array([0, 0]), (1 - np.eye(2), 1 - np.eye(2)),
            (np.eye(2), np.eye(2)), (reach, np.ones((2, 2), dtype=bool)),
        )  # fmt: skip
        found = holding(stage, np.array([0.9, 0.9]), np.array([1, 1]))
        assert bool(found.not_ruled_out.holds[3]) is not locked
        assert bool(found.can_be_held.holds[3]) is not locked
        assert at(hardest(stage, 0).terms, (1, 1)) == (60 if locked else 0)


def test_refusing_what_takes_several_leads_back_to_the_status_quo():
    """One issue set by both: at 'deal' each has 10 more than at the status quo and 5 less than at a third option.

    Neither can take the third option by itself; refusing the deal loses 10.
    """
    tables = (np.array([[0.0, 10.0, 15.0], [0.0, 10.0, 15.0]]),)
    stage = Stage(
        Utilities(tables, (), np.ones(2), exact=False), Bounds((), ((), ())), ((0, 1),),
        (np.ones((3, 3), dtype=bool),), np.array([0]), (1 - np.eye(3),), (np.eye(3),),
        (np.ones((3, 3), dtype=bool),),
    )  # fmt: skip
    found = holding(stage, np.array([0.0, 0.0]), np.array([0]))
    assert found.can_be_held.holds.tolist() == [True, True, True]


def test_too_many_packages_are_sampled_with_their_error(monkeypatch):
    whole = study(dilemma(GRIM, patience=0.9))
    plan = np.array([0, 0])
    exact = holdable(whole, plan, 1)
    monkeypatch.setattr(module, "MOST_PACKAGES", 3)
    sampled = holdable(whole, plan, 1)
    assert exact.exact
    assert not sampled.exact
    assert exact.error == 0
    assert abs(sampled.can_be_held - exact.can_be_held) < 4 * sampled.error
    assert abs(sampled.not_ruled_out - exact.not_ruled_out) < 4 * sampled.error
    assert sampled.plan_can_be_held is exact.plan_can_be_held
    assert sampled.distance_held == exact.distance_held == 0
    assert sampled.frontier == exact.frontier == 1
    assert len(exact.best) <= MOST_LISTED


def test_where_best_replies_come_to_no_rest_nothing_is_said_to_be_held():
    """Matching pennies has no equilibrium in pure strategies, so there is nothing known to fall back to."""
    points = np.array([[1.0, -1.0], [-1.0, 1.0]])
    stage = Stage(
        Utilities((np.zeros((2, 2)), np.zeros((2, 2))), (Linkage((0, 1), np.stack([points, -points])),), np.ones(2), False),
        Bounds((), ((), ())), ((0,), (1,)), (np.ones((2, 2), dtype=bool),) * 2, np.array([0, 0]), (1 - np.eye(2),) * 2,
        (np.eye(2),) * 2, (np.ones((2, 2), dtype=bool),) * 2,
    )  # fmt: skip
    assert fallback(stage, np.array([0.9, 0.9])) is None
    found = holding(stage, np.array([0.9, 0.9]), np.array([0, 0]))
    assert not found.can_be_held.holds.any()
    assert found.can_be_held.feasible == 4
    # Each is held down to 1 in pure strategies, which no package gives both.
    assert not found.not_ruled_out.holds.any()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(stages(), st.sampled_from((2.0**-30, 2.0**20)))
def test_the_unit_of_points_decides_nothing(drawn, unit):
    stage, patience = drawn
    points = stage.utilities
    other = replace(
        stage,
        utilities=Utilities(
            tuple(t * unit for t in points.tables),
            tuple(Linkage(x.issues, x.points * unit) for x in points.linkages),
            points.unit,
            exact=False,
        ),
    )
    one, two = (holding(s, patience, s.status_quo) for s in (stage, other))
    assert one.not_ruled_out.holds.tolist() == two.not_ruled_out.holds.tolist()
    assert one.can_be_held.holds.tolist() == two.can_be_held.holds.tolist()
