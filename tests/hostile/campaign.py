"""The long run: torn inputs by the hundred thousand, in one process under watch, failures grouped by their cause.

    python -m tests.hostile.campaign --minutes 30

A worker tries one input after the other and says which it is at; the watcher ends it where an input takes too long in
compiled code or fills the memory, notes that, and starts another worker after it. Input number N of a seed is always
the same, so nothing has to be kept to see it again.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.hostile import oracle

ROOT = Path(__file__).parents[2]
HARD_LIMIT = 240.0
"""Seconds of processor time after which an input that is still in compiled code is given up."""

MOST_MEMORY = 2_000_000_000
EVERY = 50
"""Inputs after which a worker writes down what it has counted."""

PER_WORKER = 4_000
"""Inputs after which a fresh worker begins, so that nothing piles up."""

SHARES = (("check", 0.70), ("case", 0.10), ("files", 0.20))
"""What is tried how often: torn cases through `check`, sound ones through every verb, torn files through their readers."""


@dataclass
class Tally:
    """What was tried and what came of it."""

    seed: int
    seconds: float = 0.0
    inputs: Counter[str] = field(default_factory=Counter)
    sound: int = 0
    runs: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    slowest: dict[str, float] = field(default_factory=dict)
    faults: dict[str, dict[str, Any]] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return all of it as plain data."""
        counters = {name: dict(getattr(self, name)) for name in ("inputs", "runs", "statuses", "slowest", "faults")}
        return {"seed": self.seed, "seconds": self.seconds, "sound": self.sound, **counters}

    def add(self, other: dict[str, Any]) -> None:
        """Take in what a worker, or an earlier run, reports."""
        self.seconds += other["seconds"]
        self.sound += other["sound"]
        for mine, name in ((self.inputs, "inputs"), (self.runs, "runs"), (self.statuses, "statuses")):
            mine.update(other[name])
        for verb, took in other["slowest"].items():
            self.slowest[verb] = max(took, self.slowest.get(verb, 0.0))
        for key, fault in other["faults"].items():
            known = self.faults.setdefault(key, {**fault, "count": 0})
            known["count"] += fault["count"]
            if len(fault["input"]) < len(known["input"]):
                known.update({k: v for k, v in fault.items() if k != "count"})


class Worker:
    """Tries inputs one after the other."""

    def __init__(self, seed: int, first: int, until: float, progress: Path, only: str | None) -> None:
        self.seed, self.first, self.until, self.progress, self.only = seed, first, until, progress, only
        self.tally, self.report = Tally(seed), progress.with_name("report.json")
        self.folder = Path(tempfile.mkdtemp(prefix="halfway-fuzz-", dir=_quick_folder()))

    def run(self) -> None:
        """Go on until the time is up or the worker has done its share."""
        start, handle = time.time(), os.open(self.progress, os.O_CREAT | os.O_WRONLY)
        number = self.first
        try:
            while time.time() < self.until and number < self.first + PER_WORKER:
                os.pwrite(handle, f"{number} {time.process_time():.3f}\n".ljust(40).encode(), 0)
                self.one(number)
                number += 1
                if number % EVERY == 0:
                    self.tell(time.time() - start)
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.tell(time.time() - start, number)

    def tell(self, seconds: float, following: int | None = None) -> None:
        """Write what was counted so far, whole or not at all; say which input is next where this worker is done."""
        self.tally.seconds = seconds
        new = self.report.with_suffix(".new")
        new.write_text(json.dumps({**self.tally.plain(), "next": following}), encoding="utf-8")
        new.replace(self.report)

    def one(self, number: int) -> None:
        """Try one input."""
        kind, random = kind_of(number, self.seed, self.only)
        self.tally.inputs[kind] += 1
        if kind == "files":
            from tests.hostile.all_verbs import on_files
            from tests.hostile.mutated_files import mutated_files

            files = mutated_files(random)
            shown = "\n".join(
                f"--- {name}\n{content.decode('utf-8', 'backslashreplace')}" for name, content in files.contents
            )
            for what, ran in on_files(files, self.folder / "work", random):
                self.note(what, ran, shown, number, files.kind)
            return
        from tests.hostile.mutated_cases import mutated_text

        for _ in range(40 if kind == "case" else 1):
            text = mutated_text(random)
            ran, sound = oracle.check_text(text)
            self.note("check (in process)", ran, text, number, "case")
            self.tally.inputs["checked"] += 1
            self.tally.sound += sound
            if sound:
                break
        else:
            return
        if kind == "case" and sound:
            from tests.hostile.all_verbs import on_case

            for verb, ran in on_case(text, self.folder / "work", random):
                self.note(verb, ran, text, number, "case")

    def note(self, what: str, ran: oracle.Run, text: str, number: int, kind: str) -> None:
        """Count a run, and keep the smallest input of each cause of failure."""
        self.tally.runs[what] += 1
        self.tally.statuses[str(ran.status)] += 1
        self.tally.slowest[what] = max(round(ran.seconds, 2), self.tally.slowest.get(what, 0.0))
        if ran.fault is None:
            return
        key = f"{what} | {ran.fault.kind} | {ran.fault.cause}"
        known = self.tally.faults.setdefault(
            key, {"count": 0, "input": text, "detail": ran.fault.detail, "number": number, "of": kind}
        )
        known["count"] += 1
        if len(text) < len(known["input"]):
            known.update(input=text, detail=ran.fault.detail, number=number)


def kind_of(number: int, seed: int, only: str | None = None) -> tuple[str, Random]:
    """Return of which kind an input is, and its source of randomness."""
    random = Random(f"{seed}:{number}")
    drawn = random.random()
    if only is not None:
        return only, random
    for kind, share in SHARES:
        drawn -= share
        if drawn < 0:
            return kind, random
    return SHARES[-1][0], random


def _quick_folder() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def watch(tally: Tally, minutes: float, first: int, only: str | None, folder: Path) -> int:
    """Keep a worker going until the time is up; return the number of the next input."""
    until, number = time.time() + 60 * minutes, first
    progress = folder / "progress"
    while time.time() < until:
        progress.write_text(f"{number} 0\n", encoding="utf-8")
        command = [sys.executable, "-m", "tests.hostile.campaign", "--worker", str(progress), "--seed", str(tally.seed)]
        command += ["--first", str(number), "--until", str(until)] + (["--only", only] if only else [])
        (folder / "report.json").unlink(missing_ok=True)
        with (folder / "stderr").open("wb") as stderr:
            process = subprocess.Popen(command, cwd=ROOT, stdout=stderr, stderr=stderr, start_new_session=True)
            try:
                killed = _guard(process, progress)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        said: dict[str, Any] = {"next": None}
        with contextlib.suppress(OSError):
            said = json.loads((folder / "report.json").read_text("utf-8"))
            tally.add(said)
        if said["next"] is not None:
            number = said["next"]
        else:
            # What that worker had tried after it last wrote down its counts is not counted.
            number = (
                _note_killed(tally, killed or f"the process ended with status {process.returncode}", folder, only) + 1
            )
        save(tally, folder)
    return number


def _note_killed(tally: Tally, why: str, folder: Path, only: str | None) -> int:
    """Count a worker's end as a failure; return the number of the input that it was at."""
    at = int((folder / "progress").read_text("utf-8").split()[0])
    detail = f"{why}\n{(folder / 'stderr').read_text('utf-8', 'replace')[-3000:]}"
    key = f"{kind_of(at, tally.seed, only)[0]} | killed | {why.split(' (')[0]}"
    fresh = {"count": 0, "input": f"input number {at}", "detail": detail, "number": at, "of": "?"}
    tally.faults.setdefault(key, fresh)["count"] += 1
    return at


def _guard(process: subprocess.Popen[bytes], progress: Path) -> str | None:
    """Wait for a worker; end it where an input takes too long or too much memory, and say so."""
    page, tick = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
    while process.poll() is None:
        time.sleep(0.3)
        words = progress.read_text("utf-8").split()
        with contextlib.suppress(OSError, IndexError, ValueError):
            used = Path(f"/proc/{process.pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[11:13]
            if sum(map(int, used)) / tick - float(words[1]) > HARD_LIMIT:
                process.kill()
                return f"over {HARD_LIMIT:.0f} s in compiled code (input {words[0]})"
            resident = int(Path(f"/proc/{process.pid}/statm").read_text("utf-8").split()[1]) * page
            if resident > MOST_MEMORY:
                process.kill()
                return f"over {MOST_MEMORY / 1e9:.0f} GB (input {words[0]})"
    return None


def save(tally: Tally, folder: Path) -> None:
    """Write the counts, and each failure with its smallest input, into a folder."""
    counts = {k: v for k, v in tally.plain().items() if k != "faults"}
    counts["faults"] = {
        key: fault["count"] for key, fault in sorted(tally.faults.items(), key=lambda kv: -kv[1]["count"])
    }
    (folder / "counts.json").write_text(json.dumps(counts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "faults.json").write_text(
        json.dumps(tally.faults, ensure_ascii=False) + "\n", encoding="utf-8", errors="surrogatepass"
    )
    for key, fault in tally.faults.items():
        place = folder / "faults" / hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:12]
        place.mkdir(parents=True, exist_ok=True)
        told = f"{key}\n{fault['count']} times; input {fault['number']} of seed {tally.seed}\n\n{fault['detail']}\n"
        (place / "README").write_text(told, encoding="utf-8", errors="backslashreplace")
        (place / "input").write_text(fault["input"], encoding="utf-8", errors="surrogatepass", newline="")


def report(tally: Tally) -> str:
    """Say in a few lines what was tried and what came of it."""
    lines = [
        f"{tally.inputs['checked']:,} case files through check ({tally.sound:,} sound), "
        f"{tally.inputs['case']:,} sound cases through every verb, {tally.inputs['files']:,} files through their readers, "
        f"in {tally.seconds / 60:.0f} minutes (seed {tally.seed})"
    ]
    lines += [
        f"  {verb}: {count:,} runs, slowest {tally.slowest.get(verb, 0.0):.1f} s"
        for verb, count in sorted(tally.runs.items())
    ]
    lines.append(f"{sum(f['count'] for f in tally.faults.values()):,} failures of {len(tally.faults)} causes")
    lines += [f"  {f['count']:,} {key}" for key, f in sorted(tally.faults.items(), key=lambda kv: -kv[1]["count"])]
    return "\n".join(lines)


def main() -> int:
    """Run the campaign, or be its worker."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=20200809)
    parser.add_argument("--first", type=int, default=0, help="number of the first input; goes on where a run ended")
    parser.add_argument("--only", choices=[k for k, _ in SHARES])
    parser.add_argument("--folder", type=Path, default=ROOT / "out" / "fuzz")
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--until", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker is not None:
        Worker(given.seed, given.first, given.until, given.worker, given.only).run()
        return 0
    given.folder.mkdir(parents=True, exist_ok=True)
    tally = Tally(given.seed)
    following = watch(tally, given.minutes, given.first, given.only, given.folder)
    sys.stdout.write(f"{report(tally)}\nnext input: {following}; inputs that failed are in {given.folder}/faults\n")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
