"""Calendars in words: each stretch once, later ones by what changes."""

from __future__ import annotations

from halfway.case.catalog import load
from halfway.conduct.run import conduct
from halfway.words.calendars import narrated, type_title, unnoticed, who_is


def entry(first, last, phase, picks, gain, noticed=0.0, again_from=None):
    return {
        "first": first,
        "last": last,
        "phase": phase,
        "picks": picks,
        "instead_of": {"prisoners": "released", "politics": "quiet"},
        "gain": gain,
        "noticed": noticed,
        "kept_noticed": 0.0,
        "again_from": again_from,
    }


def told(*calendar):
    return narrated(load("eu-belarus-2016"), "relief-as-given", "minsk", calendar)


def test_the_same_conduct_in_several_phases_is_told_once():
    same = {"prisoners": "held"}
    found = told(
        entry(1, 2, "release", same, 4.0), entry(3, 6, "trial", same, 4.0), entry(7, None, "relief", same, 4.0)
    )
    assert found == (
        "From month 1 on, through 'Release, and the vote of 11 October' and 'Four months of suspension' and for good in "
        "'Lifted for good': Government of Belarus breaks the plan: Political prisoners: 'Held' instead of 'Released'; +4.0 "
        "points a month against keeping; no rule of the plan would notice.",
    )


def test_of_later_stretches_only_what_changes_is_told():
    one, both = {"prisoners": "held"}, {"prisoners": "held", "politics": "crackdown"}
    first, second, third = told(
        entry(1, 2, "release", one, 4.0), entry(3, 6, "trial", both, 9.0, 0.3), entry(7, None, "relief", one, 4.0, 0.3)
    )
    assert "Political prisoners" in first
    assert "the same, and also How opponents are treated" in second
    assert "Political prisoners" not in second
    assert "a rule of the plan answers with probability 30% a month (0% when it keeps)" in second
    assert third.endswith("no longer on How opponents are treated; +4.0 points a month against keeping.")


def test_gaps_and_returns_are_said():
    keeps, breaks = entry(1, 1, "release", {}, 0.0), entry(2, 2, "release", {"prisoners": "held"}, 4.0, again_from=1)
    first, second = told(keeps, breaks)
    assert first == "Month 1 ('Release, and the vote of 11 October'): Government of Belarus keeps the plan."
    assert second.endswith("; then again as from month 1.")
    # Another part of its conduct, which begins anew in month 1, does not go on from what was told before.
    assert "breaks the plan" in told(breaks, entry(1, None, "release", {"politics": "crackdown"}, 1.0))[1]


def test_the_memo_is_told_in_no_more_sentences_than_it_has_turns():
    case = load("belarus-2020")
    result = conduct(case, "memo", runs=0, with_thresholds=False, with_alternatives=False)
    moscow = result.actors["moscow"].types["revisionist"].calendar
    assert len(moscow) == 3
    assert len(narrated(case, "memo", "moscow", moscow)) == 1
    assert unnoticed(moscow)
    for name, actor in result.actors.items():
        for one in actor.types.values():
            sentences = narrated(case, "memo", name, one.calendar)
            assert 0 < len(sentences) <= len(one.calendar)
            # Every entry also stands by itself, for those who read one.
            assert all(e["words"] == narrated(case, "memo", name, [e])[0] for e in one.calendar)


def test_types_are_called_by_their_titles_without_repeating_the_actor():
    case = load("belarus-2020")
    assert type_title(case, "moscow", "revisionist") == "out to regain ground"
    assert who_is(case, "moscow", "revisionist") == "Moscow (out to regain ground)"
    assert who_is(case, "kyiv", None) == "Kyiv"
