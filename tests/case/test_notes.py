"""What `check` says of a sound case, and who is never taken for indifferent without a word."""

import json

import pytest

import halfway as hw
from halfway.case.notes import notes, unstated, without_value, without_wants
from halfway.case.reader import load_text
from halfway.cli.main import main
from halfway.words.indifference import counted_as_indifferent, taken_as_indifferent
from tests.case.broken import BASE

SOUTH = "  south:\n    interests:\n      border: {weight: 1, values: {open: 0, shut: 100}}\n"
SILENT = BASE.replace(SOUTH, "  south: {}\n")
INDIFFERENT = BASE.replace("{weight: 1, values: {open: 0, shut: 100}}", "{weight: 0}")
GATE = BASE.replace("issues:\n", "issues:\n  gate: {options: [a, b], set_by: south, owner: north}\n").replace(
    "status_quo: {border: shut}", "status_quo: {border: shut, gate: a}"
)


def codes(text: str) -> list[str]:
    return [note.code for note in notes(load_text(text))]


def test_a_case_that_says_all_has_no_notes():
    assert codes(BASE) == []
    assert codes(INDIFFERENT) == []


@pytest.mark.parametrize("ask", [hw.settle, hw.conduct, hw.stability, hw.compare, hw.talks])
def test_an_actor_without_interests_is_refused_by_name(ask):
    with pytest.raises(hw.Refusal) as caught:
        ask(load_text(SILENT))
    assert [(p.code, p.place.line) for p in caught.value.problems] == [("R011", 6)]
    assert "'south'" in str(caught.value)


@pytest.mark.parametrize("ask", [hw.settle, hw.conduct, hw.stability, hw.compare])
def test_indifference_that_is_stated_is_answered(ask):
    assert ask(load_text(INDIFFERENT))


def test_what_counts_as_saying_something():
    assert without_wants(load_text(SILENT)) == ("south",)
    group = "  south: {members: {isle: {interests: {border: [shut, open]}}, cape: {}}}\n"
    assert without_wants(load_text(BASE.replace(SOUTH, group))) == ()
    for said in ("linkages: [{when: {border: open}, points: -5}]", "statements: [{prefer: {border: shut}}]"):
        assert without_wants(load_text(BASE.replace(SOUTH, f"  south: {{{said}}}\n"))) == ()
    for silent in ("red_lines: [{when: {border: open}}]", "walk_away: 10", "capability: 30"):
        assert unstated(load_text(BASE.replace(SOUTH, f"  south: {{{silent}}}\n")).actors["south"])


def test_issues_that_an_actor_decides_or_a_plan_changes():
    assert without_value(load_text(GATE)) == {"south": ("gate",)}
    changed = load_text(GATE.replace("package: {border: open}", "package: {border: open, gate: b}"))
    assert without_value(changed, "opening") == {"north": ("gate",), "south": ("gate",)}
    stated = GATE.replace("shut: 100}}\n", "shut: 100}}\n      gate: {weight: 0}\n")
    assert without_value(load_text(stated)) == {}
    assert codes(GATE) == ["W404"]


@pytest.mark.parametrize(
    ("length", "period", "code", "part"),
    [
        ("12", "month", ["W401"], "it is read as 12 months; write '12 months'"),
        ("1", "quarter", ["W401"], "it is read as 1 quarter;"),
        ("100 days", "quarter", ["W402"], "it is read as 2 quarters"),
        ("100 days", "month", ["W402"], "it is read as 4 months"),
        ("92 days", "month", [], ""),
        ("1 year", "quarter", [], ""),
        ("3 periods", "quarter", [], ""),
    ],
)
def test_lengths_of_time_that_could_be_meant_otherwise(length, period, code, part):
    found = notes(load_text(BASE.replace("12 months", length) + f"period: {period}\n"))
    assert [note.code for note in found] == code
    assert part in "\n".join(map(str, found))


def test_check_prints_notes_and_is_content(tmp_path, capsys):
    path = tmp_path / "case.yaml"
    path.write_text(SILENT.replace("12 months", "12"))
    with pytest.raises(SystemExit) as left:
        main(["check", str(path)])
    assert left.value.code == 0
    out, err = capsys.readouterr()
    assert ": sound (" in out
    assert [line.split(" ")[1] for line in err.splitlines()] == ["W403", "W401"]
    with pytest.raises(SystemExit):
        main(["check", str(path), "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert answer["sound"] is True
    assert [note["code"] for note in answer["notes"]] == ["W403", "W401"]


def test_what_a_phase_prescribes_in_vain_on_one_of_two_ways():
    text = BASE.replace("options: [open, shut]", "options: [open, shut]\n    transitions: {shut: open}")
    phases = "      settled: {package: {border: open}, on: [{when: {border: open}, go: off}]}\n"
    ways = f"{phases}      off: {{package: {{border: shut}}, lasts: 2 months, then: off}}"
    assert codes(text.replace("      settled: {}", ways)) == ["W408"]


def test_a_rule_that_reads_the_issue_goes_by_what_it_shows():
    text = BASE.replace(
        "options: [open, shut]", "options: [open, shut, razed]\n    transitions: {shut: open, open: shut, razed: shut}"
    )
    text = text.replace("open: 100, shut: 0", "open: 100, shut: 0, razed: 0").replace(
        "open: 0, shut: 100", "open: 0, shut: 100, razed: 0"
    )
    text = text.replace(
        "transitions: {shut: open, open: shut, razed: shut}",
        "transitions: {shut: [open], open: [razed], razed: [shut]}",
    )
    ways = "      settled: {on: [{when: {border: razed}, go: off}]}\n      off: {package: {border: shut}}"
    assert codes(text.replace("      settled: {}", ways)) == []


PARTLY = GATE.replace("open: 0, shut: 100}", "open: 0, shut: 90 ± 5}").replace(
    "package: {border: open}", "package: {border: open, gate: b}"
)


@pytest.mark.parametrize("verb", ["settle", "conduct", "compare", "audit", "stability", "talks", "explore"])
def test_every_answer_says_whose_interests_it_takes_for_none(verb, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case.yaml").write_text(PARTLY)
    small = {"conduct": ["--runs", "0"], "compare": ["--draws", "5"], "talks": ["--runs", "2"]}.get(verb, [])
    small = ["--futures", "16"] if verb == "explore" else small
    with pytest.raises(SystemExit):
        main([verb, "case.yaml", *small])
    said = " ".join(capsys.readouterr().out.split())
    assert "Counted as indifferent, because the case does not say what they want: North (Gate); South (Gate)." in said
    if verb == "conduct":
        # As for the others, and slow.
        return
    with pytest.raises(SystemExit):
        main([verb, "case.yaml", *small, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["provenance"]["taken_as_indifferent"] == {"north": ["gate"], "south": ["gate"]}


def test_a_long_list_beside_an_answer_is_cut_and_check_has_it_all():
    case = load_text(PARTLY)
    assert taken_as_indifferent(case, {}) == counted_as_indifferent({}) == ""
    many = {"north": ("border", "gate", "border", "gate", "border"), "south": ("gate",)}
    assert "North (5 issues); and 1 more, which 'halfway check' lists." in taken_as_indifferent(case, many, most=1)
    assert counted_as_indifferent({"north": ("gate",)}).startswith("one actor counts")


def test_results_that_judge_a_plan_carry_it_too(tmp_path):
    case = load_text(PARTLY)
    sheet = tmp_path / "experts.csv"
    rows = [f"actors/south/interests/border/values/shut,e{n},{80 + n}" for n in range(4)]
    sheet.write_text("\n".join(["number,expert,value", *rows]) + "\n", encoding="utf-8")
    plan = next(iter(case.plans))
    found = (hw.panel(case, sheet), hw.text(case, plan), hw.repair(case), hw.conduct(case, runs=0))
    for result in found:
        said = result.to_dict()["provenance"]["taken_as_indifferent"]
        assert {actor: list(issues) for actor, issues in said.items()} == {"north": ["gate"], "south": ["gate"]}, result
