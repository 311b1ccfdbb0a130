"""Computing a run's parts: in this process, in a pool, in shards without a scheduler, or on a cluster.

Work is handed to any `concurrent.futures.Executor`; a worker needs nothing but the run's folder, from which it reads the
case and the design. A part's rows depend on its key alone, so every way of computing them gives the same digest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from halfway.case.reader import load_text
from halfway.errors import HalfwayError
from halfway.explore.futures.outcomes import plan_in_futures
from halfway.space.compiled import CompiledCase, compile_case
from halfway.store.parts import Key
from halfway.store.run_folder import RunFolder, read_manifest

AHEAD = 4
"""Tasks handed out beyond those that are being worked on, so that stopping does not wait for a long queue."""


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes
    ----------
    done, planned : int
        Parts, those found from before included.
    computed : int
        Parts computed in this call.
    refused : int
        Parts that could not be computed; see ``failed.jsonl``.
    """

    done: int
    planned: int
    computed: int
    refused: int


def compute_parts(
    folder: str, keys: Sequence[tuple[int, int]], compiled: CompiledCase | None = None
) -> list[tuple[int, int, str | None]]:
    """Compute some parts of the run in a folder and write them there; what a worker does.

    Parameters
    ----------
    folder : str
    keys : sequence of (block, plan)
    compiled : CompiledCase, optional
        The case, where it is compiled in this process already; else it is read from the folder.

    Returns
    -------
    list of (block, plan, refusal)
        The refusal is None where the part was written.
    """
    path = Path(folder)
    manifest = read_manifest(path)
    run = RunFolder(path, manifest)
    out: list[tuple[int, int, str | None]] = []
    for block, plan in keys:
        key = Key(block, plan)
        try:
            known = compiled or _compiled(manifest.case_hash, manifest.case_text)
            columns = plan_in_futures(known, manifest.plans[plan]).columns(
                manifest.dimensions, manifest.seed, manifest.span(key), manifest.parameters.get("findings", ())
            )
        except HalfwayError as error:
            run.note_failure(key, str(error))
            out.append((block, plan, str(error)))
            continue
        run.write(key, columns)
        out.append((block, plan, None))
    return out


@lru_cache(maxsize=4)
def _compiled(case_hash: str, text: str) -> CompiledCase:
    case = load_text(text, "run.json")
    assert case.content_hash == case_hash  # the folder's own text
    return compile_case(case)


def run_missing(
    run: RunFolder,
    executor: Executor | None = None,
    *,
    workers: int = 1,
    shard: tuple[int, int] | None = None,
    progress: Callable[[Progress], None] | None = None,
    compiled: CompiledCase | None = None,
) -> Progress:
    """Compute what of a run is missing.

    Parameters
    ----------
    run : RunFolder
    executor : Executor, optional
        Where to compute; by default here, one part after another.
    workers : int
        How many tasks the executor works on at once.
    shard : (int, int), optional
        ``(i, n)``: only every n-th part, from the i-th (counted from 1).
    progress : callable, optional
        Called after every task.
    compiled : CompiledCase, optional
        The run's case, where it is compiled already and the work is done here.

    Raises
    ------
    KeyboardInterrupt
        When stopped; parts that were written stay.
    """
    manifest = run.manifest
    done = run.done()
    mine = manifest.keys if shard is None else manifest.keys[shard[0] - 1 :: shard[1]]
    todo = [k for k in mine if k not in done]
    state = Progress(len(mine) - len(todo), len(mine), 0, 0)
    if progress is not None:
        progress(state)

    def note(rows: list[tuple[int, int, str | None]]) -> None:
        nonlocal state
        refused = sum(r is not None for _, _, r in rows)
        state = Progress(
            state.done + len(rows) - refused,
            state.planned,
            state.computed + len(rows) - refused,
            state.refused + refused,
        )
        if progress is not None:
            progress(state)

    tasks = [[(k.block, k.plan)] for k in todo]
    if executor is None:
        for task in tasks:
            note(compute_parts(str(run.path), task, compiled))
        return state
    waiting: set[Future[list[tuple[int, int, str | None]]]] = set()
    try:
        for task in tasks:
            while len(waiting) >= workers + AHEAD:
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for one in finished:
                    note(one.result())
            waiting.add(executor.submit(compute_parts, str(run.path.resolve()), task))
        while waiting:
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for one in finished:
                note(one.result())
    except BaseException:
        for one in waiting:
            one.cancel()
        raise
    return state
