"""The store: parts are whole or absent, a run resumes, and another run's folder is refused."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import pytest

from halfway.errors import Refusal
from halfway.store.parts import TEMPORARY, Key, digest_of, read_part, write_part
from halfway.store.run_folder import Manifest, merge, open_run, read_manifest

RUN = Manifest("dispute", "ab" * 32, "name: dispute\n", "0.1", "k1", ("one", "two"), 10, 4, 7, ("a/b",), {"x": 1})


def rows(key: Key) -> dict[str, np.ndarray]:
    span = RUN.span(key)
    return {
        "future": np.array(span),
        "points": np.array(span) / 7 + key.plan,
        "kept": np.array([i % 2 == 0 for i in span]),
        "who": np.array([None if i % 3 else "north, südlich" for i in span], dtype=object),
    }


def test_parts_come_back_as_they_went(tmp_path: Path):
    key = Key(2, 1)
    digest = write_part(tmp_path, key, rows(key))
    back = read_part(tmp_path / key.file)
    assert digest_of(back) == digest == digest_of(rows(key))
    assert back["who"].tolist() == rows(key)["who"].tolist()
    assert os.listdir(tmp_path) == [key.file]


def test_keys_cover_every_future_once_under_each_plan():
    spans = [(k.plan, f) for k in RUN.keys for f in RUN.span(k)]
    assert sorted(spans) == [(p, f) for p in range(2) for f in range(10)]


def test_a_run_resumes_with_what_is_missing_only(tmp_path: Path):
    run = open_run(tmp_path / "run", RUN)
    for key in RUN.keys[:4]:
        run.write(key, rows(key))
    again = open_run(tmp_path / "run", RUN)
    assert again.missing() == RUN.keys[4:]
    for key in again.missing():
        again.write(key, rows(key))
    whole = open_run(tmp_path / "other", RUN)
    for key in reversed(RUN.keys):
        whole.write(key, rows(key))
    assert again.digest() == whole.digest()


@pytest.mark.parametrize("cut", [0, 1, 8, 100, 300, -1])
def test_a_part_cut_anywhere_counts_as_absent_and_is_done_again(tmp_path: Path, cut: int):
    run = open_run(tmp_path, RUN)
    for key in RUN.keys:
        run.write(key, rows(key))
    digest = run.digest()
    victim = tmp_path / RUN.keys[3].file
    victim.write_bytes(victim.read_bytes()[:cut])
    assert run.missing() == (RUN.keys[3],)
    with pytest.raises(Refusal, match="R610"):
        run.digest()
    run.write(RUN.keys[3], rows(RUN.keys[3]))
    assert run.digest() == digest


def test_altered_rows_do_not_match_their_digest(tmp_path: Path):
    run = open_run(tmp_path, RUN)
    key = RUN.keys[0]
    run.write(key, rows(key))
    digest = digest_of(rows(key))
    altered = {**rows(key), "points": rows(key)["points"] + 1e-9}
    connection = duckdb.connect()
    connection.register("altered", altered)
    connection.execute(
        f"COPY (SELECT * FROM altered) TO '{tmp_path / key.file}' (FORMAT parquet, KV_METADATA {{digest: '{digest}'}})"
    )
    assert key in run.missing()


@pytest.mark.parametrize("change", [{"case_hash": "cd" * 32}, {"seed": 8}, {"dimensions": ()}, {"parameters": {}}])
def test_a_foreign_store_is_refused_and_left_alone(tmp_path: Path, change: dict):
    run = open_run(tmp_path, RUN)
    run.write(RUN.keys[0], rows(RUN.keys[0]))
    with pytest.raises(Refusal, match="R611"):
        open_run(tmp_path, replace(RUN, **change))
    assert read_manifest(tmp_path) == RUN
    assert len(run.done()) == 1


def test_begun_again_on_request(tmp_path: Path):
    run = open_run(tmp_path, RUN)
    run.write(RUN.keys[0], rows(RUN.keys[0]))
    again = open_run(tmp_path, replace(RUN, seed=8), fresh=True)
    assert again.done() == {}
    assert read_manifest(tmp_path).seed == 8


def test_a_folder_of_the_users_is_not_taken_over(tmp_path: Path):
    (tmp_path / "thesis.docx").write_text("mine")
    for fresh in (False, True):
        with pytest.raises(Refusal, match="R612"):
            open_run(tmp_path, RUN, fresh)
    assert (tmp_path / "thesis.docx").read_text() == "mine"


def test_what_a_crash_left_is_swept_but_not_what_is_being_written(tmp_path: Path):
    open_run(tmp_path, RUN)
    old, young = tmp_path / f"{TEMPORARY}old", tmp_path / f"{TEMPORARY}young"
    old.write_text("")
    young.write_text("")
    os.utime(old, (1, 1))
    open_run(tmp_path, RUN)
    assert not old.exists()
    assert young.exists()


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch):
    run = open_run(tmp_path, RUN)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("fsync", "replace"):
        with monkeypatch.context() as patched:
            patched.setattr(os, name, full)
            with pytest.raises(OSError, match="No space left"):
                run.write(RUN.keys[0], rows(RUN.keys[0]))
        assert [p.name for p in tmp_path.iterdir()] == ["run.json"]


def test_shards_merge_into_the_same_digest(tmp_path: Path):
    whole = open_run(tmp_path / "whole", RUN)
    shards = [open_run(tmp_path / f"shard{i}", RUN) for i in range(3)]
    for i, key in enumerate(RUN.keys):
        whole.write(key, rows(key))
        shards[i % 3].write(key, rows(key))
    shards[0].write(RUN.keys[1], rows(RUN.keys[1]))
    into = open_run(tmp_path / "into", RUN)
    assert merge([s.path for s in shards], into) == len(RUN.keys)
    assert into.digest() == whole.digest()


def test_failures_are_whole_lines(tmp_path: Path):
    run = open_run(tmp_path, RUN)
    run.note_failure(Key(0, 1), "R001 too large\nsecond line")
    run.note_failure(Key(1, 0), "R002")
    lines = (tmp_path / "failed.jsonl").read_text().splitlines()
    assert len(lines) == 2
    assert '"plan": "two"' in lines[0]


def test_pandas_and_duckdb_read_the_parts(tmp_path: Path):
    run = open_run(tmp_path, RUN)
    for key in RUN.keys:
        run.write(key, rows(key))
    frame = duckdb.sql(f"SELECT * FROM '{tmp_path}/part-*.parquet' ORDER BY future").df()
    assert len(frame) == 20
    assert frame["kept"].dtype == bool
