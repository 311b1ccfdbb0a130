"""A Dask cluster of separate processes over TCP, and three shards killed six times, give the digest of a serial run.

``make cluster`` runs the same over 216 chunks and with two workers.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from halfway.explore.execution import run_missing
from halfway.space.compiled import compile_case
from tests.explore.futures.test_design import case_of
from tests.explore.killed_shards import PLACES, SHARDS
from tests.explore.test_explore import small

CHUNKS = int(os.environ.get("HALFWAY_CHUNKS", "24"))
WORKERS = 2 if CHUNKS > 24 else 1


@pytest.fixture(scope="module")
def compiled():
    return compile_case(case_of())


@pytest.fixture(scope="module")
def serial(compiled, tmp_path_factory):
    run = small(compiled, tmp_path_factory.mktemp("serial"), CHUNKS, 1)
    assert len(run.manifest.keys) == CHUNKS
    run_missing(run, compiled=compiled)
    return run


def started(*command: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_a_scheduler_and_workers_in_processes_of_their_own(compiled, serial, tmp_path):
    distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    children = [started("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")]
    try:
        children += [
            started("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
                    "--local-directory", str(tmp_path / f"w{k}"), "--lifetime", "5m")
            for k in range(WORKERS)
        ]  # fmt: skip
        run = small(compiled, tmp_path, CHUNKS, 1)
        with distributed.Client(address, timeout=60) as client:
            client.wait_for_workers(WORKERS, timeout=60)
            done = run_missing(run, client.get_executor(), workers=2)
        assert done.computed == CHUNKS
        assert run.digest() == serial.digest()
    finally:
        for child in reversed(children):
            child.kill()
            child.wait(30)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked and killed by signal")
def test_three_shards_killed_six_times_lose_and_double_nothing(serial, tmp_path):
    (tmp_path / "serial").symlink_to(serial.path)
    child = subprocess.run(
        [sys.executable, "-m", "tests.explore.killed_shards", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        timeout=300,
        cwd=Path(__file__).parents[2],
        check=True,
    )
    found = json.loads(child.stdout)
    assert found["kills"] == len(PLACES) == 6
    # Of two parts begun, the one before the kill is there; the second too where it was renamed.
    assert found["left"] == [1, 1, 1, 1, 2, 2]
    assert found["resumed"] == [[there, CHUNKS // SHARDS - there] for there, _ in found["resumed"]]
    assert (found["merged"], found["rows"]) == (CHUNKS, CHUNKS)
    assert found["digest"] == serial.digest()
