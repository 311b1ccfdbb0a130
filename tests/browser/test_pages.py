"""The app in a real browser: the doors, a slider, undo, an interview by keyboard alone, and what axe finds."""

import os
import re
import shutil
import signal
import subprocess
import sys

import pytest

pytest.importorskip("starlette", reason="the web app comes with the extra halfway[web]")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed; see `make browser`")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed; see `make browser`")

from tests.web.test_changing import TEXT  # noqa: E402

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
PATIENCE = 60_000


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("case") / "canal.yaml"
    path.write_text(TEXT, encoding="utf-8")
    command = [sys.executable, "-u", "-m", "halfway", "serve", str(path), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = process.stdout.readline()
    yield re.search(r"http://\S+", said)[0]
    process.send_signal(signal.SIGINT)
    process.wait(20)
    process.stdout.close()
    assert path.read_text(encoding="utf-8") == TEXT


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as started:
        found = started.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-quic"])
        yield found
        found.close()


@pytest.fixture
def page(browser, address):
    """A page on which every complaint of the browser and every request elsewhere is a failure."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=address)
    found = context.new_page()
    found.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    found.on("console", lambda said: complaints.append(said.text))
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.on("request", lambda asked: asked.url.startswith(address) or complaints.append(asked.url))
    yield found
    context.close()
    # A form that is refused answers with 422, which the browser notes.
    assert [said for said in complaints if "422" not in said] == []


def sound(page) -> None:
    """Check a page at two widths: axe finds nothing, and nothing stands beyond the edge."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        found = axe.Axe().run(page)
        said = [(v["id"], v["nodes"][0]["html"][:120]) for v in found.response["violations"]]
        assert said == [], (page.url, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    page.set_viewport_size({"width": 1280, "height": 900})


def test_the_first_page_its_doors_and_the_answer(page):
    page.goto("/")
    sound(page)
    assert page.locator(".doors a").count() == 2
    page.locator("section a:has-text('Canal')").first.click()
    page.wait_for_selector(".sections")
    assert page.locator("#front").inner_text().count("?") >= 3
    sound(page)
    for title in ("The plan", "In the room", "Sources"):
        page.click(f"nav.tabs >> text={title}")
        page.wait_for_selector(".sections")
        sound(page)
    page.click("nav.tabs >> text=The answer")
    page.wait_for_selector(".sections")
    page.locator("a.proof").first.click()
    page.wait_for_selector(".sections")
    assert page.locator(page.evaluate("location.hash")).count() == 1


def test_a_slider_an_option_undo_and_redo(page):
    page.goto("/")
    page.locator("section a:has-text('Canal')").first.click()
    page.click("text=Change this plan")
    sound(page)
    slider = page.locator("input[type=range]").first
    slider.focus()
    with page.expect_response(re.compile("/try$")):
        page.keyboard.press("End")
    page.wait_for_selector("#effect >> text=With these changes")
    assert "North: the plan is worth" in page.locator("#effect").inner_text()
    page.reload()
    page.locator("select", has=page.locator("option[value=shut]")).first.select_option("shut")
    page.wait_for_selector("#effect >> text=It would now refuse")
    page.click("text=Make these changes")
    page.wait_for_selector(".diff .plus")
    assert "gate: shut" in page.locator(".diff .plus").inner_text()
    sound(page)
    page.click("text=Undo")
    page.wait_for_selector("text=1 taken back")
    assert page.locator(".diff").count() == 0
    page.click("text=Redo")
    page.wait_for_selector(".diff .plus")
    page.click("text=Undo")


def test_a_dispute_is_described_and_an_interview_held_by_keyboard_alone(page):
    page.goto("/#describe")
    page.focus("#d-title")
    for said in ("A border", "North\nSouth", "Gate: shut, open | North\nToll: none, high"):
        page.keyboard.type(said)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#actor")
    sound(page)
    page.focus("#by")
    page.keyboard.type("Ann")
    page.keyboard.press("Enter")
    for number in range(12):
        page.wait_for_selector(f"text={number} answers")
        if page.locator(".question").count() == 0:
            break
        if number in (0, 2):
            sound(page)
        radio = page.locator(".question input[type=radio]")
        if page.locator("#low").count():
            page.focus("#low")
            page.keyboard.type("40")
            page.focus("#high")
            page.keyboard.type("60")
        elif radio.count():
            radio.first.focus()
            page.keyboard.press("Space")
        page.locator(".question button").focus()
        page.keyboard.press("Enter")
        page.wait_for_selector(f"text={number + 1} answers")
    sound(page)
    assert page.locator("h2:has-text('What follows'), h2:has-text('cannot all be true')").count() == 1


def test_what_cannot_be_read_is_shown_and_pages_work_without_scripts(browser, address):
    context = browser.new_context(java_script_enabled=False, base_url=address)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto("/")
    page.fill("#case-text", "name: x\nissues: [1]")
    page.locator("#yours button").click()
    assert "your case:" in page.locator("main").inner_text()
    page.goto("/")
    page.locator("section a:has-text('Canal')").first.click()
    for _ in range(60):
        if page.locator(".sections").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    assert page.locator("#front").count() == 1
    context.close()


def test_ctrl_c_ends_it_cleanly(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "halfway", "serve", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env={**os.environ},
    )  # fmt: skip
    assert "http://127.0.0.1:" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    assert process.returncode in (0, 130)
    assert os.listdir(tmp_path) == []
