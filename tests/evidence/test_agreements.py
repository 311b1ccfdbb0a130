"""The agreements: single rows against the record, every outcome derived again, shares by hand, intervals by property."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.evidence.agreements import (
    LAST_FOLLOWED,
    YEARS,
    Became,
    NoComparableSet,
    Shape,
    active_years,
    agreements,
    became,
)
from halfway.evidence.clauses import CLAUSES, SHAPE, skill
from halfway.evidence.resampled import exact_share, share


def _one(year: int, conflict: int, scope: str) -> list[object]:
    found = [a for a in agreements() if a.year == year and conflict in a.conflicts and a.scope == scope]
    assert found
    return [(a.all_sign, a.quiet, a.stood) for a in found]


def test_agreements_whose_fate_is_well_known() -> None:
    # Chapultepec 1992 (conflict 316, El Salvador), Rome 1992 (332, Mozambique): signed by all, and it stayed quiet.
    assert (True, True, True) in _one(1992, 316, "full")
    assert (True, True, True) in _one(1992, 332, "full")
    # Lusaka 1994 (327, Angola): signed by both, war again by 1998. Dayton 1995 (389, Bosnia) held.
    assert (True, False, False) in _one(1994, 327, "full")
    assert (True, True, True) in _one(1995, 389, "full")
    # Good Friday 1998 (315, Northern Ireland): the Real IRA stayed outside, and 25 deaths were reached in that year only.
    assert (False, True, True) in _one(1998, 315, "full")
    # Arusha 2000 (287, Burundi): CNDD-FDD and FNL fought on; UCDP does not hold that the signatories ended it.
    assert (False, False, True) in _one(2000, 287, "full")


def test_every_quiet_follows_from_the_years_of_fighting() -> None:
    last = max(max(years) for years in active_years().values())
    assert last == 2024
    for a in agreements():
        after = range(a.year + 1, a.year + 1 + YEARS)
        fought = any(y in active_years().get(c, frozenset()) for c in a.conflicts for y in after)
        if a.quiet is None:
            assert after[-1] > last
            continue
        assert a.quiet is not fought, a


def test_what_is_not_followed_for_five_years_is_not_counted() -> None:
    assert all((a.stood is None) is (a.year > LAST_FOLLOWED) for a in agreements())
    assert all(a.quiet is None for a in agreements() if a.year > 2019)
    assert len(agreements()) == 341


def test_shares_counted_by_hand() -> None:
    # Counted in a spreadsheet: of 38 full agreements signed by all, 21 stayed quiet; of 33 with someone outside, 4.
    inside, outside = became(Shape("full", True)), became(Shape("full", False))
    assert isinstance(inside, Became)
    assert isinstance(outside, Became)
    assert (inside.quiet.hits, inside.quiet.cases, inside.quiet.clusters) == (21, 38, 29)
    assert (outside.quiet.hits, outside.quiet.cases, outside.quiet.clusters) == (4, 33, 17)
    # The figures of the brief: 55 in 100 (37–74), 12 in 100 (3–29), each within a point and the noise of resampling.
    assert inside.quiet.point == pytest.approx(21 / 38)
    assert (inside.quiet.low, inside.quiet.high) == pytest.approx((0.37, 0.745), abs=0.01)
    assert (outside.quiet.low, outside.quiet.high) == pytest.approx((0.026, 0.29), abs=0.01)
    # Outsiders fight on while the signatories' own peace holds (Nilsson 2008).
    assert outside.stood.point == pytest.approx(24 / 32)
    assert outside.stood.low > outside.quiet.high


def test_the_same_seed_gives_the_same_interval_and_another_one_nearly() -> None:
    first, again, other = (became(Shape("full", True), seed=s) for s in (7, 7, 8))
    assert isinstance(first, Became)
    assert isinstance(other, Became)
    assert first == again
    assert first.quiet != other.quiet
    assert first.quiet.low == pytest.approx(other.quiet.low, abs=0.02)


def test_clauses_do_not_improve_the_prediction() -> None:
    for scope in ("full", "partial", None):
        found = skill(scope, SHAPE, CLAUSES, draws=2_000).skill
        assert found.low < 0 < found.high
    # On full agreements: about minus one or two percent, give or take eleven.
    full = skill("full", SHAPE, CLAUSES, draws=2_000)
    assert full.agreements == 71
    assert full.skill.point == pytest.approx(-0.01, abs=0.02)


def test_too_few_conflicts_are_no_comparable_set(monkeypatch: pytest.MonkeyPatch) -> None:
    few = tuple(a for a in agreements() if a.linked in {327, 316, 332})
    monkeypatch.setattr("halfway.evidence.agreements.agreements", lambda: few)
    # Past what is remembered of all agreements.
    found = became.__wrapped__(Shape("full", True))
    assert isinstance(found, NoComparableSet)
    assert "3 conflicts" in found.reason


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 30)), min_size=1, max_size=60),
    st.integers(0, 2**32 - 1),
)
def test_an_interval_lies_in_0_to_1_and_holds_the_point(cases: list[tuple[bool, int]], seed: int) -> None:
    hits, clusters = [h for h, _ in cases], [c for _, c in cases]
    found = share(hits, clusters, "any", seed=seed, draws=500)
    assert found.point == pytest.approx(sum(hits) / len(hits))
    assert 0 <= found.low <= found.high <= 1
    if len(set(clusters)) >= 10:
        assert found.low <= found.point <= found.high
    assert found == share(hits, clusters, "any", seed=seed, draws=500)


def test_single_cases_as_clusters_give_the_binomial_interval() -> None:
    rng = np.random.default_rng(1)
    hits = (rng.random(400) < 0.3).tolist()
    found = share(hits, list(range(400)), "binomial", draws=20_000)
    spread = 1.96 * np.sqrt(found.point * (1 - found.point) / 400)
    assert (found.high - found.low) / 2 == pytest.approx(spread, rel=0.05)
    # Ten times the same cases in the same clusters are no more evidence.
    again = share(hits * 10, list(range(400)) * 10, "binomial", draws=20_000)
    assert (again.low, again.high) == pytest.approx((found.low, found.high), abs=1e-9)


def test_where_all_agree_the_interval_is_exact_for_the_clusters() -> None:
    found = share([True] * 40, [0, 1, 2, 3] * 10, "all")
    assert (found.point, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.025 ** (1 / 4))
    assert exact_share(4, 4).low == pytest.approx(found.low)


def test_the_exact_interval_is_the_published_one() -> None:
    # Clopper and Pearson (1934) for 3 of 10 at 95 percent: 0.067 to 0.652.
    found = exact_share(3, 10)
    assert (found.low, found.high) == pytest.approx((0.0667, 0.6525), abs=1e-4)
