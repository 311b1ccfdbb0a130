"""The front page as a Word document says what the brief says, and can be edited."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from halfway.brief.build import build, build_front
from halfway.brief.contents import Page
from halfway.brief.word import write_word
from halfway.case.catalog import load
from halfway.case.reader import load_text
from halfway.cli.main import main
from halfway.errors import InputError
from tests.brief.test_kinds_of_cases import RELIEF

docx = pytest.importorskip("docx", reason="python-docx, the extra [docx], is not installed")


@pytest.fixture(scope="module")
def page() -> Page:
    return build_front(load_text(RELIEF, "relief.yaml"))


def said(path: Path) -> str:
    document = docx.Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_the_front_page_alone_is_that_of_the_brief(page: Page) -> None:
    whole = build(load_text(RELIEF, "relief.yaml"))
    assert page.answer == whole.answer
    assert page.facts == whole.facts
    assert page.title == whole.title
    assert not page.annex


def test_the_document_says_what_the_front_page_says(page: Page, tmp_path: Path) -> None:
    write_word(page, tmp_path / "a.docx", note="More in a.html")
    text = said(tmp_path / "a.docx").replace("\u2002", " ")
    assert page.title in text
    for line in page.lines():
        start = line.split(":")[0]
        assert start in text, line
    stressed = [r.text for p in docx.Document(str(tmp_path / "a.docx")).paragraphs for r in p.runs if r.bold]
    assert "Would they sign?" in stressed
    assert "**" not in text


def test_the_same_page_gives_the_same_bytes_and_nobodys_name(page: Page, tmp_path: Path) -> None:
    write_word(page, tmp_path / "a.docx")
    write_word(page, tmp_path / "b.docx")
    raw = (tmp_path / "a.docx").read_bytes()
    assert raw == (tmp_path / "b.docx").read_bytes()
    core = docx.Document(io.BytesIO(raw)).core_properties
    assert (core.author, core.created.year) == ("", 2000)


def test_the_command_writes_it_beside_the_brief_and_over_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "relief.docx").write_text("mine")
    (tmp_path / "relief.yaml").write_text(RELIEF)
    with pytest.raises(SystemExit) as ended:
        main(["brief", "relief.yaml", "--docx"])
    assert ended.value.code == 2
    assert (tmp_path / "relief.docx").read_text() == "mine"
    assert not (tmp_path / "relief.html").exists()
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(["brief", "relief.yaml", "--docx", "--force", "--json"])
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out)["docx"] == "relief.docx"
    assert "Would they sign?" in said(tmp_path / "relief.docx")


def test_a_game_has_a_front_page_too(tmp_path: Path) -> None:
    write_word(build_front(load("chicken")), tmp_path / "chicken.docx")
    assert "game of chicken" in said(tmp_path / "chicken.docx")


def test_without_python_docx_it_says_what_to_install(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    with pytest.raises(InputError, match=r"install halfway\[docx\]"):
        write_word(page, tmp_path / "a.docx")
