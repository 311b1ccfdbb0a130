"""Faults of the machine: what was left aside is swept, one process does where two cannot, limits are said."""

import os
import resource
import subprocess
import sys

import pytest

from halfway import result
from halfway.case.reader import load_file
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


CLOCK = """
import datetime, sys, time
SECONDS = float(sys.argv.pop(1))
class Then(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(SECONDS, tz)
    utcnow = classmethod(lambda cls: cls.fromtimestamp(SECONDS))
class Day(datetime.date):
    @classmethod
    def today(cls):
        return cls.fromtimestamp(SECONDS)
datetime.datetime, datetime.date, time.time = Then, Day, lambda: SECONDS
from halfway.cli.main import main
for line in sys.argv[1:]:
    try:
        main(line.split())
    except SystemExit as ended:
        if ended.code not in (0, None):
            sys.exit(f"{line}: {ended.code}")
"""


@pytest.mark.parametrize("seconds", [0, 253_370_000_000], ids=["1970", "9998"])
def test_the_clock_may_be_wrong(seconds, tmp_path):
    lines = (
        f"new fresh -o {tmp_path}/fresh.yaml",
        f"check {tmp_path}/fresh.yaml",
        f"convert {tmp_path}/fresh.yaml {tmp_path}/fresh.csv.yaml",
        f"seal emission-standards -o {tmp_path}/record.json",
        f"verify {tmp_path}/record.json",
        "cases",
    )
    ran = subprocess.run(
        [sys.executable, "-c", CLOCK, str(seconds), *lines], capture_output=True, text=True, timeout=300, cwd=tmp_path
    )
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr


def test_two_runs_at_once_on_one_file_leave_it_whole(tmp_path):
    code = (
        "import sys; from halfway.cli.main import main\n"
        "for k in range(30):\n"
        "    try:\n"
        "        main(['convert', sys.argv[1], sys.argv[2], '--force'])\n"
        "    except SystemExit as ended:\n"
        "        assert not ended.code, ended.code\n"
    )
    target = tmp_path / "out.yaml"
    runs = [
        subprocess.Popen([sys.executable, "-c", code, name, str(target)], stdout=subprocess.DEVNULL)
        for name in ("elmira", "chicken")
    ]
    assert [run.wait(300) for run in runs] == [0, 0]
    assert load_file(target).name in ("elmira", "chicken")
    assert [path.name for path in tmp_path.iterdir()] == ["out.yaml"]


def test_of_two_runs_that_make_one_new_file_one_is_refused(tmp_path):
    target = tmp_path / "out.yaml"
    # Both have found the name free before either writes.
    result.keep_existing(target)
    result.write_safely(target, "the first", new=True)
    with pytest.raises(FileExistsError):
        result.write_safely(target, "the second", new=True)
    assert target.read_text("utf-8") == "the first"


@pytest.mark.parametrize("line", ["cases --json", "check elmira --json", "schema"])
def test_a_reader_that_takes_one_line_only(line, tmp_path):
    command = f"set -o pipefail; {sys.executable} -m halfway {line} | head -1"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    assert len(ran.stdout.splitlines()) == 1
