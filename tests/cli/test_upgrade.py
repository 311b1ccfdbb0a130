"""`halfway upgrade`: the version is stated, nothing else changes, nothing is overwritten."""

import json

import pytest

from halfway.case.catalog import paths
from halfway.case.reader import load_file, load_text
from halfway.case.upgrade import upgraded
from halfway.cli.main import main
from halfway.errors import InputError
from tests.case.broken import BASE


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    return caught.value.code


@pytest.mark.parametrize("name", sorted(paths()))
def test_a_published_case_stays_the_same_but_for_its_version(name):
    old = paths()[name].read_text("utf-8")
    done = upgraded(old, name)
    case = load_text(done.text)
    assert case.halfway == 2
    assert case.content_hash == load_text(old).content_hash
    # One line more, or one that says it already; every other character is where it was.
    assert [line for line in done.text.splitlines() if line != "halfway: 2"] == [
        line for line in old.splitlines() if not line.startswith("halfway: ")
    ]
    assert upgraded(done.text).changes == ()
    assert upgraded(done.text).text == done.text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# first\n\n" + BASE, "# first\n\nhalfway: 2\n" + BASE),
        (BASE + "halfway: 1  # old\n", BASE + "halfway: 2  # old\n"),
        (BASE + "halfway: '1'\n", BASE + "halfway: 2\n"),
        (BASE.replace("\n", "\r\n"), "halfway: 2\r\n" + BASE.replace("\n", "\r\n")),
    ],
    ids=["comment", "stated", "quoted", "line ends"],
)
def test_where_the_version_goes(old, new):
    assert upgraded(old).text == new


def test_json_is_upgraded_too():
    data = load_text(BASE).model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for text in (json.dumps(data), json.dumps(data, indent=2), "# json\n" + json.dumps(data, indent=1)):
        done = upgraded(text)
        assert load_text(done.text).halfway == 2
        assert json.loads(done.text.removeprefix("# json\n")) == {"halfway": 2, **data}


def test_a_number_of_periods_that_looks_like_a_year_is_written_out():
    owed = "    obligations:\n      - {by: north, act: open, due: 1200}  # long\n    phases:"
    old = BASE.replace("    phases:", owed)
    with pytest.raises(InputError, match="S261"):
        load_text(old)
    done = upgraded(old, "case.yaml")
    assert "due: 1200 periods}  # long" in done.text
    assert load_text(done.text).plans["opening"].obligations[0].due.periods("month") == 1200
    assert [c.split(": ", 1)[0] for c in done.changes] == ["case.yaml:1:1", "case.yaml:18:37"]


def test_other_errors_are_said_at_their_places_in_the_old_file():
    with pytest.raises(InputError) as caught:
        upgraded(BASE.replace("owner: north", "owner: nort"), "case.yaml")
    assert [(p.code, p.place.line) for p in caught.value.problems] == [("N301", 13)]
    with pytest.raises(InputError, match="S211"):
        upgraded(BASE + "halfway: 3\n")


def test_nothing_is_overwritten_unless_asked(tmp_path, capsys):
    path = tmp_path / "case.yaml"
    path.write_text(BASE, "utf-8")
    assert run("upgrade", str(path)) == 0
    out, err = capsys.readouterr()
    assert out == "halfway: 2\n" + BASE
    assert "'halfway: 2' is added" in err
    assert path.read_text("utf-8") == BASE
    assert run("upgrade", str(path), "-o", str(path)) == 2
    assert "F003" in capsys.readouterr().err
    assert path.read_text("utf-8") == BASE
    assert run("upgrade", str(path), "-o", str(path), "--force") == 0
    assert load_file(path).halfway == 2
    assert run("upgrade", str(path)) == 0
    assert "up to date" in capsys.readouterr().err
    assert run("upgrade", str(path), "--json") == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []
    assert run("upgrade", str(tmp_path / "missing.yaml")) == 2
    assert "F001" in capsys.readouterr().err
