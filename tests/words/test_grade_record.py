"""What became of past plans with the same grade, in words."""

from __future__ import annotations

from halfway.evidence.graded import GradeRecord, record_of
from halfway.record import plain
from halfway.words.grades import on_the_record


def said(*counts: int) -> str:
    return on_the_record(plain(GradeRecord(5, *counts)))


def test_a_grade_that_every_plan_got_is_said_to_tell_nothing():
    assert said(6, 2, 1, 3, 6) == (
        "Of 6 past plans, all got this grade: 2 held, 1 held in part and 3 failed. "
        "It says where a plan could give way, not whether it will."
    )


def test_a_grade_that_some_got_comes_with_their_ends_alone():
    assert said(3, 3, 0, 0, 9) == "Of 9 past plans, 3 got this grade: 3 held."


def test_a_grade_that_nobody_got_has_no_record():
    assert said(0, 0, 0, 0, 9).startswith("None of 9 past plans got this grade")


def test_every_grade_has_a_record():
    assert {record_of(g).graded for g in range(1, 6)} == {record_of(1).graded}
