"""The hash of a case is of its content: not of its comments, its layout or its spelling."""

import subprocess
import sys

import pytest
from hypothesis import given, settings

from halfway.case.catalog import load, paths
from halfway.case.reader import build, load_text
from halfway.testing import EVERY_NOUN, as_text, case_data
from tests.case.broken import BASE

HASH = load_text(BASE).content_hash


@pytest.mark.parametrize(
    "text",
    [
        "# a comment\n\n" + BASE.replace("\n", "  # another\n", 3),
        BASE.replace("\n", "\r\n"),
        BASE.replace("{border: shut}", "\n  border:\n    shut"),
        BASE.replace("[north, south]", "\n    - north\n    - south"),
        BASE.replace("name: quarrel", "'name': \"quarrel\""),
        BASE.replace("owner: north", "owner: [north]"),
        BASE.replace("  border:\n", "  border:  # halfway: ignore[T101]\n"),
    ],
    ids=["comments", "line ends", "block for flow", "list", "quotes", "list of one", "silenced rule"],
)
def test_unaffected(text):
    assert load_text(text).content_hash == HASH


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: quarrel", "name: quarrel2"),
        ("open: 100", "open: 99.9"),
        ("open: 100", "open: 100 ± 1"),
        ("open: 100", "open: {value: 100, note: a}"),
        ("[north, south]", "[south, north]"),
        ("lasts: 12 months", "lasts: 13 months"),
        ("options: [open, shut]", "options: {open: Open!, shut: Shut}"),
        ("      settled: {}", "      settled: {note: a}"),
    ],
)
def test_affected(old, new):
    assert BASE.count(old) == 1
    assert load_text(BASE.replace(old, new)).content_hash != HASH


def test_order_counts_because_packages_are_numbered_by_it():
    swapped = BASE.replace("options: [open, shut]", "options: [shut, open]")
    assert load_text(swapped).content_hash != HASH


def test_the_same_in_another_process():
    code = f"from halfway.case.reader import load_text; print(load_text({BASE!r}).content_hash)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == HASH


@settings(max_examples=100, deadline=None)
@given(case_data(EVERY_NOUN))
def test_a_case_written_out_and_read_again_is_the_same(data):
    case = build(data)
    written = case.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    again = load_text(as_text(written))
    assert again.content_hash == case.content_hash


@pytest.mark.parametrize("name", sorted(paths()))
def test_catalogue_cases_written_out_and_read_again_are_the_same(name):
    case = load(name)
    again = build(case.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    assert again.content_hash == case.content_hash


def test_cancelling_what_an_actor_has_is_not_leaving_it_out():
    types = "    types: {hawk: {prior: 1@}}\n"
    line = "    red_lines: [{when: {border: open}}]\n"
    text = BASE.replace("  north:\n", f"  north:\n{line}{types}")
    without, cancelled = text.replace("@", ""), text.replace("@", ", red_lines: []")
    assert load_text(without).content_hash != load_text(cancelled).content_hash
