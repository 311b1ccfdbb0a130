"""What the pages on stability tell people to type works."""

import re
from pathlib import Path

import pytest

from halfway.case.actors import Actor
from halfway.case.yaml_text import read_yaml
from halfway.cli.main import main
from halfway.errors import Collector

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(DOCS.glob("**/stability*.md"))


def blocks(page, language):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.S | re.M)


def commands():
    return [line[2:] for page in PAGES for block in blocks(page, "console") for line in block.splitlines()]


@pytest.mark.parametrize("command", commands())
def test_commands_run(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert command.startswith("halfway stability ")
    with pytest.raises(SystemExit) as stop:
        main(command.split()[1:])
    assert stop.value.code == 0
    assert capsys.readouterr().out


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=lambda p: p.stem)
def test_python_blocks_run(page):
    space = {}
    for block in blocks(page, "python"):
        exec(compile(block, str(page), "exec"), space)


@pytest.mark.parametrize("block", [b for p in PAGES for b in blocks(p, "yaml")])
def test_yaml_blocks_are_preferences(block):
    data, _ = read_yaml(block, "page", Collector())
    assert Actor.model_validate(data["actors"]["ministry"]).ordinal_only


def test_pages_exist():
    assert {p.parent.name for p in PAGES} == {"explanation", "how-to", "reference"}
