"""A chart is data until the last step: a Vega-Lite specification with its title, caption and table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from halfway.case.case import Case
from halfway.errors import Problem, Refusal
from halfway.result import Table

# Okabe and Ito's colours, told apart by the colour-blind and in print, darkened where they carry text; then further
# ones for cases with many actors.
PALETTE = (
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B8860B", "#56A5D9", "#6A3D9A", "#7F7F7F", "#8C564B", "#1B9E77",
)  # fmt: skip

INK = "#1d2733"
QUIET = "#6b7684"
WALK_AWAY = "#b3261e"
FONT = "Helvetica Neue, Helvetica, Arial, sans-serif"


@dataclass(frozen=True)
class Chart:
    """One picture before it is drawn.

    Attributes
    ----------
    name : str
        A short name, used for the file and the anchor.
    title : str
        What the picture shows, as a sentence.
    caption : str
        How to read it: units, intervals, marks.
    spec : mapping
        Vega-Lite, with its data inside.
    table : Table
        The same numbers to read.
    description : str
        What a person who cannot see the picture is told.
    """

    name: str
    title: str
    caption: str
    spec: Mapping[str, Any]
    table: Table
    description: str

    def svg(self) -> str:
        """Draw the chart, once; the same chart gives the same text."""
        return self._drawn

    @cached_property
    def _drawn(self) -> str:
        _require_room_for_the_engine()
        import vl_convert

        drawn = lean(vl_convert.vegalite_to_svg({**_CONFIGURED, **self.spec}, vl_version="5.20"))
        # Identifiers are made unique so that several drawings can share a page.
        drawn = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{self.name}-", drawn)
        label = self.description.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
        return drawn.replace("<svg ", f'<svg role="img" aria-label="{label}" font-family="{FONT}" ', 1)


ADDRESSES = 72 * 2**30
"""Addresses that the drawing engine reserves: not memory, but where they are limited it ends the whole process."""


def _require_room_for_the_engine() -> None:
    try:
        import resource
    except ImportError:
        return  # no such limits on this system
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and limit < ADDRESSES:
        why = f"this process may use {limit / 2**30:.1f} GiB of addresses, and the drawing engine reserves {ADDRESSES >> 30}"
        raise Refusal([Problem("R057", "pictures cannot be drawn here", why, "lift the limit (`ulimit -v unlimited`)")])


def standing_alone(chart: Chart) -> str:
    """Draw a chart for a file of its own: on white, with its title on it."""
    title = {"text": chart.title, "anchor": "start", "fontSize": 14, "color": INK, "offset": 12}
    return replace(chart, spec={**chart.spec, "background": "white", "padding": 12, "title": title}).svg()


# What is inside a picture with a description of its own is not read out; it only makes the file large.
_UNREAD = re.compile(r' (?:aria-label|aria-roledescription|aria-hidden|role|class|pointer-events)="[^"]*"')
_EMPTY = re.compile(r'<path(?: d="(?:M0,0h0v0h0Z)?"| display="none")+/>')
_TAG = re.compile(r"<[^>]*>")
_LONG = re.compile(r"-?\d+\.\d{2,}(?:e[-+]?\d+)?|-?\d+e-\d+")


def lean(drawn: str) -> str:
    """Take out of a drawing what no one sees: names of its parts, and more than two decimals of a pixel."""

    def shorter(tag: re.Match[str]) -> str:
        if len(tag[0]) < 5:
            return tag[0]
        kept = _UNREAD.sub("", tag[0]).replace(f' font-family="{FONT}"', "").replace(' opacity="1"', "")
        return _LONG.sub(_rounded, kept)

    drawn = _TAG.sub(shorter, drawn)
    return _EMPTY.sub("", drawn)


def _rounded(number: re.Match[str]) -> str:
    short = f"{float(number[0]):.2f}".rstrip("0").rstrip(".")
    return "0" if short in ("-0", "") else short


_CONFIGURED: dict[str, Any] = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "background": None,
    "config": {
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": INK, "titleColor": QUIET, "gridColor": "#e6e9ee", "domainColor": "#c3c9d2",
            "tickColor": "#c3c9d2", "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
            "labelLimit": 260,
        },
        "legend": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 320,
                   "labelColor": INK, "titleColor": QUIET},
        "header": {"labelFontSize": 12, "labelColor": INK, "labelFontWeight": "bold", "titleColor": QUIET},
        "text": {"font": FONT},
    },
}  # fmt: skip


def colours(case: Case) -> dict[str, str]:
    """Return one colour per actor, the same in every picture of a case."""
    return colours_of(case.actors)


def colours_of(actors: Iterable[str]) -> dict[str, str]:
    """Return one colour per actor, given all actors of a case in its order."""
    return {actor: PALETTE[i % len(PALETTE)] for i, actor in enumerate(actors)}


def values(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Wrap rows as Vega-Lite data; floats are shortened to what a picture can show."""
    return {"values": [{k: round(v, 4) if isinstance(v, float) else v for k, v in row.items()} for row in rows]}


def wrapped(text: str, width: int) -> list[str]:
    """Break a label into lines."""
    import textwrap

    return textwrap.wrap(text, width) or [text]
