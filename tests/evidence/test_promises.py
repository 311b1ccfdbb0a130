"""Base rates of promises: the counts, what is comparable, what is not."""

from __future__ import annotations

import pytest

from halfway.evidence.promises import COMPARABLE, base_rate, counts


def test_counts_add_up() -> None:
    table = counts()
    assert len(table) == 17
    assert all(0 <= c.not_kept <= c.promises for c in table.values())
    ended = {c.kind: c for c in table.values() if c.source.startswith("ATOP")}
    both = [ended["formed before 1945"], ended["formed since 1945"]]
    assert sum(c.promises for c in both) == ended["all"].promises == 362
    assert sum(c.not_kept for c in both) == ended["all"].not_kept == 160
    war = {c.kind: c for c in table.values() if c.source.startswith("Leeds")}
    assert war["active obligations (active=1)"].not_kept + war["active=0 (neutrality, nonaggression)"].not_kept == 44


def test_a_kind_that_was_counted_has_its_own_rate() -> None:
    found = base_rate("no_force")
    assert found.comparable
    assert found.kept.point == pytest.approx(1 - 50 / 111)
    assert found.kept.low < found.kept.point < found.kept.high
    assert base_rate("no-force").kept == found.kept


def test_a_kind_that_was_not_counted_says_so() -> None:
    found = base_rate("release_of_prisoners")
    assert not found.comparable
    assert found.kept.point == pytest.approx(1 - 160 / 362)
    assert base_rate().comparable
    assert base_rate().kept == found.kept


def test_every_comparable_kind_is_in_the_table() -> None:
    assert all(key in counts() for key in COMPARABLE.values())
