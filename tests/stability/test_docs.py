"""The preferences that the pages on stability show can be read (their commands are run with all other pages')."""

import re
from pathlib import Path

import pytest

from halfway.case.actors import Actor
from halfway.case.yaml_text import read_yaml
from halfway.errors import Collector

PAGES = sorted((Path(__file__).parents[2] / "docs").glob("**/stability*.md"))
BLOCKS = [b for p in PAGES for b in re.findall(r"^```yaml\n(.*?)^```", p.read_text(), re.S | re.M)]


@pytest.mark.parametrize("block", BLOCKS)
def test_yaml_blocks_are_preferences(block):
    data, _ = read_yaml(block, "page", Collector())
    assert Actor.model_validate(data["actors"]["ministry"]).ordinal_only


def test_there_are_such_blocks():
    assert len(BLOCKS) == 2
