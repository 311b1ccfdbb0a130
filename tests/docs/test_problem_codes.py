"""A code of a problem means one thing: the page says what, and is that of the source of today."""

import re

from docs.problem_codes import MEANINGS, PAGE, SOURCE, VARIES, page, raised

from halfway.audit.run import all_rules


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python docs/problem_codes.py`, and read what changed"


def test_every_code_in_the_source_is_on_the_page():
    written = set()
    for path in SOURCE.rglob("*.py"):
        written |= set(re.findall(r'["`]([A-Z]\d{3})["`]', path.read_text(encoding="utf-8")))
    on_page = set(re.findall(r"^\| `([A-Z]\d{3})` \| ", page(), re.MULTILINE))
    assert on_page == set(raised())
    from_rules = {rule.code for rule in all_rules()}

    assert written - on_page == from_rules


def test_a_code_that_is_said_in_several_ways_has_one_meaning_that_covers_them():
    several = {code for code, sentences in raised().items() if len(sentences) > 1 or sentences == {VARIES}}
    assert set(MEANINGS) == several
    assert len(set(MEANINGS.values())) == len(MEANINGS)


def test_no_sentence_is_said_under_two_codes():
    """Only the readers of other programs' files, each with codes of its own, complain alike."""
    first: dict[str, str] = {}
    for code, sentences in sorted(raised().items()):
        for sentence in sentences - {VARIES}:
            if not code.startswith(("F1", "F4")):
                assert first.setdefault(sentence, code) == code, f"{sentence!r} under {first[sentence]} and {code}"
