"""A run in a terminal: progress is shown, Ctrl-C ends it with 130, a request to end with 143, and it goes on after that."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from halfway.testing import as_text
from tests.explore.futures.test_design import case_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="terminals and signals are those of Unix")
PARTS = 8


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    case = tmp_path / "toy.yaml"
    case.write_text(as_text(case_of().model_dump(mode="json", by_alias=True, exclude_unset=True)))
    store = str(tmp_path / "run")
    # Audited futures take long enough to be interrupted: eight parts of eight.
    return [
        sys.executable,
        "-m",
        "halfway",
        "explore",
        str(case),
        "--futures",
        "64",
        "--findings",
        "E206",
        "--store",
        store,
    ]


def parts(folder: Path) -> int:
    return len(list(folder.glob("part-*.parquet")))


def first_part(folder: Path, child: subprocess.Popen) -> None:
    deadline = time.monotonic() + 120
    while not parts(folder) and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)


def goes_on(command: list[str], folder: Path) -> None:
    there = parts(folder)
    assert 0 < there < PARTS
    assert not list(folder.glob(".writing-*"))
    again = subprocess.run([*command, "--json"], stdout=subprocess.PIPE, check=True, timeout=120)
    assert json.loads(again.stdout)["computed"] == PARTS - there
    assert parts(folder) == PARTS


def test_progress_and_an_interruption_in_a_terminal(command, tmp_path):
    import pty

    ours, theirs = pty.openpty()
    child = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    first_part(tmp_path / "run", child)
    os.killpg(child.pid, signal.SIGINT)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert child.wait(60) == 130
    assert b"parts of the run" in shown
    assert b"0/8" in shown or b"1/8" in shown
    assert shown.rstrip().endswith(b"interrupted")
    assert b"Traceback" not in shown
    goes_on(command, tmp_path / "run")


def test_a_request_to_end(command, tmp_path):
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    first_part(tmp_path / "run", child)
    child.terminate()
    out, err = child.communicate(timeout=60)
    assert child.returncode == 143
    assert b"Traceback" not in out + err
    assert 0 < parts(tmp_path / "run") < PARTS
