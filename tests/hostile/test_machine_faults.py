"""Faults of the machine: what was left aside is swept, one process does where two cannot, limits are said."""

import os
import resource
import subprocess
import sys

import pytest

from halfway import result
from halfway.charts import chart
from halfway.cli import explore
from halfway.errors import Refusal


def test_what_a_killed_process_left_aside_is_removed_by_the_next(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead = tmp_path / f".brief.html.{result._machine()}-{ended.pid}.abc123"
    alive = tmp_path / f".brief.html.{result._machine()}-{os.getpid()}.abc123"
    other = tmp_path / f".brief.html.halfway-00000000-{ended.pid}.abc123"
    mine = tmp_path / ".brief.html.mine"
    for path in (dead, alive, other, mine):
        path.write_text("cut o", encoding="utf-8")
    result.write_safely(tmp_path / "brief.html", "whole")
    assert not dead.exists()
    assert alive.exists()
    assert other.exists()
    assert mine.exists()
    assert (tmp_path / "brief.html").read_text(encoding="utf-8") == "whole"


def test_without_shared_memory_futures_are_explored_by_one_process(monkeypatch):
    def refused(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", refused)
    with explore._executor(2, None) as executor:
        assert executor is None


def test_pictures_are_refused_where_addresses_are_limited(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (2**30, 2**30))
    with pytest.raises(Refusal, match=r"R057 pictures cannot be drawn here; this process may use 1\.0 GiB"):
        chart._require_room_for_the_engine()
