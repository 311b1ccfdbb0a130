"""Briefs that many tests look at, each written once a session."""

from __future__ import annotations

import pytest

from halfway.brief.build import build
from halfway.brief.contents import Page
from halfway.brief.render import render
from halfway.case.catalog import load


@pytest.fixture(scope="session")
def flagship_page() -> Page:
    return build(load("belarus-2020"), plan="memo")


@pytest.fixture(scope="session")
def flagship(flagship_page: Page) -> str:
    return render(flagship_page)


@pytest.fixture(scope="session")
def relief_page() -> Page:
    return build(load("eu-belarus-2016"))


@pytest.fixture(scope="session")
def relief(relief_page: Page) -> str:
    return render(relief_page)
