"""A fault at every open, write, sync and rename of the store: no part is lost, doubled or half there."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from halfway.store import parts
from halfway.store.parts import TEMPORARY, Key
from halfway.store.run_folder import open_run
from tests.store.test_store import RUN, rows

SMALL = replace(RUN, futures=6, plans=("one",))
STEPS = ("open", "write", "fsync", "replace")


class Faults:
    """Fails the n-th of all calls of the system, and remembers at which that was."""

    def __init__(self, at: int | None) -> None:
        self.at, self.seen, self.failed = at, 0, ""

    def around(self, name: str, act):
        def acts(*args, **named):
            self.seen += 1
            if self.seen == self.at:
                self.failed = name
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return act(*args, **named)

        return acts


class Cursor:
    """A cursor of the database whose writing may fail like any other step."""

    def __init__(self, inner, faults: Faults) -> None:
        self.inner, self.faults = inner, faults

    def cursor(self):
        return Cursor(self.inner.cursor(), self.faults)

    def execute(self, text: str, *args):
        try:
            run = self.faults.around("copy", self.inner.execute) if text.startswith("COPY") else self.inner.execute
            return run(text, *args)
        except OSError as error:
            raise duckdb.IOException(str(error)) from error

    def __getattr__(self, name: str):
        return getattr(self.inner, name)


def attempt(folder: Path, at: int | None, patch: pytest.MonkeyPatch) -> Faults:
    """Make the run, or go on with it, with a fault at one step."""
    faults = Faults(at)
    database = parts._database(os.getpid())
    with patch.context() as patched:
        for name in STEPS:
            patched.setattr(os, name, faults.around(name, getattr(os, name)))
        patched.setattr(parts, "_database", lambda _: Cursor(database, faults))
        run = open_run(folder, SMALL)
        for key in run.missing():
            run.write(key, rows(key))
        run.note_failure(Key(0, 0), "R001 as an example")
    return faults


def test_every_step_may_fail_and_the_next_run_makes_it_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sound = attempt(tmp_path / "sound", None, monkeypatch)
    digest = open_run(tmp_path / "sound", SMALL).digest()
    failed, said = [], set()
    for at in range(1, sound.seen + 1):
        folder = tmp_path / str(at)
        try:
            faults = attempt(folder, at, monkeypatch)
            # A folder that cannot be synced is no reason to stop.
            assert faults.failed == "fsync"
        except OSError as error:
            faults = None
            said.add("No space left" in str(error))
        left = [p for p in folder.iterdir() if p.name.startswith(TEMPORARY)] if folder.exists() else []
        assert left == [], at
        whole = open_run(folder, SMALL)
        there = whole.done()
        assert set(there) | set(whole.missing()) == set(SMALL.keys)
        attempt(folder, None, monkeypatch)
        assert whole.digest() == digest
        assert sorted(p.name for p in folder.glob("part-*")) == sorted(k.file for k in SMALL.keys)
        failed.append(faults)
    assert len(failed) == sound.seen >= 12
    assert any(f is None for f in failed)
    assert said == {True}
