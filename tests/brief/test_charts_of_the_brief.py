"""The pictures of a brief: well formed, with a table and a finding, and legible on a telephone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from halfway.brief.contents import Figure, Page
from halfway.charts.chart import Chart

TELEPHONE = 390 - 2 * 16
SMALLEST = 11


def figures(page: Page) -> Iterator[Figure]:
    yield from (b for s in page.sections for b in s.blocks if isinstance(b, Figure))


@pytest.fixture(params=["flagship_page", "relief_page"])
def page(request: pytest.FixtureRequest) -> Page:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, Page)
    return found


def narrow(figure: Figure) -> Chart:
    return figure.narrow or figure.chart


def test_each_is_well_formed_and_says_what_it_shows(page: Page) -> None:
    for figure in figures(page):
        for chart in (figure.chart, narrow(figure)):
            root = ElementTree.fromstring(chart.svg())
            assert len(root.attrib["aria-label"].split()) >= 6
            assert "table below" not in root.attrib["aria-label"]
        assert figure.chart.table.rows
        assert narrow(figure).table.rows == figure.chart.table.rows


def test_each_is_legible_on_a_telephone(page: Page) -> None:
    for figure in figures(page):
        drawn = narrow(figure).svg()
        width = float(re.search(r'<svg [^>]*?\bwidth="([\d.]+)"', drawn)[1])  # type: ignore[index]
        scale = min(1.0, TELEPHONE / width)
        sizes = [float(s) for s in re.findall(r'font-size="([\d.]+)px"', drawn)]
        assert min(sizes) * scale >= SMALLEST, (narrow(figure).name, width, min(sizes))


def test_plans_go_by_name(flagship_page: Page) -> None:
    (plans,) = (f for f in figures(flagship_page) if f.chart.name == "plans")
    for chart in (plans.chart, narrow(plans)):
        assert "Sanctions and no talks" in chart.svg()
        assert "Sanctions and no talks" in [row[0] for row in chart.table.rows]


def test_today_and_no_deal_are_marks_of_two_shapes(flagship_page: Page) -> None:
    """So that both are seen where they coincide, in grey too."""
    (plans,) = (f for f in figures(flagship_page) if f.chart.name == "plans")
    marks = [layer["mark"] for layer in plans.chart.spec["spec"]["layer"]]
    assert {m["type"] for m in marks[:2]} == {"tick", "point"}
    assert marks[1]["shape"] == "triangle-up"
