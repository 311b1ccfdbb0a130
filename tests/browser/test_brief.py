"""The brief in a real browser: what axe finds at two widths, folded and open, the keyboard, and the pages it prints on."""

import re
import shutil

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed; see `make browser`")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed; see `make browser`")

from halfway.brief.render import brief  # noqa: E402
from halfway.case.catalog import load  # noqa: E402
from halfway.case.reader import load_text  # noqa: E402
from tests.brief.test_kinds_of_cases import RELIEF  # noqa: E402

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-quic"])
        yield found
        found.close()


@pytest.fixture(scope="module", params=["chicken", "relief", "relief for analysts"])
def written(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("brief") / "brief.html"
    case = load("chicken") if request.param == "chicken" else load_text(RELIEF)
    brief(case, path, draws=20, audience="analyst" if "analysts" in request.param else "class")
    return path


@pytest.fixture
def page(browser, written):
    """A page on which every complaint of the browser and every request is a failure."""
    found = browser.new_page(viewport={"width": 1280, "height": 1600})
    complaints: list[str] = []
    found.on("console", lambda said: complaints.append(said.text))
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.on("request", lambda asked: asked.url == written.as_uri() or complaints.append(asked.url))
    found.goto(written.as_uri())
    yield found
    found.close()
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_stands_beyond_the_edge(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    for opened in (False, True):
        if opened:
            page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        found = axe.Axe().run(page)
        said = [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]]
        assert said == [], opened
        assert page.evaluate("document.documentElement.scrollWidth") <= width, opened


def test_by_keyboard_a_why_opens_its_proof_and_parts_open_and_close(page):
    page.keyboard.press("Tab")
    for _ in range(60):
        if page.evaluate("document.activeElement.classList.contains('proof')"):
            break
        page.keyboard.press("Tab")
    target = page.evaluate("document.activeElement.getAttribute('href')")
    assert target.startswith("#")
    page.keyboard.press("Enter")
    page.wait_for_function(f"location.hash === '{target}'")
    assert page.locator(target).is_visible()
    summary = page.locator("details.part > summary").last
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.part").last.get_attribute("open") is not None
    page.keyboard.press("Enter")
    assert page.locator("details.part").last.get_attribute("open") is None


def test_it_prints_on_two_pages_and_the_annex_only_when_asked(page, written):
    """The annex is folded: what is printed is the front page and the second."""
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 2
