"""Every broken file: the right codes at the right places in the right order, exit 2, and never a traceback."""

import json
import re
from pathlib import Path

import pytest

import halfway
from halfway.case.reader import load_file, load_text
from halfway.cli.main import main
from halfway.errors import InputError
from tests.case import broken_coherence, broken_nouns, broken_sharing  # noqa: F401 (they fill the table)
from tests.case.broken import BASE, TABLE, Broken

EACH = pytest.mark.parametrize("broken", TABLE, ids=lambda b: b.name)


def problems_of(text: str):
    with pytest.raises(InputError) as caught:
        load_text(text, "case.yaml")
    return caught.value.problems


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    return caught.value.code


def test_the_base_is_sound():
    assert load_text(BASE).name == "quarrel"


def test_names_in_the_table_are_unique():
    assert len({b.name for b in TABLE}) == len(TABLE) >= 60


@EACH
def test_codes_and_places(broken: Broken):
    found = problems_of(broken.text)
    assert [(p.code, (p.place.line, p.place.column)) for p in found] == list(
        zip(broken.codes, broken.places, strict=True)
    )
    assert broken.part in "\n".join(map(str, found))


@EACH
def test_from_the_command_line(broken: Broken, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "case.yaml"
    path.write_bytes(broken.text.encode())
    assert run("check", str(path)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    lines = err.splitlines()
    assert len(lines) == len(broken.codes)
    for line, code, (row, column) in zip(lines, broken.codes, broken.places, strict=True):
        assert line.startswith(f"{path}:{row}:{column}: {code} ")
        # What is wrong; why; what to do about it.
        assert line.count("; ") >= 2


@EACH
def test_as_json(broken: Broken, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = tmp_path / "case.yaml"
    path.write_bytes(broken.text.encode())
    assert run("check", "--json", str(path)) == 2
    answer = json.loads(capsys.readouterr().out)
    assert answer["sound"] is False
    assert [p["code"] for p in answer["errors"]] == list(broken.codes)
    assert all(set(p) == {"code", "file", "line", "column", "what", "why", "remedy"} for p in answer["errors"])


def test_every_code_of_the_reader_is_in_the_tests():
    package = Path(halfway.__file__).parent / "case"
    declared = {code for p in package.glob("*.py") for code in re.findall(r'"([A-Z]\d{3})"', p.read_text("utf-8"))}
    # Files: test_unreadable_files. Plain data that no file can hold: test_plain_data. Refusals: test_refusals. A new case
    # that is there already or cannot be written: cli/test_new. What is upgraded: test_api. Notes (W): test_notes and
    # test_notes_costs.
    elsewhere = {
        "F001",
        "F002",
        "F003",
        "F005",
        "R001",
        "R002",
        "R004",
        "R005",
        "R006",
        "R011",
        "R060",
        "S206",
        "S221",
        "S299",
        "U002",
        "Y100",
        "Y106",
    }
    errors = {code for code in declared - elsewhere if not code.startswith("W")}
    assert errors == {code for b in TABLE for code in b.codes if not code.startswith("W")}


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [
        ("name: a\ntitle: Türkei\n", "latin-1", "as windows-1252 it would be read as 'Türkei'"),
        ("name: a\ntitle: Турция против всех\n", "windows-1251", "as windows-1251 it would be read as 'Турция'"),
        ("name: a\ntitle: トルコはどこですか\n", "shift_jis", "as shift_jis"),
        ("name: a\ntitle: Türkei\n", "utf-16", "it is utf-16;"),
        ("name: a\ntitle: Turkey\n", "utf-16-be", "it has the zeros of utf-16-be;"),
    ],
)
def test_a_case_in_another_encoding_is_refused_with_the_one_that_fits(text, encoding, named, tmp_path, capsys):
    path = tmp_path / "case.yaml"
    path.write_bytes(text.encode(encoding))
    assert run("check", str(path)) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "Y100 the text is not UTF-8; " in line
    assert named in line


@pytest.mark.parametrize(
    ("content", "code", "line", "column"),
    [
        (b"name: a\ntitle: Stra\xdfe\n", "Y100", 2, 12),
        (b"\xef\xbb\xbfname: \xff\n", "Y100", 1, 7),
        ("name: ä\ntitle: ü".encode() + b"\xff", "Y100", 2, 9),
        ("name: quarrel\n".encode("utf-16"), "Y100", 1, 1),
        (b"name: a\n" + b"# " + b"x" * 5_000_000, "Y106", 1, 1),
        ("ä".encode() * 11_000_000, "Y106", 1, 1),
    ],
    ids=["latin-1", "byte order mark", "after umlauts", "utf-16", "too large", "far too large"],
)
def test_unreadable_files(content, code, line, column, tmp_path, capsys):
    path = tmp_path / "case.yaml"
    path.write_bytes(content)
    assert run("check", str(path)) == 2
    assert capsys.readouterr().err.startswith(f"{path}:{line}:{column}: {code} ")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("missing.yaml", "F001"),
        (".", "F002"),
        ("./", "F001"),
        ("eu-belarus-20016", "F002"),
        ("", "F002"),
        ("x" * 5000, "F002"),
        ("x" * 5000 + ".yaml", "F001"),
        ("nul\0l.yaml", "F001"),
        ("nul\0l", "F002"),
    ],
    ids=lambda v: v[:8].encode(errors="replace").decode(),
)
def test_files_that_are_not_there(name, code, capsys):
    assert run("check", name) == 2
    assert f": {code} " in capsys.readouterr().err


def test_a_folder_is_no_case(tmp_path, capsys):
    assert run("check", f"{tmp_path}/") == 2
    assert "F001" in capsys.readouterr().err


def test_an_endless_file_is_not_read_to_its_end():
    with pytest.raises(InputError, match="Y106"):
        load_file("/dev/zero")


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_places_whatever_ends_the_lines(ending):
    text = BASE.replace("owner: north", "owner: nort").replace("\n", ending)
    (problem,) = problems_of(text)
    assert (problem.place.line, problem.place.column) == (13, 12)


def test_a_byte_order_mark_does_not_count(tmp_path):
    path = tmp_path / "case.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + BASE.encode())
    assert load_file(path).name == "quarrel"
    path.write_bytes(b"\xef\xbb\xbf" + BASE.replace("name: quarrel", "name: Quarrel").encode())
    with pytest.raises(InputError) as caught:
        load_file(path)
    assert (caught.value.problems[0].place.line, caught.value.problems[0].place.column) == (1, 7)


def test_aliases_that_multiply_are_stopped():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 12)]
    (problem,) = problems_of("\n".join(lines))
    assert problem.code == "Y105"


def test_aliases_that_nest_are_stopped():
    lines = ["a0: &a0 [x]"] + [f"a{k}: &a{k} [*a{k - 1}]" for k in range(1, 5000)]
    (problem,) = problems_of("\n".join(lines))
    assert problem.code == "Y105"


def test_aliases_that_repeat_a_part_are_fine():
    text = BASE.replace("{weight: 2, values: {open: 100, shut: 0}}", "&wants {weight: 2, values: {open: 100, shut: 0}}")
    text = text.replace("{weight: 1, values: {open: 0, shut: 100}}", "*wants")
    case = load_text(text)
    assert case.actors["north"].interests == case.actors["south"].interests


def test_long_texts_where_numbers_are_expected_take_no_time():
    for filler in ("1" * 200_000 + "x", "1" + " " * 200_000 + "x", "beta(" + "1," * 100_000, "." * 200_000):
        assert [p.code for p in problems_of(BASE.replace("open: 100", f"open: '{filler}'"))] == ["S210"]
        assert [p.code for p in problems_of(BASE.replace("12 months", f"'{filler}'"))] == ["S230"]
        assert [p.code for p in problems_of(BASE + f"date: '{filler}'")] == ["S260"]
    text = BASE.replace("  south:", f"  south:\n    patience: '0.9{' ' * 200_000}per{' ' * 200_000}yea'")
    assert [p.code for p in problems_of(text)] == ["S210"]
