"""How grave a signal is: by what is declared of breaches, and never by what it is called."""

import pytest

import halfway as hw
from halfway.case.reader import load_text
from halfway.space.plan.signals import gravity_of
from halfway.space.utilities.space import compile_space

TEXT = """\
name: aid
actors:
  giver: {interests: {deed: {weight: 3, values: {done: 100, undone: 0}}, aid: {weight: 1, values: {no: 100, yes: 0}}}}
  taker: {interests: {deed: {weight: 1, values: {done: 0, undone: 100}}, aid: {weight: 3, values: {no: 0, yes: 100}}}}
issues:
  deed: {options: [done, undone], set_by: taker, owner: giver, SIGNALS}
  aid: {options: [no, yes], set_by: giver, owner: giver}
status_quo: {deed: undone, aid: no}
plans:
  swap:
    phases:
      agreed: {package: {deed: done, aid: yes}, on: [{when: {at_least: 10}, go: off}]}
      off: {package: {deed: undone, aid: no}}
"""


def case(signals: str):
    return load_text(TEXT.replace(", SIGNALS", f", {signals}" if signals else ""))


def gravities(signals: str) -> tuple[float, float]:
    space = compile_space(case(signals))
    agreed = space.package({"deed": "done", "aid": "yes"})
    return (gravity_of(space, 0, "done", agreed), gravity_of(space, 0, "undone", agreed))


@pytest.mark.parametrize(
    ("signals", "expected"),
    [
        ("", (0, 75)),
        ("signals: {done: Verified, undone: Nothing done}", (0, 75)),
        ("signals: {undone: Nothing done}", (0, 75)),
        ("signals: {undone: {note: as seen by inspectors}}", (0, 75)),
        ("signals: {undone: {breach: yes}}", (0, 75)),
        ("signals: {undone: {gravity: 20}}", (0, 20)),
        ("signals: {undone: {gravity: 60%}}", (0, 60)),
        ("signals: {undone: {breach: yes, gravity: 20}, done: Verified}", (0, 20)),
        ("signals: {undone: {breach: no}}", (0, 0)),
        ("signals: {undone: {}, done: {breach: no}}", (0, 0)),
    ],
)
def test_a_title_changes_no_gravity(signals, expected):
    assert gravities(signals) == expected


def test_with_titles_the_plan_is_the_same_plan():
    plain, titled = (hw.conduct(case(s)) for s in ("", "signals: {done: Verified, undone: Nothing done}"))
    assert {k: t.rows for k, t in plain.tables().items()} == {k: t.rows for k, t in titled.tables().items()}
