"""`halfway new`: a small sound case, a schema beside it, and nothing overwritten."""

import json

import jsonschema
import pytest

from halfway.case.reader import load_file
from halfway.cli.main import main


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    return caught.value.code


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_new_case_is_sound_and_fits_on_a_screen(here, capsys):
    assert run("new", "baltic-2030") == 0
    out = capsys.readouterr().out
    assert "halfway check baltic-2030.yaml" in out
    text = (here / "baltic-2030.yaml").read_text("utf-8")
    assert len(text.splitlines()) <= 60
    assert max(map(len, text.splitlines())) <= 88
    case = load_file("baltic-2030.yaml")
    assert (case.name, case.title) == ("baltic-2030", "Baltic 2030")
    assert case.plans
    assert case.status_quo
    assert "dispute" not in case.model_dump_json()
    assert run("check", "baltic-2030.yaml") == 0
    assert "sound" in capsys.readouterr().out


def test_the_editor_finds_the_schema_without_a_network(here):
    run("new", "baltic")
    first = (here / "baltic.yaml").read_text("utf-8").splitlines()[0]
    assert first == "# yaml-language-server: $schema=./halfway-case.schema.json"
    jsonschema.Draft202012Validator.check_schema(json.loads((here / "halfway-case.schema.json").read_text("utf-8")))


def test_nothing_is_overwritten(here, capsys):
    (here / "baltic.yaml").write_text("mine")
    assert run("new", "baltic") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("baltic.yaml:1:1: F003 baltic.yaml is there already; ")
    assert (here / "baltic.yaml").read_text() == "mine"
    assert not (here / "halfway-case.schema.json").exists()


def test_a_schema_that_is_there_stays(here, capsys):
    (here / "halfway-case.schema.json").write_text("{}")
    assert run("new", "baltic") == 0
    assert (here / "halfway-case.schema.json").read_text() == "{}"
    assert "schema" not in capsys.readouterr().out


def test_into_another_file(here):
    (here / "cases").mkdir()
    assert run("new", "baltic", "-o", "cases/first.yaml") == 0
    assert load_file("cases/first.yaml").name == "baltic"
    assert (here / "cases" / "halfway-case.schema.json").exists()
    assert not (here / "baltic.yaml").exists()


@pytest.mark.parametrize("name", ["Baltic", "a b", "../up", "", "-", "a\nb", "é", "a: b"])
def test_names_that_cannot_be(here, name, capsys):
    assert run("new", "--", name) == 2
    assert "S207" in capsys.readouterr().err
    assert not list(here.iterdir())


@pytest.mark.parametrize("name", ["no", "1e3", "2030"])
def test_names_that_look_like_something_else(name):
    assert run("new", name) == 0
    assert load_file(f"{name}.yaml").name == name


def test_a_name_that_yaml_takes_for_nothing(here, capsys):
    assert run("new", "null") == 2
    assert "nothing stands where a text is expected" in capsys.readouterr().err
    assert not list(here.iterdir())


def test_a_folder_that_is_missing_is_made(here):
    assert run("new", "baltic", "-o", "cases/mine/baltic.yaml") == 0
    assert (here / "cases" / "mine" / "baltic.yaml").is_file()


def test_a_folder_that_cannot_be_made(here, capsys):
    (here / "taken").write_text("mine")
    assert run("new", "baltic", "-o", "taken/baltic.yaml") == 2
    assert "F005 cannot write taken/baltic.yaml" in capsys.readouterr().err
    assert (here / "taken").read_text() == "mine"


def test_no_name(capsys):
    assert run("new") == 2
    assert "Missing argument 'NAME'" in capsys.readouterr().err


def test_the_full_case_has_everything_that_a_case_can_say(here, capsys):
    from pydantic import BaseModel

    from halfway.case.case import Case
    from halfway.case.support import PARTS

    assert run("new", "baltic-2030", "--full") == 0
    case = load_file("baltic-2030.yaml")
    assert case.name == "baltic-2030"
    assert "dispute" not in case.model_dump_json()
    assert run("check", "baltic-2030.yaml") == 0
    assert "W4" not in capsys.readouterr().err.replace("W405", "")
    for part in PARTS:
        # One plan cannot hold both a cost per period and its like charged once.
        if part.key not in ("later_ratification", "due, done, outcome, until", "breach_costs: once, public"):
            assert next(part.uses(case, None), None) is not None, part.key

    said: set[str] = set()

    def look(noun):
        if isinstance(noun, BaseModel):
            said.update(f"{type(noun).__name__}.{name}" for name in noun.model_fields_set)
            for name in type(noun).model_fields:
                look(getattr(noun, name))
        elif isinstance(noun, dict):
            for value in noun.values():
                look(value)
        elif isinstance(noun, tuple):
            for value in noun:
                look(value)

    look(case)
    ours = ("BreachCost", "Reaction", "Event", "Chance", "Changes", "ObservedRow")
    elsewhere = {
        "Changes.status_quo",
        "Changes.observed",
        "BreachCost.per",
        "Event.title",
        "Event.once",
        "Reaction.name",
        "Reaction.seen_by",
    }
    from halfway.case import actors, events, issues

    for name in ours:
        noun = next(getattr(room, name) for room in (actors, events, issues) if hasattr(room, name))
        own = {f"{name}.{field}" for field in noun.model_fields if field not in ("note", "source")}
        assert own - elsewhere <= said, own - said
    top = {f"Case.{field}" for field in Case.model_fields}
    assert top - said <= {"Case.note", "Case.source", "Case.tags", "Case.experts", "Case.claims", "Case.expected"}
