"""Broken case files: each with the code, the place and a part of the message that it must bring.

A mark § stands in the text where a problem is expected (line and column of the character after it) and is taken out
before the text is read. Codes are listed in the order of their places.
"""

from dataclasses import dataclass

MARK = "§"

BASE = """\
name: quarrel
actors:
  north:
    interests:
      border: {weight: 2, values: {open: 100, shut: 0}}
  south:
    interests:
      border: {weight: 1, values: {open: 0, shut: 100}}
issues:
  border:
    options: [open, shut]
    set_by: [north, south]
    owner: north
status_quo: {border: shut}
plans:
  opening:
    phases:
      trial:
        package: {border: open}
        lasts: 12 months
        then: settled
      settled: {}
"""
PHASES = BASE[BASE.index("      trial:") :]


@dataclass(frozen=True)
class Broken:
    """A broken text, and the codes, places and words that must come out of it."""

    name: str
    codes: tuple[str, ...]
    part: str
    marked: str

    @property
    def text(self) -> str:
        return self.marked.replace(MARK, "")

    @property
    def places(self) -> list[tuple[int, int]]:
        found = []
        for number, line in enumerate(self.marked.split("\n"), start=1):
            column = -1
            for earlier in range(line.count(MARK)):
                column = line.index(MARK, column + 1)
                found.append((number, column - earlier + 1))
        return found


WANTS = "{weight: 2, values: {open: 100, shut: 0}}"
NORTH = f"    interests:\n      border: {WANTS}\n"
GATE = ("issues:\n", "issues:\n  gate: {options: [a, b], set_by: north, owner: north}\n")
NO_STATUS_QUO = ("status_quo: {border: shut}\n", "")

TABLE: list[Broken] = []


def whole(name: str, codes: str, part: str, text: str) -> None:
    """Add a file that is broken as a whole."""
    TABLE.append(Broken(name, tuple(codes.split()), part, text))


def edit(name: str, codes: str, part: str, *edits: tuple[str, str]) -> None:
    """Add the sound case with some of its texts replaced."""
    text = BASE
    for old, new in edits:
        assert text.count(old) == 1, (name, old)
        text = text.replace(old, new)
    TABLE.append(Broken(name, tuple(codes.split()), part, text))


def add(name: str, codes: str, part: str, text: str) -> None:
    """Add the sound case with lines appended."""
    TABLE.append(Broken(name, tuple(codes.split()), part, BASE + text))


# The text itself.
whole("empty", "Y107", "the file is empty", "§")
whole("only comments", "Y107", "the file is empty", "§# nothing here\n\n")
whole("two documents", "Y107", "several documents", "name: a\n---\n§name: b\n")
whole("nothing but a dash", "S205", "the file is not a mapping", "§- name\n")
whole("one word", "S205", "the file is not a mapping", "§hello\n")
whole("a number", "S205", "the file is not a mapping", "§12\n")
whole("null", "S205", "the file is not a mapping", "§~\n")
whole("unclosed bracket", "Y101", "did not find expected", "name: a\nactors: {north: [\n§")
whole("unclosed quote", "Y101", "unexpected end of stream", "name: 'a\nactors: 1\n§")
whole("tab as indentation", "Y101", "cannot start any token", "name: a\nactors:\n§\tnorth: {}\n")
whole("two colons", "Y101", "mapping values are not allowed", "name: a§: b\n")
whole("wrong dedent", "Y101", "did not find expected", "name: a\nactors:\n    north: {}\n  §south: {}\n")
whole("unknown alias", "Y101", "alias", "name: a\nactors: §*nobody\n")
whole("python tag", "S201 S201 Y104", "the tag !!python/object:os.system", "§§name: §!!python/object:os.system a\n")
whole("list as a key", "S201 S201 Y103", "a key is not a name", "§§name: a\n§[a, b]: c\n")
whole("NUL", "Y101", "U+0000", "name: a\nactors: §\0\n")
whole("control character", "Y101", "U+0007", "name: a\r\nactors:\r\n  n§\aorth: {}\r\n")
whole("deep nesting", "Y105", "the nesting is endless", "a: " + "[" * 59 + "§" + "[" * 41 + "]" * 100)
whole("deeper nesting", "Y105", "the nesting is endless", "a: " + "[" * 59 + "§" + "[" * 99_941)
whole("alias within itself", "Y105", "an alias contains itself", "name: a\nactors: §&a\n  north: *a\n")
edit("own tag", "Y104", "the tag !secret", ("{border: shut}\n", "§!secret {border: shut}\n"))
edit("merge of a word", "Y108", "'<<' is not followed by a mapping", ("settled: {}\n", "settled: {<<: §x}\n"))
edit("two merges", "Y102", "'<<' stands twice", ("settled: {}\n", "settled: {<<: {note: x}, §<<: {note: y}}\n"))
edit("merge within itself", "Y105", "an alias contains itself", ("settled: {}\n", "settled: §&a {<<: *a}\n"))
edit(
    "escape in a name",
    "Y109",
    "a text has the character U+001B",
    ("open: 100,", r'open: {value: 100, note: §"\e[31m"},'),
)
add("end of line in a key", "Y109", "a key has the character U+000A", r'sources: {§"a\nb": {title: x}}' + "\n")
add("override of direction", "Y109", "it turns the direction", r'title: §"a\u202eb"' + "\n")
edit(
    "one name in two spellings",
    "Y102",
    "stands twice",
    ("  south:\n", "  so\u0308uth: {}\n  §s\u00f6uth: {}\n  south:\n"),
)
edit("blank weight", "S209", "nothing stands after 'weight:'", ("{weight: 2, values", "{§weight: , values"))
edit("blank title", "S209", "write a value, or remove the key", ("    phases:", "    §title:\n    phases:"))
edit("null among options", "S250", "an option is empty, or the word null", ("[open, shut]", "[open, §null]"))
edit(
    "duplicate key",
    "Y102",
    "'north' stands twice in the same mapping; the first is at line 3, column 3",
    ("  south:\n", "  §north:\n"),
    ("set_by: [north, south]", "set_by: north"),
)
edit("duplicate key at the top", "Y102", "'name' stands twice", ("status_quo:", "§name: again\nstatus_quo:"))

# Shape: keys, words, numbers.
edit("no name", "S201", "'name' is missing in the case", ("name: quarrel\nactors", "§actors"))
whole("only a name", "S201 S201", "'issues' is missing in the case", "§§name: quarrel\n")
edit(
    "no owner",
    "S201",
    "'owner' is missing in 'border'",
    ("    owner: north\n", ""),
    ("  border:\n    op", "  §border:\n    op"),
)
edit("unknown key at the top", "S202", "did you mean 'status_quo'?", ("status_quo:", "§statusquo:"))
edit(
    "unknown key in an actor",
    "S202",
    "did you mean 'interests'?",
    ("  south:\n    interests:", "  south:\n    §interest:"),
)
edit(
    "unknown key in a phase", "S202", "did you mean 'lasts'?", ("        lasts: 12 months", "        §last: 12 months")
)
edit("unknown key in an estimate", "S202", "did you mean 'source'?", ("open: 100,", "open: {value: 100, §sauce: x},"))
add("unknown key of its own kind", "S202", "known here:", "§zzz: 1\n")
edit(
    "wrong word",
    "S203",
    "'partie' is not one of the words known here; did you mean 'party'?",
    ("    phases:", "    seats: {north: §partie}\n    phases:"),
)
add("wrong period", "S203", "did you mean 'month'?", "period: §months\n")
edit(
    "not a truth value",
    "S204",
    "'maybe' is not yes or no",
    ("    owner: north", "    owner: north\n    reversible: §maybe"),
)
add("not a whole number", "S204", "'1.5' is not a whole number", "horizon: §1.5\n")
edit(
    "not a number",
    "S204",
    "'a' is not a number",
    ("    owner: north", "    owner: north\n    scale: {from: §a, to: 1}"),
)
edit(
    "infinite scale",
    "S204",
    "'inf' is not a finite number",
    ("    owner: north", "    owner: north\n    scale: {from: 0, to: §inf}"),
)
edit("list for a mapping", "S205", "a list stands where a mapping", ("      settled: {}", "      settled: §[]"))
edit("nothing for a mapping", "S205", "nothing stands where a mapping", ("      settled: {}", "      settled:§"))
edit("mapping for a list", "S205", "a mapping stands where a list", ("set_by: [north, south]", "set_by: §{north: 1}"))
edit("list for a text", "S205", "a list stands where a text", ("name: quarrel", "name: quarrel\ntitle: §[a]"))
edit("mapping for a name", "S205", "", ("set_by: [north, south]", "set_by: [north, §{a: south}]"))
edit("capitals in the name", "S207", "'My Quarrel' cannot be a name", ("name: quarrel", "name: §My Quarrel"))
edit("one option", "S208", "'options' has too few entries", ("options: [open, shut]", "options: §[open]"))
edit(
    "no phases",
    "S208",
    "'phases' has too few entries",
    (
        PHASES,
        "      §{}\n",
    ),
)
edit(
    "three sides",
    "S208",
    "'between' has too many entries",
    ("    phases:", "    between: §[north, south, west]\n    phases:"),
)
edit("one side", "S208", "'between' has too few entries", ("    phases:", "    between: §[north]\n    phases:"))
add("format of the future", "S211", "'3' is out of range", "halfway: §3\n")
add("no horizon", "S211", "'0' is out of range", "horizon: §0\n")

# Estimates.
edit("no number", "S210", "'lots' is not an estimate", ("open: 100,", "open: §lots,"))
edit("no value", "S210", "nothing stands where a number is expected", ("open: 100,", "open: §,"))
edit("list of numbers", "S210", "a list stands where a number is expected", ("open: 100,", "open: §[1, 2],"))
edit("value and experts", "S210", "exactly one of 'value' and 'experts'", ("open: 100,", "open: §{note: x},"))
edit("empty panel", "S210", "not a mapping of names to numbers", ("open: 100,", "open: §{experts: {}},"))
edit("mapping as value", "S210", "'value' of an estimate is a mapping", ("open: 100,", "open: §{value: {value: 1}},"))
edit(
    "two shapes too few", "S210", "'triangular(1, 2)' is not an estimate", ("open: 100,", "open: §'triangular(1, 2)',")
)
edit("not a number by name", "S210", "'.nan' is not an estimate", ("open: 100,", "open: §.nan,"))
edit("infinity", "S210", "'-.inf' is not an estimate", ("weight: 2,", "weight: §-.inf,"))
edit("endless exponent", "S210", "'1e999999999' is not an estimate", ("weight: 2,", "weight: §1e999999999,"))
edit("time of day as a number", "S210", "'12:30' is not an estimate", ("open: 100,", "open: §12:30,"))
edit("truth value as a number", "S210", "'yes' is not an estimate", ("open: 100,", "open: §yes,"))
edit("above 100", "S211", "1e3 is out of range; this quantity runs from 0 to 100", ("open: 100,", "open: §1e3,"))
edit("negative weight", "S211", "-2 is out of range", ("weight: 2,", "weight: §-2,"))
edit("huge", "S211", "no quantity of a case is that large", ("weight: 2,", "weight: §1e13,"))
edit(
    "sources in a mapping",
    "S205",
    "'source' of an estimate is not a text",
    ("open: 100,", "open: {value: 100, source: §{a: b}},"),
)
edit(
    "list for a note", "S205", "'note' of an estimate is not a text", ("open: 100,", "open: {value: 100, note: §[a]},")
)
edit("negative spread", "S212", "has a negative spread", ("open: 100,", "open: §50 ± -1,"))
edit("backwards", "S212", "70..50 is out of order", ("open: 100,", "open: §70..50,"))
edit("shape of zero", "S212", "has a shape of zero or less", ("open: 100,", "open: §'beta(0, 1)',"))
edit("percent of one of two", "S213", "a percent sign on some of its numbers", ("open: 100,", "open: §60 ± 10%,"))
edit("percent of points", "S213", "not a share of anything", ("  south:\n", "  south:\n    walk_away: §40%\n"))
edit("percent of a shape", "S213", "no unit", ("open: 100,", "open: §'beta(80%, 20%)',"))
edit("panel in two ways", "S213", "the panel", ("open: 100,", "open: {experts: §{ann: 60%, bob: 50}},"))
edit("percent of a length of time", "S230", "'50%' is not a length of time", ("lasts: 12 months", "lasts: §50%"))
edit("division by zero", "S210", "'1/0' is not an estimate", ("open: 100,", "open: §1/0,"))
edit(
    "weights in two ways",
    "V416",
    "the weight of 'border' is in percent and others are not",
    ("issues:\n", "issues:\n  gate: {options: [a, b], set_by: north, owner: north}\n"),
    ("status_quo: {border: shut}", "status_quo: {border: shut, gate: a}"),
    ("border: {weight: 2, values", "border: {weight: §60%, values"),
    ("shut: 0}}\n  south", "shut: 0}}\n      gate: {weight: 25, ranks: [a, b]}\n  south"),
)
edit("beta of a weight", "S212", "has no range to cover", ("weight: 2,", "weight: §'beta(2, 1)',"))

# Conditions.
add("word for a condition", "S220", "'shut' is not a condition", "constraints:\n  - forbid: §shut\n")
add("empty condition", "S220", "the condition is empty", "constraints:\n  - forbid: §{}\n")
add(
    "all without a list",
    "S220",
    "'all' is not followed by a list",
    "constraints:\n  - forbid: {all: §{border: open}}\n",
)
add("if without then", "S220", "'if' stands without 'then'", "constraints:\n  - require: {if: §{border: open}}\n")
add("then without if", "S220", "'then' stands without 'if'", "constraints:\n  - require: {then: §{border: open}}\n")
add("iff of one", "S220", "'iff' is not followed by two", "constraints:\n  - require: {iff: §[{border: open}]}\n")
add(
    "gravity in a constraint",
    "S220",
    "'at_least' stands outside a trigger",
    "constraints:\n  - forbid: {at_least: §1}\n",
)
add(
    "no option in a condition",
    "S220",
    "'border' is not followed by an option",
    "constraints:\n  - forbid: {border: §}\n",
)
edit(
    "part of a condition",
    "S220",
    "'if' stands without 'then'",
    (
        "      settled: {}",
        "      settled:\n        on:\n          - go: trial\n            when:\n              any:\n"
        "                - border: shut\n                - not: {if: §{border: open}}\n",
    ),
)
edit("one expert's number", "S211", "101 is out of range", ("open: 100,", "open: {experts: {ann: 1, bob: §101}},"))
edit(
    "gravity of nothing",
    "S222",
    "'at_least' cannot be read",
    ("      settled: {}", "      settled: {on: [{when: {at_least: §{}}, go: trial}]}"),
)
edit(
    "falls by nowhere",
    "S222",
    "'falls_by' cannot be read",
    ("      settled: {}", "      settled: {on: [{when: {falls_by: §3}, go: trial}]}"),
)

# One thing told in several ways, or in none.
edit("length of no time", "S230", "'soon' is not a length of time", ("lasts: 12 months", "lasts: §soon"))
edit("length before its time", "S230", "'-1 months' is not a length of time", ("lasts: 12 months", "lasts: §-1 months"))
edit(
    "interest without form",
    "S240",
    "the interest has no form",
    (WANTS, "§{weight: 2}"),
)
edit(
    "interest in two forms",
    "S240",
    "two forms: values and ranks",
    (WANTS, "§{ranks: [open, shut], values: {open: 100, shut: 0}}"),
)
edit("weight and swing", "S241", "both weight and swing", ("{weight: 2, values", "§{weight: 2, swing: 3, values"))
edit("empty walk-away", "S242", "not told in one way", ("  south:\n", "  south:\n    walk_away: §{note: x}\n"))
edit(
    "mapping among options", "S250", "an option is not a name", ("options: [open, shut]", "options: [open, §{shut: x}]")
)
edit("option twice", "S255", "option 'open' is listed twice", ("options: [open, shut]", "options: §[open, open]"))
edit(
    "scale without length",
    "S251",
    "the scale has no length",
    ("    owner: north", "    owner: north\n    scale: §{from: 1, to: 1}"),
)
edit(
    "transitions and reversible",
    "S252",
    "both 'transitions' and 'reversible: no'",
    (
        "  border:\n    options: [open, shut]",
        "  border:\n    §options: [open, shut]\n    reversible: no\n    transitions: {open: shut}",
    ),
)
add("constraint of nothing", "S253", "exactly one of 'forbid' and 'require'", "constraints:\n  - §{note: x}\n")
add("no such day", "S260", "'2021-02-29' is not a date", "date: §2021-02-29\n")
edit(
    "bottom line of nothing",
    "S270",
    "the bottom line says nothing",
    ("    phases:", "    bottom_line: §{}\n    phases:"),
)
edit(
    "two seats",
    "S271",
    "the seat is not told in one way",
    ("    phases:", "    seats: {north: §{seat: party, represented_by: south}}\n    phases:"),
)

# Several at once, in the order of their lines.
edit(
    "several of one kind",
    "N301 N302 N302",
    "did you mean 'open'?",
    ("owner: north", "owner: §nort"),
    ("status_quo: {border: shut}", "status_quo: {border: §shutt}"),
    ("package: {border: open}", "package: {border: §opne}"),
)
edit(
    "several kinds",
    "S210 Y102 N301 S202 N302 S230 S205",
    "'south' stands twice",
    ("open: 100,", "open: §lots,"),
    ("issues:\n", "  §south: {}\nissues:\n"),
    ("owner: north", "owner: §nort"),
    ("status_quo: {border: shut}", "§statusquo: {border: shut}"),
    ("package: {border: open}", "package: {border: §opne}"),
    ("lasts: 12 months", "lasts: §soon"),
    ("settled: {}", "settled: §[]"),
)
