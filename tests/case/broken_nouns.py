"""Broken files in what no text says: costs of breaking, reactions, events, conditional observation, obligations."""

from tests.case.broken import GATE, edit

TYPES = "    types:\n      calm: {prior: 1}\n      hawk: {prior: 0}\n"
NORTHS = "open: 100, shut: 0}}\n  south:"


def actor(added: str) -> tuple[str, str]:
    """Add keys to the actor north, with a gate that it sets alone."""
    return (NORTHS, f"open: 100, shut: 0}}}}\n{added}  south:")


def case(added: str) -> tuple[str, str]:
    """Add a key to the case."""
    return ("status_quo: {border: shut}\n", f"status_quo: {{border: shut, gate: a}}\n{added}")


def obligation(added: str) -> tuple[str, str]:
    """Add an obligation to the plan."""
    return ("    phases:", f"    obligations:\n      - {added}\n    phases:")


KEPT = case("")

# Costs of breaking.
edit(
    "cost without points",
    "S201",
    "cost of breaking 1 has no 'points'",
    GATE,
    KEPT,
    actor("    breach_costs: [§{per: once}]\n"),
)
edit(
    "cost that is negative",
    "S211",
    "-5 is out of range",
    GATE,
    KEPT,
    actor("    breach_costs: [{points: §-5}]\n"),
)
edit(
    "cost at no known rhythm",
    "S203",
    "did you mean 'once'?",
    GATE,
    KEPT,
    actor("    breach_costs: [{points: 5, per: §onze}]\n"),
)
edit(
    "cost with an unknown key",
    "S202",
    "unknown key 'pionts'; did you mean 'points'?",
    GATE,
    KEPT,
    actor("    breach_costs: [{points: 3, §pionts: 5}]\n"),
)
edit(
    "cost of nothing known",
    "N308",
    "'gte' is neither an issue nor a kind of promise of this case; did you mean 'gate'?",
    GATE,
    KEPT,
    actor("    breach_costs: [{points: 5, of: §gte}]\n"),
)
edit(
    "cost of a misspelled kind",
    "N308",
    "did you mean 'withdrawal'?",
    GATE,
    KEPT,
    actor("    breach_costs: [{points: 5, of: [gate, §withdrawl]}]\n"),
    obligation("{by: north, act: leave, kind: withdrawal}"),
)
edit(
    "cost of what is issue and kind",
    "V443",
    "'gate' is both an issue and a kind of promise",
    GATE,
    KEPT,
    actor("    breach_costs: [{points: 5, of: [§gate]}]\n"),
    obligation("{by: north, act: open, kind: gate}"),
)
edit(
    "cost on what another sets",
    "V445",
    "'south' does not set issue 'gate'; it is set by north",
    GATE,
    KEPT,
    ("open: 0, shut: 100}}\n", "open: 0, shut: 100}}\n    breach_costs: [{points: 5, of: [§gate]}]\n"),
)
edit(
    "four costs once",
    "V444",
    "more than 3 costs of breaking are charged once",
    GATE,
    KEPT,
    actor(f"    breach_costs: §[{', '.join(['{points: 5, per: once}'] * 4)}]\n"),
)
edit(
    "four costs once of a type",
    "V444",
    "join those",
    actor(
        "    types:\n      calm:\n        prior: 1\n        breach_costs:\n          §"
        + "          ".join(["- {points: 5, per: once}\n"] * 4)
    ),
)
edit("unknown spoiler", "S203", "did you mean 'greedy'?", actor("    spoiler: §greddy\n"))

# Reactions.
REACTS = "reactions: [{by: north, to: {border: shut}, does: {gate: b}}]\n"
edit(
    "reaction by nobody",
    "N301",
    "'nort' is not an actor",
    GATE,
    case(REACTS.replace("north", "§nort")),
)
edit(
    "reaction to an unknown signal",
    "N302",
    "'sht' is not a signal of issue 'border'; did you mean 'shut'?",
    GATE,
    case(REACTS.replace("border: shut", "border: §sht")),
)
edit(
    "reaction with an unknown option",
    "N302",
    "'c' is not an option of issue 'gate'",
    GATE,
    case(REACTS.replace("gate: b", "gate: §c")),
)
edit(
    "reaction that it cannot carry out",
    "V446",
    "'south' cannot react with 'gate: b'; the issue is set by north",
    GATE,
    case(REACTS.replace("north", "south").replace("gate: b", "gate: §b")),
)
edit(
    "reaction on a joint issue",
    "V446",
    "'north' cannot react with 'border: open' by itself",
    GATE,
    case(REACTS.replace("gate: b", "border: §open")),
)
edit(
    "five reactions",
    "S208",
    "it takes at most 4",
    GATE,
    case(f"reactions: §[{', '.join(['{by: north, to: {border: shut}, does: {gate: b}}'] * 5)}]\n"),
)
edit(
    "reaction that does nothing",
    "S208",
    "'does' has too few entries",
    GATE,
    case(REACTS.replace("{gate: b}", "§{}")),
)
edit(
    "reaction for an unknown length",
    "S231",
    "'ever' does not say how long it lasts",
    GATE,
    case("reactions: [{by: north, to: {border: shut}, does: {gate: b}, lasts: §ever}]\n"),
)
edit(
    "reaction with a mean that is none",
    "S231",
    "'soon' does not say how long it lasts",
    GATE,
    case("reactions: [{by: north, to: {border: shut}, does: {gate: b}, lasts: {mean: §soon}}]\n"),
)
edit(
    "reaction for no time",
    "V447",
    "it lasts for no time",
    GATE,
    case("reactions: [{by: north, to: {border: shut}, does: {gate: b}, lasts: §0 months}]\n"),
)
edit(
    "reaction with an unknown key",
    "S202",
    "unknown key 'announce'; did you mean 'announced'?",
    GATE,
    case("reactions: [{by: north, to: {border: shut}, does: {gate: b}, §announce: no}]\n"),
)

# Events.
EVENT = "events: {coup: {chance: 5% per year, lasts: for_good, changes: {type: {north: hawk}}}}\n"


def event(old: str, new: str) -> tuple[str, str]:
    """Add an event that is changed in one place."""
    assert EVENT.count(old) == 1
    return ("status_quo: {border: shut}\n", "status_quo: {border: shut}\n" + EVENT.replace(old, new))


edit("event without a chance", "S280", "both or neither is given", actor(TYPES), event("{chance: 5% per year, ", "§{"))
edit(
    "event with a chance and a date",
    "S280",
    "both or neither is given",
    actor(TYPES),
    event("{chance: 5% per year,", "§{chance: 5% per year, at: 3 months,"),
)
edit(
    "event with a chance and a probability",
    "S280",
    "its chance is already one",
    actor(TYPES),
    event("{chance: 5% per year,", "§{chance: 5% per year, probability: 1,"),
)
edit("event with too great a chance", "S211", "out of range", actor(TYPES), event("5% per year", "§1.5"))
edit(
    "event that does not end",
    "S201",
    "'lasts' is missing",
    actor(TYPES),
    event("coup: {chance: 5% per year, lasts: for_good,", "§coup: {chance: 1%,"),
)
edit("event while seen", "S231", "'while_seen' does not say", actor(TYPES), event("for_good", "§while_seen"))
edit(
    "event that changes nothing",
    "S281",
    "the event changes nothing",
    actor(TYPES),
    event("{type: {north: hawk}}", "§{}"),
)
edit(
    "event with an unknown type",
    "N309",
    "'hwk' is not a type of 'north'; did you mean 'hawk'?",
    actor(TYPES),
    event("north: hawk", "north: §hwk"),
)
edit("event that changes nobody", "N301", "'nort' is not an actor", actor(TYPES), event("north: hawk", "nort: §hawk"))
edit(
    "event hidden from nobody",
    "N301",
    "'sout' is not an actor of this case",
    actor(TYPES),
    event("lasts:", "hidden_from: [§sout], lasts:"),
)
edit("event named as an issue", "N307", "an issue has that name", actor(TYPES), event("coup", "§border"))
edit(
    "event with a date in a case without",
    "V448",
    "the event has a date but the case has none",
    actor(TYPES),
    event("chance: 5% per year", "at: §2016-11"),
)
edit(
    "event before the case",
    "V448",
    "the event is dated 2015-11, and the case 2016-01-20",
    actor(TYPES),
    event("chance: 5% per year", "at: §2015-11"),
    ("name: quarrel\n", "name: quarrel\ndate: 2016-01-20\n"),
)
edit(
    "event in a year or after so many periods",
    "S261",
    "'2016' can be a year or a number of periods",
    actor(TYPES),
    event("chance: 5% per year", "at: §2016"),
)
edit(
    "event that changes unknown signals",
    "V401 N301",
    "sum to 0.5",
    actor(TYPES),
    event("{type: {north: hawk}}", "{observed: {border: {open: §{open: 0.5}}}, patience: {est: §0.9}}"),
)
edit(
    "rule that asks an event for something else",
    "N302",
    "'maybe' cannot be asked of event 'coup'",
    actor(TYPES),
    event("5%", "5%"),
    ("      settled: {}", "      settled: {on: [{when: {coup: §maybe}, go: trial}]}"),
)
edit(
    "rule that asks for a hidden event",
    "V450",
    "event 'coup' is hidden from south",
    actor(TYPES),
    event("lasts:", "hidden_from: south, lasts:"),
    ("      settled: {}", "      settled: {on: [{when: {all: [{coup: §yes}, {border: shut}]}, go: trial}]}"),
)
edit(
    "rule with a misspelled event",
    "N301",
    "'cup' is not an issue of this case; did you mean 'coup'?",
    actor(TYPES),
    event("5%", "5%"),
    ("      settled: {}", "      settled: {on: [{when: {cup: §yes}, go: trial}]}"),
)
edit(
    "package with an event",
    "N301",
    "'coup' is not an issue",
    actor(TYPES),
    event("5%", "5%"),
    ("package: {border: open}", "package: {border: open, coup: §yes}"),
)

# What is seen under a condition, and what any one can do.


def rows(text: str) -> tuple[str, str]:
    """Let the border's openness be seen in rows."""
    return ("    owner: north\n", f"    owner: north\n    observed:\n      open:\n{text}")


edit(
    "rows of which the last has a condition",
    "V442",
    "the last row of 'open' stands under a condition",
    GATE,
    KEPT,
    rows("        - §{when: {gate: a}, open: 1}\n"),
)
edit(
    "row that hides others",
    "V442",
    "a row of 'open' without 'when' stands before others",
    GATE,
    KEPT,
    rows("        - §{open: 1}\n        - {open: 0.5, shut: 0.5}\n"),
)
edit(
    "row with an unknown option",
    "N302",
    "'c' is not an option of issue 'gate'",
    GATE,
    KEPT,
    rows("        - {when: {gate: §c}, open: 0.5, shut: 0.5}\n        - {open: 1}\n"),
)
edit(
    "row that does not sum to one",
    "V401",
    "sum to 0.8",
    GATE,
    KEPT,
    rows("        - §{when: {gate: a}, open: 0.5, shut: 0.3}\n        - {open: 1}\n"),
)
edit(
    "row with two wrong probabilities",
    "S211 S210",
    "out of range",
    GATE,
    KEPT,
    rows("        - {when: {gate: a}, open: §1.5, shut: §much}\n        - {open: 1}\n"),
)
edit(
    "single row under a condition",
    "S257",
    "a single row stands under a condition",
    GATE,
    KEPT,
    rows("        §when: {gate: a}\n        open: 1\n"),
)
edit("no row", "S257", "there is no row", rows("        §[]\n"))
edit(
    "row with an unknown signal",
    "N305",
    "'opne' is not a signal of issue 'border'; did you mean 'open'?",
    GATE,
    KEPT,
    rows("        - {when: {gate: a}, opne: §1}\n        - {open: 1}\n    signals: {open: , shut: {breach: yes}}\n"),
)
edit(
    "what any one can, of one",
    "V440",
    "issue 'gate' has 'any_can' but is set by one actor",
    ("issues:\n", "issues:\n  gate: {options: [a, b], set_by: north, owner: north, any_can: §[b]}\n"),
    KEPT,
)
edit(
    "what any one can, unknown",
    "N302",
    "'ajar' is not an option of issue 'border'",
    ("    owner: north\n", "    owner: north\n    any_can: [§ajar]\n"),
)
edit(
    "what any one can, twice",
    "V441",
    "option 'shut' stands twice in 'any_can'",
    ("    owner: north\n", "    owner: north\n    any_can: §[shut, shut]\n"),
)

# Obligations, seats and the numbers of the case.
edit(
    "several debtors of whom one is unknown",
    "N301",
    "'sout' is not an actor",
    obligation("{by: [north, §sout], act: open}"),
)
edit("nobody owes", "S208", "'by' has too few entries", obligation("{by: §[], act: open}"))
edit(
    "answers for nobody",
    "N301",
    "'minsk' is not an actor",
    obligation("{by: north, answers_for: §minsk, act: open}"),
)
edit(
    "answers for itself",
    "V449",
    "'north' answers for itself",
    obligation("{by: north, answers_for: §north, act: open}"),
)
edit(
    "owes twice",
    "V449",
    "'north' stands twice in 'by'",
    obligation("{by: §[north, north], act: open}"),
)
edit(
    "due in a year or after so many periods",
    "S261",
    "write '1995-12-31'",
    obligation("{by: north, act: open, due: §1995}"),
)
edit("due on no day", "S260", "'1995-13' is not a date", obligation("{by: north, act: open, due: §1995-13}"))
edit("done on no day", "S260", "is not a date", obligation("{by: north, act: open, done: §soon, outcome: kept}"))
edit(
    "done and failed",
    "S273",
    "what was done did not fail",
    obligation("§{by: north, act: open, done: 1996, outcome: failed}"),
)
edit("able beyond doubt", "S211", "out of range", obligation("{by: north, act: open, can: §1.2}"))
edit(
    "unknown outcome",
    "S203",
    "did you mean 'released'?",
    obligation("{by: north, act: open, outcome: §realeased}"),
)
edit(
    "party that is consulted",
    "S274",
    "a party speaks and signs",
    ("    phases:", "    seats: {north: §{seat: party, inclusion: consultation}, south: party}\n    phases:"),
)
edit(
    "voice outside the room",
    "S274",
    "only an observer has a voice",
    ("    phases:", "    seats: {north: party, south: §{seat: absent, inclusion: voice}}\n    phases:"),
)
edit("material harm beyond all points", "S211", "out of range", case("material: §101\n"), GATE)
edit("trifling gain below zero", "S211", "out of range", case("trifling: §-1\n"), GATE)
edit(
    "several nouns at once",
    "V446 N309 N301",
    "cannot react",
    GATE,
    actor(TYPES),
    case(REACTS.replace("north", "south").replace("gate: b", "gate: §b") + EVENT.replace("hawk", "§hok")),
    obligation("{by: [north, §sout], act: open}"),
)
