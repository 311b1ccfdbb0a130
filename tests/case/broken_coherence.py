"""Broken case files whose parts can be read but do not hang together; see `broken` for how to read the table."""

from tests.case.broken import GATE, NO_STATUS_QUO, NORTH, WANTS, add, edit

# Names that lead nowhere.
edit(
    "unknown actor",
    "N301",
    "'nort' is not an actor of this case; did you mean 'north'?",
    ("owner: north", "owner: §nort"),
)
edit(
    "unknown actor in a list",
    "N301",
    "'sout' is not an actor of this case",
    ("set_by: [north, south]", "set_by: [north, §sout]"),
)
edit(
    "unknown issue",
    "N301",
    "'boarder' is not an issue of this case; did you mean 'border'?",
    ("status_quo: {border: shut}", "status_quo: {border: shut, boarder: §shut}"),
)
edit(
    "unknown phase",
    "N301",
    "'setled' is not a phase of this case",
    ("then: settled", "then: §setled"),
    ("      settled: {}\n", ""),
)
edit(
    "unknown source",
    "N301",
    "'x' is not a source of this case; none are declared",
    ("open: 100,", "open: {value: 100, source: §x},"),
)
edit("unknown expert", "N301", "'ann' is not a declared expert", ("open: 100,", "open: {experts: {ann: §100}},"))
edit("unknown claim", "N301", "'c' is not a claim", ("    phases:", "    claims: §c\n    phases:"))
edit(
    "unknown option",
    "N302",
    "'opn' is not an option of issue 'border'; did you mean 'open'?",
    ("package: {border: open}", "package: {border: §opn}"),
)
edit(
    "unknown signal",
    "N302",
    "'ajar' is not a signal of issue 'border'",
    ("      settled: {}", "      settled: {on: [{when: {border: §ajar}, go: trial}]}"),
)
edit(
    "unknown option valued",
    "V410 N302",
    "'opn' is not an option of issue 'border'",
    ("values: {open: 100, shut: 0}", "values: §{opn: §100, shut: 0}"),
)
edit(
    "unknown strategy of a type",
    "N306",
    "'tit_for_tatt' is not a published strategy; did you mean 'tit_for_tat'?",
    (NORTH, NORTH + "    types: {sly: {prior: 1, strategy: §tit_for_tatt}}\n"),
)
edit(
    "issue called any",
    "N303",
    "an issue cannot be called 'any'",
    ("  border:\n    options", "  §any: {options: [a, b], set_by: north, owner: north}\n  border:\n    options"),
    ("status_quo: {border: shut}", "status_quo: {border: shut, any: a}"),
)
edit(
    "member twice",
    "N304",
    "'south' is declared twice",
    ("  north:\n    interests", "  north:\n    members: {§south: {}}\n    interests"),
)
edit(
    "unknown signal observed",
    "N305",
    "'seen' is not a signal of issue 'border'",
    (
        "    owner: north",
        "    owner: north\n    signals: {clean: , breach: }\n    observed: {open: {clean: 0.5, breach: 0.5, seen: §0}}",
    ),
)

# Sums, forms and routes that do not hang together.
edit(
    "signals sum to 0.9",
    "V401",
    "the probabilities of signals for 'open' sum to 0.9",
    ("    owner: north", "    owner: north\n    observed: {open: §{open: 0.4, shut: 0.5}}"),
)
edit(
    "priors sum to 1.1",
    "V401",
    "the priors of the types sum to 1.1",
    ("  south:\n", "  south:\n    types: §{hawk: {prior: 0.6}, dove: {prior: 0.5}}\n"),
)
edit(
    "point without scale",
    "V402",
    "has a point but the issue has no scale",
    ("options: [open, shut]", "options: {open: {at: §1}, shut: Shut}"),
)
edit(
    "until without an outcome",
    "S272",
    "the obligation has 'until' but no outcome",
    ("    phases:\n", "    obligations: [§{by: north, act: Open it, until: 2021}]\n    phases:\n"),
)
edit(
    "option without a title",
    "S254",
    "an option has nothing after its name",
    ("options: [open, shut]", "options: {open: Open, for goods§, shut: Shut}"),
)
edit(
    "position without scale",
    "V402",
    "a position on issue 'border', which has no scale",
    (WANTS, "{position: §3}"),
)
edit(
    "shares of 90",
    "V403",
    "the shares of option 'open' sum to 90",
    ("options: [open, shut]", "options: {open: {shares: §{north: 50, south: 40}}, shut: Shut}"),
)
edit(
    "point off the scale",
    "V404",
    "option 'open' lies off the scale",
    ("options: [open, shut]", "scale: {from: 10, to: 0}\n    options: {open: {at: §11}, shut: Shut}"),
)
edit(
    "position off the scale",
    "V404",
    "the position on issue 'border' lies off the scale",
    ("options: [open, shut]", "scale: {from: 0, to: 10}\n    options: [open, shut]"),
    (WANTS, "{position: §-1}"),
)
edit(
    "signal never shown",
    "V405",
    "signal 'siren' is never shown",
    ("    owner: north", "    owner: north\n    signals: {§siren: {breach: yes}}"),
)
edit(
    "members of members",
    "V406",
    "member 'n1' has members of its own",
    ("  north:\n    interests", "  north:\n    members: {n1: §{members: {n2: {}}}}\n    interests"),
)
edit("option without value", "V410", "no value for shut on issue 'border'", ("{open: 100, shut: 0}", "§{open: 100}"))
edit(
    "rank of no option",
    "N302",
    "'ajar' is not an option",
    (WANTS, "[open, §ajar, shut]"),
)
edit(
    "state of no number",
    "V414",
    "'²' is not a state",
    (NORTH, "    ranking: [1, §²]\n"),
)
edit(
    "state of a long number",
    "V414",
    "is not a state",
    (
        NORTH,
        "    ranking: [1, §" + "1" * 5000 + "]\n",
    ),
)
edit("rank missing", "V411", "do not list each option once", (WANTS, "§[open]"))
edit(
    "rank twice",
    "V411",
    "do not list each option once",
    (WANTS, "{ranks: §[open, [shut, open]]}"),
)
edit(
    "swing beside weight",
    "V412",
    "swing weights stand beside other weights",
    (
        "      border: {weight: 2, values: {open: 100, shut: 0}}\n",
        "      §border: {weight: 2, values: {open: 100, shut: 0}}\n      gate: {swing: 100, ranks: [a, b]}\n",
    ),
    GATE,
    ("status_quo: {", "status_quo: {gate: a, "),
)
edit(
    "interests and ranking",
    "V413",
    "both interests and an order of states",
    ("    interests:\n      border: {weight: 2,", "    ranking: [1, 2]\n    interests:\n      §border: {weight: 2,"),
)
edit(
    "no state",
    "V414",
    "'first' is not a state",
    (NORTH, "    ranking: [§first, 2]\n"),
)
edit(
    "walk-away without status quo",
    "V415",
    "the walk-away is the status quo, which is not stated",
    NO_STATUS_QUO,
    ("  south:\n", "  south:\n    walk_away: §status quo\n"),
)
edit(
    "contest without status quo",
    "V415",
    "a contest needs the status quo",
    NO_STATUS_QUO,
    ("  south:\n", "  south:\n    walk_away: §{contest: {opponents: north, prize: {border: shut}, cost: 5}}\n"),
)
edit(
    "half a status quo",
    "V420",
    "the status quo says nothing of gate",
    GATE,
    ("status_quo: {", "status_quo: §{"),
)
add(
    "instance without fact",
    "V421",
    "the instance does not say lost",
    "claims:\n  c:\n    claim: War follows weakness.\n    when: {weak: yes}\n    then: {lost: yes}\n    instances:\n"
    "      - §{what: A war, date: 1900, facts: {weak: yes}}\n",
)
edit(
    "forbidden status quo",
    "V422",
    "the status quo is forbidden by constraint number 1; it stands at line",
    ("status_quo: {border: shut}", "constraints: [{forbid: {border: shut}}]\n§status_quo: {border: shut}"),
)
edit(
    "one side twice",
    "V430",
    "the two sides of the headline are the same",
    ("    phases:", "    between: §[north, north]\n    phases:"),
)
edit(
    "spoken for by no party",
    "V431",
    "'south' is represented by 'west', who is not a party",
    ("    phases:", "    seats: {north: party, west: observer, south: §represented by west}\n    phases:"),
    ("actors:\n", "actors:\n  west: {}\n"),
)
edit("no party", "V432", "no one is a party", ("    phases:", "    §seats: {north: observer}\n    phases:"))
edit(
    "then without lasts",
    "V433",
    "names what follows but not how long it lasts",
    ("        lasts: 12 months\n        then: settled", "        then: §settled"),
)
edit("lasts without then", "V433", "ends but nothing follows", ("      settled: {}", "      settled: {lasts: §1 year}"))
edit("no time at all", "V434", "lasts for no time", ("lasts: 12 months", "lasts: §0 months"))
edit(
    "resets to nowhere",
    "V435",
    "has resets but leads nowhere",
    ("      settled: {}", "      settled: {resets: §{max: 2}}"),
)
edit(
    "two routes, two packages",
    "V436",
    "inherits border differently by different routes",
    (
        "        then: settled\n      settled: {}\n",
        "        then: back\n        on: [{when: {border: shut}, go: settled}]\n"
        "      back: {package: {border: shut}, lasts: 1 month, then: settled}\n      §settled: {}\n",
    ),
)
edit(
    "phase never reached",
    "V437",
    "phase 'other' is never reached",
    ("      settled: {}", "      settled: {}\n      §other: {}"),
)
edit(
    "no status quo to inherit",
    "V438",
    "first phase says nothing of gate",
    GATE,
    NO_STATUS_QUO,
    ("      trial:\n", "      §trial:\n"),
)
edit(
    "forbidden phase",
    "V439",
    "the package of phase 'trial' is forbidden",
    ("status_quo: {border: shut}", "constraints: [{forbid: {border: open}}]\nstatus_quo: {border: shut}"),
    ("      trial:\n", "      §trial:\n"),
    ("      settled: {}", "      settled: {package: {border: shut}}"),
)

edit(
    "phase that undoes what cannot be undone",
    "V455",
    "phase 'settled' undoes what cannot be undone; 'open' is in force on 'border' in phase 'trial', and 'shut' cannot",
    ("options: [open, shut]", "options: [open, shut]\n    transitions: {shut: open}"),
    ("      settled: {}", "      settled: {package: {border: §shut}}"),
)
edit(
    "first phase that undoes what cannot be undone",
    "V455",
    "'shut' is in force on 'border' today, and 'open' cannot follow it",
    ("options: [open, shut]", "options: [open, shut]\n    reversible: no"),
    ("package: {border: open}", "package: {border: §open}"),
)
edit(
    "rule that leads to what cannot be undone",
    "V455",
    "in phase 'settled'",
    ("options: [open, shut]", "options: {open: {reversible: no}, shut: {}}"),
    (
        "      settled: {}",
        "      settled: {on: [{when: {at_least: 5}, go: off}]}\n      off: {package: {border: §shut}}",
    ),
)

REPAIR = ("      settled: {}\n", "      settled: {}\n    repairs:\n      - {name: R, cost: 1, change: {CHANGE}}\n")


def repaired(name: str, codes: str, part: str, change: str) -> None:
    """Add the sound case with a declared change."""
    edit(name, codes, part, (REPAIR[0], REPAIR[1].replace("CHANGE", change)))


repaired("typo in a repair's phase", "N310", "did you mean 'trial'?", "§phases.trail.lasts: 3 months")
repaired("typo in a repair's key", "N310", "did you mean 'package'?", "§phases.trial.pakage.border: shut")
repaired("typo in a repair's last key", "N310", "did you mean 'lasts'?", "§phases.trial.last: 3 months")
repaired("typo in a repair's option", "N302", "did you mean 'open'?", "phases.trial.package.border: §opne")
repaired("typo in a repair's issue", "N301", "did you mean 'border'?", "phases.trial.package.boarder: §open")
repaired("repair that is no plan", "S280", "'soon' is not a length of time", "phases.trial.lasts: §soon")
repaired(
    "repair of a rule that is not there", "N310", "'0' in 'phases.trial.on.0.go'", "§phases.trial.on.0.go: settled"
)

# Every error at once, even where a key is missing; and where an unknown key belongs.
edit(
    "missing owner and names that lead nowhere",
    "S201 N301 N302",
    "add 'owner: …'",
    ("    owner: north\n", ""),
    ("  border:\n    op", "  §border:\n    op"),
    ("set_by: [north, south]", "set_by: [north, §sooth]"),
    ("status_quo: {border: shut}", "status_quo: {border: §shutt}"),
)
add(
    "promise without a date",
    "S201 N301",
    "promise 1 has no date",
    "record: {promises: [§{by: §nort, kind: aid, what: x, outcome: kept}]}\n",
)
edit(
    "role outside roles",
    "S202",
    "'mediator' belongs below 'roles'",
    ("    phases:", "    §mediator: north\n    phases:"),
)
edit("rules by another name", "S202", "did you mean 'on'?", ("settled: {}", "settled: {§triggers: []}"))
edit(
    "plan's key in a phase",
    "S202",
    "'obligations' belongs to 'opening'",
    ("settled: {}", "settled: {§obligations: []}"),
)
