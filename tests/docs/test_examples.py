"""Every command and every piece of Python in the README and the documentation runs as the page says."""

from pathlib import Path

import pytest

from tests.docs.examples import Block, blocks, commands, missing, run_page

ROOT = Path(__file__).parents[2]
GENERATED = {"command-line.md"}
PAGES = [
    path
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")))
    if path.name not in GENERATED and any(b.language in ("console", "python") for b in blocks(path.read_text("utf-8")))
]


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_page(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_page(path.read_text("utf-8"), str(path), tmp_path)


def test_pages_are_found():
    assert ROOT / "docs" / "how-to" / "start-a-case.md" in PAGES


# The harness itself: it must notice what is wrong.
def page(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    return run_page(text, "page.md", tmp_path)


def test_a_wrong_status_is_noticed(tmp_path, monkeypatch):
    assert page(tmp_path, monkeypatch, "```console\n$ halfway check nowhere.yaml  # exit 2\n```\n") == 1
    said = "```console\n$ halfway check nowhere.yaml  # exit status 2: it is not there\n```\n"
    assert page(tmp_path, monkeypatch, said) == 1
    with pytest.raises(AssertionError, match="ended with 2"):
        page(tmp_path, monkeypatch, "```console\n$ halfway check nowhere.yaml\n```\n")


def test_a_wrong_output_is_noticed(tmp_path, monkeypatch):
    assert page(tmp_path, monkeypatch, "```console\n$ halfway --version\nhalfway, version ...\n```\n") == 1
    with pytest.raises(AssertionError, match="does not print"):
        page(tmp_path, monkeypatch, "```console\n$ halfway --version\nhalfway, version 999\n```\n")


def test_wrong_python_is_noticed_at_its_line(tmp_path, monkeypatch):
    assert page(tmp_path, monkeypatch, "```python\nx = 1\n```\n\n```python\nassert x == 1\n```\n") == 2
    with pytest.raises(AssertionError) as caught:
        page(tmp_path, monkeypatch, "words\n\n```python\nassert False\n```\n")
    assert caught.traceback[-1].lineno + 1 == 4


def test_other_commands_are_not_run_at_all(tmp_path, monkeypatch):
    with pytest.raises(AssertionError, match="not a command that examples may run"):
        page(tmp_path, monkeypatch, "```console\n$ shutdown now\n```\n")
    assert page(tmp_path, monkeypatch, "```console\n$ make brief\n$ halfway serve  # not run\n```\n") == 2


def test_files_and_pipes(tmp_path, monkeypatch):
    text = '```text title="a/b.txt"\none\ntwo\n```\n\n```console\n$ cat a/b.txt | head -n 1\none\n```\n'
    assert page(tmp_path, monkeypatch, text) == 1


def test_blocks_in_lists_lose_their_indentation():
    (block,) = blocks("- item\n\n    ```console\n    $ ls\n    a\n    ```\n")
    assert block == Block(3, "console", None, "$ ls\na\n")
    (command,) = commands(block)
    assert (command.text, command.shown, command.line) == ("ls", ["a"], 4)


@pytest.mark.parametrize(
    ("shown", "printed", "lacking"),
    [
        (["a", "c"], "a\nb\nc\n", None),
        (["c", "a"], "a\nb\nc\n", "a"),
        (["a ... z"], "a to z\n", None),
        (["..."], "", None),
        (["a.b"], "axb\n", "a.b"),
        (["a"], "ab\n", "a"),
    ],
)
def test_shown_lines(shown, printed, lacking):
    assert missing(shown, printed) == lacking
