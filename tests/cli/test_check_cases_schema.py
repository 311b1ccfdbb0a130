"""`halfway check`, `cases` and `schema`: what they print and how they end."""

import json

import pytest

from halfway.case.catalog import entries, load, paths
from halfway.case.schema import json_schema
from halfway.cli.main import main
from halfway.errors import InputError
from tests.case.broken import BASE


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    return caught.value.code


@pytest.fixture
def quarrel(tmp_path):
    path = tmp_path / "quarrel.yaml"
    path.write_text(BASE, encoding="utf-8")
    return str(path)


def test_check_says_what_is_in_the_file(quarrel, capsys):
    assert run("check", quarrel) == 0
    out, err = capsys.readouterr()
    assert out == f"{quarrel}: sound (2 actors, 1 issue, 1 plan, 0 sources; hash {load(quarrel).content_hash[:12]})\n"
    assert err == ""


def test_check_as_json(quarrel, capsys):
    assert run("check", "--json", quarrel) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer == {
        "sound": True,
        "errors": [],
        "notes": [],
        "case": "quarrel",
        "hash": load(quarrel).content_hash,
        "actors": 2,
        "issues": 1,
        "plans": 1,
        "sources": 0,
    }


@pytest.mark.parametrize("name", sorted(paths()))
def test_every_catalogue_case_is_sound_and_is_called_as_its_folder(name, capsys):
    assert run("check", name) == 0
    assert load(name).name == name
    assert ": sound (" in capsys.readouterr().out


def test_check_of_a_name_that_is_nearly_right(capsys):
    assert run("check", "belarus-2002") == 2
    assert "there is no case 'belarus-2002'" in (err := capsys.readouterr().err)
    assert "did you mean 'belarus-2020'?" in err


def test_a_case_is_returned_as_it_is(quarrel):
    case = load(quarrel)
    assert load(case) is case
    with pytest.raises(InputError):
        load("nowhere.yaml")


def test_cases_lists_the_whole_catalogue(capsys):
    assert run("cases", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [c["name"] for c in listed] == list(paths())
    described = {"name", "title", "abstract", "tags", "date", "plans", "collection"}
    assert described | {"tried", "outcome", "kind", "region", "lesson"} == set(listed[0])
    assert run("cases") == 0
    out = capsys.readouterr().out
    assert all(name in out for name in paths())
    assert "Traceback" not in out


def test_cases_filters_by_tag_and_words(capsys):
    everything = entries()
    first = next(e for e in everything if e.tags)
    assert run("cases", "--json", "--tag", first.tags[0].upper()) == 0
    found = json.loads(capsys.readouterr().out)
    assert [c["name"] for c in found] == [e.name for e in everything if first.tags[0] in e.tags]
    assert run("cases", "--json", "--search", f"{first.name} {first.title.split()[0]}") == 0
    assert first.name in [c["name"] for c in json.loads(capsys.readouterr().out)]
    assert run("cases", "--json", "--search", "nothingofthiskind") == 0
    assert json.loads(capsys.readouterr().out) == []
    assert run("cases", "--search", "nothingofthiskind") == 0
    assert "no case matches" in capsys.readouterr().out


def test_schema_to_the_screen_and_to_a_file(tmp_path, capsys):
    assert run("schema") == 0
    assert json.loads(capsys.readouterr().out) == json_schema()
    assert run("schema", "-o", str(tmp_path / "s.json")) == 0
    assert json.loads((tmp_path / "s.json").read_text("utf-8")) == json_schema()


def test_a_schema_that_cannot_be_written(tmp_path, capsys):
    (tmp_path / "taken").write_text("mine")
    assert run("schema", "-o", str(tmp_path / "taken" / "s.json")) == 2
    err = capsys.readouterr().err
    assert "F005" in err
    assert "Traceback" not in err
