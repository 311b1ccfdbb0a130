"""Every model: published check values, plain-Python references, invariances, and what has no natural answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from halfway.errors import InputError
from halfway.forecast.disputes import Dispute
from halfway.forecast.models.by_name import MODELS, named
from halfway.forecast.models.central import compromise, levers, median_by_weight
from halfway.forecast.models.challenge import READINGS, challenge
from halfway.forecast.models.exchange import Table, exchange
from halfway.forecast.models.nash import strict, with_costly_failure
from halfway.forecast.models.procedural import proposal
from halfway.forecast.models.reference_point import state_dependent
from halfway.forecast.models.spatial import Options, spatial
from tests.forecast.cases import disputes, emission_standards, years
from tests.forecast.challenge_described import described_round

CASES = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEWER = settings(CASES, max_examples=60)


def test_emission_standards_means_and_medians() -> None:
    dispute = emission_standards()
    assert years(compromise(dispute).point) == pytest.approx(7.389956, abs=5e-7)
    assert years(median_by_weight(dispute).point) == pytest.approx(7.0, abs=1e-12)


def test_the_global_denominator_gives_the_ten_published_medians_and_means() -> None:
    dispute = emission_standards()
    answer = challenge(dispute, READINGS["challenge-global"])
    medians = [round(years(r.point), 3) for r in answer.rounds]
    assert medians == [8.416, 9.611, 9.962, 9.962, 9.962, 7.472, 8.825, 9.671, 9.671, 7.0]
    means = [years(float(dispute.w @ r.positions)) for r in answer.rounds]
    executed = [7.461, 7.553, 7.59, 7.358, 7.349, 7.415, 7.51, 7.572, 7.325, 7.242]
    assert means == pytest.approx(executed, abs=1e-3)


def test_the_printed_equations_stay_at_seven() -> None:
    answer = challenge(emission_standards(), READINGS["challenge-printed"])
    assert [years(r.point) for r in answer.rounds] == pytest.approx([7.0] * 10)


@pytest.mark.parametrize(("cost", "answer"), [(0, 7.254), (5, 7.365), (50, 7.387), (5000, 7.390)])
def test_nash_with_costly_failure_tends_to_the_compromise_mean(cost: float, answer: float) -> None:
    assert years(with_costly_failure(emission_standards(), cost).point) == pytest.approx(answer, abs=6e-4)


READ_EXACTLY = ["challenge-printed", "challenge-global", "challenge-viewer", "challenge-average"]


@settings(CASES, max_examples=400)
@given(disputes(most=6, missing=False), st.sampled_from(READ_EXACTLY))
def test_a_round_of_the_challenge_model_is_as_described(dispute: Dispute, name: str) -> None:
    """No draw is left out: what ties by the description ties in sixty digits, and must tie in the kernel too."""
    played = challenge(dispute, READINGS[name], rounds=1).rounds[0].positions
    assert played == pytest.approx(described_round(dispute, READINGS[name]), abs=1e-6)


def test_expectations_that_tie_do_not_hang_on_the_last_bit() -> None:
    # Two actors expect exactly 2/3 of a challenge by hand: neither gives way, though doubles differ in the last bit.
    two = Dispute(np.array([95.0, 70.0]), np.array([50.0, 100.0]), np.array([4.0, 1.0]))
    assert challenge(two, READINGS["challenge-viewer"], rounds=1).rounds[0].positions.tolist() == [95.0, 70.0]


@CASES
@given(disputes(missing=False))
def test_the_weighted_median_beats_or_ties_every_held_position(dispute: Dispute) -> None:
    winner = median_by_weight(dispute).point
    assert winner in dispute.x
    for rival in dispute.x:
        votes = dispute.w * (np.abs(dispute.x - rival) - np.abs(dispute.x - winner))
        assert votes.sum() >= -1e-9


@CASES
@given(disputes(least=2))
def test_levers_are_exact(dispute: Dispute) -> None:
    assume(dispute.x.size >= 2)
    base = compromise(dispute).point
    per_unit, gone = levers(dispute)
    for a in dispute.present:
        moved = dispute.positions.copy()
        moved[a] += 1.0
        after = Dispute(moved, dispute.saliences, dispute.capabilities)
        assert compromise(after).point - base == pytest.approx(per_unit[a], abs=1e-6)
        weight = dispute.w[dispute.present == a][0]
        if weight < 1 - 1e-9:
            rest = dispute.present != a
            expected = dispute.w[rest] @ dispute.x[rest] / dispute.w[rest].sum() - base
            assert gone[a] == pytest.approx(expected, abs=1e-6)


@CASES
@given(disputes(reference=True))
def test_the_agenda_setter_gets_the_best_that_passes(dispute: Dispute) -> None:
    setter = dispute.position_of(dispute.setter)
    answer = proposal(dispute)
    if not dispute.x.size or not np.isfinite(setter):
        assert not answer.given
        assert answer.note
        return
    best = dispute.reference
    for point in np.linspace(0, 100, 201):  # reflections of multiples of five are multiples of five
        yes = sum(
            v
            for x, v in zip(dispute.x, dispute.v, strict=True)
            if v > 0 and abs(x - point) <= abs(x - dispute.reference) + 1e-9
        )
        passes = yes >= dispute.quota * dispute.v.sum() - 1e-9
        second = dispute.position_of(dispute.chamber)
        if dispute.chamber_consents and np.isfinite(second):
            passes = passes and abs(second - point) <= abs(second - dispute.reference) + 1e-9
        if passes and abs(point - setter) < abs(best - setter):
            best = point
    assert abs(answer.point - setter) == pytest.approx(abs(best - setter), abs=1e-9)


@FEWER
@given(disputes(reference=True, missing=False))
def test_strict_nash_is_the_best_point_better_for_all(dispute: Dispute) -> None:
    answer = strict(dispute).point
    low, high = dispute.x.min(), dispute.x.max()
    if low <= dispute.reference <= high:
        assert answer == dispute.reference
        return
    grid = np.linspace(0, 100, 2001)
    gains = np.abs(dispute.x - dispute.reference)[:, None] - np.abs(dispute.x[:, None] - grid)
    good = (gains > 1e-9).all(axis=0)
    product = (dispute.w[:, None] * np.log(np.maximum(gains, 1e-12))).sum(axis=0)
    best = float(product[good].max())
    own = np.abs(dispute.x - dispute.reference) - np.abs(dispute.x - answer)
    # One without any weight may be left where it stands; all others gain.
    weighty = dispute.w > 0
    assert (own > -1e-9).all()
    assert (own[weighty] > 0).all()
    assert (dispute.w * np.log(np.maximum(own, 1e-12))).sum() >= best - 1e-6


@FEWER
@given(disputes(least=2, missing=False), disputes(least=2, missing=False), st.integers(2, 8))
def test_an_exchange_gains_both_partners_alike_and_hurts_neither(one: Dispute, two: Dispute, n: int) -> None:
    n = min(n, len(one.positions), len(two.positions))
    pair = [Dispute(d.positions[:n], d.saliences[:n], d.capabilities[:n]) for d in (one, two)]
    table = Table(pair)
    before = table.outcomes()
    for i in range(n):
        for j in range(n):
            deal = table.deal(i, j, 0, 1, before) if i != j and table.c[[i, j]].min() > 0 else None
            if deal is None:
                continue
            shift = np.zeros(2)
            shift[0] = abs(deal.second_to - table.y[j, 0]) * table.weight[j, 0] / table.total[0]
            shift[1] = abs(deal.first_to - table.y[i, 1]) * table.weight[i, 1] / table.total[1]
            first = shift[0] * table.s[i, 0] - shift[1] * table.s[i, 1]
            second = shift[1] * table.s[j, 1] - shift[0] * table.s[j, 0]
            assert first == pytest.approx(second, abs=1e-9)
            assert first > 0
    answers = exchange(pair)
    assert all(0 <= a.point <= 100 for a in answers)


def test_exchange_trades_what_each_cares_less_about() -> None:
    positions, capability = np.array([0.0, 100.0]), np.array([1.0, 1.0])
    first = Dispute(positions, np.array([90.0, 30.0]), capability)
    second = Dispute(positions, np.array([30.0, 90.0]), capability)
    a, b = exchange([first, second])
    assert a.point < compromise(first).point
    assert b.point > compromise(second).point
    assert {m.actor for m in a.rounds[0].moves} == {1}
    assert {m.actor for m in b.rounds[0].moves} == {0}


def test_one_issue_alone_leaves_nothing_to_exchange() -> None:
    (answer,) = exchange([emission_standards()])
    assert answer.point == pytest.approx(compromise(emission_standards()).point)
    assert "nothing to exchange" in answer.note


@CASES
@given(disputes(reference=True, missing=False))
def test_without_haste_state_dependence_is_the_compromise_mean(dispute: Dispute) -> None:
    assert state_dependent(dispute, haste=0.0).point == pytest.approx(compromise(dispute).point, abs=1e-4)
    hasty = state_dependent(dispute)
    assert min(dispute.x.min(), dispute.reference) - 1e-6 <= hasty.point
    assert hasty.point <= max(dispute.x.max(), dispute.reference) + 1e-6


@pytest.mark.parametrize("vote", ["proportional", "binary", "cubic"])
@pytest.mark.parametrize("third", ["none", "semi", "full"])
@pytest.mark.parametrize("risk", ["none", "min", "mid", "max"])
def test_the_spatial_model_answers_within_the_positions(vote: str, third: str, risk: str) -> None:
    dispute = emission_standards()
    answer = spatial(dispute, Options(vote=vote, third_parties=third, risk=risk))  # type: ignore[arg-type]
    assert 0 <= answer.point <= 100
    for played in answer.rounds:
        assert np.nanmin(played.positions) >= -1e-9
        assert np.nanmax(played.positions) <= 100 + 1e-9


@FEWER
@given(disputes())
def test_every_model_answers_or_says_why_not(dispute: Dispute) -> None:
    for model in MODELS.values():
        (answer,) = model.answer([dispute])
        assert answer.given or answer.note, model.name
        if answer.given:
            assert -1e-6 <= answer.point <= 100 + 1e-6, model.name
        for played in answer.rounds:
            assert played.positions.shape == dispute.positions.shape, model.name


@FEWER
@given(disputes(), st.sampled_from([0.01, 3.0, 1000.0]))
def test_no_model_reads_the_unit_of_capability(dispute: Dispute, factor: float) -> None:
    scaled = replace(dispute, capabilities=dispute.capabilities * factor)
    for name in ("compromise", "weighted-median", "exchange", "state-dependent", "nash", "nash-costly", "procedural"):
        (a,), (b,) = MODELS[name].answer([dispute]), MODELS[name].answer([scaled])
        assert a.given == b.given
        assert not a.given or a.point == pytest.approx(b.point, abs=1e-5), name


def _alone() -> Dispute:
    return Dispute(np.array([np.nan, 30.0]), np.array([np.nan, 0.0]), np.array([5.0, 0.0]), 10.0, setter=1)


def test_one_actor_gets_what_it_wants_even_without_salience_or_power() -> None:
    for name, model in MODELS.items():
        (answer,) = model.answer([_alone()])
        assert answer.point == pytest.approx(30.0, abs=1e-4), name


def test_all_at_one_point_end_there_whatever_the_reference() -> None:
    dispute = Dispute(np.full(4, 60.0), np.array([0.0, 50, 100, np.nan]), np.ones(4), 20.0, setter=0)
    for name, model in MODELS.items():
        (answer,) = model.answer([dispute])
        assert answer.point == pytest.approx(60.0, abs=1e-4), name


def test_nobody_with_a_position_means_no_answer() -> None:
    nobody = Dispute(np.full(3, np.nan), np.full(3, 50.0), np.ones(3), 0.0, setter=0)
    for name, model in MODELS.items():
        (answer,) = model.answer([nobody])
        assert not answer.given, name
        assert answer.note, name


def test_zero_salience_everywhere_falls_back_on_capability() -> None:
    dispute = Dispute(np.array([0.0, 100.0]), np.zeros(2), np.array([3.0, 1.0]))
    assert compromise(dispute).point == pytest.approx(25.0)
    powerless = replace(dispute, capabilities=np.zeros(2))
    assert compromise(powerless).point == pytest.approx(50.0)


def test_moves_say_who_where_and_why() -> None:
    answer = challenge(emission_standards(), READINGS["challenge-global"])
    first = answer.rounds[0].moves
    assert [(m.actor, round(years(m.start), 3), round(years(m.end), 3), m.toward) for m in first] == [
        (1, 7.0, 8.416, 4),
        (2, 4.0, 7.0, 1),
        (7, 7.0, 4.0, 2),
    ]
    assert all(m.why for m in first)


def test_an_unknown_model_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(InputError, match="did you mean 'median'"):
        named(["medain"])
