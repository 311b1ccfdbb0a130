"""The front page of each case, worked out once and kept by the case's hash."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import replace
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from halfway._version import __version__
from halfway.brief.build import build_front
from halfway.brief.contents import Paragraph
from halfway.brief.render import head, stressed
from halfway.case.case import Case
from halfway.case.reader import load_file
from halfway.errors import HalfwayError
from halfway.progress import Progress
from halfway.result import write_safely

KEPT = ".fronts"
"""The folder of the archive that holds what need not be worked out again."""


def front_of(path: str) -> dict[str, str]:
    """Work out the front page of a case's first plan, as HTML and as text; of a case that refuses, why.

    Parameters
    ----------
    path : str
        Of the case file; the function runs in other processes.
    """
    try:
        page = build_front(load_file(path))
    except HalfwayError as error:
        why = "; ".join(f"{p.what} ({p.why})" for p in error.problems)
        return {"title": "No front page", "html": str(Markup("<p>{}.</p>").format(why)), "text": why}
    environment = Environment(
        loader=PackageLoader("halfway.brief", "templates"),
        autoescape=select_autoescape(default_for_string=True, default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["stressed"] = stressed
    environment.filters["head"] = head
    environment.filters["svg"] = lambda chart: Markup(chart.svg())
    # What a proof would lead to stands in the brief, not here.
    blocks = [replace(b, proof="") if isinstance(b, Paragraph) else b for b in page.answer]
    template = environment.from_string(
        '{% import "blocks.html.j2" as show %}{% for b in blocks %}{{ show.block(b) }}{% endfor %}'
    )
    return {"title": page.title, "html": template.render(blocks=blocks).strip(), "text": " ".join(page.lines())}


def fronts(
    cases: Sequence[tuple[Case, Path]], folder: Path, executor: Executor | None, progress: Progress
) -> list[dict[str, str]]:
    """Return the front pages of cases, those kept in the archive as they are kept.

    Parameters
    ----------
    cases : sequence of (Case, Path)
    folder : Path
        The archive.
    executor : Executor or None
        Where the others are worked out; one after another without.
    progress : callable
    """
    kept = [folder / KEPT / f"{case.content_hash}-{__version__}.json" for case, _ in cases]
    found: dict[int, dict[str, str]] = {}
    for number, path in enumerate(kept):
        if path.is_file():
            found[number] = json.loads(path.read_text(encoding="utf-8"))
    missing = [number for number in range(len(cases)) if number not in found]
    progress("front pages", len(found), len(cases))
    for number, front in _worked_out({number: str(cases[number][1]) for number in missing}, executor):
        found[number] = front
        # Kept as soon as it is there: what is interrupted goes on from here.
        write_safely(kept[number], json.dumps(front, ensure_ascii=False, indent=0) + "\n")
        progress("front pages", len(found), len(cases))
    return [found[number] for number in range(len(cases))]


def _worked_out(files: Mapping[int, str], executor: Executor | None) -> Iterator[tuple[int, dict[str, str]]]:
    """Work out front pages, and give each as soon as it is there."""
    if executor is None:
        for number, file in files.items():
            yield number, front_of(file)
        return
    waiting = {executor.submit(front_of, file): number for number, file in files.items()}
    try:
        for done in as_completed(waiting):
            yield waiting[done], done.result()
    finally:
        for future in waiting:
            future.cancel()
