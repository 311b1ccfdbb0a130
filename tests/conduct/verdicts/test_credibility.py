"""Credibility by actor, kind and addressee: by hand, against an obvious twin, and by what it must never do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from halfway.case.case import Case
from halfway.case.catalog import load
from halfway.case.reader import load_text
from halfway.conduct.verdicts.credibility import credibility, record
from halfway.evidence.promises import PRIOR_WEIGHT, base_rate

SHARE = {"kept": 1.0, "partly": 0.5, "broken": 0.0}


def case_with(promises: list[tuple[str, str, list[str], str]], rates: dict[str, float] | None = None) -> Case:
    """A case whose record is (by, kind, to, outcome)."""
    lines = [
        f"    - {{by: {by}, kind: {kind}, to: [{', '.join(to)}], made: 2000, what: Something, outcome: {outcome}}}"
        for by, kind, to, outcome in promises
    ]
    stated = "".join(f"    {kind}: {rate}\n" for kind, rate in (rates or {}).items())
    return load_text(
        "halfway: 1\nname: promises\nactors:\n  bloc: {members: {east: {}, west: {}}}\n  south: {}\n"
        "issues:\n  x: {options: [a, b], set_by: south, owner: south}\n"
        + "record:\n  promises:\n"
        + "\n".join(lines)
        + (f"\n  base_rates:\n{stated}" if stated else "\n")
    )


def twin(case: Case, actor: str, kind: str | None, addressee: str | None) -> tuple[float, float]:
    """The definition, spelled out: (prior mean, posterior mean)."""
    members = {"bloc": {"east", "west"}}
    by = {actor} | members.get(actor, set())
    to = {addressee} | members.get(addressee or "", set()) | {g for g, m in members.items() if addressee in m}
    general = 1 - 160 / 362

    def update(prior: float, outcomes: list[str]) -> float:
        total, weight = prior * 10, 10.0
        for outcome in outcomes:
            if outcome != "disputed":
                total += SHARE[outcome]
                weight += 1
        return total / weight

    own = [p for p in case.record.promises if p.by in by]
    if kind is None:
        return general, update(general, [p.outcome for p in own])
    rate = float(case.record.base_rates.get(kind, base_rate(kind).kept.point))
    above = update(general, [p.outcome for p in own if p.kind != kind])
    odds = above / (1 - above) * (rate / (1 - rate)) / (general / (1 - general))
    prior = odds / (1 + odds)
    of_kind = [p for p in own if p.kind == kind]
    if addressee is None:
        return prior, update(prior, [p.outcome for p in of_kind])
    prior = update(prior, [p.outcome for p in of_kind if not to & set(p.to)])
    return prior, update(prior, [p.outcome for p in of_kind if to & set(p.to)])


PROMISES = st.lists(
    st.tuples(
        st.sampled_from(["bloc", "east", "west", "south"]),
        st.sampled_from(["no_force", "border_assurance", "aid"]),
        st.lists(st.sampled_from(["bloc", "east", "south", "elsewhere"]), max_size=2, unique=True),
        st.sampled_from(["kept", "partly", "broken", "disputed"]),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(
    PROMISES,
    st.sampled_from(["bloc", "east", "south"]),
    st.sampled_from([None, "no_force", "border_assurance", "aid"]),
    st.sampled_from([None, "bloc", "east", "elsewhere"]),
    st.sampled_from([{}, {"aid": 0.9}]),
)
def test_it_is_what_its_definition_says(promises, actor, kind, addressee, rates) -> None:
    case = case_with(promises or [("south", "aid", [], "disputed")], rates)
    found = credibility(case, actor, kind, addressee)
    prior, mean = twin(case, actor, kind, addressee)
    assert (found.prior, found.mean) == pytest.approx((prior, mean))
    weight = PRIOR_WEIGHT + found.promises
    assert (found.low, found.high) == pytest.approx(
        tuple(beta.ppf((0.05, 0.95), weight * found.mean, weight * (1 - found.mean)))
    )
    assert 0 < found.low < found.mean < found.high < 1


def test_by_hand() -> None:
    # South broke one of two assurances to East and kept both to others; 10 promises' worth of 202 in 362 above it.
    case = case_with(
        [
            ("south", "border_assurance", ["east"], "broken"),
            ("south", "border_assurance", ["east"], "kept"),
            ("south", "border_assurance", ["elsewhere"], "kept"),
            ("south", "border_assurance", [], "kept"),
            ("south", "border_assurance", ["east"], "disputed"),
        ]
    )
    kind = credibility(case, "south", "border_assurance")
    assert (kind.kept, kind.promises, kind.disputed) == (3, 4, 1)
    assert kind.prior == pytest.approx(202 / 362)
    assert kind.mean == pytest.approx((10 * 202 / 362 + 3) / 14)
    assert not kind.comparable
    east = credibility(case, "south", "border_assurance", "east")
    assert (east.kept, east.promises, east.disputed) == (1, 2, 1)
    assert east.prior == pytest.approx((10 * 202 / 362 + 2) / 12)
    assert east.mean == pytest.approx((10 * east.prior + 1) / 12)


def test_what_is_promised_to_a_group_is_promised_to_its_members_and_the_other_way_round() -> None:
    case = case_with([("south", "aid", ["bloc"], "kept"), ("south", "aid", ["west"], "broken")])
    assert credibility(case, "south", "aid", "east").promises == 1
    assert credibility(case, "south", "aid", "west").promises == 2
    assert credibility(case, "south", "aid", "bloc").promises == 2


@settings(max_examples=80, deadline=None)
@given(PROMISES.filter(bool), st.integers(0, 11))
def test_a_breach_instead_of_a_kept_promise_never_raises_a_level_it_is_on(promises, at) -> None:
    at %= len(promises)
    by, kind, to, _ = promises[at]
    kept, broken = (
        case_with([*promises[:at], (by, kind, to, outcome), *promises[at + 1 :]]) for outcome in ("kept", "broken")
    )
    for k in (None, kind):
        assert credibility(broken, by, k).mean < credibility(kept, by, k).mean
    for name in to:
        assert credibility(broken, by, kind, name).mean < credibility(kept, by, kind, name).mean


def test_a_stated_rate_moves_the_kind_and_certainty_is_not_taken_at_its_word() -> None:
    promises = [("south", "aid", [], "kept")]
    assert credibility(case_with(promises, {"aid": 0.9}), "south", "aid").prior == pytest.approx(0.9)
    sure = credibility(case_with([("south", "aid", [], "broken")], {"aid": 1}), "south", "aid")
    assert sure.stated
    assert sure.base_rate == 1.0
    assert 0.8 < sure.mean < 1


def test_the_record_lists_every_level_once() -> None:
    case = load("belarus-2020")
    found = record(case)
    keys = [(c.actor, c.kind, c.addressee) for c in found]
    assert len(set(keys)) == len(keys)
    assert ("moscow", None, None) in keys
    assert ("moscow", "border_assurance", "kyiv") in keys
    kyiv = credibility(case, "moscow", "border_assurance", "kyiv")
    assert (kyiv.kept, kyiv.promises) == (0, 3)
    # The delimitations no longer hide the assurances.
    assert (
        credibility(case, "moscow", "border_delimitation").mean > credibility(case, "moscow", "border_assurance").mean
    )
