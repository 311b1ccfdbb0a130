"""What a sheet says → one self-contained HTML file. It is given sections, never a case."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup

from halfway._version import __version__
from halfway.sheets.contents import Section


@cache
def _template() -> tuple[Template, str]:
    environment = Environment(
        loader=PackageLoader("halfway.sheets", "templates"),
        autoescape=select_autoescape(default_for_string=True, default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = environment.loader.get_source(environment, "sheet.css")[0]  # type: ignore[union-attr]
    return environment.get_template("sheet.html.j2"), style


def render(title: str, role: str, stamp: str, sections: Sequence[Section]) -> str:
    """Write a sheet as HTML; the same contents give the same text.

    Parameters
    ----------
    title : str
        Of the case.
    role : str
        For whom it is, in words.
    stamp : str
        Date and hash of the view, in words.
    sections : sequence of Section
    """
    page, style = _template()
    return (
        page.render(
            title=title,
            role=role,
            stamp=stamp,
            sections=sections,
            style=Markup(style),
            generator=f"Halfway {__version__}",
        )
        + "\n"
    )
