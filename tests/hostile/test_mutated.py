"""A few hundred torn inputs, always the same ones; the long run is `make fuzz`."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.cli.main import VERBS
from tests.hostile import all_verbs, oracle
from tests.hostile.mutated_cases import bases, donors, mutated_text
from tests.hostile.mutated_files import DECISIONS, kinds, mutated_files, torn
from tests.hostile.mutated_files import bases as sound_files

SOURCES = st.randoms(use_true_random=False)


@pytest.fixture(scope="module", autouse=True)
def _sound_inputs():
    """Make what is torn before any test is under way: hypothesis does not let tests nest."""
    bases(), donors(), sound_files()


def test_every_verb_is_tried_or_reads_nothing():
    assert {*all_verbs.CASE_LINES, *all_verbs.COSTLY, *all_verbs.NO_CASE} == set(VERBS)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(SOURCES)
def test_a_torn_case_is_sound_or_refused_at_places_inside_it(random):
    ran, _ = oracle.check_text(mutated_text(random))
    assert ran.fault is None, ran.fault


@pytest.mark.parametrize("number", range(6))
def test_every_verb_answers_or_refuses_a_sound_case(number, tmp_path):
    random = Random(number)
    text = next(t for t in iter(lambda: mutated_text(random), None) if oracle.check_text(t)[1])
    for verb, ran in all_verbs.on_case(text, tmp_path / "work", random, 60.0):
        assert ran.fault is None, (verb, ran.fault)


@pytest.mark.parametrize("kind", sorted({*kinds()} - {DECISIONS}))
def test_a_torn_file_is_read_or_refused_at_a_place(kind, tmp_path):
    random = Random(kind)
    sound = [f for f in sound_files() if f.kind == kind]
    for _ in range(20):
        for what, ran in all_verbs.on_files(torn(random.choice(sound), random), tmp_path / "work", random, 60.0):
            assert ran.fault is None, (what, ran.fault)


def test_what_is_torn_was_sound():
    for text in bases()[:20]:
        assert oracle.check_text(text)[1]


def test_the_judge_sees_what_may_not_be(capsys):
    def endless() -> int:
        while True:
            pass

    def broken() -> int:
        raise IndexError("no such row")

    assert oracle.call(broken).fault.kind == "traceback"
    assert oracle.call(lambda: print("\x1b[2J") or 0).fault.kind == "unprintable"
    assert oracle.call(lambda: print('{"a": NaN}') or 0, as_json=True).fault.kind == "json"
    assert oracle.call(lambda: 2).fault.kind == "unlocated"
    assert oracle.call(endless, seconds=0.2).fault.kind == "hang"


def test_random_files_are_of_every_kind():
    random = Random(1)
    assert {mutated_files(random).kind for _ in range(200)} == set(kinds())
