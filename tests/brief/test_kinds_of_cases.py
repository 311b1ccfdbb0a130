"""A brief for every kind of case: no plan, one plan, no beneficiary, nothing acceptable, hostile text, analyses that refuse."""

from __future__ import annotations

import re
from pathlib import Path

from halfway.brief.build import build
from halfway.brief.contents import Grid, Listing, Page, Paragraph
from halfway.brief.render import brief, render
from halfway.case.catalog import load
from halfway.case.reader import load_text
from halfway.stability.run import stability
from tests.brief.reading import parsed, words_of

SMALL = """
name: small
title: TITLE
actors:
  a: {interests: {x: {values: {no: 0, yes: 100}}}}
  b: {interests: {x: {weight: 0}}}
issues: {x: {options: [no, yes], set_by: b, owner: a}}
status_quo: {x: no}
plans: {p: {seats: {a: party}, phases: {only: {package: {x: yes}}}}}
"""


def said(page: Page) -> str:
    return " ".join(page.lines())


def test_a_game_is_drawn_as_a_matrix_with_each_concept_in_a_line() -> None:
    case = load("chicken")
    page = build(case)
    (matrix,) = (b for b in page.answer if isinstance(b, Grid))
    assert matrix.table.rows == (
        ("Goes straight on", "4, 4", "**1, 3** Nash"),
        ("Swerves", "**3, 1** Nash", "2, 2"),
    )
    (concepts,) = (b for b in page.answer if isinstance(b, Listing))
    found = stability(case)
    assert len(concepts.items) == len(found.stable) == 5
    both = "The first driver: Swerves; the second driver: Swerves"
    for line, concept in zip(concepts.items, found.stable, strict=True):
        assert (both in line) == (4 in found.equilibria(concept)), concept
        # The two states in which exactly one swerves are equilibria under every concept.
        assert line.count("Goes straight on") == 2
    assert [s.key for s in page.second] == ["today", "states"]
    parsed(render(page))


def test_a_class_gets_questions_on_a_game_and_the_same_answers() -> None:
    case = load("chicken")
    minister, pupils = build(case), build(case, audience="class")
    assert minister.answer == pupils.answer
    assert [s.key for s in pupils.annex] == ["questions", *(s.key for s in minister.annex)]
    parsed(render(pupils))


def test_a_game_of_three_lists_its_states_by_name() -> None:
    page = build(load("elmira"))
    text = words_of(render(page))
    assert "Abandons the plan" in text
    (states,) = (b for s in page.second if s.key == "states" for b in s.blocks if isinstance(b, Grid))
    assert len(states.table.rows) == stability(load("elmira")).states
    assert not re.search(r"\bstate \d|\d→\d", text)


def test_a_plan_without_aims_or_sides_still_has_an_answer() -> None:
    page = build(load_text(SMALL), draws=20)
    assert "Whom does it serve? It names no one whom it is meant to serve." in said(page)
    assert "The plan names no two sides." in said(page)
    parsed(render(page))


def test_markup_in_a_case_stays_text() -> None:
    written = brief(load_text(SMALL.replace("TITLE", "<script>alert(1)</script> & more")), draws=20)
    assert "<script" not in written
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in written


def test_plans_of_actors_that_only_rank_states_get_the_brief_of_a_game() -> None:
    text = Path(load("chicken").places.file).read_text(encoding="utf-8")
    text += "\nplans: {meet: {phases: {only: {package: {first_choice: swerve, second_choice: swerve}}}}}\n"
    page = build(load_text(text))
    assert "What is stable for everybody?" in said(page)
    assert "Its plans are not judged here" in said(page)


def test_where_nothing_is_acceptable_it_says_so_and_no_more() -> None:
    text = """
name: nothing
actors:
  a: {interests: {x: {weight: 1, values: {low: 0, high: 100}}}, walk_away: 60}
  b: {interests: {x: {weight: 1, values: {low: 100, high: 0}}}, walk_away: 60}
issues:
  x: {options: [low, high], set_by: a, owner: b}
status_quo: {x: low}
plans:
  p: {between: [a, b], phases: {on: {package: {x: high}}}}
"""
    page = brief(load_text(text), draws=20)
    assert "Nothing is acceptable to all" in page
    assert "could be made to hold" not in page


WEARING_OUT = """
name: wearing-out
horizon: 24
actors:
  a: {interests: {x: {weight: 1, values: {low: 0, high: 100}}}, patience: 0.5 per month}
  b: {interests: {x: {weight: 1, values: {low: 100, high: 0}}}, patience: 0.5 per month}
issues:
  x:
    options: [low, high]
    set_by: a
    owner: b
    signals: {fine: {}, bad: {breach: yes}}
    observed: {high: {fine: 0.9, bad: 0.1}, low: {bad: 1}}
status_quo: {x: low}
plans:
  p:
    between: [a, b]
    phases:
      on: {package: {x: high}, on: [{when: {x: bad}, go: off}]}
      off: {title: The end, package: {x: low}}
"""


def sides_of(text: str) -> list[str]:
    (section,) = (s for s in build(load_text(text), draws=20).annex if s.key == "sides")
    return [b.text for b in section.blocks if isinstance(b, Paragraph) and "off its course" in b.text]


def test_it_says_where_false_alarms_lead_a_kept_plan() -> None:
    """After 23 chances of one in ten it has ended with probability 1 − 0.9²³; points are 0.5 Σ 0.45ᵗ of 100."""
    (text,) = sides_of(WEARING_OUT)
    assert "it spends 100% of the long run, of which the figures above speak, in 'The end'" in text
    assert f"after 24 months it is there with a probability of {1 - 0.9**23:.0%}" in text
    assert f"it is worth {100 * 0.5 / 0.55:.0f} to A and {100 - 100 * 0.5 / 0.55:.0f} to B, in points" in text
    assert not sides_of(WEARING_OUT.replace("fine: 0.9, bad: 0.1", "fine: 1"))


RELIEF = """\
name: relief
actors:
  giver:
    patience: 0.9
    interests: {deed: {weight: 3, values: {done: 100, not_done: 0}}, relief: {weight: 1, values: {no: 100, yes: 0}}}
  taker:
    patience: 0.9
    interests: {deed: {weight: 1, values: {done: 0, not_done: 100}}, relief: {weight: 2, values: {no: 0, yes: 100}}}
issues:
  deed: {options: [done, not_done], set_by: taker, owner: giver}
  relief: {options: [no, yes], set_by: giver, owner: giver}
status_quo: {deed: not_done, relief: no}
plans:
  swap:
    aims: [{for: giver}]
    phases:
      trial:
        package: {deed: done, relief: yes}
        lasts: 3 months
        then: settled
        on: [{when: {any: [{deed: not_done}, {relief: no}]}, go: off}]
      settled: {package: {deed: done, relief: yes}}
      off: {package: {deed: not_done, relief: no}}
    repairs:
      - {name: A longer trial, cost: 1, change: {phases.trial.lasts: 12 months}}
      - name: The same rule for good
        cost: 3
        change: {phases.settled.on: [{when: {any: [{deed: not_done}, {relief: no}]}, go: off}]}
"""


def test_it_shows_the_changes_that_make_a_plan_hold() -> None:
    page = build(load_text(RELIEF), draws=20)
    (section,) = (s for s in page.annex if s.key == "mending")
    paragraph, edits, *_ = section.blocks
    assert isinstance(paragraph, Paragraph)
    assert isinstance(edits, Grid)
    assert "With these changes it holds" in paragraph.text
    assert "at a cost of 3: The same rule for good" in paragraph.text
    assert [row[:4] for row in edits.table.rows] == [("The same rule for good", "3", "phases.settled.on", "nothing")]


def test_analysts_and_classes_get_the_same_facts_and_another_annex() -> None:
    case = load_text(RELIEF)
    minister, analyst, pupils = (build(case, draws=20, audience=a) for a in ("minister", "analyst", "class"))
    assert minister.answer == analyst.answer == pupils.answer
    assert minister.facts == analyst.facts == pupils.facts
    assert "interests-giver" in {b.table.name for s in analyst.annex for b in s.blocks if isinstance(b, Grid)}
    assert [s.key for s in pupils.annex][:2] == ["questions", "words"]
    for page in (analyst, pupils):
        parsed(render(page))


def test_it_says_what_has_changed_since_an_earlier_brief() -> None:
    before = build(load_text(RELIEF), draws=20).facts
    same = build(load_text(RELIEF), draws=20, earlier=before)
    assert "No figure of the front page differs" in words_of(render(same))
    later = RELIEF.replace("relief: {weight: 2,", "relief: {weight: 6,")
    page = build(load_text(later), draws=20, earlier=before)
    (section,) = (s for s in page.second if s.key == "since")
    (listing,) = (b for b in section.blocks if isinstance(b, Listing))
    # It gives the deed for the relief: 1/3 lost and 2/3 won before, 1/7 and 6/7 after.
    assert "Taker, gain over today: 33 → 71." in listing.items
