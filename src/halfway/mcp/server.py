"""The server: the verbs as tools, the catalogue and the format as resources."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec

from mcp.server.mcpserver import MCPServer

import halfway as hw
from halfway._version import __version__
from halfway.case.catalog import paths
from halfway.case.reader import load_text
from halfway.case.unreviewed import marked, unreviewed
from halfway.errors import HalfwayError
from halfway.mcp.folder import Folder
from halfway.words.review import proposed

P = ParamSpec("P")

LARGEST = 100_000
"""Characters of an answer; the largest parts of a larger one are left out, and named."""

INSTRUCTIONS = """Halfway tests a diplomatic plan. A case is one YAML file: see the resource halfway://format and the catalogue.
Write a case from what the user gives you: actors, issues with options, what each wants, walk-aways, the plan with its phases.
Every number is a judgement: put the reason into its `note` and the document into `source`. Never tune a number to an answer.
Use `check` on a draft before `write_case`. Numbers you write are marked `by: assistant` until a person has reviewed them:
tell the user how many there are, and which ones the answer hangs on most."""


def answered(tool: Callable[P, dict[str, Any]]) -> Callable[P, dict[str, Any]]:
    """Answer bad input as every verb does: all problems, each with what, why and what to do."""

    @functools.wraps(tool)
    def run(*arguments: P.args, **named: P.kwargs) -> dict[str, Any]:
        try:
            return fitting(tool(*arguments, **named))
        except HalfwayError as error:
            return {"errors": [problem.as_dict() for problem in error.problems]}

    return run


def fitting(answer: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without its largest parts where it is too large to be read, naming them in ``left_out``."""
    kept = json.loads(json.dumps(answer, default=str))
    left: list[str] = []
    sizes = {key: len(json.dumps(value)) for key, value in kept.items()}
    while sum(sizes.values()) > LARGEST and len(sizes) > 1:
        largest = max(sizes, key=lambda key: sizes[key])
        del kept[largest], sizes[largest]
        left.append(largest)
    return {**kept, "left_out": left} if left else kept


def server(root: Path) -> MCPServer:
    """Make a server that reads and writes in one folder only."""
    folder = Folder(root.resolve())
    made = MCPServer("halfway", instructions=INSTRUCTIONS, version=__version__, log_level="ERROR")

    @made.tool()
    @answered
    def cases(search: str = "") -> dict[str, Any]:
        """List the cases of the catalogue (all words of `search` must occur) and the case files of the folder."""
        found = hw.cases(search=search or None)
        listed = [{"name": e.name, "title": e.title, "tags": list(e.tags), "plans": list(e.plans)} for e in found]
        return {"catalogue": listed, "folder": folder.files()}

    @made.tool()
    @answered
    def read_case(case: str) -> dict[str, Any]:
        """Return the text of a case: a YAML file of the folder, or a case of the catalogue by name."""
        loaded, path = folder.case(case), folder.path_of(case)
        as_text = path.suffix.lower() != ".xlsx"
        text = path.read_text(encoding="utf-8") if as_text else loaded.model_dump_json(exclude_defaults=True)
        return {"text": text, "case_hash": loaded.content_hash}

    @made.tool()
    @answered
    def check(case: str = "", text: str = "") -> dict[str, Any]:
        """Say everything that is wrong with a case (a file, or a name in the catalogue), or with a draft given as YAML text."""
        loaded = load_text(text, "draft.yaml") if text else folder.case(case)
        count, total = unreviewed(loaded)
        return {"sound": True, "errors": [], "case_hash": loaded.content_hash, "unreviewed": count, "numbers": total}

    @made.tool()
    @answered
    def write_case(file: str, text: str, based_on: str = "") -> dict[str, Any]:
        """Write a sound case to a YAML file of the folder.

        Every number in it is marked `by: assistant`, but for those that `based_on` (a file or a catalogue name) has at the
        same place. A file that is there already is written over only if it was written in this session and nobody changed it.
        """
        target = folder.may_write(file, (".yaml", ".yml"))
        base = folder.case(based_on) if based_on else None
        case = marked(load_text(text, file), base)
        target.parent.mkdir(parents=True, exist_ok=True)
        hw.write(case, target, "case")
        count, total = unreviewed(case)
        return {
            "written": folder.written(target),
            "unreviewed": count,
            "numbers": total,
            "say": proposed(count, total),
            "case_hash": hw.load(target).content_hash,
        }

    @made.tool()
    @answered
    def brief(case: str, file: str, plan: str = "") -> dict[str, Any]:
        """Write the brief on a plan as one HTML file of the folder, and return its front page. Takes up to a minute."""
        target = folder.may_write(file, (".html",))
        from halfway.brief.build import build
        from halfway.brief.output import write
        from halfway.brief.render import render

        page = build(folder.case(case), plan=plan or None)
        write(render(page), target)
        return {"written": folder.written(target), "title": page.title, "front_page": page.lines()}

    @made.tool()
    @answered
    def settle(case: str, plan: str = "") -> dict[str, Any]:
        """What could be agreed: acceptable packages, the frontier, the bargaining solutions."""
        return hw.settle(folder.case(case), plan=plan or None).to_dict()

    @made.tool()
    @answered
    def audit(case: str, plan: str = "") -> dict[str, Any]:
        """Is the plan even-handed and enforceable on its face? Findings with figures and remedies."""
        return hw.audit(folder.case(case), plan=plan or None).to_dict()

    @made.tool()
    @answered
    def conduct(case: str, plan: str = "") -> dict[str, Any]:
        """Does the plan hold? Who would sign, who would break it when, and by how much that pays."""
        return hw.conduct(folder.case(case), plan=plan or None, runs=0).to_dict()

    @made.tool()
    @answered
    def compare(case: str) -> dict[str, Any]:
        """Put the plans of a case side by side: who gets what, how far each side moves."""
        return hw.compare(folder.case(case)).to_dict()

    @made.tool()
    @answered
    def stability(case: str) -> dict[str, Any]:
        """Would anyone walk away? Graph-model verdicts for every actor and state."""
        return hw.stability(folder.case(case)).to_dict()

    @made.resource("halfway://format", mime_type="application/schema+json")
    def case_format() -> str:
        """The case format as JSON Schema."""
        return json.dumps(hw.schema())

    @made.resource("halfway://result/{verb}", mime_type="application/schema+json")
    def result_format(verb: str) -> str:
        """The JSON Schema of a verb's answer."""
        return json.dumps(hw.schema(verb))

    @made.resource("halfway://catalogue/{name}", mime_type="application/yaml")
    def catalogue_case(name: str) -> str:
        """A case of the catalogue."""
        hw.load(name if name in paths() else "")
        return paths()[name].read_text(encoding="utf-8")

    return made


def serve(root: Path) -> None:
    """Serve on standard input and output until the client closes them."""
    server(root).run("stdio")
