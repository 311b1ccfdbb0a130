"""Processor time of the main verbs over that of a calibration loop in the same run, and the memory of a brief.

The loop is ``sum(i*i for i in range(20_000_000))`` in a process of its own; so is each verb, its children included. One
core is used at a time; run it on an idle machine. Each figure is the least of `TIMES` runs, the way noise disturbs least.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LOOP = [sys.executable, "-c", "sum(i*i for i in range(20_000_000))"]
TIMES = 3
VERBS = {
    "brief belarus-2020": 3.0,
    "conduct belarus-2020": 2.0,
    "repair belarus-2020": 4.0,
    "audit belarus-2020": 1.5,
    "stability chicken": 0.4,
}
"""Verb and case, with the ratio aimed at."""
MEMORY = 300
"""Megabytes aimed at for a brief, processes added up."""


def used(command: list[str], folder: str) -> tuple[float, float]:
    """Return the processor time in seconds and the largest memory in megabytes of a command, its children included."""
    before = os.times()
    # As installed: Python may keep what it has compiled, else every run compiles the libraries again.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(
        command, cwd=folder, env=kept, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, _, usage = os.wait4(process.pid, 0)
        process.returncode = 0
    after = os.times()
    seconds = after.children_user + after.children_system - before.children_user - before.children_system
    return seconds, usage.ru_maxrss / 1024


def measured(times: int = TIMES) -> list[tuple[str, float, float, float, float]]:
    """Return for each verb: its name, seconds, ratio, ratio aimed at, megabytes of its largest process."""
    halfway = shutil.which("halfway", path=str(Path(sys.executable).parent)) or "halfway"
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, aim in VERBS.items():
            verb, case = name.split()
            runs = []
            for _ in range(times):
                loop, _ = used(LOOP, folder)
                seconds, memory = used([halfway, verb, case], folder)
                runs.append((seconds / loop, seconds, memory))
            ratio, seconds, memory = min(runs)
            rows.append((name, seconds, ratio, aim, memory))
    return rows


def main() -> None:
    """Print the ratios."""
    print(f"{'verb':<24}{'seconds':>9}{'ratio':>8}{'aim':>7}{'MB':>7}")
    for name, seconds, ratio, aim, memory in measured(int(sys.argv[1]) if len(sys.argv) > 1 else TIMES):
        mark = "" if ratio <= aim else "  above the aim"
        print(f"{name:<24}{seconds:>9.1f}{ratio:>8.1f}{aim:>7.1f}{memory:>7.0f}{mark}", flush=True)
    print(f"Memory aimed at for a brief: {MEMORY} MB.")


if __name__ == "__main__":
    main()
