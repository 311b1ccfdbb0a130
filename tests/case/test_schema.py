"""The JSON Schema says what the reader says: sound files pass in an editor, unknown keys do not."""

import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings

import halfway
from halfway.case.catalog import paths
from halfway.case.reader import load_text
from halfway.case.schema import json_schema
from halfway.errors import InputError
from halfway.testing import EVERY_NOUN, case_data
from tests.case.broken import BASE, TABLE

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
TEMPLATE = Path(halfway.__file__).parent / "case" / "new_case.yaml"


class EditorLoader(yaml.SafeLoader):
    """Reads YAML 1.2 core types, as editors do: `no` and `12:30` are text, `1e3` is a number."""


EditorLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
):
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)
EditorLoader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))
EditorLoader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value))


def as_an_editor(text: str):
    return yaml.load(text, Loader=EditorLoader)


def complaints(text: str) -> list[str]:
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in VALIDATOR.iter_errors(as_an_editor(text))]


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", [TEMPLATE, *paths().values()], ids=lambda p: p.parent.name)
def test_files_that_come_along_are_valid(path):
    assert complaints(path.read_text("utf-8")) == []


@settings(max_examples=50, deadline=None)
@given(case_data(EVERY_NOUN))
def test_generated_cases_are_valid(data):
    assert [e.message for e in VALIDATOR.iter_errors(data)] == []


WORDS = (
    BASE.replace("shut", "no").replace("north", "12:30"),
    BASE.replace("shut", "1e3").replace("north", "2020"),
    BASE.replace("    owner: north", "    owner: north\n    reversible: no").replace("[open, shut]", "[shut, open]"),
    BASE.replace("    owner: north", "    owner: north\n    reversible: true"),
    BASE.replace("  south:\n", "  south:\n    walk_away: {status_quo: yes}\n    patience: 0.9\n"),
    BASE.replace("  south:\n", "  south:\n    walk_away: 60 ± 10\n    patience: {value: 0.9, per: year}\n"),
    BASE.replace("options: [open, shut]", "options: {open: Open, shut: Shut}"),
    BASE.replace("{weight: 2, values: {open: 100, shut: 0}}", "[open, shut]"),
    BASE.replace("lasts: 12 months", "lasts: 12"),
    BASE.replace("{border: open}", "{border: open}\n        seats: {north: party, south: represented by north}"),
    BASE + "date: 2020\nnot_modelled: [a]\ntags: b\n",
    BASE
    + "constraints:\n  - forbid: {all: [{border: open}, {not: {border: [open, shut]}}]}\n    when: {border: open}\n",
)


@pytest.mark.parametrize("text", WORDS)
def test_short_spellings_pass_in_both(text):
    load_text(text)
    assert complaints(text) == []


UNKNOWN_KEYS = [b for b in TABLE if b.codes == ("S202",)]


@pytest.mark.parametrize("broken", UNKNOWN_KEYS, ids=lambda b: b.name)
def test_unknown_keys_are_marked_in_the_editor_too(broken):
    assert complaints(broken.text)


@pytest.mark.parametrize("code", ["S201", "S203", "S208"])
def test_missing_keys_wrong_words_and_short_lists_are_marked_too(code):
    several = [b for b in TABLE if set(b.codes) == {code}]
    assert several
    for broken in several:
        assert complaints(broken.text), broken.name


def test_whatever_the_schema_refuses_among_the_broken_files_is_refused_by_the_reader():
    # The schema cannot see more than the reader: a file that fails in the editor must fail here as well.
    for text in WORDS:
        for old, new in (("open", "opne"), ("lasts", "last"), ("owner", "ower")):
            changed = text.replace(old, new, 1)
            if complaints(changed):
                with pytest.raises(InputError):
                    load_text(changed)


def fields():
    yield from (("Case", name, content) for name, content in SCHEMA["properties"].items())
    for noun, definition in SCHEMA["$defs"].items():
        yield from ((noun, name, content) for name, content in definition.get("properties", {}).items())


@pytest.mark.parametrize(("noun", "name", "content"), list(fields()), ids=lambda v: v if isinstance(v, str) else "")
def test_every_field_is_described(noun, name, content):
    assert len(content.get("description", "")) > 3


def test_every_noun_is_described():
    assert SCHEMA["description"]
    for noun, definition in SCHEMA["$defs"].items():
        assert definition.get("description"), noun
