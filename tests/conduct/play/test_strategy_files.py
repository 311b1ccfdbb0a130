"""Strategy tables from files: whatever a file holds, a machine or one located refusal; and no time that grows with a square."""

from __future__ import annotations

import gc
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from halfway.conduct.play.strategies import Table, read_table, strategy
from halfway.errors import HalfwayError

TABLE = (
    "calm: {does: keep, others_break: angry}\nangry: {does: break, then: calm, others_break: angry, own_break: calm}\n"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"t\.yaml:1:1: Y107"),
        ("a: {does: [keep]}", r"t\.yaml:1:11: R036 .*'does' of state 'a' is not one word"),
        ("a: {does: {x: 1}}", r"t\.yaml:1:11: R036 .*'does' of state 'a' is not one word"),
        ("a: {does: keep, then: [a]}", r"t\.yaml:1:23: R036 .*'then' of state 'a' is not one word"),
        ("a: {does: keep, then: }", r"t\.yaml:1:\d+: R036"),
        ("a: {does: keep, ? [x] : y}", r"t\.yaml:1:\d+: Y103"),
        ("a: [keep]", r"R036 .*does not map states"),
        ("a: keep", r"R036 .*does not map states"),
        ("a: {does: keep}\na: {does: break}", r"t\.yaml:2:1: Y102"),
        ("a: &a {does: keep, then: *a}", r"t\.yaml:1:\d+: [YR]"),
        ("[" * 50_000, r"t\.yaml:1:\d+: Y105"),
        ("a: {does: keep, then: a\x00}", r"t\.yaml:1:\d+: Y10"),
        ("a: {does: !!python/name:os.system keep}", r"t\.yaml:1:\d+: Y104"),
    ],
)
def test_what_is_no_machine_is_refused_at_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(HalfwayError, match=said):
        strategy(str(path))


def test_a_file_in_another_encoding_is_refused_or_read_as_it_says(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_bytes("grün: {does: keep}".encode("latin-1"))
    with pytest.raises(HalfwayError, match=r"t\.yaml:1:3: F106 .*windows-1252"):
        strategy(str(path))
    path.write_bytes("grün: {does: keep}".encode("utf-16"))
    assert isinstance(strategy(str(path)), Table)


def test_a_table_of_many_states_is_read_in_time_that_grows_with_its_length() -> None:
    def text(n: int) -> str:
        return "".join(f"s{k}: {{does: keep, then: s{(k + 1) % n}, others_break: s{n - 1 - k}}}\n" for k in range(n))

    def once(n: int) -> float:
        began = process_time()
        table = read_table(text(n))
        assert table.follows[n - 2] == (n - 1, 1, n - 1, 1)
        return process_time() - began

    def took(n: int) -> float:
        # The collector walks all that earlier tests have left, which is not the work of this reader.
        gc.collect()
        gc.disable()
        try:
            return min(once(n) for _ in range(3))
        finally:
            gc.enable()

    once(100)
    # Four times the states: four times the work, and not sixteen; room is left for a busy machine.
    assert took(20_000) < 9 * took(5_000)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_mangled_tables(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(TABLE)))
    end = data.draw(st.integers(start, min(len(TABLE), start + 12)))
    piece = data.draw(
        st.sampled_from(["", "[", "{", "*a", "&a ", "null", "1e9999", "²", "\x1b", ": ", "\n", "keep"])
        | st.text(max_size=4)
    )
    refused: tuple[object, ...] = ()
    try:
        table = read_table(TABLE[:start] + piece + TABLE[end:], "t.yaml")
    except HalfwayError as error:
        refused = tuple(p.place for p in error.problems)
        assert refused
    else:
        assert all(0 <= state < len(table.does) for row in table.follows for state in row)
    assert all(refused)
