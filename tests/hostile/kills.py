"""The kill campaign: every verb that writes is killed at random moments, and nothing may be damaged by it.

    python -m tests.hostile.kills --times 200

Each verb is run once undisturbed, which tells how long it takes and what it writes. Then it is killed (SIGKILL) after a
random part of that time, again and again. After every kill a file of the user's is whole: what was there before, or what
an undisturbed run writes; nothing else in the folder has changed; no process is left; and the next run of a verb that
writes removes what the killed one left aside.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from multiprocessing import get_context
from pathlib import Path
from random import Random

from halfway.case.reader import load_file
from halfway.cli.main import VERBS
from tests.hostile.mutated_cases import TEMPLATES

ROOT = Path(__file__).parents[2]
FRESH = 10
"""Every so many kills are of a process from its very start on."""

MINE = b"mine, and not to be lost\n"

# The verb's line, and the file or folder that it writes; where a file may be written over, it is there beforehand.
LINES: tuple[tuple[str, str, bool], ...] = (
    ("new fresh -o {out}/fresh.yaml", "fresh.yaml", False),
    ("schema -o {out}/schema.json --force", "schema.json", True),
    ("convert {case} {out}/case.yaml --force", "case.yaml", True),
    ("convert {case} {out}/genius --to genius", "genius", False),
    ("convert {case} {out}/table.csv --force", "table.csv", True),
    ("stability {case} -o {out}/states.csv --force", "states.csv", True),
    ("stability {case} --moves {out}/moves.json --force", "moves.json", True),
    ("compare {case} --draws 5 -o {out}/plans.parquet --force", "plans.parquet", True),
    ("compare {case} --draws 5 -o {out}/plans.csv --force", "plans.csv", True),
    ("conduct {case} --runs 20 --pictures {out}/pictures", "pictures", False),
    ("upgrade {case} -o {out}/upgraded.yaml --force", "upgraded.yaml", True),
    ("seal emission-standards -o {out}/record.json", "record.json", False),
    ("brief {case} -o {out}/brief.html", "brief.html", False),
)


def contents(path: Path) -> dict[str, bytes]:
    """Return every file below a path, by its name; hidden ones are what was put aside."""
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return {p.name if p == path else str(p.relative_to(path)): p.read_bytes() for p in files}


class Fresh:
    """The command in a process and a group of its own, from its start on."""

    def __init__(self, arguments: list[str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "halfway", *arguments],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.pid = self.process.pid

    def wait(self, seconds: float) -> int | None:
        """Return its status, None where it goes on."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.process.wait(seconds)
        return None


class Warm:
    """The same from the moment on at which the command line is loaded: most of a short run is spent before it."""

    def __init__(self, arguments: list[str]) -> None:
        self.process = get_context("fork").Process(target=_run, args=(arguments,))
        self.process.start()
        self.pid = self.process.pid or 0

    def wait(self, seconds: float) -> int | None:
        """Return its status, None where it goes on."""
        self.process.join(seconds)
        return self.process.exitcode


def _run(arguments: list[str]) -> None:
    os.setsid()
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    from halfway.cli.main import main

    main(arguments)


def started(line: str, case: Path, out: Path, warm: bool = True) -> Fresh | Warm:
    """Start the command in a group of its own."""
    arguments = line.format(case=case, out=out).split(" ")
    return Warm(arguments) if warm else Fresh(arguments)


def aside_or_ended(process: Fresh | Warm, folder: Path, seconds: float) -> bool:
    """Wait until something is put aside in a folder; tell whether the process has ended before that."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError):  # a folder may be renamed while it is looked at
            places = [folder, *(p for p in folder.iterdir() if p.is_dir())]
            if any(name.startswith(".") for place in places for name in os.listdir(place)):
                return False
        if process.wait(0) is not None:
            return True
    return False


def load_verbs() -> None:
    """Load the command line and all verbs, as far as nothing of that starts a thread, which no copy of a process has."""
    for module, _ in VERBS.values():
        importlib.import_module(f"halfway.cli.{module}")
    importlib.import_module("halfway.api")
    importlib.import_module("numba")


def prepared(folder: Path, target: str, over: bool) -> Path:
    """Make a folder of the user's with a file that is none of ours and, where it may be written over, the target."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "notes.txt").write_bytes(MINE)
    if over:
        (folder / target).write_bytes(MINE)
    return folder


def damage(folder: Path, target: str, over: bool, whole: dict[str, bytes]) -> str | None:
    """Return what is damaged after a kill."""
    if (folder / "notes.txt").read_bytes() != MINE:
        return "another file was changed"
    path = folder / target
    if not path.exists():
        return "the file that was there is gone" if over else None
    found = {k: v for k, v in contents(path).items() if not Path(k).name.startswith(".")}
    for name, data in found.items():
        if over and data == MINE:
            continue
        known = whole.get(name)
        if known is None:
            return f"{name} is not what an undisturbed run writes"
        # Dates and compressed tables differ from run to run; what is cut off is shorter, or does not end as it should.
        if data != known and (len(data) < 0.9 * len(known) or data[-1:] != known[-1:]):
            return f"{name} is cut off"
    return None


def left_processes(group: int) -> list[str]:
    """Return the processes of a group that still run a while after its first was killed."""
    for _ in range(100):
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError, IndexError):
                if entry.name.isdigit():
                    fields = (entry / "stat").read_text("utf-8").rsplit(")", 1)[1].split()
                    if int(fields[2]) == group and fields[0] not in "ZX":
                        found.append((entry / "cmdline").read_text("utf-8").replace("\0", " ")[:120])
        if not found:
            return []
        time.sleep(0.05)
    return found


def campaign(times: int, seed: int, say: bool = True) -> Counter[str]:
    """Kill verbs at random moments; return how often, what was damaged, and what was left.

    Returns
    -------
    Counter
        ``kills``, ``written before the kill``, and for every failure its sentence.
    """
    random, counts = Random(seed), Counter[str]()
    work = Path(tempfile.mkdtemp(prefix="halfway-kills-"))
    case = work / "case.yaml"
    shutil.copy(TEMPLATES[0], case)
    load_file(case)
    original = case.read_bytes()
    known: dict[tuple[str, bool], tuple[float, dict[str, bytes]]] = {}
    load_verbs()
    try:
        for number in range(times):
            line, target, over = LINES[number % len(LINES)]
            folder, warm = work / "user", number % FRESH != 0
            if (line, warm) not in known:
                prepared(folder, target, over)
                for _ in range(2):  # the second run finds its kernels compiled
                    if not over:
                        prepared(folder, target, over)
                    start = time.monotonic()
                    status = started(line, case, folder, warm).wait(300)
                    took = time.monotonic() - start
                if status not in (0, 1):
                    raise RuntimeError(f"{line} ends with status {status}")
                known[line, warm] = (took, contents(folder / target))
            took, whole = known[line, warm]
            prepared(folder, target, over)
            process = started(line, case, folder, warm)
            # Most of what can go wrong is near the end, where files are written.
            part = random.random() if random.random() < 0.4 else 1 - 0.25 * random.random() ** 2
            # Every second kill is aimed at the moment in which something is put aside: by chance it is hardly ever met.
            if number // len(LINES) % 2:
                going = not aside_or_ended(process, folder, 5 * took)
            else:
                going = process.wait(took * part) is None
            if going:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
                counts["ended before the kill"] += process.wait(60) != -signal.SIGKILL
            else:
                counts["ended before the kill"] += 1
            counts["kills"] += 1
            verb = line.split(" ")[0]
            if left := left_processes(process.pid):
                counts[f"{verb}: a process is left: {left[0]}"] += 1
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
            if found := damage(folder, target, over, whole):
                counts[f"{verb}: {found}"] += 1
            if case.read_bytes() != original:
                counts[f"{verb}: the case was changed"] += 1
            aside = [p for p in folder.rglob(".*") if p.is_file()]
            if aside:
                counts["left aside by a kill"] += len(aside)
                for place in {p.parent for p in aside}:
                    again = f"upgrade {{case}} -o {place}/next.yaml"
                    started(again, case, folder).wait(300)
                stray = [p.name for p in folder.rglob(".*") if p.is_file()]
                if stray:
                    counts[f"{verb}: the next start does not remove {stray[0]}"] += 1
            if say and (number + 1) % 20 == 0:
                sys.stdout.write(f"{number + 1} of {times}: {dict(counts)}\n")
                sys.stdout.flush()
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return counts


COUNTED = ("kills", "ended before the kill", "left aside by a kill")
"""Counts that are no failures."""


def main() -> int:
    """Run the campaign and say what came of it; status 1 where anything was damaged or left."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20200809)
    given = parser.parse_args()
    counts = campaign(given.times, given.seed)
    failures = {k: n for k, n in counts.items() if k not in COUNTED}
    sys.stdout.write(f"{counts['kills']} kills, {sum(failures.values())} failures\n")
    for what, n in counts.items():
        sys.stdout.write(f"  {n} {what}\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
