"""A case that leaves as plain data and comes back is the same case; so is one that another YAML reader read."""

import json

import pytest
import yaml
from hypothesis import given, settings

import halfway as hw
from halfway.case.catalog import paths
from halfway.case.reader import build, load_file, load_text
from halfway.errors import InputError
from halfway.testing import EVERY_NOUN, case_data
from tests.case.broken import BASE

TRIGGER = "      settled: {on: [{when: {border: shut}, go: trial}]}"


def codes(data):
    with pytest.raises(InputError) as caught:
        build(data)
    return [p.code for p in caught.value.problems]


@settings(max_examples=60, deadline=None)
@given(case_data(EVERY_NOUN))
def test_random_cases_keep_their_hash(data):
    case = build(data)
    for dumped in (case.model_dump(), case.model_dump(mode="json", by_alias=True)):
        assert hw.loads(dumped).content_hash == case.content_hash
    assert load_text(case.model_dump_json(by_alias=True)).content_hash == case.content_hash


@pytest.mark.parametrize("name", ["belarus-2020", "good-friday-1998", "elmira", "emission-standards"])
def test_published_cases_keep_their_hash(name):
    case = load_file(paths()[name])
    assert hw.loads(case.model_dump()).content_hash == case.content_hash


def test_what_a_type_leaves_unsaid_stays_so():
    text = BASE.replace(
        "  south:\n",
        "  south:\n    red_lines: [{when: {border: open}}]\n    patience: 0.9\n"
        "    types: {hard: {prior: 0.5}, soft: {prior: 0.5, red_lines: []}}\n",
    )
    case = load_text(text)
    again = hw.loads(case.model_dump())
    for kind, lines in (("hard", 1), ("soft", 0)):
        south = again.actors["south"]
        assert len(south.types[kind].over(south).red_lines) == lines
    assert again.content_hash == case.content_hash


def test_data_of_a_reader_that_takes_on_for_a_truth_value():
    text = BASE.replace("      settled: {}", TRIGGER)
    data = yaml.safe_load(text)
    assert True in data["plans"]["opening"]["phases"]["settled"]
    assert hw.loads(data).content_hash == load_text(text).content_hash


def test_names_that_such_a_reader_took_for_truth_values_are_refused():
    data = yaml.safe_load(BASE.replace("open", "yes").replace("shut", "no").replace("  yesing:", "  opening:"))
    assert set(codes(data)) == {"S206"}


def test_dates_of_such_a_reader_are_names_too():
    text = BASE.replace("open:", "2027-01-01:").replace("[open,", "[2027-01-01,").replace(": open}", ": 2027-01-01}")
    assert hw.loads(yaml.safe_load(text)).content_hash == load_text(text).content_hash


def test_one_name_in_two_spellings():
    text = BASE.replace("north", "no\u0308rth")
    assert load_text(text).content_hash == load_text(BASE.replace("north", "n\u00f6rth")).content_hash
    mixed = text.replace("owner: no\u0308rth", "owner: n\u00f6rth")
    assert list(load_text(mixed).actors) == ["n\u00f6rth", "south"]
    assert load_text(mixed).plan("opening")[0] == "opening"


def test_endless_data_is_refused():
    loop: dict[str, object] = {}
    loop["a"] = loop
    assert codes(yaml.safe_load(BASE) | {"sources": loop}) == ["Y105"]


def test_a_json_file_with_nulls_is_a_case():
    data = json.loads(load_text(BASE).model_dump_json())
    assert data["title"] is None
    assert load_text(json.dumps(data)).content_hash == load_text(BASE).content_hash
