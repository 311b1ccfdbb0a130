"""The analysis of a case, end to end."""

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from halfway.case.catalog import load
from halfway.case.reader import build, load_file, load_text
from halfway.cli.main import main
from halfway.errors import Refusal
from halfway.space.utilities.draws import draw
from halfway.stability.export import save_moves
from halfway.stability.run import stability


@pytest.fixture(scope="module")
def elmira():
    return load("elmira")


@pytest.fixture(scope="module")
def full(elmira):
    return stability(
        elmira,
        coalitions=True,
        horizon=2,
        make_stable=[5],
        states=[{"modify": "no", "uniroyal": "abandon", "insist": "no"}],
    )


def run(capsys, *arguments):
    with pytest.raises(SystemExit) as stop:
        main(["stability", *arguments])
    printed = capsys.readouterr()
    return stop.value.code, printed.out, printed.err


@pytest.mark.parametrize("name", ["prisoners-dilemma", "chicken", "elmira"])
def test_textbook_cases_give_their_published_answers(name):
    case = load(name)
    result = stability(case)
    checked = 0
    for expected in case.expected:
        if expected.analysis == "stability" and expected.about in result.stable:
            assert result.equilibria(expected.about) == [int(x) for x in expected.answer]
            checked += 1
    assert checked >= 4


def test_json_has_the_documented_form(full):
    data = json.loads(full.to_json())
    assert data["states"] == 9
    assert data["actors"] == ["ministry", "uniroyal", "local_government"]
    assert data["equilibria"]["nash"] == [5, 8, 9]
    assert data["equilibria"]["gmr"] == [1, 4, 5, 8, 9]
    assert data["verdicts"]["local_government"]["nash"] == [5, 6, 7, 8, 9]
    assert [o["issue"] for o in data["options"]] == ["modify", "uniroyal", "insist"]
    assert data["state_table"][0]["options"] == {"modify": "no", "uniroyal": "delay", "insist": "no"}
    assert data["state_table"][1]["options"]["modify"] == "yes"
    assert data["state_table"][8]["options"] == {"modify": None, "uniroyal": "abandon", "insist": None}
    assert [row["ranks"]["uniroyal"] for row in data["state_table"]] == [1, 8, 6, 2, 4, 9, 7, 3, 5]
    assert data["provenance"]["case"] == "elmira"
    assert data["provenance"]["seed"] is None


def test_a_coalition_improvement_stands_beside_individual_verdicts(full):
    data = full.to_dict()
    pair = next(c for c in data["coalitions"] if c["members"] == ["ministry", "uniroyal"])
    assert 5 not in pair["stable"]["nash"]
    assert 5 in data["verdicts"]["ministry"]["nash"]
    assert 5 in data["verdicts"]["uniroyal"]["nash"]
    escape = next(e for e in pair["escapes"] if e["concept"] == "nash")
    assert [(s["from"], s["to"]) for s in escape["leaving"]] == [(5, 6), (6, 8)]
    assert data["coalition_equilibria"]["nash"] == [8, 9]


def test_looks_cover_the_status_quo_and_what_was_asked_for(full):
    looks = {look["state"]: look for look in full.to_dict()["looks"]}
    assert looks[1]["why"] == ["status quo"]
    assert looks[9]["why"] == ["asked for"]
    assert looks[9]["departures"] == []
    (departure,) = looks[1]["departures"]
    assert (departure["by"], departure["to"]) == ("local_government", 5)
    assert departure["credible_answer"] == []
    assert [(s["from"], s["to"]) for s in departure["possible_answer"]] == [(5, 6)]


def test_inverse_answer_names_sets_and_counts_rankings(full):
    rows = {(r["actor"], r["concept"]): r for r in full.to_dict()["inverse"]}
    assert rows["ministry", "nash"]["at_least_as_good_as_one_whole_set"] == [[6]]
    assert rows["ministry", "nash"]["share_of_rankings"] == 0.5
    assert rows["uniroyal", "nash"]["at_least_as_good_as_one_whole_set"] == [[7, 9]]
    assert rows["uniroyal", "nash"]["rankings"] == str(362880 // 3)
    assert rows["uniroyal", "nash"]["changes_needed"] == 0


def test_tables_and_exports_say_the_same(full, tmp_path):
    states = full.tables()["states"]
    assert states.columns[:4] == ("state", "modify", "uniroyal", "insist")
    full.save(tmp_path / "states.csv")
    with open(tmp_path / "states.csv", encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [int(r["state"]) for r in rows if r["equilibrium_nash"] == "1"] == [5, 8, 9]
    for ending in ("csv", "json", "graphml"):
        save_moves(full, tmp_path / f"moves.{ending}")
    with open(tmp_path / "moves.csv", encoding="utf-8-sig", newline="") as stream:
        by_csv = {(r["by"], int(r["from"]), int(r["to"]), r["improvement"] == "1") for r in csv.DictReader(stream)}
    data = json.loads((tmp_path / "moves.json").read_text())
    by_json = {(m["by"], m["from"], m["to"], bool(m["improvement"])) for m in data["moves"]}
    root = ElementTree.parse(tmp_path / "moves.graphml").getroot()
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    by_graphml = set()
    for edge in root.iterfind(".//g:edge", space):
        cells = {d.get("key"): d.text for d in edge.iterfind("g:data", space)}
        ends = int(edge.get("source")[1:]), int(edge.get("target")[1:])
        by_graphml.add((cells["by"], *ends, cells["improvement"] == "true"))
    assert by_csv == by_json == by_graphml
    assert ("ministry", 1, 2, False) in by_csv
    assert ("ministry", 2, 1, False) not in by_csv
    assert len(root.findall(".//g:node", space)) == 9
    with pytest.raises(ValueError, match="end the name"):
        save_moves(full, tmp_path / "moves.xyz")


JOINT = """
name: joint
actors:
  north: {interests: {treaty: {values: {none: 0, signed: 100, annex: 20}}, arms: {values: {keep: 30, cut: 0}}}}
  south: {interests: {treaty: {values: {none: 10, signed: 60, annex: 0}}}}
issues:
  treaty: {options: [none, signed, annex], set_by: [north, south], owner: [north, south]}
  arms: {options: [keep, cut], set_by: north, owner: north}
status_quo: {treaty: none, arms: keep}
"""


def test_what_is_set_together_is_left_by_anyone_and_entered_by_all():
    result = stability(load_text(JOINT), coalitions=True)
    moves = {(m["by"][0] if len(m["by"]) == 1 else "+".join(m["by"]), m["from"], m["to"]) for m in _moves(result)}
    # none → signed takes both; signed → none takes either; signed → annex takes both.
    assert ("north+south", 1, 2) in moves
    assert ("north", 1, 2) not in moves
    assert ("south", 2, 1) in moves
    assert ("north", 2, 1) in moves
    assert ("north+south", 2, 3) in moves
    assert ("south", 2, 3) not in moves
    # Alone nobody can improve on the status quo; together both would sign.
    assert 1 in result.equilibria("nash")
    assert not result.coalitions[0].stable["nash"][0]
    assert result.coalitions[0].stable["nash"][1]


def _moves(result):
    walk = result.walk
    for m, mover in enumerate(walk.model.movers):
        for s in range(result.states):
            for t in walk.reach(m, s):
                yield {"by": [result.actors[a] for a in mover], "from": s + 1, "to": t + 1}


def test_misperception_is_judged_in_each_ones_own_picture():
    dilemma = {
        "name": "seen",
        "issues": {a: {"options": ["no", "yes"], "set_by": a, "owner": a} for a in ("one", "two")},
        "actors": {
            "one": {"ranking": [3, 4, 1, 2]},
            # In truth two always cooperates where one does; one believes that it never would.
            "two": {"ranking": [4, 2, 1, 3], "as_seen_by": {"one": {"ranking": [2, 4, 1, 3]}}},
        },
    }
    result = stability(build(dilemma))
    truth = stability(
        build({**dilemma, "actors": {"one": {"ranking": [3, 4, 1, 2]}, "two": {"ranking": [4, 2, 1, 3]}}})
    )
    believed = stability(
        build({**dilemma, "actors": {"one": {"ranking": [3, 4, 1, 2]}, "two": {"ranking": [2, 4, 1, 3]}}})
    )
    for concept, stable in result.stable.items():
        assert (stable == truth.stable[concept]).all()
        assert (result.pictures[0].stable[concept] == believed.stable[concept]).all()
        own = np.stack([believed.stable[concept][0], truth.stable[concept][1]]).all(axis=0)
        assert (result.hypergame()[concept] == own).all()
    assert any((result.hypergame()[c] != truth.stable[c].all(axis=0)).any() for c in result.stable)


UNCERTAIN = """
name: unsure
actors:
  a: {interests: {x: {weight: 50 ± 10, values: {no: 40..60, yes: 50}}, y: {weight: 30, values: {no: 0, yes: 100}}}}
  b: {interests: {y: {values: {no: "triangular(0, 40, 90)", yes: 50}}}}
issues:
  x: {options: [no, yes], set_by: a, owner: a}
  y: {options: [no, yes], set_by: b, owner: b}
status_quo: {x: no, y: no}
"""


def test_robustness_is_the_share_of_draws_in_which_a_verdict_holds():
    case = load_text(UNCERTAIN)
    result = stability(case, draws=400, seed=7)
    packages = np.array([[0, 0], [1, 0], [0, 1], [1, 1]])
    u = draw(case, 400, 7).values(packages)
    # Nobody's move changes what the other gains by its own, so Nash is two comparisons.
    for k, (x, y) in enumerate(packages):
        a = u[:, 0, 0 if x else 1] <= u[:, 0, x]
        b = u[:, 1, 0 if y else 2] <= u[:, 1, 2 * y]
        assert result.robustness.share["nash"][0, k] == pytest.approx(a.mean())
        assert result.robustness.equilibrium["nash"][k] == pytest.approx((a & b).mean())
    data = result.to_dict()
    assert data["provenance"]["seed"] == 7
    shown = data["robustness"]["states"][0]["equilibrium"]["nash"]
    assert shown["standard_error"] == pytest.approx((shown["share"] * (1 - shown["share"]) / 400) ** 0.5)
    again = stability(case, draws=400, seed=7)
    assert again.to_json() == result.to_json()
    assert stability(case).robustness.draws == 200
    assert stability(load("elmira")).robustness is None


def wide(options):
    issues = {
        f"i{k}": {"options": [str(o) for o in range(n)], "set_by": f"a{k % 2}", "owner": "a0"}
        for k, n in enumerate(options)
    }
    wants = {
        key: {"values": {o: (37 * int(o) + 11 * k) % 100 for o in issue["options"]}}
        for k, (key, issue) in enumerate(issues.items())
    }
    actors = {"a0": {"interests": wants}, "a1": {"interests": {"i1": wants["i1"]}}}
    return build({"name": "wide", "issues": issues, "actors": actors, "status_quo": dict.fromkeys(issues, "0")})


def test_what_does_not_fit_is_refused_with_its_size_and_a_way_out():
    with pytest.raises(Refusal, match=r"33,554,432 states.*fix some issues.*coalesce_when"):
        stability(wide([2] * 25))


def test_a_wide_space_is_judged_around_single_states_and_by_parts():
    case = wide([3] * 9)
    near = stability(case, whole=False, states=[2])
    every = stability(case)
    assert near.stable == {}
    assert "verdicts of all states" in near.left_out
    judged = 0
    for look in near.looks:
        for told in look.explanations:
            if told.stable is not None:
                assert told.stable == bool(every.stable[told.concept][told.actors[0], look.state])
                judged += 1
    assert judged == 2 * 2 * 5
    with pytest.raises(Refusal, match="--whole"):
        stability(case, whole=False, coalitions=True)
    smaller = stability(case, fix={"i8": "2", "i7": "1"})
    assert smaller.states == 3**7


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"states": [99]}, "no state 99"),
        ({"states": [{"modify": "perhaps", "uniroyal": "delay", "insist": "no"}]}, "no option 'perhaps'"),
        ({"states": [{"modify": "no"}]}, "left open"),
        ({"states": [{"modify": "no", "uniroyal": "delay", "insist": "no", "else": "no"}]}, "no issue 'else'"),
        ({"concepts": ["nahs"]}, "did you mean 'nash'"),
        ({"horizon": 0}, "horizon of 0"),
        ({"plan": "none"}, "no plan"),
    ],
)
def test_bad_questions_are_refused_with_a_reason(elmira, asked, said):
    with pytest.raises(Refusal, match=said):
        stability(elmira, **asked)


def test_plan_packages_are_looked_at():
    case = load("budapest-1994")
    result = stability(case, draws=0)
    called = {why for look in result.looks for why in look.why}
    name, plan = case.plan(None)
    for phase in plan.phases:
        title = f"{case.title_of('plans', name)}: {case.title_of('plans', name, phase)}"
        assert title in called or title in result.left_out


def test_the_command_prints_verdicts_and_writes_files(capsys, tmp_path):
    status, out, _ = run(capsys, "elmira", "--coalitions", "--horizon", "2", "--make-stable", "5", "--state", "8",
                         "--moves", str(tmp_path / "m.graphml"), "-o", str(tmp_path / "s.csv"))  # fmt: skip
    assert status == 0
    said = " ".join(out.split())
    assert (
        "would move to The ministry's control order: 'The order is modified', then Uniroyal's response: 'Accepts the"
        in said
    )
    assert "→" not in out
    for meaning in ("nobody gains by moving", "opponents can punish every move that gains, and gain by doing so"):
        assert meaning in said
    assert "Looking 2 moves ahead" in out
    assert (tmp_path / "m.graphml").exists()
    assert (tmp_path / "s.csv").exists()
    status, out, _ = run(capsys, "elmira", "--json")
    assert json.loads(out)["equilibria"]["seq"] == [5, 8, 9]


@pytest.mark.parametrize(
    "arguments",
    [
        ["elmira", "--state", "12"],
        ["elmira", "--state", "x"],
        ["elmira", "--fix", "modify"],
        ["elmira", "-o", "x.xyz"],
    ],
)
def test_bad_arguments_end_with_status_2(capsys, arguments):
    status, out, err = run(capsys, *arguments)
    assert status == 2
    assert err
    assert "Traceback" not in out + err


def test_cases_of_this_room_agree_with_the_catalogue(full):
    here = stability(load_file(Path(__file__).parent / "cases" / "elmira.yaml"))
    for concept, stable in full.stable.items():
        assert (here.stable[concept] == stable).all()
