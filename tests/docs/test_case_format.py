"""The page on the case format in the repository is the one that follows from the declarations."""

from pathlib import Path

from docs.generate import case_format


def test_the_page_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "case-format.md"
    assert page.read_text(encoding="utf-8") == case_format(), "run `python docs/generate.py`"
