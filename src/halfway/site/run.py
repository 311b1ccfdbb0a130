"""Cases → a folder of static pages."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from halfway._version import __version__
from halfway.case.case import Case
from halfway.case.catalog import folder as catalogue_folder
from halfway.case.catalog import paths, what_became
from halfway.case.outcomes import Filed
from halfway.case.reader import load_file
from halfway.errors import InputError, Place, Problem
from halfway.progress import Progress, silent
from halfway.result import write_safely
from halfway.site import metadata
from halfway.site.fronts import fronts
from halfway.site.metadata import Entry

MARK = "halfway-site.json"
"""Says that the folder is an archive of ours, which may be written over."""
TITLE = "An archive of diplomatic plans"
LICENCE = "Apache-2.0"
"""Of the catalogue's cases."""
_RESERVED_SCHEMES = ("http", "https")


@dataclass(frozen=True)
class Site:
    """What was written.

    Attributes
    ----------
    folder : str
    cases : tuple of str
    tags : tuple of str
    pages : int
        HTML files.
    """

    folder: str
    cases: tuple[str, ...]
    tags: tuple[str, ...]
    pages: int


def site(
    folder: str | Path,
    *,
    tags: Sequence[str] = (),
    cases: Sequence[str | Path] = (),
    base: str = "",
    feed: bool = False,
    zenodo: bool = False,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Site:
    """Write an archive of cases: an index with search, a page a tag, a page a case.

    Parameters
    ----------
    folder : path
        Missing, empty, or an archive written before.
    tags : sequence of str
        Only cases of the catalogue with one of these. Default: all.
    cases : sequence of path
        Case files of your own, beside those of the catalogue that the tags choose; alone where no tag is given.
    base : str
        The address at which the archive is to be, for feeds, sitemap and permalinks.
    feed, zenodo : bool
        Whether feeds, and the metadata for Zenodo, are written; feeds need the address.
    executor : Executor, optional
        Where front pages are worked out. Default: here, one after another.
    progress : callable, optional

    Raises
    ------
    InputError
        With every problem of the cases, or where the folder holds something else.
    """
    root = Path(folder)
    base = _base(base, feed)
    _expect_ours(root)
    chosen = _chosen(tags, cases)
    became = what_became()
    entries = [Entry(case, f"cases/{_slug(case.name)}/", LICENCE if known else None) for case, _, known in chosen]
    say = progress or silent
    found = fronts([(case, path) for case, path, _ in chosen], root, executor, say)
    write_safely(root / MARK, json.dumps({"generator": f"Halfway {__version__}"}) + "\n")
    writer = _Writer(root, base, feed)
    by_tag: dict[str, list[Entry]] = {}
    for entry in entries:
        for tag in entry.case.tags:
            by_tag.setdefault(tag, []).append(entry)
    for entry, (_, path, known), front in zip(entries, chosen, found, strict=True):
        writer.case(entry, path, front, became.get(entry.case.name) if known else None)
    outcomes = {name: _became(filed) for name, filed in became.items()}
    about = "Plans of the past and of textbooks, each as a file of figures with its sources, and what a test of the plan says."
    writer.listing(
        "index.html", TITLE, entries, outcomes, about=about if not cases else "", searched=True, own_feed="feed.xml"
    )
    for tag, own in sorted(by_tag.items()):
        writer.listing(f"tags/{_slug(tag)}.html", f"Cases: {tag}", own, outcomes, own_feed=f"{_slug(tag)}.xml")
    listed = [{"name": t, "href": quote(f"{_slug(t)}.html"), "count": len(own)} for t, own in sorted(by_tag.items())]
    writer.listing("tags/index.html", "Cases by tag", [], outcomes, tags=listed)
    writer.search(entries, found)
    if base:
        writer.write("sitemap.xml", metadata.sitemap([base + quote(page) for page in writer.pages]))
    if zenodo:
        writer.write(".zenodo.json", metadata.zenodo(TITLE, entries, base))
    return Site(str(folder), tuple(e.case.name for e in entries), tuple(sorted(by_tag)), len(writer.pages))


class _Writer:
    """Writes the files of one archive."""

    def __init__(self, root: Path, base: str, feed: bool) -> None:
        self.root, self.base, self.feed = root, base, feed
        self.pages: list[str] = []
        self.environment = Environment(
            loader=PackageLoader("halfway.site", "templates"),
            autoescape=select_autoescape(default_for_string=True, default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        of_brief = (files("halfway.brief") / "templates" / "brief.css").read_text(encoding="utf-8")
        self.write("style.css", of_brief + self._text("site.css"))

    def _text(self, name: str) -> str:
        return (files("halfway.site") / "templates" / name).read_text(encoding="utf-8")

    def write(self, path: str, text: str) -> None:
        """Write one file."""
        write_safely(self.root / path, text)
        if path.endswith(".html"):
            self.pages.append(path)

    def page(self, path: str, template: str, **data: Any) -> None:
        """Write one page."""
        values = {"generator": f"Halfway {__version__}", "up": "../" * path.count("/"), "feed": "", "linked_data": [],
                  "canonical": self.base + quote(path) if self.base else ""}  # fmt: skip
        self.write(path, self.environment.get_template(template).render(**{**values, **data}).rstrip() + "\n")

    def listing(
        self,
        path: str,
        title: str,
        entries: Sequence[Entry],
        outcomes: Mapping[str, str],
        *,
        about: str = "",
        searched: bool = False,
        tags: Sequence[Mapping[str, Any]] = (),
        own_feed: str = "",
    ) -> None:
        """Write a page that lists cases, with its feed."""
        up = "../" * path.count("/")
        listed = [
            {
                "title": e.title,
                "href": quote(f"{up}{e.path}index.html"),
                "about": e.about,
                "outcome": outcomes.get(e.case.name, ""),
            }
            for e in entries
        ]
        shown = own_feed if self.feed and own_feed else ""
        self.page(
            path,
            "list.html.j2",
            title=title,
            cases=listed,
            about=about,
            searched=searched,
            tags=tags,
            feed=quote(shown),
        )
        if shown:
            own = str(Path(path).parent / shown).replace("\\", "/")
            self.write(own, metadata.feed(title, entries, self.base, quote(own)))

    def case(self, entry: Entry, path: Path, front: Mapping[str, str], became: Filed | None) -> None:
        """Write the page of a case, its permalink, and what it can be taken and cited by."""
        case = entry.case
        sources = [
            {"text": ", ".join(p for p in (s.author, s.title, s.publisher, s.date) if p) + ".",
             "url": s.url if s.url and urlsplit(s.url).scheme in _RESERVED_SCHEMES else ""}
            for s in case.sources.values()
        ]  # fmt: skip
        data: dict[str, Any] = {
            "title": entry.title,
            "tags": [{"name": t, "href": quote(f"../../tags/{_slug(t)}.html")} for t in case.tags],
            "abstract": entry.about,
            "outcome": _became(became) if became else "",
            "front": Markup(front["html"]),  # made by our own templates, which escape what a case holds
            "front_title": front["title"],
            "sources": sources,
            "here": "",
            "short": entry.short,
            "permalink": f"{entry.short}.html",
            "citation": metadata.citation(entry, self.base),
            "linked_data": [Markup(block) for block in metadata.linked_data(entry, self.base, front["title"])],
        }
        self.page(f"{entry.path}index.html", "case.html.j2", **data)
        self.page(f"{entry.path}{entry.short}.html", "case.html.j2", **data)
        write_safely(self.root / entry.path / "case.yaml", path.read_bytes())
        self.write(f"{entry.path}case.bib", metadata.bibtex(entry, self.base))
        self.write(f"{entry.path}CITATION.cff", metadata.cff(entry, self.base))

    def search(self, entries: Sequence[Entry], found: Sequence[Mapping[str, str]]) -> None:
        """Write what the search needs, as scripts: a page opened from a disk may load nothing else."""
        documents = [
            {
                "id": number,
                "title": entry.title,
                "href": quote(f"{entry.path}index.html"),
                "about": entry.about,
                "tags": " ".join(entry.case.tags),
                "actors": " ".join(a.name or key for key, a in entry.case.actors.items()),
                "front": front["text"],
            }
            for number, (entry, front) in enumerate(zip(entries, found, strict=True))
        ]
        self.write("cases.js", "window.HALFWAY_CASES = " + json.dumps(documents, ensure_ascii=False, indent=0) + ";\n")
        self.write("search.js", self._text("search.js"))
        self.write("minisearch.js", (files("halfway.site") / "vendor" / "minisearch.js").read_text(encoding="utf-8"))


def _became(filed: Filed) -> str:
    return f"The plan '{filed.plan}': {filed.outcome}. {filed.lesson or ''}".strip() if filed.outcome else ""


def _slug(name: str) -> str:
    """Name a file after a tag or a case, on any system."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "unnamed"


def _chosen(tags: Sequence[str], own: Sequence[str | Path]) -> list[tuple[Case, Path, bool]]:
    """Return the cases with their files, and whether each is of the catalogue."""
    problems: list[Problem] = []
    found: list[tuple[Case, Path, bool]] = []
    wanted = {tag.lower() for tag in tags}
    if tags or not own:
        for path in paths().values():
            case = load_file(path)
            if not wanted or wanted & {tag.lower() for tag in case.tags}:
                found.append((case, path, path.is_relative_to(catalogue_folder())))
    for given in own:
        try:
            found.append((load_file(given), Path(given), False))
        except InputError as error:
            problems += error.problems
    taken: dict[str, str] = {}
    for case, path, _ in found:
        before = taken.setdefault(_slug(case.name), str(path))
        if before != str(path):
            why = f"{before} has that name too, and a page is named by it"
            problems.append(Problem("F024", f"two cases are called '{case.name}'", why, "rename one", Place(str(path))))
    if not found and not problems:
        why = "no case of the catalogue has such a tag"
        problems.append(
            Problem("F021", "the archive would be empty", why, "see `halfway cases`", Place(", ".join(tags)))
        )
    if problems:
        raise InputError(problems)
    return sorted(found, key=lambda item: (item[0].title or item[0].name).lower())


def _base(base: str, feed: bool) -> str:
    parts = urlsplit(base)
    if base and (parts.scheme not in _RESERVED_SCHEMES or not parts.netloc or parts.query or parts.fragment):
        why, remedy = "feeds and permalinks are made of it", "give one such as https://example.org/archive/"
        raise InputError([Problem("F022", f"'{base}' is no address of a folder", why, remedy, Place("--base"))])
    if feed and not base:
        why = "a feed names its entries by their full addresses"
        raise InputError(
            [Problem("F022", "feeds need the address of the archive", why, "add --base URL", Place("--feed"))]
        )
    return base if not base or base.endswith("/") else f"{base}/"


def _expect_ours(root: Path) -> None:
    if root.exists() and (not root.is_dir() or (any(root.iterdir()) and not (root / MARK).is_file())):
        why = "Halfway did not write it, and the archive's files would mix with it"
        raise InputError(
            [Problem("F023", f"{root} holds something else", why, "name an empty folder", Place(str(root)))]
        )
