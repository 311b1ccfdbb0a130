"""The page on the Python interface is what the functions say."""

from __future__ import annotations

from docs.python_api import PAGE, written

import halfway as hw


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == written(), "run `python docs/python_api.py`, and read what changed"


def test_every_function_is_on_it():
    text = written()
    for name in hw.__all__:
        value = getattr(hw, name)
        if callable(value) and not isinstance(value, type):
            assert f"### hw.{name}\n" in text
    assert "### case.with_\n" in text
