"""How tests read a brief: as a browser would, and as a person would."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Reader(HTMLParser):
    """Checks nesting and collects what a browser would fetch, headings, ids and names of what can be reached by keyboard."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.levels: list[int] = []
        self.unnamed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        self.fetched += [str(given[n]) for n in ("src", "srcset", "data", "action", "poster") if given.get(n)]
        href = given.get("href") or given.get("xlink:href")
        if href and href.startswith("#"):
            self.targets.append(href[1:])
        elif href and tag != "a":
            self.fetched.append(href)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        reached = given.get("tabindex") == "0" or given.get("role") == "img"
        if reached and not given.get("aria-label"):
            self.unnamed.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def parsed(text: str) -> Reader:
    page = Reader()
    page.feed(text)
    page.close()
    assert page.open == []
    return page


def words_of(page: str) -> str:
    """All words of a page, those of its pictures and folded parts among them."""
    return " ".join(re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL).replace("&#39;", "'").split())


def unfolded(page: str) -> str:
    """A page without what opens on demand."""
    while True:
        less = re.sub(r"<details(?:(?!<details).)*?</details>", " ", page, flags=re.DOTALL)
        if less == page:
            return page
        page = less


def front_of(page: str) -> str:
    start = page.index('<section id="answer"')
    return page[start : page.index("</section>", start)]


def part(page: str, key: str) -> str:
    """The words of one part of the annex."""
    start = page.index(f'<div id="{key}">')
    return words_of(page[start : page.index("</details>\n", start)])
