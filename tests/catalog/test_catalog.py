"""The catalogue: every case is sound, rich enough, and says where its numbers come from."""

from __future__ import annotations

import json

import pytest

from halfway.case.catalog import entries, load, paths
from halfway.case.support import refused
from halfway.cli.main import main
from halfway.errors import InputError, Refusal
from halfway.settle.run import settle
from halfway.space.utilities.space import compile_space

HISTORICAL = {
    "eu-belarus-2016", "budapest-1994", "minsk-2015", "iran-2015", "good-friday-1998", "dayton-1995", "camp-david-1978",
}  # fmt: skip
TEXTBOOK = {"prisoners-dilemma", "chicken", "elmira"}


def test_the_catalogue_holds_what_it_must() -> None:
    assert HISTORICAL | TEXTBOOK | {"belarus-2020"} <= set(paths())


@pytest.mark.parametrize("name", sorted(paths()))
def test_every_case_is_sound_and_filed_under_its_name(name: str) -> None:
    case = load(name)
    assert case.name == name
    assert case.title
    assert case.abstract
    assert case.tags
    assert case.sources


@pytest.mark.parametrize("name", sorted(HISTORICAL | {"belarus-2020"}))
def test_numbers_come_with_their_reasons(name: str) -> None:
    case = load(name)
    assert case.plans
    for key, actor in case.actors.items():
        for issue, interest in actor.interests.items():
            assert interest.note or interest.source, f"{key}: {issue}"
    uncertain = [
        e
        for actor in case.actors.values()
        for i in actor.interests.values()
        for e in (i.size, *(i.values or {}).values())
        if e is not None and not e.certain
    ]
    assert uncertain


def test_the_flagship_is_worth_an_experts_time() -> None:
    case = load("belarus-2020")
    assert len(case.issues) >= 10
    assert len(case.actors) >= 6
    assert len(case.actors["moscow"].types) >= 2
    assert len(case.plans) >= 4
    assert (
        set(case.actors["west"].members) == {"united-states", "european-union"} or len(case.actors["west"].members) == 2
    )
    assert case.plans["memo"].bottom_line is None


@pytest.mark.parametrize("name", sorted(paths()))
def test_settle_is_exact_on_every_case_or_says_why_not(name: str) -> None:
    case = load(name)
    if compile_space(case).ordinal:
        with pytest.raises(Refusal, match="rank"):
            settle(case)
        return
    for plan in case.plans or {None: None}:
        if refused(case, "settle", case.plans.get(plan) if plan else None):
            # What settle does not compute with it names, at its place.
            with pytest.raises(Refusal, match="R060"):
                settle(case, plan)
            continue
        result = settle(case, plan)
        assert result.acceptable.exact
        assert result.frontier.exact


def test_cases_are_found_by_tag_and_word() -> None:
    everything = entries()
    assert {e.name for e in entries(tag="international relations")} >= HISTORICAL
    assert [e.name for e in entries(search="annexation satirical")] in ([], ["belarus-2020"])
    assert {e.name for e in entries(search="aquifer")} == {"elmira"}
    assert entries(tag="no such tag") == []
    assert len(everything) == len(paths())


def test_the_listing_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["cases", "--search", "elmira", "--json"])
    assert stopped.value.code == 0
    listed = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in listed] == ["elmira"]
    filing = {"kind", "region", "tried", "outcome", "lesson"}
    assert {"name", "title", "abstract", "tags", "plans", "collection", "date"} | filing == set(listed[0])


def test_an_unknown_name_is_refused_with_a_suggestion() -> None:
    with pytest.raises(InputError, match=r"did you mean 'elmira'\?"):
        load("elmria")
