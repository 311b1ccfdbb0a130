"""The command: what it prints, what it refuses to write over, the PDF, and the same bytes every time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from halfway.brief import pdf
from halfway.brief.render import brief
from halfway.case.reader import load_text
from halfway.cli.main import main
from halfway.errors import InputError, Refusal
from tests.brief.test_kinds_of_cases import RELIEF


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(["brief", *arguments])
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "relief.yaml").write_text(RELIEF)
    return tmp_path


def test_it_says_the_answer_and_where_the_brief_is(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("relief.yaml") == 0
    said = capsys.readouterr().out
    assert "relief.html" in said
    assert "Would they sign?" in said
    assert (here / "relief.html").is_file()


def test_since_reads_what_json_printed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("relief.yaml", "--json") == 0
    (here / "before.json").write_text(capsys.readouterr().out)
    assert run("relief.yaml", "--since", "before.json") == 0
    assert "Since the earlier brief" in (here / "relief.html").read_text()
    (here / "other.json").write_text(json.dumps([1]))
    assert run("relief.yaml", "--since", "other.json") == 2
    assert run("relief.yaml", "--since", "none.json") == 2


def test_a_pdf_is_printed_by_the_browser_that_is_found(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = here / "chromium"
    browser.write_text(
        '#!/bin/sh\nfor a in "$@"; do case $a in --print-to-pdf=*) printf %%PDF > "${a#--print-to-pdf=}";; esac; done\n'
    )
    browser.chmod(0o755)
    monkeypatch.setenv("PATH", f"{here}:/bin:/usr/bin")
    assert run("relief.yaml", "--pdf") == 0
    assert (here / "relief.pdf").read_bytes().startswith(b"%PDF")
    # What is there is not written over unless asked.
    assert run("relief.yaml", "--pdf") == 2
    assert run("relief.yaml", "--pdf", "--force") == 0


def test_without_a_browser_it_says_how_to_print(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "brief.html").write_text("<p>")
    monkeypatch.setattr(pdf.shutil, "which", lambda _: None)
    with pytest.raises(Refusal, match=r"open .*brief\.html in a browser"):
        pdf.print_pdf(here / "brief.html", here / "brief.pdf")


def test_the_same_case_and_seed_give_the_same_bytes() -> None:
    uncertain = RELIEF.replace("{weight: 3,", "{weight: 3 ± 0.5,")
    once, again = (brief(load_text(uncertain), seed=7, draws=20) for _ in range(2))
    assert once == again
    assert brief(load_text(uncertain), seed=8, draws=20) != once


def test_a_file_that_is_no_brief_is_not_written_over(tmp_path: Path) -> None:
    mine = tmp_path / "thesis.html"
    mine.write_text("four years of work")
    with pytest.raises(InputError, match="did not write it"):
        brief(load_text(RELIEF), mine, draws=20)
    assert mine.read_text() == "four years of work"
    with pytest.raises(InputError, match="is a folder"):
        brief(load_text(RELIEF), tmp_path, draws=20)


def test_an_older_brief_is_replaced_and_nothing_else_left_behind(tmp_path: Path) -> None:
    target = tmp_path / "new" / "brief.html"
    brief(load_text(RELIEF), target, draws=20)
    first = target.read_text()
    brief(load_text(RELIEF), target, draws=20, full=True)
    assert target.read_text() != first
    assert [p.name for p in target.parent.iterdir()] == ["brief.html"]
