"""The page of outside evidence says what the data say."""

from docs.base_rates import PAGE, page


def test_the_page_is_what_the_script_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python docs/base_rates.py`"
