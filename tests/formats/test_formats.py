"""Readers and writers of peers' formats."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.case.case import Case
from halfway.case.reader import build
from halfway.cli.main import root
from halfway.errors import InputError, Refusal
from halfway.formats.files import formats, read, write
from halfway.settle.run import settle
from halfway.space.utilities.space import compile_space

SHARED = Path(os.environ.get("HALFWAY_SHARED", Path(__file__).resolve().parents[2].parent / "shared"))
DOMAINS = SHARED / "data" / "domains"
REFERENCE = SHARED / "reference" / "settle-domains.json"
NAMES = {"nash": "nash", "egalitarian": "egalitarian", "utilitarian": "utilitarian", "ks": "kalai_smorodinsky"}


def reference() -> dict[str, Any]:
    return json.loads(REFERENCE.read_text(encoding="utf-8"))["domains"] if REFERENCE.is_file() else {}


needs_domains = pytest.mark.skipif(
    not DOMAINS.is_dir() or not REFERENCE.is_file(), reason="the published domains may not be committed; not found here"
)


@needs_domains
@pytest.mark.parametrize("name", sorted(reference()))
def test_published_domains_agree_with_the_reference(name: str) -> None:
    expected = reference()[name]
    result = settle(read(DOMAINS / name).case)
    assert result.acceptable.low == expected["individually_rational_outcomes"]
    assert result.frontier.exact
    assert result.frontier.size == expected["pareto_distinct_vectors"]
    for theirs, ours in NAMES.items():
        found = [result.solutions[ours].utilities[p] / 100 for p in expected["parties"]]
        assert found == pytest.approx(expected["solutions"][theirs]["u"], abs=1e-9), theirs


def additive(seed: int, with_discount: bool = True) -> Case:
    """Make a case that every profile format can hold."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 5, int(rng.integers(1, 4)))
    actors: dict[str, Any] = {}
    for a in range(int(rng.integers(1, 4))):
        interests = {}
        for i, size in enumerate(sizes):
            values = rng.integers(0, 101, size)
            values[int(rng.integers(size))] = 100
            interests[f"issue & {i}"] = {
                "weight": f"0.{int(rng.integers(1, 1000)):03d}",
                "values": {f'v"{o}<': int(v) for o, v in enumerate(values)},
            }
        actors[f"party {a}"] = {"interests": interests, "normalise": False, "walk_away": int(rng.integers(0, 40))}
        if with_discount:
            actors[f"party {a}"]["patience"] = "0.75"
    issues = {
        f"issue & {i}": {"options": [f'v"{o}<' for o in range(size)], "set_by": list(actors), "owner": list(actors)}
        for i, size in enumerate(sizes)
    }
    return build({"name": "round-trip", "actors": actors, "issues": issues})


def worth(case: Case) -> tuple[list[list[float]], list[float]]:
    space = compile_space(case)
    packages = np.array(list(product(*(range(s) for s in space.sizes))))
    return np.round(space.values(packages), 9).tolist(), np.round(space.walk_away, 9).tolist()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["genius", "negmas", "geniusweb"]))
def test_round_trips_lose_nothing_that_both_can_hold(
    tmp_path_factory: pytest.TempPathFactory, seed: int, format: str
) -> None:
    case = additive(seed, with_discount=format == "genius")
    folder = tmp_path_factory.mktemp("trip")
    lost = write(case, folder, format)
    again = read(folder).case
    values, walk_away = worth(case)
    values_again, walk_away_again = worth(again)
    assert list(again.actors) == list(case.actors)
    assert [list(i.options) for i in again.issues.values()] == [list(i.options) for i in case.issues.values()]
    np.testing.assert_allclose(values_again, values, atol=1e-7)
    carried = not any("walk-away" in line for line in lost)
    if carried:
        np.testing.assert_allclose(walk_away_again, walk_away, atol=1e-7)
    else:
        assert format == "geniusweb"
    if format == "genius":
        assert [float(a.patience.value) for a in again.actors.values() if a.patience] == [0.75] * len(case.actors)


@needs_domains
@pytest.mark.parametrize("name", ["2011_Laptop", "2016_Grandma_3p", "gw_Party"])
@pytest.mark.parametrize("format", ["genius", "negmas", "geniusweb", "case"])
def test_published_domains_survive_the_other_formats(name: str, format: str, tmp_path: Path) -> None:
    case = read(DOMAINS / name).case
    target = tmp_path / ("again.yaml" if format == "case" else "again")
    write(case, target, format)
    again = read(target).case
    np.testing.assert_allclose(worth(again)[0], worth(case)[0], atol=1e-7)


def test_a_case_with_everything_says_what_is_lost(tmp_path: Path) -> None:
    case = build(
        {
            "name": "rich",
            "actors": {
                "a": {
                    "interests": {"i": {"weight": "0.5 ± 0.1", "values": {"x": 0, "y": 100}}},
                    "linkages": [{"when": {"i": "x"}, "points": 3}],
                    "red_lines": [{"when": {"i": "y"}}],
                }
            },
            "issues": {"i": {"options": ["x", "y"], "set_by": "a", "owner": "a"}},
            "status_quo": {"i": "y"},
            "constraints": [{"forbid": {"i": "x"}}],
        }
    )
    lost = write(case, tmp_path / "out", "genius")
    for part in ("1 constraints", "1 linkages", "1 red lines", "status quo", "1 uncertain numbers", "walk-away of a"):
        assert any(part in line for line in lost), part


GOOD_DOMAIN = """<negotiation_template><utility_space number_of_issues="1">
<objective index="0" name="root" type="objective" etype="objective">
<issue index="2" name="price" type="discrete" vtype="discrete">
<item index="1" value="low"/><item index="2" value="high"/></issue>
</objective></utility_space></negotiation_template>
"""
GOOD_PROFILE = """<utility_space>
<objective index="0" name="root" type="objective" etype="objective">
<issue index="2" name="price" type="discrete" vtype="discrete">
<item index="1" value="low" evaluation="1"/><item index="2" value="high" evaluation="3"/></issue>
<weight index="2" value="0.9"/>
</objective><discount_factor value="0.5"/><reservation value="0.25"/></utility_space>
"""
BOMB = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<negotiation_template>&b;</negotiation_template>
"""


def put(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        stem, _, ending = name.rpartition("_")
        (folder / f"{stem}.{ending}").write_text(text, encoding="utf-8")
    return folder


def test_genius_conventions(tmp_path: Path) -> None:
    imported = read(put(tmp_path, domain_xml=GOOD_DOMAIN, buyer_xml=GOOD_PROFILE))
    space = compile_space(imported.case)
    # 0.9 · 1/3 and 0.9 · 3/3, in points: exact thirds, not their decimals.
    assert space.utilities.exact
    np.testing.assert_allclose(space.values(np.array([[0], [1]]))[0], [30, 90], rtol=1e-15)
    assert space.walk_away[0] == 25
    patience = imported.case.actors["buyer"].patience
    assert patience is not None
    assert patience.value.mean == Fraction(1, 2)


def test_integer_issues_count_from_their_lower_bound(tmp_path: Path) -> None:
    integer = '<issue index="1" name="n" type="integer" vtype="integer" lowerbound="8" upperbound="11">'
    domain = GOOD_DOMAIN.replace('<issue index="2"', integer + '</issue><issue index="2"')
    evaluator = '<evaluator ftype="linear" offset="1.0" slope="-0.4"/>'
    profile = GOOD_PROFILE.replace('<issue index="2"', integer + evaluator + '</issue><issue index="2"').replace(
        "<weight", '<weight index="1" value="1"/><weight', 1
    )
    space = compile_space(read(put(tmp_path, domain_xml=domain, buyer_xml=profile)).case)
    # clip(1 − 0.4 · (value − 8), 0, 1) for 8 … 11, beside 30 for the low price.
    np.testing.assert_allclose(
        space.values(np.array([[0, 0], [1, 0], [2, 0], [3, 0]]))[0] - 30, [100, 60, 20, 0], atol=1e-12
    )


@pytest.mark.parametrize(
    ("files", "code", "where"),
    [
        ({"domain_xml": GOOD_DOMAIN[:150], "a_xml": GOOD_PROFILE}, "F110", "domain.xml:3:"),
        ({"domain_xml": GOOD_DOMAIN, "a_xml": "<html/>"}, "F114", "a.xml:1:1"),
        ({"a_xml": GOOD_PROFILE}, "F113", ""),
        ({"domain_xml": GOOD_DOMAIN}, "F120", "domain.xml:1:1"),
        ({"domain_xml": GOOD_DOMAIN.replace("</objective>", '</objective><agent utility_space="b.xml"/>'),
          "a_xml": GOOD_PROFILE}, "F120", "domain.xml:5:"),
        ({"domain_xml": GOOD_DOMAIN, "a_xml": GOOD_PROFILE.replace("0.9", "-0.9")}, "F122", "a.xml:5:1"),
        ({"domain_xml": GOOD_DOMAIN, "a_xml": GOOD_PROFILE.replace("0.9", "nine")}, "F118", "a.xml:5:1"),
        ({"domain_xml": GOOD_DOMAIN, "a_xml": GOOD_PROFILE.replace('evaluation="3"', 'evaluation="-3"')}, "F122", "a.xml:4:"),
        ({"domain_xml": GOOD_DOMAIN, "a_xml": GOOD_PROFILE.replace('"price"', '"prize"')}, "F117", "a.xml:1:1"),
        ({"domain_xml": GOOD_DOMAIN, "a_xml": GOOD_PROFILE.replace('value="high"', 'value="hi"')}, "F117", "a.xml:3:1"),
        ({"domain_xml": BOMB, "a_xml": GOOD_PROFILE}, "F112", "domain.xml:2:"),
        ({"domain_xml": "<a>" * 300, "a_xml": GOOD_PROFILE}, "F111", "domain.xml:1:"),
        ({"domain_xml": GOOD_DOMAIN.replace('"discrete"', '"fuzzy"'), "a_xml": GOOD_PROFILE}, "F116", "domain.xml:3:1"),
            # A real issue has bounds, and these are none.
            ({"domain_xml": GOOD_DOMAIN.replace('"discrete"', '"real"'), "a_xml": GOOD_PROFILE}, "F118", "domain.xml:3:1"),
        ({"d_json": '{"issuesValues": {"i": {"values": ["x"'}, "F140", "d.json:1:"),
        ({"d_json": '{"issuesValues": {"i": {"values": ["x", "y"]}}}', "p_json": "{}"}, "F141", "p.json:1:1"),
        ({"d_json": '{"issuesValues": {"i": {"values": ["x", "y"]}}}'}, "F120", "d.json:1:1"),
        ({"domain_yml": "issues: [{name: i, values: [x, y]"}, "Y101", "domain.yml:2:1"),
        ({"domain_yml": "issues: [{name: i, values: [x, y]}]", "u_yml": "type: HyperRectangle"}, "F151", "u.yml:1:7"),
        ({"t_csv": "actor,issue,position\na,i,5"}, "F161", "t.csv:1:1"),
        ({"t_csv": "actor,issue,position,salience\na,i,five,5\nb,i,5,500\n,i,5,5"}, "F162", "t.csv:2:1"),
        ({"t_csv": "actor,issue,position,salience\na,i,5,5\na,i,6,5"}, "F163", "t.csv:3:1"),
        ({"g_nfg": 'NFG 1 R "x" { "a" "b" } { 2 2 }\n1 2 3'}, "F171", "g.nfg:2:"),
        ({"g_nfg": "EFG 2 R"}, "F171", "g.nfg:1:"),
    ],
)  # fmt: skip
def test_bad_files_end_in_a_located_message(tmp_path: Path, files: dict[str, str], code: str, where: str) -> None:
    put(tmp_path, **files)
    single = [n for n in files if n.endswith(("csv", "nfg"))]
    path = tmp_path / single[0].replace("_", ".") if single else tmp_path
    with pytest.raises(InputError) as caught:
        read(path)
    problem = caught.value.problems[0]
    assert problem.code == code
    assert where in str(problem.place)
    # From the command line the same comes out as exit status 2, without a traceback.
    outcome = CliRunner().invoke(root, ["convert", str(path), str(tmp_path / "out.yaml")], standalone_mode=False)
    assert isinstance(outcome.exception, InputError)
    assert not (tmp_path / "out.yaml").exists()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mangled_files_never_break_the_reader(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    name, text = data.draw(st.sampled_from([("domain.xml", GOOD_DOMAIN), ("a.xml", GOOD_PROFILE)]))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    mangled = text[:start] + data.draw(st.text(max_size=8)) + text[end:]
    folder = tmp_path_factory.mktemp("mangled")
    (folder / "domain.xml").write_text(GOOD_DOMAIN, encoding="utf-8")
    (folder / "a.xml").write_text(GOOD_PROFILE, encoding="utf-8")
    (folder / name).write_bytes(mangled.encode("utf-8", "surrogatepass"))
    # Anything but an InputError fails the test.
    with contextlib.suppress(InputError):
        assert isinstance(read(folder).case, Case)


def test_positions_round_trip(tmp_path: Path) -> None:
    table = tmp_path / "emissions.csv"
    table.write_text(
        "actor,capability,issue,position,salience,from,to,unit,reference,outcome\n"
        "north,80,date,10,60,4,10,years,10,8.25\nsouth,30.5,date,4,90,,,,,\nsouth,30.5,price,20,10,,,,,\n"
        "north,80,price,,10,,,,,\n",
        encoding="utf-8",
    )
    imported = read(table)
    assert any("1 rows without a position" in line for line in imported.lost)
    case = imported.case
    space = compile_space(case)
    date = space.options[0]
    assert date == ("at 4", "at 10")
    # South: salience 90 and 10 are weights of 0.9 and 0.1; the value falls linearly over the scale.
    np.testing.assert_allclose(
        space.values(np.array([[0, 1], [1, 1]]))[1], [0.9 * 100 + 0.1 * 100, 0.1 * 100], rtol=1e-12
    )
    assert float(case.issues["date"].outcome or 0) == 8.25
    write(case, tmp_path / "again.csv")
    again = read(tmp_path / "again.csv").case
    np.testing.assert_allclose(worth(again)[0], worth(case)[0])
    assert again.issues["date"].reference_point == case.issues["date"].reference_point


def test_gambit_writes_the_induced_game_and_reads_it_back(tmp_path: Path) -> None:
    case = build(
        {
            "name": "arms",
            "title": 'The "arms" race',
            "actors": {
                a: {
                    "interests": {
                        a: {"values": {"disarm": 0, "arm": 100}},
                        b: {"weight": 3, "values": {"disarm": 100, "arm": 0}},
                    }
                }
                for a, b in (("east", "west"), ("west", "east"))
            },
            "issues": {
                "east": {"options": ["disarm", "arm"], "set_by": "east", "owner": "east"},
                "west": {"options": ["disarm", "arm"], "set_by": "west", "owner": "west"},
            },
            "status_quo": {"east": "arm", "west": "arm"},
        }
    )
    lost = write(case, tmp_path / "game.nfg")
    assert any("walk-aways" in line for line in lost)
    again = read(tmp_path / "game.nfg").case
    assert again.title == 'The "arms" race'
    np.testing.assert_allclose(worth(again)[0], worth(case)[0], atol=1e-9)
    write(again, tmp_path / "twice.nfg")
    payoffs = [line for line in (tmp_path / "game.nfg").read_text().splitlines() if line.startswith('{ ""')]
    assert payoffs == [line for line in (tmp_path / "twice.nfg").read_text().splitlines() if line.startswith('{ ""')]
    # The first player's strategy changes fastest: (disarm, disarm), (arm, disarm), (disarm, arm), (arm, arm).
    assert [round(float(p.split()[2].rstrip(",")), 6) for p in payoffs] == [75, 100, 0, 25]


def test_gambit_reads_plain_payoffs(tmp_path: Path) -> None:
    (tmp_path / "pd.nfg").write_text('NFG 1 R "pd" { "a" "b" } { 2 2 }\n\n3 3 5 0 0 5 1 1\n', encoding="utf-8")
    space = compile_space(read(tmp_path / "pd.nfg").case)
    np.testing.assert_allclose(space.values(np.array([[0, 0], [1, 0], [0, 1], [1, 1]])), [[3, 5, 0, 1], [3, 0, 5, 1]])


def test_a_jointly_set_issue_falls_back_in_the_game(tmp_path: Path) -> None:
    data: dict[str, Any] = {
        "name": "joint",
        "actors": {a: {"interests": {"pact": {"values": {"none": 10, "signed": 60}}}} for a in ("a", "b")},
        "issues": {"pact": {"options": ["none", "signed"], "set_by": ["a", "b"], "owner": "a"}},
    }
    with pytest.raises(Refusal, match="no status quo"):
        write(build(data), tmp_path / "x.nfg")
    write(build({**data, "status_quo": {"pact": "none"}}), tmp_path / "x.nfg")
    payoffs = [line for line in (tmp_path / "x.nfg").read_text().splitlines() if line.startswith('{ ""')]
    assert payoffs == ['{ "" 10, 10 }'] * 3 + ['{ "" 60, 60 }']


def test_the_verb_says_what_is_lost(tmp_path: Path) -> None:
    source = put(tmp_path, domain_xml=GOOD_DOMAIN, buyer_xml=GOOD_PROFILE)
    answer = CliRunner().invoke(
        root, ["convert", str(source), str(tmp_path / "c.yaml"), "--json"], standalone_mode=False
    )
    report = json.loads(answer.output)
    assert report["lost_writing"] == []
    assert any("owns the issues" in line for line in report["lost_reading"])
    np.testing.assert_allclose(worth(read(tmp_path / "c.yaml").case)[0], [[30, 90]])
    refused: Callable[[], object] = lambda: read(tmp_path / "c.yaml", "word")  # noqa: E731
    with pytest.raises(InputError, match="no format 'word'"):
        refused()


def test_the_reference_page_has_a_row_for_every_format() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "formats.md").read_text(encoding="utf-8")
    for name, known in formats().items():
        assert f"| {known.title} | `{name}` | {known.form} | {known.reads} | {known.writes} |" in page
