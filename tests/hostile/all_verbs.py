"""Every verb on one input: the lines of the command, small enough to be run by the thousand."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.hostile import oracle
from tests.hostile.mutated_files import DECISIONS, RECORD, STRATEGY, Files

PEERS = ("genius", "geniusweb", "negmas", "positions", "gmcr", "gambit")

# {out} is a name that does not exist yet; options are drawn one line at a time.
CASE_LINES: dict[str, tuple[str, ...]] = {
    "check": ("{case}",),
    "settle": ("{case}", "{case} --sensitivity", "{case} --cap 3"),
    "talks": ("{case} --runs 3 --deadline 10", "{case} --runs 2 --deadline 5 --breakdown 0.3"),
    "tournament": (
        "{case} --strategies grim,always_break --periods 4",
        "{case} --strategies tit_for_tat --open-ended --draws 2",
    ),
    "explore": ("{case} --futures 8", "{case} --futures 8 -o {out}.csv"),
    "stability": (
        "{case}",
        "{case} --draws 3",
        "{case} --coalitions --horizon 2",
        "{case} --moves {out}.csv",
        "{case} -o {out}.csv",
    ),
    "conduct": (
        "{case} --runs 12 --draws 2",
        "{case} --runs 12 --draws 1 --priors record",
        "{case} --diagram",
        "{case} --runs 5 --draws 1 --pictures {out}",
    ),
    "repair": ("{case} --most 6", "{case} --most 6 -o {out}.yaml"),
    "propose": ("{case} --most 3 --aims 1", "{case} --most 3 --aims 1 -o {out}.yaml"),
    "audit": ("{case}", "{case} --sarif"),
    "compare": ("{case} --draws 5", "{case} --draws 5 -o {out}.csv"),
    "forecast": ("{case} --draws 4", "{case} --draws 4 --point mean"),
    "upgrade": ("{case}", "{case} -o {out}.yaml"),
    "seal": ("{case} -o {out}.json",),
    "panel": ("new {case} -o {out}.csv", "new {case} --all -o {out}.csv"),
    "elicit": ("{case} --actor a0 --json --record {out}.json",),
    "sheet": ("{case} --role public -o {out}", "{case} --role mediator -o {out}"),
    "text": ("{case}", "{case} -o {out}.md", "{case} --facts --role public"),
    "convert": (*(f"{{case}} {{out}} --to {f}" for f in PEERS), "{case} {out}.yaml"),
}
COSTLY = {"brief": 0.12}
"""Verbs that take over a second on the smallest case, and on what share of the inputs they run."""

NO_CASE = {
    "cases": "reads no file of the user's",
    "new": "reads no file of the user's",
    "schema": "reads no file of the user's",
    "mcp": "waits for requests; what it may touch is tested in tests/mcp",
    "site": "reads cases as `check` does, see tests/site",
    "serve": "reads a case as `check` does, and then waits for requests",
    "validate": "reads a table, see `read`",
    "verify": "reads a record, see `read`",
    "grade": "reads a record, see `read`",
}


def emptied(folder: Path) -> Path:
    """Make a folder, or empty it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def on_case(text: str, folder: Path, random: Random, seconds: float = 20.0) -> Iterator[tuple[str, oracle.Run]]:
    """Run every verb on a case, each with options drawn at random.

    Yields
    ------
    verb, run
    """
    case = emptied(folder) / "case.yaml"
    case.write_text(text, encoding="utf-8", newline="")
    for k, (verb, lines) in enumerate(CASE_LINES.items()):
        line = random.choice(lines).format(case=case, out=folder / f"out{k}")
        arguments = [verb, *line.split(" ")]
        if random.random() < 0.4 and "sarif" not in line and "--diagram" not in line:
            arguments.append("--json")
        ran = oracle.command(arguments, seconds)
        yield verb, ran if ran.fault else _left(ran, folder)
    if random.random() < COSTLY["brief"]:
        yield "brief", brief(case, seconds * 2)


def brief(case: Path, seconds: float) -> oracle.Run:
    """Write the brief in this process, since another one would take longer to start than the brief takes."""

    def run() -> int:
        from halfway.brief.render import brief as written
        from halfway.case.reader import load_file

        page = written(load_file(case))
        if found := oracle.UNPRINTABLE.search(page):
            raise AssertionError(f"U+{ord(found[0]):04X} in the brief")
        return 0

    return oracle.call(run, seconds)


def _left(ran: oracle.Run, folder: Path) -> oracle.Run:
    """Complain of temporary files that stay behind."""
    stray = [p.name for p in folder.rglob(".*")]
    if not stray:
        return ran
    return oracle.Run(
        ran.status, ran.seconds, ran.out, ran.err, oracle.Fault("left", "a temporary file stays", stray[0])
    )


def on_files(files: Files, folder: Path, random: Random, seconds: float = 20.0) -> Iterator[tuple[str, oracle.Run]]:
    """Give files to their reader; what it makes of them must pass `check`, and is written again.

    Yields
    ------
    what, run
    """
    given = emptied(folder) / "given"
    given.mkdir()
    for name, content in files.contents:
        (given / name).write_bytes(content)
    one = given / files.contents[0][0]
    json = ["--json"] if random.random() < 0.3 else []
    if files.kind == RECORD:
        yield "verify", oracle.command(["verify", str(one), *json], seconds)
        yield (
            "grade",
            oracle.command(["grade", str(one), "--outcome", random.choice(("6", "0", "-1e300", "4")), *json], seconds),
        )
        return
    if files.kind == STRATEGY:
        named = ["prisoners-dilemma-repeated", "--runs", "5", "--draws", "1", "--strategy", f"first={one}"]
        yield "conduct --strategy", oracle.command(["conduct", *named, *json], seconds)
        return
    if files.kind == DECISIONS:
        yield "validate", oracle.command(["validate", "deu3", "--data", str(one), *json], seconds)
        return
    source = given if len(files.contents) > 1 or files.kind in ("genius", "geniusweb", "negmas") else one
    target = folder / "read.yaml"
    ran = oracle.command(["convert", str(source), str(target), "--from", files.kind, *json], seconds)
    if ran.fault is None and ran.status == 0:
        checked = oracle.command(["check", str(target)], seconds)
        if checked.status != 0 or checked.fault:
            fault = checked.fault or oracle.Fault(
                "unsound", f"convert from {files.kind} writes what check refuses", checked.err[:800]
            )
            ran = oracle.Run(ran.status, ran.seconds, ran.out, ran.err, fault)
    elif ran.fault is None and target.exists():
        ran = oracle.Run(
            ran.status,
            ran.seconds,
            ran.out,
            ran.err,
            oracle.Fault("left", "refused, and a file is written", ran.err[:500]),
        )
    yield f"convert from {files.kind}", ran
    if ran.status == 0 and ran.fault is None:
        kind = random.choice(PEERS)
        yield (
            f"convert to {kind}",
            oracle.command(["convert", str(target), str(folder / "again"), "--to", kind], seconds),
        )
        if random.random() < 0.2:
            yield from on_case(target.read_text("utf-8"), folder / "verbs", random, seconds)
