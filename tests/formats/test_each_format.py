"""Each format reads what its own programs write, says what is lost, and refuses by name what it cannot carry."""

from __future__ import annotations

import io
import json
import sys
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from halfway.case.catalog import load, paths
from halfway.case.reader import build, load_file
from halfway.errors import InputError
from halfway.formats.files import read, write
from halfway.space.utilities.space import compile_space
from tests.formats.inputs import (
    CONFLICT,
    GAMBIT,
    GENIUS_DOMAIN,
    GENIUS_PROFILE,
    GENIUSWEB_DOMAIN,
    GENIUSWEB_SPACE,
    NEGMAS_DOMAIN,
    NEGMAS_FUNCTION,
    POSITIONS,
    TEXTS,
    lay,
)


def worth(case: Any) -> list[list[float]]:
    space = compile_space(case)
    packages = np.array(list(product(*(range(s) for s in space.sizes))))
    return np.round(space.values(packages), 9).tolist()


def refuse(path: Path, said: str, **asked: Any) -> tuple[Any, ...]:
    with pytest.raises(InputError, match=said) as caught:
        read(path, **asked)
    return caught.value.problems


# 60 points for a high price (a quarter of it for a low one), 40 for four weeks, half for three.
FLAT = [[15.0, 35.0, 55.0, 60.0, 80.0, 100.0]] * 2


@pytest.mark.parametrize("format", ["genius", "geniusweb", "negmas"])
def test_three_formats_say_the_same(format: str, tmp_path: Path) -> None:
    case = read(lay(tmp_path, TEXTS[format])).case
    assert list(case.actors) == ["a", "b"]
    assert worth(case) == FLAT


# --- Gambit ---


def game(tmp_path: Path, text: str) -> Path:
    return lay(tmp_path, {"game.nfg": text})


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ('NFG 1 R "t" { "A" "A" } { 2 2 }\n1 2 3 4 5 6 7 8', "1:19", "two players are called 'A'"),
        ('NFG 1 R "t" { "e\u0301" "é" } { 2 2 }\n1 2 3 4 5 6 7 8', "1:", "two players are called"),
        ('NFG 1 R "t" { "A" "B" } { 2 2 }\n1 2 3 4 5 6 7 8 9', "2:17", "'9' is too much"),
        (GAMBIT + "5", "6:1", "'5' is too much"),
        (GAMBIT.replace("1 2 3 4", "1 2 3"), "6:1", "payoffs are missing"),
        (GAMBIT.replace("3, 1 }", "3, 1, 7 }"), "4:26", "} is expected"),
        (GAMBIT.replace("1 2 3 4", "1 2 3 5"), "5:7", "there is no outcome '5'"),
        (GAMBIT.replace("1 2 3 4", "1 2 3 1.5"), "5:7", "there is no outcome '1.5'"),
        ('NFG 1 R "t" { "A" "B" } { 2 2 2 }\n1', "1:", "strategies of 3 players are given, not of 2"),
        ('NFG 1 R "t" { "A" } { {"x" "x"} }\n1 2', "1:", "two strategies of A are called 'x'"),
        ('NFG 1 R "t" { "A" "B" } { 0 2 }\n1', "1:27", "'0' is no number of strategies"),
        ('NFG 1 R "t" { "A" "B" } { ² 2 }\n1', "1:27", "'²' is no number of strategies"),
        ('NFG 1 R "t" { "A" "B" } { 1 1 }\n1 2', "1:13", "no player has a choice"),
        ('NFG 1 R "t" { } { }\n', "1:13", "there is no player"),
        ('NFG 1 R "t { "A" "B" } { 2 2 }\n1 2 3 4 5 6 7 8', "1:20", "never closed"),
        ('NFG 1 R "t" { "A" "B } { 2 2 }\n1 2 3 4', "1:19", "a quotation mark is opened here and never closed"),
        ('NFG 2 R "t"', "1:5", "does not begin with NFG 1"),
        ("", "1:1", "does not begin"),
    ],
)  # fmt: skip
def test_gambit_refuses_what_does_not_add_up(tmp_path: Path, text: str, where: str, said: str) -> None:
    (problem,) = refuse(game(tmp_path, text), said)
    assert str(problem.place).startswith(f"{tmp_path}/game.nfg:{where}")


def test_gambit_numbers_players_and_strategies_without_names(tmp_path: Path) -> None:
    text = 'NFG 1 D "" { "" "" } { { "" "" } { "x" "" } }\n""\n{ { "" 1/3, -1e-1 } }\n1 0 0 1'
    imported = read(game(tmp_path, text))
    assert list(imported.case.actors) == ["player 1", "player 2"]
    assert [list(i.options) for i in imported.case.issues.values()] == [
        ["strategy 1", "strategy 2"],
        ["x", "strategy 2"],
    ]
    assert any("player 1 has no name" in line for line in imported.lost)
    assert any("have no name and are numbered" in line for line in imported.lost)
    assert worth(imported.case)[0] == pytest.approx([1 / 3, 0, 0, 1 / 3], abs=1e-9)


def test_gambit_keeps_a_player_with_a_single_strategy(tmp_path: Path) -> None:
    imported = read(game(tmp_path, 'NFG 1 R "t" { "A" "B" } { {"only"} {"x" "y"} }\n1 2 3 4'))
    assert list(imported.case.issues) == ["B"]
    assert worth(imported.case) == [[1, 3], [2, 4]]
    assert any("A has a single strategy" in line for line in imported.lost)


@pytest.mark.parametrize("word", ["all", "any", "not", "if", "iff", "at_least"])
def test_names_that_conditions_use_as_words(tmp_path: Path, word: str) -> None:
    imported = read(game(tmp_path, f'NFG 1 R "t" {{ "{word}" "B" }} {{ 2 2 }}\n1 2 3 4 5 6 7 8'))
    assert list(imported.case.actors) == [f"{word} 1", "B"]
    assert any("conditions use the word" in line for line in imported.lost)
    assert worth(imported.case)[0] == [1, 5, 3, 7]
    write(imported.case, tmp_path / "case.yaml")
    assert worth(load_file(tmp_path / "case.yaml"))[0] == [1, 5, 3, 7]


def test_gambit_games_that_are_too_large_are_counted_not_laid_out(tmp_path: Path) -> None:
    many = " ".join(f'"p{k}"' for k in range(4000))
    refuse(game(tmp_path, f'NFG 1 R "t" {{ {many} }} {{ {"2 " * 4000} }}\n1'), r"over 10\^\d+ strategy profiles")


# --- Genius ---


def test_genius_folders_of_several_domains(tmp_path: Path) -> None:
    files = {}
    for letter, weight in (("A", "0.6"), ("B", "0.5")):
        files[f"Deal-{letter}-domain.xml"] = GENIUS_DOMAIN
        for party in ("p1", "p2"):
            files[f"Deal-{letter}-{party}.xml"] = GENIUS_PROFILE.replace("0.6", weight)
    folder = lay(tmp_path, files)
    (problem,) = refuse(folder, "F113 there are several domain files")
    assert "--domain" in problem.remedy
    for name in ("Deal-B-domain.xml", "Deal-B-domain"):
        imported = read(folder, domain=name)
        assert list(imported.case.actors) == ["Deal-B-p1", "Deal-B-p2"]
        assert worth(imported.case)[0][-1] == 90
        assert any("Deal-A-p1.xml" in line for line in imported.lost)
    chosen = read(folder, domain="Deal-A-domain", profiles=["Deal-B-p2", "Deal-A-p1.xml"]).case
    assert list(chosen.actors) == ["Deal-B-p2", "Deal-A-p1"]
    refuse(folder, "F113 there is no domain 'none'", domain="none")
    refuse(folder, "F120 there is no profile 'none'", domain="Deal-A-domain", profiles=["none"])
    assert list(read(folder / "Deal-A-domain.xml").case.actors) == ["Deal-A-p1", "Deal-A-p2"]
    (tmp_path / "Deal-common.xml").write_text(GENIUS_PROFILE, encoding="utf-8")
    refuse(folder, "F113 Deal-common.xml may belong to several domains", domain="Deal-A-domain")


def test_genius_skips_and_names_what_is_no_profile(tmp_path: Path) -> None:
    extra = {"pareto.xml": "0.5, 1.0\n", "notes.xml": "<notes/>", "c.xml": GENIUS_PROFILE}
    imported = read(lay(tmp_path, TEXTS["genius"] | extra))
    assert list(imported.case.actors) == ["a", "b", "c"]
    said = " ".join(imported.lost)
    assert "pareto.xml" in said
    assert "notes.xml" in said
    assert "3 profiles are read, each as a party" in said
    assert list(read(tmp_path, profiles=["b", "a"]).case.actors) == ["b", "a"]


@pytest.mark.parametrize("wanted", ["", "profile of the first party", "put your file here"])
def test_genius_placeholders_for_profiles_are_none(tmp_path: Path, wanted: str) -> None:
    domain = GENIUS_DOMAIN.replace("<utility_space ", f'<agent utility_space="{wanted}"/><utility_space ')
    assert read(lay(tmp_path, TEXTS["genius"] | {"domain.xml": domain})).case.actors
    named = GENIUS_DOMAIN.replace("<utility_space ", '<agent utility_space="etc\\gone.xml"/><utility_space ')
    refuse(lay(tmp_path, {"domain.xml": named, "x.xml": GENIUS_PROFILE}), "F120 the profile 'gone.xml' is missing")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('value="high" eval', 'value="high & low" eval', r"a\.xml:4:\d+: F110 .*a bare '&'.*write &amp;"),
        ('value="high" eval', 'value="high &eacute;" eval', r"a\.xml:4:\d+: F110 .*&eacute;.*write the letter itself"),
        ("<weight", '<hyperRectangle utility="9"/><weight', r"a\.xml:7:\d+: F119 .*hyper-rectangles"),
        ('<weight index="1" value="0.6"/>', '<weight index="2" value="0.6"/>', r"F117 the weight 2 stands twice"),
        ('evaluation="4"', 'evaluation="1e99999999"', r"a\.xml:4:\d+: F118"),
        ('evaluation="4"', 'evaluation="²"', r"a\.xml:4:\d+: F118"),
        ('slope="0.5"', 'slope="inf"', r"a\.xml:6:\d+: F118"),
        ('slope="0.5"', 'slope="1/0"', r"a\.xml:6:\d+: F118 .*divides by zero"),
    ],
)  # fmt: skip
def test_genius_says_what_is_wrong_with_a_profile(tmp_path: Path, old: str, new: str, said: str) -> None:
    files = TEXTS["genius"] | {"a.xml": GENIUS_PROFILE.replace(old, new, 1)}
    refuse(lay(tmp_path, files), said)


def test_genius_encodings(tmp_path: Path) -> None:
    domain, profile = (
        t.replace("high", "hôtel").replace('<?xml version="1.0"?>\n', "") for t in (GENIUS_DOMAIN, GENIUS_PROFILE)
    )
    files = {"domain.xml": domain.encode("latin-1"), "a.xml": profile.encode("latin-1")}
    problems = refuse(lay(tmp_path, files), "F110 .*declares no encoding and is not UTF-8; windows-1252 would fit")
    assert all('encoding="windows-1252"' in p.remedy for p in problems)
    read_so = read(tmp_path, encoding="windows-1252").case
    declared = {n: b'<?xml version="1.0" encoding="iso-8859-1"?>' + raw for n, raw in files.items()}
    lay(tmp_path, declared)
    for case in (read_so, read(tmp_path).case):
        assert list(case.issues["price"].options) == ["low", "hôtel"]
    lay(tmp_path, {"domain.xml": domain.encode("utf-16"), "a.xml": profile.encode("utf-16")})
    assert list(read(tmp_path).case.issues["price"].options) == ["low", "hôtel"]


# --- GeniusWeb ---


def web(tmp_path: Path, domain: Any = GENIUSWEB_DOMAIN, space: Any = GENIUSWEB_SPACE, **more: Any) -> Path:
    files = {
        "d.json": domain,
        "p.json": {"LinearAdditiveUtilitySpace": space},
        **{f"{k}.json": v for k, v in more.items()},
    }
    return lay(tmp_path, {name: json.dumps(content, indent=1) for name, content in files.items()})


@pytest.mark.parametrize(
    "wrapped", [("DiscreteValueSetUtilities", "NumberValueSetUtilities"), ("discreteutils", "numberutils"), None]
)
def test_geniusweb_utilities_of_every_spelling(tmp_path: Path, wrapped: tuple[str, str] | None) -> None:
    kinds = GENIUSWEB_SPACE["issueUtilities"]
    assert isinstance(kinds, dict)
    own = {i: next(iter(kinds[i].values())) for i in kinds}
    if wrapped:
        own = {i: {name: own[i]} for i, name in zip(own, wrapped, strict=True)}
    assert worth(read(web(tmp_path, space=GENIUSWEB_SPACE | {"issueUtilities": own})).case) == FLAT[:1]


def test_geniusweb_skips_and_names_what_is_no_profile(tmp_path: Path) -> None:
    imported = read(web(tmp_path, specials={"nash": {"utility": [0.5]}}))
    assert list(imported.case.actors) == ["p"]
    assert any("specials.json" in line for line in imported.lost)
    refuse(
        web(tmp_path, specials={"PartialOrdering": {}}),
        r"specials\.json:1:1: F141 the profile is a PartialOrdering",
        profiles=["specials"],
    )


def test_a_named_file_is_judged_alone_and_a_folder_by_what_belongs_to_it(tmp_path: Path) -> None:
    folder = web(tmp_path)
    (folder / "stray.json").write_text('{"run": NaN}')
    (folder / "alien.json").write_text('{"seed": 7}')
    for path in (folder, folder / "d.json"):
        imported = read(path)
        assert list(imported.case.actors) == ["p"]
        assert any("cannot be read" in line and "stray.json" in line for line in imported.lost)
    (problem,) = refuse(folder / "alien.json", "F113 alien.json is no domain file")
    (problem,) = refuse(folder / "stray.json", "F140")
    assert problem.place.file.endswith("stray.json")
    # A file that speaks of the format is meant: leaving a party out for it would be another answer.
    (folder / "q.json").write_text('{"LinearAdditiveUtilitySpace": {"issueWeights": NaN}}')
    (problem,) = refuse(folder, "F140")
    assert problem.place.file.endswith("q.json")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"issueWeights": {"price": 1e400, "weeks": 1}}, r"p\.json"),
        ({"issueWeights": {"price": [1], "weeks": 1}}, r"a list stands where a number is expected"),
        ({"issueWeights": {"price": True, "weeks": 1}}, r"a truth value stands where a number is expected"),
        ({"issueWeights": [1, 2]}, r"a list stands where a mapping is expected"),
        ({"issueWeights": {"price": 1}}, r"says nothing of issue 'weeks'"),
        ({"issueWeights": {"price": "1e999999", "weeks": 1}}, r"'1e999999' is not a number"),
        ({"reservationBid": {"issuevalues": {"price": ["low"]}}}, r"a list stands where a name is expected"),
        ({"reservationBid": {"issuevalues": {"price": "free"}}}, r"the reservation bid has 'free'"),
        ({"issueUtilities": {"price": {}, "weeks": {}}}, r"of no known kind"),
        ({"issueUtilities": {i: {"lowValue": 1, "highValue": 1} for i in ("price", "weeks")}}, "no range"),
        ({"issueUtilities": {i: {"lowValue": 1, "highValue": 2} for i in ("price", "weeks")}}, "'low' of 'price' is not"),
    ],
)  # fmt: skip
def test_geniusweb_says_what_is_wrong_with_a_profile(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    problems = refuse(web(tmp_path, space=GENIUSWEB_SPACE | change), said)
    assert all(str(p.place).startswith(f"{tmp_path}/p.json:") for p in problems)


@pytest.mark.parametrize(
    ("issues", "said"),
    [
        ({"x": {"range": {"low": "0", "high": "1e11", "step": "1"}}}, "values"),
        ({"x": {"range": {"low": "0", "high": "5", "step": "0"}}}, "has 0 values"),
        ({"x": {"range": {"low": "5", "high": "0", "step": "1"}}}, "values"),
        ({"x": {"values": []}}, "has no values"),
        ({"x": {"values": ["a", "a"]}}, "twice"),
        ({"x": {"values": ["a", " a "]}}, "twice"),
        ({"x": {"values": ["a", {}]}}, "a mapping stands where a name"),
        ({"x": {}}, "neither values nor a range"),
        ({"x": 5}, "stands where a mapping is expected"),
        ({}, "has no issue"),
        ([], "a list stands where a mapping is expected"),
    ],
)  # fmt: skip
def test_geniusweb_says_what_is_wrong_with_a_domain(tmp_path: Path, issues: Any, said: str) -> None:
    problems = refuse(web(tmp_path, domain={"name": "d", "issuesValues": issues}), said)
    assert all(str(p.place).startswith(f"{tmp_path}/d.json:") for p in problems)


def test_geniusweb_in_utf16(tmp_path: Path) -> None:
    web(tmp_path)
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_text("utf-8").encode("utf-16"))
    assert worth(read(tmp_path, "geniusweb").case) == FLAT[:1]


# --- NegMAS ---


def scenario(tmp_path: Path, functions: str, domain: str = NEGMAS_DOMAIN, name: str = "Trade.yml") -> Path:
    return lay(tmp_path, {name: domain, "buyer.yml": functions})


@pytest.mark.parametrize("name", ["Trade.yml", "domain.yaml", "x-domain.yml"])
def test_negmas_domains_of_any_name(tmp_path: Path, name: str) -> None:
    path = scenario(tmp_path, NEGMAS_FUNCTION, name=name)
    assert worth(read(path).case) == FLAT[:1]
    assert worth(read(path / name).case) == FLAT[:1]


def test_negmas_straight_lines_by_their_ends(tmp_path: Path) -> None:
    domain = (
        "name: T\nissues:\n  - {name: n, type: ContiguousIssue, values: [1, 10]}\n  - {name: p, values: [100, 200]}\n"
    )
    functions = (
        "type: LinearAdditiveUtilityFunction\nweights: [0.25, 0.75]\nvalues:\n"
        "  - {type: LinearFun, min_value: 0.0, max_value: 1.0}\n  - {type: TableFun, mapping: {100.0: 1, 200: 0}}\n"
    )
    values = worth(read(scenario(tmp_path, functions, domain)).case)[0]
    # Ten units at the worse price: a quarter of the whole, not two and a half times it.
    assert values[-1] == 25
    assert values[1] == 0
    assert values[0] == 75
    np.testing.assert_allclose(values[1::2], np.arange(10) * 25 / 9)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("reserved_value: 0.1", "reserved_value: .inf", r"buyer\.yml:2:17: F151 '\.inf'"),
        ("weights: [0.6, 0.4]", "weights: [0.6]", "2 values and 1 weights"),
        ("weights: [0.6, 0.4]", "weights: [0.6, 1e99999999]", r"buyer\.yml:3:16: F151"),
        ("weights: [0.6, 0.4]", "weights: {x: [1]}", "a list stands where a number"),
        ("weights: [0.6, 0.4]\n", "", "'weights' is missing"),
        ("high: 1}", "high: []}", "a list stands where a number"),
        (", high: 1}", "}", "'high' of 'price' has no utility"),
        ("type: TableFun, mapping", "type: SineFun, mapping", "is a SineFun"),
        ("type: TableFun, mapping: {low: 0.25, high: 1}", "type: AffineFun, slope: 1", "are no numbers"),
        ("slope: 0.5, bias: -1", "bias: 0", "has no slope"),
        ("type: LinearAdditiveUtilityFunction", "type: HyperRectangleUtilityFunction", "only LinearAdditiveUtilityFunction can"),
    ],
)  # fmt: skip
def test_negmas_says_what_is_wrong_with_a_function(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in NEGMAS_FUNCTION
    problems = refuse(scenario(tmp_path, NEGMAS_FUNCTION.replace(old, new)), said)
    assert all(str(p.place).startswith(f"{tmp_path}/buyer.yml:") for p in problems)


def test_negmas_merge_keys_minus_signs_and_thirds(tmp_path: Path) -> None:
    functions = NEGMAS_FUNCTION.replace("bias: -1", "bias: \u22121").replace("low: 0.25", "low: 1/3")
    functions = f"base: &base {{reserved_value: 0.5}}\n<<: *base\n{functions.replace('reserved_value: 0.1', '')}"
    case = read(scenario(tmp_path, functions)).case
    space = compile_space(case)
    assert space.walk_away[0] == 50
    assert worth(case)[0][0] == pytest.approx(20)
    assert case.actors["buyer"].interests["price"].values is not None


# --- positions ---


def table(tmp_path: Path, text: str | bytes) -> Path:
    return lay(tmp_path, {"table.csv": text})


@pytest.mark.parametrize("separator", [";", "\t", "|", ","])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", "utf-16"])
def test_tables_of_every_dialect_are_the_same_case(tmp_path: Path, separator: str, mark: bytes | str) -> None:
    wanted = read(table(tmp_path, POSITIONS)).case
    text = POSITIONS.replace(",", separator)
    raw = text.encode(mark) if isinstance(mark, str) else mark + text.encode()
    assert read(table(tmp_path, raw)).case.content_hash == wanted.content_hash


def test_decimal_commas_are_read_and_said(tmp_path: Path) -> None:
    text = POSITIONS.replace(",", ";").replace("30.5", "30,5").replace("8.25", "8,25")
    imported = read(table(tmp_path, text))
    assert imported.case.actors["south"].capability is not None
    assert imported.case.actors["south"].capability.mean == Fraction(61, 2)
    assert any("decimal points" in line for line in imported.lost)
    refuse(table(tmp_path, text.replace("80;", "80.5;")), r"table\.csv:2:1: F162 .*decimal commas")
    refuse(table(tmp_path, text.replace("80;", "1.000,5;")), r"table\.csv:2:1: F162 .*a point and a comma")
    refuse(table(tmp_path, POSITIONS.replace("80,", '"1,000",')), r"table\.csv:2:1: F162 .*thousands or for decimals")


HEAD = "actor,capability,issue,position,salience,from,to,unit,reference,outcome\n"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,1,x,10,60,0,100,%,,\nb,2,x,40,90,0,50,points,,", r"3:1: F165 x has a second to.*\n.*3:1: F165 x has a second unit"),
        ("a,1,x,10,60,,,,,\na,2,y,40,90,,,,,", r"3:1: F165 a has a second capability"),
        ("a,1,x,10,60,,,,5,\nb,2,x,40,90,,,,6,", r"3:1: F165 x has a second reference"),
        ("a,1,x,10,60,20,50,,,\nb,2,x,40,90,,,,,", r"2:1: F164 the position 10 lies off the scale"),
        ("a,1,x,30,60,20,50,,,99\nb,2,x,40,90,,,,,", r"2:1: F164 the outcome 99 lies off the scale"),
        ("a,1,x,10,60,20,,,,", r"2:1: F164 only one end"),
        ("a,1,x,10,60,50,20,,,", r"2:1: F164 the scale runs from 50 to 20"),
        ("a,1,x,2027,60,,,,,\nb,1,x,2027,60,,,,,", r"2:1: F164 the scale of x is not known"),
        ("a,1,x,10,60,,,,,\na,1,x,20,60,,,,,", r"3:1: F163 a has a second row for x"),
        ("a,1,x,10,600,,,,,\n,1,x,20,60,,,,,", r"2:1: F162 salience 600.*\n.*3:1: F162 the actor is empty"),
        ("a,1,x,1e400,60,,,,,", r"2:1: F162"),
        ("a,1,x,NaN5,60,,,,,", r"2:1: F162"),
        ("a,1,x,10%,60,0,100,points,,", r"2:1: F162 .*not percent"),
        ('a,1,"x\ny",10,60,,,,,\nb,1,z,oops,5,,,,,', r"4:1: F162 position 'oops'"),
        ("a,1,x,10", r"2:1: F160 the row has 4 cells"),
        ('a,1,"x,10,60', r"2:1: F160 .*never closed"),
    ],
)  # fmt: skip
def test_tables_that_contradict_themselves_are_refused_at_their_rows(tmp_path: Path, rows: str, said: str) -> None:
    refuse(table(tmp_path, HEAD + rows), said)


def test_what_a_table_says_twice_alike_is_said_once(tmp_path: Path) -> None:
    case = read(table(tmp_path, HEAD + "a,1,x,10,60%,0,50,t,,\nb,2,x,40,90,0,50.0,t,,")).case
    scale = case.issues["x"].scale
    assert scale is not None
    assert (scale.from_, scale.to, scale.unit) == (0, 50, "t")
    interest = case.actors["a"].interests["x"]
    assert interest.salience is not None
    assert interest.salience.mean == 60


def test_years_are_no_scale_from_zero(tmp_path: Path) -> None:
    imported = read(table(tmp_path, "actor,issue,position,salience\na,by,2027,50\nb,by,2035,50\n"))
    scale = imported.case.issues["by"].scale
    assert scale is not None
    assert (scale.from_, scale.to) == (2027, 2035)
    assert any("by states no scale and leaves 0 to 100: taken from 2027 to 2035" in line for line in imported.lost)


def test_composed_letters_are_the_same_name_in_a_table(tmp_path: Path) -> None:
    case = read(table(tmp_path, "actor,issue,position,salience\nMe\u0301xico,x,10,50\nMéxico,y,20,50\n")).case
    assert list(case.actors) == ["México"]


def test_latin_tables_are_refused_or_read_as_is_said(tmp_path: Path) -> None:
    path = table(tmp_path, "actor,issue,position,salience\nTürkei,x,3,50\n".encode("latin-1"))
    refuse(path, r"table\.csv:2:2: F106 .*windows-1252.*'Türkei'")
    assert list(read(path, encoding="latin-1").case.actors) == ["Türkei"]


def test_names_that_a_spreadsheet_would_take_for_formulas_come_back_as_they_were(tmp_path: Path) -> None:
    text = HEAD + "=1+1,1,@SUM(A1),10,60,0,50,-x,,\n'quoted,2,-40,40,90,0,50,,,\n"
    case = read(table(tmp_path, text)).case
    assert list(case.actors) == ["=1+1", "'quoted"]
    assert list(case.issues) == ["@SUM(A1)", "-40"]
    write(case, tmp_path / "again.csv")
    written = (tmp_path / "again.csv").read_text("utf-8")
    assert "'=1+1,1,'@SUM(A1),10,60,0,50,'-x" in written
    again = read(tmp_path / "again.csv").case
    assert list(again.actors) == list(case.actors)
    assert list(again.issues) == list(case.issues)


# --- GMCR ---


def conflict(tmp_path: Path, **changes: Any) -> Path:
    return lay(tmp_path, {"c.gmcr": json.dumps(CONFLICT | changes, indent=1)})


def makers(*, name: str = "Two", **changes: Any) -> list[Any]:
    return [{"name": "One", "options": [0]}, {"name": name, "options": [1], **changes}]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"decisionMakers": makers(name="One")}, "two decision makers are called 'One'"),
        ({"decisionMakers": makers(options=["x"])}, "'x' is not a number"),
        ({"decisionMakers": makers(options=[0.5])}, "is not a whole number"),
        ({"decisionMakers": makers(options=[7])}, "there is no option 7"),
        ({"decisionMakers": makers(options=[-1])}, "there is no option -1"),
        ({"decisionMakers": makers(options=5)}, "stands where a list is expected"),
        ({"decisionMakers": makers(preferences=["a"])}, "stands where a list or a mapping is expected"),
        ({"infeasibles": [[]]}, "a condition is empty"),
        ({"infeasibles": [["a"]]}, "stands where a list"),
        ({"infeasibles": [[[0, "Y", 1]]]}, "too many entries"),
        ({"infeasibles": [[[0, "Y"], [0, "N"]]]}, "both taken and not taken"),
        ({"infeasibles": {"x": 1}}, "a mapping stands where a list is expected"),
        ({"options": "ab"}, "stands where a list is expected"),
        ({"decisionMakers": makers(preferenceRanking=[[[1]]])}, "a list stands where a number"),
    ],
)  # fmt: skip
def test_gmcr_says_what_is_wrong(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    problems = refuse(conflict(tmp_path, **changes), said)
    assert all(p.place.line > 1 or "stands" in p.what for p in problems)


# --- all ---


def test_standard_input_needs_the_format_and_is_then_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for format in ("positions", "gambit", "gmcr"):
        (text,) = TEXTS[format].values()

        class Standard:
            buffer = io.BytesIO(text.encode())

        monkeypatch.setattr(sys, "stdin", Standard())
        assert read("-", format).case.actors
    refuse(Path("-"), "F104 the format of standard input")
    monkeypatch.setattr(sys, "stdin", type("Standard", (), {"buffer": io.BytesIO(b"actor,issue\n")})())
    with pytest.raises(InputError, match=r"<stdin>:1:1: F161"):
        read("-", "positions")


def test_names_that_no_file_can_have_are_written_to_others(tmp_path: Path) -> None:
    names = ["a/b", "a-b", "..", "domain", "CON", "x" * 300, "tale_domain"]
    actors = {name: {"interests": {"i": {"weight": 1, "values": {"x": 0, "y": 100}}}, "walk_away": 0} for name in names}
    case = build(
        {"name": "tale", "actors": actors, "issues": {"i": {"options": ["x", "y"], "set_by": names, "owner": names}}}
    )
    for format in ("genius", "geniusweb", "negmas"):
        folder = tmp_path / format
        lost = write(case, folder, format)
        assert sum("a file cannot have that name" in line for line in lost) >= 4
        assert len([p for p in folder.iterdir() if p.is_file()]) == len(names) + 1
        assert worth(read(folder).case) == [[0, 100]] * len(names)
    assert {p.name for p in tmp_path.iterdir()} == {"genius", "geniusweb", "negmas"}


def test_two_files_of_one_party_are_refused(tmp_path: Path) -> None:
    function = json.dumps({"type": "LinearAdditiveUtilityFunction", "weights": [1, 1], "values": [
        {"mapping": {"low": 0, "high": 1}}, {"type": "AffineFun", "slope": 0.1, "bias": 0}]})  # fmt: skip
    refuse(lay(tmp_path, TEXTS["negmas"] | {"a.json": function}), "F123 two parties are called 'a'")


def test_a_folder_that_could_be_two_things_is_asked_about(tmp_path: Path) -> None:
    lay(tmp_path, TEXTS["genius"] | TEXTS["negmas"])
    (problem,) = refuse(tmp_path, "F104 .*it could be genius or negmas")
    assert problem.remedy == "name the format: genius, negmas"
    assert read(tmp_path, "genius").case.content_hash != read(tmp_path, "negmas").case.content_hash


@pytest.mark.parametrize("name", sorted(paths()))
def test_every_case_of_the_catalogue_is_written_as_one_that_is_read_again(name: str, tmp_path: Path) -> None:
    case = load(name)
    write(case, tmp_path / "case.yaml")
    assert load_file(tmp_path / "case.yaml").content_hash == case.content_hash


def test_a_case_that_check_would_not_accept_is_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = load("emission-standards")
    broken = case.model_copy(update={"actors": {}})
    (tmp_path / "case.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match=r"case\.yaml:1:1: F131 the case cannot be written"):
        write(broken, tmp_path / "case.yaml")
    assert (tmp_path / "case.yaml").read_text("utf-8") == "mine"
