"""`no`, `yes`, `on`, `12:30`, `1e3` and the like mean what was typed."""

from fractions import Fraction

import pytest

from halfway.case.reader import build, load_text
from halfway.errors import InputError
from halfway.testing import AWKWARD
from tests.case.broken import BASE


@pytest.mark.parametrize("word", [w for w in AWKWARD if w not in ("~a", "a: b", "- x", "#1", "null")])
def test_words_are_names_wherever_names_are_expected(word):
    case = load_text(BASE.replace("north", word).replace("shut", f"{word}t").replace("border", f"{word}b"))
    assert list(case.actors) == [word, "south"]
    assert case.issues[f"{word}b"].set_by == (word, "south")
    assert case.issues[f"{word}b"].owner == (word,)
    assert list(case.issues[f"{word}b"].options) == ["open", f"{word}t"]
    assert case.status_quo == {f"{word}b": f"{word}t"}


@pytest.mark.parametrize(
    "word", ["no", "yes", "on", "off", "true", "12:30", "1e3", "0o17", "0x1F", "1_000", "2020-08-09", "007"]
)
def test_words_are_options(word):
    case = load_text(BASE.replace("shut", word))
    assert list(case.issues["border"].options) == ["open", word]
    assert case.status_quo == {"border": word}
    assert case.actors["north"].interests["border"].values[word].mean == 0


def test_quoted_words_are_the_same_words():
    plain = load_text(BASE.replace("shut", "no"))
    assert load_text(BASE.replace("shut", "'no'")).content_hash == plain.content_hash
    assert load_text(BASE.replace("shut", '"no"')).content_hash == plain.content_hash


def test_a_quoted_null_is_a_word_and_a_bare_one_is_nothing():
    case = load_text(BASE.replace("options: [open, shut]", "options: {open: Open, shut: 'null'}"))
    assert case.issues["border"].options["shut"].title == "null"
    with pytest.raises(InputError, match="S254"):
        load_text(BASE.replace("options: [open, shut]", "options:\n      open: Open\n      shut: ~"))


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1e1", 10),
        ("1E+1", 10),
        ("2.5", Fraction(5, 2)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("+7", 7),
        ("50%", 50),
        ("0.1", Fraction(1, 10)),
        ("1_0", 10),
        ("010", 10),
        ("1e-2", Fraction(1, 100)),
    ],
)
def test_numbers_mean_what_was_typed(typed, number):
    case = load_text(BASE.replace("open: 100", f"open: {typed}"))
    assert case.actors["north"].interests["border"].values["open"].mean == number


@pytest.mark.parametrize(
    ("typed", "value"), [("no", False), ("off", False), ("false", False), ("yes", True), ("on", True), ("True", True)]
)
def test_truth_values_where_these_are_expected(typed, value):
    # The order of the options is that of the one way there is, if there is no way back.
    text = BASE.replace("[open, shut]", "[shut, open]")
    case = load_text(text.replace("    owner: north", f"    owner: north\n    reversible: {typed}"))
    assert case.issues["border"].reversible is value


def test_yes_and_no_as_words_of_support():
    case = load_text(
        BASE.replace("    phases:", "    support: [{who: A, endorsed: no}, {who: B, endorsed: yes}]\n    phases:")
    )
    assert [s.endorsed for s in case.plans["opening"].support] == ["no", "yes"]


def test_a_name_for_a_list_of_one():
    assert load_text(BASE.replace("[north, south]", "north")).issues["border"].set_by == ("north",)


@pytest.mark.parametrize("typed", ["2020-08-09", "2020-08", "2020"])
def test_dates_stay_as_typed(typed):
    assert load_text(BASE + f"date: {typed}\n").date == typed


def test_seats_and_walk_aways_in_words():
    text = BASE.replace("    phases:", "    seats: {north: party, south: represented by north}\n    phases:")
    seats = load_text(text.replace("  south:\n", "  south:\n    walk_away: status quo\n"))
    assert seats.plans["opening"].seats["south"].represented_by == "north"
    assert seats.actors["south"].walk_away.status_quo is True


def test_texts_of_several_lines():
    case = load_text(
        BASE + "abstract: |\n  One: two.\n  # not a comment\nnot_modelled:\n  - >-\n    folded\n    text\n"
    )
    assert case.abstract == "One: two.\n# not a comment\n"
    assert case.not_modelled == ("folded text",)


def test_python_data_and_text_mean_the_same():
    data = {
        "name": "quarrel",
        "actors": {
            "north": {"interests": {"border": {"weight": 2, "values": {"open": 100, "shut": 0}}}},
            "south": {"interests": {"border": {"weight": 1, "values": {"open": 0, "shut": 100}}}},
        },
        "issues": {"border": {"options": ["open", "shut"], "set_by": ["north", "south"], "owner": "north"}},
        "status_quo": {"border": "shut"},
        "plans": {
            "opening": {
                "phases": {
                    "trial": {"package": {"border": "open"}, "lasts": "12 months", "then": "settled"},
                    "settled": {},
                }
            }
        },
    }
    assert build(data).content_hash == load_text(BASE).content_hash


def test_comments_that_silence_rules():
    text = BASE.replace("    owner: north", "    owner: north  # halfway: ignore[T101, c302]")
    text = text.replace("      trial:", "      # halfway: ignore[E202]\n\n      # a word\n      trial:")
    ignored = load_text(text).places.ignored
    assert ignored == {13: {"T101", "C302"}, 21: {"E202"}}


def test_options_without_a_title_are_shown_as_they_are_written():
    text = BASE.replace("open", "at -40").replace("shut", "0-500").replace("  at -40ing:", "  opening:")
    case = load_text(text)
    assert [case.title_of("issues", "border", o) for o in case.issues["border"].options] == ["at -40", "0-500"]
    titled = load_text(text.replace("options: [at -40, 0-500]", "options: {at -40: Far apart, 0-500: Close}"))
    assert titled.title_of("issues", "border", "at -40") == "Far apart"


def test_a_signal_may_be_called_source():
    seen = """
    signals: {source: , shut seen: {breach: yes}}
    observed:
      open: {source: 0.9, shut seen: 0.1}
      shut: {source: 0.2, shut seen: 0.8}
"""
    text = BASE.replace("    owner: north\n", "    owner: north" + seen)
    case = load_text(text)
    assert case.issues["border"].rows_of("open")[0].signals["source"].mean == Fraction(9, 10)
    with pytest.raises(InputError) as caught:
        load_text(text.replace("{source: ,", "{open seen: ,"))
    assert {p.code for p in caught.value.problems} == {"N305", "V405"}
