"""The contents of a brief → one self-contained HTML file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from halfway.brief.build import DRAWS, build
from halfway.brief.contents import Page
from halfway.brief.material import Audience
from halfway.brief.output import check_output, write
from halfway.case.case import Case
from halfway.progress import Progress
from halfway.seeds import DEFAULT_SEED
from halfway.space.compiled import CompiledCase


def stressed(text: str) -> Markup:
    """Escape a text and turn ``**…**`` into strong."""
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", str(escape(text))))


def head(text: str) -> str:
    """Return the stressed beginning of a paragraph, by which a link to its proof is known apart."""
    found = re.search(r"\*\*(.+?)\*\*", text)
    return (found[1] if found else text[:60]).strip(" .,")


def render(page: Page) -> str:
    """Write the contents as HTML; the same contents give the same text."""
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
    style = environment.loader.get_source(environment, "brief.css")[0]  # type: ignore[union-attr]
    return environment.get_template("brief.html.j2").render(page=page, style=Markup(style)) + "\n"


def brief(
    case: Case | CompiledCase,
    output: str | Path | None = None,
    *,
    plan: str | None = None,
    seed: int = DEFAULT_SEED,
    draws: int = DRAWS,
    audience: Audience = "minister",
    full: bool = False,
    earlier: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> str:
    """Write the brief on one plan of a case as one HTML file without requests to anywhere.

    Parameters
    ----------
    case : Case or CompiledCase
    output : path, optional
        Where to write it; the text is returned in any case.
    plan : str, optional
        Default: the first plan of the case.
    seed, draws : int
        Root of the random streams, and how many draws the intervals rest on.
    audience : {"minister", "analyst", "class"}
        For whom the annex is written; the facts are the same.
    full : bool
        Whether the annex is open, and printed.
    earlier : mapping, optional
        The facts of an earlier brief (`Page.facts`), with which these are compared.
    progress : callable, optional
        Told the section that is being written.

    Raises
    ------
    Refusal
        Where there is no such plan.
    InputError
        Where `output` holds something that Halfway did not write, or cannot be written.
    """
    if output is not None:
        check_output(output)
    page = build(
        case, plan=plan, seed=seed, draws=draws, audience=audience, full=full, earlier=earlier, progress=progress
    )
    text = render(page)
    if output is not None:
        write(text, output)
    return text
