"""Data → HTML: one environment, in which every text of a case is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from halfway._version import __version__
from halfway.brief.render import head, stressed

HTMX = "htmx-2.0.11.min.js"
"""Version 2.0.11, Zero-Clause BSD (https://htmx.org); a copy, so that nothing is asked of another computer."""


@cache
def environment() -> Environment:
    """Return the templates; the blocks of the brief are drawn by its own."""
    found = Environment(
        loader=ChoiceLoader([PackageLoader("halfway.web", "templates"), PackageLoader("halfway.brief", "templates")]),
        autoescape=select_autoescape(default_for_string=True, default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["stressed"] = stressed
    found.filters["head"] = head
    found.filters["svg"] = lambda chart: Markup(chart.svg())
    found.globals["version"] = __version__
    found.globals["htmx"] = HTMX
    return found


def page(template: str, values: Mapping[str, Any]) -> str:
    """Write a page or a part of one."""
    return environment().get_template(template).render(values)


@cache
def static_files() -> Mapping[str, tuple[bytes, str]]:
    """Return the files that are served as they are, by name, with their types; read once, so that no request names a path."""
    own, brief = files("halfway.web") / "static", files("halfway.brief") / "templates"
    return {
        "web.css": ((own / "web.css").read_bytes(), "text/css"),
        "icon.svg": ((own / "icon.svg").read_bytes(), "image/svg+xml"),
        "web.js": ((own / "web.js").read_bytes(), "text/javascript"),
        HTMX: ((own / HTMX).read_bytes(), "text/javascript"),
        "brief.css": ((brief / "brief.css").read_bytes(), "text/css"),
    }
