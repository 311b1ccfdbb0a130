"""The bounded readers that every foreign file goes through."""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.errors import Collector, InputError, Place, Problem, Refusal
from halfway.reading.fence import fence
from halfway.reading.json_text import place_in, read_json
from halfway.reading.numbers import LARGEST, brief, exact, plain, whole
from halfway.reading.table import read_table
from halfway.reading.text import UNPRINTABLE, decode, fitting, read_bytes


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", Fraction(12)),
        (" -1.5 ", Fraction(-3, 2)),
        ("\u22121.5", Fraction(-3, 2)),
        ("+.5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("1e-3", Fraction(1, 1000)),
        ("1E3", Fraction(1000)),
        ("1/3", Fraction(1, 3)),
        ("-2/6", Fraction(-1, 3)),
        ("1000000000000", Fraction(LARGEST)),
    ],
)  # fmt: skip
def test_numbers_are_exact(text: str, value: Fraction) -> None:
    assert exact(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "1,5", "1 000", "0x10", "1_000", "nan", "inf", "-inf", "Infinity", "1e", "e5", "1e99999999",
        "1e-99999999", "1e61",
        "1/0", "1//2", "1/2/3", "1/-2", "--1", "²", "1²", "٣", "１", "9" * 5000, "0." + "3" * 5000, "1000000000001", "1e13",
        "1/1e5", "5%",
    ],
)  # fmt: skip
def test_what_is_no_number_of_any_use_is_refused_at_once(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        exact(text)
    assert len(brief(text)) < 60


@given(st.floats(min_value=-1e12, max_value=1e12, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-60))
def test_every_float_as_python_writes_it_is_read_as_itself(value: float) -> None:
    assert exact(repr(value)) == Fraction(repr(value))
    assert plain(repr(value)) == value


def test_whole_and_plain_numbers() -> None:
    assert whole("3.0") == 3
    assert plain("12") == 12
    assert isinstance(plain("12"), int)
    for text in ("1.5", "²", "1e99999"):
        with pytest.raises(ValueError, match=r"\w"):
            whole(text)
    for text in ("1e999", "-1e999", "9" * 400):
        with pytest.raises(ValueError, match=r"\w"):
            plain(text)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"plain", "plain"),
        ("Türkei".encode(), "Türkei"),
        (b"\xef\xbb\xbf" + "Türkei".encode(), "Türkei"),
        ("Türkei".encode("utf-16"), "Türkei"),
        (b"\xfe\xff" + "Київ".encode("utf-16-be"), "Київ"),
        ("Київ".encode("utf-32"), "Київ"),
    ],
)
def test_text_is_utf8_or_what_its_mark_says(raw: bytes, text: str) -> None:
    assert decode(raw, "f") == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("name\nTürkei, Österreich", "windows-1252"),
        ("name\nРоссия, Беларусь, переговоры", "windows-1251"),
        ("name\nアメリカと日本の交渉", "shift_jis"),
        ("name\n中华人民共和国与谈判各方", "gb18030"),
        ("actor,issue\nA,x", "utf-16-le"),
        ("actor,issue\nA,x", "utf-16-be"),
    ],
)
def test_another_encoding_is_refused_with_its_name_and_read_when_it_is_said(text: str, encoding: str) -> None:
    raw = text.encode(encoding)
    with pytest.raises(InputError, match=rf"f:\d+:\d+: F106 .*{encoding}"):
        decode(raw, "f")
    assert decode(raw, "f", encoding) == text


def test_the_first_wrong_byte_is_found_and_its_word_shown() -> None:
    with pytest.raises(InputError, match=r"f:2:4: F106 .*0xFC.*'Türkei'"):
        decode("a,b\nx,Türkei".encode("latin-1"), "f")
    assert fitting(b"\x81\xfc") == "latin-1"
    with pytest.raises(InputError, match="F105 there is no encoding 'utf-9'"):
        decode(b"x", "f", "utf-9")
    with pytest.raises(InputError, match="F105"):
        decode(b"x", "f", "base64")
    with pytest.raises(InputError, match="F106 the text is not ascii"):
        decode(b"\xff", "f", "ascii")


@given(st.binary(max_size=200))
def test_no_bytes_are_replaced(raw: bytes) -> None:
    try:
        text = decode(raw, "f")
    except InputError as error:
        assert all(p.place for p in error.problems)  # noqa: PT017
    else:
        assert any(text.encode(e) in raw for e in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"))


def test_a_file_that_is_no_file_or_far_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (tmp_path / "none", tmp_path, Path("x" * 5000), Path("a\0b")):
        with pytest.raises(InputError, match="F001"):
            read_bytes(path)
    monkeypatch.setattr("halfway.reading.text.LARGEST", 10)
    (tmp_path / "large").write_bytes(b"x" * 11)
    with pytest.raises(InputError, match="F102"):
        read_bytes(tmp_path / "large")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=5).filter(lambda t: not UNPRINTABLE.search(t)),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(max_size=4).filter(lambda t: not UNPRINTABLE.search(t)), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(JSON, st.sampled_from([None, 1]))
def test_json_is_what_the_library_reads_and_every_part_has_its_place(data: object, indent: int | None) -> None:
    text = json.dumps(data, indent=indent)
    assert read_json(text, "f", int) == data

    def look(here: object, path: tuple[str | int, ...]) -> None:
        place = place_in(text, path, "f")
        rest = "\n".join(text.split("\n")[place.line - 1 :])[place.column - 1 :]
        if path and isinstance(path[-1], str):
            name, end = json.JSONDecoder().raw_decode(rest)
            assert name == path[-1]
            rest = rest[end:].lstrip(": \n")
        assert json.JSONDecoder().raw_decode(rest)[0] == here
        if isinstance(here, dict):
            for key, value in here.items():
                look(value, (*path, key))
        elif isinstance(here, list):
            for n, value in enumerate(here):
                look(value, (*path, n))

    look(data, ())
    assert place_in(text, ("no", "such", 3), "f").line == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"f:1:1: F140"),
        ('{"a": 1,\n "b"}', r"f:2:5: F140"),
        ('{"a": 1,\n "a": 2}', r"f:2:2: F140 'a' stands twice"),
        ('{"x": {"a": 1}, "y": {"b": 1, "b": 2}}', r"f:1:31: F140 'b' stands twice"),
        ('[1, NaN]', r"f:1:5: F140 NaN"),
        ('[1,\n-Infinity]', r"f:2:1: F140 -Infinity"),
        ('["\\ud800"]', r"f:1:2: F140 the character U\+D800"),
        ('{"\\u0007": 1}', r"F140 the character U\+0007"),
        ('["a\u202eb"]', r"f:1:4: F140 the character U\+202E"),
        ("[" * 100_000, r"f:1:61: F140 the nesting"),
        ('{"a":' * 100_000, r"F140 the nesting"),
        ('["' + "[" * 1000, r"F140"),
    ],
)  # fmt: skip
def test_unsound_json_is_refused_where_it_breaks(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_json(text, "f")


def test_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("halfway.reading.json_text.MOST_PARTS", 100)
    with pytest.raises(InputError, match="too many parts"):
        read_json(json.dumps(list(range(500))), "f")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_tables_with_every_separator(separator: str) -> None:
    text = (
        separator.join(["actor", " Issue "])
        + "\r\n\r\n"
        + separator.join(["a", '"two\nlines"'])
        + "\n"
        + separator.join("bc")
    )
    table = read_table(text, "f", problems := Collector(), ("actor", "issue"))
    assert not problems.problems
    assert (table.header, table.separator) == (("actor", "issue"), separator)
    assert table.cells == (("a", "two\nlines"), ("b", "c"))
    assert table.lines == (3, 5)


def test_a_table_may_say_its_separator() -> None:
    table = read_table("sep=|\na|b\n1|2", "f", Collector())
    assert (table.header, table.cells, table.lines) == (("a", "b"), (("1", "2"),), (3,))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('a,b\n1,"x\n2,3\n4,5', r"f:2:1: F160 .*never closed"),
        ('a,b\n1,"x"y\n', r"f:2:1: F160"),
        ("a,a\n1,2", r"f:1:1: F160 column 'a' stands twice"),
        ("a,b\n1,\x1b[31m", r"f:2:1: F160 the character U\+001B"),
        ("a,b\n1," + "x" * 200_000, r"f:2:1: F160"),
    ],
)  # fmt: skip
def test_unsound_tables_are_refused_at_their_line(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_table(text, "f", Collector())


def test_rows_of_another_length_are_left_out_and_all_said() -> None:
    table = read_table("a,b,c\n1,2\n3,4,5\n6,7,8,9\n10,11,12,,\n1,2," + "x" * 20_000, "f", problems := Collector())
    assert table.cells == (("3", "4", "5"), ("10", "11", "12"))
    assert [(p.code, p.place.line) for p in problems.problems if p.place] == [("F160", 2), ("F160", 4), ("F160", 6)]


@pytest.mark.parametrize(
    "error", [KeyError("x"), TypeError("y"), RecursionError(), OverflowError("big"), MemoryError(), AttributeError("z\nforged")]
)  # fmt: skip
def test_the_fence_turns_what_nobody_foresaw_into_one_located_line(error: Exception) -> None:
    with pytest.raises(InputError) as caught, fence("file.x"):
        raise error
    (problem,) = caught.value.problems
    assert (problem.code, problem.place) == ("F107", Place("file.x"))
    assert "\n" not in str(problem)


def test_the_fence_gives_a_place_to_problems_without_one_and_keeps_others() -> None:
    nowhere, here = Problem("X001", "a", "b", "c", Place("<case>")), Problem("X002", "a", "b", "c", Place("f", 3, 4))
    with pytest.raises(Refusal) as caught, fence("f"):
        raise Refusal([nowhere, here])
    assert [p.place for p in caught.value.problems] == [Place("f"), Place("f", 3, 4)]
    with pytest.raises(KeyboardInterrupt), fence("f"):
        raise KeyboardInterrupt


def test_no_reader_asks_for_replaced_letters() -> None:
    sources = Path(sys.modules["halfway"].__file__ or "").parent.rglob("*.py")
    assert not [p for p in sources if 'errors="replace"' in (t := p.read_text("utf-8")) or '"utf-8", "replace"' in t]
