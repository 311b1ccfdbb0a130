"""Small cases in which a rule fires, or does not, with figures that can be checked by hand.

Two actors, two issues. To `a` keeping the land is worth 20 points and the aid 80; to `b` the land is worth 80 and
keeping the aid 20. Today both have 20; the exchange of land for aid gives both 80. `c` stands outside and cares only
that the land is kept: 100 today, 0 afterwards. A comment `# here` marks the line of the finding expected.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

EXCHANGE = "{land: given, aid: paid}"


def case_text(
    *,
    plan: str = "",
    phases: str = "",
    package: str = EXCHANGE,
    seats: str = "{a: party, b: party}",
    bottom_line: str = "bottom_line: {by: a, utility: 0}",
    land: str = "set_by: a, owner: a",
    aid: str = "set_by: b, owner: b",
    issues: str = "",
    a: str = "",
    b: str = "",
    c: str = "",
    a_land: str = "{weight: 20, values: {kept: 100, given: 0}}",
    a_aid: str = "{weight: 80, values: {none: 0, paid: 100}}",
    c_wants: str = "{land: {values: {kept: 100, given: 0}}}",
    status_quo: str = "land: kept, aid: none",
    rest: str = "",
) -> str:
    """Return the text of the case with parts of it replaced."""
    steps = phases or f"settled: {{package: {package}}}"
    text = f"""\
name: example
actors:
  a:
    interests: {{land: {a_land}, aid: {a_aid}}}
    {a}
  b:
    interests: {{land: {{weight: 80, values: {{kept: 0, given: 100}}}}, aid: {{weight: 20, values: {{none: 100, paid: 0}}}}}}
    {b}
  c:
    interests: {c_wants}
    {c}
issues:
  land: {{options: [kept, given], {land}}}
  aid: {{options: [none, paid], {aid}}}
{indent(issues, 2)}
status_quo: {{{status_quo}}}
{rest}
plans:
  p:
    between: [a, b]
    seats: {seats}
    {bottom_line}
{indent(plan, 4)}
    phases:
{indent(steps, 6)}
"""
    return re.sub(r"\n[ \t]*(?=\n)", "", text)


def indent(text: str, by: int) -> str:
    return "\n".join(" " * by + line for line in text.strip("\n").split("\n") if line.strip())


@dataclass(frozen=True)
class Example:
    """A case, the finding expected in it, and where: at the line marked, at the first place of `at` in it."""

    code: str
    text: str
    figure: float
    severity: str
    at: str


def land_and_aid_at_once(extra: str = "") -> str:
    return f"""
settled:
  package:
    land: given{extra}
    aid: paid
"""


LAND_FIRST = """
first:
  package: {land: given}
  lasts: 6 months
  then: second
second: {package: {land: given, aid: paid}}
"""

FIRES = (
    # To c the plan is worth 0 and today 100.
    Example(
        "A601",
        case_text(plan="aims:\n  - for: c # here"),
        100,
        "error",
        "for",
    ),
    # The land is given, the aid never comes.
    Example(
        "A601",
        case_text(package="{land: given}", plan="aims:\n  - {for: a, must: {aid: paid}} # here"),
        100,
        "error",
        "{for",
    ),
    Example(
        "A602",
        case_text(
            phases=land_and_aid_at_once(" # here"),
            rest="obligations_in_force:\n  t: {title: T, parties: a, protects: c, conflicts_with: {land: given}}",
        ),
        1,
        "error",
        "land",
    ),
    # Those whom it protects sign and can release the others from it.
    Example(
        "A602",
        case_text(
            phases=land_and_aid_at_once(" # here"),
            rest="obligations_in_force:\n  t: {title: T, parties: a, protects: b, conflicts_with: {land: given}}",
        ),
        1,
        "note",
        "land",
    ),
    # A conflict that only the two changes together bring about: the later one does.
    Example(
        "A602",
        case_text(
            phases=LAND_FIRST.replace("aid: paid}}", "aid: paid}} # here"),
            rest="obligations_in_force:\n  t: {title: T, parties: [a, c], conflicts_with: {land: given, aid: paid}}",
        ),
        1,
        "error",
        "aid: paid",
    ),
    # a's ideal is 100 and b's best package worth 0 to it; at 80 it has gone 20 of 100.
    Example("A603", case_text(bottom_line="").replace("  p:", "  p: # here"), 20, "warning", "p:"),
    # At 0 it has gone all the way.
    Example(
        "A603", case_text(bottom_line="", package="{land: given}").replace("  p:", "  p: # here"), 100, "error", "p:"
    ),
    Example("A603", case_text(bottom_line="bottom_line: {by: a, utility: 90} # here"), 10, "error", "bottom_line"),
    Example(
        "A603", case_text(bottom_line="bottom_line: {by: a, must: {land: kept}} # here"), 100, "error", "bottom_line"
    ),
    Example(
        "T101",
        case_text(land="set_by: a, owner: c", phases=land_and_aid_at_once(" # here")),
        1,
        "error",
        "land",
    ),
    # The owner gains, and its own step is asked of it by no aim.
    Example(
        "T101",
        case_text(
            land="set_by: a, owner: c",
            c_wants="{land: {values: {kept: 0, given: 100}}}",
            phases=land_and_aid_at_once(" # here"),
        ),
        1,
        "warning",
        "land",
    ),
    Example(
        "T102",
        case_text(
            seats="\n      a: party\n      b: party\n      c: {represented_by: b, mandate: imposed} # here",
        ),
        100,
        "error",
        "c:",
    ),
    Example(
        "T102",
        case_text(
            seats="\n      a: party\n      b: party\n      c: {represented_by: b, mandate: contested} # here",
        ),
        100,
        "warning",
        "c:",
    ),
    # No interests: nothing can be compared, and an imposed mandate needs no comparison.
    Example(
        "T102",
        case_text(
            c_wants="{}",
            seats="\n      a: party\n      b: party\n      c: {represented_by: b, mandate: imposed} # here",
        ),
        0,
        "error",
        "c:",
    ),
    Example(
        "T103", case_text(land="set_by: [a, c], owner: a", phases=land_and_aid_at_once(" # here")), 1, "error", "land"
    ),
    Example(
        "T103",
        case_text(
            land="set_by: [a, c], owner: a",
            seats="{a: party, b: party, c: observer}",
            phases=land_and_aid_at_once(" # here"),
        ),
        1,
        "warning",
        "land",
    ),
    # c would gain 100 points by wrecking the plan, weighted by a capability of 40; it sets nothing, hence no error.
    Example("T104", case_text(c="capability: 40", seats="{a: party, b: party} # here"), 40, "warning", "seats"),
    # It sets an issue of its own.
    Example(
        "T104",
        case_text(
            c="capability: 40",
            issues="gate: {options: [open, shut], set_by: c, owner: c}",
            status_quo="land: kept, aid: none, gate: open",
            seats="\n      a: party\n      b: party\n      c: absent # here",
        ),
        40,
        "error",
        "c:",
    ),
    # The exchange moves each side 60 points.
    Example("T105", case_text(plan="roles: {guarantor: a} # here"), 60, "error", "guarantor"),
    Example("T105", case_text(plan="roles: {guarantor: [a, c]} # here"), 60, "warning", "guarantor"),
    Example("T105", case_text(plan="roles: {chair: b} # here"), 60, "error", "chair"),
    Example(
        "T105",
        case_text(
            plan="roles: {verifier: c} # here\nobligations: [{by: c, act: watch, verified_by: c}]",
            seats="{a: party, b: party, c: party}",
        ),
        100,
        "error",
        "verifier",
    ),
    # With the land worth 80 to a: from 20 percent to 100 for a, from 80 percent to 0 for b.
    Example(
        "E201",
        case_text(
            a_land="{weight: 80, values: {kept: 100, given: 0}}",
            a_aid="{weight: 20, values: {none: 0, paid: 100}}",
            package="{land: given}",
        ).replace("between: [a, b]", "between: [a, b] # here"),
        160,
        "warning",
        "between",
    ),
    Example(
        "E202",
        case_text(land="set_by: a, owner: a, reversible: no", phases=land_and_aid_at_once(" # here")),
        20,
        "error",
        "land",
    ),
    # A guarantor who has no part in the answer to a breach changes nothing.
    Example(
        "E202",
        case_text(
            land="set_by: a, owner: a, reversible: no",
            phases=land_and_aid_at_once(" # here"),
            plan="roles: {guarantor: c}",
        ),
        20,
        "error",
        "land",
    ),
    # Six months of land against nothing.
    Example("E203", case_text(phases=LAND_FIRST).replace("phases:", "phases: # here"), 20, "warning", "phases"),
    Example(
        "E203",
        case_text(phases=LAND_FIRST, land="set_by: a, owner: a, reversible: no").replace("phases:", "phases: # here"),
        20,
        "error",
        "phases",
    ),
    Example(
        "E204", case_text(land="set_by: a, owner: c", phases=land_and_aid_at_once(" # here")), 100, "error", "land"
    ),
    Example(
        "E204",
        case_text(
            land="set_by: a, owner: c",
            c_wants="{land: {values: {kept: 0, given: 100}}}",
            phases=land_and_aid_at_once(" # here"),
        ),
        0,
        "note",
        "land",
    ),
    # A plan of talk: both stay at 20, where the exchange would give 80 each. c would lose by it and stands outside.
    Example(
        "E205",
        case_text(
            issues="talk: {options: [none, held], set_by: a, owner: a}",
            status_quo="land: kept, aid: none, talk: none",
            package="{talk: held}",
        ).replace("phases:", "phases: # here"),
        120,
        "note",
        "phases",
    ),
    Example(
        "E205",
        case_text(
            issues="talk: {options: [none, held], set_by: a, owner: a}",
            status_quo="land: kept, aid: none, talk: none",
            c_wants="{aid: {values: {none: 50, paid: 50}}}",
            package="{talk: held}",
        ).replace("phases:", "phases: # here"),
        120,
        "warning",
        "phases",
    ),
    Example("T106", case_text(a="walk_away: 90", seats="\n      a: party # here\n      b: party"), 10, "error", "a:"),
    # Whoever keeps what it gives has 100 in place of 80, with no one to answer; today nobody has a thing to break.
    Example("E210", case_text().replace("  p:", "  p: # here"), 20, "warning", "p:"),
    # a would rather be rid of the land, and b, which would like to have it, would not undo that.
    Example(
        "I507",
        case_text(a_land="{weight: 20, values: {kept: 0, given: 100}}").replace("  a:", "  a: # here"),
        20,
        "note",
        "a:",
    ),
    # Aid first and land after a year: 100 points and then 80, of which the first weigh most to an impatient a.
    Example(
        "E206",
        case_text(
            a="walk_away: 90\n    patience: 0.9",
            seats="\n      a: party # here\n      b: party",
            phases="first: {package: {aid: paid}, lasts: 12 months, then: second}\nsecond: {package: {land: given, aid: paid}}",
        ),
        10,
        "error",
        "a:",
    ),
    Example(
        "E207",
        case_text(a="red_lines: [{when: {land: given}}]", phases=land_and_aid_at_once(" # here")),
        100,
        "error",
        "land",
    ),
    # An actor outside.
    Example(
        "E207",
        case_text(c="red_lines: [{when: {land: given}}]", phases=land_and_aid_at_once(" # here")),
        100,
        "warning",
        "land",
    ),
    # In force for the first six months only.
    Example(
        "E207",
        case_text(
            a="red_lines: [{when: {land: given, aid: none}}]",
            phases=LAND_FIRST.replace("package: {land: given}\n", "package: {land: given} # here\n"),
        ),
        0,
        "warning",
        "land",
    ),
    Example("E208", case_text(phases="settled:\n  package:\n    land: given # here"), 20, "error", "land"),
    # b has 80 under the plan; the shift of 75 brings its walk-away to 95.
    Example(
        "E209",
        case_text(
            phases="""
talks:
  lasts: 2 months
  then: settled
  shifts: {walk_away: {b: 95}} # here
settled: {package: {land: given, aid: paid}}
"""
        ),
        15,
        "error",
        "shifts",
    ),
    # One of two steps rests on b.
    Example("I501", case_text(a="types: {x: {prior: 1}}").replace("  b:", "  b: # here"), 1, "warning", "b:"),
    # Two numbers, both without a reason.
    Example(
        "I502",
        case_text(c="note: why", c_wants="{land: {values: {kept: 100, given: 0}}} # here"),
        100,
        "note",
        "kept",
    ),
    Example(
        "I503",
        case_text(plan="authors:\n  - name: N\n    disclosures:\n      - {actor: b, interest: Pay} # here"),
        60,
        "note",
        "{actor",
    ),
    Example(
        "I504",
        case_text(
            plan="claims: [k] # here",
            rest="""claims:
  k:
    claim: It rains when it thunders.
    when: {thunder: heard}
    then: {rain: seen}
    instances:
      - {what: One, date: 2001, facts: {thunder: heard, rain: none}}
      - {what: Two, date: 2002, facts: {thunder: heard, rain: seen}}
      - {what: Three, date: 2003, facts: {thunder: none, rain: none}}
""",
        ),
        1,
        "error",
        "k",
    ),
    # At 80 against 80 ± 10: half of the draws.
    Example(
        "I505", case_text(a="walk_away: 80 ± 10", seats="\n      a: party # here\n      b: party"), 50, "warning", "a:"
    ),
    Example(
        "I506",
        case_text(
            c_wants="\n      land:\n        values:\n          kept: {experts: {x: 90, y: 40}} # here\n          given: 0",
            rest="experts: {x: {name: X}, y: {name: Y}}",
        ),
        50,
        "note",
        "kept",
    ),
)

GATE = {
    "issues": "gate: {options: [open, shut], set_by: c, owner: c}",
    "status_quo": "land: kept, aid: none, gate: open",
}

TESTED = """
trial:
  package: {land: given}
  on: [{when: {aid: none}, go: ended}]
ended: {package: {land: kept}}
"""

ANSWERED = """
settled: {package: {land: given, aid: paid}, on: [{when: {any: [{aid: none}, {land: kept}]}, go: off}]}
off: {package: {land: kept, aid: none}, lasts: 12 months, then: settled}
"""

ONE_SIDE_ANSWERED = """
settled: {package: {land: given, aid: paid}, on: [{when: {land: kept}, go: off}]}
off: {package: {land: kept, aid: none}, lasts: 12 months, then: settled}
"""

SILENT = (
    ("A601", "served", case_text(plan="aims: [{for: a, must: {aid: paid}}]")),
    (
        "A602",
        "today is in conflict already",
        case_text(rest="obligations_in_force:\n  t: {title: T, parties: a, conflicts_with: {land: [kept, given]}}"),
    ),
    (
        "A602",
        "nothing is in conflict",
        case_text(
            package="{aid: paid}",
            rest="obligations_in_force:\n  t: {title: T, parties: a, conflicts_with: {land: given}}",
        ),
    ),
    ("A603", "stated and met", case_text()),
    (
        "A603",
        "one side alone offers no agreement",
        case_text(seats="{a: party}", bottom_line="bottom_line: {must: {land: kept}}"),
    ),
    ("T101", "the owner is a party", case_text(land="set_by: a, owner: c", seats="{a: party, b: party, c: party}")),
    (
        "T101",
        "the owner gave the mandate",
        case_text(land="set_by: a, owner: c", seats="{a: party, b: party, c: {represented_by: a}}"),
    ),
    (
        "T101",
        "the owner, in the room, undertakes it itself",
        case_text(
            land="set_by: c, owner: c",
            seats="{a: party, b: party, c: observer}",
            plan="obligations: [{by: c, act: gives, does: {land: given}}]",
        ),
    ),
    ("T101", "the owner is a member of a party", case_text(land="set_by: a, owner: m", a="members: {m: {}}")),
    (
        "T101",
        "the owner has a seat in the phase that concerns it",
        case_text(
            land="set_by: a, owner: c",
            phases="talks: {lasts: 1 month, then: settled}\nsettled: {seats: {c: party}, package: {land: given, aid: paid}}",
        ),
    ),
    (
        "T102",
        "of one mind",
        case_text(
            c_wants="{land: {values: {kept: 100, given: 0}}}",
            seats="{a: party, b: party, c: {represented_by: a, mandate: contested}}",
        ),
    ),
    (
        "T103",
        "the implementer is a party",
        case_text(land="set_by: [a, c], owner: a", seats="{a: party, b: party, c: party}"),
    ),
    (
        "T103",
        "the implementer, in the room, undertakes it itself",
        case_text(
            land="set_by: [a, c], owner: a",
            seats="{a: party, b: party, c: observer}",
            plan="obligations: [{by: c, act: gives, does: {land: given}}]",
        ),
    ),
    ("T104", "powerless", case_text(c="capability: 0")),
    ("T104", "gains by the plan", case_text(c="capability: 90", c_wants="{land: {values: {kept: 0, given: 100}}}")),
    (
        "T104",
        "could have done so today",
        case_text(c="capability: 90", c_wants="{gate: {values: {open: 0, shut: 100}}}", **GATE),
    ),
    (
        "T104",
        "holds an office in the room",
        case_text(c="capability: 90", seats="{a: party, b: party, c: observer}", plan="roles: {verifier: c}"),
    ),
    ("T105", "apart from both", case_text(plan="roles: {guarantor: c, chair: c, verifier: c, mediator: c}")),
    (
        "T105",
        "its own promise is one of many that it answers for",
        case_text(
            seats="{a: party, b: party, c: observer}",
            plan="""roles: {guarantor: c}
obligations:
  - {by: a, act: gives, does: {land: given}, guaranteed_by: c}
  - {by: b, act: pays, does: {aid: paid}, guaranteed_by: c}
  - {by: c, act: watches, guaranteed_by: c}
""",
        ),
    ),
    ("E201", "both gain", case_text()),
    (
        "E202",
        "what is returned cannot be taken back either",
        case_text(land="set_by: a, owner: a, reversible: no", aid="set_by: b, owner: b, reversible: no"),
    ),
    (
        "E202",
        "a guarantor apart answers a breach",
        case_text(
            land="set_by: a, owner: a, reversible: no",
            plan="roles: {guarantor: c}",
            phases="""
settled:
  package: {land: given, aid: paid}
  on: [{when: {aid: none}, go: broken}]
broken: {package: {gate: shut}}
""",
            **GATE,
        ),
    ),
    (
        "E202",
        "its owner receives it",
        case_text(land="set_by: b, owner: a, reversible: no", a_land="{weight: 20, values: {kept: 0, given: 100}}"),
    ),
    ("E203", "at once", case_text()),
    ("E203", "relief", case_text(phases=LAND_FIRST, land="set_by: a, owner: a, humanitarian: yes")),
    ("E204", "one's own", case_text()),
    ("E204", "the owner signs", case_text(land="set_by: a, owner: c", seats="{a: party, b: party, c: party}")),
    (
        "E204",
        "a declared aim for the owner, at no cost",
        case_text(
            land="set_by: a, owner: c",
            c_wants="{land: {values: {kept: 0, given: 100}}}",
            plan="aims: [{for: c, must: {land: given}}]",
        ),
    ),
    ("E205", "the best for both", case_text()),
    (
        "E205",
        "the better package is out of reach",
        case_text(
            land="set_by: a, owner: a, transitions: {}",
            issues="talk: {options: [none, held], set_by: a, owner: a}",
            status_quo="land: kept, aid: none, talk: none",
            package="{talk: held}",
        ),
    ),
    ("T106", "above", case_text(a="walk_away: 70")),
    (
        "T106",
        "below in the end but not from the start, which is E206",
        case_text(
            a="walk_away: 90\n    patience: 0.9",
            phases="first: {package: {aid: paid}, lasts: 12 months, then: second}\nsecond: {package: {land: given, aid: paid}}",
        ),
    ),
    ("E210", "nobody is tempted", case_text(phases=ANSWERED)),
    (
        "E210",
        "tempted less than without a plan",
        case_text(status_quo="land: given, aid: none", phases=ONE_SIDE_ANSWERED),
    ),
    ("I507", "nobody gains by a move", case_text()),
    # b would gain by answering the gift of land with an end to the aid, which it pays today so long as a has the land.
    (
        "I507",
        "the move would be answered",
        case_text(
            a_land="{weight: 20, values: {kept: 0, given: 100}}",
            b="linkages: [{when: {land: kept, aid: paid}, points: 30}]",
            status_quo="land: kept, aid: paid",
        ),
    ),
    ("E206", "above", case_text(a="walk_away: 70")),
    ("E206", "below from the start, which is T106", case_text(a="walk_away: 90")),
    ("E207", "not crossed", case_text(a="red_lines: [{when: {land: given, aid: none}}]")),
    ("E207", "crossed today", case_text(a="red_lines: [{when: {land: [kept, given]}}]")),
    ("E208", "returned", case_text()),
    ("E208", "relief", case_text(package="{land: given}", land="set_by: a, owner: a, humanitarian: yes")),
    ("E208", "taken back unless returned", case_text(phases=TESTED)),
    (
        "E208",
        "returned by a transfer",
        case_text(package="{land: given}", plan="transfers: [{from: b, to: a, amount: 10}]"),
    ),
    (
        "E208",
        "returned by a linkage",
        case_text(
            a_land="{weight: 20, values: {kept: 100, given: 0}}",
            a_aid="{weight: 80, values: {none: 0, paid: 0}}",
            a="linkages: [{when: {land: given, aid: paid}, points: 30}]",
        ),
    ),
    (
        "E208",
        "returned by a step taken together",
        case_text(aid="set_by: [a, b], owner: b"),
    ),
    (
        "E209",
        "still worth less than going on",
        case_text(
            phases="talks: {lasts: 2 months, then: settled, shifts: {walk_away: {b: 70}}}\n"
            "settled: {package: {land: given, aid: paid}}"
        ),
    ),
    ("I501", "of several types", case_text(a="types: {x: {prior: 1}}", b="types: {x: {prior: 1}}")),
    (
        "I502",
        "each with its reason",
        re.sub(r"values: (\{[^}]*\})\}", r"values: \1, note: why}", case_text(bottom_line="")),
    ),
    ("I503", "nothing disclosed", case_text(plan="authors: [{name: N}]")),
    (
        "I504",
        "borne out",
        case_text(
            plan="claims: [k]",
            rest="""claims:
  k:
    claim: It rains when it thunders.
    when: {thunder: heard}
    then: {rain: seen}
    instances: [{what: Two, date: 2002, facts: {thunder: heard, rain: seen}}]
""",
        ),
    ),
    ("I505", "well inside", case_text(a="walk_away: 60 ± 1")),
    (
        "I506",
        "of one mind",
        case_text(
            c_wants="{land: {values: {kept: {experts: {x: 90, y: 80}}, given: 0}}}",
            rest="experts: {x: {name: X}, y: {name: Y}}",
        ),
    ),
)
