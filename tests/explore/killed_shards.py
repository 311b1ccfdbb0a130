"""Shards of one run, killed where it hurts most; a program of its own, so that its children are cheap to make.

Every child is killed by itself at one stated place of its n-th part: before anything is written, with the file beside
its place half written, before it is synced, before and after it is renamed, and after the part was counted. What is left
of the shards is finished, merged, and its digest is printed with the counts.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from halfway.explore.execution import Progress, run_missing
from halfway.explore.futures.outcomes import plan_in_futures
from halfway.space.compiled import CompiledCase, compile_case
from halfway.store import parts
from halfway.store.run_folder import RunFolder, merge, open_run, read_manifest
from tests.explore.futures.test_design import case_of

PLACES = ("before", "half written", "before fsync", "before rename", "after rename", "counted")
SHARDS = 3


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killed_at(place: str, part: int) -> Callable[[Progress], None] | None:
    """Arrange that this process is killed at a place of its n-th part; return what is to be told of progress."""
    seen = 0

    def at_the_part(act: Callable[..., object], before: Callable[[], None] | None, after: bool = False):
        def acts(*args: object, **named: object) -> object:
            nonlocal seen
            seen += 1
            if seen == part and before is not None:
                before()
            out = act(*args, **named)
            if seen == part and after:
                die()
            return out

        return acts

    if place == "before":
        parts.digest_of = at_the_part(parts.digest_of, die)
    elif place == "half written":
        real = os.fsync

        def tear(handle: int) -> None:
            nonlocal seen
            # A part is synced, then its folder.
            seen += os.fstat(handle).st_size > 0 and os.path.isfile(f"/proc/self/fd/{handle}")
            if seen == part:
                os.truncate(handle, os.fstat(handle).st_size // 2)
                die()
            real(handle)

        os.fsync = tear
    elif place == "before fsync":
        # Two calls a part: the file, then the folder.
        part = 2 * part - 1
        os.fsync = at_the_part(os.fsync, die)
    elif place == "before rename":
        os.replace = at_the_part(os.replace, die)
    elif place == "after rename":
        os.replace = at_the_part(os.replace, None, after=True)
    elif place == "counted":
        return lambda state: die() if state.computed == part else None
    return None


def kill_one(shard: RunFolder, which: int, place: str, part: int, compiled: CompiledCase) -> bool:
    """Work on a shard in a child that is killed, and return whether it was."""
    child = os.fork()
    if child == 0:
        try:
            run_missing(shard, shard=(which, SHARDS), compiled=compiled, progress=killed_at(place, part))
        finally:
            os._exit(3)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def named(shard: RunFolder) -> int:
    """Count parts by name: a process that has read any with DuckDB can no longer be forked."""
    return len(list(shard.path.glob("part-*.parquet")))


def main(folder: Path) -> dict[str, object]:
    manifest = read_manifest(folder / "serial")
    compiled = compile_case(case_of())
    # What the children would each import and compile, once.
    plan_in_futures(compiled, manifest.plans[0]).columns(manifest.dimensions, manifest.seed, range(1))
    shards = [open_run(folder / f"shard{i}", manifest) for i in range(SHARDS)]
    kills, left = 0, []
    for n, place in enumerate(PLACES):
        shard = shards[n % SHARDS]
        before = named(shard)
        kills += kill_one(shard, n % SHARDS + 1, place, 2, compiled)
        left.append(named(shard) - before)
    computed = []
    for i, shard in enumerate(shards):
        there = len(shard.done())
        computed.append((there, run_missing(shard, shard=(i + 1, SHARDS), compiled=compiled).computed))
    into = open_run(folder / "into", manifest)
    return {
        "kills": kills,
        "left": left,
        "resumed": computed,
        "merged": merge([s.path for s in shards], into),
        "rows": sum(len(next(iter(c.values()))) for _, c in into.read()),
        "digest": into.digest(),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
