"""The contents of a brief → one self-contained HTML file."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from halfway.brief.build import build
from halfway.brief.contents import Page
from halfway.case.case import Case
from halfway.errors import InputError, Place, Problem
from halfway.explore.compare import DRAWS
from halfway.result import write_safely
from halfway.seeds import DEFAULT_SEED

MARK = '<meta name="generator" content="Halfway'


def stressed(text: str) -> Markup:
    """Escape a text and turn ``**…**`` into strong."""
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", str(escape(text))))


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
    environment.filters["svg"] = lambda chart: Markup(chart.svg())
    style = environment.loader.get_source(environment, "brief.css")[0]  # type: ignore[union-attr]
    return environment.get_template("brief.html.j2").render(page=page, style=Markup(style)) + "\n"


def brief(
    case: Case,
    output: str | Path | None = None,
    *,
    plan: str | None = None,
    seed: int = DEFAULT_SEED,
    draws: int = DRAWS,
) -> str:
    """Write the brief on one plan of a case as one HTML file without requests to anywhere.

    Parameters
    ----------
    case : Case
    output : path, optional
        Where to write it; the text is returned in any case.
    plan : str, optional
        Default: the first plan of the case.
    seed, draws : int
        Root of the random streams, and how many draws the intervals rest on.

    Raises
    ------
    Refusal
        Where the case has no plan, or an actor that only ranks states.
    InputError
        Where `output` holds something that Halfway did not write, or cannot be written.
    """
    if output is not None:
        check_output(output)
    text = render(build(case, plan=plan, seed=seed, draws=draws))
    if output is not None:
        write(text, output)
    return text


def write(text: str, output: str | Path) -> None:
    """Write a brief to a file, making its folder where there is none.

    Raises
    ------
    InputError
        Where it cannot be written.
    """
    try:
        Path(output).parent.mkdir(parents=True, exist_ok=True)
        write_safely(output, text)
    except OSError as error:
        why = (error.strerror or "it cannot be opened").lower()
        raise InputError(
            [Problem("F005", f"cannot write {output}", why, "choose another place", Place(str(output)))]
        ) from error


def check_output(output: str | Path) -> None:
    """Refuse to write over a file that is not a brief.

    Raises
    ------
    InputError
    """
    path = Path(output)
    if path.is_dir():
        raise InputError(
            [Problem("F010", f"{output} is a folder", "a brief is a file", "name a file", Place(str(output)))]
        )
    if path.is_file() and MARK not in path.read_text(encoding="utf-8", errors="replace")[:2000]:
        raise InputError(
            [
                Problem(
                    "F003",
                    f"{output} is there already",
                    "Halfway did not write it",
                    "choose another name, or move the file away",
                    Place(str(output)),
                )
            ]
        )
