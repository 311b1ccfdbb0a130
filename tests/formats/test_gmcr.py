"""GMCR+ files become cases with the same states, moves and preferences."""

import json

import pytest

from halfway.case.catalog import load
from halfway.errors import InputError, Refusal
from halfway.formats.files import read, write
from halfway.formats.known.gmcr import write_gmcr
from halfway.stability.run import stability


def conflict(**changes):
    """Write the Elmira conflict as GMCR+ does: five options, each taken or not, twelve feasible states."""
    exactly_one = [[[1, "Y"], [2, "Y"]], [[1, "Y"], [3, "Y"]], [[2, "Y"], [3, "Y"]], [[1, "N"], [2, "N"], [3, "N"]]]
    return {
        "program": "gmcr-py",
        "version": "0.3.12",
        "useManualPreferenceRanking": True,
        "options": [
            {"name": "Modify", "permittedDirection": "fwd"},
            {"name": "Delay", "permittedDirection": "back"},
            {"name": "Accept", "permittedDirection": "both"},
            {"name": "Abandon", "permittedDirection": "fwd"},
            {"name": "Insist", "permittedDirection": "both"},
        ],
        "decisionMakers": [
            # States by number: 1-2 delay, 3-4 accept, 5-6 abandon, then the same with the locals insisting.
            {"name": "MoE", "options": [0], "preferences": [],
             "preferenceRanking": [9, 3, 4, 10, 7, 1, 2, 8, [5, 6, 11, 12]]},
            {"name": "UR", "options": [1, 2, 3], "preferences": [],
             "preferenceRanking": [1, 4, 10, 7, [5, 6, 11, 12], 3, 9, 2, 8]},
            {"name": "LG", "options": [4], "preferences": [],
             "preferenceRanking": [9, 3, 7, 1, 10, 8, 4, 2, [5, 6, 11, 12]]},
        ],
        "infeasibles": exactly_one,
        **changes,
    }  # fmt: skip


def read_conflict(path, raw):
    """Read a conflict that is given as data."""
    path.write_text(json.dumps(raw))
    return read(path)


def taken(result, number):
    return {issue for issue, option in result.state(number).items() if option == "Y"}


def test_elmira_keeps_its_states_and_equilibria(tmp_path):
    path = tmp_path / "Elmira conflict.gmcr"
    path.write_text(json.dumps(conflict()))
    imported = read(path)
    assert imported.case.name == "elmira-conflict"
    result = stability(imported.case)
    assert result.states == 12
    assert taken(result, 1) == {"delay"}
    assert taken(result, 9) == {"accept", "insist"}
    nash = [taken(result, k) for k in result.equilibria("nash")]
    assert {"delay", "insist"} in nash
    assert {"modify", "accept", "insist"} in nash
    assert {frozenset(x) for x in nash if "abandon" not in x} == {
        frozenset({"delay", "insist"}),
        frozenset({"modify", "accept", "insist"}),
    }


def test_statements_are_read_in_order_with_compound_ones_as_alternatives(tmp_path):
    raw = conflict(useManualPreferenceRanking=False)
    raw["decisionMakers"][2]["preferences"] = [[[4, "Y"]]]
    raw["decisionMakers"][0]["preferences"] = [
        [[2, "Y"]],
        {"compound": True, "members": [[[0, "N"], [4, "Y"]], [[0, "Y"], [4, "N"]]]},
    ]
    imported = read_conflict(tmp_path / "x.gmcr", raw)
    # Who states nothing is said to, and is not taken to be indifferent.
    assert any("'UR' states no preference" in line for line in imported.lost)
    with pytest.raises(Refusal, match="the interests of 'ur' are not stated"):
        stability(imported.case)
    raw["decisionMakers"][1]["preferences"] = [[[3, "N"]]]
    imported = read_conflict(tmp_path / "x.gmcr", raw)
    first, second = imported.case.actors["moe"].statements
    ranks = {r.state: (r.options, r.ranks["moe"]) for r in stability(imported.case).state_rows}
    for options, rank in ranks.values():
        accepts = options["accept"] == "Y"
        apart = (options["modify"] == "Y") != (options["insist"] == "Y")
        assert rank == 1 + (not accepts) * 2 + (not apart)
    assert (first.strength, second.strength) == ("weak", "weak")


def test_what_is_lost_is_said(tmp_path):
    raw = conflict()
    raw["decisionMakers"][1]["misperceptions"] = [[[0, "Y"]]]
    raw["decisionMakers"][2]["options"] = []
    raw["options"].append({"name": "Insist", "permittedDirection": "both"})
    raw["decisionMakers"][0]["options"] = [0, 5]
    raw["decisionMakers"][2]["options"] = [5]
    raw["useManualPreferenceRanking"] = False
    lost = " ".join(read_conflict(tmp_path / "x.gmcr", raw).lost)
    assert "does not perceive" in lost
    assert "belongs to nobody" in lost
    assert "belongs to several" in lost
    assert "no status quo" in lost


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "the JSON cannot be read"),
        ("[]", "a list stands where a mapping is expected"),
        ("{}", "'options' is missing"),
        (json.dumps(conflict(options=[])), "'options' has too few entries"),
        (json.dumps(conflict(infeasibles=[[[9, "Y"]]])), "no option 9"),
        (json.dumps(conflict(infeasibles=[[[0, "maybe"]]])), "'maybe' does not fit"),
        (json.dumps(conflict(infeasibles=[{"compound": True, "members": []}])), "'members' has too few entries"),
        (
            json.dumps(conflict(options=[{"name": "x", "permittedDirection": "sideways"}] * 5)),
            "'sideways' does not fit",
        ),
        ("[" * 100_000, "the nesting is too deep"),
    ],
)
def test_bad_files_are_refused_with_a_reason(tmp_path, text, said):
    path = tmp_path / "bad.gmcr"
    path.write_text(text)
    with pytest.raises(InputError) as error:
        read(path)
    assert said in str(error.value)
    assert "bad.gmcr" in str(error.value)


@pytest.mark.parametrize("name", ["elmira", "budapest-1994", "eu-belarus-2016"])
def test_what_is_written_and_read_again_has_the_same_verdicts(tmp_path, name):
    case = load(name)
    alone = case.model_copy(
        update={"issues": {k: i.model_copy(update={"set_by": i.set_by[:1]}) for k, i in case.issues.items()}}
    )
    path = tmp_path / "x.gmcr"
    lost = write_gmcr(alone, path)
    assert any("utilities" in line for line in lost)
    before, after = stability(alone, draws=0), stability(read(path).case)
    assert ("coalesced" in " ".join(lost)) == (name == "elmira")
    if name != "elmira":
        assert after.states == before.states
    for concept in before.stable:
        assert described(case, before, concept) == described_again(case, after, concept)


def described(case, result, concept):
    return {frozenset(f"{i}: {o}" for i, o in result.state(k).items() if o) for k in result.equilibria(concept)}


def described_again(case, result, concept):
    out = set()
    for k in result.equilibria(concept):
        titles = {result.space.case.title_of("issues", i): o for i, o in result.state(k).items()}
        facts = {}
        for title, taken in titles.items():
            issue, option = title.split(": ")
            if taken == "Y":
                facts[issue] = option
            elif len(case.issues[issue].options) == 2:
                facts[issue] = next(iter(case.issues[issue].options))
        ended = [i for i, o in facts.items() if o in case.issues[i].coalesce_when]
        out.add(frozenset(f"{i}: {o}" for i, o in facts.items() if not ended or i == ended[0]))
    return out


def test_the_format_is_known_to_convert(tmp_path):
    write(load("elmira"), tmp_path / "e.gmcr")
    assert read(tmp_path / "e.gmcr").case.name == "e"


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot read"):
        read(tmp_path / "none.gmcr")
