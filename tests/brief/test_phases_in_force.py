"""The brief draws what is in force: an undo that takes time shows when it is done, not when its phase begins."""

from __future__ import annotations

import pytest

from halfway.brief.contents import Timeline
from halfway.brief.material import Material
from halfway.brief.sections.phases import phases
from halfway.case.reader import build
from halfway.space.compiled import compile_case


def dam(back):
    """Filling the dam is done at once, emptying it takes six months; `back` are the phases after the first three months."""
    values = {"pay": {"no": 0, "yes": 100}, "dam": {"empty": 100, "full": 0}}
    return build(
        {
            "name": "dam",
            "actors": {
                n: {"interests": {i: {"weight": 1, "values": v} for i, v in values.items()}} for n in ("a", "b")
            },
            "issues": {
                "dam": {"options": ["empty", "full"], "set_by": "a", "owner": "a", "undo": "6 months"},
                "pay": {"options": ["no", "yes"], "set_by": "b", "owner": "b"},
            },
            "status_quo": {"dam": "empty", "pay": "no"},
            "plans": {
                "p": {
                    "phases": {
                        "fill": {"package": {"dam": "full", "pay": "yes"}, "lasts": "3 months", "then": "back"},
                        **back,
                    }
                }
            },
        }
    )


def cards(case):
    compiled = compile_case(case)
    timeline = next(
        b for b in phases(Material(compiled, "p", case.plans["p"], 1, 8, "minister")).blocks if isinstance(b, Timeline)
    )
    return [[(issue, old, new) for issue, old, new, _ in card.changes] for card in timeline.cards]


@pytest.mark.parametrize(
    ("back", "shown"),
    [
        (
            {"back": {"package": {"dam": "empty", "pay": "no"}}},
            [[("Dam", "full", "empty (in force from month 10)"), ("Pay", "yes", "no")]],
        ),
        # Three of the six months pass before the phase ends: the undo is done three months into the next.
        (
            {
                "back": {"package": {"dam": "empty", "pay": "no"}, "lasts": "3 months", "then": "rest"},
                "rest": {"package": {"dam": "empty", "pay": "yes"}},
            },
            [
                [("Dam", "full", "empty (not in force while the phase lasts)"), ("Pay", "yes", "no")],
                [("Dam", "full", "empty (in force from month 10)"), ("Pay", "no", "yes")],
            ],
        ),
    ],
)
def test_an_undo_is_shown_when_it_is_done(back, shown):
    first, *others = cards(dam(back))
    assert first == [("Dam", "empty", "full"), ("Pay", "no", "yes")]
    assert others == shown
