"""A run's folder: what is computed, by what, and which parts of it are there."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from halfway.errors import Problem, Refusal
from halfway.result import write_safely
from halfway.store.parts import Columns, Key, digest_of, key_of, read_part, sweep, write_part

MANIFEST = "run.json"
FAILED = "failed.jsonl"


@dataclass(frozen=True)
class Manifest:
    """What a run computes; two runs with equal manifests compute the same numbers.

    Attributes
    ----------
    case : str
        Name of the case.
    case_hash : str
    case_text : str
        The case as YAML, so that the folder can be read by itself.
    version : str
        Of Halfway.
    kernel : str
        Names the code that computes outcomes; it changes when their meaning does.
    plans : tuple of str
    futures, block : int
        How many futures, and how many of them a part holds.
    seed : int
    dimensions : tuple of str
        The uncertain estimates, by path: the columns of the design.
    parameters : dict
        Whatever else the outcomes depend on.
    """

    case: str
    case_hash: str
    case_text: str
    version: str
    kernel: str
    plans: tuple[str, ...]
    futures: int
    block: int
    seed: int
    dimensions: tuple[str, ...]
    parameters: dict[str, Any]

    @property
    def keys(self) -> tuple[Key, ...]:
        """The parts that the run is made of, in order."""
        blocks = -(-self.futures // self.block)
        return tuple(Key(b, p) for b in range(blocks) for p in range(len(self.plans)))

    def span(self, key: Key) -> range:
        """Return the futures of a part."""
        first = key.block * self.block
        return range(first, min(first + self.block, self.futures))


class RunFolder:
    """A folder with a manifest and parts; the folder itself is the list of what is done.

    Parameters
    ----------
    path : Path
    manifest : Manifest
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path, self.manifest = path, manifest

    def done(self, check: bool = True) -> dict[Key, str]:
        """Return the digests of the parts that are there and whole, by key.

        Parameters
        ----------
        check : bool
            Whether to read every part and compare its digest; cut parts are then left out.
        """
        planned = set(self.manifest.keys)
        found: dict[Key, str] = {}
        for path in sorted(self.path.glob("part-*.parquet")):
            key = key_of(path)
            if key is None or key not in planned:
                continue
            if not check:
                found[key] = ""
                continue
            columns = read_part(path)
            if columns is not None:
                found[key] = digest_of(columns)
        return found

    def missing(self) -> tuple[Key, ...]:
        """Return the parts that are still to be computed, in order."""
        done = self.done()
        return tuple(k for k in self.manifest.keys if k not in done)

    def write(self, key: Key, columns: Columns) -> str:
        """Write a part; see `halfway.store.parts.write_part`."""
        return write_part(self.path, key, columns)

    def failures(self) -> dict[str, str]:
        """Return the plans of which some part was refused and none of it is there since, each with the reason."""
        path = self.path / FAILED
        if not path.exists():
            return {}
        there = {self.manifest.plans[k.plan] for k in self.done(check=False)}
        found: dict[str, str] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(line)
                found.setdefault(str(row["plan"]), str(row["what"]))
            except (ValueError, KeyError, TypeError):
                # A line cut short by a crash says nothing.
                continue
        return {plan: what for plan, what in found.items() if plan not in there}

    def read(self, skip: Collection[Key] = ()) -> Iterator[tuple[Key, Columns]]:
        """Go through the parts in order, but for some.

        Raises
        ------
        Refusal
            Where one is absent or cut short.
        """
        for key in self.manifest.keys:
            if key in skip:
                continue
            columns = read_part(self.path / key.file)
            if columns is None:
                raise Refusal(
                    [
                        Problem(
                            "R610",
                            f"the store {self.path} lacks part {key.file}",
                            "it was never computed, or was cut short",
                            "run the same command with --resume: what is there is kept",
                        )
                    ]
                )
            yield key, columns

    def digest(self, skip: Collection[Key] = ()) -> str:
        """Return one digest for the rows of all parts but some; the same for every way of computing them."""
        import hashlib

        whole = hashlib.sha256()
        for key, columns in self.read(skip):
            whole.update(f"{key.file} {digest_of(columns)}\n".encode())
        return whole.hexdigest()

    def note_failure(self, key: Key, what: str) -> None:
        """Add a line on a part that was refused."""
        line = json.dumps({"block": key.block, "plan": self.manifest.plans[key.plan], "what": what}, ensure_ascii=False)
        # One write of one line: several writers append whole lines.
        handle = os.open(self.path / FAILED, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            os.write(handle, (line + "\n").encode())
        finally:
            os.close(handle)


def open_run(path: Path, manifest: Manifest, fresh: bool = False) -> RunFolder:
    """Open a run's folder, making it where there is none; what a crash left half written is swept.

    Raises
    ------
    Refusal
        Where the folder holds another run, or something that is no run.
    """
    path.mkdir(parents=True, exist_ok=True)
    stated = path / MANIFEST
    if stated.exists() and not fresh:
        known = read_manifest(path)
        differs = [name for name, value in asdict(manifest).items() if asdict(known)[name] != value]
        if differs:
            raise Refusal(
                [
                    Problem(
                        "R611",
                        f"the store {path} holds another run",
                        f"it differs in {', '.join(differs)}",
                        "name another folder with --store, or begin again in this one with --fresh",
                    )
                ]
            )
    elif any(path.iterdir()) and not stated.exists():
        raise Refusal(
            [
                Problem(
                    "R612",
                    f"the folder {path} is not empty and holds no run",
                    f"a store has a {MANIFEST}; nothing of yours is overwritten",
                    "name a new folder with --store",
                )
            ]
        )
    if fresh:
        for old in path.glob("part-*.parquet"):
            old.unlink()
        (path / FAILED).unlink(missing_ok=True)
    sweep(path)
    if fresh or not stated.exists():
        write_safely(stated, json.dumps(asdict(manifest), ensure_ascii=False, indent=2) + "\n")
    return RunFolder(path, manifest)


def read_manifest(path: Path) -> Manifest:
    """Read what a folder computes.

    Raises
    ------
    Refusal
        Where the file is absent or is not of this form.
    """
    try:
        raw = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        for name in ("plans", "dimensions"):
            raw[name] = tuple(raw[name])
        return Manifest(**raw)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refusal(
            [
                Problem(
                    "R613",
                    f"the folder {path} holds no run that can be read",
                    str(error).replace("\n", " ")[:200],
                    f"name the folder of a run; it holds {MANIFEST}",
                )
            ]
        ) from error


def merge(folders: Sequence[Path], into: RunFolder) -> int:
    """Copy parts of other folders with the same manifest into one, and return how many were new.

    Raises
    ------
    Refusal
        Where a folder holds another run.
    """
    added = 0
    there = set(into.done())
    for path in folders:
        read_manifest(path)
        source = open_run(path, into.manifest)
        for key in source.done():
            if key not in there:
                columns = read_part(path / key.file)
                assert columns is not None  # listed as whole
                into.write(key, columns)
                there.add(key)
                added += 1
    return added
