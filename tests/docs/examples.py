"""Runs the examples of a page of documentation, as a reader would, in a folder of its own.

The convention, for everyone who writes a page:

- A block ```` ```console ```` holds commands after ``$ `` and, below each, what it prints. The exit status must be 0, or
  the one named at the end of the command: ``$ halfway check bad.yaml  # exit 2`` or ``# exit status 2: why``. The printed
  lines must come in this order; ``...`` stands for anything, in a line or as lines of its own, and lines may be left out.
- `halfway` runs inside this process. Simple commands (`cat`, `ls`, `mkdir`, …) and pipes go to the shell. What sets
  Halfway up (`git clone`, `make`, `pip`, `uv`) and a command that ends in ``# not run`` is not run.
- A block ```` ```yaml title="FILE" ```` (any language) is written to that file first.
- Blocks ```` ```python ```` run in order, all of a page in one namespace.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=indent)```\s*$", re.MULTILINE | re.DOTALL)
STATUS = re.compile(r"\s+#\s*exit (?:status )?(\d+)\b.*$")
SETS_UP = ("git ", "make", "pip ", "uv ", "python -m venv")
SHELL = ("for ", "cat ", "ls", "mkdir ", "echo ", "cp ", "head ", "grep ", "rm ", "sed ", "diff ", "wc ", "test ")


@dataclass
class Block:
    """One fenced block of a page."""

    line: int
    language: str
    title: str | None
    body: str


@dataclass
class Command:
    """One command of a console block, with what the page says it prints."""

    line: int
    text: str
    status: int
    shown: list[str] = field(default_factory=list)


def blocks(text: str) -> list[Block]:
    found = []
    for match in FENCE.finditer(text):
        info = match["info"].strip()
        title = re.search(r'title="([^"]+)"', info)
        body = "\n".join(line.removeprefix(match["indent"]) for line in match["body"].split("\n"))
        line = text[: match.start()].count("\n") + 1
        found.append(Block(line, info.split()[0] if info else "", title[1] if title else None, body))
    return found


def commands(block: Block) -> list[Command]:
    found: list[Command] = []
    for number, line in enumerate(block.body.rstrip("\n").split("\n"), start=block.line + 1):
        if line.startswith("$ "):
            status = STATUS.search(line)
            found.append(Command(number, STATUS.sub("", line[2:]).strip(), int(status[1]) if status else 0))
        elif found:
            found[-1].shown.append(line)
    return found


def missing(shown: list[str], printed: str) -> str | None:
    """Return the first shown line that was not printed, in order, or None."""
    lines = [line.rstrip() for line in printed.splitlines()]
    at = 0
    for line in shown:
        wanted = line.rstrip()
        if not wanted or set(wanted.strip()) <= {".", "…"}:
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in re.split(r"\.\.\.|…", wanted)))
        while at < len(lines) and not pattern.fullmatch(lines[at]):
            at += 1
        if at == len(lines):
            return wanted
        at += 1
    return None


def run_inside(arguments: list[str]) -> tuple[int, str]:
    """Run `halfway` in this process; return its status and all that it printed."""
    from halfway.cli.main import main

    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(stream), contextlib.redirect_stderr(stream):
        try:
            main(arguments)
            status: object = 0
        except SystemExit as stop:
            status = stop.code
    return int(str(status or 0)), stream.buffer.getvalue().decode()  # type: ignore[attr-defined]


def run_command(command: Command, folder: Path) -> None:
    import shlex

    text = command.text
    if text.endswith("# not run") or text.startswith(SETS_UP):
        return
    text = text.split("  #")[0].strip()
    if text.startswith("halfway ") and not set(text) & set("|<>&;$`"):
        status, printed = run_inside(shlex.split(text)[1:])
    else:
        assert text.startswith(("halfway ", *SHELL)), (
            f"line {command.line}: not a command that examples may run: {text}"
        )
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", text],
            cwd=folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        status, printed = done.returncode, done.stdout + done.stderr
    assert status == command.status, f"line {command.line}: `{text}` ended with {status}:\n{printed}"
    lacking = missing(command.shown, printed)
    assert lacking is None, f"line {command.line}: `{text}` does not print\n{lacking}\nbut\n{printed}"


def run_page(text: str, name: str, folder: Path) -> int:
    """Run everything on a page inside `folder`, which must be the current one; return how many examples there were."""
    namespace: dict[str, object] = {"__name__": "__page__"}
    count = 0
    for block in blocks(text):
        if block.title is not None:
            (folder / block.title).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.title).write_text(block.body, encoding="utf-8")
        if block.language == "console":
            for command in commands(block):
                run_command(command, folder)
                count += 1
        elif block.language == "python":
            # Blank lines in front make an error show the line of the page.
            code = compile("\n" * block.line + block.body, name, "exec")
            with contextlib.redirect_stdout(io.StringIO()):
                exec(code, namespace)
            count += 1
    return count
